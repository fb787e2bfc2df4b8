//! Body → typed event, beside body → `serde_json::Value`, on the same bodies in the same run.
//!
//! `cargo bench -p okdesk-webhooks --bench parse`

#![allow(
    clippy::expect_used,
    reason = "a bench that cannot run says so and stops"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use okdesk_webhooks::testing::Replay;
use okdesk_webhooks::{Event, EventKind};

const ROUNDS: usize = 500;
const REPEATS: u32 = 20;

fn main() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/bodies");
    let replay = Replay::read_dir(folder).expect("the bodies of this crate");
    // Compact, as they travel.
    let bodies: Vec<(String, Vec<u8>)> = replay
        .bodies()
        .map(|(name, body)| {
            let value: serde_json::Value = serde_json::from_slice(body).expect("JSON");
            (
                name.trim_end_matches(".json").to_owned(),
                value.to_string().into_bytes(),
            )
        })
        .collect();
    assert_eq!(bodies.len(), EventKind::ALL.len());

    println!(
        "{:<26} {:>6} {:>10} {:>10} {:>7}",
        "body", "bytes", "event µs", "value µs", "ratio"
    );
    let mut ratios = Vec::new();
    for (name, body) in &bodies {
        let (event, value) = measure(body);
        let ratio = value.as_secs_f64() / event.as_secs_f64();
        ratios.push(ratio);
        let micros = |time: Duration| time.as_secs_f64() * 1e6;
        println!(
            "{name:<26} {:>6} {:>10.2} {:>10.2} {ratio:>7.2}",
            body.len(),
            micros(event),
            micros(value)
        );
    }
    ratios.sort_by(f64::total_cmp);
    let mean = ratios.iter().map(|ratio| ratio.ln()).sum::<f64>() / ratios.len() as f64;
    println!(
        "\nspeed of Event::parse in units of serde_json::Value: {:.2} (geometric mean), {:.2} at worst",
        mean.exp(),
        ratios[0]
    );
}

/// Time per body of both. The best of many short rounds that take turns: whatever else the machine does can only
/// make a round slower.
fn measure(body: &[u8]) -> (Duration, Duration) {
    let (mut event, mut value) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        event = event.min(time(|| {
            black_box(Event::parse(black_box(body)).expect("an event"));
        }));
        value = value.min(time(|| {
            black_box(serde_json::from_slice::<serde_json::Value>(black_box(body)).expect("JSON"));
        }));
    }
    (event, value)
}

fn time(mut run: impl FnMut()) -> Duration {
    let start = Instant::now();
    for _ in 0..REPEATS {
        run();
    }
    start.elapsed() / REPEATS
}
