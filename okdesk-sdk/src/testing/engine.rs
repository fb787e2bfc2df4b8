//! What all faces of the simulator share: the account under its lock, and what goes with it.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use url::Url;

use super::api::Links;
use super::clock::Clock;
use super::dialect::Switch;
use super::faults::Faults;
use super::recorder::Recorder;
use super::seed::Seed;
use super::state::Account;
use super::traffic::Replay;
use super::webhooks::{Emitter, render};

/// How long the address of a file lives.
const ADDRESS_LIFE: SignedDuration = SignedDuration::from_secs(30);

pub(crate) struct Engine {
    account: Mutex<Account>,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) recorder: Recorder,
    pub(crate) replay: Replay,
    pub(crate) emitter: Emitter,
    /// The account's own host, with a slash at the end.
    pub(crate) base: Url,
    /// The host of the files, with a slash at the end.
    pub(crate) files: Url,
    /// What the account begins with, again after a reset.
    pub(crate) seed: Seed,
    secret: RandomState,
    /// Counts what happened.
    pub(crate) changes: watch::Sender<u64>,
}

impl Engine {
    pub(crate) fn new(
        account: Account,
        seed: Seed,
        emitter: Emitter,
        base: Url,
        files: Url,
    ) -> Self {
        Self {
            account: Mutex::new(account),
            clock: Clock::default(),
            faults: Faults::default(),
            recorder: Recorder::default(),
            replay: Replay::default(),
            emitter,
            base,
            files,
            seed,
            secret: RandomState::new(),
            changes: watch::Sender::new(0),
        }
    }

    /// Reads or changes the account; whatever happens meanwhile is told to the webhooks.
    pub(crate) fn act<T>(&self, work: impl FnOnce(&mut Account) -> T) -> T {
        let mut account = self.account.lock().unwrap_or_else(PoisonError::into_inner);
        account.now = self.clock.now();
        let result = work(&mut account);
        let happenings = std::mem::take(&mut account.happenings);
        self.emitter
            .send_credentials(account.speaks(Switch::WebhookBasicAuth));
        for happening in &happenings {
            if let Some((event, body)) = render(&account, happening) {
                self.emitter.emit(event, body.to_bytes().into());
            }
        }
        drop(account);
        if !happenings.is_empty() {
            self.changes.send_modify(|count| *count += 1);
        }
        result
    }

    /// Changes the account without a word to the webhooks: things that were so before.
    pub(crate) fn arrange<T>(&self, work: impl FnOnce(&mut Account) -> T) -> T {
        let mut account = self.account.lock().unwrap_or_else(PoisonError::into_inner);
        account.now = self.clock.now();
        let result = work(&mut account);
        account.happenings.clear();
        result
    }

    /// Is this the signature of an address that is still alive?
    pub(crate) fn is_good_address(&self, id: u64, expires: i64, signature: &str) -> bool {
        self.sign(id, expires) == signature && self.clock.now().as_millisecond() <= expires
    }

    fn sign(&self, id: u64, expires: i64) -> String {
        format!("{:016x}", self.secret.hash_one((id, expires)))
    }

    pub(crate) fn expiry(&self, now: Timestamp) -> i64 {
        now.saturating_add(ADDRESS_LIFE)
            .unwrap_or(Timestamp::MAX)
            .as_millisecond()
    }
}

impl Links for Engine {
    fn file(&self, account: &Account, attachment_id: u64) -> String {
        let expires = self.expiry(account.now);
        let signature = self.sign(attachment_id, expires);
        format!(
            "{}attachments/{attachment_id}?expires={expires}&signature={signature}",
            self.files
        )
    }

    fn portal(&self, path: &str) -> String {
        format!("{}{}", self.base, path.trim_start_matches('/'))
    }
}
