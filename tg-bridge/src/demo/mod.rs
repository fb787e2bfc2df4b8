//! `tg-bridge demo`: everything the bridge talks to, on one machine.

pub mod bot_api;
