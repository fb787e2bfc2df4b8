//! Answers that are not `ok`, in Telegram's words.

use serde_json::{Map, Value, json};

/// A refused call.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) code: u16,
    pub(super) description: String,
    pub(super) retry_after: Option<u64>,
    pub(super) migrate_to: Option<i64>,
    /// The call itself was wrong – not the state it met – so a careful bot would never have made it.
    pub(super) malformed: bool,
}

impl Refusal {
    fn new(code: u16, description: impl Into<String>) -> Self {
        Self {
            code,
            description: description.into(),
            retry_after: None,
            migrate_to: None,
            malformed: false,
        }
    }

    /// 400 for a call that is valid in itself but does not fit the state: `chat not found`, `message is not modified` …
    pub(super) fn bad_request(reason: impl AsRef<str>) -> Self {
        Self::new(
            400,
            format!("Bad Request: {}", lower_first(reason.as_ref())),
        )
    }

    /// 400 for a call no state could make valid: bad markup, too long a text, a missing parameter.
    pub(super) fn malformed(reason: impl AsRef<str>) -> Self {
        Self {
            malformed: true,
            ..Self::bad_request(reason)
        }
    }

    pub(super) fn forbidden(reason: &str) -> Self {
        Self::new(403, format!("Forbidden: {reason}"))
    }

    pub(super) fn unauthorized() -> Self {
        Self::new(401, "Unauthorized")
    }

    pub(super) fn conflict(reason: &str) -> Self {
        Self::new(409, format!("Conflict: {reason}"))
    }

    pub(super) fn unknown_method() -> Self {
        Self {
            malformed: true,
            ..Self::new(404, "Not Found: method not found")
        }
    }

    pub(super) fn not_found() -> Self {
        Self::new(404, "Not Found")
    }

    pub(super) fn too_large() -> Self {
        Self {
            malformed: true,
            ..Self::new(413, "Request Entity Too Large")
        }
    }

    pub(super) fn too_many_requests(seconds: u64) -> Self {
        let mut refusal = Self::new(429, format!("Too Many Requests: retry after {seconds}"));
        refusal.retry_after = Some(seconds);
        refusal
    }

    pub(super) fn migrated(to: i64) -> Self {
        let mut refusal = Self::bad_request("group chat was upgraded to a supergroup chat");
        refusal.migrate_to = Some(to);
        refusal
    }

    pub(super) fn custom(code: u16, description: impl Into<String>) -> Self {
        Self::new(code, description)
    }

    /// The body of the answer.
    pub(super) fn to_json(&self) -> Value {
        let mut body =
            json!({"ok": false, "error_code": self.code, "description": self.description});
        let mut parameters = Map::new();
        if let Some(seconds) = self.retry_after {
            parameters.insert("retry_after".into(), seconds.into());
        }
        if let Some(chat) = self.migrate_to {
            parameters.insert("migrate_to_chat_id".into(), chat.into());
        }
        if !parameters.is_empty() {
            body["parameters"] = Value::Object(parameters);
        }
        body
    }
}

/// Telegram writes its own sentences small after the colon and leaves codes like `BUTTON_DATA_INVALID` alone.
fn lower_first(reason: &str) -> String {
    let mut characters = reason.chars();
    match (characters.next(), reason.chars().nth(1)) {
        (Some(_), Some(second)) if second == '_' || second.is_ascii_uppercase() => {
            reason.to_owned()
        }
        (Some(first), _) => first.to_ascii_lowercase().to_string() + characters.as_str(),
        (None, _) => String::new(),
    }
}
