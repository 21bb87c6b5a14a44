//! What every resumable protocol needs, without a word of any protocol's headers: begin, ask where it stands, bring a
//! piece, take away. [`super::tus`] speaks tus 1.0.0 over it; the protocol of the IETF can stand beside that.
//!
//! - The work runs in a task of its own: when the phone goes away in the middle, what it brought is still made durable,
//!   and the next question about the offset finds it.
//! - The newest request wins. Asking where an upload stands, or bringing a piece, makes an older request let go.
//! - A piece with a [`Digest`] counts only when it matches: until then it lies in a [`Stage`], not in the spool.
//! - An upload whose every byte is there is whole, also when the request that brought the last one died: whoever looks at
//!   it next finishes it.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use futures_util::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::staged::Stage;
use super::store::{self, MineRow};
use super::{Asked, Intake, IntakeError, IntakeResult, Limit, Upload, Writer};
use crate::clock::{DAY, MINUTE, Moment};
use crate::evidence;
use crate::id::{SubmissionId, UploadId};
use crate::web::accept::read_on;
use crate::web::once::{self, Once};

/// Uploads of one submission that bring bytes at the same time.
const AT_ONCE: usize = 4;
/// How long one more waits for its turn.
const QUEUE: Duration = Duration::from_secs(30);
/// Most bytes of a piece that is checked against a digest.
pub const CHECKED_PIECE: u64 = 8 << 20;

/// How an upload begins.
#[derive(Clone, Debug, Default)]
pub struct Creation {
    /// The length, where it is known.
    pub length: Option<u64>,
    /// What the sender's device calls the file.
    pub name: String,
    /// What the protocol wants to be told again, as it came.
    pub notes: Option<Vec<u8>>,
    /// The same for every try to begin this one upload, so that a repeated request begins it once.
    pub once: Option<String>,
    /// Whose share of the spool it counts for: a digest of an address that goes with the day.
    pub came_from: Option<Vec<u8>>,
}

/// Where an upload stands. Every byte before the offset is promised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Which one.
    pub upload: Upload,
    /// The next byte.
    pub offset: u64,
    /// The length, where it is known.
    pub length: Option<u64>,
    /// When it will be gone if nobody touches its draft. Never, once it was sent.
    pub expires: Option<Moment>,
    /// What the protocol wanted to be told again.
    pub notes: Option<Vec<u8>>,
    /// Whether the item was sent with its submission.
    pub sent: bool,
}

/// A piece of a file that is brought.
#[derive(Debug, Default)]
pub struct Piece {
    /// Where its sender believes that it belongs.
    pub at: u64,
    /// The length of the file, where it was not known before.
    pub length: Option<u64>,
    /// How many bytes will come, where that is known.
    pub announced: Option<u64>,
    /// What its bytes must be.
    pub digest: Option<Digest>,
}

/// What the bytes of a piece must be.
#[derive(Clone, Debug)]
pub struct Digest {
    /// By which digest.
    pub algorithm: &'static ring::digest::Algorithm,
    /// Its value.
    pub value: Vec<u8>,
}

impl Intake {
    /// Begins an upload. A second try with the same key gives the upload that the first one began, and false.
    pub async fn create(&self, submission: &SubmissionId, creation: Creation) -> IntakeResult<(Standing, bool)> {
        let asked = Asked { expected: creation.length, came_from: creation.came_from };
        let site = self.site();
        let now = site.clock.now();
        let id = UploadId::new(now);
        let key = creation.once.as_ref().map(|key| format!("upload {submission} {key}")).unwrap_or_default();
        // Whoever only asks again for what they began is not told that it is full.
        let room = self.find_room(&asked).await;
        let mut tx = site.db.write().await?;
        if let Once::Again(first) = once::use_key(&mut tx, &key, id.as_str(), now).await? {
            drop(tx);
            match self.stand(submission, &UploadId(first)).await {
                // What the first try began was taken away since: this begins another.
                Err(IntakeError::Gone) => tx = site.db.write().await?,
                standing => return Ok((standing?, false)),
            }
        }
        let Creation { length, name, notes, .. } = creation;
        self.check_share(&mut tx, &asked, room?).await?;
        let upload = self.begin_in(&mut tx, id, submission, length, &name, notes.as_deref(), &asked).await?;
        tx.commit().await?;
        site.jobs.wake();
        if length == Some(0) {
            self.writer(&upload.id).await?.finish().await?;
        }
        let expires = Some(self.expiry(now));
        Ok((Standing { upload, offset: 0, length, expires, notes, sent: false }, true))
    }

