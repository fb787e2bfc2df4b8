//! Why a body is not an event.

/// The body is not an event. Names the place, never what stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseError {
    /// The body is not UTF-8.
    #[error("the body is not UTF-8, at byte {at}")]
    NotUtf8 {
        /// The first byte that is not.
        at: usize,
    },
    /// The body is not JSON.
    #[error("the body is not JSON, at line {line}, column {column}")]
    NotJson {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// The body is JSON, but does not say what happened.
    #[error("the body does not say what happened")]
    NotAnEvent,
}

impl ParseError {
    pub(crate) fn from_json(error: &serde_json::Error) -> Self {
        if error.is_data() {
            Self::NotAnEvent
        } else {
            Self::NotJson {
                line: error.line(),
                column: error.column(),
            }
        }
    }
}
