//! Carrying effects out: one item of the outbox at a time, each to its end – done, waiting, or given up.

mod files;
mod okdesk;
mod outbox;
mod pace;
mod report;
mod telegram;

pub mod plan;

pub(crate) use okdesk::{Okdesk, facts, millis as millis_of, summary};
pub(crate) use outbox::Outbox;
pub(crate) use pace::{Pace, divide};
pub(crate) use report::Reporter;
pub(crate) use telegram::{Trouble, made};

/// What a failed call of the typed client means.
pub(crate) fn trouble(error: teloxide::RequestError) -> Trouble {
    made(Err(error)).err().unwrap_or(Trouble::Gone)
}
