//! Looking for what may have been written already: Okdesk knows no key by which a repeated write could be recognised.
//!
//! The client of the SDK can look by itself, right after a call of unknown fate. This look comes later, perhaps in another
//! process, and knows more: which equal words are those of another message, because the bridge has noted what it wrote.

use super::{CallError, millis};
use crate::reaction::NewIssue;
use crate::store::{Store, Written};
use okdesk_sdk::Client;
use okdesk_sdk::model::{Author, Comment, Html, Issue, IssueId, Person, Timestamp};

/// Okdesk's clock and ours may differ by this much, in milliseconds.
const SKEW: i64 = 2 * 60 * 1000;
/// How many of the client's newest issues are looked at.
const NEWEST: usize = 20;

/// A look for what was begun at some time.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    pub(super) client: &'a Client,
    pub(super) store: &'a dyn Store,
    /// Unix milliseconds.
    pub(super) begun: i64,
}

impl Look<'_> {
    /// The client's issue with this title and these words, made since the try began.
    pub(super) async fn issue(self, new: &NewIssue) -> Result<Option<Issue>, CallError> {
        let mut newest = self
            .client
            .issues()
            .list()
            .contacts([new.contact])
            .into_pager()
            .take_items(NEWEST);
        while let Some(summary) = newest.next().await {
            let summary = summary?;
            if summary.title.trim() != new.title.trim()
                || !self.is_since(summary.created_at.as_ref())
                || self.is_another(Written::Issue(summary.id)).await?
            {
                continue;
            }
            let issue = self.client.issues().get(summary.id).await?;
            if words(&issue.description) == words(&new.description) {
                return Ok(Some(issue));
            }
        }
        Ok(None)
    }

    /// This author's comment with these words, written since the try began.
    pub(super) async fn comment(
        self,
        issue: IssueId,
        author: impl Into<Author>,
        content: &Html,
    ) -> Result<Option<Comment>, CallError> {
        let author = author.into();
        for comment in self.client.comments().list(issue).await? {
            let is_alike = comment
                .author
                .as_ref()
                .is_some_and(|person| may_be(author, person))
                && self.is_since(comment.published_at.as_ref())
                && words(&comment.content) == words(content);
            if is_alike && !self.is_another(Written::Comment(comment.id)).await? {
                return Ok(Some(comment));
            }
        }
        Ok(None)
    }

    /// Whether it is known to come from another message.
    async fn is_another(&self, found: Written) -> Result<bool, CallError> {
        let known = self.store.is_written(found).await;
        known.map_err(|e| CallError::passing(e.to_string()))
    }

    fn is_since(&self, time: Option<&Timestamp>) -> bool {
        // A time that is not told excludes nothing.
        time.and_then(millis)
            .is_none_or(|at| at >= self.begun - SKEW)
    }
}

/// Some accounts do not say on which side an author stands. The same words by the same number are the same comment then:
/// writing it twice would be worse.
fn may_be(author: Author, person: &Person) -> bool {
    person.id == author.id()
        && person
            .kind
            .as_ref()
            .is_none_or(|kind| *kind == author.kind())
}

/// The words alone: Okdesk may write the markup anew.
fn words(html: &Html) -> String {
    let rich = crate::telegram::render(html, "");
    rich.plain()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}
