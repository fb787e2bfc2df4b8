//! The transaction of the writer, and what it will change about the lanes.

use super::lanes::{Change, Lanes};
use super::queue;
use crate::store::{ItemId, Lease};
use sqlx::SqliteConnection;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What SQLite counts begins above this.
const NOBODY_KNOWN: i64 = -1;

/// The transaction that is open, and what it will change about the lanes.
pub(super) struct Transaction {
    pub(super) c: SqliteConnection,
    lanes: Arc<Mutex<Lanes>>,
    changes: Vec<Change>,
    next_id: i64,
    /// SQLite's number for what others have written so far.
    others: i64,
}

impl Transaction {
    pub(super) async fn on(
        c: SqliteConnection,
        lanes: Arc<Mutex<Lanes>>,
    ) -> Result<Self, sqlx::Error> {
        let mut transaction = Self {
            c,
            lanes,
            changes: Vec::new(),
            next_id: 0,
            others: NOBODY_KNOWN,
        };
        transaction.look().await?;
        Ok(transaction)
    }

    pub(super) async fn run(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        sqlx::query(sql).execute(&mut self.c).await.map(drop)
    }

    /// Whether the lane is still held and the item still to be done.
    pub(super) fn holds(&self, lease: &Lease, item: ItemId) -> bool {
        lock(&self.lanes).hold_for(lease, item)
    }

    /// Whether the lane is still held.
    pub(super) fn is_ours(&self, lease: &Lease) -> bool {
        lock(&self.lanes).hold(lease)
    }

    /// Notes what follows for the lanes once this is committed.
    pub(super) fn then(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// How much is noted by now.
    pub(super) fn noted(&self) -> usize {
        self.changes.len()
    }

    /// Forgets what was noted since then.
    pub(super) fn back_to(&mut self, noted: usize) {
        self.changes.truncate(noted);
    }

    /// It is committed.
    pub(super) fn apply(&mut self) {
        let mut lanes = lock(&self.lanes);
        for change in self.changes.drain(..) {
            lanes.apply(change);
        }
    }

    /// A number for a new item, in the order of arrival. One whose transaction fails is never used again.
    pub(super) fn new_id(&mut self) -> ItemId {
        self.next_id += 1;
        ItemId(self.next_id)
    }

    /// Reads what is open, at the start and after somebody else has written.
    async fn read_lanes(&mut self) -> Result<(), sqlx::Error> {
        let (open, last) = queue::open_items(&mut self.c).await?;
        let mut lanes = lock(&self.lanes);
        for change in open {
            lanes.learn(change);
        }
        self.next_id = self.next_id.max(last);
        Ok(())
    }

    /// Looks whether somebody else has written.
    pub(super) async fn look(&mut self) -> Result<(), sqlx::Error> {
        let others = sqlx::query_scalar("PRAGMA data_version");
        let others = others.fetch_one(&mut self.c).await?;
        self.notice(others).await
    }

    /// Learns what somebody else has written, by SQLite's number for that.
    pub(super) async fn notice(&mut self, others: i64) -> Result<(), sqlx::Error> {
        if others != self.others {
            self.read_lanes().await?;
            self.others = others;
        }
        Ok(())
    }
}

pub(super) fn lock(lanes: &Mutex<Lanes>) -> MutexGuard<'_, Lanes> {
    lanes.lock().unwrap_or_else(PoisonError::into_inner)
}
