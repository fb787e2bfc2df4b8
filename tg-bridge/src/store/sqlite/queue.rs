//! The SQL of the queue. Every function that takes a [`Transaction`] runs inside it.

use super::Wrote;
use super::lanes::{Change, Taken};
use super::script::{self, Script};
use super::transaction::Transaction;
use crate::failpoint::{Point, reach};
use crate::store::{Batch, DeadLetter, Hop, Item, ItemId, Lease, NewItem, Sent, Settle, Verdict};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection, SqlitePool};
use std::collections::{HashMap, HashSet};

/// Items that come for the first time, as far as the memory of earlier ones tells, with the numbers they will have.
pub(super) struct Fresh<'a> {
    asked: usize,
    rows: Vec<(usize, &'a NewItem, ItemId)>,
}

pub(super) async fn fresh<'a>(
    t: &mut Transaction,
    items: &[&'a NewItem],
) -> Result<Fresh<'a>, sqlx::Error> {
    let known = known(&mut t.c, items).await?;
    let mut first = HashSet::with_capacity(items.len());
    let mut rows = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let again = item
            .earlier
            .as_ref()
            .is_some_and(|earlier| known.contains(&earlier.key));
        if !again && first.insert(item.dedup.as_str()) {
            rows.push((index, *item, t.new_id()));
        }
    }
    Ok(Fresh {
        asked: items.len(),
        rows,
    })
}

impl Fresh<'_> {
    pub(super) fn write(&self, now: i64, script: &mut Script) {
        for rows in self.rows.chunks(script::ROWS) {
            script.take_in(now, rows);
        }
    }

    /// Which items were new, by what the script has answered: those whose key was known are not there.
    pub(super) fn taken_in(
        self,
        t: &mut Transaction,
        now: i64,
        answers: &mut impl Iterator<Item = SqliteRow>,
    ) -> Result<Vec<bool>, sqlx::Error> {
        let mut new = vec![false; self.asked];
        for rows in self.rows.chunks(script::ROWS) {
            let answer = answers.next().ok_or(sqlx::Error::RowNotFound)?;
            let there = script::there(&answer)?;
            for (index, item, id) in rows {
                if there.as_ref().is_none_or(|there| there.contains(&id.0)) {
                    new[*index] = true;
                    t.then(Change::opened(item, *id, now));
                }
            }
        }
        Ok(new)
    }
}

/// Takes items in, many by one statement. Which of them were new.
pub(super) async fn insert(t: &mut Transaction, now: i64, items: &[&NewItem]) -> Wrote<Vec<bool>> {
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let fresh = fresh(t, items).await?;
    let mut script = Script::new();
    fresh.write(now, &mut script);
    let mut answers = script.run(&mut t.c).await?.into_iter();
    Ok(fresh.taken_in(t, now, &mut answers)?)
}

/// Keys of the window before that came too short a time ago to be another event.
async fn known(
    c: &mut SqliteConnection,
    items: &[&NewItem],
) -> Result<HashSet<String>, sqlx::Error> {
    let earlier: Vec<_> = items
        .iter()
        .filter_map(|item| item.earlier.as_ref())
        .collect();
    let mut known = HashSet::new();
    for rows in earlier.chunks(script::ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new("SELECT dedup FROM item WHERE ");
        let mut either = query.separated(" OR ");
        for earlier in rows {
            either
                .push("(dedup = ")
                .push_bind_unseparated(&earlier.key)
                .push_unseparated(" AND created_at > ")
                .push_bind_unseparated(earlier.since)
                .push_unseparated(")");
        }
        let found: Vec<String> = query.build_query_scalar().fetch_all(&mut *c).await?;
        known.extend(found);
    }
    Ok(known)
}

/// What is open, and the number given last.
pub(super) async fn open_items(
    c: &mut SqliteConnection,
) -> Result<(Vec<Change>, i64), sqlx::Error> {
    let open = sqlx::query(
        "SELECT id, hop, lane, due, created_at FROM item WHERE state = 'pending' ORDER BY id",
    )
    .try_map(|row: SqliteRow| {
        let created_at: i64 = row.try_get(4)?;
        Ok(Change::Opened {
            item: ItemId(row.try_get(0)?),
            hop: Hop::parse(row.try_get(1)?),
            lane: row.try_get(2)?,
            due: created_at.max(row.try_get(3)?),
            created_at,
        })
    })
    .fetch_all(&mut *c)
    .await?;
    let last: Option<i64> =
        sqlx::query_scalar("SELECT seq FROM sqlite_sequence WHERE name = 'item'")
            .fetch_optional(c)
            .await?;
    Ok((open, last.unwrap_or_default()))
}

