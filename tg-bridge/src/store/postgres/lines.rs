//! What many ask for in the same moment goes to the server together, as one statement and one commit, over a connection that
//! is kept while there is something to do: one that comes from the pool and goes back for every statement costs two answers
//! of the server more. The statement must lock its rows in an order that is always the same, so that none can wait for
//! another that waits for it.

use super::{FRESH, Wrote, is_contention, patiently};
use crate::store::{Answered, Clock, StoreError};
use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Mutex as Turn, mpsc, oneshot};
use tokio::task::JoinHandle;

/// How many may wait before callers are told to come back.
const WAITING: usize = 4096;
/// How many go together at most.
const GROUP: usize = 128;
/// How many statements are on their way at a time: while one is being committed, the next is being carried out.
const LINES: usize = 2;

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
        let queue = Arc::new(Turn::new(queue));
        let line = |_| {
            let line = Line {
                pool: pool.clone(),
                connection: None,
                clock: clock.clone(),
                statement,
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
    connection: Option<PoolConnection<Postgres>>,
    clock: Clock,
    statement: Statement<A, T>,
}

impl<A, T> Line<A, T>
where
    A: Send + Sync,
    T: Send,
{
    async fn run(mut self, queue: Arc<Turn<mpsc::Receiver<Ask<A, T>>>>) {
        let mut waiting = Vec::with_capacity(GROUP);
        loop {
            let next = async {
                let mut queue = queue.lock().await;
                if queue.recv_many(&mut waiting, GROUP).await == 0 {
                    return None;
                }
                let mut asked = Vec::with_capacity(waiting.len());
                for ask in waiting.drain(..) {
                    match ask {
                        Ask::This(ask, caller) => asked.push((ask, caller)),
                        Ask::Stop => queue.close(),
                    }
                }
                Some(asked)
            };
            tokio::pin!(next);
            let asked = match tokio::time::timeout(FRESH, &mut next).await {
                Ok(asked) => asked,
                Err(_) => {
                    // The pool knows how to tell whether a connection still lives.
                    self.connection = None;
                    next.await
                }
            };
            match asked {
                Some(asked) if asked.is_empty() => {}
                Some(asked) => self.together(asked).await,
                None => return,
            }
        }
    }

    /// Carries out what several ask for by one statement. If the server refuses it, each is tried alone, so that one who
    /// cannot be served takes nobody with him.
    async fn together(&mut self, asked: Vec<(A, oneshot::Sender<Wrote<T>>)>) {
        let all: Vec<_> = asked.iter().map(|(ask, _)| ask).collect();
        let mut done = self.carry_out(&all).await;
        if let Err(StoreError::Database(sqlx::Error::Io(_))) = done {
            // The connection broke while it was kept. Done twice is done once here, so nobody has to hear of it.
            done = self.carry_out(&all).await;
        }
        match done {
            Ok(answers) => {
                for ((_, caller), answer) in asked.into_iter().zip(answers) {
                    // A caller that stopped waiting loses the answer, never the write.
                    let _ = caller.send(Ok(answer));
                }
            }
            Err(StoreError::Database(sqlx::Error::Database(_))) => {
                for (ask, caller) in asked {
                    let mut done = self.carry_out(&[&ask]).await;
                    if done.as_ref().is_err_and(is_contention) {
                        // Another replica did something with the same at this very moment.
                        done = self.carry_out(&[&ask]).await;
                    }
                    let answer = done
                        .and_then(|answers| answers.into_iter().next().ok_or(StoreError::Closed));
                    let _ = caller.send(answer);
                }
            }
            Err(StoreError::Silent) => {
                for (_, caller) in asked {
                    let _ = caller.send(Err(StoreError::Silent));
                }
            }
            Err(e) => {
                let reason = e.to_string();
                for (_, caller) in asked {
                    let _ = caller.send(Err(StoreError::Commit(reason.clone())));
                }
            }
        }
    }

    async fn carry_out(&mut self, asked: &[&A]) -> Wrote<Vec<T>> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.pool.acquire().await?,
        };
        let done = patiently((self.statement)(
            &mut connection,
            self.clock.offset(),
            asked,
        ))
        .await;
        match &done {
            Ok(_) => self.connection = Some(connection),
            // The pool looks whether it still lives.
            Err(StoreError::Database(sqlx::Error::Database(_))) => {}
            Err(_) => connection.close_on_drop(),
        }
        done
    }
}
