//! The databases the bridge runs on here: a file, a schema of a server that runs anyway, or a server of one's own that
//! can be killed. What the harness asks of each is text.

use super::cluster::Cluster;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, PgPool, Row as _, SqlitePool};
use std::io::Write as _;
use std::path::Path;
use tg_bridge::store::{Clock, NewItem};
use tg_bridge::telegram::ChatId;

/// Which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

pub(crate) struct Database {
    pub(crate) engine: Engine,
    pub(crate) url: String,
    pub(crate) cluster: Option<Cluster>,
    schema: Option<(String, String)>,
}

pub(crate) type Rows = Vec<Vec<Option<String>>>;

/// What no row of a queue on PostgreSQL may be. In a run nothing is revived, and nothing is old enough to be tidied away.
const WRONG: [&str; 4] = [
    // Not grouped by the key itself: that would be read from the index that is to see to it.
    "SELECT (dedup || '') || ' is there twice' FROM item GROUP BY dedup || '' HAVING count(*) > 1",
    "SELECT dedup || ' has no lane' FROM item
     WHERE NOT EXISTS (SELECT FROM lane WHERE lane.hop = item.hop AND lane.key = item.lane)",
    "SELECT dedup || ' has a number its lane has not given' FROM item
     JOIN lane ON lane.hop = item.hop AND lane.key = item.lane WHERE seq > next_seq",
    "SELECT min(dedup) || ' shares its place in its lane' FROM item
     GROUP BY hop, lane, seq HAVING count(*) > 1",
];

impl Database {
    pub(crate) fn sqlite(folder: &Path) -> Self {
        Self {
            engine: Engine::Sqlite,
            url: format!("sqlite:{}", folder.join("bridge.db").display()),
            cluster: None,
            schema: None,
        }
    }

    /// A schema of the server that `TEST_POSTGRES_URL` names.
    pub(crate) async fn postgres() -> Option<Self> {
        let Ok(server) = std::env::var("TEST_POSTGRES_URL") else {
            assert!(
                std::env::var("CI").is_err(),
                "TEST_POSTGRES_URL must be set in CI"
            );
            eprintln!("SKIPPED: TEST_POSTGRES_URL is not set, PostgreSQL was not tried");
            return None;
        };
        let schema = format!("crash_{:016x}", fastrand::u64(..));
        let admin = PgPool::connect(&server).await.unwrap();
        sqlx::query(AssertSqlSafe(format!("CREATE SCHEMA {schema}")))
            .execute(&admin)
            .await
            .unwrap();
        admin.close().await;
        let mark = if server.contains('?') { '&' } else { '?' };
        Some(Self {
            engine: Engine::Postgres,
            url: format!(
                "{server}{mark}options=-csearch_path%3D{schema}&application_name={schema}"
            ),
            cluster: None,
            schema: Some((server, schema)),
        })
    }

    /// A server of one's own.
    pub(crate) async fn own_postgres() -> Option<Self> {
        let Some(cluster) = Cluster::start(None) else {
            assert!(std::env::var("CI").is_err(), "initdb must be there in CI");
            eprintln!("SKIPPED: there is no initdb, PostgreSQL was not restarted under the bridge");
            return None;
        };
        Some(Self {
            engine: Engine::Postgres,
            url: cluster.url.clone(),
            cluster: Some(cluster),
            schema: None,
        })
    }

    /// Runs statements without results.
    pub(crate) async fn run(&self, statements: &[String]) {
        match self.engine {
            Engine::Sqlite => {
                let pool = SqlitePool::connect(&self.url).await.unwrap();
                for sql in statements {
                    sqlx::query(AssertSqlSafe(sql.clone()))
                        .execute(&pool)
                        .await
                        .unwrap();
                }
                pool.close().await;
            }
            Engine::Postgres => {
                let pool = PgPool::connect(&self.url).await.unwrap();
                for sql in statements {
                    sqlx::query(AssertSqlSafe(sql.clone()))
                        .execute(&pool)
                        .await
                        .unwrap();
                }
                pool.close().await;
            }
        }
    }

    /// Rows of columns, all of which the statement makes text.
    pub(crate) async fn rows(&self, sql: &str) -> Rows {
        macro_rules! read {
            ($pool:ty) => {{
                let pool = <$pool>::connect(&self.url).await.unwrap();
                let rows = sqlx::query(AssertSqlSafe(sql.to_owned()))
                    .fetch_all(&pool)
                    .await
                    .unwrap();
                let read = rows
                    .iter()
                    .map(|row| (0..row.len()).map(|n| row.get(n)).collect())
                    .collect();
                pool.close().await;
                read
            }};
        }
        match self.engine {
            Engine::Sqlite => read!(SqlitePool),
            Engine::Postgres => read!(PgPool),
        }
    }

