//! When a call is tried again, and after how long. Pure decisions; the pipeline does the waiting.

use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use crate::error::{Delivery, ErrorKind, Failure};
use crate::operation::{Idempotency, Operation};

/// How often and how patiently a call is repeated.
///
/// Reads are repeated after any passing failure. Writes are repeated only if they were not sent, or were refused with 429.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// Tries in all, the first included. Default 3; 1 means never again.
    pub max_attempts: u32,
    /// The longest wait before the second try; it doubles with each further one. Default 0.5 s.
    pub base_delay: Duration,
    /// No wait of our own choice is longer. Default 20 s.
    pub max_delay: Duration,
    /// Whether idempotent writes are repeated like reads. Default no: notifications might be sent twice.
    pub repeat_idempotent_writes: bool,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 3,
            base_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(20),
            repeat_idempotent_writes: false,
        }
    }
}

impl RetryPolicy {
    /// Never repeats anything.
    #[must_use]
    pub fn never() -> Self {
        Self {
            max_attempts: 1,
            ..Self::default()
        }
    }

    /// Sets the number of tries, the first included.
    #[must_use]
    pub fn with_max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Sets the shortest and the longest wait.
    #[must_use]
    pub fn with_delays(mut self, base: Duration, max: Duration) -> Self {
        (self.base_delay, self.max_delay) = (base, max);
        self
    }

    /// Repeats idempotent writes like reads.
    #[must_use]
    pub fn with_repeated_idempotent_writes(mut self) -> Self {
        self.repeat_idempotent_writes = true;
        self
    }

    /// Whether the failure of this try allows another one, apart from counts and budgets.
    pub(crate) fn allows(&self, operation: &Operation, failure: &Failure) -> bool {
        let repeatable = match operation.idempotency {
            Idempotency::Safe => true,
            Idempotency::Idempotent => self.repeat_idempotent_writes,
            Idempotency::Not => false,
        };
        match failure.kind {
            ErrorKind::RateLimited => true,
            ErrorKind::Connect => failure.delivery == Delivery::NotSent || repeatable,
            ErrorKind::Timeout | ErrorKind::Transport | ErrorKind::Decode => repeatable,
            ErrorKind::Server => {
                repeatable && matches!(failure.status, Some(500 | 502 | 503 | 504))
            }
            ErrorKind::Status => repeatable && failure.status == Some(408),
            _ => false,
        }
    }

    /// How long to wait before the next try: full jitter, `roll` is from 0 to 1. What Okdesk asks for is the least.
    pub(crate) fn delay(&self, attempt: u32, roll: f64, retry_after: Option<Duration>) -> Duration {
        let doubled = self.base_delay.saturating_mul(
            1u32.checked_shl(attempt.saturating_sub(1))
                .unwrap_or(u32::MAX),
        );
        let own = doubled.min(self.max_delay).mul_f64(roll.clamp(0.0, 1.0));
        retry_after.map_or(own, |asked| asked.max(own))
    }
}

/// Tokens for repetitions, shared by all calls of a client, so that a failing service is not hammered: ten to begin with,
/// one for each repetition, a fifth back for each success.
#[derive(Debug)]
pub(crate) struct Budget(Mutex<f64>);

const BUDGET: f64 = 10.0;
const REFUND: f64 = 0.2;

impl Default for Budget {
    fn default() -> Self {
        Self(Mutex::new(BUDGET))
    }
}

impl Budget {
    pub(crate) fn take(&self) -> bool {
        let mut tokens = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let enough = *tokens >= 1.0;
        if enough {
            *tokens -= 1.0;
        }
        enough
    }

    pub(crate) fn refund(&self) {
        let mut tokens = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *tokens = (*tokens + REFUND).min(BUDGET);
    }
}

/// Reads `Retry-After`: seconds, or a date, which is compared with `now`.
pub(crate) fn parse_retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = httpdate::parse_http_date(value).ok()?;
    Some(at.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn retry_after_as_seconds_and_as_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        assert_eq!(parse_retry_after(" 7 ", now), Some(Duration::from_secs(7)));
        let date = httpdate::fmt_http_date(now + Duration::from_secs(90));
        assert_eq!(parse_retry_after(&date, now), Some(Duration::from_secs(90)));
        let past = httpdate::fmt_http_date(now - Duration::from_secs(90));
        assert_eq!(parse_retry_after(&past, now), Some(Duration::ZERO));
        assert_eq!(parse_retry_after("soon", now), None);
        assert_eq!(parse_retry_after("-1", now), None);
    }

    #[test]
    fn the_budget_runs_out_and_comes_back() {
        let budget = Budget::default();
        assert!((0..10).all(|_| budget.take()));
        assert!(!budget.take());
        (0..5).for_each(|_| budget.refund());
        assert!(budget.take());
        assert!(!budget.take());
    }

    proptest! {
        #[test]
        fn a_delay_is_within_its_bounds(attempt in 1u32..100, roll in 0.0f64..=1.0, asked in proptest::option::of(0u64..100)) {
            let policy = RetryPolicy::default();
            let delay = policy.delay(attempt, roll, asked.map(Duration::from_secs));
            let asked = asked.map_or(Duration::ZERO, Duration::from_secs);
            prop_assert!(delay >= asked);
            prop_assert!(delay <= asked.max(policy.max_delay));
        }

        #[test]
        fn no_header_panics(value in ".*") {
            let _ = parse_retry_after(&value, SystemTime::now());
        }
    }
}
