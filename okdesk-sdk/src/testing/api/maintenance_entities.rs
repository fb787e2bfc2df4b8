//! Maintenance entities: the places that are served.

use super::companies::write_custom;
use super::filter::{Ids, Period, holds};
use super::paging::Keyset;
use super::{Answer, Call, operations};
use crate::testing::json::{Json, clients as json};
use crate::testing::state::attachments::{Owner, read_files};
use crate::testing::state::clients::MaintenanceEntity;
use crate::testing::state::custom::AttributeOwner;
use crate::testing::state::dictionaries::TIME_ZONES;
use crate::testing::state::events::What;
use crate::testing::state::next_in;
use crate::testing::state::refusal::{ABSENT, BAD_VALUE, BLANK, Mistakes, NO_RECORD, Refusal};

operations! {
    "maintenance_entities.search", GET "maintenance_entities", Employee => search;
    "maintenance_entities.create", POST "maintenance_entities", Employee => create;
    "maintenance_entities.get", GET "maintenance_entities/{}", Employee => get;
    "maintenance_entities.update", PATCH "maintenance_entities/{}", Employee => update;
    "maintenance_entities.list", GET "maintenance_entities/list", Employee => list;
    "maintenance_entities.attachment_create", POST "maintenance_entities/{}/attachments", Employee => attach;
}

fn search(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let params = call.params;
    let any = params.text("search_string");
    let (name, comment) = (params.text("name"), params.text("comment"));
    if any.is_none() && name.is_none() && comment.is_none() {
        return Ok(Json::List(Vec::new()).into());
    }
    let found = call
        .account
        .maintenance_entities
        .values()
        .filter(|entity| match &any {
            Some(part) => {
                holds(Some(&entity.name), part)
                    || holds(entity.address.as_deref(), part)
                    || holds(entity.comment.as_deref(), part)
            }
            None => {
                name.as_ref().is_none_or(|name| entity.name == *name)
                    && (comment.is_none() || entity.comment == comment)
            }
        });
    Ok(Json::list(found.map(|entity| json::maintenance_entity(call.account, entity))).into())
}

fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let mut mistakes = Mistakes::default();
    let page = mistakes.join(Keyset::read(call.account, call.params));
    let companies = Ids::read(call.params, "company_ids", &mut mistakes);
    let assignees = Ids::read(call.params, "default_assignee_ids", &mut mistakes);
    let groups = Ids::read(call.params, "default_assignee_group_ids", &mut mistakes);
    let created = Period::of_records(call.account, call.params, "created", &mut mistakes);
    let updated = Period::of_records(call.account, call.params, "updated", &mut mistakes);
    mistakes.check()?;
    let page = page?;
    let entities = page.of(&call.account.maintenance_entities, |entity| {
        companies.accept(entity.company_id)
            && assignees.accept(entity.default_assignee_id)
            && groups.accept(entity.default_assignee_group_id)
            && created.accept(Some(entity.created_at))
            && updated.accept(Some(entity.updated_at))
    });
    Ok(Json::list(
        entities
            .into_iter()
            .map(|entity| json::maintenance_entity(call.account, entity)),
    )
    .into())
}

fn answer(call: &Call<'_>, id: u64) -> Result<Json, Refusal> {
    call.account
        .maintenance_entities
        .get(&id)
        .map(|entity| json::maintenance_entity(call.account, entity))
        .ok_or(Refusal::NotFound)
}

fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    Ok(answer(call, call.id(0)?)?.into())
}

fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = next_in(&call.account.maintenance_entities);
    let now = call.account.now;
    let entity = MaintenanceEntity {
        id,
        active: true,
        created_at: now,
        updated_at: now,
        ..MaintenanceEntity::default()
    };
    let entity = written(call, entity, true)?;
    call.account.maintenance_entities.insert(id, entity);
    call.account
        .happened(call.actor, What::MaintenanceEntityCreated(id));
    Ok(call.created(answer(call, id)?))
}

fn update(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(0)?;
    let before = call
        .account
        .maintenance_entities
        .get(&id)
        .cloned()
        .ok_or(Refusal::NotFound)?;
    let after = written(call, before.clone(), false)?;
    call.account
        .replace_maintenance_entity(before, after, call.actor);
    Ok(answer(call, id)?.into())
}

fn written(
    call: &Call<'_>,
    mut entity: MaintenanceEntity,
    creating: bool,
) -> Result<MaintenanceEntity, Refusal> {
    let body = call.params.section("maintenance_entity");
    let account = &*call.account;
    let mut mistakes = Mistakes::default();
    if creating || body.has("name") {
        match body.text("name") {
            Some(name) => entity.name = name,
            None => mistakes.add("name", if body.has("name") { BLANK } else { ABSENT }),
        }
    }
    body.patch_id("company_id", &mut entity.company_id);
    match entity.company_id {
        None if creating => mistakes.add("company_id", ABSENT),
        Some(id) if !account.companies.contains_key(&id) => mistakes.add("company_id", NO_RECORD),
        _ => {}
    }
    body.patch_text("address", &mut entity.address);
    body.patch_text("comment", &mut entity.comment);
    body.patch_text("timezone", &mut entity.timezone);
    let is_known_zone = |code: &String| TIME_ZONES.iter().any(|(known, _, _)| known == code);
    if body.has("timezone")
        && entity
            .timezone
            .as_ref()
            .is_some_and(|code| !is_known_zone(code))
    {
        mistakes.add("timezone", BAD_VALUE);
    }
    if body.has("coordinates") {
        entity.coordinates = body.coordinates("coordinates");
    }
    body.patch_id("default_assignee_id", &mut entity.default_assignee_id);
    body.patch_id(
        "default_assignee_group_id",
        &mut entity.default_assignee_group_id,
    );
    body.patch_id("schedule_id", &mut entity.schedule_id);
    body.patch_ids("observer_ids", &mut entity.observer_ids);
    body.patch_ids("observer_group_ids", &mut entity.observer_group_ids);
    body.patch_ids("agreement_ids", &mut entity.agreement_ids);
    if entity
        .default_assignee_id
        .is_some_and(|id| !account.employees.contains_key(&id))
    {
        mistakes.add("default_assignee_id", NO_RECORD);
    }
    write_custom(
        call,
        body,
        AttributeOwner::MaintenanceEntity,
        None,
        &mut entity.parameters,
        creating,
        &mut mistakes,
    );
    mistakes.check()?;
    Ok(entity)
}

fn attach(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(0)?;
    answer(call, id)?;
    let mut mistakes = Mistakes::default();
    let files = read_files(
        call.params.section("maintenance_entity"),
        true,
        &mut mistakes,
    );
    if files.is_empty() {
        mistakes.add("attachments", ABSENT);
    }
    mistakes.check()?;
    for file in files {
        call.account
            .store_file(Owner::MaintenanceEntity(id), None, file);
    }
    Ok(call.created(answer(call, id)?))
}
