//! Copies what is committed from the log into the file, beside the writer: whoever waits for a commit does not wait for that.

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

/// The copying ends when the meter is gone.
pub(super) fn start(connection: SqliteConnection) -> (Meter, JoinHandle<()>) {
    let (due, asked) = mpsc::channel(1);
    (
        Meter { pages: 0, due },
        tokio::spawn(copy(connection, asked)),
    )
}

async fn copy(mut connection: SqliteConnection, mut asked: mpsc::Receiver<()>) {
    while asked.recv().await.is_some() {
        // PASSIVE stands in nobody's way. What cannot be copied stays in the log, where the next one finds it.
        let copied = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(&mut connection);
        if let Err(e) = copied.await {
            tracing::error!(error = %e, "the log of the database is not copied into its file");
        }
    }
    if let Err(e) = connection.close().await {
        tracing::warn!(error = %e, "the database did not close cleanly");
    }
}
