//! Settings: every mistake at once, secrets hidden, and the program that says so.

// A test stops at the first surprise, in its helpers too.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::process::Command;
use tg_bridge::config::{Config, KEYS};
use tg_bridge::roles::Role;

const TOKEN: &str = "123456:the-token-of-the-bot";

fn good() -> Vec<(&'static str, String)> {
    [
        ("BOT_TOKEN", TOKEN),
        ("OKDESK_API_URL", "https://support.example.org/api/v1"),
        ("OKDESK_API_TOKEN", "the-key-of-okdesk"),
        ("WEBHOOK_SECRET", "the-secret-of-the-webhook"),
    ]
    .map(|(key, value)| (key, value.to_owned()))
    .to_vec()
}

fn with(more: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let mut vars = good();
    vars.retain(|(key, _)| !more.iter().any(|(other, _)| other == key));
    vars.extend(more.iter().map(|(key, value)| (*key, (*value).to_owned())));
    vars
}

fn mistakes(vars: Vec<(&'static str, String)>) -> Vec<String> {
    Config::from_vars(vars).unwrap_err().mistakes().to_vec()
}

#[test]
fn four_keys_are_enough() {
    let config = Config::from_vars(good()).unwrap();
    assert_eq!(config.port, 8080);
    assert_eq!(
        config.telegram_api_url.as_str(),
        "https://api.telegram.org/"
    );
    assert_eq!(config.database_url.expose(), "sqlite:tg-bridge.db");
    assert!(
        config
            .completed_statuses
            .iter()
            .any(|code| code.as_str() == "completed")
    );
}

#[test]
fn ops_02_every_mistake_is_told_at_once() {
    let all = mistakes(with(&[
        ("BOT_TOKEN", "no token"),
        ("OKDESK_API_URL", "ftp://support.example.org"),
        ("OKDESK_API_TOKEN", ""),
        ("WEBHOOK_SECRET", "short"),
        ("PORT", "70000"),
        ("HOST", "localhost"),
        ("TIME_ZONE", "Europe/Moskau"),
        ("DATABASE_URL", "mysql://somewhere"),
        ("WEBHOOK_PATH", "/health/live"),
        ("RATING_AUTHOR_ID", "0"),
        ("LOG_FORMAT", "xml"),
        ("TELEGRAM_WEBHOOK_URL", "https://bot.example.org/telegram"),
        ("OKDESK_API_TOKN", "a misspelt one"),
        ("HOME", "/somebody/else's"),
    ]));
    for key in [
        "BOT_TOKEN",
        "OKDESK_API_URL",
        "OKDESK_API_TOKEN is missing",
        "WEBHOOK_SECRET",
        "PORT",
        "HOST",
        "TIME_ZONE",
        "DATABASE_URL",
        "WEBHOOK_PATH",
        "RATING_AUTHOR_ID",
        "LOG_FORMAT",
        "TELEGRAM_WEBHOOK_SECRET is missing",
        "OKDESK_API_TOKN is not a key",
    ] {
        assert!(
            all.iter().any(|mistake| mistake.starts_with(key)),
            "{key} in {all:#?}"
        );
    }
    assert_eq!(all.len(), 13, "{all:#?}");
}

#[test]
fn ops_02_the_program_lists_the_mistakes_and_fails() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".env"), "BOT_TOKEN=wrong\nPORT=x\n").unwrap();
    let ran = Command::new(env!("CARGO_BIN_EXE_tg-bridge"))
        .arg("run")
        .current_dir(folder.path())
        .env_clear()
        .env("OKDESK_API_TOKEN", "the-key-of-okdesk")
        .output()
        .unwrap();
    let said = String::from_utf8(ran.stderr).unwrap();
    assert!(!ran.status.success());
    for key in [
        "BOT_TOKEN",
        "OKDESK_API_URL is missing",
        "WEBHOOK_SECRET is missing",
        "PORT",
    ] {
        assert!(said.contains(key), "{key} in {said}");
    }
    assert!(!said.contains("the-key-of-okdesk"), "{said}");
    assert!(
        !folder.path().join("tg-bridge.db").exists(),
        "nothing was begun"
    );
}

#[test]
fn sec_10_secrets_come_from_files_are_hidden_and_have_one_source() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, format!("{TOKEN}\n")).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let path = file.to_str().unwrap();

    let mut vars = with(&[("BOT_TOKEN_FILE", path)]);
    vars.retain(|(key, _)| *key != "BOT_TOKEN");
    let config = Config::from_vars(vars).unwrap();
    assert_eq!(config.bot_token.expose(), TOKEN);
    assert!(
        config
            .warnings
            .iter()
            .any(|w| w.contains("BOT_TOKEN_FILE") && w.contains("others")),
        "{:?}",
        config.warnings
    );
    let shown = format!("{config:?}");
    for secret in [TOKEN, "the-key-of-okdesk", "the-secret-of-the-webhook"] {
        assert!(!shown.contains(secret), "{shown}");
    }

    let both = mistakes(with(&[("BOT_TOKEN_FILE", path)]));
    assert!(both[0].contains("both"), "{both:?}");
    let absent = mistakes(with(&[
        ("OKDESK_API_TOKEN", ""),
        ("OKDESK_API_TOKEN_FILE", "/nowhere/at/all"),
    ]));
    assert!(absent[0].starts_with("OKDESK_API_TOKEN_FILE"), "{absent:?}");
}

#[test]
fn the_readme_describes_every_key() {
    let readme = include_str!("../README.md");
    for key in KEYS {
        assert!(
            readme.contains(&format!("`{}`", key.name)),
            "{} is not in the README",
            key.name
        );
    }
}

#[test]
fn roles_are_lists_of_accounts() {
    let config = Config::from_vars(with(&[
        ("OWNER_IDS", "501"),
        ("ADMIN_IDS", " 502, 5000000003 ,"),
        ("OPERATOR_IDS", "502,504"),
    ]))
    .unwrap();
    let may = |role| {
        config
            .roles
            .allowed(role)
            .map(|user| user.0)
            .collect::<Vec<_>>()
    };
    assert_eq!(may(Role::Owner), [501]);
    assert_eq!(may(Role::Admin), [501, 502, 5_000_000_003]);
    assert_eq!(may(Role::Operator), [501, 502, 504, 5_000_000_003]);

    let wrong = mistakes(with(&[
        ("OWNER_IDS", "@anna"),
        ("ADMIN_IDS", "-100123"),
        ("ADMIN_ID", "5"),
    ]));
    for key in [
        "OWNER_IDS is not",
        "ADMIN_IDS is not",
        "ADMIN_ID is not a key",
    ] {
        assert!(
            wrong.iter().any(|mistake| mistake.contains(key)),
            "{key} in {wrong:?}"
        );
    }
}
