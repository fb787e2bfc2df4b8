//! What the bridge tells about itself: readiness with reasons, numbers by Prometheus' conventions.

use crate::engine::{Rig, echo, eventually, until_said, until_stored};
use okdesk_sdk::testing::Fault as DeskFault;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tg_bridge::demo::bot_api::{Fault, FaultRule};
use tg_bridge::run::Bridge;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

async fn failing(rig: &Rig, bridge: &Bridge) -> BTreeSet<String> {
    let (_, page) = rig.get(bridge, "/metrics").await;
    let marks = page.lines().filter_map(|line| {
        let (check, value) = line
            .strip_prefix("tg_bridge_check_failing{check=\"")?
            .split_once("\"} ")?;
        (value == "1").then(|| check.to_owned())
    });
    marks.collect()
}

/// Waits until the bridge is not ready, and returns what it says.
async fn not_ready(rig: &Rig, bridge: &Bridge) -> String {
    until_stored(async || {
        let (status, body) = rig.get(bridge, "/health/ready").await;
        (status == 503).then_some(body)
    })
    .await
}

async fn ready(rig: &Rig, bridge: &Bridge) {
    until_stored(async || {
        let (status, _) = rig.get(bridge, "/health/ready").await;
        (status == 200).then_some(())
    })
    .await;
}

#[tokio::test]
async fn ops_05_polling_that_is_stale_is_told() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    let bridge = rig.start(echo).await;
    anna.send_text("раз");
    until_said(&anna, "раз").await;
    ready(&rig, &bridge).await;
    assert!(failing(&rig, &bridge).await.is_empty());
    rig.telegram
        .faults()
        .add(FaultRule::new(Fault::Page(502)).method("getUpdates"));
    // The question that was asked before still gets its answer.
    anna.send_text("два");
    until_said(&anna, "два").await;
    rig.clock.advance(Duration::from_secs(4 * 60));
    let body = not_ready(&rig, &bridge).await;
    assert!(body.contains("Telegram has not answered"), "{body}");
    assert!(failing(&rig, &bridge).await.contains("polling"));
    assert_eq!(rig.get(&bridge, "/health/live").await.0, 200);
    rig.telegram.faults().clear();
    anna.send_text("три");
    until_said(&anna, "три").await;
    ready(&rig, &bridge).await;
    bridge.stop().await;
}

#[tokio::test]
async fn ops_05_an_okdesk_that_does_not_answer_is_told() {
    let rig = Rig::new().await;
    rig.okdesk.faults().on_any().always(DeskFault::Status(503));
    let bridge = rig.try_start(echo).await.unwrap();
    eventually(|| (!rig.okdesk.recorder().all().is_empty()).then_some(())).await;
    ready(&rig, &bridge).await;
    // Okdesk may be away for a moment; this is longer.
    let body = until_stored(async || {
        rig.clock.advance(Duration::from_secs(60));
        let (status, body) = rig.get(&bridge, "/health/ready").await;
        (status == 503 && body.contains("okdesk")).then_some(body)
    })
    .await;
    assert!(body.contains("does not answer for"), "{body}");
    assert!(!body.contains(rig.okdesk.token()), "{body}");
    assert!(failing(&rig, &bridge).await.contains("okdesk"));
    rig.okdesk.faults().clear();
    // Telegram had no reason to answer in all this time, as the clock has it.
    let anna = rig.telegram.user(101, "Анна");
    anna.send_text("раз");
    until_said(&anna, "раз").await;
    ready(&rig, &bridge).await;
    bridge.stop().await;
}

