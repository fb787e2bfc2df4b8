//! One connection: which protocol it speaks, how long it may be idle, how it is brought to an end.

use std::future::poll_fn;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;

use http::{HeaderMap, Request, Response, StatusCode};
use http_body::Body;
use http_body_util::{Either, Empty};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use tokio::net::TcpStream;
use tokio::sync::{oneshot, watch};
use tower_service::Service;

use super::activity::Activity;
use super::running::{Answer, Running};
use super::sniff::{Protocol, sniff};
use super::{BoxError, Limits};
use crate::verify::Peer;

pub(super) struct Connection {
    peer: IpAddr,
    limits: Limits,
    pub(super) activity: Activity,
}

impl Connection {
    pub(super) fn new(peer: IpAddr, limits: Limits) -> Self {
        Self {
            peer,
            limits,
            activity: Activity::new(),
        }
    }

    pub(super) async fn run<S, B>(
        self,
        stream: TcpStream,
        service: S,
        stopped: watch::Receiver<bool>,
    ) where
        S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + 'static,
        S::Future: Send + 'static,
        S::Error: Into<BoxError>,
        B: Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<BoxError>,
    {
        // Answers are small; waiting to fill a packet would only delay them.
        let _ = stream.set_nodelay(true);
        let protocol = tokio::select! {
            protocol = tokio::time::timeout(self.limits.header_timeout, sniff(stream)) => protocol,
            () = raised(stopped.clone()) => return,
        };
        // Silent for too long, or gone: there is nobody to answer.
        let Ok(Ok((protocol, stream))) = protocol else {
            return;
        };
        let io = TokioIo::new(stream);
        let this = Arc::new(self);
        let service = service_fn({
            let this = Arc::clone(&this);
            move |request| Arc::clone(&this).serve(service.clone(), request)
        });
        match protocol {
            Protocol::Http1 => {
                let connection = http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(this.limits.header_timeout)
                    .max_buf_size(64 * 1024)
                    // Head and body of an answer are small enough to be sent as one piece.
                    .writev(false)
                    .serve_connection(io, service);
                this.drive(connection, stopped).await;
            }
            Protocol::Http2 => {
                let connection = http2::Builder::new(TokioExecutor::new())
                    .timer(TokioTimer::new())
                    .keep_alive_interval(this.limits.idle_timeout)
                    .keep_alive_timeout(this.limits.header_timeout)
                    .max_concurrent_streams(this.limits.max_streams)
                    .max_header_list_size(this.limits.max_header_bytes)
                    .serve_connection(io, service);
                this.drive(connection, stopped).await;
            }
        }
    }

    async fn serve<S, B>(
        self: Arc<Self>,
        mut service: S,
        mut request: Request<Incoming>,
    ) -> Result<Response<Either<Answer<B>, Empty<B::Data>>>, S::Error>
    where
        S: Service<Request<Incoming>, Response = Response<B>>,
        B: Body,
    {
        if header_bytes(request.headers()) > u64::from(self.limits.max_header_bytes) {
            return Ok(header_too_large());
        }
        request.extensions_mut().insert(Peer(self.peer));
        let running = Running::new(self);
        poll_fn(|context| service.poll_ready(context)).await?;
        let response = service.call(request).await?;
        Ok(response.map(|body| Either::Left(Answer::new(body, running))))
    }

    /// Runs a connection until it ends by itself, is idle for too long, or the server stops.
    async fn drive<C: GracefulConnection>(
        self: Arc<Self>,
        connection: C,
        stopped: watch::Receiver<bool>,
    ) {
        let (tell, told) = oneshot::channel();
        // A task of its own: in this one the flag and the timer would be polled several times for each request.
        tokio::spawn(Arc::clone(&self).watch(stopped, tell));
        let mut connection = pin!(connection);
        let end = tokio::select! {
            biased;
            _ = connection.as_mut() => return,
            end = told => end,
        };
        connection.as_mut().graceful_shutdown();
        match end {
            Ok(End::Idle) => {
                let _ = tokio::time::timeout(self.limits.header_timeout, connection).await;
            }
            // Bounded by the drain timeout of the server.
            Ok(End::Stopped) | Err(_) => {
                let _ = connection.await;
            }
        }
    }

    /// Tells when a connection has to end; ends with it.
    async fn watch(
        self: Arc<Self>,
        stopped: watch::Receiver<bool>,
        mut tell: oneshot::Sender<End>,
    ) {
        let end = tokio::select! {
            () = raised(stopped) => End::Stopped,
            () = self.activity.idle_for(self.limits.idle_timeout) => End::Idle,
            () = tell.closed() => return,
        };
        let _ = tell.send(end);
    }
}

enum End {
    Stopped,
    Idle,
}

async fn raised(mut flag: watch::Receiver<bool>) {
    // The sender outlives all connections; without it nobody could ask to stop, which comes to the same.
    let _ = flag.wait_for(|raised| *raised).await;
}

fn header_bytes(headers: &HeaderMap) -> u64 {
    headers
        .iter()
        .map(|(name, value)| (name.as_str().len() + value.len()) as u64)
        .sum()
}

fn header_too_large<B: Body>() -> Response<Either<Answer<B>, Empty<B::Data>>> {
    let mut response = Response::new(Either::Right(Empty::new()));
    *response.status_mut() = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    response
}
