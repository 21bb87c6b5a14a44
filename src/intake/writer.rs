//! The one writer of an upload: bytes in at the end, sealed into the spool, durable before they are acknowledged.
//!
//! Bytes are gathered into a block of four segments; when it is full, a thread seals it in place and writes it while the
//! next block fills: half a megabyte for each upload, however large its file. Every 8 MiB the file is synced and the
//! offset recorded. [`Writer::end`] does the same for the rest, whose unfinished last piece goes into a tail record;
//! [`Writer::finish`] makes the object whole. A writer that is dropped leaves what was recorded last.
//!
//! Every segment number is given out once by the run's sealer; a block that could not be written is never sealed again
//! under the same run, because an error ends the writer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ring::digest::{Context, SHA256};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::press::{BLOCK, Block, DIGEST_SEGMENTS, Press};
use super::resume::Opened;
use super::{Intake, IntakeError, IntakeResult, Lease, ship, store};
use crate::id::{UploadId, random};
use crate::storage::seal::{self, Footer, Run, RunSealer, SEGMENT, Tail};
use crate::storage::sealed::DIGEST_PART;
use crate::storage::{ObjectKey, StorageError};

/// Bytes of plaintext after which the file is synced and the offset recorded.
const SYNC_EVERY: u64 = 8 << 20;
/// How often a writer that waits for bytes looks whether another server has taken over.
const LOOK_AROUND: Duration = Duration::from_secs(3);

/// What became of a finished upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Bytes of the original.
    pub length: u64,
    /// Whether the store has confirmed it already. If not, it is safe in the spool and goes on by itself.
    pub stored: bool,
}

/// The one writer of an upload.
pub struct Writer {
    intake: Intake,
    id: UploadId,
    declared: Option<u64>,
    offset: u64,
    block: Block,
    hand: Stage,
    generation: i64,
    begun: Instant,
    /// Milliseconds after it was begun at which it looked around last.
    looked: AtomicU64,
    /// None once the writer has failed: then nobody need wait for it.
    lease: Option<Arc<Lease>>,
}

/// The working hand: here, at work with a block, or lost to an error.
enum Stage {
    Here(Box<Hand>, Option<Block>),
    AtWork(JoinHandle<IntakeResult<(Box<Hand>, Block)>>),
    Lost,
}

pub(super) struct Begin {
    pub(super) intake: Intake,
    pub(super) lease: Arc<Lease>,
    pub(super) opened: Opened,
    /// The segment that is written next, and what there is of it already.
    pub(super) segment: u64,
    pub(super) piece: Vec<u8>,
}

impl Writer {
    pub(super) fn begin(begin: Begin) -> Writer {
        let Begin { intake, lease, opened, segment, piece } = begin;
        let Opened { row, key, object, runs, file, found, run } = opened;
        let sealer = run.map(|run| RunSealer::begin(&key, &object, run));
        let press = Press {
            file,
            key,
            object,
            runs,
            sealer,
            next: segment,
            digest: segment.is_multiple_of(DIGEST_SEGMENTS).then(|| Context::new(&SHA256)),
            digests: Vec::new(),
        };
        let hand = Hand {
            intake: intake.clone(),
            id: row.id.clone(),
            generation: row.generation,
            item: row.item_id.as_str().to_owned(),
            press: Some(press),
            unsynced: 0,
            recorded: segment * SEGMENT as u64 + piece.len() as u64,
            tail_order: found.tail_order(),
            _lease: lease.clone(),
        };
        let mut block = Block::new(segment);
        block.take(&piece);
        Writer {
            intake,
            id: row.id,
            declared: row.declared.map(i64::unsigned_abs),
            offset: segment * SEGMENT as u64 + piece.len() as u64,
            block,
            generation: row.generation,
            begun: Instant::now(),
            looked: AtomicU64::new(0),
            hand: Stage::Here(Box::new(hand), None),
            lease: Some(lease),
        }
    }

