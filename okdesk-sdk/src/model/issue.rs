//! Issues: in detail ([`Issue`]) and in lists ([`IssueSummary`]), which are two different shapes.

use std::collections::BTreeMap;

use super::lenient::Lenient;
use super::{
    AgreementId, Attachment, CompanyId, ContactId, Coordinates, CustomAttribute, EmployeeId,
    EquipmentId, EquipmentKindCode, EquipmentManufacturerCode, EquipmentModelCode, GroupId, Html,
    IssueId, IssueTypeCode, IssueTypeId, MaintenanceEntityId, Named, Person, PriorityCode, Rate,
    RateId, StatusCode, Timestamp, Timezone,
};

record! {
    /// An issue in detail, as `GET /issues/{id}` and most changes answer it.
    ///
    /// Source: documentation and recorded answers. Fields of newer accounts may be missing on older ones.
    pub struct Issue[id: IssueId] {
        /// The title.
        title: String,
        /// The text, as HTML; empty if there is none.
        description: Html,
        /// When it was created.
        created_at: Option<Timestamp>,
        /// When anything in it last changed.
        updated_at: Option<Timestamp>,
        /// When it was completed.
        completed_at: Option<Timestamp>,
        /// By when it shall be done.
        deadline_at: Option<Timestamp>,
        /// Not to be started before.
        start_execution_until: Option<Timestamp>,
        /// By when somebody shall react.
        planned_reaction_at: Option<Timestamp>,
        /// When somebody reacted.
        reacted_at: Option<Timestamp>,
        /// Until when it is put off. Lists call it `delay_to`.
        delayed_to: Option<Timestamp>,
        /// How it came in, such as `from_employee` or `from_email`.
        source: String,
        /// Hours spent, with fractions.
        spent_time_total: Option<f64>,
        /// Hours planned. Written in minutes.
        planned_execution_in_hours: Option<f64>,
        /// The company.
        company_id: Option<CompanyId>,
        /// The group of the assignee.
        group_id: Option<GroupId>,
        /// The maintenance entity.
        service_object_id: Option<MaintenanceEntityId>,
        /// The parent issue.
        parent_id: Option<IssueId>,
        /// Employees who help.
        coexecutors: Vec<Coexecutor>,
        /// The equipment.
        equipment_ids: Vec<EquipmentId>,
        /// The child issues.
        child_ids: Vec<IssueId>,
        /// Files, without addresses.
        attachments: Vec<Attachment>,
        /// How long it was in each status, by status code.
        status_times: BTreeMap<String, StatusTime>,
        /// Custom attributes.
        parameters: Vec<CustomAttribute>,
        /// How many comments there are; the comments themselves are asked for separately.
        comments: Option<CommentsSummary>,
        /// The type.
        kind: Option<IssueTypeRef> as "type",
        /// The priority.
        priority: Option<PriorityRef>,
        /// The status.
        status: Option<StatusRef>,
        /// The status before.
        old_status: Option<StatusRef>,
        /// The client's rating; there may be a rating without a value.
        rate: Option<IssueRating>,
        /// Where it is.
        address: Option<IssueAddress>,
        /// People who watch it.
        observers: Vec<Person>,
        /// Groups that watch it.
        observer_groups: Vec<Named<GroupId>>,
        /// The contact.
        contact: Option<Named<ContactId>>,
        /// The responsible employee.
        assignee: Option<Named<EmployeeId>>,
        /// The agreement.
        agreement: Option<super::Agreement>,
        /// Who created it.
        author: Option<Person>,
        /// Whether nobody of the staff has answered yet.
        without_answer: Option<bool>,
    }

    /// An issue in a list, as `GET /issues/list` answers it.
    ///
    /// With `fields[issue]` any field but the id may be missing.
    pub struct IssueSummary[id: IssueId] {
        /// The title.
        title: String,
        /// When it was created.
        created_at: Option<Timestamp>,
        /// When anything in it last changed.
        updated_at: Option<Timestamp>,
        /// When it was completed.
        completed_at: Option<Timestamp>,
        /// By when it shall be done.
        deadline_at: Option<Timestamp>,
        /// Until when it is put off. In detail it is called `delayed_to`.
        delay_to: Option<Timestamp>,
        /// By when somebody shall react.
        planned_reaction_at: Option<Timestamp>,
        /// When somebody reacted.
        reacted_at: Option<Timestamp>,
        /// Not to be started before. In detail it is called `start_execution_until`.
        start_execution: Option<Timestamp>,
        /// Whether nobody of the staff has answered yet.
        without_answer: Option<bool>,
        /// The status.
        status: Option<StatusRef>,
        /// The type.
        kind: Option<IssueTypeRef> as "type",
        /// The priority.
        priority: Option<PriorityRef>,
        /// The company.
        company: Option<Named<CompanyId>>,
        /// The contact.
        contact: Option<Named<ContactId>>,
        /// The maintenance entity.
        service_object: Option<ServiceObjectRef>,
        /// The agreement.
        agreement: Option<Named<AgreementId>>,
        /// The equipment.
        equipments: Vec<IssueEquipment>,
        /// Who created it.
        author: Option<Person>,
        /// The responsible employee; only when asked for.
        assignee: Option<Named<EmployeeId>>,
        /// Custom attributes; only when asked for.
        parameters: Vec<CustomAttribute>,
    }

