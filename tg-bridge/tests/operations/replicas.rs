//! Several bridges on one PostgreSQL: they share the work, take over from one another, and agree on who polls.

use crate::engine::postgres::postgres_database;
use crate::engine::{PATIENCE, Rig, echo, eventually, hurrying, said, until_said, until_stored};
use serde_json::json;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tg_bridge::demo::bot_api::{Fault, FaultRule, User};
use tg_bridge::run::Bridge;
use tg_bridge::store::{self, Clock, Hop, NewItem};
use tg_bridge::telegram::ChatId;
use tokio::net::{TcpListener, TcpStream};

fn users(rig: &Rig, count: i64) -> Vec<User> {
    (0..count)
        .map(|n| rig.telegram.user(1_000 + n, "Анна"))
        .collect()
}

async fn three(rig: &Rig) -> [Bridge; 3] {
    // All at the same time, as a deployment starts them.
    let start = || Box::pin(rig.try_start(echo));
    let (one, two, three) = tokio::join!(start(), start(), start());
    [one.unwrap(), two.unwrap(), three.unwrap()]
}

/// How many effects a bridge has carried out.
async fn delivered(rig: &Rig, bridge: &Bridge) -> u64 {
    number(rig, bridge, "tg_bridge_deliveries_total{result=\"done\"} ").await
}

