//! Webhooks: what happened, written as Okdesk writes it, and posted to whoever asked.

mod blocks;
mod clients;
mod emitter;
mod events;

pub(crate) use self::emitter::Emitter;
pub use self::emitter::{BadWebhook, Delivery, Outcome, Webhooks};
pub(crate) use self::events::render;
