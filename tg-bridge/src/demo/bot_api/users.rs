//! The handle with which a test – or the web page – acts as a person.

use bytes::Bytes;
use serde_json::{Value, json};
use std::sync::Arc;

use super::chat::{Person, Standing};
use super::files::MediaKind;
use super::rooms::Chat;
use super::server::Shared;
use super::view::{self, MessageView};
use super::world::Extras;
use super::{ActError, incoming};

/// A file a person sends.
#[derive(Clone, Debug)]
pub struct Attachment {
    pub(super) kind: MediaKind,
    pub(super) name: Option<String>,
    pub(super) mime: Option<String>,
    pub(super) bytes: Bytes,
}

/// A person. Acts in the private chat with the bot unless [`User::in_chat`] says otherwise; the other modifiers –
/// [`User::reply_to`], [`User::quote`], [`User::caption`], [`User::in_topic`] – apply to what is sent through the value
/// they return.
#[derive(Clone)]
pub struct User {
    shared: Arc<Shared>,
    id: i64,
    chat: i64,
    caption: String,
    extras: Extras,
}

impl User {
    pub(super) fn new(shared: Arc<Shared>, id: i64) -> Self {
        Self {
            shared,
            id,
            chat: id,
            caption: String::new(),
            extras: Extras::default(),
        }
    }

    /// The user's id, which is also the id of the private chat.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// The chat this handle acts in.
    pub fn chat(&self) -> Chat {
        Chat::new(Arc::clone(&self.shared), self.chat)
    }

    /// Gives the person a last name.
    pub fn last_name(&self, name: &str) -> Self {
        self.profile(|person| person.last_name = Some(name.to_owned()))
    }

    /// Gives the person a username; there is none at first.
    pub fn username(&self, name: &str) -> Self {
        self.profile(|person| person.username = Some(name.to_owned()))
    }

    /// The number on the person's own contact card, with or without `+`, as Telegram may send either.
    pub fn phone(&self, number: &str) -> Self {
        self.profile(|person| person.phone = number.to_owned())
    }

    /// The language of the person's client, `ru` at first.
    pub fn language(&self, code: &str) -> Self {
        self.profile(|person| person.language_code = Some(code.to_owned()))
    }

    fn profile(&self, change: impl FnOnce(&mut Person)) -> Self {
        self.shared.change(|world| {
            if let Some(person) = world.people.get_mut(&self.id) {
                change(person);
            }
        });
        self.clone()
    }

    pub(super) fn with(mut self, extras: Extras) -> Self {
        self.extras = extras;
        self
    }

    /// Acts in another chat.
    pub fn in_chat(&self, chat: i64) -> Self {
        Self {
            chat,
            ..self.clone()
        }
    }

    /// Acts in a forum topic.
    pub fn in_topic(&self, thread: i64) -> Self {
        let mut user = self.clone();
        user.extras.thread = Some(thread);
        user
    }

    /// Answers a message.
    pub fn reply_to(&self, message: i64) -> Self {
        let mut user = self.clone();
        user.extras.reply_to = Some(message);
        user
    }

    /// Quotes these words of the message answered.
    pub fn quote(&self, words: &str) -> Self {
        let mut user = self.clone();
        user.extras.quote = Some(words.to_owned());
        user
    }

    /// Puts a caption under the files sent.
    pub fn caption(&self, text: &str) -> Self {
        Self {
            caption: text.to_owned(),
            ..self.clone()
        }
    }

    /// Writes. What is longer than a message arrives in parts, as clients send it; the last one is returned.
    pub fn send_text(&self, text: &str) -> MessageView {
        self.act(|world| incoming::say_text(world, self.id, self.chat, text, &self.extras))
    }

    /// Sends a file.
    pub fn send_file(&self, file: Attachment) -> MessageView {
        self.act(|world| {
            incoming::say_file(
                world,
                self.id,
                self.chat,
                file,
                &self.caption,
                self.extras.clone(),
            )
        })
    }

    /// Sends a photo.
    pub fn send_photo(&self, bytes: impl Into<Bytes>) -> MessageView {
        self.send_file(Attachment::photo(bytes))
    }

    /// Sends a document.
    pub fn send_document(&self, name: &str, mime: &str, bytes: impl Into<Bytes>) -> MessageView {
        self.send_file(Attachment::document(name, mime, bytes))
    }

