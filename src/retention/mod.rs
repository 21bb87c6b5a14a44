//! How long each kind of record is kept, and the work that takes it away when its time is over.
//!
//! [`TABLE`] is the whole answer, with reasons; [`jobs`] does it, every hour; [`due`] only tells what it would do.
//! Nothing that was sent is ever taken away by time here: what was sent goes when its sender takes it back, or when a
//! person decides it. What lies in the safeguarding lane stays.
//!
//! A clock that is wrong must not delete (see [`steady`]): when the time between two runs is not what it should be, or
//! runs were missed, nothing is deleted until the clock has moved steadily for a day.

use crate::clock::{DAY, HOUR};

pub use self::jobs::{Ended, RETENTION, end_what_lost_its_key, jobs, run_now};
pub use self::store::{Due, due};

mod end;
mod jobs;
mod steady;
mod store;

/// How long mail that could not be sent keeps its content.
pub const UNSENT_MAIL: i64 = 30 * DAY;
/// How long the row of a mail, without its content, is kept.
pub const SENT_MAIL: i64 = 30 * DAY;
/// How long a form's key is remembered.
pub const ONCE: i64 = 30 * DAY;
/// How long a failed try is remembered.
pub const FAILED_TRY: i64 = DAY;
/// How long anything is known by the address that it came from (a keyed digest of the address and the day).
pub const ADDRESS_DAY: i64 = DAY;
/// How long a visit on a shared device is kept after it was last seen. Its pages ask for the code long before.
pub const VISIT: i64 = 2 * DAY;
/// How long a staff session is kept after it was last seen. It is over long before.
pub const STAFF_SESSION: i64 = 2 * DAY;
/// How long a one-time link is kept after it ran out, so that its page can say so.
pub const STAFF_LINK: i64 = 7 * DAY;
/// How long a request to take something back is kept after somebody decided it.
pub const DECIDED_REQUEST: i64 = 30 * DAY;
/// How often records are looked through.
pub const EVERY: i64 = HOUR;

/// One kind of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What it is.
    pub what: &'static str,
    /// How long it is kept.
    pub how_long: &'static str,
    /// Why so long, and no longer.
    pub why: &'static str,
    /// What takes it away.
    pub by: &'static str,
}

/// How long everything is kept. The page `/privacy` and the operator's own schedule must say the same.
pub const TABLE: &[Kept] = &[
    Kept {
        what: "a draft: answers, files, unfinished uploads, its return code",
        how_long: "HEARD_DRAFT_DAYS (180) days from when it was last touched",
        why: "people are ill, on holiday, or need months to be ready; the card with the code prints the number",
        by: "the job `retention`: keys first, then rows and objects",
    },
    Kept {
        what: "a submission that its sender took back",
        how_long: "14 days, hidden at once",
        why: "so that it can be undone",
        by: "the job `retention`; not where a safeguarding flag was raised: it stays, restricted",
    },
    Kept {
        what: "a submission that was sent",
        how_long: "until a person decides, and never before an inspection of its area has reported",
        why: "nothing that was sent expires unread",
        by: "nobody by machine",
    },
    Kept {
        what: "copies in backups of what was erased",
        how_long: "7 days",
        why: "a backup holds no keys; the archive of keys beside it is kept for 7 days",
        by: "`heard backup`, which removes older archives",
    },
    Kept {
        what: "an original that lies open while safe copies of it are made (HEARD_WORKSHOP)",
        how_long: "as long as the work takes; after a crash until the next worker starts or the hour is over",
        why: "outside programs read files, and nothing sealed",
        by: "whoever opened it; the sweep of `prepare/`. Its copies go with the item",
    },
    Kept {
        what: "a visit: a browser with a draft or a submission open",
        how_long: "2 days after it was last seen; on one's own phone as long as a draft",
        why: "after 30 idle minutes it shows nothing without the code",
        by: "the job `retention`",
    },
    Kept {
        what: "a failed try of a code or a password (a keyed hash of who tried)",
        how_long: "1 day",
        why: "tries are counted over minutes",
        by: "the job `retention`",
    },
    Kept {
        what: "what an address did in a day: drafts begun, uploads on their way (a keyed digest of address and day)",
        how_long: "1 day",
        why: "so that no address takes the room that all share",
        by: "the job `retention`; for an upload also its last byte",
    },
    Kept {
        what: "how often what went wrong with files, hour by hour (numbers only)",
        how_long: "30 days",
        why: "an operator may have to see when it began",
        by: "whoever counts next",
    },
    Kept {
        what: "the key of a form, for one effect of a repeated press",
        how_long: "30 days",
        why: "somebody may come back to an old page",
        by: "the job `retention`",
    },
    Kept {
        what: "a staff session; a one-time link",
        how_long: "2 days after it was last seen; 7 days after it ran out",
        why: "both are of no use by then",
        by: "the job `retention`",
    },
    Kept {
        what: "a mail: its content until it is sent; its row without content",
        how_long: "at most 30 days unsent; 30 days",
        why: "an operator may have to find out why one was not sent",
        by: "the job `send_mail`; the job `retention`",
    },
    Kept {
        what: "what somebody without their code asked to be taken back",
        how_long: "until a person has decided, and 30 days after that",
        why: "nobody's wish goes unread; afterwards somebody may ask why it was decided so",
        by: "the job `retention`: its own key first, then the row",
    },
    Kept {
        what: "the audit chain (who did what; no content)",
        how_long: "6 years, then as the operator decides",
        why: "a cut chain cannot be verified, so no machine cuts it",
        by: "nobody by machine",
    },
];
