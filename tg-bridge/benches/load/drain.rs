//! Items carried out a second with the order of each chat kept, beside River for Rust, which keeps none. `RIVER` names its
//! program (`benches/river`).

use super::intake::Schema;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tg_bridge::store::{self, Clock, Hop, NewItem, Verdict};
use tg_bridge::telegram::ChatId;
use tg_bridge::worker::{self, Step, Turn, Work};
use tokio::sync::watch;

const ITEMS: u64 = 20_000;
const CHATS: u64 = 200;
const WORKERS: usize = 8;

/// Does what the outbox does to the store, and nothing else.
#[derive(Default)]
struct Count {
    done: AtomicU64,
}

impl Work for Count {
    async fn work(&self, turn: &mut Turn) -> Step {
        if !matches!(turn.begin().await, Ok(true)) {
            return Step::Leave;
        }
        let step = turn.settle(Verdict::Done).await;
        self.done.fetch_add(1, Ordering::Relaxed);
        step
    }
}

async fn drain(url: &str) -> (f64, f64) {
    let store = store::open(url, Clock::default()).await.expect("a store");
    let begun = Instant::now();
    let writers = (0..64_u64).map(|writer| {
        let store = store.clone();
        tokio::spawn(async move {
            for number in (writer..ITEMS).step_by(64) {
                let chat = i64::try_from(number / 5 % CHATS).expect("small");
                let number = i64::try_from(number).expect("small");
                let body = format!(
                    "{{\"update_id\":{number},\"text\":\"{}\"}}",
                    "х".repeat(100)
                );
                let item = NewItem::update(number, Some(ChatId(chat)), body);
                store.accept(vec![item]).await.expect("taken in");
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("a writer");
    }
    let taken = ITEMS as f64 / begun.elapsed().as_secs_f64();

    let work = Arc::new(Count::default());
    let (stop, stopped) = watch::channel(false);
    let begun = Instant::now();
    let worker = tokio::spawn(worker::run(
        store.clone(),
        Hop::In,
        WORKERS,
        work.clone(),
        stopped,
    ));
    while work.done.load(Ordering::Relaxed) < ITEMS {
        assert!(
            begun.elapsed() < Duration::from_secs(300),
            "it does not end"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let carried = ITEMS as f64 / begun.elapsed().as_secs_f64();
    stop.send_replace(true);
    worker.await.expect("a worker");
    store.close().await;
    (taken, carried)
}

pub(crate) fn run() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir_in(std::env::current_dir().expect("here")).expect("a folder");
    println!("{ITEMS} items of {CHATS} chats, {WORKERS} workers, 64 writers");
    let schema = Schema::make();
    let places = [
        (
            "SQLite",
            Some(format!(
                "sqlite:{}",
                folder.path().join("drain.db").display()
            )),
        ),
        (
            "PostgreSQL",
            schema.as_ref().map(|schema| schema.url.clone()),
        ),
    ];
    for (engine, url) in places {
        let Some(url) = url else { continue };
        let (taken, carried) = runtime.block_on(drain(&url));
        println!(
            "tg-bridge, {engine:<11} taken in {taken:>8.0} /s   carried out {carried:>8.0} /s"
        );
        let Ok(river) = std::env::var("RIVER") else {
            continue;
        };
        let place = match engine {
            "SQLite" => format!("sqlite:{}", folder.path().join("river.db").display()),
            _ => url,
        };
        let ran = Command::new(river)
            .args([&place, &ITEMS.to_string(), &WORKERS.to_string()])
            .output()
            .expect("River");
        let said = String::from_utf8_lossy(&ran.stdout);
        let mut rates = said
            .split_whitespace()
            .filter_map(|word| word.parse::<f64>().ok());
        let (Some(river_taken), Some(river_carried)) = (rates.next(), rates.next()) else {
            println!("River failed: {}", String::from_utf8_lossy(&ran.stderr));
            continue;
        };
        println!(
            "River,     {engine:<11} taken in {river_taken:>8.0} /s   carried out {river_carried:>8.0} /s"
        );
        println!(
            "tg-bridge / River, {engine}: {:.1} times taken in, {:.1} times carried out",
            taken / river_taken,
            carried / river_carried
        );
    }
    if let Some(schema) = schema {
        schema.drop();
    }
}
