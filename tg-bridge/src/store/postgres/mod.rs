//! The store for several replicas: one PostgreSQL, lanes claimed with `SKIP LOCKED`, leases by the database's clock.
//!
//! Taking events in is one statement for all who ask at a time, and so is what the holders of lanes do with them. Everything that takes several
//! statements runs as a task of its own, because a transaction whose future is dropped half-way would be left open on its connection – one that gets no
//! answer any more is given up with its connection –, and is repeated when the database says that two of them got into each
//! other's way.

mod lead;
mod lines;
mod others;
mod queue;
mod records;
mod schema;

use super::{
    Answered, Claimed, Clock, DeadLetter, Decide, Hop, ItemId, Lease, NewItem, OpenError, Pressure,
    Reacted, Role, Settle, Store, StoreError, Wake, Written,
};
use crate::failpoint::{Point, Sabotage, is_broken, reach};
use crate::reaction::{Audit, Chat, Event, Issue, Needs};
use crate::telegram::ChatId;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join};
use okdesk_sdk::model::{CompanyId, ContactId, IssueId};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, PgPool};
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

use lead::Leads;
use lines::Lines;
use others::Others;
use queue::Act;

/// How often a transaction is repeated that others were in the way of.
const TRIES: u32 = 8;
/// How long an answer is waited for. A replica that is frozen inside a transaction is in the way for less; only a server
/// that is gone without a word, or a network that swallows everything, takes longer – for a quarter of an hour, if nobody
/// looked at the clock. What is given up may still be done: every write is made so that doing it again does no harm.
const PATIENCE: Duration = Duration::from_secs(20);
/// A connection that is silent for so long after its use is not used again.
const PULSE: Duration = Duration::from_secs(5);
/// One that was silent meanwhile is not waited for so long when it is needed: after a break all of them may be.
const GREETING: Duration = Duration::from_secs(1);
/// One that answered so short a time ago is not asked again.
const FRESH: Duration = Duration::from_secs(1);

/// A [`Store`] in a PostgreSQL database.
#[derive(Debug)]
pub struct PostgresStore {
    pool: PgPool,
    arrivals: Lines<Vec<NewItem>, usize>,
    acts: Lines<Act, Option<i64>>,
    clock: Clock,
    wake: Arc<Wake>,
    others: Others,
    leads: Leads,
}

/// What one write answers.
type Wrote<T> = Result<T, StoreError>;

impl PostgresStore {
    /// Connects and, as the bridge, brings the schema up to date.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(url: &str, clock: Clock, role: Role) -> Result<Self, OpenError> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|e| OpenError::Server(e.to_string()))?
            .options([
                // A replica that is frozen inside a transaction must not hold its rows for longer than its lanes.
                ("idle_in_transaction_session_timeout", "15s"),
                // One whose machine is gone says no farewell; the server must notice before somebody misses what it led.
                ("tcp_keepalives_idle", "10"),
                ("tcp_keepalives_interval", "5"),
                ("tcp_keepalives_count", "3"),
                // The same where something is on its way to it.
                ("tcp_user_timeout", "25000"),
                // The statements are few and find their rows by keys; planning one anew takes longer than carrying it out.
                ("plan_cache_mode", "force_generic_plan"),
                // The queue's tables change faster than their statistics, by which every lane would be looked at to find one,
                // and what a bitmap has found dead is found again by the next.
                ("enable_bitmapscan", "off"),
                ("enable_seqscan", "off"),
                ("enable_hashjoin", "off"),
                ("enable_mergejoin", "off"),
            ]);
        let pool = PgPoolOptions::new()
            .max_connections(12)
            .acquire_timeout(Duration::from_secs(10))
            // sqlx asks a connection whether it lives whenever it comes and goes, and waits for the answer for ever.
            .after_release(|connection, _| lives(connection, PULSE).boxed())
            .test_before_acquire(false)
            .before_acquire(|connection, known| {
                async move { Ok(known.idle_for < FRESH || lives(connection, GREETING).await?) }
                    .boxed()
            })
            .connect_with(options.clone())
            .await;
        let pool = match pool {
            Ok(pool) => pool,
            Err(waited) => return Err(OpenError::Server(refusal(&options, waited).await)),
        };
        if role == Role::Bridge {
            schema::bring_up_to_date(&pool, &clock).await?;
            reach(Point::Migrated);
        } else {
            schema::check(&pool).await?;
        }
        let wake = Arc::new(Wake::default());
        let others = Others::start(&pool, wake.clone(), role).await?;
        Ok(Self {
            leads: Leads::new(&pool),
            arrivals: Lines::start(&pool, &clock, take_in),
            acts: Lines::start(&pool, &clock, act),
            pool,
            clock,
            wake,
            others,
        })
    }

    /// There is work: for the workers of this process, and for those of the others.
    fn tell(&self) {
        self.wake.both();
        self.others.tell();
    }

    /// Runs a transaction to its end, whoever waits for it, and again if others were in its way.
    async fn transact<T, F>(&self, work: F) -> Wrote<T>
    where
        T: Send + 'static,
        F: for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, Wrote<T>> + Send + Sync + 'static,
    {
        let pool = self.pool.clone();
        let task = async move {
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
        };
        if is_broken(Sabotage::BeginInHandler) {
            return task.await;
        }
        tokio::spawn(task).await.map_err(|_| StoreError::Closed)?
    }

    fn ahead(&self) -> i64 {
        self.clock.offset()
    }
}

