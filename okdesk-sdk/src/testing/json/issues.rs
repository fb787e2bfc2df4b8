//! Issues, comments and their files.

use std::borrow::Cow;

use super::shared::{
    attachment, author, company_ref, contact_ref, date, employee_ref, group_ref, group_refs,
    maybe_date, parameters, reference,
};
use super::{Json, object};
use crate::testing::dialect::Switch;
use crate::testing::state::Account;
use crate::testing::state::attachments::{Attachment, Owner};
use crate::testing::state::clients::Agreement;
use crate::testing::state::custom::AttributeOwner;
use crate::testing::state::issues::{Comment, Issue};
use crate::testing::state::moment::duration_in_words;

/// The single issue.
pub(crate) fn detail(account: &Account, issue: &Issue) -> Json {
    let dictionaries = &account.dictionaries;
    let kind = dictionaries.issue_type(&issue.kind).map(|kind| {
        object! {
            "id": kind.id,
            "code": &kind.code,
            "name": &kind.name,
            "available_for_client": kind.available_for_client,
        }
    });
    let last_comment = issue.comments.last().map(|comment| comment.published_at);
    let mut json = object! {
        "id": issue.id,
        "title": &issue.title,
        "description": &issue.description,
        "created_at": date(account, issue.created_at),
        "updated_at": date(account, issue.updated_at),
        "completed_at": maybe_date(account, issue.completed_at),
        "deadline_at": maybe_date(account, issue.deadline_at),
        "start_execution_until": maybe_date(account, issue.start_execution_until),
        "planned_reaction_at": maybe_date(account, issue.planned_reaction_at),
        "reacted_at": maybe_date(account, issue.reacted_at),
        "delayed_to": maybe_date(account, issue.delayed_to),
        "source": &issue.source,
        "spent_time_total": issue.spent_time_total(),
        "planned_execution_in_hours": issue.planned_execution_in_minutes.map(|minutes| minutes / 60.0),
        "company_id": issue.company_id,
        "group_id": issue.group_id,
        "service_object_id": issue.maintenance_entity_id,
        "parent_id": issue.parent_id,
        "coexecutors": Json::list(issue.coexecutor_ids.iter().map(|id| coexecutor(account, *id))),
        "equipment_ids": &issue.equipment_ids,
        "child_ids": child_ids(account, issue),
        "attachments": Json::list(
            account.files_of(Owner::Issue(issue.id)).map(|file| issue_file(account, file))
        ),
        "status_times": status_times(account, issue),
        "parameters": parameters(account, AttributeOwner::Issue, Some(&issue.kind), &issue.parameters),
        "comments": object! {
            "count": issue.comments.len(),
            "last_at": maybe_date(account, last_comment),
        },
        "type": kind,
        "priority": code_and_name(dictionaries.priority(&issue.priority).map(|one| (&one.code, &one.name))),
        "status": status(account, &issue.status),
        "old_status": issue.old_status.as_ref().map(|code| status(account, code)),
        "rate": object! { "id": issue.rate_id, "value": &issue.rate },
        "address": object! { "coordinates": issue.coordinates, "value": &issue.address },
        "observers": observers(account, issue),
        "observer_groups": group_refs(account, &issue.observer_group_ids),
        "contact": contact_ref(account, issue.contact_id),
        "assignee": employee_ref(account, issue.assignee_id),
        "agreement": issue.agreement_id.and_then(|id| account.agreements.get(&id)).map(agreement),
        "author": author(account, issue.author),
        "without_answer": issue.without_answer,
    };
    if account.speaks(Switch::OldIssueDetail) {
        json.retain(|key| !["coexecutors", "address", "without_answer"].contains(&key));
    }
    json
}

/// What a status change answers on some accounts.
pub(crate) fn status_only(account: &Account, issue: &Issue) -> Json {
    object! { "id": issue.id, "status": status(account, &issue.status) }
}

/// One element of `issues/list`.
pub(crate) fn element(account: &Account, issue: &Issue) -> Json {
    let dictionaries = &account.dictionaries;
    object! {
        "id": issue.id,
        "title": &issue.title,
        "created_at": date(account, issue.created_at),
        "completed_at": maybe_date(account, issue.completed_at),
        "deadline_at": maybe_date(account, issue.deadline_at),
        "delay_to": maybe_date(account, issue.delayed_to),
        "planned_reaction_at": maybe_date(account, issue.planned_reaction_at),
        "reacted_at": maybe_date(account, issue.reacted_at),
        "without_answer": issue.without_answer,
        "updated_at": date(account, issue.updated_at),
        "status": dictionaries.status(&issue.status).map(|one| coloured(&one.code, &one.name, &one.color)),
        "type": code_and_name(dictionaries.issue_type(&issue.kind).map(|one| (&one.code, &one.name))),
        "priority": dictionaries.priority(&issue.priority).map(|one| coloured(&one.code, &one.name, &one.color)),
        "company": company_ref(account, issue.company_id),
        "contact": contact_ref(account, issue.contact_id),
        "service_object": service_object(account, issue),
        "agreement": issue.agreement_id.and_then(|id| account.agreements.get(&id)).map(|agreement| {
            object! { "id": agreement.id, "title": &agreement.title }
        }),
        "equipments": Json::list(issue.equipment_ids.iter().map(|id| super::clients::equipment_in_issue(account, *id))),
        "start_execution": maybe_date(account, issue.start_execution_until),
        "author": author(account, issue.author),
    }
}

