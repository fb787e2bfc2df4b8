//! From bytes to types: leniently, item by item, with the place of the trouble when there is one.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use bytes::Bytes;
use memchr::memmem::Finder;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Call, SkippedItem};
use crate::model::lenient::{self, Lenient};
use crate::model::{Drifts, Issue, IssueId};

/// What is noticed beside the result.
#[derive(Default)]
pub(crate) struct Decoding {
    pub(crate) skipped: Vec<SkippedItem>,
    /// Collected only if somebody wants to know.
    pub(crate) drifts: Option<Drifts>,
}

/// How the body of an answer becomes what was asked for.
pub(crate) type Decoder<T> = fn(&Call, &Bytes, &mut Decoding) -> Result<T, DecodeFailure>;

/// Why an answer is not what it should be.
#[derive(Debug)]
pub(crate) enum DecodeFailure {
    /// It cannot be read; where, and why.
    Unreadable { path: String, reason: String },
    /// It is about another issue.
    Merged(IssueId),
}

impl DecodeFailure {
    fn at_top(error: &serde_json::Error) -> Self {
        Self::Unreadable {
            path: String::new(),
            reason: error.to_string(),
        }
    }
}

/// One object.
pub(crate) fn record<T: DeserializeOwned + Lenient>(
    _: &Call,
    body: &Bytes,
    decoding: &mut Decoding,
) -> Result<T, DecodeFailure> {
    let read = serde_json::from_slice(body).map_err(|error| locate::<T>(body, &error));
    if read.is_ok()
        && let Some(drifts) = &mut decoding.drifts
        && let Ok(json) = serde_json::from_slice(body)
    {
        T::drift(&json, drifts);
    }
    read
}

/// An issue that must be the one asked for: a merged one gives the issue it went into.
pub(crate) fn issue(
    call: &Call,
    body: &Bytes,
    decoding: &mut Decoding,
) -> Result<Issue, DecodeFailure> {
    let mut read: Result<Issue, DecodeFailure> = record(call, body, decoding);
    if let (Ok(issue), Some(expected)) = (&read, call.expects)
        && issue.id != expected
    {
        read = Err(DecodeFailure::Merged(issue.id));
    }
    read
}

/// Whatever comes, nothing is expected; but a page comes from something that stands before Okdesk.
pub(crate) fn nothing(_: &Call, body: &Bytes, _: &mut Decoding) -> Result<(), DecodeFailure> {
    match body.trim_ascii_start().first() {
        Some(b'<') => Err(DecodeFailure::Unreadable {
            path: String::new(),
            reason: "a page came instead of an answer".to_owned(),
        }),
        _ => Ok(()),
    }
}

/// A list, bare or under some key.
pub(crate) fn list<T: DeserializeOwned + Lenient>(
    _: &Call,
    body: &Bytes,
    decoding: &mut Decoding,
) -> Result<Vec<T>, DecodeFailure> {
    Ok(items(&pieces(body)?, decoding))
}

/// An object for one hit, an array for several, `[]` or `{}` for none.
pub(crate) fn one_or_many<T: DeserializeOwned + Lenient>(
    _: &Call,
    body: &Bytes,
    decoding: &mut Decoding,
) -> Result<Vec<T>, DecodeFailure> {
    let one: &RawValue =
        serde_json::from_slice(body).map_err(|error| DecodeFailure::at_top(&error))?;
    let pieces = match one.get().as_bytes().first() {
        Some(b'[') => {
            serde_json::from_slice(body).map_err(|error| DecodeFailure::at_top(&error))?
        }
        Some(b'{') if !is_empty_object(one) => vec![one],
        _ => Vec::new(),
    };
    Ok(items(&pieces, decoding))
}

/// Ids and nothing else.
pub(crate) fn ids(
    call: &Call,
    body: &Bytes,
    decoding: &mut Decoding,
) -> Result<Vec<IssueId>, DecodeFailure> {
    list(call, body, decoding)
}

/// Splits a list into its items. Okdesk hands out some lists bare, some under a key, some under two.
pub(crate) fn pieces(body: &[u8]) -> Result<Vec<&RawValue>, DecodeFailure> {
    let split = match body.trim_ascii_start().first() {
        // The usual case needs no look at the whole before that at the items.
        Some(b'[') => serde_json::from_slice(body),
        _ => serde_json::from_slice(body).and_then(|whole: &RawValue| split(whole, 0)),
    };
    split.map_err(|error| DecodeFailure::at_top(&error))
}

fn split(value: &RawValue, depth: u8) -> Result<Vec<&RawValue>, serde_json::Error> {
    match value.get().as_bytes().first() {
        Some(b'[') => serde_json::from_str(value.get()),
        Some(b'{') if depth < 3 => {
            let fields: BTreeMap<String, &RawValue> = serde_json::from_str(value.get())?;
            let starts = |start: u8| {
                fields
                    .values()
                    .copied()
                    .find(|field| field.get().as_bytes().first() == Some(&start))
            };
            if fields.contains_key("id") || fields.contains_key("code") {
                return Ok(vec![value]);
            }
            match starts(b'[').or_else(|| starts(b'{')) {
                Some(inner) => split(inner, depth + 1),
                None => Ok(Vec::new()),
            }
        }
        Some(b'n') => Ok(Vec::new()),
        _ => serde_json::from_str(value.get()),
    }
}

fn is_empty_object(value: &RawValue) -> bool {
    value
        .get()
        .bytes()
        .all(|byte| matches!(byte, b'{' | b'}') || byte.is_ascii_whitespace())
}

