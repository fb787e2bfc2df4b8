//! Companies, the client organisations.

use super::{Companies, Direction};
use crate::client::{Call, list, one_or_many, record};
use crate::download::Download;
use crate::model::{
    Agreement, Attachment, AttachmentId, CategoryCode, CategoryId, Company, CompanyId, Coordinates,
    EmployeeId, GroupId, IdFilter,
};
use crate::operation as op;

impl Companies {
    /// Looks for companies by one exact property, or by a piece of text: `GET /api/v1/companies`.
    ///
    /// Repeated automatically. One hit, several and none come in different shapes; here they are always a list.
    /// [`text`](SearchCompanies::text) overrides everything else. `is_forbidden` with the key of a contact.
    ///
    /// Source: documentation; clients in use.
    ///
    /// ```
    /// # okdesk_sdk::example::run("companies.search", async |client, _| {
    /// let found = client.companies().search().name("Romashka").await?;
    /// assert_eq!(found[0].phone.as_deref(), Some("+74951234567"));
    /// # Ok(())
    /// # });
    /// ```
    pub fn search(&self) -> SearchCompanies {
        SearchCompanies {
            call: Call::new(&self.client, op::COMPANIES_SEARCH, &[]),
        }
    }

    /// Reads a company: `GET /api/v1/companies/{id}`. Repeated automatically.
    ///
    /// > Not confirmed: the documentation does not have it. `search().id(id)` is the documented way.
    ///
    /// Source: two clients.
    ///
    /// ```
    /// # okdesk_sdk::example::run("companies.get", async |client, at| {
    /// # let id = at.company;
    /// let company = client.companies().get(id).await?;
    /// assert_eq!(company.name, "Romashka");
    /// # Ok(())
    /// # });
    /// ```
    pub fn get(&self, id: CompanyId) -> GetCompany {
        GetCompany {
            call: Call::new(&self.client, op::COMPANIES_GET, &[&id]),
        }
    }

    /// Lists companies: `GET /api/v1/companies/list`, at most 100 a page, the largest id first. Repeated automatically.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("companies.list", async |client, _| {
    /// let mut companies = client.companies().list().name("Romashka").into_pager();
    /// while let Some(company) = companies.next().await {
    ///     println!("{}", company?.name);
    /// }
    /// # assert!(companies.skipped().is_empty());
    /// # Ok(())
    /// # });
    /// ```
    pub fn list(&self) -> ListCompanies {
        ListCompanies {
            call: Call::new(&self.client, op::COMPANIES_LIST, &[]),
        }
    }

    /// Creates a company: `POST /api/v1/companies`. Never repeated after an unknown fate.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("companies.create", async |client, _| {
    /// let company = client.companies().create("Vasilek").phone("+74957654321").custom("inn_company", "7707083893").await?;
    /// assert_eq!(company.name, "Vasilek");
    /// # Ok(())
    /// # });
    /// ```
    pub fn create(&self, name: impl Into<String>) -> CreateCompany {
        let call = Call::new(&self.client, op::COMPANIES_CREATE, &[]).wrapped("company");
        CreateCompany {
            call: call.with("name", name.into()),
        }
    }

    /// Changes a company: `PATCH /api/v1/companies/{id}`. Repeated only if it was not sent.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("companies.update", async |client, at| {
    /// # let id = at.company;
    /// let company = client.companies().update(id).phone("+74950000000").site(None).await?;
    /// assert_eq!(company.phone.as_deref(), Some("+74950000000"));
    /// # Ok(())
    /// # });
    /// ```
    pub fn update(&self, id: CompanyId) -> UpdateCompany {
        UpdateCompany {
            call: Call::new(&self.client, op::COMPANIES_UPDATE, &[&id]).wrapped("company"),
        }
    }

    /// Puts a company into the archive, or takes it out: `PATCH /api/v1/companies/{id}/activations`.
    ///
    /// Repeated only if it was not sent.
    ///
    /// > Not confirmed: the body; `{"active": …}` is what employees take.
    ///
    /// Source: documentation of the path.
    ///
    /// ```
    /// # okdesk_sdk::example::run("companies.archive", async |client, at| {
    /// # let id = at.company;
    /// let company = client.companies().set_active(id, false).await?;
    /// assert_eq!(company.active, Some(false));
    /// # Ok(())
    /// # });
    /// ```
    pub fn set_active(&self, id: CompanyId, active: bool) -> SetCompanyActive {
        let call = Call::new(&self.client, op::COMPANIES_ARCHIVE, &[&id]);
        SetCompanyActive {
            call: call.with("active", active),
        }
    }

    /// The agreements of a company: `GET /api/v1/companies/{id}/agreements`. Repeated automatically.
    ///
    /// Source: two clients.
    ///
    /// ```
    /// # okdesk_sdk::example::run("companies.agreements_list", async |client, at| {
    /// # let id = at.company;
    /// for agreement in client.companies().agreements(id).await? {
    ///     println!("{}, until {:?}", agreement.title, agreement.end_date);
    /// }
    /// # Ok(())
    /// # });
    /// ```
    pub fn agreements(&self, id: CompanyId) -> ListCompanyAgreements {
        ListCompanyAgreements {
            call: Call::new(&self.client, op::COMPANIES_AGREEMENTS_LIST, &[&id]),
        }
    }

