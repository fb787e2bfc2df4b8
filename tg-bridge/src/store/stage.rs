//! The part of a reaction that is the same for every database: deciding, and finding out what changed.

use super::{ItemId, NewItem, StoreError};
use crate::reaction::{Audit, Chat, Code, Effect, Event, Forgotten, Issue, Scene};
use okdesk_sdk::model::IssueId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// A pure decision: changes the scene, returns the effects. See [`crate::reaction`].
pub type Decide = Arc<dyn Fn(&mut Scene, &Event) -> Vec<Effect> + Send + Sync>;

/// What a decision changed.
#[derive(Default)]
pub(super) struct Changes {
    pub(super) chats: Vec<Chat>,
    pub(super) issue: Option<Issue>,
    /// Digest of an invitation that was taken up.
    pub(super) spent: Option<String>,
    /// An invitation that was made.
    pub(super) code: Option<Code>,
    pub(super) audit: Vec<Audit>,
    pub(super) forgotten: Option<Forgotten>,
    pub(super) items: Vec<NewItem>,
}

/// Lets the decision work on the scene and compares. `Err` of the inner result is the text of its panic.
pub(super) fn decide(
    scene: &Scene,
    cause: ItemId,
    event: &Event,
    decide: &Decide,
) -> Result<Result<Changes, String>, StoreError> {
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce).map_err(|e| StoreError::Random(e.to_string()))?;
    let mut after = Scene {
        nonce: u128::from_le_bytes(nonce),
        ..scene.clone()
    };
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
        .chain(
            after
                .subject
                .iter()
                .filter(|chat| scene.subject.as_ref() != Some(chat)),
        )
        .cloned()
        .collect();
    let (spent, code) = if after.code == scene.code {
        (None, None)
    } else {
        (
            scene.code.as_ref().map(|code| code.digest.clone()),
            after.code,
        )
    };
    for done in &after.audit {
        tracing::info!(by = done.by.0, deed = ?done.deed, "done by somebody with a role, or refused to somebody without");
    }
    after.audit.retain(|done| done.deed.is_kept());
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
        spent,
        code,
        audit: after.audit,
        forgotten: after.forgotten,
        items,
    }))
}

/// So many of those who wait are shown at once.
pub(super) const WAITING: i64 = 10;

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

/// What a panic said.
pub(crate) fn words(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "panicked".to_owned())
}
