//! What the tests of the Telegram stand-in share: a bot that speaks plain HTTP.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test program uses its own part"
)]

use std::time::Duration;

use serde_json::{Value, json};
use tg_bridge::demo::bot_api::{BotApi, Builder};

pub const PATIENCE: Duration = Duration::from_secs(10);

/// A stand-in, a client, and user 7 who has written `/start` as message 100.
pub struct Raw {
    pub api: BotApi,
    pub http: reqwest::Client,
}

pub async fn start() -> Raw {
    with(BotApi::builder()).await
}

pub async fn with(builder: Builder) -> Raw {
    // reqwest wants a provider even where no TLS is spoken.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let api = builder.start().await.unwrap();
    api.user(7, "Анна").send_text("/start");
    Raw {
        api,
        http: reqwest::Client::new(),
    }
}

impl Raw {
    pub fn method(&self, name: &str) -> String {
        format!("{}bot{}/{name}", self.api.url(), self.api.token())
    }

    pub fn page(&self, path: &str) -> String {
        format!("{}_tg{path}", self.api.url())
    }

    /// A call with JSON; the status and the body.
    pub async fn call(&self, name: &str, body: Value) -> (u16, Value) {
        answer(self.http.post(self.method(name)).json(&body)).await
    }

    /// A call that must work.
    pub async fn ok(&self, name: &str, body: Value) -> Value {
        let (status, answer) = self.call(name, body).await;
        assert_eq!(
            (status, &answer["ok"]),
            (200, &json!(true)),
            "{name}: {answer}"
        );
        answer["result"].clone()
    }

    pub async fn send(&self, text: &str) -> Value {
        self.ok("sendMessage", json!({"chat_id": 7, "text": text}))
            .await
    }

    /// `/_tg/…` that must work.
    pub async fn tg(&self, path: &str, body: Value) -> Value {
        let (status, answer) = answer(self.http.post(self.page(path)).json(&body)).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    pub async fn tg_get(&self, path: &str) -> Value {
        let (status, answer) = answer(self.http.get(self.page(path))).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// What the violations say, without the numbers.
    pub fn violations(&self) -> Vec<String> {
        self.api
            .violations()
            .into_iter()
            .map(|violation| violation.what)
            .collect()
    }
}

pub async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, response.json().await.unwrap())
}

/// Header bytes of a PNG of this size with something of its own behind them.
pub fn png(width: u32, height: u32, seed: u8) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend([seed; 32]);
    bytes
}
