//! The account itself: plain data and Okdesk's rules, without HTTP and without JSON.

pub(crate) mod actions;
mod assignment;
pub(crate) mod attachments;
pub(crate) mod changes;
pub(crate) mod clients;
pub(crate) mod custom;
pub(crate) mod dictionaries;
pub(crate) mod events;
pub(crate) mod file;
pub(crate) mod issue_creation;
pub(crate) mod issues;
pub(crate) mod keys;
pub(crate) mod moment;
pub(crate) mod people;
pub(crate) mod price;
pub(crate) mod refusal;
pub(crate) mod status_change;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

use self::attachments::Attachment;
use self::clients::{Agreement, CatalogueEntry, Category, Company, Equipment, MaintenanceEntity};
use self::custom::Attribute;
use self::dictionaries::Dictionaries;
use self::events::Happening;
use self::issues::Issue;
use self::keys::{Key, LoginLink};
use self::people::{Actor, Contact, Employee, full_name};
use self::price::{NomenclatureGroup, NomenclatureItem, PhoneCall, PriceLine, PriceList};
use self::refusal::Refusal;
use super::dialect::{Dialect, Switch};

/// The pseudo-employee whose comments tell what the system did.
pub(crate) const SYSTEM_NAME: &str = "Системное уведомление";

/// Everything one Okdesk account knows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Account {
    /// The instant of the call being served.
    pub(crate) now: Timestamp,
    #[serde(with = "file::zone")]
    pub(crate) zone: Offset,
    #[serde(skip)]
    pub(crate) dialect: Dialect,
    pub(crate) next: Sequences,
    pub(crate) keys: Vec<Key>,
    pub(crate) login_links: Vec<LoginLink>,
    pub(crate) dictionaries: Dictionaries,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) categories: Vec<Category>,
    pub(crate) companies: BTreeMap<u64, Company>,
    pub(crate) contacts: BTreeMap<u64, Contact>,
    pub(crate) employees: BTreeMap<u64, Employee>,
    pub(crate) maintenance_entities: BTreeMap<u64, MaintenanceEntity>,
    pub(crate) agreements: BTreeMap<u64, Agreement>,
    pub(crate) equipments: BTreeMap<u64, Equipment>,
    pub(crate) equipment_kinds: BTreeMap<u64, CatalogueEntry>,
    pub(crate) equipment_manufacturers: BTreeMap<u64, CatalogueEntry>,
    pub(crate) equipment_models: BTreeMap<u64, CatalogueEntry>,
    pub(crate) price_lists: BTreeMap<u64, PriceList>,
    pub(crate) price_lines: BTreeMap<u64, PriceLine>,
    pub(crate) nomenclature_groups: BTreeMap<u64, NomenclatureGroup>,
    pub(crate) nomenclature_items: BTreeMap<u64, NomenclatureItem>,
    pub(crate) phone_calls: BTreeMap<u64, PhoneCall>,
    pub(crate) issues: BTreeMap<u64, Issue>,
    pub(crate) attachments: BTreeMap<u64, Attachment>,
    /// What happened during the call, for the webhooks.
    #[serde(skip)]
    pub(crate) happenings: Vec<Happening>,
}

/// Where ids come from: small numbers of the account, large ones of the whole service.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Sequences {
    service_wide: u64,
}

impl Default for Sequences {
    fn default() -> Self {
        Self {
            service_wide: 48_210_000,
        }
    }
}

impl Sequences {
    /// Other accounts take numbers too, so there are gaps.
    pub(crate) fn service_wide(&mut self) -> u64 {
        self.service_wide += 7;
        self.service_wide
    }
}

/// The next id of a list numbered within the account.
pub(crate) fn next_in<T>(list: &BTreeMap<u64, T>) -> u64 {
    list.last_key_value().map_or(1, |(last, _)| last + 1)
}

