//! The one task that writes. It takes whatever is waiting, does it all in one transaction and answers everybody once
//! that is committed: a hundred webhooks cost one `fsync`. Each piece stands on a savepoint, so one that fails takes
//! nobody with it.

use super::checkpoint::{self, Meter};
use super::lanes::{Change, Lanes};
use super::queue;
use crate::store::{ItemId, Lease, NewItem, StoreError};
use futures_util::future::BoxFuture;
use sqlx::{Connection as _, SqliteConnection};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

/// How many writes may wait before callers are told to come back.
const WAITING: usize = 4096;
/// How many writes share a commit at most.
const GROUP: usize = 256;
/// What SQLite counts begins above this.
const NOBODY_KNOWN: i64 = -1;

#[derive(Debug)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Command>,
    lanes: Arc<Mutex<Lanes>>,
    broken: watch::Receiver<Option<String>>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

enum Command {
    Accept(Accept),
    Write(Box<dyn Job>),
    /// Nothing to write: only a look whether somebody else has written.
    Look(oneshot::Sender<Result<(), StoreError>>),
    Stop,
}

/// Items to be taken in. All that wait together are written by a few statements.
struct Accept {
    now: i64,
    items: Vec<NewItem>,
    result: Option<Result<usize, StoreError>>,
    caller: oneshot::Sender<Result<usize, StoreError>>,
}

/// The transaction that is open, and what it will change about the lanes.
pub(super) struct Transaction {
    pub(super) c: SqliteConnection,
    lanes: Arc<Mutex<Lanes>>,
    changes: Vec<Change>,
    next_id: i64,
    /// SQLite's number for what others have written so far.
    others: i64,
}

impl Transaction {
    /// Whether the lane is still held and the item still to be done.
    pub(super) fn holds(&self, lease: &Lease, item: ItemId, now: i64) -> bool {
        lock(&self.lanes).hold_for(lease, item, now)
    }

    /// Whether the lane is still held.
    pub(super) fn is_ours(&self, lease: &Lease, now: i64) -> bool {
        lock(&self.lanes).hold(lease, now)
    }

    /// Notes what follows for the lanes once this is committed.
    pub(super) fn then(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// A number for a new item, in the order of arrival. One whose transaction fails is never used again.
    pub(super) fn new_id(&mut self) -> ItemId {
        self.next_id += 1;
        ItemId(self.next_id)
    }

    /// Reads what is open, at the start and after somebody else has written.
    async fn read_lanes(&mut self) -> Result<(), sqlx::Error> {
        let (open, last) = queue::open_items(&mut self.c).await?;
        let mut lanes = lock(&self.lanes);
        for change in open {
            lanes.learn(change);
        }
        self.next_id = self.next_id.max(last);
        Ok(())
    }

    async fn notice(&mut self, others: i64) -> Result<(), sqlx::Error> {
        if others != self.others {
            self.read_lanes().await?;
            self.others = others;
        }
        Ok(())
    }
}

fn lock(lanes: &Mutex<Lanes>) -> MutexGuard<'_, Lanes> {
    lanes.lock().unwrap_or_else(PoisonError::into_inner)
}

