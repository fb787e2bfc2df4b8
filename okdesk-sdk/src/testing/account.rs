//! Builders of records that were there before a test begins. Webhooks are not told of them.

use bytes::Bytes;

use super::engine::Engine;
use super::params::{FilePart, Param, Params};
use super::state;
use super::state::attachments::NewFile;
use super::state::clients::{Company, MaintenanceEntity};
use super::state::custom::{Attribute, AttributeKind, AttributeOwner, Value, Values};
use super::state::dictionaries::{ADMINISTRATOR_ROLE, FIRST_LINE_GROUP, SPECIALIST_ROLE};
use super::state::people::{Actor, Contact, Employee};
use super::state::{issue_creation, next_in};
use crate::model::{CompanyId, ContactId, EmployeeId, IssueId, MaintenanceEntityId};

/// The custom attribute companies keep their INN in.
pub(crate) const INN: &str = "inn_company";

/// The account of a [`Simulator`](super::Simulator), to be furnished.
#[derive(Clone, Copy)]
pub struct Account<'a> {
    engine: &'a Engine,
}

impl std::fmt::Debug for Account<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Account")
    }
}

/// Setters of optional text and of references, alike in every builder.
macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $field:ident as $kind:ty;)*) => {
        $($(#[$doc])*
        pub fn $name(mut self, $name: $kind) -> Self {
            self.record.$field = Some($name.into());
            self
        })*
    };
}

impl<'a> Account<'a> {
    pub(crate) fn new(engine: &'a Engine) -> Self {
        Self { engine }
    }

    /// A company.
    pub fn company(self, name: impl Into<String>) -> NewCompany<'a> {
        let record = Company {
            name: name.into(),
            active: true,
            ..Company::default()
        };
        NewCompany {
            engine: self.engine,
            record,
            custom: Vec::new(),
        }
    }

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

    /// A place that is served.
    pub fn maintenance_entity(self, name: impl Into<String>) -> NewMaintenanceEntity<'a> {
        let record = MaintenanceEntity {
            name: name.into(),
            active: true,
            timezone: Some("Europe/Moscow".to_owned()),
            ..MaintenanceEntity::default()
        };
        NewMaintenanceEntity {
            engine: self.engine,
            record,
            custom: Vec::new(),
        }
    }

    /// An issue.
    pub fn issue(self, title: impl Into<String>) -> NewIssue<'a> {
        let record = issue_creation::NewIssue {
            title: Some(title.into()),
            ..issue_creation::NewIssue::default()
        };
        NewIssue {
            engine: self.engine,
            record,
            custom: Params::default(),
        }
    }

    /// Defines a custom attribute.
    pub fn attribute(
        self,
        owner: AttributeOwner,
        code: impl Into<String>,
        name: impl Into<String>,
        kind: AttributeKind,
    ) {
        self.define(owner, code.into(), name.into(), kind, false);
    }

    /// Defines a custom attribute that must not be empty.
    pub fn required_attribute(
        self,
        owner: AttributeOwner,
        code: impl Into<String>,
        name: impl Into<String>,
        kind: AttributeKind,
    ) {
        self.define(owner, code.into(), name.into(), kind, true);
    }

    fn define(
        self,
        owner: AttributeOwner,
        code: String,
        name: String,
        kind: AttributeKind,
        required: bool,
    ) {
        self.engine.arrange(|account| {
            account.define_attribute(Attribute {
                owner,
                code,
                name,
                kind,
                required,
                options: Vec::new(),
                only_for: Vec::new(),
            });
        });
    }

    /// Lets issues change from one status only to these.
    pub fn transitions(self, from: &str, to: &[&str]) {
        self.engine.arrange(|account| {
            if let Some(status) = account
                .dictionaries
                .statuses
                .iter_mut()
                .find(|status| status.code == from)
            {
                status.leads_to = to.iter().map(|code| (*code).to_owned()).collect();
            }
        });
    }
}

/// Gives a record its custom values; attributes nobody has defined are defined as text.
fn custom(
    account: &mut state::Account,
    owner: AttributeOwner,
    given: Vec<(String, String)>,
) -> Values {
    let mut values = Values::default();
    for (code, text) in given {
        if !account
            .attributes
            .iter()
            .any(|attribute| attribute.owner == owner && attribute.code == code)
        {
            let name = if code == INN {
                "ИНН".to_owned()
            } else {
                code.clone()
            };
            account.define_attribute(Attribute {
                owner,
                code: code.clone(),
                name,
                kind: AttributeKind::Text,
                required: false,
                options: Vec::new(),
                only_for: Vec::new(),
            });
        }
        values.set(&code, Value::Text(text));
    }
    values
}