    /// Asks for one attached file: `GET /api/v1/companies/{id}/attachments/{attachment_id}`. Repeated automatically.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("companies.attachment_get", async |client, at| {
    /// # let (company, file) = (at.company, at.company_file);
    /// let file = client.companies().attachment(company, file).await?;
    /// assert_eq!(file.attachment_file_name, "contract.pdf");
    /// # Ok(())
    /// # });
    /// ```
    pub fn attachment(&self, company: CompanyId, file: AttachmentId) -> GetCompanyAttachment {
        GetCompanyAttachment {
            call: Call::new(
                &self.client,
                op::COMPANIES_ATTACHMENT_GET,
                &[&company, &file],
            ),
        }
    }

    /// Fetches one attached file: asks for its address and gets it, in one call.
    ///
    /// Source: documentation.
    pub fn download(&self, company: CompanyId, file: AttachmentId) -> Download {
        Download::new(Call::new(
            &self.client,
            op::COMPANIES_ATTACHMENT_GET,
            &[&company, &file],
        ))
    }
}

request! {
    /// Looks for companies; see [`Companies::search`].
    pub struct SearchCompanies -> Vec<Company>, one_or_many {
        /// The exact name, or second name.
        filter name: String = "name";
        /// The exact phone.
        filter phone: String = "phone";
        /// The id.
        filter id: CompanyId = "id";
        /// The exact id in the CRM.
        filter crm_1c_id: String = "crm_1c_id";
        /// A piece of text anywhere; overrides everything else.
        filter text: String = "search_string";
    }

    /// Reads a company; see [`Companies::get`].
    pub struct GetCompany -> Company, record {}

    /// Creates a company; see [`Companies::create`].
    pub struct CreateCompany -> Company, record {
        /// A second name.
        field additional_name: String = "additional_name";
        /// The site.
        field site: String = "site";
        /// The address for mail.
        field email: String = "email";
        /// The phone.
        field phone: String = "phone";
        /// The address; Okdesk does not look it up on a map.
        field address: String = "address";
        /// The point on the map.
        field coordinates: Coordinates = "coordinates";
        /// A comment.
        field comment: String = "comment";
        /// Employees who watch.
        array observers: EmployeeId = "observer_ids";
        /// Who gets its issues.
        field default_assignee: EmployeeId = "default_assignee_id";
        /// The category.
        field category: CategoryCode = "category_code";
        /// The id in the CRM.
        field crm_1c_id: String = "crm_1c_id";
        /// A custom attribute.
        attributes custom = "custom_parameters";
    }

    /// Changes a company; see [`Companies::update`].
    pub struct UpdateCompany -> Company, record {
        /// The name.
        field name: String = "name";
        /// A second name.
        patch additional_name: String = "additional_name";
        /// The site.
        patch site: String = "site";
        /// The address for mail.
        patch email: String = "email";
        /// The phone.
        patch phone: String = "phone";
        /// The address; Okdesk does not look it up on a map.
        patch address: String = "address";
        /// The point on the map.
        patch coordinates: Coordinates = "coordinates";
        /// A comment.
        patch comment: String = "comment";
        /// Employees who watch.
        array observers: EmployeeId = "observer_ids";
        /// Who gets its issues.
        patch default_assignee: EmployeeId = "default_assignee_id";
        /// The category.
        patch category: CategoryCode = "category_code";
        /// The id in the CRM.
        patch crm_1c_id: String = "crm_1c_id";
        /// A custom attribute.
        attributes custom = "custom_parameters";
    }

    /// Archives a company; see [`Companies::set_active`].
    pub struct SetCompanyActive -> Company, record {}

    /// The agreements of a company; see [`Companies::agreements`].
    pub struct ListCompanyAgreements -> Vec<Agreement>, list {}

    /// Asks for one attached file; see [`Companies::attachment`].
    pub struct GetCompanyAttachment -> Attachment, record {}
}

paged! {
    /// Lists companies; see [`Companies::list`].
    pub struct ListCompanies -> Company {
        /// The name.
        filter name: String = "name";
        /// The second name.
        filter additional_name: String = "additional_name";
        /// The id in the CRM.
        filter crm_1c_id: String = "crm_1c_id";
        /// Categories.
        filters categories: IdFilter<CategoryId> = "category_ids";
        /// Who gets their issues.
        filters default_assignees: IdFilter<EmployeeId> = "default_assignee_ids";
        /// Which groups get their issues.
        filters default_assignee_groups: IdFilter<GroupId> = "default_assignee_group_ids";
        /// Employees who watch.
        filters observers: IdFilter<EmployeeId> = "observer_ids";
        /// Groups that watch.
        filters observer_groups: IdFilter<GroupId> = "observer_group_ids";
        /// Created since this day.
        day created_since = "created_since";
        /// Created until this day.
        day created_until = "created_until";
        /// A custom attribute.
        attribute_filter custom = "custom_parameters";
        /// Only beyond this id.
        filter from_id: CompanyId = "page[from_id]";
        /// The direction of the ids.
        filter direction: Direction = "page[direction]";
    }
}
