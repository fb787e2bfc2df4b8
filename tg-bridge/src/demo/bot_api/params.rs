//! The parameters of a call, however they came: query, urlencoded, multipart or JSON.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::refusal::Refusal;

/// A file part of a multipart body.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) mime: Option<String>,
    pub(super) bytes: Bytes,
}

/// The parameters and uploaded files of one call.
#[derive(Clone, Debug, Default)]
pub(super) struct Params {
    pub(super) fields: Map<String, Value>,
    /// In the order they came; several may share a name.
    pub(super) files: Vec<(String, Part)>,
}

impl Params {
    /// The file part of this name.
    pub(super) fn file(&self, part: &str) -> Option<&Part> {
        self.files
            .iter()
            .find(|(name, _)| name == part)
            .map(|(_, part)| part)
    }

    /// Adds `a=b&c=d`.
    pub(super) fn add_urlencoded(&mut self, source: &[u8]) {
        for (key, value) in url::form_urlencoded::parse(source) {
            self.fields
                .insert(key.into_owned(), Value::String(value.into_owned()));
        }
    }

    /// Adds the members of a JSON object; `null` is the same as absent.
    pub(super) fn add_json(&mut self, source: &[u8]) -> Result<(), Refusal> {
        if source.iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        match serde_json::from_slice(source) {
            Ok(Value::Object(object)) => {
                self.fields
                    .extend(object.into_iter().filter(|(_, value)| !value.is_null()));
                Ok(())
            }
            _ => Err(Refusal::malformed("can't parse JSON object")),
        }
    }

    /// Adds the parts of a multipart body; a part with a file name is a file.
    pub(super) async fn add_multipart(
        &mut self,
        body: Bytes,
        boundary: String,
    ) -> Result<(), Refusal> {
        let broken = |_| Refusal::malformed("can't parse multipart body");
        let stream = futures_util::stream::iter([Ok::<Bytes, std::convert::Infallible>(body)]);
        let mut parts = multer::Multipart::new(stream, boundary);
        while let Some(part) = parts.next_field().await.map_err(broken)? {
            let Some(key) = part.name().map(str::to_owned) else {
                continue;
            };
            let file = part.file_name().map(str::to_owned);
            let mime = part.content_type().map(ToString::to_string);
            let bytes = part.bytes().await.map_err(broken)?;
            match file {
                Some(name) => {
                    self.files.push((key, Part { name, mime, bytes }));
                }
                None => {
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    self.fields.insert(key, Value::String(text));
                }
            }
        }
        Ok(())
    }

    /// The parameter as text: numbers and booleans as they are written, objects as JSON; empty is absent.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.fields.get(name)? {
            Value::String(text) if text.is_empty() => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    pub(super) fn integer(&self, name: &str) -> Option<i64> {
        self.text(name)?.trim().parse().ok()
    }

    pub(super) fn number(&self, name: &str) -> Option<f64> {
        self.text(name)?.trim().parse().ok()
    }

    /// `true`, `yes` and `1` are true to Telegram.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.text(name)
            .is_some_and(|text| matches!(text.to_ascii_lowercase().as_str(), "true" | "yes" | "1"))
    }

    /// An object or array: sent as JSON, or as JSON in a string. `what` is Telegram's name for it in the error.
    pub(super) fn json(&self, name: &str, what: &str) -> Result<Option<Value>, Refusal> {
        match self.fields.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => serde_json::from_str(text)
                .map(Some)
                .map_err(|_| Refusal::malformed(format!("can't parse {what} JSON object"))),
            Some(value) => Ok(Some(value.clone())),
        }
    }

    pub(super) fn message_id(&self) -> i64 {
        self.integer("message_id").unwrap_or(0)
    }
}

/// Reads query and body into parameters.
pub(super) async fn read(
    query: Option<&str>,
    content_type: Option<&str>,
    body: Bytes,
) -> Result<Params, Refusal> {
    let mut params = Params::default();
    if let Some(query) = query {
        params.add_urlencoded(query.as_bytes());
    }
    let kind = content_type.unwrap_or_default();
    let essence = kind
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    match essence.as_str() {
        "application/json" => params.add_json(&body)?,
        "application/x-www-form-urlencoded" => params.add_urlencoded(&body),
        "multipart/form-data" => {
            let boundary = multer::parse_boundary(kind)
                .map_err(|_| Refusal::malformed("boundary not found"))?;
            params.add_multipart(body, boundary).await?;
        }
        _ => {}
    }
    Ok(params)
}
