//! Letting each event through once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
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
/// When it is full the oldest event is forgotten: it is better to handle one twice than to refuse one.
#[derive(Debug)]
pub struct Window {
    time: Duration,
    capacity: usize,
    seen: Mutex<HashMap<Box<str>, Seen>>,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    at: Instant,
    is_done: bool,
}

impl Window {
    /// Remembers events for `time`, and no more than `capacity` of them. The same time frees an event whose
    /// handler never came back.
    #[must_use]
    pub fn new(time: Duration, capacity: usize) -> Self {
        Self {
            time,
            capacity: capacity.max(1),
            seen: Mutex::default(),
        }
    }

    fn claim_now(&self, key: &str) -> Claim {
        let now = Instant::now();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match seen.get(key) {
            Some(entry) if now.duration_since(entry.at) < self.time => {
                return if entry.is_done {
                    Claim::Done
                } else {
                    Claim::Pending
                };
            }
            _ => {}
        }
        if seen.len() >= self.capacity {
            seen.retain(|_, entry| now.duration_since(entry.at) < self.time);
        }
        if seen.len() >= self.capacity {
            let oldest = seen
                .iter()
                .min_by_key(|(_, entry)| entry.at)
                .map(|(key, _)| key.clone());
            oldest.and_then(|key| seen.remove(&key));
        }
        seen.insert(
            key.into(),
            Seen {
                at: now,
                is_done: false,
            },
        );
        Claim::Granted
    }
}

impl Dedup for Window {
    async fn claim(&self, key: &str) -> Claim {
        self.claim_now(key)
    }

    async fn settle(&self, key: &str, acknowledged: bool) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if acknowledged {
            seen.insert(
                key.into(),
                Seen {
                    at: Instant::now(),
                    is_done: true,
                },
            );
        } else {
            seen.remove(key);
        }
    }
}
