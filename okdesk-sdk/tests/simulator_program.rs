//! The program `okdesk-sim`, run as people run it.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod simulator_support;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use okdesk_sdk::testing::Switch;
use serde_json::{Value, json};
use simulator_support::{Receiver, answer};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Cargo builds examples together with the tests, in the folder beside theirs.
fn program() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let program = tests.parent().unwrap().with_file_name("examples");
    let program = program.join("okdesk-sim");
    assert!(
        program.exists(),
        "cargo build -p okdesk-sdk --features testing --example okdesk-sim"
    );
    program
}

struct Running {
    child: Child,
    api: String,
}

impl Running {
    async fn start(options: &[&str]) -> Self {
        let mut child = Command::new(program())
            .args(["--port", "0", "--files-port", "0", "--token", "secret"])
            .args(options)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = loop {
            let line = lines.next_line().await.unwrap().expect("an address");
            if let Some(url) = line.strip_prefix("Okdesk ") {
                break url.trim().to_owned();
            }
        };
        // What else it says must find a reader.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self {
            child,
            api: format!("{url}api/v1/"),
        }
    }

    fn url(&self, path: &str) -> String {
        let mark = if path.contains('?') { '&' } else { '?' };
        format!("{}{path}{mark}api_token=secret", self.api)
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        answer(http().get(self.url(path))).await
    }

    async fn create(&self, title: &str) -> (u16, Value) {
        let request = http()
            .post(self.url("issues"))
            .header("content-type", "application/json");
        answer(request.body(json!({"issue": {"title": title}}).to_string())).await
    }

    /// Ends it as Ctrl-C does.
    async fn interrupt(mut self) {
        let id = self.child.id().unwrap().to_string();
        let sent = Command::new("kill").args(["-INT", &id]).status().await;
        assert!(sent.unwrap().success());
        let ended = tokio::time::timeout(Duration::from_secs(20), self.child.wait()).await;
        assert!(ended.expect("it ends").unwrap().success());
    }
}

fn http() -> reqwest::Client {
    reqwest::Client::builder()
        .pool_max_idle_per_host(0)
        .no_proxy()
        .build()
        .unwrap()
}

fn path(file: &Path) -> &str {
    file.to_str().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn state_faults_webhooks_recording_and_replay() {
    let folder = tempfile::tempdir().unwrap();
    let [state, faults, calls] =
        ["state.json", "faults.json", "calls.jsonl"].map(|name| folder.path().join(name));
    let plan =
        json!([{"operation": "issues.create", "after": 1, "fault": "status", "status": 503}]);
    std::fs::write(&faults, plan.to_string()).unwrap();
    let hooks = Receiver::start(200).await;

    let okdesk = Running::start(&[
        "--seed",
        "empty",
        "--state",
        path(&state),
        "--faults",
        path(&faults),
        "--record",
        path(&calls),
        "--webhook",
        hooks.url.as_str(),
        "--dialect",
        "answers-created-201,missing-issue-404",
    ])
    .await;
    assert_eq!(okdesk.create("Первая").await.0, 201, "in this dialect");
    assert_eq!(okdesk.create("Вторая").await.0, 503, "as planned");
    assert_eq!(okdesk.create("Третья").await.0, 201);
    assert_eq!(okdesk.get("issues/7").await.0, 404, "in this dialect");
    let (_, seen) = okdesk.get("issues/list").await;
    assert_eq!(seen.as_array().unwrap().len(), 2);
    let webhooks = format!("{}_sim/webhooks", okdesk.api.trim_end_matches("api/v1/"));
    loop {
        let (_, told) = answer(http().get(&webhooks)).await;
        let deliveries = told["deliveries"].as_array().unwrap();
        if deliveries.len() == 2 && hooks.texts().len() == 2 {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(hooks.names(), ["new_ticket", "new_ticket"]);
    assert!(!state.exists(), "it is written at the end");
    okdesk.interrupt().await;

    let recorded = std::fs::read_to_string(&calls).unwrap();
    assert_eq!(recorded.lines().count(), 5);
    assert!(!recorded.contains("secret"), "no key is recorded");

    // The account comes back, without its faults and its dialect.
    let again = Running::start(&["--state", path(&state)]).await;
    assert_eq!(again.get("issues/1").await.1["title"], "Первая");
    assert_eq!(again.create("Четвёртая").await.0, 200);
    again.interrupt().await;
    let third = Running::start(&["--state", path(&state)]).await;
    assert_eq!(third.get("issues/3").await.1["title"], "Четвёртая");
    third.interrupt().await;

    // An empty account answers what was recorded as recorded, and the rest by itself.
    let replay = Running::start(&["--seed", "empty", "--replay", path(&calls)]).await;
    assert_eq!(replay.get("issues/list").await, (200, seen));
    assert_eq!(replay.get("issues/7").await.0, 404);
    assert_eq!(replay.get("issues/list?page[size]=9").await.1, json!([]));
    replay.interrupt().await;
}

#[tokio::test]
async fn what_it_cannot_do_it_says() {
    let run = async |options: &[&str]| {
        let output = Command::new(program())
            .args(["--port", "0", "--files-port", "0"])
            .args(options)
            .kill_on_drop(true)
            .output()
            .await
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (
            output.status.success(),
            text(output.stdout),
            text(output.stderr),
        )
    };
    let (ended_well, explained, _) = run(&["--dialect", "list"]).await;
    assert!(ended_well);
    for switch in Switch::ALL {
        assert!(explained.contains(switch.name()) && explained.contains(switch.source()));
    }
    for (options, said) in [
        (["--webhook", "https://bridge.example/"], "http:// only"),
        (["--dialect", "klingon"], "klingon"),
        (["--faults", "/no/such/file"], "No such file"),
        (["--seed", "huge"], "demo or empty"),
    ] {
        let (ended_well, _, error) = run(&options).await;
        assert!(!ended_well && error.contains(said), "{options:?}: {error}");
    }
}
