//! Ratings: asked once for each completion, given once, known to staff.

use crate::client::Client;
use crate::rig::{Rig, Setup};
use okdesk_sdk::model::{EmployeeId, IssueId, Rate};
use okdesk_sdk::testing::{Dialect, Fault, Switch};
use std::time::Duration;
use tg_bridge::demo::bot_api::MessageView;
use tg_bridge::telegram::{Action, Score};

const HOUR: Duration = Duration::from_secs(3600);

async fn anna_and_issue(rig: &Rig) -> (Client<'_>, IssueId) {
    let anna = rig.anna().await;
    let issue = anna.opens_issue("Не печатает принтер").await;
    (anna, issue)
}

fn score(issue: IssueId, completion: u16, score: u8) -> Action {
    Action::Rate {
        issue,
        completion,
        score: Score::new(score).unwrap(),
    }
}

fn asks(message: &MessageView, issue: IssueId, completion: u16) -> bool {
    (1..=5).all(|value| message.has_callback(&score(issue, completion, value).encode()))
}

/// How many messages ask for a rating now.
async fn requests(anna: &Client<'_>) -> usize {
    anna.all("Оцените").await.len()
}

#[tokio::test]
async fn rat_01_a_completion_asks_once_in_the_message_of_the_status() {
    for code in ["completed", "closed"] {
        let rig = Rig::start().await;
        let (anna, issue) = anna_and_issue(&rig).await;
        rig.sets(issue, "in_progress");
        anna.sees("В работе").await;
        assert_eq!(requests(&anna).await, 0);
        rig.okdesk.webhooks().repeat(2);
        rig.sets(issue, code);
        let notice = anna.sees("Оцените").await;
        assert!(asks(&notice, issue, 1), "{notice:#?}");
        assert!(notice.text.contains("Статус:"));
        let labels: Vec<&str> = notice
            .buttons
            .iter()
            .flatten()
            .map(|button| button.text.as_str())
            .collect();
        for words in [
            "5 – отлично",
            "4 – хорошо",
            "3 – нормально",
            "2 – плохо",
            "1 – ужасно",
        ] {
            assert!(labels.contains(&words), "{labels:?}");
        }
        assert_eq!(requests(&anna).await, 1);
    }
}

#[tokio::test]
async fn rat_02_a_status_whose_name_only_looks_like_completion_asks_nothing() {
    let setup = Setup::new().await;
    let almost = [
        "unresolved",
        "not_closed",
        "closed_by_nobody",
        "Закрыта",
        "doned",
    ];
    for (number, code) in almost.into_iter().enumerate() {
        setup
            .okdesk
            .account()
            .status(code, format!("Почти {number}"));
    }
    let rig = setup.start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    for (number, code) in almost.into_iter().enumerate() {
        rig.sets(issue, code);
        anna.sees(&format!("Почти {number}")).await;
    }
    assert_eq!(requests(&anna).await, 0);
}

#[tokio::test]
async fn rat_02_okdesks_own_list_and_the_configured_codes_decide() {
    let setup = Setup::new().await.set("COMPLETED_STATUSES", "handed_over");
    setup
        .okdesk
        .account()
        .status("handed_over", "Передана клиенту");
    let rig = setup.start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    rig.sets(issue, "completed");
    anna.sees("Решена").await;
    assert_eq!(
        requests(&anna).await,
        0,
        "not configured, and not final in Okdesk"
    );
    rig.sets(issue, "handed_over");
    anna.sees("Передана клиенту").await;
    assert_eq!(requests(&anna).await, 1, "configured");
    rig.sets(issue, "opened");
    rig.sets(issue, "closed");
    anna.sees("Закрыта").await;
    assert_eq!(requests(&anna).await, 2, "final by Okdesk's own word");
    // What Okdesk said is still known after a start at which it cannot be asked.
    let asked = rig.okdesk.faults().on("references.issue_statuses");
    asked.always(Fault::Status(503));
    rig.restarts(&[]).await;
    rig.sets(issue, "opened");
    rig.sets(issue, "closed");
    rig.rest().await;
    assert_eq!(requests(&anna).await, 3, "as Okdesk said before the start");
}

#[tokio::test]
async fn rat_03_each_completion_asks_once() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    for (status, wanted) in [
        ("completed", 1),
        ("closed", 1),
        ("opened", 1),
        ("completed", 2),
    ] {
        rig.sets(issue, status);
        assert_eq!(requests(&anna).await, wanted, "after {status}");
    }
    let last = anna.all("Оцените").await.pop().unwrap();
    assert!(asks(&last, issue, 2));
    // The request of the first completion is over.
    let first = anna.all("Оцените").await.remove(0);
    anna.presses_on(&first, score(issue, 1, 5));
    assert_eq!(anna.toasts().await.last().unwrap(), "Оценить уже нельзя");
    assert!(rig.notes_of(issue).is_empty());
}

