//! The whole state behind one lock: bot, people, chats, files, updates, history.

use serde_json::{Value, json};
use std::collections::BTreeMap;

use super::chat::{ChatKind, Person, Room, Standing};
use super::events::Events;
use super::faults::Plan;
use super::files::Files;
use super::history::History;
use super::limits::{self, Pace};
use super::message::{Body, Message};
use super::updates::Updates;

/// The bot this server is for.
pub(super) struct Bot {
    pub(super) id: i64,
    pub(super) token: String,
    pub(super) name: String,
    pub(super) username: String,
    /// With privacy on, a bot in a group sees only what is meant for it.
    pub(super) privacy: bool,
}

/// A pressed button that waits for its answer.
#[derive(Clone, Debug)]
pub(super) struct Query {
    pub(super) chat: i64,
    pub(super) user: i64,
    pub(super) date: i64,
    pub(super) answered: bool,
}

/// Everything.
pub(super) struct World {
    pub(super) bot: Bot,
    /// The folder of a server in local mode.
    pub(super) local: Option<std::path::PathBuf>,
    /// Seconds the clock was moved on by [`super::BotApi::advance`].
    pub(super) clock_shift: i64,
    pub(super) people: BTreeMap<i64, Person>,
    pub(super) chats: BTreeMap<i64, Room>,
    pub(super) files: Files,
    pub(super) updates: Updates,
    pub(super) queries: BTreeMap<String, Query>,
    /// Command lists by scope and language.
    pub(super) commands: BTreeMap<(String, String), Value>,
    pub(super) history: History,
    pub(super) faults: Plan,
    pub(super) pace: Option<Pace>,
    pub(super) events: Events,
    pub(super) logged_out: bool,
    /// What the running call did wrong beyond Telegram's own refusals; moved to the history when it ends.
    pub(super) remarks: Vec<String>,
    /// The text of the running call after parsing, for the history.
    pub(super) call_text: Option<String>,
    /// Private chats and small groups share one sequence of message ids, as they do for a real bot.
    next_message: i64,
    next_number: i64,
}

/// What goes with a message beside its body.
#[derive(Clone, Debug, Default)]
pub(super) struct Extras {
    pub(super) markup: Option<Value>,
    pub(super) reply_to: Option<i64>,
    pub(super) quote: Option<String>,
    pub(super) album: Option<String>,
    pub(super) thread: Option<i64>,
    pub(super) silent: bool,
}

impl World {
    pub(super) fn new(bot: Bot, paced: bool, local: Option<std::path::PathBuf>) -> Self {
        Self {
            bot,
            local,
            clock_shift: 0,
            people: BTreeMap::new(),
            chats: BTreeMap::new(),
            files: Files::default(),
            updates: Updates::new(500_000_001),
            queries: BTreeMap::new(),
            commands: BTreeMap::new(),
            history: History::default(),
            faults: Plan::default(),
            pace: paced.then(Pace::new),
            events: Events::default(),
            logged_out: false,
            remarks: Vec::new(),
            call_text: None,
            next_message: 100,
            next_number: 1,
        }
    }

    /// Seconds since 1970 by the stand-in's clock.
    pub(super) fn now(&self) -> i64 {
        now_ms() / 1000 + self.clock_shift
    }

    /// A number not used before, for ids of albums, queries and groups.
    pub(super) fn number(&mut self) -> i64 {
        self.next_number += 1;
        self.next_number
    }

    /// A number for a new group's id.
    pub(super) fn next_group_number(&self) -> i64 {
        self.chats.len() as i64 + 4001
    }

    /// The largest file a bot may send.
    pub(super) fn upload_limit(&self) -> usize {
        if self.local.is_some() {
            limits::LOCAL_BYTES
        } else {
            limits::FILE_BYTES
        }
    }

    /// Notes something about the running call that Telegram would let pass.
    pub(super) fn remark(&mut self, what: impl Into<String>) {
        self.remarks.push(what.into());
    }

    pub(super) fn bot_json(&self) -> Value {
        json!({"id": self.bot.id, "is_bot": true, "first_name": self.bot.name, "username": self.bot.username})
    }

    pub(super) fn sender_json(&self, id: i64) -> Value {
        match self.people.get(&id) {
            Some(person) => person.to_json(),
            None => self.bot_json(),
        }
    }

    pub(super) fn chat_json(&self, id: i64) -> Value {
        self.chats
            .get(&id)
            .map_or(Value::Null, |chat| chat.to_json(self.people.get(&id)))
    }

    pub(super) fn message_json(&self, chat: i64, id: i64) -> Value {
        let message = self.chats.get(&chat).and_then(|chat| chat.message(id));
        message.map_or(Value::Null, |message| message.to_json(self))
    }

    /// Puts a message into a chat and tells the page.
    pub(super) fn add_message(&mut self, chat: i64, from: i64, body: Body, extras: Extras) -> i64 {
        let date = self.now();
        let Some(room) = self.chats.get_mut(&chat) else {
            return 0;
        };
        let id = if room.kind == ChatKind::Supergroup {
            room.next_message += 1;
            room.next_message - 1
        } else {
            self.next_message += 1;
            self.next_message - 1
        };
        let message = Message {
            id,
            chat,
            date,
            edited: None,
            from,
            body,
            markup: extras.markup,
            reply_to: extras.reply_to,
            quote: extras.quote,
            album: extras.album,
            thread: extras.thread,
            reactions: Vec::new(),
            silent: extras.silent,
            deleted: false,
        };
        room.messages.insert(id, message);
        if from == self.bot.id {
            room.action = None;
        }
        self.tell_message("message", chat, id);
        id
    }

    /// Tells the page about a new or changed message.
    pub(super) fn tell_message(&mut self, kind: &'static str, chat: i64, id: i64) {
        let view =
            super::view::message(self, chat, id).and_then(|view| serde_json::to_value(view).ok());
        if let Some(view) = view {
            self.events.push(kind, Some(chat), view);
        }
    }

    /// The private chat of a person, created when there is none.
    pub(super) fn private_chat(&mut self, id: i64) -> &mut Room {
        let title = self.people.get(&id).map(Person::name).unwrap_or_default();
        self.chats
            .entry(id)
            .or_insert_with(|| Room::new(id, ChatKind::Private, &title))
    }

    /// Changes what the bot is in a chat and sends `my_chat_member`.
    pub(super) fn set_bot_standing(&mut self, chat: i64, by: i64, new: Standing) {
        let bot = self.bot_json();
        let date = self.now();
        let Some(room) = self.chats.get_mut(&chat) else {
            return;
        };
        let old = std::mem::replace(&mut room.bot, new);
        if old == new {
            return;
        }
        let update = json!({
            "chat": self.chat_json(chat),
            "from": self.sender_json(by),
            "date": date,
            "old_chat_member": old.to_json(bot.clone()),
            "new_chat_member": new.to_json(bot),
        });
        self.updates.push("my_chat_member", chat, update);
        self.events
            .push("member", Some(chat), json!({"inside": new.is_inside()}));
    }
}

/// Milliseconds since 1970.
pub(super) fn now_ms() -> i64 {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
