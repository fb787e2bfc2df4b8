//! What people do: write, send files, press buttons, share contacts, edit, block – and the updates that come of it.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::chat::{ChatKind, Standing};
use super::files::MediaKind;
use super::message::Body;
use super::text::{EntityKind, Formatted, detect, utf16_len};
use super::view;
use super::world::{Extras, Query, World};
use super::{ActError, Attachment, limits};

/// Writes a message in a person's name and queues the update, if the bot may see it. Gives the message's id.
pub(super) fn say(world: &mut World, from: i64, chat: i64, body: Body, extras: Extras) -> i64 {
    enter(world, from, chat);
    let id = world.add_message(chat, from, body, extras);
    if bot_sees(world, chat, id) {
        let message = world.message_json(chat, id);
        world.updates.push("message", chat, message);
    }
    id
}

/// Text as a person types it: cut by the client where it is too long, links and commands found.
pub(super) fn say_text(
    world: &mut World,
    from: i64,
    chat: i64,
    text: &str,
    extras: &Extras,
) -> i64 {
    let mut last = 0;
    for (index, part) in split(text).into_iter().enumerate() {
        let extras = if index == 0 {
            extras.clone()
        } else {
            Extras {
                reply_to: None,
                quote: None,
                ..extras.clone()
            }
        };
        last = say(world, from, chat, Body::text(formatted(part)), extras);
    }
    used_keyboard(world, chat, text);
    last
}

/// A file with a caption.
pub(super) fn say_file(
    world: &mut World,
    from: i64,
    chat: i64,
    file: Attachment,
    caption: &str,
    extras: Extras,
) -> i64 {
    let body = file_body(world, file, caption);
    say(world, from, chat, body, extras)
}

/// An album: one message each with a common `media_group_id`, the caption on the first.
pub(super) fn say_album(
    world: &mut World,
    from: i64,
    chat: i64,
    files: Vec<Attachment>,
    caption: &str,
    extras: &Extras,
) -> Vec<i64> {
    let album = Some(format!("1390000000{:06}", world.number()));
    let mut ids = Vec::new();
    for (index, file) in files.into_iter().enumerate() {
        let body = file_body(world, file, if index == 0 { caption } else { "" });
        ids.push(say(
            world,
            from,
            chat,
            body,
            Extras {
                album: album.clone(),
                ..extras.clone()
            },
        ));
    }
    ids
}

fn file_body(world: &mut World, file: Attachment, caption: &str) -> Body {
    let Attachment {
        kind,
        name,
        mime,
        bytes,
    } = file;
    // A photo has no name in Telegram, and neither has a voice message.
    let name = name.filter(|_| {
        !matches!(
            kind,
            MediaKind::Photo | MediaKind::Voice | MediaKind::VideoNote
        )
    });
    let stored = world
        .files
        .add(kind, name.as_deref(), mime.as_deref(), bytes);
    let mut content = Map::new();
    let media = world.files.media_json(&stored, &Map::new());
    if kind == MediaKind::Animation {
        content.insert("document".into(), media.clone());
    }
    content.insert(kind.field().into(), media);
    Body {
        kind: kind.field().into(),
        content,
        formatted: formatted(caption.to_owned()),
        files: vec![stored.id],
    }
}

/// A message of any other kind, given by its Bot API fields.
pub(super) fn say_raw(
    world: &mut World,
    from: i64,
    chat: i64,
    fields: Value,
    extras: Extras,
) -> i64 {
    let mut content = fields.as_object().cloned().unwrap_or_default();
    let text = content
        .remove("text")
        .and_then(|text| text.as_str().map(str::to_owned));
    let caption = content
        .remove("caption")
        .and_then(|text| text.as_str().map(str::to_owned));
    let kind = match &text {
        Some(_) => "text".to_owned(),
        None => content.keys().next().cloned().unwrap_or_default(),
    };
    let formatted = formatted(text.or(caption).unwrap_or_default());
    say(
        world,
        from,
        chat,
        Body {
            kind,
            content,
            formatted,
            files: Vec::new(),
        },
        extras,
    )
}

/// A contact card; `owner` is the Telegram account it belongs to, if any.
pub(super) fn share_contact(
    world: &mut World,
    from: i64,
    chat: i64,
    phone: &str,
    first_name: &str,
    owner: Option<i64>,
    extras: Extras,
) -> i64 {
    let mut card = json!({"phone_number": phone, "first_name": first_name});
    if let Some(owner) = owner {
        card["user_id"] = owner.into();
        if let Some(last) = world
            .people
            .get(&owner)
            .and_then(|person| person.last_name.clone())
        {
            card["last_name"] = last.into();
        }
    }
    say(world, from, chat, Body::other("contact", card), extras)
}

