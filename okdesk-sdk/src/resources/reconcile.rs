//! Create and look: after a creation of unknown fate, look for what may have been created before anybody repeats it.

use std::time::Duration;

use serde_json::Value;

use super::Issues;
use crate::client::{Call, Meta, list, record};
use crate::error::{Delivery, Error};
use crate::model::{
    AuthorKind, Comment, CompanyId, ContactId, Issue, IssueSummary, Person, Timestamp,
};
use crate::operation as op;

/// Sends the creation of an issue; looks for the issue if its fate is unknown and the caller wants that.
pub(super) async fn issue(call: Call) -> Result<(Issue, Meta), Error> {
    let Some(window) = call.options.reconcile else {
        return call.send(record).await;
    };
    let (asked, since) = (call.clone(), jiff::Timestamp::now());
    let error = match call.send(record).await {
        Err(error) if is_in_doubt(&error) => error,
        done => return done,
    };
    let issues = Issues {
        client: asked.client.clone(),
    };
    let mut query = issues.list();
    if let Some(contact) = number(&asked, "contact_id") {
        query = query.contacts([ContactId::new(contact)]);
    } else if let Some(company) = number(&asked, "company_id") {
        query = query.companies([CompanyId::new(company)]);
    }
    let Ok(page) = query.await else {
        return Err(error);
    };
    let title = asked.field("title").and_then(Value::as_str);
    let author = asked.field("author").map(|author| {
        (
            author["id"].as_u64(),
            author["type"].as_str().map(AuthorKind::from),
        )
    });
    let is_it = |found: &&IssueSummary| {
        Some(found.title.trim()) == title.map(str::trim)
            && is_within(found.created_at.as_ref(), since, window)
            && author
                .as_ref()
                .is_none_or(|(id, kind)| is_by(found.author.as_ref(), *id, kind.as_ref()))
    };
    match only(page.items().iter().filter(is_it)) {
        Some(found) => match issues.get(found.id).send_with_meta().await {
            Ok((issue, meta)) => Ok((issue, meta.reconciled())),
            Err(_) => Err(error),
        },
        None => Err(error),
    }
}

/// Sends the creation of a comment; looks for the comment if its fate is unknown and the caller wants that.
pub(super) async fn comment(call: Call) -> Result<(Comment, Meta), Error> {
    let Some(window) = call.options.reconcile else {
        return call.send(record).await;
    };
    let (asked, since) = (call.clone(), jiff::Timestamp::now());
    let error = match call.send(record).await {
        Err(error) if is_in_doubt(&error) => error,
        done => return done,
    };
    // The same path, read instead of written.
    let mut look = Call::new(&asked.client, op::COMMENTS_LIST, &[]);
    look.url.clone_from(&asked.url);
    let Ok((comments, meta)) = look.send(list::<Comment>).await else {
        return Err(error);
    };
    let text = asked.field("content").and_then(Value::as_str).map(words);
    let kind = asked
        .field("author_type")
        .and_then(Value::as_str)
        .map(AuthorKind::from);
    let is_it = |found: &Comment| {
        Some(words(found.content.as_str())) == text
            && is_within(found.published_at.as_ref(), since, window)
            && is_by(
                found.author.as_ref(),
                number(&asked, "author_id"),
                kind.as_ref(),
            )
    };
    match only(comments.into_iter().filter(is_it)) {
        Some(found) => Ok((found, meta.reconciled())),
        None => Err(error),
    }
}

/// Applied without a readable answer is as good a reason to look as not knowing at all.
fn is_in_doubt(error: &Error) -> bool {
    matches!(error.delivery(), Delivery::Unknown | Delivery::Applied)
}

fn number(call: &Call, key: &str) -> Option<u64> {
    call.field(key)?.as_u64()
}

/// The clocks of the two machines may differ by the window.
fn is_within(at: Option<&Timestamp>, since: jiff::Timestamp, window: Duration) -> bool {
    let Some(at) = at.and_then(Timestamp::to_jiff) else {
        return false;
    };
    let apart = |earlier: jiff::Timestamp, later: jiff::Timestamp| {
        later.duration_since(earlier).as_secs_f64()
    };
    apart(at, since) <= window.as_secs_f64()
        && apart(jiff::Timestamp::now(), at) <= window.as_secs_f64()
}

fn is_by(person: Option<&Person>, id: Option<u64>, kind: Option<&AuthorKind>) -> bool {
    person.is_some_and(|person| {
        Some(person.id) == id && (person.kind.is_none() || person.kind.as_ref() == kind)
    })
}

/// Two that look alike are none: nobody could say which one it is.
fn only<T>(mut found: impl Iterator<Item = T>) -> Option<T> {
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// What is left of HTML when Okdesk has rewritten its markup.
fn words(html: &str) -> String {
    let mut words = String::new();
    let mut inside = false;
    for character in html.chars() {
        match character {
            '<' => inside = true,
            '>' => inside = false,
            other if !inside && !other.is_whitespace() => words.push(other),
            _ => {}
        }
    }
    words
}
