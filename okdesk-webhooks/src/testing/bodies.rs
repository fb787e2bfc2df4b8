//! One body for each event, as Okdesk would send it, to change and to send.

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use serde_json::{Map, Value};

use crate::{Event, EventKind, ParseError};

macro_rules! recorded {
    ($kind:expr, $($variant:ident $word:literal)*) => {
        match $kind {
            $(EventKind::$variant => include_str!(concat!("../../bodies/", $word, ".json")),)*
            _ => include_str!("../../bodies/new_ticket.json"),
        }
    };
}

/// A full body of an event, in the form of recorded ones: numbers as numbers, `null` where Okdesk sends
/// `null`.
///
/// For a type this version does not know it is the body of `new_ticket` under that name.
#[must_use]
pub fn body(kind: impl Into<EventKind>) -> Body {
    let kind = kind.into();
    let text = recorded!(kind,
        NewTicket "new_ticket"
        NewTicketStatus "new_ticket_status"
        NewAssignee "new_assignee"
        UpdateIssueWorkType "update_issue_work_type"
        NewPriority "new_priority"
        NewComment "new_comment"
        NewCsatRate "new_csat_rate"
        NewFiles "new_files"
        NewDeadline "new_deadline"
        AddCoexecutor "add_coexecutor"
        RemoveCoexecutor "remove_coexecutor"
        ChangeTicketParameter "change_ticket_parameter"
        TicketDeleted "ticket_deleted"
        NewEquipment "new_equipment"
        ChangeEquipment "change_equipment"
        NewCompany "new_company"
        ChangeCompany "change_company"
        NewAgreement "new_agreement"
        ChangeAgreement "change_agreement"
        NewServiceAim "new_service_aim"
        ChangeServiceAim "change_service_aim"
    );
    // The files are part of this crate and are read by its tests.
    let value = serde_json::from_str(text).unwrap_or_default();
    Body { value }.set("/event/event_type", kind.as_str())
}

/// A body under construction.
#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    value: Value,
}

impl Body {
    /// Puts a value at a JSON pointer (RFC 6901), making the objects on the way there.
    #[must_use]
    pub fn set(mut self, pointer: &str, value: impl Into<Value>) -> Self {
        let mut place = &mut self.value;
        for key in keys(pointer) {
            if let (Value::Array(items), Ok(index)) = (&*place, key.parse::<usize>())
                && index < items.len()
            {
                place = &mut place[index];
                continue;
            }
            if !place.is_object() {
                *place = Value::Object(Map::new());
            }
            place = &mut place[key];
        }
        *place = value.into();
        self
    }

    /// Removes the value at a JSON pointer, key included.
    #[must_use]
    pub fn remove(mut self, pointer: &str) -> Self {
        let (parent, key) = pointer.rsplit_once('/').unwrap_or_default();
        match self.value.pointer_mut(parent) {
            Some(Value::Object(fields)) => {
                fields.remove(&unescape(key));
            }
            Some(Value::Array(items)) => {
                if let Some(index) = key
                    .parse()
                    .ok()
                    .filter(|&index: &usize| index < items.len())
                {
                    items.remove(index);
                }
            }
            _ => {}
        }
        self
    }

    /// Writes every number as text, as the documentation does; recorded bodies have numbers.
    #[must_use]
    pub fn numbers_as_text(mut self) -> Self {
        fn walk(value: &mut Value) {
            match value {
                Value::Number(number) => *value = Value::String(number.to_string()),
                Value::Array(items) => items.iter_mut().for_each(walk),
                Value::Object(fields) => {
                    fields
                        .iter_mut()
                        .filter(|(key, _)| *key != "coordinates")
                        .for_each(|(_, value)| walk(value));
                }
                _ => {}
            }
        }
        walk(&mut self.value);
        self
    }

    /// The body as JSON.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The body as it travels. `event` comes first and `event_type` first in it, as in every recorded body.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        let Value::Object(parts) = &self.value else {
            return self.value.to_string().into();
        };
        let written = first(parts, "event").map(|(key, part)| match part {
            Value::Object(event) => {
                let inner =
                    first(event, "event_type").map(|(key, value)| pair(key, &value.to_string()));
                pair(key, &format!("{{{}}}", inner.collect::<Vec<_>>().join(",")))
            }
            other => pair(key, &other.to_string()),
        });
        format!("{{{}}}", written.collect::<Vec<_>>().join(",")).into()
    }

    /// The body as an event.
    ///
    /// # Errors
    /// When it has been changed so much that it is none.
    pub fn event(&self) -> Result<Event, ParseError> {
        Event::parse(&self.to_bytes())
    }

    /// The body as a request, without any proof of the sender.
    pub fn post(&self, path: &str) -> Request<Full<Bytes>> {
        super::post(path, self.to_bytes())
    }
}

fn first<'a>(
    fields: &'a Map<String, Value>,
    key: &'a str,
) -> impl Iterator<Item = (&'a String, &'a Value)> {
    let rest = fields.iter().filter(move |(other, _)| *other != key);
    fields
        .iter()
        .filter(move |(other, _)| *other == key)
        .chain(rest)
}

fn pair(key: &str, json: &str) -> String {
    format!("{}:{json}", Value::from(key))
}

fn keys(pointer: &str) -> impl Iterator<Item = String> {
    pointer.split('/').skip(1).map(unescape)
}

fn unescape(key: &str) -> String {
    key.replace("~1", "/").replace("~0", "~")
}
