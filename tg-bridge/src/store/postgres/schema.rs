//! Bringing the schema up to date, or refusing what is not ours.

use crate::store::{Clock, OpenError};
use sqlx::migrate::{Migrate as _, MigrateError};
use sqlx::{Connection as _, PgConnection, PgPool};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/postgres");

fn place(reason: impl std::fmt::Display) -> OpenError {
    OpenError::Server(reason.to_string())
}

/// Makes or updates the schema in one transaction, while no other replica does.
pub(super) async fn bring_up_to_date(pool: &PgPool, clock: &Clock) -> Result<(), OpenError> {
    let mut connection = PgConnection::connect_with(&pool.connect_options())
        .await
        .map_err(place)?;
    connection.lock().await.map_err(refused)?;
    let mut transaction = connection.begin().await?;
    if is_foreign(&mut transaction).await? {
        return Err(OpenError::Foreign("in DATABASE_URL".into()));
    }
    // The lock is taken already, and around the transaction: whoever waits for it must see what was committed.
    MIGRATIONS.run(&mut *transaction).await.map_err(refused)?;
    sqlx::query("INSERT INTO meta (key, value) VALUES ('opened_at', $1) ON CONFLICT (key) DO UPDATE SET value = $1")
        .bind(clock.now().to_string())
        .execute(&mut *transaction)
        .await
        .map_err(place)?;
    transaction.commit().await.map_err(place)?;
    connection.close().await?;
    Ok(())
}

/// A guest changes nothing about the schema.
pub(super) async fn check(pool: &PgPool) -> Result<(), OpenError> {
    let mut connection = pool.acquire().await.map_err(place)?;
    if is_foreign(&mut connection).await? {
        return Err(OpenError::Foreign("in DATABASE_URL".into()));
    }
    let (is_made, may_make): (bool, bool) = sqlx::query_as(
        "SELECT to_regclass('_sqlx_migrations') IS NOT NULL,
                coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)",
    )
    .fetch_one(&mut *connection)
    .await
    .map_err(place)?;
    if !is_made && !may_make {
        return Err(place("the role may not make tables in its schema"));
    }
    let found: Option<i64> = match is_made {
        true => sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
            .fetch_one(&mut *connection)
            .await
            .map_err(place)?,
        false => None,
    };
    OpenError::for_guest(found.unwrap_or_default(), newest())
}

/// Tables of these names that were not made by this program's first migration are somebody else's.
async fn is_foreign(c: &mut PgConnection) -> Result<bool, OpenError> {
    let taken: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = current_schema()
         AND tablename IN ('lane', 'item', 'chat', 'issue', 'message', 'moved', 'meta', '_sqlx_migrations'))",
    )
    .fetch_one(&mut *c)
    .await?;
    if !taken {
        return Ok(false);
    }
    let recorded: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
        .fetch_one(&mut *c)
        .await?;
    let Some(first) = MIGRATIONS.iter().next().filter(|_| recorded) else {
        return Ok(true);
    };
    let ours: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM _sqlx_migrations WHERE version = $1 AND checksum = $2)",
    )
    .bind(first.version)
    .bind(first.checksum.as_ref())
    .fetch_one(c)
    .await?;
    Ok(!ours)
}

fn newest() -> i64 {
    MIGRATIONS
        .iter()
        .map(|m| m.version)
        .max()
        .unwrap_or_default()
}

fn refused(error: MigrateError) -> OpenError {
    match error {
        MigrateError::VersionMissing(found) if found > newest() => OpenError::Newer {
            found,
            known: newest(),
        },
        MigrateError::Execute(e) | MigrateError::ExecuteMigration(e, _) if is_read_only(&e) => {
            place(e)
        }
        other => OpenError::Migration(other),
    }
}

fn is_read_only(error: &sqlx::Error) -> bool {
    // Read-only, out of space, or without the right to.
    error
        .as_database_error()
        .and_then(|e| e.code())
        .is_some_and(|code| matches!(code.as_ref(), "25006" | "53100" | "42501"))
}
