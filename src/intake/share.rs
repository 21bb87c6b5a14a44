//! Who may begin to send: the room that is left on the disk that files arrive on, and how it is shared.
//!
//! - A part of the disk ([`TENTH`], or `HEARD_SPOOL_RESERVE`) is kept for uploads that run: new ones are refused before those
//!   stop. What running uploads have announced and not sent yet is counted as gone.
//! - No address holds more than [`SHARE`] of what is free beyond that with its unfinished uploads. "Free" is what is free
//!   now, so that shares shrink as the disk fills: however many addresses take all they can, room is left for the next.
//! - Only the beginning of an upload is refused. A school or a library has one address for many families, and whoever is
//!   on the way goes on, and comes back tomorrow, whatever others behind the same address do.
//!
//! **Several servers.** Each has a disk of its own, and an upload's row says on whose disk it lies: an address has a share
//! of each. The rows are in the database, so a restart forgets nothing, and processes on a shared folder count together.
//!
//! **Addresses.** A row holds a keyed digest of the address and the day, and loses it when the upload is whole, or after
//! a day. So shares are of a day; what an address left unfinished yesterday lowers what is free for it today.

use super::{Intake, IntakeError, IntakeResult, spool};
use crate::clock::HOUR;
use crate::db::{self, Tx};
use crate::web::address_day;

/// An address has at most one part in so many of the free room.
const SHARE: u64 = 4;
/// What an unfinished upload of unknown length is taken to need: some minutes of a phone's video.
const UNKNOWN: i64 = 64 << 20;
/// A file up to this size begins while there is any room at all, without a question to the database: whatever running
/// uploads have announced, so little stops none of them.
const SMALL: u64 = 1 << 20;
/// An upload that brought nothing for so long is not running.
const RUNNING: i64 = HOUR;

/// What uploads have announced and not brought, of those that brought something since a moment.
const STILL_TO_COME: &str = "select cast(coalesce(sum(declared - spooled), 0) as bigint)
    from upload
    where server = $1 and state = 'open' and declared > spooled and touched_us > $2";
/// What an address holds with unfinished uploads, each of unknown length taken as some bytes at least.
const HELD_BY_ADDRESS: &str = "select cast(coalesce(sum(case
            when declared > spooled then declared
            when declared is null and spooled < $3 then $3
            else spooled end), 0) as bigint)
    from upload
    where came_from = $1 and server = $2 and state = 'open'";

/// What somebody asks who wants to begin an upload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The most bytes that will come, where that is known.
    pub expected: Option<u64>,
    /// A digest of their address that goes with the day. None for what does not come by the web.
    pub came_from: Option<Vec<u8>>,
}

/// Bytes of the disk beyond the part that is kept for running uploads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Room(u64);

/// What is kept for running uploads where nobody says how much, in percent.
const TENTH: u64 = 10;
/// The most that is kept where nobody says how much: a large disk that is nearly full still takes what families send.
const ENOUGH: u64 = 8 << 30;

/// The bytes that are kept for running uploads.
pub fn kept_for_running(disk: u64, percent: Option<u64>) -> u64 {
    let kept = match percent {
        Some(percent) => disk / 100 * percent,
        None => (disk / 100 * TENTH).min(ENOUGH),
    };
    kept.max(spool::RESERVE)
}

impl Intake {
    /// The room for new uploads; an error where this one does not fit.
    pub(super) async fn find_room(&self, asked: &Asked) -> IntakeResult<Room> {
        let spool = self.spool().clone();
        let (free, all) = self.blocking(move || spool.room()).await?;
        let kept = kept_for_running(all, self.site().config.settings.spool_reserve);
        let room = free.checked_sub(kept).ok_or(IntakeError::Full)?;
        let expected = asked.expected.unwrap_or(0);
        let is_small = expected <= SMALL;
        if expected > room || !is_small && expected > room.saturating_sub(self.still_to_come().await?) {
            return Err(IntakeError::Full);
        }
        Ok(Room(room))
    }

    /// What running uploads have announced and not brought yet.
    async fn still_to_come(&self) -> IntakeResult<u64> {
        let since = self.site().clock.now().plus(-RUNNING);
        let mut tx = self.site().db.read().await?;
        let (bytes,) = db::one!(&mut tx, (i64,), STILL_TO_COME, self.spool().server(), since)?;
        Ok(bytes.unsigned_abs())
    }

    /// Whether the address stays within its share. Others from the same address wait until the transaction ends.
    pub(super) async fn check_share(&self, tx: &mut Tx, asked: &Asked, room: Room) -> IntakeResult<()> {
        let Some(who) = &asked.came_from else { return Ok(()) };
        // SQLite has one writer, so there others wait as it is.
        if tx.is_postgres() {
            address_day::hold(tx, who, self.site().clock.now()).await?;
        }
        let (held,) = db::one!(tx, (i64,), HELD_BY_ADDRESS, who, self.spool().server(), UNKNOWN)?;
        if held.unsigned_abs().saturating_add(asked.expected.unwrap_or(0)) > room.0 / SHARE {
            return Err(IntakeError::Share);
        }
        Ok(())
    }
}
