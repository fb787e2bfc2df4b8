//! The programs of `examples/`, run as programs against the simulator.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::large_futures,
    reason = "a test stops at the first surprise"
)]

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::SystemTime;

use okdesk_sdk::testing::Simulator;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use tokio::sync::OnceCell;

/// `cargo test` builds the examples along with the tests; `cargo test --test examples` does not, nor builds it old ones anew.
async fn built() -> &'static Path {
    static FOLDER: OnceCell<PathBuf> = OnceCell::const_new();
    let folder = FOLDER.get_or_init(async || {
        let this = std::env::current_exe().unwrap();
        let folder = this.ancestors().nth(2).unwrap().join("examples");
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let newest = changed(&here.join("src")).max(changed(&here.join("../examples")));
        let names = std::fs::read_dir(here.join("../examples")).unwrap();
        let names = names.map(|entry| entry.unwrap().path());
        let is_old = |name: &Path| {
            let built = folder.join(name.file_stem().unwrap()).metadata();
            built.map_or(true, |built| built.modified().unwrap() < newest)
        };
        if names
            .filter(|name| !is_of_webhooks(name))
            .any(|name| is_old(&name))
        {
            let mut build = Command::new(env!("CARGO"));
            build.args(["build", "--quiet", "--examples", "-p", "okdesk-sdk"]);
            build.args(["--features", "testing"]).current_dir(here);
            assert!(build.status().await.unwrap().success());
        }
        folder
    });
    folder.await
}

/// When anything in the folder last changed.
fn changed(folder: &Path) -> SystemTime {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let times = entries.map(|path| {
        if path.is_dir() {
            changed(&path)
        } else {
            path.metadata().unwrap().modified().unwrap()
        }
    });
    times.max().unwrap_or(SystemTime::UNIX_EPOCH)
}

/// Those of the sibling crate are run there.
fn is_of_webhooks(path: &Path) -> bool {
    let name = path.file_name().unwrap().to_string_lossy();
    name.starts_with("webhook")
}

async fn start(name: &str, arguments: &[&str], okdesk: Option<&Simulator>) -> Command {
    let mut program = Command::new(built().await.join(name));
    program.args(arguments).kill_on_drop(true);
    if let Some(okdesk) = okdesk {
        program.env("OKDESK_API_URL", okdesk.url().as_str());
        program.env("OKDESK_API_TOKEN", okdesk.token());
    }
    program
}

/// What the program said, after it has ended well.
async fn run(name: &str, arguments: &[&str], okdesk: &Simulator) -> Output {
    let mut program = start(name, arguments, Some(okdesk)).await;
    let output = program.output().await.unwrap();
    let shown = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{name}: {shown}");
    assert!(!shown.contains(okdesk.token()), "{shown}");
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn blocking_lists_the_statuses() {
    let okdesk = Simulator::start().await;
    let said = text(&run("blocking", &[], &okdesk).await.stdout);
    assert!(
        said.lines().any(|line| line == "opened       Открыта"),
        "{said}"
    );
}

#[tokio::test]
async fn create_issue_sends_the_files_and_says_the_number() {
    let okdesk = Simulator::start().await;
    let folder = tempfile::tempdir().unwrap();
    let photo = folder.path().join("photo.txt");
    std::fs::write(&photo, "smoke").unwrap();
    let arguments = ["No paper", photo.to_str().unwrap()];
    let output = run("create-issue", &arguments, &okdesk).await;
    let issue = &okdesk.snapshot()["issues"][0];
    assert_eq!(text(&output.stdout), format!("issue {}\n", issue["id"]));
    assert!(text(&output.stderr).contains("100 %"));
    assert_eq!(issue["title"], "No paper");
    let file = issue["attachments"][0]["id"].as_u64().unwrap();
    let (name, content) = okdesk.file(file.into()).unwrap();
    assert_eq!((name.as_str(), &content[..]), ("photo.txt", &b"smoke"[..]));
}

#[tokio::test]
async fn custom_transport_shows_what_was_asked_without_the_token() {
    let okdesk = Simulator::start().await;
    let said = text(&run("custom-transport", &[], &okdesk).await.stdout);
    assert!(said.contains("/api/v1/issues/count?opened=true"), "{said}");
    assert!(
        said.contains("IssueId(3)") && !said.contains("api_token"),
        "{said}"
    );
}

#[tokio::test]
async fn download_files_takes_those_of_issue_and_comments() {
    let okdesk = Simulator::start().await;
    let issue = okdesk
        .account()
        .issue("x")
        .attach("a.txt", "of the issue")
        .create();
    let ivan = okdesk.staff("Иван Соколов");
    ivan.comment(issue, "x")
        .attach("a.txt", "of the comment")
        .send()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let arguments = [
        issue.to_string(),
        folder.path().to_str().unwrap().to_owned(),
    ];
    let arguments = arguments.each_ref().map(String::as_str);
    run("download-files", &arguments, &okdesk).await;
    let mut files: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| text(&std::fs::read(entry.unwrap().path()).unwrap()))
        .collect();
    files.sort();
    assert_eq!(files, ["of the comment", "of the issue"]);
}

