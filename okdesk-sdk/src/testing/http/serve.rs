//! One request from its first byte to the last of its answer, with whatever goes wrong between.

use std::sync::Arc;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::{LOCATION, RETRY_AFTER};
use hyper::{Request as HttpRequest, Response};

use super::body::{Reply, Wire};
use super::request::{Dropped, Request, read_body};
use crate::testing::api::{self, Answer, Call, Found};
use crate::testing::control;
use crate::testing::dialect::Switch;
use crate::testing::engine::Engine;
use crate::testing::faults::Fault;
use crate::testing::json::{Json, errors};
use crate::testing::params::Params;
use crate::testing::recorded::Recorded;
use crate::testing::state::Account;
use crate::testing::state::keys::Right;
use crate::testing::state::people::Actor;
use crate::testing::state::refusal::Refusal;

const API: &str = "/api/v1/";

/// Serves the account's own host.
pub(super) async fn account(
    engine: &Arc<Engine>,
    request: HttpRequest<Incoming>,
) -> Result<Response<Wire>, Dropped> {
    let (parts, body) = request.into_parts();
    let mut request = Request::head(&parts);
    let Some(path) = request.path.strip_prefix(API).map(str::to_owned) else {
        request.body = read_body(body, None).await?;
        return Ok(control::serve(engine, &request).await.into_response(false));
    };
    let method = request.method.clone();
    let found = api::find(&method, &path);
    let name = found.as_ref().map_or("", |(operation, _)| operation.name);
    let mut seen = Recorded {
        number: 0,
        at: engine.clock.now(),
        method: method.clone(),
        path: request.path.clone(),
        operation: name,
        query: request.query.clone(),
        content_type: request.content_type.clone(),
        body: Bytes::new(),
        status: None,
        answer: Bytes::new(),
        params: Params::from_query(&request.query),
    };
    let faults = engine.faults.strike(name, engine.clock.now());
    let outcome = spoiled(engine, request, found, body, &faults, &mut seen).await;
    if let Ok(reply) = &outcome {
        seen.status = Some(reply.status);
        seen.answer = reply.body.clone();
    }
    engine.recorder.add(seen);
    Ok(outcome?.into_response(faults.contains(&Fault::CutBody)))
}

/// The answer, after the faults have had their turn.
async fn spoiled(
    engine: &Engine,
    mut request: Request,
    found: Option<Found<'_>>,
    body: Incoming,
    faults: &[Fault],
    seen: &mut Recorded,
) -> Result<Reply, Dropped> {
    let upload_limit = faults.iter().find_map(|fault| match fault {
        Fault::DropMidUpload(bytes) => Some(*bytes),
        _ => None,
    });
    request.body = read_body(body, upload_limit).await?;
    seen.body = request.body.clone();
    for fault in faults {
        if let Fault::Delay(delay) = fault {
            tokio::time::sleep(*delay).await;
        }
    }
    if let Some(fault) = faults.iter().find(|fault| fault.is_before_effect()) {
        return refused_by(fault);
    }
    let told = engine
        .replay
        .answer(&request.method, &request.path, &request.query);
    let mut reply = match request.params().await {
        _ if told.is_some() => told.map_or_else(
            || Reply::empty(404),
            |(status, body)| Reply::told(status, body),
        ),
        Ok(params) => {
            seen.params = params;
            call(engine, &request, found, &seen.params)
        }
        Err(refusal) => engine.act(|account| refused(account, &refusal)),
    };
    for fault in faults {
        match fault {
            Fault::DropAfter => return Err(Dropped),
            Fault::EmptyBody => reply.body = Bytes::new(),
            Fault::Garbage => reply.body = Bytes::from_static(b"\x1f\x8b{\"id\": 12, \"tit"),
            _ => {}
        }
    }
    Ok(reply)
}

fn refused_by(fault: &Fault) -> Result<Reply, Dropped> {
    match fault {
        Fault::Status(status) => Ok(Reply::json(
            *status,
            &errors::said(format!("Ошибка {status}")),
        )),
        Fault::TooManyRequests(after) => {
            let reply = Reply::json(429, &errors::said("Превышено количество запросов"));
            Ok(match after {
                Some(after) => reply.with_header(RETRY_AFTER, after.as_secs().to_string()),
                None => reply,
            })
        }
        Fault::HtmlPage => Ok(Reply::html(
            502,
            "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
        )),
        _ => Err(Dropped),
    }
}

/// Runs the operation of a path under the account's lock.
fn call(engine: &Engine, request: &Request, found: Option<Found<'_>>, params: &Params) -> Reply {
    engine.act(|account| {
        let answer = permitted(account, engine, request, found, params);
        answer.map_or_else(
            |refusal| refused(account, &refusal),
            |answer| into_reply(account, answer),
        )
    })
}

fn permitted(
    account: &mut Account,
    engine: &Engine,
    request: &Request,
    found: Option<Found<'_>>,
    params: &Params,
) -> Result<Answer, Refusal> {
    let found = found.filter(|(operation, _)| operation.is_spoken(account));
    let is_public = found
        .as_ref()
        .is_some_and(|(operation, _)| operation.right == Right::Public);
    let actor = if is_public {
        Actor::System
    } else {
        let key = account.key(token(account, request))?;
        let denied = found
            .as_ref()
            .is_some_and(|(operation, _)| key.denied.iter().any(|name| name == operation.name));
        let owner = key.owner;
        if denied {
            return Err(Refusal::Forbidden);
        }
        owner
    };
    let (operation, segments) = found.ok_or(Refusal::NotFound)?;
    let right = account.right_of(actor);
    if right < operation.right {
        return Err(Refusal::Forbidden);
    }
    operation.run(&mut Call {
        account,
        actor,
        right,
        segments,
        params,
        links: engine,
    })
}

/// The key the account looks at.
fn token<'a>(account: &Account, request: &'a Request) -> Option<&'a str> {
    let header = || {
        let header = request.authorization.as_deref()?;
        Some(header.strip_prefix("Bearer ").unwrap_or(header))
    };
    match &request.token {
        Some(token) => Some(token),
        None if account.speaks(Switch::TokenInHeader) => header(),
        None => None,
    }
}

fn into_reply(account: &Account, answer: Answer) -> Reply {
    let reply = match &answer.body {
        Some(body) => Reply::json(answer.status, body),
        None if answer.status == 200 && account.speaks(Switch::EmptyAnswers204) => {
            Reply::empty(204)
        }
        None => Reply::empty(answer.status),
    };
    match answer.location {
        Some(location) => reply.with_header(LOCATION, location),
        None => reply,
    }
}

fn refused(account: &Account, refusal: &Refusal) -> Reply {
    match errors::answer(account, refusal) {
        (status, Some(body)) => Reply::json(status, &body),
        (404, None) => Reply::unknown_path(),
        (status, None) => Reply::json(status, &Json::Null),
    }
}
