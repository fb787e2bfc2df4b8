//! Telegram's identifiers, 64 bits wide everywhere.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! telegram_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

telegram_id! {
    /// A chat: positive for private chats, where it equals the user's id, negative for groups.
    ChatId;
    /// A person's account.
    UserId;
    /// A message, unique within its chat only.
    MessageId;
}

impl ChatId {
    /// The private chat of a user.
    pub fn private(user: UserId) -> Self {
        Self(user.0)
    }

    /// Whether this is a private chat, which is also the id of the person behind it.
    pub fn is_private(self) -> bool {
        self.0 > 0
    }
}
