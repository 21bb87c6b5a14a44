//! What is inside a file from a communication aid: read anew each time, apart and with limits, for its sender's page and for
//! those who read what was sent; and the copy of it from which its sender left parts out.
//!
//! That copy is made when they choose, so that sending waits for nothing: sending puts it in the place of the whole file in
//! the one transaction that sends, and with that the whole file's key is gone.

use std::fs::File;
use std::io::Write as _;

use anyhow::{Context as _, anyhow};
use data_encoding::HEXLOWER;
use futures_util::TryStreamExt as _;
use ring::digest::{SHA256, digest};
use rustix::fs::{MemfdFlags, memfd_create};
use serde_json::json;
use tokio::sync::Semaphore;

use super::seal::{Sealed, seal_into};
use crate::aac::whole::{from_json, to_json};
use crate::aac::{Cut, Reading, apart};
use crate::audit;
use crate::clock::Moment;
use crate::db::Tx;
use crate::evidence::has_inside;
use crate::evidence::left_out::{self, COPY_TYPE, Choice, Row};
use crate::evidence::store::{self as items, Item};
use crate::id::{ItemId, RenditionId, UploadId};
use crate::intake::{self, IntakeError, IntakeResult, Replacement};
use crate::storage::ObjectKey;
use crate::storage::keys::{ItemKey, SubmissionKey};
use crate::storage::seal::ObjectId;
use crate::storage::sealed::{SealedObject, open_object};
use crate::web::{Answer, Problem, Site};

/// The largest file that is read for a page.
const LARGEST: u64 = 256 << 20;

/// For whom a file is read: how many are read at once, because each may take a good part of a second and of the memory.
/// Senders wait for senders, never those who read what was sent.
#[derive(Clone, Copy, Debug)]
pub enum Reader {
    /// Its sender.
    Sender,
    /// Staff.
    Staff,
}

impl Reader {
    fn at_once(self) -> &'static Semaphore {
        static SENDERS: Semaphore = Semaphore::const_new(1);
        static STAFF: Semaphore = Semaphore::const_new(2);
        match self {
            Reader::Sender => &SENDERS,
            Reader::Staff => &STAFF,
        }
    }
}

/// What is inside an item.
pub async fn read(site: &Site, item: &Item, reader: Reader) -> Answer<Reading> {
    let object = intake::open_original(site, &item.id).await?.ok_or(Problem::NotFound)?;
    if item.media_type == COPY_TYPE {
        let bytes = gather(&object).await?;
        return from_json(&bytes).ok_or_else(|| anyhow!("a copy without what was left out cannot be read").into());
    }
    if object.length > LARGEST {
        return Ok(apart::gave_up());
    }
    let turn = reader.at_once().acquire().await.map_err(anyhow::Error::from)?;
    // In memory only: what is opened never lies on a disk.
    let mut file = File::from(memfd_create("board", MemfdFlags::CLOEXEC).map_err(anyhow::Error::from)?);
    let mut pieces = Box::pin(object.range(0..object.length));
    while let Some(piece) = pieces.try_next().await? {
        file.write_all(&piece).map_err(anyhow::Error::from)?;
    }
    let program = match &site.config.settings.reader {
        Some(program) => program.clone(),
        None => std::env::current_exe().map_err(anyhow::Error::from)?,
    };
    let reading = tokio::task::spawn_blocking(move || apart::ask_reading(&program, file)).await;
    drop(turn);
    Ok(reading.map_err(anyhow::Error::from)?.map_err(anyhow::Error::from)?)
}

