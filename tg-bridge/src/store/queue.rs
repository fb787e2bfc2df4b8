//! What stands in the queue: items, their keys, their lanes, and how they end.

use super::Clock;
use crate::failpoint::{Sabotage, is_broken};
use crate::reaction::{Effect, Event, OkdeskCall, Timer};
use crate::telegram::{About, ChatId, MessageRef, Send};
use okdesk_sdk::model::{CommentId, IssueId};
use std::fmt;

/// Kinds of items: how the body is to be read.
pub mod kind {
    /// A raw Telegram update.
    pub const UPDATE: &str = "update";
    /// A raw webhook body.
    pub const WEBHOOK: &str = "webhook";
    /// A raw hook of ZENLIX.
    pub const ZENLIX: &str = "zenlix";
    /// An [`Event`](crate::reaction::Event) of the bridge itself: an answer, a timer, a reconciled change.
    pub const EVENT: &str = "event";
    /// An [`Effect`](crate::reaction::Effect).
    pub const EFFECT: &str = "effect";
}

/// The two queues an event passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hop {
    /// What happened, waiting for the reaction.
    In,
    /// What is to be done, waiting for delivery.
    Out,
}

impl Hop {
    /// Both.
    pub const ALL: [Self; 2] = [Self::In, Self::Out];

    /// The name in the database and in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }

    pub(super) fn parse(text: &str) -> Self {
        if text == "out" { Self::Out } else { Self::In }
    }
}

/// The number of an item, never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId(pub i64);

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An item to be taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewItem {
    pub(super) hop: Hop,
    pub(super) lane: String,
    pub(super) dedup: String,
    pub(super) kind: &'static str,
    pub(super) body: String,
    /// Unix milliseconds; an idle lane is not looked at before.
    pub(super) due: i64,
    /// Where the key holds for a window of time only.
    pub(super) earlier: Option<Earlier>,
}

/// The key the same event would have had in the window before. Known since then, it is the same event, on the other side
/// of the border between two windows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Earlier {
    pub(super) key: String,
    /// In Unix milliseconds.
    pub(super) since: i64,
}

impl NewItem {
    /// A raw update. Updates of one chat keep their order; one that names no chat stands alone.
    pub fn update(update_id: i64, chat: Option<ChatId>, raw: String) -> Self {
        let lane = match chat {
            Some(chat) => format!("chat:{chat}"),
            None => format!("update:{update_id}"),
        };
        Self::incoming(lane, format!("tg:{update_id}"), kind::UPDATE, raw)
    }

    /// A raw webhook under the key of what it tells. What it tells of one issue keeps its order.
    pub fn webhook(key: String, issue: Option<IssueId>, raw: String) -> Self {
        Self::hook(key, issue, kind::WEBHOOK, raw)
    }

    /// A raw hook of ZENLIX, likewise.
    pub fn zenlix(key: String, issue: Option<IssueId>, raw: String) -> Self {
        Self::hook(key, issue, kind::ZENLIX, raw)
    }

    fn hook(key: String, issue: Option<IssueId>, kind: &'static str, raw: String) -> Self {
        let lane = match issue {
            Some(issue) => format!("issue:{issue}"),
            None => format!("desk:{key}"),
        };
        Self::incoming(lane, key, kind, raw)
    }

    /// A raw webhook that tells nothing by which it could be known again but its words: the same words are the same event
    /// if they come within `window` milliseconds, and else another one.
    pub fn webhook_within(
        window: i64,
        now: i64,
        key: String,
        issue: Option<IssueId>,
        raw: String,
    ) -> Self {
        let number = now / window;
        Self {
            earlier: Some(Earlier {
                key: format!("{key}:{}", number - 1),
                since: now - window,
            }),
            ..Self::webhook(format!("{key}:{number}"), issue, raw)
        }
    }

    /// An event that the bridge itself has to tell, under a key of the teller's making.
    pub fn event(key: String, event: &Event) -> Result<Self, serde_json::Error> {
        let lane = match event {
            Event::Telegram(update) => update.chat().map(|chat| format!("chat:{chat}")),
            Event::Answer(answer) => Some(format!("chat:{}", answer.chat)),
            Event::Desk(desk) => Some(format!("issue:{}", desk.issue.id)),
            Event::Alarm(alarm) => Some(format!("chat:{}", alarm.chat)),
            Event::Timer(_) => None,
        }
        .unwrap_or_else(|| key.clone());
        Ok(Self::incoming(
            lane,
            key,
            kind::EVENT,
            serde_json::to_string(event)?,
        ))
    }

