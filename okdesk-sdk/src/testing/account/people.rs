//! Contacts and employees.

use super::{Account, custom, setters};
use crate::model::{CompanyId, ContactId, EmployeeId, MaintenanceEntityId};
use crate::testing::engine::Engine;
use crate::testing::state::custom::AttributeOwner;
use crate::testing::state::dictionaries::{ADMINISTRATOR_ROLE, FIRST_LINE_GROUP, SPECIALIST_ROLE};
use crate::testing::state::next_in;
use crate::testing::state::people::{Contact, Employee};

impl<'a> Account<'a> {
    /// A contact, by first and last name.
    pub fn contact(
        self,
        first_name: impl Into<String>,
        last_name: impl Into<String>,
    ) -> NewContact<'a> {
        let record = Contact {
            first_name: first_name.into(),
            last_name: last_name.into(),
            active: true,
            ..Contact::default()
        };
        NewContact {
            engine: self.engine,
            record,
            custom: Vec::new(),
        }
    }

    /// An employee of the first line, by first and last name.
    pub fn employee(
        self,
        first_name: impl Into<String>,
        last_name: impl Into<String>,
    ) -> NewEmployee<'a> {
        let record = Employee {
            first_name: first_name.into(),
            last_name: last_name.into(),
            active: true,
            group_ids: vec![FIRST_LINE_GROUP],
            role_ids: vec![SPECIALIST_ROLE],
            ..Employee::default()
        };
        NewEmployee {
            engine: self.engine,
            record,
        }
    }
}

/// A contact to be.
#[must_use = "nothing is made until `create`"]
pub struct NewContact<'a> {
    engine: &'a Engine,
    record: Contact,
    custom: Vec<(String, String)>,
}

impl NewContact<'_> {
    setters! {
        /// The patronymic.
        patronymic: patronymic as &str;
        /// The position.
        position: position as &str;
        /// The phone, as it is to be found by.
        phone: phone as &str;
        /// The mobile phone.
        mobile_phone: mobile_phone as &str;
        /// The e-mail address.
        email: email as &str;
        /// The login of the client portal.
        login: login as &str;
        /// Its password.
        password: password as &str;
        /// The Telegram name, without `@`.
        telegram_username: telegram_username as &str;
        /// Whom the contact works for.
        company: company_id as CompanyId;
    }

    /// A place the contact answers for.
    pub fn maintenance_entity(mut self, id: MaintenanceEntityId) -> Self {
        self.record.maintenance_entity_ids.push(id.get());
        self
    }

    /// A right in the portal: `company_issues`.
    pub fn access_level(mut self, level: impl Into<String>) -> Self {
        self.record.access_level.push(level.into());
        self
    }

    /// A custom attribute, defined as text if nobody has.
    pub fn custom(mut self, code: impl Into<String>, value: impl Into<String>) -> Self {
        self.custom.push((code.into(), value.into()));
        self
    }

    /// Makes it.
    pub fn create(mut self) -> ContactId {
        self.engine.arrange(|account| {
            self.record.id = next_in(&account.contacts);
            self.record.updated_at = account.now;
            self.record.parameters = custom(account, AttributeOwner::Contact, self.custom);
            let id = self.record.id;
            account.contacts.insert(id, self.record);
            ContactId::new(id)
        })
    }
}

/// An employee to be.
#[must_use = "nothing is made until `create`"]
pub struct NewEmployee<'a> {
    engine: &'a Engine,
    record: Employee,
}

impl NewEmployee<'_> {
    setters! {
        /// The patronymic.
        patronymic: patronymic as &str;
        /// The position.
        position: position as &str;
        /// The e-mail address.
        email: email as &str;
        /// The phone.
        phone: phone as &str;
        /// The login.
        login: login as &str;
        /// The password.
        password: password as &str;
    }

    /// Gives all rights.
    pub fn administrator(mut self) -> Self {
        self.record.role_ids = vec![ADMINISTRATOR_ROLE];
        self
    }

    /// Makes it.
    pub fn create(mut self) -> EmployeeId {
        self.engine.arrange(|account| {
            self.record.id = next_in(&account.employees);
            let id = self.record.id;
            account.employees.insert(id, self.record);
            EmployeeId::new(id)
        })
    }
}
