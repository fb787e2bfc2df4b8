//! The SQL of the queue. Every time is the database's.

use super::Wrote;
use crate::failpoint::{Sabotage, is_broken};
use crate::store::{
    Batch, Claimed, DeadLetter, Hop, Item, ItemId, Lease, NewItem, Pressure, Sent, Settle, Verdict,
    millis,
};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgExecutor, PgPool, Row as _};
use std::borrow::Cow;
use std::collections::HashSet;
use std::time::Duration;

/// How many items a claim reads of each lane.
const BATCH: i64 = 10;

/// Takes items in by one statement. Which of them were new. The lanes count them first, so that their numbers are the lanes'.
pub(super) async fn insert(
    db: impl PgExecutor<'_>,
    ahead: i64,
    items: &[&NewItem],
) -> Wrote<Vec<bool>> {
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let inserted: Vec<String> = sqlx::query_scalar(
        "WITH asked AS (
             SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::bigint[])
                 WITH ORDINALITY AS asked (hop, lane, dedup, kind, body, due, earlier, since, place)),
         fresh AS (
             SELECT DISTINCT ON (dedup) * FROM asked
             WHERE NOT EXISTS (
                 SELECT FROM item WHERE item.dedup IN (asked.dedup, asked.earlier)
                     AND (item.dedup = asked.dedup OR item.created_at > asked.since))
             ORDER BY dedup, place),
         counted AS (
             SELECT *, row_number() OVER of_lane AS nth, count(*) OVER (PARTITION BY hop, lane) AS many
             FROM fresh WINDOW of_lane AS (PARTITION BY hop, lane ORDER BY place)),
         numbered AS (
             INSERT INTO lane (hop, key, next_at, pending, next_seq)
             SELECT hop, lane, greatest(due, bridge_now($1)), many, many FROM counted WHERE nth = 1 ORDER BY hop, lane
             ON CONFLICT (hop, key) DO UPDATE SET
                 next_at = CASE WHEN lane.pending = 0 THEN excluded.next_at ELSE lane.next_at END,
                 pending = lane.pending + excluded.pending,
                 next_seq = lane.next_seq + excluded.next_seq
             RETURNING hop, key, next_seq)
         INSERT INTO item (hop, lane, seq, dedup, kind, body, created_at)
         SELECT hop, lane, CASE WHEN $10 THEN extract(epoch FROM now()) * 1000000 + place ELSE next_seq - many + nth END, dedup, kind, body, bridge_now($1)
         FROM counted JOIN numbered USING (hop) WHERE numbered.key = counted.lane
         ORDER BY place
         RETURNING dedup",
    )
    .bind(ahead)
    .bind(column(items, |item| item.hop.as_str()))
    .bind(column(items, |item| plain(&item.lane)))
    .bind(column(items, |item| plain(&item.dedup)))
    .bind(column(items, |item| item.kind))
    .bind(column(items, |item| plain(&item.body)))
    .bind(column(items, |item| item.due))
    .bind(column(items, |item| item.earlier.as_ref().map(|earlier| plain(&earlier.key))))
    .bind(column(items, |item| item.earlier.as_ref().map(|earlier| earlier.since)))
    // The same for all lanes, and as old as the transaction.
    .bind(is_broken(Sabotage::GlobalSeq))
    .fetch_all(db)
    .await?;
    let mut inserted: HashSet<_> = inserted.iter().map(String::as_str).collect();
    // Of two with one key the first was taken in.
    let new = items
        .iter()
        .map(|item| inserted.remove(&*plain(&item.dedup)));
    Ok(new.collect())
}

