//! A week of a small help desk, small enough to count by hand.

use jiff::tz::TimeZone;
use serde_json::{Value, json};
use std::sync::LazyLock;
use tg_bridge::reaction::Issue;
use tg_bridge::report::{Filter, Record, records};
use tg_bridge::text::Texts;
use url::Url;

/// The same for every test, and slow to read.
pub(crate) static TEXTS: LazyLock<Texts> = LazyLock::new(Texts::default);

fn milliseconds(clock: &str) -> i64 {
    let moment: jiff::Timestamp = format!("{clock}:00+03:00").parse().unwrap();
    moment.as_millisecond()
}

/// An issue with what every issue has, and what differs.
fn issue(
    id: u64,
    title: &str,
    created: &str,
    completed: Option<&str>,
    facts: Value,
    rest: Value,
) -> Issue {
    let mut issue = json!({"facts": {
        "id": id, "title": title, "status": {"code": "opened", "name": "Открыта"},
        "created_at": format!("{created}:00.000+03:00"),
        "completed_at": completed.map(|at| format!("{at}:00.000+03:00")),
    }});
    issue["facts"]
        .as_object_mut()
        .unwrap()
        .extend(facts.as_object().unwrap().clone());
    issue
        .as_object_mut()
        .unwrap()
        .extend(rest.as_object().unwrap().clone());
    serde_json::from_value(issue).unwrap()
}

/// What the bridge remembers: Moscow time, 16 November is a Monday.
pub(crate) fn issues() -> Vec<Issue> {
    let at = milliseconds;
    let daisy = json!({"id": 1, "name": "ООО «Ромашка»"});
    let buttercup = json!({"id": 2, "name": "АО «Лютик»"});
    let ivanov = |kind: &str| json!({"company": daisy, "assignee": "Иванов И.", "kind": kind});
    let petrova =
        |kind: &str| json!({"company": buttercup, "assignee": "Петрова А.", "kind": kind});
    let rating = |score: u8, when: &str, reason: Option<&str>| json!({"completion": 1, "score": score, "at": at(when), "by": 7, "reason": reason});
    vec![
        issue(
            1,
            "Не работает принтер",
            "2026-11-16T09:00",
            Some("2026-11-16T11:00"),
            ivanov("Инцидент"),
            json!({
                "moments": {"first_answer_at": at("2026-11-16T09:20")},
                "rating": rating(5, "2026-11-16T12:00", None),
            }),
        ),
        issue(
            2,
            "Замятие у принтера",
            "2026-11-17T10:00",
            Some("2026-11-18T10:00"),
            ivanov("Инцидент"),
            json!({
                "moments": {"first_answer_at": at("2026-11-17T10:40"), "reopened_at": [at("2026-11-17T15:00")]},
                "rating": rating(2, "2026-11-18T10:30", Some("=HYPERLINK(\"http://evil\")")),
            }),
        ),
        // Made after hours and still open.
        issue(
            3,
            "Нет интернета",
            "2026-11-18T20:00",
            None,
            petrova("Консультация"),
            json!({
                "moments": {"first_answer_at": at("2026-11-19T09:00")},
            }),
        ),
        // Made and answered the week before; the status is one that only the configuration calls completed.
        issue(
            4,
            "Новый принтер",
            "2026-11-13T12:00",
            None,
            petrova("Инцидент"),
            json!({
                "completed": true,
                "moments": {"first_answer_at": at("2026-11-13T12:05"), "completed_at": at("2026-11-16T12:00")},
                "rating": rating(4, "2026-11-16T13:00", None),
                "portal_rating": "good",
            }),
        ),
        // The last minutes of the week in Moscow.
        issue(
            5,
            "Printer jam",
            "2026-11-22T23:30",
            None,
            json!({}),
            json!({}),
        ),
        // The first of the next one, which in London is still this.
        issue(
            6,
            "Принтер",
            "2026-11-23T00:30",
            None,
            ivanov("Инцидент"),
            json!({}),
        ),
        issue(
            7,
            "Принтер",
            "2026-11-17T09:00",
            None,
            ivanov("Инцидент"),
            json!({"deleted": true}),
        ),
        issue(
            8,
            "Настройка почты",
            "2026-11-10T09:00",
            Some("2026-11-20T09:00"),
            petrova("Консультация"),
            json!({}),
        ),
    ]
}

/// The records of these issues.
pub(crate) fn sample() -> Vec<Record> {
    let account = Url::parse("https://romashka.okdesk.ru/api/v1/").unwrap();
    records(&issues(), Some(&account)).collect()
}

/// That week in Moscow.
pub(crate) fn week() -> Filter {
    let days = "16.11.2026 – 22.11.2026"
        .parse::<tg_bridge::report::Period>()
        .unwrap();
    Filter::new(
        days.days(jiff::civil::date(2026, 12, 31)),
        TimeZone::get("Europe/Moscow").unwrap(),
    )
}
