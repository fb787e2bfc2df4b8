//! The vocabulary: ids, codes, timestamps, custom attributes. No IO, no features, always compiled.
//!
//! These words are shared by everybody who talks about an Okdesk account – the client, a webhook receiver, a bot. The
//! *shapes* (an issue in a list, an issue in detail, an issue in a webhook) are not shared, because Okdesk has three.

#[macro_use]
mod open_enum;
#[macro_use]
mod record;

mod code;
mod custom;
mod drift;
mod html;
mod id;
pub mod lenient;
mod one_or_many;
mod patch;
mod raw;
mod reference;
mod timestamp;

pub use code::{
    AttributeCode, CategoryCode, EquipmentKindCode, EquipmentManufacturerCode, EquipmentModelCode,
    IssueTypeCode, NomenclatureCode, PriorityCode, ServiceCode, StatusCode, TimezoneCode,
};
pub use custom::{CustomAttribute, CustomValue, FieldType};
pub use drift::{Drift, DriftKind, Drifts, Known};
pub use html::Html;
pub use id::{
    AgreementId, AttachmentId, CategoryId, CheckListItemId, CommentId, CompanyId, ContactId,
    EmployeeId, EquipmentId, EquipmentKindId, EquipmentManufacturerId, EquipmentModelId, GroupId,
    IdFilter, IssueId, IssueServiceId, IssueTypeId, MaintenanceEntityId, NomenclatureGroupId,
    NomenclatureItemId, ParseIdError, PriceListId, PriceListServiceId, PriorityId, RateId, RoleId,
    RouteId, ScheduleId, ServiceId, StatusId, TimeEntryId,
};
pub use one_or_many::OneOrMany;
pub use open_enum::OtherValue;
pub use patch::Patch;
pub use raw::Raw;
pub use reference::{Author, AuthorKind, Coordinates, Named, Person};
pub use timestamp::{LocalTime, ParseTimeError, Timestamp};

open_enum! {
    /// How satisfied a client was, as the REST API says it.
    ///
    /// Webhooks use another scale, so unknown words are kept.
    pub enum Rate {
        /// `bad`
        Bad = "bad",
        /// `normal`
        Normal = "normal",
        /// `good`
        Good = "good",
    }
}
