//! The part of a reaction that is the same for every database: deciding, and finding out what changed.

use super::{ItemId, NewItem, StoreError};
use crate::reaction::{Chat, Effect, Event, Issue, Scene};
use okdesk_sdk::model::IssueId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// A pure decision: changes the scene, returns the effects. See [`crate::reaction`].
pub type Decide = Arc<dyn Fn(&mut Scene, &Event) -> Vec<Effect> + Send + Sync>;

/// What a decision changed.
pub(super) struct Changes {
    pub(super) chats: Vec<Chat>,
    pub(super) issue: Option<Issue>,
    pub(super) items: Vec<NewItem>,
}

/// Lets the decision work on the scene and compares. `Err` of the inner result is the text of its panic.
pub(super) fn decide(
    scene: &Scene,
    cause: ItemId,
    event: &Event,
    decide: &Decide,
) -> Result<Result<Changes, String>, StoreError> {
    let mut after = scene.clone();
    let effects = match catch_unwind(AssertUnwindSafe(|| decide(&mut after, event))) {
        Ok(effects) => effects,
        Err(panic) => return Ok(Err(words(&*panic))),
    };
    let chats = after
        .chat
        .iter()
        .filter(|chat| scene.chat.as_ref() != Some(chat))
        .chain(
            after
                .audience
                .iter()
                .filter(|chat| !scene.audience.contains(chat)),
        )
        .cloned()
        .collect();
    let issue = if after.issue == scene.issue {
        None
    } else {
        after.issue
    };
    let items = effects
        .iter()
        .flat_map(crate::delivery::plan::parts)
        .enumerate()
        .map(|(index, effect)| NewItem::effect(cause, index, &effect))
        .collect::<Result<_, _>>()
        .map_err(|source| StoreError::Record {
            table: "item",
            id: cause.0,
            source,
        })?;
    Ok(Ok(Changes {
        chats,
        issue,
        items,
    }))
}

/// Okdesk's ids are positive and small; databases count in signed 64 bits.
pub(super) fn row_id(id: IssueId) -> i64 {
    id.get().cast_signed()
}

pub(super) fn encode(
    table: &'static str,
    id: i64,
    record: &impl Serialize,
) -> Result<String, StoreError> {
    serde_json::to_string(record).map_err(|source| StoreError::Record { table, id, source })
}

pub(super) fn decode<T: DeserializeOwned>(
    table: &'static str,
    id: i64,
    body: &str,
) -> Result<T, StoreError> {
    serde_json::from_str(body).map_err(|source| StoreError::Record { table, id, source })
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "panicked".to_owned())
}
