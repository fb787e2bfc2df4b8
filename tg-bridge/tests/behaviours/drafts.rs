//! What was written and not sent yet, and what was sent and is not there yet: no word is lost, and none lands elsewhere.

use crate::client::Client;
use crate::rig::{Rig, Setup, picture};
use okdesk_sdk::model::IssueId;
use okdesk_sdk::testing::Fault;
use serde_json::Value;
use std::time::Duration;
use tg_bridge::demo::bot_api::{Attachment, MessageView};
use tg_bridge::telegram::Action;

const DAY: Duration = Duration::from_secs(24 * 3600);

fn said(comments: &[Value]) -> Vec<&str> {
    comments
        .iter()
        .filter_map(|comment| comment["content"].as_str())
        .collect()
}

/// Anna has an issue and is in the middle of writing another one, with five pictures.
async fn writing<'a>(rig: &'a Rig) -> (Client<'a>, IssueId) {
    let anna = rig.anna().await;
    let issue = anna.opens_issue("Не печатает принтер").await;
    anna.presses(Action::NewIssue).await;
    anna.writes("Погас свет");
    anna.user
        .send_album((1..=5).map(|shade| Attachment::photo(picture(shade))));
    anna.sees("Отправить заявку?").await;
    (anna, issue)
}

#[tokio::test]
async fn tic_07_a_comment_in_between_takes_nothing_of_what_is_being_written() {
    for sends in [true, false] {
        let rig = Rig::start().await;
        let (anna, issue) = writing(&rig).await;
        rig.comments(issue, "Какая модель?");
        let notice = anna.sees("Какая модель?").await;
        anna.presses_on(&notice, Action::Comment(issue));
        anna.sees("Напишите комментарий к заявке № 1").await;
        rig.restarts(&[]).await;
        if sends {
            anna.writes("HP 1020");
            anna.sees("Передано в заявку № 1").await;
        } else {
            anna.presses(Action::Cancel).await;
            anna.sees("Отменено").await;
        }
        let offer = anna.sees("Что с этим сделать?").await;
        assert!(
            offer.text.contains("Погас свет") && offer.text.contains("5 файлов"),
            "{}",
            offer.text
        );
        anna.presses_on(&offer, Action::Submit);
        anna.sees("Заявка № 2 создана").await;
        rig.rest().await;
        let made = rig.issue(IssueId::new(2));
        assert_eq!(made["title"], "Погас свет");
        assert_eq!(rig.files_of(&made).len(), 5);
        let comments = rig.comments_of(issue);
        let own = if sends {
            &["Какая модель?", "HP 1020"][..]
        } else {
            &["Какая модель?"]
        };
        assert_eq!(said(&comments), own);
    }
}

#[tokio::test]
async fn tic_07_the_buttons_under_a_draft_work_while_something_else_is_asked() {
    let rig = Rig::start().await;
    let (anna, issue) = writing(&rig).await;
    rig.rest().await;
    let draft = anna.last();
    rig.comments(issue, "Какая модель?");
    let notice = anna.sees("Какая модель?").await;
    anna.presses_on(&notice, Action::Comment(issue));
    anna.sees("Напишите комментарий к заявке № 1").await;
    anna.presses_on(&draft, Action::Submit);
    anna.sees("Заявка № 2 создана").await;
    anna.writes("HP 1020");
    anna.sees("Передано в заявку № 1").await;
    anna.never_sees("Что с этим сделать?").await;
    assert_eq!(rig.files_of(&rig.issue(IssueId::new(2))).len(), 5);
}

#[tokio::test]
async fn tic_07_words_written_before_a_new_ticket_is_begun_are_its_beginning() {
    let rig = Rig::start().await;
    let anna = rig.anna().await;
    anna.writes("Не работает сканер");
    anna.sees("Что с этим сделать?").await;
    anna.writes("/new");
    let draft = anna.sees("Отправить заявку?").await;
    assert!(draft.text.contains("Не работает сканер"), "{}", draft.text);
    anna.writes("и принтер");
    rig.pause().await;
    // Whoever begins anew in the middle of it goes on as well.
    anna.writes("/new");
    anna.writes("и факс");
    anna.presses(Action::Submit).await;
    anna.sees("Заявка № 1 создана").await;
    let issue = rig.issue(IssueId::new(1));
    let description = issue["description"].as_str().unwrap();
    for words in ["Не работает сканер", "и принтер", "и факс"] {
        assert_eq!(description.matches(words).count(), 1, "{description}");
    }

    anna.writes("Погас свет");
    let offer = anna.sees("Что с этим сделать?").await;
    anna.writes("/menu");
    anna.sees("Написанное удалено").await;
    // Nothing of it is left for the next one.
    anna.presses_on(&offer, Action::Submit);
    assert!(
        anna.toasts()
            .await
            .last()
            .unwrap()
            .contains("уже отправлено")
    );
    anna.presses(Action::NewIssue).await;
    anna.sees("Опишите, что случилось").await;
}

