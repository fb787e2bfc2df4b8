//! Why a store cannot do what it was asked.

use std::cmp::Ordering;

/// A store could not be opened. Each says what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The address names no store this program has.
    #[error("DATABASE_URL begins with `{0}:`; it must be `sqlite:<file>` or `postgres://…`")]
    Address(String),
    /// The place cannot be written.
    #[error(
        "the database {place} cannot be opened for writing: {reason}. Check the owner and the rights of the file and its folder"
    )]
    Place {
        /// The file.
        place: String,
        /// What the system said.
        reason: String,
    },
    /// The server cannot be reached, or does not let us write.
    #[error(
        "the database server in DATABASE_URL cannot be opened for writing: {0}. Check the server, the name and the password, and the rights of the role"
    )]
    Server(String),
    /// Another process has it open.
    #[error("the database {0} is in use by another running tg-bridge; stop that one first")]
    InUse(String),
    /// It belongs to another program.
    #[error(
        "the database {0} was not made by tg-bridge and is left alone; name another file in DATABASE_URL"
    )]
    Foreign(String),
    /// Another version of the program has been here.
    #[error(
        "the database has schema version {found}, this program knows {known}; use the tg-bridge that made it"
    )]
    Newer {
        /// In the database.
        found: i64,
        /// In the program.
        known: i64,
    },
    /// An older version of the program made it, or nobody has yet; only the bridge brings it up to date.
    #[error(
        "the database has schema version {found}, this program works with {known}; a start of the bridge brings it up to date"
    )]
    Older {
        /// In the database; 0 if it is empty.
        found: i64,
        /// In the program.
        known: i64,
    },
    /// A durability setting did not take.
    #[error(
        "the database refuses {setting}={wanted} and stays at {found}; it must lie on a local disk"
    )]
    Setting {
        /// Which.
        setting: &'static str,
        /// What is needed.
        wanted: &'static str,
        /// What is.
        found: String,
    },
    /// The schema could not be brought up to date.
    #[error("the database schema could not be brought up to date and is as it was: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// Anything else the database said.
    #[error("the database could not be opened: {0}")]
    Database(#[from] sqlx::Error),
}

impl OpenError {
    /// What is wrong for a guest with a schema of this version, if anything.
    pub(super) fn for_guest(found: i64, known: i64) -> Result<(), Self> {
        match found.cmp(&known) {
            Ordering::Less => Err(Self::Older { found, known }),
            Ordering::Equal => Ok(()),
            Ordering::Greater => Err(Self::Newer { found, known }),
        }
    }
}

/// A store call failed; nothing was written, unless its variant says otherwise.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// More writes are waiting than is sensible; try again in a moment.
    #[error("too many writes are waiting")]
    Busy,
    /// The store is closed, or broken.
    #[error("the store is closed")]
    Closed,
    /// The database does not answer. What was asked may still be done.
    #[error("the database does not answer")]
    Silent,
    /// The whole group of writes could not be committed.
    #[error("the commit failed: {0}")]
    Commit(String),
    /// A record cannot be read, or not be written.
    #[error("{table} {id} is not readable")]
    Record {
        /// Which table.
        table: &'static str,
        /// Which row.
        id: i64,
        /// Where it is wrong.
        #[source]
        source: serde_json::Error,
    },
    /// The system gives no random numbers.
    #[error("no random numbers: {0}")]
    Random(String),
    /// The database said no.
    #[error("the database refused: {0}")]
    Database(#[from] sqlx::Error),
}

impl StoreError {
    /// Whether the same call can succeed later with the same data.
    pub fn is_temporary(&self) -> bool {
        !matches!(self, Self::Record { .. })
    }
}
