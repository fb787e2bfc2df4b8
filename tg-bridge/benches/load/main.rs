//! What the bridge does in a second, beside what others do in the same second on the same machine. Every mode prints figures
//! of one run and their ratios; `docs/performance.md` says how to read them.
//!
//! `cargo bench -p tg-bridge --bench load -- intake [CONNECTIONS…] | drain | restart | latency | memory`

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_precision_loss,
    reason = "a bench that cannot run says so and stops"
)]

mod client;
mod drain;
mod intake;
mod latency;
mod memory;
mod restart;
mod servers;

#[path = "../../tests/engine/mod.rs"]
mod engine;

fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let numbers: Vec<usize> = words.iter().filter_map(|word| word.parse().ok()).collect();
    match words.first().map(String::as_str) {
        Some("intake") => intake::run(&numbers),
        Some("drain") => drain::run(),
        Some("restart") => restart::run(),
        Some("latency") => latency::run(),
        Some("memory") => memory::run(),
        _ => println!("choose: intake, drain, restart, latency, memory"),
    }
}

/// The value below which this share of the sorted values lies.
fn percentile<T: Copy>(sorted: &[T], share: f64) -> T {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let index = (sorted.len() as f64 * share) as usize;
    sorted[index.min(sorted.len() - 1)]
}
