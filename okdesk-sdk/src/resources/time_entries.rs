//! Spent time.

use serde_json::{Map, Value};

use crate::model::{AttributeCode, CustomValue};

/// Spent time as Okdesk takes it: a text such as `2:30`, `2,5 часа` or `2 ч. 30 мин.`, with a comment and attributes.
///
/// ```
/// use okdesk_sdk::SpentTime;
///
/// let spent = SpentTime::minutes(150).comment("replaced the drum");
/// # let _ = spent;
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SpentTime {
    pub(crate) fields: Map<String, Value>,
}

impl SpentTime {
    /// A text such as `2:30`.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        let mut fields = Map::new();
        fields.insert(
            "formatted_spent_time".to_owned(),
            Value::String(text.into()),
        );
        Self { fields }
    }

    /// Whole minutes.
    #[must_use]
    pub fn minutes(minutes: u32) -> Self {
        Self::new(format!("{}:{:02}", minutes / 60, minutes % 60))
    }

    /// A comment.
    #[must_use]
    pub fn comment(mut self, text: impl Into<String>) -> Self {
        self.fields
            .insert("comment".to_owned(), Value::String(text.into()));
        self
    }

    /// A custom attribute of spent time.
    #[must_use]
    pub fn custom(mut self, code: impl Into<AttributeCode>, value: impl Into<CustomValue>) -> Self {
        let value = serde_json::to_value(value.into()).unwrap_or_default();
        let custom = self
            .fields
            .entry("custom_parameters")
            .or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(custom) = custom {
            custom.insert(code.into().as_str().to_owned(), value);
        }
        self
    }
}

impl From<&str> for SpentTime {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}
