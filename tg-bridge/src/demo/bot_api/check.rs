//! Strictness beyond Telegram's: parameters the specification does not name, values of another type, missing fields.
//! Telegram shrugs at most of these; a bot that is tested here should not make them.

use serde_json::{Map, Value};

use super::params::Params;
use super::table::{self, Entry, Kind};

/// Everything about the call that is not as the specification says.
pub(super) fn check(entry: &Entry, params: &Params) -> Vec<String> {
    let mut found = Vec::new();
    for (name, value) in &params.fields {
        match entry.field(name) {
            None => found.push(format!("unknown parameter `{name}`")),
            Some(field) => {
                // In a form every value is text and objects are JSON in a string.
                let parsed = match (&field.kind, value) {
                    (Kind::Text | Kind::File | Kind::Id, _) => None,
                    (_, Value::String(text)) => serde_json::from_str(text).ok(),
                    _ => None,
                };
                check_value(
                    &field.kind,
                    parsed.as_ref().unwrap_or(value),
                    name,
                    &mut found,
                );
            }
        }
    }
    for field in entry.fields.iter().filter(|field| field.required) {
        if !params.fields.contains_key(field.name) && !params.files.contains_key(field.name) {
            found.push(format!("parameter `{}` is required", field.name));
        }
    }
    let names: Vec<String> = params.fields.values().map(Value::to_string).collect();
    for part in params.files.keys() {
        let attached = names
            .iter()
            .any(|value| value.contains(&format!("attach://{part}")));
        let direct = entry
            .field(part)
            .is_some_and(|field| field.kind == Kind::File);
        if !attached && !direct {
            found.push(format!("file part `{part}` belongs to no parameter"));
        }
    }
    found
}

fn check_value(kind: &Kind, value: &Value, path: &str, found: &mut Vec<String>) {
    let fits = match kind {
        Kind::Integer => value.is_i64() || value.is_u64(),
        Kind::Number => value.is_number(),
        Kind::Flag => value.is_boolean(),
        Kind::Text | Kind::File => value.is_string() || value.is_number() || value.is_boolean(),
        Kind::Id => value.is_i64() || value.as_str().is_some_and(is_id),
        Kind::Array(_) => value.is_array(),
        // A plain text button of a reply keyboard may be written as a string.
        Kind::Object(names) => {
            value.is_object() || (value.is_string() && names == &["KeyboardButton"])
        }
    };
    if !fits {
        found.push(format!("`{path}` is not {}", words_for(kind)));
        return;
    }
    match (kind, value) {
        (Kind::Array(inner), Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                check_value(inner, item, &format!("{path}[{index}]"), found);
            }
        }
        (Kind::Object(names), Value::Object(object)) => check_object(names, object, path, found),
        _ => {}
    }
}

fn check_object(
    names: &[&'static str],
    object: &Map<String, Value>,
    path: &str,
    found: &mut Vec<String>,
) {
    let entries: Vec<&Entry> = names
        .iter()
        .filter_map(|name| table::object(name))
        .collect();
    let complete = |entry: &&&Entry| {
        entry
            .fields
            .iter()
            .filter(|field| field.required)
            .all(|field| object.contains_key(field.name))
            && object
                .get("type")
                .and_then(Value::as_str)
                .is_none_or(|given| {
                    !entry.name.starts_with("InputMedia")
                        || entry.name["InputMedia".len()..].eq_ignore_ascii_case(given)
                })
    };
    let Some(entry) = entries.iter().find(complete) else {
        if !entries.is_empty() {
            found.push(format!(
                "`{path}` lacks a required field of {}",
                names.join(" or ")
            ));
        }
        return;
    };
    for (name, value) in object.iter().filter(|(_, value)| !value.is_null()) {
        match entry.field(name) {
            None => found.push(format!("unknown field `{path}.{name}` of {}", entry.name)),
            Some(field) => check_value(&field.kind, value, &format!("{path}.{name}"), found),
        }
    }
}

fn is_id(text: &str) -> bool {
    text.starts_with('@') || text.parse::<i64>().is_ok()
}

fn words_for(kind: &Kind) -> String {
    match kind {
        Kind::Integer => "an integer".into(),
        Kind::Number => "a number".into(),
        Kind::Flag => "a boolean".into(),
        Kind::Text => "a string".into(),
        Kind::Id => "a chat id or @username".into(),
        Kind::File => "a file".into(),
        Kind::Array(_) => "an array".into(),
        Kind::Object(names) => names.join(" or "),
    }
}
