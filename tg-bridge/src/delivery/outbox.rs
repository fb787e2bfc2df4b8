//! The outbox at work: carries an effect out and writes down how it ended.

use super::files;
use super::okdesk::{CallError, Okdesk};
use super::pace::Pace;
use super::report::Reporter;
use super::telegram::{self, Trouble};
use crate::bot::BotApi;
use crate::failpoint::{Point, Sabotage, is_broken, reach};
use crate::log::unquoted;
use crate::metrics::Metrics;
use crate::reaction::{
    Alarm, Answer, Effect, Event, Failure, FailureKind, OkdeskCall, Outcome, Reply,
    Trouble as AlarmOf,
};
use crate::store::{Item, NewItem, Sent, Settle, Store, Verdict, Written, back_off, kind};
use crate::telegram::{
    About, ChatId, Membership, MessageId, MessageRef, Send, Sender, Update, UserId,
};
use crate::worker::{Step, Turn, Work};
use okdesk_sdk::model::IssueId;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// After this time an effect is given up: what it says is no news any more.
const TOO_OLD: i64 = 72 * 3600 * 1000;
/// A question somebody waits for with the screen in hand is given up sooner.
const IMPATIENT: i64 = 2 * 60 * 1000;
/// What has another answer is not tried again.
const AT_ONCE: i64 = -1;
/// Okdesk may still be at work on a write whose answer did not come, and whoever looks for it sooner does not find it yet.
const SETTLES: Duration = Duration::from_secs(30);
/// So many effects may wait for Okdesk at a time. The other places stay free for Telegram: when Okdesk hangs, the bot does
/// not fall silent.
const OKDESK_PLACES: usize = 16;
/// When a place is asked for again.
const CROWDED: Duration = Duration::from_secs(1);

/// Only a database that was used with Okdesk before can lead here.
const NO_OKDESK: &str = "Okdesk is not the help desk any more";

/// Works the `out` hop.
pub(crate) struct Outbox {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) api: BotApi,
    /// None where the help desk takes nothing.
    pub(crate) okdesk: Option<Okdesk>,
    pub(crate) okdesk_places: OkdeskPlaces,
    pub(crate) reporter: Reporter,
    pub(crate) pace: Arc<Pace>,
    pub(crate) metrics: Arc<Metrics>,
    /// Where the people in charge read what needs them.
    pub(crate) admin_chat: Option<ChatId>,
    /// Where a file can be looked at that is too large for Telegram.
    pub(crate) portal_url: Option<url::Url>,
}

/// The places of those who wait for Okdesk.
pub(crate) struct OkdeskPlaces(Semaphore);

impl Default for OkdeskPlaces {
    fn default() -> Self {
        Self(Semaphore::new(OKDESK_PLACES))
    }
}

impl Work for Outbox {
    async fn work(&self, turn: &mut Turn) -> Step {
        let effect = match turn.item.kind.as_str() {
            kind::EFFECT => serde_json::from_str(&turn.item.body).map_err(|e| e.to_string()),
            other => Err(format!("a body of unknown kind {other}")),
        };
        match effect {
            Ok(Effect::Telegram { chat, send, about }) => {
                self.telegram(turn, chat, &send, about).await
            }
            Ok(Effect::Okdesk { chat, call }) => self.okdesk(turn, chat, call).await,
            Ok(Effect::Timer { .. } | Effect::Alarm(_)) => {
                self.bury(turn, None, "an event does not belong here".into())
                    .await
            }
            Err(error) => self.bury(turn, None, error).await,
        }
    }

    async fn give_up(&self, turn: &mut Turn, error: String) -> Step {
        // Of their own chat they cannot be told there.
        let admins = self.admin_chat;
        let admins = admins.filter(|admins| turn.lease.lane() != format!("chat:{admins}"));
        let alarm = admins.map(|chat| Alarm {
            chat,
            trouble: AlarmOf::Unhandled,
        });
        self.bury(turn, alarm, error).await
    }
}

