//! Issues: create, read, change, list.

use super::{Direction, IssueSorting, Issues};
use crate::client::{Call, ids, issue, nothing, record};
use crate::download::Download;
use crate::model::{
    AgreementId, Attachment, AttachmentId, Author, CategoryId, CompanyId, ContactId, Coordinates,
    EmployeeId, EquipmentId, GroupId, Html, IdFilter, Issue, IssueId, IssueSummary, IssueTypeCode,
    LocalTime, MaintenanceEntityId, PriorityCode, Rate, StatusChange, StatusCode,
};
use crate::operation as op;

impl Issues {
    /// Creates an issue: `POST /api/v1/issues`, as JSON, or as a form when files go along.
    ///
    /// Never repeated after an unknown fate: look for it first, or let
    /// [`CallOptions::reconcile`](crate::CallOptions::reconcile) do that. Errors worth matching: `is_validation` (a type or
    /// attribute the account demands is missing), `is_forbidden` (an author was named without an administrator's key).
    ///
    /// Compare the answer with what was asked: some accounts ignore the type ([`change_type`](Self::change_type) sets it),
    /// some take the client only in the form [`client`](CreateIssue::client) sends.
    ///
    /// Source: documentation; clients in use.
    pub fn create(&self, title: impl Into<String>) -> CreateIssue {
        CreateIssue {
            call: Call::new(&self.client, op::ISSUES_CREATE, &[])
                .wrapped("issue")
                .with("title", title.into()),
        }
    }

    /// Reads an issue: `GET /api/v1/issues/{id}`.
    ///
    /// Repeated automatically. Errors worth matching: `is_not_found` (also when Okdesk says so with status 200), and
    /// [`merged_into`](crate::Error::merged_into) when another issue comes back.
    ///
    /// Source: documentation; clients in use.
    pub fn get(&self, id: IssueId) -> GetIssue {
        GetIssue {
            call: Call::new(&self.client, op::ISSUES_GET, &[&id]).expecting(id),
        }
    }

    /// Lists issues, newest first: `GET /api/v1/issues/list`, at most 50 a page.
    ///
    /// Repeated automatically. The list moves while it is read; for a mirror sort by [`IssueSorting::UpdatedAt`].
    ///
    /// Source: documentation; recorded answers.
    pub fn list(&self) -> ListIssues {
        ListIssues {
            call: Call::new(&self.client, op::ISSUES_LIST, &[]),
        }
    }

    /// The ids of all issues that match, at once: `GET /api/v1/issues/count`, which despite its name does not count.
    ///
    /// Repeated automatically. Its filters differ from those of [`list`](Self::list).
    ///
    /// Source: documentation; clients in use.
    #[doc(alias = "count")]
    pub fn ids(&self) -> ListIssueIds {
        ListIssueIds {
            call: Call::new(&self.client, op::ISSUES_COUNT, &[]),
        }
    }

    /// Changes title or description: `PATCH /api/v1/issues/{id}`.
    ///
    /// Okdesk takes nothing else here and silently ignores it, so nothing else is offered; the other fields have calls of
    /// their own. Repeated only if it was not sent.
    ///
    /// Source: clients in use, which tried it.
    pub fn update(&self, id: IssueId) -> UpdateIssue {
        UpdateIssue {
            call: Call::new(&self.client, op::ISSUES_UPDATE, &[&id])
                .wrapped("issue")
                .expecting(id),
        }
    }

    /// Deletes an issue: `DELETE /api/v1/issues/{id}`. Repeated only if it was not sent.
    ///
    /// Source: documentation; a client in use.
    pub fn delete(&self, id: IssueId) -> DeleteIssue {
        DeleteIssue {
            call: Call::new(&self.client, op::ISSUES_DELETE, &[&id]),
        }
    }

    /// Changes the status: `POST /api/v1/issues/{id}/statuses`. Repeated only if it was not sent.
    ///
    /// `is_validation` if the account does not allow the transition, demands a comment, a date ([`StatusCode::DELAYED`]) or
    /// a type first. The answer is sometimes cut down to little more than the status.
    ///
    /// Source: documentation; clients in use.
    pub fn change_status(&self, id: IssueId, to: impl Into<StatusCode>) -> ChangeStatus {
        ChangeStatus {
            call: Call::new(&self.client, op::ISSUES_STATUS_CHANGE, &[&id]).with("code", to.into()),
        }
    }

