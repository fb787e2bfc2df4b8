//! Companies, maintenance entities, agreements and equipment.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::{Account, INN, custom, setters};
use crate::model::{AgreementId, CompanyId, EmployeeId, EquipmentId, MaintenanceEntityId};
use crate::testing::engine::Engine;
use crate::testing::state::attachments::{NewFile, Owner};
use crate::testing::state::clients::{
    Agreement, CatalogueEntry, Company, Equipment, MaintenanceEntity,
};
use crate::testing::state::custom::AttributeOwner;
use crate::testing::state::next_in;

impl<'a> Account<'a> {
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
            files: Vec::new(),
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

    /// An agreement, by title.
    pub fn agreement(self, title: impl Into<String>) -> NewAgreement<'a> {
        let record = Agreement {
            title: title.into(),
            active: true,
            ..Agreement::default()
        };
        NewAgreement {
            engine: self.engine,
            record,
        }
    }

    /// A piece of equipment, by the code of its kind, which is entered in the catalogue if it is new.
    pub fn equipment(self, kind: impl Into<String>) -> NewEquipment<'a> {
        let record = Equipment {
            kind: kind.into(),
            ..Equipment::default()
        };
        NewEquipment {
            engine: self.engine,
            record,
        }
    }
}

/// A company to be.
#[must_use = "nothing is made until `create`"]
pub struct NewCompany<'a> {
    engine: &'a Engine,
    record: Company,
    custom: Vec<(String, String)>,
    files: Vec<NewFile>,
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

    /// A public file.
    pub fn attach(mut self, name: impl Into<String>, content: impl Into<Bytes>) -> Self {
        self.files.push(NewFile::new(name, content, true));
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
            for file in self.files {
                account.store_file(Owner::Company(id), None, file);
            }
            CompanyId::new(id)
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

/// An agreement to be.
#[must_use = "nothing is made until `create`"]
pub struct NewAgreement<'a> {
    engine: &'a Engine,
    record: Agreement,
}

impl NewAgreement<'_> {
    setters! {
        /// From when it holds: `YYYY-MM-DD`.
        start_date: start_date as &str;
        /// Until when it holds: `YYYY-MM-DD`.
        end_date: end_date as &str;
    }

    /// One of the companies it is made with.
    pub fn company(mut self, company: CompanyId) -> Self {
        self.record.company_ids.push(company.get());
        self
    }

    /// What it costs.
    pub fn cost(mut self, cost: f64) -> Self {
        self.record.cost = cost;
        self
    }

    /// Makes it.
    pub fn create(mut self) -> AgreementId {
        self.engine.arrange(|account| {
            self.record.id = next_in(&account.agreements);
            self.record.created_at = account.now;
            let id = self.record.id;
            account.agreements.insert(id, self.record);
            AgreementId::new(id)
        })
    }
}

/// A piece of equipment to be.
#[must_use = "nothing is made until `create`"]
pub struct NewEquipment<'a> {
    engine: &'a Engine,
    record: Equipment,
}

impl NewEquipment<'_> {
    setters! {
        /// The manufacturer's code, entered in the catalogue if it is new.
        manufacturer: manufacturer as &str;
        /// The model's code, entered in the catalogue if it is new.
        model: model as &str;
        /// The serial number.
        serial_number: serial_number as &str;
        /// The inventory number.
        inventory_number: inventory_number as &str;
        /// Whose it is.
        company: company_id as CompanyId;
        /// Where it stands.
        maintenance_entity: maintenance_entity_id as MaintenanceEntityId;
    }

    /// Makes it.
    pub fn create(mut self) -> EquipmentId {
        self.engine.arrange(|account| {
            self.record.id = next_in(&account.equipments);
            self.record.created_at = account.now;
            self.record.updated_at = account.now;
            let kind_id = enter(&mut account.equipment_kinds, &self.record.kind);
            let maker = self.record.manufacturer.as_ref();
            let maker_id = maker.map(|code| enter(&mut account.equipment_manufacturers, code));
            if let Some(code) = &self.record.model {
                let id = enter(&mut account.equipment_models, code);
                if let Some(model) = account.equipment_models.get_mut(&id) {
                    model.kind_id = Some(kind_id);
                    model.manufacturer_id = maker_id;
                }
            }
            let id = self.record.id;
            account.equipments.insert(id, self.record);
            EquipmentId::new(id)
        })
    }
}

/// The entry of this code, made if it is new.
fn enter(entries: &mut BTreeMap<u64, CatalogueEntry>, code: &str) -> u64 {
    if let Some(known) = entries.values().find(|entry| entry.code == code) {
        return known.id;
    }
    let id = next_in(entries);
    let entry = CatalogueEntry {
        id,
        code: code.to_owned(),
        name: code.to_owned(),
        visible: true,
        ..CatalogueEntry::default()
    };
    entries.insert(id, entry);
    id
}
