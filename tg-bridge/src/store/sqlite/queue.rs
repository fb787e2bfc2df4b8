//! The SQL of the queue. Every function that takes a connection runs inside the writer's transaction.

use super::Wrote;
use crate::failpoint::{Point, reach};
use crate::store::clock::millis;
use crate::store::{
    Batch, Claimed, DeadLetter, Hop, Item, ItemId, Lease, NewItem, Pressure, Settle, Verdict,
};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, QueryBuilder, Row as _, Sqlite, SqliteConnection, SqlitePool};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

/// How many items a claim reads of each lane.
const BATCH: i64 = 10;
/// How many rows one statement writes at most. Always a power of two, so that few statements are kept prepared.
const CHUNK: usize = 128;

/// Takes items in, many by one statement. Which of them were new.
pub(super) async fn insert(
    c: &mut SqliteConnection,
    now: i64,
    items: &[&NewItem],
) -> Wrote<Vec<bool>> {
    let known = known(c, items).await?;
    let mut new = vec![false; items.len()];
    let mut first = HashMap::with_capacity(items.len());
    let mut wanted = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let again = item
            .earlier
            .as_ref()
            .is_some_and(|earlier| known.contains(&earlier.key));
        if !again && !first.contains_key(item.dedup.as_str()) {
            first.insert(item.dedup.as_str(), index);
            wanted.push(*item);
        }
    }
    for rows in chunks(&wanted) {
        // Each row that comes back is a message between two threads, so the few that were known come, not the new ones.
        let mut insert = sqlx::query_scalar(AssertSqlSafe(insertion(rows.len())));
        for item in rows {
            insert = insert
                .bind(item.hop.as_str())
                .bind(&item.lane)
                .bind(&item.dedup)
                .bind(item.kind)
                .bind(&item.body)
                .bind(now);
        }
        let known: Vec<String> = insert.fetch_all(&mut *c).await?;
        for item in rows {
            if let Some(index) = first.get(item.dedup.as_str()) {
                new[*index] = !known.contains(&item.dedup);
            }
        }
    }
    let mut lanes: BTreeMap<(&str, &str), (i64, i64)> = BTreeMap::new();
    for (item, _) in items.iter().zip(&new).filter(|(_, new)| **new) {
        let lane = lanes
            .entry((item.hop.as_str(), &item.lane))
            .or_insert((0, i64::MAX));
        *lane = (lane.0 + 1, lane.1.min(item.due.max(now)));
    }
    let lanes: Vec<_> = lanes.into_iter().collect();
    for rows in chunks(&lanes) {
        // An idle lane becomes due with its first item; one that waits goes on waiting.
        QueryBuilder::<Sqlite>::new("INSERT INTO lane (hop, key, next_at, pending) ")
            .push_values(rows, |mut row, ((hop, key), (pending, due))| {
                row.push_bind(*hop)
                    .push_bind(*key)
                    .push_bind(due)
                    .push_bind(pending);
            })
            .push(
                " ON CONFLICT (hop, key) DO UPDATE SET
                     next_at = CASE WHEN pending = 0 THEN excluded.next_at ELSE next_at END,
                     pending = pending + excluded.pending",
            )
            .build()
            .execute(&mut *c)
            .await?;
    }
    Ok(new)
}

