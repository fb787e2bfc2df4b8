//! What every store must do, run against each engine: nothing lost, nothing twice, order within a lane.

// A test stops at the first surprise, in its helpers too.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "engine/postgres.rs"]
#[allow(unreachable_pub)]
mod server;

use okdesk_sdk::model::{CommentId, ContactId, Html, IssueId, StatusCode};
use std::sync::Arc;
use std::time::Duration;
use tg_bridge::reaction::{
    Answer, Chat, DeskEvent, Effect, Event, Happening, Issue, IssueFacts, Link, Named, OkdeskCall,
    Outcome, Scene, Status, Timer,
};
use tg_bridge::store::{
    Clock, Decide, Hop, ItemId, NewItem, Reacted, Sent, Settle, Store, StoreError, Verdict,
    Written, kind,
};
use tg_bridge::telegram::{
    About, ChatId, Message, MessageId, MessageRef, Outgoing, Score, Send, Sender, Update, UserId,
};

const LEASE: Duration = Duration::from_secs(30);

/// One test body, one test per engine.
macro_rules! conformance {
    ($($name:ident)*) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                let clock = super::Clock::default();
                let url = format!("sqlite:{}", folder.path().join("bridge.db").display());
                let store = tg_bridge::store::open(&url, clock.clone()).await.unwrap();
                super::$name(store.clone(), clock).await;
                store.close().await;
            })*
        }

        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                let Some(database) = super::server::postgres_database().await else { return };
                let clock = super::Clock::default();
                let store = tg_bridge::store::open(&database.url, clock.clone()).await.unwrap();
                super::$name(store.clone(), clock).await;
                store.close().await;
                database.drop().await;
            })*
        }
    };
}

#[path = "store/keys.rs"]
mod keys;
#[path = "store/lanes.rs"]
mod lanes;
#[path = "store/log.rs"]
mod log;
#[path = "store/moves.rs"]
mod moves;
#[path = "store/reaction.rs"]
mod reaction;
#[path = "store/together.rs"]
mod together;
#[path = "store/turns.rs"]
mod turns;
#[path = "store/who.rs"]
mod who;

/// The store in an SQLite file, and its address.
async fn in_file(path: &std::path::Path) -> (Arc<dyn Store>, String) {
    let url = format!("sqlite:{}", path.display());
    let store = tg_bridge::store::open(&url, Clock::default()).await;
    (store.unwrap(), url)
}

fn update(id: i64, chat: i64) -> NewItem {
    NewItem::update(id, Some(ChatId(chat)), format!("{{\"update_id\":{id}}}"))
}

fn message(chat: i64, reply_to: Option<i64>) -> Event {
    Event::Telegram(Box::new(Update::Message(Message {
        chat: ChatId(chat),
        id: MessageId(1),
        from: Sender {
            id: UserId(chat),
            name: "Анна".into(),
            username: None,
            language: None,
        },
        date: 0,
        text: "Не печатает".into(),
        content: tg_bridge::telegram::Content::Text,
        reply_to: reply_to.map(MessageId),
        quote: None,
        replied_text: None,
        topic: None,
        album: None,
    })))
}

fn facts(id: u64, contact: Option<u64>) -> IssueFacts {
    IssueFacts {
        id: IssueId::new(id),
        title: "Принтер".into(),
        status: Status {
            code: StatusCode::new("opened"),
            name: "Открыта".into(),
        },
        company: None,
        contact: contact.map(|id| Named {
            id: ContactId::new(id),
            name: "Анна".into(),
        }),
        followers: None,
        assignee: None,
        kind: None,
        created_at: None,
        deadline_at: None,
        completed_at: None,
    }
}

fn issue(id: u64) -> Issue {
    Issue::new(facts(id, Some(5)))
}

fn linked(chat: i64, contact: u64) -> Chat {
    Chat {
        link: Some(Link {
            contact: ContactId::new(contact),
            name: "Анна".into(),
            phone: "+79990000001".into(),
            company: None,
            maintenance_entity: None,
            place: None,
        }),
        ..Chat::new(ChatId(chat))
    }
}

fn say(chat: i64, text: &str) -> Effect {
    Effect::Telegram {
        chat: ChatId(chat),
        send: Send::Message(Outgoing {
            html: text.into(),
            ..Outgoing::default()
        }),
        about: None,
    }
}

fn decide(
    f: impl Fn(&mut Scene, &Event) -> Vec<Effect> + std::marker::Send + Sync + 'static,
) -> Decide {
    Arc::new(f)
}

async fn only(store: &Arc<dyn Store>, hop: Hop) -> tg_bridge::store::Batch {
    let mut claimed = store.claim(hop, 100, LEASE).await.unwrap();
    assert_eq!(claimed.batches.len(), 1, "{claimed:?}");
    claimed.batches.remove(0)
}

/// Takes in one update of a chat and reacts to it.
async fn react(store: &Arc<dyn Store>, id: i64, event: Event, decision: Decide) -> Reacted {
    store.accept(vec![update(id, 1)]).await.unwrap();
    let batch = only(store, Hop::In).await;
    let reacted = store
        .react(&batch.lease, batch.items[0].id, event, decision)
        .await
        .unwrap();
    store.release(&batch.lease).await.unwrap();
    reacted
}
