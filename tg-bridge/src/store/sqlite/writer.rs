//! The one task that writes. It takes whatever is waiting, does it all in one transaction and answers everybody once
//! that is committed: a hundred webhooks cost one `fsync`. What is written without a look in between goes to SQLite in one
//! piece, and piece by piece if it is refused; what has to look stands on a savepoint. So one that fails takes nobody with it.

use super::checkpoint::{self, Meter};
use super::lanes::{Change, Lanes};
use super::queue::{self, Done, Marks};
use super::script::Script;
use crate::store::{ItemId, Lease, NewItem, StoreError};
use futures_util::future::BoxFuture;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, Row as _, SqliteConnection};
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
    Mark(Mark),
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

/// The beginning or the good end of an item.
struct Mark {
    now: i64,
    lease: Lease,
    what: What,
    result: Option<Result<bool, StoreError>>,
    caller: oneshot::Sender<Result<bool, StoreError>>,
}

/// What is to be noted of an item.
pub(super) enum What {
    Begun(ItemId),
    Done(Done),
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
        copying: Option<SqliteConnectOptions>,
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

    /// Notes the beginning or the good end of an item. `false`: the lease is lost.
    pub(super) async fn mark(
        &self,
        now: i64,
        lease: Lease,
        what: What,
    ) -> Result<bool, StoreError> {
        let (caller, answer) = oneshot::channel();
        let mark = Mark {
            now,
            lease,
            what,
            result: None,
            caller,
        };
        self.jobs
            .send(Command::Mark(mark))
            .await
            .map_err(|_| StoreError::Closed)?;
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
                Command::Mark(mark) => group.marks.push(mark),
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
        for mark in group.marks {
            tell(mark.caller, told(), mark.result);
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
    marks: Vec<Mark>,
    jobs: Vec<Box<dyn Job>>,
}

impl Group {
    /// About how many pages of the file it changes: new rows stand side by side, the others a few here and there.
    fn pages(&self) -> usize {
        const PAGE: usize = 4096;
        let items = self.accepts.iter().flat_map(|accept| &accept.items);
        let new: usize = items.map(|item| 1 + item.body.len() / PAGE).sum();
        new + self.marks.len() * 2 + self.jobs.len() * 4
    }
}

async fn look(t: &mut Transaction) -> Result<(), sqlx::Error> {
    let others = sqlx::query_scalar("PRAGMA data_version");
    let others = others.fetch_one(&mut t.c).await?;
    t.notice(others).await
}

async fn write(t: &mut Transaction, group: &mut Group) -> Result<(), sqlx::Error> {
    if group.accepts.is_empty() && group.marks.is_empty() && group.jobs.is_empty() {
        return Ok(());
    }
    t.changes.clear();
    match fill(t, group).await {
        Ok(others) => {
            {
                let mut lanes = lock(&t.lanes);
                for change in t.changes.drain(..) {
                    lanes.apply(change);
                }
            }
            t.notice(others).await
        }
        Err(e) => {
            // Some errors have rolled back already; a second time is then an error of no interest.
            let _ = run(t, "ROLLBACK").await;
            Err(e)
        }
    }
}

async fn run(t: &mut Transaction, sql: &'static str) -> Result<(), sqlx::Error> {
    sqlx::query(sql).execute(&mut t.c).await.map(drop)
}

/// Writes all and commits it. SQLite's number for what others had written until then.
async fn fill(t: &mut Transaction, group: &mut Group) -> Result<i64, sqlx::Error> {
    let Group {
        accepts,
        marks,
        jobs,
    } = group;
    let alone = jobs.is_empty();
    let plain = Plain { accepts, marks };
    let others = match plain.write(t, Script::begin(), alone).await {
        Ok(others) if alone => return Ok(others),
        Ok(others) => others,
        // After a failed sync nothing is tried again.
        Err(e) if is_fatal(&e) => return Err(e),
        Err(_) => write_one_by_one(t, accepts, marks).await?,
    };
    // Nobody else writes from here on, so this is the time to see who has.
    t.notice(others).await?;
    let mut next = "SAVEPOINT job";
    for job in jobs {
        let before = t.changes.len();
        run(t, next).await?;
        if !job.run(t).await {
            run(t, "ROLLBACK TO job").await?;
            t.changes.truncate(before);
        }
        next = "RELEASE job; SAVEPOINT job";
    }
    // It releases the last savepoint too.
    run(t, "COMMIT").await?;
    Ok(others)
}

/// What is written without a look in between.
struct Plain<'a> {
    accepts: &'a mut [Accept],
    marks: &'a mut [Mark],
}

impl Plain<'_> {
    /// Writes all of it by one script, which begins like this and may end with the commit. SQLite's number for what others
    /// have written.
    async fn write(
        self,
        t: &mut Transaction,
        mut script: Script,
        commit: bool,
    ) -> Result<i64, sqlx::Error> {
        let accepted = self.accepts.iter().map(|accept| accept.now);
        let now = accepted.chain(self.marks.iter().map(|mark| mark.now)).max();
        let now = now.unwrap_or_default();
        let items: Vec<_> = self
            .accepts
            .iter()
            .flat_map(|accept| &accept.items)
            .collect();
        // Nobody but us takes items in, so what is known can be asked before the transaction.
        let fresh = queue::fresh(t, &items).await?;
        fresh.write(now, &mut script);
        let mut marks = Marks::default();
        for mark in self.marks {
            mark.result = Some(Ok(mark.take_down(t, &mut marks)));
        }
        marks.write(now, &mut script);
        script.others();
        if commit {
            script.commit();
        }
        let mut answers = script.run(&mut t.c).await?.into_iter();
        let mut new = fresh.taken_in(t, now, &mut answers)?.into_iter();
        for accept in self.accepts {
            let mine = new.by_ref().take(accept.items.len());
            accept.result = Some(Ok(mine.filter(|new| *new).count()));
        }
        let others = answers.next().ok_or(sqlx::Error::RowNotFound)?;
        others.try_get(0)
    }

