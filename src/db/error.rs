//! What can go wrong between us and the database, sorted by what the caller can do about it.

/// An error from the database. It always ends its transaction.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The database cannot be reached, or has no room for one more question just now.
    #[error("the database does not answer")]
    Unavailable(#[source] sqlx::Error),
    /// Two transactions met; running the whole transaction again may well succeed.
    #[error("two changes met in the database")]
    Conflict(#[source] sqlx::Error),
    /// A unique key or other promise of the tables was broken.
    #[error("the database refused a row")]
    Refused(#[source] sqlx::Error),
    /// The engine runs with settings under which a commit may be lost.
    #[error("{0}")]
    NotDurable(&'static str),
    /// A change of the tables could not be made.
    #[error("the tables could not be brought up to date")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// Anything else: a fault of ours.
    #[error("the database gave an error")]
    Fault(#[source] sqlx::Error),
}

impl DbError {
    /// Whether the person may simply try again in a while.
    pub fn is_passing(&self) -> bool {
        matches!(self, DbError::Unavailable(_) | DbError::Conflict(_))
    }
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> DbError {
        match &error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => DbError::Unavailable(error),
            sqlx::Error::Database(inner) => {
                let code = inner.code().unwrap_or_default().into_owned();
                match code.as_str() {
                    // PostgreSQL: serialization failure, deadlock. SQLite: busy, busy snapshot.
                    "40001" | "40P01" | "5" | "517" => DbError::Conflict(error),
                    // SQLite: read-only disk, I/O error, disk full, cannot open. PostgreSQL: shutdown, too many
                    // connections, out of disk.
                    "8" | "10" | "13" | "14" | "57P01" | "57P02" | "57P03" | "53300" | "53100" => {
                        DbError::Unavailable(error)
                    }
                    _ if inner.is_unique_violation()
                        || inner.is_foreign_key_violation()
                        || inner.is_check_violation() =>
                    {
                        DbError::Refused(error)
                    }
                    _ => DbError::Fault(error),
                }
            }
            _ => DbError::Fault(error),
        }
    }
}
