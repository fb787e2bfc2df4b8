#![doc = include_str!("../README.md")]
//!
//! The modules below are parts of the program, not a library to build on: names change as the program needs.

mod bot;
mod check;
pub mod cli;
pub mod config;
pub mod delivery;
pub mod demo;
pub mod failpoint;
mod health;
mod http;
mod intake;
mod log;
mod menu;
mod metrics;
pub mod reaction;
pub mod report;
pub mod roles;
mod rules;
pub mod run;
pub mod store;
mod systemd;
pub mod telegram;
pub mod text;
pub mod worker;
mod zenlix;
