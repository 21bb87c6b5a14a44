//! What works beside an upload's request: presses its blocks, syncs, and writes down what is durable.
//!
//! It works on one block at a time. Syncing and recording the offset goes on beside the blocks that follow, one record at
//! a time: what it covers was written before it began. Whatever ends with an error has waited for the record under way,
//! so that nothing is written down after it. Who gives it blocks, and what becomes of an error, is [`super::writer`]'s.

use std::sync::Arc;

use tokio::task::JoinHandle;

use super::press::{Block, Digests, Press};
use super::resume::Opened;
use super::{Intake, IntakeError, IntakeResult, Lease, ship, store};
use crate::id::{UploadId, random};
use crate::storage::ObjectKey;
use crate::storage::seal::{self, Footer, Run, RunSealer, SEGMENT, Tail};

/// Bytes of plaintext after which the file is synced and the offset recorded.
const SYNC_EVERY: u64 = 8 << 20;

/// What works beside the request: the press, and the rows that say what it did.
pub(super) struct Hand {
    upload: Held,
    item: String,
    press: Option<Press>,
    digests: Option<Digests>,
    unsynced: u64,
    /// The offset that the row says, and that is durable.
    recorded: u64,
    recording: Option<JoinHandle<IntakeResult<u64>>>,
    tail_order: u64,
}

/// An upload in the hands of one writer.
#[derive(Clone)]
struct Held {
    intake: Intake,
    id: UploadId,
    generation: i64,
    _lease: Arc<Lease>,
}

impl Hand {
    /// A hand for the writer that holds this lease, whose next segment is `segment` and begins with `piece` bytes.
    pub(super) fn begin(intake: &Intake, lease: &Arc<Lease>, opened: Opened, segment: u64, piece: usize) -> Hand {
        let Opened { row, key, object, runs, file, found, run } = opened;
        let sealer = run.map(|run| RunSealer::begin(&key, &object, run));
        let press = Press { file, key, object, runs, sealer, next: segment };
        let upload = Held { intake: intake.clone(), id: row.id, generation: row.generation, _lease: lease.clone() };
        Hand {
            upload,
            item: row.item_id.as_str().to_owned(),
            press: Some(press),
            digests: Some(Digests::from(segment)),
            unsynced: 0,
            recorded: segment * SEGMENT as u64 + piece as u64,
            recording: None,
            tail_order: found.tail_order(),
        }
    }

    fn press(&mut self) -> &mut Press {
        self.press.as_mut().expect("the press is here except while a thread has it")
    }

    fn digests(&mut self) -> &mut Digests {
        self.digests.as_mut().expect("the digests are here except while a thread has them")
    }

