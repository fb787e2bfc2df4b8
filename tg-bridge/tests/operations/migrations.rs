//! Databases of other versions: an older one is brought up to date as a whole or not at all, a newer one is refused.

use crate::engine::postgres::postgres_database;
use sqlx::migrate::Migrator;
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use std::time::Duration;
use tg_bridge::reaction::Chat;
use tg_bridge::store::{self, Clock, Hop, OpenError};
use tg_bridge::telegram::ChatId;

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// A group whose id needs 64 bits.
const GROUP: i64 = -1_001_234_567_890_123;
/// What version 1 kept of a client, and of an event that was handled.
const WORDS: &str = "слова, которые отслужили";

/// Rows as the first version of the schema held them.
fn rows(engine: &str) -> Vec<String> {
    let chat = serde_json::to_string(&Chat::new(ChatId(GROUP))).unwrap();
    let (columns, values) = match engine {
        "sqlite" => ("", ""),
        _ => (", seq", ", 1"),
    };
    vec![
        format!("INSERT INTO chat (id, contact_id, body) VALUES ({GROUP}, 5, '{chat}')"),
        format!(
            "INSERT INTO item (hop, lane, dedup, kind, body, state, created_at, ended_at{columns})
             VALUES ('in', 'chat:1', 'tg:1', 'update', '{WORDS}', 'done', 1, 2{values})"
        ),
        format!(
            "INSERT INTO item (hop, lane, dedup, kind, body, created_at{columns})
             VALUES ('in', 'chat:{GROUP}', 'tg:9007199254740993', 'update', '{{}}', 3{values})"
        ),
        format!(
            "INSERT INTO lane (hop, key, next_at, pending) VALUES ('in', 'chat:{GROUP}', 3, 1)"
        ),
    ]
}

/// What a store of the newest version finds in a database of the first.
async fn finds_everything(url: &str) {
    let store = store::open(url, Clock::default()).await.unwrap();
    let chat = store.chat(ChatId(GROUP)).await.unwrap();
    assert_eq!(chat, Some(Chat::new(ChatId(GROUP))));
    let claimed = store
        .claim(Hop::In, 10, Duration::from_secs(30))
        .await
        .unwrap();
    assert_eq!(claimed.batches.len(), 1);
    assert_eq!(claimed.batches[0].lease.lane(), format!("chat:{GROUP}"));
    assert_eq!(claimed.batches[0].items[0].body, "{}");
    assert!(store.release(&claimed.batches[0].lease).await.is_ok());
    store.close().await;
}

#[tokio::test]
async fn ops_04_an_older_file_is_brought_up_to_date_in_one_transaction() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("bridge.db").display());
    let mut db = SqliteConnection::connect(&format!("{url}?mode=rwc"))
        .await
        .unwrap();
    sqlx::query("PRAGMA application_id = 1952924274")
        .execute(&mut db)
        .await
        .unwrap();
    SQLITE.run_to(1, &mut db).await.unwrap();
    for sql in rows("sqlite") {
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .execute(&mut db)
            .await
            .unwrap();
    }
    let look = async |db: &mut SqliteConnection| -> (i64, i64) {
        let version = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations");
        let version = version.fetch_one(&mut *db).await.unwrap();
        let kept = sqlx::query_scalar("SELECT count(*) FROM item WHERE body = ?");
        (version, kept.bind(WORDS).fetch_one(db).await.unwrap())
    };

    // Its second step cannot be done, so its first is not done either.
    let index: String =
        sqlx::query_scalar("SELECT sql FROM sqlite_schema WHERE name = 'item_open'")
            .fetch_one(&mut db)
            .await
            .unwrap();
    sqlx::query("DROP INDEX item_open")
        .execute(&mut db)
        .await
        .unwrap();
    let failed = store::open(&url, Clock::default()).await.err().unwrap();
    assert!(matches!(failed, OpenError::Migration(_)), "{failed}");
    assert!(failed.to_string().contains("item_open"), "{failed}");
    assert_eq!(look(&mut db).await, (1, 1));

    sqlx::query(sqlx::AssertSqlSafe(index))
        .execute(&mut db)
        .await
        .unwrap();
    finds_everything(&url).await;
    let newest = SQLITE.iter().map(|m| m.version).max().unwrap();
    assert!(newest > 1);
    assert_eq!(look(&mut db).await, (newest, 0));
}

