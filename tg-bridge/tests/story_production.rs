//! `tg-bridge run` as an operator runs it: settings in the environment, addresses of an Okdesk and a Telegram – here the
//! simulator and the stand-in – long polling, webhooks over HTTP, a stop by SIGTERM and a new start.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use okdesk_sdk::model::IssueId;
use okdesk_sdk::testing::{Outcome, Simulator};
use serde_json::Value;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tg_bridge::demo::bot_api::{BotApi, MessageView};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use url::Url;

/// Long enough for a machine that does ten other things; nothing waits for it when all is well.
const PATIENCE: Duration = Duration::from_secs(30);
const SECRET: &str = "a-secret-of-the-webhook";

/// The program with nothing in its environment but what is given.
fn program(folder: &Path, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tg-bridge"));
    command
        .arg("run")
        .env_clear()
        .envs(settings.iter().copied())
        .current_dir(folder)
        .kill_on_drop(true);
    command
}

struct Bridge {
    child: Child,
    webhook: Url,
}

impl Bridge {
    async fn start(folder: &TempDir, okdesk: &Simulator, telegram: &BotApi) -> Self {
        let settings = [
            ("BOT_TOKEN", telegram.token()),
            ("TELEGRAM_API_URL", telegram.url().to_string()),
            ("OKDESK_API_URL", okdesk.url().to_string()),
            ("OKDESK_API_TOKEN", okdesk.token().to_owned()),
            ("WEBHOOK_SECRET", SECRET.to_owned()),
            ("DATABASE_URL", "sqlite:bridge.db".to_owned()),
            ("PORT", "0".to_owned()),
            ("LOG_FORMAT", "json".to_owned()),
        ];
        let settings: Vec<(&str, &str)> = settings
            .iter()
            .map(|(key, value)| (*key, value.as_str()))
            .collect();
        let mut child = program(folder.path(), &settings)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let told = async {
            loop {
                let line = lines
                    .next_line()
                    .await
                    .unwrap()
                    .expect("the bridge ended early");
                let line: Value = serde_json::from_str(&line).unwrap();
                if let Some(address) = line["fields"]["address"].as_str() {
                    assert_eq!(line["fields"]["polling"], true);
                    break format!("http://{address}/okdesk/webhook/{SECRET}");
                }
            }
        };
        let webhook = tokio::time::timeout(PATIENCE, told)
            .await
            .expect("the bridge did not tell its address");
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self {
            child,
            webhook: webhook.parse().unwrap(),
        }
    }

    async fn stop(mut self) {
        let pid = self.child.id().unwrap().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .await
                .unwrap()
                .success()
        );
        let status = tokio::time::timeout(PATIENCE, self.child.wait())
            .await
            .expect("the bridge did not stop")
            .unwrap();
        assert!(status.success(), "{status}");
    }
}

fn shows(text: &str) -> impl Fn(&MessageView) -> bool + '_ {
    move |message| message.text.contains(text)
}

fn offers(data: &str) -> impl Fn(&MessageView) -> bool + '_ {
    move |message| message.has_callback(data)
}

