//! The SQL of the queue. Every function that takes a connection runs inside the writer's transaction.

use super::Wrote;
use crate::failpoint::{Point, reach};
use crate::store::clock::millis;
use crate::store::{
    Batch, Claimed, DeadLetter, Hop, Item, ItemId, Lease, NewItem, Pressure, Settle, Verdict,
};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection, SqlitePool};
use std::time::Duration;

/// How many items a claim reads of each lane.
const BATCH: i64 = 10;

pub(super) async fn insert(
    c: &mut SqliteConnection,
    now: i64,
    items: Vec<NewItem>,
) -> Wrote<usize> {
    let mut new = 0;
    for item in items {
        let inserted = sqlx::query(
            "INSERT INTO item (hop, lane, dedup, kind, body, created_at) VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT (dedup) DO NOTHING",
        )
        .bind(item.hop.as_str())
        .bind(&item.lane)
        .bind(&item.dedup)
        .bind(item.kind)
        .bind(&item.body)
        .bind(now)
        .execute(&mut *c)
        .await?;
        if inserted.rows_affected() == 0 {
            continue;
        }
        // An idle lane becomes due with its first item; one that waits goes on waiting.
        sqlx::query(
            "INSERT INTO lane (hop, key, next_at, pending) VALUES (?1, ?2, ?3, 1)
             ON CONFLICT (hop, key) DO UPDATE SET
                 next_at = CASE WHEN pending = 0 THEN excluded.next_at ELSE next_at END,
                 pending = pending + 1",
        )
        .bind(item.hop.as_str())
        .bind(&item.lane)
        .bind(item.due.max(now))
        .execute(&mut *c)
        .await?;
        new += 1;
    }
    Ok(new)
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
    if !extend(c, now, lease).await? {
        return Ok(false);
    }
    sqlx::query("UPDATE item SET started_at = coalesce(started_at, ?) WHERE id = ?")
        .bind(now)
        .bind(item.0)
        .execute(&mut *c)
        .await?;
    Ok(true)
}

/// Marks an item of a lane we hold as done and takes it off the lane, once: whoever did not hear that it was committed
/// says so again.
pub(super) async fn end(
    c: &mut SqliteConnection,
    now: i64,
    lease: &Lease,
    item: ItemId,
) -> Wrote<bool> {
    let ours = sqlx::query(
        "UPDATE lane SET lease_until = ?1,
             pending = pending - (SELECT count(*) FROM item WHERE id = ?5 AND state = 'pending')
         WHERE hop = ?2 AND key = ?3 AND epoch = ?4",
    )
    .bind(now + lease.millis)
    .bind(lease.hop.as_str())
    .bind(&lease.lane)
    .bind(lease.epoch)
    .bind(item.0)
    .execute(&mut *c)
    .await?;
    if ours.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query("UPDATE item SET state = 'done', ended_at = ?, error = NULL WHERE id = ?")
        .bind(now)
        .bind(item.0)
        .execute(&mut *c)
        .await?;
    Ok(true)
}

/// Turns an item that was just ended into a dead letter.
pub(super) async fn bury(
    c: &mut SqliteConnection,
    now: i64,
    item: ItemId,
    error: &str,
) -> Wrote<()> {
    sqlx::query("UPDATE item SET state = 'dead', ended_at = ?, error = ? WHERE id = ?")
        .bind(now)
        .bind(error)
        .bind(item.0)
        .execute(&mut *c)
        .await?;
    Ok(())
}

pub(super) async fn settle(
    c: &mut SqliteConnection,
    now: i64,
    lease: Lease,
    item: ItemId,
    settle: Settle,
) -> Wrote<bool> {
    let ours = match settle.verdict {
        Verdict::Done => end(c, now, &lease, item).await?,
        Verdict::Dead { error } => {
            let ours = end(c, now, &lease, item).await?;
            if ours {
                bury(c, now, item, &error).await?;
            }
            ours
        }
        Verdict::Retry {
            at,
            counted,
            uncertain,
            error,
        } => {
            let ours = sqlx::query(
                "UPDATE lane SET next_at = ?, lease_until = 0 WHERE hop = ? AND key = ? AND epoch = ?",
            )
            .bind(at)
            .bind(lease.hop.as_str())
            .bind(&lease.lane)
            .bind(lease.epoch)
            .execute(&mut *c)
            .await?
            .rows_affected()
                > 0;
            if ours {
                sqlx::query(
                    "UPDATE item SET attempts = attempts + ?1, error = ?2,
                         started_at = CASE WHEN ?3 THEN started_at END
                     WHERE id = ?4",
                )
                .bind(i64::from(counted))
                .bind(error)
                .bind(uncertain)
                .bind(item.0)
                .execute(&mut *c)
                .await?;
            }
            ours
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
    insert(c, now, settle.follow).await?;
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

pub(super) async fn dead(readers: &SqlitePool, limit: u32) -> Wrote<Vec<DeadLetter>> {
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
    .fetch_all(readers)
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
    // Keys of the help desk's events stay, because reconciliation meets old events again. Bodies go as soon as they have
    // served: they hold what people wrote, and addresses that open the portal.
    sqlx::query("UPDATE item SET body = '' WHERE state = 'done' AND body <> ''")
        .execute(&mut *c)
        .await?;
    sqlx::query(
        "DELETE FROM item WHERE state = 'done' AND ended_at < ?
         AND (hop = 'out' OR kind = 'update' OR dedup GLOB 'timer:*' OR dedup GLOB 'answer:*' OR dedup GLOB 'delayed:*')",
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
