//! Nomenclature: groups, items, and price list lines made of them.

use std::collections::BTreeMap;

use super::filter::holds;
use super::paging::Keyset;
use super::price_lists::{list_id, price};
use super::{Answer, Call, operations};
use crate::testing::json::{Json, price as json};
use crate::testing::params::Params;
use crate::testing::state::next_in;
use crate::testing::state::price::{NomenclatureGroup, NomenclatureItem, PriceLine};
use crate::testing::state::refusal::{
    ABSENT, BAD_VALUE, BLANK, Mistakes, NO_RECORD, Refusal, TAKEN,
};

operations! {
    "nomenclature.groups_list", GET "nomenclature/groups", Employee => groups;
    "nomenclature.group_create", POST "nomenclature/groups", Employee => create_group;
    "nomenclature.group_get", GET "nomenclature/groups/{}", Employee => group;
    "nomenclature.group_update", PATCH "nomenclature/groups/{}", Employee => update_group;
    "nomenclature.items_list", GET "nomenclature/items", Employee => items;
    "nomenclature.item_create", POST "nomenclature/items", Employee => create_item;
    "nomenclature.item_get", GET "nomenclature/items/{}", Employee => item;
    "nomenclature.item_update", PATCH "nomenclature/items/{}", Employee => update_item;
    "nomenclature.price_list_services_list", GET "nomenclature/price_lists/{}/services", Employee => lines;
    "nomenclature.price_list_service_create", POST "nomenclature/price_lists/{}/services", Employee => create_line;
    "nomenclature.price_list_service_update", PATCH "nomenclature/price_lists/{}/services/{}", Employee => update_line, unless PriceLineByPut;
    "nomenclature.price_list_service_update", PUT "nomenclature/price_lists/{}/services/{}", Employee => update_line, with PriceLineByPut;
}

const TYPES: &[&str] = &["service", "product", "material", "work"];

/// Does the search want this code and name?
fn wanted(params: &Params, code: &str, name: &str) -> bool {
    params.text("code").is_none_or(|wanted| wanted == code)
        && params
            .text("search_string")
            .is_none_or(|part| holds(Some(name), &part) || holds(Some(code), &part))
}

/// `group_id=0` means "in no group".
fn in_group(params: &Params, group_id: Option<u64>) -> bool {
    params
        .get("group_id")
        .and_then(|param| param.id())
        .is_none_or(|wanted| wanted == group_id.unwrap_or(0))
}

fn of_types(params: &Params, kind: &String) -> bool {
    params
        .texts("item_types")
        .is_none_or(|types| types.contains(kind))
}

/// Required texts of a body: absent when creating, blank when changing.
fn required(
    body: &Params,
    name: &str,
    target: &mut String,
    creating: bool,
    mistakes: &mut Mistakes,
) {
    match body.text(name) {
        Some(text) => *target = text,
        None if body.has(name) => mistakes.add(name, BLANK),
        None if creating => mistakes.add(name, ABSENT),
        None => {}
    }
}

