//! The hook as JSON Schema.

use serde_json::{Value, json};

use super::parts::Envelope;
use crate::schema::{Described, Shape, json_schema_of};

/// The JSON Schema of a hook (draft 2020-12). As those of Okdesk's events it forbids no further keys.
///
/// ```
/// use okdesk_webhooks::zenlix;
///
/// let schema = zenlix::json_schema();
/// assert_eq!(schema["$defs"]["Ticket"]["required"][0], "code");
/// ```
#[must_use]
pub fn json_schema() -> Value {
    let Shape::Record(record) = Envelope::SHAPE else {
        return Value::Null;
    };
    let mut schema = json_schema_of("ZENLIX web-hook", record);
    // Without these a body is no hook.
    schema["required"] = json!(["ticket"]);
    schema["properties"]["ticket"]["anyOf"] = json!([{ "$ref": "#/$defs/Ticket" }]);
    schema["$defs"]["Ticket"]["required"] = json!(["code"]);
    schema["$defs"]["Ticket"]["properties"]["code"] = json!({ "type": "string", "minLength": 1 });
    // Answers of yes or no are sent as text, and times without a zone; both are read in either form.
    for answer in ["inspect_after_ok", "individual_ok"] {
        let place = &mut schema["$defs"]["Ticket"]["properties"][answer];
        place["type"] = json!(["string", "null"]);
        place["enum"] = json!(["true", "false", null]);
    }
    for time in [
        "/properties/dt",
        "/$defs/Ticket/properties/created_at",
        "/$defs/Ticket/properties/deadline_time",
        "/$defs/LogEntry/properties/dt",
    ] {
        if let Some(Value::Object(place)) = schema.pointer_mut(time) {
            place.remove("format");
            let pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$";
            place.insert("pattern".to_owned(), pattern.into());
        }
    }
    schema
}