/// Whether a connection answers.
async fn lives(connection: &mut PgConnection, within: Duration) -> Result<bool, sqlx::Error> {
    let answered = tokio::time::timeout(within, connection.ping()).await;
    Ok(matches!(answered, Ok(Ok(()))))
}

/// Why there is no connection: a pool only says that it has waited.
async fn refusal(options: &PgConnectOptions, waited: sqlx::Error) -> String {
    let once = options.connect();
    match tokio::time::timeout(Duration::from_secs(2), once).await {
        Ok(Err(reason)) => reason.to_string(),
        Ok(Ok(_)) | Err(_) => waited.to_string(),
    }
}

async fn once<T, F>(pool: &PgPool, work: &F) -> Wrote<T>
where
    F: for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, Wrote<T>>,
{
    let mut connection = pool.acquire().await?;
    let done = tokio::time::timeout(PATIENCE, async {
        let mut transaction = connection.begin().await?;
        let result = work(&mut transaction).await?;
        transaction.commit().await?;
        Ok::<_, StoreError>(result)
    })
    .await;
    done.unwrap_or_else(|_| {
        connection.close_on_drop();
        Err(StoreError::Silent)
    })
}

/// Waits for an answer of the database, but not for ever.
fn patiently<'a, T>(work: impl Future<Output = Wrote<T>> + Send + 'a) -> Answered<'a, T> {
    async move {
        let answered = tokio::time::timeout(PATIENCE, work).await;
        answered.unwrap_or(Err(StoreError::Silent))
    }
    .boxed()
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

