//! What webhooks missed: issues that changed since the last look are read again, and what they tell enters by the same
//! door, under the same keys, as if a webhook had told it. The very first look tells nothing: it only notes when it was.

use super::desk::{comment_key, created_key};
use crate::delivery::{facts, millis_of, summary};
use crate::failpoint::{Point, reach};
use crate::metrics::{Metrics, Source};
use crate::reaction::{DeskEvent, Event, Happening, Issue, IssueFacts, Person, PublicComment};
use crate::store::{NewItem, Store, StoreError};
use crate::telegram::RemoteFile;
use crate::worker::pause;
use okdesk_sdk::model::{Attachment, Comment, IssueId, IssueSummary, Timestamp};
use okdesk_sdk::{Client, Direction, IssueSorting};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How far every look reaches back behind the last one, in milliseconds: clocks differ, and lists move while they are read.
const OVERLAP: i64 = 10 * 60 * 1000;
/// When a look that failed is tried again, in milliseconds.
const AGAIN: i64 = 10_000;
/// So many issues in a row that cannot be read tell that Okdesk is away.
const AWAY: usize = 5;
/// How many looks an issue that cannot be read, while others can, holds the cursor back.
const HELD_BACK: u32 = 10;
/// Where the last look ended.
const CURSOR: &str = "reconcile.cursor";
/// Before this moment everything is old, in Unix milliseconds.
const BEGUN: &str = "reconcile.begun";

/// Looks now and then until told to stop.
pub(crate) struct Reconciler {
    pub(crate) client: Client,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) every: Duration,
}