    /// Sets who is responsible, `None` for nobody: `PATCH /api/v1/issues/{id}/assignees`. Repeated only if it was not sent.
    ///
    /// The group must be one of the employee's, or Okdesk refuses.
    ///
    /// Source: documentation; clients in use.
    pub fn assign(&self, id: IssueId, to: Option<Assignee>) -> AssignIssue {
        let to = to.unwrap_or_default();
        let call = Call::new(&self.client, op::ISSUES_ASSIGNEE_CHANGE, &[&id]).expecting(id);
        AssignIssue {
            call: call
                .with("assignee_id", to.employee)
                .with("group_id", to.group),
        }
    }

    /// Stores the client's rating: `POST /api/v1/issues/{id}/rates`. Repeated only if it was not sent.
    ///
    /// > Not confirmed: the documentation shows the rating bare, clients in use send it inside `issue`; so does this call.
    ///
    /// Source: documentation; clients in use.
    pub fn rate(&self, id: IssueId, rate: Rate) -> RateIssue {
        RateIssue {
            call: Call::new(&self.client, op::ISSUES_RATE, &[&id])
                .wrapped("issue")
                .with("rate", rate),
        }
    }

    /// Changes the deadline: `PATCH /api/v1/issues/{id}/deadlines`. Repeated only if it was not sent.
    ///
    /// The time is what the account's clock shows.
    ///
    /// Source: documentation; a client in use, where it answered `is_forbidden`.
    pub fn change_deadline(&self, id: IssueId, to: impl Into<LocalTime>) -> ChangeDeadline {
        let call = Call::new(&self.client, op::ISSUES_DEADLINE_CHANGE, &[&id]).expecting(id);
        ChangeDeadline {
            call: call.with("deadline_at", to.into().iso_minute()),
        }
    }

    /// Changes the type: `PATCH /api/v1/issues/{id}/types`. Repeated only if it was not sent.
    ///
    /// Source: documentation.
    pub fn change_type(&self, id: IssueId, to: impl Into<IssueTypeCode>) -> ChangeType {
        let call = Call::new(&self.client, op::ISSUES_TYPE_CHANGE, &[&id]).expecting(id);
        ChangeType {
            call: call.with("code", to.into()),
        }
    }

    /// Changes the priority: `PATCH /api/v1/issues/{id}/priorities`. Repeated only if it was not sent.
    ///
    /// > Not confirmed: what it answers; so the answer is not read.
    ///
    /// Source: a client in use, where it answered `is_forbidden`.
    pub fn change_priority(&self, id: IssueId, to: impl Into<PriorityCode>) -> ChangePriority {
        ChangePriority {
            call: Call::new(&self.client, op::ISSUES_PRIORITY_CHANGE, &[&id])
                .with("code", to.into()),
        }
    }

    /// Changes the planned effort, in minutes: `PATCH /api/v1/issues/{id}/planned_execution_in_minutes`.
    ///
    /// Read back in hours. Repeated only if it was not sent.
    ///
    /// > Not confirmed: what it answers; so the answer is not read.
    ///
    /// Source: a client in use.
    pub fn change_planned_execution(&self, id: IssueId, minutes: u32) -> ChangePlannedExecution {
        let call = Call::new(&self.client, op::ISSUES_PLANNED_EXECUTION_CHANGE, &[&id]);
        ChangePlannedExecution {
            call: call.with("planned_execution_in_minutes", minutes),
        }
    }

    /// Changes custom attributes: `POST /api/v1/issues/{id}/parameters`. Repeated only if it was not sent.
    ///
    /// The answer is empty; read the issue again for the values. `is_validation` if a required attribute is emptied.
    ///
    /// > Not confirmed: the heading of the documentation says PATCH, clients in use send POST; so does this call.
    ///
    /// Source: documentation; clients in use.
    pub fn change_parameters(&self, id: IssueId) -> ChangeParameters {
        ChangeParameters {
            call: Call::new(&self.client, op::ISSUES_PARAMETERS_CHANGE, &[&id]),
        }
    }

    /// Changes the address: `PATCH /api/v1/issues/{id}/addresses`. Repeated only if it was not sent.
    ///
    /// Okdesk does not look the text up on a map, so the point is demanded too.
    ///
    /// Source: documentation.
    pub fn change_address(
        &self,
        id: IssueId,
        text: impl Into<String>,
        at: Coordinates,
    ) -> ChangeAddress {
        let call = Call::new(&self.client, op::ISSUES_ADDRESS_CHANGE, &[&id]).expecting(id);
        ChangeAddress {
            call: call.with("value", text.into()).with("coordinates", at),
        }
    }

