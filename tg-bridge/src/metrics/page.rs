//! The page for Prometheus.

use super::{ACCEPT_BOUNDS, Metrics, process};
use crate::health::{Look, Report};
use crate::store::Pressure;
use okdesk_webhooks::receiver::Stats;
use std::fmt::{Display, Write as _};
use std::sync::PoisonError;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// What is looked up when somebody asks.
pub(crate) struct Seen {
    pub(crate) look: Look,
    pub(crate) desk: Stats,
}

/// A page in the making.
#[derive(Default)]
struct Page(String);

impl Page {
    fn family<'a>(
        &mut self,
        name: &str,
        kind: &str,
        help: &str,
        rows: impl IntoIterator<Item = (&'a str, Value)>,
    ) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for (labels, value) in rows {
            let _ = writeln!(self.0, "{name}{labels} {value}");
        }
    }

    fn counter<'a>(
        &mut self,
        name: &str,
        help: &str,
        rows: impl IntoIterator<Item = (&'a str, Value)>,
    ) {
        self.family(name, "counter", help, rows);
    }

    fn gauge<'a>(
        &mut self,
        name: &str,
        help: &str,
        rows: impl IntoIterator<Item = (&'a str, Value)>,
    ) {
        self.family(name, "gauge", help, rows);
    }
}

/// A number as the format writes it: exact, in base units.
enum Value {
    Count(u64),
    Millis(i64),
}

impl Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Count(count) => count.fmt(f),
            Self::Millis(millis) => {
                let millis = millis.max(&0);
                write!(f, "{}.{:03}", millis / 1000, millis % 1000)
            }
        }
    }
}

fn count(counter: &AtomicU64) -> Value {
    Value::Count(counter.load(Ordering::Relaxed))
}

fn moment(at: &AtomicI64) -> Value {
    Value::Millis(at.load(Ordering::Relaxed))
}

fn flag(is: bool) -> Value {
    Value::Count(u64::from(is))
}

impl Metrics {
    /// The page for Prometheus.
    pub(crate) fn render(&self, seen: &Seen) -> String {
        let mut page = Page::default();
        self.intake(&mut page, &seen.desk);
        self.work(&mut page);
        // Nobody knows how much waits in a database that does not answer; a nought would be a lie.
        if let Some(pressure) = &seen.look.pressure {
            queue(&mut page, pressure);
        }
        health(&mut page, &seen.look.report);
        self.process(&mut page);
        page.0
    }

    fn intake(&self, page: &mut Page, desk: &Stats) {
        page.counter(
            "tg_bridge_events_total",
            "Events taken in, by source; repeated ones were known already.",
            [
                (
                    "{source=\"telegram\",repeated=\"false\"}",
                    count(&self.updates.new),
                ),
                (
                    "{source=\"telegram\",repeated=\"true\"}",
                    count(&self.updates.known),
                ),
                (
                    "{source=\"webhook\",repeated=\"false\"}",
                    count(&self.webhooks.new),
                ),
                (
                    "{source=\"webhook\",repeated=\"true\"}",
                    count(&self.webhooks.known),
                ),
                (
                    "{source=\"reconciler\",repeated=\"false\"}",
                    count(&self.reconciled.new),
                ),
                (
                    "{source=\"reconciler\",repeated=\"true\"}",
                    count(&self.reconciled.known),
                ),
            ],
        );
        page.gauge(
            "tg_bridge_last_event_timestamp_seconds",
            "When the latest event came, by source; 0 if none has come since the start.",
            [
                ("{source=\"telegram\"}", moment(&self.updates.last)),
                ("{source=\"webhook\"}", moment(&self.webhooks.last)),
                ("{source=\"reconciler\"}", moment(&self.reconciled.last)),
            ],
        );
        page.counter(
            "tg_bridge_webhooks_refused_total",
            "Requests at Okdesk's door that were not taken in, by reason.",
            [
                ("{reason=\"secret\"}", Value::Count(desk.refused)),
                ("{reason=\"body\"}", Value::Count(desk.bad_body)),
                ("{reason=\"too_large\"}", Value::Count(desk.too_large)),
                ("{reason=\"too_slow\"}", Value::Count(desk.too_slow)),
                ("{reason=\"kind\"}", Value::Count(desk.wrong_kind)),
                ("{reason=\"busy\"}", Value::Count(desk.busy)),
                (
                    "{reason=\"not_stored\"}",
                    Value::Count(desk.retried + desk.failed),
                ),
            ],
        );
        let unknown = self.unknown.lock().unwrap_or_else(PoisonError::into_inner);
        let rows: Vec<_> = unknown
            .iter()
            .map(|(kind, count)| (format!("{{kind=\"{kind}\"}}"), *count))
            .collect();
        page.counter(
            "tg_bridge_webhooks_unknown_total",
            "Webhooks of a kind this version does not know, by kind.",
            rows.iter()
                .map(|(labels, count)| (labels.as_str(), Value::Count(*count))),
        );
        self.accept_times(page);
    }