/// The person's own card, as the button of a keyboard sends it: an answer to the message that asked.
pub(super) fn share_own_contact(
    world: &mut World,
    from: i64,
    chat: i64,
    mut extras: Extras,
) -> i64 {
    let (phone, name) = match world.people.get(&from) {
        Some(person) => (person.phone.clone(), person.first_name.clone()),
        None => return 0,
    };
    let asked = world.chats.get(&chat).and_then(|room| {
        room.messages.values().rev().find(|message| {
            message
                .markup
                .as_ref()
                .is_some_and(|m| m.get("keyboard").is_some())
        })
    });
    extras.reply_to = extras.reply_to.or(asked.map(|message| message.id));
    let id = share_contact(world, from, chat, &phone, &name, Some(from), extras);
    let caption = world
        .chats
        .get(&chat)
        .and_then(|room| room.keyboard.clone())
        .and_then(|markup| {
            let rows = view::buttons(&markup["keyboard"]);
            rows.into_iter()
                .flatten()
                .find(|button| button.request_contact)
                .map(|button| button.text)
        });
    used_keyboard(world, chat, &caption.unwrap_or_default());
    id
}

/// Presses a button: an inline one by its data or caption – on `message`, or on the newest that has it – or one of the
/// reply keyboard by its caption. Gives the callback query's id, or nothing for a reply keyboard.
pub(super) fn press(
    world: &mut World,
    from: i64,
    chat: i64,
    what: &str,
    message: Option<i64>,
) -> Result<Option<String>, ActError> {
    let room = world.chats.get(&chat).ok_or(ActError::NoSuchChat)?;
    let found = room
        .messages
        .values()
        .rev()
        .filter(|candidate| !candidate.deleted && message.is_none_or(|id| candidate.id == id))
        .find_map(|candidate| {
            let rows = view::buttons(&candidate.inline()?["inline_keyboard"]);
            let data = rows.into_iter().flatten().find_map(|button| {
                let fits = button.callback_data.as_deref() == Some(what) || button.text == what;
                button.callback_data.filter(|_| fits)
            })?;
            Some((candidate.id, data))
        });
    if let Some((id, data)) = found {
        return Ok(Some(press_data(world, from, chat, id, &data)));
    }
    let rows = room
        .keyboard
        .as_ref()
        .map(|markup| view::buttons(&markup["keyboard"]))
        .unwrap_or_default();
    let button = rows
        .into_iter()
        .flatten()
        .find(|button| button.text == what && message.is_none());
    match button {
        Some(button) if button.request_contact => {
            share_own_contact(world, from, chat, Extras::default());
            Ok(None)
        }
        Some(button) => {
            say_text(world, from, chat, &button.text, &Extras::default());
            Ok(None)
        }
        None => Err(ActError::NoSuchButton(what.to_owned())),
    }
}

/// Sends a callback query with any data, as an old client with an old keyboard might.
pub(super) fn press_data(
    world: &mut World,
    from: i64,
    chat: i64,
    message: i64,
    data: &str,
) -> String {
    let id = format!("42949672960{:08}", world.number());
    world.queries.insert(
        id.clone(),
        Query {
            chat,
            user: from,
            date: world.now(),
            answered: false,
        },
    );
    let update = json!({
        "id": id,
        "from": world.sender_json(from),
        "message": world.message_json(chat, message),
        "chat_instance": format!("-{}", chat.unsigned_abs() * 7919),
        "data": data,
    });
    world.updates.push("callback_query", chat, update);
    id
}

/// Changes the text or caption of a person's own message.
pub(super) fn edit(
    world: &mut World,
    from: i64,
    chat: i64,
    id: i64,
    text: &str,
) -> Result<(), ActError> {
    let now = world.now();
    let message = world
        .chats
        .get_mut(&chat)
        .and_then(|room| room.message_mut(id))
        .ok_or(ActError::NoSuchMessage)?;
    if message.from != from {
        return Err(ActError::NotAllowed);
    }
    message.body.formatted = formatted(text.to_owned());
    message.edited = Some(now);
    world.tell_message("edited", chat, id);
    if bot_sees(world, chat, id) {
        let message = world.message_json(chat, id);
        world.updates.push("edited_message", chat, message);
    }
    Ok(())
}

/// Puts a reaction on a message; the bot hears of it only if it asked for `message_reaction`.
pub(super) fn react(world: &mut World, from: i64, chat: i64, id: i64, emoji: &str) {
    let update = json!({
        "chat": world.chat_json(chat),
        "message_id": id,
        "user": world.sender_json(from),
        "date": world.now(),
        "old_reaction": [],
        "new_reaction": [{"type": "emoji", "emoji": emoji}],
    });
    world.updates.push("message_reaction", chat, update);
}

