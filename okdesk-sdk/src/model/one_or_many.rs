//! One, many or none: some searches answer with an object for one hit and a list for several.

use serde::{Deserialize, Deserializer, Serialize};

use super::lenient::{self, Lenient};

/// Zero or more things, read from an object, an array, `[]`, `{}` or `null`.
///
/// ```
/// use okdesk_sdk::model::{IssueId, OneOrMany};
///
/// let ids: OneOrMany<IssueId> = serde_json::from_str("[1, \"2\"]")?;
/// assert_eq!(ids.into_vec(), [IssueId::new(1), IssueId::new(2)]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct OneOrMany<T>(Vec<T>);

impl<T> OneOrMany<T> {
    /// The things, in the order they came.
    #[must_use]
    pub fn into_vec(self) -> Vec<T> {
        self.0
    }

    /// The things, in the order they came.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }
}

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> From<OneOrMany<T>> for Vec<T> {
    fn from(things: OneOrMany<T>) -> Self {
        things.0
    }
}

impl<T> From<Vec<T>> for OneOrMany<T> {
    fn from(things: Vec<T>) -> Self {
        Self(things)
    }
}

impl<T> IntoIterator for OneOrMany<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'de, T: Lenient> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::field(deserializer).map(Self)
    }
}

impl<T: Lenient> Lenient for OneOrMany<T> {
    const NULLABLE: bool = true;

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        Ok(Vec::read(deserializer)?.map(Self))
    }

    fn drift(value: &serde_json::Value, drifts: &mut super::Drifts) {
        Vec::<T>::drift(value, drifts);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CompanyId, Named};

    #[test]
    fn five_shapes() {
        let read = |json| {
            serde_json::from_str::<OneOrMany<Named<CompanyId>>>(json)
                .unwrap()
                .into_vec()
        };
        for none in ["[]", "{}", "null", "\"\""] {
            assert_eq!(read(none), [], "{none}");
        }
        assert_eq!(read(r#"{"id":1,"name":"a"}"#).len(), 1);
        assert_eq!(read(r#"[{"id":1,"name":"a"},{"id":2}]"#).len(), 2);
    }
}
