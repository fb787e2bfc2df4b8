//! For tests: bodies of every event, requests that pass the verifiers, and recorded bodies to send again.
//!
//! ```
//! use okdesk_webhooks::receiver::{Ack, Delivery, Receiver};
//! use okdesk_webhooks::testing;
//! use tower::ServiceExt as _;
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
//! let receiver = Receiver::builder()
//!     .insecure_accept_all()
//!     .handler(async |delivery: Delivery| {
//!         assert!(!delivery.event.is_public());
//!         Ok(Ack)
//!     })
//!     .build()?;
//! let body = testing::body("new_comment").set("/event/comment/is_public", false);
//! let response = receiver.oneshot(body.post("/okdesk/webhook")).await?;
//! assert_eq!(response.status(), 200);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bodies;
mod replay;
mod request;

pub use bodies::{Body, body};
pub use replay::Replay;
pub use request::{basic_credentials, hmac_signature, post, signed};
