//! Requests as a sender makes them.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Request, Uri};
use http_body::Body as _;
use http_body_util::Full;
use sha2::Sha256;

use crate::verify::{Encoding, HmacSha256};

/// A POST of JSON. A path that is none becomes `/`.
pub fn post(path: &str, body: impl Into<Bytes>) -> Request<Full<Bytes>> {
    let mut request = Request::new(Full::new(body.into()));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = path.parse().unwrap_or_else(|_| Uri::from_static("/"));
    request
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    request
}

/// The same request with the signature that a verifier expects: in its header, with its prefix, in its encoding, made with
/// its current key. Without one where no header can hold the prefix.
///
/// ```
/// use okdesk_webhooks::testing;
/// use okdesk_webhooks::verify::HmacSha256;
///
/// let hmac = HmacSha256::new("X-Signature", "key")?.prefix("sha256=");
/// let request = testing::signed(testing::body("new_comment").post("/okdesk/webhook"), &hmac);
/// assert!(request.headers()["x-signature"].to_str()?.starts_with("sha256="));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn signed(mut request: Request<Full<Bytes>>, hmac: &HmacSha256) -> Request<Full<Bytes>> {
    let signature = hmac.sign(&bytes_of(request.body()));
    if let Some((header, value)) = signature
        && let Ok(value) = HeaderValue::try_from(value)
    {
        request.headers_mut().insert(header, value);
    }
    request
}

/// A body that is there gives all it has at once.
fn bytes_of(body: &Full<Bytes>) -> Bytes {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(body.clone()).poll_frame(&mut context) {
        Poll::Ready(Some(Ok(frame))) => frame.into_data().unwrap_or_default(),
        _ => Bytes::new(),
    }
}

/// The signature [`HmacSha256`] expects, without a prefix.
#[must_use]
pub fn hmac_signature(key: &[u8], body: &[u8], encoding: Encoding) -> String {
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return String::new();
    };
    let signature = mac.chain_update(body).finalize().into_bytes();
    encoding.write(&signature)
}

/// The value of `Authorization` that [`Basic`](crate::verify::Basic) expects.
#[must_use]
pub fn basic_credentials(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}
