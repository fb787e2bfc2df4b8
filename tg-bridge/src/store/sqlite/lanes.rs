//! Which lane has what open, when it is due, and who holds it.
//!
//! One process works the file, so none of this has to be on the disk: it is read from the open items at the start, and
//! changed after the commit of what changes it.

use crate::store::{Hop, ItemId, Lease, NewItem, Pressure};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// All lanes of both hops.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    inbox: HopLanes,
    outbox: HopLanes,
    /// The epoch of the lease given last. Counted over all lanes, so none is ever given twice.
    epoch: i64,
}

#[derive(Debug, Default)]
struct HopLanes {
    lanes: HashMap<Arc<str>, Lane>,
    /// Lanes with open items, in the order in which they may be claimed.
    queue: BTreeSet<(i64, Arc<str>)>,
}

#[derive(Debug, Default)]
struct Lane {
    /// Open items, and when each was taken in.
    open: BTreeMap<ItemId, i64>,
    next_at: i64,
    lease_until: i64,
    epoch: i64,
}

impl Lane {
    fn ready_at(&self) -> i64 {
        self.next_at.max(self.lease_until)
    }
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
    /// A leased lane was given back then.
    Released(Lease, i64),
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
    /// Changes a lane and puts it where it belongs in the queue. A lane with nothing in it that nobody holds is forgotten.
    fn change<T>(&mut self, key: &str, change: impl FnOnce(&mut Lane) -> T) -> T {
        let (key, mut lane) = match self.lanes.remove_entry(key) {
            Some((key, lane)) => {
                let place = (lane.ready_at(), key);
                self.queue.remove(&place);
                (place.1, lane)
            }
            None => (Arc::from(key), Lane::default()),
        };
        let changed = change(&mut lane);
        if !lane.open.is_empty() {
            self.queue.insert((lane.ready_at(), key.clone()));
        }
        if !lane.open.is_empty() || lane.lease_until > 0 {
            self.lanes.insert(key, lane);
        }
        changed
    }

    fn held(&self, lease: &Lease) -> Option<&Lane> {
        self.lanes
            .get(lease.lane.as_str())
            .filter(|lane| lane.epoch == lease.epoch && lane.lease_until > 0)
    }

    fn is_open(&self, lane: &str, item: ItemId) -> bool {
        self.lanes
            .get(lane)
            .is_some_and(|lane| lane.open.contains_key(&item))
    }
}

