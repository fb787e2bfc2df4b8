//! Where the database may not lie: the bridge says why and changes nothing, at the start and later.

use crate::engine::postgres::postgres_database;
use crate::engine::program::{Program, command, command_of, finish, run};
use crate::engine::{Rig, SECRET, echo, eventually, new_comment_hook, until_said};
use serde_json::json;
use sqlx::Connection as _;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Output;
use tokio::process::Command;

/// A rig whose database lies in a folder that is a file system of its own, of so many KiB, in the eyes of the program only.
async fn on_own_disk(rig: &Rig, kib: u32, then: &str) -> Option<Command> {
    let works = std::process::Command::new("unshare")
        .args(["-rm", "mount", "-t", "tmpfs", "tmpfs", "/tmp"])
        .output();
    if !works.is_ok_and(|ran| ran.status.success()) {
        assert!(std::env::var("CI").is_err(), "CI needs mount namespaces");
        // Not by `eprintln`, which the test harness keeps to itself.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: no mount namespaces here, a disk of its own was not tested"
        );
        return None;
    }
    let disk = rig.database().with_file_name("disk");
    std::fs::create_dir(&disk).unwrap();
    let script = format!(
        "mount -t tmpfs -o size={kib}k tmpfs '{disk}' && {then} exec '{program}' run",
        disk = disk.display(),
        program = env!("CARGO_BIN_EXE_tg-bridge"),
    );
    let mut command = command_of(Path::new("unshare"), rig, &["-rm", "sh", "-c", &script]);
    command.env("DATABASE_URL", "sqlite:disk/bridge.db");
    Some(command)
}

fn refusal(ended: &Output) -> String {
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(!ended.status.success(), "{said}");
    said
}

#[tokio::test]
async fn ops_03_a_read_only_place_is_refused_with_the_reason() {
    let rig = Rig::new().await;
    let Some(command) = on_own_disk(&rig, 4096, "mount -o remount,ro disk &&").await else {
        return;
    };
    let said = refusal(&finish(command).await);
    assert!(said.contains("cannot be opened for writing"), "{said}");
    assert!(said.to_lowercase().contains("read-only"), "{said}");
}

/// Gives a file or a folder away to somebody else, as far as that can be done here; the program that finds it so.
fn given_away(rig: &Rig, path: &Path, mode: u32) -> Command {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    // Who is root may write everywhere; in a namespace of his own he is root over his own files only.
    let root = std::os::unix::fs::chown(path, Some(54_321), None).is_ok();
    let program = env!("CARGO_BIN_EXE_tg-bridge");
    let mut command = if root {
        command_of(Path::new("unshare"), rig, &["-r", program, "run"])
    } else {
        command(rig, &["run"])
    };
    command.env("DATABASE_URL", "sqlite:disk/bridge.db");
    command
}

#[tokio::test]
async fn ops_03_a_database_that_may_only_be_read_is_refused_and_stays_as_it_is() {
    let rig = Rig::new().await;
    rig.start(echo).await.stop().await;
    let before = std::fs::read(rig.database()).unwrap();
    let disk = rig.database().with_file_name("disk");

    // Nobody but the program sees its disk, so what is left there is told from inside.
    let there = format!(
        "cp bridge.db disk/ && mount -o remount,ro disk && {{
            '{}' run; ended=$?
            echo 'left there:' >&2; ls -A disk >&2
            cmp bridge.db disk/bridge.db >&2 && echo 'as it was' >&2
            exit $ended
        }};",
        env!("CARGO_BIN_EXE_tg-bridge")
    );
    let Some(command) = on_own_disk(&rig, 4096, &there).await else {
        return;
    };
    let said = refusal(&finish(command).await);
    assert!(said.contains("cannot be opened for writing"), "{said}");
    let (_, left) = said.split_once("left there:\n").expect("it was not looked");
    assert_eq!(left, "bridge.db\nas it was\n", "nothing was made beside it");
    assert_eq!(std::fs::read(rig.database()).unwrap(), before);

    // A place that can be written to, and only the file in it cannot: another one could be made beside it.
    let path = disk.join("bridge.db");
    std::fs::copy(rig.database(), &path).unwrap();
    let said = refusal(&finish(given_away(&rig, &path, 0o444)).await);
    assert!(said.contains("cannot be opened for writing"), "{said}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
    let databases = std::fs::read_dir(&disk).unwrap().filter_map(|entry| {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        // Who uses it and what they share is written beside it, and is no data.
        let is_data = !name.ends_with(".lock") && !name.ends_with("-shm");
        (is_data && entry.metadata().unwrap().len() > 0).then_some(name)
    });
    assert_eq!(databases.collect::<Vec<_>>(), ["bridge.db"]);
}