    /// Why it could not be written, if it could not.
    async fn write_alone(self, t: &mut Transaction) -> Result<Option<StoreError>, sqlx::Error> {
        let before = t.changes.len();
        run(t, "SAVEPOINT piece").await?;
        let failed = self.write(t, Script::new(), false).await.err();
        if failed.is_some() {
            run(t, "ROLLBACK TO piece").await?;
            t.changes.truncate(before);
        }
        run(t, "RELEASE piece").await?;
        Ok(failed.map(StoreError::from))
    }
}

/// One of them cannot be written; alone it fails alone.
async fn write_one_by_one(
    t: &mut Transaction,
    accepts: &mut [Accept],
    marks: &mut [Mark],
) -> Result<i64, sqlx::Error> {
    // Some errors have rolled back already; a second time is then an error of no interest.
    let _ = run(t, "ROLLBACK").await;
    t.changes.clear();
    let nothing = Plain {
        accepts: &mut [],
        marks: &mut [],
    };
    let others = nothing.write(t, Script::begin(), false).await?;
    t.notice(others).await?;
    for accept in accepts {
        let one = Plain {
            accepts: std::slice::from_mut(accept),
            marks: &mut [],
        };
        if let Some(e) = one.write_alone(t).await? {
            accept.result = Some(Err(e));
        }
    }
    for mark in marks {
        let one = Plain {
            accepts: &mut [],
            marks: std::slice::from_mut(mark),
        };
        if let Some(e) = one.write_alone(t).await? {
            mark.result = Some(Err(e));
        }
    }
    Ok(others)
}

impl Mark {
    /// Whether the lane is still ours.
    fn take_down(&self, t: &mut Transaction, marks: &mut Marks) -> bool {
        match &self.what {
            What::Begun(item) => marks.begin(t, self.now, &self.lease, *item),
            What::Done(done) => marks.end(t, self.now, &self.lease, done),
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
