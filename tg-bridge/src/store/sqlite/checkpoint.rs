//! Copies what is committed from the log into the file, beside the writer: whoever waits for a commit does not wait for that.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// After about so many pages there is something to copy.
const PAGES: usize = 1_000;

/// Counts what is written, and asks for a copy now and then.
#[derive(Debug)]
pub(super) struct Meter {
    pages: usize,
    due: mpsc::Sender<()>,
}

impl Meter {
    /// About so many pages more are in the log.
    pub(super) fn add(&mut self, pages: usize) {
        self.pages += pages;
        if self.pages >= PAGES {
            self.pages = 0;
            // If one is asked for already, it copies this too.
            let _ = self.due.try_send(());
        }
    }
}

/// Copies over a connection like this one. It ends when the meter is gone.
pub(super) fn start(options: SqliteConnectOptions) -> (Meter, JoinHandle<()>) {
    let (due, asked) = mpsc::channel(1);
    (Meter { pages: 0, due }, tokio::spawn(copy(options, asked)))
}

/// The connection is opened when there is something to copy: whoever starts does not wait for it.
async fn copy(options: SqliteConnectOptions, mut asked: mpsc::Receiver<()>) {
    let mut connection = None;
    while asked.recv().await.is_some() {
        if let Err(e) = copy_once(&options, &mut connection).await {
            tracing::error!(error = %e, "the log of the database is not copied into its file");
        }
    }
    if let Some(connection) = connection
        && let Err(e) = connection.close().await
    {
        tracing::warn!(error = %e, "the database did not close cleanly");
    }
}

async fn copy_once(
    options: &SqliteConnectOptions,
    connection: &mut Option<SqliteConnection>,
) -> Result<(), sqlx::Error> {
    let mut open = match connection.take() {
        Some(open) => open,
        None => SqliteConnection::connect_with(options).await?,
    };
    // PASSIVE stands in nobody's way. What cannot be copied stays in the log, where the next one finds it.
    let copied = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)")
        .execute(&mut open)
        .await;
    *connection = Some(open);
    copied.map(drop)
}
