//! Everything the bridge can do to the world, as stored values. An effect is written in the transaction that decided
//! it and carried out by `delivery`; what became of it comes back as an [`Answer`].

use super::{Alarm, ClaimedCompany, IssueFacts, Named, Sent};
use crate::telegram::{About, ChatId, IncomingFile, MessageId, Scope, Score, Send, UserId};
use okdesk_sdk::model::{
    AttributeCode, CommentId, CompanyId, ContactId, Html, IssueId, MaintenanceEntityId, StatusCode,
};
use serde::{Deserialize, Serialize};

/// One effect, one row of the outbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Effect {
    /// Something to do in a chat.
    Telegram {
        /// The chat; its effects keep their order.
        chat: ChatId,
        /// What to do.
        send: Send,
        /// What the message is about, remembered with its id once it is sent.
        about: Option<About>,
    },
    /// Something to ask or tell Okdesk.
    Okdesk {
        /// On whose behalf; the answer comes back to this chat.
        chat: ChatId,
        /// What to ask or tell.
        call: OkdeskCall,
    },
    /// Look at something again later.
    Timer {
        /// When, in Unix milliseconds.
        at: i64,
        /// What to look at.
        timer: Timer,
    },
    /// Let the people in charge know, in their own time.
    Alarm(Alarm),
}

/// A moment that is waited for. A timer says nothing but "look again": the state decides what is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Timer {
    /// A chat has been quiet for a while: an album or a split text is whole, a question was not answered.
    Quiet(ChatId),
    /// Trouble that was told in this chat a while ago may have come again.
    Alarms(ChatId),
}

/// A question to Okdesk, or a change of it. Names follow the SDK's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum OkdeskCall {
    /// Active contacts whose full number, in any of their phone fields, is this one.
    FindContacts {
        /// `+` and digits.
        phone: String,
    },
    /// Whom staff want to invite.
    FindInvited {
        /// The contact, or whose number it is.
        wanted: Invited,
        /// Who wants it.
        by: UserId,
        /// The chat that shall be tied to the contact instead of inviting it.
        #[serde(default)]
        relinks: Option<ChatId>,
    },
    /// A contact as it is now: its company and its rights.
    GetContact {
        /// Which.
        contact: ContactId,
    },
    /// The company with this INN in the configured attribute.
    FindCompany {
        /// Ten or twelve digits with right control digits.
        inn: String,
    },
    /// Make a contact.
    CreateContact(NewContact),
    /// Put a contact into a company.
    JoinCompany {
        /// The contact.
        contact: ContactId,
        /// The company.
        company: Named<CompanyId>,
    },
    /// All maintenance entities of a company.
    ListMaintenanceEntities {
        /// The company.
        company: CompanyId,
        /// The page of them that shall be shown, from 0.
        page: u16,
        /// The message to show it in; none for a new one.
        at: Option<MessageId>,
    },
    /// Make an issue. Repeated only after looking for one with the same mark.
    CreateIssue(NewIssue),
    /// Write a public comment in a client's name.
    CreateComment(NewComment),
    /// Write an internal comment in the name of the configured service account.
    CreateNote {
        /// The issue.
        issue: IssueId,
        /// The text.
        content: Html,
    },
    /// Okdesk's own rating.
    Rate {
        /// The issue.
        issue: IssueId,
        /// 1–2 is bad, 3 normal, 4–5 good.
        score: Score,
    },
    /// A custom attribute of an issue.
    SetAttribute {
        /// The issue.
        issue: IssueId,
        /// Which attribute.
        code: AttributeCode,
        /// What it shall say.
        value: String,
    },
    /// A contact's issues.
    ListIssues {
        /// Whose.
        contact: ContactId,
        /// Open or closed.
        scope: Scope,
        /// From 0.
        page: u16,
        /// The message to show it in; none for a new one.
        at: Option<MessageId>,
    },
    /// All issues of a company, if this contact may see them.
    ListCompanyIssues {
        /// Who wants to see them.
        reader: ContactId,
        /// Whose issues.
        company: CompanyId,
        /// Open or closed.
        scope: Scope,
        /// From 0.
        page: u16,
        /// The message to show it in; none for a new one.
        at: Option<MessageId>,
    },
    /// One issue with its last public comment, and the contact who wants to see it.
    GetCompanyIssue {
        /// Which.
        issue: IssueId,
        /// Who wants to see it.
        reader: ContactId,
        /// The press to answer and the message to show it in; none for a new one.
        at: Option<Press>,
    },
    /// One issue with its last public comment.
    GetIssue {
        /// Which.
        issue: IssueId,
        /// The press to answer and the message to show it in; none for a new one.
        at: Option<Press>,
    },
    /// A one-time address into the portal for this contact.
    CreateLoginLink {
        /// Whose.
        contact: ContactId,
    },
    /// Change an issue's status with an explaining comment in the client's name.
    ChangeStatus {
        /// The issue.
        issue: IssueId,
        /// The status to enter.
        to: StatusCode,
        /// Why.
        comment: Option<Html>,
    },
}

