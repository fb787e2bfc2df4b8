//! Promises of the store that only a mishap of PostgreSQL's kind can break, each with its control: the same test in a
//! program in which the promise is broken on purpose must notice it.

use crate::engine::PATIENCE;
use crate::engine::postgres::postgres_database;
use crate::engine::wire::{Arrives, Wire};
use sqlx::Connection as _;
use std::time::{Duration, Instant};
use tg_bridge::failpoint::Sabotage;
use tg_bridge::reaction::{Event, Timer};
use tg_bridge::store::{self, Batch, Clock, Hop, NewItem, Settle, Verdict};
use tg_bridge::telegram::ChatId;

fn item(number: i64) -> NewItem {
    NewItem::update(number, Some(ChatId(7)), number.to_string())
}

/// Runs a test of this program again while a promise is broken. It must fail, and for this reason.
async fn is_noticed(test: &str, sabotage: Sabotage, reason: &str) {
    if std::env::var("TEST_POSTGRES_URL").is_err() && std::env::var("CI").is_err() {
        return;
    }
    let again = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test])
        .env("SABOTAGE", sabotage.name())
        .output();
    let ended = tokio::time::timeout(PATIENCE, again)
        .await
        .unwrap()
        .unwrap();
    let told = String::from_utf8_lossy(&ended.stdout);
    assert!(
        !ended.status.success() && told.contains(reason),
        "{sabotage:?} goes unnoticed: {told}"
    );
}

/// Who waits for the one that asks.
const HELD_UP: &str = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))";

async fn until_held_up(by: &mut sqlx::PgConnection, question: &'static str) {
    let begun = Instant::now();
    while 0
        == sqlx::query_scalar::<_, i64>(question)
            .fetch_one(&mut *by)
            .await
            .unwrap()
    {
        assert!(begun.elapsed() < PATIENCE, "nobody waits");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

const OUT_OF_ORDER: &str = "not in the order of the commits";

#[tokio::test]
async fn a_lane_keeps_the_order_in_which_its_items_were_committed() {
    let Some(database) = postgres_database().await else {
        return;
    };
    let store = store::open(&database.url, Clock::default()).await.unwrap();
    store.advance("cursor", "0".into(), vec![]).await.unwrap();
    let mut other = sqlx::PgConnection::connect(&database.url).await.unwrap();
    let mut other = other.begin().await.unwrap();
    sqlx::query("SELECT FROM meta WHERE key = 'cursor' FOR UPDATE")
        .execute(&mut *other)
        .await
        .unwrap();
    // The first to begin is the last to commit.
    let first = tokio::spawn({
        let store = store.clone();
        async move { store.advance("cursor", "1".into(), vec![item(1)]).await }
    });
    until_held_up(&mut other, HELD_UP).await;
    let second = store.advance("another", "1".into(), vec![item(2)]);
    second.await.unwrap();
    other.rollback().await.unwrap();
    first.await.unwrap().unwrap();
    let claimed = store.claim(Hop::In, 1, PATIENCE).await.unwrap();
    let lane: Vec<_> = claimed.batches[0]
        .items
        .iter()
        .map(|item| item.body.clone())
        .collect();
    store.close().await;
    database.drop().await;
    assert_eq!(lane, ["2", "1"], "{OUT_OF_ORDER}");
}

#[tokio::test]
async fn control_a_number_handed_out_before_the_commit_is_noticed() {
    is_noticed(
        "promises::a_lane_keeps_the_order_in_which_its_items_were_committed",
        Sabotage::GlobalSeq,
        OUT_OF_ORDER,
    )
    .await;
}

#[tokio::test]
async fn an_end_told_again_while_the_first_is_being_committed_counts_once() {
    let Some(database) = postgres_database().await else {
        return;
    };
    let store = store::open(&database.url, Clock::default()).await.unwrap();
    store.accept(vec![item(1), item(2)]).await.unwrap();
    let mut claimed = store.claim(Hop::In, 1, PATIENCE).await.unwrap();
    let Batch { lease, items } = claimed.batches.remove(0);
    let mut other = sqlx::PgConnection::connect(&database.url).await.unwrap();
    let mut other = other.begin().await.unwrap();
    sqlx::query("INSERT INTO lane (hop, key, next_at, pending) VALUES ('in', 'follows', 0, 0)")
        .execute(&mut *other)
        .await
        .unwrap();
    // The first end waits with what follows from it, the second one for the first.
    let follows = Event::Timer(Timer::Quiet(ChatId(8)));
    let follow = vec![NewItem::event("follows".into(), &follows).unwrap()];
    let end = |follow| {
        let (store, lease, id) = (store.clone(), lease.clone(), items[0].id);
        let end = Settle {
            follow,
            ..Verdict::Done.into()
        };
        tokio::spawn(async move { store.settle(&lease, id, end).await })
    };
    let first = end(follow);
    until_held_up(&mut other, HELD_UP).await;
    let second = end(vec![]);
    let by_the_first = "SELECT count(*) FROM pg_locks, unnest(pg_blocking_pids(pid)) AS first
         WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(first))";
    until_held_up(&mut other, by_the_first).await;
    other.rollback().await.unwrap();
    for ended in [first, second] {
        assert!(ended.await.unwrap().unwrap());
    }
    store.release(&lease).await.unwrap();
    let claimed = store.claim(Hop::In, 10, PATIENCE).await.unwrap();
    let next = claimed.batches.iter().flat_map(|batch| &batch.items);
    let next = next.filter(|item| item.id == items[1].id).count();
    store.close().await;
    database.drop().await;
    assert_eq!(next, 1, "the next item of the lane is not found any more");
}

const LOST: &str = "what was acknowledged is not there";

#[tokio::test]
async fn whoever_stops_waiting_leaves_no_transaction_open_for_the_next() {
    let Some(database) = postgres_database().await else {
        return;
    };
    let wire = Wire::to(&database.url).await;
    let store = store::open(&wire.url, Clock::default()).await.unwrap();
    let of_own_chat = |number| NewItem::update(number, Some(ChatId(100 + number)), "{}".into());
    let items = (2..40).map(of_own_chat).collect();
    store.accept(items).await.unwrap();
    // The transaction begins, and nobody waits for it any more.
    wire.silence_at("BEGIN", Arrives::Yes);
    {
        let waiting = store.advance("cursor", "1".into(), vec![item(1)]);
        tokio::select! {
            _ = waiting => panic!("it was to wait"),
            () = wire.until_waiting(1) => {}
        }
    }
    wire.heal();
    // A claim takes a connection of the pool, and its statements are no transaction.
    for _ in 2..40 {
        let claimed = store.claim(Hop::In, 1, PATIENCE).await.unwrap();
        assert_eq!(claimed.batches.len(), 1);
    }
    let mut other = sqlx::PgConnection::connect(&database.url).await.unwrap();
    let there: i64 = sqlx::query_scalar("SELECT count(*) FROM lane WHERE lease_until > 0")
        .fetch_one(&mut other)
        .await
        .unwrap();
    store.close().await;
    database.drop().await;
    assert_eq!(there, 38, "{LOST}");
}

#[tokio::test]
async fn control_a_transaction_that_ends_with_its_caller_is_noticed() {
    is_noticed(
        "promises::whoever_stops_waiting_leaves_no_transaction_open_for_the_next",
        Sabotage::BeginInHandler,
        LOST,
    )
    .await;
}
