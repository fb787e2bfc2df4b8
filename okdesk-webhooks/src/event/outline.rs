//! What is read of a body at once: that it is JSON, what happened, and whether the thing it happened to can be told by its
//! id.

use std::fmt;

use okdesk_sdk::model::IssueId;
use okdesk_sdk::model::lenient::Lenient;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::ParseError;

/// The parts of a body.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Part {
    Event,
    Issue,
    Equipment,
    Company,
    Agreement,
    ServiceAim,
    Other,
}

impl Part {
    const NAMED: [Self; 6] = [
        Self::Event,
        Self::Issue,
        Self::Equipment,
        Self::Company,
        Self::Agreement,
        Self::ServiceAim,
    ];

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

    fn of(key: &str) -> Self {
        let mut named = Self::NAMED.into_iter();
        named.find(|part| part.key() == key).unwrap_or(Self::Other)
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_identifier(PartVisitor)
    }
}

struct PartVisitor;

impl Visitor<'_> for PartVisitor {
    type Value = Part;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Part, E> {
        Ok(Part::of(key))
    }
}

pub(super) struct Outline {
    pub(super) event_type: String,
    /// The things whose id can be read; there is one of them, but nothing says so.
    identified: [bool; 7],
}

impl Outline {
    pub(super) fn read(text: &str) -> Result<Self, ParseError> {
        let parts = Parts::in_one_pass(text)
            .or_else(|_| Parts::one_by_one(text))
            .map_err(|_| ParseError::not_json(text))?;
        Ok(Self {
            event_type: parts.event_type.ok_or(ParseError::NotAnEvent)?,
            identified: parts.identified,
        })
    }

    /// Whether the body holds this thing, with an id that can be read.
    pub(super) fn identifies(&self, part: Part) -> bool {
        self.identified[part as usize]
    }
}

#[derive(Default)]
struct Parts {
    event_type: Option<String>,
    identified: [bool; 7],
}

impl Parts {
    /// As bodies are: objects in an object. Fails for everything else, be it JSON or not.
    fn in_one_pass(text: &str) -> serde_json::Result<Self> {
        let mut json = serde_json::Deserializer::from_str(text);
        let parts = json.deserialize_map(PartsVisitor { one_by_one: false })?;
        json.end()?;
        Ok(parts)
    }

    /// JSON of any shape. What is no object, where one belongs, holds nothing.
    fn one_by_one(text: &str) -> serde_json::Result<Self> {
        let body: &RawValue = serde_json::from_str(text)?;
        read_object(body, PartsVisitor { one_by_one: true })
    }
}

/// Of keys that stand twice the last one counts, here as in everything that reads the body later.
struct PartsVisitor {
    one_by_one: bool,
}

impl PartsVisitor {
    fn look_up<'de, A: MapAccess<'de>, T: Default>(
        &self,
        body: &mut A,
        field: Field<T>,
    ) -> Result<T, A::Error> {
        if self.one_by_one {
            read_object(body.next_value()?, field).map_err(A::Error::custom)
        } else {
            body.next_value_seed(field)
        }
    }
}

impl<'de> Visitor<'de> for PartsVisitor {
    type Value = Parts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut body: A) -> Result<Parts, A::Error> {
        let mut parts = Parts::default();
        while let Some(part) = body.next_key::<Part>()? {
            match part {
                Part::Event => parts.event_type = self.look_up(&mut body, EVENT_TYPE)?,
                Part::Other => drop(body.next_value::<IgnoredAny>()?),
                thing => parts.identified[thing as usize] = self.look_up(&mut body, ID)?,
            }
        }
        Ok(parts)
    }
}

fn read_object<'de, V: Visitor<'de, Value: Default>>(
    value: &'de RawValue,
    visitor: V,
) -> serde_json::Result<V::Value> {
    if value.get().starts_with('{') {
        serde_json::Deserializer::from_str(value.get()).deserialize_map(visitor)
    } else {
        Ok(V::Value::default())
    }
}

/// What is looked up in a part.
#[derive(Clone, Copy)]
struct Field<T> {
    key: &'static str,
    read: fn(&str) -> serde_json::Result<T>,
}

/// `None` for a type that is not text. Escapes may be in order and still stand for no text – half a surrogate pair – which
/// is an error.
const EVENT_TYPE: Field<Option<String>> = Field {
    key: "event_type",
    read: |value| {
        let is_text = value.starts_with('"');
        is_text.then(|| serde_json::from_str(value)).transpose()
    },
};

/// Whether it can be read. All ids are read alike.
const ID: Field<bool> = Field {
    key: "id",
    read: |value| {
        let id = IssueId::read(&mut serde_json::Deserializer::from_str(value));
        Ok(matches!(id, Ok(Some(_))))
    },
};

impl<'de, T: Default> Visitor<'de> for Field<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut part: A) -> Result<T, A::Error> {
        let mut found = T::default();
        while let Some(is_it) = part.next_key_seed(Is(self.key))? {
            if is_it {
                let value: &RawValue = part.next_value()?;
                found = (self.read)(value.get()).map_err(A::Error::custom)?;
            } else {
                part.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

impl<'de, T: Default> DeserializeSeed<'de> for Field<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_map(self)
    }
}

/// Whether a key is this one.
struct Is(&'static str);

impl<'de> DeserializeSeed<'de> for Is {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Is {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<bool, E> {
        Ok(key == self.0)
    }
}
