//! Companies, maintenance entities and equipment.

use super::shared::{
    agreement_refs, attachment, contact_ref, employee_ref, employee_refs, group_ref, group_refs,
    parameters, reference,
};
use super::{Json, object};
use crate::testing::dialect::Switch;
use crate::testing::state::Account;
use crate::testing::state::attachments::Owner;
use crate::testing::state::clients::{Company, MaintenanceEntity};
use crate::testing::state::custom::AttributeOwner;
use crate::testing::state::dictionaries::TIME_ZONES;

pub(crate) fn company(account: &Account, company: &Company) -> Json {
    let category = company.category.as_ref().and_then(|code| {
        account
            .categories
            .iter()
            .find(|category| category.code == *code)
    });
    let contacts = account
        .contacts
        .values()
        .filter(|contact| contact.company_id == Some(company.id));
    let mut json = object! {
        "id": company.id,
        "name": &company.name,
        "additional_name": &company.additional_name,
        "site": &company.site,
        "email": &company.email,
        "phone": &company.phone,
        "crm_1c_id": &company.crm_1c_id,
        "active": company.active,
        "address": &company.address,
        "comment": &company.comment,
        "coordinates": company.coordinates,
        "observers": employee_refs(account, &company.observer_ids),
        "external_observers": Json::List(Vec::new()),
        "contacts": Json::list(contacts.map(|contact| contact_ref(account, Some(contact.id)))),
        "default_assignee": employee_ref(account, company.default_assignee_id),
        "default_assignee_group": group_ref(account, company.default_assignee_group_id),
        "category": category.map(|one| object! {
            "id": one.id, "code": &one.code, "name": &one.name, "color": &one.color,
        }),
        "attachments": Json::list(
            account.files_of(Owner::Company(company.id)).map(|file| attachment(account, file))
        ),
        "parameters": parameters(account, AttributeOwner::Company, None, &company.parameters),
    };
    if account.speaks(Switch::OldRecords) {
        json.retain(|key| !["default_assignee_group", "external_observers"].contains(&key));
    }
    json
}

/// One element of `companies/list`.
pub(crate) fn company_element(account: &Account, one: &Company) -> Json {
    let mut json = company(account, one);
    if account.speaks(Switch::CompanyListShort) {
        json.retain(|key| ["id", "name", "additional_name", "parameters"].contains(&key));
    }
    json
}

pub(crate) fn maintenance_entity(account: &Account, entity: &MaintenanceEntity) -> Json {
    let contacts = account
        .contacts
        .values()
        .filter(|contact| contact.maintenance_entity_ids.contains(&entity.id));
    let equipments = account
        .equipments
        .values()
        .filter(|one| one.maintenance_entity_id == Some(entity.id));
    object! {
        "id": entity.id,
        "name": &entity.name,
        "address": &entity.address,
        "comment": &entity.comment,
        "default_assignee_id": entity.default_assignee_id,
        "default_assignee_group_id": entity.default_assignee_group_id,
        "company_id": entity.company_id,
        "timezone": timezone(entity.timezone.as_deref()),
        "contacts_ids": Json::list(contacts.map(|contact| contact.id)),
        "equipments_ids": Json::list(equipments.map(|equipment| equipment.id)),
        "coordinates": entity.coordinates,
        "parameters": parameters(account, AttributeOwner::MaintenanceEntity, None, &entity.parameters),
        "schedule": schedule(account, entity.schedule_id),
        "observers": employee_refs(account, &entity.observer_ids),
        "observer_groups": group_refs(account, &entity.observer_group_ids),
        "attachments": Json::list(account.files_of(Owner::MaintenanceEntity(entity.id)).map(|file| object! {
            "id": file.id,
            "attachment_file_name": &file.file_name,
            "description": &file.description,
            "is_public": file.is_public,
        })),
        "agreements": agreement_refs(account, &entity.agreement_ids),
        "active": entity.active,
    }
}

pub(crate) fn schedule(account: &Account, id: Option<u64>) -> Json {
    let schedules = &account.dictionaries.schedules;
    let schedule = id.and_then(|id| schedules.iter().find(|schedule| schedule.id == id));
    schedule.map_or(Json::Null, |schedule| {
        reference(schedule.id, &schedule.name)
    })
}

pub(crate) fn timezone(code: Option<&str>) -> Json {
    let zone = TIME_ZONES.iter().find(|(known, _, _)| Some(*known) == code);
    zone.map_or(
        Json::Null,
        |(code, name, gmt)| object! { "code": *code, "name": *name, "gmt": *gmt },
    )
}

/// `{code, name}` of a catalogue entry, or null.
pub(crate) fn catalogue_ref(
    entries: &std::collections::BTreeMap<u64, crate::testing::state::clients::CatalogueEntry>,
    code: Option<&str>,
) -> Json {
    let entry = entries
        .values()
        .find(|entry| Some(entry.code.as_str()) == code);
    entry.map_or(
        Json::Null,
        |entry| object! { "code": &entry.code, "name": &entry.name },
    )
}

/// Equipment as it stands in an element of `issues/list`.
pub(crate) fn equipment_in_issue(account: &Account, id: u64) -> Json {
    account.equipments.get(&id).map_or(Json::Null, |one| {
        object! {
            "id": one.id,
            "serial_number": &one.serial_number,
            "inventory_number": &one.inventory_number,
            "equipment_kind": catalogue_ref(&account.equipment_kinds, Some(&one.kind)),
            "equipment_manufacturer": catalogue_ref(&account.equipment_manufacturers, one.manufacturer.as_deref()),
            "equipment_model": catalogue_ref(&account.equipment_models, one.model.as_deref()),
        }
    })
}