impl Outbox {
    async fn telegram(
        &self,
        turn: &mut Turn,
        chat: ChatId,
        send: &Send,
        about: Option<About>,
    ) -> Step {
        let chat = match self.store.resolve(chat).await {
            Ok(chat) => chat,
            Err(e) => {
                return self.retry(turn, e.to_string(), false).await;
            }
        };
        let _place = match send {
            // Their content comes from Okdesk.
            Send::Files { .. } => match self.okdesk_places.0.try_acquire() {
                Ok(place) => Some(place),
                Err(_) => return self.hold(turn, CROWDED, "Okdesk is slow").await,
            },
            _ => None,
        };
        if let Err(wait) = self
            .pace
            .take(self.store.clock().steady(), chat, messages(send))
        {
            return self.hold(turn, wait, "the pace of Telegram").await;
        }
        if !self.begin(turn).await {
            return Step::Leave;
        }
        if is_broken(Sabotage::SettleFirst) {
            self.done(turn, Vec::new()).await;
        }
        reach(Point::TelegramBegun);
        last_look().await;
        let called = match send {
            Send::Message(message) => {
                telegram::message(&self.api, &self.metrics, chat, message).await
            }
            Send::Edit { message, to } => {
                telegram::edit(&self.api, &self.metrics, chat, *message, to).await
            }
            Send::EditKeyboard { message, keyboard } => {
                telegram::edit_keyboard(&self.api, chat, *message, keyboard).await
            }
            Send::AnswerCallback { callback, note } => {
                telegram::answer_callback(&self.api, callback, note.as_deref()).await
            }
            Send::Files {
                issue,
                files,
                caption,
                silent,
            } => {
                let link = self
                    .portal_url
                    .as_ref()
                    .map(|portal| issue_url(portal, *issue));
                let Some(okdesk) = &self.okdesk else {
                    return self.bury(turn, None, NO_OKDESK.into()).await;
                };
                let sending = files::Sending {
                    api: &self.api,
                    metrics: &self.metrics,
                    okdesk: okdesk.client(),
                    chat,
                    issue: *issue,
                    caption,
                    silent: *silent,
                    link,
                    attempts: turn.item.attempts,
                    dried_up: Arc::default(),
                };
                sending.send(files).await
            }
            Send::Leave => telegram::leave(&self.api, chat).await,
            Send::Report {
                what,
                filter,
                language,
            } => {
                let to = (chat, *language);
                self.reporter
                    .send(&self.api, &self.metrics, &*self.store, to, *what, filter)
                    .await
            }
        };
        reach(Point::TelegramCalled);
        match called {
            Ok(messages) => self.sent(turn, chat, &messages, about).await,
            Err(Trouble::Gone) => self.done(turn, Vec::new()).await,
            Err(Trouble::Wait(wait)) => self.hold(turn, wait, "Telegram asks to wait").await,
            Err(Trouble::Moved(to)) => {
                if let Err(e) = self.store.migrate(chat, to).await {
                    return self.retry(turn, e.to_string(), false).await;
                }
                self.hold(turn, Duration::ZERO, "the group has moved").await
            }
            Err(Trouble::Unreachable(error)) => self.unreachable(turn, chat, about, error).await,
            Err(Trouble::Refused(error) | Trouble::Formatting(error)) => {
                let alarm = self.unsent(chat, &error);
                self.bury(turn, alarm, error).await
            }
            // A spinner that was not stopped has stopped by itself.
            Err(Trouble::Failed { .. })
                if matches!(send, Send::AnswerCallback { .. })
                    && self.is_older(&turn.item, 60_000) =>
            {
                self.done(turn, Vec::new()).await
            }
            Err(Trouble::Failed { error, .. }) if self.is_older(&turn.item, TOO_OLD) => {
                let alarm = self.unsent(chat, &error);
                self.bury(turn, alarm, error).await
            }
            Err(Trouble::Failed { error, uncertain }) => self.retry(turn, error, uncertain).await,
        }
    }

