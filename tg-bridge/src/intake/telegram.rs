//! Telegram's updates: fetched by long polling or brought by Telegram, stored raw under their number.

use crate::bot::{BotApi, LONG_POLL, PollError, UPDATES};
use crate::failpoint::{Point, Sabotage, is_broken, reach};
use crate::metrics::{Metrics, Source};
use crate::store::{NewItem, Store, StoreError};
use crate::telegram::ChatId;
use crate::worker::pause;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use teloxide::prelude::Requester as _;
use tokio::sync::watch;
use tokio::time::Instant;

/// An update to be stored. `None`: it has no number, so it is none.
pub(crate) fn item(raw: &str) -> Option<(i64, NewItem)> {
    let update: Value = serde_json::from_str(raw).ok()?;
    let number = update.get("update_id")?.as_i64()?;
    Some((
        number,
        NewItem::update(number, chat(&update), raw.to_owned()),
    ))
}

/// The chat of an update of any kind, known or not: that of its message, or its own.
fn chat(update: &Value) -> Option<ChatId> {
    update.as_object()?.values().find_map(|body| {
        let id = body
            .pointer("/message/chat/id")
            .or_else(|| body.pointer("/chat/id"))?;
        id.as_i64().map(ChatId)
    })
}

/// How long a program is a newcomer, in milliseconds: it gives way if another one fetches with its token.
const PROBATION: i64 = 10_000;
/// How often a newcomer is interrupted before it gives way. Of two newcomers that begin together only one meets the second
/// interruption while it is waiting for the other to give way.
const INTERRUPTIONS: u32 = 2;
/// How often a replica asks whether the one that polls has gone.
const STANDBY: Duration = Duration::from_secs(1);
/// When Telegram last answered whichever replica polls, in Unix milliseconds: what the others judge polling by.
const POLLED: &str = "poll.answered";
/// How often that is noted, in milliseconds.
const NOTED: i64 = 20_000;

/// Fetches updates until told to stop. What was fetched is acknowledged – by asking for the next – once it is stored.
/// Returns why the bridge cannot go on, if it cannot.
pub(crate) async fn poll(
    api: BotApi,
    store: Arc<dyn Store>,
    metrics: Arc<Metrics>,
    mut stop: watch::Receiver<bool>,
) -> Option<String> {
    let mut offset = None;
    let mut failures = 0;
    let mut interruptions = 0;
    let mut began = None;
    let mut noted = 0;
    while !*stop.borrow() {
        // Of several replicas one polls; the others wait for it to go.
        if !matches!(store.lead("poll").await, Ok(true)) {
            if let Ok(Some(answered)) = store.meta(POLLED).await {
                metrics.polled(answered.parse().unwrap_or_default());
            }
            pause(&mut stop, STANDBY).await;
            continue;
        }
        let began = *began.get_or_insert_with(|| store.clock().now());
        let fetched = tokio::select! {
            fetched = api.updates(offset, LONG_POLL) => fetched,
            _ = stop.changed() => return None,
        };
        // Updates that came first prove nothing: the other program may be about to ask again.
        let newcomer = store.clock().now() - began < PROBATION;
        let wait = match fetched {
            Ok(updates) => {
                failures = 0;
                let now = store.clock().now();
                metrics.polled(now);
                if now - noted >= NOTED
                    && store
                        .advance(POLLED, now.to_string(), Vec::new())
                        .await
                        .is_ok()
                {
                    noted = now;
                }
                let items: Vec<_> = updates.iter().filter_map(|raw| item(raw.get())).collect();
                let next = items.iter().map(|(number, _)| number + 1).max();
                if items.len() < updates.len() {
                    tracing::error!(
                        lost = updates.len() - items.len(),
                        "updates without a number"
                    );
                }
                if !updates.is_empty() && next.is_none() {
                    pause(&mut stop, Duration::from_secs(5)).await;
                    continue;
                }
                let items: Vec<_> = items.into_iter().map(|(_, item)| item).collect();
                if is_broken(Sabotage::AckEarly) && next.is_some() {
                    offset = next;
                    let (store, metrics, mut stop) = (store.clone(), metrics.clone(), stop.clone());
                    tokio::spawn(async move {
                        tokio::time::sleep(Duration::from_millis(200)).await;
                        keep(&*store, items, &metrics, &mut stop).await;
                    });
                    continue;
                }
                if keep(&*store, items, &metrics, &mut stop).await && next.is_some() {
                    offset = next;
                }
                continue;
            }
            Err(PollError::Conflict) => {
                interruptions += 1;
                if newcomer && interruptions >= INTERRUPTIONS {
                    return Some(
                        "another program fetches updates with this BOT_TOKEN; stop it first".into(),
                    );
                }
                tracing::error!("another program fetches updates with this BOT_TOKEN");
                Duration::from_millis(1_000)
            }
            Err(PollError::Unauthorized) if newcomer => {
                return Some("Telegram does not know this BOT_TOKEN".into());
            }
            Err(PollError::Hooked) => {
                // A webhook set earlier keeps updates away from polling.
                let _ = api.quick().delete_webhook().await;
                Duration::from_millis(500)
            }
            Err(PollError::Wait(seconds)) => Duration::from_secs(seconds),
            Err(e) => {
                failures = (failures + 1).min(6);
                tracing::warn!(error = %e, "no updates from Telegram");
                Duration::from_millis((500 << failures) + fastrand::u64(0..500))
            }
        };
        pause(&mut stop, wait).await;
    }
    None
}

