//! How bytes become an original: never lost, never altered, no key ever used for two plaintexts.
//!
//! One way in, however bytes come: by the form ([`routes`]) or by a resumable protocol ([`tus`], over [`resumable`], which
//! knows no headers). [`Intake::begin`] writes down an upload before its first byte, a [`Writer`] seals bytes into the
//! [`spool`] at an explicit offset, [`ship`] brings them to the store, [`jobs`] read them back. Who may begin, and how the
//! room is shared, is [`share`]'s; what the operator sees of it all is [`watch`]'s. What the item is called and what is known
//! of it belongs to `evidence/`.
//!
//! ```text
//!            writer: write → fdatasync → commit the offset → answer        (every 8 MiB, and at the end of a request)
//!   open ───────────────────────────────────────────────────────────▶ open
//!    │ finish: last segment and footer, fdatasync, commit
//!    ▼
//!   whole ── ship: rename into place, or parts and Complete; then look: length, footer opens ──▶ stored
//!    ▲                                                                                             │ verify: read back,
//!    └────────── the read-back does not match: an alarm, and the spool's copy is shipped again ◀───┤ open every segment,
//!                                                                                                  ▼ compare digests
//!   from any state ── remove: fence, state, jobs and key in one transaction ──▶ removed       stored and verified
//! ```
//!
//! | State | The item is | Its sender may be told |
//! |---|---|---|
//! | open | receiving | "Still arriving", or "Not finished: choose it again" ([`Arrival`]) |
//! | whole | receiving | "Still arriving": every byte is safe, the store has not confirmed yet |
//! | stored | received and on | "We have it"; with `verified_us`, "We checked it" |
//! | removed | removed | nothing |
//!
//! **What an answer promises** is `kept`. With the promise `disk` it is what this server's disk has synced; with `store`
//! it is what the store has, so that any server goes on exactly there. It never goes backwards. What a server finds in its
//! spool may be more than it promised, never less: less is an alarm.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::config::Promise;
use crate::db::{DbResult, Tx};
use crate::evidence::{self, ItemState};
use crate::id::{ItemId, SubmissionId, UploadId, random};
use crate::jobs as work;
use crate::storage::keys::ItemKey;
use crate::storage::seal::ObjectId;
use crate::storage::sealed::SealedObject;
use crate::storage::{ObjectKey, Store};
use crate::web::Site;

pub use self::error::{IntakeError, IntakeResult, Limit};
pub use self::jobs::jobs;
pub use self::replace::{Replacement, replace_in, take_away};
pub use self::resumable::{Creation, Digest, Piece, Standing};
pub use self::routes::routes;
pub use self::share::Asked;
pub use self::tus::was_recorded_here;
pub use self::watch::{Figures, Group, Reconciled};
pub use self::writer::{Finished, Writer};

mod check;
mod error;
mod hand;
mod jobs;
mod press;
pub mod reconcile;
mod replace;
mod resumable;
mod resume;
mod routes;
mod share;
mod ship;
pub mod spool;
mod staged;
pub mod store;
mod tus;
mod watch;
mod writer;

/// Parts that one process sends to the store at the same time.
const PARTS_IN_FLIGHT: usize = 4;
/// Blocks that one process digests and seals at the same time: few, so that many uploads take little memory.
const BLOCKS_AT_WORK: usize = 16;

/// The way in. Cloning is cheap; all clones are the same.
#[derive(Clone)]
pub struct Intake(Arc<Inner>);

struct Inner {
    site: Site,
    spool: spool::Spool,
    /// This run of this process: what another run wrote last is looked through before it is trusted.
    instance: String,
    turns: Mutex<HashMap<UploadId, Arc<Turn>>>,
    ships: Mutex<HashMap<UploadId, Arc<tokio::sync::Mutex<()>>>>,
    in_flight: Semaphore,
    rooms: press::Rooms,
    at_work: Semaphore,
    running: Mutex<HashMap<SubmissionId, Arc<Semaphore>>>,
    failures: watch::Failures,
    /// Cancelled when this process stops: pieces that are being brought let go.
    stopping: CancellationToken,
}