    /// The `index`-th effect of the reaction to an item.
    pub(super) fn effect(
        cause: ItemId,
        index: usize,
        effect: &Effect,
    ) -> Result<Self, serde_json::Error> {
        let lane = match effect {
            Effect::Timer { at, timer } => return Self::timer(*at, timer),
            Effect::Alarm(alarm) => {
                let event = Event::Alarm(Box::new(alarm.clone()));
                return Self::event(format!("alarm:{cause}:{index}"), &event);
            }
            _ if is_broken(Sabotage::NoOrder) => format!("alone:{cause}:{index}"),
            Effect::Telegram {
                chat,
                send: Send::AnswerCallback { .. },
                ..
            } => format!("callback:{chat}"),
            Effect::Telegram { chat, .. } => format!("chat:{chat}"),
            // Whoever only looks waits behind nobody's writing.
            Effect::Okdesk {
                chat,
                call:
                    OkdeskCall::ListIssues { .. }
                    | OkdeskCall::ListCompanyIssues { .. }
                    | OkdeskCall::GetIssue { .. }
                    | OkdeskCall::GetCompanyIssue { .. }
                    | OkdeskCall::GetContact { .. }
                    | OkdeskCall::FindInvited { .. }
                    | OkdeskCall::CreateLoginLink { .. },
            } => format!("okdesk-read:{chat}"),
            Effect::Okdesk { chat, call } => match call.issue() {
                Some(issue) => format!("issue:{issue}"),
                None => format!("okdesk-chat:{chat}"),
            },
        };
        Ok(Self {
            hop: Hop::Out,
            lane,
            dedup: format!("effect:{cause}:{index}"),
            kind: kind::EFFECT,
            body: serde_json::to_string(effect)?,
            due: 0,
            earlier: None,
        })
    }

    /// A timer has a lane of its own, so that waiting holds up nobody.
    fn timer(at: i64, timer: &Timer) -> Result<Self, serde_json::Error> {
        let key = match timer {
            Timer::Quiet(chat) => format!("timer:quiet:{chat}:{at}"),
            Timer::Alarms(chat) => format!("timer:alarms:{chat}:{at}"),
        };
        let event = Event::Timer(timer.clone());
        Ok(Self {
            due: at,
            ..Self::event(key, &event)?
        })
    }

    fn incoming(lane: String, dedup: String, kind: &'static str, body: String) -> Self {
        Self {
            hop: Hop::In,
            lane,
            dedup,
            kind,
            body,
            due: 0,
            earlier: None,
        }
    }
}

/// An item in hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its number.
    pub id: ItemId,
    /// How to read the body.
    pub kind: String,
    /// What it says.
    pub body: String,
    /// How many tries have failed.
    pub attempts: u32,
    /// When it was taken in, in Unix milliseconds.
    pub created_at: i64,
    /// When an earlier try was begun whose end is not known: it may have happened.
    pub started_at: Option<i64>,
}

/// The right to work a lane until it ends. An outdated one writes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub(super) hop: Hop,
    pub(super) lane: String,
    pub(super) epoch: i64,
    pub(super) millis: i64,
}

impl Lease {
    /// The lane, for logs.
    pub fn lane(&self) -> &str {
        &self.lane
    }
}

/// A leased lane with its first open items, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The right to work it.
    pub lease: Lease,
    /// What to work on. More may be waiting behind.
    pub items: Vec<Item>,
}

/// What a claim brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claimed {
    /// Leased lanes.
    pub batches: Vec<Batch>,
    /// When the next lane is due, where that is known and nothing new comes, in Unix milliseconds.
    pub next_at: Option<i64>,
}

/// How an item ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It was done.
    Done,
    /// It could not be done now: its lane waits.
    Retry {
        /// Until then, in Unix milliseconds.
        at: i64,
        /// Whether it counts as a failed try.
        counted: bool,
        /// Whether it may have happened all the same.
        uncertain: bool,
        /// Why.
        error: String,
    },
    /// It is given up: it goes to the dead letters and the lane goes on.
    Dead {
        /// Why.
        error: String,
    },
}

