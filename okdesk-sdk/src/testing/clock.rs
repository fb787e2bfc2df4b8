//! The account's clock: runs with the real one until it is moved or stopped by hand.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

#[derive(Debug)]
enum Hand {
    /// This far from the real time.
    Runs(SignedDuration),
    Stands(Timestamp),
}

/// The clock that dates records, ends the life of file addresses and of login links, and counts down the `Retry-After` of
/// [`Fault::Busy`](super::Fault::Busy).
///
/// ```
/// # use std::time::Duration;
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let okdesk = okdesk_sdk::testing::Simulator::start().await;
/// let before = okdesk.clock().now();
/// okdesk.clock().advance(Duration::from_secs(3600));
/// assert!(okdesk.clock().now() >= before + Duration::from_secs(3600));
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Clock(Arc<Mutex<Hand>>);

impl Default for Clock {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Hand::Runs(SignedDuration::ZERO))))
    }
}

impl Clock {
    fn with<T>(&self, work: impl FnOnce(&mut Hand) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The account's present.
    pub fn now(&self) -> Timestamp {
        self.with(|hand| match hand {
            Hand::Runs(ahead) => Timestamp::now()
                .saturating_add(*ahead)
                .unwrap_or(Timestamp::MAX),
            Hand::Stands(at) => *at,
        })
    }

    /// Moves the clock forward; whether it runs or stands does not change.
    pub fn advance(&self, by: Duration) {
        let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        self.with(|hand| match hand {
            Hand::Runs(ahead) => *ahead = ahead.saturating_add(by),
            Hand::Stands(at) => *at = at.saturating_add(by).unwrap_or(Timestamp::MAX),
        });
    }

    /// Stops the clock at an instant.
    pub fn stop_at(&self, at: Timestamp) {
        self.with(|hand| *hand = Hand::Stands(at));
    }

    /// Stops the clock now.
    pub fn stop(&self) {
        self.stop_at(self.now());
    }

    /// Lets the clock run on from where it is.
    pub fn run(&self) {
        let ahead = self.now().duration_since(Timestamp::now());
        self.with(|hand| *hand = Hand::Runs(ahead));
    }

    /// Follows the real clock again.
    pub fn reset(&self) {
        self.with(|hand| *hand = Hand::Runs(SignedDuration::ZERO));
    }

    /// Does it stand?
    pub fn is_stopped(&self) -> bool {
        self.with(|hand| matches!(hand, Hand::Stands(_)))
    }
}
