//! A client in another language tells the same story, in every dialect.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

use std::io::Write as _;
use std::process::Stdio;
use std::sync::Arc;

use okdesk_sdk::testing::{Dialect, Seed, Simulator, Switch};
use tokio::process::Command;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Is there a Python that can tell it? CI must have one.
async fn has_python() -> bool {
    let probe = Command::new("python3")
        .args(["-c", "import requests"])
        .stderr(Stdio::null())
        .status()
        .await;
    let has = probe.is_ok_and(|status| status.success());
    if !has {
        assert_ne!(
            std::env::var("CI").as_deref(),
            Ok("true"),
            "CI must have python3 with requests"
        );
        // Not by `eprintln`, which the test harness keeps to itself.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED simulator_python: python3 with the package requests is not installed"
        );
    }
    has
}

/// The story told to an account of this dialect; what went wrong, if anything did.
async fn tell(dialect: Dialect) -> Option<String> {
    let okdesk = Simulator::builder()
        .seed(Seed::Demo)
        .dialect(dialect)
        .start()
        .await;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/okdesk_story.py");
    let output = Command::new("python3")
        .args([script, okdesk.url().as_str(), okdesk.token()])
        .env("NO_PROXY", "127.0.0.1")
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let is_good = output.status.success() && said.trim_end().ends_with(" passed, 0 failed");
    (!is_good).then(|| format!("{said}{}", String::from_utf8_lossy(&output.stderr)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_python_client_works_unchanged() {
    if has_python().await {
        assert_eq!(tell(Dialect::usual()).await, None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_python_client_survives_every_dialect() {
    if !has_python().await {
        return;
    }
    let places = Arc::new(Semaphore::new(2));
    let mut stories = JoinSet::new();
    for switch in Switch::ALL {
        let places = places.clone();
        stories.spawn(async move {
            let _place = places.acquire().await.unwrap();
            let trouble = tell((*switch).into()).await;
            trouble.map(|trouble| format!("{}: {trouble}", switch.name()))
        });
    }
    let mut lost: Vec<String> = stories.join_all().await.into_iter().flatten().collect();
    lost.sort();
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}
