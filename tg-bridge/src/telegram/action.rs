//! What a button means. The only place that knows callback data: every value has one spelling of at most 64 bytes, and
//! a spelling that is not exactly ours is nothing.

use super::ChatId;
use okdesk_sdk::model::{ContactId, IssueId, MaintenanceEntityId};
use serde::{Deserialize, Serialize};

/// The meaning of an inline button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// Agree to, or refuse, the processing of personal data.
    Consent(bool),
    /// Register as a person or for a company.
    Register(Party),
    /// Begin the registration, for the first time or again.
    Begin,
    /// Let staff confirm the number that was typed.
    AskStaff,
    /// Decide on what somebody claims.
    Decide {
        /// Whose claim.
        chat: ChatId,
        /// Which of them: when it was made, in Unix milliseconds.
        claim: i64,
        /// What is decided.
        verdict: Verdict,
    },
    /// Do something about a person.
    Person {
        /// Whose chat.
        chat: ChatId,
        /// What.
        what: Manage,
    },
    /// Leave the dialog.
    Cancel,
    /// Go on without an answer to the question asked.
    Skip,
    /// The answer shown is right, or not.
    Confirm(bool),
    /// Show a page of the company's maintenance entities.
    MaintenanceEntities {
        /// From 0.
        page: u16,
    },
    /// Choose a maintenance entity; none means "not in the list".
    MaintenanceEntity(Option<MaintenanceEntityId>),
    /// The main menu.
    Menu,
    /// Begin a new issue.
    NewIssue,
    /// Make an issue of what has been written so far.
    Submit,
    /// Turn the text written outside a dialog into a comment of this issue.
    AddTo(IssueId),
    /// Throw away what has been written.
    Discard,
    /// List one's issues.
    Issues {
        /// Which of them.
        scope: Scope,
        /// From 0.
        page: u16,
    },
    /// List the issues of one's company.
    CompanyIssues {
        /// Which of them.
        scope: Scope,
        /// From 0.
        page: u16,
    },
    /// Show an issue's card in place of the message the button stands under: from a list, or anew.
    Issue(IssueId),
    /// Show an issue's card as a message of its own, so that the notice with the button stays.
    Open(IssueId),
    /// Write a comment to an issue.
    Comment(IssueId),
    /// Rate the work on an issue.
    Rate {
        /// The issue.
        issue: IssueId,
        /// Which of its completions, so that an old request cannot overwrite a newer rating.
        completion: u16,
        /// 1 to 5.
        score: Score,
    },
    /// Show the five scores again, to change a rating.
    RateAgain {
        /// The issue.
        issue: IssueId,
        /// Which of its completions.
        completion: u16,
    },
    /// Ask whether the issue shall be closed.
    Close(IssueId),
    /// Yes, close it.
    CloseNow(IssueId),
    /// Notices of this issue come without a sound.
    Mute(IssueId),
    /// Notices of this issue come with a sound again.
    Unmute(IssueId),
    /// Show the settings.
    Settings,
    /// Change a setting.
    Toggle(Setting),
    /// Yes, forget everything about me.
    DeleteMe,
    /// An address into the portal.
    Portal,
    /// Show the languages to choose from.
    Languages,
    /// Choose the language of the bot.
    Language(Language),
}

/// What a person can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Setting {
    /// Tell of issues registered for me.
    Created,
    /// Tell of another responsible person.
    Assignee,
    /// Tell of another deadline.
    Deadline,
    /// Be silent at night.
    Night,
    /// Tell of issues of others that I watch.
    Followed,
}

/// What staff decide on a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// It is so.
    Yes,
    /// It is not so.
    No,
    /// It is this contact.
    Contact(ContactId),
}

/// What those in charge can do about a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Manage {
    /// Cut the tie to the contact.
    Unlink,
    /// Keep the person away.
    Block,
    /// Let the person in again.
    Unblock,
}

/// Who registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Party {
    /// A private person.
    Person,
    /// Somebody of a company.
    Company,
}

/// Which issues a list shows, by the kind of status Okdesk gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scope {
    /// Not completed.
    Open,
    /// Completed.
    Closed,
}

/// Languages of the bot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// Russian.
    #[default]
    Ru,
    /// English.
    En,
}

impl Language {
    /// Its IETF tag.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ru => "ru",
            Self::En => "en",
        }
    }
}

/// A rating from 1, the worst, to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Score(u8);

impl Score {
    /// The score, if it is one.
    pub fn new(value: u8) -> Option<Self> {
        (1..=5).contains(&value).then_some(Self(value))
    }

