//! Telegram's limits: about 30 messages a second overall, one a second in a chat with short bursts, 20 a minute in a
//! group. Whoever would break them is told how long to wait; nobody waits in here.

use crate::telegram::ChatId;
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;
use tokio::time::Instant;

/// A bucket that fills by `every` per token up to `size`.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    size: u32,
    every: Duration,
}

const OVERALL: Bucket = Bucket {
    size: 30,
    every: Duration::from_millis(34),
};
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

/// Who has sent how much lately.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    overall: Option<Instant>,
    chats: HashMap<ChatId, Instant>,
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
        let overall = OVERALL.after(state.overall, now, messages)?;
        state.chats.insert(chat, own);
        state.overall = Some(overall);
        Ok(())
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

    #[tokio::test(start_paused = true)]
    async fn all_chats_together_stay_below_thirty_a_second() {
        let pace = Pace::default();
        let sent = (1..=100)
            .filter(|n| pace.take(Instant::now(), ChatId(*n), 1).is_ok())
            .count();
        assert_eq!(sent, 30);
        tokio::time::advance(Duration::from_secs(1)).await;
        let sent = (101..=200)
            .filter(|n| pace.take(Instant::now(), ChatId(*n), 1).is_ok())
            .count();
        assert!((29..=30).contains(&sent), "{sent}");
    }
}
