//! A Telegram Bot API server on loopback that a real bot talks to over HTTP.
//!
//! It keeps chats, messages, files and updates, refuses what Telegram refuses with Telegram's words and codes, and writes
//! down every call. It is stricter than Telegram: unknown parameters, wrong types and calls that could never succeed are
//! collected as [`violations`](BotApi::violations), which a test asserts to be empty.
//!
//! # In a test
//!
//! ```
//! use std::time::Duration;
//! use teloxide::prelude::*;
//! use teloxide::types::{ChatId, ParseMode};
//! use tg_bridge::demo::bot_api::BotApi;
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let telegram = BotApi::start().await?;
//! let anna = telegram.user(501, "Анна");
//! anna.send_text("/start");
//!
//! let bot = Bot::new(telegram.token()).set_api_url(telegram.url().clone());
//! assert_eq!(bot.get_updates().await?.len(), 1);
//! bot.send_message(ChatId(501), "<b>Hello</b>").parse_mode(ParseMode::Html).await?;
//!
//! let seen = anna.chat().wait_for(|message| message.text == "Hello", Duration::from_secs(5)).await?;
//! assert_eq!(seen.html, "<b>Hello</b>");
//! assert!(telegram.violations().is_empty());
//! telegram.shutdown().await;
//! # Ok(()) }
//! ```
//!
//! * [`BotApi`]: [`url`](BotApi::url), [`token`](BotApi::token), [`user`](BotApi::user), [`group`](BotApi::group),
//!   [`chat`](BotApi::chat), [`calls`](BotApi::calls), [`violations`](BotApi::violations), [`faults`](BotApi::faults).
//! * [`User`] acts: writes, sends files and albums, shares contacts, presses buttons, edits, blocks.
//! * [`Chat`] looks: messages, keyboards, `wait_for`; and does to a group what its owner does.
//! * [`Faults`]: 429, refusals, gateway pages, hanging, dropped connections before or after the effect.
//!
//! # Over HTTP: `/_tg/`
//!
//! For a web page and for tests that use HTTP only. Bodies are JSON unless noted; errors are `{"error": "…"}` with 4xx.
//!
//! | call | body → answer |
//! | --- | --- |
//! | `GET /_tg/state` | → `{bot, users, chats, last_event}` |
//! | `POST /_tg/users` | `{id, first_name, last_name?, username?, phone?, language_code?}` → the user; again changes it |
//! | `POST /_tg/groups` | `{title, forum?, supergroup?, by}` → `{chat_id}`; the bot is inside at once |
//! | `GET /_tg/chats/{chat}` | → `{chat, messages, commands}` – see [`ChatView`], [`MessageView`] |
//! | `GET /_tg/chats/{chat}/messages?after=ID` | → the messages after that one |
//! | `POST /_tg/chats/{chat}/send` | `{from?, text, reply_to?, quote?, thread?}`, or multipart with the same fields, `caption`, `kind` (`photo`, `document` …; by MIME type when absent) and any number of files, several make an album → the messages |
//! | `POST /_tg/chats/{chat}/raw` | `{from?, fields: {…}}` → a message with these Bot API fields |
//! | `POST /_tg/chats/{chat}/contact` | `{from?}` for the own card, or `{phone_number, first_name, user_id?}` |
//! | `POST /_tg/chats/{chat}/location` | `{from?, latitude, longitude}` |
//! | `POST /_tg/chats/{chat}/press` | `{from?, button, message_id?}` – `callback_data` or caption → `{query}` |
//! | `POST /_tg/chats/{chat}/edit` | `{from?, message_id, text}` |
//! | `POST /_tg/chats/{chat}/block`, `…/unblock` | |
//! | `POST /_tg/chats/{chat}/migrate` | `{by}` → `{chat_id}` of the supergroup |
//! | `GET /_tg/events?after=SEQ&timeout=SECONDS` | → `{events, last}`, waiting for the first one; with `Accept: text/event-stream` a stream of server-sent events, `id` = `seq`, resumed by `Last-Event-ID` |
//! | `GET /_tg/files/{file_id}` | → the content with its type, for `<img>` and downloads |
//! | `GET /_tg/calls?after=SEQ` | → [`Call`]s |
//! | `GET /_tg/violations` | → [`Violation`]s |
//! | `GET`, `POST`, `DELETE /_tg/faults` | → rules left; [`FaultRule`] added; all cleared |
//!
//! `from` is the acting user and defaults to the owner of a private chat. Events are `message`, `edited`, `deleted`,
//! `reaction`, `toast` (answer to a pressed button), `action` (typing …), `keyboard`, `commands`, `member`; each has `seq`,
//! `type`, `chat_id`, `data`.
//!
//! A fault is `{method?, chat?, skip?, times?, after_effect?, fault}` with `fault` one of `{"retry_after": 5}`,
//! `{"refuse": {"code": 403, "description": "Forbidden: …"}}`, `{"page": 502}`, `"hang"`, `"drop"`, `{"delay": 300}`.
//!
//! # What it does not do
//!
//! Channels, inline mode, payments, stories, business accounts, polls sent by the bot, legacy `Markdown`; it fetches no
//! files by address and delivers webhooks over plain HTTP on loopback only. A known method that is not served answers
//! `404 Not Found: method not found`, as an unknown one does, and is a violation.

