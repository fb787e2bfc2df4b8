//! What the bridge remembers: one record per chat, one per issue. Stored as JSON, so every field has a default.

use super::{IssueFacts, Named};
use crate::telegram::{ChatId, IncomingFile, Language, MessageId, Party, Score};
use okdesk_sdk::model::{
    AttachmentId, CommentId, CompanyId, ContactId, IssueId, MaintenanceEntityId, StatusCode,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A Telegram chat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chat {
    /// Which.
    pub id: ChatId,
    /// The language the bot speaks here.
    #[serde(default)]
    pub language: Language,
    /// Consent to the processing of personal data.
    #[serde(default)]
    pub consent: Option<Consent>,
    /// The contact this person has proven to be.
    #[serde(default)]
    pub link: Option<Link>,
    /// Where the conversation stands.
    #[serde(default)]
    pub dialog: Dialog,
    /// Set while Telegram refuses messages to this chat.
    #[serde(default)]
    pub unreachable: bool,
}

impl Chat {
    /// A chat that has just written for the first time.
    pub fn new(id: ChatId) -> Self {
        Self {
            id,
            language: Language::default(),
            consent: None,
            link: None,
            dialog: Dialog::default(),
            unreachable: false,
        }
    }
}

/// Consent as it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Which text was agreed to.
    pub version: String,
    /// When, in Unix milliseconds.
    pub at: i64,
}

/// A proven tie between a chat and a contact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// The contact.
    pub contact: ContactId,
    /// Full name.
    pub name: String,
    /// Verified number.
    pub phone: String,
    /// The company, if membership is settled.
    #[serde(default)]
    pub company: Option<Named<CompanyId>>,
    /// Where the work is.
    #[serde(default)]
    pub maintenance_entity: Option<MaintenanceEntityId>,
}

/// Where a conversation stands. It survives restarts and outages at any step.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub enum Dialog {
    /// Nothing is asked.
    #[default]
    Idle,
    /// Registration.
    Register(Registration),
    /// A new issue is being written.
    NewIssue(Draft),
    /// A comment is being written.
    Comment {
        /// To this issue.
        issue: IssueId,
        /// What has been collected of it.
        draft: Draft,
    },
}

impl Dialog {
    /// The issue the dialog is about, if it is about one.
    pub fn issue(&self) -> Option<IssueId> {
        match self {
            Self::Comment { issue, .. } => Some(*issue),
            Self::Idle | Self::Register(_) | Self::NewIssue(_) => None,
        }
    }
}

/// Answers of a registration so far, and what is asked next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Registration {
    /// What the bridge waits for.
    pub step: Step,
    /// Person or company.
    #[serde(default)]
    pub party: Option<Party>,
    /// Verified number, as `+` and digits.
    #[serde(default)]
    pub phone: Option<String>,
    /// Surname, first name, patronymic.
    #[serde(default)]
    pub name: Option<FullName>,
    /// The company's INN.
    #[serde(default)]
    pub inn: Option<String>,
    /// The company found by it.
    #[serde(default)]
    pub company: Option<Named<CompanyId>>,
    /// The maintenance entity chosen.
    #[serde(default)]
    pub maintenance_entity: Option<MaintenanceEntityId>,
    /// What the person wrote instead of choosing one.
    #[serde(default)]
    pub place: Option<String>,
}

/// A step of the registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// Consent.
    Consent,
    /// Person or company.
    Party,
    /// The company's INN.
    Inn,
    /// Waiting for Okdesk to say whose INN it is.
    FindingCompany,
    /// Is this the company?
    ConfirmCompany,
    /// One's own contact card.
    Phone,
    /// Waiting for Okdesk to say whose number it is.
    FindingContact,
    /// Surname, first name, patronymic.
    Name,
    /// Waiting for the list of maintenance entities.
    ListingMaintenanceEntities,
    /// Which maintenance entity.
    MaintenanceEntity,
    /// Which place, in the person's own words.
    Place,
    /// Waiting for Okdesk to make the contact.
    Creating,
}

/// A name in its parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FullName {
    /// Surname.
    pub last_name: String,
    /// First name.
    pub first_name: String,
    /// Patronymic.
    #[serde(default)]
    pub patronymic: Option<String>,
}

/// What a client has written and not yet sent on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// Texts in order of writing.
    #[serde(default)]
    pub texts: Vec<String>,
    /// Files in order of sending.
    #[serde(default)]
    pub files: Vec<IncomingFile>,
    /// The message of the bot that shows the draft's state.
    #[serde(default)]
    pub prompt: Option<MessageId>,
    /// When the last part came, in Unix milliseconds; an album is whole once this is some seconds ago.
    #[serde(default)]
    pub touched_at: i64,
}

/// An issue as the bridge remembers it: enough to tell a change from a repetition, and to count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Issue {
    /// The latest facts seen.
    pub facts: IssueFacts,
    /// The status the client was last told of.
    #[serde(default)]
    pub told: Option<StatusCode>,
    /// Comments that have been passed on, or that the bridge wrote itself.
    #[serde(default)]
    pub comments: BTreeSet<CommentId>,
    /// Files that have been passed on.
    #[serde(default)]
    pub files: BTreeSet<AttachmentId>,
    /// How often it has been completed.
    #[serde(default)]
    pub completions: u16,
    /// Whether it is completed now.
    #[serde(default)]
    pub completed: bool,
    /// The rating of the latest completion.
    #[serde(default)]
    pub rating: Option<Rating>,
    /// The client's rating in the portal, on Okdesk's own scale.
    #[serde(default)]
    pub portal_rating: Option<String>,
    /// When things happened to it that Okdesk keeps no field for.
    #[serde(default)]
    pub moments: Moments,
    /// Set once Okdesk has deleted it.
    #[serde(default)]
    pub deleted: bool,
}

/// When things happened to an issue, in Unix milliseconds: figures are made of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moments {
    /// When an employee first wrote in public.
    #[serde(default)]
    pub first_answer_at: Option<i64>,
    /// When it last entered a completed status, as the bridge saw it.
    #[serde(default)]
    pub completed_at: Option<i64>,
    /// Each time it returned from a completed status.
    #[serde(default)]
    pub reopened_at: Vec<i64>,
}

/// A rating.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// Of which completion.
    pub completion: u16,
    /// 1 to 5.
    pub score: Score,
    /// When, in Unix milliseconds.
    pub at: i64,
    /// Who gave it.
    pub by: ContactId,
    /// Why, in the client's words.
    #[serde(default)]
    pub reason: Option<String>,
}
