//! The default transport. The only file that knows reqwest.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use reqwest::redirect::Policy;

use super::{
    BoxFuture, ByteStream, Content, Request, Response, Transport, TransportError,
    TransportErrorKind,
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
        let client = self.0.clone();
        Box::pin(async move {
            match client.execute(convert(request)?).await {
                Ok(response) => Ok(answer(response)),
                Err(error) => Err(explain(error)),
            }
        })
    }
}

fn convert(mut request: Request) -> Result<reqwest::Request, TransportError> {
    let method = match request.method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Patch => reqwest::Method::PATCH,
        Method::Put => reqwest::Method::PUT,
        Method::Delete => reqwest::Method::DELETE,
    };
    let body = request.take_body();
    let mut converted = reqwest::Request::new(method, request.url());
    let mut header = |name: &str, value: &str| -> Result<(), TransportError> {
        let unfit = |_| {
            TransportError::new(
                TransportErrorKind::Connect,
                format!("the header {name} cannot be sent"),
            )
        };
        let name = reqwest::header::HeaderName::from_bytes(name.as_bytes())
            .map_err(|error| unfit(error.to_string()))?;
        let value = reqwest::header::HeaderValue::from_str(value)
            .map_err(|error| unfit(error.to_string()))?;
        converted.headers_mut().insert(name, value);
        Ok(())
    };
    for (name, value) in &request.headers {
        header(name, value)?;
    }
    if let Some(content_type) = body.content_type() {
        header("content-type", content_type)?;
    }
    if let (Some(length), Content::Stream(_)) = (body.length, &body.content) {
        header("content-length", &length.to_string())?;
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
    let text = |value: &reqwest::header::HeaderValue| {
        String::from_utf8_lossy(value.as_bytes()).into_owned()
    };
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), text(value)))
        .collect();
    Response::new(
        status,
        headers,
        ByteStream::new(Body(Box::pin(response.bytes_stream()))),
    )
}

struct Body(Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>);

impl Stream for Body {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0
            .as_mut()
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
