//! The end of an item begins the one behind it: one commit for both, and nothing is left begun that nobody carries out.

use super::*;
use std::sync::Mutex;
use tg_bridge::worker::{self, Step, Turn, Work};
use tokio::sync::{Notify, watch};

conformance! {
    the_end_of_an_item_begins_the_one_behind_it
    the_last_end_gives_the_lane_back
    who_has_given_the_lane_back_does_not_renew_it
    an_outdated_end_begins_nothing
    a_lane_that_is_stopped_leaves_nothing_begun
    who_was_frozen_or_slept_after_an_end_asks_before_the_item_behind_it
    an_item_whose_work_panics_is_given_up_and_its_lane_goes_on
}

/// Whether the open items of the only lane are noted as begun.
async fn begun(store: &Arc<dyn Store>) -> Vec<bool> {
    let batch = only(store, Hop::In).await;
    let begun = batch.items.iter().map(|item| item.started_at.is_some());
    begun.collect()
}

fn done(next: ItemId) -> Settle {
    Settle {
        next: Some(next),
        ..Verdict::Done.into()
    }
}

async fn the_end_of_an_item_begins_the_one_behind_it(store: Arc<dyn Store>, clock: Clock) {
    let items = (1..=4).map(|id| update(id, 7)).collect();
    store.accept(items).await.unwrap();
    let batch = only(&store, Hop::In).await;
    let [first, second, third, _] = [0, 1, 2, 3].map(|index| batch.items[index].id);
    assert!(store.begin(&batch.lease, first).await.unwrap());
    assert!(
        store
            .settle(&batch.lease, first, done(second))
            .await
            .unwrap()
    );
    // One from which something follows is a transaction of several statements.
    let with_more = Settle {
        follow: vec![update(5, 8)],
        ..done(third)
    };
    assert!(store.settle(&batch.lease, second, with_more).await.unwrap());
    let followed = only(&store, Hop::In).await;
    assert_eq!(followed.lease.lane(), "chat:8");
    let end = store.settle(&followed.lease, followed.items[0].id, Verdict::Done.into());
    assert!(end.await.unwrap());
    // The holder dies here.
    clock.advance(LEASE + Duration::from_secs(1));
    assert_eq!(
        begun(&store).await,
        [true, false],
        "the third and the fourth"
    );
}

async fn the_last_end_gives_the_lane_back(store: Arc<dyn Store>, _: Clock) {
    let items = (1..=3).map(|id| update(id, 7)).collect();
    store.accept(items).await.unwrap();
    let batch = only(&store, Hop::In).await;
    let leaving = |follow| Settle {
        release: true,
        follow,
        ..Verdict::Done.into()
    };
    let end = store.settle(&batch.lease, batch.items[0].id, leaving(Vec::new()));
    assert!(end.await.unwrap());
    let again = only(&store, Hop::In).await;
    assert_eq!(again.items.len(), 2);
    // Whoever has left ends nothing for the next holder.
    let late = store.settle(&batch.lease, again.items[0].id, leaving(Vec::new()));
    assert!(!late.await.unwrap());
    // The same where several statements are one transaction.
    let end = store.settle(&again.lease, again.items[0].id, leaving(vec![update(4, 7)]));
    assert!(end.await.unwrap());
    assert_eq!(only(&store, Hop::In).await.items.len(), 2);
}

async fn who_has_given_the_lane_back_does_not_renew_it(store: Arc<dyn Store>, _: Clock) {
    let items = (1..=3).map(|id| update(id, 7)).collect();
    store.accept(items).await.unwrap();
    let batch = only(&store, Hop::In).await;
    let (first, second) = (batch.items[0].id, batch.items[1].id);
    let leaving = Settle {
        release: true,
        ..Verdict::Done.into()
    };
    assert!(store.settle(&batch.lease, first, leaving).await.unwrap());
    // A beat, or a word that was repeated, comes after it.
    assert!(!store.extend(&batch.lease).await.unwrap());
    assert!(!store.begin(&batch.lease, second).await.unwrap());
    let late = store.settle(&batch.lease, second, done(batch.items[2].id));
    assert!(!late.await.unwrap());
    assert_eq!(begun(&store).await, [false, false]);
}

async fn an_outdated_end_begins_nothing(store: Arc<dyn Store>, clock: Clock) {
    store
        .accept(vec![update(1, 7), update(2, 7)])
        .await
        .unwrap();
    let old = only(&store, Hop::In).await;
    clock.advance(LEASE + Duration::from_secs(1));
    let new = only(&store, Hop::In).await;
    let [first, second] = [0, 1].map(|index| old.items[index].id);
    assert!(!store.settle(&old.lease, first, done(second)).await.unwrap());
    store.release(&new.lease).await.unwrap();
    assert_eq!(begun(&store).await, [false, false]);
}

