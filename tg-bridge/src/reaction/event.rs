//! Everything that can happen to the bridge, as the reaction sees it.

use super::{Alarm, Answer, Timer};
use crate::telegram::{RemoteFile, Update};
use okdesk_sdk::model::{
    AuthorKind, CommentId, CompanyId, ContactId, Html, IssueId, StatusCode, Timestamp,
};
use serde::{Deserialize, Serialize};

/// One item of the inbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// From Telegram.
    Telegram(Box<Update>),
    /// From the help desk, by webhook or by reconciliation.
    Desk(Box<DeskEvent>),
    /// What became of an effect.
    Answer(Box<Answer>),
    /// A moment that was waited for.
    Timer(Timer),
    /// Something that the people in charge should know of.
    Alarm(Box<Alarm>),
}

/// A change of an issue. Webhook and reconciler are both translated into it, so that nothing behind it can tell them apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeskEvent {
    /// The issue as it is after the change.
    pub issue: IssueFacts,
    /// Who did it, where known.
    pub author: Option<Person>,
    /// What was done.
    pub happening: Happening,
}

/// What a client may know of an issue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IssueFacts {
    /// Its number.
    pub id: IssueId,
    /// Its title, as Okdesk has it.
    pub title: String,
    /// Its status.
    pub status: Status,
    /// The client's company.
    pub company: Option<Named<CompanyId>>,
    /// The client.
    pub contact: Option<Named<ContactId>>,
    /// Who takes part beside the client, where that was said: in Okdesk those who watch, in ZENLIX the other clients.
    #[serde(default)]
    pub followers: Option<Vec<ContactId>>,
    /// Name of the responsible employee, or of the group.
    pub assignee: Option<String>,
    /// Name of the issue's type.
    pub kind: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it shall be done.
    pub deadline_at: Option<Timestamp>,
    /// When it was done.
    pub completed_at: Option<Timestamp>,
}

impl IssueFacts {
    /// Whether this contact is the client.
    pub(super) fn is_of(&self, contact: ContactId) -> bool {
        self.contact.as_ref().map(|client| client.id) == Some(contact)
    }

    /// Whether this contact is the client, or takes part beside the client.
    pub(super) fn concerns(&self, contact: ContactId) -> bool {
        let mut followers = self.followers.iter().flatten();
        self.is_of(contact) || followers.any(|follower| *follower == contact)
    }

    /// What this event does not say, from what was known before.
    pub(super) fn keep(&mut self, known: &Self) {
        self.keep_company_name(known.company.as_ref());
        if self.followers.is_none() {
            self.followers.clone_from(&known.followers);
        }
    }

    /// The company's name from what was known before: reading an issue gives its number only.
    pub(super) fn keep_company_name(&mut self, known: Option<&Named<CompanyId>>) {
        if let (Some(company), Some(known)) = (&mut self.company, known)
            && company.id == known.id
            && company.name.is_empty()
        {
            company.name.clone_from(&known.name);
        }
    }
}

/// An id with the name people know it by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Named<Id> {
    /// The id.
    pub id: Id,
    /// The name.
    pub name: String,
}

/// A status, named as Okdesk names it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// Its code in the account; empty where Okdesk did not say.
    #[serde(default, deserialize_with = "okdesk_sdk::model::lenient::field")]
    pub code: StatusCode,
    /// Its name in the account.
    pub name: String,
}

/// An author: kind and id together are the identity, the number alone is not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// Employee or contact.
    pub kind: AuthorKind,
    /// The id within its kind.
    pub id: u64,
    /// Name for showing.
    pub name: String,
}

/// What was done to an issue. Internal text and files are dropped in translation: there is no field they could leak through.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Happening {
    /// It was made.
    Created,
    /// Its status changed, perhaps with public words and files.
    Status {
        /// The status before, where known: it tells a late event from a new one.
        from: Option<Status>,
        /// The new status.
        to: Status,
        /// A public comment given with the change.
        comment: Option<PublicComment>,
        /// Public files given with the change.
        files: Vec<RemoteFile>,
    },
    /// A public comment, perhaps with files.
    Comment(PublicComment),
    /// Public files without a comment.
    Files(Vec<RemoteFile>),
    /// Another person is responsible.
    Assignee,
    /// Another deadline.
    Deadline,
    /// The client rated the work in the portal, on Okdesk's scale.
    RatedInPortal(String),
    /// It was deleted, or merged into another.
    Deleted,
    /// It was deleted, and is back.
    Restored,
    /// Not for clients, or not known, by its name: counted and left alone.
    Other(String),
}

/// A comment that clients may read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PublicComment {
    /// Its id, unique in the service.
    pub id: CommentId,
    /// Its text.
    pub content: Html,
    /// Its public files.
    pub files: Vec<RemoteFile>,
    /// When it was written, where Okdesk says it.
    #[serde(default)]
    pub at: Option<Timestamp>,
}
