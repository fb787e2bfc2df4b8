//! A client in another language tells the same story.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

use std::io::Write as _;
use std::process::Stdio;

use okdesk_sdk::testing::{Seed, Simulator};
use tokio::process::Command;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_python_client_works_unchanged() {
    let probe = Command::new("python3")
        .args(["-c", "import requests"])
        .stderr(Stdio::null())
        .status()
        .await;
    if !probe.is_ok_and(|status| status.success()) {
        assert_ne!(
            std::env::var("CI").as_deref(),
            Ok("true"),
            "CI must have python3 with requests"
        );
        // Not by `eprintln`, which the test harness keeps to itself.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED a_python_client_works_unchanged: python3 with the package requests is not installed"
        );
        return;
    }
    let okdesk = Simulator::builder().seed(Seed::Demo).start().await;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/okdesk_story.py");
    let output = Command::new("python3")
        .args([script, okdesk.url().as_str(), okdesk.token()])
        .env("NO_PROXY", "127.0.0.1")
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(said.trim_end().ends_with(" passed, 0 failed"), "{said}");
}
