//! The JSON Schemas in `docs/schemas/` are those of the code, and every known body is valid by them.
//!
//! `BLESS=1 cargo test -p okdesk-webhooks --test it schemas` writes them anew.

use std::fs;
use std::path::PathBuf;

use okdesk_webhooks::testing::{Replay, body};
use okdesk_webhooks::{EventKind, schema, zenlix};
use serde_json::{Value, json};

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/schemas"))
}

fn validator(kind: &EventKind) -> jsonschema::Validator {
    jsonschema::validator_for(&schema::json_schema(kind).unwrap()).unwrap()
}

#[test]
fn the_files_are_up_to_date() {
    let bless = std::env::var_os("BLESS").is_some();
    fs::create_dir_all(folder()).unwrap();
    let schemas = EventKind::ALL
        .iter()
        .map(|kind| (kind.as_str(), schema::json_schema(kind).unwrap()))
        .chain([("zenlix", zenlix::json_schema())]);
    for (name, schema) in schemas {
        let path = folder().join(format!("{name}.json"));
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if bless {
            fs::write(&path, text).unwrap();
        } else {
            let written = fs::read_to_string(&path).unwrap_or_default();
            assert!(
                written == text,
                "{} is out of date, run with BLESS=1",
                path.display()
            );
        }
    }
    let files = fs::read_dir(folder()).unwrap().count();
    assert_eq!(
        files,
        EventKind::ALL.len() + 1,
        "a schema of no event is left over"
    );
}

#[test]
fn an_unknown_event_has_no_schema() {
    assert_eq!(schema::json_schema(&EventKind::from("new_moon")), None);
}

#[test]
fn every_known_body_is_valid() {
    for folder in ["bodies", "bodies/documented"] {
        let replay = Replay::read_dir(format!("{}/{folder}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        for (name, body) in replay.bodies() {
            let body: Value = serde_json::from_slice(body).unwrap();
            let kind = EventKind::from(name.trim_end_matches(".json"));
            let errors: Vec<_> = validator(&kind)
                .iter_errors(&body)
                .map(|error| error.to_string())
                .collect();
            assert!(errors.is_empty(), "{folder}/{name}: {errors:?}");
        }
    }
}

/// The schema and the check of the receiver are made from the same shapes, and have to agree on what is wrong.
#[test]
fn the_schema_refuses_what_the_check_reports() {
    let cases = [
        ("/issue/id", json!(0)),
        ("/issue/id", json!("x")),
        ("/issue/id", Value::Null),
        ("/issue/title", json!(7)),
        ("/issue/status", json!("opened")),
        ("/issue/attachments", json!({"id": 1})),
        ("/issue/attachments/0/id", json!(true)),
        ("/issue/client/contact/id", json!([])),
        ("/issue/maintenance_entity/address/coordinates", json!([1])),
        ("/event/comment/is_public", json!("yes")),
        ("/event/author", json!([])),
    ];
    let validator = validator(&EventKind::NewComment);
    for (place, value) in cases {
        let wrong = body("new_comment").set(place, value.clone());
        assert!(!validator.is_valid(wrong.value()), "{place} = {value}");
        let found = schema::deviations(&wrong.to_bytes());
        assert_eq!(
            found
                .iter()
                .map(|deviation| deviation.path.as_str())
                .collect::<Vec<_>>(),
            [place]
        );
    }
    for place in ["/issue", "/issue/id", "/event/comment/id"] {
        let wrong = body("new_comment").remove(place);
        assert!(!validator.is_valid(wrong.value()), "{place}");
        assert_eq!(schema::deviations(&wrong.to_bytes()).len(), 1, "{place}");
    }
    let further = body("new_comment").set("/issue/mood", "grim");
    assert!(
        validator.is_valid(further.value()),
        "further keys are allowed"
    );
    assert_eq!(
        schema::deviations(&further.to_bytes())[0].to_string(),
        "/issue/mood: not documented"
    );
}

#[test]
fn the_hook_of_zenlix_is_valid_and_what_is_none_is_not() {
    let schema = zenlix::json_schema();
    assert!(!schema.to_string().contains("date-time"), "no zone is sent");
    let validator = jsonschema::validator_for(&schema).unwrap();
    let sample: Value = serde_json::from_str(include_str!("../data/zenlix-sample.json")).unwrap();
    let errors: Vec<_> = validator.iter_errors(&sample).collect();
    assert!(errors.is_empty(), "{errors:?}");

    let cases = [
        ("/ticket", json!(null)),
        ("/ticket/code", json!("")),
        ("/ticket/code", json!(null)),
        ("/ticket/inspect_after_ok", json!(true)),
        ("/ticket/created_at", json!("2019-06-11T11:24:18Z")),
        ("/ticket/logs/0/dt", json!(1)),
        ("/ticket/comments/0/text", json!([])),
        ("/ticket/target_group", json!({"name": "Default group"})),
        ("/initial_user/email", json!(7)),
        ("/dt", json!("soon")),
    ];
    for (place, value) in cases {
        let mut wrong = sample.clone();
        *wrong.pointer_mut(place).unwrap() = value.clone();
        assert!(!validator.is_valid(&wrong), "{place} = {value}");
    }
    let mut further = sample.clone();
    further["ticket"]["mood"] = json!("grim");
    further["action"] = json!("melt");
    assert!(validator.is_valid(&further), "words and keys are open");
}
