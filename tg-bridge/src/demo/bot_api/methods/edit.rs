//! Changing and deleting messages.

use serde_json::Value;

use super::super::formatting;
use super::super::keyboard::{self, Place};
use super::super::limits;
use super::super::message::Message;
use super::super::params::Params;
use super::super::refusal::Refusal;
use super::super::text::Formatted;
use super::super::world::World;
use super::Answer;
use super::target::{self, Access};

/// `editMessageText`.
pub(super) fn text(world: &mut World, params: &Params) -> Answer {
    let text = formatting::text(world, params)?;
    edit(world, params, |message| {
        if !message.body.is_text() {
            return Err(Refusal::bad_request(
                "there is no text in the message to edit",
            ));
        }
        Ok(Some(text))
    })
}

/// `editMessageCaption`.
pub(super) fn caption(world: &mut World, params: &Params) -> Answer {
    let caption = formatting::caption(world, params)?;
    edit(world, params, |message| {
        if !message.body.has_caption() {
            return Err(Refusal::bad_request(
                "there is no caption in the message to edit",
            ));
        }
        Ok(Some(caption))
    })
}

/// `editMessageReplyMarkup`.
pub(super) fn markup(world: &mut World, params: &Params) -> Answer {
    edit(world, params, |_| Ok(None))
}

const NOT_MODIFIED: &str = "message is not modified: specified new message content and reply markup are exactly the \
                            same as a current content and reply markup of the message";

fn edit(
    world: &mut World,
    params: &Params,
    change: impl FnOnce(&Message) -> Result<Option<Formatted>, Refusal>,
) -> Answer {
    let read = keyboard::read(params, Place::Edited)?;
    world.remarks.extend(read.remarks);
    if params.text("chat_id").is_none() && params.message_id() == 0 {
        // No inline messages here: nobody could have such an identifier.
        return match params.text("inline_message_id") {
            None => Err(Refusal::malformed("message identifier is not specified")),
            Some(_) => Err(Refusal::bad_request("MESSAGE_ID_INVALID")),
        };
    }
    let chat = target::chat(world, params, Access::Write)?;
    let (bot, now) = (world.bot.id, world.now());
    let message = world
        .chats
        .get_mut(&chat)
        .and_then(|chat| chat.message_mut(params.message_id()));
    let message = message.ok_or_else(|| Refusal::bad_request("message to edit not found"))?;
    let other_keyboard = message.markup.is_some() && message.inline().is_none();
    if message.from != bot || message.body.kind == "service" || other_keyboard {
        return Err(Refusal::bad_request("message can't be edited"));
    }
    let formatted = change(message)?.unwrap_or_else(|| message.body.formatted.clone());
    if formatted == message.body.formatted && read.markup == message.markup {
        return Err(Refusal::bad_request(NOT_MODIFIED));
    }
    if formatted != message.body.formatted {
        message.edited = Some(now);
    }
    message.body.formatted = formatted;
    message.markup = read.markup;
    let id = message.id;
    world.tell_message("edited", chat, id);
    Ok(world.message_json(chat, id))
}

/// `deleteMessage`.
pub(super) fn delete(world: &mut World, params: &Params) -> Answer {
    if params.text("chat_id").is_none() {
        return Err(Refusal::malformed("chat identifier is not specified"));
    }
    if params.text("message_id").is_none() {
        return Err(Refusal::malformed("message identifier is not specified"));
    }
    let chat = target::chat(world, params, Access::Write)?;
    let (bot, now) = (world.bot.id, world.now());
    let room = world.chats.get_mut(&chat);
    let rights = room
        .as_ref()
        .is_some_and(|room| room.id > 0 || room.bot == super::super::chat::Standing::Administrator);
    let message = room.and_then(|room| room.message_mut(params.message_id()));
    let message = message.ok_or_else(|| Refusal::bad_request("message to delete not found"))?;
    if now - message.date > limits::DELETE_SECONDS || (message.from != bot && !rights) {
        return Err(Refusal::bad_request("message can't be deleted"));
    }
    message.deleted = true;
    let id = message.id;
    world
        .events
        .push("deleted", Some(chat), serde_json::json!({"id": id}));
    Ok(Value::Bool(true))
}
