//! What a reaction needs, loaded under locks, because other replicas react at the same time.

use crate::reaction::{Needs, Scene};
use sqlx::PgConnection;

crate::store::records::records!(PgConnection);

/// Loads the records and holds them until the transaction ends, so that reactions of several replicas to one chat or one
/// issue come one after the other. Issues are locked before chats wherever the issue is known in advance; the rare case
/// of two reactions that wait for each other is broken up by the database and repeated.
pub(super) async fn stage(
    c: &mut PgConnection,
    ahead: i64,
    needs: &Needs,
) -> Result<Scene, StoreError> {
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
async fn hold(c: &mut PgConnection, what: Held, id: i64) -> Result<(), StoreError> {
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
