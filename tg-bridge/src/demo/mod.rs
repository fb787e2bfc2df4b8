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
mod stage;

use crate::config::Config;
use crate::run::Bridge;
use stage::Stage;
use std::io;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Where the page is looked for first, and how many ports are tried from there.
const USUAL_PORT: u16 = 8080;
const TRIES: u16 = 20;

/// How to run the demonstration.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The page's port; 0 takes any. Without it the usual one or the next free one is taken.
    pub port: Option<u16>,
    /// Where the bridge shall remember; without it in a temporary folder.
    pub database: Option<PathBuf>,
}

/// Why the demonstration cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A port or a folder could not be had.
    #[error("{0}: {1}")]
    Io(&'static str, #[source] io::Error),
    /// The bridge did not start.
    #[error("the bridge does not start: {0}")]
    Bridge(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A running demonstration.
pub struct Demo {
    url: String,
    server: JoinHandle<()>,
    bridge: Bridge,
    // Ends after the bridge, which talks to it; the folder goes last.
    _stage: Arc<Stage>,
    _folder: TempDir,
}

impl Demo {
    /// Starts everything; the page can be opened once this returns.
    ///
    /// # Errors
    /// When a port or a folder cannot be had, or the bridge does not start.
    pub async fn start(options: Options) -> Result<Self, Error> {
        let listener = listen(options.port)
            .await
            .map_err(|error| Error::Io("no port for the page", error))?;
        let address = listener
            .local_addr()
            .map_err(|error| Error::Io("no port for the page", error))?;
        let folder = tempfile::Builder::new().prefix("tg-bridge-demo-").tempdir();
        let folder = folder.map_err(|error| Error::Io("no temporary folder", error))?;
        let database = options
            .database
            .unwrap_or_else(|| folder.path().join("bridge.db"));
        let stage = Stage::start()
            .await
            .map_err(|error| Error::Io("a stand-in does not start", error))?;
        let config = Config::from_vars(stage.settings(&database))
            .map_err(|error| Error::Bridge(error.into()))?;
        let bridge = Bridge::start(config)
            .await
            .map_err(|error| Error::Bridge(error.into()))?;
        stage.okdesk.add_webhook(bridge.webhook_url().clone());
        let stage = Arc::new(stage);
        let server = tokio::spawn(server::serve(listener, Arc::clone(&stage)));
        Ok(Self {
            url: format!("http://{address}/"),
            server,
            bridge,
            _stage: stage,
            _folder: folder,
        })
    }

    /// The page's address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Stops everything, the bridge as gracefully as in production.
    pub async fn stop(self) {
        self.server.abort();
        self.bridge.stop().await;
    }
}

async fn listen(port: Option<u16>) -> io::Result<TcpListener> {
    match port {
        Some(port) => TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await,
        None => {
            for port in USUAL_PORT..USUAL_PORT + TRIES {
                match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
                    Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
                    result => return result,
                }
            }
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await
        }
    }
}
