//! Slowing down whoever guesses: failed tries, counted by a keyed hash of the address that they came from.
//!
//! Only failed tries are counted, so sixty families behind one school's address all get in. A try is written down
//! before it is looked at and struck out when it was right, so that many tries at once do not slip past the count.

use crate::clock::{MINUTE, Moment};
use crate::db::{self, DbResult, Tx};
use crate::id::uuid_v7;

/// Failed tries with a return code that one address has in [`WINDOW`].
pub const MOST: i64 = 20;
/// How long a failed try counts.
pub const WINDOW: i64 = 10 * MINUTE;

const KIND: &str = "code";

const COUNT: &str = "select count(*) from failed_try where kind = $1 and who = $2 and at_us > $3";
const RECORD: &str = "insert into failed_try (id, kind, who, at_us) values ($1, $2, $3, $4)";
const STRIKE: &str = "delete from failed_try where id = $1";

/// A try that counts as failed until it is struck out.
#[derive(Debug)]
pub struct Try(String);

/// Writes a try down. None where this address has had too many.
pub async fn begin(tx: &mut Tx, who: &[u8], now: Moment) -> DbResult<Option<Try>> {
    let (count,) = db::one!(&mut *tx, (i64,), COUNT, KIND, who, now.plus(-WINDOW))?;
    if count >= MOST {
        return Ok(None);
    }
    let id = uuid_v7(now);
    db::run!(tx, RECORD, &id, KIND, who, now)?;
    Ok(Some(Try(id)))
}

/// Strikes out a try that was right.
pub async fn strike(tx: &mut Tx, right: Try) -> DbResult<()> {
    db::run!(tx, STRIKE, right.0)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Db;

    #[tokio::test]
    async fn only_failed_tries_of_the_last_ten_minutes_count() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let db = Db::open_sqlite(&folder.path().join("t.sqlite")).await.expect("a database");
        db.migrate().await.expect("tables");
        let now = Moment(1_700_000_000_000_000);
        let mut tx = db.write().await.expect("a transaction");
        for _ in 0..60 {
            let right = begin(&mut tx, b"a school", now).await.expect("written").expect("families get in");
            strike(&mut tx, right).await.expect("struck out");
        }
        for _ in 0..MOST {
            assert!(begin(&mut tx, b"a guesser", now).await.expect("written").is_some());
        }
        assert!(begin(&mut tx, b"a guesser", now).await.expect("counted").is_none());
        assert!(begin(&mut tx, b"somebody else", now).await.expect("counted").is_some());
        assert!(begin(&mut tx, b"a guesser", now.plus(WINDOW)).await.expect("counted").is_some());
    }
}
