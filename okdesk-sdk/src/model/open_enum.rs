//! Enums for the sets of words Okdesk's protocol defines. A word that is not known yet is kept, never an error.

use std::fmt;

/// A word outside the known set, exactly as it came.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OtherValue(Box<str>);

impl OtherValue {
    #[doc(hidden)]
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for OtherValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Describes an open enum: `Variant = "word"`, further spellings after `|`.
///
/// Not covered by the promise of stable versions: it is exported for the sibling crates only.
#[doc(hidden)]
#[macro_export]
macro_rules! open_enum {
    ($(
        $(#[$meta:meta])*
        pub enum $name:ident {
            $($(#[$variant_meta:meta])* $variant:ident = $word:literal $(| $alias:literal)*),* $(,)?
        }
    )*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)*
            // Hidden, so that a word that becomes a variant later breaks nobody's match.
            /// A word this version does not know; read it with `as_str`.
            #[doc(hidden)]
            Other($crate::model::OtherValue),
        }

        impl $name {
            /// All known values.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word Okdesk uses.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Other(other) => other.as_str(),
                }
            }

            /// Whether this version knows the word.
            #[must_use]
            pub fn is_known(&self) -> bool {
                !matches!(self, Self::Other(_))
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word {
                    $($word $(| $alias)* => Self::$variant,)*
                    other => Self::Other($crate::model::OtherValue::new(other)),
                }
            }
        }

        impl From<String> for $name {
            fn from(word: String) -> Self {
                Self::from(word.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            fn from_str(word: &str) -> ::std::result::Result<Self, Self::Err> {
                Ok(Self::from(word))
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                $crate::model::lenient::required(deserializer)
            }
        }

        impl $crate::model::lenient::Lenient for $name {
            fn read<'de, D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Option<Self>, D::Error> {
                let word = $crate::model::lenient::Scalar::read(deserializer)?.map($crate::model::lenient::Scalar::into_text);
                Ok(word.filter(|word| !word.is_empty()).map(|word| Self::from(&*word)))
            }

            fn drift(value: &::serde_json::Value, drifts: &mut $crate::model::Drifts) {
                if let Some(word) = value.as_str().filter(|word| !word.is_empty() && !Self::from(*word).is_known()) {
                    drifts.report($crate::model::DriftKind::UnknownValue(word.to_owned()));
                }
            }
        }
    )*};
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::model::{FieldType, Rate};

    #[test]
    fn known_words_and_their_other_spellings() {
        assert_eq!(Rate::from("good"), Rate::Good);
        assert_eq!(FieldType::from("0"), FieldType::String);
        assert_eq!(
            serde_json::from_str::<FieldType>("4").unwrap(),
            FieldType::Select
        );
        assert!(serde_json::from_str::<Rate>("null").is_err());
    }

    proptest! {
        #[test]
        fn any_word_round_trips(word in "[^0-9]+") {
            let rate = Rate::from(word.as_str());
            prop_assert_eq!(rate.as_str(), &word);
            prop_assert_eq!(rate.is_known(), Rate::ALL.contains(&rate));
            let json = serde_json::to_string(&rate).unwrap();
            prop_assert_eq!(serde_json::from_str::<Rate>(&json).unwrap(), rate);
        }
    }
}