/// One request's turn to write an upload in this process.
#[derive(Debug, Default)]
struct Turn {
    /// Cancelled when a newer request asks this one to let go, or the item is removed.
    let_go: CancellationToken,
    /// Cancelled when this one has let go.
    gone: CancellationToken,
}

/// Ends a turn when the last task that works under it is over.
struct Lease {
    intake: Intake,
    upload: UploadId,
    turn: Arc<Turn>,
}

impl Drop for Lease {
    fn drop(&mut self) {
        let mut turns = self.intake.0.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if turns.get(&self.upload).is_some_and(|turn| Arc::ptr_eq(turn, &self.turn)) {
            turns.remove(&self.upload);
        }
        self.turn.gone.cancel();
    }
}

/// An upload that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Its id.
    pub id: UploadId,
    /// The item that it becomes.
    pub item: ItemId,
    /// The item's number in its submission.
    pub number: i64,
}

/// How far an item's bytes have come, as its sender may be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// A request is bringing bytes right now, or every byte is here and the store has not confirmed yet.
    Arriving,
    /// It stopped on the way: "Not finished: choose it again".
    Unfinished {
        /// Bytes that were kept.
        kept: u64,
    },
    /// The store has confirmed it.
    Here {
        /// Whether it was read back and matched.
        checked: bool,
    },
}

/// Whoever has the way in has the site.
impl std::ops::Deref for Intake {
    type Target = Site;

    fn deref(&self) -> &Site {
        &self.0.site
    }
}

impl Intake {
    /// Opens the spool of this server.
    pub async fn open(site: Site) -> anyhow::Result<Intake> {
        let folder = site.config.spool();
        let spool = tokio::task::spawn_blocking(move || spool::Spool::open(&folder))
            .await?
            .context("the spool folder cannot be opened")?;
        Ok(Intake(Arc::new(Inner {
            site,
            spool,
            instance: data_encoding::HEXLOWER.encode(&random::<8>()),
            turns: Mutex::default(),
            ships: Mutex::default(),
            in_flight: Semaphore::new(PARTS_IN_FLIGHT),
            rooms: press::Rooms::default(),
            at_work: Semaphore::new(BLOCKS_AT_WORK),
            running: Mutex::default(),
            failures: watch::Failures::default(),
            stopping: CancellationToken::new(),
        })))
    }

    /// The site that this is the way into.
    pub fn site(&self) -> &Site {
        &self.0.site
    }

    /// The process is about to stop: whoever brings a piece by a resumable protocol is asked to let go. What came is
    /// durable, and its sender goes on at the next server or at this one once it is back. A form cannot go on, so what
    /// comes by one may still end, for as long as the server waits.
    pub fn let_go(&self) {
        self.0.stopping.cancel();
    }

    /// The spool of this server.
    pub fn spool(&self) -> &spool::Spool {
        &self.0.spool
    }

    /// Whether what is durable in the spool may be promised at once: because the answer promises this server's disk, or
    /// because the spool lies in the store's own folder.
    fn promises_locally(&self) -> bool {
        self.site().config.settings.upload_promise == Promise::Disk || matches!(self.site().store, Store::Disk(_))
    }

    /// Writes down a new upload and its item, before any byte. `name` is what the sender's device calls the file.
    pub async fn begin(&self, submission: &SubmissionId, declared: Option<u64>, name: &str) -> IntakeResult<Upload> {
        self.begin_from(submission, declared, name, Asked { expected: declared, came_from: None }).await
    }

    /// [`Intake::begin`] for somebody who asks for room.
    pub async fn begin_from(
        &self,
        submission: &SubmissionId,
        declared: Option<u64>,
        name: &str,
        asked: Asked,
    ) -> IntakeResult<Upload> {
        let room = self.find_room(&asked).await?;
        let id = UploadId::new(self.site().clock.now());
        let mut tx = self.site().db.write().await?;
        self.check_share(&mut tx, &asked, room).await?;
        let upload = self.begin_in(&mut tx, id, submission, declared, name, None, &asked).await?;
        tx.commit().await?;
        self.site().jobs.wake();
        Ok(upload)
    }

