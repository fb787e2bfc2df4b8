//! A bridge between the two stand-ins, with a decision that each test writes for itself.

// Each test program uses a part of it.
#![allow(dead_code, unreachable_pub)]

pub mod cluster;
pub mod port;
pub mod postgres;
pub mod program;
pub mod strait;
pub mod wire;

use okdesk_sdk::model::ContactId;
use okdesk_sdk::testing::Simulator;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tg_bridge::config::Config;
use tg_bridge::demo::bot_api::{BotApi, MessageView, User};
use tg_bridge::reaction::{Chat, Effect, Event, Link, Scene};
use tg_bridge::run::{Bridge, StartError};
use tg_bridge::store::Clock;
use tg_bridge::telegram::{ChatId, Content, Message, Outgoing, Send, Update};
use tokio::sync::mpsc;

/// Nothing here takes this long; a test that waits so long has failed.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// So far time goes on in one step of [`Rig::hurry`].
pub const HURRY: Duration = Duration::from_millis(400);
pub const SECRET: &str = "a-secret-of-the-webhook";

pub struct Rig {
    pub telegram: BotApi,
    pub okdesk: Simulator,
    pub clock: Clock,
    pub http: reqwest::Client,
    folder: TempDir,
    extra: Vec<(&'static str, String)>,
}

impl Rig {
    /// Time goes by faster, for the bridge and for Okdesk.
    pub fn hurry(&self) {
        self.clock.advance(HURRY);
        self.okdesk.clock().advance(HURRY);
    }

    pub async fn new() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            telegram: BotApi::start().await.unwrap(),
            okdesk: Simulator::start().await,
            clock: Clock::default(),
            http: reqwest::Client::new(),
            folder: tempfile::tempdir().unwrap(),
            extra: Vec::new(),
        }
    }

    pub fn with(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.extra.push((key, value.into()));
        self
    }

    pub fn database(&self) -> PathBuf {
        self.folder.path().join("bridge.db")
    }

    pub fn vars(&self) -> Vec<(&'static str, String)> {
        let mut vars = vec![
            ("BOT_TOKEN", self.telegram.token()),
            ("TELEGRAM_API_URL", self.telegram.url().to_string()),
            ("OKDESK_API_URL", self.okdesk.url().to_string()),
            ("OKDESK_API_TOKEN", self.okdesk.token().to_owned()),
            ("OKDESK_PORTAL_URL", "https://portal.example.org".to_owned()),
            ("WEBHOOK_SECRET", SECRET.to_owned()),
            (
                "DATABASE_URL",
                format!("sqlite:{}", self.database().display()),
            ),
            ("PORT", "0".to_owned()),
            ("RATING_AUTHOR_ID", "1".to_owned()),
            ("RECONCILE_MINUTES", "0".to_owned()),
        ];
        vars.extend(self.extra.clone());
        vars
    }

    pub async fn try_start(
        &self,
        decide: impl Fn(&mut Scene, &Event) -> Vec<Effect> + std::marker::Send + Sync + 'static,
    ) -> Result<Bridge, StartError> {
        let config = Config::from_vars(self.vars()).unwrap();
        Bridge::start_with(config, self.clock.clone(), |_| Arc::new(decide)).await
    }

    /// A running bridge that gets the help desk's webhooks.
    pub async fn start(
        &self,
        decide: impl Fn(&mut Scene, &Event) -> Vec<Effect> + std::marker::Send + Sync + 'static,
    ) -> Bridge {
        let bridge = self.try_start(decide).await.unwrap();
        self.okdesk.add_webhook(bridge.webhook_url().clone());
        bridge
    }

    /// A running bridge that decides as the program does, and gets the help desk's webhooks.
    pub async fn serve(&self) -> Bridge {
        let config = Config::from_vars(self.vars()).unwrap();
        let bridge = Bridge::start_by(config, self.clock.clone()).await.unwrap();
        self.okdesk.add_webhook(bridge.webhook_url().clone());
        bridge
    }

    /// A client the help desk knows by his number.
    pub fn client(&self, id: i64, name: &str) -> (User, ContactId) {
        let company = self.okdesk.account().company("ООО «Ромашка»").create();
        let contact = self
            .okdesk
            .account()
            .contact(name, "Смирнова")
            .phone(&format!("+79160000{id}"))
            .company(company)
            .create();
        let user = self.telegram.user(id, name).phone(&format!("79160000{id}"));
        (user, contact)
    }

    /// Leads a client through the registration with his own card.
    pub async fn register(&self, user: &User) {
        user.send_text("/start");
        for button in ["consent:1", "register:person"] {
            offered(user, button).await;
            user.press(button).unwrap();
        }
        let asks = |call: &tg_bridge::demo::bot_api::Call| {
            call.chat_id == Some(user.id())
                && call.parameters.to_string().contains("request_contact")
        };
        self.telegram.wait_for_call(asks, PATIENCE).await.unwrap();
        user.share_contact();
        offered(user, "new").await;
    }

    /// The status of a webhook posted to the bridge.
    pub async fn post(&self, bridge: &Bridge, body: impl Into<reqwest::Body>) -> u16 {
        let request = self
            .http
            .post(bridge.webhook_url().clone())
            .header("content-type", "application/json");
        request.body(body).send().await.unwrap().status().as_u16()
    }

    pub async fn get(&self, bridge: &Bridge, path: &str) -> (u16, String) {
        let response = self
            .http
            .get(format!("http://{}{path}", bridge.addr()))
            .send()
            .await
            .unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }
}

