//! Comparing database, spool and store, each way.
//!
//! The rule that nothing here may break: **a machine deletes only what a row has marked as discarded for a day or more.**
//! What no row knows is reported; an original among it is adopted when its key and its footer open, because then it is
//! something that somebody sent; everything else waits for a person. A safe copy that no row knows is only reported: it is
//! made again from its original.

use std::collections::BTreeSet;
use std::fmt;

use futures_util::TryStreamExt;

use super::store;
use super::{Intake, IntakeResult, jobs, ship};
use crate::clock::{DAY, Moment, SECOND};
use crate::db::{self, Tx};
use crate::evidence::{self, ItemState};
use crate::id::{ItemId, SubmissionId, UploadId};
use crate::jobs as work;
use crate::storage::sealed::{SealedObject, open_object, read_trailer};
use crate::storage::{ObjectKey, StorageError, Store};

const PARENT: &str = "select parent from wrapped_key where id = $1 and kind = 'item'";
const DISCARD_STALE: &str = "update stored_object set state = 'discarded', discarded_us = $2
    where state = 'writing' and created_us <= $1
        and not exists (
            select 1 from upload u
            where u.id = stored_object.upload_id and u.object_key = stored_object.key and u.state <> 'removed')";

/// What was found, as a person reads it. Names of objects are random and say nothing about anybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Objects that rows and store agree about.
    pub agreed: u64,
    /// Objects that should be in the store and are not, or have another length.
    pub missing: Vec<String>,
    /// Objects in the store that no row knows.
    pub unknown: Vec<String>,
    /// Objects that no row knew, and that are items again now.
    pub adopted: Vec<String>,
    /// Discarded objects that were deleted.
    pub deleted: u64,
    /// Multipart uploads in the bucket that no row knows.
    pub unknown_parts: Vec<String>,
    /// Files in the spool that no row knows.
    pub unknown_spool: Vec<String>,
    /// Uploads whose bytes should be in this spool and are not.
    pub lost_spool: Vec<String>,
    /// Uploads that carry an alarm.
    pub alarms: Vec<String>,
}

impl Report {
    /// Whether a person must look.
    pub fn needs_a_person(&self) -> bool {
        let lists =
            [&self.missing, &self.unknown, &self.unknown_parts, &self.unknown_spool, &self.lost_spool, &self.alarms];
        lists.iter().any(|list| !list.is_empty())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} objects are where the database says.", self.agreed)?;
        writeln!(f, "{} discarded objects were deleted.", self.deleted)?;
        for (what, list) in [
            ("objects were found without a row and are items again", &self.adopted),
            ("objects are MISSING from the store, or have another length", &self.missing),
            ("objects in the store are known to no row (nothing was deleted)", &self.unknown),
            ("multipart uploads are known to no row (nothing was deleted)", &self.unknown_parts),
            ("files in the spool are known to no row (nothing was deleted)", &self.unknown_spool),
            ("uploads have LOST their bytes from this spool", &self.lost_spool),
            ("uploads carry an alarm", &self.alarms),
        ] {
            if !list.is_empty() {
                writeln!(f, "{} {what}:", list.len())?;
                for one in list {
                    writeln!(f, "  {one}")?;
                }
            }
        }
        match self.needs_a_person() {
            true => writeln!(f, "A person should look at this."),
            false => writeln!(f, "Nothing needs a person."),
        }
    }
}

/// Compares everything, adopts what can be adopted, deletes what was discarded a day ago, writes the numbers down, and says
/// what it found.
pub async fn reconcile(intake: &Intake) -> IntakeResult<Report> {
    let mut report = Report::default();
    discard_stale(intake).await?;
    rows_against_store(intake, &mut report).await?;
    for folder in ["originals/", "tails/", "renditions/"] {
        store_against_rows(intake, folder, &mut report).await?;
    }
    parts_against_rows(intake, &mut report).await?;
    spool_against_rows(intake, &mut report).await?;
    rows_against_spool(intake, &mut report).await?;
    intake.note_report(&report).await?;
    Ok(report)
}

