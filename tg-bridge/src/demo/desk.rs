//! The agent's half of the page: shows the account as Okdesk's own API shows it, and does what employees do.

use super::http::{Answer, Form, Refusal, done, file, json, read_json};
use super::stage::Stage;
use hyper::body::Incoming;
use hyper::{Method, Request};
use okdesk_sdk::model::{AttachmentId, EmployeeId, Html, IssueId};
use okdesk_sdk::testing::{Refused, Staff};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// Everything the right half shows.
#[derive(Serialize)]
struct State<'a> {
    account: Value,
    /// Issues that were there before the visitor came.
    seeded: &'a BTreeSet<u64>,
    outage: bool,
}

#[derive(Deserialize)]
struct Status {
    status: String,
    employee: u64,
    /// For statuses that delay: until when, and why.
    #[serde(default)]
    until: Option<String>,
    #[serde(default)]
    comment: Option<String>,
}

#[derive(Deserialize)]
struct Deadline {
    employee: u64,
    at: Option<String>,
}

#[derive(Deserialize)]
struct Assignee {
    employee: u64,
    to: Option<u64>,
}

pub(super) async fn route(
    stage: &Stage,
    path: &[&str],
    request: Request<Incoming>,
) -> Result<Answer, Refusal> {
    match (request.method(), path) {
        (&Method::GET, []) => json(&State {
            account: stage.okdesk.snapshot(),
            seeded: &stage.seeded,
            outage: stage.outage(),
        }),
        (&Method::POST, ["outage"]) => {
            stage.set_outage(true);
            done()
        }
        (&Method::POST, ["recover"]) => {
            stage.set_outage(false);
            done()
        }
        (&Method::POST, ["repeat"]) => {
            stage.repeat_webhooks();
            done()
        }
        (&Method::GET, ["files", id]) => attachment(stage, id),
        (&Method::POST, ["issues", id, what]) => {
            let issue = IssueId::new(number(id)?);
            act(stage, issue, what, request).await
        }
        _ => Err(Refusal::absent()),
    }
}

fn number(text: &str) -> Result<u64, Refusal> {
    text.parse().map_err(|_| Refusal::absent())
}

fn moment(text: &str) -> Result<jiff::Timestamp, Refusal> {
    text.parse()
        .map_err(|_| Refusal::bad("this is no moment in time"))
}

fn refused(refused: Refused) -> Refusal {
    Refusal::bad(refused.to_string())
}

async fn act(
    stage: &Stage,
    issue: IssueId,
    what: &str,
    request: Request<Incoming>,
) -> Result<Answer, Refusal> {
    let staff = |id: u64| -> Staff { stage.okdesk.staff(EmployeeId::new(id)) };
    match what {
        "comments" => {
            let form = Form::read(request).await?;
            let employee = form
                .number("employee")
                .ok_or_else(|| Refusal::bad("nobody writes"))?;
            let content = Html::from_text(form.text("content"));
            let mut comment = staff(employee).comment(issue, content.as_str());
            if form.text("public") != "true" {
                comment = comment.internal();
            }
            for file in form.files {
                comment = comment.attach(file.name, file.bytes);
            }
            comment.send().map_err(refused)?;
        }
        "status" => {
            let Status {
                status,
                employee,
                until,
                comment,
            } = read_json(request).await?;
            let mut change = staff(employee).change_status(issue, status);
            if let Some(until) = until {
                change = change.until(moment(&until)?);
            }
            if let Some(comment) = comment {
                change = change.comment(Html::from_text(&comment).as_str());
            }
            change.send().map_err(refused)?;
        }
        "deadline" => {
            let Deadline { employee, at } = read_json(request).await?;
            let at = at.as_deref().map(moment).transpose()?;
            staff(employee).set_deadline(issue, at).map_err(refused)?;
        }
        "assignee" => {
            let Assignee { employee, to } = read_json(request).await?;
            staff(employee)
                .assign(issue, to.map(EmployeeId::new))
                .map_err(refused)?;
        }
        _ => return Err(Refusal::absent()),
    }
    done()
}

/// A file of an issue, for the agent to look at.
fn attachment(stage: &Stage, id: &str) -> Result<Answer, Refusal> {
    let (name, bytes) = stage
        .okdesk
        .file(AttachmentId::new(number(id)?))
        .ok_or_else(Refusal::absent)?;
    Ok(file(
        mime_guess::from_path(&name)
            .first_or_octet_stream()
            .essence_str(),
        bytes,
    ))
}
