//! One set of queries on two databases.
//!
//! SQLite by default, PostgreSQL when several machines share the work. Every query is written once, as a `const &str`
//! with `$1…$n`, in SQL that both engines read alike, and runs through the small macros below on a [`Tx`]. There is one
//! kind of connection for store functions to take: a transaction, opened for reading ([`Db::read`]) or for writing
//! ([`Db::write`]). A transaction that is dropped without [`Tx::commit`] leaves nothing behind.
//!
//! Rules that keep both engines alike: types are TEXT, BIGINT (microseconds UTC, bound from Rust), BLOB/BYTEA and
//! BOOLEAN; `cast(coalesce(sum(x), 0) as bigint)`; an error ends its transaction; no constraint is known by its name
//! (SQLite does not give it), so one unique key per statement or `on conflict do nothing` and count. Nothing slow is
//! awaited inside a write transaction, because SQLite has one writer.

use std::path::Path;
use std::time::Duration;

use sqlx::postgres::{PgPoolOptions, Postgres};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, PgPool, Sqlite, SqlitePool, Transaction};

pub use self::error::DbError;

mod copy;
mod error;

static SQLITE_MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/postgres");

/// The result of everything that asks the database.
pub type DbResult<T> = Result<T, DbError>;

/// A database that is open.
#[derive(Clone, Debug)]
pub enum Db {
    /// One file; many readers and one writer.
    Sqlite {
        /// Connections that cannot write.
        read: SqlitePool,
        /// The one connection that writes.
        write: SqlitePool,
    },
    /// A server, shared by any number of processes.
    Postgres(PgPool),
}

