//! The real program, killed again and again at any moment: what was acknowledged is there afterwards, and everybody gets
//! an answer.

// A test stops at the first surprise, in its helpers too.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod engine;

use engine::{PATIENCE, Rig, SECRET, eventually};
use serde_json::json;
use sqlx::Connection as _;
use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};

const KILLS: usize = 6;
const USERS: i64 = 8;

fn start(rig: &Rig, port: u16) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tg-bridge"));
    command
        .arg("run")
        .current_dir(rig.database().parent().unwrap())
        .env_clear();
    command.envs(rig.vars()).env("PORT", port.to_string());
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

fn hook(comment: u64) -> String {
    json!({
        "event": {"event_type": "new_comment", "comment": {"id": comment, "is_public": true, "content": "Готово"}},
        "issue": {"id": comment % 5 + 1, "title": "Принтер"}
    })
    .to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_it_loses_nothing_it_acknowledged() {
    let rig = Rig::new().await;
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = format!("http://127.0.0.1:{port}/okdesk/webhook/{SECRET}");
    let users: Vec<_> = (0..USERS)
        .map(|n| rig.telegram.user(200 + n, "Анна"))
        .collect();

    // Somebody posts all the time and repeats what was not acknowledged.
    let (http, done) = (rig.http.clone(), tokio::sync::watch::Sender::new(false));
    let poster = tokio::spawn({
        let mut done = done.subscribe();
        async move {
            let mut acknowledged = BTreeSet::new();
            for comment in 1.. {
                loop {
                    let post = http
                        .post(&url)
                        .header("content-type", "application/json")
                        .body(hook(comment));
                    match post.timeout(Duration::from_secs(2)).send().await {
                        Ok(answer) if answer.status() == 200 => break,
                        _ => tokio::time::sleep(Duration::from_millis(5)).await,
                    }
                    if *done.borrow_and_update() {
                        return acknowledged;
                    }
                }
                acknowledged.insert(format!("comment:{comment}"));
                if *done.borrow_and_update() {
                    return acknowledged;
                }
            }
            acknowledged
        }
    });

    for _ in 0..KILLS {
        let mut child = start(&rig, port);
        for user in &users {
            user.send_text("/start");
        }
        tokio::time::sleep(Duration::from_millis(150 + fastrand::u64(0..400))).await;
        child.start_kill().unwrap();
        child.wait().await.unwrap();
    }
    let mut last = start(&rig, port);
    for user in &users {
        user.send_text("/start");
        eventually(|| (!user.chat().from_bot().is_empty()).then_some(())).await;
    }
    let settled = async || {
        let metrics = rig
            .http
            .get(format!("http://127.0.0.1:{port}/metrics"))
            .send()
            .await
            .ok()?
            .text()
            .await
            .ok()?;
        (metrics.contains("{hop=\"in\"} 0") && metrics.contains("{hop=\"out\"} 0")).then_some(())
    };
    done.send_replace(true);
    let acknowledged = tokio::time::timeout(PATIENCE, poster)
        .await
        .unwrap()
        .unwrap();
    tokio::time::timeout(Duration::from_secs(60), async {
        while settled().await.is_none() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await
    .expect("something hangs");

    // It stops when it is asked to, and leaves a sound database behind.
    let pid = last.id().unwrap().to_string();
    Command::new("kill")
        .args(["-TERM", &pid])
        .status()
        .await
        .unwrap();
    assert!(
        tokio::time::timeout(PATIENCE, last.wait())
            .await
            .unwrap()
            .unwrap()
            .success()
    );
    let url = format!("sqlite:{}", rig.database().display());
    let mut db = sqlx::SqliteConnection::connect(&url).await.unwrap();
    let sound: String = sqlx::query_scalar("PRAGMA integrity_check")
        .fetch_one(&mut db)
        .await
        .unwrap();
    assert_eq!(sound, "ok");
    let keys: Vec<String> =
        sqlx::query_scalar("SELECT dedup FROM item WHERE dedup GLOB 'comment:*'")
            .fetch_all(&mut db)
            .await
            .unwrap();
    let keys: BTreeSet<_> = keys.into_iter().collect();
    let missing: Vec<_> = acknowledged.difference(&keys).collect();
    assert!(
        missing.is_empty(),
        "{} of {} are lost: {missing:?}",
        missing.len(),
        acknowledged.len()
    );
    assert!(
        acknowledged.len() > KILLS,
        "only {} were acknowledged",
        acknowledged.len()
    );
    let open: Vec<(String, String, String, Option<String>)> =
        sqlx::query_as("SELECT state, kind, body, error FROM item WHERE state <> 'done'")
            .fetch_all(&mut db)
            .await
            .unwrap();
    assert!(open.is_empty(), "{open:#?}");
    let counted: i64 = sqlx::query_scalar("SELECT coalesce(sum(pending), 0) FROM lane")
        .fetch_one(&mut db)
        .await
        .unwrap();
    assert_eq!(counted, 0);
    let updates: i64 = sqlx::query_scalar("SELECT count(*) FROM item WHERE kind = 'update'")
        .fetch_one(&mut db)
        .await
        .unwrap();
    assert_eq!(
        updates,
        USERS * (KILLS as i64 + 1),
        "every update came in, once"
    );
}
