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

const ROUNDS: usize = 15;

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

/// Time per body of both, the median of rounds that take turns.
fn measure(body: &[u8]) -> (Duration, Duration) {
    let repeats = 200_000 / body.len().max(1) + 1;
    let (mut events, mut values) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        events.push(time(repeats, || {
            black_box(Event::parse(black_box(body)).expect("an event"));
        }));
        values.push(time(repeats, || {
            black_box(serde_json::from_slice::<serde_json::Value>(black_box(body)).expect("JSON"));
        }));
    }
    (median(events), median(values))
}

fn time(repeats: usize, mut run: impl FnMut()) -> Duration {
    let start = Instant::now();
    for _ in 0..repeats {
        run();
    }
    start.elapsed() / u32::try_from(repeats).unwrap_or(u32::MAX)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
