//! Changes of an issue. Okdesk has a call of its own for nearly every field.

use bytes::Bytes;

use super::super::{Issues, SpentTime};
use crate::client::{Call, DecodeFailure, Decoding, issue, nothing, record};
use crate::model::lenient::Lenient;
use crate::model::{
    Coordinates, EmployeeId, GroupId, Html, Issue, IssueId, IssueTypeCode, LocalTime, PriorityCode,
    Rate, StatusChange, StatusCode,
};
use crate::operation as op;

impl Issues {
    /// Changes title or description: `PATCH /api/v1/issues/{id}`.
    ///
    /// Okdesk takes nothing else here and silently ignores it, so nothing else is offered; the other fields have calls of
    /// their own. Repeated only if it was not sent.
    ///
    /// Source: clients in use, which tried it.
    ///
    /// ```
    /// # okdesk_sdk::example::run("issues.update", async |client, at| {
    /// # let id = at.issue;
    /// let issue = client.issues().update(id).title("Printer smells").await?;
    /// assert_eq!(issue.title, "Printer smells");
    /// # Ok(())
    /// # });
    /// ```
    pub fn update(&self, id: IssueId) -> UpdateIssue {
        UpdateIssue {
            call: Call::new(&self.client, op::ISSUES_UPDATE, &[&id])
                .wrapped("issue")
                .expecting(id),
        }
    }

    /// Changes the status: `POST /api/v1/issues/{id}/statuses`. Repeated only if it was not sent.
    ///
    /// `is_validation` if the account does not allow the transition, demands a comment, a date ([`StatusCode::DELAYED`]) or
    /// a type first. The answer is sometimes cut down to little more than the status.
    ///
    /// Source: documentation; clients in use.
    ///
    /// ```
    /// # okdesk_sdk::example::run("issues.status_change", async |client, at| {
    /// # let id = at.issue;
    /// use okdesk_sdk::SpentTime;
    ///
    /// let change = client.issues().change_status(id, "completed").comment("The drum is new.").public(true);
    /// let change = change.time_entry(SpentTime::minutes(90)).skip_notifications().await?;
    /// assert_eq!(change.status.unwrap().code.as_str(), "completed");
    /// # Ok(())
    /// # });
    /// ```
    pub fn change_status(&self, id: IssueId, to: impl Into<StatusCode>) -> ChangeStatus {
        ChangeStatus {
            call: Call::new(&self.client, op::ISSUES_STATUS_CHANGE, &[&id]).with("code", to.into()),
        }
    }

    /// Sets who is responsible, `None` for nobody: `PATCH /api/v1/issues/{id}/assignees`. Repeated only if it was not sent.
    ///
    /// Name the group too ([`Assignee::of_group`]): it must be one of the employee's, or Okdesk refuses.
    ///
    /// Source: documentation; clients in use.
    ///
    /// ```
    /// # okdesk_sdk::example::run("issues.assignee_change", async |client, at| {
    /// # let (id, employee, group) = (at.issue, at.employee, at.group);
    /// use okdesk_sdk::Assignee;
    ///
    /// let issue = client.issues().assign(id, Some(Assignee::employee(employee).of_group(group))).await?;
    /// assert_eq!(issue.assignee.unwrap().id, employee);
    /// # let issue = client.issues().assign(id, None).await?;
    /// # assert_eq!(issue.assignee, None);
    /// # Ok(())
    /// # });
    /// ```
    pub fn assign(&self, id: IssueId, to: Option<Assignee>) -> AssignIssue {
        let to = to.unwrap_or_default();
        let mut call = Call::new(&self.client, op::ISSUES_ASSIGNEE_CHANGE, &[&id]).expecting(id);
        call.set("assignee_id", to.employee);
        // An employee alone leaves the choice of the group to Okdesk.
        if to.group.is_some() || to.employee.is_none() {
            call.set("group_id", to.group);
        }
        AssignIssue { call }
    }

    /// Stores the client's rating: `POST /api/v1/issues/{id}/rates`. Repeated only if it was not sent.
    ///
    /// > Not confirmed: the documentation shows the rating bare, clients in use send it inside `issue`; this call sends
    /// > both, and Okdesk takes the one it knows.
    ///
    /// Source: documentation; clients in use.
    ///
    /// ```
    /// # okdesk_sdk::example::run("issues.rate", async |client, at| {
    /// # let id = at.issue;
    /// # client.issues().change_status(id, "completed").await?;
    /// use okdesk_sdk::model::Rate;
    ///
    /// client.issues().rate(id, Rate::Good).await?;
    /// # Ok(())
    /// # });
    /// ```
    pub fn rate(&self, id: IssueId, rate: Rate) -> RateIssue {
        let mut call = Call::new(&self.client, op::ISSUES_RATE, &[&id]);
        call.set_in("issue", "rate", &rate);
        RateIssue {
            call: call.with("rate", &rate),
        }
    }

