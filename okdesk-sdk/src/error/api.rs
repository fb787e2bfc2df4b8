//! What Okdesk says under `errors`: five shapes, flattened to fields and messages.

use std::fmt;

use serde_json::Value;

/// Everything Okdesk said under `errors`.
///
/// The messages are written for people, in the language of the account; do not match on them.
///
/// ```
/// use okdesk_sdk::ApiErrors;
///
/// let errors = ApiErrors::from_value(&serde_json::json!({"page": {"size": ["is too big"]}}));
/// assert_eq!(errors.messages()[0].field(), Some("page.size"));
/// assert_eq!(errors.to_string(), "page.size: is too big");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ApiErrors {
    messages: Vec<ApiMessage>,
}

/// One message, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiMessage {
    field: String,
    text: String,
}

impl ApiMessage {
    /// The field, with dots between levels; `None` if the message is about the whole.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        Some(self.field.as_str()).filter(|field| !field.is_empty())
    }

    /// The message.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl ApiErrors {
    /// Flattens the value of `errors`: a text, a list of texts, or a map of either to any depth.
    #[must_use]
    pub fn from_value(value: &Value) -> Self {
        let mut errors = Self::default();
        errors.flatten(&mut Vec::new(), value);
        errors
    }

    /// The messages, in the order they came.
    #[must_use]
    pub fn messages(&self) -> &[ApiMessage] {
        &self.messages
    }

    /// Changes every text, to take out what must not be shown.
    pub(crate) fn cleaned(mut self, clean: impl Fn(&str) -> String) -> Self {
        for message in &mut self.messages {
            message.field = clean(&message.field);
            message.text = clean(&message.text);
        }
        self
    }

    /// Whether there is nothing but text about the whole.
    pub(crate) fn is_plain(&self) -> bool {
        !self.messages.is_empty() && self.messages.iter().all(|message| message.field.is_empty())
    }

    fn flatten(&mut self, path: &mut Vec<String>, value: &Value) {
        match value {
            Value::Null => {}
            Value::Array(items) => items.iter().for_each(|item| self.flatten(path, item)),
            Value::Object(fields) => {
                for (name, value) in fields {
                    // `base` is how Rails calls the whole.
                    path.extend((name != "base").then(|| name.clone()));
                    self.flatten(path, value);
                    if name != "base" {
                        path.pop();
                    }
                }
            }
            Value::String(text) => self.push(path, text.clone()),
            other => self.push(path, other.to_string()),
        }
    }

    fn push(&mut self, path: &[String], text: String) {
        self.messages.push(ApiMessage {
            field: path.join("."),
            text,
        });
    }
}

impl fmt::Display for ApiErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, message) in self.messages.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            match message.field() {
                Some(field) => write!(f, "{separator}{field}: {}", message.text)?,
                None => write!(f, "{separator}{}", message.text)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn flat(value: Value) -> String {
        ApiErrors::from_value(&value).to_string()
    }

    #[test]
    fn five_shapes() {
        assert_eq!(flat(json!("Записи не существует")), "Записи не существует");
        assert_eq!(flat(json!(["a", "b"])), "a; b");
        assert_eq!(
            flat(json!({"content": ["отсутствует"]})),
            "content: отсутствует"
        );
        assert_eq!(flat(json!({"type": "wrong"})), "type: wrong");
        assert_eq!(
            flat(json!({"observer_ids": {"1": ["x"]}, "page": {"size": ["y", "z"]}})),
            "observer_ids.1: x; page.size: y; page.size: z"
        );
        assert_eq!(flat(json!({"base": ["whole"]})), "whole");
        assert_eq!(flat(json!(null)), "");
    }
}
