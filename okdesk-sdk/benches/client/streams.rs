//! Much of everything: 100,000 issues by pages, and files of 1 GiB both ways. Each measurement has a process of its own,
//! so that its peak of memory is its own too.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use okdesk_sdk::model::{AttachmentId, Author, EmployeeId, IssueId};
use okdesk_sdk::{Client, Upload};

use super::{FILE_BYTES, ISSUES, PAGE, Server, child, median, plain};

/// Walks the list in this process; told on standard output: seconds, and the peak of memory in KiB.
pub(crate) async fn walk(url: &str, how: &str, pages: u64, work: Duration) {
    let started = Instant::now();
    let mut walked = 0;
    if how == "bare" {
        let http = reqwest::Client::new();
        for number in 1..=pages {
            let address = format!(
                "{url}/api/v1/issues/list?page%5Bsize%5D={PAGE}&page%5Bnumber%5D={number}&api_token=key"
            );
            let page: Vec<plain::Summary> = plain::get(&http, &address).await;
            walked += page.len() as u64;
        }
    } else {
        let client = Client::new(url, "key").expect("a client");
        let mut issues = client
            .issues()
            .list()
            .into_pager()
            .take_items((pages * PAGE) as usize);
        if how == "ahead" {
            issues = issues.read_ahead();
        }
        while let Some(issue) = issues.next().await {
            issue.expect("an issue");
            walked += 1;
            if walked % PAGE == 0 && !work.is_zero() {
                tokio::time::sleep(work).await;
            }
        }
    }
    assert_eq!(walked, pages * PAGE);
    report(started);
}

pub(crate) async fn upload(url: &str, path: &str) {
    let client = Client::new(url, "key").expect("a client");
    let started = Instant::now();
    let author = Author::employee(EmployeeId::new(1));
    let comment = client.comments().create(IssueId::new(7), "x", author);
    comment
        .attach(Upload::from_path(path))
        .await
        .expect("a comment");
    report(started);
}

pub(crate) async fn download(url: &str, path: &str) {
    let client = Client::new(url, "key").expect("a client");
    let started = Instant::now();
    let file = client
        .issues()
        .download(IssueId::new(7), AttachmentId::new(9));
    let saved = file.save_to(path).await.expect("a file");
    assert_eq!(saved.bytes, FILE_BYTES);
    report(started);
}

fn report(started: Instant) {
    let seconds = started.elapsed().as_secs_f64();
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.expect("a peak").trim().trim_end_matches(" kB");
    println!("{seconds} {peak}");
}

pub(crate) fn walks() {
    println!("\n{ISSUES} issues by pages of {PAGE}");
    let server = Server::start(0);
    let pages = (ISSUES / PAGE).to_string();
    for (name, how) in [
        ("reqwest and plain structs", "bare"),
        ("okdesk-sdk", "plain"),
        ("okdesk-sdk, reading ahead", "ahead"),
    ] {
        let (time, peak) = several(3, || child(&["walk", &server.url, how, &pages, "0"]));
        println!(
            "    {name:<28} {:>8.0} items/s, peak of memory {:.1} MiB",
            ISSUES as f64 / time.as_secs_f64(),
            peak as f64 / 1024.0
        );
    }
    println!("\n100 pages, each answered after 20 ms and worked on for 20 ms");
    let server = Server::start(20);
    for (name, how) in [
        ("okdesk-sdk", "plain"),
        ("okdesk-sdk, reading ahead", "ahead"),
    ] {
        let (time, _) = several(3, || child(&["walk", &server.url, how, "100", "20"]));
        println!("    {name:<28} {time:>8.2?}");
    }
}

pub(crate) fn files() {
    let folder = std::env::var_os("BENCH_DIR").map_or_else(std::env::temp_dir, Into::into);
    let folder = tempfile::tempdir_in(folder).expect("a folder");
    let (source, target) = (folder.path().join("source"), folder.path().join("target"));
    std::fs::File::create(&source)
        .and_then(|file| file.set_len(FILE_BYTES))
        .expect("a file");
    let server = Server::start(0);
    let as_text = |path: &Path| path.to_str().expect("a plain path").to_owned();
    let (source, target) = (as_text(&source), as_text(&target));

    println!("\na file of {} MiB", FILE_BYTES >> 20);
    let form = [
        "-F".to_owned(),
        format!("comment[attachments][0][attachment]=@{source}"),
        format!("{}/api/v1/issues/7/comments", server.url),
    ];
    compare(
        "upload",
        || curl(&form),
        || child(&["upload", &server.url, &source]),
    );
    let save = [
        "-o".to_owned(),
        target.clone(),
        format!("{}/file", server.url),
    ];
    compare(
        "download",
        || curl(&save),
        || child(&["download", &server.url, &target]),
    );
}

/// In turns, for the machine is not ours alone.
fn compare(name: &str, theirs: impl Fn() -> Duration, ours: impl Fn() -> (Duration, u64)) {
    let (mut their_times, mut our_times, mut peaks) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..5 {
        their_times.push(theirs());
        let (time, peak) = ours();
        our_times.push(time);
        peaks.push(peak);
    }
    let speed = |time: Duration| (FILE_BYTES >> 20) as f64 / time.as_secs_f64();
    let (theirs, ours) = (speed(median(their_times)), speed(median(our_times)));
    println!("    {name:<8} curl        {theirs:>6.0} MiB/s");
    println!(
        "    {name:<8} okdesk-sdk  {ours:>6.0} MiB/s, {:.2} of curl, peak of memory {:.1} MiB",
        ours / theirs,
        peaks.iter().max().copied().unwrap_or_default() as f64 / 1024.0
    );
}

fn several(times: usize, measure: impl Fn() -> (Duration, u64)) -> (Duration, u64) {
    let (times, peaks): (Vec<_>, Vec<_>) = (0..times).map(|_| measure()).unzip();
    (median(times), peaks.into_iter().max().unwrap_or_default())
}

fn curl(arguments: &[String]) -> Duration {
    let started = Instant::now();
    let status = Command::new("curl")
        .arg("-sSf")
        .args(arguments)
        .stdout(Stdio::null())
        .status()
        .expect("curl");
    assert!(status.success());
    started.elapsed()
}