/// What PostgreSQL's texts can hold: everything but the character that ends them in C. An event whose words have it must not
/// be refused for ever.
fn plain(text: &str) -> Cow<'_, str> {
    if text.contains('\0') {
        Cow::Owned(text.replace('\0', "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// One column of what a statement is asked to do.
fn column<A, T>(rows: &[A], value: impl FnMut(&A) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}

pub(super) async fn claim(
    pool: &PgPool,
    ahead: i64,
    hop: Hop,
    lanes: usize,
    lease: Duration,
) -> Wrote<Claimed> {
    let length = millis(lease);
    let mut c = pool.acquire().await?;
    let rows = sqlx::query(
        "WITH due AS (
             SELECT key FROM lane
             WHERE hop = $2 AND is_waiting AND next_at <= bridge_now($1) AND lease_until <= bridge_now($1)
             ORDER BY next_at LIMIT $3 FOR UPDATE SKIP LOCKED)
         UPDATE lane SET lease_until = bridge_now($1) + $4, epoch = epoch + 1
         FROM due WHERE lane.hop = $2 AND lane.key = due.key
         RETURNING lane.key, lane.epoch",
    )
    .bind(ahead)
    .bind(hop.as_str())
    .bind(i64::try_from(lanes).unwrap_or(i64::MAX))
    .bind(length)
    .fetch_all(&mut *c)
    .await?;
    let mut claimed = Claimed::default();
    let mut keys = Vec::with_capacity(rows.len());
    for row in rows {
        let lane: String = row.try_get(0)?;
        keys.push(lane.clone());
        let lease = Lease {
            hop,
            lane,
            epoch: row.try_get(1)?,
            millis: length,
        };
        claimed.batches.push(Batch {
            lease,
            items: Vec::new(),
        });
    }
    if !keys.is_empty() {
        // A statement of its own: the one that took the leases saw the items as they were before it had them.
        let items = sqlx::query(
            "SELECT place::bigint, id, kind, body, attempts, created_at, started_at
             FROM unnest($2::text[]) WITH ORDINALITY AS held (lane, place)
             CROSS JOIN LATERAL (
                 SELECT * FROM item
                 WHERE item.hop = $1 AND item.lane = held.lane AND state = 'pending' ORDER BY seq LIMIT $3) AS open
             ORDER BY place, seq",
        )
        .bind(hop.as_str())
        .bind(&keys)
        .bind(BATCH)
        .try_map(|row: PgRow| Ok((row.try_get::<i64, _>(0)?, item(&row)?)))
        .fetch_all(&mut *c)
        .await?;
        for (place, item) in items {
            let place = usize::try_from(place - 1).unwrap_or(usize::MAX);
            if let Some(batch) = claimed.batches.get_mut(place) {
                batch.items.push(item);
            }
        }
    }
    if claimed.batches.len() < lanes {
        claimed.next_at = sqlx::query_scalar(
            "SELECT min(greatest(next_at, lease_until)) FROM lane WHERE hop = $1 AND is_waiting",
        )
        .bind(hop.as_str())
        .fetch_one(&mut *c)
        .await?;
    }
    Ok(claimed)
}

fn item(row: &PgRow) -> Result<Item, sqlx::Error> {
    Ok(Item {
        id: ItemId(row.try_get(1)?),
        kind: row.try_get(2)?,
        body: row.try_get(3)?,
        attempts: u32::try_from(row.try_get::<i64, _>(4)?).unwrap_or(u32::MAX),
        created_at: row.try_get(5)?,
        started_at: row.try_get(6)?,
    })
}

pub(super) async fn extend(db: impl PgExecutor<'_>, ahead: i64, lease: &Lease) -> Wrote<bool> {
    let ours = sqlx::query(
        "UPDATE lane SET lease_until = bridge_now($1) + $2
         WHERE hop = $3 AND key = $4 AND epoch = $5 AND lease_until > 0",
    )
    .bind(ahead)
    .bind(lease.millis)
    .bind(lease.hop.as_str())
    .bind(&lease.lane)
    .bind(lease.epoch)
    .execute(db)
    .await?;
    Ok(ours.rows_affected() > 0)
}

/// What the holder of a lane does with it. Unless he gives it back, the lease is renewed by that.
#[derive(Debug)]
pub(super) struct Act {
    pub(super) lease: Lease,
    pub(super) ended: Option<Ended>,
    /// An item that is about to be carried out.
    pub(super) begun: Option<ItemId>,
    /// Whether the lane is given back. It goes to the end of the line, so that a busy chat does not starve the others.
    pub(super) released: bool,
}

/// How an item ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) item: ItemId,
    /// Why it was given up; none: it was done.
    pub(super) error: Option<String>,
    pub(super) sent: Vec<Sent>,
}

impl Act {
    pub(super) fn begin(lease: &Lease, item: ItemId) -> Self {
        Self {
            begun: Some(item),
            ..Self::nothing(lease)
        }
    }

    pub(super) fn end(lease: &Lease, item: ItemId, error: Option<String>) -> Self {
        Self {
            ended: Some(Ended {
                item,
                error,
                sent: Vec::new(),
            }),
            ..Self::nothing(lease)
        }
    }

    pub(super) fn release(lease: &Lease) -> Self {
        Self {
            released: true,
            ..Self::nothing(lease)
        }
    }

    /// The end of an item and the beginning of the one behind it. `None`: it does not end but waits.
    pub(super) fn settle(lease: &Lease, item: ItemId, settle: &Settle) -> Option<Self> {
        let error = match &settle.verdict {
            Verdict::Done => None,
            Verdict::Dead { error } => Some(error.clone()),
            Verdict::Retry { .. } => return None,
        };
        let sent = settle.sent.clone();
        Some(Self {
            ended: Some(Ended { item, error, sent }),
            begun: settle.next,
            released: settle.release,
            ..Self::nothing(lease)
        })
    }

    fn nothing(lease: &Lease) -> Self {
        Self {
            lease: lease.clone(),
            ended: None,
            begun: None,
            released: false,
        }
    }
}

/// Does what the holders of lanes ask for, many by one statement. For each how much still waits in the lane; `None`: the
/// lease is lost, and nothing was done.
pub(super) async fn act(
    c: &mut PgConnection,
    ahead: i64,
    acts: &[&Act],
) -> Wrote<Vec<Option<i64>>> {
    let mut done = vec![None; acts.len()];
    let mut rest: Vec<_> = (0..).zip(acts.iter().copied()).collect();
    while !rest.is_empty() {
        // One statement changes a row once. Whoever gave up waiting and asked again stands here twice.
        let mut lanes = HashSet::with_capacity(rest.len());
        let (now, again): (Vec<_>, Vec<_>) = rest
            .into_iter()
            .partition(|(_, act)| lanes.insert((act.lease.hop, &act.lease.lane)));
        for (index, waiting) in act_on_each(&mut *c, ahead, &now).await? {
            if let Some(done) = usize::try_from(index).ok().and_then(|at| done.get_mut(at)) {
                *done = Some(waiting);
            }
        }
        rest = again;
    }
    Ok(done)
}

/// Does it on different lanes, in the order in which all lock them. The body of what is done has served: it holds what people
/// wrote, and addresses that open the portal. An item counts once: whoever did not hear of the commit, because the connection
/// broke in that moment, ends it again – perhaps while the first end is only being committed, so it is locked before it is
/// counted.
async fn act_on_each(
    db: impl PgExecutor<'_>,
    ahead: i64,
    acts: &[(i64, &Act)],
) -> Wrote<Vec<(i64, i64)>> {
    let ended = |act: &(i64, &Act)| act.1.ended.as_ref().map(|ended| ended.item.0);
    let sent = acts.iter().flat_map(|(number, act)| {
        let sent = act.ended.iter().flat_map(|ended| &ended.sent);
        sent.map(move |sent| (*number, sent))
    });
    let sent: Vec<_> = sent.collect();
    let done = sqlx::query_as(
        "WITH ours AS (
             UPDATE lane SET
                 lease_until = CASE WHEN asked.is_released THEN 0 ELSE bridge_now($1) + asked.millis END,
                 next_at = CASE WHEN asked.is_released THEN greatest(next_at, bridge_now($1)) ELSE next_at END,
                 pending = pending - (SELECT count(*) FROM (
                     SELECT 1 FROM item WHERE id = asked.ended AND state = 'pending' FOR UPDATE) AS open)
             FROM (
                 SELECT * FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[], $9::bigint[], $10::boolean[])
                     AS asked (number, hop, lane, epoch, millis, ended, error, begun, is_released)
                 ORDER BY hop, lane) AS asked
             WHERE lane.hop = asked.hop AND lane.key = asked.lane AND lane.epoch = asked.epoch AND lane.lease_until > 0
             RETURNING asked.number, asked.ended, asked.error, asked.begun, lane.pending),
         noted AS (
             INSERT INTO message (chat_id, message_id, issue_id, comment_id)
             SELECT chat_id, message_id, issue_id, comment_id
             FROM unnest($11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[])
                 AS sent (number, chat_id, message_id, issue_id, comment_id)
             JOIN ours USING (number)
             ON CONFLICT DO NOTHING),
         begun AS (
             UPDATE item SET started_at = coalesce(started_at, bridge_now($1)) FROM ours WHERE id = ours.begun),
         ended AS (
             UPDATE item SET ended_at = bridge_now($1), error = ours.error,
                 state = CASE WHEN ours.error IS NULL THEN 'done' ELSE 'dead' END,
                 body = CASE WHEN ours.error IS NULL THEN '' ELSE body END
             FROM ours WHERE id = ours.ended)
         SELECT number, pending FROM ours",
    )
    .bind(ahead)
    .bind(column(acts, |(number, _)| *number))
    .bind(column(acts, |(_, act)| act.lease.hop.as_str()))
    .bind(column(acts, |(_, act)| act.lease.lane.as_str()))
    .bind(column(acts, |(_, act)| act.lease.epoch))
    .bind(column(acts, |(_, act)| act.lease.millis))
    .bind(column(acts, ended))
    .bind(column(acts, |(_, act)| act.ended.as_ref()?.error.as_deref().map(plain)))
    .bind(column(acts, |(_, act)| act.begun.map(|begun| begun.0)))
    .bind(column(acts, |(_, act)| act.released))
    .bind(column(&sent, |(number, _)| *number))
    .bind(column(&sent, |(_, sent)| sent.message.chat.0))
    .bind(column(&sent, |(_, sent)| sent.message.message.0))
    .bind(column(&sent, |(_, sent)| sent.about.issue.get().cast_signed()))
    .bind(column(&sent, |(_, sent)| {
        sent.about.comment.map(|id| id.get().cast_signed())
    }))
    .fetch_all(db)
    .await?;
    Ok(done)
}