    async fn okdesk(&self, turn: &mut Turn, chat: ChatId, call: OkdeskCall) -> Step {
        let Some(okdesk) = &self.okdesk else {
            return self.bury(turn, None, NO_OKDESK.into()).await;
        };
        let Ok(_place) = self.okdesk_places.0.try_acquire() else {
            return self.hold(turn, CROWDED, "Okdesk is slow").await;
        };
        if let Some(wait) = self.settling(&turn.item, &call) {
            return self.hold(turn, wait, "it may still be on its way").await;
        }
        if !self.begin(turn).await {
            return Step::Leave;
        }
        let begun = began(&turn.item);
        reach(Point::OkdeskBegun);
        last_look().await;
        let carried = okdesk.carry_out(&call, begun, &*self.store).await;
        reach(Point::OkdeskCalled);
        let error = match carried {
            Ok(reply) => {
                self.metrics.delivered();
                let settled = Settle {
                    wrote: wrote(&reply),
                    follow: self.answer(&turn.item, "answer", chat, call, Outcome::Done(reply)),
                    ..Verdict::Done.into()
                };
                return turn.settle(settled).await;
            }
            Err(error) => error,
        };
        let patience = match call {
            OkdeskCall::GetIssue { .. }
            | OkdeskCall::GetCompanyIssue { .. }
            | OkdeskCall::GetContact { .. }
            | OkdeskCall::FindInvited { .. }
            | OkdeskCall::ListIssues { .. }
            | OkdeskCall::ListCompanyIssues { .. } => IMPATIENT,
            // The plain address serves as well, and a link that comes unexpectedly is of no use.
            OkdeskCall::CreateLoginLink { .. } => AT_ONCE,
            _ => TOO_OLD,
        };
        let failure = match error {
            CallError::Final(failure) => failure,
            // The plain address has been told instead, so there is nothing left for anybody to repeat.
            CallError::Passing { error, .. }
                if matches!(call, OkdeskCall::CreateLoginLink { .. })
                    && self.is_older(&turn.item, patience) =>
            {
                let failure = Failure {
                    kind: FailureKind::GaveUp,
                    field: None,
                    detail: error,
                };
                let follow =
                    self.answer(&turn.item, "answer", chat, call, Outcome::Failed(failure));
                return self.done(turn, follow).await;
            }
            CallError::Passing { error, .. } if self.is_older(&turn.item, patience) => Failure {
                kind: FailureKind::GaveUp,
                field: None,
                detail: error,
            },
            CallError::Passing {
                error,
                wait: Some(wait),
                uncertain: false,
            } => {
                return self.hold(turn, wait, &error).await;
            }
            CallError::Passing {
                error, uncertain, ..
            } => {
                let earliest = match uncertain && call.creates() {
                    true => self.store.clock().now() + crate::store::millis(SETTLES),
                    false => 0,
                };
                let follow = match turn.item.attempts {
                    0 => self.answer(&turn.item, "delayed", chat, call, Outcome::Delayed),
                    _ => Vec::new(),
                };
                let settled = Settle {
                    follow,
                    ..self.later(&turn.item, error, uncertain, earliest).into()
                };
                return turn.settle(settled).await;
            }
        };
        tracing::error!(
            item = turn.item.id.0,
            kind = ?failure.kind,
            field = failure.field.as_deref().unwrap_or("-"),
            "a call to Okdesk was given up"
        );
        self.metrics.died();
        let error = format!(
            "{:?} {}: {}",
            failure.kind,
            failure.field.as_deref().unwrap_or("-"),
            failure.detail
        );
        let follow = self.answer(&turn.item, "answer", chat, call, Outcome::Failed(failure));
        let settled = Settle {
            follow,
            ..Verdict::Dead { error }.into()
        };
        turn.settle(settled).await
    }

    /// How long a write that was begun, and never heard of again, is to be left alone before it is looked for. Whoever revives
    /// one that was given up has waited already.
    fn settling(&self, item: &Item, call: &OkdeskCall) -> Option<Duration> {
        let revived = |begun: i64| begun < item.created_at;
        let begun = began(item).filter(|begun| call.creates() && !revived(*begun))?;
        let age = self.store.clock().now() - begun;
        SETTLES
            .checked_sub(Duration::from_millis(age.max(0).unsigned_abs()))
            .filter(|wait| !wait.is_zero())
    }

    /// Notes that the call is about to be made. `false`: somebody else holds the lane, or nothing can be noted.
    async fn begin(&self, turn: &mut Turn) -> bool {
        if turn.item.started_at.is_some() {
            self.metrics.uncertain();
        }
        match turn.begin().await {
            Ok(ours) => ours,
            Err(e) => {
                tracing::error!(item = turn.item.id.0, error = %e, "an effect has to wait for the store");
                false
            }
        }
    }

    async fn sent(
        &self,
        turn: &mut Turn,
        chat: ChatId,
        messages: &[MessageId],
        about: Option<About>,
    ) -> Step {
        let sent = about
            .iter()
            .flat_map(|about| {
                messages
                    .iter()
                    .map(|&message| (MessageRef { chat, message }, *about))
            })
            .map(|(message, about)| Sent { message, about })
            .collect();
        self.metrics.delivered();
        turn.settle(Settle {
            sent,
            ..Verdict::Done.into()
        })
        .await
    }

    async fn done(&self, turn: &mut Turn, follow: Vec<NewItem>) -> Step {
        self.metrics.delivered();
        turn.settle(Settle {
            follow,
            ..Verdict::Done.into()
        })
        .await
    }

    /// Waits without blame.
    async fn hold(&self, turn: &mut Turn, wait: Duration, why: &str) -> Step {
        self.metrics.throttled();
        let verdict = Verdict::Retry {
            at: self.store.clock().now() + crate::store::millis(wait),
            counted: false,
            // What an earlier try left open stays open.
            uncertain: turn.item.started_at.is_some(),
            error: why.to_owned(),
        };
        turn.settle(verdict).await
    }

