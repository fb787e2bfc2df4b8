//! Taking hooks in: a [`tower_service::Service`] from an HTTP request to an [`Answer`].
//!
//! [`Receiver`] is a service over [`http::Request`] with any body, so it runs under plain hyper, inside axum,
//! in a tower stack, or in the [server](crate::server) of this crate. What it does with a request, in this
//! order:
//!
//! | step | otherwise |
//! | --- | --- |
//! | the path is ours | 404 |
//! | `GET` and `HEAD` are told that the endpoint is ready | |
//! | the method is `POST` | 405 with `Allow` |
//! | the body is JSON, not encoded | 415 |
//! | the [verifier](crate::verify) does not refuse the head | 401 |
//! | a place is free | 503 with `Retry-After` |
//! | the body is within the limit, counted while it is read | 413 |
//! | the body is here in time | 408 |
//! | the verifier accepts the raw bytes | 401 |
//! | the bytes are an event | 400 |
//! | the [`Handler`] says [`Ack`], within its time | 503 with `Retry-After` |
//!
//! Answer 200 is given for every event the handler acknowledges, also one of an unknown type.
//!
//! # Store first, then answer
//! Okdesk does not document whether it repeats a hook that was not answered. So acknowledge only what is
//! safe: write the [`Delivery`] to a durable place, return [`Ack`], and do the work afterwards. And expect
//! that hooks are lost anyway: read the issues changed since the last look (`updated_since` in the REST API)
//! now and then.
//!
//! ```
//! use okdesk_webhooks::receiver::{Ack, Delivery, Receiver};
//! use okdesk_webhooks::verify::PathSecret;
//!
//! let receiver = Receiver::builder()
//!     .path("/okdesk/webhook")
//!     .verify(PathSecret::new("9f86d081884c7d659a2feaa0c55ad015")?)
//!     .handler(async |delivery: Delivery| {
//!         println!("{}: {} bytes", delivery.event.kind(), delivery.body.len());
//!         Ok(Ack)
//!     })
//!     .build()?;
//! # drop(receiver);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answer;
mod body;
mod builder;
mod dedup;
mod delivery;
mod format;
mod handler;
mod queue;
mod service;
mod stats;

pub use answer::{Ack, Answer, Retry};
pub use builder::{BuildError, Builder};
pub use dedup::{Claim, Dedup, Deduplicated, Window};
pub use delivery::Delivery;
pub use format::{Format, Okdesk};
pub use handler::Handler;
pub use queue::{Queue, queue};
pub use service::{Receiver, ResponseFuture};
pub use stats::{Report, Stats};
