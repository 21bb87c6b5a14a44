//! One file of one submission, from its original to its copies.
//!
//! A try is counted before it begins. A file that fails, or takes its worker with it, three times is left for a person,
//! and the queue moves on. What is outside (the store, the disk) being down is not the file's doing and not counted; nor is
//! a service that is stopped while it works.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Once};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};

use super::seal::{Sealed, lay_open, seal};
use super::workshop::Workshop;
use crate::clock::{MINUTE, Moment};
use crate::db::{DbResult, Tx};
use crate::evidence::copies::{self, Lane, NewRendition, Took};
use crate::evidence::store::{self as items, Item, Moved};
use crate::evidence::{Event, ItemState, Kind};
use crate::id::{ItemId, RenditionId, SubmissionId, UploadId};
use crate::intake;
use crate::jobs::{self, JobError};
use crate::media::prepare::{self, Cause, Order, Outcome, Prepared, Rendition};
use crate::media::sniff;
use crate::storage::ObjectKey;
use crate::storage::keys::ItemKey;
use crate::storage::sealed::open_object;
use crate::web::Site;

/// How often whoever waits for a tool looks whether its work is still wanted.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// How long a file that failed is left alone before it is tried again.
const PAUSE: i64 = MINUTE;

/// Writes down the job of a submission's work in a lane.
pub(super) async fn enqueue(
    tx: &mut Tx,
    submission: &SubmissionId,
    lane: Lane,
    now: Moment,
    run_at: Moment,
) -> DbResult<()> {
    jobs::enqueue_with_tries(tx, lane.job(), submission.as_str(), now, run_at, copies::JOB_TRIES).await
}

/// Makes the copies of the next file of a submission that waits, and goes to the end of the queue if there are more.
pub(super) async fn next_of(site: &Site, submission: &SubmissionId, lane: Lane) -> Result<(), JobError> {
    let mut tx = site.db.write().await?;
    copies::settle(&mut tx, submission, lane, super::holder()).await?;
    let next = copies::find_next(&mut tx, submission, lane, site.clock.now()).await?;
    if let Some(id) = &next {
        copies::begin(&mut tx, id, super::holder(), site.clock.now()).await?;
    }
    tx.commit().await?;
    let worked = match &next {
        Some(id) => one(site, id).await,
        None => Ok(()),
    };
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    match (&next, &worked) {
        (Some(id), Err(JobError::Wait(_))) => {
            copies::give_back(&mut tx, id).await?;
            tx.commit().await?;
            return worked;
        }
        (Some(id), Err(error)) => {
            tracing::warn!(item = id.as_str(), cause = %error, "copies of a file could not be made");
            copies::record_fault(&mut tx, id, "fault", now.plus(PAUSE)).await?;
        }
        _ => {}
    }
    if let Some(at) = copies::find_when_next(&mut tx, submission, lane).await? {
        enqueue(&mut tx, submission, lane, now, at.max(now)).await?;
    }
    tx.commit().await?;
    site.jobs.wake();
    Ok(())
}

/// Asks for copies of what came before there were copies, of what lacked a tool that may be here now, and of whatever waits
/// without a job.
pub(super) async fn ask_missing(site: &Site) -> Result<(), JobError> {
    let its_site = site.clone();
    let found = tokio::task::spawn_blocking(move || super::tools(&its_site).names());
    let tools = found.await.context("looking for tools stopped")?;
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    for (item, submission, kind) in copies::list_unasked(&mut tx).await? {
        if let Some(lane) = Kind::parse(&kind).and_then(Kind::lane) {
            copies::ask(&mut tx, &item, &submission, lane, now).await?;
        }
    }
    copies::ask_with_other_tools(&mut tx, &tools).await?;
    for (submission, lane) in copies::list_open(&mut tx).await? {
        if let Some(lane) = Lane::parse(&lane) {
            enqueue(&mut tx, &submission, lane, now, now).await?;
        }
    }
    tx.commit().await?;
    site.jobs.wake();
    Ok(())
}

/// An item that waits for its copies, with what they are sealed with.
struct Waiting {
    item: Item,
    sha256: Vec<u8>,
    upload: UploadId,
    key: ItemKey,
}

