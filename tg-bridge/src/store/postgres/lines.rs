//! What many ask for in the same moment goes to the server together, as one statement and one commit, over a connection of
//! its own: one that comes from the pool and goes back for every statement costs two answers of the server more. The
//! statement must lock its rows in an order that is always the same, so that none can wait for another that waits for it,
//! and must do no harm when it is carried out twice.

use super::{FRESH, GREETING, PATIENCE, Wrote, is_contention, lives, patiently};
use crate::store::{Answered, Clock, StoreError};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, PgConnection, PgPool};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tokio::sync::{Mutex as AsyncMutex, Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;

/// How many may wait before callers are told to come back.
const WAITING: usize = 4096;
/// How many go together at most.
const GROUP: usize = 128;
/// How many statements are on their way at a time: while one is being committed, the next is being carried out.
const LINES: usize = 2;
/// How long a row is waited for that somebody else has locked, by a group and then by each of it alone. Only those who want
/// that very row wait on: a replica that is frozen inside a transaction must not stop everything.
const LOCKED: &str = "500ms";
/// How many wait on at a time. The pool has more connections than that: there are others who need one.
const PLACES: usize = 4;

/// A statement for several askers, with an answer for each.
pub(super) type Statement<A, T> =
    for<'a> fn(&'a mut PgConnection, i64, &'a [&'a A]) -> Answered<'a, Vec<T>>;

enum Ask<A, T> {
    This(A, oneshot::Sender<Wrote<T>>),
    Stop,
}

/// For those who ask for the same kind of thing.
#[derive(Debug)]
pub(super) struct Lines<A, T> {
    asks: mpsc::Sender<Ask<A, T>>,
    lines: Mutex<Vec<JoinHandle<()>>>,
}

