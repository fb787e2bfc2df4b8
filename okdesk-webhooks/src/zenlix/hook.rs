//! One hook: reading it, and what people ask of it.

use std::borrow::Cow;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use okdesk_sdk::model::Timestamp;
use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::{Action, Comment, Ticket, User, parts};
use crate::ParseError;
use crate::desk::{Change, HelpDeskEvent, Visibility};
use crate::event::{RawBody, hash};
use crate::schema::{self, Described, Deviation};

/// Reads the hooks of one server, whose clock runs in a certain zone.
#[derive(Debug, Clone)]
pub struct Zenlix {
    zone: TimeZone,
}

/// A hook of ZENLIX.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Hook {
    /// The whole ticket.
    pub ticket: Ticket,
    /// Who did it.
    pub initial_user: Option<User>,
    /// What happened, in the words of the hook; see [`happened`](Self::happened).
    pub action: Action,
    /// A remark.
    pub description: String,
    /// When, by the clock of the server; see [`at`](Self::at).
    pub dt: Option<Timestamp>,
    zone: TimeZone,
    body: RawBody,
    is_partial: bool,
}

impl Zenlix {
    /// A server in this zone. Hooks carry no offset, so the zone has to be known.
    #[must_use]
    pub fn in_zone(zone: TimeZone) -> Self {
        Self { zone }
    }

    /// Reads a body.
    ///
    /// # Errors
    /// When the body is not JSON, or not about a ticket.
    pub fn parse(&self, body: &[u8]) -> Result<Hook, ParseError> {
        let body = RawBody::read(body)?;
        let text = &*body.text;
        let mut is_partial = false;
        let envelope: parts::Envelope = serde_json::from_str(text).or_else(|error| {
            let value =
                serde_json::from_str(text).map_err(|error| ParseError::from_json(&error))?;
            is_partial = true;
            parts::Envelope::salvage(value).ok_or_else(|| ParseError::from_json(&error))
        })?;
        let parts::Envelope {
            ticket,
            initial_user,
            action,
            description,
            dt,
        } = envelope;
        let ticket = ticket
            .filter(|ticket| !ticket.code.is_empty())
            .ok_or(ParseError::NotAnEvent)?;
        let action = action.unwrap_or_else(|| Action::from(""));
        Ok(Hook {
            ticket,
            initial_user,
            action,
            description,
            dt,
            zone: self.zone.clone(),
            body,
            is_partial,
        })
    }
}

#[cfg(feature = "receiver")]
impl crate::receiver::Format for Zenlix {
    type Event = Hook;

    fn parse(&self, body: &[u8]) -> Result<Hook, ParseError> {
        self.parse(body)
    }

    fn deviations(&self, body: &[u8]) -> Vec<Deviation> {
        deviations(body)
    }
}

/// Where a body differs from what is documented.
#[must_use]
pub fn deviations(body: &[u8]) -> Vec<Deviation> {
    // Two answers of yes or no are documented as text, although they are read in either form.
    let as_text = ["/ticket/inspect_after_ok", "/ticket/individual_ok"];
    let mut found = schema::compare(body, parts::Envelope::SHAPE);
    found.retain(|deviation| !as_text.contains(&deviation.path.as_str()));
    found
}

impl Hook {
    /// What happened: the action if it is a known one, otherwise the one the log ends with, if that is. Older entries tell of
    /// other events.
    #[must_use]
    pub fn happened(&self) -> &Action {
        let last = || {
            self.ticket
                .logs
                .last()
                .and_then(|entry| entry.action.as_ref())
        };
        Some(&self.action)
            .filter(|action| action.is_known())
            .or_else(|| last().filter(|action| action.is_known()))
            .unwrap_or(&self.action)
    }

    /// When it happened.
    #[must_use]
    pub fn at(&self) -> Option<jiff::Timestamp> {
        self.moment(self.dt.as_ref()?)
    }

