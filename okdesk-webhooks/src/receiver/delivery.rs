//! One accepted request: the event and everything that came with it.

use std::fmt;
use std::net::IpAddr;

use bytes::Bytes;
use http::HeaderMap;

use crate::Event;
use crate::desk::HelpDeskEvent;
use crate::schema::Deviation;
use crate::verify::Proof;

/// What a [`Handler`](super::Handler) gets.
///
/// `Debug` shows neither the values of the headers, which may be secrets, nor what the body says, which is about
/// people: only what kind of event it is and about which ticket.
#[derive(Clone)]
#[non_exhaustive]
pub struct Delivery<E = Event> {
    /// The event.
    pub event: E,
    /// The body, byte for byte. Store this when events are to be replayed later.
    pub body: Bytes,
    /// The headers, secrets included.
    pub headers: HeaderMap,
    /// The address the connection came from, where it is [known](crate::verify::Peer).
    pub peer: Option<IpAddr>,
    /// By what the request was accepted; `None` when everything is.
    pub proof: Option<Proof>,
    /// When the body was complete, by the clock of this machine. The body itself names no time.
    pub received_at: jiff::Timestamp,
    /// Where the body is not what the documentation says, if the receiver was
    /// [told to look](super::Builder::validate).
    pub deviations: Vec<Deviation>,
}

impl<E> Delivery<E> {
    /// A delivery that did not come over HTTP, such as one read back from a store.
    pub fn new(event: E, body: impl Into<Bytes>) -> Self {
        Self {
            event,
            body: body.into(),
            headers: HeaderMap::new(),
            peer: None,
            proof: None,
            received_at: jiff::Timestamp::now(),
            deviations: Vec::new(),
        }
    }
}

impl<E: HelpDeskEvent> fmt::Debug for Delivery<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("event_type", &self.event.event_type())
            .field("ticket_id", &self.event.ticket_id())
            .field("body_bytes", &self.body.len())
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("peer", &self.peer)
            .field("proof", &self.proof)
            .field("received_at", &self.received_at)
            .field("deviations", &self.deviations)
            .finish()
    }
}