    /// Does something with the press on a thread for blocking work.
    pub(super) async fn on_thread<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Press) -> std::io::Result<T> + Send + 'static,
    ) -> IntakeResult<T> {
        let mut press = self.press.take().ok_or(IntakeError::Damaged)?;
        let working = self.upload.intake.blocking(move || {
            let done = work(&mut press);
            Ok((press, done))
        });
        let (press, done) = working.await?;
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
        let Held { intake, id, generation, .. } = &self.upload;
        let site = intake.site();
        let mut tx = site.db.write().await?;
        if !store::begin_run(&mut tx, id, *generation, first, start, &run.salt, site.clock.now()).await? {
            drop(tx);
            return Err(self.why_too_late().await);
        }
        tx.commit().await?;
        let press = self.press();
        press.runs.begin(run);
        press.sealer = Some(RunSealer::begin(&press.key, &press.object, run));
        Ok(())
    }

    /// Presses a full block, and every 8 MiB begins to make what was pressed durable.
    pub(super) async fn press_block(&mut self, block: Block) -> IntakeResult<()> {
        let pressed = self.press_segments(block, false).await;
        let gone_on = match &pressed {
            Ok(_) if self.unsynced >= SYNC_EVERY => self.begin_record().await,
            _ => Ok(()),
        };
        if pressed.is_err() || gone_on.is_err() {
            self.end_record().await?;
        }
        gone_on.and(pressed)
    }

    /// Digests and seals at the same time, and writes.
    async fn press_segments(&mut self, block: Block, last: bool) -> IntakeResult<()> {
        let plain = block.segments(last).len();
        if plain == 0 {
            return Ok(());
        }
        self.begin_run().await?;
        let intake = self.upload.intake.clone();
        let _place = intake.0.at_work.acquire().await.map_err(|_| IntakeError::Superseded)?;
        let mut digests = self.digests.take().ok_or(IntakeError::Damaged)?;
        let mut room = intake.0.rooms.take();
        let block = Arc::new(block);
        let seen = block.clone();
        let digesting = intake.blocking(move || {
            digests.pass(&seen, last);
            Ok(digests)
        });
        let plaintext = block.clone();
        let pressing = self.on_thread(move |press| press.press(&plaintext, last, &mut room).map(|()| room));
        let (digests, pressed) = tokio::join!(digesting, pressing);
        self.digests = Some(digests?);
        let used = Arc::into_inner(block).map(|block| block.bytes);
        used.into_iter().chain([pressed?]).for_each(|room| intake.0.rooms.give(room));
        self.unsynced += plain as u64;
        Ok(())
    }

    /// Begins to sync what was written and to record it as the offset, once the record before is over.
    async fn begin_record(&mut self) -> IntakeResult<()> {
        self.end_record().await?;
        self.unsynced = 0;
        let spooled = self.press().next * SEGMENT as u64;
        let digests = self.ended_digests().await?;
        let (upload, file) = (self.upload.clone(), self.press().file.clone());
        self.recording = Some(tokio::spawn(async move {
            let has_room = upload.intake.blocking(move || file.sync().map(|()| file.has_room())).await?;
            upload.advance(spooled, digests).await?;
            ship::go_on(&upload.intake, &upload.id);
            if has_room { Ok(spooled) } else { Err(IntakeError::Full) }
        }));
        Ok(())
    }

    /// Waits for the record under way.
    async fn end_record(&mut self) -> IntakeResult<()> {
        if let Some(recording) = self.recording.take() {
            self.recorded = recording.await.map_err(|join| IntakeError::Spool(std::io::Error::other(join)))??;
        }
        Ok(())
    }

    async fn ended_digests(&mut self) -> IntakeResult<Vec<(u64, [u8; 32])>> {
        let ended = self.digests().take_ended();
        if ended.is_empty() {
            return Ok(Vec::new());
        }
        self.on_thread(move |press| press.complete(ended)).await
    }

    /// The end of a request: full segments into the body, the piece after them into a tail record, all of it durable.
    pub(super) async fn press_rest(&mut self, block: Block) -> IntakeResult<()> {
        let piece = block.piece().to_vec();
        let pressed = self.press_segments(block, false).await;
        self.end_record().await?;
        pressed?;
        let order = self.tail_order + 1;
        let spooled = self.press().next * SEGMENT as u64 + piece.len() as u64;
        if spooled == self.recorded && self.upload.intake.promises_locally() {
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
        let digests = self.ended_digests().await?;
        self.upload.advance(spooled, digests).await?;
        self.recorded = spooled;
        let Held { intake, id, generation, .. } = self.upload.clone();
        if intake.promises_locally() {
            ship::go_on(&intake, &id);
            return Ok(());
        }
        let body_end = seal::segment_start(self.press().next);
        ship::promise_tail(&intake, &id, generation, body_end, record).await
    }

    /// The last segment and the footer, durable; then the row says `whole`.
    pub(super) async fn make_whole(&mut self, block: Block, length: u64) -> IntakeResult<()> {
        let pressed = self.press_segments(block, true).await;
        self.end_record().await?;
        pressed?;
        let mut digests = self.ended_digests().await?;
        let mut known = self.recorded_digests().await?;
        known.extend(digests.iter().map(|(part, _)| *part));
        let current = self.digests().take_current();
        let item = self.item.clone();
        let (sealed_length, rest) = self
            .on_thread(move |press| {
                let rest = press.rest(length, &known, current)?;
                let footer = Footer { length, runs: press.runs.of_object(seal::segment_count(length)) };
                let end = seal::seal_footer(&press.key, &press.object, &item, &footer, random());
                let place = seal::sealed_length(length);
                press.file.write_at(&end, place)?;
                press.file.cut(place + end.len() as u64)?;
                press.file.sync()?;
                Ok((place + end.len() as u64, rest))
            })
            .await?;
        digests.extend(rest);
        self.unsynced = 0;
        let Held { intake, id, .. } = &self.upload;
        let place = if intake.promises_locally() {
            None
        } else {
            Some(ship::send_all(intake, id, seal::sealed_length(length), sealed_length).await?)
        };
        self.upload.record_whole(length, sealed_length, place, digests).await
    }

    async fn recorded_digests(&self) -> IntakeResult<Vec<u64>> {
        let mut tx = self.upload.intake.site().db.read().await?;
        let rows = store::list_digests(&mut tx, &self.upload.id).await?;
        Ok(rows.into_iter().map(|(part, _)| part.unsigned_abs()).collect())
    }

    /// Why a row was not found: what a newer request, or the sender, has done.
    pub(super) async fn why_too_late(&self) -> IntakeError {
        self.upload.why_too_late().await
    }
}

impl Held {
    async fn advance(&self, spooled: u64, digests: Vec<(u64, [u8; 32])>) -> IntakeResult<()> {
        let site = self.intake.site();
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
        Ok(())
    }

    async fn record_whole(
        &self,
        length: u64,
        sealed_length: u64,
        sent: Option<ObjectKey>,
        digests: Vec<(u64, [u8; 32])>,
    ) -> IntakeResult<()> {
        let site = self.intake.site();
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