#[tokio::test]
async fn rat_04_a_tap_counts_once_for_its_client_and_may_be_changed_for_a_day() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    let boris = rig.boris().await;
    rig.sets(issue, "completed");
    let asked = anna.sees("Оцените").await;
    // Neither strangers nor made-up values.
    boris.forges(&score(issue, 1, 1).encode()).await;
    for forged in [
        "rate:1:1:0",
        "rate:1:1:6",
        "rate:1:1:999",
        "rate:1:1:-1",
        "rate:1:1:5 ",
        "rate:1:0:5",
        "rate:1:9:5",
        "rate:1:1",
    ] {
        anna.forges(forged).await;
    }
    rig.rest().await;
    assert!(rig.notes_of(issue).is_empty() && rig.issue(issue)["rate"]["value"].is_null());

    // Twice by a nervous thumb.
    rig.forgives("message is not modified");
    anna.presses_on(&asked, score(issue, 1, 5));
    anna.user.press_data(asked.id, &score(issue, 1, 5).encode());
    rig.rest().await;
    let shown = anna
        .user
        .chat()
        .from_bot()
        .into_iter()
        .find(|message| message.id == asked.id)
        .unwrap();
    let label = shown.buttons[0][0].text.clone();
    assert!(label.contains("Ваша оценка: 5 – отлично"), "{label}");
    assert!(!asks(&shown, issue, 1));
    assert_eq!(rig.notes_of(issue), ["Оценка клиента: 5 – отлично"]);
    assert_eq!(rig.issue(issue)["rate"]["value"], "good");
    assert_eq!(anna.count("Спасибо за оценку").await, 1);

    rig.later(23 * HOUR).await;
    anna.presses_on(
        &shown,
        Action::RateAgain {
            issue,
            completion: 1,
        },
    );
    rig.rest().await;
    anna.presses(score(issue, 1, 4)).await;
    rig.rest().await;
    assert_eq!(rig.notes_of(issue).len(), 2);
    assert!(
        rig.notes_of(issue)[1].contains("было 5 – отлично, стало 4 – хорошо"),
        "{:?}",
        rig.notes_of(issue)
    );

    rig.later(2 * HOUR).await;
    anna.user.press_data(asked.id, &score(issue, 1, 1).encode());
    assert_eq!(anna.toasts().await.last().unwrap(), "Оценить уже нельзя");
    anna.user.press_data(
        asked.id,
        &Action::RateAgain {
            issue,
            completion: 1,
        }
        .encode(),
    );
    assert_eq!(anna.toasts().await.last().unwrap(), "Оценить уже нельзя");
    assert_eq!(rig.notes_of(issue).len(), 2);
}

#[tokio::test]
async fn rat_05_a_rating_reaches_okdesk_once_however_okdesk_takes_it() {
    let dialects = [
        Dialect::usual(),
        Switch::RateFlatOnly.into(),
        Switch::RateWrappedOnly.into(),
    ];
    for dialect in dialects {
        let setup = Setup::in_dialect(dialect).await;
        let service = setup.okdesk.account().employee("Телеграм", "Бот").create();
        let rig = setup.set("RATING_AUTHOR_ID", service).start().await;
        let (anna, issue) = anna_and_issue(&rig).await;
        rig.sets(issue, "completed");
        anna.sees("Оцените").await;
        rig.okdesk.faults().on_any().always(Fault::Status(503));
        anna.presses(score(issue, 1, 4)).await;
        anna.sees("Спасибо за оценку").await;
        rig.pause().await;
        assert!(rig.notes_of(issue).is_empty());
        let told: Vec<_> = anna
            .user
            .chat()
            .from_bot()
            .into_iter()
            .map(|message| message.text)
            .collect();
        assert!(
            !told
                .iter()
                .any(|text| text.contains("передана") || text.contains("сохранена")),
            "{told:?}"
        );
        rig.restarts(&[]).await;
        rig.okdesk.faults().clear();
        rig.rest().await;
        assert_eq!(rig.notes_of(issue), ["Оценка клиента: 4 – хорошо"]);
        let comment = rig.comments_of(issue).pop().unwrap();
        assert_eq!(comment["author"]["id"], EmployeeId::get(service));
        assert_eq!(comment["author"]["type"], "employee");
        assert_eq!(rig.issue(issue)["rate"]["value"], "good");
        // Internal: the client is not told of it.
        anna.never_sees("Оценка клиента").await;
        assert_eq!(anna.count("Спасибо за оценку").await, 1);
    }
}

#[tokio::test]
async fn rat_05_a_rating_whose_answer_was_lost_is_not_written_twice() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    rig.sets(issue, "completed");
    anna.sees("Оцените").await;
    rig.okdesk
        .faults()
        .on("comments.create")
        .times(2, Fault::DropAfter);
    rig.okdesk
        .faults()
        .on("issues.rate")
        .times(2, Fault::DropAfter);
    anna.presses(score(issue, 1, 5)).await;
    rig.rest().await;
    assert_eq!(rig.notes_of(issue).len(), 1);
    assert_eq!(rig.issue(issue)["rate"]["value"], "good");
}

