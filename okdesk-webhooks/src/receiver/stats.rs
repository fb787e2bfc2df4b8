//! What the receiver has seen: counters, and a report on each thing worth noting.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http::StatusCode;

use crate::schema::Deviation;
use crate::verify::Refusal;

/// How many requests ended in which way since the receiver was built.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Events acknowledged with 200, unknown ones included.
    pub accepted: u64,
    /// Events of a type this crate does not know, or of a shape it could not read.
    pub unknown: u64,
    /// Requests refused by the verifier (401).
    pub refused: u64,
    /// Bodies that were no event (400), or that broke off.
    pub bad_body: u64,
    /// Bodies over the limit (413).
    pub too_large: u64,
    /// Bodies that took too long (408).
    pub too_slow: u64,
    /// Wrong method or type (405, 415).
    pub wrong_kind: u64,
    /// Turned away because no place was free (503).
    pub busy: u64,
    /// The handler asked to come back (503).
    pub retried: u64,
    /// The handler took too long or panicked (503).
    pub failed: u64,
    /// Bodies with deviations, when the receiver looks for them.
    pub deviating: u64,
}

/// One thing worth noting, given to the [observer](super::Builder::observe). Nothing in it comes from a
/// secret.
#[derive(Debug)]
#[non_exhaustive]
pub enum Report<'a> {
    /// A request was answered.
    Answered {
        /// With this status.
        status: StatusCode,
        /// So long after its head had arrived.
        elapsed: Duration,
    },
    /// The verifier refused.
    Refused(Refusal),
    /// An event of a type (or shape) that is not known, which the handler gets all the same.
    Unknown {
        /// The type it claims, as it was sent.
        event_type: &'a str,
    },
    /// The body is not what the documentation says.
    Deviating {
        /// The type it claims, as it was sent.
        event_type: &'a str,
        /// Where, and in what way.
        deviations: &'a [Deviation],
    },
    /// The handler did not answer in time; it runs on.
    HandlerTooSlow,
    /// The handler panicked.
    HandlerPanicked,
}

macro_rules! counters {
    ($($name:ident),*) => {
        /// The live form of [`Stats`].
        #[derive(Debug, Default)]
        pub(super) struct Counters {
            $(pub(super) $name: Counter,)*
        }

        impl Counters {
            pub(super) fn snapshot(&self) -> Stats {
                Stats { $($name: self.$name.0.load(Ordering::Relaxed),)* }
            }
        }
    };
}

counters!(
    accepted, unknown, refused, bad_body, too_large, too_slow, wrong_kind, busy, retried, failed,
    deviating
);

#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
