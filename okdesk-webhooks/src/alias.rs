//! Event names and shapes that stand in people's configurations, scripts and tests although Okdesk is not
//! known to send them.
//!
//! [`parse`] puts such a body into the documented form and reads that; [`Aliased`] is the same as a
//! [format](crate::receiver::Format) for a receiver. The documented place always wins, nothing is guessed
//! that is not in this list, and [`Event::raw`] stays what was sent.
//!
//! | what | documented | also read |
//! | --- | --- | --- |
//! | type | `event.event_type` | `event` as text, `event_type` at top level |
//! | `new_ticket` | | `issue.created`, `issue.create`, `issue_created`, `created`, `new_issue` |
//! | `new_ticket_status` | | `issue.status_changed`, `status_changed`; `issue.updated` if two statuses that differ stand in `event`, in `data` or beside the type |
//! | `new_comment` | | `comment.created` |
//! | `new_assignee` | | `assignee_changed` |
//! | wrapper | `event` and `issue` | `data`, `ticket`, or a bare issue, beside the type |
//! | issue number | `issue.id` | `issue_id`, `id`, `issue.number` |
//! | title, text | `issue.title`, `issue.description` | `issue.subject`, `issue.body` |
//! | new status | `event.new_status`, `issue.status` | `new_status`, `status`, `status_id`, `state`, `issue.status_code`; as text |
//! | old status | `event.old_status`, `issue.old_status` | `old_status`, `previous_status`, `previous_state`; as text |
//! | comment | `event.comment` | `comment`, also as text; `public` for `is_public`; `yes`, `on` for `true` |
//! | author | `event.author` | `author`, also as an address for mail; `comment.author`; one `name` |
//! | client | `issue.client` | `issue.contact`, `issue.company` |
//! | assignee | `issue.assignee`, `event.new_assignee` | `issue.new_assignee`; a person without group |
//! | files | `event.attachments` | `event.comment.attachments`; keys `filename`, `name`, `size` |
//! | rating | text | `{"value": …}` |
//!
//! Codes of statuses are left alone: they belong to the account. A comment that comes as text has neither a number nor a
//! visibility, and is not public. `issue.updated` is not judged by the statuses of the issue itself: its `old_status` is the
//! one before the current one at any time. A type that is not in this list is [`Event::Unknown`], wherever it stands.
//!
//! ```
//! use okdesk_webhooks::{Event, alias};
//!
//! let body = br#"{"event": "issue.status_changed", "data": {"issue_id": "153", "old_status": "opened", "status": "closed"}}"#;
//! let Event::NewTicketStatus(change) = alias::parse(body)? else { panic!() };
//! assert_eq!(change.issue.id.get(), 153);
//! assert_eq!(change.new_status.as_ref().unwrap().code.as_str(), "closed");
//! assert!(matches!(Event::parse(body), Err(_)), "not without being asked");
//! # Ok::<(), okdesk_webhooks::ParseError>(())
//! ```

use serde_json::{Map, Value, json};

use crate::event::RawBody;
use crate::{Event, EventKind, ParseError};

/// Okdesk's hooks, and what passes for them.
#[cfg(feature = "receiver")]
#[derive(Debug, Clone, Copy, Default)]
pub struct Aliased;

#[cfg(feature = "receiver")]
impl crate::receiver::Format for Aliased {
    type Event = Event;

    fn parse(&self, body: &[u8]) -> Result<Event, ParseError> {
        parse(body)
    }

    fn deviations(&self, body: &[u8]) -> Vec<crate::schema::Deviation> {
        crate::schema::deviations(body)
    }
}

/// Reads a body in the documented form or in one of the others.
///
/// # Errors
/// As [`Event::parse`].
pub fn parse(body: &[u8]) -> Result<Event, ParseError> {
    let as_sent = Event::parse(body);
    let (Ok(text), Ok(value)) = (
        std::str::from_utf8(body),
        serde_json::from_slice::<Value>(body),
    ) else {
        return as_sent;
    };
    match documented_form(&value) {
        Some(rewritten) if rewritten != value => {
            Event::parse_with(rewritten.to_string().into(), RawBody::new(text)).or(as_sent)
        }
        _ => as_sent,
    }
}

