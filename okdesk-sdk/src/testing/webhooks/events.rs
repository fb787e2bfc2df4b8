//! The `event` block of each of the 21 webhooks, and the whole body.

use super::blocks::{
    assignment, attachment, attachments, author, coexecutor, date, issue, issue_type, parameters,
    priority, rate, time_entry,
};
use super::clients;
use crate::testing::dialect::Switch;
use crate::testing::json::issues::status;
use crate::testing::json::{Json, object, shared};
use crate::testing::state::Account;
use crate::testing::state::attachments::Owner;
use crate::testing::state::custom::{AttributeOwner, Change, Value};
use crate::testing::state::events::{Assignment, FieldChange, Happening, IssueEvent, What};
use crate::testing::state::issues::Issue;

/// Event type, and the body; nothing if the record is gone meanwhile.
pub(crate) fn render(account: &Account, happening: &Happening) -> Option<(&'static str, Json)> {
    let by = || author(account, happening.author);
    let created = |name| (name, object! { "event_type": name, "author": by() });
    let changed = |name, fields: &[FieldChange], custom: &[Change]| {
        (
            name,
            object! { "event_type": name, "author": by(), "changes": changes(account, fields, custom) },
        )
    };
    let ((name, event), entity, block) = match &happening.what {
        What::Issue(id, event) => {
            let record = account.issues.get(id)?;
            let mut block = issue(account, record);
            if matches!(event, IssueEvent::Assigned { .. })
                && account.speaks(Switch::WebhookNewAssigneeInIssue)
            {
                block.push("new_assignee", assignment(account, current(record)));
            }
            (
                issue_event(account, happening, record, event),
                "issue",
                block,
            )
        }
        What::EquipmentCreated(id) => {
            let event = object! { "event_type": "new_equipment" };
            let block = clients::equipment(account, account.equipments.get(id)?, happening.author);
            (("new_equipment", event), "equipment", block)
        }
        What::EquipmentChanged(id, fields, custom) => {
            let block = clients::equipment(account, account.equipments.get(id)?, happening.author);
            (
                changed("change_equipment", fields, custom),
                "equipment",
                block,
            )
        }
        What::CompanyCreated(id) => (
            created("new_company"),
            "company",
            clients::company(account, account.companies.get(id)?),
        ),
        What::CompanyChanged(id, fields, custom) => {
            let block = clients::company(account, account.companies.get(id)?);
            (changed("change_company", fields, custom), "company", block)
        }
        What::AgreementCreated(id) => (
            created("new_agreement"),
            "agreement",
            clients::agreement(account, account.agreements.get(id)?),
        ),
        What::AgreementChanged(id, fields, custom) => {
            let block = clients::agreement(account, account.agreements.get(id)?);
            (
                changed("change_agreement", fields, custom),
                "agreement",
                block,
            )
        }
        What::MaintenanceEntityCreated(id) => {
            let block = clients::maintenance_entity(account, account.maintenance_entities.get(id)?);
            (created("new_service_aim"), "service_aim", block)
        }
        What::MaintenanceEntityChanged(id, fields, custom) => {
            let block = clients::maintenance_entity(account, account.maintenance_entities.get(id)?);
            (
                changed("change_service_aim", fields, custom),
                "service_aim",
                block,
            )
        }
    };
    let mut body = object! { "event": event };
    body.push(entity, block);
    if account.speaks(Switch::WebhookStringIds) {
        numbers_to_text(&mut body);
    }
    Some((name, body))
}

