//! Answers, refusals and request bodies of the demonstration's web server, free of what they are about.

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited, combinators::UnsyncBoxBody};
use hyper::body::Incoming;
use hyper::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName,
    HeaderValue,
};
use hyper::{Request, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::convert::Infallible;

/// What the server says.
pub(super) type Answer = Response<UnsyncBoxBody<Bytes, Infallible>>;

/// The most that one request may carry.
const BODY_LIMIT: usize = 96 << 20;

/// The page needs nothing from anywhere else, so nothing else is let in.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
    media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A file that somebody sent is shown, never run.
const FILE_POLICY: &str =
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox";

/// Why something was not done.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    reason: String,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, reason: impl Into<String>) -> Self {
        Self {
            status,
            reason: reason.into(),
        }
    }

    pub(super) fn bad(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, reason)
    }

    pub(super) fn absent() -> Self {
        Self::new(StatusCode::NOT_FOUND, "there is no such thing")
    }

    pub(super) fn into_answer(self) -> Answer {
        let body = serde_json::json!({ "error": self.reason }).to_string();
        answer(self.status, "application/json", body.into())
    }
}

pub(super) fn answer(status: StatusCode, content_type: &str, body: Bytes) -> Answer {
    with_body(
        status,
        content_type,
        PAGE_POLICY,
        Full::new(body).boxed_unsync(),
    )
}

/// A body that ends when somebody ends it.
pub(super) fn stream(content_type: &str, body: UnsyncBoxBody<Bytes, Infallible>) -> Answer {
    with_body(StatusCode::OK, content_type, PAGE_POLICY, body)
}

fn with_body(
    status: StatusCode,
    content_type: &str,
    policy: &'static str,
    body: UnsyncBoxBody<Bytes, Infallible>,
) -> Answer {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    let content_type = HeaderValue::from_str(content_type)
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(CONTENT_TYPE, content_type);
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        HeaderName::from_static("x-content-type-options"),
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        HeaderName::from_static("referrer-policy"),
        HeaderValue::from_static("no-referrer"),
    );
    answer
}

pub(super) fn json(value: &impl Serialize) -> Result<Answer, Refusal> {
    match serde_json::to_vec(value) {
        Ok(body) => Ok(answer(StatusCode::OK, "application/json", body.into())),
        Err(error) => Err(Refusal::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            error.to_string(),
        )),
    }
}

/// It was done and there is nothing to tell.
pub(super) fn done() -> Result<Answer, Refusal> {
    Ok(answer(
        StatusCode::NO_CONTENT,
        "application/json",
        Bytes::new(),
    ))
}

/// Somebody's file: pictures and sound are shown in place, everything else is for saving.
pub(super) fn file(content_type: &str, bytes: Bytes) -> Answer {
    let shown = ["image/", "video/", "audio/"]
        .iter()
        .any(|kind| content_type.starts_with(kind))
        && !content_type.contains("svg");
    let mut answer = with_body(
        StatusCode::OK,
        content_type,
        FILE_POLICY,
        Full::new(bytes).boxed_unsync(),
    );
    if !shown {
        answer
            .headers_mut()
            .insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    }
    answer
}

async fn bytes(request: Request<Incoming>) -> Result<Bytes, Refusal> {
    match Limited::new(request.into_body(), BODY_LIMIT)
        .collect()
        .await
    {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) => Err(Refusal::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            error.to_string(),
        )),
    }
}

pub(super) async fn read_json<T: DeserializeOwned>(
    request: Request<Incoming>,
) -> Result<T, Refusal> {
    serde_json::from_slice(&bytes(request).await?).map_err(|error| Refusal::bad(error.to_string()))
}

/// Fields and files of a form.
#[derive(Debug, Default)]
pub(super) struct Form {
    fields: BTreeMap<String, String>,
    pub(super) files: Vec<FormFile>,
}

/// A file of a form.
#[derive(Debug)]
pub(super) struct FormFile {
    pub(super) name: String,
    pub(super) bytes: Bytes,
}

impl Form {
    pub(super) async fn read(request: Request<Incoming>) -> Result<Self, Refusal> {
        let content_type = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let boundary = multer::parse_boundary(content_type)
            .map_err(|error| Refusal::bad(error.to_string()))?;
        let body = bytes(request).await?;
        let once = futures_util::stream::once(std::future::ready(Ok::<_, Infallible>(body)));
        let mut parts = multer::Multipart::new(once, boundary);
        let mut form = Self::default();
        let broken = |error: multer::Error| Refusal::bad(error.to_string());
        while let Some(part) = parts.next_field().await.map_err(broken)? {
            let field = part.name().unwrap_or_default().to_owned();
            match part.file_name().map(str::to_owned) {
                Some(name) => form.files.push(FormFile {
                    name,
                    bytes: part.bytes().await.map_err(broken)?,
                }),
                None => {
                    form.fields
                        .insert(field, part.text().await.map_err(broken)?);
                }
            }
        }
        Ok(form)
    }

    pub(super) fn text(&self, field: &str) -> &str {
        self.fields.get(field).map_or("", String::as_str)
    }

    pub(super) fn number<T: std::str::FromStr>(&self, field: &str) -> Option<T> {
        self.text(field).parse().ok()
    }
}
