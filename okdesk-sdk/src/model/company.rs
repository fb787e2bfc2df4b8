//! Companies and agreements.

use super::{
    AgreementId, Attachment, CategoryCode, CategoryId, CompanyId, ContactId, Coordinates,
    CustomAttribute, EmployeeId, GroupId, Named, Person, Timestamp,
};

record! {
    /// A company. In lists everything but id and name may be missing.
    pub struct Company[id: CompanyId] {
        /// The name.
        name: String,
        /// A second name.
        additional_name: Option<String>,
        /// The site.
        site: Option<String>,
        /// The address for mail.
        email: Option<String>,
        /// The phone, as it was typed.
        phone: Option<String>,
        /// The id in the CRM, a text.
        crm_1c_id: Option<String>,
        /// Whether it is not archived.
        active: Option<bool>,
        /// The address.
        address: Option<String>,
        /// A comment.
        comment: Option<String>,
        /// The point on the map.
        coordinates: Option<Coordinates>,
        /// Employees who watch.
        observers: Vec<Named<EmployeeId>>,
        /// Watchers from outside.
        external_observers: Vec<Person>,
        /// Its contacts; often left empty.
        contacts: Vec<Named<ContactId>>,
        /// Who gets its issues.
        default_assignee: Option<Named<EmployeeId>>,
        /// Which group gets its issues.
        default_assignee_group: Option<Named<GroupId>>,
        /// The category.
        category: Option<CompanyCategory>,
        /// Files.
        attachments: Vec<Attachment>,
        /// Custom attributes.
        parameters: Vec<CustomAttribute>,
        /// When it was created.
        created_at: Option<Timestamp>,
        /// When it last changed.
        updated_at: Option<Timestamp>,
    }

    /// A category of companies.
    pub struct CompanyCategory {
        /// Its id.
        id: Option<CategoryId>,
        /// Its code.
        code: CategoryCode,
        /// Its name for people.
        name: String,
        /// `#rrggbb`
        color: Option<String>,
    }

    /// An agreement.
    pub struct Agreement[id: AgreementId] {
        /// The title.
        title: String,
        /// The first day.
        start_date: Option<Timestamp>,
        /// The last day.
        end_date: Option<Timestamp>,
        /// What it costs.
        cost: Option<f64>,
        /// The id in the CRM, a text.
        crm_1c_id: Option<String>,
        /// The companies it covers.
        company_ids: Vec<CompanyId>,
    }
}