/// Puts an item back and lets its lane wait. `false`: the lease is lost.
pub(super) async fn postpone(
    db: impl PgExecutor<'_>,
    lease: &Lease,
    item: ItemId,
    verdict: &Verdict,
) -> Wrote<bool> {
    let Verdict::Retry {
        at,
        counted,
        uncertain,
        error,
    } = verdict
    else {
        return Ok(false);
    };
    let held = sqlx::query(
        "WITH ours AS (
             UPDATE lane SET next_at = $1, lease_until = 0
             WHERE hop = $2 AND key = $3 AND epoch = $4 AND lease_until > 0 RETURNING 1)
         UPDATE item SET attempts = attempts + $5, error = $6,
             started_at = CASE WHEN $7 THEN started_at END
         FROM ours WHERE id = $8",
    )
    .bind(at)
    .bind(lease.hop.as_str())
    .bind(&lease.lane)
    .bind(lease.epoch)
    .bind(i64::from(*counted))
    .bind(plain(error))
    .bind(uncertain)
    .bind(item.0)
    .execute(db)
    .await?;
    Ok(held.rows_affected() > 0)
}

pub(super) async fn dead(c: &mut PgConnection, limit: u32) -> Wrote<Vec<DeadLetter>> {
    let letters = sqlx::query(
        "SELECT id, hop, lane, kind, body, attempts, coalesce(ended_at, 0), coalesce(error, '')
         FROM item WHERE state = 'dead' ORDER BY id DESC LIMIT $1",
    )
    .bind(i64::from(limit))
    .try_map(|row: PgRow| {
        Ok(DeadLetter {
            id: ItemId(row.try_get(0)?),
            hop: Hop::parse(row.try_get(1)?),
            lane: row.try_get(2)?,
            kind: row.try_get(3)?,
            body: row.try_get(4)?,
            attempts: u32::try_from(row.try_get::<i64, _>(5)?).unwrap_or(u32::MAX),
            ended_at: row.try_get(6)?,
            error: row.try_get(7)?,
        })
    })
    .fetch_all(c)
    .await?;
    Ok(letters)
}

