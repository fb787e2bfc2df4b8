//! What one replica at a time may do: whoever holds an advisory lock of the database. Another lock is shared by all, so that
//! they can be counted. Locks live with their connection, so that they are free at once when their holder dies.

use crate::store::StoreError;
use sqlx::{Connection as _, PgConnection, PgPool};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::sync::Mutex;

/// A connection that does not answer for so long is lost, and its locks with it.
const PATIENCE: Duration = Duration::from_secs(5);

/// The leads this replica holds.
#[derive(Debug)]
pub(super) struct Leads {
    pool: PgPool,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    connection: Option<PgConnection>,
    what: BTreeSet<&'static str>,
}

impl Leads {
    pub(super) fn new(pool: &PgPool) -> Self {
        Self {
            pool: pool.clone(),
            held: Mutex::default(),
        }
    }

    /// Takes the lead, or makes sure that it is still ours.
    pub(super) async fn take(&self, what: &'static str) -> Result<bool, StoreError> {
        let mut held = self.held.lock().await;
        let asked = tokio::time::timeout(PATIENCE, self.ask(&mut held, what)).await;
        let leads = asked.unwrap_or(Err(StoreError::Silent));
        if leads.is_err() {
            *held = Held::default();
        }
        leads
    }

    /// Counts the replicas that are connected, this one among them.
    pub(super) async fn replicas(&self) -> Result<usize, StoreError> {
        let mut held = self.held.lock().await;
        let counted = tokio::time::timeout(PATIENCE, self.count(&mut held)).await;
        let count = counted.unwrap_or(Err(StoreError::Silent));
        if count.is_err() {
            *held = Held::default();
        }
        count
    }

    async fn count(&self, held: &mut Held) -> Result<usize, StoreError> {
        const ONE_OF_THEM: &str = "replica";
        let known = held.what.contains(ONE_OF_THEM);
        let connection = self.connection(held).await?;
        if !known {
            sqlx::query(
                "SELECT pg_advisory_lock_shared(hashtextextended('tg-bridge ' || current_schema() || ' ' || $1, 0))",
            )
            .bind(ONE_OF_THEM)
            .execute(&mut *connection)
            .await?;
        }
        let count: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM pg_locks
             WHERE locktype = 'advisory' AND granted
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
               AND ((classid::bigint << 32) | objid::bigint)
                   = hashtextextended('tg-bridge ' || current_schema() || ' ' || $1, 0)",
        )
        .bind(ONE_OF_THEM)
        .fetch_one(connection)
        .await?;
        held.what.insert(ONE_OF_THEM);
        Ok(usize::try_from(count).unwrap_or(1))
    }

    /// The connection that the locks live with.
    async fn connection<'h>(&self, held: &'h mut Held) -> Result<&'h mut PgConnection, StoreError> {
        if self.pool.is_closed() {
            return Err(StoreError::Closed);
        }
        match &mut held.connection {
            Some(connection) => Ok(connection),
            none => {
                Ok(none.insert(PgConnection::connect_with(&self.pool.connect_options()).await?))
            }
        }
    }

    async fn ask(&self, held: &mut Held, what: &'static str) -> Result<bool, StoreError> {
        let known = held.what.contains(what);
        let connection = self.connection(held).await?;
        if known {
            connection.ping().await?;
            return Ok(true);
        }
        let taken: bool = sqlx::query_scalar(
            "SELECT pg_try_advisory_lock(hashtextextended('tg-bridge ' || current_schema() || ' ' || $1, 0))",
        )
        .bind(what)
        .fetch_one(connection)
        .await?;
        if taken {
            held.what.insert(what);
        }
        Ok(taken)
    }

    /// Leaves everything to the others.
    pub(super) async fn give_up(&self) {
        let held = std::mem::take(&mut *self.held.lock().await);
        if let Some(connection) = held.connection {
            let _ = tokio::time::timeout(PATIENCE, connection.close()).await;
        }
    }
}
