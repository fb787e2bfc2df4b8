//! From bytes to an event, and back.

use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::de::{Error as _, IgnoredAny, MapAccess, Visitor};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::lazy::Read;
use super::outline::{Outline, Part};
use super::payload::Payload;
use super::raw::RawBody;
use super::{Event, EventKind, ParseError, Unknown};
use crate::schema::Described;

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
        let body = RawBody::read(body)?;
        Self::parse_with(Arc::clone(&body.text), body)
    }

    /// Reads `source`, and keeps `body` as what it came from.
    pub(crate) fn parse_with(source: Arc<str>, body: RawBody) -> Result<Self, ParseError> {
        let outline = Outline::read(&source)?;
        let kind = EventKind::from(outline.event_type.as_str());
        Ok(
            Self::assemble(&kind, &outline, &source, &body).unwrap_or_else(|| {
                Self::Unknown(Unknown {
                    event_type: outline.event_type,
                    body,
                })
            }),
        )
    }

    /// The body, as it was sent.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.body().text
    }

    /// The value at a place of the body (RFC 6901), for keys that have no field. Reads the body again.
    #[must_use]
    pub fn pointer(&self, pointer: &str) -> Option<Value> {
        let mut body: Value = serde_json::from_str(self.raw()).ok()?;
        body.pointer_mut(pointer).map(Value::take)
    }
}

/// The fields of an event whose outline has been read, or what can be made of them.
pub(super) fn read<P: Payload>(text: &str) -> Read<P> {
    match serde_json::from_str(text) {
        Ok(Whole(event)) => Read {
            event,
            is_partial: false,
        },
        // The outline has seen that both parts are there, and that the thing has an id.
        Err(_) => Read {
            event: salvage(text).unwrap_or_else(|| P::assemble(<_>::default(), <_>::default())),
            is_partial: true,
        },
    }
}

fn salvage<P: Payload>(text: &str) -> Option<P> {
    let parts: HashMap<String, &RawValue> = serde_json::from_str(text).ok()?;
    let fields = P::Fields::salvage(parts.get(Part::Event.key())?)?;
    let entity = P::Entity::salvage(parts.get(P::ENTITY.key())?)?;
    Some(P::assemble(fields, entity))
}

/// An event all of whose fields can be read, in one pass.
struct Whole<P>(P);

impl<'de, P: Payload> Deserialize<'de> for Whole<P> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(WholeVisitor(PhantomData))
    }
}

struct WholeVisitor<P>(PhantomData<P>);

impl<'de, P: Payload> Visitor<'de> for WholeVisitor<P> {
    type Value = Whole<P>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut body: A) -> Result<Self::Value, A::Error> {
        let (mut fields, mut entity) = (None, None);
        while let Some(part) = body.next_key::<Part>()? {
            if part == Part::Event {
                fields = Some(body.next_value()?);
            } else if part == P::ENTITY {
                entity = Some(body.next_value()?);
            } else {
                body.next_value::<IgnoredAny>()?;
            }
        }
        match (fields, entity) {
            (Some(fields), Some(entity)) => Ok(Whole(P::assemble(fields, entity))),
            _ => Err(A::Error::missing_field(P::ENTITY.key())),
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