    /// Asks for one attached file: `GET /api/v1/issues/{id}/attachments/{attachment_id}`.
    ///
    /// The address in the answer lives for 30 seconds; [`download`](Self::download) uses it at once. Repeated
    /// automatically.
    ///
    /// Source: documentation; clients in use.
    pub fn attachment(&self, issue: IssueId, file: AttachmentId) -> GetIssueAttachment {
        GetIssueAttachment {
            call: Call::new(&self.client, op::ISSUES_ATTACHMENT_GET, &[&issue, &file]),
        }
    }

    /// Fetches one attached file: asks for its address and gets it, in one call.
    ///
    /// Source: documentation; clients in use.
    pub fn download(&self, issue: IssueId, file: AttachmentId) -> Download {
        Download::new(Call::new(
            &self.client,
            op::ISSUES_ATTACHMENT_GET,
            &[&issue, &file],
        ))
    }
}

/// Who is responsible: an employee, a group, or an employee as part of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Assignee {
    employee: Option<EmployeeId>,
    group: Option<GroupId>,
}

impl Assignee {
    /// An employee.
    #[must_use]
    pub const fn employee(id: EmployeeId) -> Self {
        Self {
            employee: Some(id),
            group: None,
        }
    }

    /// A whole group.
    #[must_use]
    pub const fn group(id: GroupId) -> Self {
        Self {
            employee: None,
            group: Some(id),
        }
    }

    /// Names the group of the employee, which Okdesk wants to match.
    #[must_use]
    pub const fn of_group(mut self, id: GroupId) -> Self {
        self.group = Some(id);
        self
    }
}

impl From<EmployeeId> for Assignee {
    fn from(id: EmployeeId) -> Self {
        Self::employee(id)
    }
}

impl From<GroupId> for Assignee {
    fn from(id: GroupId) -> Self {
        Self::group(id)
    }
}

request! {
    /// Creates an issue; see [`Issues::create`].
    pub struct CreateIssue -> Issue, reconcile issue {
        /// The text. Plain text is escaped; pass [`Html::new`] for markup.
        field description: Html = "description";
        /// The company.
        field company: CompanyId = "company_id";
        /// The contact.
        field contact: ContactId = "contact_id";
        /// The maintenance entity.
        field maintenance_entity: MaintenanceEntityId = "maintenance_entity_id";
        /// The agreement.
        field agreement: AgreementId = "agreement_id";
        /// The responsible employee.
        field assignee: EmployeeId = "assignee_id";
        /// The responsible group.
        field group: GroupId = "group_id";
        /// The parent issue.
        field parent: IssueId = "parent_id";
        /// Employees who watch.
        array observers: EmployeeId = "observer_ids";
        /// Groups that watch.
        array observer_groups: GroupId = "observer_group_ids";
        /// Contacts who watch.
        array contact_observers: ContactId = "contact_observer_ids";
        /// The equipment.
        array equipment: EquipmentId = "equipment_ids";
        /// The type; the account's default if not said. Some accounts ignore it.
        field kind: IssueTypeCode = "type";
        /// The priority; the account's default if not said.
        field priority: PriorityCode = "priority";
        /// By when it shall be done, by the account's clock.
        moment deadline = "deadline_at";
        /// Not to be started before, by the account's clock.
        moment start_execution_until = "start_execution_until";
        /// The planned effort in minutes.
        field planned_execution_in_minutes: u32 = "planned_execution_in_minutes";
        /// A custom attribute.
        attributes custom = "custom_parameters";
        /// A file.
        files attach = "attachments";
    }
}

impl CreateIssue {
    /// In whose name it is created; only with an administrator's key.
    pub fn author(mut self, author: impl Into<Author>) -> Self {
        let author = author.into();
        self.call.set(
            "author",
            serde_json::json!({ "id": author.id(), "type": author.kind() }),
        );
        self
    }

