//! The web-hook of ZENLIX.
//!
//! ZENLIX posts the whole ticket – all comments, the whole log – with every event, and says in `action` what
//! happened. [`Zenlix`] is the [format](crate::receiver::Format) for a receiver, [`Hook`] the event.
//!
//! ```
//! use okdesk_webhooks::zenlix::{Action, Zenlix};
//!
//! let zenlix = Zenlix::in_zone(jiff::tz::TimeZone::fixed(jiff::tz::offset(3)));
//! let hook = zenlix.parse(br#"{
//!     "ticket": {"code": "E3XK", "status": "lock", "inspect_after_ok": "false", "sla": [],
//!                "comments": [{"author": null, "text": "On our way"}]},
//!     "action": "comment", "dt": "2019-06-11 11:24:18"
//! }"#)?;
//! assert_eq!(hook.happened(), &Action::Comment);
//! assert_eq!(hook.new_comment().unwrap().text.as_str(), "On our way");
//! assert_eq!(hook.at().unwrap().to_string(), "2019-06-11T08:24:18Z");
//! # Ok::<(), okdesk_webhooks::ParseError>(())
//! ```
//!
//! > Not confirmed: the documentation names twelve events in Russian and shows one sample, in which `action`
//! > is the literal word `action`. The words of [`Action`] are those of the program's log. Any other word is
//! > kept, and then the last entry of the log tells [what happened](Hook::happened).
//!
//! The hook does not say which comments clients may see, so none may be passed on to a client.
//!
//! Source: docs.zenlix.com, "Web-hooks".

mod hook;
mod parts;
mod schema;

pub use hook::{Hook, Zenlix, deviations};
pub use parts::{Action, Comment, LogEntry, Priority, Profile, Status, Ticket, User};
pub use schema::json_schema;
