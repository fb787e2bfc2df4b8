//! A copy of the database, taken while the bridge works, and a bridge that goes on from it elsewhere.

use crate::engine::program::run;
use crate::engine::{Rig, echo, eventually, said, until_said};
use std::os::unix::fs::PermissionsExt as _;
use tg_bridge::demo::bot_api::{Fault, FaultRule};

#[tokio::test(flavor = "multi_thread")]
async fn ops_09_a_bridge_goes_on_from_a_copy_and_repeats_nothing_older_more_than_once() {
    let rig = Rig::new().await;
    let users: Vec<_> = (101..111).map(|id| rig.telegram.user(id, "Анна")).collect();
    let bridge = rig.start(echo).await;
    for user in &users {
        user.send_text("до копии");
    }
    for user in &users {
        until_said(user, "до копии").await;
    }
    // Some of it is on its way while the copy is made.
    rig.telegram
        .faults()
        .add(FaultRule::new(Fault::Delay(300)).method("sendMessage"));
    for user in &users {
        user.send_text("во время копии");
    }
    eventually(|| (rig.telegram.calls_of("sendMessage").len() > users.len()).then_some(())).await;
    let copy = rig.database().with_file_name("copy.db");
    let made = run(&rig, &["backup", "copy.db"]).await;
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    assert!(copy.exists());
    assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    rig.telegram.faults().clear();
    for user in &users {
        until_said(user, "во время копии").await;
    }
    bridge.stop().await;

    // Another machine: nothing of the old database is there.
    let elsewhere = tempfile::tempdir().unwrap();
    let place = elsewhere.path().join("restored.db");
    std::fs::copy(&copy, &place).unwrap();
    std::fs::remove_file(rig.database()).unwrap();
    let rig = rig.with("DATABASE_URL", format!("sqlite:{}", place.display()));
    let bridge = rig.start(echo).await;
    for user in &users {
        user.send_text("после");
    }
    for user in &users {
        until_said(user, "после").await;
    }
    // In steps: a minute at once would end the lease of whoever has just sent something and not noted it.
    crate::engine::until_stored(async || {
        rig.hurry();
        let pressure = bridge.store().pressure().await.unwrap();
        (pressure.waiting_in + pressure.waiting_out == 0).then_some(())
    })
    .await;
    bridge.stop().await;
    for user in &users {
        assert_eq!(
            said(user, "до копии"),
            1,
            "what was done before the copy is not repeated"
        );
        assert!(
            (1..=2).contains(&said(user, "во время копии")),
            "once more at most"
        );
        assert_eq!(said(user, "после"), 1);
    }
}

#[tokio::test]
async fn ops_09_a_copy_is_never_written_over_another_file_and_leaves_no_half() {
    let rig = Rig::new().await;
    rig.start(echo).await.stop().await;
    let there = rig.database().with_file_name("letters.db");
    std::fs::write(&there, "letters").unwrap();
    for (to, words) in [
        ("letters.db", "is there already"),
        ("no/such/folder/copy.db", "cannot be written"),
    ] {
        let refused = run(&rig, &["backup", to]).await;
        let told = String::from_utf8(refused.stderr).unwrap();
        assert!(!refused.status.success());
        assert!(told.contains(words), "{told}");
    }
    assert_eq!(std::fs::read_to_string(&there).unwrap(), "letters");
    let halves = std::fs::read_dir(there.parent().unwrap())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().path().extension() == Some("part".as_ref()))
        .count();
    assert_eq!(halves, 0);

    // Without a database there is nothing to copy, and none is made.
    std::fs::remove_file(rig.database()).unwrap();
    let refused = run(&rig, &["backup", "copy.db"]).await;
    assert!(!refused.status.success());
    assert!(!rig.database().exists());
    assert!(!rig.database().with_file_name("copy.db").exists());

    let server = rig.with("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none");
    let refused = run(&server, &["backup", "copy.db"]).await;
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(told.contains("pg_dump"), "{told}");
}
