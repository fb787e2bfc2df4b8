//! What the client costs. `cargo bench -p okdesk-sdk --features testing --bench client -- [calls] [walks] [files]`
//!
//! Server and client are two processes on one machine. Figures of different runs are not comparable, ratios of one run are.
//! `BENCH_DIR` says where files of 1 GiB may lie for a while.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::large_futures,
    reason = "a measurement may stop at the first surprise"
)]

mod calls;
mod plain;
mod server;
mod streams;

use std::alloc::System;
use std::io::BufRead;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATIONS: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const PAGE: u64 = 50;
const ISSUES: u64 = 100_000;
const FILE_BYTES: u64 = 1 << 30;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let millis = |text: &str| Duration::from_millis(text.parse().expect("milliseconds"));
    match words[..] {
        ["serve", delay] => run(server::serve(millis(delay))),
        ["calls", url] => run(async {
            calls::small_call(url).await;
            calls::decoding().await;
        }),
        ["walk", url, how, pages, work] => run(streams::walk(
            url,
            how,
            pages.parse().expect("a number"),
            millis(work),
        )),
        ["upload", url, path] => run(streams::upload(url, path)),
        ["download", url, path] => run(streams::download(url, path)),
        _ => all(&words),
    }
}

/// All parts, or those that are named; cargo adds words of its own.
fn all(words: &[&str]) {
    let named = ["calls", "walks", "files"];
    let everything = !words.iter().any(|word| named.contains(word));
    let wanted = |part| everything || words.contains(&part);
    if wanted("calls") {
        let server = Server::start(0);
        print!("{}", said(&["calls", &server.url]));
    }
    if wanted("walks") {
        streams::walks();
    }
    if wanted("files") {
        streams::files();
    }
}

fn run(work: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(work);
}

fn this() -> Command {
    Command::new(std::env::current_exe().expect("a program"))
}

struct Server {
    url: String,
    process: Child,
}

impl Server {
    fn start(delay: u32) -> Self {
        let mut process = this()
            .args(["serve", &delay.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .expect("a server");
        let mut url = String::new();
        let output = process.stdout.take().expect("an output");
        std::io::BufReader::new(output)
            .read_line(&mut url)
            .expect("an address");
        Self {
            url: url.trim().to_owned(),
            process,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a process of our own said.
fn said(arguments: &[&str]) -> String {
    let output = this()
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()
        .expect("a process");
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).expect("text")
}

/// Time and peak of memory in KiB of a process of our own.
fn child(arguments: &[&str]) -> (Duration, u64) {
    let said = said(arguments);
    let (seconds, peak) = said.trim().split_once(' ').expect("two figures");
    let seconds = seconds.parse().expect("seconds");
    (Duration::from_secs_f64(seconds), peak.parse().expect("KiB"))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
