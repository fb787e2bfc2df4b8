//! Whose hooks these are: how a body becomes an event.

use crate::desk::HelpDeskEvent;
use crate::schema::Deviation;
use crate::{Event, ParseError};

/// Reads the bodies of one sender. [`Okdesk`] unless the [builder](super::Builder::format) is told otherwise.
pub trait Format: Send + Sync + 'static {
    /// The event of this sender.
    type Event: HelpDeskEvent + Send + 'static;

    /// Reads a body.
    ///
    /// # Errors
    /// When it is not an event at all; an event of an unknown type is none of these.
    fn parse(&self, body: &[u8]) -> Result<Self::Event, ParseError>;

    /// Where a body differs from what is documented.
    fn deviations(&self, body: &[u8]) -> Vec<Deviation>;
}

/// Okdesk's hooks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Okdesk;

impl Format for Okdesk {
    type Event = Event;

    fn parse(&self, body: &[u8]) -> Result<Event, ParseError> {
        Event::parse(body)
    }

    fn deviations(&self, body: &[u8]) -> Vec<Deviation> {
        crate::schema::deviations(body)
    }
}
