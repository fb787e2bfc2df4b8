//! The SQL of the records: what a reaction loads and saves.

use super::Wrote;
use crate::reaction::{Chat, Issue, Needs, Scene};
use crate::store::stage::{Changes, decode, encode, row_id};
use crate::store::{Sent, Written};
use crate::telegram::{About, ChatId, MessageRef};
use okdesk_sdk::model::{CommentId, ContactId, IssueId};
use sqlx::{SqliteConnection, SqlitePool};

pub(super) async fn stage(c: &mut SqliteConnection, now: i64, needs: &Needs) -> Wrote<Scene> {
    let chat = match needs.chat {
        Some(id) => {
            let id = resolve(c, id).await?;
            chat(c, id).await?
        }
        None => None,
    };
    let replied = match needs.replied {
        Some(message) => subject(c, message).await?,
        None => None,
    };
    let named = needs.issue.or(replied.map(|about| about.issue));
    let issue = match named.or_else(|| chat.as_ref().and_then(|chat| chat.dialog.issue())) {
        Some(id) => issue(c, id).await?,
        None => None,
    };
    let audience = match needs.audience {
        Some(contact) => linked(c, contact).await?,
        None => Vec::new(),
    };
    Ok(Scene {
        now,
        chat,
        issue,
        replied,
        audience,
    })
}

pub(super) async fn save(c: &mut SqliteConnection, changes: &Changes) -> Wrote<()> {
    for chat in &changes.chats {
        let contact = chat
            .link
            .as_ref()
            .map(|link| link.contact.get().cast_signed());
        sqlx::query(
            "INSERT INTO chat (id, contact_id, body) VALUES (?1, ?2, ?3)
             ON CONFLICT (id) DO UPDATE SET contact_id = ?2, body = ?3",
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
            "INSERT INTO issue (id, contact_id, company_id, body) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (id) DO UPDATE SET contact_id = ?2, company_id = ?3, body = ?4",
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

pub(super) async fn chat(c: &mut SqliteConnection, id: ChatId) -> Wrote<Option<Chat>> {
    let body: Option<String> = sqlx::query_scalar("SELECT body FROM chat WHERE id = ?")
        .bind(id.0)
        .fetch_optional(c)
        .await?;
    body.map(|body| decode("chat", id.0, &body)).transpose()
}

pub(super) async fn issue(c: &mut SqliteConnection, id: IssueId) -> Wrote<Option<Issue>> {
    let id = row_id(id);
    let body: Option<String> = sqlx::query_scalar("SELECT body FROM issue WHERE id = ?")
        .bind(id)
        .fetch_optional(c)
        .await?;
    body.map(|body| decode("issue", id, &body)).transpose()
}

async fn linked(c: &mut SqliteConnection, contact: ContactId) -> Wrote<Vec<Chat>> {
    let rows: Vec<(i64, String)> =
        sqlx::query_as("SELECT id, body FROM chat WHERE contact_id = ? ORDER BY id")
            .bind(contact.get().cast_signed())
            .fetch_all(c)
            .await?;
    rows.iter()
        .map(|(id, body)| decode("chat", *id, body))
        .collect()
}

pub(super) async fn is_linked(pool: &SqlitePool, contact: ContactId) -> Wrote<bool> {
    Ok(
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM chat WHERE contact_id = ?)")
            .bind(contact.get().cast_signed())
            .fetch_one(pool)
            .await?,
    )
}

/// What a message is about.
async fn subject(c: &mut SqliteConnection, message: MessageRef) -> Wrote<Option<About>> {
    let row: Option<(i64, Option<i64>)> = sqlx::query_as(
        "SELECT issue_id, comment_id FROM message WHERE chat_id = ? AND message_id = ?",
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

pub(super) async fn remember(c: &mut SqliteConnection, sent: Sent) -> Wrote<()> {
    sqlx::query(
        "INSERT INTO message (chat_id, message_id, issue_id, comment_id) VALUES (?, ?, ?, ?)
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

pub(super) async fn remember_write(
    c: &mut SqliteConnection,
    now: i64,
    wrote: Written,
) -> Wrote<()> {
    let (what, id) = wrote.row();
    sqlx::query("INSERT INTO written (what, id, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
        .bind(what)
        .bind(id)
        .bind(now)
        .execute(c)
        .await?;
    Ok(())
}

pub(super) async fn is_written(pool: &SqlitePool, written: Written) -> Wrote<bool> {
    let (what, id) = written.row();
    Ok(
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM written WHERE what = ? AND id = ?)")
            .bind(what)
            .bind(id)
            .fetch_one(pool)
            .await?,
    )
}

pub(super) async fn resolve(c: &mut SqliteConnection, chat: ChatId) -> Wrote<ChatId> {
    let moved: Option<i64> = sqlx::query_scalar("SELECT new_id FROM moved WHERE old_id = ?")
        .bind(chat.0)
        .fetch_optional(c)
        .await?;
    Ok(moved.map_or(chat, ChatId))
}

pub(super) async fn migrate(c: &mut SqliteConnection, from: ChatId, to: ChatId) -> Wrote<()> {
    sqlx::query("INSERT INTO moved (old_id, new_id) VALUES (?, ?) ON CONFLICT DO NOTHING")
        .bind(from.0)
        .bind(to.0)
        .execute(&mut *c)
        .await?;
    if let Some(mut known) = chat(c, from).await? {
        sqlx::query("DELETE FROM chat WHERE id = ?")
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