    /// What is wrong with what the database holds, whatever is in it; nothing, if it is sound.
    pub(crate) async fn unsound(&self) -> Vec<String> {
        let first = |rows: Rows| rows.into_iter().filter_map(|row| row.into_iter().next()?);
        match self.engine {
            Engine::Sqlite => {
                let told = first(self.rows("PRAGMA integrity_check").await);
                told.filter(|word| word != "ok").collect()
            }
            Engine::Postgres => {
                let mut wrong = self.wrong_indexes().await;
                for sql in WRONG {
                    wrong.extend(first(self.rows(sql).await));
                }
                wrong
            }
        }
    }

    /// Indexes of PostgreSQL that are out of order, or lack an entry for a row. Every row is read for that, and no index is
    /// trusted.
    async fn wrong_indexes(&self) -> Vec<String> {
        let mut db = PgConnection::connect(&self.url).await.unwrap();
        // Another run on the server may be making it now; then it is there as well.
        let make = "CREATE EXTENSION IF NOT EXISTS amcheck SCHEMA public";
        let made = sqlx::query(make).execute(&mut db).await;
        let place: Option<String> = sqlx::query_scalar(
            "SELECT quote_ident(nspname) FROM pg_extension
             JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'amcheck'",
        )
        .fetch_optional(&mut db)
        .await
        .unwrap();
        let Some(place) = place else {
            assert!(std::env::var("CI").is_err(), "CI needs amcheck: {made:?}");
            let _ = writeln!(
                std::io::stderr(),
                "SKIPPED: PostgreSQL has no amcheck, its indexes were not looked through"
            );
            return Vec::new();
        };
        let indexes: Vec<String> = sqlx::query_scalar(
            "SELECT indexrelid::regclass::text FROM pg_index
             JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = relam
             WHERE relnamespace = current_schema()::regnamespace AND amname = 'btree'",
        )
        .fetch_all(&mut db)
        .await
        .unwrap();
        assert!(indexes.len() > 10, "they are found at all: {indexes:?}");
        let mut wrong = Vec::new();
        for index in indexes {
            let look = format!("SELECT {place}.bt_index_check('{index}', true)");
            if let Err(e) = sqlx::query(AssertSqlSafe(look)).execute(&mut db).await {
                wrong.push(format!("{index}: {e}"));
            }
        }
        db.close().await.unwrap();
        wrong
    }

    /// Cuts the bridge's connections, as a failing server does.
    pub(crate) async fn cut_connections(&self) {
        let (Some((server, schema)), Ok(admin)) = (
            self.schema.as_ref(),
            PgPool::connect(self.schema.as_ref().map_or("", |(server, _)| server)).await,
        ) else {
            return;
        };
        let _ = server;
        let sql = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{schema}'"
        );
        let _ = sqlx::query(AssertSqlSafe(sql)).execute(&admin).await;
        admin.close().await;
    }

    pub(crate) async fn drop(self) {
        if let Some((server, schema)) = self.schema {
            let admin = PgPool::connect(&server).await.unwrap();
            sqlx::query(AssertSqlSafe(format!("DROP SCHEMA {schema} CASCADE")))
                .execute(&admin)
                .await
                .unwrap();
        }
    }
}

/// What makes a database of the bridge unsound, and how that is called.
const MISHAPS: [(&[&str], &str); 5] = [
    (
        &[
            "ALTER TABLE item DROP CONSTRAINT item_dedup_key",
            "INSERT INTO item (hop, lane, seq, dedup, kind, body, created_at) SELECT hop, lane, 1, dedup, kind, body, 0 FROM item",
        ],
        "is there twice",
    ),
    (&["DELETE FROM lane"], "has no lane"),
    (
        &["UPDATE item SET seq = seq + 1"],
        "has a number its lane has not given",
    ),
    (
        &[
            "INSERT INTO item (hop, lane, seq, dedup, kind, body, created_at) SELECT hop, lane, seq, 'another', kind, body, 0 FROM item",
        ],
        "shares its place in its lane",
    ),
    (
        // An index by what a function said when a row was written, and that it says no more.
        &[
            "CREATE FUNCTION mood(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT $1 $$",
            "CREATE INDEX moody ON item (mood(dedup))",
            "CREATE OR REPLACE FUNCTION mood(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT $1 || '!' $$",
        ],
        "moody",
    ),
];

#[tokio::test]
async fn an_unsound_database_is_told_from_a_sound_one() {
    for (mishap, name) in MISHAPS {
        let Some(database) = Database::postgres().await else {
            return;
        };
        let store = tg_bridge::store::open(&database.url, Clock::default())
            .await
            .unwrap();
        let item = NewItem::update(1, Some(ChatId(7)), "{}".into());
        store.accept(vec![item]).await.unwrap();
        store.close().await;
        assert_eq!(database.unsound().await, Vec::<String>::new());
        for sql in mishap {
            database.run(&[(*sql).to_owned()]).await;
        }
        let wrong = database.unsound().await;
        assert!(
            wrong.iter().any(|word| word.contains(name)),
            "{name} is not seen: {wrong:?}"
        );
        database.drop().await;
    }
}
