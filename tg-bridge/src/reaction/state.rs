//! What the bridge remembers: one record per chat, one per issue. Stored as JSON, so every field has a default.

use super::{Binding, Bound, Claim, History, IssueFacts, Named, Told};
use crate::telegram::{ChatId, IncomingFile, Language, MessageId, Party, Score};
use okdesk_sdk::model::{
    AttachmentId, CommentId, CompanyId, ContactId, IssueId, MaintenanceEntityId, StatusCode,
    Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

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
    /// What was being written when something more urgent was asked, the latest last: it comes back after that.
    #[serde(default)]
    pub aside: Vec<Draft>,
    /// Places that were offered and not chosen: they can still be.
    #[serde(default)]
    pub offered: Vec<Named<MaintenanceEntityId>>,
    /// A comment whose parts are still arriving: it is sent once the chat is quiet, whatever the dialog does.
    #[serde(default)]
    pub pending: Option<Pending>,
    /// The person's latest messages that went to issues, oldest first, so that an edit or a reply finds its issue.
    #[serde(default)]
    pub sent: Vec<Sent>,
    /// Titles of issues on their way to Okdesk, so that their own webhook is no news.
    #[serde(default)]
    pub submitted: Vec<String>,
    /// The issue last talked about.
    #[serde(default)]
    pub last_issue: Option<IssueId>,
    /// Which notices come, and how.
    #[serde(default)]
    pub settings: Settings,
    /// Issues whose notices come without a sound.
    #[serde(default)]
    pub muted: BTreeSet<IssueId>,
    /// How fast the person writes.
    #[serde(default)]
    pub pace: Pace,
    /// When numbers and INNs were tried, in Unix milliseconds.
    #[serde(default)]
    pub tries: Vec<i64>,
    /// When wrong codes were tried, in Unix milliseconds.
    #[serde(default)]
    pub wrong_codes: Vec<i64>,
    /// What the person says of themself and staff must confirm, or have decided.
    #[serde(default)]
    pub claim: Option<Claim>,
    /// Whether Okdesk lets the contact see all issues of the company, when it was last asked.
    #[serde(default)]
    pub company_issues: bool,
    /// Issues the person has asked to close, and when, in Unix milliseconds.
    #[serde(default)]
    pub closing: BTreeMap<IssueId, i64>,
    /// Set while Telegram refuses messages to this chat.
    #[serde(default)]
    pub unreachable: bool,
    /// Issues with news that could not be told meanwhile.
    #[serde(default)]
    pub missed: BTreeSet<IssueId>,
    /// Set while somebody in charge keeps this person away.
    #[serde(default)]
    pub blocked: bool,
    /// What the group hears of.
    #[serde(default)]
    pub bound: Option<Bound>,
    /// What the group shall be bound to, while Okdesk is asked.
    #[serde(default)]
    pub binding: Option<Binding>,
    /// Since when the bot is in a group that is bound to nothing, in Unix milliseconds.
    #[serde(default)]
    pub guest_since: Option<i64>,
    /// Comments of the group's members on their way to Okdesk, so that their own webhook is no news.
    #[serde(default)]
    pub on_their_way: Vec<(IssueId, ContactId)>,
    /// Which troubles were told here lately, by kind: only in the chat of the people in charge.
    #[serde(default)]
    pub alarms: BTreeMap<String, Told>,
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
            aside: Vec::new(),
            offered: Vec::new(),
            pending: None,
            sent: Vec::new(),
            submitted: Vec::new(),
            last_issue: None,
            settings: Settings::default(),
            muted: BTreeSet::new(),
            pace: Pace::default(),
            tries: Vec::new(),
            wrong_codes: Vec::new(),
            claim: None,
            company_issues: false,
            closing: BTreeMap::new(),
            unreachable: false,
            missed: BTreeSet::new(),
            blocked: false,
            bound: None,
            binding: None,
            guest_since: None,
            on_their_way: Vec::new(),
            alarms: BTreeMap::new(),
        }
    }

    /// The issue that an earlier message of this person went to: the one with this number, or one of the same album.
    pub fn earlier(&self, message: Option<MessageId>, album: Option<&String>) -> Option<IssueId> {
        let meant = |sent: &&Sent| {
            Some(sent.message) == message || (album.is_some() && sent.album.as_ref() == album)
        };
        self.sent.iter().rev().find(meant)?.issue
    }
}

/// Which notices come, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Tell of issues that others registered for this person.
    pub created: bool,
    /// Tell of another responsible person.
    pub assignee: bool,
    /// Tell of another deadline.
    pub deadline: bool,
    /// At night notices come without a sound.
    pub night: bool,
    /// Tell of issues of others that this person watches.
    pub followed: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            created: true,
            assignee: false,
            deadline: false,
            night: false,
            followed: true,
        }
    }
}

/// How fast a person writes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pace {
    /// Beginning of the minute that is being counted, in Unix milliseconds.
    pub since: i64,
    /// Messages in it.
    pub messages: u32,
    /// The album counted last: its parts are one message.
    pub album: Option<String>,
    /// Whether the person was told to slow down.
    pub warned: bool,
}

