//! One issue: created, read, changed, rated, deleted; its files.

use super::{Answer, Call, operations};
use crate::testing::dialect::Switch;
use crate::testing::json::{Json, issues as json};
use crate::testing::params::{Param, Params};
use crate::testing::state::attachments::{Owner, read_files};
use crate::testing::state::events::Assignment;
use crate::testing::state::issue_creation::NewIssue;
use crate::testing::state::keys::Right;
use crate::testing::state::moment;
use crate::testing::state::people::Actor;
use crate::testing::state::refusal::{ABSENT, BAD_DATE, BAD_VALUE, Mistakes, NO_RECORD, Refusal};
use crate::testing::state::status_change::{NewStatus, NewTimeEntry};

operations! {
    "issues.create", POST "issues", Contact => create;
    "issues.get", GET "issues/{}", Contact => get;
    "issues.update", PATCH "issues/{}", Employee => update;
    "issues.update", PUT "issues/{}", Employee => update, with IssueByPut;
    "issues.delete", DELETE "issues/{}", Employee => delete;
    "issues.assignee_change", PATCH "issues/{}/assignees", Employee => assign;
    "issues.deadline_change", PATCH "issues/{}/deadlines", Employee => set_deadline;
    "issues.type_change", PATCH "issues/{}/types", Employee => set_type;
    "issues.priority_change", PATCH "issues/{}/priorities", Employee => set_priority;
    "issues.planned_execution_change", PATCH "issues/{}/planned_execution_in_minutes", Employee => set_planned_execution;
    "issues.parameters_change", POST "issues/{}/parameters", Employee => set_parameters, unless ParametersPatch;
    "issues.parameters_change", PATCH "issues/{}/parameters", Employee => set_parameters, with ParametersPatch;
    "issues.address_change", PATCH "issues/{}/addresses", Employee => set_address;
    "issues.status_change", POST "issues/{}/statuses", Contact => change_status;
    "issues.rate", POST "issues/{}/rates", Contact => rate;
    "issues.attachment_get", GET "issues/{}/attachments/{}", Contact => attachment;
}

fn detail(call: &Call<'_>, id: u64) -> Result<Json, Refusal> {
    Ok(json::detail(call.account, call.account.issue(id)?))
}

fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let body = call.params.section("issue");
    let mut mistakes = Mistakes::default();
    let author = author(call, body, &mut mistakes);
    let files = read_files(body, true, &mut mistakes);
    let deadline_at = date(call, body, "deadline_at", &mut mistakes);
    let start_execution_until = date(call, body, "start_execution_until", &mut mistakes);
    mistakes.check()?;
    let (company_id, contact_id) = client(call, body);
    let id = call.account.create_issue(
        NewIssue {
            title: body.text("title"),
            description: body.text("description"),
            company_id,
            contact_id,
            maintenance_entity_id: body.id("maintenance_entity_id"),
            agreement_id: body.id("agreement_id"),
            parent_id: body.id("parent_id"),
            assignee_id: body.id("assignee_id"),
            group_id: body.id("group_id"),
            observer_ids: body.ids("observer_ids").unwrap_or_default(),
            observer_group_ids: body.ids("observer_group_ids").unwrap_or_default(),
            contact_observer_ids: body.ids("contact_observer_ids").unwrap_or_default(),
            equipment_ids: body.ids("equipment_ids").unwrap_or_default(),
            kind: body.text("type"),
            priority: body.text("priority"),
            deadline_at,
            start_execution_until,
            planned_execution_in_minutes: body.number("planned_execution_in_minutes"),
            custom_parameters: body.map("custom_parameters").cloned(),
            files,
        },
        author,
    )?;
    Ok(call.created(detail(call, id)?))
}