/// Reads each item by itself; what cannot be read is left out and noted, so that one odd record never costs a page.
pub(crate) fn items<T: DeserializeOwned + Lenient>(
    pieces: &[&RawValue],
    decoding: &mut Decoding,
) -> Vec<T> {
    let mut items = Vec::with_capacity(pieces.len());
    for (position, piece) in pieces.iter().enumerate() {
        match serde_json::from_str(piece.get()) {
            Ok(item) => {
                if let Some(drifts) = &mut decoding.drifts
                    && let Ok(json) = serde_json::from_str(piece.get())
                {
                    T::drift(&json, drifts);
                }
                items.push(item);
            }
            Err(error) => decoding.skipped.push(skipped::<T>(position, piece, &error)),
        }
    }
    items
}

fn skipped<T: DeserializeOwned>(
    position: usize,
    piece: &RawValue,
    error: &serde_json::Error,
) -> SkippedItem {
    let (path, reason) = match locate::<T>(piece.get().as_bytes(), error) {
        DecodeFailure::Unreadable { path, reason } => (path, reason),
        DecodeFailure::Merged(_) => (String::new(), error.to_string()),
    };
    SkippedItem {
        position,
        id: id_of(piece),
        path,
        reason,
        json: piece.get().to_owned(),
    }
}

fn id_of(piece: &RawValue) -> Option<u64> {
    match serde_json::from_str::<Value>(piece.get()).ok()?.get("id")? {
        Value::Number(id) => id.as_u64(),
        Value::String(id) => id.parse().ok(),
        _ => None,
    }
}

/// A second pass over what failed, to say where.
fn locate<T: DeserializeOwned>(json: &[u8], error: &serde_json::Error) -> DecodeFailure {
    match serde_path_to_error::deserialize::<_, T>(&mut serde_json::Deserializer::from_slice(json))
    {
        Err(located) => DecodeFailure::Unreadable {
            path: Some(located.path().to_string())
                .filter(|path| path != ".")
                .unwrap_or_default(),
            reason: located.inner().to_string(),
        },
        Ok(_) => DecodeFailure::at_top(error),
    }
}

/// Made once: to get ready for the search takes longer than to search a small answer.
static ERRORS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"errors\""));

/// What stands under `errors`, if anything does. A body that is no object has none.
pub(crate) fn errors_of(body: &[u8]) -> Option<Value> {
    #[derive(serde::Deserialize)]
    struct Envelope<'a> {
        #[serde(borrow)]
        errors: Option<&'a RawValue>,
    }
    // Most answers are told apart by a glance; no writer of JSON escapes plain letters.
    let object = body.trim_ascii_start().first() == Some(&b'{');
    if !object || ERRORS.find(body).is_none() {
        return None;
    }
    let errors = serde_json::from_slice::<Envelope<'_>>(body).ok()?.errors?;
    let value: Value = lenient_value(errors)?;
    let empty = match &value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(value) => !value,
        Value::Number(_) => false,
    };
    (!empty).then_some(value)
}

fn lenient_value(raw: &RawValue) -> Option<Value> {
    lenient::required(&mut serde_json::Deserializer::from_str(raw.get())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CompanyId, Named};

    fn count(json: &str) -> usize {
        pieces(json.as_bytes()).unwrap().len()
    }

    #[test]
    fn a_list_is_found_wherever_it_stands() {
        assert_eq!(count("[1, 2]"), 2);
        assert_eq!(count("null"), 0);
        assert_eq!(count("{}"), 0);
        assert_eq!(
            count(r#"{"spent_time_total": 1, "time_entries": [{}, {}]}"#),
            2
        );
        assert_eq!(count(r#"{"check_list": {"items": [{}]}}"#), 1);
        assert_eq!(count(r#"{"id": 1, "tags": [1, 2]}"#), 1);
        assert!(pieces(b"12").is_err());
        assert!(pieces(b"<html>").is_err());
    }

    #[test]
    fn one_bad_item_costs_nobody_else() {
        let json = r#"[{"id":1,"name":"a"},{"id":2,"name":{}},{"name":"c"},{"id":4}]"#;
        let mut decoding = Decoding::default();
        let good: Vec<Named<CompanyId>> = items(&pieces(json.as_bytes()).unwrap(), &mut decoding);
        assert_eq!(
            good.iter().map(|item| item.id.get()).collect::<Vec<_>>(),
            [1, 4]
        );
        let [second, third] = &decoding.skipped[..] else {
            panic!("{:?}", decoding.skipped)
        };
        assert_eq!(
            (second.position, second.id, second.path.as_str()),
            (1, Some(2), "name")
        );
        assert_eq!(second.json, r#"{"id":2,"name":{}}"#);
        assert_eq!((third.position, third.id), (2, None));
    }

    #[test]
    fn errors_are_found_only_where_they_are() {
        assert!(errors_of(r#" {"errors": "Записи не существует"}"#.as_bytes()).is_some());
        assert!(errors_of(br#"{"errors": {"a": ["b"]}}"#).is_some());
        for fine in [
            r#"{"id": 1}"#,
            r#"{"errors": null}"#,
            r#"{"errors": []}"#,
            r#"{"errors": {}}"#,
            r#"{"title": "\"errors\": 1", "inner": {"errors": "x"}}"#,
            "[]",
            "",
            "<html>",
        ] {
            assert_eq!(errors_of(fine.as_bytes()), None, "{fine}");
        }
    }
}
