//! Letting each event through once.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::Instant;

use super::{Ack, Answer, Delivery, Handler, Retry};
use crate::desk::HelpDeskEvent;

/// Remembers which events are done.
///
/// An event is *claimed* before it is handled and *settled* afterwards. A repeat that arrives in between is
/// told to come back: acknowledged early it would be lost if the first one failed.
pub trait Dedup: Send + Sync + 'static {
    /// Asks for the right to handle an event. A memory that cannot be reached answers [`Claim::Pending`], and the
    /// sender comes back.
    fn claim(&self, key: &str) -> impl Future<Output = Claim> + Send;

    /// Says how it went: acknowledged events are repeats from now on, others may be claimed again.
    fn settle(&self, key: &str, acknowledged: bool) -> impl Future<Output = ()> + Send;
}

/// The answer to [`Dedup::claim`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// Not seen before: handle it, then settle.
    Granted,
    /// Being handled at this moment.
    Pending,
    /// Done before.
    Done,
}

/// A handler that sees each event once.
///
/// ```
/// use okdesk_webhooks::receiver::{Ack, Deduplicated, Delivery, Receiver, Window};
/// use std::time::Duration;
///
/// let handler = async |delivery: Delivery| {
///     println!("once: {}", delivery.event.dedup_key());
///     Ok(Ack)
/// };
/// let receiver = Receiver::builder()
///     .insecure_accept_all()
///     .handler(Deduplicated::new(handler, Window::new(Duration::from_secs(600), 10_000)))
///     .build()?;
/// # drop(receiver);
/// # Ok::<(), okdesk_webhooks::receiver::BuildError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Deduplicated<H, D> {
    handler: H,
    dedup: Arc<D>,
}

impl<H, D> Deduplicated<H, D> {
    /// Puts a memory in front of a handler.
    pub fn new(handler: H, dedup: D) -> Self {
        Self {
            handler,
            dedup: Arc::new(dedup),
        }
    }
}

/// A granted claim. Dropped without being settled – the handler panicked – it is given back.
struct Granted<D: Dedup> {
    dedup: Arc<D>,
    key: Option<String>,
}

impl<D: Dedup> Granted<D> {
    async fn settle(mut self, acknowledged: bool) {
        if let Some(key) = self.key.take() {
            self.dedup.settle(&key, acknowledged).await;
        }
    }
}

impl<D: Dedup> Drop for Granted<D> {
    fn drop(&mut self) {
        if let (Some(key), Ok(runtime)) = (self.key.take(), Handle::try_current()) {
            let dedup = Arc::clone(&self.dedup);
            runtime.spawn(async move { dedup.settle(&key, false).await });
        }
    }
}

impl<E, H, D> Handler<E> for Deduplicated<H, D>
where
    E: HelpDeskEvent + Send + 'static,
    H: Handler<E>,
    D: Dedup,
{
    async fn handle(&self, delivery: Delivery<E>) -> Answer {
        let key = delivery.event.dedup_key();
        match self.dedup.claim(&key).await {
            Claim::Done => Ok(Ack),
            Claim::Pending => Err(Retry::after(Duration::from_secs(1))),
            Claim::Granted => {
                let granted = Granted {
                    dedup: Arc::clone(&self.dedup),
                    key: Some(key),
                };
                let answer = self.handler.handle(delivery).await;
                granted.settle(answer.is_ok()).await;
                answer
            }
        }
    }
}

/// Remembers events for some time, in memory.
///
/// When it is full the oldest event is forgotten: it is better to handle one twice than to refuse one. Being full costs
/// no time: nothing ever walks over all that is remembered.
///
/// An event that adds nothing with an id – somebody is made responsible – is known by a [hash of its
/// body](crate::Event::dedup_key), and two honest ones can be alike: Anna is made responsible, Boris, and Anna again. So such
/// events are remembered for a [shorter time](Self::without_ids): long enough for a sender that repeats what was not
/// answered, short enough for people.
///
/// ```
/// use okdesk_webhooks::receiver::{Claim, Dedup, Window};
/// use std::time::Duration;
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let window = Window::new(Duration::from_secs(600), 10_000).without_ids(Duration::from_secs(30));
/// assert_eq!(window.claim("new_comment:issue:153:comment:7").await, Claim::Granted);
/// assert_eq!(window.claim("new_comment:issue:153:comment:7").await, Claim::Pending);
/// window.settle("new_comment:issue:153:comment:7", true).await;
/// assert_eq!(window.claim("new_comment:issue:153:comment:7").await, Claim::Done);
/// # });
/// ```
#[derive(Debug)]
pub struct Window {
    time: Duration,
    time_without_ids: Duration,
    capacity: usize,
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    seen: HashMap<Arc<str>, Seen>,
    /// The keys in the order they were last written down, oldest first.
    order: BTreeMap<u64, Arc<str>>,
    written: u64,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    place: u64,
    at: Instant,
    is_done: bool,
}

impl Memory {
    fn write(&mut self, key: &str, is_done: bool, capacity: usize) {
        self.forget(key);
        while self.seen.len() >= capacity {
            match self.order.pop_first() {
                Some((_, oldest)) => self.seen.remove(&oldest),
                None => break,
            };
        }
        let key: Arc<str> = key.into();
        self.written += 1;
        self.order.insert(self.written, Arc::clone(&key));
        let seen = Seen {
            place: self.written,
            at: Instant::now(),
            is_done,
        };
        self.seen.insert(key, seen);
    }

    fn forget(&mut self, key: &str) {
        if let Some(seen) = self.seen.remove(key) {
            self.order.remove(&seen.place);
        }
    }
}

impl Window {
    /// Remembers events for `time`, and no more than `capacity` of them; those without an id of their own for a minute
    /// at most. The same time frees an event whose handler never came back.
    #[must_use]
    pub fn new(time: Duration, capacity: usize) -> Self {
        Self {
            time,
            time_without_ids: time.min(Duration::from_secs(60)),
            capacity: capacity.max(1),
            memory: Mutex::default(),
        }
    }

    /// How long events are remembered that are known by a hash of their body only.
    #[must_use]
    pub fn without_ids(mut self, time: Duration) -> Self {
        self.time_without_ids = time;
        self
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether something written down at that time still counts.
    fn counts(&self, key: &str, at: Instant) -> bool {
        let time = if key.contains(":sha256:") {
            self.time_without_ids
        } else {
            self.time
        };
        at.elapsed() < time
    }
}

impl Dedup for Window {
    async fn claim(&self, key: &str) -> Claim {
        let mut memory = self.memory();
        match memory.seen.get(key) {
            Some(seen) if self.counts(key, seen.at) => {
                return if seen.is_done {
                    Claim::Done
                } else {
                    Claim::Pending
                };
            }
            _ => memory.write(key, false, self.capacity),
        }
        Claim::Granted
    }

    async fn settle(&self, key: &str, acknowledged: bool) {
        let mut memory = self.memory();
        if acknowledged {
            memory.write(key, true, self.capacity);
        } else {
            memory.forget(key);
        }
    }
}
