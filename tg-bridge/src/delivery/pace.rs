//! Telegram's limits: 30 messages in any second overall, one a second in a chat with short bursts, 20 a minute in a
//! group. Whoever would break them is told how long to wait; nobody waits in here.
//!
//! Replicas share the 30 evenly. A chat is worked by one of them at a time, so what it may is not divided.

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

/// A bucket that fills by `every` per token up to `size`.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    size: u32,
    every: Duration,
}

/// Messages of all replicas in any second.
const OVERALL: usize = 30;
const SECOND: Duration = Duration::from_secs(1);
/// A conversation comes in bursts of a few messages; Telegram tolerates them.
const PRIVATE: Bucket = Bucket {
    size: 4,
    every: Duration::from_secs(1),
};
const GROUP: Bucket = Bucket {
    size: 20,
    every: Duration::from_secs(3),
};

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
    /// When the messages of the last second went.
    lately: VecDeque<Instant>,
    chats: HashMap<ChatId, Instant>,
}

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
        if state.chats.len() > CHATS {
            state.chats.retain(|_, full_at| *full_at > now);
        }
        let bucket = if chat.is_private() { PRIVATE } else { GROUP };
        let own = bucket.after(state.chats.get(&chat).copied(), now, messages)?;
        let share = (OVERALL / self.replicas.load(Ordering::Relaxed)).max(1);
        state.overall(now, share, messages as usize)?;
        state.chats.insert(chat, own);
        Ok(())
    }
}

impl State {
    /// Counts messages that go now, if no second would have more than `share` of them; or says how long until it has not.
    fn overall(&mut self, now: Instant, share: usize, messages: usize) -> Result<(), Duration> {
        while self.lately.front().is_some_and(|at| *at + SECOND <= now) {
            self.lately.pop_front();
        }
        // An album may be larger than the share; then it needs all of it.
        let over = (self.lately.len() + messages.min(share)).saturating_sub(share);
        match over.checked_sub(1).and_then(|last| self.lately.get(last)) {
            Some(last) => Err(*last + SECOND - now),
            None => {
                self.lately.extend(std::iter::repeat_n(now, messages));
                Ok(())
            }
        }
    }
}

impl Bucket {
    /// When the bucket will be full again if `tokens` are taken now; or how long until they can be.
    fn after(
        self,
        full_at: Option<Instant>,
        now: Instant,
        tokens: u32,
    ) -> Result<Instant, Duration> {
        let full_at = full_at.map_or(now, |at| at.max(now));
        // An album may be larger than the bucket; then it needs all of it.
        let need = self.every * tokens.min(self.size);
        let room = self.every * self.size;
        let missing = (full_at - now) + need;
        match missing.checked_sub(room).filter(|wait| !wait.is_zero()) {
            Some(wait) => Err(wait),
            None => Ok(full_at + self.every * tokens),
        }
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
    async fn a_group_gets_twenty_a_minute_and_an_album_counts_as_its_items() {
        let pace = Pace::default();
        pace.take(Instant::now(), ChatId(-1), 10).unwrap();
        pace.take(Instant::now(), ChatId(-1), 10).unwrap();
        let wait = pace.take(Instant::now(), ChatId(-1), 10).unwrap_err();
        assert_eq!(wait, Duration::from_secs(30));
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