    /// Where the next byte goes.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Ends when this writer must let go: a newer request has come, or the item was removed. For waiting beside a body
    /// that brings nothing.
    pub async fn must_let_go(&self) {
        let Some(lease) = &self.lease else { return };
        loop {
            let look = self.looked.load(Ordering::Relaxed) + LOOK_AROUND.as_millis() as u64;
            tokio::select! {
                () = lease.turn.let_go.cancelled() => return,
                () = tokio::time::sleep_until(self.begun + Duration::from_millis(look)) => {}
            }
            self.looked.store(self.begun.elapsed().as_millis() as u64, Ordering::Relaxed);
            if !self.is_newest().await {
                return;
            }
        }
    }

    async fn is_newest(&self) -> bool {
        let Ok(mut tx) = self.intake.site().db.read().await else { return true };
        match store::find(&mut tx, &self.id).await {
            Ok(Some(row)) => row.generation == self.generation && row.state == "open",
            _ => true,
        }
    }

    /// The way in that this is a writer of.
    pub(super) fn intake(&self) -> &Intake {
        &self.intake
    }

    /// The length that the file will have, where it is known.
    pub fn declared(&self) -> Option<u64> {
        self.declared
    }

    /// Writes down the length that the file will have, which was not known before. Once known it does not change.
    pub async fn declare(&mut self, length: u64) -> IntakeResult<()> {
        match self.declared {
            Some(known) if known == length => return Ok(()),
            Some(_) => return Err(IntakeError::OtherLength),
            None if length < self.offset => return Err(IntakeError::WrongLength),
            None => {}
        }
        let mut tx = self.intake.site().db.write().await?;
        if !store::declare(&mut tx, &self.id, self.generation, length as i64).await? {
            return Err(IntakeError::Superseded);
        }
        tx.commit().await?;
        self.declared = Some(length);
        Ok(())
    }

    /// SHA-256 of each 8 MiB of what is kept, and of the rest after the last of them. None for a part that this server
    /// cannot read back.
    pub async fn digests(&mut self) -> IntakeResult<Vec<Option<[u8; 32]>>> {
        let whole = self.offset / DIGEST_PART;
        let recorded = {
            let mut tx = self.intake.site().db.read().await?;
            store::list_digests(&mut tx, &self.id).await?
        };
        let piece = self.block.piece().to_vec();
        let has_rest = !self.offset.is_multiple_of(DIGEST_PART);
        let (mut hand, spare) = self.hand_back().await?;
        let read = hand
            .on_thread(move |press| {
                let known = |part: u64| recorded.iter().find(|(known, _)| *known == part as i64);
                let mut digests = Vec::new();
                for part in 0..whole {
                    digests.push(match known(part).and_then(|(_, sha256)| sha256.as_slice().try_into().ok()) {
                        Some(sha256) => Some(sha256),
                        None => press.read_digest(part, (part + 1) * DIGEST_SEGMENTS, 0).ok(),
                    });
                }
                if has_rest {
                    digests.push(press.read_rest(whole, &piece).ok());
                }
                Ok(digests)
            })
            .await;
        self.hand = Stage::Here(hand, spare);
        read
    }

    /// Takes bytes. They are durable only when [`Writer::end`] or [`Writer::finish`] has said so.
    pub async fn push(&mut self, mut bytes: &[u8]) -> IntakeResult<()> {
        if self.declared.is_some_and(|declared| self.offset + bytes.len() as u64 > declared) {
            return Err(IntakeError::WrongLength);
        }
        while !bytes.is_empty() {
            let taken = self.block.take(bytes);
            bytes = &bytes[taken..];
            self.offset += taken as u64;
            if self.block.is_full() {
                self.hand_over().await?;
            }
        }
        Ok(())
    }

