//! Who works the lanes: one task that claims what is due, and one per lane that carries its items out in order.

use crate::failpoint::{Point, Sabotage, is_broken, reach};
use crate::store::{
    Batch, Hop, Item, ItemId, Lease, Settle, Store, StoreError, Verdict, millis, words,
};
use futures_util::FutureExt as _;
use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};

/// How long a lane stays ours without a sign of life.
const LEASE: Duration = Duration::from_secs(30);
/// How long a store in trouble is left alone.
const PAUSE: Duration = Duration::from_secs(1);

/// What an item needs.
pub trait Work: Send + Sync + 'static {
    /// Carries an item out and settles it in the store.
    fn work(&self, turn: &mut Turn) -> impl Future<Output = Step> + Send;

    /// Settles an item whose work panicked: it would panic again, and its lane would never get past it.
    fn give_up(&self, turn: &mut Turn, error: String) -> impl Future<Output = Step> + Send {
        turn.settle(Verdict::Dead { error })
    }
}

/// An item whose turn it is, in a lane that is ours.
pub struct Turn {
    /// The item.
    pub item: Item,
    /// The right to work on it.
    pub lease: Lease,
    store: Arc<dyn Store>,
    stop: watch::Receiver<bool>,
    /// The item behind it.
    next: Option<ItemId>,
    /// Whether it is noted that this one is about to be carried out.
    begun: bool,
    /// When that was asked for of the one behind it, if it is noted. The lease has been renewed since then.
    next_begun: Option<Moment>,
}

impl Turn {
    /// Notes that the item is about to be carried out, unless that was noted with the end of the one before. `false`: the
    /// lease is lost.
    ///
    /// # Errors
    /// When the store cannot note it. Then the lane is given back.
    pub async fn begin(&mut self) -> Result<bool, StoreError> {
        if self.begun {
            return Ok(true);
        }
        match self.store.begin(&self.lease, self.item.id).await {
            Ok(ours) => self.begun = ours,
            Err(StoreError::Closed) => return Err(StoreError::Closed),
            Err(e) => {
                tokio::time::sleep(PAUSE).await;
                release(&*self.store, &self.lease).await;
                return Err(e);
            }
        }
        Ok(self.begun)
    }

