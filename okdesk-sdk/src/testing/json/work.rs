//! Time entries and check lists.

use super::shared::{date, maybe_date, parameters};
use super::{Json, object};
use crate::testing::state::Account;
use crate::testing::state::custom::AttributeOwner;
use crate::testing::state::issues::{CheckListItem, CheckListParameter, Issue, TimeEntry};

pub(crate) fn time_entries(account: &Account, issue: &Issue) -> Json {
    object! {
        "spent_time_total": issue.spent_time_total(),
        "time_entries": Json::list(issue.time_entries.iter().map(|entry| time_entry(account, entry))),
    }
}

pub(crate) fn time_entry(account: &Account, entry: &TimeEntry) -> Json {
    let employee = account.employees.get(&entry.employee_id);
    object! {
        "id": entry.id,
        "comment": &entry.comment,
        "spent_time": entry.spent_time,
        "logged_at": date(account, entry.logged_at),
        "created_at": date(account, entry.created_at),
        "employee": employee.map(|one| object! { "id": one.id, "login": &one.login, "name": one.name() }),
        "parameters": parameters(account, AttributeOwner::TimeEntry, None, &entry.parameters),
    }
}

pub(crate) fn check_list(account: &Account, issue: &Issue, wrapped: bool) -> Json {
    let items = Json::list(
        issue
            .check_list
            .iter()
            .map(|item| check_list_item(account, item)),
    );
    if wrapped {
        object! { "check_list": object! { "items": items } }
    } else {
        items
    }
}

pub(crate) fn check_list_item(account: &Account, item: &CheckListItem) -> Json {
    object! {
        "id": item.id,
        "name": &item.name,
        "required": item.required,
        "visible_for_clients": item.visible_for_clients,
        "checked": item.checked_at.is_some(),
        "checked_at": maybe_date(account, item.checked_at),
        "checked_by_user_id": item.checked_by,
        "item_type": if item.header { "header" } else { "point" },
        "parent_id": item.parent_id,
        "planned_execution_in_hours": item.planned_execution_in_minutes.map(|minutes| minutes / 60.0),
        "position": item.position,
        "parameters": Json::list(item.parameters.iter().map(|one| check_list_parameter(account, one))),
    }
}

fn check_list_parameter(account: &Account, parameter: &CheckListParameter) -> Json {
    let files = parameter
        .attachment_ids
        .iter()
        .filter_map(|id| account.attachments.get(id));
    let value = if parameter.kind == "files" && !parameter.attachment_ids.is_empty() {
        Json::list(files.map(|file| {
            object! {
                "id": file.id,
                "attachment_file_name": &file.file_name,
                "attachment_file_size": file.content.len(),
                "created_at": date(account, file.created_at),
            }
        }))
    } else {
        (&parameter.value).into()
    };
    object! { "param_type": &parameter.kind, "required": parameter.required, "value": value }
}