/// The statement that tells which of so many items are known, and takes the others in. All parameters have numbers, because
/// both halves use the same.
fn insertion(rows: usize) -> String {
    let first = (0..rows).map(|row| 6 * row + 1);
    let keys: Vec<_> = first.clone().map(|n| format!("?{}", n + 2)).collect();
    let values: Vec<_> = first
        .map(|n| {
            format!(
                "(?{n}, ?{}, ?{}, ?{}, ?{}, ?{})",
                n + 1,
                n + 2,
                n + 3,
                n + 4,
                n + 5
            )
        })
        .collect();
    format!(
        "SELECT dedup FROM item WHERE dedup IN ({});
         INSERT INTO item (hop, lane, dedup, kind, body, created_at) VALUES {} ON CONFLICT (dedup) DO NOTHING",
        keys.join(", "),
        values.join(", ")
    )
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

pub(super) async fn claim(
    c: &mut SqliteConnection,
    now: i64,
    hop: Hop,
    lanes: usize,
    lease: Duration,
) -> Wrote<Claimed> {
    let length = millis(lease);
    let rows = sqlx::query(
        "UPDATE lane SET lease_until = ?1 + ?2, epoch = epoch + 1
         WHERE hop = ?3 AND key IN (
             SELECT key FROM lane
             WHERE hop = ?3 AND pending > 0 AND next_at <= ?1 AND lease_until <= ?1
             ORDER BY next_at LIMIT ?4)
         RETURNING key, epoch",
    )
    .bind(now)
    .bind(length)
    .bind(hop.as_str())
    .bind(i64::try_from(lanes).unwrap_or(i64::MAX))
    .fetch_all(&mut *c)
    .await?;
    let mut claimed = Claimed::default();
    for row in rows {
        let lane: String = row.try_get(0)?;
        let items = sqlx::query(
            "SELECT id, kind, body, attempts, created_at, started_at FROM item
             WHERE hop = ? AND lane = ? AND state = 'pending' ORDER BY id LIMIT ?",
        )
        .bind(hop.as_str())
        .bind(&lane)
        .bind(BATCH)
        .try_map(item)
        .fetch_all(&mut *c)
        .await?;
        let lease = Lease {
            hop,
            lane,
            epoch: row.try_get(1)?,
            millis: length,
        };
        claimed.batches.push(Batch { lease, items });
    }
    if claimed.batches.len() < lanes {
        claimed.next_at = sqlx::query_scalar(
            "SELECT min(max(next_at, lease_until)) FROM lane WHERE hop = ? AND pending > 0",
        )
        .bind(hop.as_str())
        .fetch_one(&mut *c)
        .await?;
    }
    Ok(claimed)
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

pub(super) async fn extend(c: &mut SqliteConnection, now: i64, lease: Lease) -> Wrote<bool> {
    let ours =
        sqlx::query("UPDATE lane SET lease_until = ? WHERE hop = ? AND key = ? AND epoch = ?")
            .bind(now + lease.millis)
            .bind(lease.hop.as_str())
            .bind(&lease.lane)
            .bind(lease.epoch)
            .execute(&mut *c)
            .await?;
    Ok(ours.rows_affected() > 0)
}

pub(super) async fn begin(
    c: &mut SqliteConnection,
    now: i64,
    lease: Lease,
    item: ItemId,
) -> Wrote<bool> {
    // Two statements in one, here and below: the way to the thread that writes costs more than what is done there.
    let begun = sqlx::query(
        "UPDATE lane SET lease_until = ?1 + ?2 WHERE hop = ?3 AND key = ?4 AND epoch = ?5;
         UPDATE item SET started_at = coalesce(started_at, ?1) WHERE id = ?6 AND changes() > 0",
    )
    .bind(now)
    .bind(lease.millis)
    .bind(lease.hop.as_str())
    .bind(&lease.lane)
    .bind(lease.epoch)
    .bind(item.0)
    .execute(&mut *c)
    .await?;
    Ok(begun.rows_affected() > 0)
}

/// Takes an item off a lane we hold and ends it: done, or given up for a reason. The body of what is done has served: it
/// holds what people wrote, and addresses that open the portal. `false`: the lease is lost.
pub(super) async fn end(
    c: &mut SqliteConnection,
    now: i64,
    lease: &Lease,
    item: ItemId,
    error: Option<&str>,
) -> Wrote<bool> {
    let ended = sqlx::query(
        "UPDATE lane SET lease_until = ?1 + ?2,
             pending = pending - (SELECT count(*) FROM item WHERE id = ?6 AND state = 'pending')
         WHERE hop = ?3 AND key = ?4 AND epoch = ?5;
         UPDATE item SET ended_at = ?1, error = ?7,
             state = CASE WHEN ?7 IS NULL THEN 'done' ELSE 'dead' END,
             body = CASE WHEN ?7 IS NULL THEN '' ELSE body END
         WHERE id = ?6 AND changes() > 0",
    )
    .bind(now)
    .bind(lease.millis)
    .bind(lease.hop.as_str())
    .bind(&lease.lane)
    .bind(lease.epoch)
    .bind(item.0)
    .bind(error)
    .execute(c)
    .await?;
    Ok(ended.rows_affected() > 0)
}

pub(super) async fn settle(
    c: &mut SqliteConnection,
    now: i64,
    lease: Lease,
    item: ItemId,
    settle: Settle,
) -> Wrote<bool> {
    let ours = match settle.verdict {
        Verdict::Done => end(c, now, &lease, item, None).await?,
        Verdict::Dead { error } => end(c, now, &lease, item, Some(&error)).await?,
        Verdict::Retry {
            at,
            counted,
            uncertain,
            error,
        } => {
            let held = sqlx::query(
                "UPDATE lane SET next_at = ?1, lease_until = 0
                 WHERE hop = ?2 AND key = ?3 AND epoch = ?4;
                 UPDATE item SET attempts = attempts + ?5, error = ?6,
                     started_at = CASE WHEN ?7 THEN started_at END
                 WHERE id = ?8 AND changes() > 0",
            )
            .bind(at)
            .bind(lease.hop.as_str())
            .bind(&lease.lane)
            .bind(lease.epoch)
            .bind(i64::from(counted))
            .bind(error)
            .bind(uncertain)
            .bind(item.0)
            .execute(&mut *c)
            .await?;
            held.rows_affected() > 0
        }
    };
    if !ours {
        return Ok(false);
    }
    for sent in settle.sent {
        super::records::remember(c, sent).await?;
    }
    if let Some(wrote) = settle.wrote {
        super::records::remember_write(c, now, wrote).await?;
    }
    let follow: Vec<_> = settle.follow.iter().collect();
    insert(c, now, &follow).await?;
    reach(Point::EndWritten);
    Ok(true)
}

/// Gives a lane back. It goes to the end of the line, so that a busy chat does not starve the others.
/// Whether something is waiting in it.
pub(super) async fn release(c: &mut SqliteConnection, now: i64, lease: Lease) -> Wrote<bool> {
    let pending: Option<i64> = sqlx::query_scalar(
        "UPDATE lane SET lease_until = 0, next_at = max(next_at, ?)
         WHERE hop = ? AND key = ? AND epoch = ? RETURNING pending",
    )
    .bind(now)
    .bind(lease.hop.as_str())
    .bind(&lease.lane)
    .bind(lease.epoch)
    .fetch_optional(&mut *c)
    .await?;
    Ok(pending.is_some_and(|pending| pending > 0))
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

pub(super) async fn revive(c: &mut SqliteConnection, now: i64, item: ItemId) -> Wrote<bool> {
    // It counts as new: its age and its tries begin again.
    let lane: Option<(String, String)> = sqlx::query_as(
        "UPDATE item SET state = 'pending', attempts = 0, created_at = ?, ended_at = NULL
         WHERE id = ? AND state = 'dead' RETURNING hop, lane",
    )
    .bind(now)
    .bind(item.0)
    .fetch_optional(&mut *c)
    .await?;
    let Some((hop, lane)) = lane else {
        return Ok(false);
    };
    sqlx::query(
        "INSERT INTO lane (hop, key, next_at, pending) VALUES (?, ?, ?, 1)
         ON CONFLICT (hop, key) DO UPDATE SET pending = pending + 1",
    )
    .bind(hop)
    .bind(lane)
    .bind(now)
    .execute(&mut *c)
    .await?;
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

pub(super) async fn pressure(readers: &SqlitePool, now: i64) -> Wrote<Pressure> {
    let (waiting_in, waiting_out, oldest): (i64, i64, Option<i64>) = sqlx::query_as(
        "SELECT coalesce(sum(hop = 'in'), 0), coalesce(sum(hop = 'out'), 0), min(created_at)
         FROM item WHERE state = 'pending' AND lane NOT GLOB 'timer:*'",
    )
    .fetch_one(readers)
    .await?;
    let dead: i64 = sqlx::query_scalar("SELECT count(*) FROM item WHERE state = 'dead'")
        .fetch_one(readers)
        .await?;
    Ok(Pressure {
        waiting_in: waiting_in.unsigned_abs(),
        waiting_out: waiting_out.unsigned_abs(),
        oldest: oldest.map_or(0, |at| (now - at).max(0)),
        dead: dead.unsigned_abs(),
    })
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
    sqlx::query("DELETE FROM lane WHERE pending = 0 AND next_at < ?1 AND lease_until < ?1")
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
