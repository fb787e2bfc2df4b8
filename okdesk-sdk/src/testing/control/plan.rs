//! Faults, clock, webhooks, dialect and keys, set over HTTP.

use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::act::done;
use super::view;
use crate::testing::dialect::{Dialect, Switch};
use crate::testing::engine::Engine;
use crate::testing::faults::FaultSpec;
use crate::testing::http::Reply;
use crate::testing::json::{Json, object};
use crate::testing::params::Params;
use crate::testing::seed;
use crate::testing::state::moment;
use crate::testing::state::people::Actor;
use crate::testing::state::refusal::{ABSENT, BAD_DATE, BAD_VALUE, NO_RECORD, Refusal};
use crate::testing::webhooks::Webhooks;

pub(super) fn clock(engine: &Engine) -> Json {
    engine.act(|account| object! { "now": account.date(account.now), "stopped": engine.clock.is_stopped() })
}

/// `{"advance_seconds": 60}`, `{"stop_at": "2026-01-31 09:00"}`, `{"stop": true}`, `{"run": true}`, `{"reset": true}`
pub(super) fn move_clock(engine: &Engine, params: &Params) -> Result<Reply, Refusal> {
    let clock = &engine.clock;
    if let Some(seconds) = params.number("advance_seconds") {
        let by = Duration::try_from_secs_f64(seconds)
            .map_err(|_| Refusal::field("advance_seconds", BAD_VALUE))?;
        clock.advance(by);
    }
    if let Some(text) = params.text("stop_at") {
        let zone = engine.act(|account| account.zone);
        let at =
            moment::read_written(&text, zone).ok_or_else(|| Refusal::field("stop_at", BAD_DATE))?;
        clock.stop_at(at);
    }
    if params.flag("stop") == Some(true) {
        clock.stop();
    }
    if params.flag("run") == Some(true) {
        clock.run();
    }
    if params.flag("reset") == Some(true) {
        clock.reset();
    }
    Ok(Reply::json(200, &self::clock(engine)))
}

pub(super) fn reset(engine: &Arc<Engine>) -> Reply {
    seed::begin_again(engine);
    done()
}

pub(super) fn forget_faults(engine: &Engine) -> Reply {
    engine.faults.clear();
    Reply::empty(204)
}

pub(super) fn forget_calls(engine: &Engine) -> Reply {
    engine.recorder.clear();
    Reply::empty(204)
}

pub(super) fn add_fault(engine: &Engine, params: &Params) -> Result<Reply, Refusal> {
    let spec = FaultSpec {
        operation: params.text("operation"),
        after: params.number("after").unwrap_or(0.0) as u32,
        times: match params.get("times") {
            None => Some(1),
            Some(param) => param.number().map(|times| times as u32),
        },
        fault: params
            .text("fault")
            .ok_or_else(|| Refusal::field("fault", ABSENT))?,
        status: params.number("status").map(|status| status as u16),
        seconds: params.number("seconds"),
        bytes: params.number("bytes").map(|bytes| bytes as u64),
    };
    engine
        .faults
        .add(spec)
        .map_err(|error| Refusal::field("fault", error.to_string()))?;
    Ok(done())
}

fn url(params: &Params) -> Result<Url, Refusal> {
    let text = params
        .text("url")
        .ok_or_else(|| Refusal::field("url", ABSENT))?;
    Url::parse(&text).map_err(|_| Refusal::field("url", BAD_VALUE))
}

pub(super) fn add_webhook(engine: &Engine, params: &Params) -> Result<Reply, Refusal> {
    engine
        .emitter
        .add(url(params)?)
        .map_err(|error| Refusal::field("url", error.to_string()))?;
    Ok(Reply::json(200, &view::webhooks(engine)))
}

pub(super) fn remove_webhook(engine: &Engine, params: &Params) -> Result<Reply, Refusal> {
    engine.emitter.remove(&url(params)?);
    Ok(Reply::empty(204))
}

/// `{"lose": 1}`, `{"repeat": 2}`, `{"delay_seconds": 0.5}`, `{"hold": true}`, `{"release_reversed": true}`
pub(super) fn spoil_webhooks(engine: &Engine, params: &Params) -> Result<Reply, Refusal> {
    let webhooks = Webhooks(engine.emitter.clone());
    if let Some(count) = params.number("lose") {
        webhooks.lose(count as u32);
    }
    if let Some(times) = params.number("repeat") {
        webhooks.repeat(times as u32);
    }
    if let Some(seconds) = params.number("delay_seconds") {
        let delay = Duration::try_from_secs_f64(seconds)
            .map_err(|_| Refusal::field("delay_seconds", BAD_VALUE))?;
        webhooks.delay(delay);
    }
    if params.flag("hold") == Some(true) {
        webhooks.hold();
    }
    if params.flag("release_reversed") == Some(true) {
        webhooks.release_reversed();
    }
    Ok(done())
}

pub(super) fn redeliver(engine: &Engine, number: u64) -> Result<Reply, Refusal> {
    let webhooks = Webhooks(engine.emitter.clone());
    if webhooks.deliveries().iter().all(|one| one.number != number) {
        return Err(Refusal::NotFound);
    }
    webhooks.redeliver(number);
    Ok(done())
}

/// `{"switches": ["missing-issue-404"]}`
pub(super) fn set_dialect(engine: &Engine, params: &Params) -> Result<Reply, Refusal> {
    let names = params
        .texts("switches")
        .ok_or_else(|| Refusal::field("switches", ABSENT))?;
    let switches: Result<Vec<Switch>, _> = names.iter().map(|name| name.parse()).collect();
    let switches = switches.map_err(|error| Refusal::field("switches", error.to_string()))?;
    let dialect: Dialect = switches.into_iter().collect();
    engine.act(|account| account.dialect = dialect);
    Ok(Reply::json(200, &view::dialect(engine)))
}

/// `{"as": "contact", "as_id": 3, "deny": ["issues.create"]}`
pub(super) fn make_key(engine: &Engine, params: &Params) -> Result<Reply, Refusal> {
    let id = params
        .id("as_id")
        .ok_or_else(|| Refusal::field("as_id", ABSENT))?;
    let owner = if params.text("as").as_deref() == Some("contact") {
        Actor::Contact(id)
    } else {
        Actor::Employee(id)
    };
    engine.act(|account| {
        if !account.actor_exists(owner) {
            return Err(Refusal::field("as_id", NO_RECORD));
        }
        let token = account.key_for(owner);
        if let Some(denied) = params.texts("deny") {
            account
                .keys
                .iter_mut()
                .filter(|key| key.token == token)
                .for_each(|key| key.denied = denied.clone());
        }
        Ok(Reply::json(200, &object! { "api_token": token }))
    })
}
