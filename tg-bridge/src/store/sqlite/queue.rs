//! The SQL of the queue. Every function that takes a [`Transaction`] runs inside it.

use super::Wrote;
use super::lanes::{Change, Taken};
use super::writer::Transaction;
use crate::failpoint::{Point, reach};
use crate::store::{Batch, DeadLetter, Hop, Item, ItemId, Lease, NewItem, Settle, Verdict};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection, SqlitePool};
use std::collections::{HashMap, HashSet};

/// How many rows one statement writes at most. Always a power of two, so that few statements are kept prepared.
const CHUNK: usize = 128;

/// Takes items in, many by one statement. Which of them were new.
pub(super) async fn insert(t: &mut Transaction, now: i64, items: &[&NewItem]) -> Wrote<Vec<bool>> {
    let known = known(&mut t.c, items).await?;
    let mut new = vec![false; items.len()];
    let mut first = HashSet::with_capacity(items.len());
    let mut wanted = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let again = item
            .earlier
            .as_ref()
            .is_some_and(|earlier| known.contains(&earlier.key));
        if !again && first.insert(item.dedup.as_str()) {
            wanted.push((index, *item, t.new_id()));
        }
    }
    for rows in chunks(&wanted) {
        let inserted = QueryBuilder::<Sqlite>::new(
            "INSERT INTO item (id, hop, lane, dedup, kind, body, created_at, due) ",
        )
        .push_values(rows, |mut row, (_, item, id)| {
            row.push_bind(id.0)
                .push_bind(item.hop.as_str())
                .push_bind(item.lane.as_str())
                .push_bind(item.dedup.as_str())
                .push_bind(item.kind)
                .push_bind(item.body.as_str())
                .push_bind(now)
                .push_bind(item.due);
        })
        .push(" ON CONFLICT (dedup) DO NOTHING")
        .build()
        .execute(&mut t.c)
        .await?;
        // Repetitions are rare, and each row that comes back is a message between two threads.
        let missing = inserted.rows_affected() < rows.len() as u64;
        let there = match missing {
            true => Some(inserted_of(&mut t.c, rows).await?),
            false => None,
        };
        for (index, item, id) in rows {
            if there.as_ref().is_none_or(|there| there.contains(&id.0)) {
                new[*index] = true;
                t.then(Change::opened(item, *id, now));
            }
        }
    }
    Ok(new)
}

/// Which of the rows that were just inserted are there: those whose key was known are not.
async fn inserted_of(
    c: &mut SqliteConnection,
    rows: &[(usize, &NewItem, ItemId)],
) -> Wrote<HashSet<i64>> {
    let ids = rows.iter().map(|(_, _, id)| id.0);
    let found: Vec<i64> = sqlx::query_scalar("SELECT id FROM item WHERE id BETWEEN ? AND ?")
        .bind(ids.clone().min())
        .bind(ids.max())
        .fetch_all(c)
        .await?;
    Ok(found.into_iter().collect())
}

/// Keys of the window before that came too short a time ago to be another event.
async fn known(c: &mut SqliteConnection, items: &[&NewItem]) -> Wrote<HashSet<String>> {
    let earlier: Vec<_> = items
        .iter()
        .filter_map(|item| item.earlier.as_ref())
        .collect();
    let mut known = HashSet::new();
    for rows in chunks(&earlier) {
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

fn chunks<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let power = rows.len().min(CHUNK).checked_ilog2()?;
        let (chunk, rest) = rows.split_at(1 << power);
        rows = rest;
        Some(chunk)
    })
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
    let wanted: Vec<_> = taken.iter().flat_map(|taken| &taken.items).collect();
    let wanted: Vec<_> = wanted.iter().map(|id| id.to_string()).collect();
    let found = sqlx::query(
        "SELECT id, kind, body, attempts, created_at, started_at FROM item
         WHERE id IN (SELECT value FROM json_each(?)) AND state = 'pending'",
    )
    .bind(format!("[{}]", wanted.join(",")))
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

pub(super) async fn begin(
    t: &mut Transaction,
    now: i64,
    lease: Lease,
    item: ItemId,
) -> Wrote<bool> {
    if !t.holds(&lease, item, now) {
        return Ok(false);
    }
    sqlx::query("UPDATE item SET started_at = coalesce(started_at, ?) WHERE id = ?")
        .bind(now)
        .bind(item.0)
        .execute(&mut t.c)
        .await?;
    Ok(true)
}

/// Ends an item of a lane we hold: done, or given up for a reason. The body of what is done has served: it holds what people
/// wrote, and addresses that open the portal. `false`: the lease is lost, or the item has ended.
pub(super) async fn end(
    t: &mut Transaction,
    now: i64,
    lease: &Lease,
    item: ItemId,
    error: Option<&str>,
) -> Wrote<bool> {
    if !t.holds(lease, item, now) {
        return Ok(false);
    }
    sqlx::query(
        "UPDATE item SET ended_at = ?1, error = ?2,
             state = CASE WHEN ?2 IS NULL THEN 'done' ELSE 'dead' END,
             body = CASE WHEN ?2 IS NULL THEN '' ELSE body END
         WHERE id = ?3",
    )
    .bind(now)
    .bind(error)
    .bind(item.0)
    .execute(&mut t.c)
    .await?;
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
    let ours = match settle.verdict {
        Verdict::Done => end(t, now, &lease, item, None).await?,
        Verdict::Dead { error } => end(t, now, &lease, item, Some(&error)).await?,
        Verdict::Retry {
            at,
            counted,
            uncertain,
            error,
        } => {
            let ours = t.holds(&lease, item, now);
            if ours {
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
            ours
        }
    };
    if !ours {
        // Told a second time, an end is not written a second time.
        return Ok(t.is_ours(&lease, now));
    }
    for sent in settle.sent {
        super::records::remember(&mut t.c, sent).await?;
    }
    if let Some(wrote) = settle.wrote {
        super::records::remember_write(&mut t.c, now, wrote).await?;
    }
    let follow: Vec<_> = settle.follow.iter().collect();
    insert(t, now, &follow).await?;
    if let Some(next) = settle.next {
        begin(t, now, lease, next).await?;
    }
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