#[tokio::test]
async fn ops_04_an_older_server_database_is_brought_up_to_date_in_one_transaction() {
    let Some(database) = postgres_database().await else {
        return;
    };
    let url = database.url.as_str();
    let mut db = PgConnection::connect(url).await.unwrap();
    POSTGRES.run_to(1, &mut db).await.unwrap();
    for sql in rows("postgres") {
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .execute(&mut db)
            .await
            .unwrap();
    }
    let look = async |db: &mut PgConnection| -> (i64, i64) {
        let version = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations");
        let version = version.fetch_one(&mut *db).await.unwrap();
        let kept = sqlx::query_scalar("SELECT count(*) FROM item WHERE body = $1");
        (version, kept.bind(WORDS).fetch_one(db).await.unwrap())
    };
    sqlx::query("ALTER INDEX item_open RENAME TO elsewhere")
        .execute(&mut db)
        .await
        .unwrap();
    let failed = store::open(url, Clock::default()).await.err().unwrap();
    assert!(matches!(failed, OpenError::Migration(_)), "{failed}");
    assert_eq!(look(&mut db).await, (1, 1));
    sqlx::query("ALTER INDEX elsewhere RENAME TO item_open")
        .execute(&mut db)
        .await
        .unwrap();

    // Replicas that start together do it once.
    let (one, two, three) = tokio::join!(
        store::open(url, Clock::default()),
        store::open(url, Clock::default()),
        store::open(url, Clock::default())
    );
    for store in [one, two, three] {
        store.unwrap().close().await;
    }
    finds_everything(url).await;
    let newest = POSTGRES.iter().map(|m| m.version).max().unwrap();
    assert!(newest > 1);
    assert_eq!(look(&mut db).await, (newest, 0));
    db.close().await.unwrap();
    database.drop().await;
}

#[tokio::test]
async fn ops_04_a_newer_database_is_refused_and_left_alone() {
    const NEWER: &str =
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (9001, 'from the future', TRUE, '', 0)";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bridge.db");
    let url = format!("sqlite:{}", path.display());
    store::open(&url, Clock::default())
        .await
        .unwrap()
        .close()
        .await;
    let mut db = SqliteConnection::connect(&url).await.unwrap();
    sqlx::query(NEWER).execute(&mut db).await.unwrap();
    db.close().await.unwrap();
    let before = std::fs::read(&path).unwrap();
    for open in [
        store::open(&url, Clock::default()).await,
        store::open_beside(&url, Clock::default()).await,
    ] {
        let refused = open.err().unwrap();
        assert!(
            matches!(refused, OpenError::Newer { found: 9001, .. }),
            "{refused}"
        );
        assert!(refused.to_string().contains("9001"), "{refused}");
    }
    assert_eq!(std::fs::read(&path).unwrap(), before);

    let Some(database) = postgres_database().await else {
        return;
    };
    let url = database.url.as_str();
    store::open(url, Clock::default())
        .await
        .unwrap()
        .close()
        .await;
    let mut db = PgConnection::connect(url).await.unwrap();
    sqlx::query(NEWER).execute(&mut db).await.unwrap();
    db.close().await.unwrap();
    for open in [
        store::open(url, Clock::default()).await,
        store::open_beside(url, Clock::default()).await,
    ] {
        let refused = open.err().unwrap();
        assert!(
            matches!(refused, OpenError::Newer { found: 9001, .. }),
            "{refused}"
        );
    }
    database.drop().await;
}
