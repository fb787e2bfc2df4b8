//! The seam between the client and an HTTP library.
//!
//! [`Transport`] is what the client needs of HTTP: send one request, give back one answer. The default is reqwest, which is
//! named nowhere else. Retries, limits, timeouts and decoding stay with the client, so a transport of your own – for a
//! recording, another HTTP library, a proxy – has all of them.

mod multipart;
mod reqwest;

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use url::Url;

pub(crate) use self::multipart::Multipart;
pub(crate) use self::reqwest::{ReqwestTransport, Settings};
pub use crate::headers::Headers;
use crate::operation::Method;
use crate::token::ApiToken;

/// A future that can be sent between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Sends one request and gives back one answer. No retries, no redirects.
pub trait Transport: Send + Sync + 'static {
    /// Sends the request. The answer is given back as soon as its head is there; the body follows as a stream.
    fn send(&self, request: Request) -> BoxFuture<'static, Result<Response, TransportError>>;
}

/// One request, ready to be sent.
///
/// Its `Debug` shows no query; the token is added by [`url`](Self::url) at the last moment.
pub struct Request {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) token: Option<ApiToken>,
    pub(crate) headers: &'static [(&'static str, &'static str)],
    pub(crate) body: RequestBody,
}

impl Request {
    /// The method.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method
    }

    /// The whole address, **with the token**: for sending, not for showing.
    #[must_use]
    pub fn url(&self) -> Url {
        with_token(self.url.clone(), self.token.as_ref())
    }

    /// The address without the token: for showing.
    #[must_use]
    pub fn public_url(&self) -> &Url {
        &self.url
    }

    /// The headers, without those of the body.
    #[must_use]
    pub fn headers(&self) -> &[(&'static str, &'static str)] {
        self.headers
    }

    /// The body, taken out.
    pub fn take_body(&mut self) -> RequestBody {
        std::mem::take(&mut self.body)
    }
}

fn with_token(mut url: Url, token: Option<&ApiToken>) -> Url {
    if let Some(token) = token {
        url.query_pairs_mut()
            .append_pair("api_token", token.expose());
    }
    url
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("host", &self.url.host_str())
            .field("path", &self.url.path())
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

/// The body of a request.
#[derive(Default)]
pub struct RequestBody {
    pub(crate) content_type: Option<String>,
    pub(crate) length: Option<u64>,
    pub(crate) content: Content,
}

#[derive(Default)]
pub(crate) enum Content {
    #[default]
    Empty,
    Bytes(Bytes),
    Stream(ByteStream),
}

impl RequestBody {
    /// Its type, for the header `Content-Type`.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// Its length in bytes, if it is known; send it as `Content-Length`.
    #[must_use]
    pub fn content_length(&self) -> Option<u64> {
        self.length
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self.content, Content::Empty)
    }

    /// The bytes, as a stream.
    #[must_use]
    pub fn into_stream(self) -> ByteStream {
        match self.content {
            Content::Empty => ByteStream::from_bytes(Bytes::new()),
            Content::Bytes(bytes) => ByteStream::from_bytes(bytes),
            Content::Stream(stream) => stream,
        }
    }

    pub(crate) fn json(text: String) -> Self {
        Self {
            content_type: Some("application/json".into()),
            length: u64::try_from(text.len()).ok(),
            content: Content::Bytes(text.into()),
        }
    }
}

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestBody")
            .field("content_type", &self.content_type)
            .field("length", &self.length)
            .finish()
    }
}

/// One answer.
pub struct Response {
    status: u16,
    headers: Headers,
    body: ByteStream,
}

impl Response {
    /// Puts an answer together.
    #[must_use]
    pub fn new(status: u16, headers: impl Into<Headers>, body: ByteStream) -> Self {
        Self {
            status,
            headers: headers.into(),
            body,
        }
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// A header by its name in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)
    }

    /// The headers and the body.
    #[must_use]
    pub fn into_parts(self) -> (Headers, ByteStream) {
        (self.headers, self.body)
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// Why there is no answer, or no more of it.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct TransportError {
    kind: TransportErrorKind,
    message: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// How far a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection: certainly nothing was sent.
    Connect,
    /// Time ran out after a connection was there.
    Timeout,
    /// The body to be sent could not be read.
    RequestBody,
    /// Anything else, so nobody knows.
    Other,
}

impl TransportError {
    /// Makes an error; the message must not hold the token.
    pub fn new(kind: TransportErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
        }
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.source = Some(source.into());
        self
    }

    /// How far the request came.
    #[must_use]
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }
}

/// A stream of bytes: the body of an answer, a file on its way.
pub struct ByteStream(Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>);

impl ByteStream {
    /// Takes any stream.
    pub fn new(stream: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Self {
        Self(Box::pin(stream))
    }

    /// A stream of one piece.
    #[must_use]
    pub fn from_bytes(bytes: Bytes) -> Self {
        let mut once = Some(bytes).filter(|bytes| !bytes.is_empty());
        Self::poll_fn(move |_| Poll::Ready(once.take().map(Ok)))
    }

    pub(crate) fn poll_fn(
        poll: impl FnMut(&mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> + Send + Unpin + 'static,
    ) -> Self {
        struct PollFn<F>(F);
        impl<F: FnMut(&mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> + Unpin> Stream for PollFn<F> {
            type Item = io::Result<Bytes>;

            fn poll_next(
                mut self: Pin<&mut Self>,
                context: &mut Context<'_>,
            ) -> Poll<Option<Self::Item>> {
                (self.0)(context)
            }
        }
        Self::new(PollFn(poll))
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// When the connection breaks or no byte comes for too long.
    pub async fn next(&mut self) -> Option<io::Result<Bytes>> {
        std::future::poll_fn(|context| self.0.as_mut().poll_next(context)).await
    }

    /// All of it, if it is not more than `limit` bytes.
    ///
    /// # Errors
    /// When the stream fails, or holds more.
    pub async fn collect(mut self, limit: usize) -> io::Result<Bytes> {
        let mut pieces = Vec::new();
        let mut only = Bytes::new();
        while let Some(piece) = self.next().await {
            let piece = piece?;
            if pieces.len() + only.len() + piece.len() > limit {
                return Err(io::Error::new(
                    io::ErrorKind::FileTooLarge,
                    format!("more than {limit} bytes"),
                ));
            }
            // Most answers come in one piece, which needs no copy.
            if only.is_empty() && pieces.is_empty() {
                only = piece;
            } else {
                pieces.extend_from_slice(&std::mem::take(&mut only));
                pieces.extend_from_slice(&piece);
            }
        }
        Ok(if pieces.is_empty() {
            only
        } else {
            pieces.into()
        })
    }
}

impl Stream for ByteStream {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context)
    }
}

impl fmt::Debug for ByteStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ByteStream")
    }
}