#[tokio::test]
async fn ops_03_a_full_place_is_refused_with_the_reason() {
    let rig = Rig::new().await;
    let fill = "head -c 60000 /dev/zero > disk/other;";
    let Some(command) = on_own_disk(&rig, 64, fill).await else {
        return;
    };
    let said = refusal(&finish(command).await);
    assert!(said.contains("cannot be opened for writing"), "{said}");
    assert!(said.contains("full") || said.contains("I/O"), "{said}");
}

#[tokio::test]
async fn ops_03_a_place_of_somebody_else_is_refused_with_the_reason() {
    let rig = Rig::new().await;
    let disk = rig.database().with_file_name("disk");
    std::fs::create_dir(&disk).unwrap();
    let command = given_away(&rig, &disk, 0o500);
    let said = refusal(&finish(command).await);
    assert!(said.contains("cannot be opened for writing"), "{said}");
    assert!(said.contains("ermission denied"), "{said}");
    assert!(said.contains("Check the owner"), "{said}");
}

#[tokio::test]
async fn ops_03_a_file_of_another_program_is_left_alone() {
    let rig = Rig::new().await;
    let url = format!("sqlite:{}?mode=rwc", rig.database().display());
    let mut other = sqlx::SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("CREATE TABLE chat (id INTEGER PRIMARY KEY, name TEXT)")
        .execute(&mut other)
        .await
        .unwrap();
    other.close().await.unwrap();
    let before = std::fs::read(rig.database()).unwrap();
    let said = refusal(&run(&rig, &["run"]).await);
    assert!(said.contains("was not made by tg-bridge"), "{said}");
    assert_eq!(std::fs::read(rig.database()).unwrap(), before);

    std::fs::write(rig.database(), "a letter, not a database").unwrap();
    let said = refusal(&run(&rig, &["run"]).await);
    assert!(said.contains("was not made by tg-bridge"), "{said}");
    assert_eq!(
        std::fs::read_to_string(rig.database()).unwrap(),
        "a letter, not a database"
    );
}

