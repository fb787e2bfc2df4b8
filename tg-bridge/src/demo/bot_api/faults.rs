//! Faults on demand: which calls fail, how, and how often.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

use super::server::Shared;

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// 429 with `retry_after` in seconds.
    RetryAfter(u64),
    /// An error answer in the Bot API's form.
    Refuse {
        /// HTTP status and `error_code`.
        code: u16,
        /// `description`, with its prefix: `Forbidden: bot was blocked by the user`.
        description: String,
    },
    /// A gateway's HTML page with this status instead of JSON.
    Page(u16),
    /// No answer until the faults are cleared or the caller gives up.
    Hang,
    /// The connection is closed without an answer.
    Drop,
    /// The answer comes late by this many milliseconds.
    Delay(u64),
}

/// A fault and the calls it is for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FaultRule {
    /// Only this method; all when absent. `getUpdates` is hit only when it is named.
    #[serde(default)]
    pub method: Option<String>,
    /// Only calls that name this chat.
    #[serde(default)]
    pub chat: Option<i64>,
    /// How many matching calls pass first.
    #[serde(default)]
    pub skip: u32,
    /// How many calls fail then; no end when absent.
    #[serde(default)]
    pub times: Option<u32>,
    /// The call takes effect first and only the answer is lost or replaced.
    #[serde(default)]
    pub after_effect: bool,
    /// What happens.
    pub fault: Fault,
}

impl FaultRule {
    /// The fault for every call except `getUpdates`, for ever; narrow it by the other methods.
    pub fn new(fault: Fault) -> Self {
        Self {
            method: None,
            chat: None,
            skip: 0,
            times: None,
            after_effect: false,
            fault,
        }
    }

    /// Only this method.
    pub fn method(mut self, name: &str) -> Self {
        self.method = Some(name.to_owned());
        self
    }

    /// Only this chat.
    pub fn chat(mut self, chat: i64) -> Self {
        self.chat = Some(chat);
        self
    }

    /// Lets this many matching calls pass first.
    pub fn skip(mut self, calls: u32) -> Self {
        self.skip = calls;
        self
    }

    /// Fails only this many calls.
    pub fn times(mut self, calls: u32) -> Self {
        self.times = Some(calls);
        self
    }

    /// Lets the call take effect and spoils the answer only.
    pub fn after_effect(mut self) -> Self {
        self.after_effect = true;
        self
    }

    fn matches(&self, method: &str, chat: Option<i64>) -> bool {
        let named = match &self.method {
            Some(name) => name.eq_ignore_ascii_case(method),
            None => method != "getUpdates",
        };
        named && self.chat.is_none_or(|wanted| chat == Some(wanted))
    }
}

/// The rules in force and the waits that were asked for.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) rules: Vec<FaultRule>,
    /// Grows when rules are cleared: hung calls go on.
    pub(super) generation: u64,
    /// When a chat was told to be quiet, and until when.
    quiet: HashMap<i64, (Instant, Instant)>,
}

/// Calls already on their way when the 429 was written are not held against the bot.
const IN_FLIGHT: Duration = Duration::from_millis(300);

impl Plan {
    /// The first rule for this call; counts it.
    pub(super) fn pick(&mut self, method: &str, chat: Option<i64>) -> Option<FaultRule> {
        for rule in self.rules.iter_mut().filter(|rule| rule.times != Some(0)) {
            if !rule.matches(method, chat) {
                continue;
            }
            if rule.skip > 0 {
                rule.skip -= 1;
                continue;
            }
            if let Some(times) = &mut rule.times {
                *times -= 1;
            }
            return Some(rule.clone());
        }
        None
    }

    /// Remembers that `chat` was asked to wait.
    pub(super) fn asked_to_wait(&mut self, chat: i64, seconds: u64) {
        let now = Instant::now();
        self.quiet
            .insert(chat, (now, now + Duration::from_secs(seconds)));
    }

    /// Whether a call to `chat` comes before the wait it was asked for is over.
    pub(super) fn too_early(&self, chat: i64) -> bool {
        let now = Instant::now();
        self.quiet
            .get(&chat)
            .is_some_and(|(asked, until)| *asked + IN_FLIGHT < now && now < *until)
    }
}

/// The handle to plan faults.
#[derive(Clone)]
pub struct Faults {
    pub(super) shared: Arc<Shared>,
}

impl Faults {
    /// Adds a rule; earlier rules come first.
    pub fn add(&self, rule: FaultRule) {
        self.shared.change(|world| world.faults.rules.push(rule));
    }

    /// 429 for the next `times` calls of `method` to `chat`.
    pub fn too_many_requests(&self, method: &str, chat: i64, seconds: u64, times: u32) {
        self.add(
            FaultRule::new(Fault::RetryAfter(seconds))
                .method(method)
                .chat(chat)
                .times(times),
        );
    }

    /// Every call, `getUpdates` too, gets a gateway's page with this status, until [`Faults::clear`].
    pub fn outage(&self, status: u16) {
        self.add(FaultRule::new(Fault::Page(status)));
        self.add(FaultRule::new(Fault::Page(status)).method("getUpdates"));
    }

    /// Forgets all rules and lets hung calls go on.
    pub fn clear(&self) {
        self.shared.change(|world| {
            world.faults.rules.clear();
            world.faults.generation += 1;
        });
    }

    /// The rules still in force, with what is left of their counts.
    pub fn rules(&self) -> Vec<FaultRule> {
        self.shared.read(|world| {
            world
                .faults
                .rules
                .iter()
                .filter(|rule| rule.times != Some(0))
                .cloned()
                .collect()
        })
    }
}