mod calls;
mod chat;
mod check;
mod control;
mod events;
mod faults;
mod files;
mod formatting;
mod history;
mod incoming;
mod keyboard;
mod limits;
mod media;
mod message;
mod methods;
mod params;
mod polling;
mod refusal;
mod rooms;
mod server;
mod stream;
mod table;
mod text;
mod updates;
mod users;
mod view;
mod webhook;
mod world;

use bytes::Bytes;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use url::Url;

pub use faults::{Fault, FaultRule, Faults};
pub use files::MediaKind;
pub use history::{Call, CallFile, Violation};
pub use rooms::Chat;
pub use text::{Entity, EntityKind, Formatted, parse_html, parse_markdown_v2};
pub use users::{Attachment, User};
pub use view::{ButtonView, ChatView, FileView, MessageView};

use chat::{ChatKind, Person, Room};
use server::{Settings, Shared};
use world::{Bot, World};

/// Why a person could not do something.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// No such chat.
    #[error("no such chat")]
    NoSuchChat,
    /// No such message in this chat.
    #[error("no such message")]
    NoSuchMessage,
    /// No keyboard of this chat has such a button.
    #[error("no button {0:?} in this chat")]
    NoSuchButton(String),
    /// Not the person's own message.
    #[error("not one's own message")]
    NotAllowed,
}

/// A message that was waited for did not come.
#[derive(Debug, thiserror::Error)]
#[error("no such message from the bot within {patience:?}; the chat shows {seen:#?}")]
pub struct NotSeen {
    patience: Duration,
    seen: Vec<String>,
}

/// How to start a [`BotApi`].
#[derive(Clone)]
pub struct Builder {
    port: u16,
    token: String,
    name: String,
    username: String,
    privacy: bool,
    paced: bool,
    webhook_delay: Duration,
    allow_origin: Option<String>,
    local: Option<std::path::PathBuf>,
}

impl Builder {
    /// The port on loopback; a free one when not said.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The bot's token, `<bot id>:<secret>`.
    pub fn token(mut self, token: &str) -> Self {
        self.token = token.to_owned();
        self
    }

    /// The bot's name and username.
    pub fn name(mut self, name: &str, username: &str) -> Self {
        (self.name, self.username) = (name.to_owned(), username.to_owned());
        self
    }

    /// Privacy mode in groups, on by default as at Telegram: only commands, mentions and answers reach the bot.
    pub fn privacy(mut self, on: bool) -> Self {
        self.privacy = on;
        self
    }

    /// Refuses with 429 what is faster than Telegram allows: 30 a second overall, 1 a second per chat, 20 a minute per group.
    pub fn paced(mut self) -> Self {
        self.paced = true;
        self
    }

    /// The unit of the growing delays between deliveries to a webhook; a second when not said.
    pub fn webhook_delay(mut self, unit: Duration) -> Self {
        self.webhook_delay = unit;
        self
    }

