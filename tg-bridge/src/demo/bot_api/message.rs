//! One message: what it holds and its Bot API object.

use serde_json::{Map, Value, json};

use super::text::Formatted;
use super::world::World;

/// What a message says or shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Body {
    /// `text`, `photo`, `document` … `service`, or the field of something else (`location`, `contact`, `poll`).
    pub(super) kind: String,
    /// The fields of the message that carry it, except text and caption.
    pub(super) content: Map<String, Value>,
    /// Text of a text message, caption of any other.
    pub(super) formatted: Formatted,
    /// The files shown, best version.
    pub(super) files: Vec<String>,
}

impl Body {
    pub(super) fn text(formatted: Formatted) -> Self {
        Self {
            kind: "text".into(),
            formatted,
            ..Self::default()
        }
    }

    pub(super) fn service(field: &str, value: Value) -> Self {
        Self {
            kind: "service".into(),
            content: Map::from_iter([(field.to_owned(), value)]),
            ..Self::default()
        }
    }

    pub(super) fn other(field: &str, value: Value) -> Self {
        Self {
            kind: field.into(),
            content: Map::from_iter([(field.to_owned(), value)]),
            ..Self::default()
        }
    }

    pub(super) fn is_text(&self) -> bool {
        self.kind == "text"
    }

    /// Whether it can carry a caption.
    pub(super) fn has_caption(&self) -> bool {
        matches!(
            self.kind.as_str(),
            "photo" | "document" | "video" | "audio" | "voice" | "animation"
        )
    }
}

/// One message of a chat.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) id: i64,
    pub(super) chat: i64,
    pub(super) date: i64,
    pub(super) edited: Option<i64>,
    /// The person's or the bot's id.
    pub(super) from: i64,
    pub(super) body: Body,
    /// The keyboard sent with it, of any kind.
    pub(super) markup: Option<Value>,
    pub(super) reply_to: Option<i64>,
    pub(super) quote: Option<String>,
    pub(super) album: Option<String>,
    pub(super) thread: Option<i64>,
    pub(super) reactions: Vec<String>,
    pub(super) silent: bool,
    pub(super) deleted: bool,
}

impl Message {
    /// The inline keyboard, which is the only one shown with the message itself.
    pub(super) fn inline(&self) -> Option<&Value> {
        self.markup
            .as_ref()
            .filter(|markup| markup.get("inline_keyboard").is_some())
    }

    /// The `Message` object.
    pub(super) fn to_json(&self, world: &World) -> Value {
        let mut message = self.to_flat_json(world);
        let replied = self
            .reply_to
            .and_then(|id| world.chats.get(&self.chat)?.message(id));
        if let Some(replied) = replied {
            // Telegram shows one level of replies only.
            message["reply_to_message"] = replied.to_flat_json(world);
            if let Some(quote) = &self.quote {
                message["quote"] = json!({"text": quote, "position": 0, "is_manual": true});
            }
        }
        message
    }

    fn to_flat_json(&self, world: &World) -> Value {
        let mut message = Map::new();
        message.insert("message_id".into(), self.id.into());
        message.insert("from".into(), world.sender_json(self.from));
        message.insert("chat".into(), world.chat_json(self.chat));
        message.insert("date".into(), self.date.into());
        if let Some(edited) = self.edited {
            message.insert("edit_date".into(), edited.into());
        }
        if let Some(thread) = self.thread {
            message.insert("message_thread_id".into(), thread.into());
            message.insert("is_topic_message".into(), true.into());
        }
        if let Some(album) = &self.album {
            message.insert("media_group_id".into(), album.clone().into());
        }
        message.extend(self.body.content.clone());
        if !self.body.formatted.text.is_empty() {
            let (text, entities) = if self.body.is_text() {
                ("text", "entities")
            } else {
                ("caption", "caption_entities")
            };
            message.insert(text.into(), self.body.formatted.text.clone().into());
            let list: Vec<Value> = self
                .body
                .formatted
                .entities
                .iter()
                .map(|entity| entity.to_json())
                .collect();
            if !list.is_empty() {
                message.insert(entities.into(), list.into());
            }
        }
        if let Some(markup) = self.inline() {
            message.insert("reply_markup".into(), markup.clone());
        }
        Value::Object(message)
    }
}
