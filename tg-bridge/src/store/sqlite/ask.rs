//! What the writer is asked for, each with whoever waits for the answer.

use super::queue::{Done, Marks};
use super::transaction::Transaction;
use crate::store::{ItemId, Lease, NewItem, StoreError};
use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

/// The answer to whoever asked.
pub(super) type Answer<T> = oneshot::Receiver<Result<T, StoreError>>;

/// Items to be taken in; how many were new.
pub(super) struct Accept {
    pub(super) now: i64,
    pub(super) items: Vec<NewItem>,
    pub(super) result: Option<Result<usize, StoreError>>,
    caller: oneshot::Sender<Result<usize, StoreError>>,
}

impl Accept {
    pub(super) fn of(now: i64, items: Vec<NewItem>) -> (Self, Answer<usize>) {
        let (caller, answer) = oneshot::channel();
        let accept = Self {
            now,
            items,
            result: None,
            caller,
        };
        (accept, answer)
    }

    pub(super) fn answer(self, committed: Result<(), StoreError>) {
        tell(self.caller, committed, self.result);
    }
}

/// The beginning or the good end of an item; whether its lane is still the asker's.
pub(super) struct Mark {
    pub(super) now: i64,
    lease: Lease,
    what: What,
    pub(super) result: Option<Result<bool, StoreError>>,
    caller: oneshot::Sender<Result<bool, StoreError>>,
}

/// What is to be noted of an item.
pub(super) enum What {
    Begun(ItemId),
    Done(Done),
}

impl Mark {
    pub(super) fn of(now: i64, lease: Lease, what: What) -> (Self, Answer<bool>) {
        let (caller, answer) = oneshot::channel();
        let mark = Self {
            now,
            lease,
            what,
            result: None,
            caller,
        };
        (mark, answer)
    }

    /// Puts it with the others, if the lane is still ours, and says so.
    pub(super) fn join(&self, t: &mut Transaction, marks: &mut Marks) -> bool {
        match &self.what {
            What::Begun(item) => marks.begin(t, &self.lease, *item),
            What::Done(done) => marks.end(t, &self.lease, done),
        }
    }

    pub(super) fn answer(self, committed: Result<(), StoreError>) {
        tell(self.caller, committed, self.result);
    }
}

/// A write that has to look.
pub(super) trait Job: Send {
    /// Does the work; whether it succeeded.
    fn run<'t>(&'t mut self, transaction: &'t mut Transaction) -> BoxFuture<'t, bool>;
    /// Tells the caller, who may be gone.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

pub(super) struct Write<T, F> {
    work: Option<F>,
    result: Option<Result<T, StoreError>>,
    caller: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Write<T, F> {
    pub(super) fn of(work: F) -> (Self, Answer<T>) {
        let (caller, answer) = oneshot::channel();
        let write = Self {
            work: Some(work),
            result: None,
            caller,
        };
        (write, answer)
    }
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
