//! The vocabulary: ids, codes, timestamps, custom attributes. No IO, no features, always compiled.
//!
//! These words are shared by everybody who talks about an Okdesk account – the client, a webhook receiver, a bot. The
//! *shapes* (an issue in a list, an issue in detail, an issue in a webhook) are not shared, because Okdesk has three.

#[macro_use]
mod open_enum;
#[macro_use]
mod record;

mod attachment;
mod code;
mod comment;
mod company;
mod contact;
mod custom;
mod dictionary;
mod drift;
mod employee;
mod equipment;
mod html;
mod id;
mod issue;
pub mod lenient;
mod maintenance_entity;
mod nomenclature;
mod one_or_many;
mod patch;
mod raw;
mod reference;
mod timestamp;
mod work;

pub use attachment::Attachment;

pub use code::{
    AttributeCode, CategoryCode, EquipmentKindCode, EquipmentManufacturerCode, EquipmentModelCode,
    IssueTypeCode, NomenclatureCode, PriorityCode, ServiceCode, StatusCode, TimezoneCode,
};
pub use comment::Comment;
pub use company::{Agreement, Company, CompanyCategory};
pub use contact::Contact;
pub use custom::{CustomAttribute, CustomValue, FieldType};
pub use dictionary::{IssuePriority, IssueStatus, IssueType, IssueTypeNode, Parameter};
pub use drift::{Drift, DriftKind, Drifts, Known};
pub use employee::{Employee, Group, Role};
pub use equipment::{
    Equipment, EquipmentCompany, EquipmentKind, EquipmentManufacturer, EquipmentModel,
    EquipmentModelRef, EquipmentParameter,
};
pub use html::Html;
pub use id::{
    AgreementId, AttachmentId, CategoryId, CheckListItemId, CommentId, CompanyId, ContactId,
    EmployeeId, EquipmentId, EquipmentKindId, EquipmentManufacturerId, EquipmentModelId, GroupId,
    IdFilter, IssueId, IssueServiceId, IssueTypeId, MaintenanceEntityId, NomenclatureGroupId,
    NomenclatureItemId, ParseIdError, PriceListId, PriceListServiceId, PriorityId, RateId, RoleId,
    RouteId, ScheduleId, ServiceId, StatusId, TimeEntryId,
};
pub use issue::{
    Coded, Coexecutor, CommentsSummary, Issue, IssueAddress, IssueEquipment, IssueRating,
    IssueSummary, IssueTypeRef, PriorityRef, ServiceObjectRef, StatusChange, StatusRef, StatusTime,
};
pub use maintenance_entity::{MaintenanceEntity, Timezone};
pub use nomenclature::{
    AvailableService, IssueService, ItemType, NomenclatureGroup, NomenclatureGroupRef,
    NomenclatureItem, NomenclaturePriceListService, PriceList, PriceListService, ServiceRef,
};
pub use one_or_many::OneOrMany;
pub use open_enum::OtherValue;
pub use patch::Patch;
pub use raw::Raw;
pub use reference::{Author, AuthorKind, Coordinates, Named, Person};
pub use timestamp::{LocalTime, ParseTimeError, Timestamp};
pub use work::{
    CheckListItem, CheckListItemType, CheckListParameter, CheckListParameterType, CheckListValue,
    TimeEntries, TimeEntry, TimeEntryEmployee,
};

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
