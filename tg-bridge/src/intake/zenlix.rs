//! The hooks of ZENLIX in the bridge's words. They do not say which remarks clients may see, so none is passed on unless
//! the person who runs the bridge has said that clients may see them all.

use crate::reaction::{DeskEvent, Happening, IssueFacts, Named, Person, PublicComment, Status};
use crate::store::NewItem;
use crate::zenlix;
use jiff::tz::TimeZone;
use okdesk_sdk::model::{AuthorKind, ContactId, StatusCode, Timestamp};
use okdesk_webhooks::ParseError;
use okdesk_webhooks::zenlix::{Action, Hook, User, Zenlix};

/// Reads what a ZENLIX server sends.
#[derive(Debug, Clone)]
pub(crate) struct Desk {
    reader: Zenlix,
    comments: bool,
}

/// A hook to be stored, under the key of what it tells.
pub(crate) fn item(hook: &Hook, body: String) -> NewItem {
    NewItem::zenlix(hook.dedup_key(), zenlix::issue(&hook.ticket.code), body)
}

impl Desk {
    /// A server whose clock runs in this zone. `comments`: clients may see every remark.
    pub(crate) fn new(zone: TimeZone, comments: bool) -> Self {
        Self {
            reader: Zenlix::in_zone(zone),
            comments,
        }
    }

    pub(crate) fn reader(&self) -> Zenlix {
        self.reader.clone()
    }

    /// What a stored hook means for clients. `None`: its ticket has a name the bridge cannot number.
    pub(crate) fn read(&self, body: &[u8]) -> Result<Option<DeskEvent>, ParseError> {
        let hook = self.reader.parse(body)?;
        Ok(facts(&hook).map(|issue| DeskEvent {
            issue,
            author: hook.initial_user.as_ref().map(|user| person(&hook, user)),
            happening: self.happening(&hook),
        }))
    }

    fn happening(&self, hook: &Hook) -> Happening {
        match (hook.happened(), after(hook.happened())) {
            (Action::Create, _) => Happening::Created,
            (_, Some(code)) => Happening::Status {
                from: None,
                to: status(code),
                comment: None,
                files: Vec::new(),
            },
            (Action::Refer, _) => Happening::Assignee,
            (Action::Delete, _) => Happening::Deleted,
            (Action::Restore, _) => Happening::Restored,
            (Action::Comment, _) if self.comments => match comment(hook) {
                Some(comment) => Happening::Comment(comment),
                None => Happening::Other("comment".into()),
            },
            (other, _) => Happening::Other(other.to_string()),
        }
    }
}

/// Where a ticket stands after this happened: its own status may lag behind.
fn after(happened: &Action) -> Option<&'static str> {
    Some(match happened {
        Action::Create | Action::Unlock => "free",
        Action::Lock | Action::Unok | Action::Noapprove => "lock",
        Action::Waitok => "waitsuccess",
        Action::Ok | Action::Approve => "success",
        _ => return None,
    })
}

fn status(code: &str) -> Status {
    Status {
        code: StatusCode::new(code),
        name: code.to_owned(),
    }
}

fn comment(hook: &Hook) -> Option<PublicComment> {
    let comment = hook.new_comment()?;
    let place = hook.ticket.comments.len();
    Some(PublicComment {
        id: zenlix::comment(&hook.ticket.code, place, comment.text.as_str()),
        content: comment.text.clone(),
        files: Vec::new(),
        at: hook.at().map(time),
    })
}

fn facts(hook: &Hook) -> Option<IssueFacts> {
    let ticket = &hook.ticket;
    let stands = ticket.status.as_ref().map(ToString::to_string);
    let stands = stands.unwrap_or_default();
    let moment = |at: &Option<Timestamp>| hook.moment(at.as_ref()?).map(time);
    Some(IssueFacts {
        id: zenlix::issue(&ticket.code)?,
        title: ticket.subject.clone(),
        status: status(after(hook.happened()).unwrap_or(&stands)),
        company: None,
        // There may be several; the first is the one who asked.
        contact: ticket.client.first().map(|client| Named {
            id: zenlix::contact(&client.email),
            name: name(client),
        }),
        followers: Some(
            ticket
                .client
                .iter()
                .skip(1)
                .map(|client| zenlix::contact(&client.email))
                .collect(),
        ),
        assignee: assignee(hook),
        kind: None,
        created_at: moment(&ticket.created_at),
        deadline_at: moment(&ticket.deadline_time),
        completed_at: None,
    })
}

fn time(at: jiff::Timestamp) -> Timestamp {
    Timestamp::new(&at.to_string())
}

/// The group, or the people where there is none.
fn assignee(hook: &Hook) -> Option<String> {
    let group = hook.ticket.target_group.clone();
    let people = || {
        let names: Vec<String> = hook.ticket.target_user.iter().map(name).collect();
        Some(names.join(", "))
    };
    group
        .filter(|name| !name.trim().is_empty())
        .or_else(people)
        .filter(|name| !name.is_empty())
}

fn name(user: &User) -> String {
    let profile = user.profile.as_ref();
    let name = profile.map(|profile| profile.full_name.trim());
    name.unwrap_or_default().to_owned()
}

/// A client of the ticket acts as a client; everybody else is staff.
fn person(hook: &Hook, user: &User) -> Person {
    let id: ContactId = zenlix::contact(&user.email);
    let clients = &hook.ticket.client;
    let client = clients
        .iter()
        .any(|client| zenlix::contact(&client.email) == id);
    Person {
        kind: if client {
            AuthorKind::Contact
        } else {
            AuthorKind::Employee
        },
        id: id.get(),
        name: name(user),
    }
}
