//! The hook of ZENLIX: the published sample, the twelve events, and every trap that is known.

use jiff::tz::{TimeZone, offset};
use okdesk_webhooks::ParseError;
use okdesk_webhooks::desk::{Change, HelpDeskEvent, Visibility};
use okdesk_webhooks::receiver::{Ack, Delivery, Receiver};
use okdesk_webhooks::testing::post;
use okdesk_webhooks::zenlix::{self, Action, Hook, Priority, Status, Zenlix};
use proptest::prelude::*;
use serde_json::{Value, json};
use tower::ServiceExt;

const SAMPLE: &str = include_str!("../data/zenlix-sample.json");

fn kyiv() -> Zenlix {
    // In June; the tests do not depend on a database of zones.
    Zenlix::in_zone(TimeZone::fixed(offset(3)))
}

fn sample() -> Value {
    serde_json::from_str(SAMPLE).unwrap()
}

fn hook(change: impl FnOnce(&mut Value)) -> Hook {
    let mut body = sample();
    change(&mut body);
    kyiv().parse(body.to_string().as_bytes()).unwrap()
}

#[test]
fn the_sample_is_read_whole_and_comes_out_as_it_went_in() {
    let hook = kyiv().parse(SAMPLE.as_bytes()).unwrap();
    assert!(!hook.is_partial());
    assert_eq!(zenlix::deviations(SAMPLE.as_bytes()), []);
    assert_eq!(hook.raw(), SAMPLE);
    assert_eq!(serde_json::to_string(&hook).unwrap(), SAMPLE.trim());

    let ticket = &hook.ticket;
    assert_eq!(
        (ticket.code.as_str(), ticket.urlhash.as_str()),
        ("E3XK", "GK2xhvYaAv")
    );
    assert_eq!(
        (ticket.prio.clone(), ticket.status.clone()),
        (Some(Priority::Normal), Some(Status::Lock))
    );
    assert_eq!(
        ticket.text.as_str(),
        "Body text with attachments.\r\nРусский текст."
    );
    assert_eq!(ticket.tags, "from_mail");
    assert_eq!(
        (
            ticket.comments.len(),
            ticket.logs.len(),
            ticket.watched.len()
        ),
        (22, 24, 2)
    );
    assert_eq!(ticket.watched[1].email, "info@zenlix.com");
    assert_eq!(ticket.watched[1].contacts["email"], "info@example.com");
    assert_eq!(ticket.target_group.as_deref(), Some("Default group"));
    assert_eq!(
        hook.initial_user
            .as_ref()
            .unwrap()
            .profile
            .as_ref()
            .unwrap()
            .lang,
        "ru"
    );
    assert_eq!(hook.description, "message");
}

#[test]
fn yes_and_no_are_text() {
    let of = |value: Value| {
        let hook = hook(|body| body["ticket"]["inspect_after_ok"] = value);
        (hook.ticket.inspect_after_ok, hook.is_partial())
    };
    assert_eq!(of(json!("false")), (Some(false), false));
    assert_eq!(of(json!("true")), (Some(true), false));
    assert_eq!(of(json!(true)), (Some(true), false));
    assert_eq!(of(json!(null)), (None, false));
    assert_eq!(of(json!("perhaps")), (None, true));
}

#[test]
fn an_empty_map_is_a_list() {
    let hook = hook(|_| {});
    assert!(hook.ticket.sla.is_empty() && hook.ticket.fields.is_empty());
    let of = |sla: Value| self::hook(|body| body["ticket"]["sla"] = sla).ticket.sla;
    assert!(of(json!(null)).is_empty() && of(json!({})).is_empty());
    assert_eq!(
        of(json!({"reaction_time": "2019-06-07 11:00:00"}))["reaction_time"],
        "2019-06-07 11:00:00"
    );
    let hook = self::hook(|body| {
        body["ticket"]["author"] = json!([]);
        body["initial_user"] = json!([]);
        body["ticket"]["client"] = json!([]);
        body["ticket"]["watched"][0]["profile"] = json!([]);
        body["ticket"]["watched"][0]["contacts"] = json!([]);
    });
    assert!(!hook.is_partial());
    assert_eq!(
        (hook.ticket.author, hook.initial_user.as_ref()),
        (None, None)
    );
    assert!(hook.ticket.client.is_empty());
}

