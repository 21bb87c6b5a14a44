//! Whether the clock can be trusted to delete by.
//!
//! Each run writes down when it ran. The next one comes [`EVERY`] hour; when it finds that much more time has gone by, or
//! that time went backwards, then either nobody ran for a while or the clock jumped, and from here nobody can tell
//! which. So nothing is deleted until the clock has moved steadily for [`PATIENCE`]. Records live a day longer, which
//! harms nobody; a clock that is a year ahead for an hour would have emptied every draft.

use super::EVERY;
use crate::clock::{DAY, HOUR, Moment};
use crate::db::{self, DbResult, Tx};

/// How much later than expected a run may come.
pub const SLACK: i64 = HOUR;
/// How long the clock must have moved steadily after a jump.
pub const PATIENCE: i64 = DAY;

const FIND: &str = "select seen_us, steady_us from retention_run where id = 1";
const RECORD: &str = "insert into retention_run (id, seen_us, steady_us) values (1, $1, $2)
    on conflict (id) do update set seen_us = excluded.seen_us, steady_us = excluded.steady_us";

/// What the clock looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clocked {
    /// It has moved steadily for long enough: delete what is due.
    Steady,
    /// It jumped, or nobody looked for a while: delete nothing before this moment.
    NotBefore(Moment),
}

/// Writes down that somebody looked now, and says whether the clock can be trusted.
pub async fn look(tx: &mut Tx, now: Moment) -> DbResult<Clocked> {
    let before = db::maybe!(&mut *tx, (Moment, Moment), FIND)?;
    let steady_since = steady_since(before, now);
    db::run!(tx, RECORD, now, steady_since)?;
    Ok(if now.since(steady_since) >= PATIENCE {
        Clocked::Steady
    } else {
        Clocked::NotBefore(steady_since.plus(PATIENCE))
    })
}

fn steady_since(before: Option<(Moment, Moment)>, now: Moment) -> Moment {
    match before {
        Some((seen, steady)) if (0..=EVERY + SLACK).contains(&now.since(seen)) => steady,
        _ => now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clock_that_moves_as_it_should_stays_steady() {
        let (start, seen) = (Moment(0), Moment(10 * DAY));
        let after = |moved: i64| steady_since(Some((seen, start)), seen.plus(moved));
        assert_eq!(after(HOUR), start);
        assert_eq!(after(0), start, "two runs at once");
        assert_eq!(after(2 * HOUR), start);
        assert_eq!(after(2 * HOUR + 1), seen.plus(2 * HOUR + 1), "an hour and more too late");
        assert_eq!(after(DAY), seen.plus(DAY));
        assert_eq!(after(-1), seen.plus(-1), "backwards");
        assert_eq!(steady_since(None, seen), seen, "the very first run");
    }
}
