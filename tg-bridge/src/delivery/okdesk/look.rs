//! Looking for what may have been written already: Okdesk knows no key by which a repeated write could be recognised.

use super::{CallError, millis};
use crate::reaction::NewIssue;
use okdesk_sdk::Client;
use okdesk_sdk::model::{Author, CommentId, Html, Issue, IssueId, Timestamp};

/// Okdesk's clock and ours may differ by this much, in milliseconds.
const SKEW: i64 = 2 * 60 * 1000;
/// How many of the client's newest issues are looked at.
const NEWEST: usize = 20;

/// The client's issue with this title and these words, made since the try began.
pub(super) async fn issue(
    client: &Client,
    new: &NewIssue,
    begun: i64,
) -> Result<Option<Issue>, CallError> {
    let mut newest = client
        .issues()
        .list()
        .contacts([new.contact])
        .into_pager()
        .take_items(NEWEST);
    while let Some(summary) = newest.next().await {
        let summary = summary?;
        if summary.title.trim() != new.title.trim() || !is_since(summary.created_at.as_ref(), begun)
        {
            continue;
        }
        let issue = client.issues().get(summary.id).await?;
        if words(&issue.description) == words(&new.description) {
            return Ok(Some(issue));
        }
    }
    Ok(None)
}

/// This author's comment with these words, written since the try began.
pub(super) async fn comment(
    client: &Client,
    issue: IssueId,
    author: impl Into<Author>,
    content: &Html,
    begun: i64,
) -> Result<Option<CommentId>, CallError> {
    let author = author.into();
    let comments = client.comments().list(issue).await?;
    let found = comments.into_iter().find(|comment| {
        comment
            .author
            .as_ref()
            .is_some_and(|person| author.is(person))
            && is_since(comment.published_at.as_ref(), begun)
            && words(&comment.content) == words(content)
    });
    Ok(found.map(|comment| comment.id))
}

fn is_since(time: Option<&Timestamp>, begun: i64) -> bool {
    // A time that is not told excludes nothing.
    time.and_then(millis).is_none_or(|at| at >= begun - SKEW)
}

/// The words alone: Okdesk may write the markup anew.
fn words(html: &Html) -> String {
    let rich = crate::telegram::render(html, "");
    rich.plain()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}