impl<A, T> Lines<A, T>
where
    A: Send + Sync + 'static,
    T: Send + 'static,
{
    pub(super) fn start(pool: &PgPool, clock: &Clock, statement: Statement<A, T>) -> Self {
        let (asks, queue) = mpsc::channel(WAITING);
        let queue = Arc::new(AsyncMutex::new(queue));
        let places = Arc::new(Semaphore::new(PLACES));
        let line = |_| {
            let line = Line {
                pool: pool.clone(),
                options: PgConnectOptions::clone(&pool.connect_options())
                    .options([("lock_timeout", LOCKED)]),
                connection: None,
                clock: clock.clone(),
                statement,
                places: places.clone(),
            };
            tokio::spawn(line.run(queue.clone()))
        };
        Self {
            asks,
            lines: Mutex::new((0..LINES).map(line).collect()),
        }
    }

    /// Waits for the commit, or is told at once that too much is waiting.
    pub(super) async fn ask(&self, ask: A) -> Wrote<T> {
        let (caller, answer) = oneshot::channel();
        self.asks
            .try_send(Ask::This(ask, caller))
            .map_err(|e| match e {
                mpsc::error::TrySendError::Full(_) => StoreError::Busy,
                mpsc::error::TrySendError::Closed(_) => StoreError::Closed,
            })?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Does what is waiting; whoever asks from now on is told that it is closed.
    pub(super) async fn stop(&self) {
        let _ = self.asks.send(Ask::Stop).await;
        let lines = std::mem::take(&mut *self.lines.lock().unwrap_or_else(PoisonError::into_inner));
        for line in lines {
            let _ = line.await;
        }
    }
}

impl<A, T> Drop for Lines<A, T> {
    fn drop(&mut self) {
        let lines = self.lines.get_mut().unwrap_or_else(PoisonError::into_inner);
        lines.iter().for_each(JoinHandle::abort);
    }
}

struct Line<A, T> {
    pool: PgPool,
    options: PgConnectOptions,
    /// The connection, and when it was used last.
    connection: Option<(PgConnection, Instant)>,
    clock: Clock,
    statement: Statement<A, T>,
    /// For those who wait for a locked row.
    places: Arc<Semaphore>,
}

impl<A, T> Line<A, T>
where
    A: Send + Sync + 'static,
    T: Send + 'static,
{
    async fn run(mut self, queue: Arc<AsyncMutex<mpsc::Receiver<Ask<A, T>>>>) {
        let mut waiting = Vec::with_capacity(GROUP);
        loop {
            let mut queue = queue.lock().await;
            if queue.recv_many(&mut waiting, GROUP).await == 0 {
                return;
            }
            let mut asked = Vec::with_capacity(waiting.len());
            for ask in waiting.drain(..) {
                match ask {
                    Ask::This(ask, caller) => asked.push((ask, caller)),
                    Ask::Stop => queue.close(),
                }
            }
            drop(queue);
            if !asked.is_empty() {
                self.together(asked).await;
            }
        }
    }

    /// Carries out what several ask for by one statement. If the server refuses it, each is tried alone, so that one who
    /// cannot be served takes nobody with him.
    async fn together(&mut self, asked: Vec<(A, oneshot::Sender<Wrote<T>>)>) {
        let all: Vec<_> = asked.iter().map(|(ask, _)| ask).collect();
        match self.carry_out(&all).await {
            Ok(answers) => {
                for ((_, caller), answer) in asked.into_iter().zip(answers) {
                    // A caller that stopped waiting loses the answer, never the write.
                    let _ = caller.send(Ok(answer));
                }
            }
            Err(e) if is_refusal(&e) => {
                for (ask, caller) in asked {
                    let (pool, ahead, statement) =
                        (self.pool.clone(), self.clock.offset(), self.statement);
                    let places = self.places.clone();
                    tokio::spawn(async move {
                        let done = alone(&pool, ahead, statement, &ask, &places).await;
                        let _ = caller.send(done);
                    });
                }
            }
            Err(e) => {
                for (_, caller) in asked {
                    let _ = caller.send(Err(match &e {
                        StoreError::Silent => StoreError::Silent,
                        e => StoreError::Commit(e.to_string()),
                    }));
                }
            }
        }
    }

    /// Over a new connection, if the one there was has broken.
    async fn carry_out(&mut self, asked: &[&A]) -> Wrote<Vec<T>> {
        match self.once(asked).await {
            Err(StoreError::Database(e)) if is_gone(&e) => self.once(asked).await,
            done => done,
        }
    }

    async fn once(&mut self, asked: &[&A]) -> Wrote<Vec<T>> {
        let mut connection = self.connection().await?;
        let done = patiently((self.statement)(
            &mut connection,
            self.clock.offset(),
            asked,
        ))
        .await;
        // Nobody meets what an answer that never came has left behind.
        if done.is_ok() || done.as_ref().is_err_and(is_refusal) {
            self.connection = Some((connection, Instant::now()));
        }
        done
    }

    async fn connection(&mut self) -> Wrote<PgConnection> {
        if let Some((mut connection, used)) = self.connection.take()
            && (used.elapsed() < FRESH || lives(&mut connection, GREETING).await.unwrap_or(false))
        {
            return Ok(connection);
        }
        let connecting = tokio::time::timeout(PATIENCE, self.options.connect()).await;
        Ok(connecting.map_err(|_| StoreError::Silent)??)
    }
}

/// Over a connection of the pool, and as patiently as everything else.
async fn alone<A, T>(
    pool: &PgPool,
    ahead: i64,
    statement: Statement<A, T>,
    ask: &A,
    places: &Semaphore,
) -> Wrote<T>
where
    A: Send + Sync + 'static,
    T: Send + 'static,
{
    let briefly = async move {
        let mut transaction = pool.begin().await?;
        sqlx::query("SELECT set_config('lock_timeout', $1, true)")
            .bind(LOCKED)
            .execute(&mut *transaction)
            .await?;
        let done = statement(&mut transaction, ahead, &[ask]).await?;
        transaction.commit().await?;
        Ok(done)
    };
    let mut done = patiently(briefly).await;
    let _place = match done.as_ref().is_err_and(is_locked) {
        // It is never closed.
        true => places.acquire().await.ok(),
        false => None,
    };
    let once =
        || patiently(async move { statement(&mut *pool.acquire().await?, ahead, &[ask]).await });
    if done.as_ref().is_err_and(is_locked) {
        done = once().await;
    }
    if done.as_ref().is_err_and(is_contention) {
        // Another replica did something with the same at this very moment.
        done = once().await;
    }
    done?.into_iter().next().ok_or(StoreError::Closed)
}

/// The server lives and says no.
fn is_refusal(error: &StoreError) -> bool {
    matches!(error, StoreError::Database(e @ sqlx::Error::Database(_)) if !is_gone(e))
}

/// Somebody else has locked the row for longer than it was waited for.
fn is_locked(error: &StoreError) -> bool {
    matches!(error, StoreError::Database(sqlx::Error::Database(e)) if e.code().is_some_and(|code| code == "55P03"))
}

/// The connection is broken, or the server is about to end it.
fn is_gone(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        sqlx::Error::Database(e) => e.code().is_some_and(|code| code.starts_with("57P")),
        _ => false,
    }
}