    /// [`Intake::begin`] as part of a larger change, under this id, with notes that are to be given back as they came.
    #[expect(clippy::too_many_arguments, reason = "the upload, and what is known of who brings it")]
    async fn begin_in(
        &self,
        tx: &mut Tx,
        id: UploadId,
        submission: &SubmissionId,
        declared: Option<u64>,
        name: &str,
        notes: Option<&[u8]>,
        asked: &Asked,
    ) -> IntakeResult<Upload> {
        let site = self.site();
        let now = site.clock.now();
        let item = ItemId::new(now);
        self.check_room(tx, submission, declared).await?;
        let key = site.keys.submission(tx, submission).await?.ok_or(IntakeError::Closed)?;
        let name_sealed = (!name.is_empty())
            .then(|| key.seal("evidence_item", "name_sealed", item.as_str(), shortened(name).as_bytes()));
        let new = evidence::store::NewItem {
            id: &item,
            submission,
            kind: evidence::Kind::Unknown,
            media_type: "application/octet-stream",
            state: ItemState::Receiving,
            name_sealed,
        };
        let number = evidence::store::insert(tx, new, now).await?.ok_or(IntakeError::Closed)?;
        site.keys.make_item_key(tx, &key, submission, item.as_str(), now).await?;
        let object = ObjectId::from_bytes(random());
        let upload = store::NewUpload {
            id: &id,
            item: &item,
            submission,
            object: object.as_str(),
            declared: declared.map(|length| length as i64),
            server: self.0.spool.server(),
            spool: id.as_str(),
            holder: &self.0.instance,
            notes_sealed: notes.map(|notes| key.seal("upload", "notes_sealed", id.as_str(), notes)),
            came_from: asked.came_from.as_deref(),
        };
        store::insert(tx, upload, now).await?;
        Ok(Upload { id, item, number })
    }

    async fn check_room(&self, tx: &mut Tx, submission: &SubmissionId, declared: Option<u64>) -> IntakeResult<()> {
        let settings = &self.site().config.settings;
        let (files, bytes) = store::used(tx, submission).await?;
        if files >= settings.submission_files {
            return Err(IntakeError::Limit(Limit::Files));
        }
        if bytes.saturating_add(declared.unwrap_or(1)) > settings.submission_bytes {
            return Err(IntakeError::Limit(Limit::Submission));
        }
        Ok(())
    }

    /// How many bytes a submission may still take.
    pub async fn room_left(&self, submission: &SubmissionId) -> IntakeResult<u64> {
        let mut tx = self.site().db.read().await?;
        let (_, bytes) = store::used(&mut tx, submission).await?;
        Ok(self.site().config.settings.submission_bytes.saturating_sub(bytes))
    }

    /// Where an upload stands, as a promise: whoever wrote it lets go first, and what is answered is durable. An upload
    /// whose last byte came with a request that died is finished now.
    pub async fn offset(&self, upload: &UploadId) -> IntakeResult<u64> {
        match self.writer(upload).await {
            Ok(writer) => resumable::end_or_finish(writer).await,
            Err(IntakeError::Whole) => {
                let mut tx = self.site().db.read().await?;
                let row = store::find(&mut tx, upload).await?.ok_or(IntakeError::NotFound)?;
                Ok(row.kept.unsigned_abs())
            }
            Err(error) => Err(error),
        }
    }

    /// How far an item's bytes have come. None for an item without bytes of its own, and for one that was removed.
    pub async fn arrival(&self, tx: &mut Tx, item: &ItemId) -> IntakeResult<Option<Arrival>> {
        let Some(row) = store::find_by_item(tx, item).await? else { return Ok(None) };
        Ok(self.arrival_of(&row))
    }

