//! What a reaction needs, loaded inside the writer's transaction, where nobody else writes.

use crate::reaction::{Needs, Scene};
use crate::store::Sent;
use sqlx::SqliteConnection;

crate::store::records::records!(SqliteConnection);

pub(super) async fn stage(
    c: &mut SqliteConnection,
    now: i64,
    needs: &Needs,
) -> Result<Scene, StoreError> {
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

pub(super) async fn remember(c: &mut SqliteConnection, sent: Sent) -> Result<(), StoreError> {
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
