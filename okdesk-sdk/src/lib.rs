#![doc = include_str!("../README.md")]

// The macros of `model` name this crate by its public name, so that they work here and in the sibling crates.
extern crate self as okdesk_sdk;

pub mod model;
pub mod operation;
#[cfg(feature = "testing")]
pub mod testing;
