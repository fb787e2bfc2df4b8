//! The body as it came.

use std::fmt;
use std::sync::Arc;

use super::ParseError;

/// The text of a body that has been accepted. `Debug` tells its length only: bodies are about people.
#[derive(Clone)]
pub(crate) struct RawBody {
    pub(crate) text: Arc<str>,
}

impl RawBody {
    pub(crate) fn new(text: &str) -> Self {
        Self { text: text.into() }
    }

    /// In Russian the letters take two bytes each, and checking them one by one would take a third of the time that a body
    /// costs.
    pub(crate) fn read(body: &[u8]) -> Result<Self, ParseError> {
        let text = simdutf8::basic::from_utf8(body)
            .or_else(|_| std::str::from_utf8(body))
            .map_err(|error| ParseError::NotUtf8 {
                at: error.valid_up_to(),
            })?;
        Ok(Self::new(text))
    }
}

impl fmt::Debug for RawBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.text.len())
    }
}
