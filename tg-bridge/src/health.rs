//! Whether the bridge can do its work: readiness with reasons. Being alive needs no reason.

use crate::metrics::Metrics;
use crate::store::{Answered, Pressure, Store};
use futures_util::future::join;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// An item that waits longer than this tells that something does not work.
const OLDEST: i64 = 5 * 60 * 1000;
/// Telegram answers a question for updates at least this often.
const POLL: i64 = 3 * 60 * 1000;
/// Okdesk may be away for a moment.
const OKDESK: i64 = 2 * 60 * 1000;
/// One look serves everybody who asks within this time.
const FRESH: Duration = Duration::from_secs(1);
/// A database that needs longer is as good as none for now, and whoever asks does not wait for ever.
const PROMPT: Duration = Duration::from_secs(2);

/// Looks at the bridge.
pub(crate) struct Health {
    store: Arc<dyn Store>,
    metrics: Arc<Metrics>,
    /// Since when updates are polled, in Unix milliseconds; none if Telegram brings them.
    polling_since: Option<i64>,
    /// Since when Okdesk does not answer as it should, and what the last try said.
    okdesk: std::sync::Mutex<Option<(i64, String)>>,
    draining: AtomicBool,
    last: Mutex<Option<(Instant, Look)>>,
}

/// A look at the bridge.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    pub(crate) report: Report,
    /// How much waits, if the database tells.
    pub(crate) pressure: Option<Pressure>,
}

/// What was seen. Every check that failed says why.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Report {
    /// Why writing to the database fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<String>,
    /// Why the queue is too old.
    #[serde(skip_serializing_if = "Option::is_none")]
    queue: Option<String>,
    /// Why polling is stale.
    #[serde(skip_serializing_if = "Option::is_none")]
    polling: Option<String>,
    /// Why Okdesk cannot be worked with.
    #[serde(skip_serializing_if = "Option::is_none")]
    okdesk: Option<String>,
    /// The bridge is being stopped.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stopping: bool,
}

impl Report {
    pub(crate) fn is_ready(&self) -> bool {
        *self == Self::default()
    }

    /// Every check by its name, and whether it fails.
    pub(crate) fn checks(&self) -> [(&'static str, bool); 4] {
        [
            ("database", self.database.is_some()),
            ("queue", self.queue.is_some()),
            ("polling", self.polling.is_some()),
            ("okdesk", self.okdesk.is_some()),
        ]
    }

    pub(crate) fn to_json(&self) -> String {
        let problems = serde_json::to_value(self).unwrap_or_default();
        serde_json::json!({ "ready": self.is_ready(), "problems": problems }).to_string()
    }
}

impl Health {
    pub(crate) fn new(store: Arc<dyn Store>, metrics: Arc<Metrics>, polling: bool) -> Self {
        let polling_since = polling.then(|| store.clock().now());
        Self {
            store,
            metrics,
            polling_since,
            okdesk: std::sync::Mutex::default(),
            draining: AtomicBool::new(false),
            last: Mutex::new(None),
        }
    }

    /// From now on no new work is wanted.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// What a call to Okdesk brought.
    pub(crate) fn heard_of_okdesk(&self, answer: Result<(), String>) {
        let mut okdesk = self.okdesk.lock().unwrap_or_else(|e| e.into_inner());
        *okdesk = answer.err().map(|error| {
            let since = okdesk.take().map(|(since, _)| since);
            (since.unwrap_or_else(|| self.store.clock().now()), error)
        });
    }

    /// What is seen now, or was a moment ago.
    pub(crate) async fn look(&self) -> Look {
        let mut last = self.last.lock().await;
        if let Some((at, look)) = &*last
            && at.elapsed() < FRESH
            && look.report.stopping == self.draining.load(Ordering::Relaxed)
        {
            return look.clone();
        }
        let look = self.look_anew().await;
        *last = Some((Instant::now(), look.clone()));
        look
    }

    async fn look_anew(&self) -> Look {
        let now = self.store.clock().now();
        let (written, pressure) = join(
            promptly(self.store.probe()),
            promptly(self.store.pressure()),
        )
        .await;
        let database = written
            .err()
            .map(|reason| format!("cannot be written: {reason}"));
        let queue = match &pressure {
            Ok(pressure) if pressure.oldest > OLDEST => Some(format!(
                "the oldest item waits for {} s",
                pressure.oldest / 1000
            )),
            Ok(_) => None,
            Err(reason) => Some(format!("cannot be read: {reason}")),
        };
        let polling = self.polling_since.and_then(|since| {
            let silence = now - self.metrics.polled_at().max(since);
            (silence > POLL).then(|| format!("Telegram has not answered for {} s", silence / 1000))
        });
        let okdesk = self
            .okdesk
            .lock()
            .unwrap_or_else(|e| e.into_inner())
            .as_ref()
            .filter(|(since, _)| now - since > OKDESK)
            .map(|(since, error)| {
                format!("does not answer for {} s: {error}", (now - since) / 1000)
            });
        let report = Report {
            database,
            queue,
            polling,
            okdesk,
            stopping: self.draining.load(Ordering::Relaxed),
        };
        Look {
            report,
            pressure: pressure.ok(),
        }
    }
}

/// An answer of the database, or why there is none in time.
async fn promptly<T>(answer: Answered<'_, T>) -> Result<T, String> {
    match tokio::time::timeout(PROMPT, answer).await {
        Ok(answer) => answer.map_err(|e| e.to_string()),
        Err(_) => Err(format!("no answer for {} s", PROMPT.as_secs())),
    }
}
