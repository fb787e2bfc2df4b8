//! `getUpdates`: true long polling.

use serde_json::Value;
use std::time::Duration;

use super::limits;
use super::methods;
use super::params::Params;
use super::refusal::Refusal;
use super::server::Shared;

const WEBHOOK_ACTIVE: &str = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
const OTHER_POLLER: &str =
    "terminated by other getUpdates request; make sure that only one bot instance is running";

/// Confirms, takes, and waits while there is nothing to take.
pub(super) async fn get_updates(shared: &Shared, params: &Params) -> Result<Value, Refusal> {
    let limit = params.integer("limit").unwrap_or(100).clamp(1, 100);
    let limit = usize::try_from(limit).unwrap_or(100);
    let seconds = params
        .integer("timeout")
        .unwrap_or(0)
        .clamp(0, limits::POLL_SECONDS);
    let seconds = u64::try_from(seconds).unwrap_or(0);
    let turn = shared.change(|world| {
        if world.logged_out {
            return Err(Refusal::unauthorized());
        }
        if world.updates.webhook.is_some() {
            return Err(Refusal::conflict(WEBHOOK_ACTIVE));
        }
        methods::remember_allowed(world, params);
        world.updates.confirm(params.integer("offset").unwrap_or(0));
        let taken = world.updates.take(limit);
        if !taken.is_empty() || seconds == 0 {
            return Ok(Err(taken));
        }
        world.updates.end_poller(OTHER_POLLER);
        Ok(Ok(world.updates.poller))
    })?;
    let turn = match turn {
        Ok(turn) => turn,
        Err(taken) => return Ok(Value::Array(taken)),
    };
    let find = || {
        shared.change_quietly(|world| {
            if world.updates.poller != turn {
                return Some(Err(Refusal::conflict(world.updates.poller_ended_by)));
            }
            let taken = world.updates.take(limit);
            (!taken.is_empty()).then_some(Ok(Value::Array(taken)))
        })
    };
    shared
        .wait_until(find, Duration::from_secs(seconds))
        .await
        .unwrap_or_else(|| Ok(Value::Array(Vec::new())))
}