#[test]
fn the_new_comment_is_the_last_one_and_the_log_dates_it() {
    let hook = hook(|body| body["action"] = json!("comment"));
    assert_eq!(hook.new_comment().unwrap().text.as_str(), "Ok!");
    let moments = hook.comment_moments();
    assert_eq!(moments.len(), 22);
    assert_eq!(moments[0].unwrap().to_string(), "2019-06-09T18:06:01Z");
    assert_eq!(moments[21].unwrap().to_string(), "2019-06-09T19:57:33Z");

    let shorter = self::hook(|body| {
        body["action"] = json!("comment");
        body["ticket"]["logs"].as_array_mut().unwrap().remove(1);
    });
    let moments = shorter.comment_moments();
    assert_eq!(
        (moments[0], moments.len()),
        (None, 22),
        "the counts differ, so the log tells nothing"
    );
    assert_eq!(moments[21], shorter.at());
    assert_eq!(shorter.at().unwrap().to_string(), "2019-06-11T08:24:18Z");

    let locked = self::hook(|body| body["action"] = json!("lock"));
    assert_eq!(locked.new_comment(), None);
    assert_eq!(locked.text(), None);
}

#[test]
fn no_comment_is_ever_public() {
    let hook = hook(|body| body["action"] = json!("comment"));
    assert_eq!(hook.visibility(), Visibility::Unknown);
    assert_eq!(
        (hook.change(), hook.text()),
        (Change::Commented, Some("Ok!"))
    );
    assert_eq!(hook.ticket_id().as_deref(), Some("E3XK"));
    assert_eq!(hook.actor().as_deref(), Some("System Account"));
}

#[test]
fn times_are_read_in_the_zone_of_the_server() {
    let zones = [
        (0, "2019-06-11T11:24:18Z"),
        (3, "2019-06-11T08:24:18Z"),
        (-5, "2019-06-11T16:24:18Z"),
    ];
    for (hours, expected) in zones {
        let zenlix = Zenlix::in_zone(TimeZone::fixed(offset(hours)));
        assert_eq!(
            zenlix
                .parse(SAMPLE.as_bytes())
                .unwrap()
                .at()
                .unwrap()
                .to_string(),
            expected
        );
    }
    // A zone with summer time: the same clock means two offsets.
    let zenlix = Zenlix::in_zone(TimeZone::posix("EET-2EEST,M3.5.0/3,M10.5.0/4").unwrap());
    let at = |dt: &str| {
        let mut body = sample();
        body["dt"] = json!(dt);
        zenlix
            .parse(body.to_string().as_bytes())
            .unwrap()
            .at()
            .map(|at| at.to_string())
    };
    assert_eq!(
        at("2019-06-11 11:24:18").as_deref(),
        Some("2019-06-11T08:24:18Z")
    );
    assert_eq!(
        at("2019-12-11 11:24:18").as_deref(),
        Some("2019-12-11T09:24:18Z")
    );
    assert_eq!(
        at("2019-06-11T11:24:18+01:00").as_deref(),
        Some("2019-06-11T10:24:18Z"),
        "an offset wins"
    );
    assert_eq!(at("soon"), None);
    assert_eq!(at(""), None);
}

#[test]
fn the_twelve_events_and_their_other_names() {
    let cases = [
        ("create", Action::Create, Change::Created),
        ("refer", Action::Refer, Change::Reassigned),
        ("lock", Action::Lock, Change::StatusChanged),
        ("lockNext", Action::Lock, Change::StatusChanged),
        ("unlock", Action::Unlock, Change::StatusChanged),
        ("ok", Action::Ok, Change::StatusChanged),
        ("unok", Action::Unok, Change::StatusChanged),
        ("unokNext", Action::Unok, Change::StatusChanged),
        ("no_ok", Action::Unok, Change::StatusChanged),
        ("waitok", Action::Waitok, Change::StatusChanged),
        ("approve", Action::Approve, Change::StatusChanged),
        ("noapprove", Action::Noapprove, Change::StatusChanged),
        ("delete", Action::Delete, Change::Deleted),
        ("restore", Action::Restore, Change::Restored),
        ("comment", Action::Comment, Change::Commented),
        ("edit", Action::Edit, Change::Edited),
        ("edit_msg", Action::Edit, Change::Edited),
        ("edit_subj", Action::Edit, Change::Edited),
        ("arch", Action::Arch, Change::StatusChanged),
    ];
    for (word, action, change) in cases {
        let hook = hook(|body| body["action"] = json!(word));
        assert_eq!(
            (hook.happened(), hook.change(), hook.is_known()),
            (&action, change, true),
            "{word}"
        );
    }
}

