//! What arrives in the same moment is taken in together, by one statement and one commit.

use super::{Wrote, is_contention, patiently, queue};
use crate::store::{Clock, NewItem, StoreError};
use sqlx::PgPool;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Mutex as Turn, mpsc, oneshot};
use tokio::task::JoinHandle;

/// How many callers may wait before others are told to come back.
const WAITING: usize = 4096;
/// How many go together at most.
const GROUP: usize = 128;
/// How many statements are on their way at a time: while one is being committed, the next is being carried out.
const LINES: usize = 2;

/// Items to be taken in, and who waits for that.
struct Arrival {
    items: Vec<NewItem>,
    caller: oneshot::Sender<Wrote<usize>>,
}

enum Ask {
    Accept(Arrival),
    Stop,
}

/// Those who bring items.
#[derive(Debug)]
pub(super) struct Arrivals {
    asks: mpsc::Sender<Ask>,
    lines: Mutex<Vec<JoinHandle<()>>>,
}

impl Arrivals {
    pub(super) fn start(pool: &PgPool, clock: &Clock) -> Self {
        let (asks, queue) = mpsc::channel(WAITING);
        let queue = Arc::new(Turn::new(queue));
        let line = |_| line(pool.clone(), clock.clone(), queue.clone());
        Self {
            asks,
            lines: Mutex::new((0..LINES).map(line).map(tokio::spawn).collect()),
        }
    }

    /// How many items were new. Waits for the commit, or is told at once that too much is waiting.
    pub(super) async fn accept(&self, items: Vec<NewItem>) -> Wrote<usize> {
        let (caller, answer) = oneshot::channel();
        self.asks
            .try_send(Ask::Accept(Arrival { items, caller }))
            .map_err(|e| match e {
                mpsc::error::TrySendError::Full(_) => StoreError::Busy,
                mpsc::error::TrySendError::Closed(_) => StoreError::Closed,
            })?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Takes in what is waiting; whoever comes from now on is told that it is closed.
    pub(super) async fn stop(&self) {
        let _ = self.asks.send(Ask::Stop).await;
        let lines = std::mem::take(&mut *self.lines.lock().unwrap_or_else(PoisonError::into_inner));
        for line in lines {
            let _ = line.await;
        }
    }
}

impl Drop for Arrivals {
    fn drop(&mut self) {
        let lines = self.lines.get_mut().unwrap_or_else(PoisonError::into_inner);
        lines.iter().for_each(JoinHandle::abort);
    }
}

async fn line(pool: PgPool, clock: Clock, queue: Arc<Turn<mpsc::Receiver<Ask>>>) {
    let mut waiting = Vec::with_capacity(GROUP);
    loop {
        let mut queue = queue.lock().await;
        if queue.recv_many(&mut waiting, GROUP).await == 0 {
            return;
        }
        let mut arrivals = Vec::with_capacity(waiting.len());
        for ask in waiting.drain(..) {
            match ask {
                Ask::Accept(arrival) => arrivals.push(arrival),
                Ask::Stop => queue.close(),
            }
        }
        drop(queue);
        if !arrivals.is_empty() {
            take_in(&pool, clock.offset(), arrivals).await;
        }
    }
}

/// Takes in what several have brought. If the server refuses it, each is tried alone, so that one who cannot be served takes
/// nobody with him.
async fn take_in(pool: &PgPool, ahead: i64, arrivals: Vec<Arrival>) {
    // A caller that stopped waiting loses the answer, never the write.
    let told = |caller: oneshot::Sender<_>, answer| drop(caller.send(answer));
    let all: Vec<_> = arrivals.iter().flat_map(|arrival| &arrival.items).collect();
    match patiently(queue::insert(pool, ahead, &all)).await {
        Ok(new) => {
            let mut new = new.into_iter();
            for Arrival { items, caller } in arrivals {
                let mine = new.by_ref().take(items.len());
                told(caller, Ok(mine.filter(|new| *new).count()));
            }
        }
        Err(StoreError::Database(sqlx::Error::Database(_))) => {
            for Arrival { items, caller } in arrivals {
                let mut done = take_in_one(pool, ahead, &items).await;
                if done.as_ref().is_err_and(is_contention) {
                    // Another replica took the same in at this very moment.
                    done = take_in_one(pool, ahead, &items).await;
                }
                told(caller, done);
            }
        }
        Err(StoreError::Silent) => {
            for Arrival { caller, .. } in arrivals {
                told(caller, Err(StoreError::Silent));
            }
        }
        Err(e) => {
            let reason = e.to_string();
            for Arrival { caller, .. } in arrivals {
                told(caller, Err(StoreError::Commit(reason.clone())));
            }
        }
    }
}

async fn take_in_one(pool: &PgPool, ahead: i64, items: &[NewItem]) -> Wrote<usize> {
    let items: Vec<_> = items.iter().collect();
    let new = patiently(queue::insert(pool, ahead, &items)).await?;
    Ok(new.into_iter().filter(|new| *new).count())
}
