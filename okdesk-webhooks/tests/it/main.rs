//! The tests, in one program: it is linked once and shares its helpers.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod alias;
mod answers;
mod desk;
mod events;
mod examples;
mod handling;
mod http2;
mod idle;
mod lossless;
mod reading;
mod receiver;
mod schemas;
mod server;
mod stacks;
mod support;
mod verify;
mod wire;
mod zenlix;
