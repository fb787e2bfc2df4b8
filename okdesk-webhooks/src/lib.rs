#![doc = include_str!("../README.md")]

#[macro_use]
pub mod schema;

#[cfg(feature = "alias")]
pub mod alias;
pub mod desk;
pub mod event;
#[cfg(feature = "receiver")]
pub mod receiver;
#[cfg(feature = "server")]
pub mod server;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "receiver")]
pub mod verify;
#[cfg(feature = "zenlix")]
pub mod zenlix;

pub use event::{Event, EventKind, ParseError};
