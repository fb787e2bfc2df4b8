//! What comes from Telegram, read leniently from the raw update.
//!
//! The typed API client empties a whole message over one field it does not know; a client's words are worth more than
//! that, so the bridge reads the few fields it acts on by itself and keeps everything else out of the way.

use super::{ChatId, MessageId, UserId};
use okdesk_sdk::model::IssueId;
use serde::{Deserialize, Serialize};

/// One update, reduced to what the bridge acts on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Update {
    /// A new message.
    Message(Message),
    /// A message whose text or caption was changed by its author.
    Edited(Message),
    /// A press on an inline button.
    Callback(Callback),
    /// The bot was blocked, unblocked, added to a chat or removed from it.
    Membership(Membership),
    /// Anything else, by the name of its field, counted and left alone.
    Other(String),
}

impl Update {
    /// The chat this update belongs to, which is also the lane it is handled in.
    pub fn chat(&self) -> Option<ChatId> {
        match self {
            Self::Message(m) | Self::Edited(m) => Some(m.chat),
            Self::Callback(c) => Some(c.chat),
            Self::Membership(m) => Some(m.chat),
            Self::Other(_) => None,
        }
    }
}

/// A message from a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Where it was written.
    pub chat: ChatId,
    /// Its number in that chat.
    pub id: MessageId,
    /// Who wrote it.
    pub from: Sender,
    /// Unix time of writing, in seconds.
    pub date: i64,
    /// Text of the message, or the caption of its file.
    pub text: String,
    /// What it carries besides text.
    pub content: Content,
    /// The message it answers, by Telegram's reply.
    pub reply_to: Option<MessageId>,
    /// The part of that message the writer marked.
    pub quote: Option<String>,
    /// The words of that message as Telegram shows them, in plain text.
    #[serde(default)]
    pub replied_text: Option<String>,
    /// The topic of a forum it was written in.
    pub topic: Option<MessageId>,
    /// The album it is a part of.
    pub album: Option<String>,
}

/// Who acted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sender {
    /// The account.
    pub id: UserId,
    /// First and last name as the account shows them.
    pub name: String,
    /// The `@name`, without the sign, if the account has one.
    pub username: Option<String>,
    /// IETF language tag of the account's program.
    pub language: Option<String>,
}

/// What a message carries besides its text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Content {
    /// Nothing: the text is all.
    Text,
    /// A file that can be downloaded.
    File(IncomingFile),
    /// A contact card.
    ContactCard {
        /// The number on the card, with or without `+`.
        phone: String,
        /// Name on the card.
        name: String,
        /// Whose card it is; only the sender's own card proves a number.
        owner: Option<UserId>,
    },
    /// Something that becomes words: a place, a poll.
    Described(String),
    /// A kind that cannot be carried, by Telegram's name for it.
    Unsupported(String),
    /// A service message such as a new member or a migration; nothing to carry.
    Service(Service),
}

/// Service messages that change what the bridge knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Service {
    /// The group became a supergroup with this id.
    MigratedTo(ChatId),
    /// Any other, by Telegram's name.
    Other(String),
}

/// A file of a message, not yet downloaded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IncomingFile {
    /// Handle for downloading.
    pub file_id: String,
    /// What Telegram calls the kind.
    pub kind: FileKind,
    /// A readable name, made up from kind and time where Telegram has none.
    pub name: String,
    /// Media type, as given or guessed from the kind.
    pub mime: String,
    /// Size in bytes, where Telegram says it.
    pub size: Option<u64>,
}

/// Kinds of files in messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileKind {
    /// A compressed picture.
    Photo,
    /// Any file.
    Document,
    /// A film.
    Video,
    /// A soundless loop.
    Animation,
    /// Music.
    Audio,
    /// A voice message.
    Voice,
    /// A round film.
    VideoNote,
    /// A sticker.
    Sticker,
}

/// A press on an inline button.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Callback {
    /// Handle for the answer that stops the button's spinner.
    pub id: String,
    /// Where the button stands.
    pub chat: ChatId,
    /// The message it stands under.
    pub message: MessageId,
    /// Who pressed.
    pub from: Sender,
    /// What the button carries; never trusted.
    pub data: String,
    /// The words of that message, where Telegram still knows them.
    #[serde(default)]
    pub shown: Option<String>,
}

/// A change of the bot's own membership.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Membership {
    /// The chat.
    pub chat: ChatId,
    /// Who changed it.
    pub from: Sender,
    /// Whether the bot can write there now.
    pub reachable: bool,
    /// The issue of the message that met the closed door, where the bridge found out by itself.
    #[serde(default)]
    pub lost: Option<IssueId>,
}
