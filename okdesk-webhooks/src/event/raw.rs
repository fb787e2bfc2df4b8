//! The body as it came.

use std::fmt;
use std::sync::Arc;

/// The text of a body that has been read successfully. `Debug` tells its length only: bodies are about
/// people.
#[derive(Clone)]
pub(crate) struct RawBody {
    pub(crate) text: Arc<str>,
    /// Whether something in it could not be read and was left out.
    pub(crate) is_partial: bool,
}

impl RawBody {
    pub(crate) fn new(text: &str) -> Self {
        Self {
            text: text.into(),
            is_partial: false,
        }
    }

    pub(crate) fn partial(mut self) -> Self {
        self.is_partial = true;
        self
    }
}

impl fmt::Debug for RawBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.text.len())
    }
}
