//! What happened while the program was not there: found at its next start, told once, and nothing that is older.

use crate::engine::program::Program;
use crate::engine::{PATIENCE, Rig, new_comment_hook, shown, until_shown, until_stored};
use sqlx::Connection as _;
use std::time::Duration;

/// A number in the program's database.
async fn number(rig: &Rig, sql: &'static str) -> Option<i64> {
    let url = format!("sqlite:{}?mode=ro", rig.database().display());
    let mut db = sqlx::SqliteConnection::connect(&url).await.unwrap();
    let found = sqlx::query_scalar(sql).fetch_optional(&mut db);
    found.await.unwrap()
}

/// When the last look was.
const LOOKED: &str = "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'reconcile.cursor'";
/// From when on there is news.
const BEGUN: &str = "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'reconcile.begun'";
/// What is not noted as sent, and would come once more.
const OPEN: &str = "SELECT count(*) FROM item WHERE hop = 'out' AND state = 'pending'";

#[tokio::test(flavor = "multi_thread")]
async fn ops_07_what_changed_while_a_killed_program_was_away_is_told_at_its_start_and_once() {
    // It looks so rarely that only its start can have found anything.
    let rig = Rig::new().await.with("RECONCILE_MINUTES", "1440");
    let (anna, contact) = rig.client(501, "Анна");
    let staff = rig.okdesk.staff("Пётр");
    let clock = rig.okdesk.clock();
    // So short a time ago that every look reaches back behind it.
    clock.stop_at(clock.now() - Duration::from_secs(300));
    let issue = rig.okdesk.account().issue("Принтер");
    let issue = issue.contact(contact).create();
    staff.comment(issue, "до первого запуска").send().unwrap();
    clock.reset();

    let program = Program::start(&rig).await;
    let webhook = program.webhook();
    rig.okdesk.add_webhook(webhook.clone());
    until_stored(async || number(&rig, BEGUN).await).await;
    rig.register(&anna).await;
    staff.comment(issue, "по вебхуку").send().unwrap();
    until_shown(&anna, "по вебхуку").await;
    until_stored(async || number(&rig, OPEN).await.filter(|open| *open == 0)).await;
    rig.okdesk.remove_webhook(&webhook);
    program.signal("-KILL").await;
    program.ended(PATIENCE).await;

    let missed = staff.comment(issue, "пока никого не было").send().unwrap();
    staff
        .comment(issue, "между собой")
        .internal()
        .send()
        .unwrap();
    staff.change_status(issue, "in_progress").send().unwrap();
    let fresh = rig.okdesk.account().issue("Сканер");
    fresh.contact(contact).create();
    let news = ["пока никого не было", "В работе", "Сканер"];
    for words in news {
        assert_eq!(shown(&anna, words), 0, "{words}");
    }

    let before = number(&rig, LOOKED).await.unwrap();
    let program = Program::start(&rig).await;
    for words in news {
        until_shown(&anna, words).await;
    }
    until_stored(async || {
        let cursor = number(&rig, LOOKED).await?;
        (cursor > before).then_some(())
    })
    .await;

    // A webhook that comes late tells what is known by now; the next one tells something new.
    let late = rig.http.post(program.webhook());
    let late = late.header("content-type", "application/json");
    let hook = new_comment_hook(issue.get(), missed.get()).replace("Готово", "опоздавшее");
    let late = late.body(hook);
    assert_eq!(late.send().await.unwrap().status(), 200);
    rig.okdesk.add_webhook(program.webhook());
    staff.comment(issue, "снова на связи").send().unwrap();
    until_shown(&anna, "снова на связи").await;
    program.stop().await;
    for words in news.into_iter().chain(["по вебхуку", "снова на связи"]) {
        assert_eq!(shown(&anna, words), 1, "{words}");
    }
    for words in ["до первого запуска", "между собой", "опоздавшее"]
    {
        assert_eq!(shown(&anna, words), 0, "{words}");
    }
}
