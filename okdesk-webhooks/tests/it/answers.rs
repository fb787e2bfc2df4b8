//! Answers that are longer than the receiver's: the server takes any service.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use okdesk_webhooks::server::Server;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::{Sleep, sleep, timeout};

use crate::wire::{Running, absolute, http2_client};

const PIECE: usize = 64 * 1024;

/// A body of pieces with a pause before each; tells when it is dropped.
struct Pieces {
    left: usize,
    pause: Duration,
    pausing: Option<Pin<Box<Sleep>>>,
    dropped: Arc<Notify>,
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let pause = self.pause;
        if !pause.is_zero() {
            let pausing = self.pausing.get_or_insert_with(|| Box::pin(sleep(pause)));
            ready!(pausing.as_mut().poll(context));
            self.pausing = None;
        }
        self.left -= 1;
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b'x'; PIECE])))))
    }
}

impl Drop for Pieces {
    fn drop(&mut self) {
        self.dropped.notify_one();
    }
}

async fn answering(left: usize, pause: Duration) -> (Running, Arc<Notify>) {
    let dropped = Arc::new(Notify::new());
    let service = tower::service_fn({
        let dropped = Arc::clone(&dropped);
        move |_: Request<Incoming>| {
            let dropped = Arc::clone(&dropped);
            async move {
                Ok::<_, Infallible>(Response::new(Pieces {
                    left,
                    pause,
                    pausing: None,
                    dropped,
                }))
            }
        }
    });
    let limits = |server: Server| {
        server
            .idle_timeout(Duration::from_millis(30))
            .header_timeout(Duration::from_millis(200))
    };
    (Running::start(service, limits).await, dropped)
}

#[tokio::test]
async fn a_long_answer_arrives_whole_over_both_protocols() {
    // Twice as long as both times of the server together.
    let (running, _) = answering(8, Duration::from_millis(60)).await;
    let io = TokioIo::new(TcpStream::connect(running.address).await.unwrap());
    let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await.unwrap();
    tokio::spawn(connection);
    let request = Request::get("/")
        .header("host", "x")
        .body(Full::<Bytes>::default())
        .unwrap();
    let answer = sender.send_request(request).await.unwrap().into_body();
    assert_eq!(answer.collect().await.unwrap().to_bytes().len(), 8 * PIECE);

    let mut sender = http2_client(running.address).await;
    let request = absolute(running.address);
    let answer = sender.send_request(request).await.unwrap().into_body();
    assert_eq!(answer.collect().await.unwrap().to_bytes().len(), 8 * PIECE);
}

#[tokio::test]
async fn a_peer_that_does_not_take_its_answer_is_cut_over_both_protocols() {
    let (running, dropped) = answering(usize::MAX, Duration::ZERO).await;
    let cut = || timeout(Duration::from_secs(10), dropped.notified());

    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let request = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";
    stream.write_all(request).await.unwrap();
    cut().await.unwrap();

    let mut sender = http2_client(running.address).await;
    let request = absolute(running.address);
    let untaken = sender.send_request(request).await.unwrap();
    cut().await.unwrap();
    drop((stream, untaken));
}
