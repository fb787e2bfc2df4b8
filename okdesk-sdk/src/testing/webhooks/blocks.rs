//! The `issue` block of a webhook and the pieces all blocks share. Nothing here is like REST.

use jiff::Timestamp;

use crate::testing::dialect::Switch;
use crate::testing::json::clients::{catalogue_ref, schedule};
use crate::testing::json::issues::{child_ids, status};
use crate::testing::json::shared;
use crate::testing::json::{Json, object};
use crate::testing::state::Account;
use crate::testing::state::attachments::{Attachment, Owner};
use crate::testing::state::clients::MaintenanceEntity;
use crate::testing::state::custom::{self, AttributeOwner, Value, Values};
use crate::testing::state::events::Assignment;
use crate::testing::state::issues::{Issue, TimeEntry};
use crate::testing::state::people::Actor;

pub(super) fn date(account: &Account, at: Option<Timestamp>) -> Json {
    at.map(|at| account.date(at)).into()
}

/// `{first_name, last_name, patronymic, id}`
pub(super) fn person(account: &Account, actor: Actor) -> Json {
    let (last_name, first_name, patronymic) = account.actor_names(actor);
    let id = match actor {
        Actor::Employee(id) | Actor::Contact(id) => Some(id),
        Actor::System => None,
    };
    object! { "first_name": first_name, "last_name": last_name, "patronymic": patronymic, "id": id }
}

/// A person with its kind.
pub(super) fn author(account: &Account, actor: Actor) -> Json {
    if actor == Actor::System && account.speaks(Switch::WebhookAutomationAuthorNull) {
        return Json::Null;
    }
    let mut json = person(account, actor);
    json.push(
        "type",
        if matches!(actor, Actor::Contact(_)) {
            "contact"
        } else {
            "employee"
        },
    );
    json
}

pub(super) fn group(account: &Account, id: Option<u64>) -> Json {
    let group = id.and_then(|id| account.dictionaries.group(id));
    group.map_or(
        Json::Null,
        |group| object! { "name": &group.name, "id": group.id },
    )
}

/// `{group, employee}`
pub(super) fn assignment(account: &Account, assignment: Assignment) -> Json {
    if assignment == Assignment::default() && account.speaks(Switch::WebhookClearedAssigneeNull) {
        return Json::Null;
    }
    object! {
        "group": group(account, assignment.group_id),
        "employee": assignment.employee_id.map(|id| person(account, Actor::Employee(id))),
    }
}

pub(super) fn coexecutor(account: &Account, employee_id: u64) -> Json {
    let group_id = account.usual_group(Some(employee_id));
    assignment(
        account,
        Assignment {
            group_id,
            employee_id: Some(employee_id),
        },
    )
}

pub(super) fn attachment(account: &Account, file: &Attachment) -> Json {
    object! {
        "id": file.id,
        "is_public": file.is_public,
        "attachment_file_name": &file.file_name,
        "description": &file.description,
        "attachment_file_size": file.content.len(),
        "created_at": account.date(file.created_at),
    }
}

pub(super) fn attachments(account: &Account, ids: &[u64]) -> Json {
    Json::list(
        ids.iter()
            .filter_map(|id| account.attachments.get(id))
            .map(|file| attachment(account, file)),
    )
}

/// The value of a custom attribute.
pub(super) fn value(account: &Account, value: &Value) -> Json {
    match value {
        Value::List(items) if account.speaks(Switch::WebhookMultiselectText) => {
            items.join(", ").into()
        }
        value => shared::value(value),
    }
}

/// `[{code, name, type, value}]`, all that apply or only the named ones.
pub(super) fn parameters(
    account: &Account,
    owner: AttributeOwner,
    narrower: Option<&str>,
    values: &Values,
    only: Option<&[String]>,
) -> Json {
    let applicable = custom::applicable(&account.attributes, owner, narrower);
    let wanted =
        applicable.filter(|attribute| only.is_none_or(|only| only.contains(&attribute.code)));
    Json::list(wanted.map(|attribute| {
        object! {
            "code": &attribute.code,
            "name": &attribute.name,
            "type": attribute.kind.code(),
            "value": value(account, values.get(&attribute.code)),
        }
    }))
}

pub(super) fn time_entry(account: &Account, entry: &TimeEntry) -> Json {
    let mut json = object! {
        "id": entry.id,
        "comment": entry.comment.clone().unwrap_or_default(),
        "spent_time": entry.spent_time,
        "employee": person(account, Actor::Employee(entry.employee_id)),
    };
    if !account.speaks(Switch::WebhookTimeEntryUndated) {
        json.push("logged_at", account.date(entry.logged_at));
    }
    json
}

/// `{string_value, coordinates}`
pub(super) fn address(text: Option<&String>, coordinates: Option<[f64; 2]>) -> Json {
    object! { "string_value": text.cloned().unwrap_or_default(), "coordinates": coordinates }
}

pub(super) fn observers(
    account: &Account,
    employees: &[u64],
    contacts: Option<&[u64]>,
    groups: &[u64],
) -> Json {
    let mut json = object! { "employees": Json::list(employees.iter().map(|id| person(account, Actor::Employee(*id)))) };
    if let Some(contacts) = contacts {
        json.push(
            "contacts",
            Json::list(
                contacts
                    .iter()
                    .map(|id| person(account, Actor::Contact(*id))),
            ),
        );
    }
    json.push(
        "groups",
        Json::list(groups.iter().map(|id| group(account, Some(*id)))),
    );
    json
}

