//! A server to run a [`Receiver`](crate::receiver::Receiver) on, alone or as part of a larger service.
//!
//! HTTP/1.1 and HTTP/2 over TCP, told apart by the first bytes; TLS belongs to a proxy in front. Made to
//! stand on the internet: every phase of a connection has a time limit that really runs, the number of
//! connections and the size of headers are bounded, and a stop lets what has begun come to an end. Bodies are
//! limited by whoever reads them, as the receiver does.
//!
//! A handler of the receiver can outlive its connection: it was too slow, or its sender hung up. [`Server::serve`] waits for
//! connections only, so wait for [`Receiver::idle`](crate::receiver::Receiver::idle) before the runtime goes away.
//!
//! ```
//! use okdesk_webhooks::receiver::{Ack, Delivery, Receiver};
//! use okdesk_webhooks::server::Server;
//! use std::time::Duration;
//! use tokio::time::timeout;
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let receiver = Receiver::builder()
//!     .insecure_accept_all()
//!     .handler(async |_: Delivery| Ok(Ack))
//!     .build()?;
//! let server = Server::bind("127.0.0.1:0").await?;
//! println!("listening on {}", server.local_addr()?);
//!
//! let stop = async { /* wait for Ctrl-C here */ };
//! let drained = server.serve(receiver.clone(), stop).await;
//! assert_eq!(drained.aborted, 0);
//! let all_ended = timeout(Duration::from_secs(10), receiver.idle()).await.is_ok();
//! # assert!(all_ended);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod activity;
mod connection;
mod running;
mod sniff;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use tokio::net::{TcpListener, ToSocketAddrs};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tower_service::Service;

use connection::Connection;

/// A listening socket and the limits of what comes through it.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    limits: Limits,
    max_connections: usize,
    drain_timeout: Duration,
}

/// What one connection may take.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    header_timeout: Duration,
    idle_timeout: Duration,
    max_header_bytes: u32,
    max_streams: u32,
}

/// How a server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drained {
    /// Connections that were cut because they did not end within the [drain timeout](Server::drain_timeout).
    pub aborted: usize,
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

impl Server {
    /// Listens on an address; port 0 takes a free one.
    ///
    /// # Errors
    /// When the address is taken or not ours.
    pub async fn bind(address: impl ToSocketAddrs) -> io::Result<Self> {
        Ok(Self::from_listener(TcpListener::bind(address).await?))
    }

    /// Serves a socket that was opened elsewhere, for instance by a service manager.
    #[must_use]
    pub fn from_listener(listener: TcpListener) -> Self {
        Self {
            listener,
            limits: Limits {
                header_timeout: Duration::from_secs(10),
                idle_timeout: Duration::from_secs(60),
                max_header_bytes: 32 * 1024,
                max_streams: 64,
            },
            max_connections: 512,
            drain_timeout: Duration::from_secs(20),
        }
    }

    /// The address it listens on.
    ///
    /// # Errors
    /// When the operating system does not tell.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// The time a request's head may take to arrive; 10 seconds until told otherwise.
    ///
    /// It runs twice for the first request of a connection: until the first bytes tell the protocol, and then for the
    /// head itself. Over HTTP/1.1 a connection that waits for its next request is bounded by it too. Over HTTP/2 it bounds
    /// the greeting only; a head that comes to a halt after it is cut by the [idle time](Self::idle_timeout).
    #[must_use]
    pub fn header_timeout(mut self, time: Duration) -> Self {
        self.limits.header_timeout = time;
        self
    }

    /// The time a connection may stay open with nothing to do; 60 seconds until told otherwise.
    ///
    /// A service that still makes its answer has something to do, also between two pieces of a long one. A peer has to take
    /// each piece within this time. A connection that is idle is told to end, and cut when it does not within the
    /// [time for a head](Self::header_timeout).
    #[must_use]
    pub fn idle_timeout(mut self, time: Duration) -> Self {
        self.limits.idle_timeout = time;
        self
    }

    /// The time that running requests get after the stop; 20 seconds until told otherwise.
    #[must_use]
    pub fn drain_timeout(mut self, time: Duration) -> Self {
        self.drain_timeout = time;
        self
    }

    /// How many connections may be open; 512 until told otherwise. More have to wait in the backlog of the
    /// system.
    ///
    /// Many systems let a process have 1,024 files open, sockets included, unless told otherwise. Half of them are left for
    /// what the process does with the events: a server that runs out of files accepts nobody, and its databases suffer with it.
    #[must_use]
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections.clamp(1, Semaphore::MAX_PERMITS);
        self
    }

    /// How many bytes names and values of a request's headers may have together; 32 KiB until told otherwise.
    /// More is answered with 431.
    ///
    /// The request line is not counted. Over HTTP/1.1 a head has to fit into the buffer of its connection as well, request
    /// line included: above 64 KiB, and above 100 headers, it is 431 whatever is set here. Over HTTP/2 each header counts for
    /// 32 bytes more, as that protocol has it.
    #[must_use]
    pub fn max_header_bytes(mut self, bytes: u32) -> Self {
        self.limits.max_header_bytes = bytes;
        self
    }

    /// How many requests may run at once on one HTTP/2 connection; 64 until told otherwise.
    #[must_use]
    pub fn max_streams(mut self, streams: u32) -> Self {
        self.limits.max_streams = streams;
        self
    }

    /// Serves until `stop` is ready, then lets what has begun come to an end.
    ///
    /// Any tower service will do; each request carries the sender's address as a
    /// [`Peer`](crate::verify::Peer).
    pub async fn serve<S, B>(self, service: S, stop: impl Future<Output = ()>) -> Drained
    where
        S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + 'static,
        S::Future: Send + 'static,
        S::Error: Into<BoxError>,
        B: Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<BoxError>,
    {
        let places = Arc::new(Semaphore::new(self.max_connections));
        let (stopping, stopped) = watch::channel(false);
        let mut connections = JoinSet::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            let accepted = async {
                // The semaphore is never closed; the connection simply would not count if it were.
                let place = Arc::clone(&places).acquire_owned().await.ok();
                (place, self.listener.accept().await)
            };
            tokio::select! {
                () = &mut stop => break,
                (place, accepted) = accepted => match accepted {
                    Ok((stream, peer)) => {
                        let connection = Connection::new(peer.ip(), self.limits.clone());
                        let service = service.clone();
                        let stopped = stopped.clone();
                        connections.spawn(async move {
                            connection.run(stream, service, stopped).await;
                            drop(place);
                        });
                    }
                    // Out of file descriptors, or a peer that was gone before it was accepted.
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                },
                Some(_) = connections.join_next() => {}
            }
        }
        drop(self.listener);
        stopping.send_replace(true);
        let all_ended = async { while connections.join_next().await.is_some() {} };
        let in_time = tokio::time::timeout(self.drain_timeout, all_ended)
            .await
            .is_ok();
        Drained {
            aborted: if in_time { 0 } else { connections.len() },
        }
    }
}
