//! What the operator sees of uploads: how many are where, what went wrong and how often, how full the disk is, what the
//! last comparison found. Numbers only: no id, no address, no name, nothing of what was sent.
//!
//! What went wrong is counted in this process as it happens, and added to the table of the hour every few seconds and at
//! the end: several servers count together, and a crash forgets some seconds of counting and nothing else. The metrics
//! (`cli/metrics.rs`) read the process's own counters, which never go back; the staff page reads the table.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::response::IntoResponse;
use serde_json::json;

pub use self::store::{Group, Reconciled};
use super::reconcile::Report;
use super::{Intake, IntakeError, IntakeResult, share};
use crate::account::door::{UPLOADS, door};
use crate::audit;
use crate::clock::{DAY, HOUR, MINUTE, Moment};
use crate::jobs as work;
use crate::web::{Answer, Role, Route, Staff, Who};
use crate::words::Speech;

mod pages;
mod store;

/// An upload that brought something within this time is arriving.
const ARRIVING: i64 = 5 * MINUTE;
/// What waits for the store or for its read-back for longer than this is stuck.
const STUCK: i64 = HOUR;

/// What can go wrong with an upload, by what somebody can do about it. The names are those of tables, metrics and words.
pub const CAUSES: [&str; 10] =
    ["line", "digest", "limit", "at_once", "full", "share", "busy", "disk", "store", "database"];

/// The address of the page.
pub(super) fn routes(intake: &Intake) -> Vec<Route> {
    const ADMIN: Who = Who::Staff(&[Role::Admin]);
    let held = intake.clone();
    let handler = move |speech: Speech, staff: Staff| show(held.clone(), speech, staff);
    vec![Route::get(UPLOADS, ADMIN, handler, intake.site())]
}

/// How often what went wrong in this process.
#[derive(Debug, Default)]
pub struct Failures {
    ever: [AtomicU64; CAUSES.len()],
    /// Not in the table yet.
    fresh: [AtomicU64; CAUSES.len()],
}

