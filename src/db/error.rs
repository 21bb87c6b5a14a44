//! What can go wrong between us and the database, sorted by what the caller can do about it.

/// An error from the database. It always ends its transaction.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The database cannot be reached, or has no room for one more question just now.
    #[error("the database does not answer")]
    Unavailable(#[source] sqlx::Error),
    /// There is no room on the database's disk.
    #[error("the database has no room")]
    Full(#[source] sqlx::Error),
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
        matches!(self, DbError::Unavailable(_) | DbError::Full(_) | DbError::Conflict(_))
    }
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> DbError {
        match &error {
            // Protocol: a proxy that takes a connection and drops it, because the server behind it is away.
            sqlx::Error::Io(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => DbError::Unavailable(error),
            sqlx::Error::Database(inner) => {
                let code = plain(&inner.code().unwrap_or_default());
                match code.as_str() {
                    // PostgreSQL: serialization failure, deadlock. SQLite: busy.
                    "40001" | "40P01" | "5" => DbError::Conflict(error),
                    "13" | "53100" => DbError::Full(error),
                    // SQLite: read-only disk, I/O error, cannot open. PostgreSQL: shutdown, too many connections.
                    "8" | "10" | "14" | "57P01" | "57P02" | "57P03" | "53300" => DbError::Unavailable(error),
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

/// SQLite's codes without their details, which it adds in higher bits: 778 is an I/O error (10) while writing.
/// PostgreSQL's have five letters and stay.
fn plain(code: &str) -> String {
    match code.parse::<u32>() {
        Ok(number) if code.len() < 5 => (number & 0xff).to_string(),
        _ => code.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_known_with_and_without_details() {
        assert_eq!([plain("778"), plain("13"), plain("517")], ["10", "13", "5"]);
        assert_eq!([plain("53100"), plain("40P01")], ["53100", "40P01"]);
    }
}
