//! Telegram as the bridge sees it: ids, what comes in, what goes out, and what its buttons mean. No IO.

mod action;
mod ids;
mod incoming;
mod outgoing;
mod parse;
mod render;
mod rich;
mod title;

pub use action::{Action, Language, Manage, Party, Scope, Score, Setting, Verdict};
pub use ids::{ChatId, MessageId, UserId};
pub use incoming::{
    Callback, Content, FileKind, IncomingFile, Membership, Message, Sender, Service, Update,
};
pub use outgoing::{
    About, Button, Keyboard, MessageRef, Outgoing, RemoteFile, ReplyButton, Report, Send,
};
pub use render::render;
pub use rich::{CAPTION_LIMIT, MESSAGE_LIMIT, Rich, Style, escape, plain};
pub use title::title;
