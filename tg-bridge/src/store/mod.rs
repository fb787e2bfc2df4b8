//! What must not be lost: the queue with its two hops and the records. The only place with SQL.
//!
//! Everything that happens enters the `in` hop under a unique key before it is acknowledged; the reaction turns it, in
//! one transaction, into changed records and items of the `out` hop; delivery carries those out. Items stand in lanes
//! – one per chat, one per issue – and a lane is worked by one holder at a time, in order, whatever fails or crashes.

mod backup;
mod clock;
mod error;
mod queue;
mod records;
mod stage;
mod wake;

pub mod postgres;
pub mod sqlite;

pub use backup::{BackupError, backup};
pub use clock::Clock;
pub(crate) use clock::millis;
pub use error::{OpenError, StoreError};
pub(crate) use queue::back_off;
pub use queue::{
    Batch, Claimed, DeadLetter, Hop, Item, ItemId, Lease, NewItem, Pressure, Reacted, Sent, Settle,
    Verdict, Written, kind,
};
pub use stage::Decide;
pub(crate) use stage::words;
use wake::Wake;

use crate::reaction::{Audience, Audit, Chat, Event, Issue};
use crate::telegram::ChatId;
use futures_util::future::BoxFuture;
use okdesk_sdk::model::{CompanyId, ContactId, IssueId};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Who opens a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A bridge that works the queue.
    Bridge,
    /// Somebody who looks or repairs while a bridge may be running.
    Guest,
}

