<<<<<<< HEAD
//! `tg-bridge demo`: an Okdesk and a Telegram that run here, the real bridge between them, and one web page that shows
//! both ends. It needs no account, no token and no network, and leaves nothing behind.
//!
//! There is no logic in this room: it starts the parts, wires them as an operator would – by addresses and tokens – and
//! lets the page act through the two stand-ins' own handles.

pub mod bot_api;
mod cast;
mod chat;
mod desk;
mod http;
mod server;

use crate::config::Config;
use crate::run::Bridge;
use bot_api::BotApi;
use bytes::Bytes;
use cast::Client;
use okdesk_sdk::testing::{Seed, Simulator};
use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
=======
//! `tg-bridge demo`: everything the bridge talks to, on one machine.

pub mod bot_api;
>>>>>>> botapi
