//! Whether a connection has anything to do, and since when not.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// Some atomic writes for each request instead of a timer.
pub(super) struct Activity {
    started: Instant,
    running: AtomicUsize,
    /// Milliseconds from the start to the last moment at which something ended.
    last: AtomicU64,
}

impl Activity {
    pub(super) fn new() -> Self {
        Self {
            started: Instant::now(),
            running: AtomicUsize::new(0),
            last: AtomicU64::new(0),
        }
    }

    pub(super) fn begin(&self) {
        self.running.fetch_add(1, Ordering::AcqRel);
    }

    pub(super) fn end(&self) {
        let now = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(now, Ordering::Release);
        self.running.fetch_sub(1, Ordering::AcqRel);
    }

    pub(super) async fn idle_for(&self, time: Duration) {
        let mut wait = time;
        loop {
            tokio::time::sleep(wait).await;
            let last = self.started + Duration::from_millis(self.last.load(Ordering::Acquire));
            wait = if self.running.load(Ordering::Acquire) > 0 {
                time
            } else {
                time.saturating_sub(last.elapsed())
            };
            if wait.is_zero() {
                return;
            }
        }
    }
}
