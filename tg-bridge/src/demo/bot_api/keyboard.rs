//! Keyboards: what Telegram accepts as `reply_markup`, refused with its words.

use serde_json::{Map, Value};

use super::limits;
use super::params::Params;
use super::refusal::Refusal;
use super::text::{link_error, link_user_id};

/// Where a keyboard is to appear.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Place {
    /// A new message in a private chat.
    Private,
    /// A new message in a group.
    Group,
    /// An edited message, which takes inline keyboards only.
    Edited,
}

/// A keyboard that passed, and what is odd about it.
pub(super) struct Read {
    pub(super) markup: Option<Value>,
    pub(super) remarks: Vec<String>,
}

/// Reads `reply_markup`.
pub(super) fn read(params: &Params, place: Place) -> Result<Read, Refusal> {
    let mut remarks = Vec::new();
    let Some(value) = params.json("reply_markup", "reply keyboard markup")? else {
        return Ok(Read {
            markup: None,
            remarks,
        });
    };
    let Some(object) = value.as_object() else {
        return Err(Refusal::malformed("object expected as reply markup"));
    };
    let keyboard = rows(
        object,
        "keyboard",
        "field \"keyboard\" must be an Array of Arrays",
    )?;
    let inline = rows(
        object,
        "inline_keyboard",
        "field \"inline_keyboard\" of the InlineKeyboardMarkup must be an Array of Arrays",
    )?;
    for button in keyboard.iter().flatten() {
        reply_button(button, place)?;
    }
    for button in inline.iter().flatten() {
        inline_button(button, &mut remarks)?;
    }
    if place == Place::Edited && inline.is_empty() && (!keyboard.is_empty() || asks(object)) {
        return Err(Refusal::malformed("inline keyboard expected"));
    }
    for rows in [&keyboard, &inline] {
        let total: usize = rows.iter().map(Vec::len).sum();
        if total > limits::BUTTONS {
            return Err(Refusal::malformed("reply markup is too long"));
        }
        if rows.iter().any(|row| row.len() > limits::BUTTONS_IN_ROW) {
            remarks.push(format!(
                "a row of more than {} buttons is not shown in full",
                limits::BUTTONS_IN_ROW
            ));
        }
        if rows.iter().any(Vec::is_empty) {
            remarks.push("a row without buttons".into());
        }
    }
    let shown = !keyboard.is_empty() || !inline.is_empty() || asks(object);
    Ok(Read {
        markup: shown.then_some(value.clone()),
        remarks,
    })
}

fn asks(object: &Map<String, Value>) -> bool {
    ["remove_keyboard", "force_reply"]
        .iter()
        .any(|key| object.get(*key).and_then(Value::as_bool) == Some(true))
}

fn rows(
    object: &Map<String, Value>,
    key: &str,
    not_rows: &str,
) -> Result<Vec<Vec<Value>>, Refusal> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(rows)) => rows
            .iter()
            .map(|row| {
                row.as_array()
                    .cloned()
                    .ok_or_else(|| Refusal::malformed(not_rows))
            })
            .collect(),
        Some(_) => Err(Refusal::malformed(format!(
            "can't parse reply markup: Field \"{key}\" must be of type Array"
        ))),
    }
}

fn reply_button(button: &Value, place: Place) -> Result<(), Refusal> {
    let wrong = |reason: &str| Refusal::malformed(format!("can't parse keyboard button: {reason}"));
    let object = match button {
        Value::String(text) if text.is_empty() => {
            return Err(Refusal::malformed("keyboard button text must be non-empty"));
        }
        Value::String(_) => return Ok(()),
        Value::Object(object) => object,
        _ => return Err(wrong("KeyboardButton must be a String or an Object")),
    };
    match object.get("text").and_then(Value::as_str) {
        None => return Err(wrong("Can't find field \"text\"")),
        Some("") => return Err(Refusal::malformed("keyboard button text must be non-empty")),
        Some(_) => {}
    }
    let asks = |key: &str| {
        object
            .get(key)
            .is_some_and(|value| *value != Value::Bool(false) && !value.is_null())
    };
    for (key, words) in [
        (
            "request_contact",
            "phone number can be requested in private chats only",
        ),
        (
            "request_location",
            "location can be requested in private chats only",
        ),
        (
            "request_poll",
            "poll can be requested in private chats only",
        ),
        (
            "request_users",
            "users can be requested in private chats only",
        ),
        (
            "request_chat",
            "chats can be requested in private chats only",
        ),
        (
            "web_app",
            "Web App buttons can be used in private chats only",
        ),
    ] {
        if place == Place::Group && asks(key) {
            return Err(Refusal::malformed(words));
        }
    }
    Ok(())
}

/// The fields of which a button has exactly one.
const ACTIONS: [&str; 11] = [
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
    "disabled",
];

fn inline_button(button: &Value, remarks: &mut Vec<String>) -> Result<(), Refusal> {
    let wrong =
        |reason: &str| Refusal::malformed(format!("can't parse inline keyboard button: {reason}"));
    let Some(object) = button.as_object() else {
        return Err(wrong("InlineKeyboardButton must be an Object"));
    };
    match object.get("text").and_then(Value::as_str) {
        None => return Err(wrong("Can't find field \"text\"")),
        Some("") => {
            return Err(Refusal::malformed(
                "inline keyboard button text must be non-empty",
            ));
        }
        Some(_) => {}
    }
    let text = |key: &str| {
        object
            .get(key)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    let actions = ACTIONS
        .iter()
        .filter(|key| object.get(**key).is_some_and(|value| !value.is_null()))
        .count();
    if let Some(url) = text("url") {
        if link_user_id(url).is_none()
            && let Some(reason) = link_error(url)
        {
            return Err(Refusal::malformed(format!(
                "inline keyboard button {reason}"
            )));
        }
    } else if let Some(data) = text("callback_data") {
        if data.len() > limits::CALLBACK_DATA {
            return Err(Refusal::malformed("BUTTON_DATA_INVALID"));
        }
    } else if !ACTIONS[2..].iter().any(|key| object.contains_key(*key)) {
        // Empty `url` and `callback_data` count as absent.
        return Err(wrong("Text buttons are unallowed in the inline keyboard"));
    }
    if actions > 1 {
        remarks.push("an inline button with more than one action: only the first one works".into());
    }
    Ok(())
}
