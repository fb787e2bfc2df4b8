//! What is done with an event.

use super::{Answer, Delivery};
use crate::Event;

/// Takes an event over from the receiver. Every `Fn(Delivery) -> impl Future<Output = Answer>` is one.
///
/// A handler that is ready when it is asked answers at once. One that waits for something goes on as a task of its own:
/// neither a sender that hangs up nor the time limit cancels it halfway. When the
/// [limit](super::Builder::handler_timeout) is over, the sender is told to come back and the task runs on; it keeps its
/// [place](super::Builder::max_in_flight) until it ends, and [`Receiver::idle`](super::Receiver::idle) waits for it. A
/// panic is answered as [`Retry`](super::Retry).
///
/// As everywhere in async code, a handler must not block its thread: no time limit ends a synchronous call, and the
/// other connections of that thread stand still meanwhile. Such work belongs into
/// [`spawn_blocking`](tokio::task::spawn_blocking).
pub trait Handler<E = Event>: Send + Sync + 'static {
    /// Makes the event safe, and says whether it is.
    fn handle(&self, delivery: Delivery<E>) -> impl Future<Output = Answer> + Send;
}

impl<E, F, Fut> Handler<E> for F
where
    F: Fn(Delivery<E>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Answer> + Send,
    E: Send,
{
    fn handle(&self, delivery: Delivery<E>) -> impl Future<Output = Answer> + Send {
        self(delivery)
    }
}