#[tokio::test]
async fn rat_06_a_low_score_asks_why() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    rig.sets(issue, "completed");
    anna.sees("Оцените").await;
    anna.presses(score(issue, 1, 3)).await;
    let asked = anna.sees("Что нам стоит исправить?").await;
    assert!(Client::shows_button(&asked, Action::Skip));
    rig.restarts(&[]).await;
    anna.writes("Долго ждали <мастера>");
    anna.sees("Спасибо за оценку").await;
    rig.rest().await;
    let [note] = rig.notes_of(issue).try_into().unwrap();
    assert!(
        note.contains("3 – нормально") && note.contains("Долго ждали &lt;мастера&gt;"),
        "{note}"
    );
    assert!(
        rig.comments_of(issue)
            .iter()
            .all(|comment| comment["public"] == false)
    );

    let other = anna.opens_issue("Другое дело").await;
    rig.sets(other, "completed");
    anna.sees("Другое дело").await;
    anna.presses(score(other, 1, 2)).await;
    anna.sees("Что нам стоит исправить?").await;
    anna.presses(Action::Skip).await;
    anna.sees("Спасибо за оценку").await;
    rig.rest().await;
    assert_eq!(rig.notes_of(other), ["Оценка клиента: 2 – плохо"]);
    assert_eq!(rig.issue(other)["rate"]["value"], "bad");
}

#[tokio::test]
async fn rat_06_a_question_nobody_answers_leaves_the_score_to_staff_and_the_words_to_the_client() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    rig.sets(issue, "completed");
    anna.sees("Оцените").await;
    anna.presses(score(issue, 1, 1)).await;
    anna.sees("Что нам стоит исправить?").await;
    rig.rest().await;
    assert!(rig.notes_of(issue).is_empty());
    rig.later(HOUR + Duration::from_secs(1)).await;
    rig.rest().await;
    assert_eq!(rig.notes_of(issue), ["Оценка клиента: 1 – ужасно"]);
    // Words written much later are not taken for the reason.
    anna.writes("Не работает сканер");
    anna.sees("Что с этим сделать?").await;
    assert_eq!(rig.notes_of(issue).len(), 1);
}

#[tokio::test]
async fn rat_07_the_people_in_charge_hear_of_a_bad_score() {
    let rig = Setup::new().await.set("ADMIN_CHAT_ID", 900).start().await;
    let chief = rig.newcomer(900, "Директор", "+79990000900");
    chief.start();
    rig.pause().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    rig.sets(issue, "completed");
    anna.sees("Оцените").await;
    anna.presses(score(issue, 1, 3)).await;
    anna.sees("Что нам стоит исправить?").await;
    anna.presses(Action::Skip).await;
    chief.never_sees("№ 1").await;

    let other = anna.opens_issue("Другое <дело>").await;
    rig.sets(other, "completed");
    anna.sees("Другое <дело>").await;
    anna.presses(score(other, 1, 2)).await;
    let told = chief.sees("Низкая оценка").await;
    assert!(
        told.text.contains("№ 2")
            && told.text.contains("Другое <дело>")
            && told.text.contains("2 – плохо")
    );
    anna.writes("Грубили");
    let why = chief.sees("Грубили").await;
    assert!(why.text.contains("№ 2"), "{}", why.text);
    assert_eq!(chief.count("Низкая оценка").await, 1);
}

#[tokio::test]
async fn rat_08_a_rating_in_the_portal_closes_the_question() {
    for dialect in [Dialect::usual(), Switch::WebhookRateWords.into()] {
        let rig = Setup::in_dialect(dialect).await.start().await;
        let (anna, issue) = anna_and_issue(&rig).await;
        rig.sets(issue, "completed");
        let asked = anna.sees("Оцените").await;
        rig.portal(anna.contact)
            .issues()
            .rate(issue, Rate::Bad)
            .await
            .unwrap();
        rig.rest().await;
        anna.presses_on(&asked, score(issue, 1, 5));
        assert_eq!(anna.toasts().await.last().unwrap(), "Оценить уже нельзя");
        let now = anna
            .user
            .chat()
            .from_bot()
            .into_iter()
            .find(|message| message.id == asked.id);
        assert!(!asks(&now.unwrap(), issue, 1), "the buttons are gone");
        assert!(rig.notes_of(issue).is_empty());
        assert_eq!(
            rig.issue(issue)["rate"]["value"],
            "bad",
            "the portal's own scale stands"
        );
        // Another completion is asked for again.
        rig.sets(issue, "opened");
        rig.sets(issue, "completed");
        assert_eq!(requests(&anna).await, 2);
    }
}