impl Failures {
    fn count(&self, cause: &str) {
        if let Some(at) = CAUSES.iter().position(|known| *known == cause) {
            self.ever[at].fetch_add(1, Ordering::Relaxed);
            self.fresh[at].fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Each cause, and how often since the start.
    pub fn list(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        CAUSES.into_iter().zip(self.ever.iter().map(|times| times.load(Ordering::Relaxed)))
    }

    fn take_fresh(&self) -> Vec<(&'static str, u64)> {
        let taken = CAUSES.into_iter().zip(self.fresh.iter().map(|times| times.swap(0, Ordering::Relaxed)));
        taken.filter(|(_, times)| *times > 0).collect()
    }

    fn give_back(&self, taken: &[(&'static str, u64)]) {
        for (cause, times) in taken {
            if let Some(at) = CAUSES.iter().position(|known| known == cause) {
                self.fresh[at].fetch_add(*times, Ordering::Relaxed);
            }
        }
    }
}

/// The cause by which a failure is counted. None for what belongs to the protocol's ordinary life: asking where an upload
/// stands, being followed by a newer request, an upload that was taken away, a server that stops.
fn cause_of(error: &IntakeError) -> Option<&'static str> {
    Some(match error {
        IntakeError::NotFound
        | IntakeError::Gone
        | IntakeError::Closed
        | IntakeError::Superseded
        | IntakeError::Stopping
        | IntakeError::Whole
        | IntakeError::WrongOffset { .. } => return None,
        IntakeError::BrokenOff => "line",
        IntakeError::OtherBytes => "digest",
        IntakeError::Limit(_) | IntakeError::WrongLength | IntakeError::OtherLength => "limit",
        IntakeError::TooManyAtOnce => "at_once",
        IntakeError::Full => "full",
        IntakeError::Share => "share",
        IntakeError::Busy | IntakeError::Elsewhere => "busy",
        IntakeError::Spool(_) | IntakeError::Damaged => "disk",
        IntakeError::Store(_) => "store",
        IntakeError::Db(_) | IntakeError::Key(_) => "database",
    })
}

/// Everything that is shown.
#[derive(Clone, Debug)]
pub struct Figures {
    /// Uploads that brought something a moment ago.
    pub arriving: Group,
    /// Uploads that stopped on the way.
    pub stopped: Group,
    /// Whole, and not confirmed by the store.
    pub whole: Group,
    /// Confirmed by the store, and not read back.
    pub unchecked: Group,
    /// Uploads with an alarm.
    pub alarms: i64,
    /// What went wrong in the last day.
    pub failures: Vec<(String, i64)>,
    /// What the last comparison found.
    pub reconciled: Option<Reconciled>,
    /// Background work.
    pub jobs: work::JobCounts,
    /// Letters that wait to be sent.
    pub mail: i64,
    /// The disk that files arrive on.
    pub disk: Disk,
}

/// The disk that files arrive on at this server, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disk {
    /// Of how many it is.
    pub all: u64,
    /// How many are free.
    pub free: u64,
    /// How many of those are kept for uploads that run.
    pub kept: u64,
}

impl Intake {
    /// How often what went wrong in this process.
    pub fn failures(&self) -> &Failures {
        &self.0.failures
    }

    /// Counts what went wrong with an upload, and gives it back.
    pub(super) fn noted(&self, error: IntakeError) -> IntakeError {
        if let Some(cause) = cause_of(&error) {
            self.failures().count(cause);
        }
        error
    }

    /// Requests of this process that bring bytes now.
    pub fn running(&self) -> usize {
        self.0.turns.lock().unwrap_or_else(std::sync::PoisonError::into_inner).len()
    }

    /// Adds to the table what was counted since the last time.
    pub(super) async fn write_failures_down(&self) {
        let fresh = self.failures().take_fresh();
        if fresh.is_empty() {
            return;
        }
        if let Err(error) = self.add_failures(&fresh).await {
            self.failures().give_back(&fresh);
            tracing::warn!(cause = %error, "what went wrong could not be counted yet");
        }
    }

    async fn add_failures(&self, fresh: &[(&'static str, u64)]) -> IntakeResult<()> {
        let now = self.site().clock.now();
        let hour = Moment(now.0 - now.0.rem_euclid(HOUR));
        let mut tx = self.site().db.write().await?;
        for (cause, times) in fresh {
            store::add_failures(&mut tx, hour, cause, *times as i64).await?;
        }
        store::forget_failures(&mut tx, now.plus(-30 * DAY)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Writes down what a comparison found.
    pub(super) async fn note_report(&self, report: &Report) -> IntakeResult<()> {
        let count = |list: &Vec<String>| list.len() as i64;
        let found = Reconciled {
            at_us: self.site().clock.now(),
            agreed: report.agreed as i64,
            adopted: count(&report.adopted),
            deleted: report.deleted as i64,
            missing: count(&report.missing),
            unknown: count(&report.unknown) + count(&report.unknown_parts) + count(&report.unknown_spool),
            lost: count(&report.lost_spool),
            alarms: count(&report.alarms),
        };
        let mut tx = self.site().db.write().await?;
        store::note_report(&mut tx, self.spool().server(), &found).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The figures now.
    pub async fn figures(&self) -> IntakeResult<Figures> {
        let now = self.site().clock.now();
        let disk = self.disk().await?;
        let mut tx = self.site().db.read().await?;
        Ok(Figures {
            arriving: store::arriving(&mut tx, now.plus(-ARRIVING)).await?,
            stopped: store::stopped(&mut tx, now.plus(-ARRIVING)).await?,
            whole: store::whole(&mut tx).await?,
            unchecked: store::unchecked(&mut tx).await?,
            alarms: store::alarms(&mut tx).await?,
            failures: store::failures(&mut tx, now.plus(-DAY)).await?,
            reconciled: store::last_report(&mut tx).await?,
            jobs: work::count(&mut tx).await?,
            mail: crate::mail::count_waiting(&mut tx).await?,
            disk,
        })
    }

    async fn disk(&self) -> IntakeResult<Disk> {
        let spool = self.spool().clone();
        let (free, all) = self.blocking(move || spool.room()).await?;
        Ok(Disk { all, free, kept: share::kept_for_running(all, self.site().config.settings.spool_reserve) })
    }
}

/// `GET /staff/uploads`
async fn show(intake: Intake, speech: Speech, staff: Staff) -> Answer {
    let site = intake.site();
    let now = site.clock.now();
    // Before anything is shown.
    let mut tx = site.db.write().await?;
    audit::record(&mut tx, now, &staff.actor(), "uploads.viewed", "service", "", json!({})).await?;
    tx.commit().await?;
    let figures = intake.figures().await?;
    let mut tx = site.db.read().await?;
    let door = door(&mut tx, site, speech, &staff).await?;
    Ok(pages::uploads(speech, door, &figures, now.plus(-STUCK)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::Limit;

    #[test]
    fn every_cause_is_one_of_the_list() {
        let errors = [
            IntakeError::BrokenOff,
            IntakeError::OtherBytes,
            IntakeError::Limit(Limit::Files),
            IntakeError::TooManyAtOnce,
            IntakeError::Full,
            IntakeError::Share,
            IntakeError::Busy,
            IntakeError::Damaged,
            IntakeError::Store(crate::storage::StorageError::Full),
            IntakeError::Db(crate::db::DbError::NotDurable("")),
        ];
        let failures = Failures::default();
        for error in &errors {
            failures.count(cause_of(error).expect("it is counted"));
        }
        assert!(failures.list().all(|(_, times)| times == 1), "{:?}", failures.list().collect::<Vec<_>>());
        let fresh = failures.take_fresh();
        assert_eq!((fresh.len(), failures.take_fresh().len()), (CAUSES.len(), 0));
        failures.give_back(&fresh);
        assert_eq!(failures.take_fresh(), fresh);
        assert_eq!(cause_of(&IntakeError::WrongOffset { kept: 1 }), None);
    }
}
