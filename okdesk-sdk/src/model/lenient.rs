//! How one field of an answer is read: `null`, `""`, numbers as text and text as numbers are survived in one place.
//!
//! Every type that may stand in a record implements [`Lenient`]; the record macro asks it for each field. This module is
//! public for the sibling crates and for people who describe Okdesk shapes of their own.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{CowStrDeserializer, MapAccessDeserializer, MapDeserializer};
use serde::de::{
    self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value;

use super::drift::Drifts;

/// A type that can be read from what Okdesk really sends.
pub trait Lenient: Sized {
    /// Reads one value; `None` means "nothing there" (`null`, `""`, `{}`).
    ///
    /// # Errors
    /// When the value is something else than this type can be made of.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error>;

    /// Reports where a value differs from what is known. The default knows nothing and is silent.
    fn drift(value: &Value, drifts: &mut Drifts) {
        let _ = (value, drifts);
    }

    /// Whether `null` is an expected answer for a field of this type.
    const NULLABLE: bool = false;
}

/// For `deserialize_with` together with `default`: what is not there is the default.
///
/// # Errors
/// When a value is there but cannot be read.
pub fn field<'de, D: Deserializer<'de>, T: Lenient + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(T::read(deserializer)?.unwrap_or_default())
}

/// For `deserialize_with`: the value must be there.
///
/// # Errors
/// When nothing is there, or it cannot be read.
pub fn required<'de, D: Deserializer<'de>, T: Lenient>(deserializer: D) -> Result<T, D::Error> {
    T::read(deserializer)?
        .ok_or_else(|| de::Error::custom("a value is required here, found nothing"))
}

/// One JSON value that is neither object nor array.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar<'a> {
    /// `true`, `false`
    Bool(bool),
    /// A whole number that is not negative.
    Unsigned(u64),
    /// A negative whole number.
    Signed(i64),
    /// Any other number.
    Float(f64),
    /// Text, copied only where it was escaped.
    Text(Cow<'a, str>),
}

impl<'de> Scalar<'de> {
    /// Reads a scalar; `null` is `None`.
    ///
    /// # Errors
    /// When an object or array is found.
    pub fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }

    /// The value as text, as it would be written.
    #[must_use]
    pub fn into_text(self) -> Cow<'de, str> {
        match self {
            Self::Text(text) => text,
            other => Cow::Owned(other.to_string()),
        }
    }
}

impl fmt::Display for Scalar<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Unsigned(value) => value.fmt(f),
            Self::Signed(value) => value.fmt(f),
            Self::Float(value) => value.fmt(f),
            Self::Text(value) => value.fmt(f),
        }
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Option<Scalar<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number, true, false or null")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Some(Scalar::Bool(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Some(Scalar::Unsigned(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Some(
            u64::try_from(value).map_or(Scalar::Signed(value), Scalar::Unsigned),
        ))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Some(Scalar::Float(value)))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Some(Scalar::Text(Cow::Borrowed(value))))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Some(Scalar::Text(Cow::Owned(value.to_owned()))))
    }

    fn visit_string<E>(self, value: String) -> Result<Self::Value, E> {
        Ok(Some(Scalar::Text(Cow::Owned(value))))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Lenient for String {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        Ok(Scalar::read(deserializer)?.map(|scalar| scalar.into_text().into_owned()))
    }
}

impl Lenient for bool {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        Ok(match Scalar::read(deserializer)? {
            None => None,
            Some(Scalar::Bool(value)) => Some(value),
            Some(other) => match &*other.into_text() {
                "" => None,
                "1" | "true" => Some(true),
                "0" | "false" => Some(false),
                text => {
                    return Err(de::Error::invalid_value(
                        de::Unexpected::Str(text),
                        &"true or false",
                    ));
                }
            },
        })
    }
}

macro_rules! lenient_number {
    ($($type:ty, $number:ident, $expected:literal;)*) => {$(
        impl Lenient for $type {
            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
                let text = match Scalar::read(deserializer)? {
                    None => return Ok(None),
                    Some(Scalar::$number(number)) => return Ok(Some(number)),
                    Some(other) => other.into_text(),
                };
                match text.trim() {
                    "" => Ok(None),
                    // Russian texts write fractions with a comma.
                    text => text.replace(',', ".").parse().map(Some).map_err(|_| {
                        de::Error::invalid_value(de::Unexpected::Str(text), &$expected)
                    }),
                }
            }
        }
    )*};
}

lenient_number! {
    f64, Float, "a number, or a number as text";
    i64, Signed, "a whole number, or one as text";
    u64, Unsigned, "a whole number from 0, or one as text";
}

impl<T: Lenient> Lenient for Option<T> {
    const NULLABLE: bool = true;

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        T::read(deserializer).map(Some)
    }

    fn drift(value: &Value, drifts: &mut Drifts) {
        if !value.is_null() {
            T::drift(value, drifts);
        }
    }
}

impl<T: Lenient> Lenient for Box<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        Ok(T::read(deserializer)?.map(Box::new))
    }

    fn drift(value: &Value, drifts: &mut Drifts) {
        T::drift(value, drifts);
    }
}

impl Lenient for Value {
    const NULLABLE: bool = true;

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        serde::Deserialize::deserialize(deserializer).map(Some)
    }
}

