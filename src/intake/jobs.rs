//! Work after bytes have come: reading the whole object back, taking away what was removed, and looking after the spool.
//!
//! Jobs run in any worker and touch only the database and the store; the spool belongs to the processes that serve, which
//! look after it every few seconds ([`Intake::tend`](super::Intake::tend)). Each job may run twice without harm.

use super::check::{CHECK, check};
use super::reconcile::reconcile;
use super::store::{self, UploadRow};
use super::{Intake, IntakeError, IntakeResult, place_of, ship};
use crate::audit;
use crate::clock::{DAY, HOUR};
use crate::evidence::{self, Event};
use crate::id::{ItemId, UploadId};
use crate::jobs as work;
use crate::jobs::{JobError, Registry};
use crate::storage::sealed::{ReadBack, open_object};
use crate::storage::{StorageError, Store};

/// Reads an upload's whole object back and compares every digest.
pub const VERIFY: &str = "verify_upload";
/// Takes a removed upload's bytes out of the store.
pub const ERASE: &str = "erase_upload";
/// Takes objects that were discarded a day ago out of the store.
pub const CLEAR: &str = "clear_discarded";

/// Compares database, spool and store.
pub const RECONCILE: &str = "reconcile";

/// The alarm of an object whose read-back did not match.
const MISMATCH: &str = "the read-back did not match";

/// The handlers of intake's jobs.
pub fn jobs(registry: Registry<Intake>) -> Registry<Intake> {
    registry
        .on(VERIFY, |intake, subject| async move { verify(&intake, &UploadId(subject)).await })
        .on(CHECK, |intake, subject| async move { check(&intake, &ItemId(subject)).await })
        .on(ERASE, |intake, subject| async move { erase(&intake, &UploadId(subject)).await })
        .every(RECONCILE, DAY, |intake, _| async move { compare(&intake).await })
        .every(CLEAR, HOUR, |intake, _| async move { clear_discarded(&intake).await })
}

async fn verify(intake: &Intake, id: &UploadId) -> Result<(), JobError> {
    let site = intake.site();
    let mut tx = site.db.read().await?;
    let Some(row) = store::find(&mut tx, id).await?.filter(|row| row.state == "stored" && row.verified_us.is_none())
    else {
        return Ok(());
    };
    let digests = store::list_digests(&mut tx, id).await?;
    let key = match intake.item_key(&mut tx, &row).await {
        Err(IntakeError::Gone) => return Ok(()),
        key => key?,
    };
    drop(tx);
    let (place, object) = place_of(&row)?;
    let found = match open_object(&site.store, &key, &place, &object).await {
        Ok(opened) => opened.read_back().await,
        Err(error) => Err(error),
    };
    match found {
        Ok(found) if matches_digests(&row, &found, &digests) => Ok(record_match(intake, &row, &found).await?),
        Ok(_) | Err(StorageError::Altered | StorageError::NotFound) => Ok(record_mismatch(intake, &row).await?),
        Err(error) => Err(error.into()),
    }
}

/// An object that was found without rows has no digests to compare with; every segment of it has opened.
fn matches_digests(row: &UploadRow, found: &ReadBack, digests: &[(i64, Vec<u8>)]) -> bool {
    let adopted = row.server.is_empty() && digests.is_empty();
    let same = |(at, part): (usize, &[u8; 32])| {
        digests.get(at).is_some_and(|(number, sha256)| *number == at as i64 && sha256[..] == part[..])
    };
    adopted || (digests.len() == found.parts.len() && found.parts.iter().enumerate().all(same))
}

