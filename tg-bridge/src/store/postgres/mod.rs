//! The store for several replicas: one PostgreSQL, lanes claimed with `SKIP LOCKED`, leases by the database's clock.
//!
//! Taking an event in is one statement. Everything that takes several runs as a task of its own, because a transaction
//! whose future is dropped half-way would be left open on its connection, and is repeated when the database says that
//! two of them got into each other's way.

mod queue;
mod records;

use super::{
    Answered, Claimed, Clock, DeadLetter, Decide, Hop, ItemId, Lease, NewItem, OpenError, Pressure,
    Reacted, Role, Settle, Store, StoreError, Wake, Written,
};
use crate::failpoint::{Point, reach};
use crate::reaction::{Chat, Event, Issue, Needs};
use crate::telegram::ChatId;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use okdesk_sdk::model::{ContactId, IssueId};
use sqlx::migrate::MigrateError;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection as _, PgConnection, PgPool};
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/postgres");

/// How often a transaction is repeated that others were in the way of.
const TRIES: u32 = 8;

/// A [`Store`] in a PostgreSQL database.
#[derive(Debug)]
pub struct PostgresStore {
    pool: PgPool,
    clock: Clock,
    wake: Arc<Wake>,
    /// Tells this replica from the others.
    name: String,
    /// Holds a lock as long as this process lives: the server lets go of it when the connection ends, however that comes.
    life: tokio::sync::Mutex<Option<PgConnection>>,
}

/// What one write answers.
type Wrote<T> = Result<T, StoreError>;

impl PostgresStore {
    /// Connects and, as the bridge, brings the schema up to date.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(url: &str, clock: Clock, role: Role) -> Result<Self, OpenError> {
        let place = |reason: String| OpenError::Place {
            place: "in DATABASE_URL".into(),
            reason,
        };
        // A replica that is frozen inside a transaction must not hold its rows for longer than its lanes.
        let options = PgConnectOptions::from_str(url)
            .map_err(|e| place(e.to_string()))?
            .options([("idle_in_transaction_session_timeout", "15s")]);
        let pool = PgPoolOptions::new()
            .max_connections(12)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options)
            .await
            .map_err(|e| place(e.to_string()))?;
        if role == Role::Bridge {
            MIGRATIONS.run(&pool).await.map_err(newer)?;
            reach(Point::Migrated);
            sqlx::query("INSERT INTO meta (key, value) VALUES ('opened_at', $1) ON CONFLICT (key) DO UPDATE SET value = $1")
                .bind(clock.now().to_string())
                .execute(&pool)
                .await
                .map_err(|e| place(e.to_string()))?;
        }
        let name = format!("{}-{:016x}", std::process::id(), fastrand::u64(..));
        Ok(Self {
            pool,
            clock,
            wake: Arc::default(),
            name,
            life: tokio::sync::Mutex::default(),
        })
    }

    /// Sees to it that the others can tell whether this process lives.
    async fn live(&self) -> Wrote<()> {
        let mut life = self.life.lock().await;
        if let Some(connection) = life.as_mut()
            && connection.ping().await.is_ok()
        {
            return Ok(());
        }
        let mut connection = PgConnection::connect_with(&self.pool.connect_options()).await?;
        queue::live(&mut connection, &self.name).await?;
        *life = Some(connection);
        Ok(())
    }

    /// Runs a transaction to its end, whoever waits for it, and again if others were in its way.
    async fn transact<T, F>(&self, work: F) -> Wrote<T>
    where
        T: Send + 'static,
        F: for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, Wrote<T>> + Send + Sync + 'static,
    {
        let pool = self.pool.clone();
        let task = tokio::spawn(async move {
            let mut tries = 0;
            loop {
                tries += 1;
                match once(&pool, &work).await {
                    Err(e) if tries < TRIES && is_contention(&e) => {
                        tokio::time::sleep(Duration::from_millis(fastrand::u64(1..20 << tries)))
                            .await;
                    }
                    other => return other,
                }
            }
        });
        task.await.map_err(|_| StoreError::Closed)?
    }

    fn ahead(&self) -> i64 {
        self.clock.offset()
    }
}

async fn once<T, F>(pool: &PgPool, work: &F) -> Wrote<T>
where
    F: for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, Wrote<T>>,
{
    let mut transaction = pool.begin().await?;
    let result = work(&mut transaction).await?;
    transaction.commit().await?;
    Ok(result)
}

