//! Ids: one newtype per kind of thing, so that a contact cannot be passed where a company is meant.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::lenient::{self, Lenient};

/// The text is not an id: ids are whole numbers from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not an id: a whole number from 1 is expected")]
pub struct ParseIdError {
    text: String,
}

fn parse(text: &str) -> Result<u64, ParseIdError> {
    match text.trim().parse::<u64>() {
        Ok(id) if id > 0 => Ok(id),
        _ => Err(ParseIdError {
            text: text.chars().take(40).collect(),
        }),
    }
}

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident)*) => {$(
        $(#[$meta])*
        ///
        /// Written as a number; read from a number or a string, because Okdesk sends both. Zero is no id and is refused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(u64);

        impl $name {
            /// Wraps the number Okdesk shows.
            #[must_use]
            pub const fn new(id: u64) -> Self {
                Self(id)
            }

            /// The plain number.
            #[must_use]
            pub const fn get(self) -> u64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                parse(text).map(Self)
            }
        }

        impl From<u64> for $name {
            fn from(id: u64) -> Self {
                Self(id)
            }
        }

        impl From<$name> for u64 {
            fn from(id: $name) -> u64 {
                id.0
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_u64(self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                lenient::required(deserializer)
            }
        }

        impl Lenient for $name {
            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
                Ok(read(deserializer)?.map(Self))
            }
        }
    )*};
}

/// `null` and `""` are "none"; zero and anything else that is not an id is an error.
fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    match lenient::Scalar::read(deserializer)? {
        None => Ok(None),
        Some(scalar) => match scalar {
            lenient::Scalar::Unsigned(id) if id > 0 => Ok(Some(id)),
            lenient::Scalar::Text(text) if text.trim().is_empty() => Ok(None),
            // The text is not quoted: an error must not show what a server echoes.
            other => parse(&other.into_text())
                .map(Some)
                .map_err(|_| de::Error::custom("an id is a whole number from 1")),
        },
    }
}

ids! {
    /// An issue (a ticket, a request).
    IssueId
    /// A company, the client organisation.
    CompanyId
    /// A contact, a person of the client.
    ContactId
    /// An employee of the account.
    EmployeeId
    /// A comment of an issue.
    CommentId
    /// An attached file.
    AttachmentId
    /// A maintenance entity, also called service object.
    #[doc(alias = "ServiceObjectId")]
    MaintenanceEntityId
    /// An agreement.
    AgreementId
    /// A piece of equipment.
    EquipmentId
    /// A kind of equipment.
    EquipmentKindId
    /// A manufacturer of equipment.
    EquipmentManufacturerId
    /// A model of equipment.
    EquipmentModelId
    /// A group of employees.
    GroupId
    /// A role of employees.
    RoleId
    /// A route of employees.
    RouteId
    /// A working schedule.
    ScheduleId
    /// A record of spent time.
    TimeEntryId
    /// A line of a check list.
    CheckListItemId
    /// A price list.
    PriceListId
    /// A line of a nomenclature price list.
    PriceListServiceId
    /// A service a price list offers.
    ServiceId
    /// A line of the specification of an issue.
    IssueServiceId
    /// A nomenclature item.
    NomenclatureItemId
    /// A nomenclature group.
    NomenclatureGroupId
    /// A category of companies.
    CategoryId
    /// A type of issues.
    IssueTypeId
    /// A priority of issues.
    PriorityId
    /// A status of issues.
    StatusId
    /// A rating of an issue.
    RateId
}

/// What a filter by id may ask for: one thing, or the lack of it.
///
/// Okdesk writes "without" as `0`, which is why `0` can be no id.
///
/// ```
/// use okdesk_sdk::model::{EmployeeId, IdFilter};
///
/// assert_eq!(IdFilter::from(EmployeeId::new(7)).to_string(), "7");
/// assert_eq!(IdFilter::<EmployeeId>::Without.to_string(), "0");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdFilter<I> {
    /// This one.
    Is(I),
    /// None at all, for instance issues without an assignee.
    Without,
}

impl<I> From<I> for IdFilter<I> {
    fn from(id: I) -> Self {
        Self::Is(id)
    }
}

impl<I: fmt::Display> fmt::Display for IdFilter<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(id) => id.fmt(f),
            Self::Without => f.write_str("0"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_numbers_and_strings_and_refuses_the_rest() {
        assert_eq!(
            serde_json::from_str::<IssueId>("12").unwrap(),
            IssueId::new(12)
        );
        assert_eq!(
            serde_json::from_str::<IssueId>("\"12\"").unwrap(),
            IssueId::new(12)
        );
        for bad in [
            "0", "\"0\"", "-1", "1.5", "null", "\"\"", "\"abc\"", "true", "[]", "{}",
        ] {
            assert!(serde_json::from_str::<IssueId>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_whole_float_is_an_id() {
        assert_eq!(
            serde_json::from_str::<IssueId>("12.0").unwrap(),
            IssueId::new(12)
        );
    }

    proptest! {
        #[test]
        fn round_trips(id in 1..=u64::MAX) {
            let id = CompanyId::new(id);
            prop_assert_eq!(id.to_string().parse::<CompanyId>().unwrap(), id);
            let json = serde_json::to_string(&id).unwrap();
            prop_assert_eq!(&json, &id.get().to_string());
            prop_assert_eq!(serde_json::from_str::<CompanyId>(&json).unwrap(), id);
            prop_assert_eq!(serde_json::from_str::<CompanyId>(&format!("\"{id}\"")).unwrap(), id);
        }

        #[test]
        fn no_text_panics(text in ".*") {
            let _ = text.parse::<CompanyId>();
        }
    }
}
