//! The shapes as JSON Schema (draft 2020-12).

use serde_json::{Map, Value, json};

use super::{Record, Shape};
use crate::EventKind;

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The JSON Schema of an event; `None` for a type this version does not know.
///
/// The schemas describe what is documented and seen, and forbid nothing: further keys are allowed everywhere.
///
/// ```
/// use okdesk_webhooks::{EventKind, schema};
///
/// let schema = schema::json_schema(&EventKind::NewComment).unwrap();
/// assert_eq!(schema["properties"]["event"]["properties"]["event_type"]["const"], "new_comment");
/// ```
#[must_use]
pub fn json_schema(kind: &EventKind) -> Option<Value> {
    let (event, entity_key, entity) = kind.envelope()?;
    let mut definitions = Map::new();
    let mut event_schema = event_record(event, &mut definitions);
    event_schema["properties"]["event_type"] = json!({ "const": kind.as_str() });
    event_schema["required"] = json!(["event_type"]);
    let description = event_schema
        .as_object_mut()
        .and_then(|event| event.remove("description"));
    let entity_schema = schema(entity, &mut definitions);
    Some(json!({
        "$schema": DRAFT,
        "title": kind.as_str(),
        "description": description,
        "type": "object",
        "required": ["event", entity_key],
        "properties": { "event": event_schema, entity_key: entity_schema },
        "$defs": definitions,
    }))
}

/// The JSON Schema of a body that is one record.
#[cfg(feature = "zenlix")]
pub(crate) fn json_schema_of(title: &str, record: &Record) -> Value {
    let mut definitions = Map::new();
    let mut schema = object(record, &mut definitions);
    schema["$schema"] = DRAFT.into();
    schema["title"] = title.into();
    schema["$defs"] = definitions.into();
    schema
}

fn event_record(shape: Shape, definitions: &mut Map<String, Value>) -> Value {
    match shape {
        Shape::Record(record) => object(record, definitions),
        _ => json!({}),
    }
}

fn schema(shape: Shape, definitions: &mut Map<String, Value>) -> Value {
    match shape {
        Shape::Any => json!({}),
        Shape::Id => json!({ "type": ["integer", "string"], "minimum": 1, "pattern": "^[0-9]+$" }),
        Shape::Number => {
            json!({ "type": ["number", "string"], "pattern": "^-?[0-9]+([.,][0-9]+)?$" })
        }
        Shape::Count => {
            json!({ "type": ["integer", "string"], "minimum": 0, "pattern": "^[0-9]+$" })
        }
        Shape::Boolean => json!({ "type": "boolean" }),
        Shape::Text => json!({ "type": "string" }),
        Shape::Time => json!({ "type": "string", "format": "date-time" }),
        Shape::Words(words) => json!({ "type": "string", "examples": words }),
        Shape::Coordinates => {
            json!({ "type": "array", "items": { "type": "number" }, "minItems": 2, "maxItems": 2 })
        }
        Shape::List(item) => json!({ "type": "array", "items": schema(*item, definitions) }),
        Shape::OneOrMany(item) => {
            let item = schema(*item, definitions);
            json!({ "anyOf": [{ "type": "array", "items": item }, item] })
        }
        Shape::Record(record) => {
            // An id inside `Named` is the only thing that differs between its uses, and all ids look alike.
            if !definitions.contains_key(record.name) {
                definitions.insert(record.name.to_owned(), Value::Null);
                let object = object(record, definitions);
                definitions.insert(record.name.to_owned(), object);
            }
            json!({ "$ref": format!("#/$defs/{}", record.name) })
        }
    }
}

fn object(record: &Record, definitions: &mut Map<String, Value>) -> Value {
    let mut properties = Map::new();
    for field in record.fields {
        let mut property = schema(field.shape, definitions);
        if !field.is_key {
            property = nullable(property);
        }
        let description = text(field.doc);
        if !description.is_empty() {
            property["description"] = description.into();
        }
        properties.insert(field.name.to_owned(), property);
    }
    let required: Vec<_> = record
        .fields
        .iter()
        .filter(|field| field.is_key)
        .map(|field| field.name)
        .collect();
    json!({ "type": "object", "description": text(record.doc), "properties": properties, "required": required })
}

fn nullable(mut schema: Value) -> Value {
    match schema.get_mut("type") {
        Some(Value::Array(types)) => types.push("null".into()),
        Some(one) => *one = json!([one.take(), "null"]),
        None => {
            let allows_all = schema.as_object().is_some_and(Map::is_empty);
            return if allows_all {
                schema
            } else {
                json!({ "anyOf": [schema, { "type": "null" }] })
            };
        }
    }
    schema
}

/// The first paragraph of a doc comment, on one line and without links.
fn text(doc: &str) -> String {
    let paragraph: Vec<_> = doc
        .lines()
        .map(str::trim)
        .take_while(|line| !line.is_empty())
        .collect();
    paragraph.join(" ")
}
