//! Numbers about the bridge at work, in Prometheus' text format.

use crate::store::Pressure;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// Counters. Everything else is asked of the store when somebody looks.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    updates: Taken,
    webhooks: Taken,
    reconciled: Taken,
    reactions: AtomicU64,
    effects: AtomicU64,
    delivered: AtomicU64,
    retried: AtomicU64,
    throttled: AtomicU64,
    uncertain: AtomicU64,
    dead: AtomicU64,
    plain: AtomicU64,
    polled_at: AtomicI64,
}

#[derive(Debug, Default)]
struct Taken {
    new: AtomicU64,
    known: AtomicU64,
}

impl Taken {
    fn add(&self, new: usize, known: usize) {
        self.new.fetch_add(new as u64, Ordering::Relaxed);
        self.known.fetch_add(known as u64, Ordering::Relaxed);
    }
}

fn one(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl Metrics {
    /// Events came from a source: new ones and ones that were known.
    pub(crate) fn accepted(&self, source: &str, new: usize, known: usize) {
        match source {
            "telegram" => self.updates.add(new, known),
            "okdesk" => self.webhooks.add(new, known),
            _ => self.reconciled.add(new, known),
        }
    }

    /// An event was handled.
    pub(crate) fn reacted(&self, effects: usize) {
        one(&self.reactions);
        self.effects.fetch_add(effects as u64, Ordering::Relaxed);
    }

    /// An effect was carried out.
    pub(crate) fn delivered(&self) {
        one(&self.delivered);
    }

    /// An effect has to be tried again.
    pub(crate) fn retried(&self) {
        one(&self.retried);
    }

    /// A destination asked to wait, or the pace did.
    pub(crate) fn throttled(&self) {
        one(&self.throttled);
    }

    /// An effect is carried out that may have been carried out before.
    pub(crate) fn uncertain(&self) {
        one(&self.uncertain);
    }

    /// Something was given up.
    pub(crate) fn died(&self) {
        one(&self.dead);
    }

    /// Telegram did not take the formatting of a message, which went as plain text.
    pub(crate) fn unformatted(&self) {
        one(&self.plain);
    }

    /// Telegram answered a question for updates, in Unix milliseconds.
    pub(crate) fn polled(&self, now: i64) {
        self.polled_at.store(now, Ordering::Relaxed);
    }

    /// When Telegram last answered; 0 if never.
    pub(crate) fn polled_at(&self) -> i64 {
        self.polled_at.load(Ordering::Relaxed)
    }

    /// The page for Prometheus.
    pub(crate) fn render(&self, pressure: &Pressure, ready: bool) -> String {
        let mut page = String::new();
        let mut family = |name: &str, kind: &str, help: &str, rows: &[(&str, f64)]| {
            let _ = writeln!(page, "# HELP {name} {help}\n# TYPE {name} {kind}");
            for (labels, value) in rows {
                let _ = writeln!(page, "{name}{labels} {value}");
            }
        };
        #[allow(
            clippy::cast_precision_loss,
            reason = "the text format knows floating numbers only"
        )]
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed) as f64;
        #[allow(
            clippy::cast_precision_loss,
            reason = "the text format knows floating numbers only"
        )]
        let float = |number: u64| number as f64;
        family(
            "tg_bridge_events_total",
            "counter",
            "Events taken in, by source; repeated ones were known already.",
            &[
                (
                    "{source=\"telegram\",repeated=\"false\"}",
                    read(&self.updates.new),
                ),
                (
                    "{source=\"telegram\",repeated=\"true\"}",
                    read(&self.updates.known),
                ),
                (
                    "{source=\"webhook\",repeated=\"false\"}",
                    read(&self.webhooks.new),
                ),
                (
                    "{source=\"webhook\",repeated=\"true\"}",
                    read(&self.webhooks.known),
                ),
                (
                    "{source=\"reconciler\",repeated=\"false\"}",
                    read(&self.reconciled.new),
                ),
                (
                    "{source=\"reconciler\",repeated=\"true\"}",
                    read(&self.reconciled.known),
                ),
            ],
        );
        family(
            "tg_bridge_reactions_total",
            "counter",
            "Events handled.",
            &[("", read(&self.reactions))],
        );
        family(
            "tg_bridge_effects_total",
            "counter",
            "Effects decided.",
            &[("", read(&self.effects))],
        );
        family(
            "tg_bridge_deliveries_total",
            "counter",
            "Tries to carry out an effect, by how they ended.",
            &[
                ("{result=\"done\"}", read(&self.delivered)),
                ("{result=\"retry\"}", read(&self.retried)),
                ("{result=\"throttled\"}", read(&self.throttled)),
            ],
        );
        family(
            "tg_bridge_uncertain_sends_total",
            "counter",
            "Effects carried out again because the end of the first try is not known.",
            &[("", read(&self.uncertain))],
        );
        family(
            "tg_bridge_given_up_total",
            "counter",
            "Items that became dead letters since the start.",
            &[("", read(&self.dead))],
        );
        family(
            "tg_bridge_formatting_refused_total",
            "counter",
            "Messages that went as plain text because Telegram did not take their formatting.",
            &[("", read(&self.plain))],
        );
        family(
            "tg_bridge_dead_letters",
            "gauge",
            "Dead letters there are.",
            &[("", float(pressure.dead))],
        );
        family(
            "tg_bridge_queue_items",
            "gauge",
            "Items that wait, by hop.",
            &[
                ("{hop=\"in\"}", float(pressure.waiting_in)),
                ("{hop=\"out\"}", float(pressure.waiting_out)),
            ],
        );
        family(
            "tg_bridge_queue_oldest_seconds",
            "gauge",
            "Age of the oldest item that waits.",
            &[("", float(pressure.oldest.unsigned_abs()) / 1000.0)],
        );
        family(
            "tg_bridge_ready",
            "gauge",
            "Whether the bridge is ready.",
            &[("", f64::from(u8::from(ready)))],
        );
        page
    }
}
