//! References: how one thing is mentioned inside another.

use std::fmt;

use serde::de::{self, Deserializer};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Serialize, Serializer};

use super::drift::Known;
use super::lenient::{self, Lenient};
use super::{ContactId, Drifts, EmployeeId};

/// An id with a name, as companies, groups and people are mentioned.
///
/// `null`, `{}` and `{"id": null}` all mean "nobody" and are read as `None` where an `Option` stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize)]
#[non_exhaustive]
pub struct Named<I> {
    /// Which one.
    pub id: I,
    /// Its name; empty when Okdesk left it out.
    pub name: String,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "I: Lenient"))]
struct NamedShape<I> {
    #[serde(default = "none", deserialize_with = "lenient::field")]
    id: Option<I>,
    #[serde(default, alias = "title", deserialize_with = "lenient::field")]
    name: String,
}

fn none<I>() -> Option<I> {
    None
}

impl<I: Lenient> Lenient for Named<I> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        let shape = lenient::record::<D, NamedShape<I>>(deserializer)?;
        Ok(shape.and_then(|NamedShape { id, name }| id.map(|id| Self { id, name })))
    }
}

impl<'de, I: Lenient> Deserialize<'de> for Named<I> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::required(deserializer)
    }
}

open_enum! {
    /// On which side a person stands.
    pub enum AuthorKind {
        /// Somebody of the account's own staff.
        Employee = "employee",
        /// Somebody of a client.
        Contact = "contact",
    }
}

/// A person mentioned as author or observer: an employee or a contact.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize)]
#[non_exhaustive]
pub struct Person {
    /// The number, whose meaning depends on [`kind`](Self::kind): employee 7 and contact 7 are two people.
    pub id: u64,
    /// The name.
    pub name: String,
    /// Employee or contact; some answers do not say.
    #[serde(rename = "type")]
    pub kind: Option<AuthorKind>,
}

impl Person {
    /// The id, if this is known to be a contact.
    #[must_use]
    pub fn contact_id(&self) -> Option<ContactId> {
        (self.kind == Some(AuthorKind::Contact)).then(|| ContactId::new(self.id))
    }

    /// The id, if this is known to be an employee.
    #[must_use]
    pub fn employee_id(&self) -> Option<EmployeeId> {
        (self.kind == Some(AuthorKind::Employee)).then(|| EmployeeId::new(self.id))
    }
}

#[derive(Deserialize)]
struct PersonShape {
    #[serde(default, deserialize_with = "lenient::field")]
    id: Option<ContactId>,
    #[serde(default, deserialize_with = "lenient::field")]
    name: String,
    #[serde(default, rename = "type", deserialize_with = "lenient::field")]
    kind: Option<AuthorKind>,
}

impl Lenient for Person {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        let shape = lenient::record::<D, PersonShape>(deserializer)?;
        Ok(shape.and_then(|PersonShape { id, name, kind }| {
            id.map(|id| Self {
                id: id.get(),
                name,
                kind,
            })
        }))
    }

    fn drift(value: &serde_json::Value, drifts: &mut Drifts) {
        drifts.object(
            value,
            &[
                Known {
                    name: "id",
                    nullable: true,
                    walk: |_, _| {},
                },
                Known {
                    name: "name",
                    nullable: true,
                    walk: |_, _| {},
                },
                Known {
                    name: "type",
                    nullable: true,
                    walk: AuthorKind::drift,
                },
            ],
        );
    }
}

impl<'de> Deserialize<'de> for Person {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::required(deserializer)
    }
}

/// In whose name something is written.
///
/// ```
/// use okdesk_sdk::model::{Author, ContactId};
///
/// let client = Author::contact(ContactId::new(7));
/// assert_eq!(client.to_string(), "contact 7");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Author {
    /// A contact of a client.
    Contact(ContactId),
    /// An employee of the account.
    Employee(EmployeeId),
}

impl Author {
    /// A contact writes.
    #[must_use]
    pub const fn contact(id: ContactId) -> Self {
        Self::Contact(id)
    }