impl Account {
    pub(crate) fn new(zone: Offset) -> Self {
        Self {
            now: Timestamp::now(),
            zone,
            dialect: Dialect::usual(),
            next: Sequences::default(),
            keys: Vec::new(),
            login_links: Vec::new(),
            dictionaries: Dictionaries::default(),
            attributes: Vec::new(),
            categories: Vec::new(),
            companies: BTreeMap::new(),
            contacts: BTreeMap::new(),
            employees: BTreeMap::new(),
            maintenance_entities: BTreeMap::new(),
            agreements: BTreeMap::new(),
            equipments: BTreeMap::new(),
            equipment_kinds: BTreeMap::new(),
            equipment_manufacturers: BTreeMap::new(),
            equipment_models: BTreeMap::new(),
            price_lists: BTreeMap::new(),
            price_lines: BTreeMap::new(),
            nomenclature_groups: BTreeMap::new(),
            nomenclature_items: BTreeMap::new(),
            phone_calls: BTreeMap::new(),
            issues: BTreeMap::new(),
            attachments: BTreeMap::new(),
            happenings: Vec::new(),
        }
    }

    pub(crate) fn speaks(&self, switch: Switch) -> bool {
        self.dialect.has(switch)
    }

    pub(crate) fn date(&self, at: Timestamp) -> String {
        moment::write(at, self.zone)
    }

    /// The issue, unless it is gone.
    pub(crate) fn issue(&self, id: u64) -> Result<&Issue, Refusal> {
        match self.issues.get(&id) {
            Some(Issue {
                merged_into: Some(into),
                ..
            }) => Err(Refusal::Merged { into: *into }),
            Some(issue) if !issue.deleted => Ok(issue),
            _ => Err(Refusal::Missing(id)),
        }
    }

    pub(crate) fn issue_mut(&mut self, id: u64) -> Result<&mut Issue, Refusal> {
        self.issue(id)?;
        self.issues.get_mut(&id).ok_or(Refusal::Missing(id))
    }

    /// Issues that are still there, oldest first.
    pub(crate) fn live_issues(&self) -> impl DoubleEndedIterator<Item = &Issue> {
        self.issues
            .values()
            .filter(|issue| !issue.deleted && issue.merged_into.is_none())
    }

    pub(crate) fn actor_exists(&self, actor: Actor) -> bool {
        match actor {
            Actor::Employee(id) => self.employees.contains_key(&id),
            Actor::Contact(id) => self.contacts.contains_key(&id),
            Actor::System => true,
        }
    }

    pub(crate) fn actor_name(&self, actor: Actor) -> String {
        let (last, first, patronymic) = self.actor_names(actor);
        full_name(&last, &first, patronymic.as_deref())
    }

    /// Last name, first name, patronymic.
    pub(crate) fn actor_names(&self, actor: Actor) -> (String, String, Option<String>) {
        match actor {
            Actor::Employee(id) => self.employees.get(&id).map(|person| {
                (
                    person.last_name.clone(),
                    person.first_name.clone(),
                    person.patronymic.clone(),
                )
            }),
            Actor::Contact(id) => self.contacts.get(&id).map(|person| {
                (
                    person.last_name.clone(),
                    person.first_name.clone(),
                    person.patronymic.clone(),
                )
            }),
            Actor::System => None,
        }
        .unwrap_or_else(|| (SYSTEM_NAME.to_owned(), String::new(), None))
    }

    /// The group an employee works in, if not told otherwise.
    pub(crate) fn usual_group(&self, employee_id: Option<u64>) -> Option<u64> {
        self.employees
            .get(&employee_id?)?
            .group_ids
            .first()
            .copied()
    }

    pub(crate) fn category_of(&self, company_id: Option<u64>) -> Option<u64> {
        let code = self.companies.get(&company_id?)?.category.as_ref()?;
        self.categories
            .iter()
            .find(|category| category.code == *code)
            .map(|category| category.id)
    }

    pub(crate) fn define_attribute(&mut self, attribute: Attribute) {
        self.attributes
            .retain(|known| known.owner != attribute.owner || known.code != attribute.code);
        self.attributes.push(attribute);
    }

    pub(crate) fn give_key(&mut self, owner: Actor, token: String) {
        self.keys.push(Key {
            token,
            owner,
            denied: Vec::new(),
        });
    }
}
