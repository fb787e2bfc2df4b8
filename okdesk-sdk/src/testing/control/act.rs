//! What an employee, a contact or a key does in the interface, done over HTTP.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hyper::header::{CONTENT_SECURITY_POLICY, HeaderName};

use super::Call;
use crate::testing::engine::Engine;
use crate::testing::http::Reply;
use crate::testing::json::{object, snapshot};
use crate::testing::params::{FilePart, Param, Params};
use crate::testing::state::Account;
use crate::testing::state::attachments::{NewFile, read_files};
use crate::testing::state::events::Assignment;
use crate::testing::state::issue_creation::NewIssue;
use crate::testing::state::moment;
use crate::testing::state::people::Actor;
use crate::testing::state::refusal::{ABSENT, BAD_DATE, BAD_VALUE, Mistakes, NO_RECORD, Refusal};
use crate::testing::state::status_change::NewStatus;

/// `POST /_sim/issues`
pub(super) fn create(engine: &Engine, params: &Params) -> Result<Reply, Refusal> {
    let files = files(params)?;
    engine.act(|account| {
        let author = actor(account, params)?;
        let contact_id = params.id("contact_id").or(match author {
            Actor::Contact(id) => Some(id),
            _ => None,
        });
        let id = account.create_issue(
            NewIssue {
                title: params.text("title"),
                description: params.text("description"),
                company_id: params.id("company_id"),
                contact_id,
                maintenance_entity_id: params.id("maintenance_entity_id"),
                assignee_id: params.id("assignee_id"),
                kind: params.text("type"),
                priority: params.text("priority"),
                custom_parameters: params.map("custom_parameters").cloned(),
                files,
                ..NewIssue::default()
            },
            author,
        )?;
        issue(account, id)
    })
}

/// `POST /_sim/issues/{id}/{action}`
pub(super) fn on_issue(call: &Call<'_>, action: &str) -> Result<Reply, Refusal> {
    let Call { engine, id, params } = *call;
    let files = files(params)?;
    engine.act(|account| {
        let author = actor(account, params)?;
        match action {
            "comments" => {
                let public = params.flag("public").unwrap_or(true);
                account.comment(id, params.text("content"), public, author, files)?;
            }
            "files" if files.is_empty() => return Err(Refusal::field("attachments", ABSENT)),
            "files" => {
                account.add_files(id, files, author)?;
            }
            "status" => {
                let new = NewStatus {
                    code: params.text("code"),
                    delay_to: date(account, params, "delay_to")?,
                    comment: params.text("comment"),
                    comment_public: params.flag("comment_public").unwrap_or(true),
                    custom_parameters: params.map("custom_parameters").cloned(),
                    ..NewStatus::default()
                };
                account.change_status(id, new, author)?;
            }
            "assignee" => {
                let employee_id = params.id("employee_id");
                let group_id = params
                    .id("group_id")
                    .or_else(|| account.usual_group(employee_id));
                account.assign(
                    id,
                    Assignment {
                        group_id,
                        employee_id,
                    },
                    author,
                )?;
            }
            "deadline" => {
                let at = date(account, params, "deadline_at")?;
                account.set_deadline(id, at, author)?;
            }
            "type" => account.set_type(id, params.text("code"), author)?,
            "priority" => account.set_priority(id, params.text("code"), author)?,
            "parameters" => {
                account.set_issue_parameters(id, params.map("custom_parameters"), author)?
            }
            "rate" => account.rate(id, params.text("rate"), author)?,
            "coexecutors" => {
                let helper = params
                    .id("employee_id")
                    .ok_or_else(|| Refusal::field("employee_id", ABSENT))?;
                account.set_coexecutor(id, helper, params.flag("on").unwrap_or(true), author)?;
            }
            "merge" => {
                let into = params
                    .id("into")
                    .ok_or_else(|| Refusal::field("into", ABSENT))?;
                account.merge_issue(id, into, author)?;
                return issue(account, into);
            }
            "delete" => {
                account.delete_issue(id, author)?;
                return Ok(Reply::empty(204));
            }
            _ => return Err(Refusal::NotFound),
        }
        issue(account, id)
    })
}

fn issue(account: &Account, id: u64) -> Result<Reply, Refusal> {
    let json = snapshot::issue(account, account.issue(id)?);
    Ok(Reply::json(200, &super::view::with_addresses(json)))
}

/// Who acts: `employee_id`, `contact_id` as `as: "contact"`, or the administrator.
fn actor(account: &Account, params: &Params) -> Result<Actor, Refusal> {
    let actor = match (params.text("as").as_deref(), params.id("as_id")) {
        (None, None) => Actor::Employee(1),
        (None | Some("employee"), Some(id)) => Actor::Employee(id),
        (Some("contact"), Some(id)) => Actor::Contact(id),
        (Some("system"), _) => Actor::System,
        _ => return Err(Refusal::field("as", BAD_VALUE)),
    };
    if account.actor_exists(actor) {
        Ok(actor)
    } else {
        Err(Refusal::field("as_id", NO_RECORD))
    }
}

fn date(
    account: &Account,
    params: &Params,
    name: &str,
) -> Result<Option<jiff::Timestamp>, Refusal> {
    let Some(text) = params.text(name) else {
        return Ok(None);
    };
    moment::read_written(&text, account.zone)
        .map(Some)
        .ok_or_else(|| Refusal::field(name, BAD_DATE))
}

/// Files from multipart as in the API, or from JSON: `attachments: [{name, content_base64, is_public}]`.
fn files(params: &Params) -> Result<Vec<NewFile>, Refusal> {
    let mut mistakes = Mistakes::default();
    let mut files = Vec::new();
    match params.get("attachments") {
        Some(Param::List(items)) => {
            for (at, item) in items.iter().enumerate() {
                let Param::Map(item) = item else { continue };
                let content = item
                    .text("content_base64")
                    .and_then(|text| BASE64_STANDARD.decode(text.trim()).ok());
                match (item.text("name"), content) {
                    (Some(name), Some(content)) => files.push(NewFile {
                        part: FilePart {
                            name,
                            content_type: item.text("content_type"),
                            content: content.into(),
                        },
                        is_public: item.flag("is_public").unwrap_or(true),
                        description: item.text("description"),
                    }),
                    (None, _) => mistakes.add(format!("attachments.{at}.name"), ABSENT),
                    (_, None) => {
                        mistakes.add(format!("attachments.{at}.content_base64"), BAD_VALUE)
                    }
                }
            }
        }
        _ => files = read_files(params, true, &mut mistakes),
    }
    mistakes.check()?;
    Ok(files)
}

/// `GET /_sim/files/{id}`: the content itself, for people to look at.
pub(super) fn file(engine: &Engine, id: u64) -> Result<Reply, Refusal> {
    const SHOWN: &[&str] = &[
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "application/pdf",
        "text/plain",
    ];
    engine.act(|account| {
        let file = account.attachments.get(&id).ok_or(Refusal::NotFound)?;
        // Only what cannot carry a script is shown as what it claims to be.
        let content_type = SHOWN
            .iter()
            .find(|known| **known == file.content_type)
            .unwrap_or(&"application/octet-stream");
        Ok(Reply::new(200, content_type, file.content.clone())
            .with_header(HeaderName::from_static("x-content-type-options"), "nosniff")
            .with_header(CONTENT_SECURITY_POLICY, "sandbox"))
    })
}

pub(super) fn done() -> Reply {
    Reply::json(200, &object! { "ok": true })
}
