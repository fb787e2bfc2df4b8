//! Contacts: the people of a client.

use super::{
    CompanyId, ContactId, CustomAttribute, EmployeeId, MaintenanceEntityId, Named, Timestamp,
};

record! {
    /// A contact. No documentation of it was found, so anything may be missing.
    pub struct Contact[id: ContactId] {
        /// The whole name.
        name: String,
        /// The surname.
        last_name: Option<String>,
        /// The first name.
        first_name: Option<String>,
        /// The patronymic.
        patronymic: Option<String>,
        /// The position.
        position: Option<String>,
        /// The address for mail.
        email: Option<String>,
        /// The phone, as it was typed.
        phone: Option<String>,
        /// The mobile phone, as it was typed.
        mobile_phone: Option<String>,
        /// A comment.
        comment: Option<String>,
        /// Copies of mail go here.
        cc_email: Option<String>,
        /// More addresses for mail.
        additional_emails: Option<String>,
        /// The login to the portal.
        login: Option<String>,
        /// The id in the CRM.
        ///
        /// > Not confirmed: a text, or a number, which is read as text.
        crm_1c_id: Option<String>,
        /// The name in Telegram, unique in the account.
        telegram_username: Option<String>,
        /// Whether it is active.
        active: Option<bool>,
        /// When it last changed.
        updated_at: Option<Timestamp>,
        /// The company.
        company_id: Option<CompanyId>,
        /// The name of the company.
        company_name: Option<String>,
        /// Rights, such as `company_issues`.
        access_level: Vec<String>,
        /// The maintenance entities.
        maintenance_entity_ids: Vec<MaintenanceEntityId>,
        /// Four groups of digits by which the contact proves who it is; a secret.
        authentication_code: Option<String>,
        /// Employees who watch.
        observers: Vec<Named<EmployeeId>>,
        /// Who gets its issues.
        default_assignee: Option<Named<EmployeeId>>,
        /// Companies it may watch.
        observable_companies: Vec<Named<CompanyId>>,
        /// Custom attributes.
        parameters: Vec<CustomAttribute>,
    }
}
