//! Whom a call is for: chat, topic, message answered – and whether the bot may write there.

use serde_json::Value;

use super::super::chat::{ChatKind, Standing};
use super::super::keyboard::{self, Place};
use super::super::params::Params;
use super::super::refusal::Refusal;
use super::super::world::{Extras, World};

/// What the bot wants to do in the chat.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Access {
    Read,
    Write,
}

/// The chat of `chat_id`.
pub(super) fn chat(world: &World, params: &Params, access: Access) -> Result<i64, Refusal> {
    let Some(given) = params.text("chat_id") else {
        return Err(Refusal::malformed("chat_id is empty"));
    };
    let not_found = || Refusal::bad_request("chat not found");
    let found = match given.strip_prefix('@') {
        Some(name) => world.chats.values().find(|chat| {
            chat.username
                .as_deref()
                .is_some_and(|username| username.eq_ignore_ascii_case(name))
        }),
        None => given
            .trim()
            .parse()
            .ok()
            .and_then(|id: i64| world.chats.get(&id)),
    };
    let chat = found.filter(|chat| chat.open).ok_or_else(not_found)?;
    if let Some(new) = chat.migrated_to {
        return Err(Refusal::migrated(new));
    }
    match (chat.kind, chat.bot) {
        (ChatKind::Private, standing) => {
            let deactivated = world
                .people
                .get(&chat.id)
                .is_some_and(|person| person.deactivated);
            if access == Access::Write && deactivated {
                return Err(Refusal::forbidden("user is deactivated"));
            }
            if access == Access::Write && standing == Standing::Kicked {
                return Err(Refusal::forbidden("bot was blocked by the user"));
            }
        }
        (kind, Standing::Kicked) => {
            return Err(Refusal::forbidden(&format!(
                "bot was kicked from the {} chat",
                kind.as_str()
            )));
        }
        (kind, Standing::Left) => {
            return Err(Refusal::forbidden(&format!(
                "bot is not a member of the {} chat",
                kind.as_str()
            )));
        }
        _ => {}
    }
    Ok(chat.id)
}

/// The topic of `message_thread_id`.
pub(super) fn thread(
    world: &mut World,
    params: &Params,
    chat: i64,
) -> Result<Option<i64>, Refusal> {
    let Some(id) = params.integer("message_thread_id").filter(|id| *id != 0) else {
        return Ok(None);
    };
    let Some(room) = world.chats.get(&chat) else {
        return Ok(None);
    };
    if !room.forum {
        world.remark("`message_thread_id` for a chat without topics");
        return Ok(None);
    }
    let topic = room
        .topics
        .get(&id)
        .ok_or_else(|| Refusal::bad_request("message thread not found"))?;
    if topic.closed && room.bot == Standing::Member {
        return Err(Refusal::bad_request("TOPIC_CLOSED"));
    }
    Ok(Some(id))
}

/// Chat and everything that goes with a new message, paced. `count` is the number of messages.
pub(super) fn message(
    world: &mut World,
    params: &Params,
    count: usize,
) -> Result<(i64, Extras), Refusal> {
    let id = chat(world, params, Access::Write)?;
    let private = id > 0;
    let read = keyboard::read(
        params,
        if private {
            Place::Private
        } else {
            Place::Group
        },
    )?;
    world.remarks.extend(read.remarks);
    let thread = thread(world, params, id)?;
    let (reply_to, quote) = reply(world, params, id)?;
    if let Some(pace) = &mut world.pace {
        pace.take(id, count)?;
    }
    let silent = params.flag("disable_notification");
    Ok((
        id,
        Extras {
            markup: read.markup,
            reply_to,
            quote,
            album: None,
            thread,
            silent,
        },
    ))
}

fn reply(
    world: &World,
    params: &Params,
    chat: i64,
) -> Result<(Option<i64>, Option<String>), Refusal> {
    let Some(value) = params.json("reply_parameters", "reply parameters")? else {
        return Ok((None, None));
    };
    let Some(object) = value.as_object() else {
        return Err(Refusal::malformed("object expected as reply parameters"));
    };
    let Some(id) = object.get("message_id").and_then(Value::as_i64) else {
        return Err(Refusal::malformed(
            "can't parse reply parameters: Can't find field \"message_id\"",
        ));
    };
    let replied = world.chats.get(&chat).and_then(|chat| chat.message(id));
    let Some(replied) = replied else {
        let anyway = object
            .get("allow_sending_without_reply")
            .and_then(Value::as_bool)
            == Some(true);
        return if anyway {
            Ok((None, None))
        } else {
            Err(Refusal::bad_request("message to be replied not found"))
        };
    };
    let quote = object
        .get("quote")
        .and_then(Value::as_str)
        .map(str::to_owned);
    if quote
        .as_ref()
        .is_some_and(|quote| !replied.body.formatted.text.contains(quote.as_str()))
    {
        return Err(Refusal::bad_request("QUOTE_TEXT_INVALID"));
    }
    Ok((Some(id), quote))
}
