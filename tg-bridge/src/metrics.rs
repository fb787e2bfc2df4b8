//! Numbers about the bridge at work, in Prometheus' text format.

mod page;
mod process;

pub(crate) use page::Seen;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Upper bounds of the classes in which times to take an event in are counted, in microseconds.
const ACCEPT_BOUNDS: [u64; 9] = [
    1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 500_000, 1_000_000,
];

/// Where an event came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Telegram,
    Webhook,
    Reconciler,
}

/// Counters. Everything else is asked of the store when somebody looks.
#[derive(Debug)]
pub(crate) struct Metrics {
    started: Duration,
    updates: Taken,
    webhooks: Taken,
    reconciled: Taken,
    accept: Times,
    reactions: AtomicU64,
    effects: AtomicU64,
    delivered: AtomicU64,
    retried: AtomicU64,
    throttled: AtomicU64,
    uncertain: AtomicU64,
    dead: AtomicU64,
    plain: AtomicU64,
    polled_at: AtomicI64,
    replicas: AtomicU64,
    /// Webhooks of kinds that are not known, by their names.
    unknown: Mutex<BTreeMap<String, u64>>,
}

/// So many names are told apart: somebody who makes them up must not fill the memory.
const NAMES: usize = 32;
/// The name of all others, and of what is no name.
const OTHER: &str = "other";

#[derive(Debug, Default)]
struct Taken {
    new: AtomicU64,
    known: AtomicU64,
    /// When the latest came, in Unix milliseconds.
    last: AtomicI64,
}

/// How many took how long.
#[derive(Debug, Default)]
struct Times {
    /// One per bound; what took longer is in the count only.
    within: [AtomicU64; ACCEPT_BOUNDS.len()],
    count: AtomicU64,
    micros: AtomicU64,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            started: SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default(),
            updates: Taken::default(),
            webhooks: Taken::default(),
            reconciled: Taken::default(),
            accept: Times::default(),
            reactions: AtomicU64::default(),
            effects: AtomicU64::default(),
            delivered: AtomicU64::default(),
            retried: AtomicU64::default(),
            throttled: AtomicU64::default(),
            uncertain: AtomicU64::default(),
            dead: AtomicU64::default(),
            plain: AtomicU64::default(),
            polled_at: AtomicI64::default(),
            replicas: AtomicU64::new(1),
            unknown: Mutex::default(),
        }
    }
}

impl Taken {
    fn add(&self, new: usize, known: usize) {
        self.new.fetch_add(new as u64, Ordering::Relaxed);
        self.known.fetch_add(known as u64, Ordering::Relaxed);
    }
}

fn one(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl Metrics {
    /// Events came from a source: new ones and ones that were known.
    pub(crate) fn accepted(&self, source: Source, now: i64, new: usize, known: usize) {
        let taken = match source {
            Source::Telegram => &self.updates,
            Source::Webhook => &self.webhooks,
            Source::Reconciler => &self.reconciled,
        };
        taken.add(new, known);
        if new + known > 0 {
            taken.last.store(now, Ordering::Relaxed);
        }
    }

    /// An event was written down this long after it had been read.
    pub(crate) fn took(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        if let Some(class) = ACCEPT_BOUNDS.iter().position(|bound| micros <= *bound) {
            one(&self.accept.within[class]);
        }
        one(&self.accept.count);
        self.accept.micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// A webhook of a kind came that this version does not know.
    pub(crate) fn unknown(&self, kind: &str) {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-:".contains(&byte);
        let is_name = (1..=64).contains(&kind.len()) && kind.bytes().all(is_plain);
        let mut unknown = self.unknown.lock().unwrap_or_else(PoisonError::into_inner);
        let is_told = is_name && (unknown.len() < NAMES || unknown.contains_key(kind));
        let name = if is_told { kind } else { OTHER };
        *unknown.entry(name.to_owned()).or_default() += 1;
    }

    /// An event was handled.
    pub(crate) fn reacted(&self, effects: usize) {
        one(&self.reactions);
        self.effects.fetch_add(effects as u64, Ordering::Relaxed);
    }

    /// An effect was carried out.
    pub(crate) fn delivered(&self) {
        one(&self.delivered);
    }

    /// An effect has to be tried again.
    pub(crate) fn retried(&self) {
        one(&self.retried);
    }

    /// A destination asked to wait, or the pace did.
    pub(crate) fn throttled(&self) {
        one(&self.throttled);
    }

    /// An effect is carried out that may have been carried out before.
    pub(crate) fn uncertain(&self) {
        one(&self.uncertain);
    }

    /// Something was given up.
    pub(crate) fn died(&self) {
        one(&self.dead);
    }

    /// Telegram did not take the formatting of a message, which went as plain text.
    pub(crate) fn unformatted(&self) {
        one(&self.plain);
    }

    /// Telegram answered a question for updates, in Unix milliseconds.
    pub(crate) fn polled(&self, now: i64) {
        self.polled_at.store(now, Ordering::Relaxed);
    }

    /// So many bridges share the database.
    pub(crate) fn counted(&self, replicas: usize) {
        self.replicas.store(replicas as u64, Ordering::Relaxed);
    }

    /// When Telegram last answered; 0 if never.
    pub(crate) fn polled_at(&self) -> i64 {
        self.polled_at.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
// A test stops at the first surprise.
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_made_up_fill_neither_the_memory_nor_the_page() {
        let metrics = Metrics::default();
        for number in 0..1000 {
            metrics.unknown(&format!("made_up_{number}"));
        }
        metrics.unknown("made_up_0");
        metrics.unknown("a\"} 1\nforged 2");
        metrics.unknown("");
        let unknown = metrics.unknown.lock().unwrap();
        assert_eq!(unknown.len(), NAMES + 1);
        assert_eq!(unknown["made_up_0"], 2);
        assert_eq!(unknown[OTHER], 1000 - NAMES as u64 + 2);
    }
}
