//! Every event in every form it is known in.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use okdesk_sdk::model::{self, AuthorKind, ContactId, CustomValue, EmployeeId, FieldType};
use okdesk_webhooks::event::{Change, CsatRate, Source};
use okdesk_webhooks::testing::{Replay, body};
use okdesk_webhooks::{Event, EventKind, ParseError, schema};
use serde_json::{Value, json};

const RECORDED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/bodies");
const DOCUMENTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/bodies/documented");

macro_rules! expect {
    ($event:expr, $variant:ident) => {
        match $event {
            Event::$variant(event) => event,
            other => panic!("{other:?}"),
        }
    };
}

fn documented(kind: &str) -> Event {
    let body = std::fs::read(format!("{DOCUMENTED}/{kind}.json")).unwrap();
    Event::parse(&body).unwrap()
}

fn recorded(kind: &str) -> Event {
    body(kind).event().unwrap()
}

#[test]
fn all_bodies_of_both_forms_are_read_whole_and_as_documented() {
    for folder in [RECORDED, DOCUMENTED] {
        let replay = Replay::read_dir(folder).unwrap();
        assert_eq!(replay.bodies().len(), EventKind::ALL.len(), "{folder}");
        for (name, body) in replay.bodies() {
            let event = Event::parse(body).unwrap();
            assert_eq!(format!("{}.json", event.kind()), name);
            assert!(event.kind().is_known());
            assert!(!matches!(event, Event::Unknown(_)), "{folder}/{name}");
            assert!(!event.is_partial(), "{folder}/{name}");
            assert_eq!(schema::deviations(body), [], "{folder}/{name}");
        }
    }
}

#[test]
fn both_forms_say_the_same() {
    for kind in EventKind::ALL {
        let numbers = body(kind.as_str());
        let text = numbers.clone().numbers_as_text();
        let (numbers, text) = (numbers.event().unwrap(), text.event().unwrap());
        assert_eq!(numbers.issue_id(), text.issue_id());
        assert_eq!(numbers.author(), text.author());
        assert_eq!(numbers.is_public(), text.is_public());
        assert_eq!(numbers.occurred_at(), text.occurred_at());
        if numbers.issue() != text.issue() {
            // Custom values and free attributes keep their form; nothing else may differ.
            panic!("{kind}: {:?}\n{:?}", numbers.issue(), text.issue());
        }
    }
}

#[test]
fn a_new_ticket_has_everything_the_issue_block_holds() {
    let event = recorded("new_ticket");
    let ticket = expect!(&event, NewTicket);
    assert_eq!((&ticket.author, &ticket.source), (&None, &None));
    assert_eq!(
        event.author().unwrap().contact_id(),
        Some(ContactId::new(95))
    );

    let issue = event.issue().unwrap();
    assert_eq!(issue.title, "Не печатает чековый принтер");
    assert!(
        issue
            .description
            .as_str()
            .starts_with("Принтер мигает красным &gt; 5 минут.<br>\n")
    );
    assert_eq!(issue.kind.as_ref().unwrap().inner, Some(false));
    assert_eq!(issue.priority.as_ref().unwrap().code.as_str(), "normal");
    assert_eq!(issue.status.as_ref().unwrap().name, "В очереди");
    assert_eq!(
        (
            issue.planned_execution_in_hours,
            issue.parent_id,
            &issue.rate
        ),
        (None, None, &None)
    );
    let client = issue.client.as_ref().unwrap();
    assert_eq!(client.company.as_ref().unwrap().name, "ООО «Ромашка»");
    assert_eq!(client.contact.as_ref().unwrap().to_string(), "Пётр Ильин");
    let place = issue
        .maintenance_entity
        .as_ref()
        .unwrap()
        .address
        .as_ref()
        .unwrap();
    assert_eq!(place.string_value, "Пенза, улица Мира, 5");
    assert_eq!(place.coordinates.unwrap().latitude, 53.195);
    assert_eq!(issue.equipments.len(), 2);
    assert_eq!(issue.equipments[0].manufacturer, None);
    assert_eq!(
        issue.equipments[1].model.as_ref().unwrap().code.as_str(),
        "atol_30"
    );
    assert_eq!(
        issue
            .assignee
            .as_ref()
            .unwrap()
            .group
            .as_ref()
            .unwrap()
            .id
            .get(),
        3
    );
    assert_eq!(
        issue.observers.as_ref().unwrap().employees[0].patronymic,
        ""
    );
    assert_eq!(
        issue.created_at.as_ref().unwrap().as_str(),
        "2024-08-24T17:36:30.891+07:00"
    );
    assert_eq!(event.occurred_at(), issue.created_at.as_ref());
    assert_eq!(issue.attachments[0].attachment_file_size, Some(245_113));

    let values: Vec<_> = issue
        .parameters
        .iter()
        .map(|parameter| parameter.value.clone())
        .collect();
    assert_eq!(
        values,
        [
            CustomValue::Bool(false),
            CustomValue::Null,
            CustomValue::Null,
            CustomValue::from("Касса 2"),
            CustomValue::from(["Настройка", "Замена"]),
            CustomValue::from("2024-08-27"),
        ]
    );
    assert_eq!(issue.parameters[0].field_type, Some(FieldType::Checkbox));
    assert_eq!(
        issue.parameters[2].field_type.as_ref().unwrap().as_str(),
        "fttext"
    );

    let ticket = documented("new_ticket");
    assert_eq!(expect!(&ticket, NewTicket).source, Some(Source::Email));
}

