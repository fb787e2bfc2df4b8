//! JSON that keeps its keys in the order they were written, as Okdesk's answers do.

use std::borrow::Cow;

use serde::ser::{Serialize, SerializeMap as _, Serializer};

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Int(i64),
    Number(f64),
    Text(Cow<'static, str>),
    List(Vec<Json>),
    Object(Vec<(Cow<'static, str>, Json)>),
}

/// `object! { "id": issue.id, "title": issue.title.clone() }`
macro_rules! object {
    ($($key:literal : $value:expr),* $(,)?) => {
        $crate::testing::json::value::Json::Object(vec![
            $((
                std::borrow::Cow::Borrowed($key),
                $crate::testing::json::value::Json::from($value),
            )),*
        ])
    };
}
pub(crate) use object;

impl Json {
    pub(crate) fn list<T: Into<Json>>(items: impl IntoIterator<Item = T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }

    /// A whole amount is written without a fraction, as in recorded bodies (`0`, but `0.1`).
    pub(crate) fn amount(value: f64) -> Self {
        if value.fract() == 0.0 {
            Self::Int(value as i64)
        } else {
            Self::Number(value)
        }
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    pub(crate) fn to_value(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// Adds a member at the end of an object.
    pub(crate) fn push(&mut self, key: &'static str, value: impl Into<Json>) {
        if let Self::Object(members) = self {
            members.push((Cow::Borrowed(key), value.into()));
        }
    }

    /// A member of an object, or null.
    pub(crate) fn member(self, key: &str) -> Self {
        match self {
            Self::Object(members) => members
                .into_iter()
                .find(|(known, _)| known == key)
                .map_or(Self::Null, |(_, value)| value),
            _ => Self::Null,
        }
    }

    /// Keeps only the named members of an object.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        if let Self::Object(members) = self {
            members.retain(|(key, _)| keep(key));
        }
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(flag) => serializer.serialize_bool(*flag),
            Self::Int(number) => serializer.serialize_i64(*number),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (key, value) in members {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}

impl From<serde_json::Value> for Json {
    fn from(value: serde_json::Value) -> Self {
        use serde_json::Value;
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Bool(flag),
            Value::Number(number) => number
                .as_i64()
                .map(Self::Int)
                .or_else(|| number.as_f64().map(Self::Number))
                .unwrap_or(Self::Null),
            Value::String(text) => Self::Text(Cow::Owned(text)),
            Value::Array(items) => Self::list(items),
            Value::Object(members) => Self::Object(
                members
                    .into_iter()
                    .map(|(key, value)| (Cow::Owned(key), value.into()))
                    .collect(),
            ),
        }
    }
}

impl From<bool> for Json {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<u64> for Json {
    fn from(number: u64) -> Self {
        Self::Int(number as i64)
    }
}

impl From<u32> for Json {
    fn from(number: u32) -> Self {
        Self::Int(number.into())
    }
}

impl From<usize> for Json {
    fn from(number: usize) -> Self {
        Self::Int(number as i64)
    }
}

impl From<f64> for Json {
    fn from(number: f64) -> Self {
        Self::amount(number)
    }
}

impl From<&'static str> for Json {
    fn from(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<&String> for Json {
    fn from(text: &String) -> Self {
        Self::Text(Cow::Owned(text.clone()))
    }
}

impl<T: Into<Json>> From<Option<T>> for Json {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl From<&Option<String>> for Json {
    fn from(text: &Option<String>) -> Self {
        text.as_ref().into()
    }
}

impl<T: Into<Json>> From<Vec<T>> for Json {
    fn from(items: Vec<T>) -> Self {
        Self::list(items)
    }
}

impl From<&Vec<u64>> for Json {
    fn from(ids: &Vec<u64>) -> Self {
        Self::list(ids.iter().copied())
    }
}

impl From<&Vec<String>> for Json {
    fn from(texts: &Vec<String>) -> Self {
        Self::list(texts)
    }
}

impl From<[f64; 2]> for Json {
    fn from(pair: [f64; 2]) -> Self {
        Self::list(pair)
    }
}
