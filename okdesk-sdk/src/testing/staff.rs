//! Employees at work: what they do in Okdesk's interface, webhooks included.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;

use super::engine::Engine;
use super::state::Account;
use super::state::attachments::NewFile;
use super::state::clients::Agreement;
use super::state::dictionaries::{FIRST_LINE_GROUP, SPECIALIST_ROLE};
use super::state::events::{Assignment, What};
use super::state::next_in;
use super::state::people::{Actor, Employee};
use super::state::refusal::Refusal;
use super::state::status_change::NewStatus;
use crate::model::{AgreementId, AttachmentId, CommentId, CompanyId, EmployeeId, IssueId};

/// Who is meant: somebody by name, or by id.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum StaffName {
    /// «Имя Фамилия», or any part of the full name.
    Name(String),
    /// The employee's id.
    Id(EmployeeId),
}

impl From<&str> for StaffName {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

impl From<String> for StaffName {
    fn from(name: String) -> Self {
        Self::Name(name)
    }
}

impl From<EmployeeId> for StaffName {
    fn from(id: EmployeeId) -> Self {
        Self::Id(id)
    }
}

/// Okdesk would not do it: a wrong status, a missing comment, an issue that is gone.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("Okdesk refuses: {reason}")]
pub struct Refused {
    reason: String,
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        let reason = match refusal {
            Refusal::Missing(id) => format!("there is no issue {id}"),
            Refusal::Merged { into } => format!("the issue was merged into {into}"),
            Refusal::Invalid(mistakes) => {
                let mistakes: Vec<String> = mistakes
                    .into_iter()
                    .map(|(field, message)| format!("{field} {message}"))
                    .collect();
                mistakes.join(", ")
            }
            other => format!("{other:?}"),
        };
        Self { reason }
    }
}

/// An employee at work.
#[derive(Clone)]
pub struct Staff {
    engine: Arc<Engine>,
    id: u64,
}

impl Staff {
    pub(crate) fn find(engine: Arc<Engine>, who: StaffName) -> Self {
        let id = engine.arrange(|account| match who {
            StaffName::Id(id) => id.get(),
            StaffName::Name(name) => {
                by_name(account, &name).unwrap_or_else(|| hire(account, &name))
            }
        });
        Self { engine, id }
    }

    fn actor(&self) -> Actor {
        Actor::Employee(self.id)
    }

    fn act<T>(
        &self,
        work: impl FnOnce(&mut Account, Actor) -> Result<T, Refusal>,
    ) -> Result<T, Refused> {
        self.engine
            .act(|account| work(account, self.actor()))
            .map_err(Refused::from)
    }

    /// Whose hands these are.
    pub fn id(&self) -> EmployeeId {
        EmployeeId::new(self.id)
    }

    /// Writes a comment, as HTML; public unless said otherwise.
    pub fn comment(&self, issue: IssueId, content: impl Into<String>) -> Comment {
        Comment {
            staff: self.clone(),
            issue: issue.get(),
            content: content.into(),
            public: true,
            files: Vec::new(),
        }
    }

    /// Changes the status.
    pub fn change_status(&self, issue: IssueId, code: impl Into<String>) -> StatusChange {
        let new = NewStatus {
            code: Some(code.into()),
            ..NewStatus::default()
        };
        StatusChange {
            staff: self.clone(),
            issue: issue.get(),
            new,
        }
    }

    /// Makes somebody responsible, in the group they usually work in; nobody clears.
    pub fn assign(&self, issue: IssueId, to: Option<EmployeeId>) -> Result<(), Refused> {
        self.act(|account, author| {
            let employee_id = to.map(EmployeeId::get);
            let group_id = account.usual_group(employee_id);
            account.assign(
                issue.get(),
                Assignment {
                    group_id,
                    employee_id,
                },
                author,
            )
        })
    }

    /// Moves the deadline; none takes it away.
    pub fn set_deadline(&self, issue: IssueId, at: Option<Timestamp>) -> Result<(), Refused> {
        self.act(|account, author| account.set_deadline(issue.get(), at, author))
    }

    /// Changes the type.
    pub fn set_type(&self, issue: IssueId, code: impl Into<String>) -> Result<(), Refused> {
        self.act(|account, author| account.set_type(issue.get(), Some(code.into()), author))
    }

    /// Changes the priority.
    pub fn set_priority(&self, issue: IssueId, code: impl Into<String>) -> Result<(), Refused> {
        self.act(|account, author| account.set_priority(issue.get(), Some(code.into()), author))
    }

    /// Adds files to the issue itself.
    pub fn add_files<N: Into<String>, C: Into<Bytes>>(
        &self,
        issue: IssueId,
        is_public: bool,
        files: impl IntoIterator<Item = (N, C)>,
    ) -> Result<Vec<AttachmentId>, Refused> {
        let files = files
            .into_iter()
            .map(|(name, content)| NewFile::new(name, content, is_public))
            .collect();
        let ids = self.act(|account, author| account.add_files(issue.get(), files, author))?;
        Ok(ids.into_iter().map(AttachmentId::new).collect())
    }

