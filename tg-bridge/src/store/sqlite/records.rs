//! What a reaction needs, loaded inside the writer's transaction, where nobody else writes.

use crate::reaction::{Needs, Scene};
use sqlx::SqliteConnection;

crate::store::records::records!(SqliteConnection);

pub(super) async fn stage(
    c: &mut SqliteConnection,
    now: i64,
    needs: &Needs,
) -> Result<Scene, StoreError> {
    let here = match needs.chat {
        Some(id) => Some(resolve(c, id).await?),
        None => None,
    };
    let former = former(c, here).await?;
    let chat = match here {
        Some(id) => chat(c, id).await?,
        None => None,
    };
    let replied = match needs.replied {
        Some(message) => subject(c, message).await?,
        None => None,
    };
    let issue = match needs.about(replied, chat.as_ref()) {
        Some(id) => issue(c, id).await?,
        None => None,
    };
    let mut audience = Vec::new();
    let mut forgotten_client = false;
    if let Some(wanted) = &needs.audience {
        for contact in wanted.contacts(issue.as_ref()) {
            audience.extend(linked(c, contact).await?);
        }
        audience.extend(bound(c, &wanted.bound(issue.as_ref())).await?);
        forgotten_client = is_forgotten(c, wanted.client, &audience).await?;
    }
    let subject = match needs.subject {
        Some(id) if chat.as_ref().map(|chat| chat.id) != Some(id) => self::chat(c, id).await?,
        _ => None,
    };
    let brought = chat.as_ref().and_then(|chat| chat.dialog.code());
    let code = match needs.code.as_deref().or(brought) {
        Some(digest) => code(c, digest).await?,
        None => None,
    };
    let found = match &needs.sought {
        Some(sought) => people(c, sought).await?,
        None => Vec::new(),
    };
    let waiting = match needs.waiting {
        true => waiting(c).await?,
        false => Vec::new(),
    };
    Ok(Scene {
        now,
        chat,
        here,
        former,
        issue,
        replied,
        audience,
        forgotten_client,
        subject,
        code,
        waiting,
        found,
        ..Scene::default()
    })
}

/// There is one writer: nobody else changes an issue meanwhile.
async fn guard(_: &mut SqliteConnection, _: i64) -> Result<(), StoreError> {
    Ok(())
}

/// Nor a chat.
async fn guard_move(_: &mut SqliteConnection, _: ChatId, _: ChatId) -> Result<(), StoreError> {
    Ok(())
}

async fn code(c: &mut SqliteConnection, digest: &str) -> Result<Option<Code>, StoreError> {
    let row = sqlx::query_as("SELECT contact_id, body FROM code WHERE digest = ?")
        .bind(digest)
        .fetch_optional(c)
        .await?;
    read_code(row)
}
