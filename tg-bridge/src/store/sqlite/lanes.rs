//! Which lane has what open, when it is due, and who holds it.
//!
//! One process works the file, so none of this has to be on the disk: it is read from the open items at the start, and
//! changed after the commit of what changes it. Leases run by the steady clock: somebody who sets the time must not hand a
//! lane on while its holder is in the middle of a call.

use crate::store::{Clock, Hop, ItemId, Lease, NewItem, Pressure, millis};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// All lanes of both hops.
#[derive(Debug)]
pub(super) struct Lanes {
    clock: Clock,
    inbox: HopLanes,
    outbox: HopLanes,
    /// The epoch of the lease given last. Counted over all lanes, so none is ever given twice.
    epoch: i64,
}

#[derive(Debug, Default)]
struct HopLanes {
    lanes: HashMap<Arc<str>, Lane>,
    /// Lanes with open items that nobody holds, in the order in which they are due.
    free: BTreeSet<(i64, Arc<str>)>,
    /// Lanes with open items that somebody holds, in the order in which his time is over.
    held: BTreeSet<(Instant, Arc<str>)>,
}

#[derive(Debug, Default)]
struct Lane {
    /// Open items, and when each was taken in.
    open: BTreeMap<ItemId, i64>,
    next_at: i64,
    /// Until when somebody holds it.
    lease_until: Option<Instant>,
    epoch: i64,
}

/// What a commit changes about the lanes.
#[derive(Debug)]
pub(super) enum Change {
    /// An item came in. An idle lane becomes due with it; one that waits goes on waiting.
    Opened {
        hop: Hop,
        lane: String,
        item: ItemId,
        due: i64,
        created_at: i64,
    },
    /// An item of a leased lane ended.
    Ended(Lease, ItemId),
    /// A leased lane waits until then, and is nobody's.
    Delayed(Lease, i64),
    /// A leased lane was given back.
    Released(Lease),
}

impl Change {
    pub(super) fn opened(item: &NewItem, id: ItemId, now: i64) -> Self {
        Self::Opened {
            hop: item.hop,
            lane: item.lane.clone(),
            item: id,
            due: item.due.max(now),
            created_at: now,
        }
    }
}

/// A lane that was claimed, with its first open items.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) lease: Lease,
    pub(super) items: Vec<ItemId>,
}

impl HopLanes {
    /// Changes a lane and puts it where it belongs. A lane with nothing in it that nobody holds is forgotten.
    fn change<T>(&mut self, key: &str, change: impl FnOnce(&mut Lane) -> T) -> T {
        let (key, mut lane) = match self.lanes.remove_entry(key) {
            Some((key, lane)) => match lane.lease_until {
                Some(until) => {
                    let place = (until, key);
                    self.held.remove(&place);
                    (place.1, lane)
                }
                None => {
                    let place = (lane.next_at, key);
                    self.free.remove(&place);
                    (place.1, lane)
                }
            },
            None => (Arc::from(key), Lane::default()),
        };
        let changed = change(&mut lane);
        if !lane.open.is_empty() {
            match lane.lease_until {
                Some(until) => self.held.insert((until, key.clone())),
                None => self.free.insert((lane.next_at, key.clone())),
            };
        }
        if !lane.open.is_empty() || lane.lease_until.is_some() {
            self.lanes.insert(key, lane);
        }
        changed
    }

    fn held(&self, lease: &Lease) -> Option<&Lane> {
        self.lanes
            .get(lease.lane.as_str())
            .filter(|lane| lane.epoch == lease.epoch && lane.lease_until.is_some())
    }

    /// Lanes that may be claimed: those whose holder's time is over first, then the longest due.
    fn due(&self, now: i64, steady: Instant) -> impl Iterator<Item = &Arc<str>> {
        let left = self.held.iter().take_while(move |(at, _)| *at <= steady);
        let due = self.free.iter().take_while(move |(at, _)| *at <= now);
        left.map(|(_, key)| key).chain(due.map(|(_, key)| key))
    }