#[test]
fn a_new_status_is_read_in_its_recorded_form() {
    let event = recorded("new_ticket_status");
    let status = expect!(&event, NewTicketStatus);
    assert_eq!(status.new_status, status.issue.status);
    assert_eq!(status.old_status, status.issue.old_status);
    assert_eq!(status.attachments, [], "null");
    assert_eq!(status.time_entries.as_slice()[0].spent_time, Some(0.25));
    assert_eq!(status.time_entries.as_slice()[0].logged_at, None);
    assert_eq!(status.old_assignee, status.new_assignee);
    assert!(event.is_public());
    assert_eq!(
        event.occurred_at().unwrap().as_str(),
        "2024-08-24T19:02:11.410+07:00"
    );
    assert_eq!(
        event.dedup_key(),
        "new_ticket_status:issue:153:comment:7001"
    );
}

#[test]
fn a_new_status_is_read_in_its_documented_form() {
    let event = documented("new_ticket_status");
    let status = expect!(&event, NewTicketStatus);
    let [entry] = status.time_entries.as_slice() else {
        panic!()
    };
    assert_eq!((entry.id.get(), entry.spent_time), (550, Some(2.0)));
    assert_eq!(
        entry.logged_at.as_ref().unwrap().as_str(),
        "2024-08-24T19:00:00.000+07:00"
    );
    assert_eq!(status.attachments[0].attachment_file_name, "акт.pdf");
    assert_eq!(status.parameters[0].value, CustomValue::from("Починено"));
    let issue = &status.issue;
    assert_eq!(
        (issue.planned_execution_in_hours, issue.spent_time_total),
        (Some(12.5), Some(6.0))
    );
    assert_eq!(issue.rate, Some(CsatRate::Normal));
    assert_eq!(issue.agreement.as_ref().unwrap().name, "Договор 8");
    assert_eq!(
        issue
            .child_ids
            .iter()
            .map(|id| id.get())
            .collect::<Vec<_>>(),
        [154, 155]
    );
    assert_eq!(issue.parent_id.unwrap().get(), 150);
    assert_eq!(
        issue.maintenance_entity.as_ref().unwrap().timezone,
        "Europe/Moscow"
    );
}

#[test]
fn a_status_without_a_comment_has_none() {
    let event = body("new_ticket_status")
        .set("/event/comment", Value::Null)
        .set("/event/time_entries", json!([]))
        .event()
        .unwrap();
    assert_eq!(event.comment(), None);
    assert!(!event.is_public());
    assert!(
        event
            .dedup_key()
            .starts_with("new_ticket_status:issue:153:sha256:")
    );
}

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
        let assignee = expect!(&event, NewAssignee)
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
fn types_and_priorities_before_and_after() {
    let event = recorded("update_issue_work_type");
    let change = expect!(&event, UpdateIssueWorkType);
    assert_eq!(change.old_type.as_ref().unwrap().inner, None);
    assert_eq!(change.new_type.as_ref().unwrap().code.as_str(), "incident");
    assert_eq!(change.issue.maintenance_entity, None);

    let event = documented("new_priority");
    let change = expect!(&event, NewPriority);
    assert_eq!(event.author(), None, "null");
    assert_eq!(change.new_priority.as_ref().unwrap().code.as_str(), "high");
}