async fn record_match(intake: &Intake, row: &UploadRow, found: &ReadBack) -> IntakeResult<()> {
    let site = intake.site();
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    if store::record_verified(&mut tx, &row.id, now).await? {
        evidence::store::record_verified(&mut tx, &row.item_id, &found.whole, now).await?;
        evidence::store::record_crc(&mut tx, &row.item_id, found.crc).await?;
        work::enqueue(&mut tx, CHECK, row.item_id.as_str(), now, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// With a bucket, the spool still has every byte: the server that holds it ships them again. A folder's object was the
/// spool's file, so there a person must look.
async fn record_mismatch(intake: &Intake, row: &UploadRow) -> IntakeResult<()> {
    let site = intake.site();
    let mut tx = site.db.write().await?;
    let (event, reason) = if matches!(site.store, Store::S3(_)) && !row.server.is_empty() {
        ship::ship_again_in(&mut tx, intake, row, MISMATCH).await?;
        (Event::SentAgain, None)
    } else {
        (Event::Broke, Some("damaged"))
    };
    store::record_alarm(&mut tx, &row.id, MISMATCH).await?;
    evidence::store::move_item(&mut tx, &row.item_id, event, reason).await?;
    let facts = serde_json::json!({ "upload": row.id.as_str() });
    audit::record(&mut tx, site.clock.now(), "service", "intake.mismatch", "item", row.item_id.as_str(), facts).await?;
    tx.commit().await?;
    tracing::error!(upload = row.id.as_str(), "{MISMATCH}");
    Ok(())
}

async fn erase(intake: &Intake, id: &UploadId) -> Result<(), JobError> {
    Ok(ship::delete_discarded(intake, id).await?)
}

async fn clear_discarded(intake: &Intake) -> Result<(), JobError> {
    let before = intake.site().clock.now().plus(-DAY);
    let mut tx = intake.site().db.read().await?;
    let discarded = store::list_discarded_before(&mut tx, before).await?;
    drop(tx);
    for (path, multipart) in discarded {
        ship::delete_object(intake, &path, multipart.as_deref()).await?;
    }
    Ok(())
}

/// What was found stands on the staff page of uploads and in the metrics; where a person must look, the log says so too.
async fn compare(intake: &Intake) -> Result<(), JobError> {
    let report = reconcile(intake).await?;
    if report.needs_a_person() {
        tracing::error!(
            missing = report.missing.len(),
            unknown = report.unknown.len() + report.unknown_parts.len() + report.unknown_spool.len(),
            lost = report.lost_spool.len(),
            alarms = report.alarms.len(),
            "database, spool and store do not agree: a person must look (heard reconcile says more)"
        );
    }
    Ok(())
}

/// After a start: everything that an earlier run left open is looked through, so that a loss is an alarm at once.
pub(super) async fn recover_spool(intake: &Intake) {
    let rows = match list_of_server(intake).await {
        Ok(rows) => rows,
        Err(error) => {
            tracing::warn!(cause = %error, "the spool could not be looked through");
            return;
        }
    };
    for row in rows.into_iter().filter(|row| row.state == "open" && (row.spooled > 0 || intake.spool().has(&row.spool)))
    {
        // On a folder that several servers share, another may be writing it right now.
        if intake.spool().is_locked(&row.spool) {
            continue;
        }
        match intake.offset(&row.id).await {
            Ok(_) | Err(IntakeError::Gone | IntakeError::Whole | IntakeError::Busy | IntakeError::Superseded) => {}
            Err(error) => tracing::warn!(upload = row.id.as_str(), cause = %error, "an upload could not be taken up"),
        }
    }
}

async fn list_of_server(intake: &Intake) -> IntakeResult<Vec<UploadRow>> {
    let mut tx = intake.site().db.read().await?;
    Ok(store::list_of_server(&mut tx, intake.spool().server()).await?)
}

/// Ships what is whole, takes away what the spool need not keep, and writes down what went wrong since the last time.
pub(super) async fn tend_once(intake: &Intake) {
    intake.write_failures_down().await;
    if let Err(error) = ship_whole(intake).await {
        tracing::warn!(cause = %error, "what is whole could not be shipped");
    }
    if let Err(error) = sweep_spool(intake).await {
        tracing::warn!(cause = %error, "the spool could not be swept");
    }
}

async fn ship_whole(intake: &Intake) -> IntakeResult<()> {
    let mut tx = intake.site().db.read().await?;
    let rows = store::list_whole(&mut tx, intake.site().clock.now()).await?;
    drop(tx);
    for row in rows {
        // Another server's, unless every part is in the store already: then anyone may complete it.
        if row.server != intake.spool().server() && intake.promises_locally() {
            continue;
        }
        match ship::store_whole(intake, &row.id).await {
            Ok(()) | Err(IntakeError::Gone | IntakeError::Elsewhere) => {}
            Err(error) => {
                tracing::warn!(upload = row.id.as_str(), cause = %error, "the store does not confirm yet");
                ship::note_safe(intake, &row.id).await?;
            }
        }
    }
    Ok(())
}

/// Deletes files whose upload is removed, or verified in the store. Files that no row knows stay, for the reconciler to
/// report.
async fn sweep_spool(intake: &Intake) -> IntakeResult<()> {
    let spool = intake.spool().clone();
    let files = intake.blocking(move || spool.list()).await?;
    for (file, _) in files {
        let name = file.strip_suffix(".tail").unwrap_or(&file).to_owned();
        let Some(upload) = name.split('.').next().map(|id| UploadId(id.to_owned())) else { continue };
        let mut tx = intake.site().db.read().await?;
        let row = store::find(&mut tx, &upload).await?;
        drop(tx);
        if row.is_some_and(|row| is_done_with(intake, &row)) {
            let spool = intake.spool().clone();
            intake.blocking(move || spool.delete(&name)).await?;
        }
    }
    Ok(())
}

fn is_done_with(intake: &Intake, row: &UploadRow) -> bool {
    let on_disk = matches!(intake.site().store, Store::Disk(_));
    match row.state.as_str() {
        "removed" => true,
        "stored" => on_disk || row.verified_us.is_some(),
        _ => false,
    }
}
