//! Slowing down whoever guesses a return code, without shutting out the families who share an address with them.
//!
//! Failed tries are counted by a keyed hash of the address that they came from; right ones never count. A try is written
//! down before it is looked at and struck out when it was right, so that many at once do not slip past the count.
//!
//! After [`MOST`] failed tries in [`WINDOW`] an address is not refused: its further tries stand in a line, one each
//! [`APART`], and wait for their place before they are looked at. Why so:
//!
//! - A right code opens its draft whatever others behind the same address have typed. Twenty wrong codes by one child
//!   cost the family beside them a second, not ten minutes.
//! - Nothing is told to a guesser: whether a try waits depends on the address alone, is decided before the code is
//!   looked at, and right and wrong wait alike.
//! - Guessing stays hopeless. A code has 60 bits. One address in the line tries 32 million codes a year; with 100,000
//!   codes alive, one of them is right with a chance of 1 in 370,000. Many addresses together are held by the two
//!   turns that a server has for Argon2 ([`super::code::turn`]): 100 tries a second for a whole year find any code
//!   with a chance of 1 in 3,600.
//!
//! Where the line is longer than [`PATIENCE`] the answer is "Please wait a little": only a flood does that. The line is
//! rows of the database, so that several servers keep one line; a place in it is a row whose time is still to come.

use crate::clock::{MINUTE, Moment, SECOND};
use crate::db::{self, DbResult, Tx};
use crate::id::uuid_v7;

/// Failed tries with a return code that one address has in [`WINDOW`] before its tries stand in a line.
pub const MOST: i64 = 20;
/// How long a failed try counts.
pub const WINDOW: i64 = 10 * MINUTE;
/// How far apart the tries of one line are looked at.
pub const APART: i64 = SECOND;
/// The longest that a try waits in the line.
pub const PATIENCE: i64 = 15 * SECOND;

const KIND: &str = "code";

const COUNT: &str = "select count(*), cast(coalesce(max(at_us), 0) as bigint)
    from failed_try where kind = $1 and who = $2 and at_us > $3";
const RECORD: &str = "insert into failed_try (id, kind, who, at_us) values ($1, $2, $3, $4)";
const STRIKE: &str = "delete from failed_try where id = $1";

/// A try that counts as failed until it is struck out.
#[derive(Debug)]
pub struct Try {
    id: String,
    /// How long to wait before it is looked at, in microseconds; mostly 0.
    pub wait: i64,
}

/// Writes a try down. None where the line of this address is too long.
pub async fn begin(tx: &mut Tx, who: &[u8], now: Moment) -> DbResult<Option<Try>> {
    let (count, last) = db::one!(&mut *tx, (i64, i64), COUNT, KIND, who, now.plus(-WINDOW))?;
    let at = if count < MOST { now } else { now.max(Moment(last).plus(APART)) };
    let wait = at.since(now);
    if wait > PATIENCE {
        return Ok(None);
    }
    let id = uuid_v7(now);
    db::run!(tx, RECORD, &id, KIND, who, at)?;
    Ok(Some(Try { id, wait }))
}

/// Strikes out a try that was right.
pub async fn strike(tx: &mut Tx, right: Try) -> DbResult<()> {
    db::run!(tx, STRIKE, right.id)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Db;

    async fn wait(tx: &mut Tx, who: &[u8], now: Moment) -> Option<i64> {
        begin(tx, who, now).await.expect("written").map(|tried| tried.wait)
    }

    #[tokio::test]
    async fn only_failed_tries_of_the_last_ten_minutes_make_a_line() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let db = Db::open_sqlite(&folder.path().join("t.sqlite")).await.expect("a database");
        db.migrate().await.expect("tables");
        let now = Moment(1_700_000_000_000_000);
        let mut tx = db.write().await.expect("a transaction");
        for _ in 0..60 {
            let right = begin(&mut tx, b"a school", now).await.expect("written").expect("families get in");
            assert_eq!(right.wait, 0);
            strike(&mut tx, right).await.expect("struck out");
        }
        for _ in 0..MOST {
            assert_eq!(wait(&mut tx, b"a guesser", now).await, Some(0));
        }
        for place in 1..=PATIENCE / APART {
            assert_eq!(wait(&mut tx, b"a guesser", now).await, Some(place * APART));
        }
        assert_eq!(wait(&mut tx, b"a guesser", now).await, None, "the line is full");
        assert_eq!(wait(&mut tx, b"somebody else", now).await, Some(0));
        let later = now.plus(PATIENCE);
        assert_eq!(wait(&mut tx, b"a guesser", later).await, Some(APART), "it moves on");
        assert_eq!(wait(&mut tx, b"a guesser", later.plus(APART + WINDOW)).await, Some(0));
    }
}
