//! Slowing down guessing, without ever locking anybody out for good.
//!
//! A try is written down before it is looked at, and taken back when it was right: many tries at the same moment are
//! counted like many in a row, and right ones never count. Who tried is a keyed hash: of the account (known or not, so
//! that the answer tells nothing), of the address, or of the person whose second step it is. Rows older than
//! [`REMEMBERED`] are deleted as new ones come.

use crate::clock::{HOUR, MINUTE, Moment};
use crate::db::{self, DbResult, Tx};
use crate::id::uuid_v7;
use crate::storage::keys::Keys;

const REMEMBERED: i64 = 24 * HOUR;

/// What is being tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trying {
    /// Passwords for one account.
    Account,
    /// Passwords and links from one address, whatever the account.
    Address,
    /// Codes for one person's second step.
    SecondStep,
}

impl Trying {
    fn kind(self) -> &'static str {
        match self {
            Trying::Account => "staff_account",
            Trying::Address => "staff_address",
            Trying::SecondStep => "staff_second_step",
        }
    }

    /// How long a failed try counts.
    pub fn window(self) -> i64 {
        match self {
            Trying::Account | Trying::Address => 15 * MINUTE,
            Trying::SecondStep => HOUR,
        }
    }

    /// Most failed tries in one [`Trying::window`].
    pub fn most(self) -> i64 {
        match self {
            Trying::Account => 10,
            // An office shares one address.
            Trying::Address => 60,
            // Three codes of a million are right at any moment: whoever knows the password and guesses at this pace for a
            // whole year comes in once in six times, and leaves 50,000 audit rows.
            Trying::SecondStep => 6,
        }
    }
}

/// A try that was written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Try(String);

/// Whether a try may be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MayTry {
    /// Look at it; it counts as failed until [`take_back`].
    Yes(Try),
    /// Too many in a short time. Nothing was written down, so that waiting always helps.
    NotNow,
}

/// Who tries, as the table keeps it.
pub fn who(keys: &Keys, trying: Trying, name: &[u8]) -> Vec<u8> {
    keys.service("failed-try").hmac(&[trying.kind().as_bytes(), name]).to_vec()
}

const FORGET: &str = "delete from failed_try where at_us < $1 and kind = $2";
const COUNT: &str = "select count(*) from failed_try where kind = $1 and who = $2 and at_us > $3";
const RECORD: &str = "insert into failed_try (id, kind, who, at_us) values ($1, $2, $3, $4)";

/// Counts the failed tries and writes this one down with them. Tries that meet at the same moment on PostgreSQL may pass
/// the limit together, by no more than the connections of its pool.
pub async fn record(tx: &mut Tx, trying: Trying, who: &[u8], now: Moment) -> DbResult<MayTry> {
    let (count,) = db::one!(tx, (i64,), COUNT, trying.kind(), who, now.plus(-trying.window()))?;
    if count >= trying.most() {
        return Ok(MayTry::NotNow);
    }
    db::run!(tx, FORGET, now.plus(-REMEMBERED), trying.kind())?;
    let id = uuid_v7(now);
    db::run!(tx, RECORD, &id, trying.kind(), who, now)?;
    Ok(MayTry::Yes(Try(id)))
}

const TAKE_BACK: &str = "delete from failed_try where id = $1";

/// Takes a try back: it was right.
pub async fn take_back(tx: &mut Tx, tried: &Try) -> DbResult<()> {
    db::run!(tx, TAKE_BACK, &tried.0)?;
    Ok(())
}

const CLEAR: &str = "delete from failed_try where kind = $1 and who = $2";

/// Forgets somebody's failed tries: they have shown who they are.
pub async fn clear(tx: &mut Tx, trying: Trying, who: &[u8]) -> DbResult<()> {
    db::run!(tx, CLEAR, trying.kind(), who)?;
    Ok(())
}