/// An object that was written down a day ago, and that its upload does not point to, was given up.
async fn discard_stale(intake: &Intake) -> IntakeResult<()> {
    let now = intake.site().clock.now();
    let mut tx = intake.site().db.write().await?;
    db::run!(&mut tx, DISCARD_STALE, now.plus(-DAY), now)?;
    tx.commit().await?;
    Ok(())
}

async fn rows_against_store(intake: &Intake, report: &mut Report) -> IntakeResult<()> {
    let site = intake.site();
    let mut after = String::new();
    loop {
        let mut tx = site.db.read().await?;
        let objects = store::list_objects(&mut tx, &after).await?;
        drop(tx);
        let Some((last, ..)) = objects.last() else { return Ok(()) };
        after = last.clone();
        for (key, kind, _, upload) in objects {
            let Ok(place) = key.parse::<ObjectKey>() else { continue };
            let expected = if kind == "original" { expected_length(intake, &upload).await? } else { None };
            match site.store.head(&place).await {
                Ok(facts) if expected.is_none_or(|length| length == facts.length) => report.agreed += 1,
                Ok(_) => report.missing.push(key),
                // Deleted since it was listed?
                Err(StorageError::NotFound) if !still_kept(intake, &key).await? => {}
                Err(StorageError::NotFound) => report.missing.push(key),
                Err(error) => return Err(error.into()),
            }
        }
    }
}

async fn expected_length(intake: &Intake, upload: &str) -> IntakeResult<Option<u64>> {
    let mut tx = intake.site().db.read().await?;
    let row = store::find(&mut tx, &UploadId(upload.to_owned())).await?;
    Ok(row.and_then(|row| row.sealed_length).map(i64::unsigned_abs))
}

async fn still_kept(intake: &Intake, key: &str) -> IntakeResult<bool> {
    let mut tx = intake.site().db.read().await?;
    Ok(store::find_object(&mut tx, key).await?.is_some_and(|row| row.state == "kept"))
}

async fn store_against_rows(intake: &Intake, folder: &str, report: &mut Report) -> IntakeResult<()> {
    let site = intake.site();
    let now = site.clock.now();
    let mut listing = site.store.list(folder);
    while let Some(listed) = listing.try_next().await? {
        let mut tx = site.db.read().await?;
        let row = store::find_object(&mut tx, &listed.path).await?;
        drop(tx);
        match row {
            Some(_) => {}
            // Its row may be a moment old: rows are written before objects, but this listing may be older still.
            None if Moment(listed.modified * SECOND).plus(60 * SECOND) > now => {}
            None => match adopt(intake, &listed.path, listed.length).await {
                Ok(true) => report.adopted.push(listed.path),
                Ok(false) => report.unknown.push(listed.path),
                Err(error) if error.is_passing() => return Err(error),
                Err(_) => report.unknown.push(listed.path),
            },
        }
    }
    delete_discarded(intake, report).await
}

async fn delete_discarded(intake: &Intake, report: &mut Report) -> IntakeResult<()> {
    let before = intake.site().clock.now().plus(-DAY);
    loop {
        let mut tx = intake.site().db.read().await?;
        let discarded = store::list_discarded_before(&mut tx, before).await?;
        drop(tx);
        if discarded.is_empty() {
            return Ok(());
        }
        for (path, multipart) in discarded {
            ship::delete_object(intake, &path, multipart.as_deref()).await?;
            report.deleted += 1;
        }
    }
}

