//! Maintenance entities: the places that are served.

use super::filter::{Ids, Period, holds};
use super::paging::Keyset;
use super::{Answer, Call, Operation, operation};
use crate::testing::json::{Json, clients as json};
use crate::testing::state::keys::Right::Employee;
use crate::testing::state::refusal::{Mistakes, Refusal};

pub(super) const OPERATIONS: &[Operation] = &[
    operation(
        "maintenance_entities.search",
        "GET",
        "maintenance_entities",
        Employee,
        search,
    ),
    operation(
        "maintenance_entities.get",
        "GET",
        "maintenance_entities/{}",
        Employee,
        get,
    ),
    operation(
        "maintenance_entities.list",
        "GET",
        "maintenance_entities/list",
        Employee,
        list,
    ),
];

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
    let page = Keyset::read(call.account, call.params)?;
    let mut mistakes = Mistakes::default();
    let companies = Ids::read(call.params, "company_ids", &mut mistakes);
    let assignees = Ids::read(call.params, "default_assignee_ids", &mut mistakes);
    let groups = Ids::read(call.params, "default_assignee_group_ids", &mut mistakes);
    let created = Period::of_records(call.account, call.params, "created", &mut mistakes);
    let updated = Period::of_records(call.account, call.params, "updated", &mut mistakes);
    mistakes.check()?;
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