/// One element with exactly the keys of `fields[issue]`.
pub(crate) fn element_of(account: &Account, issue: &Issue, keys: &[String]) -> Json {
    let mut json = element(account, issue);
    let assignee = issue
        .assignee_id
        .and_then(|id| account.employees.get(&id))
        .map(|person| reference(person.id, person.name()));
    let nobody = match account.speaks(Switch::ListAssigneeNull) {
        true => Json::Null,
        false => object! { "id": Json::Null, "name": Json::Null },
    };
    json.push("assignee", assignee.unwrap_or(nobody));
    json.push(
        "parameters",
        parameters(
            account,
            AttributeOwner::Issue,
            Some(&issue.kind),
            &issue.parameters,
        ),
    );
    json.retain(|key| keys.iter().any(|wanted| wanted == key));
    json
}

pub(crate) fn comment(account: &Account, issue_id: u64, comment: &Comment) -> Json {
    let files = account
        .files_of(Owner::Issue(issue_id))
        .filter(|file| file.comment_id == Some(comment.id));
    object! {
        "id": comment.id,
        "content": &comment.content,
        "public": comment.public,
        "published_at": date(account, comment.published_at),
        "attachments": Json::list(files.map(|file| attachment(account, file))),
        "author": author(account, comment.author),
    }
}

/// The single file, with the address it can be fetched from.
pub(crate) fn file(account: &Account, file: &Attachment, url: String) -> Json {
    let mut json = attachment(account, file);
    json.push("attachment_url", url);
    json
}

pub(crate) fn child_ids(account: &Account, issue: &Issue) -> Json {
    Json::list(
        issue
            .child_ids
            .iter()
            .copied()
            .filter(|id| account.issue(*id).is_ok()),
    )
}

pub(crate) fn status(account: &Account, code: &str) -> Json {
    code_and_name(
        account
            .dictionaries
            .status(code)
            .map(|one| (&one.code, &one.name)),
    )
}

pub(crate) fn agreement(agreement: &Agreement) -> Json {
    object! {
        "id": agreement.id,
        "title": &agreement.title,
        "start_date": &agreement.start_date,
        "end_date": &agreement.end_date,
        "cost": agreement.cost,
        "crm_1c_id": &agreement.crm_1c_id,
        "company_ids": &agreement.company_ids,
    }
}

fn issue_file(account: &Account, file: &Attachment) -> Json {
    let mut json = attachment(account, file);
    if !account.speaks(Switch::OldIssueDetail) {
        json.push("comment_id", file.comment_id);
    }
    json
}

fn coexecutor(account: &Account, id: u64) -> Json {
    let mut json = employee_ref(account, Some(id));
    let group = account
        .employees
        .get(&id)
        .and_then(|person| person.group_ids.first().copied());
    json.push("group", group_ref(account, group));
    json
}

fn observers(account: &Account, issue: &Issue) -> Json {
    let employees = issue
        .observer_ids
        .iter()
        .map(|id| (*id, "employee", employee_ref(account, Some(*id))));
    let contacts = issue
        .contact_observer_ids
        .iter()
        .map(|id| (*id, "contact", contact_ref(account, Some(*id))));
    Json::list(employees.chain(contacts).map(|(id, kind, person)| {
        let name = match person {
            Json::Object(members) => members
                .into_iter()
                .find(|(key, _)| key == "name")
                .map(|(_, name)| name),
            _ => None,
        };
        object! { "id": id, "type": kind, "name": name.unwrap_or(Json::Null) }
    }))
}

fn service_object(account: &Account, issue: &Issue) -> Json {
    let entity = issue
        .maintenance_entity_id
        .and_then(|id| account.maintenance_entities.get(&id));
    entity.map_or(Json::Null, |entity| {
        let mut json = reference(entity.id, &entity.name);
        json.push(
            "timezone",
            super::clients::timezone(entity.timezone.as_deref()),
        );
        json
    })
}

fn status_times(account: &Account, issue: &Issue) -> Json {
    Json::Object(
        issue
            .status_seconds(account.now)
            .into_iter()
            .map(|(code, seconds)| {
                let text = duration_in_words(seconds);
                let times = object! { "total": text.clone(), "on_schedule_total": text };
                (Cow::Owned(code.to_owned()), times)
            })
            .collect(),
    )
}

fn code_and_name(pair: Option<(&String, &String)>) -> Json {
    pair.map_or(
        Json::Null,
        |(code, name)| object! { "code": code, "name": name },
    )
}

fn coloured(code: &String, name: &String, color: &String) -> Json {
    object! { "code": code, "name": name, "color": color }
}
