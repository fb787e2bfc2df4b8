//! What Okdesk holds afterwards, however it reads what it is sent.

use crate::rig::{Rig, Setup};
use okdesk_sdk::testing::{AttributeKind, AttributeOwner, Fault, Switch};
use serde_json::{Value, json};
use tg_bridge::telegram::{Action, Score};

#[tokio::test]
async fn quirk_66_the_client_of_a_new_issue_is_set_in_either_reading() {
    for setup in [
        Setup::new().await,
        Setup::in_dialect(Switch::IssueClientNested).await,
    ] {
        let rig = setup.start().await;
        let anna = rig.anna().await;
        let bare = anna.opens_issue("Не печатает принтер").await;
        anna.presses(Action::NewIssue).await;
        anna.user
            .caption("Вот он")
            .send_photo(include_bytes!("../../../okdesk-sdk/src/testing/seed/lamp.png").as_slice());
        anna.presses(Action::Submit).await;
        anna.sees("создана").await;
        rig.rest().await;
        for issue in rig.issues() {
            assert_eq!(issue["contact"]["id"], anna.contact.get(), "{issue:#}");
            assert_eq!(issue["company_id"], anna.company.get(), "{issue:#}");
        }
        assert_eq!(rig.issues().len(), 2);
        assert_eq!(rig.issue(bare)["title"], "Не печатает принтер");
        // Whose issue it is, the bridge knows from the answer: the notice finds its way.
        rig.comments(bare, "Едем");
        anna.sees("Едем").await;
    }
}

fn attribute(rig: &Rig, issue: okdesk_sdk::model::IssueId) -> Value {
    let parameters = rig.issue(issue)["parameters"].clone();
    let found = parameters
        .as_array()
        .unwrap()
        .iter()
        .find(|parameter| parameter["code"] == "tg_rating");
    found.map_or(Value::Null, |parameter| parameter["value"].clone())
}

#[tokio::test]
async fn rat_05_a_rating_waits_out_an_outage_and_reaches_its_attribute_once() {
    let rig = Setup::new()
        .await
        .set("RATING_ATTRIBUTE", "tg_rating")
        .start()
        .await;
    rig.okdesk.account().attribute(
        AttributeOwner::Issue,
        "tg_rating",
        "Оценка из Telegram",
        AttributeKind::Text,
    );
    let anna = rig.anna().await;
    let issue = anna.opens_issue("Не печатает принтер").await;
    rig.sets(issue, "completed");
    anna.sees("Решена").await;
    rig.okdesk.faults().on_any().always(Fault::Status(503));
    let score = |score| Action::Rate {
        issue,
        completion: 1,
        score: Score::new(score).unwrap(),
    };
    anna.presses(score(4)).await;
    let thanks = anna.sees("Спасибо за оценку").await;
    assert!(
        !thanks.text.contains("Okdesk") && !thanks.text.contains("передан"),
        "{}",
        thanks.text
    );
    rig.pause().await;
    assert_eq!(attribute(&rig, issue), Value::Null);
    rig.okdesk.faults().clear();
    rig.rest().await;
    assert_eq!(attribute(&rig, issue), json!("4"));
    assert_eq!(rig.notes_of(issue).len(), 1, "{:?}", rig.notes_of(issue));
    assert_eq!(
        rig.asked("issues.parameters_change")
            .iter()
            .filter(|call| call.status == Some(200))
            .count(),
        1
    );

    anna.presses(Action::RateAgain {
        issue,
        completion: 1,
    })
    .await;
    anna.presses(score(5)).await;
    rig.rest().await;
    assert_eq!(attribute(&rig, issue), json!("5"));
    assert_eq!(rig.notes_of(issue).len(), 2);
}

#[tokio::test]
async fn rat_02_a_rating_is_asked_by_the_accounts_own_final_statuses_and_the_configured_codes() {
    let rig = Setup::new()
        .await
        .set("COMPLETED_STATUSES", "waiting")
        .start()
        .await;
    let anna = rig.anna().await;
    let issue = anna.opens_issue("Не печатает принтер").await;
    let asked = "Оцените, пожалуйста";
    rig.sets(issue, "completed");
    let told = anna.sees("Решена").await;
    assert!(!told.text.contains(asked), "neither final nor configured");
    rig.sets(issue, "waiting");
    let told = anna.sees("Ждём ответа клиента").await;
    assert!(told.text.contains(asked), "configured: {}", told.text);
    rig.sets(issue, "in_progress");
    anna.sees("В работе").await;
    rig.sets(issue, "closed");
    let told = anna.sees("Закрыта").await;
    assert!(
        told.text.contains(asked),
        "final in Okdesk's list: {}",
        told.text
    );
    assert_eq!(anna.count(asked).await, 2);
}

#[tokio::test]
async fn not_06_files_of_a_muted_issue_come_without_a_sound() {
    let rig = Rig::start().await;
    let anna = rig.anna().await;
    let issue = anna.opens_issue("Не печатает принтер").await;
    let files = |name: &str| {
        let files = vec![
            (name.to_owned(), b"text".to_vec()),
            (format!("2-{name}"), b"more".to_vec()),
        ];
        rig.staff().add_files(issue, true, files).unwrap();
    };
    files("loud.txt");
    rig.rest().await;
    anna.presses(Action::Open(issue)).await;
    anna.presses(Action::Mute(issue)).await;
    files("quiet.txt");
    rig.rest().await;
    let shown = anna.user.chat().from_bot();
    let documents: Vec<_> = shown
        .iter()
        .filter(|message| message.kind == "document")
        .map(|message| (message.files[0].name.clone().unwrap(), message.silent))
        .collect();
    let expected = [
        ("loud.txt", false),
        ("2-loud.txt", false),
        ("quiet.txt", true),
        ("2-quiet.txt", true),
    ];
    assert_eq!(
        documents,
        expected.map(|(name, silent)| (name.to_owned(), silent))
    );
}

#[tokio::test]
async fn fai_05_nothing_that_is_not_true_stands_above_the_outcome() {
    let rig = Rig::start().await;
    let anna = rig.anna().await;
    rig.okdesk
        .faults()
        .on("issues.create")
        .always(Fault::Status(503));
    anna.presses(Action::NewIssue).await;
    anna.writes("Не печатает <принтер>");
    anna.presses(Action::Submit).await;
    anna.sees("принята и будет передана").await;
    let shown = || -> Vec<String> {
        let all = anna.user.chat().from_bot();
        all.iter()
            .rev()
            .take(2)
            .map(|message| message.text.clone())
            .collect()
    };
    assert!(shown()[1].starts_with("Ваша заявка:"), "{:?}", shown());
    assert!(
        shown()[1].contains("Не печатает <принтер>"),
        "{:?}",
        shown()
    );
    assert!(!rig.story().contains("Отправляю"), "{}", rig.story());
    rig.okdesk.faults().clear();
    anna.sees("создана").await;
    assert_eq!(
        anna.toasts().await.last().map(String::as_str),
        Some("Отправляю…")
    );
}