async fn one(site: &Site, id: &ItemId) -> Result<(), JobError> {
    let began = Instant::now();
    let Some(waiting) = find(site, id).await? else { return Ok(()) };
    let original = intake::open_original(site, id).await?.ok_or_else(nothing_there)?;
    let workshop = open_workshop(site, original.length).await?;
    let digest = lay_open(&original, &workshop.original()).await?;
    if digest[..] != waiting.sha256[..] {
        return Err(JobError::Retry(anyhow!("the original is not what was read back before")));
    }
    let Some(prepared) = make(site, id, workshop.clone()).await? else { return Ok(()) };
    let took = took(site, &waiting, &prepared, began).await?;
    match &prepared.outcome {
        Outcome::Kept(Cause::ToolMissing) => lack(site, id).await,
        Outcome::Kept(cause) => keep(site, &waiting, *cause, took).await,
        Outcome::Ready(made) => {
            let mut put = Vec::new();
            for copy in made {
                put.push(put_away(site, &waiting, &workshop, copy).await?);
            }
            finish(site, &waiting, &put, prepared.kind, took).await
        }
    }
}

/// It waits for copies, and there is nothing that they could be made of: a fault, and no reason to ask again at once.
fn nothing_there() -> JobError {
    JobError::Retry(anyhow!("there is no original that could be read, or no key"))
}

async fn find(site: &Site, id: &ItemId) -> Result<Option<Waiting>, JobError> {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let Some(item) = items::find(&mut tx, id).await?.filter(|item| item.state == ItemState::Preparing) else {
        return Ok(None);
    };
    let upload = intake::store::find_by_item(&mut tx, id).await?.ok_or_else(nothing_there)?;
    let key = intake::find_key(site, &mut tx, &item.submission_id, id).await?.ok_or_else(nothing_there)?;
    let sha256 = item.sha256.clone().ok_or_else(nothing_there)?;
    intake::store::discard_half_made(&mut tx, &upload.id, now).await?;
    tx.commit().await?;
    Ok(Some(Waiting { item, sha256, upload: upload.id, key }))
}

/// A folder to work in, on a disk that has room for it. Waiting for room is nothing that the file can help.
async fn open_workshop(site: &Site, length: u64) -> Result<Arc<Workshop>, JobError> {
    let root = site.config.workshops();
    let opened = tokio::task::spawn_blocking(move || Workshop::open(&root, length)).await;
    let opened = opened.map_err(std::io::Error::other).flatten();
    Ok(Arc::new(opened.context("no folder for work can be made").map_err(JobError::Wait)?))
}

/// Says to stop when nobody waits any more.
struct Told(Arc<AtomicBool>);

impl Drop for Told {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// On a thread of its own, because a tool ends with the thread that started it. The workshop is open until the thread
/// ends, so that no tool works in a folder that is gone. None where the item was taken away or held meanwhile: then the
/// work stops, and its sender's film does not lie open for as long as it would have taken.
async fn make(site: &Site, id: &ItemId, workshop: Arc<Workshop>) -> Result<Option<Prepared>, JobError> {
    let told = Told(Arc::new(AtomicBool::new(false)));
    let (stop, its_site) = (told.0.clone(), site.clone());
    let (send, mut receive) = tokio::sync::oneshot::channel();
    let work = move || {
        let tools = super::tools(&its_site);
        let (file, folder) = (workshop.original(), workshop.copies());
        let _ = send.send(prepare::prepare(&Order { tools: &tools, file: &file, folder: &folder, stop: &stop }));
    };
    let thread = std::thread::Builder::new().name("preparing".to_owned());
    thread.spawn(work).context("no thread for the work").map_err(JobError::Wait)?;
    let prepared = loop {
        tokio::select! {
            prepared = &mut receive => break prepared.context("the work stopped before its end")?,
            () = tokio::time::sleep(LOOK_AGAIN) => if !is_wanted(site, id).await {
                drop(told);
                let _ = receive.await;
                return Ok(None);
            }
        }
    };
    Ok(Some(prepared.context("the tools could not be used")?))
}

/// Whether the item still waits for copies. A database that does not answer is no reason to stop.
async fn is_wanted(site: &Site, id: &ItemId) -> bool {
    let Ok(mut tx) = site.db.read().await else { return true };
    items::find(&mut tx, id).await.map_or(true, |item| item.is_some_and(|item| item.state == ItemState::Preparing))
}

async fn took(site: &Site, waiting: &Waiting, prepared: &Prepared, began: Instant) -> Result<Took, JobError> {
    let mut tx = site.db.read().await?;
    let submission = &waiting.item.submission_id;
    let key = site.keys.submission(&mut tx, submission).await.map_err(intake::IntakeError::from)?;
    let notes: Vec<&str> = prepared.notes.iter().map(|note| note.name()).collect();
    Ok(Took {
        notes: notes.join(","),
        has_place: prepared.says.has_location,
        says_sealed: key.and_then(|key| copies::seal_says(&key, &waiting.item.id, &prepared.says)),
        ms: i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX),
        peak_memory: i64::try_from(prepared.peak_memory).unwrap_or(i64::MAX),
    })
}

