//! River for Rust on the task of `benches/load/drain.rs`: `river-bench <database> <jobs> <workers>` takes jobs in from 64 writers,
//! one row each, then carries them out, and prints both rates. Order is not kept: River has nothing for it.

use riverqueue::migrate::{PostgresMigrator, SqliteMigrator};
use riverqueue::sqlx::postgres::PgPoolOptions;
use riverqueue::sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use riverqueue::{BoxError, Client, Job, JobArgs, QueueConfig, WorkContext, WorkOutcome, Workers};
use serde::{Deserialize, Serialize};
use std::str::FromStr as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

static DONE: AtomicU64 = AtomicU64::new(0);

#[derive(Clone, Debug, Deserialize, JobArgs, Serialize)]
#[river(kind = "count")]
struct Count {
    number: u64,
    text: String,
}

async fn count(_: WorkContext, _: Job<Count>) -> Result<WorkOutcome, BoxError> {
    DONE.fetch_add(1, Ordering::Relaxed);
    Ok(WorkOutcome::Complete)
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let mut arguments = std::env::args().skip(1);
    let (Some(url), Some(jobs), Some(places)) =
        (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err("river-bench <database> <jobs> <workers>".into());
    };
    let (jobs, places): (u64, usize) = (jobs.parse()?, places.parse()?);
    let mut workers = Workers::new();
    workers.add_fn(count)?;
    // As fast as it can be set: by its defaults it looks ten times a second.
    let queue = QueueConfig::new(places)
        .with_fetch_cooldown(Duration::from_millis(1))
        .with_fetch_poll_interval(Duration::from_millis(50));
    let client = if url.starts_with("sqlite") {
        let options = SqliteConnectOptions::from_str(&url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(30));
        let pool = SqlitePoolOptions::new().connect_with(options).await?;
        SqliteMigrator::new(pool.clone()).migrate_up().await?;
        Client::builder(pool).workers(workers).queue("default", queue).build()?
    } else {
        let pool = PgPoolOptions::new().max_connections(12).connect(&url).await?;
        PostgresMigrator::new(pool.clone()).migrate_up().await?;
        Client::builder(pool).workers(workers).queue("default", queue).build()?
    };

    let begun = Instant::now();
    let writers: Vec<_> = (0..64)
        .map(|writer| {
            let client = client.clone();
            tokio::spawn(async move {
                for number in (writer..jobs).step_by(64) {
                    let text = "х".repeat(100);
                    client.insert(Count { number, text }).await?;
                }
                Ok::<(), BoxError>(())
            })
        })
        .collect();
    for writer in writers {
        writer.await??;
    }
    #[allow(clippy::cast_precision_loss)]
    let rate = |since: Instant| jobs as f64 / since.elapsed().as_secs_f64();
    println!("{:.0}", rate(begun));

    let begun = Instant::now();
    let mut run = client.start()?;
    while DONE.load(Ordering::Relaxed) < jobs {
        if begun.elapsed() > Duration::from_secs(300) {
            return Err("it does not end".into());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    println!("{:.0}", rate(begun));
    run.stop().await?;
    Ok(())
}