/// A code names one record of its list.
fn unique<'a, T: 'a>(
    all: &'a BTreeMap<u64, T>,
    id: u64,
    code: &str,
    read: impl Fn(&'a T) -> &'a str,
    mistakes: &mut Mistakes,
) {
    if all
        .iter()
        .any(|(other, record)| *other != id && read(record) == code)
    {
        mistakes.add("code", TAKEN);
    }
}

fn groups(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let page = Keyset::read(call.account, call.params)?;
    let groups = page.of(&call.account.nomenclature_groups, |group| {
        wanted(call.params, &group.code, &group.name)
    });
    Ok(Json::list(
        groups
            .into_iter()
            .map(|group| json::group(call.account, group)),
    )
    .into())
}

fn group(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let group = call
        .account
        .nomenclature_groups
        .get(&call.id(0)?)
        .ok_or(Refusal::NotFound)?;
    Ok(json::group(call.account, group).into())
}

fn create_group(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = next_in(&call.account.nomenclature_groups);
    let group = NomenclatureGroup {
        id,
        active: true,
        ..NomenclatureGroup::default()
    };
    let group = written_group(call, group, true)?;
    let answer = json::group(call.account, &group);
    call.account.nomenclature_groups.insert(id, group);
    Ok(call.created(answer))
}

fn update_group(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(0)?;
    let group = call
        .account
        .nomenclature_groups
        .get(&id)
        .cloned()
        .ok_or(Refusal::NotFound)?;
    let group = written_group(call, group, false)?;
    let answer = json::group(call.account, &group);
    call.account.nomenclature_groups.insert(id, group);
    Ok(answer.into())
}

fn written_group(
    call: &Call<'_>,
    mut group: NomenclatureGroup,
    creating: bool,
) -> Result<NomenclatureGroup, Refusal> {
    let body = call.params.section("nomenclature_group");
    let all = &call.account.nomenclature_groups;
    let mut mistakes = Mistakes::default();
    if creating {
        required(body, "code", &mut group.code, true, &mut mistakes);
    }
    required(body, "name", &mut group.name, creating, &mut mistakes);
    body.patch_id("parent_id", &mut group.parent_id);
    body.patch_flag("active", &mut group.active);
    if group
        .parent_id
        .is_some_and(|id| id == group.id || !all.contains_key(&id))
    {
        mistakes.add("parent_id", NO_RECORD);
    }
    unique(
        all,
        group.id,
        &group.code,
        |other| &other.code,
        &mut mistakes,
    );
    mistakes.check()?;
    Ok(group)
}

fn items(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let params = call.params;
    let items = Keyset::read(call.account, params)?.of(&call.account.nomenclature_items, |item| {
        wanted(params, &item.code, &item.name)
            && of_types(params, &item.kind)
            && in_group(params, item.group_id)
    });
    Ok(Json::list(items.into_iter().map(|item| json::item(call.account, item))).into())
}

fn item(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let item = call
        .account
        .nomenclature_items
        .get(&call.id(0)?)
        .ok_or(Refusal::NotFound)?;
    Ok(json::item(call.account, item).into())
}

fn create_item(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = next_in(&call.account.nomenclature_items);
    let item = NomenclatureItem {
        id,
        active: true,
        ..NomenclatureItem::default()
    };
    let item = written_item(call, item, true)?;
    let answer = json::item(call.account, &item);
    call.account.nomenclature_items.insert(id, item);
    Ok(call.created(answer))
}

fn update_item(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(0)?;
    let item = call
        .account
        .nomenclature_items
        .get(&id)
        .cloned()
        .ok_or(Refusal::NotFound)?;
    let item = written_item(call, item, false)?;
    let answer = json::item(call.account, &item);
    call.account.nomenclature_items.insert(id, item);
    Ok(answer.into())
}

fn written_item(
    call: &Call<'_>,
    mut item: NomenclatureItem,
    creating: bool,
) -> Result<NomenclatureItem, Refusal> {
    let body = call.params.section("nomenclature_item");
    let mut mistakes = Mistakes::default();
    required(body, "code", &mut item.code, creating, &mut mistakes);
    required(body, "name", &mut item.name, creating, &mut mistakes);
    required(body, "item_type", &mut item.kind, creating, &mut mistakes);
    required(body, "unit", &mut item.unit, creating, &mut mistakes);
    if !item.kind.is_empty() && !TYPES.contains(&item.kind.as_str()) {
        mistakes.add("item_type", BAD_VALUE);
    }
    body.patch_text("description", &mut item.description);
    body.patch_text("vendor_code", &mut item.vendor_code);
    body.patch_id("group_id", &mut item.group_id);
    body.patch_flag("active", &mut item.active);
    if item
        .group_id
        .is_some_and(|id| !call.account.nomenclature_groups.contains_key(&id))
    {
        mistakes.add("group_id", NO_RECORD);
    }
    unique(
        &call.account.nomenclature_items,
        item.id,
        &item.code,
        |other| &other.code,
        &mut mistakes,
    );
    mistakes.check()?;
    Ok(item)
}

fn lines(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let list = list_id(call)?;
    let params = call.params;
    let lines = Keyset::read(call.account, params)?.of(&call.account.price_lines, |line| {
        let item = line
            .item_id
            .and_then(|id| call.account.nomenclature_items.get(&id));
        line.price_list_id == list
            && wanted(params, &line.code, &line.name)
            && of_types(params, &line.kind)
            && in_group(params, item.and_then(|item| item.group_id))
    });
    Ok(Json::list(
        lines
            .into_iter()
            .map(|line| json::nomenclature_line(call.account, line)),
    )
    .into())
}

fn create_line(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let price_list_id = list_id(call)?;
    let body = call.params.section("service");
    let mut mistakes = Mistakes::default();
    let item_id = mistakes.require("nomenclature_item_id", body.id("nomenclature_item_id"));
    let item = item_id.and_then(|id| call.account.nomenclature_items.get(&id));
    if item_id.is_some() && item.is_none() {
        mistakes.add("nomenclature_item_id", NO_RECORD);
    }
    let is_taken =
        |line: &PriceLine| line.price_list_id == price_list_id && line.item_id == item_id;
    if item_id.is_some() && call.account.price_lines.values().any(is_taken) {
        mistakes.add("nomenclature_item_id", TAKEN);
    }
    let item = item.cloned().unwrap_or_default();
    let mut line = PriceLine {
        id: next_in(&call.account.price_lines),
        price_list_id,
        item_id,
        code: item.code,
        name: item.name,
        kind: item.kind,
        unit: item.unit,
        visible: true,
        description: item.description,
        ..PriceLine::default()
    };
    price(call, &mut line, true, &mut mistakes);
    mistakes.check()?;
    let answer = json::nomenclature_line(call.account, &line);
    call.account.price_lines.insert(line.id, line);
    Ok(call.created(answer))
}

fn update_line(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (list, id) = (list_id(call)?, call.id(1)?);
    let line = call
        .account
        .price_lines
        .get(&id)
        .filter(|line| line.price_list_id == list);
    let mut line = line.cloned().ok_or(Refusal::NotFound)?;
    let mut mistakes = Mistakes::default();
    price(call, &mut line, false, &mut mistakes);
    call.params
        .section("service")
        .patch_flag("visible", &mut line.visible);
    mistakes.check()?;
    let answer = json::nomenclature_line(call.account, &line);
    call.account.price_lines.insert(id, line);
    Ok(answer.into())
}
