//! Large files, many at once: what they cost in memory, and what remains of them.

use crate::engine::program::{Program, command};
use crate::engine::strait::strait;
use crate::engine::{PATIENCE, Rig, eventually, until_shown};
use okdesk_sdk::testing::Fault as DeskFault;
use std::path::Path;
use std::time::Duration;
use tg_bridge::demo::bot_api::{Fault, FaultRule, User};

const FILES: i64 = 10;
/// Telegram takes 50 MB from a bot and gives it 20.
const OUT: usize = 49 * 1024 * 1024;
const IN: usize = 19 * 1024 * 1024;
/// What the program may have in memory, in KiB.
const MEMORY: u64 = 256 * 1024;
/// Half a gigabyte is carried, by programs that were built for tests.
const LONG: Duration = Duration::from_secs(180);

/// The most memory the program has had since it was last asked to forget it, in KiB.
fn peak(program: &Program) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", program.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.unwrap()
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .unwrap()
}

fn forget_peak(program: &Program) {
    std::fs::write(format!("/proc/{}/clear_refs", program.id()), "5").unwrap();
}

/// Temporary files: those with a name, and those without one that are still open.
fn remains(program: &Program, folder: &Path) -> Vec<String> {
    let named = std::fs::read_dir(folder).unwrap();
    let named = named.map(|entry| entry.unwrap().path().display().to_string());
    let open = std::fs::read_dir(format!("/proc/{}/fd", program.id())).unwrap();
    let open = open
        .filter_map(|entry| std::fs::read_link(entry.unwrap().path()).ok())
        .map(|place| place.display().to_string())
        .filter(|place| place.starts_with(&folder.display().to_string()));
    named.chain(open).collect()
}

async fn until(what: impl Fn() -> bool) {
    let happened = tokio::time::timeout(LONG, async {
        while !what() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    happened.await.expect("it did not happen");
}

/// Writes a ticket with a large file and sends it.
async fn submit(user: &User) {
    let asked = user.chat().from_now();
    user.press("new").unwrap();
    asked
        .wait_for(|message| message.has_callback("cancel"), PATIENCE)
        .await
        .unwrap();
    user.caption("Не печатает")
        .send_document("фильм.bin", "application/octet-stream", vec![7; IN]);
    asked
        .wait_for(|message| message.has_callback("submit"), PATIENCE)
        .await
        .unwrap();
    user.press("submit").unwrap();
}

/// The sizes of the files that are with issues in Okdesk.
fn with_issues(rig: &Rig) -> Vec<u64> {
    let all = rig.okdesk.snapshot();
    let issues = all["issues"].as_array().unwrap().clone();
    let files = issues
        .iter()
        .flat_map(|issue| issue["attachments"].as_array().unwrap().clone());
    files
        .map(|file| file["attachment_file_size"].as_u64().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn fil_12_ten_large_files_at_once_stay_out_of_memory_and_leave_nothing_behind() {
    let rig = Rig::new().await;
    let all = usize::try_from(FILES).unwrap();
    let telegram = strait(rig.telegram.url(), all).await;
    let rig = rig.with("TELEGRAM_API_URL", telegram);
    let folder = tempfile::tempdir().unwrap();
    let start = async |failpoint: &str| {
        let mut command = command(&rig, &["run"]);
        command
            .env("TMPDIR", folder.path())
            .env("FAILPOINT", failpoint);
        Program::spawn(command).await
    };
    let program = start("").await;
    let clients: Vec<_> = (501..501 + FILES)
        .map(|id| rig.client(id, "Анна"))
        .collect();
    for (user, _) in &clients {
        rig.register(user).await;
    }
    rig.okdesk.add_webhook(program.webhook());

    // From the desk to the clients, the first of them by a second try.
    rig.telegram
        .faults()
        .add(FaultRule::new(Fault::Drop).method("sendDocument").times(1));
    forget_peak(&program);
    let staff = rig.okdesk.staff("Пётр");
    for (_, contact) in &clients {
        let issue = rig.okdesk.account().issue("Принтер").contact(*contact);
        let issue = issue.create();
        let film = ("фильм.bin", vec![7; OUT]);
        staff.add_files(issue, true, [film]).unwrap();
    }
    until(|| {
        let calls = rig.telegram.calls_of("sendDocument");
        calls.iter().filter(|call| call.status == 200).count() == all
    })
    .await;
    assert!(peak(&program) < MEMORY, "{} KiB", peak(&program));
    eventually(|| remains(&program, folder.path()).is_empty().then_some(())).await;

    // From the clients to the desk, one of them by a second try.
    rig.okdesk
        .faults()
        .on("issues.create")
        .once(DeskFault::DropMidUpload(1024 * 1024));
    forget_peak(&program);
    let before = with_issues(&rig).len();
    for (user, _) in &clients {
        submit(user).await;
    }
    until(|| with_issues(&rig).len() == before + all).await;
    assert!(peak(&program) < MEMORY, "{} KiB", peak(&program));
    eventually(|| remains(&program, folder.path()).is_empty().then_some(())).await;
    program.stop().await;

    // Killed with a file in its hands.
    let (user, _) = &clients[0];
    until_shown(user, "№").await;
    user.send_text("/menu");
    let program = start("file.leaving:kill:1").await;
    crate::engine::offered(user, "new").await;
    submit(user).await;
    let (status, _) = program.ended(PATIENCE).await;
    assert!(!status.success());
    let program = start("").await;
    until(|| with_issues(&rig).len() == before + all + 1).await;
    eventually(|| remains(&program, folder.path()).is_empty().then_some(())).await;
    program.stop().await;
    let mut sizes = with_issues(&rig);
    sizes.sort_unstable();
    let expected = [vec![IN as u64; all + 1], vec![OUT as u64; all]].concat();
    assert_eq!(sizes, expected);
}
