//! The bot's command list.

use serde_json::{Value, json};

use super::super::limits;
use super::super::params::Params;
use super::super::refusal::Refusal;
use super::super::world::World;
use super::Answer;

/// `setMyCommands`.
pub(super) fn set(world: &mut World, params: &Params) -> Answer {
    let key = key(world, params)?;
    let list = params
        .json("commands", "commands")?
        .unwrap_or_else(|| json!([]));
    let Some(commands) = list.as_array() else {
        return Err(Refusal::malformed("expected an Array of BotCommand"));
    };
    if commands.len() > limits::COMMANDS {
        return Err(Refusal::malformed("BOT_COMMANDS_TOO_MUCH"));
    }
    for command in commands {
        let text = |name: &str| {
            command.get(name).and_then(Value::as_str).ok_or_else(|| {
                Refusal::malformed(format!(
                    "can't parse BotCommand: Can't find field \"{name}\""
                ))
            })
        };
        let name = text("command")?.trim_start_matches('/');
        let letters = name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if name.is_empty() || name.len() > 32 || !letters {
            return Err(Refusal::malformed("BOT_COMMAND_INVALID"));
        }
        let description = text("description")?.chars().count();
        if !(1..=256).contains(&description) {
            return Err(Refusal::malformed("BOT_COMMAND_DESCRIPTION_INVALID"));
        }
    }
    world.commands.insert(key, list);
    world.events.push("commands", None, Value::Null);
    Ok(Value::Bool(true))
}

/// `getMyCommands`.
pub(super) fn get(world: &mut World, params: &Params) -> Answer {
    let key = key(world, params)?;
    Ok(world
        .commands
        .get(&key)
        .cloned()
        .unwrap_or_else(|| json!([])))
}

/// `deleteMyCommands`.
pub(super) fn delete(world: &mut World, params: &Params) -> Answer {
    let key = key(world, params)?;
    world.commands.remove(&key);
    world.events.push("commands", None, Value::Null);
    Ok(Value::Bool(true))
}

fn key(world: &World, params: &Params) -> Result<(String, String), Refusal> {
    let language = params.text("language_code").unwrap_or_default();
    if !language.is_empty()
        && (language.len() != 2 || !language.bytes().all(|byte| byte.is_ascii_lowercase()))
    {
        return Err(Refusal::malformed("BOT_COMMAND_LANGUAGE_INVALID"));
    }
    let Some(scope) = params.json("scope", "BotCommandScope")? else {
        return Ok(("default".into(), language));
    };
    let kind = scope
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let scope = match kind {
        "default" | "all_private_chats" | "all_group_chats" | "all_chat_administrators" => {
            kind.to_owned()
        }
        "chat" | "chat_administrators" | "chat_member" => {
            let chat = scope.get("chat_id").and_then(Value::as_i64).unwrap_or(0);
            if !world.chats.get(&chat).is_some_and(|chat| chat.open) {
                return Err(Refusal::bad_request("chat not found"));
            }
            let user = scope.get("user_id").and_then(Value::as_i64);
            format!("{kind}:{chat}:{}", user.unwrap_or(0))
        }
        _ => {
            return Err(Refusal::malformed(
                "can't parse BotCommandScope: Unsupported type specified",
            ));
        }
    };
    Ok((scope, language))
}

/// What a user sees in the menu: the narrowest scope that has a list, in the user's language if there is one.
pub(in super::super) fn seen(world: &World, chat: i64, language: Option<&str>) -> Value {
    let general = if chat > 0 {
        "all_private_chats"
    } else {
        "all_group_chats"
    };
    let scopes = [
        format!("chat:{chat}:0"),
        general.to_owned(),
        "default".to_owned(),
    ];
    let languages = [language.unwrap_or_default(), ""];
    let found = scopes
        .iter()
        .flat_map(|scope| languages.map(|language| (scope.clone(), language.to_owned())));
    found
        .filter_map(|key| world.commands.get(&key))
        .next()
        .cloned()
        .unwrap_or_else(|| json!([]))
}