#[tokio::test]
async fn ops_05_a_bridge_that_stops_is_not_ready_before_it_hangs_up() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    let bridge = rig.start(echo).await;
    rig.telegram
        .faults()
        .add(FaultRule::new(Fault::Delay(1_500)).method("sendMessage"));
    anna.send_text("раз");
    eventually(|| rig.telegram.calls_of("sendMessage").first().cloned()).await;
    // A question that was begun before the stop is answered; the second one shows that the first has come.
    let mut early = TcpStream::connect(bridge.addr()).await.unwrap();
    let begun = b"GET /health/ready HTTP/1.1\r\nhost: bridge\r\n";
    early.write_all(begun).await.unwrap();
    assert_eq!(rig.get(&bridge, "/health/ready").await.0, 200);
    let address = bridge.addr();
    let stopping = tokio::spawn(bridge.stop());
    until_stored(async || TcpStream::connect(address).await.is_err().then_some(())).await;
    early.write_all(b"\r\n").await.unwrap();
    let mut answer = String::new();
    early.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.contains("stopping"), "{answer}");
    stopping.await.unwrap();
    assert_eq!(crate::engine::said(&anna, "раз"), 1);
}

/// The rules every page for Prometheus keeps, whatever is on it.
#[tokio::test]
async fn ops_05_the_numbers_have_conventional_names_and_units() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    let bridge = rig.start(echo).await;
    anna.send_text("раз");
    until_said(&anna, "раз").await;
    assert_eq!(rig.post(&bridge, "{}").await, 400);
    let hook = r#"{"event":{"event_type":"new_magic"},"issue":{"id":1}}"#;
    assert_eq!(rig.post(&bridge, hook).await, 200);
    let answer = rig
        .http
        .get(format!("http://{}/metrics", bridge.addr()))
        .send()
        .await
        .unwrap();
    assert_eq!(
        answer.headers()["content-type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let page = answer.text().await.unwrap();
    let mut kinds = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for line in page.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(kinds.insert(name, kind).is_none(), "{name} twice");
            continue;
        }
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (_, help) = rest.split_once(' ').unwrap();
            assert!(help.ends_with('.'), "{line}");
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap();
        assert!(seen.insert(series), "{series} twice");
        assert!(value.parse::<f64>().unwrap() >= 0.0, "{line}");
        let name = series.split('{').next().unwrap();
        assert!(
            name.starts_with("tg_bridge_") || name.starts_with("process_"),
            "{name}"
        );
        assert!(
            name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
            "{name}"
        );
        let family = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|end| {
                name.strip_suffix(end)
                    .filter(|base| kinds.contains_key(base))
            })
            .unwrap_or(name);
        let kind = kinds
            .get(family)
            .unwrap_or_else(|| panic!("{name} has no type"));
        assert_eq!(
            *kind == "counter",
            name.ends_with("_total"),
            "{name} is a {kind}"
        );
    }
    for (name, unit) in [
        ("tg_bridge_queue_oldest_seconds", "gauge"),
        ("tg_bridge_accept_seconds", "histogram"),
        ("process_resident_memory_bytes", "gauge"),
        ("tg_bridge_last_event_timestamp_seconds", "gauge"),
    ] {
        assert_eq!(kinds.get(name), Some(&unit), "{page}");
    }
    let value = |series: &str| -> f64 {
        let line = page.lines().find(|line| line.starts_with(series)).unwrap();
        line.rsplit_once(' ').unwrap().1.parse().unwrap()
    };
    assert_eq!(
        value("tg_bridge_webhooks_refused_total{reason=\"body\"}"),
        1.0
    );
    assert_eq!(value("tg_bridge_webhooks_unknown_total"), 1.0);
    assert_eq!(value("tg_bridge_accept_seconds_count"), 1.0);
    assert_eq!(value("tg_bridge_accept_seconds_bucket{le=\"+Inf\"}"), 1.0);
    assert!(value("tg_bridge_accept_seconds_sum") > 0.0);
    assert!(value("process_resident_memory_bytes") > 1_000_000.0);
    let now = f64::from(u32::try_from(rig.clock.now() / 1000).unwrap());
    assert!(
        (now - value("tg_bridge_last_event_timestamp_seconds{source=\"webhook\"}")).abs() < 60.0
    );
    assert!(now - value("process_start_time_seconds") < 600.0);
    bridge.stop().await;
}
