//! Equipment and its catalogues.

use super::shared::{agreement_refs, attachment, date, field_type, parameters, reference};
use super::{Json, object};
use crate::testing::dialect::Switch;
use crate::testing::state::Account;
use crate::testing::state::attachments::Owner;
use crate::testing::state::clients::{CatalogueEntry, Company, Equipment};
use crate::testing::state::custom::{AttributeOwner, applicable};

pub(crate) fn kind(account: &Account, entry: &CatalogueEntry) -> Json {
    let own = applicable(
        &account.attributes,
        AttributeOwner::Equipment,
        Some(&entry.code),
    );
    let mut json = manufacturer(account, entry);
    let own = own.map(|attribute| {
        let mut json = object! {
            "code": &attribute.code,
            "name": &attribute.name,
            "field_type": field_type(account, attribute),
        };
        if account.speaks(Switch::KindParametersWithoutCode) {
            json.retain(|key| key != "code");
        }
        json
    });
    json.push("parameters", Json::list(own));
    json
}

pub(crate) fn manufacturer(_: &Account, entry: &CatalogueEntry) -> Json {
    object! {
        "id": entry.id,
        "code": &entry.code,
        "name": &entry.name,
        "description": &entry.description,
        "visible": entry.visible,
    }
}

pub(crate) fn model(account: &Account, entry: &CatalogueEntry) -> Json {
    let kind = entry
        .kind_id
        .and_then(|id| account.equipment_kinds.get(&id));
    let maker = entry
        .manufacturer_id
        .and_then(|id| account.equipment_manufacturers.get(&id));
    let mut json = manufacturer(account, entry);
    json.push("equipment_kind", kind.map(short));
    json.push("equipment_manufacturer", maker.map(short));
    json
}

fn short(entry: &CatalogueEntry) -> Json {
    object! { "id": entry.id, "code": &entry.code, "name": &entry.name }
}

fn described(entry: &CatalogueEntry) -> Json {
    let mut json = short(entry);
    json.push("description", &entry.description);
    json
}

fn by_code<'a>(
    entries: &'a std::collections::BTreeMap<u64, CatalogueEntry>,
    code: Option<&str>,
) -> Option<&'a CatalogueEntry> {
    entries
        .values()
        .find(|entry| Some(entry.code.as_str()) == code)
}

/// The single piece.
pub(crate) fn detail(account: &Account, one: &Equipment) -> Json {
    let company = one.company_id.and_then(|id| account.companies.get(&id));
    let mut json = object! {
        "id": one.id,
        "serial_number": &one.serial_number,
        "inventory_number": &one.inventory_number,
        "comment": &one.comment,
        "maintenance_entity_id": one.maintenance_entity_id,
        "parent_id": one.parent_id,
    };
    push_catalogue(account, one, &mut json);
    json.push("company", company.map(|company| owner(account, company, object! {
        "id": company.id,
        "name": &company.name,
        "additional_name": &company.additional_name,
        "site": &company.site,
        "email": &company.email,
        "phone": &company.phone,
        "address": &company.address,
        "comment": &company.comment,
        "attachments": Json::list(
            account.files_of(Owner::Company(company.id)).map(|file| attachment(account, file))
        ),
    })));
    json.push(
        "parameters",
        parameters(
            account,
            AttributeOwner::Equipment,
            Some(&one.kind),
            &one.parameters,
        ),
    );
    json.push("agreements", agreement_refs(account, &one.agreement_ids));
    json
}

/// One element of `equipments/list`: company and maintenance entity nested.
pub(crate) fn element(account: &Account, one: &Equipment) -> Json {
    let company = one.company_id.and_then(|id| account.companies.get(&id));
    let entity = one
        .maintenance_entity_id
        .and_then(|id| account.maintenance_entities.get(&id));
    let mut json = object! {
        "id": one.id,
        "serial_number": &one.serial_number,
        "inventory_number": &one.inventory_number,
        "comment": &one.comment,
        "parent_id": one.parent_id,
    };
    push_catalogue(account, one, &mut json);
    json.push(
        "company",
        company.map(|company| owner(account, company, reference(company.id, &company.name))),
    );
    json.push(
        "maintenance_entity",
        entity.map(|entity| reference(entity.id, &entity.name)),
    );
    json.push(
        "parameters",
        parameters(
            account,
            AttributeOwner::Equipment,
            Some(&one.kind),
            &one.parameters,
        ),
    );
    json.push("agreements", agreement_refs(account, &one.agreement_ids));
    json.push("created_at", date(account, one.created_at));
    json.push("updated_at", date(account, one.updated_at));
    json
}

/// Whose it is: the company, or nothing but its name.
fn owner(account: &Account, company: &Company, whole: Json) -> Json {
    if account.speaks(Switch::EquipmentCompanyName) {
        (&company.name).into()
    } else {
        whole
    }
}

fn push_catalogue(account: &Account, one: &Equipment, json: &mut Json) {
    let kind = by_code(&account.equipment_kinds, Some(&one.kind));
    let maker = by_code(
        &account.equipment_manufacturers,
        one.manufacturer.as_deref(),
    );
    let model = by_code(&account.equipment_models, one.model.as_deref());
    json.push("equipment_kind", kind.map(described));
    json.push("equipment_manufacturer", maker.map(described));
    json.push("equipment_model", model.map(described));
}
