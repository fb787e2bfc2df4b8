//! The documented shape of each event: as JSON Schema, and as a check of a body against it.
//!
//! The shapes come from the same lines of code as the structs of [`event`](crate::event), so the two cannot
//! disagree.
//!
//! ```
//! use okdesk_webhooks::schema;
//!
//! let body = br#"{"event":{"event_type":"new_ticket","mood":"grim"},"issue":{"id":"12","title":7}}"#;
//! let found: Vec<String> = schema::deviations(body).iter().map(ToString::to_string).collect();
//! assert_eq!(found, ["/event/mood: not documented", "/issue/title: text expected, found number"]);
//! ```

mod check;
mod json;
mod shape;

#[macro_use]
mod block;

#[cfg(feature = "zenlix")]
pub(crate) use check::compare;
pub use check::{Deviation, DeviationKind, deviations};
pub use json::json_schema;
#[cfg(feature = "zenlix")]
pub(crate) use json::json_schema_of;
pub(crate) use shape::{Described, Field, Record, Shape, fields};