    fn is_open(&self, lane: &str, item: ItemId) -> bool {
        self.lanes
            .get(lane)
            .is_some_and(|lane| lane.open.contains_key(&item))
    }
}

impl Lanes {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            inbox: HopLanes::default(),
            outbox: HopLanes::default(),
            epoch: 0,
        }
    }

    fn hop(&self, hop: Hop) -> &HopLanes {
        match hop {
            Hop::In => &self.inbox,
            Hop::Out => &self.outbox,
        }
    }

    fn hop_mut(&mut self, hop: Hop) -> &mut HopLanes {
        match hop {
            Hop::In => &mut self.inbox,
            Hop::Out => &mut self.outbox,
        }
    }

    /// Follows a commit.
    pub(super) fn apply(&mut self, change: Change) {
        match change {
            Change::Opened {
                hop,
                lane,
                item,
                due,
                created_at,
            } => self.hop_mut(hop).change(&lane, |lane| {
                if lane.open.is_empty() {
                    lane.next_at = due;
                }
                lane.open.insert(item, created_at);
            }),
            Change::Ended(lease, item) => self.hop_mut(lease.hop).change(&lease.lane, |lane| {
                lane.open.remove(&item);
            }),
            Change::Delayed(lease, at) => self.hop_mut(lease.hop).change(&lease.lane, |lane| {
                lane.next_at = at;
                if lane.epoch == lease.epoch {
                    lane.lease_until = None;
                }
            }),
            Change::Released(lease) => {
                self.release(&lease);
            }
        }
    }

    /// Takes up an open item that was found, unless it is known.
    pub(super) fn learn(&mut self, found: Change) {
        let is_known = match &found {
            Change::Opened {
                hop, lane, item, ..
            } => self.hop(*hop).is_open(lane, *item),
            Change::Ended(..) | Change::Delayed(..) | Change::Released(..) => true,
        };
        if !is_known {
            self.apply(found);
        }
    }

    /// Whether the lane is still held under this lease; then it is, for another length of it.
    pub(super) fn hold(&mut self, lease: &Lease) -> bool {
        let until = self.clock.steady() + length_of(lease);
        let hop = self.hop_mut(lease.hop);
        if hop.held(lease).is_none() {
            return false;
        }
        hop.change(&lease.lane, |lane| lane.lease_until = Some(until));
        true
    }

    /// Whether the lane is still held and the item still to be done.
    pub(super) fn hold_for(&mut self, lease: &Lease, item: ItemId) -> bool {
        self.hold(lease) && self.hop(lease.hop).is_open(&lease.lane, item)
    }

    /// Leases lanes that are due.
    pub(super) fn claim(
        &mut self,
        hop: Hop,
        lanes: usize,
        length: Duration,
        items: usize,
    ) -> Vec<Taken> {
        let (now, steady) = (self.clock.now(), self.clock.steady());
        let due = self.hop(hop).due(now, steady);
        let keys: Vec<_> = due.take(lanes).cloned().collect();
        keys.into_iter()
            .map(|key| {
                self.epoch += 1;
                let epoch = self.epoch;
                let items = self.hop_mut(hop).change(&key, |lane| {
                    lane.lease_until = Some(steady + length);
                    lane.epoch = epoch;
                    lane.open.keys().take(items).copied().collect()
                });
                let lease = Lease {
                    hop,
                    lane: key.to_string(),
                    epoch,
                    millis: millis(length),
                };
                Taken { lease, items }
            })
            .collect()
    }

    /// When the next lane may be claimed.
    pub(super) fn next_at(&self, hop: Hop) -> Option<i64> {
        let lanes = self.hop(hop);
        let free = lanes.free.first().map(|(at, _)| *at);
        let left = lanes.held.first().map(|(at, _)| {
            let left = at.saturating_duration_since(self.clock.steady());
            self.clock.now() + millis(left)
        });
        free.into_iter().chain(left).min()
    }

    /// Gives a lane back. It goes to the end of the line, so that a busy chat does not starve the others. Whether something
    /// is waiting in it.
    pub(super) fn release(&mut self, lease: &Lease) -> bool {
        let now = self.clock.now();
        let hop = self.hop_mut(lease.hop);
        if hop.held(lease).is_none() {
            return false;
        }
        hop.change(&lease.lane, |lane| {
            lane.lease_until = None;
            lane.next_at = lane.next_at.max(now);
            !lane.open.is_empty()
        })
    }

    /// How much waits. Timers do not wait: their time has not come.
    pub(super) fn pressure(&self) -> Pressure {
        let now = self.clock.now();
        let waiting = |hop: Hop| {
            let lanes = self.hop(hop).lanes.iter();
            lanes.filter(|(key, _)| !key.starts_with("timer:"))
        };
        let count = |hop| waiting(hop).map(|(_, lane)| lane.open.len() as u64).sum();
        let oldest = Hop::ALL
            .into_iter()
            .flat_map(waiting)
            .filter_map(|(_, lane)| lane.open.values().min())
            .min();
        Pressure {
            waiting_in: count(Hop::In),
            waiting_out: count(Hop::Out),
            oldest: oldest.map_or(0, |at| (now - at).max(0)),
            dead: 0,
        }
    }
}