/// A comment being collected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pending {
    /// To this issue.
    pub issue: IssueId,
    /// What has come so far.
    pub draft: Draft,
    /// The completed issue shall return to work with it.
    #[serde(default)]
    pub reopen: bool,
    /// In whose name, where the chat is nobody's own.
    #[serde(default)]
    pub by: Option<ContactId>,
    /// Who said it, where that is not the author.
    #[serde(default)]
    pub said_by: Option<String>,
}

/// A message of the client that became a part of an issue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    /// The message.
    pub message: MessageId,
    /// The issue; none while that is being made.
    pub issue: Option<IssueId>,
    /// Its text when it was last passed on, or as it is now while the issue is being made.
    pub text: String,
    /// Its album: a part that comes late still finds its issue.
    #[serde(default)]
    pub album: Option<String>,
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
    /// Verified number; empty where an invitation proved the person.
    pub phone: String,
    /// The company, if membership is settled.
    #[serde(default)]
    pub company: Option<Named<CompanyId>>,
    /// Where the work is.
    #[serde(default)]
    pub maintenance_entity: Option<MaintenanceEntityId>,
    /// Where the work is, in the person's own words.
    #[serde(default)]
    pub place: Option<String>,
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
    /// Something was written outside every dialog: what shall become of it?
    Loose(Draft),
    /// The next message is a comment.
    Comment {
        /// To this issue.
        issue: IssueId,
    },
    /// A low rating was given: the next message is its reason.
    Reason {
        /// The issue.
        issue: IssueId,
        /// The rating.
        score: Score,
        /// When it was asked, in Unix milliseconds.
        asked_at: i64,
    },
}

impl Dialog {
    /// The issue the dialog is about, if it is about one.
    pub fn issue(&self) -> Option<IssueId> {
        match self {
            Self::Comment { issue } | Self::Reason { issue, .. } => Some(*issue),
            Self::Idle | Self::Register(_) | Self::NewIssue(_) | Self::Loose(_) => None,
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
    /// Number that was typed and is not verified.
    #[serde(default)]
    pub typed: Option<String>,
    /// Digest of an invitation that is taken up once there is consent.
    #[serde(default)]
    pub code: Option<String>,
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
    /// The maintenance entities on show; only these can be chosen.
    #[serde(default)]
    pub offered: Vec<Named<MaintenanceEntityId>>,
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
    /// Files in order of sending.
    #[serde(default)]
    pub files: Vec<IncomingFile>,
    /// The messages it is collected from, in order of writing.
    #[serde(default)]
    pub parts: Vec<Sent>,
    /// The words of a staff comment that it answers.
    #[serde(default)]
    pub quote: Option<String>,
    /// The completed issue it goes on from.
    #[serde(default)]
    pub follows: Option<IssueId>,
    /// Whether the person was asked what to do with it as it is now.
    #[serde(default)]
    pub offered: bool,
    /// When the last part came, in Unix milliseconds; an album is whole once this is some seconds ago.
    #[serde(default)]
    pub touched_at: i64,
}

/// An issue as the bridge remembers it: enough to tell a change from a repetition, and to count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Issue {
    /// The latest facts seen.
    pub facts: IssueFacts,
    /// Which status changes have been seen, so that a late or repeated event tells no old news.
    #[serde(default)]
    pub history: History,
    /// Names of the statuses it has been in, as Okdesk gave them.
    #[serde(default)]
    pub status_names: BTreeMap<StatusCode, String>,
    /// Comments that have been passed on.
    #[serde(default)]
    pub comments: BTreeSet<CommentId>,
    /// Comments the bridge wrote that have not been passed on to others yet: in whose name, and where they were said.
    #[serde(default)]
    pub written: BTreeMap<CommentId, (ContactId, ChatId)>,
    /// Files that have been passed on.
    #[serde(default)]
    pub files: BTreeSet<AttachmentId>,
    /// The responsible person the client knows of.
    #[serde(default)]
    pub told_assignee: Option<String>,
    /// The deadline the client knows of.
    #[serde(default)]
    pub told_deadline: Option<Timestamp>,
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
    /// Set once staff know that the client cannot be reached in Telegram.
    #[serde(default)]
    pub silence_noted: bool,
    /// Set once groups have been told that it was made.
    #[serde(default)]
    pub announced: bool,
    /// When work begins again, as was last told to whoever wrote outside working hours, in Unix milliseconds.
    #[serde(default)]
    pub told_opening: Option<i64>,
}

impl Issue {
    /// An issue that is seen for the first time.
    pub fn new(facts: IssueFacts) -> Self {
        Self {
            facts,
            history: History::default(),
            status_names: BTreeMap::new(),
            comments: BTreeSet::new(),
            written: BTreeMap::new(),
            files: BTreeSet::new(),
            told_assignee: None,
            told_deadline: None,
            completions: 0,
            completed: false,
            rating: None,
            portal_rating: None,
            moments: Moments::default(),
            deleted: false,
            silence_noted: false,
            announced: false,
            told_opening: None,
        }
    }

    /// Keeps what figures are made of, and nothing that tells whose it was or what was said.
    pub fn forget_person(&mut self) {
        if let Some(contact) = &mut self.facts.contact {
            contact.name.clear();
        }
        self.facts.title.clear();
        if let Some(rating) = &mut self.rating {
            rating.reason = None;
        }
    }
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