async fn gather(object: &SealedObject) -> Answer<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut pieces = Box::pin(object.range(0..object.length));
    while let Some(piece) = pieces.try_next().await? {
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// The digest by which a choice knows the reading that it was made of.
pub fn mark_of(reading: &Reading) -> String {
    HEXLOWER.encode(digest(&SHA256, &to_json(reading.clone())).as_ref())
}

/// An item as it is sent: the copy where something is left out, else its original. None where there is neither (yet).
pub async fn open_as_sent(site: &Site, item: &ItemId) -> IntakeResult<Option<SealedObject>> {
    let mut tx = site.db.read().await?;
    let waits = left_out::find(&mut tx, item).await?.filter(|row| row.replaced_us.is_none());
    let found = items::find(&mut tx, item).await?;
    let (Some(row), Some(found)) = (waits, found) else {
        drop(tx);
        return intake::open_original(site, item).await;
    };
    let Some(parent) = site.keys.submission(&mut tx, &found.submission_id).await? else { return Ok(None) };
    let Some(key) = site.keys.item(&mut tx, &parent, &row.key_id).await? else { return Ok(None) };
    drop(tx);
    let place: ObjectKey = row.object_key.parse().map_err(|_| IntakeError::Damaged)?;
    let object = ObjectId::parse(&row.object_id).ok_or(IntakeError::Damaged)?;
    Ok(Some(open_object(&site.store, &key, &place, &object).await?))
}

/// Keeps what the sender of an item leaves out of it, with the copy that is sent without it. What was chosen before, and
/// its copy, go. `whole` is the item's reading.
pub async fn leave_out(site: &Site, parent: &SubmissionKey, item: &Item, whole: &Reading, cut: Cut) -> Answer<()> {
    let counted = cut.count(whole);
    if !counted.is_any() {
        let mut tx = site.db.write().await?;
        let upload = hold(&mut tx, site, item).await?;
        take_older_away(&mut tx, site, &upload, item).await?;
        left_out::drop_of(&mut tx, &item.id).await?;
        tx.commit().await?;
        site.jobs.wake();
        return Ok(());
    }
    let bytes = to_json(cut.of(whole));
    let choice = Choice { of: mark_of(whole), cut };
    let copy = put(site, parent, item, bytes).await?;
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let row = Row {
        item_id: item.id.clone(),
        choice_sealed: Some(choice.seal(parent, &item.id)),
        pages: number(counted.pages),
        days: number(counted.days),
        lines: number(counted.lines),
        key_id: copy.key_id,
        object_id: copy.sealed.object.as_str().to_owned(),
        object_key: copy.place.path(),
        length: i64::try_from(copy.sealed.length).unwrap_or(i64::MAX),
        sealed_length: i64::try_from(copy.sealed.sealed_length).unwrap_or(i64::MAX),
        sha256: copy.sealed.sha256.to_vec(),
        whole_length: item.length.unwrap_or_default(),
        whole_sha256: item.sha256.clone().unwrap_or_default(),
        replaced_us: None,
    };
    keep(site, item, &row).await
}

/// A copy that is in the store, and that no row tells of yet.
struct Put {
    key_id: String,
    place: ObjectKey,
    sealed: Sealed,
}

/// Seals a copy under a key of its own, puts it into the store and reads it back.
async fn put(site: &Site, parent: &SubmissionKey, item: &Item, bytes: Vec<u8>) -> Answer<Put> {
    let now = site.clock.now();
    let (place, key_id) = (ObjectKey::new_rendition(), RenditionId::new(now).to_string());
    let mut tx = site.db.write().await?;
    let upload = hold(&mut tx, site, item).await?;
    let key = site.keys.make_item_key(&mut tx, parent, &item.submission_id, &key_id, now).await?;
    intake::store::insert_object(&mut tx, &place.path(), &upload, "rendition", now).await?;
    tx.commit().await?;
    let (sealed, object) = seal(key.clone(), item.id.to_string(), bytes).await?;
    site.store.put(&place, object.into()).await?;
    let found = open_object(&site.store, &key, &place, &sealed.object).await?.read_back().await?;
    match found.whole == sealed.sha256 {
        true => Ok(Put { key_id, place, sealed }),
        false => Err(anyhow!("the store gives back another copy than it was given").into()),
    }
}

async fn seal(key: ItemKey, key_id: String, bytes: Vec<u8>) -> Answer<(Sealed, Vec<u8>)> {
    let work = move || {
        let mut object = Vec::with_capacity(bytes.len() + 4096);
        seal_into(&key, &key_id, bytes.as_slice(), &mut object).map(|sealed| (sealed, object))
    };
    let done = tokio::task::spawn_blocking(work).await.map_err(anyhow::Error::from)?;
    Ok(done.context("a copy could not be sealed")?)
}

/// The copy counts from here on, unless the item was sent, taken away or read back anew meanwhile.
async fn keep(site: &Site, item: &Item, row: &Row) -> Answer<()> {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let upload = hold(&mut tx, site, item).await?;
    take_older_away(&mut tx, site, &upload, item).await?;
    if !left_out::save(&mut tx, row, now).await? {
        return Err(Problem::AlreadySent);
    }
    intake::store::keep_object(&mut tx, &row.object_key).await?;
    tx.commit().await?;
    site.jobs.wake();
    Ok(())
}

/// Holds the item's submission until the transaction ends, and gives the upload; refused where the item is not what it was.
async fn hold(tx: &mut Tx, site: &Site, item: &Item) -> Answer<UploadId> {
    if !items::hold_submission(&mut *tx, &item.submission_id, site.clock.now()).await? {
        return Err(Problem::Gone);
    }
    let found = items::find(&mut *tx, &item.id).await?.filter(|item| has_inside(item.kind, item.state));
    let found = found.ok_or(Problem::Gone)?;
    if found.sent_us.is_some() {
        return Err(Problem::AlreadySent);
    }
    let upload = intake::store::find_by_item(tx, &item.id).await?.filter(|upload| upload.state == "stored");
    match upload {
        Some(upload) if found.sha256.is_some() && found.sha256 == item.sha256 => Ok(upload.id),
        _ => Err(Problem::Gone),
    }
}

async fn take_older_away(tx: &mut Tx, site: &Site, upload: &UploadId, item: &Item) -> Answer<()> {
    let now = site.clock.now();
    if let Some(older) = left_out::find(&mut *tx, &item.id).await? {
        intake::take_away(&mut *tx, upload, &older.object_key, now).await?;
        site.keys.forget(tx, &older.key_id, now).await?;
    }
    Ok(())
}

/// As part of sending: where something is left out of an item, the copy without it takes the place of the whole file, and
/// the whole file's key is gone.
pub async fn put_in_place(site: &Site, tx: &mut Tx, item: &Item, now: Moment) -> Answer<()> {
    let Some(row) = left_out::find(&mut *tx, &item.id).await?.filter(|row| row.replaced_us.is_none()) else {
        return Ok(());
    };
    let submission = &item.submission_id;
    let parent = site.keys.submission(&mut *tx, submission).await?.ok_or(Problem::NotFound)?;
    let whose = (&parent, submission);
    site.keys.replace_item_key(&mut *tx, whose, item.id.as_str(), &row.key_id, now).await?;
    let (length, sealed_length) = (row.length, row.sealed_length);
    let with = Replacement { object_id: &row.object_id, object_key: &row.object_key, length, sealed_length };
    intake::replace_in(&mut *tx, &item.id, with, now).await?;
    items::record_cut(&mut *tx, &row).await?;
    left_out::record_replaced(&mut *tx, &item.id, now).await?;
    let detail = json!({ "pages": row.pages, "days": row.days, "lines": row.lines });
    audit::record(tx, now, "sender", "left_out", "item", item.id.as_str(), detail).await?;
    Ok(())
}
