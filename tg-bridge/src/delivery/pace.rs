//! Telegram's limits: 30 messages in any second overall, one a second in a chat with short bursts, 20 in any minute in a
//! group. Whoever would break them is told how long to wait; nobody waits in here.
//!
//! Replicas share the 30 evenly. What a chat may is not divided: it is worked by one of them at a time. Where another one
//! takes it up in between, it may hear more for a moment, and Telegram asks to wait.

use crate::metrics::Metrics;
use crate::store::Store;
use crate::telegram::ChatId;
use crate::worker::pause;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// Messages of all replicas in any second.
const OVERALL: usize = 30;
const SECOND: Duration = Duration::from_secs(1);
/// Messages to a group in any minute.
const GROUP: usize = 20;
const MINUTE: Duration = Duration::from_secs(60);
/// A conversation comes in bursts of a few messages, one a second in the long run; Telegram tolerates them.
const BURST: u32 = 4;

/// How many chats are remembered before the rested ones are forgotten.
const CHATS: usize = 10_000;
/// How often the replicas are counted.
const COUNT: Duration = Duration::from_secs(5);

/// Who has sent how much lately.
#[derive(Debug)]
pub(crate) struct Pace {
    state: Mutex<State>,
    /// Between how many the 30 are divided.
    replicas: AtomicUsize,
}

#[derive(Debug, Default)]
struct State {
    overall: Lately,
    groups: HashMap<ChatId, Lately>,
    /// When each chat may have its whole burst again.
    chats: HashMap<ChatId, Instant>,
}

/// When the last messages went.
#[derive(Debug, Default)]
struct Lately(VecDeque<Instant>);

impl Default for Pace {
    fn default() -> Self {
        Self {
            state: Mutex::default(),
            replicas: AtomicUsize::new(1),
        }
    }
}

/// Takes this replica's share as others come and go. Until they have been counted again, they may be too many or too few
/// for some seconds: Telegram then asks to wait.
pub(crate) async fn divide(
    pace: Arc<Pace>,
    store: Arc<dyn Store>,
    metrics: Arc<Metrics>,
    mut stop: watch::Receiver<bool>,
) {
    while !*stop.borrow() {
        match store.replicas().await {
            Ok(replicas) => {
                pace.replicas.store(replicas.max(1), Ordering::Relaxed);
                metrics.counted(replicas);
            }
            Err(e) => tracing::debug!(error = %e, "the replicas are not counted"),
        }
        pause(&mut stop, COUNT).await;
    }
}

impl Pace {
    /// Takes the right to send `messages` now, or says how long to wait before asking again.
    pub(crate) fn take(&self, now: Instant, chat: ChatId, messages: u32) -> Result<(), Duration> {
        let mut state = self.state.lock().unwrap_or_else(|e| e.into_inner());
        state.forget_the_rested(now);
        let State {
            overall,
            groups,
            chats,
        } = &mut *state;
        let share = (OVERALL / self.replicas.load(Ordering::Relaxed)).max(1);
        if chat.is_private() {
            let full_at = after_burst(chats.get(&chat).copied(), now, messages)?;
            overall.room(now, SECOND, share, messages)?;
            chats.insert(chat, full_at);
        } else {
            let group = groups.entry(chat).or_default();
            group.room(now, MINUTE, GROUP, messages)?;
            overall.room(now, SECOND, share, messages)?;
            group.note(now, messages);
        }
        overall.note(now, messages);
        Ok(())
    }
}

impl State {
    fn forget_the_rested(&mut self, now: Instant) {
        if self.chats.len() > CHATS {
            self.chats.retain(|_, full_at| *full_at > now);
        }
        if self.groups.len() > CHATS {
            let active = |group: &Lately| group.0.back().is_some_and(|at| *at + MINUTE > now);
            self.groups.retain(|_, group| active(group));
        }
    }
}

impl Lately {
    /// Whether so many more may go now and no span of this length has more than `most`; or how long until they may.
    fn room(
        &mut self,
        now: Instant,
        span: Duration,
        most: usize,
        messages: u32,
    ) -> Result<(), Duration> {
        while self.0.front().is_some_and(|at| *at + span <= now) {
            self.0.pop_front();
        }
        // An album may be larger than what there is; then it needs all of it.
        let over = (self.0.len() + most.min(messages as usize)).saturating_sub(most);
        match over.checked_sub(1).and_then(|last| self.0.get(last)) {
            Some(last) => Err(*last + span - now),
            None => Ok(()),
        }
    }

