//! What the control API shows: calls, webhooks, dialect, and files with addresses to look at them.

use std::borrow::Cow;

use crate::testing::dialect::Switch;
use crate::testing::engine::Engine;
use crate::testing::json::{Json, object};
use crate::testing::params::Params;
use crate::testing::recorder::Recorded;
use crate::testing::webhooks::{Delivery, Outcome, Webhooks};

/// Gives every attachment in a snapshot the address of its content.
pub(super) fn with_addresses(mut json: Json) -> Json {
    add_addresses(&mut json);
    json
}

fn add_addresses(json: &mut Json) {
    match json {
        Json::List(items) => items.iter_mut().for_each(add_addresses),
        Json::Object(members) => {
            let is_file = members.iter().any(|(key, _)| key == "attachment_file_name");
            let id = members.iter().find_map(|(key, value)| match value {
                Json::Int(id) if key == "id" => Some(*id),
                _ => None,
            });
            if let (true, Some(id)) = (is_file, id) {
                members.push((Cow::Borrowed("address"), format!("/_sim/files/{id}").into()));
            }
            members
                .iter_mut()
                .for_each(|(_, value)| add_addresses(value));
        }
        _ => {}
    }
}

/// `?operation=issues.create&since=17`
pub(super) fn calls(engine: &Engine, params: &Params) -> Json {
    let operation = params.text("operation");
    let since = params.id("since").unwrap_or(0);
    let calls = engine.recorder.all();
    let wanted = calls.iter().filter(|call| {
        call.number > since
            && operation
                .as_ref()
                .is_none_or(|operation| call.operation == operation)
    });
    Json::list(wanted.map(call))
}

fn call(call: &Recorded) -> Json {
    object! {
        "number": call.number,
        "at": call.at.to_string(),
        "operation": call.operation,
        "method": &call.method,
        "path": &call.path,
        "query": &call.query,
        "content_type": &call.content_type,
        "body": text(&call.body),
        "status": call.status.map(u32::from),
        "answer": text(&call.answer),
    }
}

/// JSON as JSON, other text as text, anything else by its size.
fn text(bytes: &[u8]) -> Json {
    if bytes.is_empty() {
        return Json::Null;
    }
    if let Ok(value) = serde_json::from_slice::<serde_json::Value>(bytes) {
        return value.into();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if text.len() <= 4096 => text.to_owned().into(),
        _ => object! { "bytes": bytes.len() },
    }
}

pub(super) fn webhooks(engine: &Engine) -> Json {
    let webhooks = Webhooks(engine.emitter.clone());
    object! {
        "urls": Json::list(webhooks.urls().iter().map(ToString::to_string)),
        "deliveries": Json::list(webhooks.deliveries().iter().map(delivery)),
    }
}

fn delivery(delivery: &Delivery) -> Json {
    let (outcome, status, error) = match &delivery.outcome {
        Outcome::Waiting => ("waiting", None, None),
        Outcome::Answered(status) => ("answered", Some(u32::from(*status)), None),
        Outcome::Failed(error) => ("failed", None, Some(error.clone())),
        Outcome::Lost => ("lost", None, None),
    };
    object! {
        "number": delivery.number,
        "event": delivery.event.clone(),
        "url": delivery.url.to_string(),
        "outcome": outcome,
        "status": status,
        "error": error,
        "body": text(&delivery.body),
    }
}

pub(super) fn dialect(engine: &Engine) -> Json {
    let dialect = engine.act(|account| account.dialect);
    Json::list(Switch::ALL.iter().map(|switch| {
        object! {
            "name": switch.name(),
            "on": dialect.has(*switch),
            "usual": switch.usual(),
            "other": switch.other(),
            "source": switch.source(),
        }
    }))
}