    /// Gives the full block to the hand and goes on with the other.
    async fn hand_over(&mut self) -> IntakeResult<()> {
        if self.lease.as_ref().is_none_or(|lease| lease.turn.let_go.is_cancelled()) {
            let mut hand = self.hand_back().await?.0;
            let kept = hand.press_rest(&mut self.block).await;
            return Err(match kept {
                Ok(()) => hand.why_too_late().await,
                Err(error) => error,
            });
        }
        let (mut hand, spare) = self.hand_back().await?;
        let next = self.block.first + BLOCK as u64;
        let spare = spare.map_or_else(|| Block::new(next), |spare| spare.emptied(next));
        let mut block = std::mem::replace(&mut self.block, spare);
        self.hand = Stage::AtWork(tokio::spawn(async move {
            hand.press_block(&mut block).await?;
            if hand.unsynced >= SYNC_EVERY {
                hand.record().await?;
            }
            Ok((hand, block))
        }));
        Ok(())
    }

    /// Waits for the hand. After an error there is none.
    async fn hand_back(&mut self) -> IntakeResult<(Box<Hand>, Option<Block>)> {
        match std::mem::replace(&mut self.hand, Stage::Lost) {
            Stage::Here(hand, spare) => Ok((hand, spare)),
            Stage::AtWork(task) => match task.await {
                Ok(Ok((hand, block))) => Ok((hand, Some(block))),
                Ok(Err(error)) => Err(self.after(error).await),
                Err(join) => Err(IntakeError::Spool(std::io::Error::other(join))),
            },
            Stage::Lost => Err(IntakeError::Spool(std::io::Error::other("the writer has failed before"))),
        }
    }

    /// A failed sync is final for its file.
    async fn after(&mut self, error: IntakeError) -> IntakeError {
        if matches!(error, IntakeError::Spool(_))
            && let Err(worse) = self.intake.leave_broken_file(&self.id).await
        {
            tracing::error!(upload = self.id.as_str(), cause = %worse, "a broken spool file could not be left");
        }
        self.lease = None;
        error
    }

    /// Makes everything durable that was pushed, and gives the offset that is promised from now on.
    pub async fn end(mut self) -> IntakeResult<u64> {
        let (mut hand, _) = self.hand_back().await?;
        let mut block = std::mem::replace(&mut self.block, Block::new(0));
        match hand.press_rest(&mut block).await {
            Ok(()) => Ok(self.offset),
            Err(error) => {
                drop(hand);
                Err(self.after(error).await)
            }
        }
    }

    /// Makes the upload whole, and brings it to the store as far as that answers now. After an error the upload is
    /// either whole (and goes on by itself) or stands where it was recorded last.
    pub async fn finish(mut self) -> IntakeResult<Finished> {
        if self.declared.is_some_and(|declared| declared != self.offset) {
            return Err(IntakeError::WrongLength);
        }
        let (mut hand, _) = self.hand_back().await?;
        let mut block = std::mem::replace(&mut self.block, Block::new(0));
        if let Err(error) = hand.make_whole(&mut block, self.offset).await {
            drop(hand);
            return Err(self.after(error).await);
        }
        let (intake, id, length) = (self.intake.clone(), self.id.clone(), self.offset);
        drop(hand);
        drop(self);
        let mut stored = ship::store_whole(&intake, &id).await;
        if matches!(stored, Err(IntakeError::Store(StorageError::NotFound))) {
            // The bucket had forgotten its multipart upload: it begins again from the spool, at once.
            stored = ship::store_whole(&intake, &id).await;
        }
        let stored = match stored {
            Ok(()) => true,
            Err(error) if error.is_passing() => {
                tracing::warn!(upload = id.as_str(), cause = %error, "the store does not confirm yet; it is tried again");
                false
            }
            Err(error) => return Err(error),
        };
        Ok(Finished { length, stored })
    }
}

/// What works beside the request: the press, and the rows that say what it did.
struct Hand {
    intake: Intake,
    id: UploadId,
    generation: i64,
    item: String,
    press: Option<Press>,
    unsynced: u64,
    /// The offset that the row says, and that is durable.
    recorded: u64,
    tail_order: u64,
    _lease: Arc<Lease>,
}

