//! Carrying effects out: one item of the outbox at a time, each to its end – done, waiting, or given up.

mod pace;
mod telegram;

pub mod plan;

pub(crate) use pace::Pace;
