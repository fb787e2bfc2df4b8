//! Writing a copy of the file.

use super::open::check_schema;
use crate::store::{BackupError, OpenError};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Copies one snapshot of the database and looks whether the copy is sound.
pub(in crate::store) async fn copy(from: &Path, to: &Path) -> Result<(), BackupError> {
    let mut source = SqliteConnection::connect_with(&readable(from))
        .await
        .map_err(|e| OpenError::Place {
            place: from.display().to_string(),
            reason: e.to_string(),
        })?;
    check_schema(&mut source).await?;
    let place = |reason: String| BackupError::Place {
        place: to.display().to_string(),
        reason,
    };
    // Made in advance and empty, because the database would let others read it.
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(to)
        .map_err(|e| place(e.to_string()))?;
    sqlx::query("VACUUM INTO $1")
        .bind(to.to_string_lossy().into_owned())
        .execute(&mut source)
        .await
        .map_err(|e| place(e.to_string()))?;
    let _ = source.close().await;

    let mut copy = SqliteConnection::connect_with(&readable(to))
        .await
        .map_err(|e| place(e.to_string()))?;
    let found: String = sqlx::query_scalar("PRAGMA integrity_check")
        .fetch_one(&mut copy)
        .await
        .map_err(|e| place(e.to_string()))?;
    let _ = copy.close().await;
    if found == "ok" {
        Ok(())
    } else {
        Err(BackupError::Damaged(found))
    }
}

fn readable(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(path).read_only(true)
}