/// Seals one copy, puts it into the store, and reads it back.
async fn put_away(
    site: &Site,
    waiting: &Waiting,
    workshop: &Workshop,
    copy: &Rendition,
) -> Result<NewRendition, JobError> {
    let from = workshop.copies().join(&copy.name);
    let sealed = seal(waiting.key.clone(), waiting.item.id.to_string(), from.clone(), workshop.sealed()).await?;
    let place = ObjectKey::new_rendition();
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    intake::store::insert_object(&mut tx, &place.path(), &waiting.upload, "rendition", now).await?;
    tx.commit().await?;
    site.store.put_file(&place, &workshop.sealed(), sealed.sealed_length, &sealed.sealed_sha256).await?;
    let found = open_object(&site.store, &waiting.key, &place, &sealed.object).await?.read_back().await?;
    if found.whole != sealed.sha256 {
        return Err(JobError::Retry(anyhow!("the store gives back another copy than it was given")));
    }
    // What is sealed and stored need not lie here in clear any longer.
    let _ = tokio::fs::remove_file(from).await;
    Ok(row(copy, &sealed, &place, now))
}

fn row(copy: &Rendition, sealed: &Sealed, place: &ObjectKey, now: Moment) -> NewRendition {
    NewRendition {
        id: RenditionId::new(now),
        role: copy.role,
        page: i64::from(copy.page),
        media_type: copy.media_type,
        length: i64::try_from(sealed.length).unwrap_or(i64::MAX),
        sha256: sealed.sha256,
        object: (sealed.object.as_str().to_owned(), place.path()),
        tool: copy.tool.clone(),
        settings: copy.settings.clone(),
        plays_ms: copy.plays_ms,
    }
}

/// In one transaction: the item is ready, its copies are there, and older ones are not. The move comes first: of two that
/// did the same work one finds that it is done, and where the item was taken away or held meanwhile nothing of it counts.
async fn finish(
    site: &Site,
    waiting: &Waiting,
    put: &[NewRendition],
    kind: sniff::Kind,
    took: Took,
) -> Result<(), JobError> {
    let now = site.clock.now();
    let id = &waiting.item.id;
    let mut tx = site.db.write().await?;
    if !is_mine(&mut tx, waiting, Event::Prepared, None).await? {
        for copy in put {
            intake::store::discard_object(&mut tx, &copy.object.1, now).await?;
        }
        tx.commit().await?;
        return Ok(());
    }
    for old in copies::list(&mut tx, id).await? {
        intake::store::discard_object(&mut tx, &old.object_key, now).await?;
    }
    copies::drop_renditions(&mut tx, id).await?;
    for copy in put {
        copies::insert(&mut tx, id, &waiting.sha256, copy, now).await?;
        intake::store::keep_object(&mut tx, &copy.object.1).await?;
    }
    // A film without pictures is sound: only the tool that read it could tell.
    if kind == sniff::Kind::Audio && waiting.item.kind == Kind::Video {
        items::record_content(&mut tx, id, Kind::Audio, &waiting.item.media_type).await?;
    }
    copies::end(&mut tx, id, took, now).await?;
    tx.commit().await?;
    Ok(())
}

async fn keep(site: &Site, waiting: &Waiting, cause: Cause, took: Took) -> Result<(), JobError> {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    if is_mine(&mut tx, waiting, Event::CannotShow, Some(cause.name())).await? {
        copies::end(&mut tx, &waiting.item.id, took, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The program for it is not here: it waits, and no try is counted.
async fn lack(site: &Site, id: &ItemId) -> Result<(), JobError> {
    let tools = super::tools(site).names();
    let mut tx = site.db.write().await?;
    copies::record_lack(&mut tx, id, &tools).await?;
    tx.commit().await?;
    // Once for each run of this program: on a machine without tools this is so for every file.
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        tracing::warn!("files wait for their safe copies: programs are not here (heard check says which)");
    });
    Ok(())
}

/// Moves the item, if it still waits for copies of this original.
async fn is_mine(tx: &mut Tx, waiting: &Waiting, event: Event, reason: Option<&'static str>) -> Result<bool, JobError> {
    let Moved::To(_) = items::move_item(&mut *tx, &waiting.item.id, event, reason).await? else { return Ok(false) };
    let now = items::find(tx, &waiting.item.id).await?;
    match now.is_some_and(|item| item.sha256.as_deref() == Some(&waiting.sha256[..])) {
        true => Ok(true),
        false => Err(JobError::Retry(anyhow!("the original was read back anew meanwhile"))),
    }
}
