//! The databases the bridge runs on here: a file, a schema of a server that runs anyway, or a server of one's own that
//! can be killed. What the harness asks of each is text.

use super::cluster::Cluster;
use sqlx::{AssertSqlSafe, PgPool, Row as _, SqlitePool};
use std::path::Path;

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