pub(super) fn issue_type(account: &Account, code: &str, with_inner: bool) -> Json {
    let kind = account.dictionaries.issue_type(code);
    kind.map_or(Json::Null, |kind| {
        let mut json = object! { "code": &kind.code, "name": &kind.name };
        if with_inner {
            json.push("inner", kind.inner);
        }
        json
    })
}

pub(super) fn priority(account: &Account, code: &str) -> Json {
    let priority = account.dictionaries.priority(code);
    priority.map_or(
        Json::Null,
        |one| object! { "code": &one.code, "name": &one.name },
    )
}

/// Rates as this account's webhooks call them.
pub(super) fn rate(account: &Account, issue: &Issue) -> Json {
    let rate = issue.rate.as_deref().map(|rate| match rate {
        "bad" if account.speaks(Switch::WebhookRateWords) => "poor".to_owned(),
        rate => rate.to_owned(),
    });
    rate.into()
}

const NOT_IN_DELETED: &[&str] = &[
    "child_ids",
    "rate",
    "equipments",
    "coexecutors",
    "observers",
    "attachments",
];

/// The whole block, in the key order of recorded bodies; of a deleted issue some keys are left out.
pub(super) fn issue(account: &Account, issue: &Issue) -> Json {
    let company = issue.company_id.and_then(|id| account.companies.get(&id));
    let entity = issue
        .maintenance_entity_id
        .and_then(|id| account.maintenance_entities.get(&id));
    let agreement = issue
        .agreement_id
        .and_then(|id| account.agreements.get(&id));
    let own_files = account
        .files_of(Owner::Issue(issue.id))
        .filter(|file| file.comment_id.is_none());
    let mut json = object! {
        "title": &issue.title,
        "planned_execution_in_hours": issue.planned_execution_in_minutes.map(|minutes| minutes / 60.0),
        "spent_time_total": issue.spent_time_total(),
        "id": issue.id,
        "parent_id": issue.parent_id,
        "child_ids": child_ids(account, issue),
        "description": &issue.description,
        "type": issue_type(account, &issue.kind, true),
        "priority": priority(account, &issue.priority),
        "status": status(account, &issue.status),
        "rate": rate(account, issue),
        "old_status": issue.old_status.as_ref().map(|code| status(account, code)),
        "client": object! {
            "company": company.map(|company| object! { "name": &company.name, "id": company.id }),
            "contact": issue.contact_id.map(|id| person(account, Actor::Contact(id))),
        },
        "agreement": agreement.map(|agreement| object! { "id": agreement.id, "title": &agreement.title }),
        "maintenance_entity": entity.map(|entity| place(account, entity)),
        "equipments": Json::list(issue.equipment_ids.iter().map(|id| equipment(account, *id))),
        "author": author(account, issue.author),
        "assignee": assignment(
            account,
            Assignment { group_id: issue.group_id, employee_id: issue.assignee_id },
        ),
        "coexecutors": Json::list(issue.coexecutor_ids.iter().map(|id| coexecutor(account, *id))),
        "observers": observers(
            account,
            &issue.observer_ids,
            Some(&issue.contact_observer_ids),
            &issue.observer_group_ids,
        ),
        "created_at": account.date(issue.created_at),
        "deadline_at": date(account, issue.deadline_at),
        "planned_reaction_at": date(account, issue.planned_reaction_at),
        "start_execution_until": date(account, issue.start_execution_until),
        "completed_at": date(account, issue.completed_at),
        "reacted_at": date(account, issue.reacted_at),
        "parameters": parameters(account, AttributeOwner::Issue, Some(&issue.kind), &issue.parameters, None),
        "attachments": Json::list(own_files.map(|file| attachment(account, file))),
    };
    if !account.speaks(Switch::WebhookDocumentedExtras) {
        json.retain(|key| key != "spent_time_total");
    }
    if issue.deleted {
        json.retain(|key| !NOT_IN_DELETED.contains(&key));
    }
    json
}

fn place(account: &Account, entity: &MaintenanceEntity) -> Json {
    let mut json = object! {
        "name": &entity.name,
        "id": entity.id,
        "address": address(entity.address.as_ref(), entity.coordinates),
    };
    if account.speaks(Switch::WebhookDocumentedExtras) {
        json.push("timezone", &entity.timezone);
        json.push("schedule", schedule(account, entity.schedule_id));
    }
    json
}

fn equipment(account: &Account, id: u64) -> Json {
    account.equipments.get(&id).map_or(Json::Null, |one| {
        object! {
            "serial_number": one.serial_number.clone().unwrap_or_default(),
            "inventory_number": one.inventory_number.clone().unwrap_or_default(),
            "id": one.id,
            "type": catalogue_ref(&account.equipment_kinds, Some(&one.kind)),
            "manufacturer": catalogue_ref(&account.equipment_manufacturers, one.manufacturer.as_deref()),
            "model": catalogue_ref(&account.equipment_models, one.model.as_deref()),
        }
    })
}