/// Turns a group into a supergroup with a new id: both chats get their service message.
pub(super) fn migrate(world: &mut World, chat: i64, by: i64) -> Option<i64> {
    let room = world
        .chats
        .get(&chat)
        .filter(|room| room.kind == ChatKind::Group && room.migrated_to.is_none())?;
    let new = -1_000_000_000_000 - world.next_group_number();
    let room = room.clone();
    let mut upgraded = super::chat::Room::new(new, ChatKind::Supergroup, &room.title);
    upgraded.bot = room.bot;
    upgraded.members = room.members;
    world.chats.insert(new, upgraded);
    say(
        world,
        by,
        chat,
        Body::service("migrate_to_chat_id", new.into()),
        Extras::default(),
    );
    if let Some(old) = world.chats.get_mut(&chat) {
        old.migrated_to = Some(new);
    }
    say(
        world,
        by,
        new,
        Body::service("migrate_from_chat_id", chat.into()),
        Extras::default(),
    );
    Some(new)
}

/// A person who writes opens the private chat, lifts the block, and belongs to the group.
fn enter(world: &mut World, from: i64, chat: i64) {
    if chat == from {
        let room = world.private_chat(from);
        room.open = true;
        if room.bot == Standing::Kicked {
            world.set_bot_standing(chat, from, Standing::Member);
        }
    } else if let Some(room) = world.chats.get_mut(&chat) {
        room.members.entry(from).or_insert(Standing::Member);
    }
}

/// Whether the bot is shown a person's message: always in private, in groups by the rules of privacy mode.
fn bot_sees(world: &World, chat: i64, id: i64) -> bool {
    let Some(room) = world.chats.get(&chat) else {
        return false;
    };
    let Some(message) = room.messages.get(&id) else {
        return false;
    };
    if room.kind == ChatKind::Private {
        return true;
    }
    if !room.bot.is_inside() || room.migrated_to.is_some() {
        return false;
    }
    if !world.bot.privacy || room.bot == Standing::Administrator || message.body.kind == "service" {
        return true;
    }
    let own = message
        .reply_to
        .and_then(|id| room.message(id))
        .is_some_and(|replied| replied.from == world.bot.id);
    let units: Vec<u16> = message.body.formatted.text.encode_utf16().collect();
    let addressed = message.body.formatted.entities.iter().any(|entity| {
        let words = units
            .get(entity.offset..entity.offset + entity.length)
            .map(String::from_utf16_lossy);
        let words = words.unwrap_or_default().to_lowercase();
        let name = format!("@{}", world.bot.username.to_lowercase());
        match entity.kind {
            EntityKind::BotCommand => !words.contains('@') || words.ends_with(&name),
            EntityKind::Mention => words == name,
            _ => false,
        }
    });
    own || addressed
}

/// A one-time keyboard goes away when it was used.
fn used_keyboard(world: &mut World, chat: i64, text: &str) {
    let Some(room) = world.chats.get_mut(&chat) else {
        return;
    };
    let once = room.keyboard.as_ref().is_some_and(|markup| {
        let used = view::buttons(&markup["keyboard"])
            .iter()
            .flatten()
            .any(|button| button.text == text);
        used && markup.get("one_time_keyboard").and_then(Value::as_bool) == Some(true)
    });
    if once {
        room.keyboard = None;
        world.events.push("keyboard", Some(chat), json!([]));
    }
}

fn formatted(text: String) -> Formatted {
    detect(Formatted {
        text: text.trim().to_owned(),
        entities: Vec::new(),
    })
}

/// Clients cut what is longer than a message at a line or a word.
fn split(text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = text;
    while utf16_len(rest) > limits::TEXT {
        let mut units = 0;
        let hard = rest.char_indices().find_map(|(at, character)| {
            units += character.len_utf16();
            (units > limits::TEXT).then_some(at)
        });
        let head = &rest[..hard.unwrap_or(rest.len())];
        let cut = head
            .rfind('\n')
            .or_else(|| head.rfind(' '))
            .filter(|at| *at > 0)
            .unwrap_or(head.len());
        parts.push(rest[..cut].to_owned());
        rest = rest[cut..].trim_start();
    }
    parts.push(rest.to_owned());
    parts
}

impl Attachment {
    /// Any kind of file. Photos, voice messages and video notes lose their name, as they do in Telegram.
    pub fn new(kind: MediaKind, name: &str, mime: Option<&str>, bytes: impl Into<Bytes>) -> Self {
        Self {
            kind,
            name: Some(name.to_owned()),
            mime: mime.map(str::to_owned),
            bytes: bytes.into(),
        }
    }

    /// A photo.
    pub fn photo(bytes: impl Into<Bytes>) -> Self {
        Self::new(MediaKind::Photo, "photo.jpg", Some("image/jpeg"), bytes)
    }

    /// A document with its name and MIME type.
    pub fn document(name: &str, mime: &str, bytes: impl Into<Bytes>) -> Self {
        Self::new(MediaKind::Document, name, Some(mime), bytes)
    }

    /// A video.
    pub fn video(name: &str, bytes: impl Into<Bytes>) -> Self {
        Self::new(MediaKind::Video, name, Some("video/mp4"), bytes)
    }
}
