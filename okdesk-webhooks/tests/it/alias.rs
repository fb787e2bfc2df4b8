//! Names and shapes seen in the wild: read when asked for, and only what is listed.

use okdesk_webhooks::alias::{self, Aliased};
use okdesk_webhooks::desk::{HelpDeskEvent, Visibility};
use okdesk_webhooks::event::CsatRate;
use okdesk_webhooks::receiver::{Ack, Delivery, Receiver};
use okdesk_webhooks::testing::{Replay, body, post};
use okdesk_webhooks::{Event, EventKind};
use serde_json::{Value, json};
use tower::ServiceExt;

fn parse(body: Value) -> Event {
    alias::parse(body.to_string().as_bytes()).unwrap()
}

#[test]
fn every_listed_name_is_mapped() {
    let table = [
        ("issue.created", "new_ticket"),
        ("issue.create", "new_ticket"),
        ("issue_created", "new_ticket"),
        ("created", "new_ticket"),
        ("new_issue", "new_ticket"),
        ("issue.status_changed", "new_ticket_status"),
        ("status_changed", "new_ticket_status"),
        ("comment.created", "new_comment"),
        ("assignee_changed", "new_assignee"),
    ];
    for (name, canonical) in table {
        for body in [
            json!({"event": {"event_type": name}, "issue": {"id": 153}}),
            json!({"event": name, "issue": {"id": "153"}}),
            json!({"event_type": name, "issue": {"id": 153}}),
            json!({"event": name, "data": {"issue_id": "153"}, "timestamp": 1}),
            json!({"event": name, "data": {"issue": {"id": 153}}}),
            json!({"event_type": name, "ticket": {"id": 153}}),
            json!({"event": name, "id": 153, "title": "bare"}),
            json!({"event": name, "issue": {"number": 153}}),
        ] {
            let event = parse(body.clone());
            assert_eq!(event.kind().as_str(), canonical, "{body}");
            assert!(!matches!(event, Event::Unknown(_)), "{body}");
            assert_eq!(event.issue_id().unwrap().get(), 153, "{body}");
            assert_eq!(
                event.raw(),
                body.to_string(),
                "the raw body is what was sent"
            );
            let strict = Event::parse(body.to_string().as_bytes());
            assert!(
                !matches!(strict, Ok(ref event) if event.kind().is_known()),
                "only when asked for: {body}"
            );
        }
    }
}

#[test]
fn nothing_else_is_guessed() {
    for name in [
        "test",
        "issue.deleted",
        "comment_added",
        "ISSUE.CREATED",
        "resolved",
    ] {
        let event = parse(json!({"event": {"event_type": name}, "issue": {"id": 1, "title": "t"}}));
        assert!(matches!(event, Event::Unknown(_)), "{name}");
    }
    for none in [
        json!({"issue": {"id": 1}}),
        json!({"id": 1, "status": "closed"}),
    ] {
        assert!(alias::parse(none.to_string().as_bytes()).is_err(), "{none}");
    }
    assert!(
        alias::parse(b"{").is_err()
            && alias::parse(b"\xff").is_err()
            && alias::parse(b"[]").is_err()
    );
}

#[test]
fn a_type_in_no_list_is_unknown_wherever_it_stands() {
    for body in [
        json!({"event": "test", "id": 1}),
        json!({"event": "test", "data": {"issue": {"id": 1}}}),
        json!({"event_type": "test", "issue": {"id": 1}}),
        json!({"event": "issue.updated", "issue": {"id": 1}}),
    ] {
        let event = parse(body.clone());
        let Event::Unknown(unknown) = &event else {
            panic!("{body}")
        };
        let sent_type = body.get("event_type").unwrap_or(&body["event"]);
        assert_eq!(unknown.event_type, *sent_type);
        assert_eq!(event.raw(), body.to_string());
        assert!(Event::parse(event.raw().as_bytes()).is_err());
    }
}

