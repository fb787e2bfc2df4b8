//! A second copy of the program: what it is refused by, and that the first one does not suffer.

use crate::engine::program::{Program, command, finish};
use crate::engine::{PATIENCE, Rig, echo, said, until_said};
use std::time::Duration;
use tg_bridge::config::Config;
use tg_bridge::run::{Bridge, StartError};

fn elsewhere(rig: &Rig, folder: &tempfile::TempDir, more: &[(&'static str, String)]) -> Config {
    let other = folder.path().join("other.db");
    let mut vars = rig.vars();
    vars.push(("DATABASE_URL", format!("sqlite:{}", other.display())));
    vars.extend_from_slice(more);
    Config::from_vars(vars).unwrap()
}

#[tokio::test]
async fn ops_01_a_second_program_on_the_same_file_does_not_start() {
    let rig = Rig::new().await;
    let first = Program::start(&rig).await;
    let second = finish(command(&rig, &["run"])).await;
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(!second.status.success());
    assert!(
        said.contains("in use by another running tg-bridge"),
        "{said}"
    );
    first.stop().await;
}

#[tokio::test]
async fn ops_01_a_second_database_on_the_same_token_does_not_start_on_this_machine() {
    let rig = Rig::new().await;
    let bridge = rig.start(echo).await;
    let folder = tempfile::tempdir().unwrap();
    let polls = rig.telegram.calls_of("getUpdates").len();
    match Bridge::start(elsewhere(&rig, &folder, &[])).await {
        Err(e @ StartError::Token) => assert!(e.to_string().contains("BOT_TOKEN"), "{e}"),
        other => panic!("{:?}", other.err()),
    }
    assert!(
        rig.telegram.calls_of("getUpdates").len() <= polls + 1,
        "it did not even ask"
    );
    bridge.stop().await;
    // The token is free again.
    let second = Bridge::start(elsewhere(&rig, &folder, &[])).await.unwrap();
    second.stop().await;
}

#[tokio::test]
async fn ops_01_a_second_machine_on_the_same_token_ends_although_updates_flow() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    let bridge = rig.start(echo).await;
    anna.send_text("начало");
    until_said(&anna, "начало").await;
    // By another name of the server, as another machine would have it.
    let folder = tempfile::tempdir().unwrap();
    let server = rig
        .telegram
        .url()
        .to_string()
        .replace("127.0.0.1", "localhost");
    let config = elsewhere(&rig, &folder, &[("TELEGRAM_API_URL", server)]);
    // The first one is no newcomer any more; updates flow, so that both get some without having to wait for them.
    rig.clock.advance(Duration::from_secs(60));
    let writing = tokio::spawn({
        let boris = rig.telegram.user(102, "Борис");
        async move {
            loop {
                boris.send_text("ещё");
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
        }
    });
    let second = Bridge::start_with(config, rig.clock.clone(), |_| std::sync::Arc::new(echo))
        .await
        .unwrap();
    let reason = tokio::time::timeout(PATIENCE, second.failed())
        .await
        .unwrap();
    assert!(reason.contains("BOT_TOKEN"), "{reason}");
    second.stop().await;
    writing.abort();
    // The first one goes on.
    anna.send_text("раз");
    until_said(&anna, "раз").await;
    bridge.stop().await;
    assert_eq!(said(&anna, "раз"), 1);
}
