//! Replacing a client's record, and which of its fields that changed.

use std::collections::BTreeMap;

use super::Account;
use super::clients::{Agreement, CatalogueEntry, Company, Equipment, MaintenanceEntity};
use super::custom::{Change, Values};
use super::events::{FieldChange, What};
use super::people::Actor;

/// Collects the fields that differ.
#[derive(Default)]
pub(crate) struct Changes(Vec<FieldChange>);

impl Changes {
    pub(crate) fn compare<T: PartialEq>(
        &mut self,
        code: &'static str,
        before: &T,
        after: &T,
        write: impl Fn(&T) -> Option<String>,
    ) {
        if before != after {
            self.0.push(FieldChange {
                code,
                before: write(before),
                after: write(after),
            });
        }
    }

    pub(crate) fn text(
        &mut self,
        code: &'static str,
        before: &Option<String>,
        after: &Option<String>,
    ) {
        self.compare(code, before, after, Clone::clone);
    }

    pub(crate) fn id(&mut self, code: &'static str, before: &Option<u64>, after: &Option<u64>) {
        self.compare(code, before, after, |id| id.map(|id| id.to_string()));
    }

    pub(crate) fn ids(&mut self, code: &'static str, before: &[u64], after: &[u64]) {
        let write = |ids: &Vec<u64>| {
            let texts: Vec<String> = ids.iter().map(u64::to_string).collect();
            Some(texts.join(","))
        };
        self.compare(code, &before.to_vec(), &after.to_vec(), write);
    }

    pub(crate) fn take(self) -> Vec<FieldChange> {
        self.0
    }
}

/// The custom attributes that differ.
pub(crate) fn parameters(account: &Account, before: &Values, after: &Values) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for attribute in &account.attributes {
        let code = attribute.code.as_str();
        if before.get(code) != after.get(code) && changes.iter().all(|change| change.code != code) {
            changes.push(Change {
                code: code.to_owned(),
                before: before.get(code).clone(),
                after: after.get(code).clone(),
            });
        }
    }
    changes
}

impl Account {
    pub(crate) fn replace_company(&mut self, before: Company, after: Company, author: Actor) {
        let mut changes = Changes::default();
        changes.compare("name", &before.name, &after.name, |name| Some(name.clone()));
        changes.text(
            "additional_name",
            &before.additional_name,
            &after.additional_name,
        );
        changes.text("site", &before.site, &after.site);
        changes.text("email", &before.email, &after.email);
        changes.text("phone", &before.phone, &after.phone);
        changes.text("address", &before.address, &after.address);
        changes.text("comment", &before.comment, &after.comment);
        changes.id(
            "default_assignee_id",
            &before.default_assignee_id,
            &after.default_assignee_id,
        );
        changes.id(
            "default_assignee_group_id",
            &before.default_assignee_group_id,
            &after.default_assignee_group_id,
        );
        let category = |code: &Option<String>| {
            let known = self
                .categories
                .iter()
                .find(|category| Some(&category.code) == code.as_ref());
            known.map(|category| category.id)
        };
        changes.id(
            "category_id",
            &category(&before.category),
            &category(&after.category),
        );
        changes.compare("active", &before.active, &after.active, |active| {
            Some(active.to_string())
        });
        changes.ids("observer_ids", &before.observer_ids, &after.observer_ids);
        changes.ids(
            "observer_group_ids",
            &before.observer_group_ids,
            &after.observer_group_ids,
        );
        let custom = parameters(self, &before.parameters, &after.parameters);
        let id = after.id;
        self.companies.insert(id, after);
        self.changed(author, changes.take(), custom, |fields, custom| {
            What::CompanyChanged(id, fields, custom)
        });
    }