    /// Sends a video.
    pub fn send_video(&self, name: &str, bytes: impl Into<Bytes>) -> MessageView {
        self.send_file(Attachment::video(name, bytes))
    }

    /// Sends a voice message.
    pub fn send_voice(&self, bytes: impl Into<Bytes>) -> MessageView {
        self.send_file(Attachment::new(
            MediaKind::Voice,
            "voice.oga",
            Some("audio/ogg"),
            bytes,
        ))
    }

    /// Sends several files as an album, the caption on the first.
    pub fn send_album(&self, files: impl IntoIterator<Item = Attachment>) -> Vec<MessageView> {
        let files = files.into_iter().collect();
        self.shared.change(|world| {
            let ids = incoming::say_album(
                world,
                self.id,
                self.chat,
                files,
                &self.caption,
                &self.extras,
            );
            ids.into_iter()
                .filter_map(|id| view::message(world, self.chat, id))
                .collect()
        })
    }

    /// Sends a message given by its Bot API fields: `{"dice": …}`, `{"text": …, "external_reply": …}`.
    pub fn send_raw(&self, fields: Value) -> MessageView {
        self.act(|world| incoming::say_raw(world, self.id, self.chat, fields, self.extras.clone()))
    }

    /// Sends a place.
    pub fn send_location(&self, latitude: f64, longitude: f64) -> MessageView {
        self.send_raw(json!({"location": {"latitude": latitude, "longitude": longitude}}))
    }

    /// Shares the own contact card, as the button of a keyboard does.
    pub fn share_contact(&self) -> MessageView {
        self.act(|world| {
            incoming::share_own_contact(world, self.id, self.chat, self.extras.clone())
        })
    }

    /// Sends a card from the address book: somebody else's, or one without a Telegram account.
    pub fn share_contact_of(
        &self,
        phone: &str,
        first_name: &str,
        owner: Option<i64>,
    ) -> MessageView {
        self.act(|world| {
            incoming::share_contact(
                world,
                self.id,
                self.chat,
                phone,
                first_name,
                owner,
                self.extras.clone(),
            )
        })
    }

    /// Presses the newest inline button with this `callback_data` or caption, or the reply keyboard's button with this
    /// caption. Gives the callback query's id for an inline button.
    pub fn press(&self, data_or_caption: &str) -> Result<Option<String>, ActError> {
        self.shared
            .change(|world| incoming::press(world, self.id, self.chat, data_or_caption, None))
    }

    /// Presses a button of this message.
    pub fn press_on(
        &self,
        message: i64,
        data_or_caption: &str,
    ) -> Result<Option<String>, ActError> {
        self.shared.change(|world| {
            incoming::press(world, self.id, self.chat, data_or_caption, Some(message))
        })
    }

    /// Sends a callback query with any data, whether or not there is such a button.
    pub fn press_data(&self, message: i64, data: &str) -> String {
        self.shared
            .change(|world| incoming::press_data(world, self.id, self.chat, message, data))
    }

    /// Changes the text or caption of an own message.
    pub fn edit(&self, message: i64, text: &str) -> Result<MessageView, ActError> {
        self.shared.change(|world| {
            incoming::edit(world, self.id, self.chat, message, text)?;
            view::message(world, self.chat, message).ok_or(ActError::NoSuchMessage)
        })
    }

    /// Puts an emoji on a message.
    pub fn react(&self, message: i64, emoji: &str) {
        self.shared
            .change(|world| incoming::react(world, self.id, self.chat, message, emoji));
    }

    /// Blocks the bot: it gets `my_chat_member`, and 403 to what it sends.
    pub fn block(&self) {
        self.set_standing(Standing::Kicked);
    }

    /// Lifts the block.
    pub fn unblock(&self) {
        self.set_standing(Standing::Member);
    }

    /// The account is deleted: 403 `user is deactivated`.
    pub fn deactivate(&self) {
        self.profile(|person| person.deactivated = true);
    }

    fn set_standing(&self, standing: Standing) {
        self.shared.change(|world| {
            world.private_chat(self.id).open = true;
            world.set_bot_standing(self.id, self.id, standing);
        });
    }

    fn act(&self, act: impl FnOnce(&mut super::world::World) -> i64) -> MessageView {
        self.shared.change(|world| {
            let id = act(world);
            view::message(world, self.chat, id)
                .unwrap_or_else(|| view::MessageView::missing(self.chat, id))
        })
    }
}
