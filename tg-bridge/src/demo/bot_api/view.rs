//! Chats as their users see them: for tests by type, for a web page as JSON.

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

use super::limits;
use super::text::{Entity, to_page_html};
use super::world::World;

/// A message as a user sees it.
#[derive(Clone, Debug, Serialize)]
pub struct MessageView {
    /// The chat.
    pub chat_id: i64,
    /// `message_id`.
    pub id: i64,
    /// Seconds since 1970.
    pub date: i64,
    /// Whether the bot wrote it.
    pub from_bot: bool,
    /// The sender's id.
    pub from_id: i64,
    /// The sender's name.
    pub from: String,
    /// `text`, `photo`, `document`, `location`, `contact`, `service` …
    pub kind: String,
    /// The text, or the caption, without markup.
    pub text: String,
    /// Its entities.
    pub entities: Vec<Entity>,
    /// The text as safe HTML; line breaks stay line breaks.
    pub html: String,
    /// The inline keyboard, row by row.
    pub buttons: Vec<Vec<ButtonView>>,
    /// The files shown.
    pub files: Vec<FileView>,
    /// `media_group_id` of an album.
    pub album: Option<String>,
    /// The message it answers.
    pub reply_to: Option<i64>,
    /// The words quoted from the message it answers.
    pub quote: Option<String>,
    /// `message_thread_id` of a forum topic.
    pub thread: Option<i64>,
    /// Emoji put on it by the bot.
    pub reactions: Vec<String>,
    /// Whether it was changed after it was sent.
    pub edited: bool,
    /// Whether it is gone; only [`super::Chat::all_messages`] shows such messages.
    pub deleted: bool,
    /// Whether it came without a sound.
    pub silent: bool,
    /// The Bot API fields of anything that is not text or a file: location, contact, service message.
    pub content: Value,
}

impl MessageView {
    /// What stands for a message that could not be written, because its chat does not exist.
    pub(super) fn missing(chat_id: i64, id: i64) -> Self {
        Self {
            chat_id,
            id,
            date: 0,
            from_bot: false,
            from_id: 0,
            from: String::new(),
            kind: "missing".into(),
            text: String::new(),
            entities: Vec::new(),
            html: String::new(),
            buttons: Vec::new(),
            files: Vec::new(),
            album: None,
            reply_to: None,
            quote: None,
            thread: None,
            reactions: Vec::new(),
            edited: false,
            deleted: true,
            silent: false,
            content: Value::Null,
        }
    }

    /// The inline button with this caption.
    pub fn button(&self, text: &str) -> Option<&ButtonView> {
        self.buttons
            .iter()
            .flatten()
            .find(|button| button.text == text)
    }

    /// Whether some inline button has this `callback_data`.
    pub fn has_callback(&self, data: &str) -> bool {
        self.buttons
            .iter()
            .flatten()
            .any(|button| button.callback_data.as_deref() == Some(data))
    }
}

/// A button of a keyboard.
#[derive(Clone, Debug, Serialize)]
pub struct ButtonView {
    /// What is written on it.
    pub text: String,
    /// What the bot gets when it is pressed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callback_data: Option<String>,
    /// The page it opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// A reply keyboard's button that shares the user's own contact.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub request_contact: bool,
    /// A reply keyboard's button that shares the user's place.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub request_location: bool,
}

/// A file of a message.
#[derive(Clone, Debug, Serialize)]
pub struct FileView {
    /// Its `file_id`; the content is at `/_tg/files/<file_id>`.
    pub file_id: String,
    /// `photo`, `document` …
    pub kind: String,
    /// The file name, when the kind has one.
    pub name: Option<String>,
    /// The MIME type, when known.
    pub mime: Option<String>,
    /// Length in bytes.
    pub size: usize,
    /// Width and height of a picture.
    pub width: u32,
    /// See `width`.
    pub height: u32,
    /// The address to show or download it, relative to the server.
    pub url: String,
    /// The content.
    #[serde(skip)]
    pub bytes: Bytes,
}

/// A chat's state beside its messages.
#[derive(Clone, Debug, Serialize)]
pub struct ChatView {
    /// `chat_id`.
    pub id: i64,
    /// `private`, `group` or `supergroup`.
    pub kind: String,
    /// The title, or the person's name.
    pub title: String,
    /// Whether the bot is inside; false when blocked or removed.
    pub bot_inside: bool,
    /// The reply keyboard under the input field.
    pub keyboard: Vec<Vec<ButtonView>>,
    /// What the bot is doing now: `typing`, `upload_photo` …
    pub action: Option<String>,
    /// Forum topics: id, name, whether closed.
    pub topics: Vec<(i64, String, bool)>,
    /// Buttons pressed and not answered yet: the user sees them spin.
    pub waiting_queries: usize,
    /// The last event told; ask for events after it.
    pub last_event: u64,
}

