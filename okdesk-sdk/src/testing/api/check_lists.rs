//! Check lists: what has to be done, ticked off one by one.

use super::{Answer, Call, operations};
use crate::testing::dialect::Switch;
use crate::testing::json::work as json;
use crate::testing::params::{Param, Params};
use crate::testing::state::attachments::{Owner, read_files_from};
use crate::testing::state::issues::{CheckListItem, CheckListParameter};
use crate::testing::state::people::Actor;
use crate::testing::state::refusal::{ABSENT, BAD_VALUE, BLANK, Mistakes, Refusal};

operations! {
    "check_lists.list", GET "issues/{}/check_lists/items", Employee => list;
    "check_lists.create", POST "issues/{}/check_lists/items", Employee => create;
    "check_lists.item_check", PATCH "issues/{}/check_lists/items/{}/check", Employee => check;
}

/// Items and headings of one issue.
const MOST_ITEMS: usize = 200;
/// Headings within headings.
const MOST_LEVELS: u32 = 2;

fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let issue = call.account.issue(call.id(0)?)?;
    Ok(json::check_list(call.account, issue, call.speaks(Switch::CheckListWrapped)).into())
}

fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(0)?;
    let mut position = call.account.issue(id)?.check_list.len() as u32;
    let mut mistakes = Mistakes::default();
    let given = call
        .params
        .map("check_list")
        .and_then(|list| list.list("items"));
    let given = mistakes
        .require("check_list.items", given)
        .unwrap_or_default();
    let mut items = Vec::new();
    for (at, item) in given.iter().enumerate() {
        read_item(
            call,
            item,
            &format!("check_list.items.{at}"),
            None,
            1,
            &mut position,
            &mut items,
            &mut mistakes,
        );
    }
    if call.account.issue(id)?.check_list.len() + items.len() > MOST_ITEMS {
        mistakes.add("check_list.items", format!("не больше {MOST_ITEMS}"));
    }
    mistakes.check()?;
    call.account.issue_mut(id)?.check_list.extend(items);
    Ok(call.created(json::check_list(
        call.account,
        call.account.issue(id)?,
        true,
    )))
}

#[expect(
    clippy::too_many_arguments,
    reason = "one place in a tree is all of these"
)]
fn read_item(
    call: &mut Call<'_>,
    item: &Param,
    field: &str,
    parent_id: Option<u64>,
    level: u32,
    position: &mut u32,
    items: &mut Vec<CheckListItem>,
    mistakes: &mut Mistakes,
) {
    let Param::Map(item) = item else {
        mistakes.add(field, BAD_VALUE);
        return;
    };
    let name = item.text("name");
    if name.is_none() {
        mistakes.add(format!("{field}.name"), ABSENT);
    }
    let header = match item.text("item_type").as_deref() {
        Some("header") if level <= MOST_LEVELS => true,
        Some("point") => false,
        _ => {
            mistakes.add(format!("{field}.item_type"), BAD_VALUE);
            return;
        }
    };
    let id = call.account.next.service_wide();
    *position += 1;
    let required = |code: &str| item.list(code).is_some_and(|codes| !codes.is_empty());
    items.push(CheckListItem {
        id,
        name: name.unwrap_or_default(),
        header,
        parent_id,
        required: required("required_to_status_codes") || required("required_from_status_codes"),
        visible_for_clients: item.flag("visible_for_clients").unwrap_or(false),
        checked_at: None,
        checked_by: None,
        planned_execution_in_minutes: item.number("planned_execution_in_minutes"),
        position: *position,
        parameters: item
            .map("parameters")
            .map(read_parameters)
            .unwrap_or_default(),
    });
    for (at, child) in item.list("children").unwrap_or_default().iter().enumerate() {
        let field = format!("{field}.children.{at}");
        read_item(
            call,
            child,
            &field,
            Some(id),
            level + 1,
            position,
            items,
            mistakes,
        );
    }
}

/// `{"files": "required", "text": "unrequired"}`
fn read_parameters(given: &Params) -> Vec<CheckListParameter> {
    given
        .iter()
        .filter(|(kind, _)| ["files", "text", "string"].contains(kind))
        .map(|(kind, rule)| CheckListParameter {
            kind: kind.to_owned(),
            required: rule.text().as_deref() == Some("required"),
            value: None,
            attachment_ids: Vec::new(),
        })
        .collect()
}

fn check(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (id, item_id) = (call.id(0)?, call.id(1)?);
    let body = match call.speaks(Switch::CheckItemFlat) {
        true => call.params,
        false => call.params.section("check_list_item"),
    };
    let mut mistakes = Mistakes::default();
    let checked = mistakes.require("checked", body.flag("checked"));
    let none = Params::default();
    let given = body.map("item_parameters").unwrap_or(&none);
    let mut files = read_files_from(given, "files", true, &mut mistakes);
    let issue = call.account.issue(id)?;
    let mut item = issue
        .check_list
        .iter()
        .find(|item| item.id == item_id)
        .cloned()
        .ok_or(Refusal::NotFound)?;
    for parameter in &mut item.parameters {
        if parameter.kind == "files" {
            for file in files.drain(..) {
                let file_id = call.account.store_file(Owner::Issue(id), None, file);
                if let Some(file) = call.account.attachments.get_mut(&file_id) {
                    file.check_list_item_id = Some(item_id);
                }
                parameter.attachment_ids.push(file_id);
            }
        } else if given.has(&parameter.kind) {
            parameter.value = given.text(&parameter.kind);
        }
        let is_empty = parameter.value.is_none() && parameter.attachment_ids.is_empty();
        if checked == Some(true) && parameter.required && is_empty {
            mistakes.add(format!("item_parameters.{}", parameter.kind), BLANK);
        }
    }
    mistakes.check()?;
    item.checked_at = (checked == Some(true)).then_some(call.account.now);
    item.checked_by = match (checked, call.actor) {
        (Some(true), Actor::Employee(id)) => Some(id),
        _ => None,
    };
    let answer = json::check_list_item(call.account, &item);
    if let Some(kept) = call
        .account
        .issue_mut(id)?
        .check_list
        .iter_mut()
        .find(|kept| kept.id == item_id)
    {
        *kept = item;
    }
    Ok(answer.into())
}