/// A look that could not be finished. The next one begins where the last finished one ended.
#[derive(Debug, thiserror::Error)]
enum LookError {
    #[error(transparent)]
    Okdesk(#[from] okdesk_sdk::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("an event cannot be written: {0}")]
    Event(#[from] serde_json::Error),
}

/// Whether a failure is about one issue and would come again at every look.
fn is_of_one_issue(error: &okdesk_sdk::Error) -> bool {
    use okdesk_sdk::ErrorKind::{Decode, Merged, Redirect};
    error.is_not_found()
        || error.is_forbidden()
        || matches!(error.kind(), Merged | Redirect | Decode)
}

/// Issues that could not be read, and for how many looks. While there is one, the cursor stays, so that the next look reads
/// it again; after a while it is given up, because a look would reach back for ever.
#[derive(Debug, Default)]
struct Unread(BTreeMap<IssueId, u32>);

impl Unread {
    /// Counts the issues of a look that could not be read. Whether none of them holds the cursor back.
    fn all_given_up(&mut self, failed: Vec<IssueId>) -> bool {
        let before = std::mem::take(&mut self.0);
        for issue in failed {
            let looks = before.get(&issue).map_or(1, |looks| looks + 1);
            if looks == HELD_BACK {
                tracing::error!(
                    issue = issue.get(),
                    "an issue cannot be read; what webhooks missed of it stays unknown"
                );
            }
            self.0.insert(issue, looks);
        }
        self.0.values().all(|looks| *looks >= HELD_BACK)
    }
}

impl Reconciler {
    pub(crate) async fn run(self, mut stop: watch::Receiver<bool>) {
        let every = crate::store::millis(self.every);
        let mut due = 0;
        let mut unread = Unread::default();
        while !*stop.borrow() {
            let now = self.store.clock().now();
            if now >= due && matches!(self.store.lead("reconcile").await, Ok(true)) {
                let looked = tokio::select! {
                    looked = self.look(now, &mut unread) => looked,
                    _ = stop.changed() => return,
                };
                due = now + every;
                if let Err(e) = looked {
                    tracing::warn!(error = %e, "what webhooks may have missed is not known yet");
                    due = now + every.min(AGAIN);
                }
            }
            pause(&mut stop, Duration::from_secs(1)).await;
        }
    }

    async fn look(&self, now: i64, unread: &mut Unread) -> Result<(), LookError> {
        let (Some(begun), Some(cursor)) = (self.moment(BEGUN).await?, self.moment(CURSOR).await?)
        else {
            self.store
                .advance(CURSOR, now.to_string(), Vec::new())
                .await?;
            self.store
                .advance(BEGUN, now.to_string(), Vec::new())
                .await?;
            return Ok(());
        };
        let since = cursor - OVERLAP;
        // Sorted by change and read until it is old: that needs no agreement about the account's time zone.
        let list = self
            .client
            .issues()
            .list()
            .sort(IssueSorting::UpdatedAt, Direction::Reverse);
        let mut changed = list.into_pager();
        let mut failed = Vec::new();
        let mut in_a_row = 0;
        while let Some(issue) = changed.next().await {
            let issue = issue?;
            if at(issue.updated_at.as_ref()).is_some_and(|at| at < since) {
                break;
            }
            let id = issue.id;
            match self.news(issue, since.max(begun)).await {
                Ok(news) => {
                    in_a_row = 0;
                    self.take_in(news).await?;
                }
                // One issue that cannot be read must not keep the others from being heard of.
                Err(LookError::Okdesk(e)) if is_of_one_issue(&e) => {
                    tracing::warn!(error = %e, "an issue could not be looked at");
                }
                Err(LookError::Okdesk(e)) if in_a_row < AWAY => {
                    tracing::warn!(error = %e, "an issue could not be looked at for now");
                    in_a_row += 1;
                    failed.push(id);
                }
                Err(e) => return Err(e),
            }
        }
        // Everything was told under its own key, so looking again tells nothing twice.
        if !unread.all_given_up(failed) {
            return Ok(());
        }
        self.store
            .advance(CURSOR, now.to_string(), Vec::new())
            .await?;
        Ok(())
    }

    async fn take_in(&self, news: Vec<NewItem>) -> Result<(), StoreError> {
        if news.is_empty() {
            return Ok(());
        }
        let all = news.len();
        reach(Point::LookDone);
        let new = loop {
            match self.store.accept(news.clone()).await {
                // Webhooks come first; what nobody has told yet can wait for a moment.
                Err(StoreError::Busy) => tokio::time::sleep(Duration::from_millis(100)).await,
                accepted => break accepted?,
            }
        };
        reach(Point::LookStored);
        let now = self.store.clock().now();
        self.metrics
            .accepted(Source::Reconciler, now, new, all - new);
        if new > 0 {
            tracing::info!(new, "found what no webhook had told");
        }
        Ok(())
    }

    async fn moment(&self, key: &'static str) -> Result<Option<i64>, StoreError> {
        Ok(self
            .store
            .meta(key)
            .await?
            .and_then(|text| text.parse().ok()))
    }

    /// Whether anybody would hear of it: its client, somebody of whom it is known that they take part, or a group.
    async fn concerns_somebody(
        &self,
        issue: &IssueSummary,
        known: Option<&Issue>,
    ) -> Result<bool, StoreError> {
        let company = issue.company.as_ref().map(|company| company.id);
        if self.store.is_bound(issue.id, company).await? {
            return Ok(true);
        }
        let followers = known.and_then(|known| known.facts.followers.clone());
        let client = issue.contact.as_ref().map(|contact| contact.id);
        for contact in followers.into_iter().flatten().chain(client) {
            if self.store.is_linked(contact).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Everything an issue tells that happened since. One that nobody hears of is only counted: what the list says of it
    /// is enough for that, and a further call is made only where it differs from what is known.
    async fn news(&self, issue: IssueSummary, since: i64) -> Result<Vec<NewItem>, LookError> {
        let id = issue.id;
        let created = at(issue.created_at.as_ref()).is_some_and(|at| at >= since);
        let completed = at(issue.completed_at.as_ref()).is_some_and(|at| at >= since);
        let before = self.store.issue(id).await?;
        let heard = self.concerns_somebody(&issue, before.as_ref()).await?;
        let known = before
            // The facts are what a card showed; what was told is in the history.
            .map(|known| match known.history.at() {
                Some(told) => told.clone(),
                None => known.facts.status.code,
            });
        let seen = summary(issue);
        let mut items = Vec::new();
        if created {
            items.push(item(created_key(id), &seen, None, Happening::Created)?);
        }
        let moved = known
            .as_ref()
            .is_some_and(|known| *known != seen.status.code);
        // An issue that was not known yet tells of its completion, unless its making has told that already.
        let ended = known.is_none() && completed && !created;
        if !heard && !moved && !ended {
            return Ok(items);
        }
        for comment in self.client.comments().list(id).await? {
            let fresh = at(comment.published_at.as_ref()).is_none_or(|at| at >= since);
            if comment.public && fresh {
                let author = comment.author.as_ref().and_then(person);
                items.push(item(
                    comment_key(comment.id),
                    &seen,
                    author,
                    Happening::Comment(public(comment)),
                )?);
            }
        }
        // What was listed a moment ago may have changed, and been told, in the meantime: a difference is looked at again.
        let now = self.client.issues().get(id).await?;
        let revision = now
            .updated_at
            .as_ref()
            .map(Timestamp::as_str)
            .unwrap_or_default()
            .to_owned();
        let files: Vec<_> = now
            .attachments
            .iter()
            .filter(|file| file.is_public && file.comment_id.is_none())
            .filter(|file| at(file.created_at.as_ref()).is_some_and(|at| at >= since))
            .map(remote)
            .collect();
        let mut current = facts(now);
        current.company = current.company.and(seen.company.clone());
        if !files.is_empty() {
            let ids: Vec<_> = files.iter().map(|file| file.id.to_string()).collect();
            let key = format!("files:{id}:{}", ids.join(","));
            items.push(item(key, &current, None, Happening::Files(files))?);
        }
        let differs = known
            .as_ref()
            .is_some_and(|known| *known != current.status.code);
        if differs || ended {
            let key = format!("status:{id}:{}:{revision}", current.status.code);
            let to = current.status.clone();
            let change = Happening::Status {
                from: None,
                to,
                comment: None,
                files: Vec::new(),
            };
            items.push(item(key, &current, None, change)?);
        }
        Ok(items)
    }
}

fn item(
    key: String,
    issue: &IssueFacts,
    author: Option<Person>,
    happening: Happening,
) -> Result<NewItem, serde_json::Error> {
    let event = DeskEvent {
        issue: issue.clone(),
        author,
        happening,
    };
    NewItem::event(key, &Event::Desk(Box::new(event)))
}

fn at(time: Option<&Timestamp>) -> Option<i64> {
    time.and_then(millis_of)
}

fn public(comment: Comment) -> PublicComment {
    let files = comment
        .attachments
        .iter()
        .filter(|file| file.is_public)
        .map(remote)
        .collect();
    PublicComment {
        id: comment.id,
        content: comment.content,
        files,
        at: comment.published_at,
    }
}

fn person(author: &okdesk_sdk::model::Person) -> Option<Person> {
    Some(Person {
        kind: author.kind.clone()?,
        id: author.id,
        name: author.name.clone(),
    })
}

fn remote(file: &Attachment) -> RemoteFile {
    RemoteFile {
        id: file.id,
        name: file.attachment_file_name.clone(),
        size: file.attachment_file_size.unwrap_or_default(),
    }
}
