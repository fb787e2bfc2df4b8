//! Custom attributes: the fields an account adds by itself.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::AttributeCode;
use super::lenient::Lenient;

open_enum! {
    /// The type of a custom attribute.
    pub enum FieldType {
        /// One line of text.
        String = "ftstring" | "0",
        /// A day.
        Date = "ftdate" | "1",
        /// A day and time.
        DateTime = "ftdatetime" | "2",
        /// Yes or no.
        Checkbox = "ftcheckbox" | "3",
        /// One of a list.
        Select = "ftselect" | "4",
        /// Several of a list.
        MultiSelect = "ftmultiselect" | "5",
    }
}

/// The value of a custom attribute.
///
/// ```
/// use okdesk_sdk::model::CustomValue;
///
/// assert_eq!(CustomValue::from("red"), CustomValue::Text("red".into()));
/// assert_eq!(CustomValue::from(true), CustomValue::Bool(true));
/// assert_eq!(CustomValue::from(["a", "b"]), CustomValue::List(vec!["a".into(), "b".into()]));
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub enum CustomValue {
    /// No value.
    #[default]
    Null,
    /// Text, a date, or one choice.
    Text(String),
    /// A checkbox.
    Bool(bool),
    /// A number, which the documentation does not foresee.
    Number(serde_json::Number),
    /// Several choices.
    List(Vec<String>),
    /// Anything else, as it came.
    Other(Value),
}

impl CustomValue {
    /// The text, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether there is no value: `null`, an empty text or an empty list.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            Self::List(list) => list.is_empty(),
            Self::Bool(_) | Self::Number(_) | Self::Other(_) => false,
        }
    }
}

impl From<&str> for CustomValue {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for CustomValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for CustomValue {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for CustomValue {
    fn from(value: i64) -> Self {
        Self::Number(value.into())
    }
}

impl<S: Into<String>> From<Vec<S>> for CustomValue {
    fn from(list: Vec<S>) -> Self {
        Self::List(list.into_iter().map(Into::into).collect())
    }
}

impl<S: Into<String>, const N: usize> From<[S; N]> for CustomValue {
    fn from(list: [S; N]) -> Self {
        Self::List(list.into_iter().map(Into::into).collect())
    }
}

/// A day, for attributes of type [`FieldType::Date`].
impl From<jiff::civil::Date> for CustomValue {
    fn from(date: jiff::civil::Date) -> Self {
        Self::Text(date.to_string())
    }
}

/// `None` empties the attribute; Okdesk refuses that for a required one.
impl<T: Into<CustomValue>> From<Option<T>> for CustomValue {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl From<Value> for CustomValue {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(value),
            Value::Number(number) => Self::Number(number),
            Value::String(text) => Self::Text(text),
            Value::Array(items) if items.iter().all(Value::is_string) => Self::List(
                items
                    .into_iter()
                    .filter_map(|item| {
                        if let Value::String(text) = item {
                            Some(text)
                        } else {
                            None
                        }
                    })
                    .collect(),
            ),
            other => Self::Other(other),
        }
    }
}

impl Serialize for CustomValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Text(text) => text.serialize(serializer),
            Self::Bool(value) => value.serialize(serializer),
            Self::Number(number) => number.serialize(serializer),
            Self::List(list) => list.serialize(serializer),
            Self::Other(value) => value.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for CustomValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::from)
    }
}

impl Lenient for CustomValue {
    const NULLABLE: bool = true;

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        Self::deserialize(deserializer).map(Some)
    }
}

record! {
    /// A custom attribute as answers show it.
    pub struct CustomAttribute {
        /// Its code; equipment kinds leave it out.
        code: AttributeCode,
        /// Its name for people.
        name: String,
        /// Its type.
        field_type: Option<FieldType>,
        /// Its value.
        value: CustomValue,
    }
}

impl CustomAttribute {
    /// The value of the attribute with this code, if it is there and not empty.
    #[must_use]
    pub fn find<'a>(attributes: &'a [Self], code: &str) -> Option<&'a CustomValue> {
        attributes
            .iter()
            .find(|attribute| attribute.code == *code)
            .map(|found| &found.value)
            .filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_value_is_kept() {
        for json in [
            r#""""#,
            r#""red""#,
            "true",
            "1.5",
            r#"["a","b"]"#,
            "null",
            r#"{"a":1}"#,
            "[1]",
            "[]",
        ] {
            let value: CustomValue = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&value).unwrap(), json);
        }
    }

    #[test]
    fn an_attribute_survives_an_unknown_type() {
        let json = r#"[{"code":"0001","name":"ИНН","field_type":"ftcolour","value":"7707083893"},{"name":"x","value":3}]"#;
        let attributes: Vec<CustomAttribute> = serde_json::from_str(json).unwrap();
        assert_eq!(
            attributes[0].field_type.as_ref().unwrap().as_str(),
            "ftcolour"
        );
        assert_eq!(
            CustomAttribute::find(&attributes, "0001").and_then(CustomValue::as_str),
            Some("7707083893")
        );
        assert_eq!(CustomAttribute::find(&attributes, "none"), None);
    }
}