impl Lanes {
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
                    lane.lease_until = 0;
                }
            }),
            Change::Released(lease, now) => {
                self.release(&lease, now);
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
    pub(super) fn hold(&mut self, lease: &Lease, now: i64) -> bool {
        let hop = self.hop_mut(lease.hop);
        if hop.held(lease).is_none() {
            return false;
        }
        hop.change(&lease.lane, |lane| {
            // Whoever waited for his turn asks with an older time.
            lane.lease_until = lane.lease_until.max(now + lease.millis);
        });
        true
    }

    /// Whether the lane is still held and the item still to be done.
    pub(super) fn hold_for(&mut self, lease: &Lease, item: ItemId, now: i64) -> bool {
        self.hold(lease, now) && self.hop(lease.hop).is_open(&lease.lane, item)
    }

    /// Leases lanes that are due, the longest due first.
    pub(super) fn claim(
        &mut self,
        now: i64,
        hop: Hop,
        lanes: usize,
        length: i64,
        items: usize,
    ) -> Vec<Taken> {
        let due = self.hop(hop).queue.iter();
        let keys: Vec<_> = due
            .take_while(|(at, _)| *at <= now)
            .take(lanes)
            .map(|(_, key)| key.clone())
            .collect();
        keys.into_iter()
            .map(|key| {
                self.epoch += 1;
                let epoch = self.epoch;
                let items = self.hop_mut(hop).change(&key, |lane| {
                    lane.lease_until = now + length;
                    lane.epoch = epoch;
                    lane.open.keys().take(items).copied().collect()
                });
                let lease = Lease {
                    hop,
                    lane: key.to_string(),
                    epoch,
                    millis: length,
                };
                Taken { lease, items }
            })
            .collect()
    }

    /// When the next lane is due.
    pub(super) fn next_at(&self, hop: Hop) -> Option<i64> {
        self.hop(hop).queue.first().map(|(at, _)| *at)
    }

    /// Gives a lane back. It goes to the end of the line, so that a busy chat does not starve the others. Whether something
    /// is waiting in it.
    pub(super) fn release(&mut self, lease: &Lease, now: i64) -> bool {
        let hop = self.hop_mut(lease.hop);
        if hop.held(lease).is_none() {
            return false;
        }
        hop.change(&lease.lane, |lane| {
            lane.lease_until = 0;
            lane.next_at = lane.next_at.max(now);
            !lane.open.is_empty()
        })
    }

    /// How much waits. Timers do not wait: their time has not come.
    pub(super) fn pressure(&self, now: i64) -> Pressure {
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

#[cfg(test)]
// A test stops at the first surprise.
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    const LEASE: i64 = 30;

    fn opened(lane: &str, item: i64, due: i64) -> Change {
        Change::Opened {
            hop: Hop::In,
            lane: lane.to_owned(),
            item: ItemId(item),
            due,
            created_at: due,
        }
    }

    fn claim(lanes: &mut Lanes, now: i64, most: usize) -> Vec<Taken> {
        lanes.claim(now, Hop::In, most, LEASE, 10)
    }

    #[test]
    fn a_lane_is_held_by_one_until_it_is_given_back_or_its_time_is_over() {
        let mut lanes = Lanes::default();
        lanes.apply(opened("chat:1", 1, 5));
        assert!(claim(&mut lanes, 4, 9).is_empty(), "it is not due");
        let first = claim(&mut lanes, 5, 9).remove(0).lease;
        assert!(claim(&mut lanes, 5 + LEASE - 1, 9).is_empty());
        assert_eq!(lanes.next_at(Hop::In), Some(5 + LEASE));
        let second = claim(&mut lanes, 5 + LEASE, 9).remove(0).lease;
        assert!(!lanes.hold(&first, 40) && !lanes.release(&first, 40));
        assert!(lanes.release(&second, 40));
        let third = claim(&mut lanes, 40, 9).remove(0).lease;
        assert!(!lanes.hold(&second, 41) && lanes.hold(&third, 41));
    }

    #[test]
    fn what_the_former_holder_had_just_ended_is_not_begun_again() {
        let mut lanes = Lanes::default();
        lanes.apply(opened("chat:1", 1, 0));
        let former = claim(&mut lanes, 0, 1).remove(0);
        // Its write is on the way to the disk while its time runs out and somebody else takes the lane.
        assert!(lanes.hold_for(&former.lease, ItemId(1), 1));
        let now = claim(&mut lanes, 1 + LEASE, 1).remove(0);
        assert_eq!(now.items, [ItemId(1)]);
        lanes.apply(Change::Ended(former.lease, ItemId(1)));
        assert!(!lanes.hold_for(&now.lease, ItemId(1), 1 + LEASE));
        assert!(lanes.hold(&now.lease, 1 + LEASE));
    }

    #[test]
    fn a_lane_that_waits_goes_on_waiting_and_the_longest_due_comes_first() {
        let mut lanes = Lanes::default();
        lanes.apply(opened("chat:1", 1, 0));
        lanes.apply(opened("chat:2", 2, 1));
        lanes.apply(opened("chat:3", 3, 2));
        let delayed = claim(&mut lanes, 2, 1).remove(0).lease;
        lanes.apply(Change::Delayed(delayed, 100));
        lanes.apply(opened("chat:1", 4, 3));
        let busy = claim(&mut lanes, 3, 1).remove(0).lease;
        assert_eq!(busy.lane, "chat:2");
        lanes.release(&busy, 3);
        let order: Vec<_> = claim(&mut lanes, 3, 9)
            .into_iter()
            .map(|taken| taken.lease.lane)
            .collect();
        assert_eq!(order, ["chat:3", "chat:2"]);
        let late = claim(&mut lanes, 100, 9);
        let late = late.iter().find(|taken| taken.lease.lane == "chat:1");
        assert_eq!(late.unwrap().items, [ItemId(1), ItemId(4)]);
    }

    #[test]
    fn a_lane_without_work_is_forgotten() {
        let mut lanes = Lanes::default();
        lanes.apply(opened("chat:1", 1, 0));
        lanes.apply(opened("timer:quiet:1:50", 2, 50));
        assert_eq!(lanes.pressure(7).waiting_in, 1, "a timer does not wait");
        assert_eq!(lanes.pressure(7).oldest, 7);
        let lease = claim(&mut lanes, 0, 1).remove(0).lease;
        lanes.apply(Change::Ended(lease.clone(), ItemId(1)));
        assert!(!lanes.release(&lease, 1));
        assert_eq!(lanes.inbox.lanes.len(), 1);
        assert_eq!(lanes.next_at(Hop::In), Some(50));
    }

    #[test]
    fn what_is_known_is_not_learnt_twice() {
        let mut lanes = Lanes::default();
        lanes.apply(opened("chat:1", 1, 0));
        let held = claim(&mut lanes, 0, 1).remove(0).lease;
        lanes.learn(opened("chat:1", 1, 0));
        lanes.learn(opened("chat:1", 2, 0));
        assert!(claim(&mut lanes, 1, 9).is_empty(), "it is still held");
        lanes.release(&held, 1);
        assert_eq!(
            claim(&mut lanes, 1, 9)[0].items,
            [ItemId(1), ItemId(2)],
            "an older item stands before a newer one"
        );
    }
}
