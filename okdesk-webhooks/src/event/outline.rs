//! What is read of a body at once, in one pass and without a copy: that it is JSON, what happened, and whether the
//! thing it happened to can be told by its id.

use std::borrow::Cow;
use std::fmt;

use okdesk_sdk::model::IssueId;
use okdesk_sdk::model::lenient::Lenient;
use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// The parts of a body.
#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(field_identifier, rename_all = "snake_case")]
pub(super) enum Part {
    Event,
    Issue,
    Equipment,
    Company,
    Agreement,
    ServiceAim,
    #[serde(other)]
    Other,
}

impl Part {
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Issue => "issue",
            Self::Equipment => "equipment",
            Self::Company => "company",
            Self::Agreement => "agreement",
            Self::ServiceAim => "service_aim",
            Self::Other => "",
        }
    }
}

pub(super) struct Outline<'a> {
    pub(super) event_type: Cow<'a, str>,
    /// The things whose id can be read; there is one of them, but nothing says so.
    identified: [bool; 7],
}

impl Outline<'_> {
    /// Whether the body holds this thing, with an id that can be read.
    pub(super) fn identifies(&self, part: Part) -> bool {
        self.identified[part as usize]
    }
}

impl<'de> Deserialize<'de> for Outline<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(BodyVisitor)
    }
}

struct BodyVisitor;

impl<'de> Visitor<'de> for BodyVisitor {
    type Value = Outline<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event")
    }

    // Of keys that stand twice the last one counts, here as in everything that reads the body later.
    fn visit_map<A: MapAccess<'de>>(self, mut body: A) -> Result<Self::Value, A::Error> {
        let mut happened: Option<Happened<'de>> = None;
        let mut identified = [false; 7];
        while let Some(part) = body.next_key::<Part>()? {
            match part {
                Part::Event => happened = Some(body.next_value()?),
                Part::Other => {
                    body.next_value::<IgnoredAny>()?;
                }
                thing => identified[thing as usize] = body.next_value::<Identified>()?.0,
            }
        }
        let happened = happened.ok_or_else(|| A::Error::missing_field("event"))?;
        Ok(Outline {
            event_type: happened.event_type,
            identified,
        })
    }
}

/// The part `event`, of which the type is read only.
struct Happened<'a> {
    event_type: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum HappenedKey {
    EventType,
    #[serde(other)]
    Other,
}

/// Serde copies a `Cow` unless it is told otherwise.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Deserialize<'de> for Happened<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(HappenedVisitor)
    }
}

struct HappenedVisitor;

impl<'de> Visitor<'de> for HappenedVisitor {
    type Value = Happened<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what happened")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let mut event_type = None;
        while let Some(key) = fields.next_key()? {
            match key {
                HappenedKey::EventType => event_type = Some(fields.next_value::<Text<'de>>()?.0),
                HappenedKey::Other => {
                    fields.next_value::<IgnoredAny>()?;
                }
            }
        }
        let event_type = event_type.ok_or_else(|| A::Error::missing_field("event_type"))?;
        Ok(Happened { event_type })
    }
}

/// Whether a thing is an object with an id that can be read. All ids are read alike.
struct Identified(bool);

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum ThingKey {
    Id,
    #[serde(other)]
    Other,
}

impl<'de> Deserialize<'de> for Identified {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ThingVisitor)
    }
}

struct ThingVisitor;

impl<'de> Visitor<'de> for ThingVisitor {
    type Value = Identified;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let mut identified = false;
        while let Some(key) = fields.next_key()? {
            match key {
                ThingKey::Id => {
                    let id = fields.next_value::<&RawValue>()?;
                    let mut id = serde_json::Deserializer::from_str(id.get());
                    identified = matches!(IssueId::read(&mut id), Ok(Some(_)));
                }
                ThingKey::Other => {
                    fields.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Identified(identified))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Identified(false))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Identified(false))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Identified(false))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Identified(false))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Identified(false))
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Identified(false))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Identified(false))
    }
}
