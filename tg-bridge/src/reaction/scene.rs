//! What a decision is made from.

use super::{
    Audit, Chat, Code, Event, Issue, OkdeskCall, Outcome, Reply, Sought, Timer, WorkingTime, codes,
    groups, people, staff,
};
use crate::roles::Roles;
use crate::telegram::{About, ChatId, MessageRef, Update};
use okdesk_sdk::model::{AttributeCode, CompanyId, ContactId, IssueId, StatusCode};
use std::collections::{BTreeMap, BTreeSet};

/// Which records an event needs. The store resolves it inside the transaction; which issue it is about, [`Needs::about`]
/// says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// The chat that acts.
    pub chat: Option<ChatId>,
    /// The message that was answered by Telegram's reply, or edited.
    pub replied: Option<MessageRef>,
    /// The album it is a part of.
    pub album: Option<String>,
    /// The issue it is about.
    pub issue: Option<IssueId>,
    /// Whose chats hear of it: the client and those who take part. Those the issue is known to have are added where
    /// the event does not say who they are.
    pub audience: Option<Audience>,
    /// Another person's chat that is decided on, or of the member who writes in a group.
    pub subject: Option<ChatId>,
    /// Digest of the invitation that is taken up; where none is brought, the chat's dialog may hold one.
    pub code: Option<String>,
    /// Those who wait for a decision.
    pub waiting: bool,
    /// Whom somebody in charge looks for.
    pub sought: Option<Sought>,
}

/// Whom an event of the help desk concerns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audience {
    /// The client.
    pub client: Option<ContactId>,
    /// Those who take part beside the client, where that was said.
    pub followers: Option<Vec<ContactId>>,
    /// The issue and its company, whose groups hear of it too.
    pub issue: Option<IssueId>,
    /// The company.
    pub company: Option<CompanyId>,
}

impl Audience {
    /// All of them; `known` is what was known of the issue before.
    pub fn contacts(&self, known: Option<&Issue>) -> BTreeSet<ContactId> {
        let known = known.and_then(|issue| issue.facts.followers.as_ref());
        let followers = self.followers.as_ref().or(known).into_iter().flatten();
        self.client.iter().chain(followers).copied().collect()
    }

    /// What groups that hear of it are bound to, by key.
    pub fn bound(&self, known: Option<&Issue>) -> Vec<String> {
        let known = known.and_then(|issue| issue.facts.company.as_ref());
        let company = self.company.or(known.map(|company| company.id));
        let issue = self.issue.map(groups::issue_key);
        issue
            .into_iter()
            .chain(company.map(groups::company_key))
            .collect()
    }
}

impl Needs {
    /// What this event needs.
    pub fn of(event: &Event) -> Self {
        match event {
            Event::Telegram(update) => Self {
                chat: update.chat(),
                replied: match update.as_ref() {
                    Update::Message(m) => m.reply_to.map(|message| MessageRef {
                        chat: m.chat,
                        message,
                    }),
                    Update::Edited(m) => Some(MessageRef {
                        chat: m.chat,
                        message: m.id,
                    }),
                    _ => None,
                },
                album: match update.as_ref() {
                    Update::Message(m) => m.album.clone(),
                    _ => None,
                },
                issue: match update.as_ref() {
                    Update::Callback(c) => {
                        crate::telegram::Action::decode(&c.data).and_then(|a| a.issue())
                    }
                    Update::Membership(m) => m.lost,
                    _ => None,
                },
                subject: match update.as_ref() {
                    Update::Callback(c) => match crate::telegram::Action::decode(&c.data) {
                        Some(
                            crate::telegram::Action::Decide { chat, .. }
                            | crate::telegram::Action::Person { chat, .. },
                        ) => Some(chat),
                        _ => None,
                    },
                    // Who writes in a group, as the bridge knows them from their own chat.
                    Update::Message(m) if !m.chat.is_private() => Some(ChatId::private(m.from.id)),
                    _ => None,
                },
                code: match update.as_ref() {
                    Update::Message(m) => codes::brought(m),
                    _ => None,
                },
                waiting: matches!(update.as_ref(), Update::Message(m) if staff::wants_claims(&m.text)),
                sought: match update.as_ref() {
                    Update::Message(m) => people::sought(&m.text),
                    _ => None,
                },
                audience: None,
            },
            Event::Desk(event) => Self {
                issue: Some(event.issue.id),
                audience: Some(Audience {
                    client: event.issue.contact.as_ref().map(|c| c.id),
                    followers: event.issue.followers.clone(),
                    issue: Some(event.issue.id),
                    company: event.issue.company.as_ref().map(|company| company.id),
                }),
                ..Self::default()
            },
            Event::Answer(answer) => Self {
                chat: Some(answer.chat),
                subject: match &answer.call {
                    OkdeskCall::FindInvited { relinks, .. } => *relinks,
                    _ => None,
                },
                issue: answer.call.issue().or(match &answer.outcome {
                    Outcome::Done(
                        Reply::IssueCreated { issue, .. }
                        | Reply::Issue { issue, .. }
                        | Reply::CompanyIssue { issue, .. },
                    ) => Some(issue.id),
                    _ => None,
                }),
                ..Self::default()
            },
            Event::Alarm(alarm) => Self {
                chat: Some(alarm.chat),
                ..Self::default()
            },
            Event::Timer(Timer::Quiet(chat) | Timer::Alarms(chat)) => Self {
                chat: Some(*chat),
                ..Self::default()
            },
        }
    }

    /// The issue it is about: the one the event names, or the answered message of the bot; else what the chat remembers,
    /// the issue of the person's own earlier message before the one that is being talked about.
    pub fn about(&self, replied: Option<About>, chat: Option<&Chat>) -> Option<IssueId> {
        self.issue.or(replied.map(|about| about.issue)).or_else(|| {
            let message = self.replied.map(|replied| replied.message);
            let chat = chat?;
            chat.earlier(message, self.album.as_ref())
                .or(chat.dialog.issue())
        })
    }
}

