//! Whatever is accepted comes out as it went in, and nothing makes the reader panic.

use okdesk_webhooks::desk::HelpDeskEvent;
use okdesk_webhooks::testing::{Replay, body};
use okdesk_webhooks::{Event, EventKind, schema};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

/// JSON as text, in spellings that a value would not keep: `1.50`, `1E5`, numbers of any length, `\u0041`.
fn json() -> impl Strategy<Value = String> {
    let number = select(vec![
        "0",
        "-0",
        "7",
        "1.50",
        "1E5",
        "1e-7",
        "12345678901234567890123",
        "-0.10",
        "3.0",
        "18446744073709551615",
    ]);
    let scalar = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        number.prop_map(str::to_owned),
        text(),
    ];
    scalar.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            vec((space(), inner.clone()), 0..5).prop_map(|items| {
                let items: Vec<_> = items
                    .into_iter()
                    .map(|(space, item)| format!("{space}{item}"))
                    .collect();
                format!("[{}]", items.join(","))
            }),
            vec((key(), space(), inner), 0..5).prop_map(|fields| {
                let fields: Vec<_> = fields
                    .into_iter()
                    .map(|(key, space, value)| format!("{key}{space}:{space}{value}"))
                    .collect();
                format!("{{{}}}", fields.join(","))
            }),
        ]
    })
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>().prop_map(|text| Value::from(text).to_string()),
        Just(r#""\u0041\u00e9\ud83d\ude00\/\b""#.to_owned()),
        Just(r#""""#.to_owned()),
        Just(r#""153""#.to_owned()),
    ]
}

fn key() -> impl Strategy<Value = String> {
    let known = select(vec![
        "\"id\"",
        "\"code\"",
        "\"name\"",
        "\"type\"",
        "\"author\"",
        "\"comment\"",
        "\"is_public\"",
        "\"attachments\"",
        "\"content\"",
        "\"changes\"",
        "\"parameters\"",
        "\"time_entries\"",
        "\"value\"",
        "\"client\"",
        "\"status\"",
    ]);
    prop_oneof![known.prop_map(str::to_owned), text()]
}

fn space() -> impl Strategy<Value = &'static str> {
    select(vec!["", " ", "\n\t", "\r\n  "])
}

fn event_type() -> impl Strategy<Value = String> {
    let known = EventKind::ALL
        .iter()
        .map(|kind| format!("\"{kind}\""))
        .collect::<Vec<_>>();
    prop_oneof![4 => select(known), 1 => text()]
}

fn envelope() -> impl Strategy<Value = String> {
    // Valid JSON may repeat a key.
    let names = [
        "issue",
        "equipment",
        "company",
        "agreement",
        "service_aim",
        "more",
    ];
    let names = vec(select(names.to_vec()), 0..=3);
    let fields = vec((key(), json()), 0..6);
    let id = prop_oneof![Just("\"id\":153,"), Just("\"id\":\"153\","), Just("")];
    let entities = vec((id, vec((key(), json()), 0..8)), 3);
    let entities = (names, entities).prop_map(|(names, entities)| names.into_iter().zip(entities));
    (event_type(), fields, entities, space(), any::<bool>()).prop_map(
        |(event_type, fields, entities, space, type_first)| {
            let object = |fields: Vec<(String, String)>| {
                fields
                    .into_iter()
                    .map(|(key, value)| format!("{key}:{space}{value}"))
                    .collect::<Vec<_>>()
                    .join(",")
            };
            let fields = object(fields);
            let comma = if fields.is_empty() { "" } else { "," };
            let event = if type_first {
                format!("\"event\":{{\"event_type\":{event_type}{comma}{fields}}}")
            } else {
                format!("\"event\":{{{fields}{comma}\"event_type\":{event_type}}}")
            };
            let mut parts = vec![event];
            for (entity, (id, fields)) in entities {
                let fields = object(fields);
                let id = if fields.is_empty() {
                    id.trim_end_matches(',')
                } else {
                    id
                };
                parts.push(format!("\"{entity}\":{space}{{{id}{fields}}}"));
            }
            if !type_first {
                parts.reverse();
            }
            format!("{space}{{{}}}{space}", parts.join(","))
        },
    )
}

