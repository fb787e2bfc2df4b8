//! One machine, one bridge per token: two that fetch updates into two databases would each get a part of them.

use crate::config::Config;
use sha2::{Digest as _, Sha256};
use std::io::{self, ErrorKind};
use std::os::unix::net::UnixListener;

/// The claim on a token. The system takes it back however the process ends.
#[derive(Debug)]
pub(crate) struct Alone {
    _name: Option<UnixListener>,
}

impl Alone {
    /// Claims the configured token at the configured Bot API server. `None`: another process on this machine has it.
    pub(crate) fn claim(config: &Config) -> Option<Self> {
        let digest = Sha256::new()
            .chain_update(config.telegram_api_url.as_str())
            .chain_update(config.bot_token.expose())
            .finalize();
        let name: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        match bind(&format!("tg-bridge/{name}")) {
            Ok(listener) => Some(Self {
                _name: Some(listener),
            }),
            Err(e) if e.kind() == ErrorKind::AddrInUse => None,
            // Where such names cannot be had, Telegram tells of the other one a little later.
            Err(_) => Some(Self { _name: None }),
        }
    }
}

/// A name that exists only while its process does.
#[cfg(target_os = "linux")]
fn bind(name: &str) -> io::Result<UnixListener> {
    use std::os::linux::net::SocketAddrExt as _;
    use std::os::unix::net::SocketAddr;
    UnixListener::bind_addr(&SocketAddr::from_abstract_name(name)?)
}

#[cfg(not(target_os = "linux"))]
fn bind(_: &str) -> io::Result<UnixListener> {
    Err(ErrorKind::Unsupported.into())
}
