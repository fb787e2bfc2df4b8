//! A decoded value with the JSON it came from, so that what is not modelled yet stays in reach.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// A value and the exact JSON it was read from.
///
/// ```
/// use okdesk_sdk::model::{CompanyId, Named, Raw};
///
/// let raw: Raw<Named<CompanyId>> = serde_json::from_str(r#"{"id": 1, "name": "Romashka", "colour": "red"}"#)?;
/// assert_eq!(raw.value().name, "Romashka");
/// assert_eq!(raw.field("colour").unwrap(), "red");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct Raw<T> {
    value: T,
    json: Arc<RawValue>,
}

impl<T> Raw<T> {
    /// The decoded value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The decoded value, given away.
    pub fn into_value(self) -> T {
        self.value
    }

    /// The JSON exactly as it came.
    pub fn json(&self) -> &str {
        self.json.get()
    }

    /// One field of the JSON, for what is not modelled.
    pub fn field(&self, name: &str) -> Option<serde_json::Value> {
        match serde_json::from_str(self.json()).ok()? {
            serde_json::Value::Object(mut fields) => fields.remove(name),
            _ => None,
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Raw<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Raw").field(&self.value).finish()
    }
}

impl<T: serde::de::DeserializeOwned> Raw<T> {
    /// Decodes JSON and keeps it.
    ///
    /// # Errors
    /// When the JSON is not a `T`.
    pub fn parse(json: Box<RawValue>) -> Result<Self, serde_json::Error> {
        Ok(Self {
            value: serde_json::from_str(json.get())?,
            json: json.into(),
        })
    }
}

impl<'de, T: serde::de::DeserializeOwned> Deserialize<'de> for Raw<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(Deserialize::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl<T> Serialize for Raw<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json.serialize(serializer)
    }
}
