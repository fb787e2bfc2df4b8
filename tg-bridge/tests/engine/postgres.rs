//! A place of one's own in the PostgreSQL server that `TEST_POSTGRES_URL` names.

use std::io::Write as _;

/// A schema that is dropped at the end.
pub struct Database {
    admin: sqlx::PgPool,
    schema: String,
    /// The address of the schema.
    pub url: String,
}

impl Database {
    pub async fn drop(self) {
        let sql = format!("DROP SCHEMA {} CASCADE", self.schema);
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .execute(&self.admin)
            .await
            .unwrap();
    }
}

/// `None`: there is no server, and this is not CI.
pub async fn postgres_database() -> Option<Database> {
    let Ok(server) = std::env::var("TEST_POSTGRES_URL") else {
        assert!(
            std::env::var("CI").is_err(),
            "TEST_POSTGRES_URL must be set in CI"
        );
        // Not by `eprintln`, which the test harness keeps to itself.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: TEST_POSTGRES_URL is not set, PostgreSQL was not tested"
        );
        return None;
    };
    let admin = sqlx::PgPool::connect(&server).await.unwrap();
    let schema = format!("bridge_{:016x}", fastrand::u64(..));
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE SCHEMA {schema}")))
        .execute(&admin)
        .await
        .unwrap();
    let mark = if server.contains('?') { '&' } else { '?' };
    let url = format!("{server}{mark}options=-csearch_path%3D{schema}");
    Some(Database { admin, schema, url })
}
