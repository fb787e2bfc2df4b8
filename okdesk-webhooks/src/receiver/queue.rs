//! A handler that puts events into a bounded queue.

use tokio::sync::mpsc;

use super::{Ack, Answer, Delivery, Handler, Retry};
use crate::Event;

/// A handler that queues, and the end to read from.
///
/// When the queue is full or its reader is gone the sender is told to come back. What is queued is lost when
/// the process dies: right for a program that can afford it, wrong where [every event
/// counts](super#store-first-then-answer).
///
/// ```
/// use okdesk_webhooks::receiver::{Ack, Delivery, Handler, queue};
/// use okdesk_webhooks::{Event, testing};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let (handler, mut events) = queue(1);
/// let body = testing::body("new_comment").to_bytes();
/// let delivery = Delivery::new(Event::parse(&body)?, body);
///
/// assert_eq!(handler.handle(delivery.clone()).await, Ok(Ack));
/// assert!(handler.handle(delivery).await.is_err(), "full");
/// assert_eq!(events.recv().await.unwrap().event.kind().as_str(), "new_comment");
/// # Ok::<(), okdesk_webhooks::ParseError>(())
/// # }).unwrap();
/// ```
#[must_use]
pub fn queue<E>(capacity: usize) -> (Queue<E>, mpsc::Receiver<Delivery<E>>) {
    let (sender, receiver) = mpsc::channel(capacity.max(1));
    (Queue { sender }, receiver)
}

/// Made by [`queue`].
#[derive(Debug, Clone)]
pub struct Queue<E = Event> {
    sender: mpsc::Sender<Delivery<E>>,
}

impl<E: Send + 'static> Handler<E> for Queue<E> {
    async fn handle(&self, delivery: Delivery<E>) -> Answer {
        self.sender
            .try_send(delivery)
            .map(|()| Ack)
            .map_err(|_| Retry::default())
    }
}
