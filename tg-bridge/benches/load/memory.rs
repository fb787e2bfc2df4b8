//! Memory of the program after many events, and with large files on their way.

use super::client::post_all;
use super::engine::program::Program;
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

async fn settled(rig: &Rig, program: &Program) {
    loop {
        let page = rig
            .http
            .get(format!("http://{}/metrics", program.address))
            .send()
            .await
            .expect("metrics")
            .text()
            .await
            .expect("metrics");
        if page.contains("{hop=\"in\"} 0") && page.contains("{hop=\"out\"} 0") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

pub(crate) fn run() {
    tokio::runtime::Runtime::new()
        .expect("a runtime")
        .block_on(async {
            let rig = Rig::new().await;
            let program = Program::start(&rig).await;
            println!("after the start {:.0} MiB", status(program.id(), "VmRSS"));
            let path: &'static str = format!("/okdesk/webhook/{SECRET}").leak();
            post_all(program.address.parse().expect("an address"), path, EVENTS).await;
            settled(&rig, &program).await;
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
            let mut most = 0.0_f64;
            let all = usize::try_from(FILES).expect("small");
            loop {
                most = most.max(status(program.id(), "VmRSS"));
                let calls = rig.telegram.calls_of("sendDocument");
                let arrived = calls.iter().filter(|call| call.status == 200).count();
                if arrived >= all {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            println!(
                "{FILES} files of {} MiB at once: at most {most:.0} MiB of memory",
                SIZE / 1024 / 1024
            );
            program.stop().await;
        });
}