/// A pressed button that is answered once Okdesk has answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Press {
    /// Handle of the press.
    pub callback: String,
    /// The message the button stands under.
    pub message: MessageId,
    /// The words of that message when the button was pressed.
    #[serde(default)]
    pub shown: Option<String>,
}

/// A contact to be made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewContact {
    /// First name.
    pub first_name: String,
    /// Surname, never made up.
    pub last_name: String,
    /// Patronymic, where given.
    pub patronymic: Option<String>,
    /// Verified number.
    pub phone: String,
    /// The account's `@name`, where it has one.
    pub telegram_username: Option<String>,
    /// The company, once membership is settled.
    pub company: Option<CompanyId>,
    /// What the person said of a company: kept for staff.
    pub note: Option<String>,
    /// The company the person said to belong to.
    #[serde(default)]
    pub claims: Option<ClaimedCompany>,
}

/// Whom staff want to invite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Invited {
    /// This contact.
    Contact(ContactId),
    /// Whoever has this number, as `+` and digits.
    Phone(String),
}

/// An issue to be made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewIssue {
    /// Never empty.
    pub title: String,
    /// The client's words, nothing added.
    pub description: Html,
    /// The client.
    pub contact: ContactId,
    /// The client's company.
    pub company: Option<CompanyId>,
    /// Where the work is.
    pub maintenance_entity: Option<MaintenanceEntityId>,
    /// Files to carry over.
    pub files: Vec<IncomingFile>,
    /// The messages it is made of: they belong to the issue once there is one.
    #[serde(default)]
    pub parts: Vec<Sent>,
    /// The completed issue it goes on from.
    #[serde(default)]
    pub follows: Option<IssueId>,
}

/// A public comment to be written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewComment {
    /// The issue.
    pub issue: IssueId,
    /// In whose name.
    pub author: ContactId,
    /// The client's words, nothing added.
    pub content: Html,
    /// Files to carry over.
    pub files: Vec<IncomingFile>,
}

/// What became of a call to Okdesk, or of a message that matters to a dialog.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The chat on whose behalf it was done.
    pub chat: ChatId,
    /// What was done; the dialog compares it with what it waits for.
    pub call: OkdeskCall,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(
    clippy::large_enum_variant,
    reason = "one exists at a time, on its way to or from the store"
)]
pub enum Outcome {
    /// It was done.
    Done(Reply),
    /// The first try failed for a passing reason; it goes on by itself. Told once.
    Delayed,
    /// It was refused for good, or was given up.
    Failed(Failure),
}

