//! The recorder: every request as it was seen, without its token.

use std::collections::VecDeque;
use std::io::{self, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::recorded::Recorded;
use super::traffic::line;

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

    /// The requests that fit what is asked, all of them at first.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), okdesk_sdk::Error> {
    /// let okdesk = okdesk_sdk::testing::Simulator::start().await;
    /// okdesk.client().issues().create("Не печатает принтер").await?;
    ///
    /// let recorder = okdesk.recorder();
    /// let created = recorder.calls().to("issues.create").answered(200).only();
    /// assert_eq!(created.param("issue[title]").as_deref(), Some("Не печатает принтер"));
    /// assert_eq!(recorder.calls().to("comments.create").with("comment[public]", "false").count(), 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn calls(&self) -> Calls {
        Calls {
            recorder: self.clone(),
            conditions: Vec::new(),
        }
    }

    /// Every request.
    pub fn all(&self) -> Vec<Recorded> {
        self.with(|all| all.iter().cloned().collect())
    }

    /// The requests of one operation: `issues.create`.
    pub fn of(&self, operation: &str) -> Vec<Recorded> {
        self.calls().to(operation).all()
    }

    /// How often an operation was called.
    pub fn count(&self, operation: &str) -> usize {
        self.calls().to(operation).count()
    }

    /// The last request of one operation.
    pub fn last(&self, operation: &str) -> Option<Recorded> {
        self.calls().to(operation).last()
    }

    /// Forgets what was seen so far.
    pub fn clear(&self) {
        *self.seen() = Seen::default();
    }
}

type Condition = Box<dyn Fn(&Recorded) -> bool + Send + Sync>;

/// A question to the [`Recorder`]: conditions, and at the end what is wanted of the calls that fit them all.
#[must_use = "nothing is looked up until `count`, `all`, `first`, `last` or `only`"]
pub struct Calls {
    recorder: Recorder,
    conditions: Vec<Condition>,
}

impl std::fmt::Debug for Calls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Calls")
            .field(&self.conditions.len())
            .finish()
    }
}

impl Calls {
    /// Only calls that fit.
    pub fn that(mut self, fits: impl Fn(&Recorded) -> bool + Send + Sync + 'static) -> Self {
        self.conditions.push(Box::new(fits));
        self
    }

    /// Only calls to this operation: `issues.create`.
    pub fn to(self, operation: &str) -> Self {
        let operation = operation.to_owned();
        self.that(move |call| call.operation == operation)
    }

    /// Only calls of this method.
    pub fn by(self, method: &str) -> Self {
        let method = method.to_owned();
        self.that(move |call| call.method == method)
    }

    /// Only calls of this path below `/api/v1/`: `issues/5/comments`.
    pub fn at(self, path: &str) -> Self {
        let path = format!("/api/v1/{}", path.trim_matches('/'));
        self.that(move |call| call.path.trim_end_matches('/') == path)
    }

    /// Only calls that sent this parameter, by the name it has in Okdesk's documentation, with this value.
    pub fn with(self, name: &str, value: &str) -> Self {
        let (name, value) = (name.to_owned(), value.to_owned());
        self.that(move |call| call.param(&name).as_deref() == Some(value.as_str()))
    }

    /// Only calls that did not send this parameter.
    pub fn without(self, name: &str) -> Self {
        let name = name.to_owned();
        self.that(move |call| call.find(&name).is_none())
    }

    /// Only calls that got this status.
    pub fn answered(self, status: u16) -> Self {
        self.that(move |call| call.status == Some(status))
    }

    /// Only calls whose connection was dropped.
    pub fn unanswered(self) -> Self {
        self.that(|call| call.status.is_none())
    }

    /// Only calls after this number.
    pub fn after(self, number: u64) -> Self {
        self.that(move |call| call.number > number)
    }

    fn fits(&self, call: &Recorded) -> bool {
        self.conditions.iter().all(|fits| fits(call))
    }

    /// How many.
    pub fn count(&self) -> usize {
        let fits = |all: &VecDeque<Recorded>| all.iter().filter(|call| self.fits(call)).count();
        self.recorder.with(fits)
    }

    /// All of them, oldest first.
    pub fn all(&self) -> Vec<Recorded> {
        let all =
            |all: &VecDeque<Recorded>| all.iter().filter(|call| self.fits(call)).cloned().collect();
        self.recorder.with(all)
    }

    /// The oldest.
    pub fn first(&self) -> Option<Recorded> {
        self.recorder
            .with(|all| all.iter().find(|call| self.fits(call)).cloned())
    }

    /// The newest.
    pub fn last(&self) -> Option<Recorded> {
        self.recorder
            .with(|all| all.iter().rev().find(|call| self.fits(call)).cloned())
    }

    /// The only one.
    ///
    /// # Panics
    /// When there is none, or more than one.
    pub fn only(&self) -> Recorded {
        let mut all = self.all();
        assert_eq!(all.len(), 1, "calls that fit, of which there must be one");
        all.remove(0)
    }
}
