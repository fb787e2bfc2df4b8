//! What the control API shows: calls, webhooks, dialect, and files with addresses to look at them.

use std::borrow::Cow;

use crate::testing::dialect::Switch;
use crate::testing::engine::Engine;
use crate::testing::http::Reply;
use crate::testing::json::{Json, object, snapshot};
use crate::testing::params::Params;
use crate::testing::recorded::Recorded;
use crate::testing::state::refusal::Refusal;
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

pub(super) fn state(engine: &Engine) -> Reply {
    let json = engine.act(|account| snapshot::account(account));
    Reply::json(200, &with_addresses(json))
}

pub(super) fn issue(engine: &Engine, id: u64) -> Result<Reply, Refusal> {
    let json = engine.act(|account| {
        let issue = account.issue(id);
        issue.map(|issue| snapshot::issue(account, issue))
    })?;
    Ok(Reply::json(200, &with_addresses(json)))
}

pub(super) fn faults(engine: &Engine) -> Reply {
    Reply::json(200, &object! { "pending": engine.faults.pending() })
}

/// `?operation=issues.create&method=POST&path=issues/5&status=200&param=issue[title]=Принтер&since=17`, each if wanted.
pub(super) fn calls(engine: &Engine, params: &Params) -> Json {
    let mut calls = engine.recorder.calls();
    if let Some(operation) = params.text("operation") {
        calls = calls.to(&operation);
    }
    if let Some(method) = params.text("method") {
        calls = calls.by(&method);
    }
    if let Some(path) = params.text("path") {
        calls = calls.at(&path);
    }
    if let Some(status) = params.id("status") {
        calls = calls.that(move |call| call.status.map(u64::from) == Some(status));
    }
    if let Some((name, value)) = params
        .text("param")
        .as_deref()
        .and_then(|text| text.split_once('='))
    {
        calls = calls.with(name, value);
    }
    let calls = calls.after(params.id("since").unwrap_or(0));
    Json::list(calls.all().iter().map(call))
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