#[tokio::test]
async fn ops_03_tables_of_another_program_and_a_read_only_server_are_refused() {
    let Some(database) = postgres_database().await else {
        return;
    };
    let rig = Rig::new().await.with("DATABASE_URL", &database.url);
    let mut other = sqlx::PgConnection::connect(&database.url).await.unwrap();
    for sql in [
        "CREATE TABLE chat (id bigint, name text)",
        "INSERT INTO chat VALUES (1, 'not ours')",
    ] {
        sqlx::query(sql).execute(&mut other).await.unwrap();
    }
    let said = refusal(&run(&rig, &["run"]).await);
    assert!(said.contains("was not made by tg-bridge"), "{said}");
    let tables: i64 =
        sqlx::query_scalar("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()")
            .fetch_one(&mut other)
            .await
            .unwrap();
    assert_eq!(tables, 1, "nothing was made beside it");
    sqlx::query("DROP TABLE chat")
        .execute(&mut other)
        .await
        .unwrap();

    let read_only = format!("{}%20-cdefault_transaction_read_only%3Don", database.url);
    let rig = rig.with("DATABASE_URL", read_only);
    let said = refusal(&run(&rig, &["run"]).await);
    assert!(said.contains("cannot be opened for writing"), "{said}");
    assert!(said.contains("read-only"), "{said}");
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ops_03_a_disk_that_becomes_full_is_told_and_nothing_is_lost() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    let Some(command) = on_own_disk(&rig, 2048, "").await else {
        return;
    };
    let program = Program::spawn(command).await;
    let post = async |number: u64| {
        let body = json!({
            "event": {"event_type": "new_comment", "comment": {"id": number, "is_public": true, "content": "х".repeat(2000)}},
            "issue": {"id": number, "title": "Принтер"}
        });
        let request = rig.http.post(program.webhook()).json(&body);
        request.send().await.unwrap().status().as_u16()
    };
    let ready = async || {
        let answer = rig
            .http
            .get(format!("http://{}/health/ready", program.address))
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    anna.send_text("/start");
    eventually(|| anna.chat().from_bot().first().cloned()).await;
    assert_eq!(post(1).await, 200);

    // The disk as the program sees it.
    let disk = format!(
        "/proc/{}/root{}",
        program.id(),
        rig.database().with_file_name("disk").display()
    );
    let ballast = Path::new(&disk).join("ballast");
    let _ = std::fs::write(&ballast, vec![0; 4 * 1024 * 1024]);
    let mut refused = None;
    for number in 2..200 {
        let status = post(number).await;
        if status != 200 {
            refused = Some((number, status));
            break;
        }
    }
    let (number, status) = refused.expect("the disk was never full");
    assert_eq!(status, 503);
    let told = tokio::time::timeout(crate::engine::PATIENCE, async {
        loop {
            let (status, body) = ready().await;
            if status == 503 {
                return body;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    });
    let told = told.await.unwrap();
    assert!(
        told.contains("cannot be written") && told.contains("full"),
        "{told}"
    );
    let metrics = rig
        .http
        .get(format!("http://{}/metrics", program.address))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(
        metrics.contains("tg_bridge_check_failing{check=\"database\"} 1"),
        "{metrics}"
    );

    std::fs::remove_file(&ballast).unwrap();
    let again = tokio::time::timeout(crate::engine::PATIENCE, async {
        while post(number).await != 200 || ready().await.0 != 200 {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    });
    again.await.expect("it did not recover");
    let copy = rig.database().with_file_name("copy.db");
    for name in ["bridge.db", "bridge.db-wal"] {
        let from = Path::new(&disk).join(name);
        std::fs::copy(from, copy.with_file_name(name.replace("bridge", "copy"))).unwrap();
    }
    program.stop().await;
    let url = format!("sqlite:{}", copy.display());
    let mut db = sqlx::SqliteConnection::connect(&url).await.unwrap();
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM item WHERE dedup GLOB 'comment:*'")
        .fetch_one(&mut db)
        .await
        .unwrap();
    assert_eq!(
        kept,
        i64::try_from(number).unwrap(),
        "each that was acknowledged, once"
    );
}

#[tokio::test]
async fn ops_01_the_same_settings_lead_to_the_same_database_and_the_secret_to_its_door() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    let mut told = Vec::new();
    for words in ["раз", "два"] {
        let bridge = rig.start(echo).await;
        // What was said before the second start is in its database: brought once more, it is known.
        for update in rig.telegram.updates() {
            let number = update["update_id"].as_i64().unwrap();
            assert!(rig.telegram.repeat_update(number));
        }
        anna.send_text(words);
        until_said(&anna, words).await;
        told.push(words);
        let door = bridge.webhook_url();
        assert_eq!(door.path(), format!("/okdesk/webhook/{SECRET}"));
        let hook = new_comment_hook(7, told.len() as u64);
        assert_eq!(rig.post(&bridge, hook.clone()).await, 200);
        let mut shut = door.clone();
        shut.set_path("/okdesk/webhook/another-secret-of-them");
        let post = rig
            .http
            .post(shut)
            .header("content-type", "application/json");
        assert_eq!(post.body(hook).send().await.unwrap().status(), 401);
        bridge.stop().await;
        let said: Vec<_> = anna.chat().from_bot().into_iter().map(|m| m.text).collect();
        assert_eq!(said, told);
        // Its name is the one in the settings, and there is no other.
        let folder = std::fs::read_dir(rig.database().parent().unwrap()).unwrap();
        let databases = folder.filter(|entry| {
            let path = entry.as_ref().unwrap().path();
            path.extension().is_some_and(|ending| ending == "db")
        });
        assert_eq!(databases.count(), 1);
        let url = format!("sqlite:{}", rig.database().display());
        let mut db = sqlx::SqliteConnection::connect(&url).await.unwrap();
        let count = async |db: &mut sqlx::SqliteConnection, which: &str| -> usize {
            let sql = format!("SELECT count(*) FROM item WHERE {which}");
            let count: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
                .fetch_one(db)
                .await
                .unwrap();
            usize::try_from(count).unwrap()
        };
        for kind in ["update", "webhook", "effect"] {
            let of_kind = format!("kind = '{kind}'");
            assert_eq!(count(&mut db, &of_kind).await, told.len(), "{kind}");
        }
        let words = count(&mut db, "state = 'done' AND body <> ''").await;
        assert_eq!(words, 0, "what is done keeps no words");
        db.close().await.unwrap();
    }
}