impl Store for PostgresStore {
    fn accept(&self, items: Vec<NewItem>) -> Answered<'_, usize> {
        patiently(async move {
            let new = self.arrivals.ask(items).await?;
            // Even if none was new: what was asked a second time may have come in by the first, of which nobody heard.
            self.tell();
            Ok(new)
        })
    }

    fn advance(
        &self,
        key: &'static str,
        value: String,
        items: Vec<NewItem>,
    ) -> Answered<'_, usize> {
        let ahead = self.ahead();
        let (value, items) = (Arc::new(value), Arc::new(items));
        patiently(async move {
            let new = self
                .transact(move |c| {
                    let (value, items) = (value.clone(), items.clone());
                    async move {
                        queue::set_meta(c, key, &value).await?;
                        let items: Vec<_> = items.iter().collect();
                        let new = queue::insert(&mut *c, ahead, &items).await?;
                        Ok(new.into_iter().filter(|new| *new).count())
                    }
                    .boxed()
                })
                .await?;
            self.tell();
            Ok(new)
        })
    }

    fn meta(&self, key: &'static str) -> Answered<'_, Option<String>> {
        patiently(queue::meta(&self.pool, key))
    }

    fn claim(&self, hop: Hop, lanes: usize, lease: Duration) -> Answered<'_, Claimed> {
        patiently(queue::claim(&self.pool, self.ahead(), hop, lanes, lease))
    }

    fn begin(&self, lease: &Lease, item: ItemId) -> Answered<'_, bool> {
        let begin = Act::begin(lease, item);
        patiently(async move { Ok(self.acts.ask(begin).await?.is_some()) })
    }

    fn extend(&self, lease: &Lease) -> Answered<'_, bool> {
        let lease = lease.clone();
        patiently(async move { queue::extend(&self.pool, self.ahead(), &lease).await })
    }

    fn settle(&self, lease: &Lease, item: ItemId, settle: Settle) -> Answered<'_, bool> {
        let (ahead, lease) = (self.ahead(), Arc::new(lease.clone()));
        let now = self.clock.now();
        patiently(async move {
            if settle.follow.is_empty() && settle.wrote.is_none() {
                // One statement needs no transaction around it.
                let ours = match Act::settle(&lease, item, &settle) {
                    Some(act) => {
                        let waiting = self.acts.ask(act).await?;
                        if settle.release && waiting.is_some_and(|waiting| waiting > 0) {
                            self.wake.of(lease.hop).notify_one();
                        }
                        waiting.is_some()
                    }
                    None => queue::postpone(&self.pool, &lease, item, &settle.verdict).await?,
                };
                reach(Point::EndCommitted);
                return Ok(ours);
            }
            let settle = Arc::new(settle);
            let ours = self
                .transact(move |c| {
                    let (lease, settle) = (lease.clone(), settle.clone());
                    async move {
                        let ours = self::settle(c, ahead, &lease, item, &settle).await?;
                        if ours {
                            if let Some(wrote) = settle.wrote {
                                records::remember_write(c, now, wrote).await?;
                            }
                            let follow: Vec<_> = settle.follow.iter().collect();
                            queue::insert(&mut *c, ahead, &follow).await?;
                        }
                        reach(Point::EndWritten);
                        Ok(ours)
                    }
                    .boxed()
                })
                .await?;
            reach(Point::EndCommitted);
            self.tell();
            Ok(ours)
        })
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
        patiently(async move {
            let reacted = self
                .transact(move |c| {
                    let (lease, event, decide) = (lease.clone(), event.clone(), decide.clone());
                    async move { react(c, ahead, &lease, item, &event, &decide).await }.boxed()
                })
                .await?;
            if matches!(reacted, Reacted::Done(1..)) {
                self.tell();
            }
            Ok(reacted)
        })
    }

    fn release(&self, lease: &Lease) -> Answered<'_, ()> {
        let (release, hop) = (Act::release(lease), lease.hop);
        patiently(async move {
            if self
                .acts
                .ask(release)
                .await?
                .is_some_and(|waiting| waiting > 0)
            {
                self.wake.of(hop).notify_one();
            }
            Ok(())
        })
    }

    fn chat(&self, id: ChatId) -> Answered<'_, Option<Chat>> {
        patiently(async move { records::chat(&mut *self.pool.acquire().await?, id).await })
    }

    fn issue(&self, id: IssueId) -> Answered<'_, Option<Issue>> {
        patiently(async move { records::issue(&mut *self.pool.acquire().await?, id).await })
    }

    fn issues(&self, after: Option<IssueId>, limit: u32) -> Answered<'_, Vec<Issue>> {
        patiently(
            async move { records::issues(&mut *self.pool.acquire().await?, after, limit).await },
        )
    }

    fn is_written(&self, what: Written) -> Answered<'_, bool> {
        patiently(async move { records::is_written(&mut *self.pool.acquire().await?, what).await })
    }

    fn is_linked(&self, contact: ContactId) -> Answered<'_, bool> {
        patiently(
            async move { records::is_linked(&mut *self.pool.acquire().await?, contact).await },
        )
    }

    fn is_bound(&self, issue: IssueId, company: Option<CompanyId>) -> Answered<'_, bool> {
        let keys = super::bound_keys(issue, company);
        patiently(async move {
            let found = records::bound(&mut *self.pool.acquire().await?, &keys).await?;
            Ok(!found.is_empty())
        })
    }

    fn resolve(&self, chat: ChatId) -> Answered<'_, ChatId> {
        patiently(async move { records::resolve(&mut *self.pool.acquire().await?, chat).await })
    }

    fn migrate(&self, from: ChatId, to: ChatId) -> Answered<'_, ()> {
        patiently(self.transact(move |c| records::migrate(c, from, to).boxed()))
    }

    fn audit(&self, limit: u32) -> Answered<'_, Vec<Audit>> {
        patiently(async move { records::audit(&mut *self.pool.acquire().await?, limit).await })
    }

    fn dead(&self, limit: u32) -> Answered<'_, Vec<DeadLetter>> {
        patiently(async move { queue::dead(&mut *self.pool.acquire().await?, limit).await })
    }

    fn revive(&self, item: ItemId) -> Answered<'_, bool> {
        let ahead = self.ahead();
        patiently(async move {
            let found = self
                .transact(move |c| queue::revive(c, ahead, item).boxed())
                .await?;
            self.tell();
            Ok(found)
        })
    }

    fn discard(&self, item: ItemId) -> Answered<'_, bool> {
        patiently(queue::discard(&self.pool, item))
    }

    fn pressure(&self) -> Answered<'_, Pressure> {
        patiently(queue::pressure(&self.pool, self.ahead()))
    }

    fn probe(&self) -> Answered<'_, ()> {
        patiently(async move {
            let mut connection = self.pool.acquire().await?;
            queue::set_meta(&mut connection, "probe", &self.clock.now().to_string()).await
        })
    }

    fn tidy(&self, older: Duration) -> Answered<'_, ()> {
        let (ahead, age) = (self.ahead(), super::millis(older));
        patiently(self.transact(move |c| {
            async move {
                queue::tidy(c, ahead, age).await?;
                let now = sqlx::query_scalar("SELECT bridge_now($1)")
                    .bind(ahead)
                    .fetch_one(&mut *c)
                    .await?;
                records::tidy(c, now).await
            }
            .boxed()
        }))
    }

    fn lead(&self, what: &'static str) -> Answered<'_, bool> {
        self.leads.take(what).boxed()
    }

    fn replicas(&self) -> Answered<'_, usize> {
        self.leads.replicas().boxed()
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
            self.others.stop().await;
            // A connection that will never answer is not waited for.
            let stopped = join(self.arrivals.stop(), self.acts.stop());
            let _ = tokio::time::timeout(PULSE, stopped).await;
            self.leads.give_up().await;
            let _ = tokio::time::timeout(PULSE, self.pool.close()).await;
        }
        .boxed()
    }
}

