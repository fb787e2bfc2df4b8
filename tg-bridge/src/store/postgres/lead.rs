//! What one replica at a time may do: whoever holds an advisory lock of the database. The lock lives with its connection, so
//! that it is free at once when its holder dies.

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

    async fn ask(&self, held: &mut Held, what: &'static str) -> Result<bool, StoreError> {
        if self.pool.is_closed() {
            return Err(StoreError::Closed);
        }
        let connection = match &mut held.connection {
            Some(connection) => connection,
            none => none.insert(PgConnection::connect_with(&self.pool.connect_options()).await?),
        };
        if held.what.contains(what) {
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
