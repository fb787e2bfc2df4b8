//! A group becomes a supergroup and has another id: what is known of it follows, whoever reacts to it at that moment.

use super::server::postgres_database;
use super::*;
use std::sync::mpsc;

conformance! {
    a_group_that_moved_is_found_under_both_ids
}

async fn a_group_that_moved_is_found_under_both_ids(store: Arc<dyn Store>, _: Clock) {
    let link = decide(|scene, _| {
        scene.chat = Some(linked(-5, 5));
        vec![]
    });
    react(&store, 1, message(-5, None), link).await;
    store.migrate(ChatId(-5), ChatId(-1_005)).await.unwrap();
    store.migrate(ChatId(-5), ChatId(-1_005)).await.unwrap();
    assert_eq!(store.resolve(ChatId(-5)).await.unwrap(), ChatId(-1_005));
    assert_eq!(store.resolve(ChatId(7)).await.unwrap(), ChatId(7));
    let both = decide(|scene, _| {
        assert_eq!(scene.chat.as_ref().map(|c| c.id), Some(ChatId(-1_005)));
        vec![]
    });
    assert_eq!(
        react(&store, 2, message(-5, None), both.clone()).await,
        Reacted::Done(0)
    );
    assert_eq!(
        react(&store, 3, message(-1_005, None), both).await,
        Reacted::Done(0)
    );
}

/// Two replicas: one reacts to the group under its old id while the other moves it. On SQLite there is one writer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_that_moves_in_the_middle_of_a_reaction_does_not_come_back() {
    let Some(database) = postgres_database().await else {
        return;
    };
    let open = || tg_bridge::store::open(&database.url, Clock::default());
    let (store, other) = (open().await.unwrap(), open().await.unwrap());
    let (old, new) = (ChatId(-5), ChatId(-1_005));
    let link = decide(|scene, _| {
        scene.chat = Some(linked(-5, 5));
        vec![]
    });
    react(&store, 1, message(-5, None), link).await;

    let (moved, is_moved) = mpsc::channel();
    let runtime = tokio::runtime::Handle::current();
    let (moved, is_moved) = (
        std::sync::Mutex::new(Some(moved)),
        std::sync::Mutex::new(is_moved),
    );
    let meanwhile = decide(move |scene, _| {
        if let Some(moved) = moved.lock().unwrap().take() {
            let other = other.clone();
            runtime.spawn(async move {
                other.migrate(old, new).await.unwrap();
                moved.send(()).unwrap();
                other.close().await;
            });
            // It either waits for us or is done soon.
            let _ = is_moved
                .lock()
                .unwrap()
                .recv_timeout(Duration::from_secs(1));
        }
        let chat = scene.chat.as_mut().unwrap();
        chat.unreachable = true;
        vec![]
    });
    assert_eq!(
        react(&store, 2, message(-5, None), meanwhile).await,
        Reacted::Done(0)
    );
    // As soon as the move is through.
    while store.resolve(old).await.unwrap() != new {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(store.chat(old).await.unwrap(), None, "it is back");
    let chat = store.chat(new).await.unwrap().unwrap();
    assert!(chat.unreachable, "what the reaction changed is lost");
    store.close().await;
    database.drop().await;
}

/// The other way round: whoever waits for the group while it moves finds it where it is then.
#[tokio::test]
async fn a_reaction_that_waited_for_the_move_finds_the_group_where_it_is() {
    use sqlx::Connection as _;
    let Some(database) = postgres_database().await else {
        return;
    };
    let store = tg_bridge::store::open(&database.url, Clock::default())
        .await
        .unwrap();
    let link = decide(|scene, _| {
        scene.chat = Some(linked(-5, 5));
        vec![]
    });
    react(&store, 1, message(-5, None), link).await;
    // What a move does, in the hands of the test: it holds the group, and has not been committed.
    let mut other = sqlx::PgConnection::connect(&database.url).await.unwrap();
    let mut moving = other.begin().await.unwrap();
    for statement in [
        "SELECT pg_advisory_xact_lock(-10)",
        "INSERT INTO moved (old_id, new_id) VALUES (-5, -1005)",
        "UPDATE chat SET id = -1005, body = replace(body, '-5', '-1005') WHERE id = -5",
    ] {
        sqlx::query(statement).execute(&mut *moving).await.unwrap();
    }
    let meet = decide(|scene, _| {
        assert_eq!(scene.here, Some(ChatId(-1_005)));
        assert_eq!(scene.chat.as_ref().map(|chat| chat.id), scene.here);
        assert_eq!(scene.former, Some(ChatId(-5)));
        vec![]
    });
    let reacting = tokio::spawn({
        let store = store.clone();
        async move { react(&store, 2, message(-5, None), meet).await }
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(!reacting.is_finished(), "it does not wait for the move");
    moving.commit().await.unwrap();
    assert_eq!(reacting.await.unwrap(), Reacted::Done(0));
    store.close().await;
    database.drop().await;
}
