//! The things events are about.

use okdesk_sdk::model::{
    AgreementId, CompanyId, EquipmentId, Html, IssueId, MaintenanceEntityId, Named, ScheduleId,
    Timestamp,
};

use super::{
    Address, Assignee, Attachment, Author, Category, Client, CsatRate, EquipmentKind,
    EquipmentManufacturer, EquipmentModel, IssueEquipment, IssueType, MaintenanceEntity, Observers,
    Parameter, Priority, Status,
};

block! {
    /// An issue, as it is after the event.
    ///
    /// Not the issue of the REST API: that one has other keys, and flat people. When an issue was deleted,
    /// `child_ids`, `rate`, `equipments`, `coexecutors`, `observers` and `attachments` are not sent and are
    /// empty here.
    pub struct WebhookIssue[id: IssueId] {
        /// Its title.
        title: String,
        /// Planned work in hours.
        planned_execution_in_hours: Option<f64>,
        /// Spent time in hours.
        spent_time_total: Option<f64>,
        /// The issue it is a part of.
        parent_id: Option<IssueId>,
        /// The issues that are parts of it.
        child_ids: Vec<IssueId>,
        /// What it is about: HTML when it came by mail, otherwise text with `<br>` and entities.
        description: Html,
        /// Its type.
        kind: Option<IssueType> as "type",
        /// Its priority.
        priority: Option<Priority>,
        /// Its status, the new one when that has just changed.
        status: Option<Status>,
        /// How satisfied the client is, once the client has said so.
        rate: Option<CsatRate>,
        /// The status before the current one, whatever the event is.
        old_status: Option<Status>,
        /// Whose issue it is.
        client: Option<Client>,
        /// The agreement it is done under.
        agreement: Option<Named<AgreementId>>,
        /// The maintenance entity (service object).
        maintenance_entity: Option<MaintenanceEntity>,
        /// The equipment it is about.
        equipments: Vec<IssueEquipment>,
        /// Who created it.
        author: Option<Author>,
        /// Who is responsible, the new one when that has just changed.
        assignee: Option<Assignee>,
        /// Who helps.
        coexecutors: Vec<Assignee>,
        /// Who watches.
        observers: Option<Observers>,
        /// When it was created.
        created_at: Option<Timestamp>,
        /// When it has to be done.
        deadline_at: Option<Timestamp>,
        /// When somebody has to react.
        planned_reaction_at: Option<Timestamp>,
        /// Until when it is put off.
        start_execution_until: Option<Timestamp>,
        /// When it was done; missing while it is open, also after it was opened again.
        completed_at: Option<Timestamp>,
        /// When somebody reacted first.
        reacted_at: Option<Timestamp>,
        /// Custom attributes; which ones depends on the type.
        parameters: Vec<Parameter>,
        /// Its own files. Files of comments are not among them.
        attachments: Vec<Attachment>,
    }

    /// A piece of equipment, as it is after the event.
    ///
    /// > Not confirmed: no recorded body is known.
    pub struct WebhookEquipment[id: EquipmentId] {
        /// Its kind.
        equipment_kind: Option<EquipmentKind>,
        /// Who made it.
        equipment_manufacturer: Option<EquipmentManufacturer>,
        /// Its model.
        equipment_model: Option<EquipmentModel>,
        /// Serial number.
        serial_number: String,
        /// Inventory number.
        inventory_number: String,
        /// What is said about it.
        comment: String,
        /// Whose it is.
        company: Option<Named<CompanyId>>,
        /// Where it is.
        maintenance_entity: Option<Named<MaintenanceEntityId>>,
        /// The agreements it is covered by.
        agreements: Vec<Named<AgreementId>>,
        /// Custom attributes.
        parameters: Vec<Parameter>,
        /// When it was created.
        created_at: Option<Timestamp>,
        /// Who created it.
        author: Option<Author>,
    }

    /// A company, as it is after the event.
    ///
    /// > Not confirmed: no recorded body is known.
    pub struct WebhookCompany[id: CompanyId] {
        /// Its name.
        name: String,
        /// Its other name.
        additional_name: String,
        /// Its site.
        site: String,
        /// Its address for mail.
        email: String,
        /// Its telephone number.
        phone: String,
        /// Whether it is in use.
        active: Option<bool>,
        /// Who watches.
        observers: Option<Observers>,
        /// Who is responsible for its issues.
        assignee: Option<Assignee>,
        /// Where it is.
        address: Option<Address>,
        /// Its category.
        category: Option<Category>,
        /// Custom attributes.
        parameters: Vec<Parameter>,
        /// When it was created.
        created_at: Option<Timestamp>,
    }

    /// An agreement, as it is after the event.
    ///
    /// > Not confirmed: no recorded body is known.
    pub struct WebhookAgreement[id: AgreementId] {
        /// Its title.
        title: String,
        /// Whether it is in force.
        active: Option<bool>,
        /// Its cost, as text.
        cost: String,
        /// Its first day.
        start_date: Option<Timestamp>,
        /// Its last day.
        end_date: Option<Timestamp>,
        /// Whose it is.
        companies: Vec<Named<CompanyId>>,
        /// Who watches.
        observers: Option<Observers>,
        /// Who is responsible for its issues.
        assignee: Option<Assignee>,
        /// Custom attributes.
        parameters: Vec<Parameter>,
        /// When it was created.
        created_at: Option<Timestamp>,
    }

    /// A maintenance entity (service object), as it is after the event. Webhooks call it `service_aim`.
    ///
    /// > Not confirmed: no recorded body is known.
    pub struct WebhookServiceAim[id: MaintenanceEntityId] {
        /// Its name.
        name: String,
        /// Whether it is in use.
        active: Option<bool>,
        /// Its time zone.
        timezone: String,
        /// What is said about it.
        comment: String,
        /// Whose it is.
        company: Option<Named<CompanyId>>,
        /// Its working hours.
        schedule: Option<Named<ScheduleId>>,
        /// Where it is.
        address: Option<Address>,
        /// The agreements it is covered by.
        agreements: Vec<Named<AgreementId>>,
        /// Who watches.
        observers: Option<Observers>,
        /// Who is responsible for its issues.
        assignee: Option<Assignee>,
        /// Custom attributes.
        parameters: Vec<Parameter>,
        /// When it was created.
        created_at: Option<Timestamp>,
    }
}
