//! The parts that events and entities are made of.

use std::fmt;

use okdesk_sdk::model::lenient::{Lenient, record};
use okdesk_sdk::model::{
    AttachmentId, AttributeCode, AuthorKind, CategoryCode, CommentId, CompanyId, ContactId,
    Coordinates, CustomValue, EmployeeId, EquipmentId, EquipmentKindCode,
    EquipmentManufacturerCode, EquipmentModelCode, FieldType, GroupId, Html, IssueTypeCode,
    MaintenanceEntityId, Named, PriorityCode, ScheduleId, StatusCode, TimeEntryId, Timestamp,
};
use serde_json::value::RawValue;

use crate::schema::{Described, Shape};

okdesk_sdk::open_enum! {
    /// How satisfied the client is.
    ///
    /// > Not confirmed: the documentation of webhooks lists `poor`, `normal`, `good`, `excellent`; the REST
    /// > API takes `bad`, `normal`, `good`. All are known here, and other words are kept.
    pub enum CsatRate {
        /// `poor`
        Poor = "poor",
        /// `bad`
        Bad = "bad",
        /// `normal`
        Normal = "normal",
        /// `good`
        Good = "good",
        /// `excellent`
        Excellent = "excellent",
    }

    /// By what way an issue came into being.
    ///
    /// > Not confirmed: the documentation lists it, no recorded body has it.
    pub enum Source {
        /// An employee created it.
        Employee = "from_employee",
        /// A contact created it.
        Contact = "from_contact",
        /// It came by mail.
        Email = "from_email",
    }
}

impl Described for CsatRate {
    const SHAPE: Shape = Shape::Words(&["poor", "bad", "normal", "good", "excellent"]);
}

impl Described for Source {
    const SHAPE: Shape = Shape::Words(&["from_employee", "from_contact", "from_email"]);
}

