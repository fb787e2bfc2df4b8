//! The default transport. The only file that knows reqwest.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use reqwest::redirect::Policy;

use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};

use super::{
    BoxFuture, ByteStream, Content, Headers, Request, Response, Transport, TransportError,
    TransportErrorKind, with_token,
};
use crate::error::ConfigError;
use crate::operation::Method;

/// What the transport must know before the first request.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) user_agent: String,
    pub(crate) proxy: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct ReqwestTransport(reqwest::Client);

impl ReqwestTransport {
    pub(crate) fn new(settings: &Settings) -> Result<Self, ConfigError> {
        let mut builder = reqwest::Client::builder()
            .user_agent(&settings.user_agent)
            // A redirect would carry the token to wherever it points, and the Referer would name it.
            .redirect(Policy::none())
            .referer(false)
            // Repetition is decided by the client, which knows what may be repeated.
            .retry(reqwest::retry::never());
        if let Some(timeout) = settings.connect_timeout {
            builder = builder.connect_timeout(timeout);
        }
        if let Some(proxy) = &settings.proxy {
            builder = builder.proxy(reqwest::Proxy::all(proxy).map_err(|_| ConfigError::Proxy)?);
        }
        builder = with_tls(builder)?;
        builder
            .build()
            .map(Self)
            .map_err(|error| ConfigError::Http(error.without_url().to_string()))
    }
}

/// Without a crypto provider reqwest panics, so it is looked for first.
#[cfg(all(
    feature = "rustls-no-provider",
    not(feature = "rustls"),
    not(feature = "native-tls")
))]
fn with_tls(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, ConfigError> {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        return Err(ConfigError::Tls(
            "no crypto provider is installed: call rustls::crypto::ring::default_provider().install_default() first",
        ));
    }
    Ok(builder)
}

#[cfg(not(all(
    feature = "rustls-no-provider",
    not(feature = "rustls"),
    not(feature = "native-tls")
)))]
#[expect(clippy::unnecessary_wraps, reason = "the other configuration can fail")]
fn with_tls(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, ConfigError> {
    Ok(builder)
}

impl Transport for ReqwestTransport {
    fn send(&self, request: Request) -> BoxFuture<'static, Result<Response, TransportError>> {
        // Outside of the future, which would carry the request along for as long as it lives.
        let pending = convert(request).map(|request| self.0.execute(request));
        Box::pin(async move {
            match pending?.await {
                Ok(response) => Ok(answer(response)),
                Err(error) => Err(explain(error)),
            }
        })
    }
}

fn convert(request: Request) -> Result<reqwest::Request, TransportError> {
    let Request {
        method,
        url,
        token,
        headers,
        body,
    } = request;
    let method = match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Patch => reqwest::Method::PATCH,
        Method::Put => reqwest::Method::PUT,
        Method::Delete => reqwest::Method::DELETE,
    };
    let mut converted = reqwest::Request::new(method, with_token(url, token.as_ref()));
    let sent = converted.headers_mut();
    for (name, value) in headers {
        sent.insert(*name, HeaderValue::from_static(value));
    }
    if let Some(content_type) = body.content_type() {
        let content_type = HeaderValue::from_str(content_type).map_err(|_| {
            let message = "the type of the body cannot be sent";
            TransportError::new(TransportErrorKind::Connect, message)
        })?;
        sent.insert(CONTENT_TYPE, content_type);
    }
    if let (Some(length), Content::Stream(_)) = (body.length, &body.content) {
        sent.insert(CONTENT_LENGTH, length.into());
    }
    *converted.body_mut() = match body.content {
        Content::Empty => None,
        Content::Bytes(bytes) => Some(bytes.into()),
        Content::Stream(stream) => Some(reqwest::Body::wrap_stream(stream)),
    };
    Ok(converted)
}

fn answer(response: reqwest::Response) -> Response {
    let status = response.status().as_u16();
    let headers: Headers = response
        .headers()
        .iter()
        .map(|(name, value)| (name, String::from_utf8_lossy(value.as_bytes())))
        .collect();
    Response::new(
        status,
        headers,
        ByteStream::new(Body(response.bytes_stream())),
    )
}

struct Body<S>(S);

impl<S: Stream<Item = reqwest::Result<Bytes>> + Unpin> Stream for Body<S> {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.0)
            .poll_next(context)
            .map_err(|error| io::Error::other(error.without_url()))
    }
}

fn explain(error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    let (kind, message) = if error.is_connect() {
        (TransportErrorKind::Connect, "no connection could be made")
    } else if error.is_timeout() {
        (TransportErrorKind::Timeout, "time ran out")
    } else if error.is_body() {
        (
            TransportErrorKind::RequestBody,
            "the body could not be sent",
        )
    } else {
        (
            TransportErrorKind::Other,
            "the connection broke before an answer came",
        )
    };
    TransportError::new(kind, message).with_source(error)
}
