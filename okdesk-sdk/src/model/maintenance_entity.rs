//! Maintenance entities, which issues call service objects.

use super::{
    AgreementId, Attachment, CompanyId, ContactId, Coordinates, CustomAttribute, EmployeeId,
    EquipmentId, GroupId, MaintenanceEntityId, Named, ScheduleId, Timestamp, TimezoneCode,
};

record! {
    /// A maintenance entity: the place or thing that is looked after.
    #[doc(alias = "ServiceObject")]
    pub struct MaintenanceEntity[id: MaintenanceEntityId] {
        /// Its name.
        name: String,
        /// The address.
        address: Option<String>,
        /// A comment.
        comment: Option<String>,
        /// Whether it is active.
        active: Option<bool>,
        /// Who gets its issues.
        default_assignee_id: Option<EmployeeId>,
        /// Which group gets its issues.
        default_assignee_group_id: Option<GroupId>,
        /// The company.
        company_id: Option<CompanyId>,
        /// The time zone.
        timezone: Option<Timezone>,
        /// Its contacts. The double plural is Okdesk's.
        contacts_ids: Vec<ContactId>,
        /// Its equipment. The double plural is Okdesk's.
        equipments_ids: Vec<EquipmentId>,
        /// The point on the map.
        coordinates: Option<Coordinates>,
        /// Custom attributes.
        parameters: Vec<CustomAttribute>,
        /// The working schedule.
        schedule: Option<Named<ScheduleId>>,
        /// Employees who watch.
        observers: Vec<Named<EmployeeId>>,
        /// Groups that watch.
        observer_groups: Vec<Named<GroupId>>,
        /// Files, without size, date and address.
        attachments: Vec<Attachment>,
        /// The agreements.
        agreements: Vec<Named<AgreementId>>,
        /// When it was created.
        created_at: Option<Timestamp>,
        /// When it last changed.
        updated_at: Option<Timestamp>,
    }

    /// A time zone.
    pub struct Timezone {
        /// Its code.
        code: TimezoneCode,
        /// Its name for people.
        name: String,
        /// Its offset, such as `+03:00`.
        gmt: Option<String>,
    }
}