    /// From 1 to 5.
    pub fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Score {
    type Error = String;

    fn try_from(value: u8) -> Result<Self, Self::Error> {
        Self::new(value).ok_or_else(|| format!("{value} is not a score from 1 to 5"))
    }
}

impl From<Score> for u8 {
    fn from(score: Score) -> Self {
        score.0
    }
}

impl Action {
    /// The spelling that goes into `callback_data`.
    pub fn encode(self) -> String {
        match self {
            Self::Consent(agreed) => format!("consent:{}", u8::from(agreed)),
            Self::Register(Party::Person) => "register:person".into(),
            Self::Register(Party::Company) => "register:company".into(),
            Self::Begin => "begin".into(),
            Self::AskStaff => "ask-staff".into(),
            Self::Decide {
                chat,
                claim,
                verdict,
            } => match verdict {
                Verdict::Yes => format!("claim:{chat}:{claim}:yes"),
                Verdict::No => format!("claim:{chat}:{claim}:no"),
                Verdict::Contact(contact) => format!("claim:{chat}:{claim}:{contact}"),
            },
            Self::Person { chat, what } => match what {
                Manage::Unlink => format!("user:{chat}:unlink"),
                Manage::Block => format!("user:{chat}:block"),
                Manage::Unblock => format!("user:{chat}:unblock"),
            },
            Self::Cancel => "cancel".into(),
            Self::Skip => "skip".into(),
            Self::Confirm(yes) => format!("confirm:{}", u8::from(yes)),
            Self::MaintenanceEntities { page } => format!("objects:{page}"),
            Self::MaintenanceEntity(Some(id)) => format!("object:{id}"),
            Self::MaintenanceEntity(None) => "object:other".into(),
            Self::Menu => "menu".into(),
            Self::NewIssue => "new".into(),
            Self::Submit => "submit".into(),
            Self::AddTo(issue) => format!("add:{issue}"),
            Self::Discard => "discard".into(),
            Self::Issues {
                scope: Scope::Open,
                page,
            } => format!("open:{page}"),
            Self::Issues {
                scope: Scope::Closed,
                page,
            } => format!("closed:{page}"),
            Self::CompanyIssues {
                scope: Scope::Open,
                page,
            } => format!("company-open:{page}"),
            Self::CompanyIssues {
                scope: Scope::Closed,
                page,
            } => format!("company-closed:{page}"),
            Self::Issue(issue) => format!("issue:{issue}"),
            Self::Comment(issue) => format!("comment:{issue}"),
            Self::Rate {
                issue,
                completion,
                score,
            } => format!("rate:{issue}:{completion}:{}", score.get()),
            Self::Open(issue) => format!("card:{issue}"),
            Self::RateAgain { issue, completion } => format!("rerate:{issue}:{completion}"),
            Self::Close(issue) => format!("close:{issue}"),
            Self::CloseNow(issue) => format!("close-now:{issue}"),
            Self::Mute(issue) => format!("mute:{issue}"),
            Self::Unmute(issue) => format!("unmute:{issue}"),
            Self::Settings => "settings".into(),
            Self::Toggle(Setting::Created) => "toggle:created".into(),
            Self::Toggle(Setting::Assignee) => "toggle:assignee".into(),
            Self::Toggle(Setting::Deadline) => "toggle:deadline".into(),
            Self::Toggle(Setting::Night) => "toggle:night".into(),
            Self::Toggle(Setting::Followed) => "toggle:followed".into(),
            Self::DeleteMe => "delete-me".into(),
            Self::Portal => "portal".into(),
            Self::Languages => "languages".into(),
            Self::Language(Language::Ru) => "language:ru".into(),
            Self::Language(Language::En) => "language:en".into(),
        }
    }