    /// What is known of an upload of this submission, as it was recorded last. One of another submission is not there.
    pub async fn find(&self, submission: &SubmissionId, id: &UploadId) -> IntakeResult<Standing> {
        if !is_an_id(id) {
            return Err(IntakeError::NotFound);
        }
        let mut tx = self.site().db.read().await?;
        let row = store::find_mine(&mut tx, id, submission).await?.ok_or(IntakeError::NotFound)?;
        if row.state == "removed" {
            return Err(IntakeError::Gone);
        }
        if !matches!(row.submission_state.as_str(), "draft" | "sent") {
            return Err(IntakeError::Closed);
        }
        let key = self.site().keys.submission(&mut tx, submission).await?.ok_or(IntakeError::Closed)?;
        let notes =
            row.notes_sealed.as_deref().and_then(|sealed| key.open("upload", "notes_sealed", id.as_str(), sealed).ok());
        Ok(self.standing_of(row, notes))
    }

    fn standing_of(&self, row: MineRow, notes: Option<Vec<u8>>) -> Standing {
        let draft = row.submission_state == "draft";
        Standing {
            upload: Upload { id: row.id, item: row.item_id, number: row.number },
            offset: row.kept.unsigned_abs(),
            length: row.length.or(row.declared).map(i64::unsigned_abs),
            expires: draft.then(|| self.expiry(row.touched_us)),
            notes,
            sent: row.sent_us.is_some(),
        }
    }

    /// When a draft that was touched at a moment goes.
    fn expiry(&self, touched: Moment) -> Moment {
        touched.plus(self.site().config.settings.draft_days.saturating_mul(DAY))
    }

    /// Where an upload stands, as a promise: an older request lets go first, and what is answered is durable.
    pub async fn stand(&self, submission: &SubmissionId, id: &UploadId) -> IntakeResult<Standing> {
        let standing = self.find(submission, id).await?;
        Ok(Standing { offset: self.offset(id).await?, ..standing })
    }

    /// Takes a piece, and says where the upload stands then. It goes on when the caller goes away.
    ///
    /// After an error everything that was promised before is still promised, and often more of the piece was kept: the
    /// sender asks where the upload stands, and goes on there.
    pub async fn bring(
        &self,
        submission: &SubmissionId,
        id: &UploadId,
        piece: Piece,
        body: Body,
    ) -> IntakeResult<Standing> {
        let standing = self.find(submission, id).await?;
        let (intake, whose, id) = (self.clone(), submission.clone(), id.clone());
        let taking = tokio::spawn(async move {
            intake.take(&whose, &id, piece, body, standing).await.map_err(|error| intake.noted(error))
        });
        taking.await.map_err(|join| IntakeError::Spool(std::io::Error::other(join)))?
    }

    async fn take(
        &self,
        submission: &SubmissionId,
        id: &UploadId,
        piece: Piece,
        body: Body,
        standing: Standing,
    ) -> IntakeResult<Standing> {
        let begun = match self.writer_at(id, piece.at).await {
            Ok(writer) => self.prepare(submission, writer, &piece).await,
            Err(IntakeError::Whole) => return whole_already(standing, &piece),
            Err(error) => Err(error),
        };
        let (mut writer, most, _slot) = match begun {
            Ok(begun) => begun,
            Err(error) => {
                let error = self.reason(error);
                if !matches!(error, IntakeError::Stopping) {
                    read_on(body, CHECKED_PIECE).await;
                }
                return Err(error);
            }
        };
        let length = writer.declared();
        let taken = match &piece.digest {
            Some(digest) => take_checked(&mut writer, digest, body.into_data_stream(), most).await,
            None => take_all(&mut writer, body.into_data_stream(), most).await,
        };
        if let Err(error) = taken {
            return Err(let_go(writer, error).await);
        }
        let offset = end_or_finish(writer).await?;
        self.note_work(submission, standing.expires).await?;
        let expires = standing.expires.map(|_| self.expiry(self.site().clock.now()));
        Ok(Standing { offset, length, expires, ..standing })
    }

    /// Before the first byte: the file's length if it comes now, how far this piece may go, and a place to run in.
    async fn prepare(
        &self,
        submission: &SubmissionId,
        mut writer: Writer,
        piece: &Piece,
    ) -> IntakeResult<(Writer, u64, OwnedSemaphorePermit)> {
        let ready = async {
            let most = self.check(submission, &mut writer, piece).await?;
            Ok((most, self.slot(submission, &writer).await?))
        };
        match ready.await {
            Ok((most, slot)) => Ok((writer, most, slot)),
            Err(error) => Err(let_go(writer, error).await),
        }
    }

    async fn check(&self, submission: &SubmissionId, writer: &mut Writer, piece: &Piece) -> IntakeResult<u64> {
        let at = writer.offset();
        let room = match writer.declared() {
            Some(_) => 0,
            None => self.room_left(submission).await?,
        };
        if let Some(length) = piece.length {
            if writer.declared().is_none() && length > at.saturating_add(room) {
                return Err(IntakeError::Limit(Limit::Submission));
            }
            writer.declare(length).await?;
        }
        let most = writer.declared().unwrap_or(at.saturating_add(room));
        if at.saturating_add(piece.announced.unwrap_or(0)) > most {
            return Err(too_far(writer));
        }
        if piece.digest.is_some() && piece.announced.is_some_and(|bytes| bytes > CHECKED_PIECE) {
            return Err(IntakeError::Limit(Limit::Piece));
        }
        Ok(most)
    }

