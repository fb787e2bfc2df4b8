//! What can be done to an issue, by Okdesk's rules. Each action leaves a [`Happening`] behind.

use jiff::Timestamp;

use super::Account;
use super::attachments::{NewFile, Owner};
use super::custom::{self, AttributeOwner};
use super::events::{Happening, IssueEvent, What};
use super::issues::Comment;
use super::people::Actor;
use super::refusal::{ABSENT, BAD_VALUE, BLANK, Mistakes, NO_RECORD, Refusal};
use crate::testing::params::Params;

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

    pub(super) fn add_comment(
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
}