    /// Brings somebody in to help.
    pub fn add_coexecutor(&self, issue: IssueId, who: EmployeeId) -> Result<(), Refused> {
        self.act(|account, author| account.set_coexecutor(issue.get(), who.get(), true, author))
    }

    /// Lets a helper go.
    pub fn remove_coexecutor(&self, issue: IssueId, who: EmployeeId) -> Result<(), Refused> {
        self.act(|account, author| account.set_coexecutor(issue.get(), who.get(), false, author))
    }

    /// Makes an agreement with these companies.
    pub fn create_agreement(
        &self,
        title: impl Into<String>,
        companies: impl IntoIterator<Item = CompanyId>,
    ) -> AgreementId {
        self.engine.act(|account| {
            let id = next_in(&account.agreements);
            let agreement = Agreement {
                id,
                title: title.into(),
                active: true,
                company_ids: companies.into_iter().map(CompanyId::get).collect(),
                created_at: account.now,
                ..Agreement::default()
            };
            account.agreements.insert(id, agreement);
            account.happened(self.actor(), What::AgreementCreated(id));
            AgreementId::new(id)
        })
    }

    /// Gives an agreement another title.
    pub fn rename_agreement(
        &self,
        id: AgreementId,
        title: impl Into<String>,
    ) -> Result<(), Refused> {
        self.act(|account, author| {
            let before = account
                .agreements
                .get(&id.get())
                .cloned()
                .ok_or(Refusal::NotFound)?;
            let after = Agreement {
                title: title.into(),
                ..before.clone()
            };
            account.replace_agreement(before, after, author);
            Ok(())
        })
    }

    /// Deletes the issue.
    pub fn delete(&self, issue: IssueId) -> Result<(), Refused> {
        self.act(|account, author| account.delete_issue(issue.get(), author))
    }
}

impl std::fmt::Debug for Staff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Staff").field(&self.id).finish()
    }
}

fn by_name(account: &Account, name: &str) -> Option<u64> {
    let wanted: Vec<&str> = name.split_whitespace().collect();
    let is_meant = |person: &&Employee| {
        let full = person.name();
        let has: Vec<&str> = full.split_whitespace().collect();
        !wanted.is_empty() && wanted.iter().all(|part| has.contains(part))
    };
    account
        .employees
        .values()
        .find(is_meant)
        .map(|person| person.id)
}

fn hire(account: &mut Account, name: &str) -> u64 {
    let (first_name, last_name) = name.split_once(' ').unwrap_or((name, ""));
    let id = next_in(&account.employees);
    account.employees.insert(
        id,
        Employee {
            id,
            first_name: first_name.to_owned(),
            last_name: last_name.to_owned(),
            active: true,
            group_ids: vec![FIRST_LINE_GROUP],
            role_ids: vec![SPECIALIST_ROLE],
            ..Employee::default()
        },
    );
    id
}

/// A comment to be.
#[derive(Debug)]
#[must_use = "nothing is written until `send`"]
pub struct Comment {
    staff: Staff,
    issue: u64,
    content: String,
    public: bool,
    files: Vec<NewFile>,
}

impl Comment {
    /// The client sees it.
    pub fn public(mut self) -> Self {
        self.public = true;
        self
    }

    /// Only employees see it, and its files.
    pub fn internal(mut self) -> Self {
        self.public = false;
        self
    }

    /// Adds a file.
    pub fn attach(mut self, name: impl Into<String>, content: impl Into<Bytes>) -> Self {
        self.files.push(NewFile::new(name, content, true));
        self
    }

    /// Writes it.
    pub fn send(self) -> Result<CommentId, Refused> {
        let Self {
            staff,
            issue,
            content,
            public,
            files,
        } = self;
        staff
            .act(|account, author| account.comment(issue, Some(content), public, author, files))
            .map(CommentId::new)
    }
}

/// A change of status to be.
#[must_use = "nothing is changed until `send`"]
pub struct StatusChange {
    staff: Staff,
    issue: u64,
    new: NewStatus,
}

impl StatusChange {
    /// A public comment along with it.
    pub fn comment(mut self, content: impl Into<String>) -> Self {
        self.new.comment = Some(content.into());
        self.new.comment_public = true;
        self
    }

    /// A comment only employees see.
    pub fn internal_comment(mut self, content: impl Into<String>) -> Self {
        self.new.comment = Some(content.into());
        self.new.comment_public = false;
        self
    }

    /// Until when, for statuses that delay.
    pub fn until(mut self, at: Timestamp) -> Self {
        self.new.delay_to = Some(at);
        self
    }

    /// Changes it.
    pub fn send(self) -> Result<(), Refused> {
        let Self { staff, issue, new } = self;
        staff.act(|account, author| account.change_status(issue, new, author))
    }
}