type Fields = Map<String, Value>;

/// The same body in the documented form; of a body whose type is not known under any name, the type. `None` when it has none.
fn documented_form(body: &Value) -> Option<Value> {
    let body = body.as_object()?;
    let sent_type = event_type(body)?;
    let mut event = body
        .get("event")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let data = body.get("data").and_then(Value::as_object).unwrap_or(body);
    let mut issue = issue(body, data);

    if let Some(status) =
        first(data, &["new_status", "status", "status_id", "state"]).and_then(coded)
    {
        put(&mut event, "new_status", status);
    }
    if let Some(status) =
        first(data, &["old_status", "previous_status", "previous_state"]).and_then(coded)
    {
        put(&mut event, "old_status", status);
    }
    let kind = match canonical(sent_type) {
        Some(kind) => kind,
        None if sent_type == "issue.updated" && statuses_differ(&event) => {
            EventKind::NewTicketStatus
        }
        None => return Some(json!({ "event": { "event_type": sent_type } })),
    };
    match kind {
        EventKind::NewTicketStatus => statuses(&mut event, &mut issue),
        EventKind::NewAssignee => assignee(&mut event, &issue),
        EventKind::NewCsatRate => plain_rate(&mut event),
        _ => {
            event.remove("new_status");
            event.remove("old_status");
        }
    }
    plain_rate(&mut issue);
    comment(&mut event, data);
    author(&mut event, data);
    event.insert("event_type".to_owned(), kind.as_str().into());

    let (_, entity_key, _) = kind.envelope()?;
    let entity = if entity_key == "issue" {
        issue.into()
    } else {
        body.get(entity_key).cloned().unwrap_or_default()
    };
    Some(json!({ "event": event, entity_key: entity }))
}

fn event_type(body: &Fields) -> Option<&str> {
    let event = body.get("event");
    let inside = event.and_then(|event| event.get("event_type"));
    inside
        .or(event)
        .and_then(Value::as_str)
        .or_else(|| body.get("event_type")?.as_str())
}

fn canonical(name: &str) -> Option<EventKind> {
    match name {
        "issue.created" | "issue.create" | "issue_created" | "created" | "new_issue" => {
            Some(EventKind::NewTicket)
        }
        "issue.status_changed" | "status_changed" => Some(EventKind::NewTicketStatus),
        "comment.created" => Some(EventKind::NewComment),
        "assignee_changed" => Some(EventKind::NewAssignee),
        other => Some(EventKind::from(other)).filter(EventKind::is_known),
    }
}

fn issue(body: &Fields, data: &Fields) -> Fields {
    let wrapped = [
        body.get("issue"),
        data.get("issue"),
        data.get("ticket"),
        body.get("ticket"),
    ];
    let is_bare = !wrapped.iter().any(Option::is_some);
    let mut issue = wrapped
        .into_iter()
        .flatten()
        .find_map(Value::as_object)
        .cloned()
        .unwrap_or_default();
    if is_bare {
        for key in [
            "id",
            "title",
            "subject",
            "description",
            "body",
            "status",
            "priority",
            "contact",
            "company",
        ] {
            if let Some(value) = data.get(key) {
                put(&mut issue, key, value.clone());
            }
        }
    }
    let number = first(data, &["issue_id", "id"])
        .or_else(|| issue.get("number"))
        .cloned();
    fill(&mut issue, "id", number);
    for (key, other) in [("title", "subject"), ("description", "body")] {
        let value = issue.remove(other);
        fill(&mut issue, key, value);
    }
    let status = issue.remove("status_code").or_else(|| {
        issue
            .get("status")
            .filter(|status| status.is_string())
            .cloned()
    });
    if let Some(status) = status.as_ref().and_then(coded)
        && !issue.get("status").is_some_and(Value::is_object)
    {
        issue.insert("status".to_owned(), status);
    }
    let client = json!({ "contact": issue.remove("contact"), "company": issue.remove("company") });
    if client
        .as_object()
        .is_some_and(|client| client.values().any(Value::is_object))
    {
        fill(&mut issue, "client", Some(client));
    }
    if let Some(assignee) = issue.remove("new_assignee").filter(Value::is_object) {
        issue.insert("assignee".to_owned(), grouped(assignee));
    }
    issue
}