block! {
    /// Who did it: an employee or a contact.
    pub struct Author {
        /// First name.
        first_name: String,
        /// Surname.
        last_name: String,
        /// Patronymic; empty for many.
        patronymic: String,
        /// The number. What it means depends on the kind: employee 95 and contact 95 are two people.
        id: Option<ContactId>,
        /// Employee or contact.
        kind: Option<AuthorKind> as "type",
        /// Login, in events of companies and equipment.
        login: String,
        /// Address for mail, in events of companies and equipment.
        email: String,
    }

    /// Somebody of the staff.
    pub struct Employee {
        /// First name.
        first_name: String,
        /// Surname.
        last_name: String,
        /// Patronymic; empty for many.
        patronymic: String,
        /// The number.
        id: Option<EmployeeId>,
        /// Login, in events of companies and equipment.
        login: String,
        /// Address for mail, in events of companies and equipment.
        email: String,
    }

    /// Somebody of a client.
    pub struct Contact {
        /// First name.
        first_name: String,
        /// Surname.
        last_name: String,
        /// Patronymic; empty for many.
        patronymic: String,
        /// The number.
        id: Option<ContactId>,
    }

    /// A status.
    pub struct Status {
        /// Its code; accounts define their own.
        code: StatusCode,
        /// Its name, which is free too: `completed` may be called «Решена».
        name: String,
    }

    /// A priority.
    pub struct Priority {
        /// Its code; accounts define their own.
        code: PriorityCode,
        /// Its name.
        name: String,
    }

    /// A type of issues.
    pub struct IssueType {
        /// Its code; accounts define their own.
        code: IssueTypeCode,
        /// Its name.
        name: String,
        /// Whether issues of this type are for the staff only.
        inner: Option<bool>,
    }

    /// A comment.
    pub struct Comment[?id: CommentId] {
        /// Whether clients may see it. Anything but `Some(true)` has to be treated as internal.
        is_public: Option<bool>,
        /// The text, as HTML or plain.
        content: Html,
    }

    /// An attached file. The body has no address for it: ask the REST API for
    /// `issues/{issue id}/attachments/{attachment id}`.
    pub struct Attachment[id: AttachmentId] {
        /// Whether clients may see it. Anything but `Some(true)` has to be treated as internal. Each file has
        /// a visibility of its own, whatever the comment's is.
        is_public: Option<bool>,
        /// Its name.
        attachment_file_name: String,
        /// What is said about it.
        description: String,
        /// Its size in bytes.
        attachment_file_size: Option<u64>,
        /// When it was added.
        created_at: Option<Timestamp>,
    }

    /// A group of employees, an employee, or an employee as a member of a group. Both are missing when nobody
    /// is meant.
    pub struct Assignee {
        /// The group.
        group: Option<Named<GroupId>>,
        /// The employee.
        employee: Option<Employee>,
    }

    /// Time that was spent.
    pub struct TimeEntry[id: TimeEntryId] {
        /// On what.
        comment: String,
        /// Hours.
        spent_time: Option<f64>,
        /// By whom.
        employee: Option<Employee>,
        /// When.
        logged_at: Option<Timestamp>,
    }

    /// A custom attribute.
    pub struct Parameter {
        /// Its code.
        code: AttributeCode,
        /// Its name.
        name: String,
        /// Its type.
        field_type: Option<FieldType> as "type",
        /// Its value.
        ///
        /// > Not confirmed: the form of dates and of multiple choices.
        value: CustomValue,
    }

    /// A custom attribute of an issue that was changed.
    pub struct ChangedParameter {
        /// Its code.
        code: AttributeCode,
        /// The value before.
        before: CustomValue,
        /// The value after.
        after: CustomValue,
    }

    /// A custom attribute of another thing that was changed.
    pub struct ParameterChange {
        /// Its code.
        code: AttributeCode,
        /// Its name.
        name: String,
        /// Its type.
        field_type: Option<FieldType> as "type",
        /// The value before.
        old_value: CustomValue,
        /// The value after.
        new_value: CustomValue,
    }

    /// A planned date that was changed.
    pub struct DeadlineChange {
        /// Whether Okdesk computed it again by itself.
        auto_recount: Option<bool>,
        /// The date before.
        old_value: Option<Timestamp>,
        /// The date after.
        new_value: Option<Timestamp>,
    }

    /// A place.
    pub struct Address {
        /// As people write it.
        string_value: String,
        /// As the map has it.
        coordinates: Option<Coordinates>,
    }

    /// The maintenance entity (service object) of an issue.
    pub struct MaintenanceEntity {
        /// Its name.
        name: String,
        /// Its number.
        id: Option<MaintenanceEntityId>,
        /// Where it is.
        address: Option<Address>,
        /// Its time zone.
        timezone: String,
        /// Its working hours.
        schedule: Option<Named<ScheduleId>>,
    }

    /// Who the client of an issue is. Either part can be missing.
    pub struct Client {
        /// The company.
        company: Option<Named<CompanyId>>,
        /// The person.
        contact: Option<Contact>,
    }

    /// Who watches.
    pub struct Observers {
        /// Of the staff.
        employees: Vec<Employee>,
        /// Of clients.
        contacts: Vec<Contact>,
        /// Whole groups.
        groups: Vec<Named<GroupId>>,
    }

    /// A kind of equipment.
    pub struct EquipmentKind {
        /// Its code.
        code: EquipmentKindCode,
        /// Its name.
        name: String,
        /// Its number; not told inside an issue.
        id: Option<okdesk_sdk::model::EquipmentKindId>,
    }

    /// A manufacturer of equipment.
    pub struct EquipmentManufacturer {
        /// Its code.
        code: EquipmentManufacturerCode,
        /// Its name.
        name: String,
        /// Its number; not told inside an issue.
        id: Option<okdesk_sdk::model::EquipmentManufacturerId>,
    }

    /// A model of equipment.
    pub struct EquipmentModel {
        /// Its code.
        code: EquipmentModelCode,
        /// Its name.
        name: String,
        /// Its number; not told inside an issue.
        id: Option<okdesk_sdk::model::EquipmentModelId>,
    }

    /// A piece of equipment, as an issue mentions it.
    pub struct IssueEquipment {
        /// Serial number.
        serial_number: String,
        /// Inventory number.
        inventory_number: String,
        /// The number.
        id: Option<EquipmentId>,
        /// Its kind.
        kind: Option<EquipmentKind> as "type",
        /// Who made it.
        manufacturer: Option<EquipmentManufacturer>,
        /// Its model.
        model: Option<EquipmentModel>,
    }

    /// A category of companies.
    pub struct Category {
        /// Its code.
        code: CategoryCode,
        /// Its name.
        name: String,
    }

    /// A plain attribute that was changed.
    pub struct AttributeChange {
        /// Which one, as the REST API calls it: `name`, `company_id`, `observer_ids` …
        code: String,
        /// The value before.
        old_value: CustomValue,
        /// The value after.
        new_value: CustomValue,
    }
}