/// Serialisation failure, deadlock, or a key that somebody else has just taken in.
fn is_contention(error: &StoreError) -> bool {
    match error {
        StoreError::Database(sqlx::Error::Database(e)) => e
            .code()
            .is_some_and(|code| matches!(code.as_ref(), "40001" | "40P01" | "23505")),
        _ => false,
    }
}

fn newer(error: MigrateError) -> OpenError {
    let known = MIGRATIONS
        .iter()
        .map(|m| m.version)
        .max()
        .unwrap_or_default();
    match error {
        MigrateError::VersionMissing(found) if found > known => OpenError::Newer { found, known },
        other => OpenError::Migration(other),
    }
}

impl Store for PostgresStore {
    fn accept(&self, items: Vec<NewItem>) -> Answered<'_, usize> {
        async move {
            let mut new = 0;
            for item in &items {
                match queue::insert_one(&self.pool, self.ahead(), item).await {
                    Ok(inserted) => new += usize::from(inserted),
                    // Somebody else took it in at this very moment.
                    Err(e) if is_contention(&e) => {
                        new +=
                            usize::from(queue::insert_one(&self.pool, self.ahead(), item).await?);
                    }
                    Err(e) => return Err(e),
                }
            }
            if new > 0 {
                self.wake.both();
            }
            Ok(new)
        }
        .boxed()
    }

    fn advance(
        &self,
        key: &'static str,
        value: String,
        items: Vec<NewItem>,
    ) -> Answered<'_, usize> {
        let ahead = self.ahead();
        let (value, items) = (Arc::new(value), Arc::new(items));
        async move {
            let new = self
                .transact(move |c| {
                    let (value, items) = (value.clone(), items.clone());
                    async move {
                        queue::set_meta(c, key, &value).await?;
                        queue::insert(c, ahead, &items).await
                    }
                    .boxed()
                })
                .await?;
            self.wake.both();
            Ok(new)
        }
        .boxed()
    }

    fn meta(&self, key: &'static str) -> Answered<'_, Option<String>> {
        queue::meta(&self.pool, key).boxed()
    }

    fn claim(&self, hop: Hop, lanes: usize, lease: Duration) -> Answered<'_, Claimed> {
        queue::claim(&self.pool, self.ahead(), hop, lanes, lease).boxed()
    }

    fn begin(&self, lease: &Lease, item: ItemId) -> Answered<'_, bool> {
        let lease = lease.clone();
        async move { queue::begin(&self.pool, self.ahead(), &lease, item).await }.boxed()
    }

    fn extend(&self, lease: &Lease) -> Answered<'_, bool> {
        let lease = lease.clone();
        async move { queue::extend(&self.pool, self.ahead(), &lease).await }.boxed()
    }

    fn settle(&self, lease: &Lease, item: ItemId, settle: Settle) -> Answered<'_, bool> {
        let (ahead, lease) = (self.ahead(), Arc::new(lease.clone()));
        async move {
            let follows = !settle.follow.is_empty();
            let settle = Arc::new(settle);
            let ours = self
                .transact(move |c| {
                    let (lease, settle) = (lease.clone(), settle.clone());
                    async move { queue::settle(c, ahead, &lease, item, &settle).await }.boxed()
                })
                .await?;
            reach(Point::EndCommitted);
            if follows {
                self.wake.both();
            }
            Ok(ours)
        }
        .boxed()
    }

    fn react(
        &self,
        lease: &Lease,
        item: ItemId,
        event: Event,
        decide: Decide,
    ) -> Answered<'_, Reacted> {
        let ahead = self.ahead();
        let (lease, event) = (Arc::new(lease.clone()), Arc::new(event));
        async move {
            let reacted = self
                .transact(move |c| {
                    let (lease, event, decide) = (lease.clone(), event.clone(), decide.clone());
                    async move { react(c, ahead, &lease, item, &event, &decide).await }.boxed()
                })
                .await?;
            if matches!(reacted, Reacted::Done(1..)) {
                self.wake.both();
            }
            Ok(reacted)
        }
        .boxed()
    }

    fn release(&self, lease: &Lease) -> Answered<'_, ()> {
        let lease = lease.clone();
        async move {
            if queue::release(&self.pool, self.ahead(), &lease).await? {
                self.wake.of(lease.hop).notify_one();
            }
            Ok(())
        }
        .boxed()
    }

    fn chat(&self, id: ChatId) -> Answered<'_, Option<Chat>> {
        async move { records::chat(&mut *self.pool.acquire().await?, id).await }.boxed()
    }

    fn issue(&self, id: IssueId) -> Answered<'_, Option<Issue>> {
        async move { records::issue(&mut *self.pool.acquire().await?, id).await }.boxed()
    }

    fn is_written(&self, what: Written) -> Answered<'_, bool> {
        records::is_written(&self.pool, what).boxed()
    }

    fn is_linked(&self, contact: ContactId) -> Answered<'_, bool> {
        records::is_linked(&self.pool, contact).boxed()
    }

    fn resolve(&self, chat: ChatId) -> Answered<'_, ChatId> {
        async move { records::resolve(&mut *self.pool.acquire().await?, chat).await }.boxed()
    }

    fn migrate(&self, from: ChatId, to: ChatId) -> Answered<'_, ()> {
        self.transact(move |c| records::migrate(c, from, to).boxed())
            .boxed()
    }

    fn dead(&self, limit: u32) -> Answered<'_, Vec<DeadLetter>> {
        queue::dead(&self.pool, limit).boxed()
    }

    fn revive(&self, item: ItemId) -> Answered<'_, bool> {
        let ahead = self.ahead();
        async move {
            let found = self
                .transact(move |c| queue::revive(c, ahead, item).boxed())
                .await?;
            self.wake.both();
            Ok(found)
        }
        .boxed()
    }

    fn discard(&self, item: ItemId) -> Answered<'_, bool> {
        queue::discard(&self.pool, item).boxed()
    }

    fn pressure(&self) -> Answered<'_, Pressure> {
        queue::pressure(&self.pool, self.ahead()).boxed()
    }

    fn probe(&self) -> Answered<'_, ()> {
        async move {
            let mut connection = self.pool.acquire().await?;
            queue::set_meta(&mut connection, "probe", &self.clock.now().to_string()).await
        }
        .boxed()
    }

    fn tidy(&self, older: Duration) -> Answered<'_, ()> {
        let (ahead, age) = (self.ahead(), super::millis(older));
        self.transact(move |c| queue::tidy(c, ahead, age).boxed())
            .boxed()
    }

    fn lead(&self, what: &'static str, length: Duration) -> Answered<'_, bool> {
        async move {
            self.live().await?;
            queue::lead(&self.pool, self.ahead(), what, &self.name, length).await
        }
        .boxed()
    }

    fn work(&self, hop: Hop) -> &Notify {
        self.wake.of(hop)
    }

    fn clock(&self) -> &Clock {
        &self.clock
    }

    fn broken(&self) -> BoxFuture<'_, String> {
        // A server that fails comes back; nothing here can be damaged by it.
        std::future::pending().boxed()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        async move {
            // The lead goes to another replica at once, not after its time.
            let _ = sqlx::query("DELETE FROM lead WHERE holder = $1")
                .bind(&self.name)
                .execute(&self.pool)
                .await;
            if let Some(connection) = self.life.lock().await.take() {
                let _ = connection.close().await;
            }
            self.pool.close().await;
        }
        .boxed()
    }
}

async fn react(
    c: &mut PgConnection,
    ahead: i64,
    lease: &Lease,
    item: ItemId,
    event: &Event,
    decide: &Decide,
) -> Wrote<Reacted> {
    if !queue::end(c, ahead, lease, item).await? {
        return Ok(Reacted::Lost);
    }
    let scene = records::stage(c, ahead, &Needs::of(event)).await?;
    let changes = match super::stage::decide(&scene, item, event, decide)? {
        Ok(changes) => changes,
        Err(panic) => {
            // The item is given up instead of done: the lane has moved on either way.
            queue::bury(c, ahead, item, &panic).await?;
            return Ok(Reacted::Panicked(panic));
        }
    };
    records::save(c, &changes).await?;
    queue::insert(c, ahead, &changes.items).await?;
    reach(Point::ReactionWritten);
    Ok(Reacted::Done(changes.items.len()))
}
