//! Why a body is not an event.

use serde::de::IgnoredAny;
use serde_json::Value;

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
    /// Of a text that is not JSON, or of which the outer keys are not text; where, is looked for only now.
    #[cold]
    pub(crate) fn not_json(text: &str) -> Self {
        let error = serde_json::from_str::<IgnoredAny>(text)
            .err()
            .or_else(|| serde_json::from_str::<Value>(text).err());
        error.map_or(Self::NotAnEvent, |error| Self::from_json(&error))
    }

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
