//! What a program may watch: tries, repetitions, pauses, items left out, drift.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::client::SkippedItem;
use crate::error::{Delivery, ErrorKind};
use crate::model::Drift;
use crate::operation::Operation;

/// One try that has ended.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Attempt {
    /// The operation.
    pub operation: &'static Operation,
    /// Which try, from 1.
    pub number: u32,
    /// How long it took.
    pub elapsed: Duration,
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
    /// What went wrong, if anything.
    pub failure: Option<(ErrorKind, Delivery)>,
}

/// Watches a client. Every method does nothing unless it is overwritten; keep them quick, calls wait for them.
pub trait Observer: Send + Sync + 'static {
    /// A try has ended.
    fn on_attempt(&self, attempt: &Attempt) {
        let _ = attempt;
    }

    /// A call is about to be repeated after a wait.
    fn on_retry(&self, attempt: &Attempt, wait: Duration) {
        let _ = (attempt, wait);
    }

    /// Okdesk said 429: the whole client pauses.
    fn on_pause(&self, wait: Duration) {
        let _ = wait;
    }

    /// An item of a list could not be understood and was left out.
    fn on_skipped(&self, operation: &'static Operation, item: &SkippedItem) {
        let _ = (operation, item);
    }

    /// An answer holds something this version does not know. Told once for each operation and difference.
    fn on_drift(&self, operation: &'static Operation, drift: &Drift) {
        let _ = (operation, drift);
    }
}

/// What has been told already.
#[derive(Default)]
pub(crate) struct Reported(Mutex<HashSet<(&'static str, Drift)>>);

/// A service that invents new words in every answer must not fill the memory.
const MOST: usize = 10_000;

impl Reported {
    pub(crate) fn is_new(&self, operation: &'static Operation, drift: &Drift) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.len() < MOST && told.insert((operation.id, drift.clone()))
    }
}

impl fmt::Debug for Reported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reported")
    }
}