/// Waits until the chat shows a button with this data.
pub async fn offered(user: &User, data: &str) -> MessageView {
    eventually(|| {
        user.chat()
            .from_bot()
            .into_iter()
            .find(|message| message.has_callback(data))
    })
    .await
}

/// Waits until the chat shows a message of the bot with these words in it.
pub async fn until_shown(user: &User, words: &str) -> MessageView {
    eventually(|| {
        user.chat()
            .from_bot()
            .into_iter()
            .find(|message| message.text.contains(words))
    })
    .await
}

/// How many messages of the bot have these words in them.
pub fn shown(user: &User, words: &str) -> usize {
    let messages = user.chat().from_bot();
    messages.iter().filter(|m| m.text.contains(words)).count()
}

/// Waits until the chat shows a message of the bot with this text.
pub async fn until_said(user: &User, text: &str) -> MessageView {
    eventually(|| {
        user.chat()
            .from_bot()
            .into_iter()
            .find(|message| message.text == text)
    })
    .await
}

/// How often the bot said this.
pub fn said(user: &User, text: &str) -> usize {
    user.chat()
        .from_bot()
        .iter()
        .filter(|message| message.text == text)
        .count()
}

/// Looks until there is something to see.
pub async fn eventually<T>(look: impl Fn() -> Option<T>) -> T {
    let looked = tokio::time::timeout(PATIENCE, async {
        loop {
            if let Some(found) = look() {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    looked.await.expect("it did not happen")
}

/// Looks while time flies, so that nobody waits for a back-off. A lease still outlasts a call on this machine by far.
pub async fn hurrying<T>(rig: &Rig, look: impl Fn() -> Option<T>) -> T {
    until_stored(async || {
        rig.hurry();
        look()
    })
    .await
}

/// Looks at the store until there is something to see.
pub async fn until_stored<T>(look: impl AsyncFn() -> Option<T>) -> T {
    let looked = tokio::time::timeout(PATIENCE, async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    looked.await.expect("it did not happen")
}

/// What Okdesk posts when an employee writes a public comment.
pub fn new_comment_hook(issue: u64, comment: u64) -> String {
    serde_json::json!({
        "event": {
            "event_type": "new_comment",
            "author": {"id": 1, "type": "employee", "first_name": "Иван", "last_name": "Петров"},
            "comment": {"id": comment, "is_public": true, "content": "Готово"},
            "attachments": []
        },
        "issue": {"id": issue, "title": "Принтер", "status": {"code": "opened", "name": "Открыта"}}
    })
    .to_string()
}

/// The record of a chat that is linked to the contact.
pub fn linked(chat: i64, contact: ContactId) -> Chat {
    Chat {
        link: Some(Link {
            contact,
            name: "Анна".into(),
            phone: "+79990000001".into(),
            company: None,
            maintenance_entity: None,
            place: None,
        }),
        ..Chat::new(ChatId(chat))
    }
}

pub fn say(chat: i64, text: &str) -> Effect {
    Effect::Telegram {
        chat: ChatId(chat),
        send: Send::Message(Outgoing {
            html: text.into(),
            ..Outgoing::default()
        }),
        about: None,
    }
}

/// A decision that answers each text with the same text.
pub fn echo(_: &mut Scene, event: &Event) -> Vec<Effect> {
    match text_of(event) {
        Some((chat, text)) => vec![say(chat, text)],
        None => Vec::new(),
    }
}

pub fn text_of(event: &Event) -> Option<(i64, &str)> {
    message_of(event)
        .filter(|m| !m.text.is_empty())
        .map(|m| (m.chat.0, m.text.as_str()))
}

pub fn message_of(event: &Event) -> Option<&Message> {
    match event {
        Event::Telegram(update) => match update.as_ref() {
            Update::Message(message) if !matches!(message.content, Content::Service(_)) => {
                Some(message)
            }
            _ => None,
        },
        _ => None,
    }
}

/// A decision that also tells the test what happened.
pub fn telling(
    decide: impl Fn(&mut Scene, &Event) -> Vec<Effect> + std::marker::Send + Sync + 'static,
) -> (
    impl Fn(&mut Scene, &Event) -> Vec<Effect> + std::marker::Send + Sync + 'static,
    mpsc::UnboundedReceiver<Event>,
) {
    let (tell, told) = mpsc::unbounded_channel();
    let decide = move |scene: &mut Scene, event: &Event| {
        let effects = decide(scene, event);
        let _ = tell.send(event.clone());
        effects
    };
    (decide, told)
}

/// The next event that is wanted.
pub async fn next<T>(
    told: &mut mpsc::UnboundedReceiver<Event>,
    wanted: impl Fn(&Event) -> Option<T>,
) -> T {
    let found = tokio::time::timeout(PATIENCE, async {
        loop {
            let event = told.recv().await.expect("the bridge is gone");
            if let Some(found) = wanted(&event) {
                return found;
            }
        }
    });
    found.await.expect("it did not happen")
}
