//! One entity of a text and the order Telegram keeps entities in.

use serde::Serialize;
use serde_json::{Map, Value, json};

/// The kinds of entities the Bot API names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum EntityKind {
    Mention,
    Hashtag,
    BotCommand,
    Url,
    Email,
    PhoneNumber,
    Bold,
    Italic,
    Underline,
    Strikethrough,
    Spoiler,
    Blockquote,
    ExpandableBlockquote,
    Code,
    Pre,
    TextLink,
    TextMention,
    CustomEmoji,
    DateTime,
}

impl EntityKind {
    /// The value of `type` in a `MessageEntity`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mention => "mention",
            Self::Hashtag => "hashtag",
            Self::BotCommand => "bot_command",
            Self::Url => "url",
            Self::Email => "email",
            Self::PhoneNumber => "phone_number",
            Self::Bold => "bold",
            Self::Italic => "italic",
            Self::Underline => "underline",
            Self::Strikethrough => "strikethrough",
            Self::Spoiler => "spoiler",
            Self::Blockquote => "blockquote",
            Self::ExpandableBlockquote => "expandable_blockquote",
            Self::Code => "code",
            Self::Pre => "pre",
            Self::TextLink => "text_link",
            Self::TextMention => "text_mention",
            Self::CustomEmoji => "custom_emoji",
            Self::DateTime => "date_time",
        }
    }

    /// Reads the value of `type` for the kinds a bot may send; found kinds (`url`, `mention` …) are ignored when sent.
    pub(in super::super) fn sendable(name: &str) -> Option<Self> {
        [
            Self::Bold,
            Self::Italic,
            Self::Underline,
            Self::Strikethrough,
            Self::Spoiler,
            Self::Blockquote,
            Self::ExpandableBlockquote,
            Self::Code,
            Self::Pre,
            Self::TextLink,
            Self::TextMention,
            Self::CustomEmoji,
            Self::DateTime,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == name)
    }

    /// Outer before inner when two entities cover the same text.
    fn rank(self) -> u8 {
        match self {
            Self::Blockquote | Self::ExpandableBlockquote => 0,
            Self::Pre => 11,
            Self::Code => 20,
            Self::TextLink | Self::TextMention => 49,
            Self::Mention
            | Self::Hashtag
            | Self::BotCommand
            | Self::Url
            | Self::Email
            | Self::PhoneNumber => 50,
            Self::Bold => 90,
            Self::Italic => 91,
            Self::Underline => 92,
            Self::Strikethrough => 93,
            Self::Spoiler => 94,
            Self::DateTime => 30,
            Self::CustomEmoji => 99,
        }
    }
}

/// A special part of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entity {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: EntityKind,
    /// Where it begins, in UTF-16 code units.
    pub offset: usize,
    /// How long it is, in UTF-16 code units.
    pub length: usize,
    /// `url` of a link, `language` of a code block, `custom_emoji_id` or `date_time_format`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub argument: Option<String>,
    /// The user mentioned without a username, or the moment of a date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<i64>,
}

impl Entity {
    pub(in super::super) fn new(kind: EntityKind, offset: usize, length: usize) -> Self {
        Self {
            kind,
            offset,
            length,
            argument: None,
            number: None,
        }
    }

    pub(super) fn with(kind: EntityKind, offset: usize, length: usize, argument: String) -> Self {
        Self {
            argument: Some(argument),
            ..Self::new(kind, offset, length)
        }
    }

    fn rank(&self) -> u8 {
        // A block of a named language goes before a plain one.
        match self.kind {
            EntityKind::Pre if self.argument.is_some() => 10,
            kind => kind.rank(),
        }
    }

    pub(super) fn end(&self) -> usize {
        self.offset + self.length
    }

    /// The `MessageEntity` object.
    pub(in super::super) fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("type".into(), self.kind.as_str().into());
        object.insert("offset".into(), self.offset.into());
        object.insert("length".into(), self.length.into());
        let key = match self.kind {
            EntityKind::TextLink => "url",
            EntityKind::Pre => "language",
            EntityKind::CustomEmoji => "custom_emoji_id",
            EntityKind::DateTime => "date_time_format",
            _ => "",
        };
        if let Some(argument) = self
            .argument
            .as_ref()
            .filter(|argument| !argument.is_empty() && !key.is_empty())
        {
            object.insert(key.into(), argument.clone().into());
        }
        match (self.kind, self.number) {
            (EntityKind::TextMention, Some(id)) => {
                object.insert(
                    "user".into(),
                    json!({"id": id, "is_bot": false, "first_name": "User"}),
                );
            }
            (EntityKind::DateTime, Some(moment)) => {
                object.insert("unix_time".into(), moment.into());
            }
            _ => {}
        }
        Value::Object(object)
    }
}

/// Telegram's order: by beginning, longer first, outer kind first.
pub(super) fn sort(entities: &mut [Entity]) {
    entities.sort_by(|a, b| {
        a.offset
            .cmp(&b.offset)
            .then(b.length.cmp(&a.length))
            .then(a.rank().cmp(&b.rank()))
    });
}