fn statuses(event: &mut Fields, issue: &mut Fields) {
    for (key, in_issue) in [("new_status", "status"), ("old_status", "old_status")] {
        fill(event, key, issue.get(in_issue).cloned());
        fill(issue, in_issue, event.get(key).cloned());
    }
}

fn statuses_differ(event: &Fields) -> bool {
    let code = |key| event.get(key)?.get("code")?.as_str();
    match (code("new_status"), code("old_status")) {
        (Some(new), Some(old)) => new != old,
        _ => false,
    }
}

fn assignee(event: &mut Fields, issue: &Fields) {
    match event.remove("new_assignee").filter(Value::is_object) {
        Some(assignee) => put(event, "new_assignee", grouped(assignee)),
        None => fill(event, "new_assignee", issue.get("assignee").cloned()),
    }
}

/// A person without a group, as the employee of nobody's group.
fn grouped(assignee: Value) -> Value {
    if assignee.get("employee").is_some() || assignee.get("group").is_some() {
        return assignee;
    }
    json!({ "group": null, "employee": named(assignee) })
}

fn comment(event: &mut Fields, data: &Fields) {
    let sent = match data.get("comment") {
        Some(Value::String(text)) => Some(json!({ "content": text })),
        other => other.filter(|comment| comment.is_object()).cloned(),
    };
    fill(event, "comment", sent);
    let Some(Value::Object(comment)) = event.get_mut("comment") else {
        return;
    };
    let public = comment.remove("public");
    fill(comment, "is_public", public);
    if let Some(word) = comment.get("is_public").and_then(Value::as_str)
        && matches!(
            word.to_ascii_lowercase().as_str(),
            "true" | "1" | "yes" | "on"
        )
    {
        comment.insert("is_public".to_owned(), true.into());
    }
    let (author, files) = (comment.remove("author"), comment.remove("attachments"));
    fill(event, "author", author.filter(Value::is_object).map(named));
    fill(event, "attachments", files);
    if let Some(Value::Array(files)) = event.get_mut("attachments") {
        for file in files.iter_mut().filter_map(Value::as_object_mut) {
            let name = file.remove("filename").or_else(|| file.remove("name"));
            let size = file.remove("size");
            fill(file, "attachment_file_name", name);
            fill(file, "attachment_file_size", size);
        }
    }
}

fn author(event: &mut Fields, data: &Fields) {
    let sent = match data.get("author") {
        Some(Value::String(address)) if address.contains('@') => Some(json!({ "email": address })),
        other => other.filter(|author| author.is_object()).cloned(),
    };
    fill(event, "author", sent);
    if let Some(author) = event.remove("author") {
        event.insert("author".to_owned(), named(author));
    }
}

/// A person with one `name` gets it as the first name; there is no telling where it would have to be divided.
fn named(mut person: Value) -> Value {
    if let Value::Object(fields) = &mut person {
        let name = fields.remove("name");
        fill(fields, "first_name", name);
    }
    person
}

fn plain_rate(fields: &mut Fields) {
    if let Some(value) = fields
        .get("rate")
        .and_then(|rate| rate.get("value"))
        .cloned()
    {
        fields.insert("rate".to_owned(), value);
    }
}

/// A status as an object, from an object or its bare code.
fn coded(status: &Value) -> Option<Value> {
    match status {
        Value::String(code) => Some(json!({ "code": code })),
        Value::Object(_) => Some(status.clone()),
        _ => None,
    }
}

fn first<'a>(fields: &'a Fields, keys: &[&str]) -> Option<&'a Value> {
    keys.iter()
        .find_map(|key| fields.get(*key).filter(|value| !value.is_null()))
}

fn put(fields: &mut Fields, key: &str, value: Value) {
    fill(fields, key, Some(value));
}

/// Puts a value where there is none; what stands at the documented place stays.
fn fill(fields: &mut Fields, key: &str, value: Option<Value>) {
    if let Some(value) = value
        && fields.get(key).is_none_or(Value::is_null)
    {
        fields.insert(key.to_owned(), value);
    }
}
