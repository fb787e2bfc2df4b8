//! The SQL of the records: what a reaction loads and saves.

use super::Wrote;
use crate::reaction::{Chat, Issue, Needs, Scene};
use crate::store::stage::{Changes, decode, encode, row_id};
use crate::store::{Sent, Written};
use crate::telegram::{About, ChatId, MessageRef};
use okdesk_sdk::model::{CommentId, ContactId, IssueId};
use sqlx::{PgConnection, PgPool};

/// Loads the records and holds them until the transaction ends, so that reactions of several replicas to one chat or one
/// issue come one after the other. Issues are locked before chats wherever the issue is known in advance; the rare case
/// of two reactions that wait for each other is broken up by the database and repeated.
pub(super) async fn stage(c: &mut PgConnection, ahead: i64, needs: &Needs) -> Wrote<Scene> {
    let replied = match needs.replied {
        Some(message) => subject(c, message).await?,
        None => None,
    };
    let acting = match needs.chat {
        Some(id) => Some(resolve(c, id).await?),
        None => None,
    };
    let named = needs.issue.or(replied.map(|about| about.issue));
    let glimpsed = match (named, acting) {
        (None, Some(id)) => chat(c, id).await?.and_then(|chat| chat.dialog.issue()),
        _ => None,
    };
    if let Some(id) = named.or(glimpsed) {
        hold(c, Held::Issue, row_id(id)).await?;
    }
    let chat = match acting {
        Some(id) => {
            hold(c, Held::Chat, id.0).await?;
            chat(c, id).await?
        }
        None => None,
    };
    let about = named.or_else(|| chat.as_ref().and_then(|chat| chat.dialog.issue()));
    let issue = match about {
        Some(id) => {
            if Some(id) != named.or(glimpsed) {
                hold(c, Held::Issue, row_id(id)).await?;
            }
            issue(c, id).await?
        }
        None => None,
    };
    let audience = match needs.audience {
        Some(contact) => {
            for chat in linked(c, contact).await? {
                hold(c, Held::Chat, chat.id.0).await?;
            }
            linked(c, contact).await?
        }
        None => Vec::new(),
    };
    let now = sqlx::query_scalar("SELECT bridge_now($1)")
        .bind(ahead)
        .fetch_one(c)
        .await?;
    Ok(Scene {
        now,
        chat,
        issue,
        replied,
        audience,
    })
}

#[derive(Clone, Copy)]
enum Held {
    Chat,
    Issue,
}

/// Locks a record that may not exist yet, until the transaction ends.
async fn hold(c: &mut PgConnection, what: Held, id: i64) -> Wrote<()> {
    let key = id.wrapping_mul(2).wrapping_add(match what {
        Held::Chat => 0,
        Held::Issue => 1,
    });
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(key)
        .execute(c)
        .await?;
    Ok(())
}

pub(super) async fn save(c: &mut PgConnection, changes: &Changes) -> Wrote<()> {
    for chat in &changes.chats {
        let contact = chat
            .link
            .as_ref()
            .map(|link| link.contact.get().cast_signed());
        sqlx::query(
            "INSERT INTO chat (id, contact_id, body) VALUES ($1, $2, $3)
             ON CONFLICT (id) DO UPDATE SET contact_id = $2, body = $3",
        )
        .bind(chat.id.0)
        .bind(contact)
        .bind(encode("chat", chat.id.0, chat)?)
        .execute(&mut *c)
        .await?;
    }
    if let Some(issue) = &changes.issue {
        let id = row_id(issue.facts.id);
        sqlx::query(
            "INSERT INTO issue (id, contact_id, company_id, body) VALUES ($1, $2, $3, $4)
             ON CONFLICT (id) DO UPDATE SET contact_id = $2, company_id = $3, body = $4",
        )
        .bind(id)
        .bind(
            issue
                .facts
                .contact
                .as_ref()
                .map(|c| c.id.get().cast_signed()),
        )
        .bind(
            issue
                .facts
                .company
                .as_ref()
                .map(|c| c.id.get().cast_signed()),
        )
        .bind(encode("issue", id, issue)?)
        .execute(&mut *c)
        .await?;
    }
    Ok(())
}

