//! One call from its parameters to its answer: history, checks, faults, method.

use bytes::Bytes;
use serde_json::{Value, json};
use std::time::Duration;

use super::faults::{Fault, FaultRule};
use super::history::{Call, CallFile};
use super::params::Params;
use super::refusal::Refusal;
use super::server::{Dropped, Reply, Shared, accepted, content, refused};
use super::table::{self, Entry};
use super::world::{World, now_ms};
use super::{check, methods, polling};

type Outcome = Result<Value, Refusal>;

/// Serves a call.
pub(super) async fn handle(
    shared: &Shared,
    method: &str,
    read: Result<Params, Refusal>,
) -> Result<Reply, Dropped> {
    let (params, unreadable) = match read {
        Ok(params) => (params, None),
        Err(refusal) => (Params::default(), Some(refusal)),
    };
    let entry = table::method(method);
    let name = entry.map_or(method, |entry| entry.name);
    let chat = params.integer("chat_id");
    let started = shared.change(|world| {
        let seq = begin(world, name, chat, entry, &params);
        let rule = world.faults.pick(name, chat);
        if let Some(rule) = &rule
            && let Some(call) = world.history.call_mut(seq)
        {
            call.fault = Some(format!("{:?}", rule.fault));
        }
        // Without a fault the call takes effect under the same lock, so the history is in the order of effects.
        let outcome = match (&rule, &unreadable) {
            (None, None) if name != "getUpdates" => Some(run(world, seq, entry, &params)),
            _ => None,
        };
        (seq, rule, outcome)
    });
    let call = Running {
        shared,
        seq: started.0,
        name,
        chat,
        entry,
        params: &params,
    };
    match started {
        (_, _, Some(outcome)) => Ok(call.finish(outcome)),
        (_, None, None) => {
            let outcome = call.take_effect(unreadable).await;
            Ok(call.finish(outcome))
        }
        (_, Some(rule), None) => call.play(rule, unreadable).await,
    }
}

fn begin(
    world: &mut World,
    name: &str,
    chat: Option<i64>,
    entry: Option<&Entry>,
    params: &Params,
) -> u64 {
    let files = params.files.iter().map(|(part, file)| CallFile {
        part: part.clone(),
        name: file.name.clone(),
        mime: file.mime.clone(),
        size: file.bytes.len(),
        bytes: file.bytes.clone(),
    });
    let seq = world.history.begin(Call {
        seq: 0,
        at_ms: now_ms(),
        method: name.to_owned(),
        chat_id: chat,
        text: None,
        parameters: Value::Object(params.fields.clone()),
        files: files.collect(),
        status: 0,
        answer: None,
        fault: None,
        took_effect: false,
    });
    for what in entry
        .map(|entry| check::check(entry, params))
        .unwrap_or_default()
    {
        world.history.violation(seq, what);
    }
    if chat.is_some_and(|chat| world.faults.too_early(chat)) {
        world
            .history
            .violation(seq, "a call to this chat before `retry_after` was over");
    }
    seq
}

/// Lets the method act on the state and writes down what came of it.
fn run(world: &mut World, seq: u64, entry: Option<&Entry>, params: &Params) -> Outcome {
    world.remarks.clear();
    world.call_text = None;
    let outcome = match entry {
        None => Err(Refusal::unknown_method()),
        Some(_) if world.logged_out => Err(Refusal::unauthorized()),
        Some(entry) => methods::call(world, entry.name, params),
    };
    for remark in std::mem::take(&mut world.remarks) {
        world.history.violation(seq, remark);
    }
    let text = world.call_text.take();
    if let Some(call) = world.history.call_mut(seq) {
        call.text = text;
        call.took_effect = outcome.is_ok();
    }
    outcome
}

struct Running<'a> {
    shared: &'a Shared,
    seq: u64,
    name: &'a str,
    chat: Option<i64>,
    entry: Option<&'static Entry>,
    params: &'a Params,
}

impl Running<'_> {
    async fn take_effect(&self, unreadable: Option<Refusal>) -> Outcome {
        if let Some(refusal) = unreadable {
            return Err(refusal);
        }
        if self.name == "getUpdates" {
            let outcome = polling::get_updates(self.shared, self.params).await;
            self.shared.change_quietly(|world| {
                if let Some(call) = world.history.call_mut(self.seq) {
                    call.took_effect = outcome.is_ok();
                }
            });
            return outcome;
        }
        self.shared
            .change(|world| run(world, self.seq, self.entry, self.params))
    }

    /// Plays a fault: the call takes effect before it, after it or not at all.
    async fn play(&self, rule: FaultRule, unreadable: Option<Refusal>) -> Result<Reply, Dropped> {
        let mut outcome = None;
        if rule.after_effect {
            outcome = Some(self.take_effect(unreadable.clone()).await);
        }
        match rule.fault {
            Fault::Delay(milliseconds) => {
                tokio::time::sleep(Duration::from_millis(milliseconds)).await
            }
            Fault::Hang => self.hang().await?,
            Fault::Drop => return Err(Dropped),
            Fault::RetryAfter(seconds) => {
                return Ok(self.finish(Err(Refusal::too_many_requests(seconds))));
            }
            Fault::Refuse { code, description } => {
                return Ok(self.finish(Err(Refusal::custom(code, description))));
            }
            Fault::Page(status) => {
                let page =
                    format!("<html><head><title>{status}</title></head><body>nginx</body></html>");
                self.record(status, Value::String(page.clone()));
                let mut reply = content("text/html", Bytes::from(page));
                *reply.status_mut() =
                    hyper::StatusCode::from_u16(status).unwrap_or(hyper::StatusCode::BAD_GATEWAY);
                return Ok(reply);
            }
        }
        let outcome = match outcome {
            Some(outcome) => outcome,
            None => self.take_effect(unreadable).await,
        };
        Ok(self.finish(outcome))
    }

    /// Waits until the faults are cleared; the caller going away ends it too, because then nobody polls this.
    async fn hang(&self) -> Result<(), Dropped> {
        let generation = self.shared.read(|world| world.faults.generation);
        let cleared = || {
            self.shared
                .read(|world| (world.faults.generation != generation).then_some(()))
        };
        self.shared
            .wait_until(cleared, Duration::from_secs(24 * 3600))
            .await
            .ok_or(Dropped)
    }

    fn finish(&self, outcome: Outcome) -> Reply {
        match outcome {
            Ok(result) => {
                self.record(200, json!({"ok": true, "result": result}));
                accepted(&result)
            }
            Err(refusal) => {
                self.shared.change_quietly(|world| {
                    if refusal.malformed {
                        world
                            .history
                            .violation(self.seq, refusal.description.clone());
                    }
                    if let (Some(seconds), Some(chat)) = (refusal.retry_after, self.chat) {
                        world.faults.asked_to_wait(chat, seconds);
                    }
                });
                self.record(refusal.code, refusal.to_json());
                refused(&refusal)
            }
        }
    }

    fn record(&self, status: u16, answer: Value) {
        self.shared.change(|world| {
            if let Some(call) = world.history.call_mut(self.seq) {
                (call.status, call.answer) = (status, Some(answer));
            }
        });
    }
}