    fn arrival_of(&self, row: &store::UploadRow) -> Option<Arrival> {
        Some(match row.state.as_str() {
            "stored" => Arrival::Here { checked: row.verified_us.is_some() },
            "whole" => Arrival::Arriving,
            "open" if self.is_written_now(row) => Arrival::Arriving,
            "open" => Arrival::Unfinished { kept: row.kept.unsigned_abs() },
            _ => return None,
        })
    }

    /// Every item of a submission with bytes of its own, and how far they have come.
    pub async fn arrivals(&self, tx: &mut Tx, submission: &SubmissionId) -> IntakeResult<Vec<(ItemId, Arrival)>> {
        let rows = store::list_by_submission(tx, submission).await?;
        Ok(rows.into_iter().filter_map(|row| Some((row.item_id.clone(), self.arrival_of(&row)?))).collect())
    }

    /// The recordings of a submission that nobody has kept yet. They are not sent, and no reader hears of them.
    pub async fn takes(tx: &mut Tx, submission: &SubmissionId) -> DbResult<Vec<ItemId>> {
        store::list_takes(tx, submission).await
    }

    /// Whether a request of this process is writing, or one of another process wrote a moment ago.
    fn is_written_now(&self, row: &store::UploadRow) -> bool {
        let turns = self.0.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.contains_key(&row.id)
    }

    /// Takes an item away at any moment. Whoever is writing it is told that it is gone; the bytes go afterwards, and
    /// without their key nobody can read them meanwhile. False where there was nothing to remove.
    pub async fn remove(&self, item: &ItemId) -> IntakeResult<bool> {
        let mut tx = self.site().db.write().await?;
        let removed = self.remove_in(&mut tx, item).await?;
        tx.commit().await?;
        self.removed(item);
        Ok(removed)
    }

    /// [`Intake::remove`] as part of a larger change. After its commit, call [`Intake::removed`].
    pub async fn remove_in(&self, tx: &mut Tx, item: &ItemId) -> IntakeResult<bool> {
        let site = self.site();
        let now = site.clock.now();
        if let Some(row) = evidence::left_out::find(tx, item).await? {
            site.keys.forget(tx, &row.key_id, now).await?;
        }
        let removed = evidence::store::remove(tx, item, now).await?;
        if let Some(row) = store::find_by_item(tx, item).await? {
            if store::remove(tx, &row.id).await? {
                store::discard_others(tx, &row.id, "", now).await?;
                work::cancel(tx, jobs::VERIFY, row.id.as_str()).await?;
                work::enqueue(tx, jobs::ERASE, row.id.as_str(), now, now).await?;
            }
            site.keys.forget(tx, item.as_str(), now).await?;
        }
        Ok(removed)
    }

    /// Tells a running request, and the workers, that an item was removed.
    pub fn removed(&self, item: &ItemId) {
        let intake = self.clone();
        let item = item.clone();
        self.site().jobs.wake();
        tokio::spawn(async move {
            let Ok(mut tx) = intake.site().db.read().await else { return };
            if let Ok(Some(row)) = store::find_by_item(&mut tx, &item).await {
                let turns = intake.0.turns.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(turn) = turns.get(&row.id) {
                    turn.let_go.cancel();
                }
            }
        });
    }

    /// Opens an item's original for reading. None where there is none (yet), or no more.
    pub async fn open_original(&self, item: &ItemId) -> IntakeResult<Option<SealedObject>> {
        open_original(self.site(), item).await
    }

    /// The key of an item's bytes.
    async fn item_key(&self, tx: &mut Tx, row: &store::UploadRow) -> IntakeResult<ItemKey> {
        item_key(self.site(), tx, row).await
    }

