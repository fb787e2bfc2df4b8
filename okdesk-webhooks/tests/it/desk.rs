//! Events of both desks, asked what they have in common.

use jiff::tz::TimeZone;
use okdesk_webhooks::EventKind;
use okdesk_webhooks::desk::Change::{
    Commented, Created, Deleted, Edited, FilesAdded, Other, Rated, Reassigned, StatusChanged,
};
use okdesk_webhooks::desk::Visibility::{Internal, Public, Unknown};
use okdesk_webhooks::desk::{Change, HelpDeskEvent, Visibility};
use okdesk_webhooks::testing::body;
use okdesk_webhooks::zenlix::Zenlix;

use crate::events::recorded;

const ANNA: &str = "Анна Кузнецова";
const PYOTR: &str = "Пётр Ильин";
const OLEG: &str = "Олег Серов";
const DESCRIPTION: &str = "Принтер мигает красным &gt; 5 минут.<br>\nПерезагрузка не помогла.\n";
const COMMENT: &str = "<div>Выезжаем, будем через час.</div>";
const ON_CLOSING: &str = "<p>Заменили ленту, принтер печатает.</p>";

type Row = (
    &'static str,
    Change,
    Option<&'static str>,
    &'static str,
    Option<&'static str>,
    Visibility,
);

/// The type, what happened, to which ticket, who did it, what was written, who may read it.
const ALL: [Row; 21] = [
    (
        "new_ticket",
        Created,
        Some("153"),
        PYOTR,
        Some(DESCRIPTION),
        Unknown,
    ),
    (
        "new_ticket_status",
        StatusChanged,
        Some("153"),
        ANNA,
        Some(ON_CLOSING),
        Public,
    ),
    ("new_assignee", Reassigned, Some("153"), ANNA, None, Unknown),
    (
        "update_issue_work_type",
        Edited,
        Some("153"),
        OLEG,
        None,
        Unknown,
    ),
    ("new_priority", Edited, Some("153"), ANNA, None, Unknown),
    (
        "new_comment",
        Commented,
        Some("153"),
        ANNA,
        Some(COMMENT),
        Public,
    ),
    ("new_csat_rate", Rated, Some("153"), PYOTR, None, Unknown),
    ("new_files", FilesAdded, Some("153"), PYOTR, None, Public),
    ("new_deadline", Edited, Some("153"), ANNA, None, Unknown),
    ("add_coexecutor", Edited, Some("153"), ANNA, None, Unknown),
    (
        "remove_coexecutor",
        Edited,
        Some("153"),
        ANNA,
        None,
        Unknown,
    ),
    (
        "change_ticket_parameter",
        Edited,
        Some("153"),
        ANNA,
        None,
        Unknown,
    ),
    ("ticket_deleted", Deleted, Some("153"), ANNA, None, Unknown),
    ("new_equipment", Other, None, ANNA, None, Unknown),
    ("change_equipment", Other, None, ANNA, None, Unknown),
    ("new_company", Other, None, ANNA, None, Unknown),
    ("change_company", Other, None, ANNA, None, Unknown),
    ("new_agreement", Other, None, ANNA, None, Unknown),
    ("change_agreement", Other, None, ANNA, None, Unknown),
    ("new_service_aim", Other, None, ANNA, None, Unknown),
    ("change_service_aim", Other, None, ANNA, None, Unknown),
];

#[test]
fn every_event_of_okdesk_answers_the_common_questions() {
    assert_eq!(
        EventKind::ALL
            .iter()
            .map(EventKind::as_str)
            .collect::<Vec<_>>(),
        ALL.map(|row| row.0)
    );
    for (kind, change, ticket, actor, text, visibility) in ALL {
        let event = recorded(kind);
        assert_eq!(event.event_type(), kind);
        assert!(event.is_known(), "{kind}");
        assert_eq!(event.change(), change, "{kind}");
        assert_eq!(event.ticket_id().as_deref(), ticket, "{kind}");
        assert_eq!(event.actor().as_deref(), Some(actor), "{kind}");
        assert_eq!(event.text(), text, "{kind}");
        assert_eq!(event.visibility(), visibility, "{kind}");
    }
}

#[test]
fn what_is_not_known_answers_what_it_can() {
    let event = recorded("issue_merged");
    assert_eq!(
        (event.event_type().as_ref(), event.is_known()),
        ("issue_merged", false)
    );
    assert_eq!((event.change(), event.visibility()), (Other, Unknown));
    assert_eq!(event.ticket_id().as_deref(), Some("153"));
    assert_eq!((event.actor(), event.text()), (None, None));

    let internal = body("new_comment").set("/event/comment/is_public", false);
    assert_eq!(internal.event().unwrap().visibility(), Internal);
    let unsaid = body("new_comment").remove("/event/comment/is_public");
    assert_eq!(unsaid.event().unwrap().visibility(), Unknown);
}

/// What a client may be told, whichever desk it is.
fn notice(event: &impl HelpDeskEvent) -> String {
    let ticket = event.ticket_id().unwrap_or_default();
    let text = match event.visibility() {
        Public => event.text().unwrap_or_default(),
        Internal | Unknown => "…",
    };
    let actor = event.actor().unwrap_or_default();
    format!("{ticket} {:?} by {actor}: {text}", event.change())
}

#[test]
fn one_function_takes_events_of_both_desks() {
    assert_eq!(
        notice(&recorded("new_comment")),
        format!("153 Commented by {ANNA}: {COMMENT}")
    );
    let sample = include_bytes!("../data/zenlix-sample.json");
    let hook = Zenlix::in_zone(TimeZone::UTC).parse(sample).unwrap();
    assert_eq!(notice(&hook), "E3XK Commented by System Account: …");
}
