//! Compares a body with the documented shape of its event.

use std::fmt;

use serde_json::Value;

use super::{Field, Record, Shape};
use crate::EventKind;

/// One place where a body differs from the documentation. Names places and kinds, never values.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deviation {
    /// Where, as a JSON pointer.
    pub path: String,
    /// In what way.
    pub kind: DeviationKind,
}

/// In what way a body differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeviationKind {
    /// The key is not documented. Its value is kept in the [raw body](crate::Event::raw).
    Undocumented,
    /// The key is missing, and nothing works without it.
    Missing,
    /// The value is of another type.
    Type {
        /// What the documentation says.
        expected: &'static str,
        /// What was sent.
        found: &'static str,
    },
    /// The body is no JSON, no event, or an event of an unknown type.
    UnknownEvent,
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            DeviationKind::Undocumented => write!(f, "{}: not documented", self.path),
            DeviationKind::Missing => write!(f, "{}: missing", self.path),
            DeviationKind::Type { expected, found } => {
                write!(f, "{}: {expected} expected, found {found}", self.path)
            }
            DeviationKind::UnknownEvent => f.write_str("not an event this version knows"),
        }
    }
}

/// Where a body differs from the documented shape of its event.
#[must_use]
pub fn deviations(body: &[u8]) -> Vec<Deviation> {
    let mut checker = Checker::default();
    let body = serde_json::from_slice::<Value>(body).unwrap_or_default();
    let kind = body
        .pointer("/event/event_type")
        .and_then(Value::as_str)
        .map(EventKind::from);
    match kind.and_then(|kind| kind.envelope()) {
        Some((event, entity_key, entity)) => {
            checker.envelope(&body, event, entity_key, entity);
        }
        None => checker.note(DeviationKind::UnknownEvent),
    }
    checker.found
}

/// Where a body differs from a shape.
#[cfg(feature = "zenlix")]
pub(crate) fn compare(body: &[u8], shape: Shape) -> Vec<Deviation> {
    let mut checker = Checker::default();
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => checker.value(&Value::Object(fields), shape),
        _ => checker.note(DeviationKind::UnknownEvent),
    }
    checker.found
}

#[derive(Default)]
struct Checker {
    path: String,
    found: Vec<Deviation>,
}

impl Checker {
    fn envelope(&mut self, body: &Value, event: Shape, entity_key: &'static str, entity: Shape) {
        let Value::Object(body) = body else { return };
        for (key, value) in body {
            self.inside(key, |checker| match key.as_str() {
                "event" => checker.value(value, event),
                key if key == entity_key => checker.value(value, entity),
                _ => checker.note(DeviationKind::Undocumented),
            });
        }
        if !body.contains_key(entity_key) {
            self.inside(entity_key, |checker| checker.note(DeviationKind::Missing));
        }
    }

    fn value(&mut self, value: &Value, shape: Shape) {
        if value.is_null() {
            return;
        }
        match shape {
            Shape::Any => {}
            Shape::Record(record) => match value {
                Value::Object(fields) => self.record(fields, record),
                _ => self.wrong_type("object", value),
            },
            Shape::List(item) => match value {
                Value::Array(items) => self.items(items, *item),
                _ => self.wrong_type("list", value),
            },
            Shape::OneOrMany(item) => match value {
                Value::Array(items) => self.items(items, *item),
                one => self.value(one, *item),
            },
            Shape::Coordinates => {
                let pair = value
                    .as_array()
                    .is_some_and(|pair| pair.len() == 2 && pair.iter().all(is_number));
                self.expect(pair, "latitude and longitude", value);
            }
            Shape::Id => self.expect(is_id(value), "id", value),
            Shape::Number => self.expect(is_number(value), "number", value),
            Shape::Count => self.expect(is_count(value), "whole number", value),
            Shape::Boolean => self.expect(value.is_boolean(), "true or false", value),
            Shape::Text | Shape::Words(_) => self.expect(value.is_string(), "text", value),
            Shape::Time => {
                let time = value.as_str().is_some_and(|text| {
                    text.is_empty() || okdesk_sdk::model::Timestamp::new(text).to_jiff().is_some()
                });
                self.expect(time, "ISO 8601 time", value);
            }
        }
    }

    fn record(&mut self, fields: &serde_json::Map<String, Value>, record: &Record) {
        for (key, value) in fields {
            let known = record.fields.iter().find(|field| field.name == key);
            self.inside(key, |checker| match known {
                Some(field) if field.is_key && value.is_null() => {
                    checker.note(DeviationKind::Missing)
                }
                Some(field) => checker.value(value, field.shape),
                None => checker.note(DeviationKind::Undocumented),
            });
        }
        let is_missing = |field: &&Field| field.is_key && !fields.contains_key(field.name);
        for field in record.fields.iter().filter(is_missing) {
            self.inside(field.name, |checker| checker.note(DeviationKind::Missing));
        }
    }

    fn items(&mut self, items: &[Value], shape: Shape) {
        for (index, item) in items.iter().enumerate() {
            self.inside(&index.to_string(), |checker| checker.value(item, shape));
        }
    }

    fn expect(&mut self, fits: bool, expected: &'static str, value: &Value) {
        if !fits {
            self.wrong_type(expected, value);
        }
    }

    fn wrong_type(&mut self, expected: &'static str, value: &Value) {
        let found = match value {
            Value::Null => "null",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "number",
            Value::String(_) => "text",
            Value::Array(_) => "list",
            Value::Object(_) => "object",
        };
        self.note(DeviationKind::Type { expected, found });
    }

    fn note(&mut self, kind: DeviationKind) {
        self.found.push(Deviation {
            path: self.path.clone(),
            kind,
        });
    }

    fn inside(&mut self, key: &str, walk: impl FnOnce(&mut Self)) {
        let outer = self.path.len();
        self.path.push('/');
        self.path
            .push_str(&key.replace('~', "~0").replace('/', "~1"));
        walk(self);
        self.path.truncate(outer);
    }
}

fn is_id(value: &Value) -> bool {
    count(value).is_some_and(|id| id > 0)
}

fn is_count(value: &Value) -> bool {
    count(value).is_some()
}

fn count(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn is_number(value: &Value) -> bool {
    match value {
        Value::Number(_) => true,
        Value::String(text) => text.replace(',', ".").parse::<f64>().is_ok(),
        _ => false,
    }
}