/// What was changed in a thing that is not an issue.
///
/// > Not confirmed: known from a second-hand digest of the documentation only.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A plain attribute.
    Attribute(AttributeChange),
    /// Custom attributes.
    Parameters(Vec<ParameterChange>),
}

block! {
    /// A plain attribute that was changed, or all custom attributes that were.
    struct AnyChange {
        /// Custom attributes; the other keys are missing then.
        parameters: Option<Vec<ParameterChange>>,
        /// The plain attribute, as the REST API calls it.
        code: String,
        /// Its value before.
        old_value: CustomValue,
        /// Its value after.
        new_value: CustomValue,
    }
}

impl From<AnyChange> for Change {
    fn from(
        AnyChange {
            parameters,
            code,
            old_value,
            new_value,
        }: AnyChange,
    ) -> Self {
        match parameters {
            Some(parameters) => Self::Parameters(parameters),
            None => Self::Attribute(AttributeChange {
                code,
                old_value,
                new_value,
            }),
        }
    }
}

impl Lenient for Change {
    fn read<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        Ok(record::<D, AnyChange>(deserializer)?.map(Self::from))
    }
}

impl Described for Change {
    const SHAPE: Shape = AnyChange::SHAPE;

    fn salvage(value: &RawValue) -> Option<Self> {
        AnyChange::salvage(value).map(Self::from)
    }
}

impl Author {
    /// The id, if this is a contact.
    #[must_use]
    pub fn contact_id(&self) -> Option<ContactId> {
        self.id.filter(|_| self.kind == Some(AuthorKind::Contact))
    }

    /// The id, if this is an employee.
    #[must_use]
    pub fn employee_id(&self) -> Option<EmployeeId> {
        self.id
            .filter(|_| self.kind == Some(AuthorKind::Employee))
            .map(|id| EmployeeId::new(id.get()))
    }

    /// Whether this is somebody known from elsewhere; an author of unsaid kind is nobody in particular.
    ///
    /// ```
    /// use okdesk_sdk::model::{self, ContactId, EmployeeId};
    /// use okdesk_webhooks::event::Author;
    ///
    /// let author: Author = serde_json::from_str(r#"{"first_name":"Anna","id":"95","type":"employee"}"#)?;
    /// assert!(author.is(model::Author::employee(EmployeeId::new(95))));
    /// assert!(!author.is(model::Author::contact(ContactId::new(95))));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn is(&self, other: okdesk_sdk::model::Author) -> bool {
        self.id.is_some_and(|id| id.get() == other.id()) && self.kind == Some(other.kind())
    }
}

macro_rules! people {
    ($($person:ident)*) => {$(
        /// First name and surname.
        impl fmt::Display for $person {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let gap = if self.first_name.is_empty() || self.last_name.is_empty() { "" } else { " " };
                write!(f, "{}{gap}{}", self.first_name, self.last_name)
            }
        }
    )*};
}

people!(Author Employee Contact);