/// The end of an item and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settle {
    /// How it ended.
    pub verdict: Verdict,
    /// Items that follow.
    pub follow: Vec<NewItem>,
    /// Messages that were sent, with what each is about.
    pub sent: Vec<Sent>,
    /// What was written in Okdesk.
    pub wrote: Option<Written>,
    /// The item behind it, if that is about to be carried out: it is begun by the same commit.
    pub next: Option<ItemId>,
    /// Whether the lane is given back by the same commit, if the item has ended.
    pub release: bool,
}

impl From<Verdict> for Settle {
    fn from(verdict: Verdict) -> Self {
        Self {
            verdict,
            follow: Vec::new(),
            sent: Vec::new(),
            wrote: None,
            next: None,
            release: false,
        }
    }
}

/// Something the bridge has written in Okdesk, so that a look for another write of the same words does not take it for
/// that one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// An issue.
    Issue(IssueId),
    /// A comment.
    Comment(CommentId),
}

impl Written {
    pub(super) fn row(self) -> (&'static str, i64) {
        match self {
            Self::Issue(id) => ("issue", id.get().cast_signed()),
            Self::Comment(id) => ("comment", id.get().cast_signed()),
        }
    }
}

/// A message that was sent about an issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// The message.
    pub message: MessageRef,
    /// What it is about.
    pub about: About,
}

/// What became of a reaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reacted {
    /// It is committed, with this many effects.
    Done(usize),
    /// The lease is lost; nothing was written.
    Lost,
    /// The decision panicked; nothing was written.
    Panicked(String),
}

/// An item that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Its number.
    pub id: ItemId,
    /// Which queue it stood in.
    pub hop: Hop,
    /// Its lane.
    pub lane: String,
    /// How to read the body.
    pub kind: String,
    /// What it says.
    pub body: String,
    /// How many tries failed.
    pub attempts: u32,
    /// When it was given up, in Unix milliseconds.
    pub ended_at: i64,
    /// Why.
    pub error: String,
}

impl DeadLetter {
    /// Whose it is: the private chat it came from or is for. Staff's groups are nobody's.
    pub(super) fn person(&self) -> Option<ChatId> {
        let lane = self.lane.split_once(':');
        let by_lane = lane.and_then(|(of, id)| match of {
            "chat" | "okdesk-chat" | "okdesk-read" | "callback" => id.parse().ok().map(ChatId),
            _ => None,
        });
        let by_body = || match serde_json::from_str(&self.body).ok()? {
            Effect::Telegram { chat, .. } | Effect::Okdesk { chat, .. } => Some(chat),
            Effect::Timer { .. } | Effect::Alarm(_) => None,
        };
        by_lane.or_else(by_body).filter(|chat| chat.is_private())
    }
}

/// What is left of a dead letter once the person it is of has not agreed, or no longer agrees, that it is kept.
pub(super) const EMPTIED: &str = "its content was deleted with the data of the person it is of";

/// How much waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pressure {
    /// Open items of the `in` hop that are due.
    pub waiting_in: u64,
    /// Open items of the `out` hop.
    pub waiting_out: u64,
    /// Age of the oldest due item, in milliseconds.
    pub oldest: i64,
    /// Items that were given up.
    pub dead: u64,
}

/// When a lane that failed is to be tried again: within a span that doubles from one second to five minutes, by chance in its
/// second half, so that lanes that failed together do not come together.
pub(crate) fn back_off(clock: &Clock, attempts: u32) -> i64 {
    const BASE: i64 = 1_000;
    const CAP: i64 = 300_000;
    let span = BASE.saturating_mul(1 << attempts.min(16)).min(CAP);
    clock.now() + span / 2 + fastrand::i64(0..=span / 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn waits_double_up_to_five_minutes_and_what_failed_together_does_not_come_back_together() {
        let clock = Clock::default();
        let doubling = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].into_iter();
        for (attempts, seconds) in (0..).zip(doubling).chain([(17, 300), (u32::MAX, 300)]) {
            let span = seconds * 1_000;
            let waits: BTreeSet<i64> = (0..200)
                .map(|_| {
                    let before = clock.now();
                    let at = back_off(&clock, attempts);
                    // At least half of the span, so that no wait is shorter than one before it could be.
                    assert!(at >= before + span / 2, "{attempts}: {}", at - before);
                    assert!(at <= clock.now() + span, "{attempts}: {}", at - before);
                    at - before
                })
                .collect();
            assert!(waits.len() > 50, "{attempts}: {waits:?}");
            let spread = waits.last().unwrap() - waits.first().unwrap();
            assert!(spread > span / 4, "{attempts}: {waits:?}");
        }
    }
}