fn texts(user: &User) -> Vec<String> {
    let messages = user.chat().from_bot();
    messages.into_iter().map(|m| m.text).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn ops_01_replicas_share_the_work_and_one_of_them_polls() {
    let Some(database) = postgres_database().await else {
        return;
    };
    let rig = Rig::new().await.with("DATABASE_URL", &database.url);
    // Slow enough that one alone has no place for all.
    rig.telegram
        .faults()
        .add(FaultRule::new(Fault::Delay(400)).method("sendMessage"));
    let bridges = Box::pin(three(&rig)).await;
    let users = users(&rig, 100);
    for user in &users {
        user.send_text("раз");
        user.send_text("два");
    }
    for user in &users {
        until_said(user, "два").await;
    }
    for user in &users {
        assert_eq!(texts(user), ["раз", "два"], "in order, each once");
    }
    let mut shares = Vec::new();
    for bridge in &bridges {
        shares.push(delivered(&rig, bridge).await);
    }
    assert!(shares.iter().all(|share| *share > 0), "{shares:?}");
    let refused: Vec<_> = rig
        .telegram
        .calls_of("getUpdates")
        .into_iter()
        .filter(|call| call.status != 200 && call.status != 0)
        .collect();
    assert!(refused.is_empty(), "two asked at once: {refused:?}");
    for bridge in bridges {
        bridge.stop().await;
    }
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ops_01_what_a_dead_replica_held_is_taken_over_and_so_is_polling() {
    let Some(database) = postgres_database().await else {
        return;
    };
    let rig = Rig::new().await.with("DATABASE_URL", &database.url);
    let users = users(&rig, 10);
    let dying = rig.try_start(echo).await.unwrap();
    // These calls never end; only whoever made them can give them up.
    rig.telegram
        .faults()
        .add(FaultRule::new(Fault::Hang).method("sendMessage").times(10));
    for user in &users {
        user.send_text("раз");
        user.send_text("два");
    }
    // All of it is in the hands of the first one when it dies.
    eventually(|| (rig.telegram.calls_of("sendMessage").len() >= users.len()).then_some(())).await;
    let (second, third) = (
        rig.try_start(echo).await.unwrap(),
        rig.try_start(echo).await.unwrap(),
    );
    drop(dying);

    // Who polls now needs no waiting for a lease; what was in work does.
    let late = rig.telegram.user(2_000, "Борис");
    late.send_text("кто здесь?");
    until_said(&late, "кто здесь?").await;
    hurrying(&rig, || {
        users.iter().all(|user| said(user, "два") > 0).then_some(())
    })
    .await;
    for user in &users {
        assert_eq!(texts(user), ["раз", "два"], "in order, each once");
    }
    for bridge in [second, third] {
        bridge.stop().await;
    }
    database.drop().await;
}

/// Hands each connection to the next address in turn, as a balancer does.
async fn balance(listener: TcpListener, addresses: Vec<SocketAddr>) {
    for address in addresses.into_iter().cycle() {
        let Ok((mut from, _)) = listener.accept().await else {
            return;
        };
        tokio::spawn(async move {
            if let Ok(mut to) = TcpStream::connect(address).await {
                let _ = tokio::io::copy_bidirectional(&mut from, &mut to).await;
            }
        });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ops_01_telegram_may_bring_updates_to_all_replicas() {
    let Some(database) = postgres_database().await else {
        return;
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let front = format!("http://{}/telegram/updates", listener.local_addr().unwrap());
    let rig = Rig::new()
        .await
        .with("DATABASE_URL", &database.url)
        .with("TELEGRAM_WEBHOOK_URL", &front)
        .with("TELEGRAM_WEBHOOK_SECRET", "the_secret_of_telegram");
    let bridges = Box::pin(three(&rig)).await;
    let balancer = tokio::spawn(balance(
        listener,
        bridges.iter().map(Bridge::addr).collect(),
    ));
    let users = users(&rig, 20);
    for user in &users {
        user.send_text("раз");
    }
    for user in &users {
        until_said(user, "раз").await;
    }
    assert!(rig.telegram.calls_of("getUpdates").is_empty());

    // Telegram repeats what was not answered in time, and the repetition may come to another replica.
    let update = json!({"update_id": 900_000, "message": {"message_id": 1, "date": 1, "text": "сам",
        "chat": {"id": 1_000, "type": "private"}, "from": {"id": 1_000, "first_name": "Анна"}}});
    let posts = bridges.iter().cycle().take(6).map(|bridge| {
        let request = rig
            .http
            .post(format!("http://{}/telegram/updates", bridge.addr()))
            .header("X-Telegram-Bot-Api-Secret-Token", "the_secret_of_telegram");
        request.body(update.to_string()).send()
    });
    for answer in futures_util::future::join_all(posts).await {
        assert_eq!(answer.unwrap().status().as_u16(), 200);
    }
    until_said(&users[0], "сам").await;
    users[0].send_text("конец");
    until_said(&users[0], "конец").await;
    assert_eq!(texts(&users[0]), ["раз", "сам", "конец"]);
    balancer.abort();
    for bridge in bridges {
        bridge.stop().await;
    }
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ops_05_every_replica_knows_whether_telegram_answers_the_one_that_polls() {
    let Some(database) = postgres_database().await else {
        return;
    };
    let rig = Rig::new().await.with("DATABASE_URL", &database.url);
    let bridges = Box::pin(three(&rig)).await;
    let user = rig.telegram.user(1_000, "Анна");
    user.send_text("раз");
    until_said(&user, "раз").await;
    let fault = FaultRule::new(Fault::Drop).method("getUpdates");
    rig.telegram.faults().add(fault);
    rig.clock.advance(Duration::from_secs(240));
    for bridge in &bridges {
        let silent = async || {
            let (status, body) = rig.get(bridge, "/health/ready").await;
            (status == 503 && body.contains("Telegram has not answered")).then_some(())
        };
        until_stored(silent).await;
    }
    rig.telegram.faults().clear();
    // A poll that has something to bring ends at once.
    user.send_text("два");
    for bridge in &bridges {
        let well = async || {
            let (status, _) = rig.get(bridge, "/health/ready").await;
            (status == 200).then_some(())
        };
        until_stored(well).await;
    }
    for bridge in bridges {
        bridge.stop().await;
    }
    database.drop().await;
}

/// A number of a bridge's page.
async fn number(rig: &Rig, bridge: &Bridge, series: &str) -> u64 {
    let (_, page) = rig.get(bridge, "/metrics").await;
    let line = page.lines().find_map(|line| line.strip_prefix(series));
    line.unwrap().trim().parse().unwrap()
}

async fn until_counted(rig: &Rig, bridges: &[Bridge]) {
    for bridge in bridges {
        until_stored(async || {
            let counted = number(rig, bridge, "tg_bridge_replicas ").await;
            (counted == bridges.len() as u64).then_some(())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_together_keep_to_thirty_messages_a_second() {
    let Some(database) = postgres_database().await else {
        return;
    };
    let rig = Rig::new().await.with("DATABASE_URL", &database.url);
    let bridges = Box::pin(three(&rig)).await;
    until_counted(&rig, &bridges).await;
    let users = users(&rig, 120);
    let begun = Instant::now();
    for user in &users {
        user.send_text("раз");
    }
    for user in &users {
        until_said(user, "раз").await;
    }
    // Thirty at once and thirty more each second. Alone each of them would take thirty; all would be through in two.
    assert!(
        begun.elapsed() >= Duration::from_secs(3),
        "{:?}",
        begun.elapsed()
    );
    let [one, two, three] = bridges;
    three.stop().await;
    let left = [one, two];
    until_counted(&rig, &left).await;
    for bridge in left {
        bridge.stop().await;
    }
    database.drop().await;
}

#[tokio::test]
async fn replicas_tell_one_another_of_work_and_a_guest_tells_them_too() {
    let Some(database) = postgres_database().await else {
        return;
    };
    let one = store::open(&database.url, Clock::default()).await.unwrap();
    let two = store::open(&database.url, Clock::default()).await.unwrap();
    let item = |number| NewItem::update(number, Some(ChatId(number)), "{}".into());
    one.accept(vec![item(1)]).await.unwrap();
    for hop in Hop::ALL {
        tokio::time::timeout(PATIENCE, two.work(hop).notified())
            .await
            .expect("nobody told");
    }
    let batch = two
        .claim(Hop::In, 1, Duration::from_secs(30))
        .await
        .unwrap()
        .batches
        .remove(0);
    let dead = tg_bridge::store::Verdict::Dead { error: "no".into() };
    two.settle(&batch.lease, batch.items[0].id, dead.into())
        .await
        .unwrap();
    two.release(&batch.lease).await.unwrap();

    let guest = store::open_beside(&database.url, Clock::default())
        .await
        .unwrap();
    assert!(guest.revive(batch.items[0].id).await.unwrap());
    guest.close().await;
    tokio::time::timeout(PATIENCE, one.work(Hop::In).notified())
        .await
        .expect("the guest told nobody");
    one.close().await;
    two.close().await;
    database.drop().await;
}

#[tokio::test]
async fn the_lead_is_held_by_one_and_free_when_its_holder_is_gone() {
    let Some(database) = postgres_database().await else {
        return;
    };
    let one = store::open(&database.url, Clock::default()).await.unwrap();
    let two = store::open(&database.url, Clock::default()).await.unwrap();
    for _ in 0..2 {
        assert!(one.lead("poll").await.unwrap());
        assert!(!two.lead("poll").await.unwrap());
    }
    assert!(two.lead("reconcile").await.unwrap(), "each for itself");
    // As if its connection was cut: nobody gave the lead back.
    let mut admin = <sqlx::PgConnection as sqlx::Connection>::connect(&database.url)
        .await
        .unwrap();
    let cut = sqlx::query(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'
         AND ((classid::bigint << 32) | objid::bigint) = hashtextextended('tg-bridge ' || current_schema() || ' poll', 0)",
    );
    let cut = sqlx::Executor::fetch_all(&mut admin, cut).await.unwrap();
    assert_eq!(cut.len(), 1);
    let taken = tokio::time::timeout(PATIENCE, async {
        while !matches!(two.lead("poll").await, Ok(true)) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    taken.await.unwrap();
    assert!(!matches!(one.lead("poll").await, Ok(true)));
    two.close().await;
    let taken = tokio::time::timeout(PATIENCE, async {
        while !matches!(one.lead("poll").await, Ok(true)) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    taken.await.unwrap();
    one.close().await;
    database.drop().await;
}
