//! Taking an upload over: from an older request, an earlier run of this process, or another server.
//!
//! Who wants to write becomes the newest generation in the database; whoever was writing finds that out at the latest
//! when it wants to record its next offset. What an earlier run left is looked through before it is trusted: the offset
//! is the longest row of segments that open, and the tail after it. More than was recorded is welcome (it was written
//! and not acknowledged); less is an alarm.

use std::sync::{Arc, PoisonError};

use tokio_util::sync::CancellationToken;

use super::spool::{Found, PATIENCE, SpoolFile};
use super::store::{self, UploadRow};
use super::writer::{Begin, Writer};
use super::{Intake, IntakeError, IntakeResult, Lease, Turn, object_of, resumable, ship};
use crate::audit;
use crate::id::{UploadId, random};
use crate::storage::keys::ItemKey;
use crate::storage::seal::{self, ObjectId, Run, RunTable, SEALED_SEGMENT, SEGMENT, Tail};

/// The alarm of bytes that were promised and are not there.
pub const LOST: &str = "promised bytes are missing";

/// All that is needed to work on one upload.
pub(super) struct Opened {
    pub(super) row: UploadRow,
    pub(super) key: ItemKey,
    pub(super) object: ObjectId,
    pub(super) runs: RunTable,
    pub(super) file: Arc<SpoolFile>,
    pub(super) found: Found,
    /// The run that was begun with the turn, where it was known where it begins.
    pub(super) run: Option<Run>,
}

impl Intake {
    /// The one writer of an upload from now on. It stands at [`Writer::offset`], and everything before that is durable.
    pub async fn writer(&self, id: &UploadId) -> IntakeResult<Writer> {
        self.open_writer(id, None).await
    }

    /// [`Intake::writer`]; one that brings bytes to an offset begins its run together with its turn where that is possible,
    /// which spares each piece a commit.
    async fn open_writer(&self, id: &UploadId, at: Option<u64>) -> IntakeResult<Writer> {
        let lease = self.take_turn(id, at.is_some()).await?;
        let opened = self.open_upload(id, at).await?;
        let (segment, piece) = match &opened.found.tail {
            Some(tail) => (tail.segment, tail.bytes.clone()),
            None => (opened.found.segments, Vec::new()),
        };
        Ok(Writer::begin(Begin { intake: self.clone(), lease, opened, segment, piece }))
    }

    /// The one writer of an upload, if it stands at `offset`.
    pub async fn writer_at(&self, id: &UploadId, offset: u64) -> IntakeResult<Writer> {
        let writer = self.open_writer(id, Some(offset)).await?;
        if writer.offset() == offset {
            return Ok(writer);
        }
        Err(IntakeError::WrongOffset { kept: resumable::end_or_finish(writer).await? })
    }

    /// Asks the older request of this process to let go, and waits until it has recorded what it got.
    /// What brings a piece lets go when the process stops.
    async fn take_turn(&self, id: &UploadId, brings: bool) -> IntakeResult<Arc<Lease>> {
        let let_go = if brings { self.0.stopping.child_token() } else { CancellationToken::new() };
        let turn = Arc::new(Turn { let_go, ..Turn::default() });
        let older = {
            let mut turns = self.0.turns.lock().unwrap_or_else(PoisonError::into_inner);
            turns.insert(id.clone(), turn.clone())
        };
        let lease = Lease { intake: self.clone(), upload: id.clone(), turn: turn.clone() };
        if let Some(older) = older {
            older.let_go.cancel();
            tokio::select! {
                () = older.gone.cancelled() => {}
                () = turn.let_go.cancelled() => return Err(IntakeError::Superseded),
                () = tokio::time::sleep(PATIENCE) => return Err(IntakeError::Busy),
            }
        }
        Ok(Arc::new(lease))
    }

    async fn open_upload(&self, id: &UploadId, at: Option<u64>) -> IntakeResult<Opened> {
        let mut tx = self.site().db.write().await?;
        let taken = store::take_turn(&mut tx, id).await?;
        let row = store::find(&mut tx, id).await?.ok_or(IntakeError::NotFound)?;
        if !taken {
            return Err(if row.state == "removed" { IntakeError::Gone } else { IntakeError::Whole });
        }
        let key = self.item_key(&mut tx, &row).await?;
        // What this very process recorded is where it goes on.
        let mine = row.holder == self.0.instance && row.server == self.spool().server();
        let next = row.spooled.unsigned_abs() / SEGMENT as u64;
        let goes_on = mine && at == Some(row.spooled.unsigned_abs());
        let run = goes_on.then(|| Run { first: next, salt: random() });
        if let Some(run) = &run {
            let (first, start) = (run.first as i64, seal::segment_start(run.first) as i64);
            store::begin_run(&mut tx, id, row.generation, first, start, &run.salt, self.site().clock.now()).await?;
        }
        let runs = runs_of(store::list_runs(&mut tx, id).await?)?;
        let confirmed = match &row.multipart {
            Some(multipart) => ship::confirmed_end(&store::list_parts(&mut tx, id, multipart).await?),
            None => 0,
        };
        tx.commit().await?;
        let object = object_of(&row)?;
        if row.server != self.spool().server() {
            return self.take_over(row, key, object, runs, confirmed).await;
        }
        let file = self.open_file(&row.spool).await?;
        if row.holder == self.0.instance
            && let Some(found) = self.as_recorded(&row, &key, &object, &file).await?
        {
            return Ok(Opened { row, key, object, runs, file, found, run });
        }
        self.settle(row, key, object, runs, file, confirmed).await
    }

