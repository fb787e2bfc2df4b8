//! What the page acts on: the two stand-ins and the people between them.

use super::bot_api::BotApi;
use super::cast::{self, Client};
use bytes::Bytes;
use okdesk_sdk::testing::{Fault, Seed, Simulator};
use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use tokio::sync::{mpsc, watch};

/// Proves webhooks to the bridge, which listens on loopback for as long as the page is shown.
const WEBHOOK_SECRET: &str = "for-the-demonstration";

/// How many webhooks count as the latest.
const LATEST: usize = 10;

/// Both ends of the bridge.
pub(super) struct Stage {
    pub(super) telegram: BotApi,
    pub(super) okdesk: Simulator,
    pub(super) clients: Vec<Client>,
    /// Issues that were there before the visitor came.
    pub(super) seeded: BTreeSet<u64>,
    outage: watch::Sender<bool>,
}

impl Stage {
    pub(super) async fn start() -> io::Result<Self> {
        let telegram = BotApi::builder()
            .name(cast::BOT_NAME, "demo_support_bot")
            .start()
            .await?;
        let okdesk = Simulator::builder().seed(Seed::Demo).try_start().await?;
        let account = okdesk.snapshot();
        let issues = account["issues"].as_array().into_iter().flatten();
        let seeded = issues.filter_map(|issue| issue["id"].as_u64()).collect();
        let clients = cast::clients(&telegram, &account);
        Ok(Self {
            telegram,
            okdesk,
            clients,
            seeded,
            outage: watch::Sender::new(false),
        })
    }

    /// The settings an operator would write into `.env`.
    pub(super) fn settings(&self, database: &Path) -> Vec<(&'static str, String)> {
        vec![
            ("BOT_TOKEN", self.telegram.token()),
            ("TELEGRAM_API_URL", self.telegram.url().to_string()),
            ("OKDESK_API_URL", self.okdesk.url().to_string()),
            ("OKDESK_API_TOKEN", self.okdesk.token().to_owned()),
            ("OKDESK_PORTAL_URL", self.okdesk.url().to_string()),
            ("WEBHOOK_SECRET", WEBHOOK_SECRET.to_owned()),
            ("DATABASE_URL", format!("sqlite:{}", database.display())),
            ("PORT", "0".to_owned()),
            ("COMPANY_INN_ATTRIBUTE", "inn_company".to_owned()),
            ("RATING_AUTHOR_ID", "1".to_owned()),
            ("ADMIN_IDS", cast::CHIEF.to_string()),
            ("ADMIN_CHAT_ID", cast::CHIEF.to_string()),
        ]
    }

    pub(super) fn outage(&self) -> bool {
        *self.outage.borrow()
    }

    /// Takes Okdesk's API down, or brings it back. Its people work on: what they do is told once it is back.
    pub(super) fn set_outage(&self, down: bool) {
        self.okdesk.faults().clear();
        if down {
            self.okdesk.faults().on_any().always(Fault::Status(503));
        }
        self.outage.send_replace(down);
    }

    /// Posts the latest webhooks once more, as Okdesk may after a network failure.
    pub(super) fn repeat_webhooks(&self) {
        let webhooks = self.okdesk.webhooks();
        for delivery in webhooks.deliveries().iter().rev().take(LATEST).rev() {
            webhooks.redeliver(delivery.number);
        }
    }

    /// Tells a page which half of it has changed, until it goes away.
    pub(super) async fn tell(&self, page: mpsc::Sender<Bytes>) {
        let (mut chat, mut desk, mut outage) = (
            self.telegram.changes(),
            self.okdesk.changes(),
            self.outage.subscribe(),
        );
        loop {
            let event: &'static [u8] = tokio::select! {
                changed = chat.changed() => match changed {
                    Ok(()) => b"event: chat\ndata: {}\n\n",
                    Err(_) => return,
                },
                changed = desk.changed() => match changed {
                    Ok(()) => b"event: desk\ndata: {}\n\n",
                    Err(_) => return,
                },
                _ = outage.changed() => b"event: desk\ndata: {}\n\n",
                () = page.closed() => return,
            };
            if page.send(Bytes::from_static(event)).await.is_err() {
                return;
            }
        }
    }
}