    /// The action this spelling stands for, if it is exactly what [`encode`](Self::encode) would have written.
    pub fn decode(data: &str) -> Option<Self> {
        let mut parts = data.split(':');
        let name = parts.next()?;
        let action = match (name, parts.next(), parts.next(), parts.next()) {
            ("consent", Some("1"), None, None) => Self::Consent(true),
            ("consent", Some("0"), None, None) => Self::Consent(false),
            ("register", Some("person"), None, None) => Self::Register(Party::Person),
            ("register", Some("company"), None, None) => Self::Register(Party::Company),
            ("begin", None, None, None) => Self::Begin,
            ("ask-staff", None, None, None) => Self::AskStaff,
            ("claim", Some(chat), Some(claim), Some(verdict)) => Self::Decide {
                chat: ChatId(chat.parse().ok()?),
                claim: claim.parse().ok()?,
                verdict: match verdict {
                    "yes" => Verdict::Yes,
                    "no" => Verdict::No,
                    contact => Verdict::Contact(contact.parse().ok()?),
                },
            },
            ("user", Some(chat), Some(what), None) => Self::Person {
                chat: ChatId(chat.parse().ok()?),
                what: match what {
                    "unlink" => Manage::Unlink,
                    "block" => Manage::Block,
                    "unblock" => Manage::Unblock,
                    _ => return None,
                },
            },
            ("cancel", None, None, None) => Self::Cancel,
            ("skip", None, None, None) => Self::Skip,
            ("confirm", Some("1"), None, None) => Self::Confirm(true),
            ("confirm", Some("0"), None, None) => Self::Confirm(false),
            ("objects", Some(page), None, None) => Self::MaintenanceEntities {
                page: page.parse().ok()?,
            },
            ("object", Some("other"), None, None) => Self::MaintenanceEntity(None),
            ("object", Some(id), None, None) => Self::MaintenanceEntity(Some(id.parse().ok()?)),
            ("menu", None, None, None) => Self::Menu,
            ("new", None, None, None) => Self::NewIssue,
            ("submit", None, None, None) => Self::Submit,
            ("add", Some(issue), None, None) => Self::AddTo(issue.parse().ok()?),
            ("discard", None, None, None) => Self::Discard,
            ("open", Some(page), None, None) => Self::Issues {
                scope: Scope::Open,
                page: page.parse().ok()?,
            },
            ("closed", Some(page), None, None) => Self::Issues {
                scope: Scope::Closed,
                page: page.parse().ok()?,
            },
            ("company-open", Some(page), None, None) => Self::CompanyIssues {
                scope: Scope::Open,
                page: page.parse().ok()?,
            },
            ("company-closed", Some(page), None, None) => Self::CompanyIssues {
                scope: Scope::Closed,
                page: page.parse().ok()?,
            },
            ("issue", Some(issue), None, None) => Self::Issue(issue.parse().ok()?),
            ("comment", Some(issue), None, None) => Self::Comment(issue.parse().ok()?),
            ("rate", Some(issue), Some(completion), Some(score)) => Self::Rate {
                issue: issue.parse().ok()?,
                completion: completion.parse().ok()?,
                score: Score::new(score.parse().ok()?)?,
            },
            ("card", Some(issue), None, None) => Self::Open(issue.parse().ok()?),
            ("rerate", Some(issue), Some(completion), None) => Self::RateAgain {
                issue: issue.parse().ok()?,
                completion: completion.parse().ok()?,
            },
            ("close", Some(issue), None, None) => Self::Close(issue.parse().ok()?),
            ("close-now", Some(issue), None, None) => Self::CloseNow(issue.parse().ok()?),
            ("mute", Some(issue), None, None) => Self::Mute(issue.parse().ok()?),
            ("unmute", Some(issue), None, None) => Self::Unmute(issue.parse().ok()?),
            ("settings", None, None, None) => Self::Settings,
            ("toggle", Some("created"), None, None) => Self::Toggle(Setting::Created),
            ("toggle", Some("assignee"), None, None) => Self::Toggle(Setting::Assignee),
            ("toggle", Some("deadline"), None, None) => Self::Toggle(Setting::Deadline),
            ("toggle", Some("night"), None, None) => Self::Toggle(Setting::Night),
            ("toggle", Some("followed"), None, None) => Self::Toggle(Setting::Followed),
            ("delete-me", None, None, None) => Self::DeleteMe,
            ("portal", None, None, None) => Self::Portal,
            ("languages", None, None, None) => Self::Languages,
            ("language", Some("ru"), None, None) => Self::Language(Language::Ru),
            ("language", Some("en"), None, None) => Self::Language(Language::En),
            _ => return None,
        };
        (action.encode() == data).then_some(action)
    }

    /// The issue the action is about, if it is about one.
    pub fn issue(self) -> Option<IssueId> {
        match self {
            Self::AddTo(issue)
            | Self::Issue(issue)
            | Self::Open(issue)
            | Self::Comment(issue)
            | Self::Close(issue)
            | Self::CloseNow(issue)
            | Self::Mute(issue)
            | Self::Unmute(issue)
            | Self::Rate { issue, .. }
            | Self::RateAgain { issue, .. } => Some(issue),
            _ => None,
        }
    }
}
