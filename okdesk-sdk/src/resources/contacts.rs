//! Contacts, the people of clients.

use super::{Contacts, Direction};
use crate::client::{Call, one_or_many, record};
use crate::model::{CompanyId, Contact, ContactId, MaintenanceEntityId};
use crate::operation as op;

impl Contacts {
    /// Looks for contacts by one exact property, or by a piece of text: `GET /api/v1/contacts`.
    ///
    /// Repeated automatically. One hit, several and none come in different shapes; here they are always a list.
    /// The phone is compared as text, so try the spellings people use.
    ///
    /// Source: clients in use; no documentation was found.
    ///
    /// ```
    /// # okdesk_sdk::example::run("contacts.search", async |client, _| {
    /// let found = client.contacts().search().phone("+79161234567").await?;
    /// let [anna] = &found[..] else { panic!("nobody, or more than one") };
    /// assert_eq!(anna.first_name.as_deref(), Some("Anna"));
    /// # Ok(())
    /// # });
    /// ```
    pub fn search(&self) -> SearchContacts {
        SearchContacts {
            call: Call::new(&self.client, op::CONTACTS_SEARCH, &[]),
        }
    }

    /// Reads a contact: `GET /api/v1/contacts/{id}`. Repeated automatically.
    ///
    /// > Not confirmed: one client only. `search().id(id)` is the way others go.
    ///
    /// Source: one client.
    ///
    /// ```
    /// # okdesk_sdk::example::run("contacts.get", async |client, at| {
    /// # let id = at.contact;
    /// let contact = client.contacts().get(id).await?;
    /// assert_eq!(contact.last_name.as_deref(), Some("Petrova"));
    /// # Ok(())
    /// # });
    /// ```
    pub fn get(&self, id: ContactId) -> GetContact {
        GetContact {
            call: Call::new(&self.client, op::CONTACTS_GET, &[&id]),
        }
    }

    /// Lists contacts: `GET /api/v1/contacts/list`, at most 100 a page, the largest id first. Repeated automatically.
    ///
    /// Source: clients in use.
    ///
    /// ```
    /// # okdesk_sdk::example::run("contacts.list", async |client, _| {
    /// let contacts = client.contacts().list().into_pager().collect().await?;
    /// assert_eq!(contacts.len(), 1);
    /// # Ok(())
    /// # });
    /// ```
    pub fn list(&self) -> ListContacts {
        ListContacts {
            call: Call::new(&self.client, op::CONTACTS_LIST, &[]),
        }
    }

    /// Creates a contact: `POST /api/v1/contacts`. Never repeated after an unknown fate.
    ///
    /// Both names must be given. `is_validation` if the name in Telegram is taken.
    ///
    /// Source: clients in use.
    ///
    /// ```
    /// # okdesk_sdk::example::run("contacts.create", async |client, at| {
    /// # let company = at.company;
    /// let contact = client.contacts().create("Pavel", "Nikitin").company(company).phone("+79035557788").await?;
    /// assert_eq!(contact.company_id, Some(company));
    /// # Ok(())
    /// # });
    /// ```
    pub fn create(
        &self,
        first_name: impl Into<String>,
        last_name: impl Into<String>,
    ) -> CreateContact {
        let call = Call::new(&self.client, op::CONTACTS_CREATE, &[]).wrapped("contact");
        CreateContact {
            call: call
                .with("first_name", first_name.into())
                .with("last_name", last_name.into()),
        }
    }

    /// Changes a contact: `PATCH /api/v1/contacts/{id}`. Repeated only if it was not sent.
    ///
    /// Source: clients in use.
    ///
    /// ```
    /// # okdesk_sdk::example::run("contacts.update", async |client, at| {
    /// # let id = at.contact;
    /// let contact = client.contacts().update(id).telegram_username("anna").email(None).await?;
    /// assert_eq!(contact.telegram_username.as_deref(), Some("anna"));
    /// # Ok(())
    /// # });
    /// ```
    pub fn update(&self, id: ContactId) -> UpdateContact {
        UpdateContact {
            call: Call::new(&self.client, op::CONTACTS_UPDATE, &[&id]).wrapped("contact"),
        }
    }
}

request! {
    /// Looks for contacts; see [`Contacts::search`].
    pub struct SearchContacts -> Vec<Contact>, one_or_many {
        /// The id.
        filter id: ContactId = "id";
        /// The exact phone, as text.
        filter phone: String = "phone";
        /// A piece of text anywhere; overrides everything else.
        filter text: String = "search_string";
        /// The address for mail.
        ///
        /// > Not confirmed: one client tried it.
        filter email: String = "email";
        /// The login.
        ///
        /// > Not confirmed: one client tried it.
        filter login: String = "login";
        /// The name in Telegram.
        ///
        /// > Not confirmed: one client tried it.
        filter telegram_username: String = "telegram_username";
    }

    /// Reads a contact; see [`Contacts::get`].
    pub struct GetContact -> Contact, record {}

    /// Creates a contact; see [`Contacts::create`].
    pub struct CreateContact -> Contact, record {
        /// The patronymic.
        field patronymic: String = "patronymic";
        /// The position.
        field position: String = "position";
        /// The address for mail.
        field email: String = "email";
        /// The phone.
        field phone: String = "phone";
        /// The mobile phone.
        field mobile_phone: String = "mobile_phone";
        /// A comment.
        field comment: String = "comment";
        /// The company.
        field company: CompanyId = "company_id";
        /// The name in Telegram, unique in the account.
        field telegram_username: String = "telegram_username";
        /// The maintenance entities.
        array maintenance_entities: MaintenanceEntityId = "maintenance_entity_ids";
        /// Rights, such as `company_issues`.
        array access_level: String = "access_level";
        /// The login to the portal.
        field login: String = "login";
        /// The password to the portal.
        field password: String = "password";
        /// A custom attribute.
        attributes custom = "custom_parameters";
    }

    /// Changes a contact; see [`Contacts::update`].
    pub struct UpdateContact -> Contact, record {
        /// The first name.
        field first_name: String = "first_name";
        /// The surname.
        field last_name: String = "last_name";
        /// The patronymic.
        patch patronymic: String = "patronymic";
        /// The position.
        patch position: String = "position";
        /// The address for mail.
        patch email: String = "email";
        /// The phone.
        patch phone: String = "phone";
        /// The mobile phone.
        patch mobile_phone: String = "mobile_phone";
        /// A comment.
        patch comment: String = "comment";
        /// The company.
        patch company: CompanyId = "company_id";
        /// The name in Telegram, unique in the account.
        patch telegram_username: String = "telegram_username";
        /// The maintenance entities.
        array maintenance_entities: MaintenanceEntityId = "maintenance_entity_ids";
        /// Rights, such as `company_issues`.
        array access_level: String = "access_level";
        /// The login to the portal.
        patch login: String = "login";
        /// The password to the portal.
        field password: String = "password";
        /// A custom attribute.
        attributes custom = "custom_parameters";
    }
}

paged! {
    /// Lists contacts; see [`Contacts::list`].
    pub struct ListContacts -> Contact {
        /// Only beyond this id.
        filter from_id: ContactId = "page[from_id]";
        /// The direction of the ids.
        filter direction: Direction = "page[direction]";
    }
}
