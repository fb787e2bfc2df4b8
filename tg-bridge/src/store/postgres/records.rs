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
    let foreseen = match (needs.about(replied, None), acting) {
        (None, Some(id)) => needs.about(replied, chat(c, id).await?.as_ref()),
        (named, _) => named,
    };
    if let Some(id) = foreseen {
        hold(c, Held::Issue, row_id(id)).await?;
    }
    let acting = match acting {
        Some(id) => Some(hold_where_it_is(c, id).await?),
        None => None,
    };
    let former = former(c, acting).await?;
    let chat = match acting {
        Some(id) => chat(c, id).await?,
        None => None,
    };
    let issue = match needs.about(replied, chat.as_ref()) {
        Some(id) => {
            if Some(id) != foreseen {
                hold(c, Held::Issue, row_id(id)).await?;
            }
            issue(c, id).await?
        }
        None => None,
    };
    let mut audience = Vec::new();
    let mut forgotten_client = false;
    if let Some(wanted) = &needs.audience {
        for contact in wanted.contacts(issue.as_ref()) {
            for chat in linked(c, contact).await? {
                hold(c, Held::Chat, chat.id.0).await?;
            }
            audience.extend(linked(c, contact).await?);
        }
        for chat in bound(c, &wanted.bound(issue.as_ref())).await? {
            hold(c, Held::Chat, chat.id.0).await?;
        }
        audience.extend(bound(c, &wanted.bound(issue.as_ref())).await?);
        forgotten_client = is_forgotten(c, wanted.client, &audience).await?;
    }
    let subject = match needs.subject {
        Some(id) if acting != Some(id) => {
            hold(c, Held::Chat, id.0).await?;
            self::chat(c, id).await?
        }
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
    let now = sqlx::query_scalar("SELECT bridge_now($1)")
        .bind(ahead)
        .fetch_one(c)
        .await?;
    Ok(Scene {
        now,
        chat,
        here: acting,
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

/// Locks a chat under the id it has by then: it may move while its lock is waited for.
async fn hold_where_it_is(c: &mut PgConnection, id: ChatId) -> Result<ChatId, StoreError> {
    hold(c, Held::Chat, id.0).await?;
    let now = resolve(c, id).await?;
    if now != id {
        hold(c, Held::Chat, now.0).await?;
    }
    Ok(now)
}

/// A group that is about to move: whoever reacts to it at this moment must not save it again where it was.
async fn guard_move(c: &mut PgConnection, from: ChatId, to: ChatId) -> Result<(), StoreError> {
    hold(c, Held::Chat, from.0).await?;
    hold(c, Held::Chat, to.0).await
}

/// An issue that is about to be changed by whoever did not load it.
async fn guard(c: &mut PgConnection, issue: i64) -> Result<(), StoreError> {
    hold(c, Held::Issue, issue).await
}

/// An invitation, held until the transaction ends: of two who take it up at once the second finds it gone.
async fn code(c: &mut PgConnection, digest: &str) -> Result<Option<Code>, StoreError> {
    let row = sqlx::query_as("SELECT contact_id, body FROM code WHERE digest = $1 FOR UPDATE")
        .bind(digest)
        .fetch_optional(c)
        .await?;
    read_code(row)
}
