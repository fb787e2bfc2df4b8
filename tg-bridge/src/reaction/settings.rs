//! What a person decides about the bot itself: which notices come and how loudly, and what is kept of them.

use super::turn::{Post, Turn, button};
use super::{Chat, Forgotten, Issue, Settings};
use crate::telegram::{Action, Callback, Message, MessageId, Rich, Setting, Style};
use okdesk_sdk::model::IssueId;

/// Messages a person may send in a minute; an album is one.
const PER_MINUTE: u32 = 20;
/// The night, in hours of the configured zone.
const NIGHT: (i8, i8) = (22, 8);

/// Shows the settings.
pub(super) fn show(turn: &mut Turn<'_>, chat: &Chat, at: Option<MessageId>) {
    let words = turn.words(chat.language);
    let state = |on: bool| if on { "☑️" } else { "⬜️" };
    let Settings {
        created,
        assignee,
        deadline,
        night,
        followed,
    } = chat.settings;
    let rows = [
        (words.setting_created(state(created)), Setting::Created),
        (words.setting_assignee(state(assignee)), Setting::Assignee),
        (words.setting_deadline(state(deadline)), Setting::Deadline),
        (words.setting_followed(state(followed)), Setting::Followed),
        (words.setting_night(state(night)), Setting::Night),
    ];
    let mut rows: Vec<_> = rows
        .into_iter()
        .map(|(label, setting)| vec![button(label, Action::Toggle(setting))])
        .collect();
    rows.push(vec![
        button(words.menu_language(), Action::Languages),
        button(words.menu_back(), Action::Menu),
    ]);
    turn.show(chat.id, at, Post::from(words.settings()).rows(rows));
}

/// Changes one of them.
pub(super) fn toggle(turn: &mut Turn<'_>, chat: &mut Chat, setting: Setting, at: MessageId) {
    let settings = &mut chat.settings;
    let value = match setting {
        Setting::Created => &mut settings.created,
        Setting::Assignee => &mut settings.assignee,
        Setting::Deadline => &mut settings.deadline,
        Setting::Night => &mut settings.night,
        Setting::Followed => &mut settings.followed,
    };
    *value = !*value;
    show(turn, chat, Some(at));
}

/// Notices about one issue come without a sound, or with it again.
pub(super) fn mute(
    turn: &mut Turn<'_>,
    chat: &mut Chat,
    issue: &Issue,
    mute: bool,
    callback: &Callback,
) {
    let words = turn.words(chat.language);
    let id = issue.facts.id;
    let note = if mute {
        chat.muted.insert(id);
        words.muted()
    } else {
        chat.muted.remove(&id);
        words.unmuted()
    };
    turn.answer(chat.id, &callback.id, Some(note));
    let rows = super::issues::card_rows(turn, chat, &issue.facts);
    turn.buttons(chat.id, callback.message, rows);
}

/// Whether a notice shall come without a sound.
pub(super) fn is_silent(turn: &Turn<'_>, chat: &Chat, issue: IssueId) -> bool {
    let hour = turn.zoned().hour();
    chat.muted.contains(&issue) || (chat.settings.night && (hour >= NIGHT.0 || hour < NIGHT.1))
}

/// Counts a message; false if it is one too many. The first one too many is answered. What counts is when it was written:
/// after an outage of the bridge everything that was written meanwhile comes at once.
pub(super) fn within_pace(turn: &mut Turn<'_>, chat: &mut Chat, message: &Message) -> bool {
    let (at, album) = (message.date.saturating_mul(1000), message.album.as_ref());
    let pace = &mut chat.pace;
    if at - pace.since >= 60_000 {
        (pace.since, pace.messages, pace.warned) = (at, 0, false);
    }
    if album.is_none() || pace.album.as_ref() != album {
        pace.messages += 1;
        pace.album = album.cloned();
    }
    let messages = pace.messages;
    if messages > PER_MINUTE && !std::mem::replace(&mut pace.warned, true) {
        let words = turn.words(chat.language);
        turn.say(chat.id, words.too_fast());
    }
    messages <= PER_MINUTE
}

/// A copy of everything that is kept about the person.
pub(super) fn my_data(turn: &mut Turn<'_>, chat: &Chat) {
    let words = turn.words(chat.language);
    let mut text = words.my_data();
    text.append(Rich::text("\n"));
    let mut data = serde_json::to_value(chat).unwrap_or_default();
    // Who else has a number, and whose an INN is, are other people's data: staff compare them, the person does not see them.
    for (part, field) in [("/claim", "what"), ("/dialog/Register", "company")] {
        if let Some(part) = data.pointer_mut(part).and_then(|part| part.as_object_mut()) {
            part.remove(field);
        }
    }
    let data = serde_json::to_string_pretty(&data).unwrap_or_default();
    text.push(
        &data,
        &Style {
            pre: true,
            ..Style::default()
        },
    );
    turn.say(chat.id, text);
}

/// Asks whether everything shall be forgotten.
pub(super) fn ask_delete(turn: &mut Turn<'_>, chat: &Chat) {
    let words = turn.words(chat.language);
    let rows = vec![
        vec![button(words.delete_yes(), Action::DeleteMe)],
        vec![button(words.delete_no(), Action::Menu)],
    ];
    turn.say(chat.id, Post::from(words.delete_ask()).rows(rows));
}

/// Forgets the person: no tie, no draft, no consent. How often and how fast was tried stays, or forgetting would be the
/// way around the limits.
pub(super) fn delete(turn: &mut Turn<'_>, chat: &mut Chat, callback: &Callback) {
    let words = turn.words(chat.language);
    // What is on its way to Okdesk still goes there, but nobody is tied to it here.
    turn.forgotten = Some(Forgotten {
        chat: chat.id,
        contact: chat.link.as_ref().map(|link| link.contact),
    });
    *chat = Chat {
        language: chat.language,
        pace: std::mem::take(&mut chat.pace),
        tries: std::mem::take(&mut chat.tries),
        wrong_codes: std::mem::take(&mut chat.wrong_codes),
        ..Chat::new(chat.id)
    };
    turn.answer(chat.id, &callback.id, None);
    turn.show(chat.id, Some(callback.message), words.deleted());
}
