//! Who takes part in the demonstration: the bot and its clients. The help desk's side is the simulator's own seed.

use super::bot_api::{BotApi, User};
use serde::Serialize;

pub(super) const BOT_NAME: &str = "Поддержка";

/// Somebody with Telegram on the phone.
pub(super) struct Client {
    pub(super) user: User,
    pub(super) first_name: &'static str,
    pub(super) last_name: &'static str,
    pub(super) note: Note,
}

/// What a visitor shall know of a client.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Note {
    /// Okdesk has the number.
    Known,
    /// Okdesk has never heard of it.
    Unknown,
    /// Speaks English, and is unknown too.
    English,
}

/// Brings the clients in; none has written to the bot yet.
pub(super) fn clients(telegram: &BotApi, known_phone: &str) -> Vec<Client> {
    let client = |id, first_name, last_name, username, phone, language, note| {
        let user = telegram.user(id, first_name).profile(Some(last_name), username, Some(phone), Some(language));
        Client { user, first_name, last_name, note }
    };
    vec![
        client(1001, "Анна", "Петрова", Some("anna_petrova"), known_phone, "ru", Note::Known),
        client(1002, "Борис", "Новиков", None, "79037654321", "ru", Note::Unknown),
        client(1003, "Emily", "Stone", Some("emily_stone"), "447700900123", "en", Note::English),
    ]
}
