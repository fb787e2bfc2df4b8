//! What the reader does with bodies that are not as they should be.

use okdesk_webhooks::testing::body;
use okdesk_webhooks::{Event, EventKind, ParseError};
use serde_json::{Value, json};

use crate::events::{documented, recorded, variant};

#[test]
fn nobody_responsible_is_read_in_every_form() {
    for nobody in [
        json!({"group": null, "employee": null}),
        json!({"group": {"name": null, "id": null}, "employee": {}}),
        json!({}),
        json!(null),
        json!([]),
    ] {
        let event = body("new_assignee")
            .set("/event/new_assignee", nobody)
            .event()
            .unwrap();
        let assignee = variant!(&event, NewAssignee)
            .new_assignee
            .clone()
            .unwrap_or_default();
        assert!(!event.is_partial());
        assert_eq!(assignee.group, None);
        assert_eq!(assignee.employee.and_then(|employee| employee.id), None);
    }
    let event = documented("new_assignee");
    assert_eq!(
        event.issue().unwrap().client.as_ref().unwrap().company,
        None
    );
}

#[test]
fn whatever_is_unclear_is_not_public() {
    for unclear in [
        json!(null),
        json!("maybe"),
        json!(2),
        json!([]),
        json!({}),
        json!(""),
    ] {
        let event = body("new_comment")
            .set("/event/comment/is_public", unclear.clone())
            .event()
            .unwrap();
        assert!(!event.is_public(), "{unclear}");
        assert_eq!(
            event.comment().and_then(|comment| comment.id),
            Some(7002.into()),
            "{unclear}"
        );

        let event = body("new_files")
            .set("/event/attachments/0/is_public", unclear.clone())
            .event()
            .unwrap();
        assert!(!event.is_public(), "{unclear}");
        assert_eq!(event.public_attachments().count(), 0);
    }
    for event in [
        body("new_comment").remove("/event/comment/is_public"),
        body("new_comment").remove("/event/comment"),
        body("new_comment").set("/event/comment", Value::Null),
        body("new_comment")
            .remove("/event/comment/is_public")
            .set("/event/comment/id", "none"),
        body("new_files").remove("/event/attachments/0/is_public"),
        body("new_files").remove("/event/attachments"),
        // One file cannot be read, and the other one is public.
        body("new_files").set(
            "/event/attachments",
            json!([{"id": 1, "is_public": true}, {"id": [], "is_public": false}]),
        ),
        // The comment cannot be read, and the file beside it is public.
        body("new_ticket_status")
            .set("/event/comment", json!(["internal"]))
            .set("/event/attachments", json!([{"id": 1, "is_public": true}])),
        body("new_ticket_status")
            .set("/event/comment", 5)
            .set("/event/attachments", json!([{"id": 1, "is_public": true}])),
        body("new_ticket"),
        body("new_csat_rate"),
        body("new_moon"),
    ] {
        assert!(!event.event().unwrap().is_public(), "{event:?}");
    }
    assert!(recorded("new_files").is_public());
}

#[test]
fn an_unknown_event_keeps_everything() {
    let body = br#"{"event": {"event_type": "issue_merged", "into": 7}, "issue": {"id": "12"}}"#;
    let event = Event::parse(body).unwrap();
    let unknown = variant!(&event, Unknown);
    assert_eq!(unknown.event_type, "issue_merged");
    assert_eq!(unknown.raw().as_bytes(), body);
    assert!(!event.kind().is_known());
    assert_eq!(event.issue_id().unwrap().get(), 12);
    assert_eq!(event.pointer("/event/into").unwrap(), 7);
    assert!(event.dedup_key().starts_with("issue_merged:sha256:"));
}

#[test]
fn a_known_event_without_its_entity_is_unknown_but_says_what_it_claims() {
    for event in [
        body("new_comment").remove("/issue"),
        body("new_comment").set("/issue", Value::Null),
        body("new_comment").set("/issue", "153"),
        body("new_comment").remove("/issue/id"),
        body("new_comment").set("/issue/id", 0),
        body("new_comment").set("/issue/id", "one"),
    ] {
        let event = event.event().unwrap();
        variant!(&event, Unknown);
        assert_eq!(event.kind(), EventKind::NewComment);
        assert_eq!(event.issue_id(), None);
    }
}