/// Makes an item of an original that no row knows, if its key is there and its footer opens.
async fn adopt(intake: &Intake, path: &str, sealed_length: u64) -> IntakeResult<bool> {
    let Ok(place @ ObjectKey::Original(_)) = path.parse::<ObjectKey>() else { return Ok(false) };
    let site = intake.site();
    let trailer = match read_trailer(&site.store, &place).await {
        Err(StorageError::Altered | StorageError::NotFound) => return Ok(false),
        trailer => trailer?,
    };
    let item = ItemId(trailer.key_id.clone());
    let mut tx = site.db.read().await?;
    let Some((Some(parent),)) = db::maybe!(&mut tx, (Option<String>,), PARENT, item.as_str())? else {
        return Ok(false);
    };
    let submission = SubmissionId(parent);
    let Some(parent_key) = site.keys.submission(&mut tx, &submission).await? else { return Ok(false) };
    let Some(key) = site.keys.item(&mut tx, &parent_key, item.as_str()).await? else { return Ok(false) };
    if store::find_by_item(&mut tx, &item).await?.is_some() {
        // The item has its original; this is a second copy of it, or an attempt that was given up.
        return Ok(false);
    }
    drop(tx);
    let opened = match open_object(&site.store, &key, &place, &trailer.object).await {
        Err(StorageError::Altered) => return Ok(false),
        opened => opened?,
    };
    let mut tx = site.db.write().await?;
    let done = write_down(intake, &mut tx, &opened, &item, &submission, trailer.object.as_str(), path, sealed_length);
    let adopted = done.await?;
    if adopted {
        tx.commit().await?;
        site.jobs.wake();
    }
    Ok(adopted)
}

#[expect(clippy::too_many_arguments, reason = "the object, and everything it belongs to")]
async fn write_down(
    intake: &Intake,
    tx: &mut Tx,
    opened: &SealedObject,
    item: &ItemId,
    submission: &SubmissionId,
    object: &str,
    path: &str,
    sealed_length: u64,
) -> IntakeResult<bool> {
    let now = intake.site().clock.now();
    let recognised = ship::recognise(opened).await?;
    let kind = evidence::Kind::parse(recognised.kind.name()).unwrap_or(evidence::Kind::Unknown);
    if evidence::store::find(tx, item).await?.is_none() {
        let new = evidence::store::NewItem {
            id: item,
            submission,
            kind,
            media_type: recognised.media_type,
            state: ItemState::Receiving,
            name_sealed: None,
        };
        if evidence::store::insert(tx, new, now).await?.is_none() {
            return Ok(false);
        }
    }
    let (upload, length) = (UploadId::new(now), opened.length as i64);
    store::adopt(tx, &upload, item, submission, object, length, sealed_length as i64, path, now).await?;
    store::insert_object(tx, path, &upload, "original", now).await?;
    store::keep_object(tx, path).await?;
    evidence::store::record_content(tx, item, kind, recognised.media_type).await?;
    evidence::store::record_received(tx, item, length, now).await?;
    work::enqueue(tx, jobs::VERIFY, upload.as_str(), now, now).await?;
    Ok(true)
}

async fn parts_against_rows(intake: &Intake, report: &mut Report) -> IntakeResult<()> {
    let Store::S3(s3) = &intake.site().store else { return Ok(()) };
    for open in s3.list_uploads("originals/").await? {
        let mut tx = intake.site().db.read().await?;
        if store::find_object(&mut tx, &open.path).await?.is_none() {
            report.unknown_parts.push(format!("{} {}", open.path, open.upload_id));
        }
    }
    Ok(())
}

async fn spool_against_rows(intake: &Intake, report: &mut Report) -> IntakeResult<()> {
    let spool = intake.spool().clone();
    let files = intake.blocking(move || spool.list()).await?;
    let uploads: BTreeSet<String> =
        files.iter().filter_map(|(file, _)| file.split('.').next()).map(str::to_owned).collect();
    for upload in uploads {
        let mut tx = intake.site().db.read().await?;
        if store::find(&mut tx, &UploadId(upload.clone())).await?.is_none() {
            report.unknown_spool.push(upload);
        }
    }
    Ok(())
}

async fn rows_against_spool(intake: &Intake, report: &mut Report) -> IntakeResult<()> {
    let mut tx = intake.site().db.read().await?;
    let rows = store::list_of_server(&mut tx, intake.spool().server()).await?;
    drop(tx);
    for row in rows {
        let needs_file = row.spooled > 0 && row.state == "open";
        if needs_file && !intake.spool().has(&row.spool) && row.tail_key.is_none() && row.multipart.is_none() {
            report.lost_spool.push(row.id.as_str().to_owned());
        }
        if let Some(alarm) = row.alarm {
            report.alarms.push(format!("{}: {alarm}", row.id));
        }
    }
    Ok(())
}
