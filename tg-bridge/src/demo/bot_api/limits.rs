//! Telegram's numbers, and the pace it allows when the stand-in is told to mind it.

use std::collections::HashMap;
use std::time::Duration;
use tokio::time::Instant;

use super::refusal::Refusal;

pub(super) const TEXT: usize = 4096;
pub(super) const CAPTION: usize = 1024;
/// A raw text above this is refused before it is parsed.
pub(super) const RAW_TEXT: usize = 1 << 15;
pub(super) const ENTITIES: usize = 100;
pub(super) const CALLBACK_DATA: usize = 64;
pub(super) const BUTTONS: usize = 100;
pub(super) const BUTTONS_IN_ROW: usize = 8;
pub(super) const TOAST: usize = 200;
pub(super) const PHOTO_BYTES: usize = 10 << 20;
pub(super) const FILE_BYTES: usize = 50 << 20;
/// Both ways, for a server in local mode.
pub(super) const LOCAL_BYTES: usize = 2000 << 20;
pub(super) const DOWNLOAD_BYTES: usize = 20 << 20;
/// Ten files of the greatest size and some room for the fields.
pub(super) const BODY_BYTES: usize = 10 * FILE_BYTES + (1 << 20);
pub(super) const PHOTO_SIDES: u32 = 10_000;
pub(super) const PHOTO_RATIO: u32 = 20;
pub(super) const ALBUM: usize = 10;
pub(super) const POLL_SECONDS: i64 = 50;
pub(super) const SECRET: usize = 256;
pub(super) const COMMANDS: usize = 100;
pub(super) const DELETE_SECONDS: i64 = 48 * 3600;
/// How long a pressed button waits for its answer.
pub(super) const QUERY_SECONDS: i64 = 60;
pub(super) const ACTION_SECONDS: i64 = 5;

/// How much a bucket holds and how fast it fills again.
#[derive(Clone, Copy)]
struct Rate {
    burst: f64,
    per_second: f64,
}

const OVERALL: Rate = Rate {
    burst: 30.0,
    per_second: 30.0,
};
const ONE_CHAT: Rate = Rate {
    burst: 3.0,
    per_second: 1.0,
};
/// In any minute.
const ONE_GROUP: usize = 20;
const MINUTE: Duration = Duration::from_secs(60);

struct Bucket {
    rate: Rate,
    level: f64,
    at: Instant,
}

impl Bucket {
    fn new(rate: Rate) -> Self {
        Self {
            rate,
            level: rate.burst,
            at: Instant::now(),
        }
    }

    /// Takes `count`, or tells how long to wait.
    fn take(&mut self, count: f64) -> Result<(), Duration> {
        let now = Instant::now();
        let filled = (now - self.at).as_secs_f64() * self.rate.per_second;
        self.level = (self.level + filled).min(self.rate.burst);
        self.at = now;
        // A message larger than the bucket passes when the bucket is full.
        let needed = count.min(self.rate.burst);
        if self.level + 1e-9 < needed {
            return Err(Duration::from_secs_f64(
                (needed - self.level) / self.rate.per_second,
            ));
        }
        self.level -= count;
        Ok(())
    }
}

/// When a group got the messages of the last minute, the oldest first.
#[derive(Default)]
struct Group(Vec<Instant>);

impl Group {
    fn take(&mut self, count: usize) -> Result<(), Duration> {
        let now = Instant::now();
        self.0.retain(|at| now - *at < MINUTE);
        let over = (self.0.len() + count).saturating_sub(ONE_GROUP);
        if over > 0 {
            return Err(MINUTE - (now - self.0[over - 1]));
        }
        self.0.extend(vec![now; count]);
        Ok(())
    }
}

/// About 30 messages a second overall, one a second in a chat with a short burst, 20 in any minute in a group.
pub(super) struct Pace {
    overall: Bucket,
    chats: HashMap<i64, Bucket>,
    groups: HashMap<i64, Group>,
}

impl Pace {
    pub(super) fn new() -> Self {
        Self {
            overall: Bucket::new(OVERALL),
            chats: HashMap::new(),
            groups: HashMap::new(),
        }
    }

    /// `count` messages to `chat`; an album counts each of its items.
    pub(super) fn take(&mut self, chat: i64, count: usize) -> Result<(), Refusal> {
        let own = if chat < 0 {
            self.groups.entry(chat).or_default().take(count)
        } else {
            let chat = self.chats.entry(chat);
            let bucket = chat.or_insert_with(|| Bucket::new(ONE_CHAT));
            bucket.take(count as f64)
        };
        let wait = own.and_then(|()| self.overall.take(count as f64));
        wait.map_err(|wait| Refusal::too_many_requests(wait.as_secs_f64().ceil().max(1.0) as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(pace: &mut Pace, chat: i64, count: usize) -> Option<u64> {
        pace.take(chat, count)
            .err()
            .and_then(|refusal| refusal.retry_after)
    }

    #[tokio::test(start_paused = true)]
    async fn a_chat_takes_a_burst_and_then_one_a_second() {
        let mut pace = Pace::new();
        assert_eq!([(); 3].map(|()| waits(&mut pace, 7, 1)), [None; 3]);
        assert_eq!(waits(&mut pace, 7, 1), Some(1));
        assert_eq!(waits(&mut pace, 8, 1), None, "another chat goes on");
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(
            (waits(&mut pace, 7, 1), waits(&mut pace, 7, 1)),
            (None, Some(1))
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_group_takes_twenty_a_minute_and_an_album_counts_its_items() {
        let mut pace = Pace::new();
        assert_eq!(
            (waits(&mut pace, -5, 10), waits(&mut pace, -5, 10)),
            (None, None)
        );
        tokio::time::advance(Duration::from_secs(3)).await;
        assert_eq!(waits(&mut pace, -5, 1), Some(57));
        tokio::time::advance(Duration::from_secs(57)).await;
        assert_eq!(waits(&mut pace, -5, 10), None);
    }

    #[tokio::test(start_paused = true)]
    async fn thirty_a_second_overall() {
        let mut pace = Pace::new();
        assert!((1..=30).all(|chat| waits(&mut pace, chat, 1).is_none()));
        assert_eq!(waits(&mut pace, 31, 1), Some(1));
    }
}