#[tokio::test(flavor = "multi_thread")]
async fn it_serves_stops_and_goes_on_where_it_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let (okdesk, telegram) = (Simulator::start().await, BotApi::start().await.unwrap());
    let company = okdesk.account().company("ООО «Ромашка»").create();
    let contact = okdesk
        .account()
        .contact("Анна", "Петрова")
        .phone("+79161234567")
        .company(company)
        .create();
    let anna = telegram.user(501, "Анна").phone("79161234567");
    let bridge = Bridge::start(&folder, &okdesk, &telegram).await;
    okdesk.add_webhook(bridge.webhook.clone());

    // What an operator looks at first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::new();
    let ready = http.get(bridge.webhook.clone()).send().await.unwrap();
    assert_eq!(ready.status(), 200);
    let ready: Value = ready.json().await.unwrap();
    assert_eq!(ready["message"], "Webhook endpoint is ready", "{ready}");
    let health = http
        .get(bridge.webhook.join("/health/live").unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(health.status(), 200);
    let stranger = bridge.webhook.join("a-wrong-secret-of-the-hook").unwrap();
    let refused = http
        .post(stranger)
        .json(&serde_json::json!({ "event": {} }))
        .send()
        .await
        .unwrap();
    assert!(
        [401, 403].contains(&refused.status().as_u16()),
        "{}",
        refused.status()
    );

    // Registration and a ticket, by long polling.
    anna.send_text("/start");
    for button in ["consent:1", "register:person"] {
        anna.chat()
            .wait_for(offers(button), PATIENCE)
            .await
            .unwrap();
        anna.press(button).unwrap();
    }
    telegram
        .wait_for_call(
            |call| call.parameters.to_string().contains("request_contact"),
            PATIENCE,
        )
        .await
        .unwrap();
    anna.share_contact();
    anna.chat().wait_for(offers("new"), PATIENCE).await.unwrap();
    let asked = anna.chat().from_now();
    anna.press("new").unwrap();
    asked.wait_for(offers("cancel"), PATIENCE).await.unwrap();
    anna.send_text("Не печатает принтер");
    asked.wait_for(offers("submit"), PATIENCE).await.unwrap();
    anna.press("submit").unwrap();
    asked
        .wait_for(
            |message| message.text.contains('1') && message.has_callback("comment:1"),
            PATIENCE,
        )
        .await
        .unwrap();
    let issue = okdesk.snapshot()["issues"][0].clone();
    assert_eq!(
        (&issue["id"], &issue["contact"]["id"]),
        (&1.into(), &contact.get().into()),
        "{issue:#}"
    );
    assert!(!telegram.calls_of("getUpdates").is_empty());

    // A webhook is taken in and told of.
    okdesk
        .staff("Иван Соколов")
        .comment(IssueId::new(1), "Выезжаем")
        .send()
        .unwrap();
    anna.chat()
        .wait_for(shows("Выезжаем"), PATIENCE)
        .await
        .unwrap();
    assert!(
        okdesk
            .webhooks()
            .deliveries()
            .iter()
            .all(|delivery| delivery.outcome == Outcome::Answered(200))
    );

    // What is written while it is down is answered once it is back, and nothing is said twice.
    okdesk.remove_webhook(&bridge.webhook);
    bridge.stop().await;
    let later = anna.chat().from_now();
    anna.send_text("/menu");
    let bridge = Bridge::start(&folder, &okdesk, &telegram).await;
    okdesk.add_webhook(bridge.webhook.clone());
    later.wait_for(offers("new"), PATIENCE).await.unwrap();
    okdesk
        .staff("Иван Соколов")
        .comment(IssueId::new(1), "Починили")
        .send()
        .unwrap();
    later.wait_for(shows("Починили"), PATIENCE).await.unwrap();
    let heard = |text: &str| {
        anna.chat()
            .from_bot()
            .iter()
            .filter(|message| message.text.contains(text))
            .count()
    };
    assert_eq!((heard("Выезжаем"), heard("Починили")), (1, 1));
    bridge.stop().await;
    assert!(
        telegram.violations().is_empty(),
        "{:?}",
        telegram.violations()
    );
}

async fn run_to_its_end(settings: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let ended = program(folder.path(), settings).output();
    tokio::time::timeout(PATIENCE, ended)
        .await
        .expect("a wrong configuration ends the program")
        .unwrap()
}

#[tokio::test]
async fn a_wrong_configuration_is_told_whole() {
    let settings = [
        ("BOT_TOKEN", "no-token-of-a-bot"),
        ("OKDESK_API_URL", "okdesk dot ru"),
        ("WEBHOOK_SECRET", "short"),
        ("WEBHOOK_PATH", "no-slash"),
        ("DATABASE_URL", "mysql://there"),
        ("PORT", "many"),
        ("TIME_ZONE", "Mars/Olympus"),
    ];
    let output = run_to_its_end(&settings).await;
    assert!(!output.status.success());
    let told = String::from_utf8(output.stderr).unwrap();
    for (key, _) in settings {
        assert!(told.contains(key), "{key} is not told:\n{told}");
    }
    assert!(told.contains("OKDESK_API_TOKEN is missing"), "{told}");
    for secret in ["no-token-of-a-bot", "mysql://there"] {
        assert!(!told.contains(secret), "a secret is told:\n{told}");
    }
}

#[tokio::test]
async fn a_database_in_use_is_not_shared() {
    let folder = tempfile::tempdir().unwrap();
    let (okdesk, telegram) = (Simulator::start().await, BotApi::start().await.unwrap());
    let bridge = Bridge::start(&folder, &okdesk, &telegram).await;
    let (token, telegram_url, url) = (
        telegram.token(),
        telegram.url().to_string(),
        okdesk.url().to_string(),
    );
    let settings = [
        ("BOT_TOKEN", token.as_str()),
        ("TELEGRAM_API_URL", telegram_url.as_str()),
        ("OKDESK_API_URL", url.as_str()),
        ("OKDESK_API_TOKEN", okdesk.token()),
        ("WEBHOOK_SECRET", SECRET),
        ("DATABASE_URL", "sqlite:bridge.db"),
        ("PORT", "0"),
    ];
    let second = program(folder.path(), &settings).output();
    let second = tokio::time::timeout(PATIENCE, second)
        .await
        .expect("the second program ends")
        .unwrap();
    assert!(!second.status.success());
    assert!(!second.stderr.is_empty());
    bridge.stop().await;
}