#[tokio::test]
async fn drift_report_finds_nothing_new_in_the_simulator() {
    let okdesk = Simulator::builder().seed(okdesk_sdk::testing::Seed::Demo);
    let okdesk = okdesk.start().await;
    let output = run("drift-report", &[], &okdesk).await;
    assert_eq!(
        (text(&output.stdout).as_str(), text(&output.stderr).as_str()),
        ("", "0 differences\n")
    );
    assert!(okdesk.recorder().count("comments.list") >= 5);
}

#[tokio::test]
async fn export_issues_writes_a_table_that_survives_commas_and_quotes() {
    let okdesk = Simulator::start().await;
    let company = okdesk.account().company("Romashka, \"best\"").create();
    okdesk
        .account()
        .issue("Paper, ink")
        .company(company)
        .create();
    let output = run("export-issues", &["2000-01-01", "2100-01-01"], &okdesk).await;
    let table = text(&output.stdout);
    let [head, row] = table.lines().collect::<Vec<_>>()[..] else {
        panic!("{table}")
    };
    assert_eq!(head, "id,created,status,company,title");
    assert!(
        row.ends_with(r#",opened,"Romashka, ""best""","Paper, ink""#),
        "{row}"
    );
    assert!(text(&output.stderr).contains("1 of 1"));
}

#[tokio::test]
async fn mirror_goes_on_where_it_stopped() {
    let okdesk = Simulator::start().await;
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state.txt");
    let again = async || {
        text(
            &run("mirror", &[state.to_str().unwrap()], &okdesk)
                .await
                .stdout,
        )
    };
    let old = okdesk.account().issue("old").create();
    assert_eq!(again().await, format!("{old} old\n"));
    assert_eq!(again().await, "");
    okdesk.clock().advance(std::time::Duration::from_secs(5));
    let new = okdesk.account().issue("new").create();
    assert_eq!(again().await, format!("{new} new\n"));
}

#[tokio::test]
async fn okdesk_sim_answers_until_it_is_stopped() {
    let arguments = [
        "--port",
        "0",
        "--files-port",
        "0",
        "--token",
        "secret",
        "--seed",
        "empty",
    ];
    let mut program = start("okdesk-sim", &arguments, None).await;
    let mut program = program.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
    let first = lines.next_line().await.unwrap().expect("an address");
    let url = first.split_whitespace().last().unwrap();
    let client = okdesk_sdk::Client::new(url, "secret").unwrap();
    client.issues().create("x").await.unwrap();
    assert_eq!(client.issues().ids().await.unwrap().len(), 1);
    program.kill().await.unwrap();
}
