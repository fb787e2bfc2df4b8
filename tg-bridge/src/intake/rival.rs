//! Another program that fetches updates with the same token. Telegram lets the latest question win, so without care two of
//! them would share the updates between them for ever: whoever came second gives way.

use crate::bot::LONG_POLL;
use std::time::Duration;
use tokio::time::Instant;

/// For so long after its first question a program is the second one. Its questions are short then, so that it hears soon.
const NEW: Duration = Duration::from_secs(60);
/// The other one comes back sooner than that.
const BACK: Duration = Duration::from_secs(3);
/// So often the other one must have come back: a replica of one's own that lost the lead does so once.
const TIMES: u32 = 2;
/// And so often before a program gives way that was answered before it met the other one: it may have been there first.
const TIMES_IN_DOUBT: u32 = 6;

/// What is known of the other one.
pub(super) struct Rival {
    since: Instant,
    met: u32,
    last: Option<Instant>,
    answered: bool,
}

impl Rival {
    /// Nothing yet: the first question is asked now.
    pub(super) fn new() -> Self {
        Self {
            since: Instant::now(),
            met: 0,
            last: None,
            answered: false,
        }
    }

    /// A question was answered.
    pub(super) fn answered(&mut self) {
        self.answered |= self.met == 0;
    }

    fn is_second(&self) -> bool {
        self.since.elapsed() < NEW
    }

    /// Telegram has ended a question for the sake of another one. Whether to give way.
    pub(super) fn met(&mut self) -> bool {
        self.met += 1;
        self.last = Some(Instant::now());
        let enough = if self.answered { TIMES_IN_DOUBT } else { TIMES };
        self.is_second() && self.met >= enough
    }

    /// Whether updates are left to the other one for now.
    pub(super) fn is_heard(&self) -> bool {
        self.is_second() && self.last.is_some_and(|last| last.elapsed() < BACK)
    }

    /// How long the next question stays open.
    pub(super) fn patience(&self) -> Duration {
        if self.is_second() { BACK } else { LONG_POLL }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_came_second_gives_way_and_who_was_there_before_does_not() {
        let mut second = Rival::new();
        assert!(!second.met());
        second.answered();
        assert!(second.is_heard(), "updates are not taken away");
        assert!(second.met(), "it keeps coming back");

        let mut in_doubt = Rival::new();
        in_doubt.answered();
        assert!((1..TIMES_IN_DOUBT).all(|_| !in_doubt.met()));
        assert!(in_doubt.met(), "neither goes, so this one does");

        let mut first = Rival::new();
        tokio::time::advance(NEW).await;
        assert!((0..10).all(|_| !first.met()));
        assert!(!first.is_heard());
        assert_eq!(first.patience(), LONG_POLL);
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_does_not_come_back_is_forgotten() {
        let mut second = Rival::new();
        assert!(!second.met());
        tokio::time::advance(BACK).await;
        assert!(!second.is_heard());
    }
}
