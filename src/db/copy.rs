//! A copy of the whole SQLite database, made while it is in use.

use std::path::Path;

use sqlx::{Connection, SqliteConnection};

use super::{Db, DbResult};

const COPY_SQLITE: &str = "vacuum into $1";

impl Db {
    /// Writes a copy of one moment of the database into a new file, without holding up readers or writers. False on
    /// PostgreSQL, which has tools of its own for that.
    pub async fn copy_into(&self, path: &Path) -> DbResult<bool> {
        let Db::Sqlite { write, .. } = self else { return Ok(false) };
        // A connection of its own: the one that writes stays free.
        let mut connection = SqliteConnection::connect_with(&write.connect_options()).await?;
        sqlx::query(COPY_SQLITE).bind(path.to_string_lossy().into_owned()).execute(&mut connection).await?;
        connection.close().await?;
        Ok(true)
    }
}