/// Who opens the issue: the key's owner, or whom an administrator names.
fn author(call: &Call<'_>, body: &Params, mistakes: &mut Mistakes) -> Actor {
    let Some(named) = body
        .map("author")
        .filter(|_| call.right >= Right::Administrator)
    else {
        return call.actor;
    };
    let author = match (named.text("type").as_deref(), named.id("id")) {
        (Some("contact"), Some(id)) => Actor::Contact(id),
        (Some("employee") | None, Some(id)) => Actor::Employee(id),
        _ => {
            mistakes.add("author", BAD_VALUE);
            return call.actor;
        }
    };
    if !call.account.actor_exists(author) {
        mistakes.add("author.id", NO_RECORD);
    }
    author
}

/// Company and contact; a contact's own key brings the contact itself.
fn client(call: &Call<'_>, body: &Params) -> (Option<u64>, Option<u64>) {
    let nested = |what: &str| {
        body.map("client")
            .and_then(|client| client.map(what))
            .and_then(|one| one.id("id"))
    };
    let (mut company_id, mut contact_id) = (nested("company"), nested("contact"));
    if !call.speaks(Switch::IssueClientNested) {
        company_id = company_id.or_else(|| body.id("company_id"));
        contact_id = contact_id.or_else(|| body.id("contact_id"));
    }
    if let Actor::Contact(id) = call.actor {
        contact_id = Some(id);
    }
    (company_id, contact_id)
}

fn date(
    call: &Call<'_>,
    body: &Params,
    name: &str,
    mistakes: &mut Mistakes,
) -> Option<jiff::Timestamp> {
    let text = body.text(name)?;
    let at = moment::read_written(&text, call.account.zone);
    if at.is_none() {
        mistakes.add(name, BAD_DATE);
    }
    at
}

fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(0)?;
    match call.account.issue(id) {
        Err(Refusal::Merged { .. }) if call.speaks(Switch::MergedIssueMissing) => {
            Err(Refusal::Missing(id))
        }
        Err(Refusal::Merged { into }) if call.speaks(Switch::MergedIssueRedirects) => Ok(
            Answer::redirect(call.links.portal(&format!("/api/v1/issues/{into}"))),
        ),
        Err(Refusal::Merged { into }) => Ok(detail(call, into)?.into()),
        _ => {
            call.account.may_see(id, call.actor)?;
            Ok(detail(call, id)?.into())
        }
    }
}

/// Only title and description; all else is ignored without a word.
fn update(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(0)?;
    let body = call.params.section("issue");
    let given = |name: &str| body.has(name).then(|| body.text(name));
    call.account
        .update_issue(id, given("title"), given("description"))?;
    Ok(detail(call, id)?.into())
}

fn delete(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    call.account.delete_issue(call.id(0)?, call.actor)?;
    if call.speaks(Switch::DeleteAnswersJson) {
        return Ok(Json::Object(Vec::new()).into());
    }
    Ok(Answer::empty())
}

fn assign(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(0)?;
    let body = call.params.section("issue");
    let employee_id = body.id("assignee_id");
    let group_id = match body.has("group_id") {
        true => body.id("group_id"),
        false => call.account.usual_group(employee_id),
    };
    call.account.assign(
        id,
        Assignment {
            group_id,
            employee_id,
        },
        call.actor,
    )?;
    Ok(detail(call, id)?.into())
}

fn set_deadline(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(0)?;
    let body = call.params.section("issue");
    let mut mistakes = Mistakes::default();
    if !body.has("deadline_at") {
        mistakes.add("deadline_at", ABSENT);
    }
    let at = date(call, body, "deadline_at", &mut mistakes);
    mistakes.check()?;
    call.account.set_deadline(id, at, call.actor)?;
    Ok(detail(call, id)?.into())
}

fn set_type(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(0)?;
    call.account
        .set_type(id, call.params.section("issue").text("code"), call.actor)?;
    Ok(detail(call, id)?.into())
}

fn set_priority(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(0)?;
    call.account
        .set_priority(id, call.params.section("issue").text("code"), call.actor)?;
    Ok(detail(call, id)?.into())
}

