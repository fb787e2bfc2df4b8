//! What is asked for in the same moment is written together, and each has its own answer.

use super::server::postgres_database;
use super::*;
use futures_util::future::join_all;
use sqlx::Connection as _;

conformance! {
    of_many_that_come_together_each_hears_whether_it_was_new
    of_many_that_end_together_each_hears_whether_it_was_its_to_end
    a_nought_among_the_letters_stops_nobody
}

async fn of_many_that_come_together_each_hears_whether_it_was_new(store: Arc<dyn Store>, _: Clock) {
    let known = (1..=200).filter(|id| id % 3 == 0).map(|id| update(id, id));
    store.accept(known.collect()).await.unwrap();
    // Every one twice, and every second by two.
    let asked = (1..=200).map(|id| vec![update(id, id); 1 + (id % 2) as usize]);
    let asked: Vec<_> = asked.clone().chain(asked).collect();
    let new = join_all(asked.into_iter().map(|items| store.accept(items))).await;
    let new: Vec<_> = new.into_iter().map(Result::unwrap).collect();
    let (first, again) = new.split_at(200);
    for (id, (first, again)) in (1..).zip(first.iter().zip(again)) {
        assert_eq!(first + again, usize::from(id % 3 != 0), "{id}");
    }
    let claimed = store.claim(Hop::In, 1_000, LEASE).await.unwrap();
    assert_eq!(claimed.batches.len(), 200);
    assert!(claimed.batches.iter().all(|batch| batch.items.len() == 1));
}

async fn of_many_that_end_together_each_hears_whether_it_was_its_to_end(
    store: Arc<dyn Store>,
    clock: Clock,
) {
    let items = (1..=60).map(|id| update(id, id % 30)).collect();
    store.accept(items).await.unwrap();
    let claimed = store.claim(Hop::In, 100, LEASE).await.unwrap();
    let (late, held) = claimed.batches.split_at(10);
    clock.advance(LEASE / 2);
    for batch in held {
        assert!(store.extend(&batch.lease).await.unwrap());
    }
    clock.advance(LEASE / 2 + Duration::from_secs(1));
    let taken_over = store.claim(Hop::In, 100, LEASE).await.unwrap();
    assert_eq!(taken_over.batches.len(), late.len());
    let end = |batch: &tg_bridge::store::Batch| {
        let settle = Settle {
            next: Some(batch.items[1].id),
            ..Verdict::Done.into()
        };
        store.settle(&batch.lease, batch.items[0].id, settle)
    };
    let ours = join_all(claimed.batches.iter().map(end)).await;
    for (batch, ours) in claimed.batches.iter().zip(ours) {
        assert_eq!(ours.unwrap(), held.contains(batch), "{batch:?}");
    }
    for batch in claimed.batches.iter().chain(&taken_over.batches) {
        store.release(&batch.lease).await.unwrap();
    }
    let left = store.claim(Hop::In, 100, LEASE).await.unwrap();
    let begun = |batch: &tg_bridge::store::Batch| {
        let begun = batch.items.iter().map(|item| item.started_at.is_some());
        begun.collect::<Vec<_>>()
    };
    let left: Vec<_> = left.batches.iter().map(begun).collect();
    let ended = left.iter().filter(|begun| **begun == [true]).count();
    let not = left
        .iter()
        .filter(|begun| **begun == [false, false])
        .count();
    assert_eq!((ended, not), (20, 10), "{left:?}");
}

