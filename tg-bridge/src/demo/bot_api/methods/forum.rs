//! Forum topics.

use serde_json::{Value, json};

use super::super::chat::{Standing, Topic};
use super::super::message::Body;
use super::super::params::Params;
use super::super::refusal::Refusal;
use super::super::world::{Extras, World};
use super::Answer;
use super::target::{self, Access};

const COLORS: [i64; 6] = [
    7_322_096, 16_766_590, 13_338_331, 9_367_192, 16_749_490, 16_478_047,
];

/// `createForumTopic`.
pub(super) fn create(world: &mut World, params: &Params) -> Answer {
    let chat = forum(world, params, "not enough rights to create a topic")?;
    let name = params.text("name").unwrap_or_default();
    if name.is_empty() {
        return Err(Refusal::malformed("name must be non-empty"));
    }
    if name.chars().count() > 128 {
        return Err(Refusal::malformed("TOPIC_TITLE_TOO_LONG"));
    }
    let color = params.integer("icon_color").unwrap_or(COLORS[0]);
    if !COLORS.contains(&color) {
        return Err(Refusal::malformed("invalid icon color specified"));
    }
    let service = Body::service(
        "forum_topic_created",
        json!({"name": name, "icon_color": color}),
    );
    let bot = world.bot.id;
    let id = world.add_message(chat, bot, service, Extras::default());
    if let Some(room) = world.chats.get_mut(&chat) {
        room.topics.insert(
            id,
            Topic {
                name: name.clone(),
                closed: false,
            },
        );
        if let Some(message) = room.messages.get_mut(&id) {
            message.thread = Some(id);
        }
    }
    Ok(json!({"message_thread_id": id, "name": name, "icon_color": color}))
}

/// `closeForumTopic` and `reopenForumTopic`.
pub(super) fn set_closed(world: &mut World, params: &Params, closed: bool) -> Answer {
    let chat = forum(
        world,
        params,
        "not enough rights to close or open the topic",
    )?;
    let id = params.integer("message_thread_id").unwrap_or(0);
    let topic = world
        .chats
        .get_mut(&chat)
        .and_then(|room| room.topics.get_mut(&id));
    let topic = topic.ok_or_else(|| Refusal::bad_request("TOPIC_ID_INVALID"))?;
    if topic.closed == closed {
        return Err(Refusal::bad_request("TOPIC_NOT_MODIFIED"));
    }
    topic.closed = closed;
    let field = if closed {
        "forum_topic_closed"
    } else {
        "forum_topic_reopened"
    };
    let bot = world.bot.id;
    world.add_message(
        chat,
        bot,
        Body::service(field, json!({})),
        Extras {
            thread: Some(id),
            ..Extras::default()
        },
    );
    Ok(Value::Bool(true))
}

fn forum(world: &World, params: &Params, no_rights: &str) -> Result<i64, Refusal> {
    let chat = target::chat(world, params, Access::Write)?;
    let room = world.chats.get(&chat).filter(|room| room.forum);
    let room = room.ok_or_else(|| Refusal::bad_request("the chat is not a forum"))?;
    if room.bot != Standing::Administrator {
        return Err(Refusal::bad_request(no_rights));
    }
    Ok(chat)
}