    /// Lets pages of this origin use `/_tg/`.
    pub fn allow_origin(mut self, origin: &str) -> Self {
        self.allow_origin = Some(origin.to_owned());
        self
    }

    /// Behaves as a Bot API server of one's own in `--local` mode: `getFile` puts the file into this folder and answers
    /// with its absolute path, and the limits on sizes are 2000 MB.
    pub fn local(mut self, folder: impl Into<std::path::PathBuf>) -> Self {
        self.local = Some(folder.into());
        self
    }

    /// Starts to listen.
    pub async fn start(self) -> std::io::Result<BotApi> {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await?;
        let address = listener.local_addr()?;
        let id = self
            .token
            .split(':')
            .next()
            .and_then(|id| id.parse().ok())
            .unwrap_or(1);
        let bot = Bot {
            id,
            token: self.token,
            name: self.name,
            username: self.username,
            privacy: self.privacy,
        };
        let settings = Settings {
            webhook_delay: self.webhook_delay,
            allow_origin: self.allow_origin,
        };
        let world = World::new(bot, self.paced, self.local);
        let shared = Arc::new(Shared::new(world, settings));
        let server = tokio::spawn(server::serve(Arc::clone(&shared), listener));
        let courier = tokio::spawn(webhook::deliver(Arc::clone(&shared)));
        Ok(BotApi {
            url: url_of(address),
            shared,
            tasks: vec![server, courier],
        })
    }
}

fn url_of(address: SocketAddr) -> Url {
    let mut url =
        Url::parse("http://127.0.0.1/").unwrap_or_else(|_| unreachable!("a literal address"));
    // Loopback addresses take any port, so this cannot fail.
    let _ = url.set_port(Some(address.port()));
    url
}

/// A running server. Dropping it stops it.
pub struct BotApi {
    url: Url,
    shared: Arc<Shared>,
    tasks: Vec<JoinHandle<()>>,
}

impl BotApi {
    /// Settings for a server on a free port with a bot called `support_bot`.
    pub fn builder() -> Builder {
        Builder {
            port: 0,
            token: "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawQ".into(),
            name: "Support".into(),
            username: "support_bot".into(),
            privacy: true,
            paced: false,
            webhook_delay: Duration::from_secs(1),
            allow_origin: None,
            local: None,
        }
    }

    /// Starts a server with the usual settings.
    pub async fn start() -> std::io::Result<Self> {
        Self::builder().start().await
    }

    /// The address to give to a bot instead of `https://api.telegram.org/`.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The bot's token.
    pub fn token(&self) -> String {
        self.shared.read(|world| world.bot.token.clone())
    }

    /// The person with this id, created when there is none. Until they write first, the bot cannot write to them.
    pub fn user(&self, id: i64, first_name: &str) -> User {
        self.shared.change(|world| {
            world
                .people
                .entry(id)
                .or_insert_with(|| Person::new(id, first_name));
            world.private_chat(id);
        });
        User::new(Arc::clone(&self.shared), id)
    }

    /// A new small group with this person as owner and the bot inside.
    pub fn group(&self, title: &str, owner: &User) -> Chat {
        self.new_group(title, owner.id(), ChatKind::Group, false)
    }

    /// A new supergroup.
    pub fn supergroup(&self, title: &str, owner: &User) -> Chat {
        self.new_group(title, owner.id(), ChatKind::Supergroup, false)
    }

    /// A new supergroup with topics.
    pub fn forum(&self, title: &str, owner: &User) -> Chat {
        self.new_group(title, owner.id(), ChatKind::Supergroup, true)
    }

    fn new_group(&self, title: &str, owner: i64, kind: ChatKind, forum: bool) -> Chat {
        let id = self
            .shared
            .change(|world| new_group(world, title, owner, kind, forum));
        let chat = Chat::new(Arc::clone(&self.shared), id);
        chat.add_bot(owner)
    }

    /// The chat with this id.
    pub fn chat(&self, id: i64) -> Chat {
        Chat::new(Arc::clone(&self.shared), id)
    }

