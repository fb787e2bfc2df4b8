//! The append-only record of every call a bot made, and of what was wrong with it.

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

/// One call as the server saw it. It is written when the call comes in and completed when it is answered.
#[derive(Clone, Debug, Serialize)]
pub struct Call {
    /// Number of the call, from 1, in the order the calls took effect.
    pub seq: u64,
    /// When it came, in milliseconds since 1970.
    pub at_ms: i64,
    /// The method with the specification's spelling, or as sent when it is not known.
    pub method: String,
    /// The chat, when the call names one by number.
    pub chat_id: Option<i64>,
    /// The text or caption after entity parsing.
    pub text: Option<String>,
    /// All parameters as sent.
    pub parameters: Value,
    /// The uploaded files.
    pub files: Vec<CallFile>,
    /// The HTTP status answered; 0 while there is no answer, and for ever when the connection was dropped.
    pub status: u16,
    /// The answer's body; nothing when there was none.
    pub answer: Option<Value>,
    /// Which fault was played on this call.
    pub fault: Option<String>,
    /// Whether the call did what it asked for, whatever the answer said.
    pub took_effect: bool,
}

impl Call {
    /// Whether the bot was told that it worked.
    pub fn is_ok(&self) -> bool {
        self.status == 200 && self.took_effect
    }
}

/// A file of a call.
#[derive(Clone, Debug, Serialize)]
pub struct CallFile {
    /// The part's name, which `attach://` refers to.
    pub part: String,
    /// Its file name.
    pub name: String,
    /// Its Content-Type, when one was given.
    pub mime: Option<String>,
    /// Its length in bytes.
    pub size: usize,
    /// Its content.
    #[serde(skip)]
    pub bytes: Bytes,
}

/// Something a careful bot does not do.
#[derive(Clone, Debug, Serialize)]
pub struct Violation {
    /// The call, by [`Call::seq`]; 0 when it was no call.
    pub call: u64,
    /// The method.
    pub method: String,
    /// What is wrong.
    pub what: String,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "call {} {}: {}", self.call, self.method, self.what)
    }
}

/// Calls and violations.
#[derive(Default)]
pub(super) struct History {
    pub(super) calls: Vec<Call>,
    pub(super) violations: Vec<Violation>,
}

impl History {
    pub(super) fn begin(&mut self, mut call: Call) -> u64 {
        let seq = self.calls.len() as u64 + 1;
        call.seq = seq;
        self.calls.push(call);
        seq
    }

    pub(super) fn call_mut(&mut self, seq: u64) -> Option<&mut Call> {
        self.calls
            .get_mut(usize::try_from(seq).ok()?.checked_sub(1)?)
    }

    pub(super) fn violation(&mut self, call: u64, what: impl Into<String>) {
        let method = self
            .call_mut(call)
            .map_or_else(String::new, |call| call.method.clone());
        self.violations.push(Violation {
            call,
            method,
            what: what.into(),
        });
    }
}
