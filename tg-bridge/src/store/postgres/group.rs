//! What many ask for in the same moment goes to the server together: one statement and one commit for all that came in, one
//! for all that begins, one for all that ends.
//!
//! Every statement locks its lanes in the order of their names, so none can wait for another that waits for it.

use super::{Wrote, is_contention, patiently, queue};
use crate::store::{Answered, Clock, ItemId, Lease, NewItem, Sent, StoreError};
use futures_util::FutureExt as _;
use futures_util::future::join3;
use sqlx::PgPool;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Mutex as Turn, mpsc, oneshot};
use tokio::task::JoinHandle;

/// How many may wait before callers are told to come back.
const WAITING: usize = 4096;
/// How many go together at most.
const GROUP: usize = 128;
/// How many groups are on their way at a time: while one is being committed, the next is being carried out.
const LINES: usize = 2;

/// An item of a leased lane that is over.
#[derive(Debug, Clone)]
pub(super) struct Ending {
    pub(super) lease: Lease,
    pub(super) item: ItemId,
    /// Why it is given up; none if it is done.
    pub(super) error: Option<String>,
    pub(super) sent: Vec<Sent>,
}

type Caller<T> = oneshot::Sender<Wrote<T>>;

enum Ask {
    Accept(Vec<NewItem>, Caller<usize>),
    Begin((Lease, ItemId), Caller<bool>),
    End(Ending, Caller<bool>),
    Stop,
}

/// The way into the next group.
#[derive(Debug)]
pub(super) struct Groups {
    asks: mpsc::Sender<Ask>,
    lines: Mutex<Vec<JoinHandle<()>>>,
}

impl Groups {
    pub(super) fn start(pool: &PgPool, clock: &Clock) -> Self {
        let (asks, queue) = mpsc::channel(WAITING);
        let queue = Arc::new(Turn::new(queue));
        let lines = (0..LINES)
            .map(|_| tokio::spawn(line(pool.clone(), clock.clone(), queue.clone())))
            .collect();
        Self {
            asks,
            lines: Mutex::new(lines),
        }
    }

    /// Takes items in, or says at once that too much is waiting. How many were new.
    pub(super) async fn accept(&self, items: Vec<NewItem>) -> Wrote<usize> {
        let (caller, answer) = oneshot::channel();
        self.asks
            .try_send(Ask::Accept(items, caller))
            .map_err(|e| match e {
                mpsc::error::TrySendError::Full(_) => StoreError::Busy,
                mpsc::error::TrySendError::Closed(_) => StoreError::Closed,
            })?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Notes that an item is about to be carried out. `false`: the lease is lost.
    pub(super) async fn begin(&self, lease: Lease, item: ItemId) -> Wrote<bool> {
        self.ask(|caller| Ask::Begin((lease, item), caller)).await
    }

    /// Ends an item. `false`: the lease is lost.
    pub(super) async fn end(&self, ending: Ending) -> Wrote<bool> {
        self.ask(|caller| Ask::End(ending, caller)).await
    }

    async fn ask<T>(&self, ask: impl FnOnce(Caller<T>) -> Ask) -> Wrote<T> {
        let (caller, answer) = oneshot::channel();
        let ask = ask(caller);
        self.asks.send(ask).await.map_err(|_| StoreError::Closed)?;
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

impl Drop for Groups {
    fn drop(&mut self) {
        let lines = self.lines.get_mut().unwrap_or_else(PoisonError::into_inner);
        lines.iter().for_each(JoinHandle::abort);
    }
}

async fn line(pool: PgPool, clock: Clock, queue: Arc<Turn<mpsc::Receiver<Ask>>>) {
    let mut asks = Vec::with_capacity(GROUP);
    loop {
        let mut queue = queue.lock().await;
        if queue.recv_many(&mut asks, GROUP).await == 0 {
            return;
        }
        if asks.iter().any(|ask| matches!(ask, Ask::Stop)) {
            queue.close();
        }
        drop(queue);
        let (mut new, mut begun, mut ended) = (Vec::new(), Vec::new(), Vec::new());
        for ask in asks.drain(..) {
            match ask {
                Ask::Accept(items, caller) => new.push((items, caller)),
                Ask::Begin(begin, caller) => begun.push((begin, caller)),
                Ask::End(ending, caller) => ended.push((ending, caller)),
                Ask::Stop => {}
            }
        }
        let ahead = clock.offset();
        join3(
            together(&pool, ahead, new, |pool, ahead, asked| {
                accept(pool, ahead, asked).boxed()
            }),
            together(&pool, ahead, begun, |pool, ahead, asked| {
                queue::begin(pool, ahead, asked).boxed()
            }),
            together(&pool, ahead, ended, |pool, ahead, asked| {
                queue::end(pool, ahead, asked).boxed()
            }),
        )
        .await;
    }
}

/// How many of each caller's items were new.
async fn accept(pool: &PgPool, ahead: i64, asked: &[&Vec<NewItem>]) -> Wrote<Vec<usize>> {
    let items: Vec<_> = asked.iter().copied().flatten().collect();
    let mut new = queue::insert(pool, ahead, &items).await?.into_iter();
    let count = |items: &&Vec<NewItem>| {
        let mine = new.by_ref().take(items.len());
        mine.filter(|new| *new).count()
    };
    Ok(asked.iter().map(count).collect())
}

/// A statement for several askers.
type Statement<A, T> = for<'a> fn(&'a PgPool, i64, &'a [&'a A]) -> Answered<'a, Vec<T>>;

/// Carries out what several ask for by one statement. If the server refuses it, each is tried alone, so that one who cannot be
/// served takes nobody with him.
async fn together<A, T>(
    pool: &PgPool,
    ahead: i64,
    asked: Vec<(A, Caller<T>)>,
    statement: Statement<A, T>,
) {
    if asked.is_empty() {
        return;
    }
    let all: Vec<_> = asked.iter().map(|(ask, _)| ask).collect();
    match patiently(statement(pool, ahead, &all)).await {
        Ok(answers) => {
            for ((_, caller), answer) in asked.into_iter().zip(answers) {
                // A caller that stopped waiting loses the answer, never the write.
                let _ = caller.send(Ok(answer));
            }
        }
        Err(StoreError::Database(sqlx::Error::Database(_))) => {
            for (ask, caller) in asked {
                let mut done = patiently(statement(pool, ahead, &[&ask])).await;
                if done.as_ref().is_err_and(is_contention) {
                    done = patiently(statement(pool, ahead, &[&ask])).await;
                }
                let answer =
                    done.and_then(|answers| answers.into_iter().next().ok_or(StoreError::Closed));
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