pub(super) async fn revive(c: &mut PgConnection, ahead: i64, item: ItemId) -> Wrote<bool> {
    // It counts as new: its age and its tries begin again.
    let lane: Option<(String, String, i64)> = sqlx::query_as(
        "UPDATE item SET state = 'pending', attempts = 0, created_at = bridge_now($1), ended_at = NULL
         WHERE id = $2 AND state = 'dead' RETURNING hop, lane, seq",
    )
    .bind(ahead)
    .bind(item.0)
    .fetch_optional(&mut *c)
    .await?;
    let Some((hop, lane, seq)) = lane else {
        return Ok(false);
    };
    // A lane that was tidied away meanwhile goes on counting behind it.
    sqlx::query(
        "INSERT INTO lane (hop, key, next_at, pending, next_seq) VALUES ($2, $3, bridge_now($1), 1, $4)
         ON CONFLICT (hop, key) DO UPDATE SET pending = lane.pending + 1",
    )
    .bind(ahead)
    .bind(hop)
    .bind(lane)
    .bind(seq)
    .execute(c)
    .await?;
    Ok(true)
}

pub(super) async fn discard(pool: &PgPool, item: ItemId) -> Wrote<bool> {
    // The row stays as a key: the same event must not come in again.
    let gone =
        sqlx::query("UPDATE item SET state = 'done', body = '' WHERE id = $1 AND state = 'dead'")
            .bind(item.0)
            .execute(pool)
            .await?;
    Ok(gone.rows_affected() > 0)
}