    /// Does a piece of blocking work on a thread for it.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
    ) -> IntakeResult<T> {
        match tokio::task::spawn_blocking(work).await {
            Ok(done) => Ok(done?),
            Err(join) => Err(IntakeError::Spool(std::io::Error::other(join))),
        }
    }

    /// Ships what is whole, and takes away what the spool need not keep: what [`Intake::tend`] does again and again.
    pub async fn tend_once(&self) {
        jobs::tend_once(self).await;
    }

    /// Goes on with what an earlier run left: what [`Intake::tend`] does first.
    pub async fn recover(&self) {
        jobs::recover_spool(self).await;
    }

    /// Why a request had to let go.
    fn reason(&self, error: IntakeError) -> IntakeError {
        match error {
            IntakeError::Superseded if self.0.stopping.is_cancelled() => IntakeError::Stopping,
            other => other,
        }
    }

    /// Looks after this server's spool until told to stop: goes on with what an earlier run left, ships what is whole,
    /// takes away what is verified or removed, and writes down what went wrong. Runs in every process that serves.
    pub async fn tend(self, mut stop: tokio::sync::watch::Receiver<bool>) {
        jobs::recover_spool(&self).await;
        loop {
            jobs::tend_once(&self).await;
            let stopped = tokio::select! {
                _ = stop.wait_for(|stopped| *stopped) => true,
                () = tokio::time::sleep(Duration::from_secs(10)) => false,
            };
            if stopped {
                return self.write_failures_down().await;
            }
        }
    }
}

/// Opens an item's original for reading. None where there is none (yet), or no more.
pub async fn open_original(site: &Site, item: &ItemId) -> IntakeResult<Option<SealedObject>> {
    let mut tx = site.db.read().await?;
    let Some(row) = store::find_by_item(&mut tx, item).await?.filter(|row| row.state == "stored") else {
        return Ok(None);
    };
    let key = match item_key(site, &mut tx, &row).await {
        Err(IntakeError::Gone) => return Ok(None),
        key => key?,
    };
    drop(tx);
    let (place, object) = place_of(&row)?;
    Ok(Some(crate::storage::sealed::open_object(&site.store, &key, &place, &object).await?))
}

async fn item_key(site: &Site, tx: &mut Tx, row: &store::UploadRow) -> IntakeResult<ItemKey> {
    find_key(site, tx, &row.submission_id, &row.item_id).await?.ok_or(IntakeError::Gone)
}

/// The key of an item's bytes and of its copies. None where it is gone.
pub async fn find_key(
    site: &Site,
    tx: &mut Tx,
    submission: &SubmissionId,
    item: &ItemId,
) -> IntakeResult<Option<ItemKey>> {
    let Some(parent) = site.keys.submission(tx, submission).await? else { return Ok(None) };
    Ok(site.keys.item(tx, &parent, item.as_str()).await?)
}

/// Opens a safe copy of an item for reading. None where nobody can open it any more.
pub async fn open_copy(
    site: &Site,
    submission: &SubmissionId,
    copy: &evidence::copies::Rendition,
) -> IntakeResult<Option<SealedObject>> {
    let mut tx = site.db.read().await?;
    let Some(key) = find_key(site, &mut tx, submission, &copy.item_id).await? else { return Ok(None) };
    drop(tx);
    let place: ObjectKey = copy.object_key.parse().map_err(|_| IntakeError::Damaged)?;
    let object = ObjectId::parse(&copy.object_id).ok_or(IntakeError::Damaged)?;
    Ok(Some(crate::storage::sealed::open_object(&site.store, &key, &place, &object).await?))
}

/// Where a row says that its object lies, and which object it is.
fn place_of(row: &store::UploadRow) -> IntakeResult<(ObjectKey, ObjectId)> {
    let place = row.object_key.as_deref().and_then(|path| path.parse().ok()).ok_or(IntakeError::Damaged)?;
    Ok((place, object_of(row)?))
}

fn object_of(row: &store::UploadRow) -> IntakeResult<ObjectId> {
    ObjectId::parse(&row.object_id).ok_or(IntakeError::Damaged)
}

/// A file's name without folders and control characters, cut to 255 bytes at a letter.
fn shortened(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut short = String::new();
    for letter in base.chars().filter(|letter| !letter.is_control()) {
        if short.len() + letter.len_utf8() > 255 {
            break;
        }
        short.push(letter);
    }
    short
}
