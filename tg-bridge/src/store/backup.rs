//! A copy of the SQLite file that is whole although a bridge works in it: the database writes it itself, from one snapshot.

use super::sqlite;
use super::{OpenError, Place};
use std::io;
use std::path::{Path, PathBuf};

/// No copy was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// The database.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It is not in a file.
    #[error("DATABASE_URL names a PostgreSQL database; use pg_dump")]
    Server,
    /// Nothing is written over.
    #[error("{0} is there already; name another file")]
    Exists(String),
    /// The place of the copy.
    #[error("{place} cannot be written: {reason}")]
    Place {
        /// Where.
        place: String,
        /// What the system said.
        reason: String,
    },
    /// The copy is damaged, so the original may be.
    #[error("the copy is damaged: {0}")]
    Damaged(String),
}

/// Copies the database to a file that is not there yet, while a bridge may be working in it. Until the copy is whole and
/// on the disk its name ends in `.part`; only its owner may read it.
///
/// # Errors
/// When the database cannot be read, or the copy not be written. Then there is none.
pub async fn backup(url: &str, to: &Path) -> Result<(), BackupError> {
    let Place::File(from) = Place::of(url)? else {
        return Err(BackupError::Server);
    };
    let part = part(to);
    if to.exists() || part.exists() {
        let found = if to.exists() { to } else { &part };
        return Err(BackupError::Exists(found.display().to_string()));
    }
    let copied = match sqlite::copy(from, &part).await {
        Ok(()) => keep(&part, to).map_err(|e| BackupError::Place {
            place: to.display().to_string(),
            reason: e.to_string(),
        }),
        Err(e) => Err(e),
    };
    if copied.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    copied
}

fn part(to: &Path) -> PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// The copy gets its name once it is on the disk.
fn keep(part: &Path, to: &Path) -> io::Result<()> {
    std::fs::File::open(part)?.sync_all()?;
    std::fs::rename(part, to)?;
    let folder = match to.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    std::fs::File::open(folder)?.sync_all()
}