    async fn open_file(&self, name: &str) -> IntakeResult<Arc<SpoolFile>> {
        let (spool, name) = (self.spool().clone(), name.to_owned());
        match self.blocking(move || spool.open_file(&name)).await {
            Ok(file) => Ok(Arc::new(file)),
            Err(IntakeError::Spool(error)) if error.kind() == std::io::ErrorKind::WouldBlock => Err(IntakeError::Busy),
            Err(error) => Err(error),
        }
    }

    /// What this very run recorded, if its tail is where it should be. Segments are not looked at again.
    async fn as_recorded(
        &self,
        row: &UploadRow,
        key: &ItemKey,
        object: &ObjectId,
        file: &Arc<SpoolFile>,
    ) -> IntakeResult<Option<Found>> {
        let spooled = row.spooled.unsigned_abs();
        let (segments, piece) = (spooled / SEGMENT as u64, (spooled % SEGMENT as u64) as usize);
        let (key, object, file) = (key.clone(), object.clone(), file.clone());
        let tails = self.blocking(move || file.tails(&key, &object)).await?;
        let last_order = tails.first().map_or(0, |tail| tail.order);
        let fits = |tail: &Tail| tail.segment == segments && tail.bytes.len() == piece;
        let tail = if piece == 0 { None } else { tails.into_iter().find(fits) };
        Ok((piece == 0 || tail.is_some()).then_some(Found { segments, tail, last_order }))
    }

    /// Looks through a file of this server and writes down what was found.
    async fn settle(
        &self,
        row: UploadRow,
        key: ItemKey,
        object: ObjectId,
        runs: RunTable,
        file: Arc<SpoolFile>,
        confirmed: u64,
    ) -> IntakeResult<Opened> {
        let from = confirmed / SEALED_SEGMENT as u64;
        let found = {
            let (key, object, runs, file) = (key.clone(), object.clone(), runs.clone(), file.clone());
            self.blocking(move || {
                let found = file.look_through(&key, &object, &runs, from)?;
                // What survived a crash may still be in memory only.
                file.sync()?;
                Ok(found)
            })
            .await?
        };
        let offset = found.offset() as i64;
        let missing = offset < row.spooled;
        // With several servers, the store has what was promised even if this disk lost it.
        if missing && row.tail_key.is_some() && !self.promises_locally() {
            return self.take_over(row, key, object, runs, confirmed).await;
        }
        let kept = if self.promises_locally() { offset } else { row.kept.min(offset) };
        self.write_down(&row, &row.spool, found.segments, offset, kept, missing).await?;
        Ok(Opened { row, key, object, runs, file, found, run: None })
    }