    /// What a change of status answers: sometimes the whole issue, sometimes little more than the status.
    pub struct StatusChange {
        /// The issue.
        id: Option<IssueId>,
        /// The status now.
        status: Option<StatusRef>,
        /// The status before.
        old_status: Option<StatusRef>,
        /// When it was completed.
        completed_at: Option<Timestamp>,
        /// Until when it is put off.
        delayed_to: Option<Timestamp>,
    }

    /// A status as an issue mentions it.
    pub struct StatusRef {
        /// Its code.
        code: StatusCode,
        /// Its name for people.
        name: String,
        /// `#rrggbb`, in lists only.
        color: Option<String>,
    }

    /// A priority as an issue mentions it.
    pub struct PriorityRef {
        /// Its code.
        code: PriorityCode,
        /// Its name for people.
        name: String,
        /// `#rrggbb`, in lists only.
        color: Option<String>,
    }

    /// A type as an issue mentions it.
    pub struct IssueTypeRef {
        /// Its id, in detail only.
        id: Option<IssueTypeId>,
        /// Its code.
        code: IssueTypeCode,
        /// Its name for people.
        name: String,
        /// Whether clients may choose it, in detail only.
        available_for_client: Option<bool>,
    }

    /// How long an issue was in one status, in words such as `3 д., 4 ч., 5 м.`.
    pub struct StatusTime {
        /// By the calendar.
        total: String,
        /// By the working schedule.
        on_schedule_total: String,
    }

    /// How many comments an issue has.
    pub struct CommentsSummary {
        /// How many.
        count: u64,
        /// When the last one was written.
        last_at: Option<Timestamp>,
    }

    /// The rating of an issue.
    pub struct IssueRating {
        /// The rating's own id.
        id: Option<RateId>,
        /// The value; `None` while the client has not rated.
        value: Option<Rate>,
    }

    /// The address of an issue.
    pub struct IssueAddress {
        /// The point on the map.
        coordinates: Option<Coordinates>,
        /// The address as text.
        value: Option<String>,
    }

    /// An employee who helps with an issue.
    pub struct Coexecutor[id: EmployeeId] {
        /// The name.
        name: String,
        /// The group.
        group: Option<Named<GroupId>>,
    }

    /// A maintenance entity as a list of issues mentions it.
    pub struct ServiceObjectRef[id: MaintenanceEntityId] {
        /// Its name.
        name: String,
        /// Its time zone; only its name is there if the account tells it as text.
        ///
        /// > Not confirmed: that a time zone stands here is recorded, but not in which shape; both are read.
        timezone: Option<Timezone>,
    }

    /// Equipment as a list of issues mentions it.
    pub struct IssueEquipment[id: EquipmentId] {
        /// Serial number.
        serial_number: Option<String>,
        /// Inventory number.
        inventory_number: Option<String>,
        /// The kind.
        equipment_kind: Option<Coded<EquipmentKindCode>>,
        /// The manufacturer.
        equipment_manufacturer: Option<Coded<EquipmentManufacturerCode>>,
        /// The model.
        equipment_model: Option<Coded<EquipmentModelCode>>,
    }
}

/// A code with a name, as entries of the account's dictionaries are mentioned.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize)]
#[non_exhaustive]
pub struct Coded<C> {
    /// Its code.
    pub code: C,
    /// Its name for people.
    pub name: String,
}

#[derive(serde::Deserialize)]
#[serde(bound(deserialize = "C: Lenient + Default"))]
struct CodedShape<C> {
    #[serde(default, deserialize_with = "super::lenient::field")]
    code: C,
    #[serde(default, deserialize_with = "super::lenient::field")]
    name: String,
}

impl<C: Lenient + Default> Lenient for Coded<C> {
    fn read<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        let shape = super::lenient::record::<D, CodedShape<C>>(deserializer)?;
        Ok(shape.map(|CodedShape { code, name }| Self { code, name }))
    }
}

impl<'de, C: Lenient + Default> serde::Deserialize<'de> for Coded<C> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::lenient::required(deserializer)
    }
}

impl Issue {
    /// The code of the status, if the answer has one.
    #[must_use]
    pub fn status_code(&self) -> Option<&StatusCode> {
        self.status.as_ref().map(|status| &status.code)
    }
}