    /// Every call so far, in the order of their effects.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.read(|world| world.history.calls.clone())
    }

    /// The calls of one method.
    pub fn calls_of(&self, method: &str) -> Vec<Call> {
        let mut calls = self.calls();
        calls.retain(|call| call.method == method);
        calls
    }

    /// Waits until some call satisfies this.
    pub async fn wait_for_call(
        &self,
        wanted: impl Fn(&Call) -> bool,
        patience: Duration,
    ) -> Option<Call> {
        let find = || {
            self.shared.read(|world| {
                world
                    .history
                    .calls
                    .iter()
                    .find(|call| wanted(call))
                    .cloned()
            })
        };
        self.shared.wait_until(find, patience).await
    }

    /// Everything a careful bot would not have done.
    pub fn violations(&self) -> Vec<Violation> {
        self.shared.read(|world| world.history.violations.clone())
    }

    /// Forgets the violations, for a test that provoked some.
    pub fn forget_violations(&self) {
        self.shared.change(|world| world.history.violations.clear());
    }

    /// Plans faults.
    pub fn faults(&self) -> Faults {
        Faults {
            shared: Arc::clone(&self.shared),
        }
    }

    /// The commands a user sees in the menu of this chat.
    pub fn commands(&self, chat: i64) -> serde_json::Value {
        self.shared.read(|world| {
            let language = world
                .people
                .get(&chat)
                .and_then(|person| person.language_code.as_deref());
            methods::seen_commands(world, chat, language)
        })
    }

    /// Buttons pressed and not answered yet.
    pub fn waiting_queries(&self) -> usize {
        self.shared.read(|world| {
            world
                .queries
                .values()
                .filter(|query| !query.answered)
                .count()
        })
    }

    /// Updates the bot has not confirmed.
    pub fn pending_updates(&self) -> usize {
        self.shared.read(|world| world.updates.queue.len())
    }

    /// Queues an update of any kind as it is, without `update_id`; gives the id it got.
    pub fn push_update(&self, kind: &str, body: serde_json::Value) -> Option<i64> {
        self.shared
            .change(|world| world.updates.push(kind, 0, body))
    }

    /// Every update queued so far, confirmed or not.
    pub fn updates(&self) -> Vec<serde_json::Value> {
        self.shared.read(|world| {
            world
                .updates
                .log
                .iter()
                .map(|update| update.json.clone())
                .collect()
        })
    }

    /// Delivers an update once more under its old id, as Telegram may; false when there was none.
    pub fn repeat_update(&self, update_id: i64) -> bool {
        self.shared.change(|world| world.updates.repeat(update_id))
    }

    /// The content of a file by its `file_id`.
    pub fn file(&self, file_id: &str) -> Option<Bytes> {
        self.shared
            .read(|world| world.files.get(file_id).map(|stored| stored.bytes.clone()))
    }

    /// Moves the clock on: queries grow old, messages can no longer be deleted.
    pub fn advance(&self, by: Duration) {
        self.shared
            .change(|world| world.clock_shift += i64::try_from(by.as_secs()).unwrap_or(0));
    }

    /// Changes whenever something happens in a chat, for those who show it.
    pub fn changes(&self) -> tokio::sync::watch::Receiver<u64> {
        self.shared.ticks()
    }

    /// Stops: waiting calls are answered, then the port is free.
    pub async fn shutdown(mut self) {
        self.shared.stop();
        for task in self.tasks.drain(..) {
            // A task that panicked has nothing left to stop.
            let _ = task.await;
        }
    }
}

impl Drop for BotApi {
    fn drop(&mut self) {
        self.shared.stop();
    }
}

fn new_group(world: &mut World, title: &str, owner: i64, kind: ChatKind, forum: bool) -> i64 {
    let number = world.next_group_number();
    let id = if kind == ChatKind::Supergroup {
        -1_000_000_000_000 - number
    } else {
        -number
    };
    let mut room = Room::new(id, kind, title);
    room.forum = forum;
    room.members.insert(owner, chat::Standing::Creator);
    world.chats.insert(id, room);
    id
}
