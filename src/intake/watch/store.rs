//! The SQL of what the operator sees of uploads: counts and sums, never a row of an upload.

use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};

/// Uploads that stand at the same point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Group {
    /// How many.
    pub files: i64,
    /// How many bytes of them are safe.
    pub bytes: i64,
    /// When the oldest came to this point, or began.
    pub oldest_us: Option<Moment>,
}

const ARRIVING: &str = "select count(*) as files, cast(coalesce(sum(kept), 0) as bigint) as bytes,
        min(created_us) as oldest_us
    from upload where state = 'open' and touched_us > $1";
const STOPPED: &str = "select count(*) as files, cast(coalesce(sum(kept), 0) as bigint) as bytes,
        min(created_us) as oldest_us
    from upload where state = 'open' and touched_us <= $1";
const WHOLE: &str = "select count(*) as files, cast(coalesce(sum(kept), 0) as bigint) as bytes,
        min(touched_us) as oldest_us
    from upload where state = 'whole'";
const UNCHECKED: &str = "select count(*) as files, cast(coalesce(sum(kept), 0) as bigint) as bytes,
        min(stored_us) as oldest_us
    from upload where state = 'stored' and verified_us is null";
const ALARMS: &str = "select count(*) from upload where alarm is not null and state <> 'removed'";

/// Uploads that brought something since then.
pub async fn arriving(tx: &mut Tx, since: Moment) -> DbResult<Group> {
    db::one!(tx, Group, ARRIVING, since)
}

/// Uploads that brought nothing since then.
pub async fn stopped(tx: &mut Tx, since: Moment) -> DbResult<Group> {
    db::one!(tx, Group, STOPPED, since)
}

/// Uploads whose every byte is here, and which the store has not confirmed.
pub async fn whole(tx: &mut Tx) -> DbResult<Group> {
    db::one!(tx, Group, WHOLE)
}

/// Uploads that the store has confirmed and that were not read back.
pub async fn unchecked(tx: &mut Tx) -> DbResult<Group> {
    db::one!(tx, Group, UNCHECKED)
}

/// How many uploads a person should look at.
pub async fn alarms(tx: &mut Tx) -> DbResult<i64> {
    Ok(db::one!(tx, (i64,), ALARMS)?.0)
}

const ADD_FAILURES: &str = "insert into upload_failure (hour_us, cause, times) values ($1, $2, $3)
    on conflict (hour_us, cause) do update set times = upload_failure.times + excluded.times";
const FAILURES: &str = "select cause, cast(sum(times) as bigint) from upload_failure
    where hour_us > $1 group by cause order by 2 desc, cause";
const FORGET_FAILURES: &str = "delete from upload_failure where hour_us < $1";

/// Adds to what went wrong in an hour.
pub async fn add_failures(tx: &mut Tx, hour: Moment, cause: &str, times: i64) -> DbResult<()> {
    db::run!(tx, ADD_FAILURES, hour, cause, times)?;
    Ok(())
}

/// What went wrong since then, the most frequent first.
pub async fn failures(tx: &mut Tx, since: Moment) -> DbResult<Vec<(String, i64)>> {
    db::all!(tx, (String, i64), FAILURES, since)
}

/// Forgets what went wrong before then.
pub async fn forget_failures(tx: &mut Tx, before: Moment) -> DbResult<()> {
    db::run!(tx, FORGET_FAILURES, before)?;
    Ok(())
}

/// What a comparison of database, spool and store found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Reconciled {
    /// When.
    pub at_us: Moment,
    /// Objects that are where they should be.
    pub agreed: i64,
    /// Objects that nobody knew and that are items again.
    pub adopted: i64,
    /// Discarded objects that were deleted.
    pub deleted: i64,
    /// Objects that are not where they should be.
    pub missing: i64,
    /// Objects, parts and files that nobody knows.
    pub unknown: i64,
    /// Uploads whose bytes are not in the spool.
    pub lost: i64,
    /// Uploads with an alarm.
    pub alarms: i64,
}

impl Reconciled {
    /// Whether a person must look.
    pub fn needs_a_person(&self) -> bool {
        self.missing + self.unknown + self.lost + self.alarms > 0
    }
}

const NOTE_REPORT: &str =
    "insert into reconcile_run (server, at_us, agreed, adopted, deleted, missing, unknown, lost, alarms)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    on conflict (server) do update set at_us = excluded.at_us, agreed = excluded.agreed, adopted = excluded.adopted,
        deleted = excluded.deleted, missing = excluded.missing, unknown = excluded.unknown, lost = excluded.lost,
        alarms = excluded.alarms";
const LAST_REPORT: &str = "select at_us, agreed, adopted, deleted, missing, unknown, lost, alarms
    from reconcile_run order by at_us desc limit 1";

/// Writes down what a comparison found, in the place of the one before by the same server.
pub async fn note_report(tx: &mut Tx, server: &str, found: &Reconciled) -> DbResult<()> {
    let Reconciled { at_us, agreed, adopted, deleted, missing, unknown, lost, alarms } = found;
    db::run!(tx, NOTE_REPORT, server, at_us, agreed, adopted, deleted, missing, unknown, lost, alarms)?;
    Ok(())
}

/// What the last comparison found.
pub async fn last_report(tx: &mut Tx) -> DbResult<Option<Reconciled>> {
    db::maybe!(tx, Reconciled, LAST_REPORT)
}