#[test]
fn a_comment_and_its_files_have_visibilities_of_their_own() {
    let event = recorded("new_comment");
    let comment = expect!(&event, NewComment);
    assert_eq!(comment.comment.as_ref().unwrap().id.get(), 7002);
    assert_eq!(comment.attachments.len(), 2);
    assert!(event.is_public());
    let public: Vec<_> = event
        .public_attachments()
        .map(|file| file.id.get())
        .collect();
    assert_eq!(public, [901]);
    assert_eq!(event.author().unwrap().kind, Some(AuthorKind::Employee));
    assert!(
        event
            .author()
            .unwrap()
            .is(model::Author::employee(EmployeeId::new(12)))
    );
    assert_eq!(
        event.occurred_at().unwrap().as_str(),
        "2024-08-24T18:01:00.150+07:00"
    );
    assert_eq!(event.dedup_key(), "new_comment:issue:153:comment:7002");

    let event = documented("new_comment");
    assert!(event.comment().unwrap().content.is_empty());
    assert_eq!(event.attachments(), []);
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
            event.comment().map(|comment| comment.id.get()),
            Some(7002),
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
        body("new_comment").set("/event/comment/id", "none"),
        body("new_files").remove("/event/attachments/0/is_public"),
        body("new_files").remove("/event/attachments"),
        body("new_ticket"),
        body("new_csat_rate"),
        body("new_moon"),
    ] {
        assert!(!event.event().unwrap().is_public(), "{event:?}");
    }
    assert!(recorded("new_files").is_public());
}

#[test]
fn ratings_files_and_deadlines() {
    let event = recorded("new_csat_rate");
    assert_eq!(expect!(&event, NewCsatRate).rate, Some(CsatRate::Good));
    let event = body("new_csat_rate")
        .set("/event/rate", "poor")
        .event()
        .unwrap();
    assert_eq!(expect!(&event, NewCsatRate).rate, Some(CsatRate::Poor));
    let event = body("new_csat_rate")
        .set("/event/rate", "stellar")
        .event()
        .unwrap();
    assert_eq!(
        expect!(&event, NewCsatRate).rate.as_ref().unwrap().as_str(),
        "stellar"
    );

    let event = recorded("new_files");
    assert_eq!(
        expect!(&event, NewFiles).attachments[0].attachment_file_name,
        "ошибка.png"
    );
    assert_eq!(event.dedup_key(), "new_files:issue:153:attachments:903");

    let event = recorded("new_deadline");
    let deadline = expect!(&event, NewDeadline).deadline_at.as_ref().unwrap();
    assert_eq!(
        (deadline.auto_recount, &deadline.old_value),
        (Some(true), &None)
    );
    assert_eq!(deadline.new_value, event.issue().unwrap().deadline_at);
}

#[test]
fn coexecutors_and_attributes() {
    let event = recorded("add_coexecutor");
    let helper = expect!(&event, AddCoexecutor).coexecutor.clone().unwrap();
    assert_eq!(event.issue().unwrap().coexecutors, [helper]);
    let event = recorded("remove_coexecutor");
    assert_eq!(
        expect!(&event, RemoveCoexecutor)
            .coexecutor
            .as_ref()
            .unwrap()
            .employee,
        None
    );

    let event = recorded("change_ticket_parameter");
    let changed = &expect!(&event, ChangeTicketParameter).changed_parameters;
    assert_eq!(
        (&changed[0].before, &changed[0].after),
        (&CustomValue::Null, &CustomValue::from("Касса 2"))
    );
    assert_eq!(changed[1].after, CustomValue::from(["Настройка", "Замена"]));
}

#[test]
fn a_deleted_issue_is_reduced() {
    let event = recorded("ticket_deleted");
    let issue = &expect!(&event, TicketDeleted).issue;
    assert_eq!(issue.title, "Не печатает чековый принтер");
    assert_eq!(
        (
            issue.equipments.len(),
            issue.attachments.len(),
            &issue.observers
        ),
        (0, 0, &None)
    );
    assert_eq!(event.pointer("/issue/equipments"), None);
    assert_eq!(event.dedup_key(), "ticket_deleted:issue:153");
}

