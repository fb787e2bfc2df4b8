//! Changing the status of an issue, with all that may go along: a comment, work, custom attributes.

use jiff::Timestamp;

use super::Account;
use super::custom::{self, AttributeOwner, Values};
use super::events::{IssueEvent, What};
use super::issues::TimeEntry;
use super::people::Actor;
use super::refusal::{ABSENT, BAD_VALUE, Mistakes, Refusal};
use crate::testing::dialect::Switch;
use crate::testing::params::Params;

#[derive(Default)]
pub(crate) struct NewStatus {
    pub(crate) code: Option<String>,
    pub(crate) delay_to: Option<Timestamp>,
    pub(crate) comment: Option<String>,
    pub(crate) comment_public: bool,
    pub(crate) custom_parameters: Option<Params>,
    pub(crate) time_entries: Vec<NewTimeEntry>,
    pub(crate) skip_webhooks: bool,
}

pub(crate) struct NewTimeEntry {
    pub(crate) employee_id: u64,
    pub(crate) spent_time: f64,
    pub(crate) logged_at: Timestamp,
    pub(crate) comment: Option<String>,
    pub(crate) custom_parameters: Option<Params>,
}

impl Account {
    pub(crate) fn change_status(
        &mut self,
        id: u64,
        new: NewStatus,
        author: Actor,
    ) -> Result<(), Refusal> {
        let issue = self.issue(id)?;
        let mut mistakes = Mistakes::default();
        let code = mistakes.require("code", new.code);
        let Some(code) = code else {
            return mistakes.check();
        };
        let Some(status) = self.dictionaries.status(&code) else {
            return Err(Refusal::field("code", BAD_VALUE));
        };
        let allowed = self
            .dictionaries
            .status(&issue.status)
            .is_none_or(|old| old.leads_to.is_empty() || old.leads_to.contains(&code));
        if issue.status == code || !allowed {
            mistakes.add("code", "Переход в указанный статус запрещён");
        }
        if status.delay_required && new.delay_to.is_none() {
            mistakes.add("delay_to", ABSENT);
        }
        if status.comment_required && new.comment.is_none() {
            mistakes.add("comment", ABSENT);
        }
        let delayed_to = if status.delay_required {
            new.delay_to
        } else {
            None
        };
        let is_done = status.is_final || code == "completed";
        let mut values = issue.parameters.clone();
        let attributes =
            custom::applicable(&self.attributes, AttributeOwner::Issue, Some(&issue.kind));
        let changes = custom::write(
            &mut values,
            new.custom_parameters.as_ref(),
            attributes,
            false,
            &mut mistakes,
        );
        mistakes.check()?;

        let old_assignment = self.assignment_of(id)?;
        let mut time_entry_ids = Vec::new();
        for entry in new.time_entries {
            time_entry_ids.push(self.log_time(id, entry)?);
        }
        let comment_id = match new.comment {
            Some(comment) => {
                Some(self.add_comment(id, comment, new.comment_public, author, Vec::new())?)
            }
            None => None,
        };
        let now = self.now;
        let issue = self.issue_mut(id)?;
        let old = std::mem::replace(&mut issue.status, code.clone());
        issue.old_status = Some(old.clone());
        issue.status_log.push((code.clone(), now));
        issue.delayed_to = delayed_to;
        issue.completed_at = if is_done {
            issue.completed_at.or(Some(now))
        } else {
            None
        };
        issue.reacted_at = issue.reacted_at.or(Some(now));
        issue.updated_at = now;
        issue.parameters = values;
        if new.skip_webhooks {
            return Ok(());
        }
        self.happened(
            author,
            What::Issue(
                id,
                IssueEvent::StatusChanged {
                    old,
                    new: code,
                    comment_id,
                    parameters: changes.into_iter().map(|change| change.code).collect(),
                    time_entry_ids,
                    old_assignment,
                },
            ),
        );
        if let Some(comment_id) =
            comment_id.filter(|_| self.speaks(Switch::StatusCommentFiresNewComment))
        {
            self.happened(
                author,
                What::Issue(id, IssueEvent::Commented { comment_id }),
            );
        }
        Ok(())
    }

    pub(crate) fn log_time(&mut self, id: u64, new: NewTimeEntry) -> Result<u64, Refusal> {
        let mut parameters = Values::default();
        let mut mistakes = Mistakes::default();
        let attributes = custom::applicable(&self.attributes, AttributeOwner::TimeEntry, None);
        custom::write(
            &mut parameters,
            new.custom_parameters.as_ref(),
            attributes,
            true,
            &mut mistakes,
        );
        mistakes.check()?;
        let entry_id = self.next.service_wide();
        let now = self.now;
        let issue = self.issue_mut(id)?;
        issue.time_entries.push(TimeEntry {
            id: entry_id,
            comment: new.comment,
            spent_time: new.spent_time,
            logged_at: new.logged_at,
            created_at: now,
            employee_id: new.employee_id,
            parameters,
        });
        issue.updated_at = now;
        Ok(entry_id)
    }
}
