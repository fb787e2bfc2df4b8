//! The one task that writes. It takes whatever is waiting, does it all in one transaction and answers everybody once
//! that is committed: a hundred webhooks cost one `fsync`.

use super::ask::{Accept, Job, Mark, What, Write};
use super::checkpoint::{self, Meter};
use super::group::{Group, is_fatal};
use super::lanes::Lanes;
use super::transaction::{Transaction, lock};
use crate::store::{Clock, Lease, NewItem, StoreError};
use futures_util::future::BoxFuture;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

/// How many writes may wait before callers are told to come back.
const WAITING: usize = 4096;
/// How many writes share a commit at most.
const GROUP: usize = 256;

#[derive(Debug)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Command>,
    lanes: Arc<Mutex<Lanes>>,
    broken: watch::Receiver<Option<String>>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

enum Command {
    Accept(Accept),
    Mark(Mark),
    Write(Box<dyn Job>),
    /// Nothing to write: only a look whether somebody else has written.
    Look(oneshot::Sender<Result<(), StoreError>>),
    Stop,
}

impl Writer {
    pub(super) async fn start(
        connection: SqliteConnection,
        copying: Option<SqliteConnectOptions>,
        clock: Clock,
    ) -> Result<Self, sqlx::Error> {
        let lanes = Arc::new(Mutex::new(Lanes::new(clock)));
        let transaction = Transaction::on(connection, lanes.clone()).await?;
        let (jobs, queue) = mpsc::channel(WAITING);
        let (report, broken) = watch::channel(None);
        let (meter, copying) = copying.map(checkpoint::start).unzip();
        let writing = tokio::spawn(serve(transaction, queue, report, meter));
        Ok(Self {
            jobs,
            lanes,
            broken,
            tasks: Mutex::new([Some(writing), copying].into_iter().flatten().collect()),
        })
    }

    /// The lanes, as of the last commit.
    pub(super) fn lanes(&self) -> MutexGuard<'_, Lanes> {
        lock(&self.lanes)
    }

    /// Looks whether somebody else has put an item back into its lane.
    pub(super) async fn look(&self) -> Result<(), StoreError> {
        let (caller, answer) = oneshot::channel();
        self.jobs
            .send(Command::Look(caller))
            .await
            .map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Writes; waits for its turn.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Transaction) -> BoxFuture<'t, Result<T, StoreError>>
            + Send
            + 'static,
    {
        let (job, answer) = Write::of(work);
        self.jobs
            .send(Command::Write(Box::new(job)))
            .await
            .map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Takes items in, or says at once that too many writes are waiting. How many items were new.
    pub(super) async fn accept(&self, now: i64, items: Vec<NewItem>) -> Result<usize, StoreError> {
        let (accept, answer) = Accept::of(now, items);
        self.jobs
            .try_send(Command::Accept(accept))
            .map_err(|e| match e {
                mpsc::error::TrySendError::Full(_) => StoreError::Busy,
                mpsc::error::TrySendError::Closed(_) => StoreError::Closed,
            })?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Notes the beginning or the good end of an item. `false`: the lease is lost.
    pub(super) async fn mark(
        &self,
        now: i64,
        lease: Lease,
        what: What,
    ) -> Result<bool, StoreError> {
        let (mark, answer) = Mark::of(now, lease, what);
        self.jobs
            .send(Command::Mark(mark))
            .await
            .map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Resolves with the reason once nothing can be promised any more.
    pub(super) async fn broken(&self) -> String {
        let mut report = self.broken.clone();
        let reason = report
            .wait_for(Option::is_some)
            .await
            .ok()
            .and_then(|reason| reason.clone());
        match reason {
            Some(reason) => reason,
            // Closed in good order: there is nothing to report, ever.
            None => std::future::pending().await,
        }
    }

    /// Writes what is waiting, then ends.
    pub(super) async fn close(&self) {
        let _ = self.jobs.send(Command::Stop).await;
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(|e| e.into_inner()));
        for task in tasks {
            let _ = task.await;
        }
    }
}

async fn serve(
    mut transaction: Transaction,
    mut queue: mpsc::Receiver<Command>,
    report: watch::Sender<Option<String>>,
    mut meter: Option<Meter>,
) {
    let mut commands = Vec::with_capacity(GROUP);
    while queue.recv_many(&mut commands, GROUP).await > 0 {
        let mut group = Group::default();
        for command in commands.drain(..) {
            match command {
                Command::Accept(accept) => group.accepts.push(accept),
                Command::Mark(mark) => group.marks.push(mark),
                Command::Write(job) => group.jobs.push(job),
                Command::Look(caller) => {
                    let looked = transaction.look().await;
                    let _ = caller.send(looked.map_err(StoreError::from));
                }
                // What is already waiting is still written; new callers are told it is closed.
                Command::Stop => queue.close(),
            }
        }
        let committed = group.write(&mut transaction).await;
        if let Some(meter) = &mut meter {
            meter.add(group.pages());
        }
        group.answer(committed.as_ref().err());
        if let Err(e) = committed
            && is_fatal(&e)
        {
            // After a failed sync the page cache no longer tells what is on the disk: only a new process can read it.
            tracing::error!(error = %e, "the database is broken");
            report.send_replace(Some(e.to_string()));
            return;
        }
    }
    if let Err(e) = transaction.c.close().await {
        tracing::warn!(error = %e, "the database did not close cleanly");
    }
}
