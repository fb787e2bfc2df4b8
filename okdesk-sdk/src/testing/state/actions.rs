//! What can be done to an issue, by Okdesk's rules. Each action leaves a [`Happening`] behind.

use jiff::Timestamp;

use super::Account;
use super::attachments::{NewFile, Owner};
use super::custom::{self, AttributeOwner, Values};
use super::events::{Assignment, Happening, IssueEvent, What};
use super::issues::{Comment, TimeEntry};
use super::people::Actor;
use super::refusal::{ABSENT, BAD_VALUE, BLANK, Mistakes, NO_RECORD, Refusal};
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
    pub(crate) fn happened(&mut self, author: Actor, what: What) {
        self.happenings.push(Happening { author, what });
    }

    pub(crate) fn update_issue(
        &mut self,
        id: u64,
        title: Option<Option<String>>,
        description: Option<Option<String>>,
    ) -> Result<(), Refusal> {
        let now = self.now;
        let issue = self.issue_mut(id)?;
        match title {
            Some(None) => return Err(Refusal::field("title", BLANK)),
            Some(Some(title)) => issue.title = title,
            None => {}
        }
        if let Some(description) = description {
            issue.description = description.unwrap_or_default();
        }
        issue.updated_at = now;
        Ok(())
    }

    pub(crate) fn comment(
        &mut self,
        id: u64,
        content: Option<String>,
        public: bool,
        author: Actor,
        files: Vec<NewFile>,
    ) -> Result<u64, Refusal> {
        self.issue(id)?;
        let mut mistakes = Mistakes::default();
        let content = mistakes.require("content", content);
        if !self.actor_exists(author) {
            mistakes.add("author_id", NO_RECORD);
        }
        mistakes.check()?;
        let comment_id =
            self.add_comment(id, content.unwrap_or_default(), public, author, files)?;
        self.happened(
            author,
            What::Issue(id, IssueEvent::Commented { comment_id }),
        );
        Ok(comment_id)
    }

    fn add_comment(
        &mut self,
        id: u64,
        content: String,
        public: bool,
        author: Actor,
        files: Vec<NewFile>,
    ) -> Result<u64, Refusal> {
        let comment_id = self.next.service_wide();
        let now = self.now;
        let issue = self.issue_mut(id)?;
        issue.comments.push(Comment {
            id: comment_id,
            content,
            public,
            published_at: now,
            author,
        });
        issue.updated_at = now;
        match author {
            Actor::Contact(_) => issue.without_answer = true,
            Actor::Employee(_) if public => {
                issue.without_answer = false;
                issue.reacted_at = issue.reacted_at.or(Some(now));
            }
            _ => {}
        }
        for mut file in files {
            // A file is as public as the comment it came with.
            file.is_public = file.is_public && public;
            self.store_file(Owner::Issue(id), Some(comment_id), file);
        }
        Ok(comment_id)
    }

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

    /// Employee and group as asked; both absent clears them.
    pub(crate) fn assign(
        &mut self,
        id: u64,
        new: Assignment,
        author: Actor,
    ) -> Result<(), Refusal> {
        let old = self.assignment_of(id)?;
        self.check_assignment(new)
            .map_err(|(field, message)| Refusal::field(field, message))?;
        let now = self.now;
        let issue = self.issue_mut(id)?;
        issue.assignee_id = new.employee_id;
        issue.group_id = new.group_id;
        issue.updated_at = now;
        if old != new {
            self.happened(author, What::Issue(id, IssueEvent::Assigned { old }));
        }
        Ok(())
    }

    pub(crate) fn assignment_of(&self, id: u64) -> Result<Assignment, Refusal> {
        let issue = self.issue(id)?;
        Ok(Assignment {
            group_id: issue.group_id,
            employee_id: issue.assignee_id,
        })
    }

    pub(crate) fn set_deadline(
        &mut self,
        id: u64,
        at: Option<Timestamp>,
        author: Actor,
    ) -> Result<(), Refusal> {
        let now = self.now;
        let issue = self.issue_mut(id)?;
        let old = std::mem::replace(&mut issue.deadline_at, at);
        issue.updated_at = now;
        if old != at {
            self.happened(
                author,
                What::Issue(
                    id,
                    IssueEvent::DeadlineMoved {
                        old,
                        auto_recount: false,
                    },
                ),
            );
        }
        Ok(())
    }

    pub(crate) fn set_type(
        &mut self,
        id: u64,
        code: Option<String>,
        author: Actor,
    ) -> Result<(), Refusal> {
        self.issue(id)?;
        let code = code.ok_or_else(|| Refusal::field("code", ABSENT))?;
        if self.dictionaries.issue_type(&code).is_none() {
            return Err(Refusal::field("code", BAD_VALUE));
        }
        let now = self.now;
        let issue = self.issue_mut(id)?;
        let old = std::mem::replace(&mut issue.kind, code);
        issue.updated_at = now;
        if old != issue.kind {
            self.happened(author, What::Issue(id, IssueEvent::TypeChanged { old }));
        }
        Ok(())
    }

    pub(crate) fn set_priority(
        &mut self,
        id: u64,
        code: Option<String>,
        author: Actor,
    ) -> Result<(), Refusal> {
        self.issue(id)?;
        let code = code.ok_or_else(|| Refusal::field("code", ABSENT))?;
        if self.dictionaries.priority(&code).is_none() {
            return Err(Refusal::field("code", BAD_VALUE));
        }
        let now = self.now;
        let issue = self.issue_mut(id)?;
        let old = std::mem::replace(&mut issue.priority, code);
        issue.updated_at = now;
        if old != issue.priority {
            self.happened(author, What::Issue(id, IssueEvent::PriorityChanged { old }));
        }
        Ok(())
    }

    pub(crate) fn set_issue_parameters(
        &mut self,
        id: u64,
        given: Option<&Params>,
        author: Actor,
    ) -> Result<(), Refusal> {
        let issue = self.issue(id)?;
        let mut mistakes = Mistakes::default();
        mistakes.require("custom_parameters", given);
        let mut values = issue.parameters.clone();
        let attributes =
            custom::applicable(&self.attributes, AttributeOwner::Issue, Some(&issue.kind));
        let changes = custom::write(&mut values, given, attributes, false, &mut mistakes);
        mistakes.check()?;
        let now = self.now;
        let issue = self.issue_mut(id)?;
        issue.parameters = values;
        issue.updated_at = now;
        if !changes.is_empty() {
            self.happened(
                author,
                What::Issue(id, IssueEvent::ParametersChanged(changes)),
            );
        }
        Ok(())
    }

    pub(crate) fn rate(
        &mut self,
        id: u64,
        rate: Option<String>,
        author: Actor,
    ) -> Result<(), Refusal> {
        self.issue(id)?;
        let rate = rate.ok_or_else(|| Refusal::field("rate", ABSENT))?;
        if !["bad", "normal", "good"].contains(&rate.as_str()) {
            return Err(Refusal::field("rate", BAD_VALUE));
        }
        let now = self.now;
        let issue = self.issue_mut(id)?;
        issue.rate = Some(rate);
        issue.updated_at = now;
        self.happened(author, What::Issue(id, IssueEvent::Rated));
        Ok(())
    }

    pub(crate) fn add_files(
        &mut self,
        id: u64,
        files: Vec<NewFile>,
        author: Actor,
    ) -> Result<Vec<u64>, Refusal> {
        let now = self.now;
        self.issue_mut(id)?.updated_at = now;
        let attachment_ids: Vec<u64> = files
            .into_iter()
            .map(|file| self.store_file(Owner::Issue(id), None, file))
            .collect();
        let event = IssueEvent::FilesAdded {
            attachment_ids: attachment_ids.clone(),
        };
        self.happened(author, What::Issue(id, event));
        Ok(attachment_ids)
    }

    pub(crate) fn set_coexecutor(
        &mut self,
        id: u64,
        employee_id: u64,
        on: bool,
        author: Actor,
    ) -> Result<(), Refusal> {
        if !self.employees.contains_key(&employee_id) {
            return Err(Refusal::field("employee_id", NO_RECORD));
        }
        let now = self.now;
        let issue = self.issue_mut(id)?;
        if issue.coexecutor_ids.contains(&employee_id) == on {
            return Ok(());
        }
        issue.updated_at = now;
        let event = if on {
            issue.coexecutor_ids.push(employee_id);
            IssueEvent::CoexecutorAdded { employee_id }
        } else {
            issue.coexecutor_ids.retain(|known| *known != employee_id);
            IssueEvent::CoexecutorRemoved { employee_id }
        };
        self.happened(author, What::Issue(id, event));
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

    pub(crate) fn delete_issue(&mut self, id: u64, author: Actor) -> Result<(), Refusal> {
        self.issue_mut(id)?.deleted = true;
        self.happened(author, What::Issue(id, IssueEvent::Deleted));
        Ok(())
    }

    /// Merging leaves a comment in the issue that remains, and that comment is told of.
    pub(crate) fn merge_issue(&mut self, id: u64, into: u64, author: Actor) -> Result<(), Refusal> {
        self.issue(into)?;
        let merged = self.issue_mut(id)?;
        merged.merged_into = Some(into);
        let content = format!(
            "Комментарий добавлен при объединении заявок <span class=\"in-comment-issue\">#{id} {}</span>",
            merged.title
        );
        self.comment(into, Some(content), false, author, Vec::new())?;
        Ok(())
    }

    /// The group must be one of the employee's.
    pub(super) fn check_assignment(
        &self,
        asked: Assignment,
    ) -> Result<(), (&'static str, &'static str)> {
        if asked
            .group_id
            .is_some_and(|id| self.dictionaries.group(id).is_none())
        {
            return Err(("group_id", NO_RECORD));
        }
        let Some(id) = asked.employee_id else {
            return Ok(());
        };
        let Some(person) = self.employees.get(&id) else {
            return Err(("assignee_id", NO_RECORD));
        };
        match asked.group_id {
            Some(group) if person.group_ids.contains(&group) => Ok(()),
            None if person.group_ids.is_empty() => Ok(()),
            _ => Err(("group_id", "сотрудник не входит в группу")),
        }
    }
}
