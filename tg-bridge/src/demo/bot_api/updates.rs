//! The queue of updates: what is kept, for whom, and what a `getUpdates` takes out of it.

use serde_json::{Value, json};
use std::collections::VecDeque;
use tokio::time::Instant;

/// Kinds of updates sent when the bot did not choose. Source: `allowed_updates` of `getUpdates` in the Bot API.
const NOT_BY_DEFAULT: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];

/// One update that the bot has not confirmed.
#[derive(Clone, Debug)]
pub(super) struct Queued {
    pub(super) id: i64,
    pub(super) json: Value,
    /// Updates of one lane – a chat – are delivered to a webhook one after the other.
    pub(super) lane: i64,
    pub(super) failures: u32,
    pub(super) not_before: Option<Instant>,
    pub(super) in_flight: bool,
    /// Delivered before; its id lies below what the bot confirms.
    again: bool,
}

/// Where updates are posted.
#[derive(Clone, Debug, Default)]
pub(super) struct Webhook {
    pub(super) url: String,
    pub(super) secret: Option<String>,
    pub(super) max_connections: usize,
    pub(super) last_error: Option<(i64, String)>,
}

/// The queue and its settings.
pub(super) struct Updates {
    next_id: i64,
    /// Every update ever queued.
    pub(super) log: Vec<Queued>,
    pub(super) queue: VecDeque<Queued>,
    pub(super) allowed: Option<Vec<String>>,
    pub(super) webhook: Option<Webhook>,
    /// Grows when a waiting `getUpdates` has to give way; the reason is what it answers.
    pub(super) poller: u64,
    pub(super) poller_ended_by: &'static str,
}

impl Updates {
    pub(super) fn new(first_id: i64) -> Self {
        Self {
            next_id: first_id,
            log: Vec::new(),
            queue: VecDeque::new(),
            allowed: None,
            webhook: None,
            poller: 0,
            poller_ended_by: "",
        }
    }

    /// Queues an update if the bot wants this kind.
    pub(super) fn push(&mut self, kind: &str, lane: i64, body: Value) -> Option<i64> {
        let wanted = match &self.allowed {
            Some(kinds) if !kinds.is_empty() => kinds.iter().any(|allowed| allowed == kind),
            _ => !NOT_BY_DEFAULT.contains(&kind),
        };
        if !wanted {
            return None;
        }
        let id = self.next_id;
        self.next_id += 1;
        let json = json!({"update_id": id, kind: body});
        self.log.push(Queued {
            id,
            json,
            lane,
            failures: 0,
            not_before: None,
            in_flight: false,
            again: false,
        });
        self.queue.extend(self.log.last().cloned());
        Some(id)
    }

    /// Queues an update once more, confirmed or not, as Telegram may. Tells whether there was such an update.
    pub(super) fn repeat(&mut self, id: i64) -> bool {
        let logged = self.log.iter().find(|update| update.id == id).cloned();
        let found = logged.is_some();
        self.queue.extend(logged.map(|update| Queued {
            again: true,
            ..update
        }));
        found
    }

    /// Drops what `offset` confirms: everything below it, or with a negative one all but the last so many.
    pub(super) fn confirm(&mut self, offset: i64) {
        if offset < 0 {
            let keep = usize::try_from(-offset).unwrap_or(usize::MAX);
            let excess = self.queue.len().saturating_sub(keep);
            self.queue.drain(..excess);
        } else if offset > 0 {
            self.queue
                .retain(|update| update.id >= offset || update.again);
        }
    }

    /// The oldest updates; a repeated one may be confirmed by what came later, once it was taken.
    pub(super) fn take(&mut self, limit: usize) -> Vec<Value> {
        let taken = self.queue.iter_mut().take(limit).map(|update| {
            update.again = false;
            update.json.clone()
        });
        taken.collect()
    }

    /// Sends a waiting `getUpdates` away.
    pub(super) fn end_poller(&mut self, reason: &'static str) {
        self.poller += 1;
        self.poller_ended_by = reason;
    }
}
