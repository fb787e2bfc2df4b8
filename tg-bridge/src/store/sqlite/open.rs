//! Opening the file: one process, durable settings that are checked, a schema that is known.

use crate::failpoint::{Point, reach};
use crate::store::{Clock, OpenError, Role};
use sqlx::migrate::MigrateError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, SqliteConnection, SqlitePool};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Marks the file as ours: "tgBr" in SQLite's own field for that.
const APPLICATION_ID: i64 = 0x7467_4272;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/sqlite");

pub(super) struct Opened {
    /// For writing.
    pub(super) connection: SqliteConnection,
    /// How to connect for copying the log into the file; a guest leaves that to the bridge.
    pub(super) copying: Option<SqliteConnectOptions>,
    pub(super) readers: SqlitePool,
    pub(super) lock: Option<File>,
}

pub(super) async fn open(path: &Path, clock: &Clock, role: Role) -> Result<Opened, OpenError> {
    let place = |reason: String| OpenError::Place {
        place: path.display().to_string(),
        reason,
    };
    let bridge = role == Role::Bridge;
    let lock = bridge.then(|| lock(path)).transpose()?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5));
    let writing = options
        .clone()
        .create_if_missing(bridge)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("journal_size_limit", "67108864")
        // The copying goes on beside the writer, so this is only reached where it does not keep up; 32 MiB are read again at
        // the start after a kill.
        .pragma("wal_autocheckpoint", "8000")
        .pragma("cache_size", "-16000")
        // A script for every number of items that come together.
        .statement_cache_capacity(256);

    // A foreign file must not even be switched to WAL, so it is looked at first.
    if path.metadata().is_ok_and(|file| file.len() > 0) {
        let mut look = SqliteConnection::connect_with(&options.clone().read_only(true))
            .await
            .map_err(|e| place(e.to_string()))?;
        let owner = number(&mut look, "PRAGMA application_id").await;
        let tables = number(&mut look, "SELECT count(*) FROM sqlite_schema").await;
        look.close().await?;
        match (owner, tables) {
            (Ok(APPLICATION_ID), _) | (Ok(0), Ok(0)) => {}
            (Err(e), _) | (_, Err(e)) if !is_not_a_database(&e) => {
                return Err(place(e.to_string()));
            }
            _ => return Err(OpenError::Foreign(path.display().to_string())),
        }
    }

    let mut connection = SqliteConnection::connect_with(&writing)
        .await
        .map_err(|e| place(e.to_string()))?;
    check_settings(&mut connection).await?;
    if bridge {
        take_over(&mut connection, path, clock).await?;
    } else {
        check_schema(&mut connection).await?;
    }

    let readers = SqlitePoolOptions::new()
        .max_connections(4)
        .connect_with(options.read_only(true).pragma("query_only", "ON"))
        .await?;
    Ok(Opened {
        connection,
        copying: bridge.then_some(writing),
        readers,
        lock,
    })
}

/// Makes the file the bridge's own, as the bridge that worked it before left it or did not leave it. All of it is one
/// transaction: a file whose schema cannot be brought up to date stays what it was.
async fn take_over(
    connection: &mut SqliteConnection,
    path: &Path,
    clock: &Clock,
) -> Result<(), OpenError> {
    let place = |e: sqlx::Error| OpenError::Place {
        place: path.display().to_string(),
        reason: e.to_string(),
    };
    // Refuses a place that can be read but not written, before anything is promised.
    let mut transaction = connection
        .begin_with("BEGIN IMMEDIATE")
        .await
        .map_err(place)?;
    sqlx::query("PRAGMA application_id = 1952924274")
        .execute(&mut *transaction)
        .await
        .map_err(place)?;
    MIGRATIONS
        .run(&mut *transaction)
        .await
        .map_err(|e| refused(e, place))?;
    reach(Point::Migrated);
    sqlx::query("INSERT INTO meta (key, value) VALUES ('opened_at', ?1) ON CONFLICT (key) DO UPDATE SET value = ?1")
        .bind(clock.now().to_string())
        .execute(&mut *transaction)
        .await
        .map_err(place)?;
    transaction.commit().await.map_err(place)
}

/// A guest changes nothing about the schema.
pub(super) async fn check_schema(connection: &mut SqliteConnection) -> Result<(), OpenError> {
    const MADE: &str = "SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'";
    let found = match number(connection, MADE).await? {
        0 => 0,
        _ => number(connection, "SELECT max(version) FROM _sqlx_migrations").await?,
    };
    let known = MIGRATIONS
        .iter()
        .map(|m| m.version)
        .max()
        .unwrap_or_default();
    OpenError::for_guest(found, known)
}

/// Takes the file beside the database that says "in use". It stays there; only the lock on it means something.
fn lock(path: &Path) -> Result<File, OpenError> {
    let place = |reason: std::io::Error| OpenError::Place {
        place: path.display().to_string(),
        reason: reason.to_string(),
    };
    let mut beside = PathBuf::from(path).into_os_string();
    beside.push(".lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(beside)
        .map_err(place)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(path.display().to_string())),
        Err(TryLockError::Error(e)) => Err(place(e)),
    }
}

async fn check_settings(connection: &mut SqliteConnection) -> Result<(), OpenError> {
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode")
        .fetch_one(&mut *connection)
        .await?;
    if journal != "wal" {
        return Err(OpenError::Setting {
            setting: "journal_mode",
            wanted: "wal",
            found: journal,
        });
    }
    let synchronous = number(connection, "PRAGMA synchronous").await?;
    if synchronous != 2 {
        return Err(OpenError::Setting {
            setting: "synchronous",
            wanted: "FULL",
            found: synchronous.to_string(),
        });
    }
    Ok(())
}

async fn number(connection: &mut SqliteConnection, sql: &'static str) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(sql).fetch_one(connection).await
}

fn is_not_a_database(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .and_then(|e| e.code())
        .is_some_and(|code| code == "26")
}

/// Read-only, full, failing, or not to be opened.
fn is_place(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .and_then(|e| e.code())
        .and_then(|code| code.parse::<u32>().ok())
        .is_some_and(|code| matches!(code & 0xff, 8 | 10 | 13 | 14))
}

fn refused(error: MigrateError, place: impl Fn(sqlx::Error) -> OpenError) -> OpenError {
    let known = MIGRATIONS
        .iter()
        .map(|m| m.version)
        .max()
        .unwrap_or_default();
    match error {
        MigrateError::VersionMissing(found) if found > known => OpenError::Newer { found, known },
        MigrateError::Execute(e) | MigrateError::ExecuteMigration(e, _) if is_place(&e) => place(e),
        other => OpenError::Migration(other),
    }
}