fn set_planned_execution(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(0)?;
    let body = call.params.section("issue");
    let minutes = body.number("planned_execution_in_minutes");
    if minutes.is_none_or(|minutes| minutes < 0.0) {
        return Err(Refusal::field("planned_execution_in_minutes", BAD_VALUE));
    }
    call.account.issue_mut(id)?.planned_execution_in_minutes = minutes;
    Ok(detail(call, id)?.into())
}

fn set_parameters(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(0)?;
    let body = call.params.section("issue");
    call.account
        .set_issue_parameters(id, body.map("custom_parameters"), call.actor)?;
    Ok(Answer::empty())
}

fn set_address(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(0)?;
    let body = call.params.section("issue");
    let mut mistakes = Mistakes::default();
    let value = mistakes.require("value", body.text("value"));
    let coordinates = mistakes.require("coordinates", body.coordinates("coordinates"));
    mistakes.check()?;
    let issue = call.account.issue_mut(id)?;
    issue.address = value;
    issue.coordinates = coordinates;
    Ok(detail(call, id)?.into())
}

fn change_status(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(0)?;
    call.account.may_see(id, call.actor)?;
    let body = call.params.section("issue");
    let mut mistakes = Mistakes::default();
    let delay_to = date(call, body, "delay_to", &mut mistakes);
    let mut time_entries = Vec::new();
    for entry in body.list("time_entry").unwrap_or_default() {
        let Param::Map(entry) = entry else { continue };
        match entry
            .text("formatted_spent_time")
            .as_deref()
            .and_then(moment::hours_from_words)
        {
            Some(spent_time) => time_entries.push(NewTimeEntry {
                employee_id: match (entry.id("employee_id"), call.actor) {
                    (Some(id), _) | (None, Actor::Employee(id)) => id,
                    _ => 0,
                },
                spent_time,
                logged_at: call.account.now,
                comment: entry.text("comment"),
                custom_parameters: entry.map("custom_parameters").cloned(),
            }),
            None => mistakes.add("time_entry.formatted_spent_time", BAD_VALUE),
        }
    }
    mistakes.check()?;
    let skips = body.texts("skip_options").unwrap_or_default();
    call.account.change_status(
        id,
        NewStatus {
            code: body.text("code"),
            delay_to,
            comment: body.text("comment"),
            comment_public: body.flag("comment_public").unwrap_or(false),
            custom_parameters: body.map("custom_parameters").cloned(),
            time_entries,
            skip_webhooks: skips.iter().any(|skip| skip == "skip_webhooks"),
        },
        call.actor,
    )?;
    if call.speaks(Switch::StatusAnswerShort) {
        return Ok(json::status_only(call.account, call.account.issue(id)?).into());
    }
    Ok(detail(call, id)?.into())
}

fn rate(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(0)?;
    call.account.may_see(id, call.actor)?;
    let wrapped = call
        .params
        .map("issue")
        .and_then(|issue| issue.text("rate"));
    let flat = call.params.text("rate");
    let rate = if call.speaks(Switch::RateFlatOnly) {
        flat
    } else if call.speaks(Switch::RateWrappedOnly) {
        wrapped
    } else {
        wrapped.or(flat)
    };
    call.account.rate(id, rate, call.actor)?;
    Ok(detail(call, id)?.into())
}

fn attachment(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (id, attachment_id) = (call.id(0)?, call.id(1)?);
    call.account.may_see(id, call.actor)?;
    let file = call
        .account
        .attachments
        .get(&attachment_id)
        .filter(|file| file.owner == Owner::Issue(id))
        .filter(|file| file.is_public || !matches!(call.actor, Actor::Contact(_)))
        .ok_or(Refusal::NotFound)?;
    Ok(json::file(
        call.account,
        file,
        call.links.file(call.account, attachment_id),
    )
    .into())
}