/// What a store answers, once it is known to be durable.
pub type Answered<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// A durable queue and the records beside it. Every method that writes has committed when it answers, and does its work
/// to the end even when the caller stops waiting.
pub trait Store: Send + Sync + 'static {
    /// Takes items in; those whose key is known already are left alone. How many were new. Does not wait behind a full
    /// queue of writes: that is [`StoreError::Busy`].
    fn accept(&self, items: Vec<NewItem>) -> Answered<'_, usize>;

    /// Takes items in and notes how far their source has been read, both or neither.
    fn advance(&self, key: &'static str, value: String, items: Vec<NewItem>)
    -> Answered<'_, usize>;

    /// A noted fact.
    fn meta(&self, key: &'static str) -> Answered<'_, Option<String>>;

    /// Leases up to `lanes` lanes that are due, each with its first open items.
    fn claim(&self, hop: Hop, lanes: usize, lease: Duration) -> Answered<'_, Claimed>;

    /// Notes that an item is about to be carried out. `false`: the lease is lost.
    fn begin(&self, lease: &Lease, item: ItemId) -> Answered<'_, bool>;

    /// Holds a lane for another length of its lease. `false`: the lease is lost.
    fn extend(&self, lease: &Lease) -> Answered<'_, bool>;

    /// Ends one item of a leased lane, with what follows from it. `false`: the lease is lost and nothing was written.
    fn settle(&self, lease: &Lease, item: ItemId, settle: Settle) -> Answered<'_, bool>;

    /// Loads the records an event needs, decides, saves what changed, queues the effects and ends the item: one
    /// transaction.
    fn react(
        &self,
        lease: &Lease,
        item: ItemId,
        event: Event,
        decide: Decide,
    ) -> Answered<'_, Reacted>;

    /// Gives a lane back before its lease ends.
    fn release(&self, lease: &Lease) -> Answered<'_, ()>;

    /// A chat's record.
    fn chat(&self, id: ChatId) -> Answered<'_, Option<Chat>>;

    /// An issue's record.
    fn issue(&self, id: IssueId) -> Answered<'_, Option<Issue>>;

    /// Issues in the order of their numbers, from behind `after`; an empty page is the end.
    fn issues(&self, after: Option<IssueId>, limit: u32) -> Answered<'_, Vec<Issue>>;

    /// Whether the bridge knows that it wrote this.
    fn is_written(&self, what: Written) -> Answered<'_, bool>;

    /// Whether any chat is linked to the contact.
    fn is_linked(&self, contact: ContactId) -> Answered<'_, bool>;

    /// Whether any group hears of the issue, or of its company's issues.
    fn is_bound(&self, issue: IssueId, company: Option<CompanyId>) -> Answered<'_, bool>;

    /// Where a chat is now: a group that became a supergroup has another id.
    fn resolve(&self, chat: ChatId) -> Answered<'_, ChatId>;

    /// A group became a supergroup: everything known of it follows.
    fn migrate(&self, from: ChatId, to: ChatId) -> Answered<'_, ()>;

    /// What people with a role did, newest first.
    fn audit(&self, limit: u32) -> Answered<'_, Vec<Audit>>;

    /// Items that were given up, newest first.
    fn dead(&self, limit: u32) -> Answered<'_, Vec<DeadLetter>>;

    /// Puts a given-up item back into its lane. `false`: there is no such item.
    fn revive(&self, item: ItemId) -> Answered<'_, bool>;

    /// Forgets a given-up item. `false`: there is no such item.
    fn discard(&self, item: ItemId) -> Answered<'_, bool>;

    /// How much waits, and for how long.
    fn pressure(&self) -> Answered<'_, Pressure>;

    /// Writes something, to see that it can.
    fn probe(&self) -> Answered<'_, ()>;

    /// Empties what ended, removes what ended longer ago than this and nobody will ask for again, and what is kept of
    /// people who have not agreed to it.
    fn tidy(&self, older: Duration) -> Answered<'_, ()>;

    /// Takes the lead in something that one bridge at a time may do, or makes sure that it is still ours. It falls to
    /// another when this one closes or dies.
    fn lead(&self, what: &'static str) -> Answered<'_, bool>;

    /// How many bridges work this store now, this one among them.
    fn replicas(&self) -> Answered<'_, usize>;

    /// Told whenever this process adds work to the hop.
    fn work(&self, hop: Hop) -> &Notify;

    /// The clock that leases and due times are measured by.
    fn clock(&self) -> &Clock;

    /// Waits until the store can no longer be trusted, and says why. The process must end then.
    fn broken(&self) -> BoxFuture<'_, String>;

    /// Writes what is under way, then closes. Later calls fail.
    fn close(&self) -> BoxFuture<'_, ()>;
}

/// Opens the store an address names, as the one bridge that works it.
///
/// # Errors
/// When the place, the schema or the settings are not right, or another bridge has it.
pub async fn open(url: &str, clock: Clock) -> Result<Arc<dyn Store>, OpenError> {
    open_as(url, clock, Role::Bridge).await
}

/// Opens the store an address names, beside a bridge that may be working it: for looking and for repairs.
///
/// # Errors
/// When it is not there, or not of this program's schema.
pub async fn open_beside(url: &str, clock: Clock) -> Result<Arc<dyn Store>, OpenError> {
    open_as(url, clock, Role::Guest).await
}

async fn open_as(url: &str, clock: Clock, role: Role) -> Result<Arc<dyn Store>, OpenError> {
    match Place::of(url)? {
        Place::File(path) => Ok(Arc::new(
            sqlite::SqliteStore::open(path, clock, role).await?,
        )),
        Place::Server => Ok(Arc::new(
            postgres::PostgresStore::open(url, clock, role).await?,
        )),
    }
}

/// What an address names.
enum Place<'a> {
    File(&'a Path),
    Server,
}

impl<'a> Place<'a> {
    fn of(url: &'a str) -> Result<Self, OpenError> {
        match url.split_once(':') {
            Some(("sqlite", path)) => {
                Ok(Self::File(path.strip_prefix("//").unwrap_or(path).as_ref()))
            }
            Some(("postgres" | "postgresql", _)) => Ok(Self::Server),
            _ => Err(OpenError::Address(
                url.split(':').next().unwrap_or_default().to_owned(),
            )),
        }
    }
}

fn bound_keys(issue: IssueId, company: Option<CompanyId>) -> Vec<String> {
    let audience = Audience {
        issue: Some(issue),
        company,
        ..Audience::default()
    };
    audience.bound(None)
}

/// The file an address names, where it names one.
pub(crate) fn file(url: &str) -> Option<&Path> {
    match Place::of(url) {
        Ok(Place::File(path)) => Some(path),
        _ => None,
    }
}

/// Whether several bridges may work this store together.
pub(crate) fn is_shared(url: &str) -> bool {
    matches!(Place::of(url), Ok(Place::Server))
}