    /// The moment a time of this hook means, in the zone of the server. A time the clock of that zone never
    /// showed, or showed twice, is read as the zone's rules have it.
    #[must_use]
    pub fn moment(&self, time: &Timestamp) -> Option<jiff::Timestamp> {
        if !time.is_zoneless() {
            return time.to_jiff();
        }
        let clock: DateTime = time.as_str().trim().parse().ok()?;
        clock
            .to_zoned(self.zone.clone())
            .ok()
            .map(|zoned| zoned.timestamp())
    }

    /// The comment that was written, if that is what happened: the last one of the ticket.
    #[must_use]
    pub fn new_comment(&self) -> Option<&Comment> {
        (self.happened() == &Action::Comment)
            .then(|| self.ticket.comments.last())
            .flatten()
    }

    /// The moments of the ticket's comments, in their order: the log has one entry for each. When it has more
    /// or fewer, only the moment of the new comment is known, which is that of the hook.
    #[must_use]
    pub fn comment_moments(&self) -> Vec<Option<jiff::Timestamp>> {
        let comments = self.ticket.comments.len();
        let logged = self
            .ticket
            .logs
            .iter()
            .filter(|entry| entry.action == Some(Action::Comment));
        let logged: Vec<_> = logged
            .map(|entry| self.moment(entry.dt.as_ref()?))
            .collect();
        if logged.len() == comments {
            return logged;
        }
        let mut moments = vec![None; comments];
        if let (Some(last), true) = (moments.last_mut(), self.new_comment().is_some()) {
            *last = self.at();
        }
        moments
    }

    /// The body, as it was sent.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.body.text
    }

    /// Whether something in the body could not be read and was left out.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.is_partial
    }

    /// A key that is equal for every repeat of this hook: ticket, action, time, and the number of comments,
    /// because two can be written within a second.
    #[must_use]
    pub fn dedup_key(&self) -> String {
        let (code, action) = (&self.ticket.code, self.happened());
        match &self.dt {
            Some(dt) => format!("zenlix:{code}:{action}:{dt}:{}", self.ticket.comments.len()),
            None => format!("zenlix:{code}:{action}:sha256:{}", hash(self.raw())),
        }
    }
}

/// Writes the body as it was sent.
impl Serialize for Hook {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(self.raw()).map_err(S::Error::custom)?;
        raw.serialize(serializer)
    }
}

impl HelpDeskEvent for Hook {
    fn event_type(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.action.as_str())
    }

    fn is_known(&self) -> bool {
        self.happened().is_known()
    }

    fn change(&self) -> Change {
        match self.happened() {
            Action::Create => Change::Created,
            Action::Comment => Change::Commented,
            Action::Refer => Change::Reassigned,
            Action::Edit => Change::Edited,
            Action::Delete => Change::Deleted,
            Action::Restore => Change::Restored,
            Action::Lock
            | Action::Unlock
            | Action::Ok
            | Action::Unok
            | Action::Waitok
            | Action::Approve
            | Action::Noapprove
            | Action::Arch => Change::StatusChanged,
            _ => Change::Other,
        }
    }

    fn ticket_id(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.ticket.code))
    }

    fn actor(&self) -> Option<String> {
        let user = self.initial_user.as_ref()?;
        let name = user
            .profile
            .as_ref()
            .map(|profile| &profile.full_name)
            .filter(|name| !name.is_empty());
        Some(name.unwrap_or(&user.email).clone()).filter(|name| !name.is_empty())
    }

    fn text(&self) -> Option<&str> {
        match self.happened() {
            Action::Create => Some(self.ticket.text.as_str()),
            _ => self.new_comment().map(|comment| comment.text.as_str()),
        }
    }

    /// Comments can be hidden from clients, and the hook does not tell which are.
    fn visibility(&self) -> Visibility {
        Visibility::Unknown
    }

    fn dedup_key(&self) -> String {
        self.dedup_key()
    }
}