/// What Okdesk said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    /// Contacts found.
    Contacts(Vec<FoundContact>),
    /// The company found, if any.
    Company(Option<Named<CompanyId>>),
    /// A contact was made.
    ContactCreated(ContactId),
    /// Maintenance entities with readable addresses.
    MaintenanceEntities(Vec<Named<MaintenanceEntityId>>),
    /// An issue was made. Names of files that Okdesk did not take.
    IssueCreated {
        /// The issue.
        issue: IssueFacts,
        /// Files that did not arrive, by name.
        lost: Vec<LostFile>,
    },
    /// A comment was written.
    CommentCreated {
        /// Its id.
        comment: CommentId,
        /// Files that did not arrive, by name.
        lost: Vec<LostFile>,
    },
    /// A page of issues and whether there are more.
    Issues {
        /// Newest first.
        issues: Vec<IssueFacts>,
        /// Whether another page follows.
        more: bool,
    },
    /// A page of a company's issues, as far as the contact may see them.
    CompanyIssues {
        /// Newest first.
        issues: Vec<IssueFacts>,
        /// Whether another page follows.
        more: bool,
        /// The contact as it is now; none if it is no more.
        reader: Option<FoundContact>,
    },
    /// One issue, for a contact who may see it for the company's sake.
    CompanyIssue {
        /// What it is now.
        issue: IssueFacts,
        /// Its last public comment and who wrote it.
        last_comment: Option<LastComment>,
        /// The contact as it is now; none if it is no more.
        reader: Option<FoundContact>,
    },
    /// One issue.
    Issue {
        /// What it is now.
        issue: IssueFacts,
        /// Its last public comment and who wrote it.
        last_comment: Option<LastComment>,
    },
    /// An address into the portal.
    LoginLink(String),
    /// Done, nothing to tell.
    Nothing,
}

/// The last public words on an issue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LastComment {
    /// Name of the author.
    pub author: String,
    /// The words.
    pub content: Html,
}

/// A contact that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FoundContact {
    /// Its id.
    pub id: ContactId,
    /// Full name.
    pub name: String,
    /// Its company.
    pub company: Option<Named<CompanyId>>,
    /// Where its work is, if that is one place.
    pub maintenance_entity: Option<MaintenanceEntityId>,
    /// Whether Okdesk lets it see all issues of its company.
    #[serde(default)]
    pub company_issues: bool,
}

/// A file that did not arrive, and why, in words for the client's language to choose from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LostFile {
    /// Its name.
    pub name: String,
    /// Why.
    pub reason: LostReason,
}

/// Why a file did not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LostReason {
    /// Telegram does not let bots fetch files this large.
    TooLarge,
    /// Telegram no longer has it.
    Gone,
    /// Okdesk refused it.
    Refused,
}

/// Why a call failed for good.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// What kind of failure.
    pub kind: FailureKind,
    /// The field Okdesk named, if any.
    pub field: Option<String>,
    /// Okdesk's words, for the log and the admin; never shown to clients as they are.
    pub detail: String,
}

/// Kinds of failures a client is told about differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FailureKind {
    /// There is no such object, or not for this client.
    NotFound,
    /// Okdesk found the data wrong.
    Invalid,
    /// The bridge's key lacks the right.
    Forbidden,
    /// Given up after all repetitions.
    GaveUp,
}

impl OkdeskCall {
    /// Whether it would make something twice if it were made twice.
    pub fn creates(&self) -> bool {
        matches!(
            self,
            Self::CreateContact(_)
                | Self::CreateIssue(_)
                | Self::CreateComment(_)
                | Self::CreateNote { .. }
        )
    }

    /// The issue the call is about, where it exists already.
    pub fn issue(&self) -> Option<IssueId> {
        match self {
            Self::CreateComment(comment) => Some(comment.issue),
            Self::CreateNote { issue, .. }
            | Self::Rate { issue, .. }
            | Self::SetAttribute { issue, .. }
            | Self::GetIssue { issue, .. }
            | Self::GetCompanyIssue { issue, .. }
            | Self::ChangeStatus { issue, .. } => Some(*issue),
            Self::FindContacts { .. }
            | Self::FindInvited { .. }
            | Self::GetContact { .. }
            | Self::FindCompany { .. }
            | Self::CreateContact(_)
            | Self::JoinCompany { .. }
            | Self::ListCompanyIssues { .. }
            | Self::ListMaintenanceEntities { .. }
            | Self::CreateIssue(_)
            | Self::ListIssues { .. }
            | Self::CreateLoginLink { .. } => None,
        }
    }
}
