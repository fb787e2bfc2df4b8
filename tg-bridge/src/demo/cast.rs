//! Who takes part in the demonstration: the bot and its clients. The help desk's side is the simulator's own seed.

use super::bot_api::{BotApi, User};
use serde::Serialize;
use serde_json::Value;

pub(super) const BOT_NAME: &str = "Поддержка";

/// Somebody with Telegram on the phone.
pub(super) struct Client {
    pub(super) user: User,
    pub(super) first_name: String,
    pub(super) last_name: String,
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
    /// Is in charge: sees figures, decides on claims, hears of bad ratings.
    Chief,
}

/// The account of who is in charge.
pub(super) const CHIEF: i64 = 1009;

/// Brings the clients in; but for who is in charge none has written to the bot yet. The first one is a contact of the
/// help desk.
pub(super) fn clients(telegram: &BotApi, account: &Value) -> Vec<Client> {
    let client = |id, names: (&str, &str), phone: &str, note| {
        let (first_name, last_name) = (names.0.to_owned(), names.1.to_owned());
        let user = telegram
            .user(id, &first_name)
            .last_name(&last_name)
            .phone(phone);
        Client {
            user,
            first_name,
            last_name,
            note,
        }
    };
    let boris = client(1002, ("Борис", "Новиков"), "79037654321", Note::Unknown);
    let emily = client(1003, ("Emily", "Stone"), "447700900123", Note::English);
    emily.user.username("emily_stone").language("en");
    let chief = client(CHIEF, ("Ольга", "Зимина"), "79990000009", Note::Chief);
    // A chat of the people in charge is one they have opened.
    chief.user.send_text("/help");
    let mut clients = vec![boris, emily, chief];
    let text =
        |contact: &Value, field: &str| contact[field].as_str().unwrap_or_default().to_owned();
    let phone = |contact: &Value| [text(contact, "phone"), text(contact, "mobile_phone")].concat();
    let contacts = account["contacts"].as_array().into_iter().flatten();
    if let Some(known) = contacts.clone().find(|contact| !phone(contact).is_empty()) {
        let names = (text(known, "first_name"), text(known, "last_name"));
        let digits: String = phone(known).chars().filter(char::is_ascii_digit).collect();
        clients.insert(0, client(1001, (&names.0, &names.1), &digits, Note::Known));
    }
    clients
}
