//! People, chats and topics as the stand-in knows them, and their Bot API objects.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

use super::message::Message;

/// A Telegram account of a person.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) id: i64,
    pub(super) first_name: String,
    pub(super) last_name: Option<String>,
    pub(super) username: Option<String>,
    pub(super) language_code: Option<String>,
    pub(super) phone: String,
    pub(super) deactivated: bool,
}

impl Person {
    pub(super) fn new(id: i64, first_name: &str) -> Self {
        Self {
            id,
            first_name: first_name.to_owned(),
            last_name: None,
            username: None,
            language_code: Some("ru".into()),
            phone: format!("7900{:07}", id.unsigned_abs() % 10_000_000),
            deactivated: false,
        }
    }

    /// The `User` object.
    pub(super) fn to_json(&self) -> Value {
        let mut user = json!({"id": self.id, "is_bot": false, "first_name": self.first_name});
        for (key, value) in [
            ("last_name", &self.last_name),
            ("username", &self.username),
            ("language_code", &self.language_code),
        ] {
            if let Some(value) = value {
                user[key] = value.clone().into();
            }
        }
        user
    }

    pub(super) fn name(&self) -> String {
        match &self.last_name {
            Some(last) => format!("{} {last}", self.first_name),
            None => self.first_name.clone(),
        }
    }
}

/// The kinds of chats a bot of this program meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ChatKind {
    Private,
    Group,
    Supergroup,
}

impl ChatKind {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Group => "group",
            Self::Supergroup => "supergroup",
        }
    }
}

/// What somebody is in a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Creator,
    Administrator,
    Member,
    Left,
    /// Removed from a group; in a private chat: the user has blocked the bot.
    Kicked,
}

impl Standing {
    fn as_str(self) -> &'static str {
        match self {
            Self::Creator => "creator",
            Self::Administrator => "administrator",
            Self::Member => "member",
            Self::Left => "left",
            Self::Kicked => "kicked",
        }
    }

    pub(super) fn is_inside(self) -> bool {
        matches!(self, Self::Creator | Self::Administrator | Self::Member)
    }

    /// The `ChatMember` object.
    pub(super) fn to_json(self, user: Value) -> Value {
        let mut member = json!({"status": self.as_str(), "user": user});
        match self {
            Self::Creator => member["is_anonymous"] = false.into(),
            Self::Kicked => member["until_date"] = 0.into(),
            Self::Administrator => {
                for right in [
                    "can_be_edited",
                    "is_anonymous",
                    "can_promote_members",
                    "can_post_stories",
                    "can_edit_stories",
                    "can_delete_stories",
                    "can_manage_video_chats",
                    "can_restrict_members",
                    "can_change_info",
                ] {
                    member[right] = false.into();
                }
                for right in [
                    "can_manage_chat",
                    "can_delete_messages",
                    "can_invite_users",
                    "can_pin_messages",
                    "can_manage_topics",
                ] {
                    member[right] = true.into();
                }
            }
            Self::Member | Self::Left => {}
        }
        member
    }
}

/// A topic of a forum.
#[derive(Clone, Debug)]
pub(super) struct Topic {
    pub(super) name: String,
    pub(super) closed: bool,
}

/// One chat with everything in it.
#[derive(Clone, Debug)]
pub(super) struct Room {
    pub(super) id: i64,
    pub(super) kind: ChatKind,
    pub(super) title: String,
    pub(super) username: Option<String>,
    pub(super) forum: bool,
    /// The user has written first; before that a bot cannot find a private chat.
    pub(super) open: bool,
    /// What the bot is here.
    pub(super) bot: Standing,
    pub(super) members: BTreeMap<i64, Standing>,
    pub(super) messages: BTreeMap<i64, Message>,
    pub(super) next_message: i64,
    pub(super) topics: BTreeMap<i64, Topic>,
    pub(super) migrated_to: Option<i64>,
    /// `typing` and its like, with the moment it was announced.
    pub(super) action: Option<(String, i64)>,
    /// The reply keyboard under the input field.
    pub(super) keyboard: Option<Value>,
}

impl Room {
    pub(super) fn new(id: i64, kind: ChatKind, title: &str) -> Self {
        Self {
            id,
            kind,
            title: title.to_owned(),
            username: None,
            forum: false,
            open: kind != ChatKind::Private,
            bot: if kind == ChatKind::Private {
                Standing::Member
            } else {
                Standing::Left
            },
            members: BTreeMap::new(),
            messages: BTreeMap::new(),
            next_message: 1,
            topics: BTreeMap::new(),
            migrated_to: None,
            action: None,
            keyboard: None,
        }
    }

    /// The `Chat` object.
    pub(super) fn to_json(&self, person: Option<&Person>) -> Value {
        let mut chat = Map::new();
        chat.insert("id".into(), self.id.into());
        chat.insert("type".into(), self.kind.as_str().into());
        match person {
            Some(person) => {
                chat.insert("first_name".into(), person.first_name.clone().into());
                for (key, value) in [
                    ("last_name", &person.last_name),
                    ("username", &person.username),
                ] {
                    if let Some(value) = value {
                        chat.insert(key.into(), value.clone().into());
                    }
                }
            }
            None => {
                chat.insert("title".into(), self.title.clone().into());
                if let Some(username) = &self.username {
                    chat.insert("username".into(), username.clone().into());
                }
                if self.forum {
                    chat.insert("is_forum".into(), true.into());
                }
            }
        }
        if self.kind == ChatKind::Group {
            chat.insert("all_members_are_administrators".into(), false.into());
        }
        Value::Object(chat)
    }

    /// The message, unless it was deleted.
    pub(super) fn message(&self, id: i64) -> Option<&Message> {
        self.messages.get(&id).filter(|message| !message.deleted)
    }

    pub(super) fn message_mut(&mut self, id: i64) -> Option<&mut Message> {
        self.messages
            .get_mut(&id)
            .filter(|message| !message.deleted)
    }
}
