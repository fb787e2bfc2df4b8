//! Equipment.

use super::companies::write_custom;
use super::filter::{Codes, Ids, Period, holds};
use super::paging::Keyset;
use super::{Answer, Call, one_or_many, operations};
use crate::testing::json::{Json, equipment as json, references};
use crate::testing::state::clients::Equipment;
use crate::testing::state::custom::{self, AttributeOwner};
use crate::testing::state::events::What;
use crate::testing::state::next_in;
use crate::testing::state::refusal::{ABSENT, Mistakes, NO_RECORD, Refusal};

operations! {
    "equipments.search", GET "equipments", Employee => search;
    "equipments.create", POST "equipments", Employee => create;
    "equipments.get", GET "equipments/{}", Employee => get;
    "equipments.update", PATCH "equipments/{}", Employee => update;
    "equipments.list", GET "equipments/list", Employee => list;
    "equipments.parameters_list", GET "equipments/parameters", Employee => parameters;
}

fn search(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let params = call.params;
    let any = params.text("search_string");
    let (inventory, serial) = (
        params.text("inventory_number"),
        params.text("serial_number"),
    );
    if any.is_none() && inventory.is_none() && serial.is_none() {
        return Ok(Json::List(Vec::new()).into());
    }
    let found = call.account.equipments.values().filter(|one| match &any {
        Some(part) => [&one.inventory_number, &one.serial_number, &one.comment]
            .into_iter()
            .any(|text| holds(text.as_deref(), part)),
        None => {
            (inventory.is_none() || one.inventory_number == inventory)
                && (serial.is_none() || one.serial_number == serial)
        }
    });
    Ok(one_or_many(found.map(|one| json::detail(call.account, one)).collect()).into())
}

fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let params = call.params;
    let mut mistakes = Mistakes::default();
    let page = mistakes.join(Keyset::read(call.account, params));
    let companies = Ids::read(params, "company_ids", &mut mistakes);
    let entities = Ids::read(params, "maintenance_entity_ids", &mut mistakes);
    let agreements = Ids::read(params, "agreement_ids", &mut mistakes);
    let created = Period::of_records(call.account, params, "created", &mut mistakes);
    mistakes.check()?;
    let page = page?;
    let kinds = Codes::read(params, "equipment_kind_codes");
    let manufacturers = Codes::read(params, "equipment_manufacturer_codes");
    let models = Codes::read(params, "equipment_model_codes");
    let custom = params.map("custom_parameters");
    let found = page.of(&call.account.equipments, |one| {
        companies.accept(one.company_id)
            && entities.accept(one.maintenance_entity_id)
            && agreements.accept_any(&one.agreement_ids)
            && created.accept(Some(one.created_at))
            && kinds.accept(&one.kind)
            && manufacturers.accept(one.manufacturer.as_deref().unwrap_or_default())
            && models.accept(one.model.as_deref().unwrap_or_default())
            && custom::matches(&one.parameters, custom)
    });
    Ok(Json::list(
        found
            .into_iter()
            .map(|one| json::element(call.account, one)),
    )
    .into())
}

fn parameters(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    Ok(references::equipment_parameters(call.account).into())
}

fn answer(call: &Call<'_>, id: u64) -> Result<Json, Refusal> {
    call.account
        .equipments
        .get(&id)
        .map(|one| json::detail(call.account, one))
        .ok_or(Refusal::NotFound)
}

fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    Ok(answer(call, call.id(0)?)?.into())
}

fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = next_in(&call.account.equipments);
    let now = call.account.now;
    let one = Equipment {
        id,
        created_at: now,
        updated_at: now,
        ..Equipment::default()
    };
    let one = written(call, one, true)?;
    call.account.equipments.insert(id, one);
    call.account
        .happened(call.actor, What::EquipmentCreated(id));
    Ok(call.created(answer(call, id)?))
}

fn update(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(0)?;
    let before = call
        .account
        .equipments
        .get(&id)
        .cloned()
        .ok_or(Refusal::NotFound)?;
    let after = written(call, before.clone(), false)?;
    call.account.replace_equipment(before, after, call.actor);
    Ok(answer(call, id)?.into())
}

fn written(call: &Call<'_>, mut one: Equipment, creating: bool) -> Result<Equipment, Refusal> {
    let body = call.params.section("equipment");
    let account = &*call.account;
    let mut mistakes = Mistakes::default();
    match body.text("equipment_type_code") {
        Some(code) => one.kind = code,
        None if creating => mistakes.add("equipment_type_code", ABSENT),
        None => {}
    }
    body.patch_text("equipment_manufacturer_code", &mut one.manufacturer);
    body.patch_text("equipment_model_code", &mut one.model);
    body.patch_text("serial_number", &mut one.serial_number);
    body.patch_text("inventory_number", &mut one.inventory_number);
    body.patch_text("comment", &mut one.comment);
    body.patch_id("company_id", &mut one.company_id);
    body.patch_id("maintenance_entity_id", &mut one.maintenance_entity_id);
    body.patch_id("parent_id", &mut one.parent_id);
    body.patch_ids("agreement_ids", &mut one.agreement_ids);
    let unknown = |known: bool, field: &str, mistakes: &mut Mistakes| {
        if !known {
            mistakes.add(field, NO_RECORD);
        }
    };
    let has = |all: &std::collections::BTreeMap<u64, _>, code: &str| {
        all.values()
            .any(|entry: &crate::testing::state::clients::CatalogueEntry| entry.code == code)
    };
    unknown(
        one.kind.is_empty() || has(&account.equipment_kinds, &one.kind),
        "equipment_type_code",
        &mut mistakes,
    );
    let manufacturer = one.manufacturer.as_deref();
    unknown(
        manufacturer.is_none_or(|code| has(&account.equipment_manufacturers, code)),
        "equipment_manufacturer_code",
        &mut mistakes,
    );
    let model = one.model.as_deref();
    unknown(
        model.is_none_or(|code| has(&account.equipment_models, code)),
        "equipment_model_code",
        &mut mistakes,
    );
    unknown(
        one.company_id
            .is_none_or(|id| account.companies.contains_key(&id)),
        "company_id",
        &mut mistakes,
    );
    unknown(
        one.maintenance_entity_id
            .is_none_or(|id| account.maintenance_entities.contains_key(&id)),
        "maintenance_entity_id",
        &mut mistakes,
    );
    let parent = one.parent_id;
    unknown(
        parent.is_none_or(|id| id != one.id && account.equipments.contains_key(&id)),
        "parent_id",
        &mut mistakes,
    );
    let kind = one.kind.clone();
    write_custom(
        call,
        body,
        AttributeOwner::Equipment,
        Some(&kind),
        &mut one.parameters,
        creating,
        &mut mistakes,
    );
    mistakes.check()?;
    Ok(one)
}
