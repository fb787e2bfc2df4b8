//! Notices of the running bridge: one per change, none that is guessed, none lost behind a closed door.

use crate::engine::{PATIENCE, Rig, eventually, offered, shown, until_shown};
use okdesk_sdk::model::{ContactId, IssueId};
use okdesk_sdk::testing::Outcome;
use serde_json::json;
use tg_bridge::demo::bot_api::User;
use tg_bridge::run::Bridge;

async fn client_with_issue(rig: &Rig) -> (Bridge, User, ContactId, IssueId) {
    let (anna, contact) = rig.client(501, "Анна");
    let bridge = rig.serve().await;
    rig.register(&anna).await;
    let issue = rig
        .okdesk
        .account()
        .issue("Сломан принтер")
        .contact(contact)
        .create();
    (bridge, anna, contact, issue)
}

/// Everything that has come in is through.
async fn settled(bridge: &Bridge) {
    crate::engine::until_stored(async || {
        let pressure = bridge.store().pressure().await.unwrap();
        (pressure.waiting_in + pressure.waiting_out == 0).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn not_02_repeated_and_late_status_events_give_one_notice_each_and_no_way_back() {
    let rig = Rig::new().await;
    let (bridge, anna, _, issue) = client_with_issue(&rig).await;
    let staff = rig.okdesk.staff("Пётр");
    for code in ["in_progress", "completed"] {
        staff.change_status(issue, code).send().unwrap();
    }
    settled(&bridge).await;
    until_shown(&anna, "Решена").await;
    let notices = |user: &User| {
        let messages = user.chat().from_bot();
        messages
            .into_iter()
            .filter(|m| m.text.starts_with('🔔'))
            .map(|m| m.text)
            .collect::<Vec<_>>()
    };
    let told = notices(&anna);
    assert_eq!(told.len(), 2, "{told:?}");
    // Once more, in the wrong order, at another time of day.
    let deliveries = rig.okdesk.webhooks().deliveries();
    for minutes in [0, 15] {
        rig.clock
            .advance(std::time::Duration::from_secs(60 * minutes));
        let before = rig.okdesk.webhooks().deliveries().len();
        for delivery in deliveries.iter().rev() {
            rig.okdesk.webhooks().redeliver(delivery.number);
        }
        eventually(|| {
            let all = rig.okdesk.webhooks().deliveries();
            let again = all.iter().skip(before);
            let taken = again.filter(|delivery| delivery.outcome == Outcome::Answered(200));
            (taken.count() == deliveries.len()).then_some(())
        })
        .await;
        settled(&bridge).await;
    }
    staff.comment(issue, "последнее слово").send().unwrap();
    until_shown(&anna, "последнее слово").await;
    let mut again = notices(&anna);
    again.retain(|text| !text.contains("последнее слово"));
    assert_eq!(again, told, "one notice per change");
    let known = bridge.store().issue(issue).await.unwrap().unwrap();
    assert_eq!(known.facts.status.code.as_str(), "completed");
    bridge.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn not_05_deleted_and_unknown_events_are_taken_counted_and_not_guessed() {
    let rig = Rig::new().await;
    let (bridge, anna, contact, issue) = client_with_issue(&rig).await;
    settled(&bridge).await;
    let before = anna.chat().from_bot().len();
    let body = |kind: &str| {
        json!({
            "event": {"event_type": kind, "text": "Заявка решена, закрыта, completed"},
            "issue": {"id": issue.get(), "title": "Сломан принтер: решена", "status": {"code": "opened", "name": "Открыта"},
                      "client": {"contact": {"id": contact.get()}}}
        })
        .to_string()
    };
    for kind in ["new_magic_completed", "ticket_merged", "issue_closed"] {
        assert_eq!(rig.post(&bridge, body(kind)).await, 200, "{kind}");
    }
    // Okdesk tells of companies, agreements and equipment too, if it is told to; that is nobody's failure here.
    let company =
        json!({"event": {"event_type": "new_company"}, "company": {"id": 7, "name": "Ромашка"}});
    assert_eq!(rig.post(&bridge, company.to_string()).await, 200);
    settled(&bridge).await;
    assert!(bridge.store().dead(10).await.unwrap().is_empty());
    let (_, metrics) = rig.get(&bridge, "/metrics").await;
    for kind in ["new_magic_completed", "ticket_merged", "issue_closed"] {
        let counted = format!("tg_bridge_webhooks_unknown_total{{kind=\"{kind}\"}} 1\n");
        assert!(metrics.contains(&counted), "{metrics}");
    }
    let other = rig.okdesk.account().issue("Принтер не печатает");
    rig.okdesk
        .merge(other.contact(contact).create(), issue)
        .unwrap();
    rig.okdesk.staff("Пётр").delete(issue).unwrap();
    crate::engine::until_stored(async || {
        let known = bridge.store().issue(issue).await.unwrap();
        known.is_some_and(|known| known.deleted).then_some(())
    })
    .await;
    rig.okdesk.webhooks().settled().await;
    let deliveries = rig.okdesk.webhooks().deliveries();
    let told: Vec<_> = deliveries
        .iter()
        .map(|delivery| (delivery.event.as_str(), &delivery.outcome))
        .collect();
    let taken = &Outcome::Answered(200);
    assert_eq!(told, [("new_comment", taken), ("ticket_deleted", taken)]);
    settled(&bridge).await;
    let said: Vec<_> = anna
        .chat()
        .from_bot()
        .split_off(before)
        .into_iter()
        .map(|message| message.text)
        .collect();
    assert!(said.is_empty(), "{said:?}");
    assert!(bridge.store().dead(10).await.unwrap().is_empty());
    bridge.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn not_07_behind_a_closed_door_nothing_is_sent_staff_know_and_nothing_is_lost() {
    let rig = Rig::new().await;
    let (bridge, anna, _, issue) = client_with_issue(&rig).await;
    settled(&bridge).await;
    anna.block();
    let staff = rig.okdesk.staff("Пётр");
    staff.comment(issue, "первое").send().unwrap();
    let notes = || {
        let all = rig.okdesk.snapshot();
        let issues = all["issues"].as_array().unwrap();
        let found = issues
            .iter()
            .find(|found| found["id"] == issue.get())
            .unwrap();
        let comments = found["comments"].as_array().unwrap();
        comments
            .iter()
            .filter(|comment| comment["public"] == false)
            .count()
    };
    eventually(|| (notes() == 1).then_some(())).await;
    settled(&bridge).await;
    let tried = rig.telegram.calls_of("sendMessage").len();
    for words in ["второе", "третье"] {
        staff.comment(issue, words).send().unwrap();
    }
    settled(&bridge).await;
    eventually(|| {
        let all = rig.okdesk.webhooks().deliveries();
        all.iter()
            .all(|delivery| delivery.outcome == Outcome::Answered(200))
            .then_some(())
    })
    .await;
    settled(&bridge).await;
    assert_eq!(notes(), 1, "staff are told once");
    assert_eq!(
        rig.telegram.calls_of("sendMessage").len(),
        tried,
        "and nobody knocks again"
    );
    let later = anna.chat().from_now();
    anna.unblock();
    anna.send_text("/menu");
    let summary = later
        .wait_for(
            |message| message.has_callback(&format!("card:{issue}")),
            PATIENCE,
        )
        .await
        .unwrap();
    assert!(!summary.text.is_empty());
    offered(&anna, "new").await;
    staff.comment(issue, "четвёртое").send().unwrap();
    until_shown(&anna, "четвёртое").await;
    bridge.stop().await;
    assert_eq!(shown(&anna, "четвёртое"), 1);
}