#[test]
fn an_update_is_a_change_of_status_only_if_it_names_two() {
    let closed = || json!({"code": "closed"});
    let updates = |old: &str| {
        [
            json!({"event": {"event_type": "issue.updated", "new_status": closed(), "old_status": {"code": old}},
                   "issue": {"id": 1}}),
            json!({"event": "issue.updated", "issue": {"id": 1}, "status": "closed", "previous_status": old}),
            json!({"event": "issue.updated", "data": {"issue_id": 1, "new_status": closed(), "old_status": old}}),
        ]
        .map(parse)
    };
    for change in updates("opened") {
        let Event::NewTicketStatus(change) = change else {
            panic!("{change:?}")
        };
        assert_eq!(change.new_status.as_ref().unwrap().code.as_str(), "closed");
        assert_eq!(change.old_status.as_ref().unwrap().code.as_str(), "opened");
    }
    for same in updates("closed") {
        assert!(matches!(same, Event::Unknown(_)));
    }
    // An edited title: the issue tells its last two statuses whatever happened to it.
    for issue in [
        json!({"id": 1, "status": {"code": "closed"}, "old_status": {"code": "opened"}}),
        json!({"id": 1, "status": {"code": "closed"}}),
    ] {
        for body in [
            json!({"event": {"event_type": "issue.updated"}, "issue": issue}),
            json!({"event": "issue.updated", "data": {"issue": issue}}),
            json!({"event": "issue.updated", "ticket": issue, "new_status": "closed"}),
        ] {
            assert!(matches!(parse(body.clone()), Event::Unknown(_)), "{body}");
        }
    }
}

#[test]
fn statuses_are_found_at_every_listed_place() {
    for (key, old_key) in [
        ("new_status", "old_status"),
        ("status", "previous_status"),
        ("state", "previous_state"),
        ("status_id", "old_status"),
    ] {
        for wrap in [
            |code: &str| json!(code),
            |code: &str| json!({"id": 4, "code": code, "name": "Имя"}),
        ] {
            let event = parse(
                json!({"event": "status_changed", "issue_id": 7, key: wrap("closed"), old_key: wrap("opened")}),
            );
            let Event::NewTicketStatus(change) = event else {
                panic!()
            };
            assert_eq!(
                change.new_status.as_ref().unwrap().code.as_str(),
                "closed",
                "{key}"
            );
            assert_eq!(
                change.old_status.as_ref().unwrap().code.as_str(),
                "opened",
                "{old_key}"
            );
            assert_eq!(change.issue.status, change.new_status);
        }
    }
    for issue in [
        json!({"id": 1, "status_code": "done"}),
        json!({"id": 1, "status": "done"}),
    ] {
        let Event::NewTicketStatus(change) =
            parse(json!({"event": "status_changed", "issue": issue}))
        else {
            panic!()
        };
        assert_eq!(
            change.new_status.as_ref().unwrap().code.as_str(),
            "done",
            "codes are not folded"
        );
    }
}

#[test]
fn texts_clients_and_people() {
    let event = parse(json!({"event_type": "created", "issue": {
        "id": 1, "subject": "Принтер", "body": "Не печатает",
        "contact": {"id": 5, "first_name": "Пётр", "phone": "+7"}, "company": {"id": 6, "name": "Ромашка"},
        "new_assignee": {"id": 9, "name": "Анна"},
    }}));
    let issue = event.issue().unwrap();
    assert_eq!(
        (issue.title.as_str(), issue.description.as_str()),
        ("Принтер", "Не печатает")
    );
    let client = issue.client.as_ref().unwrap();
    assert_eq!(client.contact.as_ref().unwrap().id.unwrap().get(), 5);
    assert_eq!(client.company.as_ref().unwrap().name, "Ромашка");
    assert_eq!(
        issue
            .assignee
            .as_ref()
            .unwrap()
            .employee
            .as_ref()
            .unwrap()
            .to_string(),
        "Анна"
    );

    let event = parse(
        json!({"event": {"event_type": "assignee_changed", "new_assignee": {"id": 9, "first_name": "Анна"}}, "issue": {"id": 1}}),
    );
    let Event::NewAssignee(change) = event else {
        panic!()
    };
    assert_eq!(
        change
            .new_assignee
            .as_ref()
            .unwrap()
            .employee
            .as_ref()
            .unwrap()
            .id
            .unwrap()
            .get(),
        9
    );
}

