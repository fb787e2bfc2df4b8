//! The methods, each a function from state and parameters to an answer or a refusal.

mod album;
mod chats;
mod commands;
mod edit;
mod forum;
mod hooks;
mod query;
mod send;
mod target;

use serde_json::{Value, json};

use super::params::Params;
use super::refusal::Refusal;
use super::world::World;

pub(super) use commands::seen as seen_commands;
pub(super) use hooks::remember_allowed;

pub(super) type Answer = Result<Value, Refusal>;

/// Runs a method by its name in the specification's spelling; `getUpdates` waits and is therefore elsewhere.
pub(super) fn call(world: &mut World, name: &str, params: &Params) -> Answer {
    match name {
        "getMe" => Ok(get_me(world)),
        "close" => Ok(Value::Bool(true)),
        "logOut" => {
            world.logged_out = true;
            Ok(Value::Bool(true))
        }
        "setWebhook" | "deleteWebhook" => hooks::set(world, name, params),
        "getWebhookInfo" => Ok(hooks::info(world)),
        "sendMessage" => send::message(world, params),
        "sendLocation" => send::location(world, params),
        "sendMediaGroup" => album::send(world, params),
        "editMessageText" => edit::text(world, params),
        "editMessageCaption" => edit::caption(world, params),
        "editMessageReplyMarkup" => edit::markup(world, params),
        "deleteMessage" => edit::delete(world, params),
        "answerCallbackQuery" => query::answer(world, params),
        "sendChatAction" => chats::action(world, params),
        "setMessageReaction" => chats::react(world, params),
        "getChat" => chats::get(world, params),
        "getChatMember" => chats::member(world, params),
        "leaveChat" => chats::leave(world, params),
        "getFile" => chats::file(world, params),
        "setMyCommands" => commands::set(world, params),
        "getMyCommands" => commands::get(world, params),
        "deleteMyCommands" => commands::delete(world, params),
        "createForumTopic" => forum::create(world, params),
        "closeForumTopic" => forum::set_closed(world, params, true),
        "reopenForumTopic" => forum::set_closed(world, params, false),
        _ => send::media(world, name, params),
    }
}

fn get_me(world: &World) -> Value {
    let mut me = world.bot_json();
    for (key, value) in [
        ("can_join_groups", true),
        ("can_read_all_group_messages", !world.bot.privacy),
        ("supports_inline_queries", false),
        ("can_connect_to_business", false),
        ("has_main_web_app", false),
    ] {
        me[key] = json!(value);
    }
    me
}