/// `null`, `""` and `{}` are an empty list, a lone object is a list of one.
impl<T: Lenient> Lenient for Vec<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        deserializer.deserialize_any(ListVisitor(PhantomData))
    }

    fn drift(value: &Value, drifts: &mut Drifts) {
        match value {
            Value::Array(items) => {
                for item in items {
                    drifts.inside("[]", |drifts| T::drift(item, drifts));
                }
            }
            Value::Object(_) => T::drift(value, drifts),
            _ => {}
        }
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Lenient> Visitor<'de> for ListVisitor<T> {
    type Value = Option<Vec<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        if text.is_empty() {
            Ok(None)
        } else {
            Ok(T::read(text.into_deserializer())?.map(|one| vec![one]))
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::with_capacity(list.size_hint().unwrap_or(0).min(1024));
        while let Some(item) = list.next_element_seed(Seed(PhantomData::<T>))? {
            items.extend(item);
        }
        Ok(Some(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        match Peeked::new(map)? {
            None => Ok(None),
            Some(map) => Ok(T::read(MapAccessDeserializer::new(map))?.map(|one| vec![one])),
        }
    }
}

struct Seed<T>(PhantomData<T>);

impl<'de, T: Lenient> DeserializeSeed<'de> for Seed<T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        T::read(deserializer)
    }
}

/// `null`, `""`, `[]` are an empty map.
impl<T: Lenient + Default> Lenient for BTreeMap<String, T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(transparent, bound(deserialize = "T: Lenient + Default"))]
        struct Element<T>(#[serde(deserialize_with = "field")] T);

        let elements = record::<D, BTreeMap<String, Element<T>>>(deserializer)?;
        Ok(elements.map(|elements| {
            elements
                .into_iter()
                .map(|(key, Element(value))| (key, value))
                .collect()
        }))
    }
}

/// Reads an object with serde's own derive; `null`, `""`, `{}` and `[]` are nothing.
///
/// # Errors
/// When the object cannot be read.
pub fn record<'de, D: Deserializer<'de>, T: de::Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_any(RecordVisitor(PhantomData))
}

struct RecordVisitor<T>(PhantomData<T>);

impl<'de, T: de::Deserialize<'de>> Visitor<'de> for RecordVisitor<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        if text.is_empty() {
            return Ok(None);
        }
        // Some answers mention a thing by its bare name where others have an object.
        let named = MapDeserializer::new(std::iter::once(("name", text)));
        T::deserialize(named).map(Some)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        match list.next_element::<de::IgnoredAny>()? {
            None => Ok(None),
            Some(_) => Err(de::Error::invalid_type(de::Unexpected::Seq, &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        match Peeked::new(map)? {
            None => Ok(None),
            Some(map) => T::deserialize(MapAccessDeserializer::new(map)).map(Some),
        }
    }
}

/// A map whose first key has been looked at, so that `{}` can be told from an object.
struct Peeked<'de, A> {
    first: Option<Cow<'de, str>>,
    rest: A,
}

impl<'de, A: MapAccess<'de>> Peeked<'de, A> {
    fn new(mut rest: A) -> Result<Option<Self>, A::Error> {
        Ok(rest.next_key_seed(Key)?.map(|first| Self {
            first: Some(first),
            rest,
        }))
    }
}

/// A key, copied only where it was escaped.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }

    fn visit_string<E>(self, key: String) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key))
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Peeked<'de, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        match self.first.take() {
            Some(first) => seed.deserialize(CowStrDeserializer::new(first)).map(Some),
            None => self.rest.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.rest.next_value_seed(seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: Lenient>(json: &str) -> Result<Option<T>, serde_json::Error> {
        T::read(&mut serde_json::Deserializer::from_str(json))
    }

    #[test]
    fn numbers_come_as_text_and_with_a_comma() {
        assert_eq!(read::<f64>("\"2,5\"").unwrap(), Some(2.5));
        assert_eq!(read::<f64>("0").unwrap(), Some(0.0));
        assert_eq!(read::<f64>("0.1").unwrap(), Some(0.1));
        assert_eq!(read::<f64>("null").unwrap(), None);
        assert_eq!(read::<f64>("\"\"").unwrap(), None);
        assert!(read::<f64>("\"many\"").is_err());
        assert_eq!(read::<i64>("-3").unwrap(), Some(-3));
        assert_eq!(read::<u64>("\"7\"").unwrap(), Some(7));
    }

    #[test]
    fn texts_come_as_numbers() {
        assert_eq!(read::<String>("17").unwrap().as_deref(), Some("17"));
        assert_eq!(read::<String>("true").unwrap().as_deref(), Some("true"));
        assert_eq!(read::<String>("null").unwrap(), None);
        assert!(read::<String>("{}").is_err());
    }

    #[test]
    fn truth_comes_in_three_spellings() {
        for yes in ["true", "1", "\"true\"", "\"1\""] {
            assert_eq!(read::<bool>(yes).unwrap(), Some(true), "{yes}");
        }
        for no in ["false", "0", "\"false\"", "\"0\""] {
            assert_eq!(read::<bool>(no).unwrap(), Some(false), "{no}");
        }
        assert_eq!(read::<bool>("null").unwrap(), None);
        assert!(read::<bool>("\"perhaps\"").is_err());
    }

    #[test]
    fn lists_survive_null_object_and_empty() {
        assert_eq!(
            read::<Vec<String>>("[\"a\", null, 1]").unwrap(),
            Some(vec!["a".into(), "1".into()])
        );
        assert_eq!(read::<Vec<String>>("null").unwrap(), None);
        assert_eq!(read::<Vec<String>>("{}").unwrap(), None);
        assert_eq!(read::<Vec<String>>("\"\"").unwrap(), None);
        assert_eq!(
            read::<Vec<String>>("\"a\"").unwrap(),
            Some(vec!["a".into()])
        );
    }

    #[test]
    fn maps_survive_null_and_list() {
        assert_eq!(read::<BTreeMap<String, u64>>("[]").unwrap(), None);
        let map = read::<BTreeMap<String, u64>>(r#"{"a":"1","b":null}"#)
            .unwrap()
            .unwrap();
        assert_eq!(map, BTreeMap::from([("a".into(), 1), ("b".into(), 0)]));
    }
}