/// Stores items however long it takes. `false`: told to stop before that.
async fn keep(
    store: &dyn Store,
    items: Vec<NewItem>,
    metrics: &Metrics,
    stop: &mut watch::Receiver<bool>,
) -> bool {
    if items.is_empty() {
        return true;
    }
    let all = items.len();
    reach(Point::UpdateRead);
    loop {
        match store.accept(items.clone()).await {
            Ok(new) => {
                reach(Point::UpdateStored);
                metrics.accepted(Source::Telegram, store.clock().now(), new, all - new);
                return true;
            }
            Err(e) => tracing::error!(error = %e, "updates are not stored yet"),
        }
        pause(stop, Duration::from_secs(1)).await;
        if *stop.borrow() {
            return false;
        }
    }
}

/// Stores an update that Telegram brought. `Ok(false)`: it is not an update.
pub(crate) async fn accept(
    store: &dyn Store,
    metrics: &Metrics,
    raw: &str,
) -> Result<bool, StoreError> {
    let Some((_, item)) = item(raw) else {
        return Ok(false);
    };
    let begun = Instant::now();
    reach(Point::UpdateRead);
    let new = store.accept(vec![item]).await?;
    reach(Point::UpdateStored);
    metrics.accepted(Source::Telegram, store.clock().now(), new, 1 - new);
    metrics.took(begun.elapsed());
    Ok(true)
}

/// Asks Telegram to bring updates, until it agrees.
pub(crate) async fn hook(
    api: BotApi,
    url: url::Url,
    secret: String,
    mut stop: watch::Receiver<bool>,
) {
    use teloxide::payloads::SetWebhookSetters as _;
    let mut wait = Duration::from_secs(1);
    while !*stop.borrow() {
        let call = api
            .quick()
            .set_webhook(url.clone())
            .secret_token(secret.clone())
            .allowed_updates(allowed());
        match call.await {
            Ok(_) => return,
            Err(e) => {
                let trouble = crate::delivery::trouble(e);
                tracing::warn!(?trouble, "Telegram does not take the webhook's address yet");
            }
        }
        pause(&mut stop, wait).await;
        wait = (wait * 2).min(Duration::from_secs(60));
    }
}

fn allowed() -> Vec<teloxide::types::AllowedUpdate> {
    UPDATES
        .iter()
        .filter_map(|name| serde_json::from_value(Value::String((*name).to_owned())).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_asked_for_is_known_to_the_client() {
        assert_eq!(allowed().len(), UPDATES.len());
    }

    #[test]
    fn an_update_is_found_by_its_number_and_its_chat() {
        let chat_of = |raw: &str| {
            item(raw).map(|(number, _)| (number, chat(&serde_json::from_str(raw).unwrap())))
        };
        let message = r#"{"update_id":7,"message":{"chat":{"id":-100123}}}"#;
        assert_eq!(chat_of(message), Some((7, Some(ChatId(-100_123)))));
        let press = r#"{"update_id":8,"callback_query":{"id":"1","message":{"chat":{"id":5}}}}"#;
        assert_eq!(chat_of(press), Some((8, Some(ChatId(5)))));
        let new = r#"{"update_id":9,"something_new":{"chat":{"id":5},"x":[]}}"#;
        assert_eq!(chat_of(new), Some((9, Some(ChatId(5)))));
        assert_eq!(chat_of(r#"{"update_id":10}"#), Some((10, None)));
        assert_eq!(chat_of(r#"{"message":{}}"#), None);
        assert_eq!(chat_of("not json"), None);
    }
}