pub(super) async fn chat(c: &mut PgConnection, id: ChatId) -> Wrote<Option<Chat>> {
    let body: Option<String> = sqlx::query_scalar("SELECT body FROM chat WHERE id = $1")
        .bind(id.0)
        .fetch_optional(c)
        .await?;
    body.map(|body| decode("chat", id.0, &body)).transpose()
}

pub(super) async fn issue(c: &mut PgConnection, id: IssueId) -> Wrote<Option<Issue>> {
    let id = row_id(id);
    let body: Option<String> = sqlx::query_scalar("SELECT body FROM issue WHERE id = $1")
        .bind(id)
        .fetch_optional(c)
        .await?;
    body.map(|body| decode("issue", id, &body)).transpose()
}

async fn linked(c: &mut PgConnection, contact: ContactId) -> Wrote<Vec<Chat>> {
    let rows: Vec<(i64, String)> =
        sqlx::query_as("SELECT id, body FROM chat WHERE contact_id = $1 ORDER BY id")
            .bind(contact.get().cast_signed())
            .fetch_all(c)
            .await?;
    rows.iter()
        .map(|(id, body)| decode("chat", *id, body))
        .collect()
}

pub(super) async fn is_linked(pool: &PgPool, contact: ContactId) -> Wrote<bool> {
    Ok(
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM chat WHERE contact_id = $1)")
            .bind(contact.get().cast_signed())
            .fetch_one(pool)
            .await?,
    )
}

/// What a message is about.
async fn subject(c: &mut PgConnection, message: MessageRef) -> Wrote<Option<About>> {
    let row: Option<(i64, Option<i64>)> = sqlx::query_as(
        "SELECT issue_id, comment_id FROM message WHERE chat_id = $1 AND message_id = $2",
    )
    .bind(message.chat.0)
    .bind(message.message.0)
    .fetch_optional(c)
    .await?;
    Ok(row.map(|(issue, comment)| About {
        issue: IssueId::new(issue.cast_unsigned()),
        comment: comment.map(|id| CommentId::new(id.cast_unsigned())),
    }))
}

pub(super) async fn remember(c: &mut PgConnection, sent: Sent) -> Wrote<()> {
    sqlx::query(
        "INSERT INTO message (chat_id, message_id, issue_id, comment_id) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
    )
    .bind(sent.message.chat.0)
    .bind(sent.message.message.0)
    .bind(row_id(sent.about.issue))
    .bind(sent.about.comment.map(|id| id.get().cast_signed()))
    .execute(c)
    .await?;
    Ok(())
}

pub(super) async fn remember_write(c: &mut PgConnection, ahead: i64, wrote: Written) -> Wrote<()> {
    let (what, id) = wrote.row();
    sqlx::query(
        "INSERT INTO written (what, id, at) VALUES ($2, $3, bridge_now($1)) ON CONFLICT DO NOTHING",
    )
    .bind(ahead)
    .bind(what)
    .bind(id)
    .execute(c)
    .await?;
    Ok(())
}

pub(super) async fn is_written(pool: &PgPool, written: Written) -> Wrote<bool> {
    let (what, id) = written.row();
    Ok(
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM written WHERE what = $1 AND id = $2)")
            .bind(what)
            .bind(id)
            .fetch_one(pool)
            .await?,
    )
}

pub(super) async fn resolve(c: &mut PgConnection, chat: ChatId) -> Wrote<ChatId> {
    let moved: Option<i64> = sqlx::query_scalar("SELECT new_id FROM moved WHERE old_id = $1")
        .bind(chat.0)
        .fetch_optional(c)
        .await?;
    Ok(moved.map_or(chat, ChatId))
}

pub(super) async fn migrate(c: &mut PgConnection, from: ChatId, to: ChatId) -> Wrote<()> {
    sqlx::query("INSERT INTO moved (old_id, new_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(from.0)
        .bind(to.0)
        .execute(&mut *c)
        .await?;
    if let Some(mut known) = chat(c, from).await? {
        sqlx::query("DELETE FROM chat WHERE id = $1")
            .bind(from.0)
            .execute(&mut *c)
            .await?;
        if chat(c, to).await?.is_none() {
            known.id = to;
            save(
                c,
                &Changes {
                    chats: vec![known],
                    issue: None,
                    items: Vec::new(),
                },
            )
            .await?;
        }
    }
    Ok(())
}