fn issue_event(
    account: &Account,
    happening: &Happening,
    record: &Issue,
    event: &IssueEvent,
) -> (&'static str, Json) {
    let by = author(account, happening.author);
    let json = match event {
        IssueEvent::Created => {
            let mut json = object! { "event_type": "new_ticket" };
            if account.speaks(Switch::WebhookNewTicketSource) {
                json.push("source", &record.source);
            }
            return ("new_ticket", json);
        }
        IssueEvent::StatusChanged {
            old,
            new,
            comment_id,
            parameters: codes,
            time_entry_ids,
            old_assignment,
        } => {
            let entries = record
                .time_entries
                .iter()
                .filter(|entry| time_entry_ids.contains(&entry.id));
            let mut entries = entries.map(|entry| time_entry(account, entry));
            let time_entries = if account.speaks(Switch::WebhookTimeEntryObject) {
                entries.next().unwrap_or(Json::Null)
            } else {
                Json::list(entries)
            };
            let files = comment_id.map_or(Json::Null, |id| {
                match files_of_comment(account, record, id) {
                    Json::List(files) if files.is_empty() => Json::Null,
                    files => files,
                }
            });
            object! {
                "event_type": "new_ticket_status",
                "author": by,
                "old_status": status(account, old),
                "new_status": status(account, new),
                "comment": comment_id.map(|id| comment(record, id)),
                "attachments": files,
                "parameters": parameters(
                    account,
                    AttributeOwner::Issue,
                    Some(&record.kind),
                    &record.parameters,
                    Some(codes),
                ),
                "time_entries": time_entries,
                "old_assignee": assignment(account, *old_assignment),
                "new_assignee": assignment(account, current(record)),
            }
        }
        IssueEvent::Assigned { old } => object! {
            "event_type": "new_assignee",
            "author": by,
            "old_assignee": assignment(account, *old),
            "new_assignee": assignment(account, current(record)),
        },
        IssueEvent::TypeChanged { old } => object! {
            "event_type": "update_issue_work_type",
            "old_type": issue_type(account, old, account.speaks(Switch::WebhookDocumentedExtras)),
            "new_type": issue_type(account, &record.kind, account.speaks(Switch::WebhookDocumentedExtras)),
            "author": by,
        },
        IssueEvent::PriorityChanged { old } => object! {
            "event_type": "new_priority",
            "author": by,
            "old_priority": changed_priority(account, old),
            "new_priority": changed_priority(account, &record.priority),
        },
        IssueEvent::Commented { comment_id } => object! {
            "event_type": "new_comment",
            "author": by,
            "comment": comment(record, *comment_id),
            "attachments": files_of_comment(account, record, *comment_id),
        },
        IssueEvent::Rated => object! {
            "event_type": "new_csat_rate",
            "rate": rate(account, record),
            "author": by,
        },
        IssueEvent::FilesAdded { attachment_ids } => object! {
            "event_type": "new_files",
            "author": by,
            "attachments": attachments(account, attachment_ids),
        },
        IssueEvent::DeadlineMoved { old, auto_recount } => object! {
            "event_type": "new_deadline",
            "deadline_at": object! {
                "auto_recount": *auto_recount,
                "old_value": date(account, *old),
                "new_value": date(account, record.deadline_at),
            },
            "author": by,
        },
        IssueEvent::CoexecutorAdded { employee_id } => object! {
            "event_type": "add_coexecutor",
            "author": by,
            "coexecutor": coexecutor(account, *employee_id),
        },
        IssueEvent::CoexecutorRemoved { employee_id } => object! {
            "event_type": "remove_coexecutor",
            "author": by,
            "coexecutor": coexecutor(account, *employee_id),
        },
        IssueEvent::ParametersChanged(changes) => object! {
            "event_type": "change_ticket_parameter",
            "author": by,
            "changed_parameters": Json::list(changes.iter().map(|change| object! {
                "code": &change.code,
                "before": changed_value(account, &change.before),
                "after": changed_value(account, &change.after),
            })),
        },
        IssueEvent::Deleted => object! { "event_type": "ticket_deleted", "author": by },
    };
    (event.name(), json)
}

fn changed_priority(account: &Account, code: &str) -> Json {
    let mut json = priority(account, code);
    if account.speaks(Switch::WebhookPriorityCodeOnly) {
        json.retain(|key| key == "code");
    }
    json
}

/// A value in `changed_parameters`.
fn changed_value(account: &Account, value: &Value) -> Json {
    match value {
        Value::Flag(flag) if account.speaks(Switch::WebhookChangedValuesText) => {
            flag.to_string().into()
        }
        Value::List(items) if account.speaks(Switch::WebhookChangedValuesText) => {
            items.join(", ").into()
        }
        value => shared::value(value),
    }
}

fn current(record: &Issue) -> Assignment {
    Assignment {
        group_id: record.group_id,
        employee_id: record.assignee_id,
    }
}

fn comment(record: &Issue, id: u64) -> Json {
    let comment = record.comments.iter().find(|comment| comment.id == id);
    comment.map_or(Json::Null, |comment| {
        object! { "id": comment.id, "is_public": comment.public, "content": &comment.content }
    })
}

fn files_of_comment(account: &Account, record: &Issue, id: u64) -> Json {
    let files = account
        .files_of(Owner::Issue(record.id))
        .filter(|file| file.comment_id == Some(id));
    Json::list(files.map(|file| attachment(account, file)))
}

/// Two kinds of elements in one array: fields one by one, custom attributes together.
fn changes(account: &Account, fields: &[FieldChange], custom: &[Change]) -> Json {
    let mut items: Vec<Json> = fields
        .iter()
        .map(|field| object! { "code": field.code, "old_value": &field.before, "new_value": &field.after })
        .collect();
    if !custom.is_empty() {
        let parameters = custom.iter().map(|change| {
            let attribute = account
                .attributes
                .iter()
                .find(|attribute| attribute.code == change.code);
            object! {
                "code": &change.code,
                "name": attribute.map(|attribute| &attribute.name),
                "type": attribute.map(|attribute| attribute.kind.code()),
                "old_value": shared::value(&change.before),
                "new_value": shared::value(&change.after),
            }
        });
        if account.speaks(Switch::WebhookChangesFlat) {
            items.extend(parameters);
        } else {
            items.push(object! { "parameters": Json::list(parameters) });
        }
    }
    Json::List(items)
}

/// The documentation quotes every number but those of `child_ids` and coordinates.
fn numbers_to_text(json: &mut Json) {
    match json {
        Json::Int(number) => *json = number.to_string().into(),
        Json::Number(number) => *json = number.to_string().into(),
        Json::List(items) => items.iter_mut().for_each(numbers_to_text),
        Json::Object(members) => {
            for (key, value) in members {
                if key != "child_ids" && key != "coordinates" {
                    numbers_to_text(value);
                }
            }
        }
        _ => {}
    }
}
