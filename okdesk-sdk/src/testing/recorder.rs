//! The recorder: every request as it was seen, without its token.

use std::collections::VecDeque;
use std::io::{self, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use jiff::Timestamp;

use super::params::{Param, Params};
use super::traffic::line;

/// One request, and the status it got.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Recorded {
    /// Counts from 1.
    pub number: u64,
    /// By the account's clock.
    pub at: Timestamp,
    /// `GET`, `POST`, `PATCH`, `DELETE`.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// `issues.create`, or empty for a path Okdesk does not know.
    pub operation: &'static str,
    /// The query as sent, without `api_token`.
    pub query: String,
    /// `Content-Type` of the body.
    pub content_type: Option<String>,
    /// The body as sent.
    pub body: Bytes,
    /// The status of the answer; none if the connection was dropped.
    pub status: Option<u16>,
    /// The body of the answer.
    pub answer: Bytes,
    pub(crate) params: Params,
}

impl Recorded {
    /// A parameter by the name it has in Okdesk's documentation, wherever it was sent: `page[size]`,
    /// `issue[title]`, `issue[attachments][0][is_public]`.
    pub fn param(&self, name: &str) -> Option<String> {
        self.find(name)?.text()
    }

    /// The elements of an array parameter: `company_ids`.
    pub fn list(&self, name: &str) -> Vec<String> {
        match self.find(name) {
            Some(Param::List(items)) => items.iter().filter_map(Param::text).collect(),
            _ => Vec::new(),
        }
    }

    /// Name and content of a file: `comment[attachments][0][attachment]`.
    pub fn file(&self, name: &str) -> Option<(&str, &Bytes)> {
        match self.find(name)? {
            Param::File(part) => Some((&part.name, &part.content)),
            _ => None,
        }
    }

    /// The body as JSON; null if it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    fn bytes(&self) -> usize {
        self.body.len() + self.answer.len()
    }

    fn find(&self, name: &str) -> Option<&Param> {
        let mut steps = name.split(['[', ']']).filter(|step| !step.is_empty());
        let first = self.params.get(steps.next()?)?;
        steps.try_fold(first, |param, step| match param {
            Param::Map(params) => params.get(step),
            Param::List(items) => items.get(step.parse::<usize>().ok()?),
            _ => None,
        })
    }
}

/// Older calls are forgotten, or a program that runs for days would fill the memory.
const KEPT: usize = 10_000;

/// As many bytes of bodies and answers are kept together; of one call always all.
const KEPT_BYTES: usize = 64 * 1024 * 1024;

/// What was asked of the [`Simulator`](crate::testing::Simulator), oldest first: the last 10,000 requests, fewer if
/// their bodies and answers are larger than 64 MiB together.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    seen: Arc<Mutex<Seen>>,
    copy: Arc<Mutex<Option<Copy>>>,
}

#[derive(Debug, Default)]
struct Seen {
    calls: VecDeque<Recorded>,
    bytes: usize,
    /// Of the last call, forgotten ones included.
    number: u64,
}

impl Seen {
    fn push(&mut self, mut call: Recorded) {
        self.number += 1;
        call.number = self.number;
        self.bytes += call.bytes();
        self.calls.push_back(call);
        while self.calls.len() > KEPT || (self.bytes > KEPT_BYTES && self.calls.len() > 1) {
            let oldest = self.calls.pop_front();
            self.bytes -= oldest.as_ref().map_or(0, Recorded::bytes);
        }
    }
}

/// Where each call is written as well.
struct Copy(Box<dyn io::Write + Send>);

impl std::fmt::Debug for Copy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Copy")
    }
}

impl Recorder {
    fn with<T>(&self, work: impl FnOnce(&VecDeque<Recorded>) -> T) -> T {
        work(&self.seen().calls)
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes every call from now on as a line of JSON, without keys and passwords.
    pub fn write_to(&self, target: impl io::Write + Send + 'static) {
        *self.copy.lock().unwrap_or_else(PoisonError::into_inner) = Some(Copy(Box::new(target)));
    }

    pub(crate) fn add(&self, seen: Recorded) {
        if let Some(Copy(target)) = &mut *self.copy.lock().unwrap_or_else(PoisonError::into_inner) {
            // A full disk must not stop the account.
            let _ = writeln!(target, "{}", line(&seen)).and_then(|()| target.flush());
        }
        self.seen().push(seen);
    }

    /// Every request.
    pub fn all(&self) -> Vec<Recorded> {
        self.with(|all| all.iter().cloned().collect())
    }

    /// The requests of one operation: `issues.create`.
    pub fn of(&self, operation: &str) -> Vec<Recorded> {
        self.with(|all| {
            all.iter()
                .filter(|seen| seen.operation == operation)
                .cloned()
                .collect()
        })
    }

    /// How often an operation was called.
    pub fn count(&self, operation: &str) -> usize {
        self.with(|all| {
            all.iter()
                .filter(|seen| seen.operation == operation)
                .count()
        })
    }

    /// The last request of one operation.
    pub fn last(&self, operation: &str) -> Option<Recorded> {
        self.with(|all| {
            all.iter()
                .rev()
                .find(|seen| seen.operation == operation)
                .cloned()
        })
    }

    /// Forgets what was seen so far.
    pub fn clear(&self) {
        *self.seen() = Seen::default();
    }
}