    fn note(&mut self, now: Instant, messages: u32) {
        self.0.extend(std::iter::repeat_n(now, messages as usize));
    }
}

/// When a chat may have its whole burst again if it gets so many messages now; or how long until it can.
fn after_burst(full_at: Option<Instant>, now: Instant, messages: u32) -> Result<Instant, Duration> {
    let full_at = full_at.map_or(now, |at| at.max(now));
    // An album may be larger than a burst; then it needs all of it.
    let missing = (full_at - now) + SECOND * messages.min(BURST);
    match missing
        .checked_sub(SECOND * BURST)
        .filter(|wait| !wait.is_zero())
    {
        Some(wait) => Err(wait),
        None => Ok(full_at + SECOND * messages),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_chat_may_burst_and_then_goes_by_the_second() {
        let pace = Pace::default();
        for _ in 0..4 {
            pace.take(Instant::now(), ChatId(1), 1).unwrap();
        }
        let wait = pace.take(Instant::now(), ChatId(1), 1).unwrap_err();
        assert_eq!(wait, Duration::from_secs(1));
        pace.take(Instant::now(), ChatId(2), 1).unwrap();
        tokio::time::advance(wait).await;
        pace.take(Instant::now(), ChatId(1), 1).unwrap();
        pace.take(Instant::now(), ChatId(1), 1).unwrap_err();
    }

    #[tokio::test(start_paused = true)]
    async fn a_group_gets_twenty_in_any_minute_and_an_album_counts_as_its_items() {
        let pace = Pace::default();
        let group = |messages| pace.take(Instant::now(), ChatId(-1), messages);
        group(10).unwrap();
        tokio::time::advance(Duration::from_secs(20)).await;
        group(10).unwrap();
        assert_eq!(group(1), Err(Duration::from_secs(40)));
        assert_eq!(pace.take(Instant::now(), ChatId(-2), 1), Ok(()));
        tokio::time::advance(Duration::from_secs(39)).await;
        assert_eq!(group(1), Err(SECOND));
        tokio::time::advance(SECOND).await;
        group(10).unwrap();
        assert_eq!(group(1), Err(Duration::from_secs(20)));
    }

    #[tokio::test(start_paused = true)]
    async fn no_minute_of_a_group_has_more_than_twenty_however_eager_one_is() {
        let pace = Pace::default();
        let mut went = Vec::new();
        for _ in 0..1200 {
            let now = Instant::now();
            while pace.take(now, ChatId(-1), 1).is_ok() {
                went.push(now);
            }
            tokio::time::advance(Duration::from_millis(250)).await;
        }
        for from in &went {
            let minute = went
                .iter()
                .filter(|at| (*from..*from + MINUTE).contains(at));
            assert!(minute.count() <= GROUP);
        }
        assert_eq!(went.len(), 5 * GROUP, "and none is wasted");
    }

    /// How many of a hundred chats may be written to now.
    fn sent(pace: &Pace) -> usize {
        let first = fastrand::i64(1..1_000_000_000) * 1_000;
        let chats = (first..first + 100).map(ChatId);
        chats
            .filter(|chat| pace.take(Instant::now(), *chat, 1).is_ok())
            .count()
    }

    #[tokio::test(start_paused = true)]
    async fn all_chats_together_have_thirty_in_any_second() {
        let pace = Pace::default();
        assert_eq!(sent(&pace), 30);
        tokio::time::advance(Duration::from_millis(999)).await;
        assert_eq!(sent(&pace), 0);
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(sent(&pace), 30);
        tokio::time::advance(Duration::from_millis(600)).await;
        let wait = pace.take(Instant::now(), ChatId(1), 1).unwrap_err();
        assert_eq!(wait, Duration::from_millis(400));
    }

    #[tokio::test(start_paused = true)]
    async fn replicas_share_the_thirty_and_an_album_larger_than_the_share_still_goes() {
        let pace = Pace::default();
        pace.replicas.store(4, Ordering::Relaxed);
        assert_eq!(sent(&pace), 7);
        let album = || pace.take(Instant::now(), ChatId(-1), 10);
        assert_eq!(album(), Err(SECOND));
        tokio::time::advance(SECOND).await;
        assert_eq!(album(), Ok(()));
        assert_eq!(sent(&pace), 0);
        pace.replicas.store(100, Ordering::Relaxed);
        tokio::time::advance(SECOND).await;
        assert_eq!(sent(&pace), 1, "nobody is silenced");
    }
}
