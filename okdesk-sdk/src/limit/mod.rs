//! How many calls run at once and per second, and the pause of the whole client after 429.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

use crate::error::ConfigError;

/// How gently the account is treated.
///
/// No public figure of Okdesk's own limit exists, so the default is careful: four calls at once, no limit per second.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Limit {
    /// Calls at once.
    pub in_flight: usize,
    /// Calls per second, if limited.
    pub per_second: Option<f64>,
}

impl Default for Limit {
    fn default() -> Self {
        Self {
            in_flight: 4,
            per_second: None,
        }
    }
}

impl Limit {
    /// Sets the number of calls at once.
    #[must_use]
    pub fn with_in_flight(mut self, calls: usize) -> Self {
        self.in_flight = calls;
        self
    }

    /// Sets the number of calls per second; calls are spread evenly.
    #[must_use]
    pub fn with_per_second(mut self, calls: f64) -> Self {
        self.per_second = Some(calls);
        self
    }
}

#[derive(Debug)]
pub(crate) struct Limiter {
    slots: Arc<Semaphore>,
    interval: Option<Duration>,
    times: Mutex<Times>,
}

#[derive(Debug, Default)]
struct Times {
    next_start: Option<Instant>,
    paused_until: Option<Instant>,
}

impl Limiter {
    pub(crate) fn new(limit: &Limit) -> Result<Self, ConfigError> {
        let interval = match limit.per_second {
            None => None,
            Some(rate) if rate.is_finite() && rate > 0.0 => {
                Some(Duration::try_from_secs_f64(1.0 / rate).map_err(|_| ConfigError::Limit)?)
            }
            Some(_) => return Err(ConfigError::Limit),
        };
        if limit.in_flight == 0 {
            return Err(ConfigError::Limit);
        }
        Ok(Self {
            slots: Arc::new(Semaphore::new(limit.in_flight.min(Semaphore::MAX_PERMITS))),
            interval,
            times: Mutex::default(),
        })
    }

    /// Waits for a slot, for the end of a pause, and for the turn; the slot is free again when the permit is dropped.
    pub(crate) async fn acquire(&self) -> Option<OwnedSemaphorePermit> {
        // The semaphore is never closed, so this is always a permit.
        let permit = Arc::clone(&self.slots).acquire_owned().await.ok();
        while let Some(until) = self.paused_until() {
            sleep_until(until).await;
        }
        if let Some(at) = self.book_turn() {
            sleep_until(at).await;
        }
        permit
    }

    /// Holds back every call of the client; a longer pause wins.
    pub(crate) fn pause(&self, delay: Duration) {
        let until = Instant::now().checked_add(delay);
        let mut times = self.times();
        times.paused_until = times.paused_until.max(until);
    }

    pub(crate) fn paused_until(&self) -> Option<Instant> {
        self.times()
            .paused_until
            .filter(|until| *until > Instant::now())
    }

    fn book_turn(&self) -> Option<Instant> {
        let interval = self.interval?;
        let now = Instant::now();
        let mut times = self.times();
        let at = times.next_start.map_or(now, |next| next.max(now));
        times.next_start = at.checked_add(interval);
        Some(at)
    }

    fn times(&self) -> MutexGuard<'_, Times> {
        self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn calls_per_second_are_spread_evenly() {
        let limiter = Limiter::new(&Limit::default().with_per_second(2.0)).unwrap();
        let start = Instant::now();
        let mut starts = Vec::new();
        for _ in 0..4 {
            drop(limiter.acquire().await);
            starts.push(start.elapsed().as_millis());
        }
        assert_eq!(starts, [0, 500, 1000, 1500]);
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_than_allowed_at_once() {
        let limiter = Limiter::new(&Limit::default().with_in_flight(2)).unwrap();
        let first = limiter.acquire().await;
        let _second = limiter.acquire().await;
        assert!(
            tokio::time::timeout(Duration::from_secs(60), limiter.acquire())
                .await
                .is_err()
        );
        drop(first);
        assert!(limiter.acquire().await.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_everybody_and_the_longer_one_wins() {
        let limiter = Limiter::new(&Limit::default()).unwrap();
        limiter.pause(Duration::from_secs(7));
        limiter.pause(Duration::from_secs(3));
        let start = Instant::now();
        limiter.acquire().await;
        assert_eq!(start.elapsed().as_secs(), 7);
    }

    #[test]
    fn a_limit_that_stops_everything_is_refused() {
        assert!(Limiter::new(&Limit::default().with_in_flight(0)).is_err());
        for rate in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-300] {
            assert!(
                Limiter::new(&Limit::default().with_per_second(rate)).is_err(),
                "{rate}"
            );
        }
    }
}