#[test]
fn comments_in_their_old_shapes() {
    let old = |comment: Value| {
        parse(json!({"event": "comment.created", "issue": {"id": 1}, "comment": comment}))
    };
    let event = old(
        json!({"id": 2, "public": true, "content": "c", "author": {"id": 3, "name": "Анна", "type": "employee"},
                           "attachments": [{"id": 4, "filename": "a.txt", "size": 5, "is_public": true}]}),
    );
    assert!(event.is_public());
    assert_eq!(event.comment().unwrap().content.as_str(), "c");
    assert_eq!(event.author().unwrap().to_string(), "Анна");
    assert_eq!(event.author().unwrap().employee_id().unwrap().get(), 3);
    assert_eq!(event.attachments()[0].attachment_file_name, "a.txt");
    assert_eq!(event.attachments()[0].attachment_file_size, Some(5));

    for (word, public) in [
        ("true", true),
        ("1", true),
        ("YES", true),
        ("on", true),
        ("no", false),
        ("off", false),
        ("perhaps", false),
    ] {
        assert_eq!(
            old(json!({"id": 2, "is_public": word})).is_public(),
            public,
            "{word}"
        );
    }
    assert!(
        !old(json!({"id": 2, "is_public": false, "public": true})).is_public(),
        "the documented place wins"
    );
    assert!(!old(json!({"id": 2})).is_public());
}

#[test]
fn a_comment_without_a_number_is_not_lost() {
    for comment in [json!("the words"), json!({"content": "the words"})] {
        let body = json!({"event": "comment.created",
                          "data": {"issue_id": "1", "comment": comment, "author": "a@b.c"}});
        let event = parse(body);
        assert_eq!(event.kind(), EventKind::NewComment);
        let comment = event.comment().unwrap();
        assert_eq!((comment.id, comment.content.as_str()), (None, "the words"));
        assert_eq!(event.text(), Some("the words"));
        assert_eq!(event.author().unwrap().email, "a@b.c");
        assert!(!event.is_partial() && !event.is_public());
        assert_eq!(event.visibility(), Visibility::Unknown);
        // Only its body tells it from another one.
        assert!(event.dedup_key().starts_with("new_comment:issue:1:sha256:"));
    }
    let public = parse(json!({"event": "comment.created", "issue": {"id": 1},
                              "comment": {"content": "for all", "public": true}}));
    assert!(public.is_public());
    assert_eq!(public.text(), Some("for all"));
}

#[test]
fn ratings_as_objects() {
    let event = parse(
        json!({"event": {"event_type": "new_csat_rate", "rate": {"id": 1, "value": "good"}},
                             "issue": {"id": 1, "rate": {"id": 1, "value": "good"}}}),
    );
    let Event::NewCsatRate(rated) = event else {
        panic!()
    };
    assert_eq!(
        (rated.rate.clone(), rated.issue.rate.clone()),
        (Some(CsatRate::Good), Some(CsatRate::Good))
    );
}

#[test]
fn documented_bodies_are_read_as_without_aliases() {
    for folder in ["bodies", "bodies/documented"] {
        let replay = Replay::read_dir(format!("{}/{folder}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        for (name, body) in replay.bodies() {
            let (strict, lenient) = (Event::parse(body).unwrap(), alias::parse(body).unwrap());
            assert_eq!(format!("{strict:?}"), format!("{lenient:?}"), "{name}");
        }
    }
}

#[tokio::test]
async fn the_receiver_takes_them_when_told_to() {
    let sent =
        json!({"event": "comment.created", "issue": {"id": 1}, "comment": {"id": 2}}).to_string();
    let handler = async |delivery: Delivery| {
        assert_eq!(delivery.event.kind(), EventKind::NewComment);
        Ok(Ack)
    };
    let lenient = Receiver::builder()
        .insecure_accept_all()
        .format(Aliased)
        .handler(handler)
        .build()
        .unwrap();
    assert_eq!(
        lenient
            .clone()
            .oneshot(post("/okdesk/webhook", sent.clone()))
            .await
            .unwrap()
            .status(),
        200
    );
    assert_eq!(
        lenient
            .oneshot(body("new_comment").post("/okdesk/webhook"))
            .await
            .unwrap()
            .status(),
        200
    );
    let probe = json!({"event": "test", "id": 1}).to_string();
    let any = async |_: Delivery| Ok(Ack);
    let lenient = Receiver::builder()
        .insecure_accept_all()
        .format(Aliased)
        .handler(any)
        .build()
        .unwrap();
    assert_eq!(
        lenient
            .clone()
            .oneshot(post("/okdesk/webhook", probe))
            .await
            .unwrap()
            .status(),
        200
    );
    assert_eq!((lenient.stats().unknown, lenient.stats().accepted), (1, 1));
    let strict = Receiver::builder()
        .insecure_accept_all()
        .handler(handler)
        .build()
        .unwrap();
    assert_eq!(
        strict
            .oneshot(post("/okdesk/webhook", sent))
            .await
            .unwrap()
            .status(),
        400
    );
}
