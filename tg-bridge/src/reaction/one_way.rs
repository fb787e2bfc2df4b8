//! A help desk that tells but takes nothing: notices, ratings and settings work, everything that would have to be passed
//! on is refused in so many words.

use super::Chat;
use super::turn::{Post, Turn, button};
use crate::telegram::{Action, MessageId};

/// Answers a command that is another one here. `false`: it is the same everywhere.
pub(super) fn obey(turn: &mut Turn<'_>, chat: &Chat, name: &str) -> bool {
    let linked = chat.link.is_some();
    match name {
        "start" | "menu" | "settings" if !linked => {
            let words = turn.words(chat.language);
            turn.say(chat.id, words.one_way_start());
        }
        "start" | "menu" | "help" => menu(turn, chat, None),
        "new" | "issues" => refuse(turn, chat),
        _ => return false,
    }
    true
}

/// What the bot can do here.
pub(super) fn menu(turn: &mut Turn<'_>, chat: &Chat, at: Option<MessageId>) {
    let words = turn.words(chat.language);
    let rows = vec![vec![button(words.menu_settings(), Action::Settings)]];
    turn.show(chat.id, at, Post::from(words.one_way_help()).rows(rows));
}

/// The person is known: from now on there is something to tell. Who is responsible is one of the few things there are,
/// so it is told until it is not wanted.
pub(super) fn welcome(turn: &mut Turn<'_>, chat: &mut Chat, address: &str) {
    chat.settings.assignee = true;
    let words = turn.words(chat.language);
    turn.say(chat.id, words.one_way_welcome(address));
    menu(turn, chat, None);
}

/// Something was written that cannot be passed on.
pub(super) fn refuse(turn: &mut Turn<'_>, chat: &Chat) {
    let words = turn.words(chat.language);
    turn.say(
        chat.id,
        match chat.link {
            Some(_) => words.one_way_refused(),
            None => words.one_way_start(),
        },
    );
}

/// Whether a button means anything here.
pub(super) fn offers(action: Action) -> bool {
    matches!(
        action,
        Action::Rate { .. }
            | Action::RateAgain { .. }
            | Action::Skip
            | Action::Cancel
            | Action::Menu
            | Action::Settings
            | Action::Toggle(_)
    )
}
