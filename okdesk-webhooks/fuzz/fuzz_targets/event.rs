//! body → event → JSON: nothing panics, nothing is lost.
//!
//! `cargo +nightly fuzz run event corpus/event ../bodies ../bodies/documented`

#![no_main]

use libfuzzer_sys::fuzz_target;
use okdesk_webhooks::desk::HelpDeskEvent;
use okdesk_webhooks::zenlix::Zenlix;
use okdesk_webhooks::{Event, ParseError, alias, schema};
use serde_json::Value;
use serde_json::value::RawValue;

fuzz_target!(|body: &[u8]| {
    let _ = schema::deviations(body);
    compare(body);
    if let Ok(event) = Event::parse(body) {
        check(&event, body);
        let written = serde_json::to_string(&event).expect("an accepted body can be written");
        let again = Event::parse(written.as_bytes()).expect("and read again");
        assert_eq!(again.kind(), event.kind());
        assert_eq!(again.dedup_key(), event.dedup_key());
        if let Ok(before) = serde_json::from_slice::<Value>(body) {
            assert_eq!(serde_json::from_str::<Value>(&written).expect("JSON"), before);
        }
    }
    if let Ok(event) = alias::parse(body) {
        check(&event, body);
    }
    if let Ok(hook) = Zenlix::in_zone(jiff::tz::TimeZone::UTC).parse(body) {
        assert_eq!(hook.raw().as_bytes(), body);
        let _ = (hook.dedup_key(), hook.comment_moments(), hook.text().map(str::len), hook.actor());
    }
});

/// The outline against `serde_json`: what is JSON, what is an event, and of which type.
fn compare(body: &[u8]) {
    let is_json = serde_json::from_slice::<&RawValue>(body).is_ok();
    let value = serde_json::from_slice::<Value>(body);
    let parsed = Event::parse(body);
    match &parsed {
        Ok(_) | Err(ParseError::NotAnEvent) => assert!(is_json),
        // Halves of surrogate pairs are JSON, but neither keys nor a type.
        Err(_) => assert!(!is_json || value.is_err()),
    }
    if let Ok(value) = value {
        let event_type = value.pointer("/event/event_type").and_then(Value::as_str);
        assert_eq!(parsed.ok().map(|event| event.kind().to_string()).as_deref(), event_type);
    }
}

fn check(event: &Event, body: &[u8]) {
    assert_eq!(event.raw().as_bytes(), body);
    // What is known can be told by its id, however little of the rest can be read.
    assert!(event.issue().is_none_or(|issue| issue.id.get() > 0));
    assert!(event.issue().is_none() || event.issue_id().is_some());
    let _ = (event.issue_id(), event.author(), event.occurred_at(), event.dedup_key(), event.pointer("/issue/id"));
    let _ = (event.change(), event.actor(), event.text().map(str::len), event.visibility(), format!("{event:?}"));
    if event.is_public() && event.comment().is_none() {
        assert!(event.attachments().iter().all(|file| file.is_public == Some(true)));
    }
}
