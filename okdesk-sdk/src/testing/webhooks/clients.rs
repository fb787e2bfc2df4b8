//! The blocks of companies, agreements, maintenance entities and equipment.

use super::blocks::{address, assignment, author, date, observers, parameters};
use crate::testing::json::clients::schedule;
use crate::testing::json::shared::{agreement_refs, company_ref};
use crate::testing::json::{Json, object};
use crate::testing::state::Account;
use crate::testing::state::clients::{
    Agreement, CatalogueEntry, Company, Equipment, MaintenanceEntity,
};
use crate::testing::state::custom::AttributeOwner;
use crate::testing::state::events::Assignment;
use crate::testing::state::people::Actor;

pub(super) fn company(account: &Account, company: &Company) -> Json {
    let category = company.category.as_ref().and_then(|code| {
        account
            .categories
            .iter()
            .find(|category| category.code == *code)
    });
    object! {
        "id": company.id,
        "name": &company.name,
        "additional_name": &company.additional_name,
        "site": &company.site,
        "email": &company.email,
        "phone": &company.phone,
        "active": company.active,
        "observers": observers(account, &company.observer_ids, Some(&[]), &company.observer_group_ids),
        "assignee": assignment(account, Assignment {
            group_id: company.default_assignee_group_id,
            employee_id: company.default_assignee_id,
        }),
        "address": address(company.address.as_ref(), company.coordinates),
        "category": category.map(|category| object! { "code": &category.code, "name": &category.name }),
        "parameters": parameters(account, AttributeOwner::Company, None, &company.parameters, None),
        "created_at": account.date(company.created_at),
    }
}

pub(super) fn agreement(account: &Account, agreement: &Agreement) -> Json {
    object! {
        "id": agreement.id,
        "title": &agreement.title,
        "active": agreement.active,
        "cost": agreement.cost.to_string(),
        "start_date": &agreement.start_date,
        "end_date": &agreement.end_date,
        "companies": Json::list(agreement.company_ids.iter().map(|id| company_ref(account, Some(*id)))),
        "observers": observers(account, &[], None, &[]),
        "assignee": assignment(account, Assignment::default()),
        "parameters": Json::List(Vec::new()),
        "created_at": account.date(agreement.created_at),
    }
}

pub(super) fn maintenance_entity(account: &Account, entity: &MaintenanceEntity) -> Json {
    object! {
        "id": entity.id,
        "name": &entity.name,
        "active": entity.active,
        "timezone": &entity.timezone,
        "comment": &entity.comment,
        "company": company_ref(account, entity.company_id),
        "schedule": schedule(account, entity.schedule_id),
        "address": address(entity.address.as_ref(), entity.coordinates),
        "agreements": agreement_refs(account, &entity.agreement_ids),
        "observers": observers(account, &entity.observer_ids, None, &entity.observer_group_ids),
        "assignee": assignment(account, Assignment {
            group_id: entity.default_assignee_group_id,
            employee_id: entity.default_assignee_id,
        }),
        "parameters": parameters(account, AttributeOwner::MaintenanceEntity, None, &entity.parameters, None),
        "created_at": account.date(entity.created_at),
    }
}

pub(super) fn equipment(account: &Account, one: &Equipment, by: Actor) -> Json {
    let entry = |entries: &std::collections::BTreeMap<u64, CatalogueEntry>, code: Option<&str>| {
        let entry = entries
            .values()
            .find(|entry| Some(entry.code.as_str()) == code);
        entry.map_or(
            Json::Null,
            |entry| object! { "id": entry.id, "code": &entry.code, "name": &entry.name },
        )
    };
    let entity = one
        .maintenance_entity_id
        .and_then(|id| account.maintenance_entities.get(&id));
    let agreements = one
        .agreement_ids
        .iter()
        .filter_map(|id| account.agreements.get(id));
    object! {
        "id": one.id,
        "equipment_kind": entry(&account.equipment_kinds, Some(&one.kind)),
        "equipment_manufacturer": entry(&account.equipment_manufacturers, one.manufacturer.as_deref()),
        "equipment_model": entry(&account.equipment_models, one.model.as_deref()),
        "serial_number": &one.serial_number,
        "inventory_number": &one.inventory_number,
        "comment": &one.comment,
        "company": company_ref(account, one.company_id),
        "maintenance_entity": entity.map(|entity| object! { "id": entity.id, "name": &entity.name }),
        "agreements": Json::list(agreements.map(|one| object! { "id": one.id, "name": &one.title })),
        "parameters": parameters(account, AttributeOwner::Equipment, Some(&one.kind), &one.parameters, None),
        "created_at": date(account, Some(one.created_at)),
        "author": author(account, by),
    }
}