/// Reads the items of lanes that were claimed.
pub(super) async fn read(readers: &SqlitePool, taken: Vec<Taken>) -> Wrote<Vec<Batch>> {
    let wanted: Vec<_> = taken
        .iter()
        .flat_map(|taken| &taken.items)
        .copied()
        .collect();
    let found = sqlx::query(
        "SELECT id, kind, body, attempts, created_at, started_at FROM item
         WHERE id IN (SELECT value FROM json_each(?)) AND state = 'pending'",
    )
    .bind(script::list(&wanted))
    .try_map(item)
    .fetch_all(readers)
    .await?;
    let mut found: HashMap<_, _> = found.into_iter().map(|item| (item.id, item)).collect();
    let batch = |taken: Taken| Batch {
        items: taken
            .items
            .iter()
            .filter_map(|id| found.remove(id))
            .collect(),
        lease: taken.lease,
    };
    Ok(taken.into_iter().map(batch).collect())
}

fn item(row: SqliteRow) -> Result<Item, sqlx::Error> {
    Ok(Item {
        id: ItemId(row.try_get(0)?),
        kind: row.try_get(1)?,
        body: row.try_get(2)?,
        attempts: row.try_get(3)?,
        created_at: row.try_get(4)?,
        started_at: row.try_get(5)?,
    })
}

/// Beginnings of items and their good ends: all that are written together are a few statements.
#[derive(Default)]
pub(super) struct Marks {
    begun: Vec<ItemId>,
    ended: Vec<ItemId>,
    sent: Vec<Sent>,
}

impl Marks {
    /// `false`: the lease is lost, or the item has ended.
    pub(super) fn begin(&mut self, t: &Transaction, lease: &Lease, item: ItemId) -> bool {
        let ours = t.holds(lease, item);
        if ours {
            self.begun.push(item);
        }
        ours
    }

    /// `false`: the lease is lost.
    pub(super) fn end(&mut self, t: &mut Transaction, lease: &Lease, done: &Done) -> bool {
        if !t.holds(lease, done.item) {
            // Told a second time, an end is not written a second time.
            return t.is_ours(lease);
        }
        self.ended.push(done.item);
        self.sent.extend(&done.sent);
        if let Some(next) = done.next {
            self.begin(t, lease, next);
        }
        t.then(Change::Ended(lease.clone(), done.item));
        if done.release {
            t.then(Change::Released(lease.clone()));
        }
        true
    }

    pub(super) fn write(&self, now: i64, script: &mut Script) {
        script.end(now, &self.ended);
        script.start(now, &self.begun);
        script.remember(&self.sent);
    }
}

/// An item that was carried out.
pub(super) struct Done {
    pub(super) item: ItemId,
    pub(super) sent: Vec<Sent>,
    /// The one behind it that is begun in the same moment.
    pub(super) next: Option<ItemId>,
    /// Whether the lane is given back in the same moment.
    pub(super) release: bool,
}

/// Ends an item of a lane we hold: done, or given up for a reason. `false`: the lease is lost, or the item has ended.
pub(super) async fn end(
    t: &mut Transaction,
    now: i64,
    lease: &Lease,
    item: ItemId,
    error: Option<&str>,
) -> Wrote<bool> {
    if !t.holds(lease, item) {
        return Ok(false);
    }
    match error {
        None => {
            let mut script = Script::new();
            script.end(now, &[item]);
            script.run(&mut t.c).await?;
        }
        Some(error) => {
            sqlx::query("UPDATE item SET state = 'dead', ended_at = ?, error = ? WHERE id = ?")
                .bind(now)
                .bind(error)
                .bind(item.0)
                .execute(&mut t.c)
                .await?;
        }
    }
    t.then(Change::Ended(lease.clone(), item));
    Ok(true)
}