fn length_of(lease: &Lease) -> Duration {
    Duration::from_millis(lease.millis.unsigned_abs())
}

#[cfg(test)]
// A test stops at the first surprise.
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    const LEASE: Duration = Duration::from_secs(30);
    const SECOND: Duration = Duration::from_secs(1);

    /// Lanes by a clock that only the test moves.
    struct Trial {
        lanes: Lanes,
        clock: Clock,
    }

    impl Trial {
        fn new() -> Self {
            let clock = Clock::default();
            Self {
                lanes: Lanes::new(clock.clone()),
                clock,
            }
        }

        /// An item comes in that is due so much later.
        fn open(&mut self, lane: &str, item: i64, later: Duration) {
            let opened = self.opened(lane, item, later);
            self.lanes.apply(opened);
        }

        fn opened(&self, lane: &str, item: i64, later: Duration) -> Change {
            let now = self.clock.now();
            Change::Opened {
                hop: Hop::In,
                lane: lane.to_owned(),
                item: ItemId(item),
                due: now + millis(later),
                created_at: now,
            }
        }

        fn claim(&mut self, most: usize) -> Vec<Taken> {
            self.lanes.claim(Hop::In, most, LEASE, 10)
        }

        /// How long until the next lane may be claimed, to the second.
        fn next_in(&self) -> Option<i64> {
            let next_at = self.lanes.next_at(Hop::In)?;
            Some((next_at - self.clock.now() + 500) / 1000)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_lane_is_held_by_one_until_it_is_given_back_or_its_time_is_over() {
        let mut trial = Trial::new();
        trial.open("chat:1", 1, 5 * SECOND);
        assert!(trial.claim(9).is_empty(), "it is not due");
        trial.clock.advance(5 * SECOND);
        let first = trial.claim(9).remove(0).lease;
        trial.clock.advance(LEASE - SECOND);
        assert!(trial.claim(9).is_empty());
        assert_eq!(trial.next_in(), Some(1));
        trial.clock.advance(SECOND);
        let second = trial.claim(9).remove(0).lease;
        assert!(!trial.lanes.hold(&first) && !trial.lanes.release(&first));
        assert!(trial.lanes.release(&second));
        let third = trial.claim(9).remove(0).lease;
        assert!(!trial.lanes.hold(&second) && trial.lanes.hold(&third));
    }

    #[tokio::test(start_paused = true)]
    async fn a_lease_ends_by_the_steady_clock_whatever_the_one_on_the_wall_says() {
        let mut trial = Trial::new();
        trial.open("chat:1", 1, Duration::ZERO);
        let held = trial.claim(9).remove(0).lease;
        assert_eq!(trial.next_in(), Some(30));
        // Moves the steady clock only.
        tokio::time::advance(LEASE).await;
        assert_eq!(trial.next_in(), Some(0));
        assert_eq!(trial.claim(9).len(), 1);
        assert!(!trial.lanes.hold(&held));
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_former_holder_had_just_ended_is_not_begun_again() {
        let mut trial = Trial::new();
        trial.open("chat:1", 1, Duration::ZERO);
        let former = trial.claim(1).remove(0);
        // Its write is on the way to the disk while its time runs out and somebody else takes the lane.
        assert!(trial.lanes.hold_for(&former.lease, ItemId(1)));
        trial.clock.advance(LEASE);
        let now = trial.claim(1).remove(0);
        assert_eq!(now.items, [ItemId(1)]);
        trial.lanes.apply(Change::Ended(former.lease, ItemId(1)));
        assert!(!trial.lanes.hold_for(&now.lease, ItemId(1)));
        assert!(trial.lanes.hold(&now.lease));
    }

    #[tokio::test(start_paused = true)]
    async fn a_lane_that_waits_goes_on_waiting_and_the_longest_due_comes_first() {
        let mut trial = Trial::new();
        trial.open("chat:1", 1, Duration::ZERO);
        trial.open("chat:2", 2, SECOND);
        trial.open("chat:3", 3, 2 * SECOND);
        trial.clock.advance(2 * SECOND);
        let delayed = trial.claim(1).remove(0).lease;
        let at = trial.clock.now() + millis(100 * SECOND);
        trial.lanes.apply(Change::Delayed(delayed, at));
        trial.open("chat:1", 4, Duration::ZERO);
        let busy = trial.claim(1).remove(0).lease;
        assert_eq!(busy.lane, "chat:2");
        trial.clock.advance(SECOND);
        trial.lanes.release(&busy);
        let order: Vec<_> = trial
            .claim(9)
            .into_iter()
            .map(|taken| taken.lease.lane)
            .collect();
        assert_eq!(order, ["chat:3", "chat:2"]);
        trial.clock.advance(100 * SECOND);
        let late = trial.claim(9);
        let late = late.iter().find(|taken| taken.lease.lane == "chat:1");
        assert_eq!(late.unwrap().items, [ItemId(1), ItemId(4)]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_lane_without_work_is_forgotten() {
        let mut trial = Trial::new();
        trial.open("chat:1", 1, Duration::ZERO);
        trial.open("timer:quiet:1:50", 2, 50 * SECOND);
        trial.clock.advance(7 * SECOND);
        let pressure = trial.lanes.pressure();
        assert_eq!(pressure.waiting_in, 1, "a timer does not wait");
        assert_eq!(pressure.oldest / 1000, 7);
        let lease = trial.claim(1).remove(0).lease;
        trial.lanes.apply(Change::Ended(lease.clone(), ItemId(1)));
        assert!(!trial.lanes.release(&lease));
        assert_eq!(trial.lanes.inbox.lanes.len(), 1);
        assert_eq!(trial.next_in(), Some(43));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_known_is_not_learnt_twice() {
        let mut trial = Trial::new();
        trial.open("chat:1", 1, Duration::ZERO);
        let held = trial.claim(1).remove(0).lease;
        for item in [1, 2] {
            let found = trial.opened("chat:1", item, Duration::ZERO);
            trial.lanes.learn(found);
        }
        assert!(trial.claim(9).is_empty(), "it is still held");
        trial.lanes.release(&held);
        assert_eq!(
            trial.claim(9)[0].items,
            [ItemId(1), ItemId(2)],
            "an older item stands before a newer one"
        );
    }
}
