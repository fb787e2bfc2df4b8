//! Price lists and their lines, in the older section of the documentation.

use super::paging::Keyset;
use super::{Answer, Call, operations};
use crate::testing::json::{Json, price as json};
use crate::testing::state::next_in;
use crate::testing::state::price::PriceLine;
use crate::testing::state::refusal::{ABSENT, BAD_VALUE, BLANK, Mistakes, Refusal, TAKEN};

operations! {
    "price_lists.list", GET "price_lists", Employee => list;
    "price_lists.services_list", GET "price_lists/{}/services", Employee => services;
    "price_lists.service_create", POST "price_lists/{}/services", Employee => create;
    "price_lists.service_update", PATCH "price_lists/{}/services/{}", Employee => update;
}

const TYPES: &[&str] = &["service", "work", "product"];

fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let lists = Keyset::read(call.account, call.params)?.of(&call.account.price_lists, |_| true);
    Ok(Json::list(lists.into_iter().map(json::list)).into())
}

/// The price list of the path.
pub(super) fn list_id(call: &Call<'_>) -> Result<u64, Refusal> {
    let id = call.id(0)?;
    if call.account.price_lists.contains_key(&id) {
        Ok(id)
    } else {
        Err(Refusal::NotFound)
    }
}

fn services(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = list_id(call)?;
    let page = Keyset::read(call.account, call.params)?;
    let types = call.params.texts("types").filter(|types| !types.is_empty());
    let types = types.ok_or_else(|| Refusal::field("types", ABSENT))?;
    for (at, one) in types.iter().enumerate() {
        if !TYPES.contains(&one.as_str()) {
            return Err(Refusal::field(format!("types.{at}"), BAD_VALUE));
        }
    }
    let lines = page.of(&call.account.price_lines, |line| {
        line.price_list_id == id && types.contains(&line.kind)
    });
    Ok(Json::list(lines.into_iter().map(json::line)).into())
}

fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let price_list_id = list_id(call)?;
    let id = next_in(&call.account.price_lines);
    let line = written(
        call,
        PriceLine {
            id,
            price_list_id,
            visible: true,
            ..PriceLine::default()
        },
        true,
    )?;
    let answer = json::line(&line);
    call.account.price_lines.insert(id, line);
    Ok(call.created(answer))
}

fn update(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let list = list_id(call)?;
    let code = call.text(1);
    let lines = &call.account.price_lines;
    let line = lines
        .values()
        .find(|line| line.price_list_id == list && line.code == code);
    let line = written(call, line.cloned().ok_or(Refusal::NotFound)?, false)?;
    let answer = json::line(&line);
    call.account.price_lines.insert(line.id, line);
    Ok(answer.into())
}

fn written(call: &Call<'_>, mut line: PriceLine, creating: bool) -> Result<PriceLine, Refusal> {
    let body = call.params.section("service");
    let mut mistakes = Mistakes::default();
    let mut text = |name: &str, target: &mut String| match body.text(name) {
        Some(text) => *target = text,
        None if body.has(name) => mistakes.add(name, BLANK),
        None if creating => mistakes.add(name, ABSENT),
        None => {}
    };
    text("code", &mut line.code);
    text("name", &mut line.name);
    text("type", &mut line.kind);
    text("unit", &mut line.unit);
    if !line.kind.is_empty() && !TYPES.contains(&line.kind.as_str()) {
        mistakes.add("type", BAD_VALUE);
    }
    price(call, &mut line, creating, &mut mistakes);
    body.patch_flag("visible", &mut line.visible);
    body.patch_text("description", &mut line.description);
    let same = |other: &PriceLine| {
        other.id != line.id && other.price_list_id == line.price_list_id && other.code == line.code
    };
    if call.account.price_lines.values().any(same) {
        mistakes.add("code", TAKEN);
    }
    mistakes.check()?;
    Ok(line)
}

/// `price` and `nds`, alike in both sections.
pub(super) fn price(
    call: &Call<'_>,
    line: &mut PriceLine,
    creating: bool,
    mistakes: &mut Mistakes,
) {
    let body = call.params.section("service");
    for (name, target) in [("price", &mut line.price), ("nds", &mut line.nds)] {
        match body.number(name) {
            Some(amount) if amount >= 0.0 => *target = amount,
            Some(_) => mistakes.add(name, BAD_VALUE),
            None if creating => mistakes.add(name, ABSENT),
            None => {}
        }
    }
}
