//! Body → typed event, beside body → `serde_json::Value`, on the same bodies in the same run: the event as the receiver
//! takes it in, and the event with all its fields read.
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
        "{:<26} {:>6} {:>10} {:>10} {:>10} {:>7} {:>7}",
        "body", "bytes", "event µs", "fields µs", "value µs", "event", "fields"
    );
    let (mut taken_in, mut with_fields) = (Vec::new(), Vec::new());
    for (name, body) in &bodies {
        let [event, fields, value] = measure(body);
        let times = |time: Duration| value.as_secs_f64() / time.as_secs_f64();
        taken_in.push(times(event));
        with_fields.push(times(fields));
        let micros = |time: Duration| time.as_secs_f64() * 1e6;
        println!(
            "{name:<26} {:>6} {:>10.2} {:>10.2} {:>10.2} {:>7.2} {:>7.2}",
            body.len(),
            micros(event),
            micros(fields),
            micros(value),
            times(event),
            times(fields)
        );
    }
    println!("\nspeed in units of serde_json::Value (geometric mean, at worst):");
    for (name, mut ratios) in [
        ("taken in", taken_in),
        ("and all its fields read", with_fields),
    ] {
        ratios.sort_by(f64::total_cmp);
        let mean = ratios.iter().map(|ratio| ratio.ln()).sum::<f64>() / ratios.len() as f64;
        println!("{name:<26} {:.2} {:.2}", mean.exp(), ratios[0]);
    }
}

/// Time per body. The best of many short rounds that take turns: whatever else the machine does can only
/// make a round slower.
fn measure(body: &[u8]) -> [Duration; 3] {
    let [mut event, mut fields, mut value] = [Duration::MAX; 3];
    for _ in 0..ROUNDS {
        event = event.min(time(|| {
            black_box(Event::parse(black_box(body)).expect("an event"));
        }));
        fields = fields.min(time(|| {
            let event = Event::parse(black_box(body)).expect("an event");
            // Whether something was left out is known when everything has been read.
            assert!(!event.is_partial());
            black_box(event);
        }));
        value = value.min(time(|| {
            black_box(serde_json::from_slice::<serde_json::Value>(black_box(body)).expect("JSON"));
        }));
    }
    [event, fields, value]
}

fn time(mut run: impl FnMut()) -> Duration {
    let start = Instant::now();
    for _ in 0..REPEATS {
        run();
    }
    start.elapsed() / REPEATS
}
