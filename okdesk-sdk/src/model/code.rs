//! Codes: words the account itself defines. Case matters, the set is open, and only the account knows it.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::lenient::{self, Lenient};

macro_rules! codes {
    ($(
        $(#[$meta:meta])* $name:ident { $($(#[$const_meta:meta])* $constant:ident = $word:literal),* $(,)? }
    )*) => {$(
        $(#[$meta])*
        ///
        /// Accounts define their own codes, so any text is one; case matters.
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
        pub struct $name(Cow<'static, str>);

        impl $name {
            $($(#[$const_meta])* pub const $constant: Self = Self::from_static($word);)*

            /// Takes a code as the account spells it.
            #[must_use]
            pub fn new(code: impl Into<String>) -> Self {
                Self(Cow::Owned(code.into()))
            }

            /// A constant code.
            #[must_use]
            pub const fn from_static(code: &'static str) -> Self {
                Self(Cow::Borrowed(code))
            }

            /// The code as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:?})"), self.as_str())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = std::convert::Infallible;

            fn from_str(code: &str) -> Result<Self, Self::Err> {
                Ok(Self::new(code))
            }
        }

        impl From<&str> for $name {
            fn from(code: &str) -> Self {
                Self::new(code)
            }
        }

        impl From<String> for $name {
            fn from(code: String) -> Self {
                Self::new(code)
            }
        }

        impl From<&str> for super::Patch<$name> {
            fn from(code: &str) -> Self {
                Self::Set(code.into())
            }
        }

        impl From<&$name> for $name {
            fn from(code: &$name) -> Self {
                code.clone()
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == *other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == **other
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                lenient::required(deserializer)
            }
        }

        impl Lenient for $name {
            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
                Ok(String::read(deserializer)?.filter(|code| !code.is_empty()).map(Self::new))
            }
        }
    )*};
}

codes! {
    /// A status of issues, such as `opened`.
    StatusCode {
        /// `opened`
        OPENED = "opened",
        /// `delayed`; changing to it needs a date.
        DELAYED = "delayed",
        /// `completed`
        COMPLETED = "completed",
        /// `closed`
        CLOSED = "closed",
    }
    /// A priority of issues, such as `normal`.
    PriorityCode {
        /// `low`
        LOW = "low",
        /// `normal`
        NORMAL = "normal",
        /// `high`
        HIGH = "high",
        /// `highest`
        HIGHEST = "highest",
    }
    /// A type of issues, such as `incident`.
    IssueTypeCode {
        /// `service`
        SERVICE = "service",
        /// `incident`
        INCIDENT = "incident",
        /// `consultation`
        CONSULTATION = "consultation",
        /// `inner`
        INNER = "inner",
    }
    /// A custom attribute.
    AttributeCode {}
    /// A category of companies.
    CategoryCode {}
    /// A kind of equipment.
    EquipmentKindCode {}
    /// A manufacturer of equipment.
    EquipmentManufacturerCode {}
    /// A model of equipment.
    EquipmentModelCode {}
    /// A nomenclature item or group.
    NomenclatureCode {}
    /// A service of a price list.
    ServiceCode {}
    /// A time zone.
    TimezoneCode {}
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_matters_and_numbers_are_codes_too() {
        assert_ne!(PriorityCode::new("Critical"), PriorityCode::new("critical"));
        assert_eq!(StatusCode::new("opened"), StatusCode::OPENED);
        assert_eq!(
            serde_json::from_str::<AttributeCode>("1").unwrap(),
            AttributeCode::new("1")
        );
        assert!(StatusCode::OPENED == "opened");
    }

    proptest! {
        #[test]
        fn round_trips(code in ".+") {
            let code = StatusCode::new(code);
            let json = serde_json::to_string(&code).unwrap();
            prop_assert_eq!(serde_json::from_str::<StatusCode>(&json).unwrap(), code);
        }
    }
}
