//! Fields that are read when somebody looks at them.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use super::payload::Payload;
use super::raw::RawBody;

/// The fields of an event, read from its body when they are first looked at.
///
/// [`Event::parse`](super::Event::parse) tells at once whether a body is an event, of which kind, and whether what it is about can
/// be told by its id. A receiver that stores bodies and acknowledges them never pays for more than that. Everything else
/// is read once, by the first look at any field, and cannot fail: what cannot be read is left out.
///
/// ```
/// use okdesk_webhooks::Event;
///
/// let body = br#"{"event":{"event_type":"new_ticket"},"issue":{"id":153,"title":"No paper"}}"#;
/// let Event::NewTicket(ticket) = Event::parse(body)? else { panic!() };
/// assert_eq!(ticket.issue.title, "No paper");
/// let owned = ticket.into_inner();
/// assert_eq!(owned.issue.id.get(), 153);
/// # Ok::<(), okdesk_webhooks::ParseError>(())
/// ```
#[derive(Clone)]
pub struct Lazy<T> {
    pub(super) body: RawBody,
    /// The body in the documented form: another text than `body` for aliases only.
    source: Arc<str>,
    read: fn(&str) -> Read<T>,
    fields: OnceLock<Box<Read<T>>>,
}

/// What came of reading.
#[derive(Clone)]
pub(super) struct Read<T> {
    pub(super) event: T,
    /// Whether something could not be read and was left out.
    pub(super) is_partial: bool,
}

impl<T> Lazy<T> {
    pub(super) fn new(source: Arc<str>, body: RawBody) -> Self
    where
        T: Payload,
    {
        Self {
            body,
            source,
            read: super::parse::read::<T>,
            fields: OnceLock::new(),
        }
    }

    /// The fields, given away.
    #[must_use]
    pub fn into_inner(self) -> T {
        let read = self.read;
        match self.fields.into_inner() {
            Some(fields) => fields.event,
            None => read(&self.source).event,
        }
    }

    pub(super) fn is_partial(&self) -> bool {
        self.fields().is_partial
    }

    fn fields(&self) -> &Read<T> {
        self.fields
            .get_or_init(|| Box::new((self.read)(&self.source)))
    }
}

impl<T> Deref for Lazy<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.fields().event
    }
}

impl<T: fmt::Debug> fmt::Debug for Lazy<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
