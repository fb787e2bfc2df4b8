//! `answerCallbackQuery`.

use serde_json::{Value, json};

use super::super::limits;
use super::super::params::Params;
use super::super::refusal::Refusal;
use super::super::text::utf16_len;
use super::super::world::World;
use super::Answer;

pub(super) fn answer(world: &mut World, params: &Params) -> Answer {
    let id = params.text("callback_query_id").unwrap_or_default();
    let text = params.text("text").unwrap_or_default();
    if utf16_len(&text) > limits::TOAST {
        return Err(Refusal::malformed("MESSAGE_TOO_LONG"));
    }
    let now = world.now();
    let query = world.queries.get_mut(&id);
    let alive = query.filter(|query| !query.answered && now - query.date <= limits::QUERY_SECONDS);
    let Some(query) = alive else {
        return Err(Refusal::bad_request(
            "query is too old and response timeout expired or query ID is invalid",
        ));
    };
    if params.text("url").is_some() {
        return Err(Refusal::malformed("URL_INVALID"));
    }
    query.answered = true;
    let (chat, user) = (query.chat, query.user);
    world.call_text = Some(text.clone()).filter(|text| !text.is_empty());
    let toast =
        json!({"query": id, "user": user, "text": text, "alert": params.flag("show_alert")});
    world.events.push("toast", Some(chat), toast);
    Ok(Value::Bool(true))
}
