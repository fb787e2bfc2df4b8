//! Updates by webhook: secret, order, redelivery – received by a small TCP server.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod bot_api_support;

use std::collections::HashMap;
use std::time::Duration;

use bot_api_support::{PATIENCE, Raw, with};
use serde_json::{Value, json};
use tg_bridge::demo::bot_api::BotApi;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// A delivered request: its head and body.
struct Delivery {
    head: String,
    update: Value,
}

impl Delivery {
    fn text(&self) -> &str {
        self.update["message"]["text"].as_str().unwrap_or_default()
    }
}

/// Receives updates and answers each as `script` says, by its text and how often it came.
async fn receiver(
    script: fn(&str, usize) -> &'static str,
) -> (String, mpsc::UnboundedReceiver<Delivery>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook?x=1", listener.local_addr().unwrap());
    let (seen, deliveries) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut times: HashMap<String, usize> = HashMap::new();
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let delivery = read(&mut stream).await;
            let count = times.entry(delivery.text().to_owned()).or_default();
            *count += 1;
            let status = script(delivery.text(), *count);
            if seen.send(delivery).is_err() {
                return;
            }
            stream
                .write_all(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").as_bytes())
                .await
                .unwrap();
        }
    });
    (url, deliveries)
}

async fn read(stream: &mut TcpStream) -> Delivery {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let count = stream.read(&mut chunk).await.unwrap();
        bytes.extend(&chunk[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let length = head
                .to_lowercase()
                .lines()
                .find_map(|line| line.strip_prefix("content-length: ").map(str::to_owned));
            let length: usize = length.unwrap().parse().unwrap();
            let body = &bytes[head.len() + 4..];
            if body.len() >= length {
                return Delivery {
                    head: head.to_owned(),
                    update: serde_json::from_slice(body).unwrap(),
                };
            }
        }
    }
}

async fn quick() -> Raw {
    with(BotApi::builder().webhook_delay(Duration::from_millis(2))).await
}

async fn next(deliveries: &mut mpsc::UnboundedReceiver<Delivery>) -> Delivery {
    tokio::time::timeout(PATIENCE, deliveries.recv())
        .await
        .expect("a delivery")
        .unwrap()
}

async fn drained(raw: &Raw) {
    let empty = async {
        while raw.api.pending_updates() > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, empty)
        .await
        .expect("all updates are taken");
}

#[tokio::test]
async fn updates_come_in_order_with_the_secret() {
    let raw = quick().await;
    let (url, mut deliveries) = receiver(|_, _| "200 OK").await;
    raw.ok(
        "setWebhook",
        json!({"url": url, "secret_token": "s-3_T", "allowed_updates": ["message"]}),
    )
    .await;
    let user = raw.api.user(7, "Анна");
    for text in ["раз", "два", "три"] {
        user.send_text(text);
    }
    let mut texts = Vec::new();
    for _ in 0..4 {
        let delivery = next(&mut deliveries).await;
        assert!(
            delivery.head.starts_with("POST /hook?x=1 HTTP/1.1"),
            "{}",
            delivery.head
        );
        assert!(
            delivery
                .head
                .to_lowercase()
                .contains("x-telegram-bot-api-secret-token: s-3_t"),
            "{}",
            delivery.head
        );
        assert!(
            delivery
                .head
                .to_lowercase()
                .contains("content-type: application/json")
        );
        texts.push(delivery.text().to_owned());
    }
    assert_eq!(
        texts,
        ["/start", "раз", "два", "три"],
        "what waited before the webhook comes too"
    );
    drained(&raw).await;
    assert_eq!(raw.violations(), [""; 0]);
}

#[tokio::test]
async fn a_refused_update_comes_again_and_holds_up_only_its_own_chat() {
    let raw = quick().await;
    let (url, mut deliveries) = receiver(|text, count| match (text, count) {
        ("яд", 1..=3) => "500 Internal Server Error",
        _ => "204 No Content",
    })
    .await;
    raw.api.user(7, "Анна").send_text("яд");
    raw.api.user(7, "Анна").send_text("за ядом");
    raw.api.user(8, "Пётр").send_text("мимо");
    raw.ok("setWebhook", json!({"url": url})).await;
    let mut texts = Vec::new();
    for _ in 0..7 {
        texts.push(next(&mut deliveries).await.text().to_owned());
    }
    assert_eq!(texts.iter().filter(|text| *text == "яд").count(), 4);
    assert_eq!(
        texts.last().map(String::as_str),
        Some("за ядом"),
        "order within a chat holds: {texts:?}"
    );
    assert!(texts.contains(&"мимо".to_owned()));
    drained(&raw).await;
    let info = raw.ok("getWebhookInfo", json!({})).await;
    assert_eq!(info["pending_update_count"], 0);
    assert_eq!(
        info["last_error_message"],
        "Wrong response from the webhook: 500"
    );
}

#[tokio::test]
async fn retry_after_is_honoured_before_the_own_delay() {
    // With the own delay of an hour only `Retry-After` can bring the update back.
    let raw = with(BotApi::builder().webhook_delay(Duration::from_secs(3600))).await;
    let (url, mut deliveries) = receiver(|_, count| match count {
        1 | 2 => "503 Service Unavailable\r\nRetry-After: 0",
        _ => "200 OK",
    })
    .await;
    raw.ok("setWebhook", json!({"url": url})).await;
    for _ in 0..3 {
        assert_eq!(next(&mut deliveries).await.text(), "/start");
    }
    drained(&raw).await;
}

#[tokio::test]
async fn nothing_is_lost_while_nobody_listens() {
    let raw = quick().await;
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    };
    raw.ok(
        "setWebhook",
        json!({"url": format!("http://127.0.0.1:{port}/")}),
    )
    .await;
    let failed = async {
        while raw
            .ok("getWebhookInfo", json!({}))
            .await
            .get("last_error_message")
            .is_none()
        {}
    };
    tokio::time::timeout(PATIENCE, failed)
        .await
        .expect("a failed delivery");
    let (url, mut deliveries) = receiver(|_, _| "200 OK").await;
    raw.ok("setWebhook", json!({"url": url})).await;
    assert_eq!(next(&mut deliveries).await.text(), "/start");
    drained(&raw).await;
}

#[tokio::test]
async fn polling_and_webhook_exclude_each_other() {
    let raw = quick().await;
    raw.ok("getUpdates", json!({"offset": -1})).await;
    let update = raw.ok("getUpdates", json!({})).await[0]["update_id"]
        .as_i64()
        .unwrap();
    let request = raw
        .http
        .post(raw.method("getUpdates"))
        .json(&json!({"offset": update + 1, "timeout": 50}));
    let waiting = tokio::spawn(async move { bot_api_support::answer(request).await });
    raw.api
        .wait_for_call(
            |call| call.method == "getUpdates" && call.parameters.get("timeout").is_some(),
            PATIENCE,
        )
        .await
        .unwrap();
    let (url, _deliveries) = receiver(|_, _| "200 OK").await;
    raw.ok("setWebhook", json!({"url": url})).await;
    let (status, body) = waiting.await.unwrap();
    assert_eq!(
        (status, &body["description"]),
        (409, &json!("Conflict: terminated by setWebhook request"))
    );
    assert_eq!(raw.call("getUpdates", json!({})).await.0, 409);
    raw.ok("deleteWebhook", json!({"drop_pending_updates": true}))
        .await;
    assert_eq!(raw.ok("getWebhookInfo", json!({})).await["url"], "");
    assert_eq!(raw.ok("getUpdates", json!({})).await, json!([]));
}