#[test]
fn an_unknown_action_is_told_by_the_log() {
    // The literal word `action` in the sample is one.
    let hook = hook(|_| {});
    assert_eq!(hook.action.as_str(), "action");
    assert_eq!(hook.happened(), &Action::Comment);
    let hook = self::hook(|body| {
        body["action"] = json!("melt");
        body["ticket"]["logs"] = json!([]);
    });
    assert_eq!(
        (hook.happened().as_str(), hook.is_known(), hook.change()),
        ("melt", false, Change::Other)
    );
    let hook = self::hook(|body| {
        let logs = body["ticket"]["logs"].as_array_mut().unwrap();
        logs.push(json!({"author": null, "action": "freeze", "dt": "2019-06-11 11:24:18"}));
    });
    assert_eq!(
        (hook.happened().as_str(), hook.is_known()),
        ("action", false),
        "what was logged before is another event"
    );
    // The action wins over the status, which may lag behind.
    let hook = self::hook(|body| {
        body["action"] = json!("ok");
        body["ticket"]["status"] = json!("lock");
    });
    assert_eq!(hook.happened(), &Action::Ok);
}

#[test]
fn open_words_and_missing_parts_are_survived() {
    let hook = hook(|body| {
        body["ticket"]["status"] = json!("frozen");
        body["ticket"]["prio"] = json!("2");
        body["ticket"]["tags"] = json!(null);
        body["ticket"]["target_group"] = json!(null);
        body["ticket"]["target_user"] = json!([]);
    });
    assert_eq!(hook.ticket.status.unwrap().as_str(), "frozen");
    assert_eq!(hook.ticket.prio.unwrap().as_str(), "2");
    assert_eq!(
        (hook.ticket.tags.as_str(), hook.ticket.target_group),
        ("", None)
    );

    let least = kyiv().parse(br#"{"ticket":{"code":"AB12"}}"#).unwrap();
    assert_eq!(
        (least.at(), least.is_known(), least.actor()),
        (None, false, None)
    );
    for none in [
        "{}",
        r#"{"ticket":{}}"#,
        r#"{"ticket":{"code":""}}"#,
        r#"{"ticket":[]}"#,
        "[]",
        "null",
    ] {
        assert_eq!(
            kyiv().parse(none.as_bytes()).unwrap_err(),
            ParseError::NotAnEvent,
            "{none}"
        );
    }
    assert!(matches!(
        kyiv().parse(b"{").unwrap_err(),
        ParseError::NotJson { .. }
    ));
}

#[test]
fn repeats_have_one_key_and_two_comments_in_a_second_have_two() {
    let body = sample().to_string();
    let one = kyiv().parse(SAMPLE.as_bytes()).unwrap();
    let same = kyiv().parse(body.as_bytes()).unwrap();
    assert_eq!(one.dedup_key(), same.dedup_key());
    let next = hook(|body| {
        let comments = body["ticket"]["comments"].as_array_mut().unwrap();
        comments.push(comments[0].clone());
    });
    assert_ne!(one.dedup_key(), next.dedup_key());
    let timeless = hook(|body| body["dt"] = json!(null));
    assert!(timeless.dedup_key().contains("sha256"));
}

#[tokio::test]
async fn the_receiver_takes_it() {
    let receiver = Receiver::builder()
        .path("/zenlix")
        .insecure_accept_all()
        .format(kyiv())
        .validate(true)
        .handler(async |delivery: Delivery<Hook>| {
            assert_eq!(delivery.event.happened(), &Action::Comment);
            assert_eq!(delivery.deviations, []);
            Ok(Ack)
        })
        .build()
        .unwrap();
    let response = receiver
        .clone()
        .oneshot(post("/zenlix", SAMPLE))
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    let response = receiver
        .oneshot(post("/zenlix", r#"{"event":{"event_type":"new_ticket"}}"#))
        .await
        .unwrap();
    assert_eq!(response.status(), 400);
}

proptest! {
    #[test]
    fn any_value_anywhere_costs_only_itself(
        key in prop::sample::select(vec![
            "prio", "status", "text", "tags", "created_at", "inspect_after_ok", "sla", "client", "fields", "comments",
            "author", "target_group", "target_user", "logs", "deadline_time",
        ]),
        value in prop::sample::select(vec![
            json!(null), json!([]), json!({}), json!(""), json!("x"), json!(1), json!(1.5), json!(true), json!([1, "x", null, {}]),
            json!({"a": {"b": []}}), json!([{"text": [], "author": 7}]),
        ]),
    ) {
        let hook = hook(|body| body["ticket"][key] = value);
        prop_assert_eq!(&hook.ticket.code, "E3XK");
        prop_assert_eq!(&hook.ticket.subject, "Message with attachments");
        let _ = (hook.dedup_key(), hook.comment_moments(), hook.text().map(str::len), hook.change(), hook.actor());
        prop_assert_eq!(serde_json::to_string(&hook).unwrap(), hook.raw());
    }
}
