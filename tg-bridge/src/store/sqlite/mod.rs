//! The embedded store: one SQLite file, one process, one writer.
//!
//! WAL with `synchronous=FULL`: what is acknowledged survives a power cut. That is affordable because all writes go
//! through one task that commits many of them at once (the writer). Reading has its own connections.

mod ask;
mod checkpoint;
mod copy;
mod group;
mod lanes;
mod open;
mod queue;
mod records;
mod script;
mod transaction;
mod writer;

pub(super) use copy::copy;

use super::clock::millis;
use super::{
    Answered, Claimed, Clock, DeadLetter, Decide, Hop, ItemId, Lease, NewItem, OpenError, Pressure,
    Reacted, Role, Settle, Store, StoreError, Verdict, Wake, Written,
};
use crate::failpoint::{Point, reach};
use crate::reaction::{Audit, Chat, Event, Issue, Needs};
use crate::telegram::ChatId;
use ask::What;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use okdesk_sdk::model::{CompanyId, ContactId, IssueId};
use queue::Done;
use sqlx::SqlitePool;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use writer::Writer;

/// How many items of each lane a claim brings.
const BATCH: usize = 10;

/// A [`Store`] in an SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    writer: Writer,
    readers: SqlitePool,
    clock: Clock,
    wake: Arc<Wake>,
    /// Locked as long as the store lives: one file, one bridge.
    _lock: Option<File>,
}

impl SqliteStore {
    /// Opens the file. The bridge makes it where there is none and brings its schema up to date.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(path: &Path, clock: Clock, role: Role) -> Result<Self, OpenError> {
        let opened = open::open(path, &clock, role).await?;
        Ok(Self {
            writer: Writer::start(opened.connection, opened.copying, clock.clone()).await?,
            readers: opened.readers,
            clock,
            wake: Arc::default(),
            _lock: opened.lock,
        })
    }
}

impl Store for SqliteStore {
    fn accept(&self, items: Vec<NewItem>) -> Answered<'_, usize> {
        let now = self.clock.now();
        async move {
            let new = self.writer.accept(now, items).await?;
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
        let now = self.clock.now();
        async move {
            let new = self
                .writer
                .run(move |t| {
                    async move {
                        queue::set_meta(&mut t.c, key, &value).await?;
                        let items: Vec<_> = items.iter().collect();
                        let new = queue::insert(t, now, &items).await?;
                        Ok(new.into_iter().filter(|new| *new).count())
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
        queue::meta(&self.readers, key).boxed()
    }

    fn claim(&self, hop: Hop, lanes: usize, lease: Duration) -> Answered<'_, Claimed> {
        async move {
            let claim = || self.writer.lanes().claim(hop, lanes, lease, BATCH);
            let mut taken = claim();
            if taken.is_empty() {
                // Somebody who repairs may have put an item back.
                self.writer.look().await?;
                taken = claim();
            }
            let next_at = match taken.len() < lanes {
                true => self.writer.lanes().next_at(hop),
                false => None,
            };
            let leases: Vec<_> = taken.iter().map(|taken| taken.lease.clone()).collect();
            match queue::read(&self.readers, taken).await {
                Ok(batches) => Ok(Claimed { batches, next_at }),
                Err(e) => {
                    for lease in leases {
                        self.writer.lanes().release(&lease);
                    }
                    Err(e)
                }
            }
        }
        .boxed()
    }

    fn begin(&self, lease: &Lease, item: ItemId) -> Answered<'_, bool> {
        let (now, lease) = (self.clock.now(), lease.clone());
        self.writer.mark(now, lease, What::Begun(item)).boxed()
    }

    fn extend(&self, lease: &Lease) -> Answered<'_, bool> {
        let ours = self.writer.lanes().hold(lease);
        async move { Ok(ours) }.boxed()
    }

    fn settle(&self, lease: &Lease, item: ItemId, settle: Settle) -> Answered<'_, bool> {
        let (now, hop, lease) = (self.clock.now(), lease.hop, lease.clone());
        async move {
            let (follows, releases) = (!settle.follow.is_empty(), settle.release);
            let is_plain = settle.verdict == Verdict::Done && !follows && settle.wrote.is_none();
            let ours = if is_plain {
                let done = What::Done(Done {
                    item,
                    sent: settle.sent,
                    next: settle.next,
                    release: settle.release,
                });
                self.writer.mark(now, lease, done).await?
            } else {
                self.writer
                    .run(move |t| queue::settle(t, now, lease, item, settle).boxed())
                    .await?
            };
            reach(Point::EndCommitted);
            if follows {
                self.wake.both();
            }
            if releases {
                self.wake.of(hop).notify_one();
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
        let (now, lease) = (self.clock.now(), lease.clone());
        async move {
            let reacted = self
                .writer
                .run(move |t| {
                    async move {
                        let scene = records::stage(&mut t.c, now, &Needs::of(&event)).await?;
                        let decided = super::stage::decide(&scene, item, &event, &decide)?;
                        let panic = decided.as_ref().err().map(String::as_str);
                        if !queue::end(t, now, &lease, item, panic).await? {
                            return Ok(Reacted::Lost);
                        }
                        let changes = match decided {
                            Ok(changes) => changes,
                            Err(panic) => return Ok(Reacted::Panicked(panic)),
                        };
                        records::save(&mut t.c, &changes).await?;
                        if let Some(forgotten) = changes.forgotten {
                            records::forget(&mut t.c, forgotten).await?;
                        }
                        let effects: Vec<_> = changes.items.iter().collect();
                        queue::insert(t, now, &effects).await?;
                        reach(Point::ReactionWritten);
                        Ok(Reacted::Done(effects.len()))
                    }
                    .boxed()
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
        if self.writer.lanes().release(lease) {
            self.wake.of(lease.hop).notify_one();
        }
        async { Ok(()) }.boxed()
    }

    fn chat(&self, id: ChatId) -> Answered<'_, Option<Chat>> {
        async move { records::chat(&mut *self.readers.acquire().await?, id).await }.boxed()
    }

    fn issue(&self, id: IssueId) -> Answered<'_, Option<Issue>> {
        async move { records::issue(&mut *self.readers.acquire().await?, id).await }.boxed()
    }

    fn issues(&self, after: Option<IssueId>, limit: u32) -> Answered<'_, Vec<Issue>> {
        async move { records::issues(&mut *self.readers.acquire().await?, after, limit).await }
            .boxed()
    }

    fn is_written(&self, what: Written) -> Answered<'_, bool> {
        async move { records::is_written(&mut *self.readers.acquire().await?, what).await }.boxed()
    }

    fn is_linked(&self, contact: ContactId) -> Answered<'_, bool> {
        async move { records::is_linked(&mut *self.readers.acquire().await?, contact).await }
            .boxed()
    }

