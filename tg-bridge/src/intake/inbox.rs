//! The reaction at work: reads a stored item as an event and lets the store react to it.

use super::{desk, zenlix};
use crate::failpoint::{Point, is_poison, reach};
use crate::log::unquoted;
use crate::metrics::Metrics;
use crate::reaction::{Alarm, Event, Trouble};
use crate::store::{Decide, Item, NewItem, Reacted, Store, StoreError, Verdict, back_off, kind};
use crate::telegram::{ChatId, Content, Service, Update};
use crate::worker::{Step, Turn, Work};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Works the `in` hop.
pub(crate) struct Inbox {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) decide: Decide,
    pub(crate) metrics: Arc<Metrics>,
    /// How hooks of ZENLIX are read, where they come from one.
    pub(crate) zenlix: Option<zenlix::Desk>,
    /// Where the people in charge read what needs them.
    pub(crate) admin_chat: Option<ChatId>,
}

impl Work for Inbox {
    async fn work(&self, turn: &mut Turn) -> Step {
        let event = match read(&turn.item, self.zenlix.as_ref()) {
            Ok(Some(event)) => event,
            Ok(None) => return turn.settle(Verdict::Done).await,
            Err(error) => return self.bury(turn, error).await,
        };
        if let Some((from, to)) = moved(&event) {
            // Before anybody answers: what is known of the group must be found under its new id.
            if let Err(e) = self.store.migrate(from, to).await {
                return self.wait(turn, e).await;
            }
        }
        match self
            .store
            .react(&turn.lease, turn.item.id, event, self.decide.clone())
            .await
        {
            Ok(Reacted::Done(effects)) => {
                reach(Point::ReactionCommitted);
                self.metrics.reacted(effects);
                Step::Next
            }
            Ok(Reacted::Lost) | Err(StoreError::Closed) => Step::Leave,
            Ok(Reacted::Panicked(error)) => {
                // What it panicked over may be what somebody wrote: the list of the given-up shows it to whom it concerns.
                tracing::error!(
                    item = turn.item.id.0,
                    "an event was given up: the reaction panicked"
                );
                tracing::debug!(item = turn.item.id.0, error, "the panic");
                self.metrics.died();
                self.alarm(&turn.item).await;
                Step::Next
            }
            Err(e) if !e.is_temporary() => self.bury(turn, e.to_string()).await,
            Err(e) => self.wait(turn, e).await,
        }
    }

    async fn give_up(&self, turn: &mut Turn, error: String) -> Step {
        self.bury(turn, error).await
    }
}

impl Inbox {
    async fn wait(&self, turn: &mut Turn, error: StoreError) -> Step {
        tracing::error!(item = turn.item.id.0, error = %error, "an event has to wait");
        let retry = Verdict::Retry {
            at: back_off(self.store.clock(), turn.item.attempts),
            counted: true,
            uncertain: false,
            error: error.to_string(),
        };
        turn.settle(retry).await
    }

    async fn bury(&self, turn: &mut Turn, error: String) -> Step {
        tracing::error!(
            item = turn.item.id.0,
            error = unquoted(&error),
            "an event was given up"
        );
        self.metrics.died();
        self.alarm(&turn.item).await;
        turn.settle(Verdict::Dead { error }).await
    }

    /// Lets the people in charge know that an event could not be handled. An alarm that is lost is in the list of the
    /// given-up and in the metrics all the same.
    async fn alarm(&self, item: &Item) {
        let Some(chat) = self.admin_chat else { return };
        let alarm = Event::Alarm(Box::new(Alarm {
            chat,
            trouble: Trouble::Unhandled,
        }));
        let Ok(alarm) = NewItem::event(format!("alarm:{}:{}", item.id, item.created_at), &alarm)
        else {
            return;
        };
        if let Err(e) = self.store.accept(vec![alarm]).await {
            tracing::warn!(error = %e, "an alarm is not raised");
        }
    }
}

/// A group that became a supergroup: its old id and its new one.
fn moved(event: &Event) -> Option<(ChatId, ChatId)> {
    match event {
        Event::Telegram(update) => match update.as_ref() {
            Update::Message(message) => match message.content {
                Content::Service(Service::MigratedTo(to)) => Some((message.chat, to)),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// What a stored item says; nothing, if it is about no issue: the help desk tells of companies and equipment too. Nothing
/// in it may stop the others, not even a mistake of ours.
fn read(item: &Item, desk: Option<&zenlix::Desk>) -> Result<Option<Event>, String> {
    let body = item.body.as_str();
    if is_poison(body) {
        return Err("poison".to_owned());
    }
    catch_unwind(AssertUnwindSafe(|| match item.kind.as_str() {
        kind::UPDATE => serde_json::from_str(body)
            .map(|update| Some(Event::Telegram(Box::new(Update::parse(&update)))))
            .map_err(|e| e.to_string()),
        kind::WEBHOOK => okdesk_webhooks::Event::parse(body.as_bytes())
            .map(|event| desk::translate(&event))
            .map(|event| event.map(|event| Event::Desk(Box::new(event))))
            .map_err(|e| e.to_string()),
        kind::EVENT => serde_json::from_str(body)
            .map(Some)
            .map_err(|e| e.to_string()),
        kind::ZENLIX => desk
            .ok_or_else(|| "a hook of ZENLIX, which is not the help desk any more".to_owned())?
            .read(body.as_bytes())
            .map_err(|e| e.to_string())?
            .map(|event| Some(Event::Desk(Box::new(event))))
            .ok_or_else(|| "a ticket whose code is not a few letters and digits".to_owned()),
        other => Err(format!("a body of unknown kind {other}")),
    }))
    .unwrap_or_else(|_| Err("reading it panicked".to_owned()))
}