    async fn retry(&self, turn: &mut Turn, error: String, uncertain: bool) -> Step {
        let later = self.later(&turn.item, error, uncertain, 0);
        turn.settle(later).await
    }

    fn later(&self, item: &Item, error: String, uncertain: bool, earliest: i64) -> Verdict {
        tracing::warn!(
            item = item.id.0,
            attempts = item.attempts + 1,
            error = unquoted(&error),
            "an effect is tried again later"
        );
        self.metrics.retried();
        Verdict::Retry {
            at: back_off(self.store.clock(), item.attempts).max(earliest),
            counted: true,
            uncertain: uncertain || item.started_at.is_some(),
            error,
        }
    }

    /// What the people in charge are told of a message that Telegram will never take. Of their own chat they cannot be told
    /// there.
    fn unsent(&self, chat: ChatId, error: &str) -> Option<Alarm> {
        let admins = self.admin_chat.filter(|admins| *admins != chat)?;
        Some(Alarm {
            chat: admins,
            trouble: AlarmOf::unsent(error),
        })
    }

    async fn bury(&self, turn: &mut Turn, alarm: Option<Alarm>, error: String) -> Step {
        tracing::error!(
            item = turn.item.id.0,
            error = unquoted(&error),
            "an effect was given up"
        );
        self.metrics.died();
        let key = format!("alarm:{}:{}", turn.item.id, turn.item.created_at);
        let follow = alarm.map(|alarm| follow(key, &Event::Alarm(Box::new(alarm))));
        let settled = Settle {
            follow: follow.unwrap_or_default(),
            ..Verdict::Dead { error }.into()
        };
        turn.settle(settled).await
    }

    /// Nobody reads in this chat any more: the reaction is told as if Telegram had said so by itself.
    async fn unreachable(
        &self,
        turn: &mut Turn,
        chat: ChatId,
        about: Option<About>,
        error: String,
    ) -> Step {
        tracing::info!(
            item = turn.item.id.0,
            error = unquoted(&error),
            "a chat cannot be reached"
        );
        let left = Update::Membership(Membership {
            chat,
            from: Sender {
                id: UserId(chat.0),
                name: String::new(),
                username: None,
                language: None,
            },
            reachable: false,
            lost: about.map(|about| about.issue),
        });
        let key = format!("unreachable:{}:{}", turn.item.id, turn.item.created_at);
        let follow = follow(key, &Event::Telegram(Box::new(left)));
        turn.settle(Settle {
            follow,
            ..Verdict::Dead { error }.into()
        })
        .await
    }

    /// The answer to a call as an event. An item that was revived answers anew.
    fn answer(
        &self,
        item: &Item,
        what: &str,
        chat: ChatId,
        call: OkdeskCall,
        outcome: Outcome,
    ) -> Vec<NewItem> {
        let key = format!("{what}:{}:{}", item.id, item.created_at);
        follow(
            key,
            &Event::Answer(Box::new(Answer {
                chat,
                call,
                outcome,
            })),
        )
    }

    fn is_older(&self, item: &Item, age: i64) -> bool {
        self.store.clock().now() - item.created_at > age
    }
}

/// When an earlier try was begun whose end is not known.
fn began(item: &Item) -> Option<i64> {
    item.started_at
        .filter(|_| !is_broken(Sabotage::RepeatBlindly))
}

/// Lets whoever watches the lease look at it once more, right before something that cannot be taken back: a process can
/// be frozen between noting a call and making it, and another one has made it then.
async fn last_look() {
    tokio::task::yield_now().await;
}

fn follow(key: String, event: &Event) -> Vec<NewItem> {
    match NewItem::event(key, event) {
        Ok(item) => vec![item],
        Err(e) => {
            tracing::error!(error = %e, "an event cannot be written");
            Vec::new()
        }
    }
}

/// What a call has made in Okdesk that could be mistaken for something else later.
fn wrote(reply: &Reply) -> Option<Written> {
    match reply {
        Reply::IssueCreated { issue, .. } => Some(Written::Issue(issue.id)),
        Reply::CommentCreated { comment, .. } => Some(Written::Comment(*comment)),
        _ => None,
    }
}

/// How many messages a call makes, as Telegram counts them. Changing one makes none.
fn messages(send: &Send) -> u32 {
    match send {
        Send::Message(_) | Send::Report { .. } => 1,
        Send::Files { files, .. } => u32::try_from(files.len()).unwrap_or(u32::MAX),
        Send::Edit { .. }
        | Send::EditKeyboard { .. }
        | Send::AnswerCallback { .. }
        | Send::Leave => 0,
    }
}

fn issue_url(portal: &url::Url, issue: IssueId) -> String {
    format!("{}/issues/{issue}", portal.as_str().trim_end_matches('/'))
}
