//! What people with a role did, for whoever asks later. Numbers only: it outlives the persons it is about.

use crate::telegram::{ChatId, UserId};
use okdesk_sdk::model::{CompanyId, ContactId, IssueId};
use serde::{Deserialize, Serialize};

/// One line of the audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// When, in Unix milliseconds.
    pub at: i64,
    /// Who.
    pub by: UserId,
    /// What.
    pub deed: Deed,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    /// Confirmed that the person of this chat is this contact.
    ConfirmedContact {
        /// The chat.
        chat: ChatId,
        /// The contact.
        contact: ContactId,
    },
    /// Confirmed a typed number that no contact had; a contact is made.
    ConfirmedNumber {
        /// The chat.
        chat: ChatId,
    },
    /// Confirmed that the contact belongs to the company.
    ConfirmedCompany {
        /// The chat.
        chat: ChatId,
        /// The contact.
        contact: ContactId,
        /// The company.
        company: CompanyId,
    },
    /// Rejected a claim.
    Rejected {
        /// Of this chat.
        chat: ChatId,
    },
    /// Made an invitation for this contact.
    Invited {
        /// The contact.
        contact: ContactId,
    },
    /// Used an invitation for this contact.
    Accepted {
        /// The contact.
        contact: ContactId,
    },
    /// Cut the tie between a chat and a contact.
    Unlinked {
        /// The chat.
        chat: ChatId,
        /// The contact.
        contact: ContactId,
    },
    /// Tied a chat to a contact, or to another one than before.
    Relinked {
        /// The chat.
        chat: ChatId,
        /// The contact.
        contact: ContactId,
    },
    /// Keeps the person of this chat away.
    Blocked {
        /// The chat.
        chat: ChatId,
    },
    /// Lets the person of this chat in again.
    Unblocked {
        /// The chat.
        chat: ChatId,
    },
    /// Bound a group to an issue.
    BoundToIssue {
        /// The group.
        chat: ChatId,
        /// The issue.
        issue: IssueId,
    },
    /// Bound a group to a company.
    BoundToCompany {
        /// The group.
        chat: ChatId,
        /// The company.
        company: CompanyId,
    },
    /// Bound a group to nothing any more.
    Unbound {
        /// The group.
        chat: ChatId,
    },
    /// Tried what takes a role, by its name. Anybody can, so it is logged and not kept.
    Refused(String),
}

impl Deed {
    /// Whether it is kept.
    pub fn is_kept(&self) -> bool {
        !matches!(self, Self::Refused(_))
    }
}
