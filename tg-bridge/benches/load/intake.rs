//! Webhooks a second, and how long the slowest hundredth waits.

use super::client::{Run, at_rest, load};
use super::servers::{PATH, Python, bare_hyper, bridge, door, serve};
use std::net::SocketAddr;
use std::time::Duration;

const CONNECTIONS: [usize; 4] = [1, 16, 64, 256];
const ROUNDS: usize = 3;
const TIME: Duration = Duration::from_secs(2);
const OURS: &str = "tg-bridge";
const WHOLE: &str = "tg-bridge whole, SQLite";
const FORMS: [&str; 3] = ["session", "session-wal", "aiosqlite"];

pub(crate) fn run(only: &[usize]) {
    let folder = tempfile::tempdir_in(std::env::current_dir().expect("here")).expect("a folder");
    let file = |name: &str| format!("sqlite:{}", folder.path().join(name).display());
    let (alone, whole) = (file("door.db"), file("bridge.db"));
    let mut servers: Vec<(String, SocketAddr)> = vec![
        ("bare hyper, nothing kept".into(), serve(bare_hyper)),
        (
            "tg-bridge's door, SQLite".into(),
            serve(|address| door(address, alone)),
        ),
        (WHOLE.into(), serve(|address| bridge(address, whole))),
    ];
    let schema = Schema::make();
    if let Some(schema) = &schema {
        let url = schema.url.clone();
        servers.push((
            "tg-bridge's door, PostgreSQL".into(),
            serve(|address| door(address, url)),
        ));
    }
    let python: Vec<_> = std::env::var("PYTHON")
        .iter()
        .flat_map(|python| FORMS.map(|form| (form, Python::start(python, form, folder.path()))))
        .collect();
    for (form, python) in &python {
        servers.push((format!("FastAPI, {form}"), python.address));
    }

    let client = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    println!(
        "medians of {ROUNDS} rounds of {} s that take turns",
        TIME.as_secs()
    );
    let wanted = |connections: &usize| only.is_empty() || only.contains(connections);
    for connections in CONNECTIONS.into_iter().filter(wanted) {
        let mut runs = vec![Vec::new(); servers.len()];
        for _ in 0..ROUNDS {
            for ((name, address), runs) in servers.iter().zip(&mut runs) {
                runs.push(client.block_on(load(*address, PATH, connections, TIME)));
                if *name == WHOLE {
                    // It still reacts to what it has taken in: the next one has the machine to itself.
                    client.block_on(at_rest(*address));
                }
            }
        }
        let runs: Vec<_> = runs.into_iter().map(median).collect();
        println!("\n{connections} connections");
        for ((name, _), run) in servers.iter().zip(&runs) {
            println!(
                "  {name:<30} {:>9.0} /s   p99 {:>8.2} ms",
                run.rate,
                run.p99.as_secs_f64() * 1e3
            );
        }
        let others: Vec<_> = servers.iter().zip(&runs).collect();
        let ours = others
            .iter()
            .filter(|((name, _), _)| name.starts_with(OURS));
        for ((our, _), ours) in ours {
            for ((name, _), other) in others
                .iter()
                .filter(|((name, _), _)| !name.starts_with(OURS))
            {
                println!(
                    "  {our} / {name:<19} {:>7.2} of the rate, {:>6.3} of the p99",
                    ours.rate / other.rate,
                    ours.p99.as_secs_f64() / other.p99.as_secs_f64()
                );
            }
        }
    }
    drop(python);
    if let Some(schema) = schema {
        schema.drop();
    }
}

fn median(mut runs: Vec<Run>) -> Run {
    let middle = runs.len() / 2;
    runs.sort_by(|one, other| one.rate.total_cmp(&other.rate));
    let rate = runs[middle].rate;
    runs.sort_by_key(|run| run.p99);
    Run {
        rate,
        p99: runs[middle].p99,
    }
}

/// A place of one's own in the server that `TEST_POSTGRES_URL` names.
pub(crate) struct Schema {
    runtime: tokio::runtime::Runtime,
    database: Option<super::engine::postgres::Database>,
    pub(crate) url: String,
}

impl Schema {
    pub(crate) fn make() -> Option<Self> {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let database = runtime.block_on(super::engine::postgres::postgres_database())?;
        Some(Self {
            url: database.url.clone(),
            database: Some(database),
            runtime,
        })
    }

    pub(crate) fn drop(mut self) {
        if let Some(database) = self.database.take() {
            self.runtime.block_on(database.drop());
        }
    }
}
