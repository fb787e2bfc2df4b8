//! Everything on the account's host that is not the API: the page at `/`, control under `/_sim/`.
//!
//! The control API is for programs in any language and is described by `openapi.json`. It asks for no key: the
//! simulator listens on loopback and keeps nothing worth a lock. Bodies must be JSON or multipart.

mod act;
mod plan;
mod view;

use std::sync::Arc;

use super::engine::Engine;
use super::http::{Reply, Request};
use super::json::{Json, errors, object, snapshot};
use super::params::Params;
use super::seed;
use super::state::people::Actor;
use super::state::refusal::Refusal;

const PAGE: &str = include_str!("page.html");
const OPENAPI: &str = include_str!("openapi.json");

pub(crate) async fn serve(engine: &Arc<Engine>, request: &Request) -> Reply {
    if request.method != "GET" && is_from_elsewhere(request) {
        return Reply::json(
            403,
            &object! { "errors": "a page of another origin may not do this" },
        );
    }
    let params = match request.params().await {
        Ok(params) => params,
        Err(refusal) => return refused(engine, &refusal),
    };
    let steps: Vec<&str> = request.path.trim_matches('/').split('/').collect();
    let outcome = match steps.as_slice() {
        ["_sim", rest @ ..] => control(engine, &request.method, rest, &params),
        [""] | ["issues", _] if request.method == "GET" => return Reply::html(200, PAGE),
        ["login"] if request.method == "GET" => return login(engine, &params),
        _ => return Reply::unknown_path(),
    };
    match outcome {
        Ok(reply) => reply,
        Err(refusal) => refused(engine, &refusal),
    }
}

/// Browsers say where a request comes from; programs do not.
fn is_from_elsewhere(request: &Request) -> bool {
    request.origin.as_ref().is_some_and(|origin| {
        !["http://127.0.0.1", "http://localhost", "http://[::1]"]
            .iter()
            .any(|own| {
                origin
                    .strip_prefix(own)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
            })
    })
}

fn control(
    engine: &Arc<Engine>,
    method: &str,
    steps: &[&str],
    params: &Params,
) -> Result<Reply, Refusal> {
    let id = |text: &str| text.parse::<u64>().map_err(|_| Refusal::NotFound);
    let ok = |json: Json| Ok(Reply::json(200, &json));
    match (method, steps) {
        ("GET", ["openapi.json"]) => Ok(Reply::new(
            200,
            "application/json; charset=utf-8",
            OPENAPI.into(),
        )),
        ("GET", ["state"]) => {
            ok(engine.act(|account| view::with_addresses(snapshot::account(account))))
        }
        ("GET", ["issues", issue]) => {
            let issue = id(issue)?;
            let json = engine.act(|account| {
                account
                    .issue(issue)
                    .map(|issue| snapshot::issue(account, issue))
            })?;
            ok(view::with_addresses(json))
        }
        ("POST", ["issues"]) => act::create(engine, params),
        ("POST", ["issues", issue, action]) => act::on_issue(engine, id(issue)?, action, params),
        ("DELETE", ["issues", issue]) => act::on_issue(engine, id(issue)?, "delete", params),
        ("GET", ["files", file]) => act::file(engine, id(file)?),
        ("POST", ["reset"]) => {
            seed::begin_again(engine);
            Ok(act::done())
        }
        ("GET", ["clock"]) => ok(plan::clock(engine)),
        ("POST", ["clock"]) => plan::move_clock(engine, params),
        ("POST", ["faults"]) => plan::add_fault(engine, params),
        ("GET", ["faults"]) => ok(object! { "pending": engine.faults.pending() }),
        ("DELETE", ["faults"]) => {
            engine.faults.clear();
            Ok(Reply::empty(204))
        }
        ("GET", ["calls"]) => ok(view::calls(engine, params)),
        ("DELETE", ["calls"]) => {
            engine.recorder.clear();
            Ok(Reply::empty(204))
        }
        ("GET", ["webhooks"]) => ok(view::webhooks(engine)),
        ("POST", ["webhooks"]) => plan::add_webhook(engine, params),
        ("DELETE", ["webhooks"]) => plan::remove_webhook(engine, params),
        ("POST", ["webhooks", "plan"]) => plan::spoil_webhooks(engine, params),
        ("POST", ["webhooks", number, "redeliver"]) => plan::redeliver(engine, id(number)?),
        ("GET", ["dialect"]) => ok(view::dialect(engine)),
        ("POST", ["dialect"]) => plan::set_dialect(engine, params),
        ("POST", ["keys"]) => plan::make_key(engine, params),
        _ => Err(Refusal::NotFound),
    }
}

fn refused(engine: &Engine, refusal: &Refusal) -> Reply {
    engine.act(
        |account| match (refusal, errors::answer(account, refusal)) {
            // Control has no dialect: what is not there is 404.
            (Refusal::Missing(_), (_, Some(body))) => Reply::json(404, &body),
            (_, (status, Some(body))) => Reply::json(status, &body),
            (_, (_, None)) => Reply::json(
                404,
                &object! { "errors": "there is no such thing under /_sim/" },
            ),
        },
    )
}

/// Where a login link leads: it only says who is signed in.
fn login(engine: &Engine, params: &Params) -> Reply {
    let code = params.text("token").unwrap_or_default();
    engine.act(|account| match account.follow_login_link(&code) {
        Some(user) => {
            let name = account.actor_name(user);
            let whose = if matches!(user, Actor::Contact(_)) { "клиентский портал" } else { "рабочее место" };
            let name = name.replace('&', "&amp;").replace('<', "&lt;");
            Reply::html(200, format!("<!DOCTYPE html><meta charset=\"utf-8\"><title>Okdesk</title><h1>{name}</h1><p>Вход выполнен: {whose}.</p>"))
        }
        None => Reply::html(403, "<!DOCTYPE html><meta charset=\"utf-8\"><title>Okdesk</title><h1>Ссылка больше не действует</h1>"),
    })
}