pub(super) async fn pressure(pool: &PgPool, ahead: i64) -> Wrote<Pressure> {
    let (waiting_in, waiting_out, oldest): (i64, i64, i64) = sqlx::query_as(
        "SELECT count(*) FILTER (WHERE hop = 'in'), count(*) FILTER (WHERE hop = 'out'),
                coalesce(greatest(bridge_now($1) - min(created_at), 0), 0)
         FROM item WHERE state = 'pending' AND lane NOT LIKE 'timer:%'",
    )
    .bind(ahead)
    .fetch_one(pool)
    .await?;
    let dead: i64 = sqlx::query_scalar("SELECT count(*) FROM item WHERE state = 'dead'")
        .fetch_one(pool)
        .await?;
    Ok(Pressure {
        waiting_in: waiting_in.unsigned_abs(),
        waiting_out: waiting_out.unsigned_abs(),
        oldest,
        dead: dead.unsigned_abs(),
    })
}

pub(super) async fn tidy(c: &mut PgConnection, ahead: i64, age: i64) -> Wrote<()> {
    // Keys of the help desk's events stay, because reconciliation meets old events again; those that hold for minutes go.
    sqlx::query(
        "DELETE FROM item WHERE state = 'done' AND ended_at < bridge_now($1) - $2
         AND (hop = 'out' OR kind = 'update' OR dedup LIKE 'timer:%' OR dedup LIKE 'answer:%'
              OR dedup LIKE 'delayed:%' OR dedup LIKE 'unreachable:%' OR dedup LIKE '%:sha256:%')",
    )
    .bind(ahead)
    .bind(age)
    .execute(&mut *c)
    .await?;
    sqlx::query("DELETE FROM written WHERE at < bridge_now($1) - $2")
        .bind(ahead)
        .bind(age)
        .execute(&mut *c)
        .await?;
    sqlx::query(
        "DELETE FROM lane WHERE pending = 0 AND next_at < bridge_now($1) - $2 AND lease_until < bridge_now($1) - $2",
    )
    .bind(ahead)
    .bind(age)
    .execute(c)
    .await?;
    Ok(())
}

pub(super) async fn meta(pool: &PgPool, key: &str) -> Wrote<Option<String>> {
    Ok(sqlx::query_scalar("SELECT value FROM meta WHERE key = $1")
        .bind(key)
        .fetch_optional(pool)
        .await?)
}

pub(super) async fn set_meta(c: &mut PgConnection, key: &str, value: &str) -> Wrote<()> {
    sqlx::query(
        "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = $2",
    )
    .bind(key)
    .bind(value)
    .execute(c)
    .await?;
    Ok(())
}
