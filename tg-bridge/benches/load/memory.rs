//! Memory of the program after many events, and with large files on their way.

use super::client::{at_rest, post_all};
use super::engine::program::Program;
use super::engine::strait::strait;
use super::engine::{Rig, SECRET};
use std::time::Duration;

const EVENTS: u64 = 100_000;
const FILES: i64 = 10;
const SIZE: usize = 49 * 1024 * 1024;

/// A line of what the system says of a process, in MiB.
fn status(id: u32, what: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("a process");
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(what))
        .expect("a line");
    let kib: f64 = line
        .trim_matches([':', ' ', '\t', 'k', 'B'])
        .trim()
        .parse()
        .expect("a number");
    kib / 1024.0
}

/// Lets the system count the most memory anew.
fn forget_peak(id: u32) {
    std::fs::write(format!("/proc/{id}/clear_refs"), "5").expect("a process of one's own");
}

pub(crate) fn run() {
    tokio::runtime::Runtime::new()
        .expect("a runtime")
        .block_on(async {
            let rig = Rig::new().await;
            let all = usize::try_from(FILES).expect("small");
            let url = strait(rig.telegram.url(), all).await;
            let rig = rig.with("TELEGRAM_API_URL", url);
            let program = Program::start(&rig).await;
            println!("after the start {:.0} MiB", status(program.id(), "VmRSS"));
            let path: &'static str = format!("/okdesk/webhook/{SECRET}").leak();
            let address = program.address.parse().expect("an address");
            post_all(address, path, EVENTS).await;
            at_rest(address).await;
            println!(
                "after {EVENTS} events {:.0} MiB, at most {:.0} MiB",
                status(program.id(), "VmRSS"),
                status(program.id(), "VmHWM")
            );

            let clients: Vec<_> = (501..501 + FILES)
                .map(|id| rig.client(id, "Анна"))
                .collect();
            for (user, _) in &clients {
                rig.register(user).await;
            }
            rig.okdesk.add_webhook(program.webhook());
            forget_peak(program.id());
            let staff = rig.okdesk.staff("Пётр");
            for (_, contact) in &clients {
                let issue = rig
                    .okdesk
                    .account()
                    .issue("Принтер")
                    .contact(*contact)
                    .create();
                staff
                    .add_files(issue, true, [("фильм.bin", vec![7_u8; SIZE])])
                    .expect("a file");
            }
            loop {
                let calls = rig.telegram.calls_of("sendDocument");
                if calls.iter().filter(|call| call.status == 200).count() >= all {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            println!(
                "{FILES} files of {} MiB on their way at once: at most {:.0} MiB of memory",
                SIZE / 1024 / 1024,
                status(program.id(), "VmHWM")
            );
            program.stop().await;
        });
}
