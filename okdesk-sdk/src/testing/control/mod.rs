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
use super::json::{errors, object};
use super::params::Params;
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

/// A call under `/_sim/`.
struct Call<'a> {
    engine: &'a Arc<Engine>,
    /// What stands for `{id}`; 0 where nothing does.
    id: u64,
    params: &'a Params,
}

type Handler = fn(&Call<'_>) -> Result<Reply, Refusal>;

/// Everything under `/_sim/`, as `openapi.json` describes it.
const ROUTES: &[(&str, &str, Handler)] = &[
    ("GET", "openapi.json", |_| Ok(described())),
    ("GET", "state", |call| Ok(view::state(call.engine))),
    ("POST", "reset", |call| Ok(plan::reset(call.engine))),
    ("GET", "issues/{id}", |call| {
        view::issue(call.engine, call.id)
    }),
    ("DELETE", "issues/{id}", |call| {
        act::on_issue(call, "delete")
    }),
    ("POST", "issues", |call| {
        act::create(call.engine, call.params)
    }),
    ("POST", "issues/{id}/comments", |call| {
        act::on_issue(call, "comments")
    }),
    ("POST", "issues/{id}/files", |call| {
        act::on_issue(call, "files")
    }),
    ("POST", "issues/{id}/status", |call| {
        act::on_issue(call, "status")
    }),
    ("POST", "issues/{id}/assignee", |call| {
        act::on_issue(call, "assignee")
    }),
    ("POST", "issues/{id}/deadline", |call| {
        act::on_issue(call, "deadline")
    }),
    ("POST", "issues/{id}/type", |call| {
        act::on_issue(call, "type")
    }),
    ("POST", "issues/{id}/priority", |call| {
        act::on_issue(call, "priority")
    }),
    ("POST", "issues/{id}/parameters", |call| {
        act::on_issue(call, "parameters")
    }),
    ("POST", "issues/{id}/rate", |call| {
        act::on_issue(call, "rate")
    }),
    ("POST", "issues/{id}/coexecutors", |call| {
        act::on_issue(call, "coexecutors")
    }),
    ("POST", "issues/{id}/merge", |call| {
        act::on_issue(call, "merge")
    }),
    ("GET", "files/{id}", |call| act::file(call.engine, call.id)),
    ("GET", "clock", |call| {
        Ok(Reply::json(200, &plan::clock(call.engine)))
    }),
    ("POST", "clock", |call| {
        plan::move_clock(call.engine, call.params)
    }),
    ("GET", "faults", |call| Ok(view::faults(call.engine))),
    ("POST", "faults", |call| {
        plan::add_fault(call.engine, call.params)
    }),
    ("DELETE", "faults", |call| {
        Ok(plan::forget_faults(call.engine))
    }),
    ("GET", "calls", |call| {
        Ok(Reply::json(200, &view::calls(call.engine, call.params)))
    }),
    ("DELETE", "calls", |call| {
        Ok(plan::forget_calls(call.engine))
    }),
    ("GET", "webhooks", |call| {
        Ok(Reply::json(200, &view::webhooks(call.engine)))
    }),
    ("POST", "webhooks", |call| {
        plan::add_webhook(call.engine, call.params)
    }),
    ("DELETE", "webhooks", |call| {
        plan::remove_webhook(call.engine, call.params)
    }),
    ("POST", "webhooks/plan", |call| {
        plan::spoil_webhooks(call.engine, call.params)
    }),
    ("POST", "webhooks/{id}/redeliver", |call| {
        plan::redeliver(call.engine, call.id)
    }),
    ("GET", "dialect", |call| {
        Ok(Reply::json(200, &view::dialect(call.engine)))
    }),
    ("POST", "dialect", |call| {
        plan::set_dialect(call.engine, call.params)
    }),
    ("POST", "keys", |call| {
        plan::make_key(call.engine, call.params)
    }),
];

fn control(
    engine: &Arc<Engine>,
    method: &str,
    steps: &[&str],
    params: &Params,
) -> Result<Reply, Refusal> {
    for (known, path, handler) in ROUTES {
        if *known == method
            && let Some(id) = id_in(path, steps)
        {
            return handler(&Call { engine, id, params });
        }
    }
    Err(Refusal::NotFound)
}

/// What stands for `{id}` in the steps of a path, if they are this path.
fn id_in(path: &str, steps: &[&str]) -> Option<u64> {
    let mut id = 0;
    let mut rest = steps.iter();
    for known in path.split('/') {
        let step = rest.next()?;
        if known == "{id}" {
            id = step.parse().ok()?;
        } else if known != *step {
            return None;
        }
    }
    rest.next().is_none().then_some(id)
}

fn described() -> Reply {
    Reply::new(200, "application/json; charset=utf-8", OPENAPI.into())
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_description_names_what_is_served_and_nothing_else() {
        let api: serde_json::Value = serde_json::from_str(OPENAPI).unwrap();
        let paths = api["paths"].as_object().unwrap();
        let described: BTreeSet<(String, String)> = paths
            .iter()
            .flat_map(|(path, item)| {
                let methods = item.as_object().unwrap().keys();
                let methods = methods.filter(|key| *key != "parameters");
                methods.map(move |method| (method.to_uppercase(), path.clone()))
            })
            .collect();
        let served = ROUTES.iter();
        let served =
            served.map(|(method, path, _)| ((*method).to_owned(), format!("/_sim/{path}")));
        assert_eq!(described, served.collect());
    }
}