    fn accept_times(&self, page: &mut Page) {
        const NAME: &str = "tg_bridge_accept_seconds";
        page.family(
            NAME,
            "histogram",
            "Time to write an event down durably.",
            [],
        );
        let mut below = 0;
        for (bound, within) in ACCEPT_BOUNDS.iter().zip(&self.accept.within) {
            below += within.load(Ordering::Relaxed);
            let _ = writeln!(
                page.0,
                "{NAME}_bucket{{le=\"{}.{:04}\"}} {below}",
                bound / 1_000_000,
                bound % 1_000_000 / 100
            );
        }
        // Counted after its class, so it is never the smaller one.
        let all = self.accept.count.load(Ordering::Relaxed).max(below);
        let micros = self.accept.micros.load(Ordering::Relaxed);
        let _ = writeln!(page.0, "{NAME}_bucket{{le=\"+Inf\"}} {all}");
        let _ = writeln!(
            page.0,
            "{NAME}_sum {}.{:06}",
            micros / 1_000_000,
            micros % 1_000_000
        );
        let _ = writeln!(page.0, "{NAME}_count {all}");
    }

    fn work(&self, page: &mut Page) {
        page.counter(
            "tg_bridge_reactions_total",
            "Events handled.",
            [("", count(&self.reactions))],
        );
        page.counter(
            "tg_bridge_effects_total",
            "Effects decided.",
            [("", count(&self.effects))],
        );
        page.counter(
            "tg_bridge_deliveries_total",
            "Tries to carry out an effect, by how they ended.",
            [
                ("{result=\"done\"}", count(&self.delivered)),
                ("{result=\"retry\"}", count(&self.retried)),
                ("{result=\"throttled\"}", count(&self.throttled)),
            ],
        );
        page.counter(
            "tg_bridge_uncertain_sends_total",
            "Effects carried out again because the end of the first try is not known.",
            [("", count(&self.uncertain))],
        );
        page.counter(
            "tg_bridge_given_up_total",
            "Items that became dead letters since the start.",
            [("", count(&self.dead))],
        );
        page.counter(
            "tg_bridge_formatting_refused_total",
            "Messages that went as plain text because Telegram did not take their formatting.",
            [("", count(&self.plain))],
        );
    }

    fn process(&self, page: &mut Page) {
        page.gauge(
            "tg_bridge_replicas",
            "Bridges that share the database, and with it Telegram's limits.",
            [("", count(&self.replicas))],
        );
        let version = format!("{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"));
        page.gauge(
            "tg_bridge_build_info",
            "Always 1; the label tells the version.",
            [(version.as_str(), Value::Count(1))],
        );
        page.gauge(
            "process_start_time_seconds",
            "When the bridge started, in Unix seconds.",
            [("", Value::Millis(crate::store::millis(self.started)))],
        );
        page.gauge(
            "process_resident_memory_bytes",
            "Memory in use.",
            process::resident_memory().map(|bytes| ("", Value::Count(bytes))),
        );
        page.gauge(
            "process_open_fds",
            "Open files and connections.",
            process::open_fds().map(|fds| ("", Value::Count(fds))),
        );
    }
}

fn queue(page: &mut Page, pressure: &Pressure) {
    page.gauge(
        "tg_bridge_dead_letters",
        "Dead letters there are.",
        [("", Value::Count(pressure.dead))],
    );
    page.gauge(
        "tg_bridge_queue_items",
        "Items that wait, by hop.",
        [
            ("{hop=\"in\"}", Value::Count(pressure.waiting_in)),
            ("{hop=\"out\"}", Value::Count(pressure.waiting_out)),
        ],
    );
    page.gauge(
        "tg_bridge_queue_oldest_seconds",
        "Age of the oldest item that waits.",
        [("", Value::Millis(pressure.oldest))],
    );
}

fn health(page: &mut Page, report: &Report) {
    page.gauge(
        "tg_bridge_ready",
        "Whether the bridge is ready.",
        [("", flag(report.is_ready()))],
    );
    let rows: Vec<_> = report
        .checks()
        .into_iter()
        .map(|(check, fails)| (format!("{{check=\"{check}\"}}"), fails))
        .collect();
    page.gauge(
        "tg_bridge_check_failing",
        "Whether a check of readiness fails, by check.",
        rows.iter()
            .map(|(labels, fails)| (labels.as_str(), flag(*fails))),
    );
}