impl Hand {
    fn press(&mut self) -> &mut Press {
        self.press.as_mut().expect("the press is here except while a thread has it")
    }

    async fn on_thread<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Press) -> std::io::Result<T> + Send + 'static,
    ) -> IntakeResult<T> {
        let mut press = self.press.take().ok_or(IntakeError::Damaged)?;
        let (press, done) = self
            .intake
            .blocking(move || {
                let done = work(&mut press);
                Ok((press, done))
            })
            .await?;
        self.press = Some(press);
        Ok(done?)
    }

    /// Commits a fresh run before the first byte that it seals.
    async fn begin_run(&mut self) -> IntakeResult<()> {
        if self.press().sealer.is_some() {
            return Ok(());
        }
        let run = Run { first: self.press().next, salt: random() };
        let (first, start) = (run.first as i64, seal::segment_start(run.first) as i64);
        let site = self.intake.site().clone();
        let mut tx = site.db.write().await?;
        if !store::begin_run(&mut tx, &self.id, self.generation, first, start, &run.salt, site.clock.now()).await? {
            drop(tx);
            return Err(self.why_too_late().await);
        }
        tx.commit().await?;
        let press = self.press();
        press.runs.begin(run);
        press.sealer = Some(RunSealer::begin(&press.key, &press.object, run));
        Ok(())
    }

    async fn press_block(&mut self, block: &mut Block) -> IntakeResult<()> {
        self.press_segments(block, false).await
    }

    async fn press_segments(&mut self, block: &mut Block, last: bool) -> IntakeResult<()> {
        let plain = if last { block.plain } else { block.full_segments() * SEGMENT };
        if plain == 0 {
            return Ok(());
        }
        self.begin_run().await?;
        let mut mine = std::mem::replace(block, Block { bytes: Vec::new(), first: 0, plain: 0 });
        let (mine, done) = self
            .on_thread(move |press| {
                let done = press.press(&mut mine, last);
                Ok((mine, done))
            })
            .await?;
        *block = mine;
        done?;
        self.unsynced += plain as u64;
        Ok(())
    }

    /// Syncs what was written and records it as the offset. Then there must be room for more.
    async fn record(&mut self) -> IntakeResult<()> {
        let has_room = self.on_thread(|press| press.file.sync().map(|()| press.file.has_room())).await?;
        self.unsynced = 0;
        let spooled = self.press().next * SEGMENT as u64;
        self.advance(spooled).await?;
        ship::go_on(&self.intake, &self.id);
        if has_room { Ok(()) } else { Err(IntakeError::Full) }
    }

    async fn advance(&mut self, spooled: u64) -> IntakeResult<()> {
        let digests = std::mem::take(&mut self.press().digests);
        let site = self.intake.site().clone();
        let promised = self.intake.promises_locally();
        let mut tx = site.db.write().await?;
        let now = site.clock.now();
        if !store::advance(&mut tx, &self.id, self.generation, spooled as i64, promised, now).await? {
            drop(tx);
            return Err(self.why_too_late().await);
        }
        for (part, sha256) in digests {
            store::put_digest(&mut tx, &self.id, part as i64, &sha256).await?;
        }
        tx.commit().await?;
        self.recorded = spooled;
        Ok(())
    }

    /// The end of a request: full segments into the body, the piece after them into a tail record, all of it durable.
    async fn press_rest(&mut self, block: &mut Block) -> IntakeResult<()> {
        self.press_segments(block, false).await?;
        let piece = block.piece().to_vec();
        let order = self.tail_order + 1;
        let spooled = self.press().next * SEGMENT as u64 + piece.len() as u64;
        if spooled == self.recorded && self.intake.promises_locally() {
            return Ok(());
        }
        let record = self
            .on_thread(move |press| {
                let record = if piece.is_empty() {
                    Vec::new()
                } else {
                    let tail = Tail { order, segment: press.next, bytes: piece };
                    let record = seal::seal_tail(&press.key, &press.object, &tail, random(), random());
                    press.file.write_tail(&record, order)?;
                    record
                };
                press.file.sync()?;
                Ok(record)
            })
            .await?;
        self.unsynced = 0;
        self.advance(spooled).await?;
        if self.intake.promises_locally() {
            ship::go_on(&self.intake, &self.id);
            return Ok(());
        }
        let body_end = seal::segment_start(self.press().next);
        ship::promise_tail(&self.intake, &self.id, self.generation, body_end, record).await
    }

    /// The last segment and the footer, durable; then the row says `whole`.
    async fn make_whole(&mut self, block: &mut Block, length: u64) -> IntakeResult<()> {
        self.press_segments(block, true).await?;
        let item = self.item.clone();
        let recorded = self.recorded_digests().await?;
        let sealed_length = self
            .on_thread(move |press| {
                press.end_digests(length, &recorded)?;
                let footer = Footer { length, runs: press.runs.of_object(seal::segment_count(length)) };
                let end = seal::seal_footer(&press.key, &press.object, &item, &footer, random());
                let place = seal::sealed_length(length);
                press.file.write_at(&end, place)?;
                press.file.cut(place + end.len() as u64)?;
                press.file.sync()?;
                Ok(place + end.len() as u64)
            })
            .await?;
        self.unsynced = 0;
        let place = if self.intake.promises_locally() {
            None
        } else {
            Some(ship::send_all(&self.intake, &self.id, seal::sealed_length(length), sealed_length).await?)
        };
        self.record_whole(length, sealed_length, place).await
    }

    async fn recorded_digests(&self) -> IntakeResult<Vec<u64>> {
        let mut tx = self.intake.site().db.read().await?;
        let rows = store::list_digests(&mut tx, &self.id).await?;
        Ok(rows.into_iter().map(|(part, _)| part.unsigned_abs()).collect())
    }

    async fn record_whole(&mut self, length: u64, sealed_length: u64, sent: Option<ObjectKey>) -> IntakeResult<()> {
        let digests = std::mem::take(&mut self.press().digests);
        let site = self.intake.site().clone();
        let now = site.clock.now();
        let mut tx = site.db.write().await?;
        let begun = self.begun_object(&mut tx).await?;
        let place = sent.map(|place| place.path()).or(begun);
        let (place, fresh) = match place {
            Some(place) => (place, false),
            None => (ObjectKey::new_original().path(), true),
        };
        let (length, sealed_length) = (length as i64, sealed_length as i64);
        if !store::record_whole(&mut tx, &self.id, self.generation, length, sealed_length, &place, now).await? {
            drop(tx);
            return Err(self.why_too_late().await);
        }
        if fresh {
            store::insert_object(&mut tx, &place, &self.id, "original", now).await?;
        }
        for (part, sha256) in digests {
            store::put_digest(&mut tx, &self.id, part as i64, &sha256).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The place that parts are already going to.
    async fn begun_object(&self, tx: &mut crate::db::Tx) -> IntakeResult<Option<String>> {
        let row = store::find(tx, &self.id).await?.ok_or(IntakeError::NotFound)?;
        Ok(row.multipart.and(row.object_key))
    }

    /// Why a row was not found: what a newer request, or the sender, has done.
    async fn why_too_late(&self) -> IntakeError {
        let Ok(mut tx) = self.intake.site().db.read().await else { return IntakeError::Superseded };
        match store::find(&mut tx, &self.id).await {
            Ok(Some(row)) if row.state == "removed" => IntakeError::Gone,
            Ok(Some(row)) if row.state != "open" => IntakeError::Whole,
            Ok(Some(_)) => IntakeError::Superseded,
            Ok(None) => IntakeError::NotFound,
            Err(error) => error.into(),
        }
    }
}