    /// Changes the deadline: `PATCH /api/v1/issues/{id}/deadlines`. Repeated only if it was not sent.
    ///
    /// The time is what the account's clock shows.
    ///
    /// Source: documentation; a client in use, where it answered `is_forbidden`.
    ///
    /// ```
    /// # okdesk_sdk::example::run("issues.deadline_change", async |client, at| {
    /// # let id = at.issue;
    /// use okdesk_sdk::model::LocalTime;
    ///
    /// let friday: LocalTime = "2030-05-03 18:00".parse()?;
    /// let issue = client.issues().change_deadline(id, friday).await?;
    /// assert_eq!(issue.deadline_at.unwrap().to_local(), Some(friday));
    /// # Ok(())
    /// # });
    /// ```
    pub fn change_deadline(&self, id: IssueId, to: impl Into<LocalTime>) -> ChangeDeadline {
        let call = Call::new(&self.client, op::ISSUES_DEADLINE_CHANGE, &[&id]).expecting(id);
        ChangeDeadline {
            call: call.with("deadline_at", to.into().iso_minute()),
        }
    }

    /// Changes the type: `PATCH /api/v1/issues/{id}/types`. Repeated only if it was not sent.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("issues.type_change", async |client, at| {
    /// # let id = at.issue;
    /// let issue = client.issues().change_type(id, "incident").await?;
    /// assert_eq!(issue.kind.unwrap().code.as_str(), "incident");
    /// # Ok(())
    /// # });
    /// ```
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
    ///
    /// ```
    /// # okdesk_sdk::example::run("issues.priority_change", async |client, at| {
    /// # let id = at.issue;
    /// use okdesk_sdk::model::PriorityCode;
    ///
    /// client.issues().change_priority(id, PriorityCode::HIGH).await?;
    /// # assert_eq!(client.issues().get(id).await?.priority.unwrap().code, PriorityCode::HIGH);
    /// # Ok(())
    /// # });
    /// ```
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
    ///
    /// ```
    /// # okdesk_sdk::example::run("issues.planned_execution_change", async |client, at| {
    /// # let id = at.issue;
    /// client.issues().change_planned_execution(id, 90).await?;
    /// assert_eq!(client.issues().get(id).await?.planned_execution_in_hours, Some(1.5));
    /// # Ok(())
    /// # });
    /// ```
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
    ///
    /// ```
    /// # okdesk_sdk::example::run("issues.parameters_change", async |client, at| {
    /// # let id = at.issue;
    /// use okdesk_sdk::model::CustomAttribute;
    ///
    /// client.issues().change_parameters(id).custom("place", "on site").await?;
    /// let issue = client.issues().get(id).await?;
    /// let place = CustomAttribute::find(&issue.parameters, "place").unwrap();
    /// assert_eq!(place.as_str(), Some("on site"));
    /// # Ok(())
    /// # });
    /// ```
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
    ///
    /// ```
    /// # okdesk_sdk::example::run("issues.address_change", async |client, at| {
    /// # let id = at.issue;
    /// use okdesk_sdk::model::Coordinates;
    ///
    /// let penza = Coordinates::new(53.195, 45.018);
    /// let issue = client.issues().change_address(id, "Penza, Moskovskaya 1", penza).await?;
    /// assert_eq!(issue.address.unwrap().coordinates, Some(penza));
    /// # Ok(())
    /// # });
    /// ```
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
    /// Changes title or description; see [`Issues::update`].
    pub struct UpdateIssue -> Issue, issue {
        /// The title.
        field title: String = "title";
        /// The text. Plain text is escaped; pass [`Html::new`] for markup.
        field description: Html = "description";
    }

    /// Changes the status; see [`Issues::change_status`].
    pub struct ChangeStatus -> StatusChange, status_change {
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
}

impl ChangeStatus {
    /// Until when it is put off, by the account's clock; demanded by [`StatusCode::DELAYED`] and some own statuses.
    pub fn delay_until(mut self, time: impl Into<LocalTime>) -> Self {
        self.call.set("delay_to", time.into().iso_minute_t());
        self
    }

    /// Records spent time along with it; may be called again.
    pub fn time_entry(mut self, spent: impl Into<SpentTime>) -> Self {
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

/// The answer may be a whole issue, so what is unknown in it is what is unknown in an issue.
fn status_change(
    call: &Call,
    body: &Bytes,
    decoding: &mut Decoding,
) -> Result<StatusChange, DecodeFailure> {
    let mut drifts = decoding.drifts.take();
    let change = record(call, body, decoding)?;
    if let Some(drifts) = &mut drifts
        && let Ok(json) = serde_json::from_slice(body)
    {
        Issue::drift(&json, drifts);
    }
    decoding.drifts = drifts;
    Ok(change)
}
