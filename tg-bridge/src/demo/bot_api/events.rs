//! What happened, as a web page wants to hear it: an append-only list read by long poll or as server-sent events.

use serde::Serialize;
use serde_json::Value;

/// Something that changed what a user sees.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Event {
    /// From 1, growing by one.
    pub(super) seq: u64,
    /// `message`, `edited`, `deleted`, `reaction`, `toast`, `action`, `keyboard`, `commands`, `member`.
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) chat_id: Option<i64>,
    pub(super) data: Value,
}

/// How many are kept; a page that comes later than that loads the chat again.
const KEPT: usize = 10_000;

/// The list.
#[derive(Default)]
pub(super) struct Events {
    list: std::collections::VecDeque<Event>,
    last: u64,
}

impl Events {
    pub(super) fn push(&mut self, kind: &'static str, chat_id: Option<i64>, data: Value) {
        self.last += 1;
        self.list.push_back(Event {
            seq: self.last,
            kind,
            chat_id,
            data,
        });
        if self.list.len() > KEPT {
            self.list.pop_front();
        }
    }

    pub(super) fn after(&self, seq: u64) -> Vec<Event> {
        let skip = self.list.partition_point(|event| event.seq <= seq);
        self.list.iter().skip(skip).cloned().collect()
    }

    pub(super) fn last(&self) -> u64 {
        self.last
    }
}
