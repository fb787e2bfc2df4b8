//! The end of the program, and what its service manager hears from it.

use crate::engine::program::{Program, command};
use crate::engine::{PATIENCE, Rig, eventually, offered, said};
use std::time::Duration;
use tg_bridge::demo::bot_api::{Fault, FaultRule};
use tokio::net::UnixDatagram;

/// How long a stop may take.
const STOP: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
async fn ops_06_either_signal_ends_it_in_time_although_a_call_hangs_and_nothing_is_lost() {
    for signal in ["-TERM", "-INT"] {
        let rig = Rig::new().await;
        let anna = rig.telegram.user(101, "Анна");
        rig.telegram
            .faults()
            .add(FaultRule::new(Fault::Hang).method("sendMessage"));
        let program = Program::start(&rig).await;
        anna.send_text("/start");
        eventually(|| rig.telegram.calls_of("sendMessage").first().cloned()).await;
        program.signal(signal).await;
        let (status, log) = program.ended(STOP).await;
        assert!(status.success(), "{signal}: {status}\n{log}");
        assert!(log.contains("goes back to the queue"), "{log}");
        rig.telegram.faults().clear();
        assert!(anna.chat().from_bot().is_empty());

        // What comes while it is away waits at Telegram; what was cut is found in the queue.
        let program = Program::start(&rig).await;
        let first = offered(&anna, "consent:1").await;
        program.stop().await;
        assert_eq!(said(&anna, &first.text), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ops_06_the_service_manager_hears_when_it_is_ready_alive_and_stopping() {
    let rig = Rig::new().await;
    let path = rig.database().with_file_name("notify");
    let manager = UnixDatagram::bind(&path).unwrap();
    let hear = async || {
        let mut words = [0; 256];
        let heard = tokio::time::timeout(PATIENCE, manager.recv(&mut words));
        let length = heard.await.expect("nothing is told").unwrap();
        String::from_utf8_lossy(&words[..length]).trim().to_owned()
    };
    let mut command = command(&rig, &["run"]);
    command
        .env("NOTIFY_SOCKET", &path)
        .env("WATCHDOG_USEC", "600000");
    let program = Program::spawn(command).await;
    assert_eq!(hear().await, "READY=1");
    let live = format!("http://{}/health/live", program.address);
    assert_eq!(rig.http.get(live).send().await.unwrap().status(), 200);
    for _ in 0..3 {
        assert_eq!(hear().await, "WATCHDOG=1");
    }
    program.signal("-TERM").await;
    let mut last = hear().await;
    while last == "WATCHDOG=1" {
        last = hear().await;
    }
    assert_eq!(last, "STOPPING=1");
    assert!(program.ended(PATIENCE).await.0.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn ops_06_a_token_telegram_does_not_know_ends_it_with_the_reason() {
    let rig = Rig::new().await.with("BOT_TOKEN", "123456:not-the-one");
    let program = Program::spawn(command(&rig, &["run"])).await;
    let (status, log) = program.ended(PATIENCE).await;
    assert!(!status.success());
    assert!(
        log.contains("Telegram does not know this BOT_TOKEN"),
        "{log}"
    );
    assert!(!log.contains("not-the-one"), "{log}");
}