/// The records of [`Needs`], as they are now. The reaction changes them in place; the store saves what changed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scene {
    /// Now, in Unix milliseconds.
    pub now: i64,
    /// The chat that acts; none while it is unknown.
    pub chat: Option<Chat>,
    /// Its id now, and the one it had before it became a supergroup: settings may still name that one.
    pub here: Option<ChatId>,
    /// See [`Scene::here`].
    pub former: Option<ChatId>,
    /// The issue; none while the bridge has not seen it.
    pub issue: Option<Issue>,
    /// What the message of [`Needs::replied`] is about; none where it is about no issue.
    pub replied: Option<About>,
    /// The chats linked to the contacts of [`Needs::audience`], and the groups bound to its issue or company.
    pub audience: Vec<Chat>,
    /// Whether the client has had everything forgotten, and has not come back.
    pub forgotten_client: bool,
    /// The chat of [`Needs::subject`], where that is not the acting one.
    pub subject: Option<Chat>,
    /// The invitation of [`Needs::code`]; what is left of it is kept.
    pub code: Option<Code>,
    /// Those who wait for a decision, the longest first, if they are needed.
    pub waiting: Vec<Chat>,
    /// Those who fit [`Needs::sought`].
    pub found: Vec<Chat>,
    /// A number nobody can guess, another one for each decision.
    pub nonce: u128,
    /// What was done that is to be remembered; only ever written.
    pub audit: Vec<Audit>,
    /// Whose data are to be forgotten; only ever written.
    pub forgotten: Option<Forgotten>,
}

/// A person who is to be forgotten wherever the records do not hold them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forgotten {
    /// The chat.
    pub chat: ChatId,
    /// The contact it was tied to.
    pub contact: Option<ContactId>,
}

/// Who sees all issues of the own company.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CompanyView {
    /// Nobody.
    #[default]
    Off,
    /// Contacts whom Okdesk gives the right `company_issues`.
    Granted,
    /// Every contact of the company.
    All,
}

impl std::str::FromStr for CompanyView {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "off" => Ok(Self::Off),
            "granted" => Ok(Self::Granted),
            "all" => Ok(Self::All),
            _ => Err("is neither `off` nor `granted` nor `all`"),
        }
    }
}

/// The help desk behind the bridge.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum HelpDesk {
    /// Everything goes both ways.
    #[default]
    Okdesk,
    /// It tells what happens and takes nothing.
    Zenlix,
}

impl std::str::FromStr for HelpDesk {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "okdesk" => Ok(Self::Okdesk),
            "zenlix" => Ok(Self::Zenlix),
            _ => Err("is neither `okdesk` nor `zenlix`"),
        }
    }
}

/// What the person who runs the bridge decided, and what Okdesk's dictionaries say.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The help desk.
    pub desk: HelpDesk,
    /// The zone times are shown in.
    pub zone: jiff::tz::TimeZone,
    /// Where clients find the portal.
    pub portal_url: Option<url::Url>,
    /// Version and address of the policy that is agreed to.
    pub policy: Policy,
    /// Codes that count as completed whatever Okdesk's list says.
    pub completed: BTreeSet<StatusCode>,
    /// Okdesk's own word on each status, where its list has it.
    pub finals: BTreeMap<StatusCode, bool>,
    /// The status a client's "close" leads to; none if clients may only ask for it.
    pub close_to: Option<StatusCode>,
    /// The status a completed issue returns to when its client writes; none leaves it completed.
    pub reopen_to: Option<StatusCode>,
    /// For how many days after completion a comment still belongs to the old issue.
    pub comment_days: u16,
    /// The custom attribute of issues that holds the client's rating.
    pub rating_attribute: Option<AttributeCode>,
    /// The largest file the Bot API server lets a bot fetch, in bytes.
    pub download_limit: u64,
    /// Where the people in charge read what needs them.
    pub admin_chat: Option<ChatId>,
    /// Who may do more than clients.
    pub roles: Roles,
    /// Who sees all issues of the own company.
    pub company_view: CompanyView,
    /// How many hours an invitation is good for.
    pub invite_hours: u16,
    /// When somebody is at work; none if that is not to be spoken of.
    pub working_time: Option<WorkingTime>,
    /// The bot's name in Telegram, without `@`, once it is known: invitations lead there.
    pub bot_name: Option<String>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            desk: HelpDesk::default(),
            zone: jiff::tz::TimeZone::UTC,
            portal_url: None,
            policy: Policy::default(),
            completed: [
                "resolved",
                "closed",
                "completed",
                "done",
                "finished",
                "solved",
            ]
            .into_iter()
            .map(StatusCode::from_static)
            .collect(),
            finals: BTreeMap::new(),
            close_to: None,
            reopen_to: None,
            comment_days: 14,
            rating_attribute: None,
            download_limit: 20 * 1024 * 1024,
            admin_chat: None,
            roles: Roles::default(),
            company_view: CompanyView::Off,
            invite_hours: 24,
            working_time: None,
            bot_name: None,
        }
    }
}

/// The privacy policy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// A changed version is asked again.
    pub version: String,
    /// Where it can be read.
    pub url: Option<url::Url>,
}

impl Rules {
    /// Whether a status is a completed one: Okdesk's own word where it gives one, else the configured codes. Codes are
    /// compared whole: `unresolved` is not `resolved`.
    pub fn is_completed(&self, status: &StatusCode) -> bool {
        self.completed.contains(status) || self.finals.get(status).copied().unwrap_or(false)
    }
}
