//! The programs of `examples/`, run as programs.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::SystemTime;

use http::Request;
use http_body_util::Full;
use okdesk_webhooks::testing::body;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::wire::{over_http1, raw, status_of};

const SECRET: &str = "9f86d081884c7d659a2feaa0c55ad015";

/// `cargo test` builds the examples along with the tests; `cargo test --test it` does not, nor builds old ones anew.
async fn built(name: &str) -> PathBuf {
    let this = std::env::current_exe().unwrap();
    let program = this.ancestors().nth(2).unwrap().join("examples").join(name);
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let newest = changed(&here.join("src")).max(changed(&here.join("../examples")));
    let is_old = |built: std::fs::Metadata| built.modified().unwrap() < newest;
    if program.metadata().map_or(true, is_old) {
        let mut build = Command::new(env!("CARGO"));
        build.args([
            "build",
            "--quiet",
            "-p",
            "okdesk-webhooks",
            "--example",
            name,
        ]);
        assert!(build.current_dir(here).status().await.unwrap().success());
    }
    program
}

/// When anything in the folder last changed.
fn changed(folder: &Path) -> SystemTime {
    let paths = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let times = paths.map(|path| {
        if path.is_dir() {
            changed(&path)
        } else {
            path.metadata().unwrap().modified().unwrap()
        }
    });
    times.max().unwrap_or(SystemTime::UNIX_EPOCH)
}

/// A program that listens where it says first, and what it says afterwards. Ends when it is dropped.
struct Program {
    _child: Child,
    address: SocketAddr,
    says: Lines<BufReader<ChildStdout>>,
}

async fn start(name: &str) -> Program {
    let mut program = Command::new(built(name).await);
    program
        .args(["127.0.0.1:0", SECRET])
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    let mut child = program.spawn().unwrap();
    let mut says = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = says.next_line().await.unwrap().unwrap();
    let address = first
        .strip_prefix("POST http://")
        .and_then(|url| url.strip_suffix("/okdesk/webhook/<secret>"))
        .unwrap_or_else(|| panic!("{first}"));
    Program {
        _child: child,
        address: address.parse().unwrap(),
        says,
    }
}

#[tokio::test]
async fn axum_takes_events_in_and_counts_them() {
    let mut program = start("webhook-axum").await;
    let path = |secret: &str| format!("/okdesk/webhook/{secret}");
    let event = |secret| over_http1(program.address, body("new_comment").post(&path(secret)));
    assert_eq!(event(SECRET).await, 200);
    assert_eq!(event("guess").await, 401);
    let look = Request::get("/okdesk/webhook")
        .body(Full::default())
        .unwrap();
    assert_eq!(over_http1(program.address, look).await, 200);

    let said = program.says.next_line().await.unwrap().unwrap();
    assert_eq!(said, "new_comment Не печатает чековый принтер");
    let stats = raw(
        program.address,
        b"GET /stats HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    )
    .await;
    assert_eq!(status_of(&stats), 200);
    assert!(
        stats.contains("accepted: 1,") && stats.contains("refused: 1,"),
        "{stats}"
    );
}

#[tokio::test]
async fn print_says_what_came() {
    let mut program = start("webhook-print").await;
    let path = format!("/okdesk/webhook/{SECRET}");
    assert_eq!(
        over_http1(program.address, body("new_comment").post(&path)).await,
        200
    );
    let said = program.says.next_line().await.unwrap().unwrap();
    assert!(said.contains("new_comment"), "{said}");
}