trait Job: Send {
    /// Does the work; whether it succeeded.
    fn run<'t>(&'t mut self, transaction: &'t mut Transaction) -> BoxFuture<'t, bool>;
    /// Tells the caller, who may be gone.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

struct Write<T, F> {
    work: Option<F>,
    result: Option<Result<T, StoreError>>,
    caller: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Job for Write<T, F>
where
    T: Send,
    F: for<'t> FnOnce(&'t mut Transaction) -> BoxFuture<'t, Result<T, StoreError>> + Send,
{
    fn run<'t>(&'t mut self, transaction: &'t mut Transaction) -> BoxFuture<'t, bool> {
        Box::pin(async move {
            let Some(work) = self.work.take() else {
                return false;
            };
            let result = work(transaction).await;
            let done = result.is_ok();
            self.result = Some(result);
            done
        })
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        tell(self.caller, committed, self.result);
    }
}

fn tell<T>(
    caller: oneshot::Sender<Result<T, StoreError>>,
    committed: Result<(), StoreError>,
    result: Option<Result<T, StoreError>>,
) {
    // A caller that stopped waiting loses the answer, never the write.
    let _ = caller.send(match (committed, result) {
        (Err(e), _) => Err(e),
        (Ok(()), Some(result)) => result,
        (Ok(()), None) => Err(StoreError::Closed),
    });
}

impl Writer {
    pub(super) async fn start(
        connection: SqliteConnection,
        copying: Option<SqliteConnection>,
    ) -> Result<Self, sqlx::Error> {
        let lanes = Arc::<Mutex<Lanes>>::default();
        let mut transaction = Transaction {
            c: connection,
            lanes: lanes.clone(),
            changes: Vec::new(),
            next_id: 0,
            others: NOBODY_KNOWN,
        };
        look(&mut transaction).await?;
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
        let (job, answer) = Self::job(work);
        self.jobs
            .send(Command::Write(job))
            .await
            .map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Takes items in, or says at once that too many writes are waiting. How many items were new.
    pub(super) async fn accept(&self, now: i64, items: Vec<NewItem>) -> Result<usize, StoreError> {
        let (caller, answer) = oneshot::channel();
        let accept = Accept {
            now,
            items,
            result: None,
            caller,
        };
        self.jobs
            .try_send(Command::Accept(accept))
            .map_err(|e| match e {
                mpsc::error::TrySendError::Full(_) => StoreError::Busy,
                mpsc::error::TrySendError::Closed(_) => StoreError::Closed,
            })?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    fn job<T, F>(work: F) -> (Box<dyn Job>, oneshot::Receiver<Result<T, StoreError>>)
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Transaction) -> BoxFuture<'t, Result<T, StoreError>>
            + Send
            + 'static,
    {
        let (caller, answer) = oneshot::channel();
        (
            Box::new(Write {
                work: Some(work),
                result: None,
                caller,
            }),
            answer,
        )
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
                Command::Write(job) => group.jobs.push(job),
                Command::Look(caller) => {
                    let _ = caller.send(look(&mut transaction).await.map_err(StoreError::from));
                }
                // What is already waiting is still written; new callers are told it is closed.
                Command::Stop => queue.close(),
            }
        }
        let committed = write(&mut transaction, &mut group).await;
        if let Some(meter) = &mut meter {
            meter.add(group.pages());
        }
        let reason = committed.as_ref().err().map(ToString::to_string);
        let told = || match &reason {
            None => Ok(()),
            Some(reason) => Err(StoreError::Commit(reason.clone())),
        };
        for accept in group.accepts {
            tell(accept.caller, told(), accept.result);
        }
        for job in group.jobs {
            job.answer(told());
        }
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

/// What shares a commit.
#[derive(Default)]
struct Group {
    accepts: Vec<Accept>,
    jobs: Vec<Box<dyn Job>>,
}

impl Group {
    /// About how many pages of the file it changes: new rows stand side by side, a job changes a few here and there.
    fn pages(&self) -> usize {
        const PAGE: usize = 4096;
        let items = self.accepts.iter().flat_map(|accept| &accept.items);
        let new: usize = items.map(|item| 1 + item.body.len() / PAGE).sum();
        new + self.jobs.len() * 4
    }
}

async fn look(t: &mut Transaction) -> Result<(), sqlx::Error> {
    let others = sqlx::query_scalar("PRAGMA data_version");
    let others = others.fetch_one(&mut t.c).await?;
    t.notice(others).await
}

async fn write(t: &mut Transaction, group: &mut Group) -> Result<(), sqlx::Error> {
    if group.accepts.is_empty() && group.jobs.is_empty() {
        return Ok(());
    }
    t.changes.clear();
    match fill(t, group).await {
        Ok(()) => {
            let mut lanes = lock(&t.lanes);
            for change in t.changes.drain(..) {
                lanes.apply(change);
            }
            Ok(())
        }
        Err(e) => {
            // Some errors have rolled back already; a second time is then an error of no interest.
            let _ = run(t, "ROLLBACK").await;
            Err(e)
        }
    }
}

/// IMMEDIATE takes the write lock first; a deferred transaction could find it taken half-way. Nobody else writes from here
/// on, so this is the time to see who has.
async fn begin(t: &mut Transaction) -> Result<(), sqlx::Error> {
    let others = sqlx::query_scalar("BEGIN IMMEDIATE; PRAGMA data_version");
    let others = others.fetch_one(&mut t.c).await?;
    t.notice(others).await
}

async fn run(t: &mut Transaction, sql: &'static str) -> Result<(), sqlx::Error> {
    sqlx::query(sql).execute(&mut t.c).await.map(drop)
}

async fn fill(t: &mut Transaction, group: &mut Group) -> Result<(), sqlx::Error> {
    begin(t).await?;
    if !take_in(t, &mut group.accepts).await {
        // One of them cannot be written; alone it fails alone.
        run(t, "ROLLBACK").await?;
        t.changes.clear();
        begin(t).await?;
        for accept in &mut group.accepts {
            let before = t.changes.len();
            run(t, "SAVEPOINT accept").await?;
            if !take_in(t, std::slice::from_mut(accept)).await {
                run(t, "ROLLBACK TO accept").await?;
                t.changes.truncate(before);
            }
            run(t, "RELEASE accept").await?;
        }
    }
    let mut next = "SAVEPOINT job";
    for job in &mut group.jobs {
        let before = t.changes.len();
        run(t, next).await?;
        if !job.run(t).await {
            run(t, "ROLLBACK TO job").await?;
            t.changes.truncate(before);
        }
        next = "RELEASE job; SAVEPOINT job";
    }
    // It releases the last savepoint too.
    run(t, "COMMIT").await
}

/// Takes the items of several callers in together. `false`: not all were written, and why stands with the last of them.
async fn take_in(t: &mut Transaction, accepts: &mut [Accept]) -> bool {
    let Some(now) = accepts.iter().map(|accept| accept.now).max() else {
        return true;
    };
    let items: Vec<_> = accepts.iter().flat_map(|accept| &accept.items).collect();
    match queue::insert(t, now, &items).await {
        Ok(new) => {
            let mut new = new.into_iter();
            for accept in accepts {
                let mine = new.by_ref().take(accept.items.len());
                accept.result = Some(Ok(mine.filter(|new| *new).count()));
            }
            true
        }
        Err(e) => {
            if let Some(accept) = accepts.last_mut() {
                accept.result = Some(Err(e));
            }
            false
        }
    }
}

/// Input/output errors and a damaged file. A full disk or a lock is a refusal, not the end.
fn is_fatal(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(e) => e
            .code()
            .and_then(|code| code.parse::<u32>().ok())
            .is_some_and(|code| matches!(code & 0xff, 10 | 11 | 26)),
        sqlx::Error::WorkerCrashed | sqlx::Error::Io(_) => true,
        _ => false,
    }
}
