//! Settings as the program meets them: every mistake is told before anything begins, and no secret is.

use crate::engine::program::{Program, command, finish, run};
use crate::engine::{Rig, SECRET};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

fn file(folder: &Path, name: &str, content: &str, mode: u32) -> String {
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn ops_02_the_program_tells_every_mistake_at_once_and_begins_nothing() {
    let rig = Rig::new().await;
    let mut command = command(&rig, &["run"]);
    command
        .env_remove("OKDESK_API_URL")
        .env_remove("OKDESK_API_TOKEN")
        .env("BOT_TOKEN", "not-a-token-but-still-secret")
        .env("PORT", "70000")
        .env("TIME_ZONE", "Europe/Moskau")
        .env("WEBHOOK_SECRET", "short")
        .env("TELEGRAM_WEBHOOK_URL", "https://bot.example.org/telegram")
        .env("OKDESK_API_TOKN", "a-secret-under-a-misspelt-key")
        .env("HOME", "/not/ours");
    let ended = finish(command).await;
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{said}");
    let told: Vec<&str> = said
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- "))
        .collect();
    for mistake in [
        "BOT_TOKEN is not a token",
        "OKDESK_API_URL is missing",
        "OKDESK_API_TOKEN is missing",
        "PORT is wrong",
        "TIME_ZONE is not a zone",
        "WEBHOOK_SECRET is shorter",
        "TELEGRAM_WEBHOOK_SECRET is missing",
        "OKDESK_API_TOKN is not a key",
    ] {
        let found = told.iter().filter(|line| line.starts_with(mistake)).count();
        assert_eq!(found, 1, "{mistake} in {said}");
    }
    assert_eq!(told.len(), 8, "and nothing else: {said}");
    for secret in ["still-secret", "short\"", "under-a-misspelt-key"] {
        assert!(!said.contains(secret), "{secret} in {said}");
    }
    assert!(!rig.database().exists(), "nothing was begun");
    assert!(rig.telegram.calls().is_empty() && rig.okdesk.recorder().all().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn ops_02_without_settings_there_is_no_address_of_somebody_else_to_call() {
    let rig = Rig::new().await;
    let mut command = command(&rig, &["run"]);
    for (key, _) in rig.vars() {
        command.env_remove(key);
    }
    let ended = finish(command).await;
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{said}");
    for required in [
        "BOT_TOKEN",
        "OKDESK_API_URL",
        "OKDESK_API_TOKEN",
        "WEBHOOK_SECRET",
    ] {
        assert!(said.contains(&format!("{required} is missing")), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_10_secrets_from_files_work_are_hidden_when_printed_and_loose_ones_are_reported() {
    let rig = Rig::new().await;
    let folder = rig.database().parent().unwrap().to_owned();
    let vars: std::collections::BTreeMap<_, _> = rig.vars().into_iter().collect();
    let token = vars["BOT_TOKEN"].clone();
    let key = vars["OKDESK_API_TOKEN"].clone();
    let loose = file(&folder, "bot-token", &format!("{token}\n"), 0o644);
    let kept = file(&folder, "okdesk-key", &key, 0o600);
    let with_files = |arguments: &[&str]| {
        let mut command = command(&rig, arguments);
        command
            .env_remove("BOT_TOKEN")
            .env_remove("OKDESK_API_TOKEN")
            .env("BOT_TOKEN_FILE", &loose)
            .env("OKDESK_API_TOKEN_FILE", &kept);
        command
    };
    // They are the real ones: the bot answers by them.
    let bridge = Program::spawn(with_files(&["run"])).await;
    let anna = rig.telegram.user(501, "Анна");
    anna.send_text("/start");
    crate::engine::until_shown(&anna, "согласие").await;
    let log = bridge.stop().await;
    assert!(
        log.contains("BOT_TOKEN_FILE: the file can be read by others"),
        "{log}"
    );
    assert!(
        !log.contains("OKDESK_API_TOKEN_FILE"),
        "one's own is no news: {log}"
    );

    let printed = finish(with_files(&["check"])).await;
    let said = String::from_utf8(printed.stdout).unwrap();
    for line in [
        format!("BOT_TOKEN from {loose}"),
        format!("OKDESK_API_TOKEN from {kept}"),
        "WEBHOOK_SECRET is set".to_owned(),
        format!("OKDESK_API_URL = {}", rig.okdesk.url()),
        "warn  settings: BOT_TOKEN_FILE: the file can be read by others".to_owned(),
    ] {
        assert!(said.contains(&line), "{line} in\n{said}");
    }
    let all = format!("{said}{log}{}", String::from_utf8_lossy(&printed.stderr));
    for secret in [&token, &key, SECRET] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_10_a_secret_with_two_sources_or_an_empty_one_is_a_mistake() {
    let rig = Rig::new().await;
    let folder = rig.database().parent().unwrap().to_owned();
    let path = file(&folder, "key", "another-key-in-a-file", 0o600);
    let empty = file(&folder, "empty", "\n", 0o600);
    let rig = rig
        .with("OKDESK_API_TOKEN_FILE", &path)
        .with("TELEGRAM_PROXY_URL_FILE", &empty);
    let ended = run(&rig, &["run"]).await;
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{said}");
    for mistake in [
        "OKDESK_API_TOKEN and OKDESK_API_TOKEN_FILE are both set",
        "TELEGRAM_PROXY_URL_FILE names an empty file",
    ] {
        assert!(said.contains(mistake), "{mistake} in {said}");
    }
    assert!(!said.contains("another-key-in-a-file"), "{said}");
}