/// PostgreSQL cannot write it.
async fn a_nought_among_the_letters_stops_nobody(store: Arc<dyn Store>, _: Clock) {
    let item = || NewItem::webhook("new\0moon:1".into(), None, "{\"a\":\"\0\"}".into());
    for new in [1, 0] {
        let asked = [vec![item()], vec![update(1, 7)]].map(|items| store.accept(items));
        for answer in join_all(asked).await {
            assert_eq!(answer.unwrap(), new);
        }
    }
    let claimed = store.claim(Hop::In, 10, LEASE).await.unwrap();
    assert_eq!(claimed.batches.len(), 2);
    let error = || "over \0".to_owned();
    for batch in &claimed.batches {
        let (lease, id) = (&batch.lease, batch.items[0].id);
        let retry = Verdict::Retry {
            at: 0,
            counted: true,
            uncertain: false,
            error: error(),
        };
        assert!(store.settle(lease, id, retry.into()).await.unwrap());
    }
    let claimed = store.claim(Hop::In, 10, LEASE).await.unwrap();
    for batch in &claimed.batches {
        let dead = Verdict::Dead { error: error() };
        let ended = store.settle(&batch.lease, batch.items[0].id, dead.into());
        assert!(ended.await.unwrap());
    }
    assert_eq!(store.dead(9).await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_the_file_refuses_takes_nobody_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let (store, url) = in_file(&folder.path().join("bridge.db")).await;
    let mut c = sqlx::SqliteConnection::connect(&url).await.unwrap();
    for refusal in [
        "CREATE TRIGGER no_new BEFORE INSERT ON item WHEN new.body LIKE '%:13}'
         BEGIN SELECT RAISE(ABORT, 'thirteen'); END",
        "CREATE TRIGGER no_end BEFORE UPDATE ON item WHEN new.state = 'done' AND new.dedup = 'tg:7'
         BEGIN SELECT RAISE(ABORT, 'seven'); END",
    ] {
        sqlx::query(refusal).execute(&mut c).await.unwrap();
    }
    let asked = (1..=20).map(|id| store.accept(vec![update(id, id)]));
    for (id, new) in (1..).zip(join_all(asked).await) {
        match new {
            Ok(new) => assert_eq!((id == 13, new), (false, 1)),
            Err(e) => assert!(id == 13 && e.to_string().contains("thirteen"), "{id}: {e}"),
        }
    }
    let claimed = store.claim(Hop::In, 100, LEASE).await.unwrap();
    assert_eq!(claimed.batches.len(), 19);
    let ends = claimed.batches.iter().map(|batch| {
        let end = store.settle(&batch.lease, batch.items[0].id, Verdict::Done.into());
        async move { (batch.lease.lane(), end.await) }
    });
    for (lane, ended) in join_all(ends).await {
        match ended {
            Ok(ours) => assert!(ours && lane != "chat:7", "{lane}"),
            Err(e) => assert!(
                lane == "chat:7" && e.to_string().contains("seven"),
                "{lane}: {e}"
            ),
        }
    }
    for batch in &claimed.batches {
        store.release(&batch.lease).await.unwrap();
    }
    assert_eq!(only(&store, Hop::In).await.lease.lane(), "chat:7");
}

#[tokio::test]
async fn a_lane_that_somebody_holds_fast_stops_no_other() {
    let Some(database) = postgres_database().await else {
        return;
    };
    let store = tg_bridge::store::open(&database.url, Clock::default())
        .await
        .unwrap();
    let items = (1..=9).map(|id| update(id, id)).collect();
    store.accept(items).await.unwrap();
    let claimed = store.claim(Hop::In, 100, LEASE).await.unwrap();
    // As a replica does that is frozen inside a transaction.
    let mut frozen = sqlx::PgConnection::connect(&database.url).await.unwrap();
    let mut transaction = frozen.begin().await.unwrap();
    sqlx::query("SELECT 1 FROM lane WHERE key = 'chat:5' FOR UPDATE")
        .execute(&mut *transaction)
        .await
        .unwrap();
    let end = |batch: &tg_bridge::store::Batch| {
        let (store, lease, item) = (store.clone(), batch.lease.clone(), batch.items[0].id);
        tokio::spawn(async move { store.settle(&lease, item, Verdict::Done.into()).await })
    };
    let (stopped, others): (Vec<_>, Vec<_>) = claimed
        .batches
        .iter()
        .map(|batch| (batch.lease.lane() == "chat:5", end(batch)))
        .partition(|(held, _)| *held);
    for (_, ended) in others {
        assert!(ended.await.unwrap().unwrap());
    }
    assert!(stopped.iter().all(|(_, ended)| !ended.is_finished()));
    // More of them than there are connections.
    let late: Vec<_> = (10..30)
        .map(|id| {
            let store = store.clone();
            tokio::spawn(async move { store.accept(vec![update(id, 5)]).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let others = async {
        assert_eq!(store.accept(vec![update(30, 30)]).await.unwrap(), 1);
        let claimed = store.claim(Hop::In, 100, LEASE).await.unwrap();
        assert_eq!(claimed.batches.len(), 1);
        store.probe().await.unwrap();
    };
    tokio::time::timeout(Duration::from_secs(5), others)
        .await
        .expect("those who wait for one lane hold up everybody");
    assert!(late.iter().all(|accepted| !accepted.is_finished()));
    transaction.rollback().await.unwrap();
    for (_, ended) in stopped {
        assert!(ended.await.unwrap().unwrap());
    }
    for accepted in late {
        assert_eq!(accepted.await.unwrap().unwrap(), 1);
    }
    store.close().await;
    database.drop().await;
}
