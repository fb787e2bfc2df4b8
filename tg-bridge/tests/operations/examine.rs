//! `tg-bridge check`: what it tries, what it says of a failure, and what it advises.

use crate::engine::port::free_port;
use crate::engine::postgres::postgres_database;
use crate::engine::program::{Program, run};
use crate::engine::{Rig, SECRET, until_stored};
use sqlx::migrate::Migrator;
use sqlx::{Connection as _, PgConnection};
use std::process::Output;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

fn told(ran: &Output) -> String {
    String::from_utf8(ran.stdout.clone()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn check_finds_all_well_beside_a_running_bridge() {
    let rig = Rig::new().await;
    rig.okdesk.staff("Пётр");
    let rig = rig.with("PORT", free_port().to_string());
    let bridge = Program::start(&rig).await;
    let ran = run(&rig, &["check"]).await;
    let said = told(&ran);
    assert!(ran.status.success(), "{said}");
    for good in [
        "ok    settings",
        "ok    database: can be written",
        "ok    Telegram: the bot is @",
        "ok    clock",
        "ok    updates: are fetched by long polling",
        "ok    Okdesk: answers",
        "ok    Okdesk: reading contacts",
        "ok    Okdesk: reading issues",
        "ok    RATING_AUTHOR_ID",
        "ok    webhook: the door on",
    ] {
        assert!(said.contains(good), "{good} in\n{said}");
    }
    bridge.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn check_says_what_is_wrong_and_what_helps_and_shows_no_secret() {
    let rig = Rig::new().await;
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port();
    tokio::spawn(say(
        taken,
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".into(),
    ));
    let rig = rig
        .with("BOT_TOKEN", "123456:a-token-nobody-knows")
        .with("OKDESK_API_TOKEN", "a-key-nobody-knows")
        .with("DATABASE_URL", "sqlite:no/such/folder/bridge.db")
        .with("PORT", port.to_string());
    let ran = run(&rig, &["check"]).await;
    let said = told(&ran);
    assert!(!ran.status.success());
    for (what, advice) in [
        ("FAIL  database", "correct DATABASE_URL"),
        ("FAIL  Telegram", "@BotFather"),
        ("FAIL  Okdesk", "make a new API key"),
        ("FAIL  webhook: something else", "choose another PORT"),
    ] {
        let at = said
            .find(what)
            .unwrap_or_else(|| panic!("{what} in\n{said}"));
        let helps = said[at..].lines().nth(1).unwrap();
        assert!(helps.contains('→') && helps.contains(advice), "{helps}");
    }
    for secret in ["a-token-nobody-knows", "a-key-nobody-knows", SECRET] {
        assert!(!said.contains(secret), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_finds_a_missing_right_a_foreign_webhook_and_an_unknown_employee() {
    let rig = Rig::new().await;
    let rig = rig.with("RATING_AUTHOR_ID", "777");
    rig.okdesk.deny(rig.okdesk.token(), "contacts.list");
    let hook = format!(
        "{}bot{}/setWebhook",
        rig.telegram.url(),
        rig.telegram.token()
    );
    let set = rig
        .http
        .post(hook)
        .json(&serde_json::json!({"url": "http://127.0.0.1:9/somebody/elses"}));
    assert!(set.send().await.unwrap().status().is_success());
    let ran = run(&rig, &["check"]).await;
    let said = told(&ran);
    assert!(!ran.status.success());
    for bad in [
        "FAIL  Okdesk: reading contacts",
        "FAIL  updates: go to a webhook",
        "FAIL  RATING_AUTHOR_ID: there is no employee 777",
    ] {
        assert!(said.contains(bad), "{bad} in\n{said}");
    }
    assert!(said.contains("ok    Okdesk: reading issues"), "{said}");
    assert!(said.contains("ok    database: can be written"), "{said}");
    assert!(
        !rig.database().exists(),
        "whoever checks makes no file of his own"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn check_compares_the_webhook_telegram_has_with_the_settings() {
    let port = free_port();
    let ours = format!("http://127.0.0.1:{port}/telegram");
    let rig = Rig::new()
        .await
        .with("PORT", port.to_string())
        .with("TELEGRAM_WEBHOOK_URL", &ours)
        .with("TELEGRAM_WEBHOOK_SECRET", "the_secret_of_telegram");
    let set = async |url: &str| {
        let method = format!(
            "{}bot{}/setWebhook",
            rig.telegram.url(),
            rig.telegram.token()
        );
        let set = rig.http.post(method);
        let set = set.json(&serde_json::json!({"url": url})).send().await;
        assert!(set.unwrap().status().is_success());
    };
    let says = async |words: &str, is_good: bool| {
        let ran = run(&rig, &["check"]).await;
        let said = told(&ran);
        assert!(said.contains(words), "{words} in\n{said}");
        assert_eq!(!said.contains("FAIL  updates"), is_good, "{said}");
    };
    says("warn  updates: go nowhere yet", true).await;
    set("http://127.0.0.1:9/somebody/elses").await;
    says("FAIL  updates: go to another address", false).await;
    set(&ours).await;
    says("ok    updates: are brought by Telegram; 0 wait", true).await;
    // There is no bridge that would take it.
    rig.telegram.user(101, "Анна").send_text("есть кто?");
    eventually_fails(&rig).await;
    says(
        "FAIL  updates: Telegram could not bring them 0 minutes ago",
        false,
    )
    .await;
}

/// Waits until the stand-in has tried to bring an update.
async fn eventually_fails(rig: &Rig) {
    let method = format!(
        "{}bot{}/getWebhookInfo",
        rig.telegram.url(),
        rig.telegram.token()
    );
    until_stored(async || {
        let info = rig.http.get(&method).send().await.ok()?;
        let info = info.text().await.ok()?;
        info.contains("last_error_message").then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn check_leaves_an_empty_and_an_older_database_as_they_are() {
    let Some(database) = postgres_database().await else {
        return;
    };
    let rig = Rig::new().await.with("DATABASE_URL", &database.url);
    let says = async |words: &str| {
        let said = told(&run(&rig, &["check"]).await);
        assert!(said.contains(words), "{words} in\n{said}");
    };
    let mut db = PgConnection::connect(&database.url).await.unwrap();
    let tables = async |db: &mut PgConnection| -> i64 {
        let count = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
        sqlx::query_scalar(count).fetch_one(db).await.unwrap()
    };
    says("ok    database: is empty; its tables are made at the first start").await;
    assert_eq!(tables(&mut db).await, 0);
    POSTGRES.run_to(1, &mut db).await.unwrap();
    let made = tables(&mut db).await;
    says("ok    database: has schema version 1; the next start brings it to").await;
    assert_eq!(tables(&mut db).await, made);
    let version = "SELECT max(version) FROM _sqlx_migrations";
    let version: i64 = sqlx::query_scalar(version)
        .fetch_one(&mut db)
        .await
        .unwrap();
    assert_eq!(version, 1);
    db.close().await.unwrap();
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn check_speaks_in_sentences_and_a_warning_is_no_failure() {
    let rig = Rig::new().await;
    rig.start(crate::engine::echo).await.stop().await;
    let rig = rig
        .with("RATING_AUTHOR_ID", "")
        .with("PORT", free_port().to_string());
    let ran = run(&rig, &["check"]).await;
    let said = told(&ran);
    assert!(ran.status.success(), "{said}");
    assert!(
        said.contains("warn  settings: RATING_AUTHOR_ID is not set"),
        "{said}"
    );
    assert!(
        said.contains("ok    database: can be written; 0 events"),
        "{said}"
    );
    assert!(
        said.contains("is free; check again while the bridge runs"),
        "{said}"
    );

    // Nobody is there: neither Telegram, nor Okdesk, nor the database, nor the address to listen on.
    let nobody = format!("http://127.0.0.1:{}", free_port());
    let rig = rig
        .with("TELEGRAM_API_URL", &nobody)
        .with("OKDESK_API_URL", &nobody)
        .with(
            "DATABASE_URL",
            format!("postgres://nobody@127.0.0.1:{}/none", free_port()),
        )
        .with("HOST", "192.0.2.1");
    let ran = run(&rig, &["check"]).await;
    let said = told(&ran);
    assert!(!ran.status.success(), "{said}");
    for (what, why, advice) in [
        ("FAIL  database", "refused", "Check the server"),
        ("FAIL  Telegram", "refused", "TELEGRAM_PROXY_URL"),
        ("FAIL  Okdesk", "no connection", "OKDESK_API_URL"),
        (
            "FAIL  webhook",
            "cannot listen on 192.0.2.1",
            "HOST and PORT",
        ),
    ] {
        let at = said
            .find(what)
            .unwrap_or_else(|| panic!("{what} in\n{said}"));
        let lines = said[at..].lines().take(2).collect::<Vec<_>>().join("\n");
        assert!(lines.contains(why) && lines.contains(advice), "{lines}");
    }
    assert!(
        !said.contains("Failed {") && !said.contains("the file and its folder"),
        "{said}"
    );
}

/// Answers every request with the same words.
async fn say(listener: TcpListener, words: String) {
    while let Ok((mut stream, _)) = listener.accept().await {
        let words = words.clone();
        tokio::spawn(async move {
            let mut request = vec![0; 16 * 1024];
            while let Ok(1..) = stream.read(&mut request).await {
                if stream.write_all(words.as_bytes()).await.is_err() {
                    return;
                }
            }
        });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_notices_a_clock_that_is_wrong() {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", server.local_addr().unwrap());
    let bot = r#"{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"b","username":"late_bot","can_join_groups":true,"can_read_all_group_messages":false,"supports_inline_queries":false,"has_main_web_app":false,"can_connect_to_business":false}}"#;
    tokio::spawn(say(
        server,
        format!(
            "HTTP/1.1 200 OK\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{bot}",
            bot.len()
        ),
    ));
    let rig = Rig::new().await.with("TELEGRAM_API_URL", url);
    let said = told(&run(&rig, &["check"]).await);
    assert!(
        said.contains("FAIL  clock: this machine is ahead of Telegram by"),
        "{said}"
    );
    assert!(said.contains("NTP"), "{said}");
}
