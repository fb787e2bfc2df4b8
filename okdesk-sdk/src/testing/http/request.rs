//! Requests on their way in: one tree of parameters from query, JSON, form or multipart.

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyDataStream, BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, ORIGIN};

use crate::testing::params::{FilePart, Param, Params};
use crate::testing::state::refusal::Refusal;

/// A request read to its end.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Without the token.
    pub(crate) query: String,
    pub(crate) token: Option<String>,
    /// What `Authorization` says.
    pub(crate) authorization: Option<String>,
    pub(crate) content_type: Option<String>,
    /// The page that sent it, if a browser did.
    pub(crate) origin: Option<String>,
    pub(crate) body: Bytes,
}

/// The connection ends without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the simulator dropped the connection")]
pub(crate) struct Dropped;

impl Request {
    pub(crate) fn head(parts: &hyper::http::request::Parts) -> Self {
        let mut token = None;
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in
            url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes())
        {
            if name == "api_token" {
                token = Some(value.into_owned());
            } else {
                query.append_pair(&name, &value);
            }
        }
        Self {
            method: parts.method.as_str().to_owned(),
            path: parts.uri.path().to_owned(),
            query: query.finish(),
            token,
            authorization: header(parts, AUTHORIZATION),
            content_type: header(parts, CONTENT_TYPE),
            origin: header(parts, ORIGIN),
            body: Bytes::new(),
        }
    }

    /// Everything the request asks for, as Rails would see it.
    pub(crate) async fn params(&self) -> Result<Params, Refusal> {
        let mut params = Params::from_query(&self.query);
        if self.body.is_empty() {
            return Ok(params);
        }
        let kind = self.content_type.as_deref().unwrap_or_default();
        if kind.starts_with("application/json") {
            let value = serde_json::from_slice(&self.body)
                .map_err(|error| Refusal::BadRequest(format!("Ошибка разбора JSON: {error}")))?;
            params.merge(Params::from_json(value));
        } else if kind.starts_with("multipart/form-data") {
            params.merge(multipart(kind, self.body.clone()).await?);
        } else if kind.starts_with("application/x-www-form-urlencoded") {
            params.merge(Params::from_query(&String::from_utf8_lossy(&self.body)));
        } else {
            return Err(Refusal::WrongContentType);
        }
        Ok(params)
    }
}

fn header(parts: &hyper::http::request::Parts, name: HeaderName) -> Option<String> {
    parts
        .headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned)
}

async fn multipart(content_type: &str, body: Bytes) -> Result<Params, Refusal> {
    let broken =
        |error: multer::Error| Refusal::BadRequest(format!("Ошибка разбора multipart: {error}"));
    let boundary = multer::parse_boundary(content_type).map_err(broken)?;
    let mut parts = multer::Multipart::new(BodyDataStream::new(Full::new(body)), boundary);
    let mut params = Params::default();
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        let Some(name) = part.name().map(str::to_owned) else {
            continue;
        };
        let file_name = part.file_name().map(str::to_owned);
        let content_type = part.content_type().map(ToString::to_string);
        let content = part.bytes().await.map_err(broken)?;
        let value = match file_name {
            Some(name) => Param::File(FilePart {
                name,
                content_type,
                content,
            }),
            None => Param::Text(String::from_utf8_lossy(&content).into_owned()),
        };
        params.insert(&name, value);
    }
    Ok(params)
}

/// Reads the whole body, or ends the connection after `limit` bytes.
pub(crate) async fn read_body(mut body: Incoming, limit: Option<u64>) -> Result<Bytes, Dropped> {
    let mut all = BytesMut::new();
    loop {
        if limit.is_some_and(|limit| all.len() as u64 >= limit) {
            return Err(Dropped);
        }
        match body.frame().await {
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    all.extend_from_slice(&data);
                }
            }
            Some(Err(_)) => return Err(Dropped),
            None if limit.is_some() => return Err(Dropped),
            None => return Ok(all.freeze()),
        }
    }
}