/// A company to be.
#[must_use = "nothing is made until `create`"]
pub struct NewCompany<'a> {
    engine: &'a Engine,
    record: Company,
    custom: Vec<(String, String)>,
}

impl NewCompany<'_> {
    setters! {
        /// The second name.
        additional_name: additional_name as &str;
        /// The phone.
        phone: phone as &str;
        /// The e-mail address.
        email: email as &str;
        /// The postal address.
        address: address as &str;
        /// Who gets its issues.
        assignee: default_assignee_id as EmployeeId;
    }

    /// The taxpayer number, kept in the custom attribute `inn_company`.
    pub fn inn(self, inn: impl Into<String>) -> Self {
        self.custom(INN, inn)
    }

    /// A custom attribute, defined as text if nobody has.
    pub fn custom(mut self, code: impl Into<String>, value: impl Into<String>) -> Self {
        self.custom.push((code.into(), value.into()));
        self
    }

    /// Makes it.
    pub fn create(mut self) -> CompanyId {
        self.engine.arrange(|account| {
            self.record.id = next_in(&account.companies);
            self.record.created_at = account.now;
            self.record.parameters = custom(account, AttributeOwner::Company, self.custom);
            let id = self.record.id;
            account.companies.insert(id, self.record);
            CompanyId::new(id)
        })
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

/// A maintenance entity to be.
#[must_use = "nothing is made until `create`"]
pub struct NewMaintenanceEntity<'a> {
    engine: &'a Engine,
    record: MaintenanceEntity,
    custom: Vec<(String, String)>,
}

impl NewMaintenanceEntity<'_> {
    setters! {
        /// The postal address.
        address: address as &str;
        /// A remark.
        comment: comment as &str;
        /// Whom it belongs to.
        company: company_id as CompanyId;
        /// Who gets its issues.
        assignee: default_assignee_id as EmployeeId;
    }

    /// Latitude and longitude.
    pub fn coordinates(mut self, latitude: f64, longitude: f64) -> Self {
        self.record.coordinates = Some([latitude, longitude]);
        self
    }

    /// A custom attribute, defined as text if nobody has.
    pub fn custom(mut self, code: impl Into<String>, value: impl Into<String>) -> Self {
        self.custom.push((code.into(), value.into()));
        self
    }

    /// Makes it.
    pub fn create(mut self) -> MaintenanceEntityId {
        self.engine.arrange(|account| {
            self.record.id = next_in(&account.maintenance_entities);
            self.record.created_at = account.now;
            self.record.updated_at = account.now;
            self.record.parameters =
                custom(account, AttributeOwner::MaintenanceEntity, self.custom);
            let id = self.record.id;
            account.maintenance_entities.insert(id, self.record);
            MaintenanceEntityId::new(id)
        })
    }
}

/// An issue to be.
#[must_use = "nothing is made until `create`"]
pub struct NewIssue<'a> {
    engine: &'a Engine,
    record: issue_creation::NewIssue,
    custom: Params,
}

impl NewIssue<'_> {
    setters! {
        /// The text, as HTML.
        description: description as &str;
        /// The client's company.
        company: company_id as CompanyId;
        /// The client's contact; its company comes along.
        contact: contact_id as ContactId;
        /// The place.
        maintenance_entity: maintenance_entity_id as MaintenanceEntityId;
        /// The parent issue.
        parent: parent_id as IssueId;
        /// Who does it.
        assignee: assignee_id as EmployeeId;
        /// The code of the type.
        kind: kind as &str;
        /// The code of the priority.
        priority: priority as &str;
        /// The deadline.
        deadline: deadline_at as jiff::Timestamp;
    }

    /// A custom attribute that is defined for issues.
    pub fn custom(mut self, code: &str, value: impl Into<String>) -> Self {
        self.custom.insert(code, Param::Text(value.into()));
        self
    }

    /// A public file.
    pub fn attach(mut self, name: impl Into<String>, content: impl Into<Bytes>) -> Self {
        self.record
            .files
            .push(new_file(name.into(), content.into(), true));
        self
    }

    /// Makes it.
    ///
    /// # Panics
    /// When the account's rules forbid it: a test that cannot be set up has failed.
    pub fn create(mut self) -> IssueId {
        self.record.custom_parameters = Some(self.custom);
        let author = match self.record.contact_id {
            Some(contact) => Actor::Contact(contact),
            None => Actor::Employee(1),
        };
        match self
            .engine
            .arrange(|account| account.create_issue(self.record, author))
        {
            Ok(id) => IssueId::new(id),
            Err(refusal) => panic!("the issue cannot be created: {refusal:?}"),
        }
    }
}

pub(crate) fn new_file(name: String, content: Bytes, is_public: bool) -> NewFile {
    NewFile {
        part: FilePart {
            name,
            content_type: None,
            content,
        },
        is_public,
        description: None,
    }
}