/// Carries out; the signal to stop comes in the middle of an item, or right after the one behind it was begun.
struct Stopped {
    stop: watch::Sender<bool>,
    late: bool,
    carried: Mutex<Vec<ItemId>>,
}

impl Work for Stopped {
    async fn work(&self, turn: &mut Turn) -> Step {
        assert!(turn.begin().await.unwrap());
        let last = {
            let mut carried = self.carried.lock().unwrap();
            carried.push(turn.item.id);
            carried.len() == 2
        };
        if last && !self.late {
            self.stop.send_replace(true);
        }
        let step = turn.settle(Verdict::Done).await;
        if last && self.late {
            self.stop.send_replace(true);
        }
        step
    }
}

async fn a_lane_that_is_stopped_leaves_nothing_begun(store: Arc<dyn Store>, _: Clock) {
    let items = (1..=9).map(|id| update(id, 7)).collect();
    store.accept(items).await.unwrap();
    for late in [false, true] {
        let (stop, stopped) = watch::channel(false);
        let work = Arc::new(Stopped {
            stop,
            late,
            carried: Mutex::default(),
        });
        worker::run(store.clone(), Hop::In, 1, work.clone(), stopped).await;
        // What was begun when the signal came is carried out.
        let carried = work.carried.lock().unwrap().len();
        assert_eq!(carried, if late { 3 } else { 2 });
        let batch = only(&store, Hop::In).await;
        let begun = batch.items.iter().any(|item| item.started_at.is_some());
        assert!(!begun, "{:?}", batch.items);
        store.release(&batch.lease).await.unwrap();
    }
    assert_eq!(only(&store, Hop::In).await.items.len(), 4);
}

/// Ends its first item and does not move until it is told to.
struct Frozen {
    is_ended: Notify,
    thaw: Notify,
    carried: Mutex<Vec<ItemId>>,
}

impl Work for Frozen {
    async fn work(&self, turn: &mut Turn) -> Step {
        assert!(turn.begin().await.unwrap());
        self.carried.lock().unwrap().push(turn.item.id);
        let step = turn.settle(Verdict::Done).await;
        self.is_ended.notify_one();
        self.thaw.notified().await;
        step
    }
}

/// By the clock on the wall: the steady one stands still while a machine sleeps. `crash_harness` freezes real processes.
async fn who_was_frozen_or_slept_after_an_end_asks_before_the_item_behind_it(
    store: Arc<dyn Store>,
    clock: Clock,
) {
    store
        .accept(vec![update(1, 7), update(2, 7)])
        .await
        .unwrap();
    let (stop, stopped) = watch::channel(false);
    let work = Arc::new(Frozen {
        is_ended: Notify::new(),
        thaw: Notify::new(),
        carried: Mutex::default(),
    });
    let worker = worker::run(store.clone(), Hop::In, 1, work.clone(), stopped);
    let others = async {
        work.is_ended.notified().await;
        clock.advance(LEASE + Duration::from_secs(1));
        let taken = only(&store, Hop::In).await;
        work.thaw.notify_one();
        tokio::time::sleep(Duration::from_millis(500)).await;
        stop.send_replace(true);
        taken
    };
    let ((), taken) = tokio::join!(worker, others);
    assert!(taken.items[0].started_at.is_some(), "it may have been done");
    let carried = work.carried.lock().unwrap().clone();
    assert!(
        !carried.contains(&taken.items[0].id),
        "it is another's by now"
    );
}

/// Panics over one item and stops after another.
struct Panicking {
    over: &'static str,
    stop_after: &'static str,
    stop: watch::Sender<bool>,
}

impl Work for Panicking {
    async fn work(&self, turn: &mut Turn) -> Step {
        assert!(turn.begin().await.unwrap());
        assert!(!turn.item.body.contains(self.over), "on purpose");
        if turn.item.body.contains(self.stop_after) {
            self.stop.send_replace(true);
        }
        turn.settle(Verdict::Done).await
    }
}

async fn an_item_whose_work_panics_is_given_up_and_its_lane_goes_on(
    store: Arc<dyn Store>,
    _: Clock,
) {
    let items = (1..=3).map(|id| update(id, 7)).collect();
    store.accept(items).await.unwrap();
    let (stop, stopped) = watch::channel(false);
    let work = Arc::new(Panicking {
        over: "\"update_id\":2",
        stop_after: "\"update_id\":3",
        stop,
    });
    worker::run(store.clone(), Hop::In, 1, work, stopped).await;
    let dead = store.dead(9).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert!(dead[0].body.contains("\"update_id\":2"));
    assert_eq!(dead[0].error, "panicked: on purpose");
    assert_eq!(store.pressure().await.unwrap().waiting_in, 0);
}
