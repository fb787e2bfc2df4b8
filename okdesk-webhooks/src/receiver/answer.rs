//! What a handler says, and how the receiver writes it.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;

/// The event is safe; the sender may forget it. Answered with 200.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ack;

/// The event is not safe; the sender should bring it again. Answered with 503 and `Retry-After`.
///
/// Every error turns into it, so `?` works in a handler: an event that could not be stored was not received.
///
/// ```
/// use okdesk_webhooks::receiver::{Ack, Answer, Retry};
/// use std::time::Duration;
///
/// fn store(row: &str) -> Result<(), std::io::Error> {
///     # let _ = row;
///     Err(std::io::Error::other("disk full"))
/// }
/// fn answer() -> Answer {
///     store("…")?;
///     Ok(Ack)
/// }
/// assert_eq!(answer(), Err(Retry::default()));
/// assert_eq!(Retry::after(Duration::from_millis(1500)).seconds(), 2);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    after: Duration,
}

/// What a [`Handler`](super::Handler) returns.
pub type Answer = Result<Ack, Retry>;

impl Retry {
    /// Asks to come back no sooner than after this time.
    #[must_use]
    pub fn after(after: Duration) -> Self {
        Self { after }
    }

    /// The value of `Retry-After`: whole seconds, rounded up, at least one.
    #[must_use]
    pub fn seconds(&self) -> u64 {
        let whole = self
            .after
            .as_secs()
            .saturating_add(u64::from(self.after.subsec_nanos() > 0));
        whole.max(1)
    }
}

/// Ten seconds.
impl Default for Retry {
    fn default() -> Self {
        Self::after(Duration::from_secs(10))
    }
}

impl<E: std::error::Error> From<E> for Retry {
    fn from(_: E) -> Self {
        Self::default()
    }
}

pub(super) type HttpResponse = Response<Full<Bytes>>;

pub(super) fn ready(path: &str) -> HttpResponse {
    let body = serde_json::json!({ "message": "Webhook endpoint is ready", "path": path });
    with_body(StatusCode::OK, Bytes::from(body.to_string()))
}

pub(super) fn accepted() -> HttpResponse {
    with_body(
        StatusCode::OK,
        Bytes::from_static(br#"{"message":"Accepted"}"#),
    )
}

/// An answer of our own words: nothing of the request ever stands in it.
pub(super) fn plain(status: StatusCode, message: &'static str) -> HttpResponse {
    with_body(
        status,
        Bytes::from(format!("{{\"message\":\"{message}\"}}")),
    )
}

pub(super) fn method_not_allowed() -> HttpResponse {
    let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "Send events with POST");
    response
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
    response
}

pub(super) fn unauthorized(challenge: Option<&'static str>) -> HttpResponse {
    let mut response = plain(StatusCode::UNAUTHORIZED, "Refused");
    if let Some(challenge) = challenge {
        response
            .headers_mut()
            .insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    response
}

pub(super) fn come_back(retry: Retry) -> HttpResponse {
    let mut response = plain(StatusCode::SERVICE_UNAVAILABLE, "Not stored, send again");
    response
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from(retry.seconds()));
    response
}

fn with_body(status: StatusCode, body: Bytes) -> HttpResponse {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
