//! What needs the people in charge: told at once, then for each kind of trouble once in a while and with a count. It
//! names calls, fields and reasons; what clients wrote is not in it.

use super::turn::Turn;
use super::{Chat, Effect, FailureKind, Timer};
use crate::log::unquoted;
use crate::telegram::{ChatId, Rich};
use serde::{Deserialize, Serialize};

/// Trouble of one kind is told once in so many milliseconds.
const WHILE: i64 = 10 * 60 * 1000;
/// Longer reasons are somebody's page.
const REASON: usize = 300;

/// Trouble that the people in charge should know of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// Where they read.
    pub chat: ChatId,
    /// What is wrong.
    pub trouble: Trouble,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trouble {
    /// Okdesk refuses what only rights, settings or data in it can put right.
    Refused {
        /// The call.
        call: String,
        /// What kind of refusal.
        kind: FailureKind,
        /// The field Okdesk named, if any.
        field: Option<String>,
        /// Okdesk's words.
        detail: String,
    },
    /// Okdesk does not answer; what is to be done there waits.
    Silent,
    /// Telegram refuses a message for good.
    Unsent {
        /// Telegram's words.
        detail: String,
    },
    /// An event could not be handled.
    Unhandled,
}

/// Trouble of one kind, as it was last told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// When, in Unix milliseconds.
    at: i64,
    /// How often it has come again since.
    again: u32,
    /// As it was when it last came.
    last: Trouble,
}

impl Trouble {
    /// Okdesk's refusal, without what it quotes.
    pub(super) fn refused(
        call: &str,
        kind: FailureKind,
        field: Option<&String>,
        detail: &str,
    ) -> Self {
        Self::Refused {
            call: call.to_owned(),
            kind,
            field: field.cloned(),
            detail: reason(detail),
        }
    }

    /// Telegram's refusal, without what it quotes.
    pub(crate) fn unsent(detail: &str) -> Self {
        Self::Unsent {
            detail: reason(detail),
        }
    }

    /// Troubles of one kind have one name.
    fn kind(&self) -> String {
        match self {
            Self::Refused {
                call, kind, field, ..
            } => format!("{call}:{kind:?}:{}", field.as_deref().unwrap_or_default()),
            Self::Silent => "silent".into(),
            Self::Unsent { .. } => "unsent".into(),
            Self::Unhandled => "unhandled".into(),
        }
    }
}

fn reason(words: &str) -> String {
    Rich::text(&unquoted(words)).shorten(REASON).plain()
}

/// Tells the people in charge, where there is a chat of theirs.
pub(super) fn raise(turn: &mut Turn<'_>, trouble: Trouble) {
    if let Some(chat) = turn.rules.admin_chat {
        turn.effects.push(Effect::Alarm(Alarm { chat, trouble }));
    }
}

/// An alarm has reached their chat: it is told, or counted if its kind has just been told.
pub(super) fn hear(turn: &mut Turn<'_>, chat: &mut Chat, trouble: &Trouble) {
    let now = turn.now;
    chat.alarms
        .retain(|_, told| told.again > 0 || now < told.at + WHILE);
    let kind = trouble.kind();
    if let Some(told) = chat.alarms.get_mut(&kind) {
        told.again = told.again.saturating_add(1);
        told.last.clone_from(trouble);
        if told.again == 1 {
            let at = told.at + WHILE;
            let timer = Timer::Alarms(chat.id);
            turn.effects.push(Effect::Timer { at, timer });
        }
        return;
    }
    chat.alarms.insert(
        kind,
        Told {
            at: now,
            again: 0,
            last: trouble.clone(),
        },
    );
    let text = words(turn, trouble);
    turn.say(chat.id, text);
}

/// The while is over: what came again meanwhile is told with its count.
pub(super) fn sum_up(turn: &mut Turn<'_>, chat: &mut Chat) {
    let now = turn.now;
    let mut due = vec![];
    for told in chat.alarms.values_mut() {
        if told.again > 0 && now >= told.at + WHILE {
            due.push((told.last.clone(), std::mem::take(&mut told.again)));
            told.at = now;
        }
    }
    for (trouble, again) in due {
        let mut text = words(turn, &trouble);
        text.append(Rich::text("\n"));
        text.append(turn.staff_words().admin_again(u64::from(again)));
        turn.say(chat.id, text);
    }
}

fn words(turn: &Turn<'_>, trouble: &Trouble) -> Rich {
    let staff = turn.staff_words();
    match trouble {
        Trouble::Refused {
            call,
            field,
            detail,
            ..
        } => staff.admin_failure(call, field.as_deref().unwrap_or("—"), detail),
        Trouble::Silent => staff.admin_silent(),
        Trouble::Unsent { detail } => staff.admin_unsent(detail),
        Trouble::Unhandled => staff.admin_unhandled(),
    }
}
