//! The one writer of an upload: bytes in at the end, sealed into the spool, durable before they are acknowledged.
//!
//! Bytes are gathered into a block of four segments; when it is full, [the hand](super::hand) digests, seals and writes it
//! while the next block fills: a quarter of a megabyte for an upload that waits for its phone, three times that for one at
//! work, however large its file. Every 8 MiB the file is synced and the offset recorded, beside the blocks that follow.
//! [`Writer::end`] does the same for the rest, whose unfinished last piece goes into a tail record; [`Writer::finish`]
//! makes the object whole. A writer that is dropped leaves what was recorded last.
//!
//! Every segment number is given out once by the run's sealer; a block that could not be written is never sealed again
//! under the same run, because an error ends the writer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::hand::Hand;
use super::press::{BLOCK, Block};
use super::resume::Opened;
use super::{Intake, IntakeError, IntakeResult, Lease, ship, store};
use crate::id::UploadId;
use crate::storage::seal::SEGMENT;
use crate::storage::sealed::DIGEST_PART;

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
    Here(Box<Hand>),
    AtWork(JoinHandle<IntakeResult<Box<Hand>>>),
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
        let row = opened.row.clone();
        let hand = Hand::begin(&intake, &lease, opened, segment, piece.len());
        let mut block = Block { first: segment, bytes: intake.0.rooms.take() };
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
            hand: Stage::Here(Box::new(hand)),
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
        let mut hand = self.hand_back().await?;
        let read = hand
            .on_thread(move |press| {
                let known = |part: u64| recorded.iter().find(|(known, _)| *known == part as i64);
                let mut digests = Vec::new();
                for part in 0..whole {
                    digests.push(match known(part).and_then(|(_, sha256)| sha256.as_slice().try_into().ok()) {
                        Some(sha256) => Some(sha256),
                        None => press.read_whole(part).ok(),
                    });
                }
                if has_rest {
                    digests.push(press.read_rest(whole, &piece).ok());
                }
                Ok(digests)
            })
            .await;
        self.hand = Stage::Here(hand);
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
            let mut hand = self.hand_back().await?;
            return Err(match hand.press_rest(self.take_block()).await {
                Ok(()) => hand.why_too_late().await,
                Err(error) => error,
            });
        }
        let mut hand = self.hand_back().await?;
        let next = Block { first: self.block.first + BLOCK as u64, bytes: self.intake.0.rooms.take() };
        let full = std::mem::replace(&mut self.block, next);
        self.hand = Stage::AtWork(tokio::spawn(async move {
            hand.press_block(full).await?;
            Ok(hand)
        }));
        Ok(())
    }

    fn take_block(&mut self) -> Block {
        std::mem::replace(&mut self.block, Block { first: 0, bytes: Vec::new() })
    }

    /// Waits for the hand. After an error there is none.
    async fn hand_back(&mut self) -> IntakeResult<Box<Hand>> {
        match std::mem::replace(&mut self.hand, Stage::Lost) {
            Stage::Here(hand) => Ok(hand),
            Stage::AtWork(task) => match task.await {
                Ok(Ok(hand)) => Ok(hand),
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
        let mut hand = self.hand_back().await?;
        match hand.press_rest(self.take_block()).await {
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
        let mut hand = self.hand_back().await?;
        if let Err(error) = hand.make_whole(self.take_block(), self.offset).await {
            drop(hand);
            return Err(self.after(error).await);
        }
        let (intake, id, length) = (self.intake.clone(), self.id.clone(), self.offset);
        drop(hand);
        drop(self);
        Ok(Finished { length, stored: ship::store_soon(&intake, &id).await? })
    }
}