#[tokio::test]
async fn reg_01_tic_07_a_changed_policy_takes_no_words_away() {
    let rig = Rig::start().await;
    let (anna, _) = writing(&rig).await;
    rig.restarts(&[("POLICY_VERSION", "2")]).await;
    anna.writes("во всём доме");
    anna.sees("согласие").await;
    anna.writes("и у соседей");
    rig.rest().await;
    assert_eq!(rig.issues().len(), 1, "not before there is consent");
    anna.presses(Action::Consent(true)).await;
    let offer = anna.sees("Что с этим сделать?").await;
    anna.presses_on(&offer, Action::Submit);
    anna.sees("Заявка № 2 создана").await;
    let made = rig.issue(IssueId::new(2));
    let description = made["description"].as_str().unwrap();
    for words in ["Погас свет", "во всём доме", "и у соседей"] {
        assert_eq!(description.matches(words).count(), 1, "{description}");
    }
    assert_eq!(rig.files_of(&made).len(), 5);
}

/// Sends two issues, one right after the other, while Okdesk takes nothing.
async fn two_on_their_way(rig: &Rig, anna: &Client<'_>) -> [MessageView; 2] {
    let mut sent = Vec::new();
    for text in ["Не печатает принтер", "Не сканирует сканер"] {
        anna.presses(Action::NewIssue).await;
        sent.push(anna.writes(text));
        anna.presses(Action::Submit).await;
        rig.pause().await;
    }
    anna.sees("будет передана").await;
    sent.try_into().unwrap()
}

#[tokio::test]
async fn com_12_13_words_about_one_ticket_never_land_on_another() {
    let rig = Rig::start().await;
    let anna = rig.anna().await;
    let faults = rig.okdesk.faults();
    faults.on("issues.create").always(Fault::Status(503));
    let [printer, scanner] = two_on_their_way(&rig, &anna).await;
    // Corrected before there is anything to correct.
    anna.edits(&printer, "Не печатает принтер на втором этаже");
    rig.pause().await;
    faults.clear();
    rig.later(Duration::from_secs(60)).await;
    anna.sees("Заявка № 1 создана").await;
    anna.sees("Заявка № 2 создана").await;
    rig.rest().await;
    let [first, second] = [1, 2].map(IssueId::new);
    assert_eq!(rig.issue(first)["title"], "Не печатает принтер");

    anna.answers(&printer, "Мигает лампа");
    rig.rest().await;
    anna.edits(&scanner, "Не сканирует сканер HP");
    rig.rest().await;
    assert_eq!(
        said(&rig.comments_of(first)),
        [
            "Исправлено: Не печатает принтер на втором этаже",
            "Мигает лампа"
        ]
    );
    assert_eq!(
        said(&rig.comments_of(second)),
        ["Исправлено: Не сканирует сканер HP"]
    );
}

#[tokio::test]
async fn tic_13_a_reply_to_ones_own_words_asks_how_the_ticket_is_first() {
    let rig = Setup::new().await.set("REOPEN_STATUS", "opened");
    let rig = rig.start().await;
    let anna = rig.anna().await;
    anna.presses(Action::NewIssue).await;
    let own = anna.writes("Не печатает принтер");
    anna.presses(Action::Submit).await;
    anna.sees("Заявка № 1 создана").await;
    let issue = IssueId::new(1);
    rig.sets(issue, "completed");
    anna.sees("Решена").await;
    anna.answers(&own, "Опять не печатает");
    anna.sees("Передано в заявку № 1").await;
    rig.rest().await;
    assert_eq!(rig.issue(issue)["status"]["code"], "opened");

    rig.sets(issue, "completed");
    rig.rest().await;
    rig.later(15 * DAY).await;
    anna.answers(&own, "И снова не печатает");
    let offer = anna.sees("Создать новую заявку со ссылкой на неё?").await;
    anna.presses_on(&offer, Action::Submit);
    anna.sees("Заявка № 2 создана").await;
    rig.rest().await;
    assert_eq!(said(&rig.comments_of(issue)), ["Опять не печатает"]);
    assert_eq!(rig.issue(IssueId::new(2))["title"], "И снова не печатает");
}
