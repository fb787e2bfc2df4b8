//! From bytes to an event, and back.

use std::borrow::Cow;

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::payload::Payload;
use super::raw::RawBody;
use super::{Event, EventKind, ParseError, Unknown};
use crate::schema::Described;

/// The parts of a body, not looked into yet.
#[derive(Deserialize)]
pub(super) struct Envelope<'a> {
    #[serde(borrow)]
    event: &'a RawValue,
    #[serde(borrow)]
    issue: Option<&'a RawValue>,
    #[serde(borrow)]
    equipment: Option<&'a RawValue>,
    #[serde(borrow)]
    company: Option<&'a RawValue>,
    #[serde(borrow)]
    agreement: Option<&'a RawValue>,
    #[serde(borrow)]
    service_aim: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Tag<'a> {
    #[serde(borrow)]
    event_type: Cow<'a, str>,
}

impl Envelope<'_> {
    fn entity(&self, key: &str) -> Option<&str> {
        let part = match key {
            "issue" => self.issue,
            "equipment" => self.equipment,
            "company" => self.company,
            "agreement" => self.agreement,
            "service_aim" => self.service_aim,
            _ => None,
        };
        part.map(RawValue::get)
    }
}

impl Event {
    /// Reads a body.
    ///
    /// # Errors
    /// When the body is not JSON or has no `event.event_type`. Everything else is an event, if need be
    /// [`Event::Unknown`].
    ///
    /// ```
    /// use okdesk_webhooks::Event;
    ///
    /// let event = Event::parse(br#"{
    ///     "event": {"event_type": "new_comment", "comment": {"id": "7", "is_public": true, "content": "Done"}},
    ///     "issue": {"id": 153, "title": "No paper", "colour": "red"}
    /// }"#)?;
    /// let Event::NewComment(comment) = &event else { panic!() };
    /// assert_eq!(comment.comment.as_ref().unwrap().content.as_str(), "Done");
    /// assert_eq!(comment.issue.id.get(), 153);
    /// assert_eq!(event.pointer("/issue/colour").unwrap(), "red");
    /// # Ok::<(), okdesk_webhooks::ParseError>(())
    /// ```
    pub fn parse(body: &[u8]) -> Result<Self, ParseError> {
        let text = std::str::from_utf8(body).map_err(|error| ParseError::NotUtf8 {
            at: error.valid_up_to(),
        })?;
        Self::parse_with(text, RawBody::new(text))
    }

    /// Reads `text`, and keeps `body` as what it came from.
    pub(crate) fn parse_with(text: &str, body: RawBody) -> Result<Self, ParseError> {
        let envelope: Envelope<'_> =
            serde_json::from_str(text).map_err(|error| ParseError::from_json(&error))?;
        let tag: Tag<'_> =
            serde_json::from_str(envelope.event.get()).map_err(|_| ParseError::NotAnEvent)?;
        let kind = EventKind::from(tag.event_type.as_ref());
        Ok(Self::assemble(&kind, &envelope, &body).unwrap_or_else(|| {
            Self::Unknown(Unknown {
                event_type: tag.event_type.into_owned(),
                body,
            })
        }))
    }

    /// The body, as it was sent.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.body().text
    }

    /// Whether something in the body could not be read and was left out.
    /// [`schema::deviations`](crate::schema::deviations) tells what; [`raw`](Self::raw) has it.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.body().is_partial
    }

    /// The value at a place of the body (RFC 6901), for keys that have no field. Reads the body again.
    #[must_use]
    pub fn pointer(&self, pointer: &str) -> Option<Value> {
        let mut body: Value = serde_json::from_str(self.raw()).ok()?;
        body.pointer_mut(pointer).map(Value::take)
    }
}

/// The event, or what can be made of it; `None` when its entity cannot be read.
pub(super) fn read<P: Payload>(envelope: &Envelope<'_>, body: &RawBody) -> Option<P> {
    let entity = envelope.entity(P::ENTITY)?;
    let parts = serde_json::from_str(envelope.event.get())
        .and_then(|fields| serde_json::from_str(entity).map(|entity| (fields, entity)));
    match parts {
        Ok((fields, entity)) => Some(P::assemble(fields, entity, body.clone())),
        Err(_) => {
            let fields = P::Fields::salvage(serde_json::from_str(envelope.event.get()).ok()?)?;
            let entity = P::Entity::salvage(serde_json::from_str(entity).ok()?)?;
            Some(P::assemble(fields, entity, body.clone().partial()))
        }
    }
}

/// Writes the body as it was sent, with every key and every value in its original form.
impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(self.raw()).map_err(S::Error::custom)?;
        raw.serialize(serializer)
    }
}

/// From JSON only.
impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Self::parse(raw.get().as_bytes()).map_err(D::Error::custom)
    }
}
