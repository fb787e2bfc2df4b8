//! Every webhook of Okdesk as a typed event.
//!
//! A body is `{"event": {"event_type": …, …}, "<entity>": {…}}`. [`Event::parse`] turns it into one variant
//! per event type, each with the keys of `event` and the entity as fields. It reads what Okdesk has been seen
//! to send: ids as numbers or as text, `null` where a list is promised, one object where a list of them is
//! promised, missing keys.
//!
//! * Fields are read when somebody [looks at them](Lazy); what only stores a body never pays for them.
//! * A type this version does not know becomes [`Event::Unknown`].
//! * A value that cannot be read is left out, and the event says so ([`Event::is_partial`]). Only when the
//!   entity or its id cannot be read, the event becomes [`Event::Unknown`] too.
//! * Nothing is lost: [`Event::raw`] is the body as it came, `Serialize` writes it, and [`Event::pointer`]
//!   reaches keys that have no field.
//!
//! Source: apidocs.okdesk.ru/webhookdoc, and bodies published by users of Okdesk.

mod entity;
mod error;
mod key;
mod lazy;
mod outline;
mod parse;
mod parts;
mod payload;
mod raw;
mod table;
mod view;

pub use entity::*;
pub use error::ParseError;
#[cfg(feature = "zenlix")]
pub(crate) use key::hash;
pub use lazy::Lazy;
pub use parts::*;
pub use payload::*;
#[cfg(any(feature = "alias", feature = "zenlix"))]
pub(crate) use raw::RawBody;
pub use table::{Event, EventKind};