/// The view of one message.
pub(super) fn message(world: &World, chat: i64, id: i64) -> Option<MessageView> {
    let message = world.chats.get(&chat)?.messages.get(&id)?;
    let from_bot = message.from == world.bot.id;
    let person = world.people.get(&message.from);
    let mut content = message.body.content.clone();
    for file in [
        "photo",
        "document",
        "video",
        "audio",
        "voice",
        "animation",
        "video_note",
        "sticker",
    ] {
        content.remove(file);
    }
    Some(MessageView {
        chat_id: chat,
        id,
        date: message.date,
        from_bot,
        from_id: message.from,
        from: person.map_or_else(|| world.bot.name.clone(), super::chat::Person::name),
        kind: message.body.kind.clone(),
        text: message.body.formatted.text.clone(),
        entities: message.body.formatted.entities.clone(),
        html: to_page_html(
            &message.body.formatted.text,
            &message.body.formatted.entities,
        ),
        buttons: message
            .inline()
            .map(|markup| buttons(&markup["inline_keyboard"]))
            .unwrap_or_default(),
        files: message
            .body
            .files
            .iter()
            .filter_map(|id| file(world, id))
            .collect(),
        album: message.album.clone(),
        reply_to: message.reply_to,
        quote: message.quote.clone(),
        thread: message.thread,
        reactions: message.reactions.clone(),
        edited: message.edited.is_some(),
        deleted: message.deleted,
        silent: message.silent,
        content: Value::Object(content),
    })
}

/// All messages of a chat, deleted ones too.
pub(super) fn messages(world: &World, chat: i64) -> Vec<MessageView> {
    let ids = world
        .chats
        .get(&chat)
        .map(|chat| chat.messages.keys().copied().collect::<Vec<_>>())
        .unwrap_or_default();
    ids.into_iter()
        .filter_map(|id| message(world, chat, id))
        .collect()
}

/// The state of a chat.
pub(super) fn chat(world: &World, id: i64) -> Option<ChatView> {
    let chat = world.chats.get(&id)?;
    let now = world.now();
    let action = chat
        .action
        .as_ref()
        .filter(|(_, at)| now - at <= limits::ACTION_SECONDS);
    Some(ChatView {
        id,
        kind: chat.kind.as_str().into(),
        title: chat.title.clone(),
        bot_inside: chat.bot.is_inside(),
        keyboard: chat
            .keyboard
            .as_ref()
            .map(|markup| buttons(&markup["keyboard"]))
            .unwrap_or_default(),
        action: action.map(|(action, _)| action.clone()),
        topics: chat
            .topics
            .iter()
            .map(|(id, topic)| (*id, topic.name.clone(), topic.closed))
            .collect(),
        waiting_queries: world
            .queries
            .values()
            .filter(|query| query.chat == id && !query.answered)
            .count(),
        last_event: world.events.last(),
    })
}

/// The rows of a keyboard of either kind.
pub(super) fn buttons(rows: &Value) -> Vec<Vec<ButtonView>> {
    let row = |row: &Value| row.as_array().map(|row| row.iter().map(button).collect());
    rows.as_array()
        .map(|rows| rows.iter().filter_map(row).collect())
        .unwrap_or_default()
}

fn button(button: &Value) -> ButtonView {
    let text = |key: &str| button.get(key).and_then(Value::as_str).map(str::to_owned);
    let flag = |key: &str| button.get(key).and_then(Value::as_bool).unwrap_or(false);
    ButtonView {
        text: text("text")
            .or_else(|| button.as_str().map(str::to_owned))
            .unwrap_or_default(),
        callback_data: text("callback_data"),
        url: text("url"),
        request_contact: flag("request_contact"),
        request_location: flag("request_location"),
    }
}

fn file(world: &World, id: &str) -> Option<FileView> {
    let stored = world.files.get(id)?;
    let (width, height) = stored.size();
    Some(FileView {
        file_id: id.to_owned(),
        kind: stored.kind.field().into(),
        name: stored.name.clone(),
        mime: stored.mime.clone(),
        size: stored.bytes.len(),
        width,
        height,
        url: format!("/_tg/files/{id}"),
        bytes: stored.bytes.clone(),
    })
}