#[test]
fn what_cannot_be_read_costs_only_itself() {
    let event = body("new_comment")
        .set("/issue/created_at", json!({"date": 1}))
        .set("/issue/status", 5)
        .set("/event/attachments/0/id", "x")
        .set("/event/author/type", json!([1]))
        .event()
        .unwrap();
    let comment = variant!(&event, NewComment);
    assert!(event.is_partial());
    assert_eq!(
        (&comment.issue.created_at, &comment.issue.status),
        (&None, &None)
    );
    assert_eq!(comment.issue.title, "Не печатает чековый принтер");
    assert_eq!(
        comment
            .attachments
            .iter()
            .map(|file| file.id.get())
            .collect::<Vec<_>>(),
        [902]
    );
    let author = event.author().unwrap();
    assert_eq!(
        (
            author.kind.as_ref(),
            author.contact_id(),
            author.employee_id()
        ),
        (None, None, None)
    );
    assert_eq!(event.comment().unwrap().id, Some(7002.into()));
}

#[test]
fn a_repeated_key_is_survived() {
    let body = br#"{"event":{"event_type":"new_comment","comment":{"id":1,"id":2,"is_public":true}},"issue":{"id":3}}"#;
    let event = Event::parse(body).unwrap();
    assert!(event.is_partial());
    assert_eq!(event.comment().unwrap().id, Some(2.into()));
}

#[test]
fn depth_costs_only_what_is_deep() {
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    let body = format!(
        r#"{{"event":{{"event_type":"new_comment","comment":{{"id":1,"is_public":true,"content":"c"}},"x":{deep}}},
            "issue":{{"parameters":[{{"code":"a","value":{deep}}},{{"code":"b","value":"v"}}],"id":3}},"y":{deep}}}"#
    );
    let event = Event::parse(body.as_bytes()).unwrap();
    assert!(event.is_partial());
    let comment = variant!(&event, NewComment);
    assert_eq!(comment.issue.id.get(), 3);
    assert_eq!(comment.issue.parameters[1].value.as_str(), Some("v"));
    assert!(event.is_public());
    assert_eq!(event.dedup_key(), "new_comment:issue:3:comment:1");
}

