//! Telegram as the bridge sees it: ids, what comes in, what goes out, and what its buttons mean. No IO.

mod action;
mod ids;
mod incoming;
mod outgoing;

pub use action::{Action, Language, Party, Scope, Score};
pub use ids::{ChatId, MessageId, UserId};
pub use incoming::{
    Callback, Content, FileKind, IncomingFile, Membership, Message, Sender, Service, Update,
};
pub use outgoing::{About, Button, Keyboard, MessageRef, Outgoing, RemoteFile, ReplyButton, Send};
