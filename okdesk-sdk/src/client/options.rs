//! What may be said about one call, and what is known after it.

use std::time::Duration;

use bytes::Bytes;

use crate::headers::Headers;
use crate::retry::RetryPolicy;

/// How long things may take. Each can be switched off with `None`.
///
/// Keep `connect` well below `attempt`: a connection that never came up is known not to have sent anything, a try that ran
/// out of time is not.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Timeouts {
    /// For a connection to come up. Default 10 s.
    pub connect: Option<Duration>,
    /// For one try; while files are sent, for the time without progress. Default 30 s.
    pub attempt: Option<Duration>,
    /// For the whole call, with all its tries and waits; not for calls with files. Default 120 s.
    pub operation: Option<Duration>,
    /// For the next byte of a file to come. Default 20 s.
    pub stall: Option<Duration>,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Some(Duration::from_secs(10)),
            attempt: Some(Duration::from_secs(30)),
            operation: Some(Duration::from_secs(120)),
            stall: Some(Duration::from_secs(20)),
        }
    }
}

impl Timeouts {
    /// For a connection to come up.
    #[must_use]
    pub fn with_connect(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.connect = limit.into();
        self
    }

    /// For one try.
    #[must_use]
    pub fn with_attempt(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.attempt = limit.into();
        self
    }

    /// For the whole call.
    #[must_use]
    pub fn with_operation(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.operation = limit.into();
        self
    }

    /// For the next byte of a file.
    #[must_use]
    pub fn with_stall(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.stall = limit.into();
        self
    }
}

/// Options of one call. They never go on the wire.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CallOptions {
    pub(crate) deadline: Option<Duration>,
    pub(crate) attempt: Option<Duration>,
    pub(crate) retry: Option<RetryPolicy>,
    pub(crate) reconcile: Option<Duration>,
}

impl CallOptions {
    /// No options: everything as the client has it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How long the whole call may take, with all its tries and waits.
    #[must_use]
    pub fn deadline(mut self, limit: Duration) -> Self {
        self.deadline = Some(limit);
        self
    }

    /// How long one try may take.
    #[must_use]
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.attempt = Some(limit);
        self
    }

    /// For creating an issue or a comment: if its fate is unknown, look for it, and give back what is found.
    ///
    /// It is looked for by author, title or text, and time; `window` is how far the two clocks may be apart. If nothing,
    /// or more than one thing, looks like it, the error stays what it was. Off unless asked for.
    #[must_use]
    pub fn reconcile(mut self, window: Duration) -> Self {
        self.reconcile = Some(window);
        self
    }

    /// How the call is repeated.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }
}

/// What is known after a call that succeeded.
#[derive(Debug, Clone, Default)]
pub struct Meta {
    pub(crate) status: u16,
    pub(crate) headers: Headers,
    pub(crate) body: Bytes,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
    pub(crate) skipped: Vec<SkippedItem>,
    pub(crate) reconciled: bool,
}

impl Meta {
    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// A header of the answer, by its name in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)
    }

    /// The answer exactly as it came, for what is not modelled.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Whether this was not the answer to the creation, but found afterwards; see [`CallOptions::reconcile`].
    #[must_use]
    pub fn is_reconciled(&self) -> bool {
        self.reconciled
    }

    pub(crate) fn reconciled(mut self) -> Self {
        self.reconciled = true;
        self
    }

    /// How many tries it took.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// How long it took, waiting included.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// Items of a list that could not be understood and were left out.
    #[must_use]
    pub fn skipped(&self) -> &[SkippedItem] {
        &self.skipped
    }
}

/// An item of a list that could not be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SkippedItem {
    /// Its place in the answer, from 0.
    pub position: usize,
    /// Its id, if that at least could be read.
    pub id: Option<u64>,
    /// Where in the item the trouble is, such as `company.id`.
    pub path: String,
    /// What the trouble is.
    pub reason: String,
    /// The item exactly as it came.
    pub json: String,
}
