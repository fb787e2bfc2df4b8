//! Lists of issues: page by page, or all ids at once. Their filters differ.

use super::super::{Direction, IssueSorting, Issues};
use crate::client::{Call, ids};
use crate::model::{
    AgreementId, CategoryId, CompanyId, ContactId, EmployeeId, EquipmentId, GroupId, IdFilter,
    IssueId, IssueSummary, IssueTypeCode, MaintenanceEntityId, PriorityCode, Rate, StatusCode,
};
use crate::operation as op;

impl Issues {
    /// Lists issues, newest first: `GET /api/v1/issues/list`, at most 50 a page.
    ///
    /// Repeated automatically. The list moves while it is read; for a mirror sort by [`IssueSorting::UpdatedAt`].
    ///
    /// Source: documentation; recorded answers.
    ///
    /// ```
    /// # okdesk_sdk::example::run("issues.list", async |client, at| {
    /// # let id = at.issue;
    /// use okdesk_sdk::{Direction, IssueSorting};
    ///
    /// let list = client.issues().list().statuses(["opened"]).sort(IssueSorting::UpdatedAt, Direction::Forward);
    /// let issues = list.into_pager().take_items(100).collect().await?;
    /// assert_eq!(issues[0].id, id);
    /// # Ok(())
    /// # });
    /// ```
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
    ///
    /// ```
    /// # okdesk_sdk::example::run("issues.count", async |client, at| {
    /// # let company = at.company;
    /// let open = client.issues().ids().companies([company]).opened(true).await?;
    /// println!("{} open issues", open.len());
    /// # assert_eq!(open, [at.issue]);
    /// # Ok(())
    /// # });
    /// ```
    #[doc(alias = "count")]
    pub fn ids(&self) -> ListIssueIds {
        ListIssueIds {
            call: Call::new(&self.client, op::ISSUES_COUNT, &[]),
        }
    }
}

request! {
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
        /// Ratings; [`unrated`](Self::unrated) adds those without one.
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
    }
}

impl ListIssues {
    /// The number of the page to begin with, from 1.
    pub fn page_number(mut self, number: u64) -> Self {
        self.call.filter("page[number]", number);
        self
    }

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
