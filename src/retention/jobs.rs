//! The hourly run.

use super::end::{End, end, restrict};
use super::steady::{self, Clocked};
use super::{DECIDED_REQUEST, EVERY, store};
use crate::audit;
use crate::intake::Intake;
use crate::jobs::{JobError, Registry};
use crate::submission::lost::store::erase_decided;

/// The job that looks through all records, every hour.
pub const RETENTION: &str = "retention";

/// This room's work.
pub fn jobs(registry: Registry<Intake>) -> Registry<Intake> {
    registry.every(RETENTION, EVERY, |intake: Intake, _| async move { run(&intake).await })
}

/// What one run ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// Drafts that expired.
    pub drafts: u64,
    /// Submissions that were erased.
    pub withdrawn: u64,
    /// Submissions that stay in the safeguarding lane, and whose codes went.
    pub restricted: u64,
    /// Rows that were only of use for a while.
    pub rows: u64,
}

async fn run(intake: &Intake) -> Result<(), JobError> {
    let site = intake.site();
    let mut tx = site.db.write().await?;
    let clocked = steady::look(&mut tx, site.clock.now()).await?;
    let head = audit::head(&mut tx).await?;
    tx.commit().await?;
    // Whoever keeps the log elsewhere can prove that the chain was not cut: heard verify-audit --head
    tracing::info!(head = %head, "the end of the audit chain");
    if let Clocked::NotBefore(moment) = clocked {
        tracing::info!(
            not_before = moment.rfc3339(),
            "nothing is deleted yet: the service has just started to watch the clock, or the clock jumped"
        );
        return Ok(());
    }
    let ended = run_now(intake).await?;
    if ended != Ended::default() {
        tracing::info!(
            drafts = ended.drafts,
            withdrawn = ended.withdrawn,
            rows = ended.rows,
            "records whose time was over"
        );
    }
    Ok(())
}

/// Ends whatever is due by the site's clock, without asking whether the clock can be trusted.
pub async fn run_now(intake: &Intake) -> Result<Ended, JobError> {
    let site = intake.site();
    let (now, draft_days) = (site.clock.now(), site.config.settings.draft_days);
    let mut tx = site.db.read().await?;
    let due = store::due(&mut tx, now, draft_days).await?;
    drop(tx);
    let mut ended = Ended::default();
    for draft in &due.drafts {
        let how = End::OldDraft(store::draft_limit(now, draft_days));
        ended.drafts += u64::from(end(intake, draft, how).await?);
    }
    for withdrawn in &due.withdrawn {
        let how = End::TakenBack(store::withdrawn_limit(now));
        ended.withdrawn += u64::from(end(intake, withdrawn, how).await?);
    }
    for restricted in &due.restricted {
        ended.restricted += u64::from(restrict(intake, restricted, store::withdrawn_limit(now)).await?);
    }
    let mut tx = site.db.write().await?;
    ended.rows = store::sweep(&mut tx, now, draft_days).await?;
    ended.rows += erase_decided(&mut tx, &site.keys, now.plus(-DECIDED_REQUEST), now).await?;
    tx.commit().await?;
    Ok(ended)
}

/// Ends every submission whose key is gone, after a backup was restored. Gives their number.
pub async fn end_what_lost_its_key(intake: &Intake) -> Result<u64, JobError> {
    let mut tx = intake.site().db.read().await?;
    let keyless = store::list_keyless(&mut tx).await?;
    drop(tx);
    let mut ended = 0;
    for submission in &keyless {
        ended += u64::from(end(intake, submission, End::KeyGone).await?);
    }
    Ok(ended)
}