/// Takes in what several have brought. How many items were new, for each of them.
fn take_in<'a>(
    c: &'a mut PgConnection,
    ahead: i64,
    brought: &'a [&'a Vec<NewItem>],
) -> Answered<'a, Vec<usize>> {
    async move {
        let items: Vec<_> = brought.iter().flat_map(|items| items.iter()).collect();
        let mut new = queue::insert(c, ahead, &items).await?.into_iter();
        let count =
            |items: &&Vec<NewItem>| new.by_ref().take(items.len()).filter(|new| *new).count();
        Ok(brought.iter().map(count).collect())
    }
    .boxed()
}

/// Does what the holders of lanes ask for. For each how much still waits in its lane; `None`: it is not his any more.
fn act<'a>(
    c: &'a mut PgConnection,
    ahead: i64,
    acts: &'a [&'a Act],
) -> Answered<'a, Vec<Option<i64>>> {
    queue::act(c, ahead, acts).boxed()
}

/// How an item ends or waits, without what follows from it.
async fn settle(
    c: &mut PgConnection,
    ahead: i64,
    lease: &Lease,
    item: ItemId,
    settle: &Settle,
) -> Wrote<bool> {
    match Act::settle(lease, item, settle) {
        Some(act) => is_ours(c, ahead, &act).await,
        None => queue::postpone(c, lease, item, &settle.verdict).await,
    }
}

async fn is_ours(c: &mut PgConnection, ahead: i64, act: &Act) -> Wrote<bool> {
    let done = queue::act(c, ahead, &[act]).await?;
    Ok(done.iter().all(Option::is_some))
}

async fn react(
    c: &mut PgConnection,
    ahead: i64,
    lease: &Lease,
    item: ItemId,
    event: &Event,
    decide: &Decide,
) -> Wrote<Reacted> {
    let scene = records::stage(c, ahead, &Needs::of(event)).await?;
    let decided = super::stage::decide(&scene, item, event, decide)?;
    let end = Act::end(lease, item, decided.as_ref().err().cloned());
    if !is_ours(c, ahead, &end).await? {
        return Ok(Reacted::Lost);
    }
    let changes = match decided {
        Ok(changes) => changes,
        Err(panic) => return Ok(Reacted::Panicked(panic)),
    };
    records::save(c, &changes).await?;
    if let Some(forgotten) = changes.forgotten {
        records::forget(c, forgotten).await?;
    }
    let effects: Vec<_> = changes.items.iter().collect();
    queue::insert(&mut *c, ahead, &effects).await?;
    reach(Point::ReactionWritten);
    Ok(Reacted::Done(effects.len()))
}