    /// Records where the bytes are. A part that reaches beyond what was found is void: its bytes went with the server that
    /// was sending it, and none of them was promised.
    async fn write_down(
        &self,
        row: &UploadRow,
        spool: &str,
        segments: u64,
        offset: i64,
        kept: i64,
        missing: bool,
    ) -> IntakeResult<()> {
        let site = self.site();
        let alarm = missing.then_some(LOST);
        let mut tx = site.db.write().await?;
        let (server, holder) = (self.spool().server(), self.0.instance.as_str());
        if !store::settle(&mut tx, &row.id, row.generation, server, spool, holder, offset, kept, alarm).await? {
            return Err(IntakeError::Superseded);
        }
        store::void_parts(&mut tx, &row.id, seal::segment_start(segments) as i64).await?;
        if missing {
            tracing::error!(upload = row.id.as_str(), recorded = row.spooled, found = offset, "{LOST}");
            let facts = serde_json::json!({ "recorded": row.spooled, "found": offset });
            audit::record(
                &mut tx,
                site.clock.now(),
                "service",
                "intake.bytes_missing",
                "item",
                row.item_id.as_str(),
                facts,
            )
            .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Goes on where another server stopped: with the parts that the store confirmed, and the tail object after them.
    async fn take_over(
        &self,
        row: UploadRow,
        key: ItemKey,
        object: ObjectId,
        runs: RunTable,
        confirmed: u64,
    ) -> IntakeResult<Opened> {
        // What nobody has written to yet can begin anywhere.
        if self.promises_locally() && row.spooled > 0 {
            return Err(IntakeError::Elsewhere);
        }
        let bytes = match &row.tail_key {
            Some(path) => Some(ship::fetch_tail(self, path).await?),
            None => None,
        };
        let start = row.tail_start.unwrap_or(0).unsigned_abs();
        let name = format!("{}.{}", row.id, data_encoding::HEXLOWER.encode(&random::<4>()));
        let file = self.open_file(&name).await?;
        let found = {
            let (key, object, runs, file) = (key.clone(), object.clone(), runs.clone(), file.clone());
            self.blocking(move || {
                if let Some((segments, record)) = bytes {
                    file.write_at(&segments, start)?;
                    if let Ok(tail) = seal::open_tail(&key, &object, &record) {
                        file.write_tail(&record, tail.order)?;
                    }
                }
                file.sync()?;
                file.look_through(&key, &object, &runs, confirmed / SEALED_SEGMENT as u64)
            })
            .await?
        };
        let offset = found.offset() as i64;
        let missing = offset < row.kept;
        self.write_down(&row, &name, found.segments, offset, offset, missing).await?;
        let row = UploadRow { server: self.spool().server().to_owned(), spool: name, kept: offset, ..row };
        Ok(Opened { row, key, object, runs, file, found, run: None })
    }

    /// A sync of a file failed: copies what the recorded offset covers to a new file, so that the upload can go on.
    pub(super) async fn leave_broken_file(&self, id: &UploadId) -> IntakeResult<()> {
        let mut tx = self.site().db.read().await?;
        let row = store::find(&mut tx, id).await?.ok_or(IntakeError::NotFound)?;
        let key = self.item_key(&mut tx, &row).await?;
        let runs = runs_of(store::list_runs(&mut tx, id).await?)?;
        drop(tx);
        let object = object_of(&row)?;
        let old = self.spool().body(&row.spool);
        let name = format!("{}.{}", row.id, data_encoding::HEXLOWER.encode(&random::<4>()));
        let new = self.open_file(&name).await?;
        let spooled = row.spooled.unsigned_abs();
        let slots = self.spool().clone();
        let old_name = row.spool.clone();
        self.blocking(move || copy_recorded(&old, &slots, &old_name, &new, &key, &object, &runs, spooled)).await?;
        let mut tx = self.site().db.write().await?;
        let moved = store::move_spool(&mut tx, id, row.generation, &name).await?;
        tx.commit().await?;
        tracing::error!(upload = id.as_str(), moved, "a sync failed; what was recorded is in a new file");
        Ok(())
    }
}

/// Copies the sealed bytes that `spooled` covers, opening each on the way, and the tail.
#[expect(clippy::too_many_arguments, reason = "both files, and what opens them")]
fn copy_recorded(
    old: &std::path::Path,
    spool: &super::spool::Spool,
    old_name: &str,
    new: &SpoolFile,
    key: &ItemKey,
    object: &ObjectId,
    runs: &RunTable,
    spooled: u64,
) -> std::io::Result<()> {
    use std::os::unix::fs::FileExt;
    let body = std::fs::File::open(old)?;
    let mut opener = seal::Opener::new(key, object, runs.clone());
    let mut room = vec![0; SEALED_SEGMENT];
    for segment in 0..spooled / SEGMENT as u64 {
        body.read_exact_at(&mut room, seal::segment_start(segment))?;
        let mut opened = room.clone();
        // A hole stands for a part that the store has; anything else must open.
        if opener.open(segment, &mut opened).is_ok() {
            new.write_at(&room, seal::segment_start(segment))?;
        }
    }
    let slots = spool.body(&format!("{old_name}.tail"));
    let piece = (spooled % SEGMENT as u64) as usize;
    if piece > 0 {
        let slots = std::fs::read(slots)?;
        for record in slots.chunks(seal::TAIL_SLOT) {
            if let Ok(tail) = seal::open_tail(key, object, record)
                && tail.segment == spooled / SEGMENT as u64
                && tail.bytes.len() == piece
            {
                new.write_tail(record, tail.order)?;
            }
        }
    }
    new.sync()
}

/// The run table that the rows spell.
pub(super) fn runs_of(rows: Vec<(i64, Vec<u8>)>) -> IntakeResult<RunTable> {
    let runs = rows.into_iter().map(|(first, salt)| {
        Ok(Run { first: first.unsigned_abs(), salt: salt.try_into().map_err(|_| IntakeError::Damaged)? })
    });
    Ok(RunTable::in_order_of_beginning(runs.collect::<IntakeResult<Vec<Run>>>()?))
}
