//! What shares a commit. What is written without a look in between goes to SQLite in one piece, and piece by piece if it is
//! refused; what has to look stands on a savepoint. So one that fails takes nobody with it.

use super::ask::{Accept, Job, Mark};
use super::queue::{self, Marks};
use super::script::Script;
use super::transaction::Transaction;
use crate::store::StoreError;
use sqlx::Row as _;

#[derive(Default)]
pub(super) struct Group {
    pub(super) accepts: Vec<Accept>,
    pub(super) marks: Vec<Mark>,
    pub(super) jobs: Vec<Box<dyn Job>>,
}

impl Group {
    /// About how many pages of the file it changes: new rows stand side by side, the others a few here and there.
    pub(super) fn pages(&self) -> usize {
        const PAGE: usize = 4096;
        let items = self.accepts.iter().flat_map(|accept| &accept.items);
        let new: usize = items.map(|item| 1 + item.body.len() / PAGE).sum();
        new + self.marks.len() * 2 + self.jobs.len() * 4
    }

    /// Writes all of it, or nothing.
    pub(super) async fn write(&mut self, t: &mut Transaction) -> Result<(), sqlx::Error> {
        if self.accepts.is_empty() && self.marks.is_empty() && self.jobs.is_empty() {
            return Ok(());
        }
        t.back_to(0);
        match self.fill(t).await {
            Ok(others) => {
                t.apply();
                // It is committed, whatever a look at what others wrote says: the next one looks again.
                match t.notice(others).await {
                    Err(e) if !is_fatal(&e) => {
                        tracing::error!(error = %e, "what others wrote is not known yet");
                        Ok(())
                    }
                    looked => looked,
                }
            }
            Err(e) => {
                // Some errors have rolled back already; a second time is then an error of no interest.
                let _ = t.run("ROLLBACK").await;
                Err(e)
            }
        }
    }

    /// Writes and commits. SQLite's number for what others had written until then.
    async fn fill(&mut self, t: &mut Transaction) -> Result<i64, sqlx::Error> {
        let Self {
            accepts,
            marks,
            jobs,
        } = self;
        let is_all = jobs.is_empty();
        let plain = Plain { accepts, marks };
        let others = match plain.write(t, Script::begin(), is_all).await {
            Ok(others) if is_all => return Ok(others),
            Ok(others) => others,
            Err(e) if is_fatal(&e) || is_locked(&e) => return Err(e),
            Err(_) => write_one_by_one(t, accepts, marks).await?,
        };
        let mut next = "SAVEPOINT job";
        for job in jobs {
            let before = t.noted();
            t.run(next).await?;
            if !job.run(t).await {
                t.run("ROLLBACK TO job").await?;
                t.back_to(before);
            }
            next = "RELEASE job; SAVEPOINT job";
        }
        // It releases the last savepoint too.
        t.run("COMMIT").await?;
        Ok(others)
    }

    /// Tells everybody.
    pub(super) fn answer(self, failed: Option<&sqlx::Error>) {
        let reason = failed.map(ToString::to_string);
        let committed = || match &reason {
            None => Ok(()),
            Some(reason) => Err(StoreError::Commit(reason.clone())),
        };
        for accept in self.accepts {
            accept.answer(committed());
        }
        for mark in self.marks {
            mark.answer(committed());
        }
        for job in self.jobs {
            job.answer(committed());
        }
    }
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
            mark.result = Some(Ok(mark.join(t, &mut marks)));
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
        let before = t.noted();
        t.run("SAVEPOINT piece").await?;
        let failed = match self.write(t, Script::new(), false).await {
            Ok(_) => None,
            Err(e) if is_fatal(&e) => return Err(e),
            Err(e) => {
                if t.run("ROLLBACK TO piece").await.is_err() {
                    // It has taken the transaction with it.
                    return Err(e);
                }
                t.back_to(before);
                Some(e.into())
            }
        };
        t.run("RELEASE piece").await?;
        Ok(failed)
    }
}

/// One of them cannot be written; alone it fails alone.
async fn write_one_by_one(
    t: &mut Transaction,
    accepts: &mut [Accept],
    marks: &mut [Mark],
) -> Result<i64, sqlx::Error> {
    // Some errors have rolled back already; a second time is then an error of no interest.
    let _ = t.run("ROLLBACK").await;
    t.back_to(0);
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

/// Input/output errors and a damaged file: nothing is tried again after a sync that failed. A full disk or a lock is a
/// refusal, not the end.
pub(super) fn is_fatal(error: &sqlx::Error) -> bool {
    matches!(code(error), Some(10 | 11 | 26))
        || matches!(error, sqlx::Error::WorkerCrashed | sqlx::Error::Io(_))
}

/// Somebody else writes for longer than one waits.
fn is_locked(error: &sqlx::Error) -> bool {
    code(error) == Some(5)
}

fn code(error: &sqlx::Error) -> Option<u32> {
    let code: u32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}
