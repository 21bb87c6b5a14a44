//! The job table. A job is leased in one statement and finished only by the lease that holds it.

use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::id::JobId;

use super::FailedJob;

const INSERT: &str = "insert into job (id, kind, subject, dedup, run_at_us, max_attempts, created_us)
    values ($1, $2, $3, $4, $5, $6, $7)
    on conflict (dedup) do nothing";

const INSERT_FIRST: &str = "insert into job (id, kind, subject, dedup, run_at_us, max_attempts, created_us)
    select $1, $2, '', $3, $4, $5, $4
    where not exists (select 1 from job where kind = $2)
    on conflict (dedup) do nothing";

const DELETE_WAITING: &str =
    "delete from job where kind = $1 and subject = $2 and lease_by is null and failed_us is null";

// A leased job gives up its name, so that the same work can be written down again while it runs; recurring work, whose
// subject is empty, keeps it, so that it is there once. Two jobs of one kind about one subject do not run at once.
const LEASE_SQLITE: &str = "update job
    set lease_by = $1, lease_until_us = $2, attempts = attempts + 1,
        dedup = case when subject = '' then dedup end
    where id = (
        select id from job
        where failed_us is null
            and run_at_us <= $3
            and (lease_until_us is null or lease_until_us <= $3)
            and (attempts < max_attempts or subject = '')
            and $4 like '%,' || kind || ',%'
            and not exists (
                select 1 from job other
                where other.subject = job.subject and other.kind = job.kind
                    and other.id <> job.id and other.lease_until_us > $3)
        order by run_at_us, id
        limit 1)
    returning id, kind, subject, attempts, max_attempts";

const LEASE_POSTGRES: &str = "update job
    set lease_by = $1, lease_until_us = $2, attempts = attempts + 1,
        dedup = case when subject = '' then dedup end
    where id = (
        select id from job
        where failed_us is null
            and run_at_us <= $3
            and (lease_until_us is null or lease_until_us <= $3)
            and (attempts < max_attempts or subject = '')
            and $4 like '%,' || kind || ',%'
            and not exists (
                select 1 from job other
                where other.subject = job.subject and other.kind = job.kind
                    and other.id <> job.id and other.lease_until_us > $3)
        order by run_at_us, id
        limit 1
        for update skip locked)
    returning id, kind, subject, attempts, max_attempts";

const HEARTBEAT: &str = "update job set lease_until_us = $1 where id = $2 and lease_by = $3 and attempts = $4";

const FINISH: &str = "delete from job where id = $1 and lease_by = $2 and attempts = $3";

const PUT_BACK: &str = "update job
    set lease_by = null, lease_until_us = null, run_at_us = $1, attempts = $2, last_error = $3,
        dedup = case when exists (select 1 from job other where other.dedup = $4 and other.id <> job.id) then null else $4 end
    where id = $5 and lease_by = $6 and attempts = $7";

const GIVE_UP: &str = "update job
    set lease_by = null, lease_until_us = null, failed_us = $1, last_error = $2
    where id = $3 and lease_by = $4 and attempts = $5";

// A job whose last try took its worker with it.
const GIVE_UP_LOST: &str = "update job
    set lease_by = null, lease_until_us = null, failed_us = $1, last_error = 'the worker stopped while it ran'
    where failed_us is null and attempts >= max_attempts and lease_until_us <= $1 and subject <> ''";

const LIST_FAILED: &str = "select id, kind, subject, attempts, failed_us, last_error
    from job
    where failed_us is not null
    order by failed_us desc, id desc
    limit $1";

pub(super) const COUNT: &str = "select
        count(case when failed_us is null then 1 end) as open,
        count(case when failed_us is not null then 1 end) as failed
    from job";

/// A job that this process holds.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Leased {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) subject: String,
    pub(super) attempts: i64,
    pub(super) max_attempts: i64,
    #[sqlx(default)]
    pub(super) lease_by: String,
}

impl Leased {
    fn name(&self) -> String {
        dedup(&self.kind, &self.subject)
    }
}

fn dedup(kind: &str, subject: &str) -> String {
    format!("{kind}:{subject}")
}

pub(super) async fn insert(
    tx: &mut Tx,
    id: &JobId,
    kind: &str,
    subject: &str,
    now: Moment,
    run_at: Moment,
    tries: i64,
) -> DbResult<()> {
    db::run!(tx, INSERT, id, kind, subject, dedup(kind, subject), run_at, tries, now)?;
    Ok(())
}

/// Writes down the first run of something that runs again and again, unless it is there.
pub(super) async fn insert_first(tx: &mut Tx, id: &JobId, kind: &str, now: Moment, tries: i64) -> DbResult<()> {
    db::run!(tx, INSERT_FIRST, id, kind, dedup(kind, ""), now, tries)?;
    Ok(())
}

pub(super) async fn delete_waiting(tx: &mut Tx, kind: &str, subject: &str) -> DbResult<()> {
    db::run!(tx, DELETE_WAITING, kind, subject)?;
    Ok(())
}

/// Takes the job that has waited longest, of the kinds in `kinds` (`,one,two,`), under the name `lease_by`, which is
/// used for no other lease.
pub(super) async fn lease(
    tx: &mut Tx,
    kinds: &str,
    lease_by: &str,
    now: Moment,
    until: Moment,
) -> DbResult<Option<Leased>> {
    let sql = if tx.is_postgres() { LEASE_POSTGRES } else { LEASE_SQLITE };
    let leased = db::maybe!(tx, Leased, sql, lease_by, until, now, kinds)?;
    Ok(leased.map(|job| Leased { lease_by: lease_by.to_owned(), ..job }))
}

/// Whether the lease still holds; if so, it now holds until `until`.
pub(super) async fn heartbeat(tx: &mut Tx, job: &Leased, until: Moment) -> DbResult<bool> {
    Ok(db::run!(tx, HEARTBEAT, until, &job.id, &job.lease_by, job.attempts)? == 1)
}

/// Takes a finished job away. False when another worker has it by now.
pub(super) async fn finish(tx: &mut Tx, job: &Leased) -> DbResult<bool> {
    Ok(db::run!(tx, FINISH, &job.id, &job.lease_by, job.attempts)? == 1)
}

/// Puts a job back, to be run again at `run_at`, with `attempts` tries counted.
pub(super) async fn put_back(
    tx: &mut Tx,
    job: &Leased,
    run_at: Moment,
    attempts: i64,
    error: Option<&str>,
) -> DbResult<bool> {
    Ok(db::run!(tx, PUT_BACK, run_at, attempts, error, job.name(), &job.id, &job.lease_by, job.attempts)? == 1)
}

/// Marks a job as needing a person.
pub(super) async fn give_up(tx: &mut Tx, job: &Leased, now: Moment, error: &str) -> DbResult<bool> {
    Ok(db::run!(tx, GIVE_UP, now, error, &job.id, &job.lease_by, job.attempts)? == 1)
}

/// Marks jobs whose last try never came back.
pub(super) async fn give_up_lost(tx: &mut Tx, now: Moment) -> DbResult<u64> {
    db::run!(tx, GIVE_UP_LOST, now)
}

pub(super) async fn list_failed(tx: &mut Tx, limit: i64) -> DbResult<Vec<FailedJob>> {
    db::all!(tx, FailedJob, LIST_FAILED, limit)
}
