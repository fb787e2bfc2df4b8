//! Requests and answers, shared by the tests of the receiver.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::body::to_bytes;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Method, Request, Response};
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::Full;
use okdesk_webhooks::receiver::{Ack, Answer, Delivery, Handler, Receiver};
use okdesk_webhooks::testing;
use okdesk_webhooks::testing::body;
use serde_json::Value;
use tower::ServiceExt;

pub(crate) const PATH: &str = "/okdesk/webhook";

pub(crate) async fn ack(_: Delivery) -> Answer {
    Ok(Ack)
}

pub(crate) async fn send<H: Handler, B>(
    receiver: &Receiver<H>,
    request: Request<B>,
) -> Response<Full<Bytes>>
where
    B: HttpBody + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    receiver.clone().oneshot(request).await.unwrap()
}

pub(crate) async fn status<H: Handler>(
    receiver: &Receiver<H>,
    request: Request<Full<Bytes>>,
) -> u16 {
    send(receiver, request).await.status().as_u16()
}

pub(crate) async fn json_of(response: Response<Full<Bytes>>) -> Value {
    assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
    let bytes = to_bytes(axum::body::Body::new(response.into_body()), 1024)
        .await
        .unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

pub(crate) fn request(method: Method, path: &str) -> Request<Full<Bytes>> {
    let mut request = body("new_ticket").post(path);
    *request.method_mut() = method;
    request
}

/// A body that gives its chunks, tells nothing of its length, and then does what `end` says.
pub(crate) struct Chunks {
    pub(crate) left: Vec<Bytes>,
    pub(crate) end: End,
    pub(crate) polled: Arc<AtomicUsize>,
}

pub(crate) enum End {
    Done,
    Silence,
    Broken,
}

impl HttpBody for Chunks {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<std::io::Result<Frame<Bytes>>>> {
        self.polled.fetch_add(1, Ordering::Relaxed);
        match (self.left.pop(), &self.end) {
            (Some(chunk), _) => Poll::Ready(Some(Ok(Frame::data(chunk)))),
            (None, End::Done) => Poll::Ready(None),
            (None, End::Silence) => Poll::Pending,
            (None, End::Broken) => {
                Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionReset.into())))
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

pub(crate) fn chunks(left: Vec<Bytes>, end: End) -> (Request<Chunks>, Arc<AtomicUsize>) {
    let polled = Arc::new(AtomicUsize::new(0));
    let body = Chunks {
        left,
        end,
        polled: Arc::clone(&polled),
    };
    (testing::post(PATH, Bytes::new()).map(|_| body), polled)
}
