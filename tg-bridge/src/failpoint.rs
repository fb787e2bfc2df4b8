//! Places at which a test ends or stops the program, and ways in which a test makes it wrong to see whether anybody
//! notices. Compiled with the feature `failpoints` only, which tests turn on and no release has; without it a place is
//! nothing and no way is ever taken.
//!
//! * `FAILPOINT=okdesk.called:kill:2` ends the process when it comes to this place for the second time, as SIGKILL would;
//!   `…:stop:2` stops it there as SIGSTOP does, until somebody sends SIGCONT.
//! * `SABOTAGE=ack_early` breaks a promise for good.
//! * `POISON=word` lets nobody read what was taken in with this word in it.

macro_rules! points {
    ($($(#[$about:meta])* $point:ident = $name:literal;)*) => {
        /// A place between two durable steps.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Point {
            $($(#[$about])* $point,)*
        }

        impl Point {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$point),*];

            /// The name in the environment.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$point => $name,)*
                }
            }
        }
    };
}

points! {
    /// The schema is up to date, nothing else was written.
    Migrated = "start.migrated";
    /// A webhook was read and is not stored.
    WebhookRead = "webhook.read";
    /// A webhook is stored and not acknowledged.
    WebhookStored = "webhook.stored";
    /// Updates were read and are not stored.
    UpdateRead = "update.read";
    /// Updates are stored and not acknowledged: the offset has not moved.
    UpdateStored = "update.stored";
    /// A reaction is written and not committed.
    ReactionWritten = "reaction.written";
    /// A reaction is committed.
    ReactionCommitted = "reaction.committed";
    /// Lanes are leased, nothing was done in them.
    LaneClaimed = "lane.claimed";
    /// A call to Telegram is noted and not made.
    TelegramBegun = "telegram.begun";
    /// A call to Telegram was made; how it ended is not noted.
    TelegramCalled = "telegram.called";
    /// A call to Okdesk is noted and not made.
    OkdeskBegun = "okdesk.begun";
    /// A call to Okdesk was made; how it ended is not noted.
    OkdeskCalled = "okdesk.called";
    /// The end of an item is written and not committed.
    EndWritten = "end.written";
    /// The end of an item is committed.
    EndCommitted = "end.committed";
    /// A piece of a client's file has come.
    FileComing = "file.coming";
    /// A client's file is on its way to Okdesk.
    FileLeaving = "file.leaving";
    /// A file of Okdesk is on its way to Telegram.
    FilePassing = "file.passing";
    /// What webhooks missed was read and is not stored.
    LookDone = "look.done";
    /// What webhooks missed is stored.
    LookStored = "look.stored";
}

/// A promise that can be broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sabotage {
    /// Acknowledges before it is stored.
    AckEarly,
    /// Repeats a write to Okdesk without looking for it.
    RepeatBlindly,
    /// Notes an effect as done before it is done.
    SettleFirst,
    /// Gives every effect a lane of its own.
    NoOrder,
    /// Leases nothing for any time, so that everybody works at everything.
    NoLease,
    /// Goes on after any pause without asking whether the lane is still its own.
    TrustTheLease,
    /// Orders a lane by a number that is handed out before the commit, and not by the lane.
    GlobalSeq,
    /// Begins transactions where whoever stops waiting leaves them open.
    BeginInHandler,
}

impl Sabotage {
    /// The name in the environment.
    pub fn name(self) -> &'static str {
        match self {
            Self::AckEarly => "ack_early",
            Self::RepeatBlindly => "repeat_blindly",
            Self::SettleFirst => "settle_first",
            Self::NoOrder => "no_order",
            Self::NoLease => "no_lease",
            Self::TrustTheLease => "trust_the_lease",
            Self::GlobalSeq => "global_seq",
            Self::BeginInHandler => "begin_in_handler",
        }
    }
}

#[cfg(feature = "failpoints")]
mod live {
    use super::{Point, Sabotage};
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    struct Plan {
        name: String,
        stop: bool,
        left: AtomicU32,
    }

    static PLAN: LazyLock<Option<Plan>> = LazyLock::new(|| {
        let text = std::env::var("FAILPOINT").ok()?;
        let mut parts = text.split(':');
        Some(Plan {
            name: parts.next()?.to_owned(),
            stop: parts.next() == Some("stop"),
            left: AtomicU32::new(parts.next().and_then(|n| n.parse().ok()).unwrap_or(1)),
        })
    });

    static SABOTAGE: LazyLock<Option<String>> = LazyLock::new(|| std::env::var("SABOTAGE").ok());
    static POISON: LazyLock<Option<String>> = LazyLock::new(|| std::env::var("POISON").ok());

    pub(crate) fn reach(point: Point) {
        let Some(plan) = PLAN.as_ref().filter(|plan| plan.name == point.name()) else {
            return;
        };
        if plan.left.fetch_sub(1, Ordering::Relaxed) != 1 {
            return;
        }
        if plan.stop {
            let own = std::process::id().to_string();
            let _ = std::process::Command::new("kill")
                .args(["-STOP", &own])
                .status();
        } else {
            std::process::abort();
        }
    }

    pub(crate) fn is_broken(promise: Sabotage) -> bool {
        SABOTAGE.as_deref() == Some(promise.name())
    }

    pub(crate) fn is_poison(body: &str) -> bool {
        POISON.as_deref().is_some_and(|word| body.contains(word))
    }
}

#[cfg(not(feature = "failpoints"))]
mod live {
    use super::{Point, Sabotage};

    #[inline(always)]
    pub(crate) fn reach(_: Point) {}

    #[inline(always)]
    pub(crate) fn is_broken(_: Sabotage) -> bool {
        false
    }

    #[inline(always)]
    pub(crate) fn is_poison(_: &str) -> bool {
        false
    }
}

pub(crate) use live::{is_broken, is_poison, reach};