    /// Writes down how the item ended, however long the store needs: what was done must not be done again. Where the item
    /// was begun, the one behind it is begun by the same commit, or the lane is given back.
    pub async fn settle(&mut self, settle: impl Into<Settle>) -> Step {
        let mut settle = settle.into();
        let ends = !matches!(settle.verdict, Verdict::Retry { .. });
        if ends && self.begun {
            settle.next = self.next.filter(|_| !*self.stop.borrow());
            settle.release = settle.next.is_none();
        }
        loop {
            let asked = Moment::now(&*self.store);
            match self
                .store
                .settle(&self.lease, self.item.id, settle.clone())
                .await
            {
                Ok(true) if ends => {
                    self.next_begun = settle.next.map(|_| asked);
                    return if settle.release {
                        Step::Leave
                    } else {
                        Step::Next
                    };
                }
                Ok(_) | Err(StoreError::Closed) => return Step::Leave,
                Err(e) => {
                    tracing::error!(error = %e, item = self.item.id.0, "the end of an item is not written down yet");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }
}

/// What the lane does after an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Goes on with the next item.
    Next,
    /// Waits, was given back, or belongs to somebody else by now.
    Leave,
}

/// Works a hop until told to stop; `places` lanes at a time. Ends when the last lane is at rest.
pub async fn run<W: Work>(
    store: Arc<dyn Store>,
    hop: Hop,
    places: usize,
    work: Arc<W>,
    mut stop: watch::Receiver<bool>,
) {
    let free = Arc::new(Semaphore::new(places));
    let mut lanes = JoinSet::new();
    while !*stop.borrow() {
        // The first place is waited for; the others are taken if they are free.
        let Ok(first) = free.clone().acquire_owned().await else {
            break;
        };
        let mut permits = vec![first];
        while let Ok(more) = free.clone().try_acquire_owned() {
            permits.push(more);
        }
        let wanted = permits.len();
        let length = if is_broken(Sabotage::NoLease) {
            Duration::ZERO
        } else {
            LEASE
        };
        let claimed = match store.claim(hop, wanted, length).await {
            Ok(claimed) => claimed,
            Err(StoreError::Closed) => break,
            Err(e) => {
                tracing::error!(error = %e, hop = hop.as_str(), "the store gives no work");
                pause(&mut stop, PAUSE).await;
                continue;
            }
        };
        if !claimed.batches.is_empty() {
            reach(Point::LaneClaimed);
        }
        let full = claimed.batches.len() == wanted;
        for (batch, permit) in claimed.batches.into_iter().zip(permits) {
            lanes.spawn(lane(
                store.clone(),
                work.clone(),
                batch,
                permit,
                stop.clone(),
            ));
        }
        while lanes.try_join_next().is_some() {}
        if !full {
            let due = claimed
                .next_at
                .map(|at| (at - store.clock().now()).max(1).unsigned_abs());
            // Another process may add work without telling us, so nobody sleeps for long.
            let nap = Duration::from_millis(due.unwrap_or(u64::MAX).min(1_000));
            tokio::select! {
                () = store.work(hop).notified() => {}
                () = tokio::time::sleep(nap) => {}
                _ = stop.changed() => {}
            }
        }
    }
    while lanes.join_next().await.is_some() {}
}

async fn lane<W: Work>(
    store: Arc<dyn Store>,
    work: Arc<W>,
    batch: Batch,
    _place: OwnedSemaphorePermit,
    stop: watch::Receiver<bool>,
) {
    let Batch { lease, items } = batch;
    let mut items = items.into_iter().peekable();
    let mut begun = None;
    while let Some(item) = items.next() {
        // What is noted as begun is carried out: left lying, it would have to be taken for something that may have happened.
        if *stop.borrow() && begun.is_none() {
            break;
        }
        let mut turn = Turn {
            item,
            lease: lease.clone(),
            store: store.clone(),
            stop: stop.clone(),
            next: items.peek().map(|next| next.id),
            begun: begun.is_some(),
            next_begun: None,
        };
        // Who begins an item asks for the lease by that; of one that is begun already it is known since then only.
        let since = begun.unwrap_or_else(|| Moment::now(&*store));
        let step = held(&*store, &lease, since, carry_out(&*work, &mut turn)).await;
        if step != Some(Step::Next) {
            // Whoever left has given the lane back already, or has lost it.
            return;
        }
        begun = turn.next_begun;
    }
    release(&*store, &lease).await;
}

async fn carry_out<W: Work>(work: &W, turn: &mut Turn) -> Step {
    match AssertUnwindSafe(work.work(turn)).catch_unwind().await {
        Ok(step) => step,
        Err(panic) => {
            let error = format!("panicked: {}", words(&*panic));
            work.give_up(turn, error).await
        }
    }
}

async fn release(store: &dyn Store, lease: &Lease) {
    if let Err(e) = store.release(lease).await {
        tracing::warn!(error = %e, lane = lease.lane(), "the lane stays leased until its time is over");
    }
}

/// Works under a lease that is renewed; stops working when it is lost. A process that was frozen, or cut off from the
/// database, or whose machine slept, for longer than the lease may have lost it without knowing: it does nothing more
/// before it has asked.
async fn held(
    store: &dyn Store,
    lease: &Lease,
    since: Moment,
    work: impl Future<Output = Step> + Send,
) -> Option<Step> {
    if is_broken(Sabotage::TrustTheLease) {
        return Some(work.await);
    }
    let mut ours_since = since;
    let mut beat = tokio::time::interval_at(since.steady + LEASE / 3, LEASE / 3);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut nap = Duration::ZERO;
    tokio::pin!(work);
    loop {
        let since = ours_since;
        let under_lease = poll_fn(|context| {
            if since.is_longer_ago(store, LEASE) {
                Poll::Ready(None)
            } else {
                work.as_mut().poll(context).map(Some)
            }
        });
        tokio::select! {
            biased;
            _ = beat.tick() => {}
            step = under_lease => match step {
                Some(step) => return Some(step),
                None => tokio::time::sleep(nap).await,
            }
        }
        let asked = Moment::now(store);
        nap = Duration::ZERO;
        match store.extend(lease).await {
            Ok(true) => ours_since = asked,
            Ok(false) => {
                tracing::warn!(
                    lane = lease.lane(),
                    "the lane was taken over; its work is broken off"
                );
                return None;
            }
            Err(e) => {
                tracing::warn!(error = %e, lane = lease.lane(), "the lane is not renewed");
                nap = PAUSE;
            }
        }
    }
}

/// A moment by two clocks: the steady one stands still while the machine sleeps, and the other one may be set back.
#[derive(Clone, Copy)]
struct Moment {
    steady: Instant,
    wall: i64,
}

impl Moment {
    fn now(store: &dyn Store) -> Self {
        Self {
            steady: Instant::now(),
            wall: store.clock().now(),
        }
    }

    fn is_longer_ago(self, store: &dyn Store, than: Duration) -> bool {
        self.steady.elapsed() >= than || store.clock().now() - self.wall >= millis(than)
    }
}

/// Waits, but not past the signal to stop.
pub(crate) async fn pause(stop: &mut watch::Receiver<bool>, time: Duration) {
    tokio::select! {
        () = tokio::time::sleep(time) => {}
        _ = stop.changed() => {}
    }
}