/// Asks everything there is to ask, so that a panic anywhere is found.
fn ask(event: &Event) -> impl Sized + use<> {
    let asked = (
        event.issue_id(),
        event.author().cloned(),
        event.is_public(),
        event.occurred_at().cloned(),
    );
    let texts = (
        event.dedup_key(),
        event.actor(),
        event.text().map(str::to_owned),
        event.ticket_id().map(String::from),
    );
    (
        asked,
        texts,
        event.change(),
        event.visibility(),
        schema::deviations(event.raw().as_bytes()),
        format!("{event:?}"),
    )
}

#[test]
fn every_known_body_comes_out_byte_for_byte() {
    for folder in ["bodies", "bodies/documented"] {
        let folder = format!("{}/{folder}", env!("CARGO_MANIFEST_DIR"));
        for (name, body) in Replay::read_dir(folder).unwrap().bodies() {
            let event = Event::parse(body).unwrap();
            let text = std::str::from_utf8(body).unwrap();
            assert_eq!(event.raw(), text, "{name}");
            assert_eq!(
                serde_json::to_string(&event).unwrap(),
                text.trim(),
                "{name}"
            );
            let again: Event = serde_json::from_str(text).unwrap();
            assert_eq!(again.raw(), text.trim(), "{name}");
        }
    }
}

#[test]
fn an_event_inside_another_value_keeps_its_form() {
    #[derive(serde::Serialize)]
    struct Row {
        event: Event,
    }
    let body =
        r#"{"event":{"event_type":"new_ticket","x":1.50},"issue":{"id":"007","y":[1E5,"\u0041"]}}"#;
    let row = Row {
        event: Event::parse(body.as_bytes()).unwrap(),
    };
    assert_eq!(
        serde_json::to_string(&row).unwrap(),
        format!(r#"{{"event":{body}}}"#)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn generated_bodies_come_out_as_they_went_in(text in envelope()) {
        let event = Event::parse(text.as_bytes()).unwrap();
        prop_assert_eq!(event.raw(), &text);
        let written = serde_json::to_string(&event).unwrap();
        prop_assert_eq!(&written, text.trim());
        let (before, after): (Value, Value) = (serde_json::from_str(&text).unwrap(), serde_json::from_str(&written).unwrap());
        prop_assert_eq!(before, after);
        let again = Event::parse(written.as_bytes()).unwrap();
        prop_assert_eq!(again.kind(), event.kind());
        prop_assert_eq!(again.dedup_key(), event.dedup_key());
        ask(&event);
    }

    #[test]
    fn a_known_body_with_anything_anywhere_is_still_an_event(
        kind in select(EventKind::ALL),
        place in any::<prop::sample::Index>(),
        value in json(),
    ) {
        let original = body(kind.as_str());
        let places = pointers(original.value());
        let place = place.get(&places);
        prop_assume!(place != "/event" && place != "/event/event_type");
        let Ok(value) = serde_json::from_str::<Value>(&value) else { return Ok(()) };
        let changed = original.set(place, value.clone());
        let event = changed.event().unwrap();
        ask(&event);
        prop_assert_eq!(event.kind(), kind);
        let lost = matches!(event, Event::Unknown(_));
        let entity = place.split('/').nth(1).unwrap_or_default();
        prop_assert!(!lost || (entity != "event" && place.matches('/').count() < 3), "{} made it unknown", place);
        if event.is_partial() {
            prop_assert!(!schema::deviations(&changed.to_bytes()).is_empty(), "{} = {}", place, value);
        }
        if place.ends_with("/is_public") && place.contains("/comment/") && event.is_public() {
            prop_assert!([true.into(), 1.into(), "1".into(), "true".into()].contains(&value), "{}", value);
        }
    }

    #[test]
    fn nothing_at_all_makes_it_panic(bytes in vec(any::<u8>(), 0..200)) {
        if let Ok(event) = Event::parse(&bytes) {
            ask(&event);
        }
        let _ = schema::deviations(&bytes);
    }
}

/// The places of all values.
fn pointers(value: &Value) -> Vec<String> {
    fn walk(value: &Value, here: &str, found: &mut Vec<String>) {
        let mut visit = |key: String, value: &Value| {
            let place = format!("{here}/{key}");
            walk(value, &place, found);
            found.push(place);
        };
        match value {
            Value::Object(fields) => fields
                .iter()
                .for_each(|(key, value)| visit(key.clone(), value)),
            Value::Array(items) => {
                items
                    .iter()
                    .enumerate()
                    .for_each(|(index, value)| visit(index.to_string(), value));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(value, "", &mut found);
    found
}