    pub(crate) fn replace_maintenance_entity(
        &mut self,
        before: MaintenanceEntity,
        mut after: MaintenanceEntity,
        author: Actor,
    ) {
        after.updated_at = self.now;
        let mut changes = Changes::default();
        changes.compare("name", &before.name, &after.name, |name| Some(name.clone()));
        changes.id("company_id", &before.company_id, &after.company_id);
        changes.text("timezone", &before.timezone, &after.timezone);
        changes.compare("active", &before.active, &after.active, |active| {
            Some(active.to_string())
        });
        changes.text("address", &before.address, &after.address);
        changes.ids("agreement_ids", &before.agreement_ids, &after.agreement_ids);
        changes.id(
            "default_assignee_id",
            &before.default_assignee_id,
            &after.default_assignee_id,
        );
        changes.id(
            "default_assignee_group_id",
            &before.default_assignee_group_id,
            &after.default_assignee_group_id,
        );
        changes.ids("observer_ids", &before.observer_ids, &after.observer_ids);
        changes.ids(
            "observer_group_ids",
            &before.observer_group_ids,
            &after.observer_group_ids,
        );
        changes.id("schedule_id", &before.schedule_id, &after.schedule_id);
        changes.text("comment", &before.comment, &after.comment);
        let custom = parameters(self, &before.parameters, &after.parameters);
        let id = after.id;
        self.maintenance_entities.insert(id, after);
        self.changed(author, changes.take(), custom, |fields, custom| {
            What::MaintenanceEntityChanged(id, fields, custom)
        });
    }

    pub(crate) fn replace_equipment(
        &mut self,
        before: Equipment,
        mut after: Equipment,
        author: Actor,
    ) {
        after.updated_at = self.now;
        let mut changes = Changes::default();
        changes.id("company_id", &before.company_id, &after.company_id);
        changes.id(
            "maintenance_entity_id",
            &before.maintenance_entity_id,
            &after.maintenance_entity_id,
        );
        changes.text("serial_number", &before.serial_number, &after.serial_number);
        changes.text(
            "inventory_number",
            &before.inventory_number,
            &after.inventory_number,
        );
        changes.ids("agreement_ids", &before.agreement_ids, &after.agreement_ids);
        changes.text("comment", &before.comment, &after.comment);
        let id_of = |entries: &BTreeMap<u64, CatalogueEntry>, code: Option<&String>| {
            entries
                .values()
                .find(|entry| Some(&entry.code) == code)
                .map(|entry| entry.id)
        };
        let manufacturer =
            |one: &Equipment| id_of(&self.equipment_manufacturers, one.manufacturer.as_ref());
        let model = |one: &Equipment| id_of(&self.equipment_models, one.model.as_ref());
        let kind = |one: &Equipment| id_of(&self.equipment_kinds, Some(&one.kind));
        changes.id(
            "equipment_manufacturer_id",
            &manufacturer(&before),
            &manufacturer(&after),
        );
        changes.id("equipment_model_id", &model(&before), &model(&after));
        changes.id("equipment_kind_id", &kind(&before), &kind(&after));
        let custom = parameters(self, &before.parameters, &after.parameters);
        let id = after.id;
        self.equipments.insert(id, after);
        self.changed(author, changes.take(), custom, |fields, custom| {
            What::EquipmentChanged(id, fields, custom)
        });
    }

    pub(crate) fn replace_agreement(&mut self, before: Agreement, after: Agreement, author: Actor) {
        let mut changes = Changes::default();
        changes.compare("title", &before.title, &after.title, |title| {
            Some(title.clone())
        });
        changes.ids("company_ids", &before.company_ids, &after.company_ids);
        let id = after.id;
        self.agreements.insert(id, after);
        self.changed(author, changes.take(), Vec::new(), |fields, custom| {
            What::AgreementChanged(id, fields, custom)
        });
    }

    /// Nothing changed, nothing happened.
    pub(crate) fn changed(
        &mut self,
        author: Actor,
        fields: Vec<FieldChange>,
        custom: Vec<Change>,
        what: impl FnOnce(Vec<FieldChange>, Vec<Change>) -> What,
    ) {
        if !fields.is_empty() || !custom.is_empty() {
            self.happened(author, what(fields, custom));
        }
    }
}
