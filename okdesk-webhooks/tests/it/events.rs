//! Every event in every form it is known in.

use okdesk_sdk::model::{self, AuthorKind, ContactId, CustomValue, EmployeeId, FieldType};
use okdesk_webhooks::event::{Change, CsatRate, Source};
use okdesk_webhooks::testing::{Replay, body};
use okdesk_webhooks::{Event, EventKind, schema};
use serde_json::{Value, json};

const RECORDED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/bodies");
const DOCUMENTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/bodies/documented");

macro_rules! variant {
    ($event:expr, $variant:ident) => {
        match $event {
            Event::$variant(event) => event,
            other => panic!("{other:?}"),
        }
    };
}
pub(crate) use variant;

pub(crate) fn documented(kind: &str) -> Event {
    let body = std::fs::read(format!("{DOCUMENTED}/{kind}.json")).unwrap();
    Event::parse(&body).unwrap()
}

pub(crate) fn recorded(kind: &str) -> Event {
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
        // Lists of ids among the changes are free values, which keep their form; nothing else may differ.
        let numbers = body(kind.as_str())
            .remove("/event/changes/1/old_value")
            .remove("/event/changes/1/new_value");
        let text = numbers.clone().numbers_as_text();
        assert_ne!(numbers.to_bytes(), text.to_bytes());
        let (numbers, text) = (numbers.event().unwrap(), text.event().unwrap());
        assert!(!numbers.is_partial() && !text.is_partial(), "{kind}");
        // Shows every field of the event and of what it is about.
        assert_eq!(format!("{numbers:#?}"), format!("{text:#?}"));
        assert_eq!(numbers.issue_id(), text.issue_id());
    }
}

#[test]
fn a_new_ticket_has_everything_the_issue_block_holds() {
    let event = recorded("new_ticket");
    let ticket = variant!(&event, NewTicket);
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
    assert_eq!(variant!(&ticket, NewTicket).source, Some(Source::Email));
}

#[test]
fn a_new_status_is_read_in_its_recorded_form() {
    let event = recorded("new_ticket_status");
    let status = variant!(&event, NewTicketStatus);
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
    let status = variant!(&event, NewTicketStatus);
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
fn types_and_priorities_before_and_after() {
    let event = recorded("update_issue_work_type");
    let change = variant!(&event, UpdateIssueWorkType);
    assert_eq!(change.old_type.as_ref().unwrap().inner, None);
    assert_eq!(change.new_type.as_ref().unwrap().code.as_str(), "incident");
    assert_eq!(change.issue.maintenance_entity, None);

    let event = documented("new_priority");
    let change = variant!(&event, NewPriority);
    assert_eq!(event.author(), None, "null");
    assert_eq!(change.new_priority.as_ref().unwrap().code.as_str(), "high");
}

#[test]
fn a_comment_and_its_files_have_visibilities_of_their_own() {
    let event = recorded("new_comment");
    let comment = variant!(&event, NewComment);
    assert_eq!(comment.comment.as_ref().unwrap().id, Some(7002.into()));
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
fn ratings_files_and_deadlines() {
    let event = recorded("new_csat_rate");
    assert_eq!(variant!(&event, NewCsatRate).rate, Some(CsatRate::Good));
    let event = body("new_csat_rate")
        .set("/event/rate", "poor")
        .event()
        .unwrap();
    assert_eq!(variant!(&event, NewCsatRate).rate, Some(CsatRate::Poor));
    let event = body("new_csat_rate")
        .set("/event/rate", "stellar")
        .event()
        .unwrap();
    assert_eq!(
        variant!(&event, NewCsatRate)
            .rate
            .as_ref()
            .unwrap()
            .as_str(),
        "stellar"
    );

    let event = recorded("new_files");
    assert_eq!(
        variant!(&event, NewFiles).attachments[0].attachment_file_name,
        "ошибка.png"
    );
    assert_eq!(event.dedup_key(), "new_files:issue:153:attachments:903");

    let event = recorded("new_deadline");
    let deadline = variant!(&event, NewDeadline).deadline_at.as_ref().unwrap();
    assert_eq!(
        (deadline.auto_recount, &deadline.old_value),
        (Some(true), &None)
    );
    assert_eq!(deadline.new_value, event.issue().unwrap().deadline_at);
}

#[test]
fn coexecutors_and_attributes() {
    let event = recorded("add_coexecutor");
    let helper = variant!(&event, AddCoexecutor).coexecutor.clone().unwrap();
    assert_eq!(event.issue().unwrap().coexecutors, [helper]);
    let event = recorded("remove_coexecutor");
    assert_eq!(
        variant!(&event, RemoveCoexecutor)
            .coexecutor
            .as_ref()
            .unwrap()
            .employee,
        None
    );

    let event = recorded("change_ticket_parameter");
    let changed = &variant!(&event, ChangeTicketParameter).changed_parameters;
    assert_eq!(
        (&changed[0].before, &changed[0].after),
        (&CustomValue::Null, &CustomValue::from("Касса 2"))
    );
    assert_eq!(changed[1].after, CustomValue::from(["Настройка", "Замена"]));
}

#[test]
fn a_deleted_issue_is_reduced() {
    let event = recorded("ticket_deleted");
    let issue = &variant!(&event, TicketDeleted).issue;
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
    let equipment = &variant!(&event, NewEquipment).equipment;
    assert_eq!(
        equipment.equipment_kind.as_ref().unwrap().id.unwrap().get(),
        5
    );
    assert_eq!(equipment.agreements[0].name, "Договор 8");
    assert_eq!(event.author().unwrap().login, "anna");
    assert_eq!((event.issue(), event.issue_id()), (None, None));
    assert_eq!(event.dedup_key(), "new_equipment:equipment:310");

    let event = recorded("new_company");
    let company = &variant!(&event, NewCompany).company;
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
    let agreement = &variant!(&event, NewAgreement).agreement;
    assert_eq!(
        (agreement.cost.as_str(), &agreement.end_date),
        ("12500.00", &None)
    );
    assert_eq!(agreement.companies[0].id.get(), 41);

    let event = recorded("new_service_aim");
    let aim = &variant!(&event, NewServiceAim).service_aim;
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
    ] = variant!(&event, ChangeEquipment).changes.as_slice()
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
            Event::ChangeCompany(event) => event.into_inner().changes,
            Event::ChangeAgreement(event) => event.into_inner().changes,
            Event::ChangeServiceAim(event) => event.into_inner().changes,
            other => panic!("{other:?}"),
        };
        assert!(changes.len() >= 2, "{kind}");
    }
    let event = recorded("change_service_aim");
    assert_eq!(
        variant!(&event, ChangeServiceAim).changes[1],
        Change::Parameters(vec![])
    );
}

#[test]
fn white_space_around_a_body_makes_no_other_event_whatever_its_numbers() {
    // Larger than any number a value can hold.
    let large = format!("4{}", "0".repeat(400));
    let body = format!(
        r#"{{"event": {{"event_type": "change_agreement"}}, "agreement": {{"id": {large}}}}}"#
    );
    let key = |body: &str| Event::parse(body.as_bytes()).unwrap().dedup_key();
    assert!(key(&body).contains("sha256"));
    assert_eq!(key(&format!("\n {body}\r\n\t")), key(&body));
}
