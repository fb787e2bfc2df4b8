//! What may stand where, as data.

use std::collections::HashMap;

use okdesk_sdk::model::lenient::Lenient;
use okdesk_sdk::model::{self, Coordinates, CustomValue, Html, Named, OneOrMany, Timestamp};
use serde_json::value::RawValue;

/// The shape of one value. `null` is allowed everywhere except for the key of a record.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    Id,
    Text,
    Boolean,
    Number,
    /// A whole number from 0.
    Count,
    Time,
    Any,
    Coordinates,
    /// An open set of words; these are known.
    Words(&'static [&'static str]),
    Record(&'static Record),
    List(&'static Shape),
    /// A list, or its only element.
    OneOrMany(&'static Shape),
}

#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) name: &'static str,
    pub(crate) doc: &'static str,
    pub(crate) fields: &'static [Field],
}

#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) doc: &'static str,
    pub(crate) shape: Shape,
    /// The key of a record must be there; everything else may be missing.
    pub(crate) is_key: bool,
}

/// A type that knows its shape, and can make something of a value even when parts of it make no sense.
pub(crate) trait Described: Lenient {
    const SHAPE: Shape;

    /// What can be read; what cannot is left out.
    fn salvage(value: &RawValue) -> Option<Self> {
        let mut value = serde_json::Deserializer::from_str(value.get());
        Self::read(&mut value).ok().flatten()
    }
}

/// The fields of an object as text, however deep they are nested; of keys that stand twice the last one.
pub(crate) fn fields(object: &RawValue) -> Option<HashMap<String, &RawValue>> {
    serde_json::from_str(object.get()).ok()
}

macro_rules! described {
    ($($type:ty => $shape:expr;)*) => {$(
        impl Described for $type {
            const SHAPE: Shape = $shape;
        }
    )*};
}

described! {
    model::AgreementId => Shape::Id;
    model::AttachmentId => Shape::Id;
    model::CommentId => Shape::Id;
    model::CompanyId => Shape::Id;
    model::ContactId => Shape::Id;
    model::EmployeeId => Shape::Id;
    model::EquipmentId => Shape::Id;
    model::EquipmentKindId => Shape::Id;
    model::EquipmentManufacturerId => Shape::Id;
    model::EquipmentModelId => Shape::Id;
    model::GroupId => Shape::Id;
    model::IssueId => Shape::Id;
    model::MaintenanceEntityId => Shape::Id;
    model::ScheduleId => Shape::Id;
    model::TimeEntryId => Shape::Id;
    model::AttributeCode => Shape::Text;
    model::CategoryCode => Shape::Text;
    model::EquipmentKindCode => Shape::Text;
    model::EquipmentManufacturerCode => Shape::Text;
    model::EquipmentModelCode => Shape::Text;
    model::IssueTypeCode => Shape::Text;
    model::PriorityCode => Shape::Text;
    model::StatusCode => Shape::Text;
    model::AuthorKind => Shape::Words(&["employee", "contact"]);
    model::FieldType => Shape::Words(&["ftstring", "ftdate", "ftdatetime", "ftcheckbox", "ftselect", "ftmultiselect"]);
    Coordinates => Shape::Coordinates;
    CustomValue => Shape::Any;
    Html => Shape::Text;
    String => Shape::Text;
    Timestamp => Shape::Time;
    bool => Shape::Boolean;
    f64 => Shape::Number;
    u64 => Shape::Count;
}

impl<T: Described> Described for Option<T> {
    const SHAPE: Shape = T::SHAPE;

    fn salvage(value: &RawValue) -> Option<Self> {
        Some(T::salvage(value))
    }
}

impl<T: Described> Described for Vec<T> {
    const SHAPE: Shape = Shape::List(&T::SHAPE);

    fn salvage(value: &RawValue) -> Option<Self> {
        match value.get().as_bytes().first() {
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(value.get()).ok()?;
                Some(items.into_iter().filter_map(T::salvage).collect())
            }
            Some(b'{') => T::salvage(value).map(|one| vec![one]),
            _ => None,
        }
    }
}

impl<T: Described> Described for OneOrMany<T> {
    const SHAPE: Shape = Shape::OneOrMany(&T::SHAPE);

    fn salvage(value: &RawValue) -> Option<Self> {
        Vec::salvage(value).map(Self::from)
    }
}

impl<I: Described> Described for Named<I> {
    const SHAPE: Shape = Shape::Record(&Record {
        name: "Named",
        doc: " An id with a name; agreements say `title` instead.",
        fields: &[
            Field {
                name: "id",
                doc: " Which one.",
                shape: I::SHAPE,
                is_key: false,
            },
            Field {
                name: "name",
                doc: " Its name.",
                shape: Shape::Text,
                is_key: false,
            },
            Field {
                name: "title",
                doc: " Its name, where it is an agreement.",
                shape: Shape::Text,
                is_key: false,
            },
        ],
    });
}