#[test]
fn a_thing_is_an_object_and_of_two_the_last_counts() {
    let kind = |body: &str| Event::parse(body.as_bytes());
    for thing in [
        "[153]", "153", "true", "-1", "1.5", "1e999", "\"153\"", "null", "[[]]",
    ] {
        let event = kind(&format!(
            r#"{{"issue":{thing},"event":{{"event_type":"new_ticket"}}}}"#
        ));
        variant!(&event.unwrap(), Unknown);
    }
    let twice = kind(
        r#"{"event":{"event_type":"new_ticket"},"issue":{"id":1},"issue":{"id":2,"title":"t"}}"#,
    )
    .unwrap();
    assert_eq!(twice.issue_id().unwrap().get(), 2);
    assert_eq!(twice.issue().unwrap().title, "t");
    let last_unreadable =
        kind(r#"{"event":{"event_type":"new_ticket"},"issue":{"id":1},"issue":[]}"#).unwrap();
    variant!(&last_unreadable, Unknown);
    let ids = kind(r#"{"event":{"event_type":"new_ticket"},"issue":{"id":"x","id":"7"}}"#).unwrap();
    assert_eq!(ids.issue_id().unwrap().get(), 7);
    let two_types =
        kind(r#"{"event":{"event_type":"new_ticket","event_type":"new_files"},"issue":{"id":1}}"#)
            .unwrap();
    variant!(&two_types, NewFiles);
    assert_eq!(
        kind(r#"{"event":["new_ticket"],"issue":{"id":1}}"#).unwrap_err(),
        ParseError::NotAnEvent
    );
}

#[test]
fn fields_are_read_once_and_can_be_had_for_good() {
    let event = body("new_comment").event().unwrap();
    let comment = variant!(&event, NewComment);
    assert!(std::ptr::eq(&comment.issue.title, &comment.issue.title));
    let copy = comment.clone();
    assert_eq!(copy.into_inner().issue.title, comment.issue.title);
    let unread = body("new_comment").event().unwrap();
    let Event::NewComment(unread) = unread else {
        panic!()
    };
    assert_eq!(unread.into_inner().issue.title, comment.issue.title);
}

#[test]
fn the_order_of_keys_does_not_matter() {
    let body = br#"{"issue":{"title":"t","id":3},"more":[],"event":{"comment":{"content":"c","id":1},"event_type":"new_comment"}}"#;
    assert_eq!(
        variant!(&Event::parse(body).unwrap(), NewComment)
            .issue
            .title,
        "t"
    );
}

#[test]
fn what_is_not_an_event_is_an_error_that_quotes_nothing() {
    let at = |line, column| ParseError::NotJson { line, column };
    let cases: [(&[u8], ParseError); 17] = [
        (b"", at(1, 0)),
        (b"secret words", at(1, 1)),
        (b"{\"event\": {\n\"secret\": }", at(2, 11)),
        (
            b"{\"event\":{\"event_type\":\"new_ticket\"},\"issue\":{\"id\":1}} secret",
            at(1, 56),
        ),
        (b"\xff\xfe", ParseError::NotUtf8 { at: 0 }),
        (b"{\"a\xff\"}", ParseError::NotUtf8 { at: 3 }),
        (b"null", ParseError::NotAnEvent),
        (b"[]", ParseError::NotAnEvent),
        (b"{}", ParseError::NotAnEvent),
        (b"{\"event\":\"secret\"}", ParseError::NotAnEvent),
        (b"{\"event\":{}}", ParseError::NotAnEvent),
        (b"{\"event\":{\"event_type\":7}}", ParseError::NotAnEvent),
        // Numbers too large for a value are JSON, half a surrogate pair is no type.
        (b" 1e999 ", ParseError::NotAnEvent),
        (b"{\"event\":1e999}", ParseError::NotAnEvent),
        (
            b"{\"event\":{\"event_type\":1e999}}",
            ParseError::NotAnEvent,
        ),
        (b"{\"event\":{\"event_type\":\"\\ud800\"}}", at(1, 31)),
        (
            b"{\"event\":{\"event_type\":\"\\ud800\",\"event_type\":\"new_files\"}}",
            at(1, 31),
        ),
    ];
    for (body, expected) in cases {
        let error = Event::parse(body).unwrap_err();
        assert_eq!(error, expected, "{}", String::from_utf8_lossy(body));
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
}

#[test]
fn debug_shows_no_body() {
    let event = body("new_moon").event().unwrap();
    assert!(!format!("{event:?}").contains("Кузнецова"));
}

#[test]
fn keys_ignore_the_order_of_keys_and_white_space() {
    let compact = body("new_deadline").to_bytes();
    let value: Value = serde_json::from_slice(&compact).unwrap();
    let pretty = serde_json::to_vec_pretty(&value).unwrap();
    let mut reversed = String::from("{");
    for (index, (key, part)) in value.as_object().unwrap().iter().rev().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        reversed.push_str(&format!("{comma}{}:{part}", Value::from(key.as_str())));
    }
    reversed.push('}');
    let keys = [&compact[..], &pretty[..], reversed.as_bytes()]
        .map(|body| Event::parse(body).unwrap().dedup_key());
    assert_eq!(keys[0], keys[1]);
    assert_eq!(keys[0], keys[2]);
    let other = body("new_deadline")
        .set("/event/deadline_at/auto_recount", false)
        .event()
        .unwrap();
    assert_ne!(other.dedup_key(), keys[0]);
}

#[test]
fn no_two_events_share_a_key() {
    let mut keys: Vec<_> = EventKind::ALL
        .iter()
        .map(|kind| recorded(kind.as_str()).dedup_key())
        .collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), EventKind::ALL.len());
}
