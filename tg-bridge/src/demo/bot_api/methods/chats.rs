//! Chats, members, reactions, files.

use serde_json::{Value, json};

use super::super::chat::{ChatKind, Standing};
use super::super::limits;
use super::super::params::Params;
use super::super::refusal::Refusal;
use super::super::world::World;
use super::Answer;
use super::target::{self, Access};

/// `getChat`.
pub(super) fn get(world: &mut World, params: &Params) -> Answer {
    let id = target::chat(world, params, Access::Read)?;
    let mut chat = world.chat_json(id);
    chat["accent_color_id"] = 0.into();
    chat["max_reaction_count"] = 11.into();
    chat["accepted_gift_types"] = json!({
        "unlimited_gifts": true, "limited_gifts": true, "unique_gifts": true, "premium_subscription": true,
        "gifts_from_channels": true,
    });
    if id < 0 {
        chat["permissions"] = json!({"can_send_messages": true});
    }
    Ok(chat)
}

/// `getChatMember`.
pub(super) fn member(world: &mut World, params: &Params) -> Answer {
    let id = target::chat(world, params, Access::Read)?;
    let user = params.integer("user_id").filter(|user| *user > 0);
    let Some(user) = user else {
        return Err(Refusal::malformed("invalid user_id specified"));
    };
    let Some(chat) = world.chats.get(&id) else {
        return Err(Refusal::bad_request("chat not found"));
    };
    if user == world.bot.id {
        return Ok(chat.bot.to_json(world.bot_json()));
    }
    let person = world
        .people
        .get(&user)
        .ok_or_else(|| Refusal::bad_request("user not found"))?;
    let standing = match chat.kind {
        ChatKind::Private if user == id => Standing::Member,
        ChatKind::Private => return Err(Refusal::bad_request("user not found")),
        _ => chat.members.get(&user).copied().unwrap_or(Standing::Left),
    };
    Ok(standing.to_json(person.to_json()))
}

/// `leaveChat`.
pub(super) fn leave(world: &mut World, params: &Params) -> Answer {
    let id = target::chat(world, params, Access::Read)?;
    if id > 0 {
        return Err(Refusal::malformed(
            "chat member status can't be changed in private chats",
        ));
    }
    let bot = world.bot.id;
    world.set_bot_standing(id, bot, Standing::Left);
    Ok(Value::Bool(true))
}

/// `sendChatAction`.
pub(super) fn action(world: &mut World, params: &Params) -> Answer {
    const ACTIONS: [&str; 11] = [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ];
    let action = params
        .text("action")
        .unwrap_or_default()
        .to_ascii_lowercase();
    if !ACTIONS.contains(&action.as_str()) {
        return Err(Refusal::malformed("wrong parameter action in request"));
    }
    let id = target::chat(world, params, Access::Write)?;
    target::thread(world, params, id)?;
    let now = world.now();
    if let Some(chat) = world.chats.get_mut(&id) {
        chat.action = Some((action.clone(), now));
    }
    world.events.push(
        "action",
        Some(id),
        json!({"action": action, "seconds": limits::ACTION_SECONDS}),
    );
    Ok(Value::Bool(true))
}

/// Emoji a bot may react with. Source: `ReactionTypeEmoji` in the Bot API.
const REACTIONS: &str = "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 \
                         😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡";

/// `setMessageReaction`.
pub(super) fn react(world: &mut World, params: &Params) -> Answer {
    let list = params
        .json("reaction", "reaction types")?
        .unwrap_or_else(|| json!([]));
    let Some(list) = list.as_array() else {
        return Err(Refusal::malformed("expected an Array of ReactionType"));
    };
    let mut reactions = Vec::new();
    for item in list {
        if item.get("type").and_then(Value::as_str) != Some("emoji") {
            return Err(Refusal::malformed(
                "can't parse ReactionType: invalid reaction type specified",
            ));
        }
        let emoji = item
            .get("emoji")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if !REACTIONS.split(' ').any(|known| known == emoji) {
            return Err(Refusal::malformed("REACTION_INVALID"));
        }
        reactions.push(emoji.to_owned());
    }
    if reactions.len() > 1 {
        return Err(Refusal::malformed("REACTIONS_TOO_MANY"));
    }
    let chat = target::chat(world, params, Access::Read)?;
    let message = world
        .chats
        .get_mut(&chat)
        .and_then(|chat| chat.message_mut(params.message_id()));
    let message = message.ok_or_else(|| Refusal::bad_request("message to react not found"))?;
    message.reactions = reactions;
    let id = message.id;
    world.tell_message("reaction", chat, id);
    Ok(Value::Bool(true))
}

/// `getFile`.
pub(super) fn file(world: &mut World, params: &Params) -> Answer {
    let Some(id) = params.text("file_id") else {
        return Err(Refusal::malformed("file_id not specified"));
    };
    let stored = world
        .files
        .get(&id)
        .ok_or_else(|| Refusal::malformed("invalid file_id"))?;
    let Some(folder) = &world.local else {
        if stored.bytes.len() > limits::DOWNLOAD_BYTES {
            return Err(Refusal::bad_request("file is too big"));
        }
        return Ok(stored.to_json());
    };
    let path = folder.join(stored.path());
    let written = path
        .parent()
        .map_or(Ok(()), std::fs::create_dir_all)
        .and_then(|()| std::fs::write(&path, &stored.bytes));
    written.map_err(|error| Refusal::custom(500, format!("Internal Server Error: {error}")))?;
    let mut file = stored.to_json();
    file["file_path"] = path.to_string_lossy().into();
    Ok(file)
}