pub(super) async fn settle(
    t: &mut Transaction,
    now: i64,
    lease: Lease,
    item: ItemId,
    settle: Settle,
) -> Wrote<bool> {
    if !t.holds(&lease, item) {
        // Told a second time, an end is not written a second time.
        return Ok(t.is_ours(&lease));
    }
    let mut marks = Marks {
        sent: settle.sent,
        ..Marks::default()
    };
    let ends = !matches!(settle.verdict, Verdict::Retry { .. });
    match settle.verdict {
        Verdict::Done => {
            marks.ended.push(item);
            t.then(Change::Ended(lease.clone(), item));
        }
        Verdict::Dead { error } => {
            end(t, now, &lease, item, Some(&error)).await?;
        }
        Verdict::Retry {
            at,
            counted,
            uncertain,
            error,
        } => {
            sqlx::query(
                "UPDATE item SET due = ?1, attempts = attempts + ?2, error = ?3,
                     started_at = CASE WHEN ?4 THEN started_at END
                 WHERE id = ?5",
            )
            .bind(at)
            .bind(i64::from(counted))
            .bind(error)
            .bind(uncertain)
            .bind(item.0)
            .execute(&mut t.c)
            .await?;
            t.then(Change::Delayed(lease.clone(), at));
        }
    }
    if let Some(next) = settle.next {
        marks.begin(t, &lease, next);
    }
    if ends && settle.release {
        t.then(Change::Released(lease));
    }
    let mut script = Script::new();
    marks.write(now, &mut script);
    script.run(&mut t.c).await?;
    if let Some(wrote) = settle.wrote {
        super::records::remember_write(&mut t.c, now, wrote).await?;
    }
    let follow: Vec<_> = settle.follow.iter().collect();
    insert(t, now, &follow).await?;
    reach(Point::EndWritten);
    Ok(true)
}

pub(super) async fn dead(c: &mut SqliteConnection, limit: u32) -> Wrote<Vec<DeadLetter>> {
    let letters = sqlx::query(
        "SELECT id, hop, lane, kind, body, attempts, coalesce(ended_at, 0), coalesce(error, '')
         FROM item WHERE state = 'dead' ORDER BY id DESC LIMIT ?",
    )
    .bind(limit)
    .try_map(|row: SqliteRow| {
        Ok(DeadLetter {
            id: ItemId(row.try_get(0)?),
            hop: Hop::parse(row.try_get(1)?),
            lane: row.try_get(2)?,
            kind: row.try_get(3)?,
            body: row.try_get(4)?,
            attempts: row.try_get(5)?,
            ended_at: row.try_get(6)?,
            error: row.try_get(7)?,
        })
    })
    .fetch_all(c)
    .await?;
    Ok(letters)
}

pub(super) async fn revive(t: &mut Transaction, now: i64, item: ItemId) -> Wrote<bool> {
    // It counts as new: its age and its tries begin again.
    let found: Option<(String, String)> = sqlx::query_as(
        "UPDATE item SET state = 'pending', attempts = 0, created_at = ?1, due = 0, ended_at = NULL
         WHERE id = ?2 AND state = 'dead' RETURNING hop, lane",
    )
    .bind(now)
    .bind(item.0)
    .fetch_optional(&mut t.c)
    .await?;
    let Some((hop, lane)) = found else {
        return Ok(false);
    };
    t.then(Change::Opened {
        hop: Hop::parse(&hop),
        lane,
        item,
        due: now,
        created_at: now,
    });
    Ok(true)
}

pub(super) async fn discard(c: &mut SqliteConnection, item: ItemId) -> Wrote<bool> {
    // The row stays as a key: the same event must not come in again.
    let gone =
        sqlx::query("UPDATE item SET state = 'done', body = '' WHERE id = ? AND state = 'dead'")
            .bind(item.0)
            .execute(&mut *c)
            .await?;
    Ok(gone.rows_affected() > 0)
}

pub(super) async fn given_up(readers: &SqlitePool) -> Wrote<u64> {
    let dead: i64 = sqlx::query_scalar("SELECT count(*) FROM item WHERE state = 'dead'")
        .fetch_one(readers)
        .await?;
    Ok(dead.unsigned_abs())
}

pub(super) async fn tidy(c: &mut SqliteConnection, before: i64) -> Wrote<()> {
    // Keys of the help desk's events stay, because reconciliation meets old events again; those that hold for minutes go.
    sqlx::query(
        "DELETE FROM item WHERE state = 'done' AND ended_at < ?
         AND (hop = 'out' OR kind = 'update' OR dedup GLOB 'timer:*' OR dedup GLOB 'answer:*'
              OR dedup GLOB 'delayed:*' OR dedup GLOB 'unreachable:*' OR dedup GLOB '*:sha256:*')",
    )
    .bind(before)
    .execute(&mut *c)
    .await?;
    sqlx::query("DELETE FROM written WHERE at < ?")
        .bind(before)
        .execute(&mut *c)
        .await?;
    Ok(())
}

pub(super) async fn meta(readers: &SqlitePool, key: &str) -> Wrote<Option<String>> {
    Ok(sqlx::query_scalar("SELECT value FROM meta WHERE key = ?")
        .bind(key)
        .fetch_optional(readers)
        .await?)
}

pub(super) async fn set_meta(c: &mut SqliteConnection, key: &str, value: &str) -> Wrote<()> {
    sqlx::query(
        "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
    )
    .bind(key)
    .bind(value)
    .execute(&mut *c)
    .await?;
    Ok(())
}
