//! Telling the workers of this process that there is work.

use super::Hop;
use tokio::sync::Notify;

/// One bell per hop.
#[derive(Debug, Default)]
pub(super) struct Wake {
    inbox: Notify,
    outbox: Notify,
}

impl Wake {
    pub(super) fn of(&self, hop: Hop) -> &Notify {
        match hop {
            Hop::In => &self.inbox,
            Hop::Out => &self.outbox,
        }
    }

    pub(super) fn both(&self) {
        self.inbox.notify_one();
        self.outbox.notify_one();
    }
}