    /// Sends company and contact in the nested form `client` instead of the documented flat one.
    ///
    /// > Not confirmed: on one account the flat form left the client empty and this one worked.
    pub fn client(mut self, company: Option<CompanyId>, contact: Option<ContactId>) -> Self {
        for (key, id) in [
            ("company", company.map(CompanyId::get)),
            ("contact", contact.map(ContactId::get)),
        ] {
            if let Some(id) = id {
                self.call
                    .set_in("client", key, serde_json::json!({ "id": id }));
            }
        }
        self
    }
}

request! {
    /// Reads an issue; see [`Issues::get`].
    pub struct GetIssue -> Issue, issue {}

    /// The ids of issues; see [`Issues::ids`].
    pub struct ListIssueIds -> Vec<IssueId>, ids {
        /// Responsible employees; [`IdFilter::Without`] for nobody.
        filters assignees: IdFilter<EmployeeId> = "assignee_ids";
        /// Responsible groups.
        filters assignee_groups: IdFilter<GroupId> = "assignee_group_ids";
        /// Companies.
        filters companies: IdFilter<CompanyId> = "company_ids";
        /// Agreements.
        filters agreements: IdFilter<AgreementId> = "agreement_ids";
        /// Contacts.
        filters contacts: IdFilter<ContactId> = "contact_ids";
        /// Employees who created it; together with [`author_contacts`](Self::author_contacts) either will do.
        filters author_employees: IdFilter<EmployeeId> = "author_employee_ids";
        /// Contacts who created it; together with [`author_employees`](Self::author_employees) either will do.
        filters author_contacts: IdFilter<ContactId> = "author_contact_ids";
        /// Maintenance entities.
        filters maintenance_entities: IdFilter<MaintenanceEntityId> = "maintenance_entity_ids";
        /// Equipment.
        filters equipment: IdFilter<EquipmentId> = "equipment_ids";
        /// Statuses.
        filters statuses: StatusCode = "status";
        /// Statuses it must not have.
        filters statuses_not: StatusCode = "status_not";
        /// Only open ones, or only those that are not.
        switch opened = "opened";
        /// Priorities.
        filters priorities: PriorityCode = "priority";
        /// Types.
        filters kinds: IssueTypeCode = "type";
        /// Ratings; `0` for those not rated.
        filters rates: Rate = "rate";
        /// A custom attribute.
        attribute_filter custom = "custom_parameters";
        /// Created since.
        since created_since = "created_since";
        /// Created until.
        until created_until = "created_until";
        /// Completed since.
        since completed_since = "completed_since";
        /// Completed until.
        until completed_until = "completed_until";
        /// Changed since.
        since updated_since = "updated_since";
        /// Changed until.
        until updated_until = "updated_until";
        /// Reacted to since.
        since reacted_since = "reacted_since";
        /// Reacted to until.
        until reacted_until = "reacted_until";
        /// To be done since.
        since deadline_since = "deadline_since";
        /// To be done until.
        until deadline_until = "deadline_until";
        /// To be started since.
        since start_execution_since = "start_execution_since";
        /// To be started until.
        until start_execution_until = "start_execution_until";
        /// To be reacted to since.
        since planned_reaction_since = "planned_reaction_since";
        /// To be reacted to until.
        until planned_reaction_until = "planned_reaction_until";
    }

    /// Changes title or description; see [`Issues::update`].
    pub struct UpdateIssue -> Issue, issue {
        /// The title.
        field title: String = "title";
        /// The text. Plain text is escaped; pass [`Html::new`] for markup.
        field description: Html = "description";
    }

    /// Deletes an issue; see [`Issues::delete`].
    pub struct DeleteIssue -> (), nothing {}

    /// Changes the status; see [`Issues::change_status`].
    pub struct ChangeStatus -> StatusChange, record {
        /// A comment; the account may demand one. Plain text is escaped.
        field comment: Html = "comment";
        /// Whether clients may see the comment.
        flag public = "comment_public";
        /// A custom attribute.
        attributes custom = "custom_parameters";
    }

    /// Sets who is responsible; see [`Issues::assign`].
    pub struct AssignIssue -> Issue, issue {}

    /// Stores the client's rating; see [`Issues::rate`].
    pub struct RateIssue -> (), nothing {}

    /// Changes the deadline; see [`Issues::change_deadline`].
    pub struct ChangeDeadline -> Issue, issue {}

    /// Changes the type; see [`Issues::change_type`].
    pub struct ChangeType -> Issue, issue {}

    /// Changes the priority; see [`Issues::change_priority`].
    pub struct ChangePriority -> (), nothing {}

    /// Changes the planned effort; see [`Issues::change_planned_execution`].
    pub struct ChangePlannedExecution -> (), nothing {}

    /// Changes custom attributes; see [`Issues::change_parameters`].
    pub struct ChangeParameters -> (), nothing {
        /// A custom attribute.
        attributes custom = "custom_parameters";
    }

    /// Changes the address; see [`Issues::change_address`].
    pub struct ChangeAddress -> Issue, issue {}

    /// Asks for one attached file; see [`Issues::attachment`].
    pub struct GetIssueAttachment -> Attachment, record {}
}

