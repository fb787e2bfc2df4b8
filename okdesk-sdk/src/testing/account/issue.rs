//! Issues.

use bytes::Bytes;

use super::{Account, setters};
use crate::model::{CompanyId, ContactId, EmployeeId, IssueId, MaintenanceEntityId};
use crate::testing::engine::Engine;
use crate::testing::params::{Param, Params};
use crate::testing::state::attachments::NewFile;
use crate::testing::state::issue_creation;
use crate::testing::state::people::Actor;

impl<'a> Account<'a> {
    /// An issue.
    pub fn issue(self, title: impl Into<String>) -> NewIssue<'a> {
        let record = issue_creation::NewIssue {
            title: Some(title.into()),
            ..issue_creation::NewIssue::default()
        };
        NewIssue {
            engine: self.engine,
            record,
            custom: Params::default(),
        }
    }
}

/// An issue to be.
#[must_use = "nothing is made until `create`"]
pub struct NewIssue<'a> {
    engine: &'a Engine,
    record: issue_creation::NewIssue,
    custom: Params,
}

impl NewIssue<'_> {
    setters! {
        /// The text, as HTML.
        description: description as &str;
        /// The client's company.
        company: company_id as CompanyId;
        /// The client's contact; its company comes along.
        contact: contact_id as ContactId;
        /// The place.
        maintenance_entity: maintenance_entity_id as MaintenanceEntityId;
        /// The parent issue.
        parent: parent_id as IssueId;
        /// Who does it.
        assignee: assignee_id as EmployeeId;
        /// The code of the type.
        kind: kind as &str;
        /// The code of the priority.
        priority: priority as &str;
        /// The deadline.
        deadline: deadline_at as jiff::Timestamp;
    }

    /// A custom attribute that is defined for issues.
    pub fn custom(mut self, code: &str, value: impl Into<String>) -> Self {
        self.custom.insert(code, Param::Text(value.into()));
        self
    }

    /// A public file.
    pub fn attach(mut self, name: impl Into<String>, content: impl Into<Bytes>) -> Self {
        self.record.files.push(NewFile::new(name, content, true));
        self
    }

    /// Makes it.
    ///
    /// # Panics
    /// When the account's rules forbid it: a test that cannot be set up has failed.
    pub fn create(mut self) -> IssueId {
        self.record.custom_parameters = Some(self.custom);
        let author = match self.record.contact_id {
            Some(contact) => Actor::Contact(contact),
            None => Actor::Employee(1),
        };
        match self
            .engine
            .arrange(|account| account.create_issue(self.record, author))
        {
            Ok(id) => IssueId::new(id),
            Err(refusal) => panic!("the issue cannot be created: {refusal:?}"),
        }
    }
}