/// A transaction on either engine.
#[derive(Debug)]
pub enum Tx {
    /// On SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

impl Db {
    /// Opens the SQLite file at `path`, making it where it is missing, and checks that a commit is durable.
    pub async fn open_sqlite(path: &Path) -> DbResult<Db> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("secure_delete", "on");
        let write = sqlite_pool()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(options.clone())
            .await?;
        let synchronous: i64 = sqlx::query_scalar("pragma synchronous").fetch_one(&write).await?;
        if synchronous != 2 {
            return Err(DbError::NotDurable("SQLite does not sync its commits (pragma synchronous is not FULL)"));
        }
        let read = sqlite_pool()
            .max_connections(4)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options.create_if_missing(false).read_only(true))
            .await?;
        Ok(Db::Sqlite { read, write })
    }

    /// Opens a PostgreSQL database, and refuses one whose commits are not durable.
    pub async fn open_postgres(url: &str) -> DbResult<Db> {
        let pool =
            PgPoolOptions::new().max_connections(12).acquire_timeout(Duration::from_secs(10)).connect(url).await?;
        for (setting, what) in [
            ("show fsync", "PostgreSQL runs with fsync off"),
            ("show synchronous_commit", "PostgreSQL runs with synchronous_commit off"),
        ] {
            let value: String = sqlx::query_scalar(setting).fetch_one(&pool).await?;
            if value == "off" {
                return Err(DbError::NotDurable(what));
            }
        }
        Ok(Db::Postgres(pool))
    }

    /// Brings the tables up to date. Safe to run from several processes at once.
    pub async fn migrate(&self) -> DbResult<()> {
        match self {
            Db::Sqlite { write, .. } => SQLITE_MIGRATIONS.run(write).await?,
            Db::Postgres(pool) => POSTGRES_MIGRATIONS.run(pool).await?,
        }
        Ok(())
    }

    /// A transaction that only reads, and sees one moment of the database.
    pub async fn read(&self) -> DbResult<Tx> {
        Ok(match self {
            Db::Sqlite { read, .. } => Tx::Sqlite(read.begin().await?),
            Db::Postgres(pool) => {
                Tx::Postgres(pool.begin_with("begin transaction isolation level repeatable read read only").await?)
            }
        })
    }

    /// A transaction that may write. On SQLite it is the only one until it ends.
    pub async fn write(&self) -> DbResult<Tx> {
        Ok(match self {
            Db::Sqlite { write, .. } => Tx::Sqlite(write.begin_with("begin immediate").await?),
            Db::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Whether this is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        matches!(self, Db::Postgres(_))
    }

    /// Closes every connection.
    pub async fn close(&self) {
        match self {
            Db::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Db::Postgres(pool) => pool.close().await,
        }
    }
}

/// A pool that never lends a connection whose last transaction did not end cleanly. After some errors (a full disk, an
/// I/O error) SQLite rolls back by itself; the driver still counts the transaction as open, and would refuse every later
/// one on that connection: <https://www.sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction>.
fn sqlite_pool() -> SqlitePoolOptions {
    SqlitePoolOptions::new().before_acquire(|connection, _| {
        let ended = !connection.is_in_transaction();
        Box::pin(std::future::ready(Ok(ended)))
    })
}

impl Tx {
    /// Makes everything that was written in this transaction durable and visible.
    pub async fn commit(self) -> DbResult<()> {
        match self {
            Tx::Sqlite(tx) => tx.commit().await?,
            Tx::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Whether this runs on PostgreSQL, for the few statements that differ.
    pub fn is_postgres(&self) -> bool {
        matches!(self, Tx::Postgres(_))
    }
}

/// All rows of a query, each read into `$row` (a struct that derives `sqlx::FromRow`).
#[macro_export]
macro_rules! db_all {
    ($tx:expr, $row:ty, $sql:expr $(, $arg:expr)* $(,)?) => {
        match $tx {
            $crate::db::Tx::Sqlite(c) => sqlx::query_as::<_, $row>($sql)$(.bind($arg))*.fetch_all(&mut **c).await,
            $crate::db::Tx::Postgres(c) => sqlx::query_as::<_, $row>($sql)$(.bind($arg))*.fetch_all(&mut **c).await,
        }.map_err($crate::db::DbError::from)
    };
}

/// The one row of a query.
#[macro_export]
macro_rules! db_one {
    ($tx:expr, $row:ty, $sql:expr $(, $arg:expr)* $(,)?) => {
        match $tx {
            $crate::db::Tx::Sqlite(c) => sqlx::query_as::<_, $row>($sql)$(.bind($arg))*.fetch_one(&mut **c).await,
            $crate::db::Tx::Postgres(c) => sqlx::query_as::<_, $row>($sql)$(.bind($arg))*.fetch_one(&mut **c).await,
        }.map_err($crate::db::DbError::from)
    };
}

/// The row of a query, if there is one.
#[macro_export]
macro_rules! db_maybe {
    ($tx:expr, $row:ty, $sql:expr $(, $arg:expr)* $(,)?) => {
        match $tx {
            $crate::db::Tx::Sqlite(c) => sqlx::query_as::<_, $row>($sql)$(.bind($arg))*.fetch_optional(&mut **c).await,
            $crate::db::Tx::Postgres(c) => sqlx::query_as::<_, $row>($sql)$(.bind($arg))*.fetch_optional(&mut **c).await,
        }.map_err($crate::db::DbError::from)
    };
}

/// Runs a statement and gives the number of rows that it touched.
#[macro_export]
macro_rules! db_run {
    ($tx:expr, $sql:expr $(, $arg:expr)* $(,)?) => {
        match $tx {
            $crate::db::Tx::Sqlite(c) => sqlx::query($sql)$(.bind($arg))*.execute(&mut **c).await.map(|r| r.rows_affected()),
            $crate::db::Tx::Postgres(c) => sqlx::query($sql)$(.bind($arg))*.execute(&mut **c).await.map(|r| r.rows_affected()),
        }.map_err($crate::db::DbError::from)
    };
}

pub use crate::{db_all as all, db_maybe as maybe, db_one as one, db_run as run};
