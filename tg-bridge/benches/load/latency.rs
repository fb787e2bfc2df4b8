//! From the moment a webhook is posted to the moment Telegram has the message.

use super::client::post;
use super::engine::{Rig, SECRET, say};
use super::percentile;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tg_bridge::reaction::{Effect, Event, Happening, Scene};
use tokio::net::TcpStream;

/// Chats that hear of the issue of their number; nobody hears of the others.
const CHATS: u64 = 60;

fn now() -> i64 {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a clock");
    i64::try_from(now.as_millis()).expect("a date")
}

fn hook(path: &str, issue: u64, comment: u64) -> Vec<u8> {
    let body = format!(
        r#"{{"event":{{"event_type":"new_comment","author":{{"id":1,"type":"employee"}},"comment":{{"id":{comment},"is_public":true,"content":"{comment}"}},"attachments":[]}},"issue":{{"id":{issue},"title":"Принтер","status":{{"code":"opened","name":"Открыта"}}}}}}"#
    );
    format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn tell(_: &mut Scene, event: &Event) -> Vec<Effect> {
    let Event::Desk(desk) = event else {
        return vec![];
    };
    match &desk.happening {
        Happening::Comment(comment) if desk.issue.id.get() <= CHATS => {
            let chat = 1_000 + i64::try_from(desk.issue.id.get()).expect("small");
            vec![say(chat, comment.content.as_str())]
        }
        _ => vec![],
    }
}

/// Posts `rate` webhooks a second, of which one in `share` is heard of, and measures those.
async fn measure(
    rig: &Rig,
    address: SocketAddr,
    from: u64,
    rate: u64,
    share: u64,
    count: u64,
) -> Vec<i64> {
    let path = format!("/okdesk/webhook/{SECRET}");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.set_nodelay(true).expect("no delay");
    let mut posted = BTreeMap::new();
    let mut beat = tokio::time::interval(Duration::from_micros(1_000_000 / rate));
    for number in 0..count {
        beat.tick().await;
        let comment = from + number;
        let heard = number % share == 0;
        let issue = if heard {
            number / share % CHATS + 1
        } else {
            CHATS + 1 + number % 1_000
        };
        if heard {
            posted.insert(comment.to_string(), now());
        }
        post(&mut stream, &hook(&path, issue, comment)).await;
    }
    let mut taken = Vec::new();
    for _ in 0..500 {
        taken = rig
            .telegram
            .calls_of("sendMessage")
            .iter()
            .filter_map(|call| Some(call.at_ms - posted.get(call.text.as_deref()?)?))
            .collect();
        if taken.len() >= posted.len() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(taken.len(), posted.len(), "every message arrives once");
    taken.sort_unstable();
    taken
}

pub(crate) fn run() {
    tokio::runtime::Runtime::new()
        .expect("a runtime")
        .block_on(async {
            let rig = Rig::new().await;
            for chat in 1..=CHATS {
                let user = rig
                    .telegram
                    .user(1_000 + i64::try_from(chat).expect("small"), "Анна");
                user.send_text("привет");
            }
            let bridge = rig.start(tell).await;
            let address = bridge.addr();
            // Rates that Telegram's own limits allow: 30 messages a second in all, one a second in a chat.
            let ways = [
                ("idle: 5 webhooks a second, all heard of", 5, 1, 300),
                ("200 webhooks a second, 10 of them heard of", 200, 20, 6_000),
            ];
            for (from, (name, rate, share, count)) in (1..).zip(ways) {
                let times = measure(&rig, address, from * 1_000_000, rate, share, count).await;
                println!(
                    "{name}: p50 {} ms, p99 {} ms, worst {} ms ({} messages)",
                    percentile(&times, 0.5),
                    percentile(&times, 0.99),
                    percentile(&times, 1.0),
                    times.len()
                );
            }
            bridge.stop().await;
        });
}
