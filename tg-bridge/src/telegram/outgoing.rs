//! What goes to Telegram: plain values that are stored in the outbox and sent by `delivery`.

use super::{Action, ChatId, Language, MessageId};
use crate::report::args::FilterArgs;
use okdesk_sdk::model::{AttachmentId, CommentId, IssueId};
use serde::{Deserialize, Serialize};

/// One thing to do in one chat. Each is one row of the outbox, so each is repeated, or not, by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Send {
    /// A new message; it rings.
    Message(Outgoing),
    /// Change the text and buttons of an earlier message. "Not modified" is success.
    Edit {
        /// The message.
        message: MessageId,
        /// What it shall show; a message that is gone is sent anew.
        to: Outgoing,
    },
    /// Put other buttons under an earlier message; none takes them off. "Not modified" is success.
    EditKeyboard {
        /// The message.
        message: MessageId,
        /// The new rows.
        keyboard: Vec<Vec<Button>>,
    },
    /// Stop the spinner of a pressed button, with an optional short note. "Query is too old" is success.
    AnswerCallback {
        /// Handle of the press.
        callback: String,
        /// Up to 200 characters, shown for a moment.
        note: Option<String>,
    },
    /// Public files of a ticket: fetched from Okdesk, sent as albums, photos or documents, as a portal link where too large.
    Files {
        /// The ticket they belong to.
        issue: IssueId,
        /// The files, in order.
        files: Vec<RemoteFile>,
        /// What is said with the first, as Telegram HTML of at most 1024 UTF-16 units.
        caption: String,
        /// Deliver without a sound.
        #[serde(default)]
        silent: bool,
    },
    /// Leave the group. To be out already is success.
    Leave,
    /// Figures about the issues, counted when they are sent.
    Report {
        /// In which form.
        what: Report,
        /// About which issues and days.
        filter: FilterArgs,
        /// In which language.
        language: Language,
    },
}

/// The form of a report; each is one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Report {
    /// The figures in words.
    Text,
    /// The figures as a picture.
    Chart,
    /// One row per issue, as a file for spreadsheets.
    Table,
}

/// A message as it leaves: Telegram HTML that fits one message.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Outgoing {
    /// Telegram HTML, at most 4096 UTF-16 units of text.
    pub html: String,
    /// Buttons.
    pub keyboard: Option<Keyboard>,
    /// The message it answers.
    pub reply_to: Option<MessageId>,
    /// Deliver without a sound.
    pub silent: bool,
    /// Forbid forwarding: for portal links and codes.
    pub protected: bool,
}

/// Buttons under a message or in place of the keyboard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Keyboard {
    /// Under the message.
    Inline(Vec<Vec<Button>>),
    /// Instead of the letters.
    Reply(Vec<Vec<ReplyButton>>),
    /// Take a reply keyboard away.
    Remove,
}

/// A button under a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Button {
    /// Comes back as a callback query.
    Action {
        /// What the person reads.
        label: String,
        /// What it means.
        action: Action,
    },
    /// Opens an address.
    Link {
        /// What the person reads.
        label: String,
        /// Where it leads.
        url: String,
    },
}

/// A button in place of the keyboard: it writes its own label, or shares the person's contact card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReplyButton {
    /// What the person reads.
    pub label: String,
    /// Ask Telegram for the person's own contact card.
    pub request_contact: bool,
}

/// A file that lies in Okdesk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RemoteFile {
    /// Its id in the ticket.
    pub id: AttachmentId,
    /// Its name.
    pub name: String,
    /// Size in bytes, 0 where Okdesk does not say.
    pub size: u64,
}

/// What a message is about, so that a reply to it finds its ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The ticket.
    pub issue: IssueId,
    /// The comment whose words it shows, if it shows one.
    #[serde(default)]
    pub comment: Option<CommentId>,
}

/// A message in a chat, the pair that identifies it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MessageRef {
    /// The chat.
    pub chat: ChatId,
    /// The message.
    pub message: MessageId,
}
