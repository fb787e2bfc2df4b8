//! Listeners and connections; all of them end with the [`Server`].

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::{files, serve};
use crate::testing::engine::Engine;

/// A listener on loopback; port 0 lets the system choose.
pub(crate) async fn bind(address: Ipv4Addr, port: u16) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind((address, port)).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

#[derive(Clone, Copy)]
enum Host {
    Account,
    Files,
}

/// Two listening hosts.
pub(crate) struct Server {
    tasks: [JoinHandle<()>; 2],
}

impl Server {
    pub(crate) fn start(engine: &Arc<Engine>, account: TcpListener, files: TcpListener) -> Self {
        Self {
            tasks: [
                tokio::spawn(accept(engine.clone(), account, Host::Account)),
                tokio::spawn(accept(engine.clone(), files, Host::Files)),
            ],
        }
    }

    /// Ends every connection and waits until the ports are free.
    pub(crate) async fn stop(mut self) {
        for task in &mut self.tasks {
            task.abort();
            let _ = task.await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

async fn accept(engine: Arc<Engine>, listener: TcpListener, host: Host) {
    // Connections end when this set is dropped, that is with the listener.
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(connection(engine.clone(), stream, host));
            }
            // Out of descriptors, most likely: others will be closed in a moment.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(engine: Arc<Engine>, stream: TcpStream, host: Host) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| {
        let engine = engine.clone();
        async move {
            match host {
                Host::Account => serve::account(&engine, request).await,
                Host::Files => files::storage(&engine, request).await,
            }
        }
    });
    // An error here is a connection that was dropped, by us or by them.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(60))
        .serve_connection(TokioIo::new(stream), service)
        .await;
}