    fn is_bound(&self, issue: IssueId, company: Option<CompanyId>) -> Answered<'_, bool> {
        async move {
            let keys = super::bound_keys(issue, company);
            let found = records::bound(&mut *self.readers.acquire().await?, &keys).await?;
            Ok(!found.is_empty())
        }
        .boxed()
    }

    fn resolve(&self, chat: ChatId) -> Answered<'_, ChatId> {
        async move { records::resolve(&mut *self.readers.acquire().await?, chat).await }.boxed()
    }

    fn migrate(&self, from: ChatId, to: ChatId) -> Answered<'_, ()> {
        self.writer
            .run(move |t| records::migrate(&mut t.c, from, to).boxed())
            .boxed()
    }

    fn audit(&self, limit: u32) -> Answered<'_, Vec<Audit>> {
        async move { records::audit(&mut *self.readers.acquire().await?, limit).await }.boxed()
    }

    fn dead(&self, limit: u32) -> Answered<'_, Vec<DeadLetter>> {
        async move { queue::dead(&mut *self.readers.acquire().await?, limit).await }.boxed()
    }

    fn revive(&self, item: ItemId) -> Answered<'_, bool> {
        let now = self.clock.now();
        async move {
            let found = self
                .writer
                .run(move |t| queue::revive(t, now, item).boxed())
                .await?;
            self.wake.both();
            Ok(found)
        }
        .boxed()
    }

    fn discard(&self, item: ItemId) -> Answered<'_, bool> {
        self.writer
            .run(move |t| queue::discard(&mut t.c, item).boxed())
            .boxed()
    }

    fn pressure(&self) -> Answered<'_, Pressure> {
        async move {
            self.writer.look().await?;
            let dead = queue::given_up(&self.readers).await?;
            let waiting = self.writer.lanes().pressure();
            Ok(Pressure { dead, ..waiting })
        }
        .boxed()
    }

    fn probe(&self) -> Answered<'_, ()> {
        let now = self.clock.now();
        self.writer
            .run(move |t| {
                async move { queue::set_meta(&mut t.c, "probe", &now.to_string()).await }.boxed()
            })
            .boxed()
    }

    fn tidy(&self, older: Duration) -> Answered<'_, ()> {
        let now = self.clock.now();
        let before = now - millis(older);
        self.writer
            .run(move |t| {
                async move {
                    queue::tidy(&mut t.c, before).await?;
                    records::tidy(&mut t.c, now).await
                }
                .boxed()
            })
            .boxed()
    }

    fn lead(&self, _: &'static str) -> Answered<'_, bool> {
        // One file, one bridge.
        async { Ok(true) }.boxed()
    }

    fn replicas(&self) -> Answered<'_, usize> {
        async { Ok(1) }.boxed()
    }

    fn work(&self, hop: Hop) -> &Notify {
        self.wake.of(hop)
    }

    fn clock(&self) -> &Clock {
        &self.clock
    }

    fn broken(&self) -> BoxFuture<'_, String> {
        self.writer.broken().boxed()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        async move {
            // Who only reads cannot tidy the log away, so these do not go last.
            self.readers.close().await;
            self.writer.close().await;
        }
        .boxed()
    }
}

/// A shorthand of this module: what one write answers inside the writer.
type Wrote<T> = Result<T, StoreError>;