#[test]
fn other_entities() {
    let event = recorded("new_equipment");
    let equipment = &expect!(&event, NewEquipment).equipment;
    assert_eq!(
        equipment.equipment_kind.as_ref().unwrap().id.unwrap().get(),
        5
    );
    assert_eq!(equipment.agreements[0].name, "Договор 8");
    assert_eq!(event.author().unwrap().login, "anna");
    assert_eq!((event.issue(), event.issue_id()), (None, None));
    assert_eq!(event.dedup_key(), "new_equipment:equipment:310");

    let event = recorded("new_company");
    let company = &expect!(&event, NewCompany).company;
    assert_eq!(
        (
            company.active,
            company.category.as_ref().unwrap().code.as_str()
        ),
        (Some(true), "client")
    );
    assert_eq!(company.address.as_ref().unwrap().coordinates, None);
    assert_eq!(
        company.observers.as_ref().unwrap().employees[0].email,
        "oleg@desk.example"
    );

    let event = recorded("new_agreement");
    let agreement = &expect!(&event, NewAgreement).agreement;
    assert_eq!(
        (agreement.cost.as_str(), &agreement.end_date),
        ("12500.00", &None)
    );
    assert_eq!(agreement.companies[0].id.get(), 41);

    let event = recorded("new_service_aim");
    let aim = &expect!(&event, NewServiceAim).service_aim;
    assert_eq!(
        aim.agreements[0].name, "Договор 8",
        "a title here, a name elsewhere"
    );
    assert_eq!(aim.schedule.as_ref().unwrap().name, "Будни 9–18");
}

#[test]
fn both_kinds_of_changes() {
    let event = recorded("change_equipment");
    let [
        Change::Parameters(parameters),
        Change::Attribute(agreements),
        Change::Attribute(comment),
    ] = expect!(&event, ChangeEquipment).changes.as_slice()
    else {
        panic!("{event:?}")
    };
    assert_eq!(parameters[0].old_value, CustomValue::from("57 мм"));
    assert_eq!(parameters[0].field_type, Some(FieldType::String));
    assert_eq!(agreements.code, "agreement_ids");
    assert_eq!(agreements.new_value, CustomValue::Other(json!([8])));
    assert_eq!(comment.old_value, CustomValue::Null);

    for kind in ["change_company", "change_agreement", "change_service_aim"] {
        let changes = match recorded(kind) {
            Event::ChangeCompany(event) => event.changes,
            Event::ChangeAgreement(event) => event.changes,
            Event::ChangeServiceAim(event) => event.changes,
            other => panic!("{other:?}"),
        };
        assert!(changes.len() >= 2, "{kind}");
    }
    let event = recorded("change_service_aim");
    assert_eq!(
        expect!(&event, ChangeServiceAim).changes[1],
        Change::Parameters(vec![])
    );
}

#[test]
fn an_unknown_event_keeps_everything() {
    let body = br#"{"event": {"event_type": "issue_merged", "into": 7}, "issue": {"id": "12"}}"#;
    let event = Event::parse(body).unwrap();
    let unknown = expect!(&event, Unknown);
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
        expect!(&event, Unknown);
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
    let comment = expect!(&event, NewComment);
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
    assert_eq!(event.comment().unwrap().id.get(), 7002);
}

#[test]
fn a_repeated_key_is_survived() {
    let body = br#"{"event":{"event_type":"new_comment","comment":{"id":1,"id":2,"is_public":true}},"issue":{"id":3}}"#;
    let event = Event::parse(body).unwrap();
    assert!(event.is_partial());
    assert_eq!(event.comment().unwrap().id.get(), 2);
}

#[test]
fn the_order_of_keys_does_not_matter() {
    let body = br#"{"issue":{"title":"t","id":3},"more":[],"event":{"comment":{"content":"c","id":1},"event_type":"new_comment"}}"#;
    assert_eq!(
        expect!(&Event::parse(body).unwrap(), NewComment)
            .issue
            .title,
        "t"
    );
}

#[test]
fn what_is_not_an_event_is_an_error_that_quotes_nothing() {
    let at = |line, column| ParseError::NotJson { line, column };
    let cases: [(&[u8], ParseError); 12] = [
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