    /// An employee writes.
    #[must_use]
    pub const fn employee(id: EmployeeId) -> Self {
        Self::Employee(id)
    }

    /// The plain number.
    #[must_use]
    pub const fn id(self) -> u64 {
        match self {
            Self::Contact(id) => id.get(),
            Self::Employee(id) => id.get(),
        }
    }

    /// On which side the author stands.
    #[must_use]
    pub const fn kind(self) -> AuthorKind {
        match self {
            Self::Contact(_) => AuthorKind::Contact,
            Self::Employee(_) => AuthorKind::Employee,
        }
    }

    /// Whether this is the person an answer mentions; a person of unsaid kind is nobody in particular.
    #[must_use]
    pub fn is(self, person: &Person) -> bool {
        person.id == self.id() && person.kind == Some(self.kind())
    }
}

impl fmt::Display for Author {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind(), self.id())
    }
}

impl From<ContactId> for Author {
    fn from(id: ContactId) -> Self {
        Self::Contact(id)
    }
}

impl From<EmployeeId> for Author {
    fn from(id: EmployeeId) -> Self {
        Self::Employee(id)
    }
}

/// A point on the map; `[latitude, longitude]` on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Coordinates {
    /// Degrees to the north.
    pub latitude: f64,
    /// Degrees to the east.
    pub longitude: f64,
}

impl Coordinates {
    /// Latitude first, as Okdesk has it.
    #[must_use]
    pub const fn new(latitude: f64, longitude: f64) -> Self {
        Self {
            latitude,
            longitude,
        }
    }
}

impl Serialize for Coordinates {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut pair = serializer.serialize_seq(Some(2))?;
        pair.serialize_element(&self.latitude)?;
        pair.serialize_element(&self.longitude)?;
        pair.end()
    }
}

impl Lenient for Coordinates {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        match Vec::<f64>::read(deserializer)?.as_deref() {
            None | Some([]) => Ok(None),
            Some([latitude, longitude]) => Ok(Some(Self::new(*latitude, *longitude))),
            Some(other) => Err(de::Error::invalid_length(
                other.len(),
                &"two numbers, latitude and longitude",
            )),
        }
    }
}

impl<'de> Deserialize<'de> for Coordinates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::required(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::CompanyId;

    #[test]
    fn nobody_has_many_spellings() {
        for nobody in [
            "null",
            "{}",
            "\"\"",
            "[]",
            r#"{"id":null,"name":null}"#,
            r#"{"id":"","name":""}"#,
        ] {
            let read =
                Option::<Named<CompanyId>>::read(&mut serde_json::Deserializer::from_str(nobody))
                    .unwrap();
            assert_eq!(read, Some(None), "{nobody}");
            let read =
                Option::<Person>::read(&mut serde_json::Deserializer::from_str(nobody)).unwrap();
            assert_eq!(read, Some(None), "{nobody}");
        }
    }

    #[test]
    fn employee_and_contact_of_one_number_are_two_people() {
        let person: Person =
            serde_json::from_str(r#"{"id":"95","name":"Anna","type":"employee"}"#).unwrap();
        assert!(Author::employee(EmployeeId::new(95)).is(&person));
        assert!(!Author::contact(ContactId::new(95)).is(&person));
        assert_eq!(person.contact_id(), None);
        let unsaid: Person = serde_json::from_str(r#"{"id":95,"name":"Anna"}"#).unwrap();
        assert!(!Author::employee(EmployeeId::new(95)).is(&unsaid));
    }

    #[test]
    fn coordinates_are_latitude_first() {
        let penza: Coordinates = serde_json::from_str(r#"[53.2, "45.0"]"#).unwrap();
        assert_eq!(penza, Coordinates::new(53.2, 45.0));
        assert_eq!(serde_json::to_string(&penza).unwrap(), "[53.2,45.0]");
        assert!(serde_json::from_str::<Coordinates>("[1]").is_err());
    }
}
