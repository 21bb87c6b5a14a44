//! After an original was read back: is there malware in it, and can it go on?
//!
//! The scan is a fact about the digest that was scanned, beside the item's state. Without a scanner, or for a file that
//! is larger than the scanner takes, the item goes on and pages say "not checked for viruses". A scanner that is set and
//! does not answer leaves the item in `checking`, and the job tries again: not scanned is never clean.
//!
//! A file of a kind that we do not know is `kept`: we have it and cannot show it. For every other, safe copies are asked
//! for (`prepare/` makes them), but for files from communication aids, which are read as they are.

use futures_util::StreamExt;

use super::{Intake, open_original};
use crate::audit;
use crate::evidence::copies;
use crate::evidence::store::{Item, Moved};
use crate::evidence::{self, Event, ItemState, Kind, Scan};
use crate::id::ItemId;
use crate::jobs::{self, JobError};
use crate::malware::{ScanError, Scanner, Verdict};
use crate::storage::StorageError;

/// Checks an item whose bytes were read back. Its subject is the item's id.
pub const CHECK: &str = "check_item";

/// Does [`CHECK`]. Running it twice is harmless: it looks at the state again when it writes down what it found.
pub(super) async fn check(intake: &Intake, id: &ItemId) -> Result<(), JobError> {
    let site = intake.site();
    let mut tx = site.db.write().await?;
    let Some(item) = evidence::store::find(&mut tx, id).await? else { return Ok(()) };
    if item.state == ItemState::Received && item.verified_us.is_some() {
        evidence::store::move_item(&mut tx, id, Event::Check, None).await?;
    } else if item.state != ItemState::Checking {
        return Ok(());
    }
    tx.commit().await?;
    let scan = scan(intake, id).await?;
    conclude(intake, &item, scan).await
}

/// What the scanner says. An original that is gone has nothing to be scanned.
async fn scan(intake: &Intake, id: &ItemId) -> Result<Scan, JobError> {
    let site = intake.site();
    let Some(setting) = &site.config.settings.clamd else { return Ok(Scan::NoScanner) };
    let Some(original) = open_original(site, id).await? else { return Ok(Scan::NotYet) };
    let pieces = Box::pin(original.range(0..original.length).boxed());
    match Scanner::from_setting(setting).scan(pieces).await {
        Ok(Verdict::Clean) => Ok(Scan::Clean),
        Ok(Verdict::Found(_)) => Ok(Scan::Found),
        Ok(Verdict::TooBig) => Ok(Scan::TooBig),
        Err(ScanError::Source(error)) => Err(StorageError::into(error)),
        Err(error) => Err(JobError::Wait(anyhow::Error::new(error).context("the virus scanner does not answer"))),
    }
}

async fn conclude(intake: &Intake, item: &Item, scan: Scan) -> Result<(), JobError> {
    let site = intake.site();
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    evidence::store::record_scan(&mut tx, &item.id, scan, item.sha256.as_deref()).await?;
    let (event, reason) = match (scan, item.kind) {
        (Scan::Found, _) => (Event::Hold, Some("malware")),
        (_, Kind::Unknown) => (Event::CannotShow, Some("unknown_type")),
        _ => (Event::Passed, None),
    };
    let moved = evidence::store::move_item(&mut tx, &item.id, event, reason).await?;
    if let (Moved::To(ItemState::Preparing), Some(lane)) = (moved, item.kind.lane()) {
        copies::ask(&mut tx, &item.id, &item.submission_id, lane, now).await?;
        let subject = item.submission_id.as_str();
        jobs::enqueue_with_tries(&mut tx, lane.job(), subject, now, now, copies::JOB_TRIES).await?;
    }
    if scan == Scan::Found {
        let facts = serde_json::json!({});
        audit::record(&mut tx, now, "service", "item.malware_found", "item", item.id.as_str(), facts).await?;
    }
    tx.commit().await?;
    site.jobs.wake();
    Ok(())
}
