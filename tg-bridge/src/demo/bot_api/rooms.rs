//! The handle to look at a chat, and to do to a group what its owner does.

use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

use super::chat::{Room, Standing, Topic};
use super::message::Body;
use super::server::Shared;
use super::view::{self, ChatView, MessageView};
use super::world::Extras;
use super::{NotSeen, incoming};

/// One chat.
#[derive(Clone)]
pub struct Chat {
    shared: Arc<Shared>,
    id: i64,
    after: i64,
}

impl Chat {
    pub(super) fn new(shared: Arc<Shared>, id: i64) -> Self {
        Self {
            shared,
            id,
            after: 0,
        }
    }

    /// `chat_id`.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// The same chat, showing only messages after this one.
    pub fn after(&self, message: i64) -> Self {
        Self {
            after: message,
            ..self.clone()
        }
    }

    /// The same chat, showing only what comes from now on.
    pub fn from_now(&self) -> Self {
        let last = self
            .all_messages()
            .last()
            .map_or(self.after, |message| message.id);
        self.after(last)
    }

    /// The messages a user sees, oldest first.
    pub fn messages(&self) -> Vec<MessageView> {
        let mut messages = self.all_messages();
        messages.retain(|message| !message.deleted);
        messages
    }

    /// The bot's messages a user sees.
    pub fn from_bot(&self) -> Vec<MessageView> {
        let mut messages = self.messages();
        messages.retain(|message| message.from_bot);
        messages
    }

    /// All messages, deleted ones too.
    pub fn all_messages(&self) -> Vec<MessageView> {
        let mut messages = self.shared.read(|world| view::messages(world, self.id));
        messages.retain(|message| message.id > self.after);
        messages
    }

    /// Keyboard, action, topics.
    pub fn view(&self) -> Option<ChatView> {
        self.shared.read(|world| view::chat(world, self.id))
    }

    /// Waits until the chat shows a message of the bot that `wanted` accepts – also one that was edited into it.
    pub async fn wait_for(
        &self,
        wanted: impl Fn(&MessageView) -> bool,
        patience: Duration,
    ) -> Result<MessageView, NotSeen> {
        let find = || self.from_bot().into_iter().find(&wanted);
        self.shared
            .wait_until(find, patience)
            .await
            .ok_or_else(|| NotSeen {
                patience,
                seen: self
                    .messages()
                    .iter()
                    .map(|message| format!("{}: {}", message.from, message.text))
                    .collect(),
            })
    }

    /// What the bot has answered to pressed buttons in this chat, oldest first; empty texts are silent answers.
    pub fn toasts(&self) -> Vec<String> {
        self.shared.read(|world| {
            let all = world.events.after(0).into_iter();
            all.filter(|event| event.kind == "toast" && event.chat_id == Some(self.id))
                .map(|event| event.data["text"].as_str().unwrap_or_default().to_owned())
                .collect()
        })
    }

    /// Puts a person into a group.
    pub fn add_member(&self, user: i64) -> Self {
        self.change(|room| {
            room.members.insert(user, Standing::Member);
        })
    }

    /// Makes a member of a group its administrator.
    pub fn promote(&self, user: i64) -> Self {
        self.change(|room| {
            room.members.insert(user, Standing::Administrator);
        })
    }

    /// Adds the bot to a group in this person's name.
    pub fn add_bot(&self, by: i64) -> Self {
        self.shared.change(|world| {
            world.set_bot_standing(self.id, by, Standing::Member);
            let members = json!([world.bot_json()]);
            incoming::say(
                world,
                by,
                self.id,
                Body::service("new_chat_members", members),
                Extras::default(),
            );
        });
        self.clone()
    }

    /// Makes the bot an administrator: it sees everything and may manage topics.
    pub fn promote_bot(&self, by: i64) -> Self {
        self.shared
            .change(|world| world.set_bot_standing(self.id, by, Standing::Administrator));
        self.clone()
    }

    /// Removes the bot from a group.
    pub fn remove_bot(&self, by: i64) {
        self.shared
            .change(|world| world.set_bot_standing(self.id, by, Standing::Kicked));
    }

    /// Turns a group into a supergroup and gives the new chat.
    pub fn migrate(&self, by: i64) -> Option<Self> {
        let new = self
            .shared
            .change(|world| incoming::migrate(world, self.id, by))?;
        Some(Self::new(Arc::clone(&self.shared), new))
    }

    /// Creates a topic of a forum and gives its `message_thread_id`.
    pub fn create_topic(&self, by: i64, name: &str) -> i64 {
        self.shared.change(|world| {
            let service = Body::service(
                "forum_topic_created",
                json!({"name": name, "icon_color": 7_322_096}),
            );
            let id = incoming::say(world, by, self.id, service, Extras::default());
            if let Some(room) = world.chats.get_mut(&self.id) {
                room.topics.insert(
                    id,
                    Topic {
                        name: name.to_owned(),
                        closed: false,
                    },
                );
            }
            id
        })
    }

    /// Deletes a topic with everything in it.
    pub fn delete_topic(&self, thread: i64) {
        self.change(|room| {
            room.topics.remove(&thread);
            for message in room
                .messages
                .values_mut()
                .filter(|message| message.thread == Some(thread))
            {
                message.deleted = true;
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut Room)) -> Self {
        self.shared.change(|world| {
            if let Some(room) = world.chats.get_mut(&self.id) {
                change(room);
            }
        });
        self.clone()
    }
}