    /// A place among the uploads of a submission that run at the same time.
    async fn slot(&self, submission: &SubmissionId, writer: &Writer) -> IntakeResult<OwnedSemaphorePermit> {
        let slots = {
            let mut running = self.0.running.lock().unwrap_or_else(PoisonError::into_inner);
            running.retain(|_, slots| slots.available_permits() < AT_ONCE || Arc::strong_count(slots) > 1);
            running.entry(submission.clone()).or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE))).clone()
        };
        tokio::select! {
            slot = slots.acquire_owned() => slot.map_err(|_| IntakeError::Superseded),
            () = writer.must_let_go() => Err(IntakeError::Superseded),
            () = tokio::time::sleep(QUEUE) => Err(IntakeError::TooManyAtOnce),
        }
    }

    /// Sending keeps a draft alive: no draft goes while its files arrive.
    async fn note_work(&self, submission: &SubmissionId, expires: Option<Moment>) -> IntakeResult<()> {
        let now = self.site().clock.now();
        if expires.is_none_or(|known| self.expiry(now).since(known) <= MINUTE) {
            return Ok(());
        }
        let mut tx = self.site().db.write().await?;
        evidence::store::hold_submission(&mut tx, submission, now).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Whether it looks like an id of ours. Anything else is not worth a question, and some of it no database takes.
fn is_an_id(id: &UploadId) -> bool {
    id.as_str().len() == 36 && id.as_str().bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// The answer to the last piece was lost, and it is brought again; anything else is more than there is room for.
fn whole_already(standing: Standing, piece: &Piece) -> IntakeResult<Standing> {
    let length = standing.length.unwrap_or(standing.offset);
    if piece.at != length {
        return Err(IntakeError::WrongOffset { kept: length });
    }
    if piece.length.is_some_and(|said| said != length) {
        return Err(IntakeError::OtherLength);
    }
    if piece.announced != Some(0) {
        return Err(IntakeError::WrongLength);
    }
    Ok(Standing { offset: length, ..standing })
}

/// Makes durable what a request brought before it has to end, and keeps the reason why it ends.
async fn let_go(writer: Writer, reason: IntakeError) -> IntakeError {
    let reason = writer.intake().reason(reason);
    // What a writer was told while it took bytes it has acted upon: it kept what it had, and ends with that.
    let told = matches!(reason, IntakeError::Superseded | IntakeError::Stopping | IntakeError::Gone);
    match end_or_finish(writer).await {
        Ok(_) => reason,
        Err(IntakeError::Spool(_)) if told => reason,
        // What a failing disk or a newer request says is graver than what the sender did.
        Err(error) => error,
    }
}

/// Ends a request. With the last byte the upload is whole.
pub(super) async fn end_or_finish(writer: Writer) -> IntakeResult<u64> {
    if writer.declared() == Some(writer.offset()) {
        return Ok(writer.finish().await?.length);
    }
    writer.end().await
}

fn too_far(writer: &Writer) -> IntakeError {
    match writer.declared() {
        Some(_) => IntakeError::WrongLength,
        None => IntakeError::Limit(Limit::Submission),
    }
}

/// The next bytes of a body; none at its end.
async fn next(writer: &Writer, body: &mut BodyDataStream) -> IntakeResult<Option<Bytes>> {
    tokio::select! {
        // Who must let go does so, however fast bytes come.
        biased;
        () = writer.must_let_go() => Err(IntakeError::Superseded),
        piece = body.next() => piece.transpose().map_err(|_| IntakeError::BrokenOff),
    }
}

async fn take_all(writer: &mut Writer, mut body: BodyDataStream, most: u64) -> IntakeResult<()> {
    while let Some(bytes) = next(writer, &mut body).await? {
        if writer.offset() + bytes.len() as u64 > most {
            return Err(too_far(writer));
        }
        writer.push(&bytes).await?;
    }
    Ok(())
}

/// Gathers a piece beside the spool, and gives it to the writer when it is the one that was announced.
async fn take_checked(writer: &mut Writer, digest: &Digest, mut body: BodyDataStream, most: u64) -> IntakeResult<()> {
    let mut stage = Stage::open(writer.intake())?;
    let mut context = ring::digest::Context::new(digest.algorithm);
    let mut length = 0;
    while let Some(bytes) = next(writer, &mut body).await? {
        length += bytes.len() as u64;
        if writer.offset() + length > most {
            return Err(too_far(writer));
        }
        if length > CHECKED_PIECE {
            return Err(IntakeError::Limit(Limit::Piece));
        }
        context.update(&bytes);
        stage.push(&bytes).await?;
    }
    if context.finish().as_ref() != digest.value.as_slice() {
        return Err(IntakeError::OtherBytes);
    }
    let mut staged = stage.read();
    while let Some(bytes) = staged.next().await? {
        writer.push(&bytes).await?;
    }
    Ok(())
}