impl ListIssueIds {
    /// Only overdue ones.
    pub fn overdue(mut self) -> Self {
        self.call.filter("overdue", 1);
        self
    }

    /// Only those whose reaction is overdue.
    pub fn overdue_reaction(mut self) -> Self {
        self.call.filter("overdue_reaction", 1);
        self
    }

    /// Only those not rated.
    pub fn unrated(mut self) -> Self {
        self.call.filters("rate", [0]);
        self
    }
}

impl ChangeStatus {
    /// Until when it is put off, by the account's clock; demanded by [`StatusCode::DELAYED`] and some own statuses.
    pub fn delay_until(mut self, time: impl Into<LocalTime>) -> Self {
        self.call.set("delay_to", time.into().iso_minute_t());
        self
    }

    /// Records spent time along with it; may be called again.
    pub fn time_entry(mut self, spent: impl Into<super::SpentTime>) -> Self {
        let spent = spent.into();
        self.call.append("time_entry", spent.fields);
        self
    }

    /// Nobody is notified.
    pub fn skip_notifications(self) -> Self {
        self.skip("skip_notifications")
    }

    /// No webhook is sent.
    pub fn skip_webhooks(self) -> Self {
        self.skip("skip_webhooks")
    }

    /// No automation is started.
    pub fn skip_triggers(self) -> Self {
        self.skip("skip_triggers")
    }

    fn skip(mut self, what: &str) -> Self {
        self.call.append("skip_options", what);
        self
    }
}

paged! {
    /// Lists issues; see [`Issues::list`].
    pub struct ListIssues -> IssueSummary {
        /// Companies.
        filters companies: IdFilter<CompanyId> = "company_ids";
        /// Contacts.
        filters contacts: IdFilter<ContactId> = "contact_ids";
        /// Maintenance entities; here Okdesk calls them service objects.
        filters maintenance_entities: IdFilter<MaintenanceEntityId> = "service_object_ids";
        /// Responsible employees; [`IdFilter::Without`] for nobody.
        filters assignees: IdFilter<EmployeeId> = "assignee_ids";
        /// Statuses.
        filters statuses: StatusCode = "status_codes";
        /// Statuses it must not have.
        filters statuses_not: StatusCode = "status_codes_not";
        /// Priorities.
        filters priorities: PriorityCode = "priority_codes";
        /// Types.
        filters kinds: IssueTypeCode = "type_codes";
        /// Categories of companies.
        filters company_categories: CategoryId = "company_category_ids";
        /// These issues.
        filters ids: IssueId = "ids";
        /// Only those nobody of the staff has answered, or only the others.
        switch without_answer = "without_answer";
        /// Created since.
        since created_since = "created_since";
        /// Created until.
        until created_until = "created_until";
        /// Completed since.
        since completed_since = "completed_since";
        /// Completed until.
        until completed_until = "completed_until";
        /// Changed since.
        since updated_since = "updated_since";
        /// Changed until.
        until updated_until = "updated_until";
        /// A custom attribute.
        attribute_filter custom = "custom_parameters";
        /// The number of the page to begin with, from 1.
        filter page_number: u64 = "page[number]";
    }
}

impl ListIssues {
    /// By what, and in which direction, the list is sorted; newest first if not said.
    pub fn sort(mut self, by: IssueSorting, direction: Direction) -> Self {
        self.call.filter("sorting[field]", by);
        self.call.filter("sorting[direction]", direction);
        self
    }

    /// Asks for these fields only, which also brings `assignee` and `parameters`. The id always comes along.
    pub fn fields<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut names: Vec<&str> = names.into_iter().collect();
        if !names.contains(&"id") {
            names.insert(0, "id");
        }
        self.call.filter("fields[issue]", names.join(","));
        self
    }
}
