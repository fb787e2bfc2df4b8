//! The token: in memory until it is dropped, in no text ever.

use std::fmt;
use std::sync::Arc;

use memchr::memmem;
use zeroize::Zeroizing;

use crate::headers::Headers;

/// A key of the API. It has no `Display`, its `Debug` is blank, and its memory is wiped when the last copy is dropped.
#[derive(Clone)]
pub struct ApiToken(Arc<Zeroizing<String>>);

impl ApiToken {
    /// Takes a token; white space around it, as files have it, is removed.
    #[must_use]
    pub fn new(token: &str) -> Self {
        Self(Arc::new(Zeroizing::new(token.trim().to_owned())))
    }

    /// The token itself. Put it nowhere but into a request to the account's own host.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiToken([redacted])")
    }
}

impl From<&str> for ApiToken {
    fn from(token: &str) -> Self {
        Self::new(token)
    }
}

impl From<String> for ApiToken {
    fn from(token: String) -> Self {
        let token = Zeroizing::new(token);
        Self::new(&token)
    }
}

/// Takes the token out of texts that came from elsewhere: bodies that echo the address, messages of libraries.
#[derive(Clone)]
pub(crate) struct Redactor(Vec<Zeroizing<String>>);

const REDACTED: &str = "[redacted]";

impl Redactor {
    pub(crate) fn new(token: &ApiToken) -> Self {
        let plain = token.expose();
        let encoded: String = url::form_urlencoded::byte_serialize(plain.as_bytes()).collect();
        let mut spellings = vec![Zeroizing::new(plain.to_owned())];
        let escaped = plain.replace('/', "\\/");
        for other in [encoded, escaped] {
            if other != plain {
                spellings.push(Zeroizing::new(other));
            }
        }
        spellings.retain(|spelling| !spelling.is_empty());
        Self(spellings)
    }

    pub(crate) fn text(&self, text: impl Into<String>) -> String {
        let mut clean = text.into();
        for token in &self.0 {
            if clean.contains(token.as_str()) {
                clean = clean.replace(token.as_str(), REDACTED);
            }
        }
        clean
    }

    pub(crate) fn is_clean(&self, text: &str) -> bool {
        let stands_in = |token: &Zeroizing<String>| memmem::find(text.as_bytes(), token.as_bytes());
        self.0.iter().all(|token| stands_in(token).is_none())
    }

    /// Names are not touched, or they could no longer be found.
    pub(crate) fn headers(&self, headers: Headers) -> Headers {
        if self.is_clean(headers.text()) {
            return headers;
        }
        let cleaned = headers.iter().map(|(name, value)| (name, self.text(value)));
        cleaned.collect()
    }

    /// Bytes are cut after redaction, so that no part of a token is left at the cut.
    pub(crate) fn bytes(&self, bytes: &[u8], limit: usize) -> bytes::Bytes {
        let text = String::from_utf8_lossy(bytes);
        let mut clean = if self.is_clean(&text) {
            bytes.to_vec()
        } else {
            self.text(text).into_bytes()
        };
        clean.truncate(limit);
        clean.into()
    }

    /// A source whose texts hold the token is replaced by its cleaned text.
    pub(crate) fn source(
        &self,
        source: Box<dyn std::error::Error + Send + Sync>,
    ) -> Box<dyn std::error::Error + Send + Sync> {
        let mut text = format!("{source:?}");
        let mut chain: Option<&(dyn std::error::Error + 'static)> = Some(source.as_ref());
        while let Some(error) = chain {
            text.push_str(&error.to_string());
            chain = error.source();
        }
        if self.is_clean(&text) {
            source
        } else {
            self.text(source.to_string()).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_spelling_survives() {
        let token = ApiToken::new(" s3cr+t/= \n");
        assert_eq!(format!("{token:?}"), "ApiToken([redacted])");
        let redactor = Redactor::new(&token);
        assert_eq!(
            redactor.text("a=s3cr+t/=&b=s3cr%2Bt%2F%3D"),
            "a=[redacted]&b=[redacted]"
        );
        assert_eq!(&redactor.bytes(b"xs3cr+t/=y", 6)[..], b"x[reda");
        let headers: Headers = [("x-from", "/?t=s3cr+t/=")].into_iter().collect();
        assert_eq!(
            redactor.headers(headers).get("x-from"),
            Some("/?t=[redacted]")
        );
        let source = std::io::Error::other("GET /?api_token=s3cr+t/=");
        assert_eq!(
            redactor.source(source.into()).to_string(),
            "GET /?api_token=[redacted]"
        );
    }
}
