//! What is read of a body at once, in one pass and without a copy: that it is JSON, what happened, and whether the
//! thing it happened to can be told by its id.

use std::borrow::Cow;
use std::fmt;

use okdesk_sdk::model::IssueId;
use okdesk_sdk::model::lenient::Lenient;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer};

use super::ParseError;
use super::scan::{Broken, Scanner};

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

pub(super) struct Outline<'a> {
    pub(super) event_type: Cow<'a, str>,
    /// The things whose id can be read; there is one of them, but nothing says so.
    identified: [bool; 7],
}

impl<'a> Outline<'a> {
    pub(super) fn read(text: &'a str) -> Result<Self, ParseError> {
        match scan(text) {
            Ok(Some(outline)) => Ok(outline),
            Ok(None) => Err(ParseError::NotAnEvent),
            Err(Broken) => Err(ParseError::not_json(text)),
        }
    }

    /// Whether the body holds this thing, with an id that can be read.
    pub(super) fn identifies(&self, part: Part) -> bool {
        self.identified[part as usize]
    }
}

/// `None` for JSON that is no event. Of keys that stand twice the last one counts, here as in everything that reads the body
/// later.
fn scan(text: &str) -> Result<Option<Outline<'_>>, Broken> {
    let mut scanner = Scanner::new(text);
    let mut event_type = None;
    let mut identified = [false; 7];
    scanner.fields(|scanner, key| {
        match Part::of(&key) {
            Part::Event => event_type = scan_event_type(scanner)?,
            Part::Other => scanner.pass()?,
            thing => identified[thing as usize] = scan_thing(scanner)?,
        }
        Ok(())
    })?;
    scanner.end()?;
    Ok(event_type.map(|event_type| Outline {
        event_type,
        identified,
    }))
}

/// The type, if the part `event` is an object and its type is text.
fn scan_event_type<'a>(scanner: &mut Scanner<'a>) -> Result<Option<Cow<'a, str>>, Broken> {
    let mut event_type = None;
    scanner.fields(|scanner, key| {
        if key == "event_type" {
            event_type = scanner.text()?;
        } else {
            scanner.pass()?;
        }
        Ok(())
    })?;
    Ok(event_type)
}

/// Whether a thing is an object with an id that can be read. All ids are read alike.
fn scan_thing(scanner: &mut Scanner<'_>) -> Result<bool, Broken> {
    let mut identified = false;
    scanner.fields(|scanner, key| {
        if key == "id" {
            let mut id = serde_json::Deserializer::from_str(scanner.value()?);
            identified = matches!(IssueId::read(&mut id), Ok(Some(_)));
        } else {
            scanner.pass()?;
        }
        Ok(())
    })?;
    Ok(identified)
}
