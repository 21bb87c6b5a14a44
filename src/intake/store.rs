//! The SQL of arriving bytes. Every change of an upload names the generation, the server or the state that it relies on
//! and says whether it found it; a caller that is too late finds no row.

use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::id::{ItemId, SubmissionId, UploadId};

/// An upload as its row tells it. The drawing of its states is in [`super`].
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct UploadRow {
    /// Its id.
    pub id: UploadId,
    /// The item whose original it becomes. The item key has the same id.
    pub item_id: ItemId,
    /// The submission that the item is in.
    pub submission_id: SubmissionId,
    /// The sealed object's id.
    pub object_id: String,
    /// `open`, `whole`, `stored` or `removed`.
    pub state: String,
    /// The length that the sender declared.
    pub declared: Option<i64>,
    /// The offset that answers promise.
    pub kept: i64,
    /// The offset that is durable in the spool.
    pub spooled: i64,
    /// The newest request that wanted to write.
    pub generation: i64,
    /// Whose spool has the bytes.
    pub server: String,
    /// Under which name.
    pub spool: String,
    /// Which process wrote last.
    pub holder: String,
    /// The tail object, if any.
    pub tail_key: Option<String>,
    /// The byte of the sealed object at which the tail object begins.
    pub tail_start: Option<i64>,
    /// Bytes of the original, once whole.
    pub length: Option<i64>,
    /// Bytes of the sealed object, once whole.
    pub sealed_length: Option<i64>,
    /// Where the object lies or will lie.
    pub object_key: Option<String>,
    /// The running multipart upload.
    pub multipart: Option<String>,
    /// Why a person should look.
    pub alarm: Option<String>,
    /// When it was read back and matched.
    pub verified_us: Option<Moment>,
    /// How often the whole object was sent again, because the store gave back other bytes.
    pub sent_again: i64,
}

const INSERT: &str = "insert into upload
        (id, item_id, submission_id, object_id, state, declared, kept, spooled, generation, server, spool, holder,
        notes_sealed, created_us, touched_us, came_from)
    values ($1, $2, $3, $4, 'open', $5, 0, 0, 0, $6, $7, $8, $9, $10, $10, $11)";

/// What a new upload's row needs.
pub struct NewUpload<'a> {
    /// Its id.
    pub id: &'a UploadId,
    /// Its item.
    pub item: &'a ItemId,
    /// Its submission.
    pub submission: &'a SubmissionId,
    /// The sealed object's id.
    pub object: &'a str,
    /// The declared length.
    pub declared: Option<i64>,
    /// This server's spool.
    pub server: &'a str,
    /// The spool file's name.
    pub spool: &'a str,
    /// This run of this process, which knows that nothing was written yet.
    pub holder: &'a str,
    /// What a protocol wants to be told again, sealed.
    pub notes_sealed: Option<Vec<u8>>,
    /// Whose share of the spool it counts for: a digest of an address that goes with the day.
    pub came_from: Option<&'a [u8]>,
}

/// Writes down a new upload, before its first byte.
pub async fn insert(tx: &mut Tx, new: NewUpload<'_>, now: Moment) -> DbResult<()> {
    let NewUpload { id, item, submission, object, declared, server, spool, holder, notes_sealed, came_from } = new;
    db::run!(tx, INSERT, id, item, submission, object, declared, server, spool, holder, notes_sealed, now, came_from)?;
    Ok(())
}

const FIND: &str =
    "select id, item_id, submission_id, object_id, state, declared, kept, spooled, generation, server, spool,
        holder, tail_key, tail_start, length, sealed_length, object_key, multipart, alarm, verified_us, sent_again
    from upload
    where id = $1";
const FIND_BY_ITEM: &str =
    "select id, item_id, submission_id, object_id, state, declared, kept, spooled, generation, server, spool,
        holder, tail_key, tail_start, length, sealed_length, object_key, multipart, alarm, verified_us, sent_again
    from upload
    where item_id = $1";
const LIST_BY_SUBMISSION: &str =
    "select id, item_id, submission_id, object_id, state, declared, kept, spooled, generation, server, spool,
        holder, tail_key, tail_start, length, sealed_length, object_key, multipart, alarm, verified_us, sent_again
    from upload
    where submission_id = $1 and state <> 'removed' order by id";
const LIST_OF_SERVER: &str =
    "select id, item_id, submission_id, object_id, state, declared, kept, spooled, generation, server, spool,
        holder, tail_key, tail_start, length, sealed_length, object_key, multipart, alarm, verified_us, sent_again
    from upload
    where server = $1 and state in ('open', 'whole') order by id";
const LIST_WHOLE: &str =
    "select id, item_id, submission_id, object_id, state, declared, kept, spooled, generation, server, spool,
        holder, tail_key, tail_start, length, sealed_length, object_key, multipart, alarm, verified_us, sent_again
    from upload
    where state = 'whole' and send_after_us <= $1 order by id";

/// The upload, in any state.
pub async fn find(tx: &mut Tx, id: &UploadId) -> DbResult<Option<UploadRow>> {
    db::maybe!(tx, UploadRow, FIND, id)
}

const FIND_MINE: &str = "select u.id, u.item_id, i.number, u.state, u.declared, u.kept, u.spooled, u.length,
        u.notes_sealed, i.sent_us, s.state as submission_state, s.touched_us
    from upload u
        join evidence_item i on i.id = u.item_id
        join submission s on s.id = u.submission_id
    where u.id = $1 and u.submission_id = $2";

/// What a sender may know of one upload.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MineRow {
    /// Its id.
    pub id: UploadId,
    /// The item that it becomes.
    pub item_id: ItemId,
    /// The item's number.
    pub number: i64,
    /// `open`, `whole`, `stored` or `removed`.
    pub state: String,
    /// The length that was declared.
    pub declared: Option<i64>,
    /// The offset that is promised.
    pub kept: i64,
    /// The offset that is durable in the spool.
    pub spooled: i64,
    /// The length, once whole.
    pub length: Option<i64>,
    /// What the protocol wants to be told again, sealed.
    pub notes_sealed: Option<Vec<u8>>,
    /// When the item was sent with its submission.
    pub sent_us: Option<Moment>,
    /// The submission's state.
    pub submission_state: String,
    /// When somebody worked on the submission last.
    pub touched_us: Moment,
}

/// The upload, in any state, if it is in this submission.
pub async fn find_mine(tx: &mut Tx, id: &UploadId, submission: &SubmissionId) -> DbResult<Option<MineRow>> {
    db::maybe!(tx, MineRow, FIND_MINE, id, submission)
}

/// The upload of an item, in any state.
pub async fn find_by_item(tx: &mut Tx, item: &ItemId) -> DbResult<Option<UploadRow>> {
    db::maybe!(tx, UploadRow, FIND_BY_ITEM, item)
}

const LIST_TAKES: &str = "select item_id from upload
    where submission_id = $1 and state = 'open' and declared is null and notes_sealed is not null
    order by id";

/// The recordings of a submission that nobody has kept yet: their end was never told. (A form's file that broke off has
/// no end either; it came without a protocol's notes, and was chosen whole.)
pub async fn list_takes(tx: &mut Tx, submission: &SubmissionId) -> DbResult<Vec<ItemId>> {
    let takes = db::all!(tx, (ItemId,), LIST_TAKES, submission)?;
    Ok(takes.into_iter().map(|(item,)| item).collect())
}

/// Every upload of a submission that was not removed.
pub async fn list_by_submission(tx: &mut Tx, submission: &SubmissionId) -> DbResult<Vec<UploadRow>> {
    db::all!(tx, UploadRow, LIST_BY_SUBMISSION, submission)
}

/// Everything that is still arriving into one server's spool, or waits there to be stored.
pub async fn list_of_server(tx: &mut Tx, server: &str) -> DbResult<Vec<UploadRow>> {
    db::all!(tx, UploadRow, LIST_OF_SERVER, server)
}

/// Everything that is whole, that the store has not confirmed yet, and whose turn has come.
pub async fn list_whole(tx: &mut Tx, now: Moment) -> DbResult<Vec<UploadRow>> {
    db::all!(tx, UploadRow, LIST_WHOLE, now)
}

const USE: &str = "select count(*), cast(coalesce(sum(case when u.length is not null then u.length
            when u.declared is not null and u.declared > u.spooled then u.declared else u.spooled end), 0) as bigint)
    from upload u
    where u.submission_id = $1 and u.state <> 'removed'";

/// How many files a submission holds, and how many bytes: those that are promised to files on their way among them.
pub async fn used(tx: &mut Tx, submission: &SubmissionId) -> DbResult<(u64, u64)> {
    let (files, bytes) = db::one!(tx, (i64, i64), USE, submission)?;
    Ok((files.unsigned_abs(), bytes.unsigned_abs()))
}

const TAKE_TURN: &str = "update upload set generation = generation + 1 where id = $1 and state = 'open'";

/// Makes the caller the newest writer, if the upload is open.
pub async fn take_turn(tx: &mut Tx, id: &UploadId) -> DbResult<bool> {
    Ok(db::run!(tx, TAKE_TURN, id)? == 1)
}

const SETTLE: &str = "update upload
    set server = $3, spool = $4, holder = $5, spooled = $6, kept = $7,
        alarm = case when cast($8 as text) is null then alarm else $8 end
    where id = $1 and generation = $2 and state = 'open'";

/// Writes down where the bytes are after they were looked through. `kept` may be less than before only with an alarm.
#[expect(clippy::too_many_arguments, reason = "each is a column of the one row")]
pub async fn settle(
    tx: &mut Tx,
    id: &UploadId,
    generation: i64,
    server: &str,
    spool: &str,
    holder: &str,
    spooled: i64,
    kept: i64,
    alarm: Option<&str>,
) -> DbResult<bool> {
    Ok(db::run!(tx, SETTLE, id, generation, server, spool, holder, spooled, kept, alarm)? == 1)
}

const DECLARE: &str = "update upload set declared = $3
    where id = $1 and generation = $2 and state = 'open' and declared is null and spooled <= $3";

/// Writes down the length that was not known when the upload began.
pub async fn declare(tx: &mut Tx, id: &UploadId, generation: i64, length: i64) -> DbResult<bool> {
    Ok(db::run!(tx, DECLARE, id, generation, length)? == 1)
}

const ADVANCE: &str = "update upload
    set spooled = $3, kept = case when $4 then $3 else kept end, touched_us = $5
    where id = $1 and generation = $2 and state = 'open' and spooled <= $3";

/// Records that the spool is durable up to `spooled`, and promises it where `promised`.
pub async fn advance(
    tx: &mut Tx,
    id: &UploadId,
    generation: i64,
    spooled: i64,
    promised: bool,
    now: Moment,
) -> DbResult<bool> {
    Ok(db::run!(tx, ADVANCE, id, generation, spooled, promised, now)? == 1)
}

const PROMISE_TAIL: &str = "update upload
    set kept = spooled, tail_key = $3, tail_start = $4
    where id = $1 and generation = $2 and state = 'open'";

/// Promises all that is spooled, because what is in no confirmed part lies in this tail object.
pub async fn promise_tail(
    tx: &mut Tx,
    id: &UploadId,
    generation: i64,
    tail: Option<&str>,
    start: i64,
) -> DbResult<bool> {
    Ok(db::run!(tx, PROMISE_TAIL, id, generation, tail, start)? == 1)
}

const MOVE_SPOOL: &str = "update upload set spool = $3 where id = $1 and generation = $2 and state = 'open'";

/// Names another spool file, because the old one can no longer be trusted.
pub async fn move_spool(tx: &mut Tx, id: &UploadId, generation: i64, spool: &str) -> DbResult<bool> {
    Ok(db::run!(tx, MOVE_SPOOL, id, generation, spool)? == 1)
}

const WHOLE: &str = "update upload
    set state = 'whole', spooled = $3, kept = $3, length = $3, sealed_length = $4, object_key = $5, touched_us = $6,
        came_from = null
    where id = $1 and generation = $2 and state = 'open'";

/// Records that every byte is there. From here on nobody writes.
pub async fn record_whole(
    tx: &mut Tx,
    id: &UploadId,
    generation: i64,
    length: i64,
    sealed_length: i64,
    object_key: &str,
    now: Moment,
) -> DbResult<bool> {
    Ok(db::run!(tx, WHOLE, id, generation, length, sealed_length, object_key, now)? == 1)
}

const STORED: &str = "update upload
    set state = 'stored', stored_us = $3, object_key = $2, tail_key = null, tail_start = null
    where id = $1 and state = 'whole'";

/// Records that the store has confirmed the object.
pub async fn record_stored(tx: &mut Tx, id: &UploadId, object_key: &str, now: Moment) -> DbResult<bool> {
    Ok(db::run!(tx, STORED, id, object_key, now)? == 1)
}

const VERIFIED: &str = "update upload
    set verified_us = $2, alarm = null, sent_again = 0
    where id = $1 and state = 'stored'";

/// Records that the read-back matched.
pub async fn record_verified(tx: &mut Tx, id: &UploadId, now: Moment) -> DbResult<bool> {
    Ok(db::run!(tx, VERIFIED, id, now)? == 1)
}

const AGAIN: &str = "update upload
    set state = 'whole', object_key = $2, multipart = null, alarm = $3, sent_again = sent_again + 1,
        send_after_us = $4
    where id = $1 and state in ('stored', 'whole')";

/// Sends the whole object to the store again, to another place, and not before `after`.
pub async fn store_again(tx: &mut Tx, id: &UploadId, object_key: &str, alarm: &str, after: Moment) -> DbResult<bool> {
    Ok(db::run!(tx, AGAIN, id, object_key, alarm, after)? == 1)
}

const ALARM: &str = "update upload set alarm = $2 where id = $1";

/// Records why a person should look.
pub async fn record_alarm(tx: &mut Tx, id: &UploadId, alarm: &str) -> DbResult<()> {
    db::run!(tx, ALARM, id, alarm)?;
    Ok(())
}

const REMOVE: &str = "update upload
    set state = 'removed', generation = generation + 1, notes_sealed = null, came_from = null
    where id = $1 and state <> 'removed'";
const DELETE_RUNS: &str = "delete from upload_run where upload_id = $1";
const DELETE_DIGESTS: &str = "delete from upload_digest where upload_id = $1";
const DELETE_PARTS: &str = "delete from upload_part where upload_id = $1";

/// Ends an upload for good: whoever writes it finds no row to advance. Its salts and digests go at once.
pub async fn remove(tx: &mut Tx, id: &UploadId) -> DbResult<bool> {
    if db::run!(tx, REMOVE, id)? == 0 {
        return Ok(false);
    }
    db::run!(tx, DELETE_RUNS, id)?;
    db::run!(tx, DELETE_DIGESTS, id)?;
    db::run!(tx, DELETE_PARTS, id)?;
    Ok(true)
}

const REPLACE: &str = "update upload
    set object_id = $2, object_key = $3, length = $4, kept = $4, spooled = $4, sealed_length = $5, declared = null,
        server = '', multipart = null, alarm = null, verified_us = null
    where id = $1 and state = 'stored'";

/// Another object takes the place of an upload's own, whose salts and digests go. It was put by no server's spool. False
/// where the upload's own object is not in the store.
pub async fn replace(tx: &mut Tx, id: &UploadId, with: super::Replacement<'_>) -> DbResult<bool> {
    if db::run!(&mut *tx, REPLACE, id, with.object_id, with.object_key, with.length, with.sealed_length)? == 0 {
        return Ok(false);
    }
    for sql in [DELETE_RUNS, DELETE_DIGESTS, DELETE_PARTS] {
        db::run!(&mut *tx, sql, id)?;
    }
    Ok(true)
}

const HOLD: &str = "update upload set touched_us = $3 where id = $1 and generation = $2 and state = 'open'";
const INSERT_RUN: &str = "insert into upload_run (upload_id, seq, first_segment, salt)
    select $1, coalesce(max(seq), 0) + 1, $2, $3 from upload_run where upload_id = $1";
const LIST_RUNS: &str = "select first_segment, salt from upload_run where upload_id = $1 order by seq";
const VOID_PARTS: &str = "update upload_part set state = 'void'
    where upload_id = $1 and state <> 'void' and start + length > $2";

/// Begins a run, before its first byte is written. Parts that reach into what is now written again are void.
pub async fn begin_run(
    tx: &mut Tx,
    id: &UploadId,
    generation: i64,
    first: i64,
    start: i64,
    salt: &[u8],
    now: Moment,
) -> DbResult<bool> {
    if db::run!(tx, HOLD, id, generation, now)? == 0 {
        return Ok(false);
    }
    db::run!(tx, INSERT_RUN, id, first, salt)?;
    db::run!(tx, VOID_PARTS, id, start)?;
    Ok(true)
}

/// Parts that reach beyond this byte of the sealed object do not count any more.
pub async fn void_parts(tx: &mut Tx, id: &UploadId, beyond: i64) -> DbResult<()> {
    db::run!(tx, VOID_PARTS, id, beyond)?;
    Ok(())
}

/// The runs of an upload in the order of their beginning: first segment and salt.
pub async fn list_runs(tx: &mut Tx, id: &UploadId) -> DbResult<Vec<(i64, Vec<u8>)>> {
    db::all!(tx, (i64, Vec<u8>), LIST_RUNS, id)
}

const PUT_DIGEST: &str = "insert into upload_digest (upload_id, part, sha256) values ($1, $2, $3)
    on conflict (upload_id, part) do update set sha256 = excluded.sha256";
const LIST_DIGESTS: &str = "select part, sha256 from upload_digest where upload_id = $1 order by part";

/// Records the digest of 8 MiB of the original.
pub async fn put_digest(tx: &mut Tx, id: &UploadId, part: i64, sha256: &[u8]) -> DbResult<()> {
    db::run!(tx, PUT_DIGEST, id, part, sha256)?;
    Ok(())
}

/// The digests of an upload, in order.
pub async fn list_digests(tx: &mut Tx, id: &UploadId) -> DbResult<Vec<(i64, Vec<u8>)>> {
    db::all!(tx, (i64, Vec<u8>), LIST_DIGESTS, id)
}

const LIST_DIGESTS_OF: &str = "select d.upload_id, d.part, d.sha256
    from upload_digest d join upload u on u.id = d.upload_id
    where u.submission_id = $1
    order by d.upload_id, d.part";

/// The digests of every upload of a submission, in order.
pub async fn list_digests_of(tx: &mut Tx, submission: &SubmissionId) -> DbResult<Vec<(UploadId, i64, Vec<u8>)>> {
    db::all!(tx, (UploadId, i64, Vec<u8>), LIST_DIGESTS_OF, submission)
}

/// A part of a multipart upload.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct PartRow {
    /// Its number.
    pub number: i64,
    /// The byte of the sealed object at which it begins.
    pub start: i64,
    /// Its length.
    pub length: i64,
    /// SHA-256 of its sealed bytes.
    pub sha256: Vec<u8>,
    /// `sending` or `confirmed`.
    pub state: String,
    /// The store's name for it, once confirmed.
    pub etag: Option<String>,
}

impl PartRow {
    /// The byte after its last.
    pub fn end(&self) -> i64 {
        self.start + self.length
    }

    /// Whether the store has it.
    pub fn is_confirmed(&self) -> bool {
        self.state == "confirmed"
    }
}

const LIST_PARTS: &str = "select number, start, length, sha256, state, etag
    from upload_part
    where upload_id = $1 and multipart = $2 and state <> 'void'
    order by number";
const LAST_NUMBER: &str = "select coalesce(max(number), 0) from upload_part where upload_id = $1 and multipart = $2";
const HOLD_SERVER: &str = "update upload set touched_us = touched_us
    where id = $1 and server = $2 and state in ('open', 'whole')";
const INSERT_PART: &str = "insert into upload_part (upload_id, multipart, number, start, length, sha256, state)
    values ($1, $2, $3, $4, $5, $6, 'sending')";
const CONFIRM_PART: &str = "update upload_part set state = 'confirmed', etag = $4
    where upload_id = $1 and multipart = $2 and number = $3 and state = 'sending'";

/// The parts that count, in order. They follow each other without a gap.
pub async fn list_parts(tx: &mut Tx, id: &UploadId, multipart: &str) -> DbResult<Vec<PartRow>> {
    db::all!(tx, PartRow, LIST_PARTS, id, multipart)
}

/// Whether this server still has the upload; holds its row until the transaction ends.
pub async fn hold_for_server(tx: &mut Tx, id: &UploadId, server: &str) -> DbResult<bool> {
    Ok(db::run!(tx, HOLD_SERVER, id, server)? == 1)
}

/// Writes down a part before it is sent, and gives it a number that was never used.
pub async fn insert_part(
    tx: &mut Tx,
    id: &UploadId,
    multipart: &str,
    start: i64,
    length: i64,
    sha256: &[u8],
) -> DbResult<i64> {
    let (last,) = db::one!(&mut *tx, (i64,), LAST_NUMBER, id, multipart)?;
    db::run!(tx, INSERT_PART, id, multipart, last + 1, start, length, sha256)?;
    Ok(last + 1)
}

/// Records that the store has a part. False when it became void meanwhile.
pub async fn confirm_part(tx: &mut Tx, id: &UploadId, multipart: &str, number: i64, etag: &str) -> DbResult<bool> {
    Ok(db::run!(tx, CONFIRM_PART, id, multipart, number, etag)? == 1)
}

const SET_MULTIPART: &str = "update upload set object_key = $2, multipart = $3
    where id = $1 and server = $4 and multipart is null and state in ('open', 'whole')";

/// Names the multipart upload that parts go to. False when somebody else began one, or has the upload.
pub async fn set_multipart(
    tx: &mut Tx,
    id: &UploadId,
    object_key: &str,
    multipart: &str,
    server: &str,
) -> DbResult<bool> {
    Ok(db::run!(tx, SET_MULTIPART, id, object_key, multipart, server)? == 1)
}

const INSERT_OBJECT: &str = "insert into stored_object (key, upload_id, kind, state, created_us)
    values ($1, $2, $3, 'writing', $4)";
const NOTE_MULTIPART: &str = "update stored_object set multipart = $2 where key = $1";
const KEEP_OBJECT: &str = "update stored_object set state = 'kept', discarded_us = null where key = $1";
const KEEP_AS_ORIGINAL: &str = "update stored_object set kind = 'original' where key = $1 and state = 'kept'";
const DISCARD_OTHERS: &str = "update stored_object set state = 'discarded', discarded_us = $3
    where upload_id = $1 and key <> $2 and state <> 'discarded'";
const DISCARD_TAILS: &str = "update stored_object set state = 'discarded', discarded_us = $3
    where upload_id = $1 and kind = 'tail' and key <> $2 and state = 'kept'";
const DISCARD_OBJECT: &str = "update stored_object set state = 'discarded', discarded_us = $2
    where key = $1 and state <> 'discarded'";
const DISCARD_HALF_MADE: &str = "update stored_object set state = 'discarded', discarded_us = $2
    where upload_id = $1 and kind = 'rendition' and state = 'writing'";
const LIST_DISCARDED: &str = "select key, multipart from stored_object
    where upload_id = $1 and state = 'discarded' order by key";
const LIST_DISCARDED_BEFORE: &str = "select key, multipart from stored_object
    where state = 'discarded' and discarded_us <= $1 order by discarded_us, key limit 1000";
const FORGET_OBJECT: &str = "delete from stored_object where key = $1 and state = 'discarded'";
const FIND_OBJECT: &str = "select state, upload_id, kind from stored_object where key = $1";
const LIST_OBJECTS: &str = "select key, kind, state, upload_id from stored_object
    where key > $1 and state = 'kept' order by key limit 1000";

/// Writes down an object before it is put.
pub async fn insert_object(tx: &mut Tx, key: &str, id: &UploadId, kind: &str, now: Moment) -> DbResult<()> {
    db::run!(tx, INSERT_OBJECT, key, id, kind, now)?;
    Ok(())
}

/// Notes the multipart upload that an object is being made by.
pub async fn note_multipart(tx: &mut Tx, key: &str, multipart: &str) -> DbResult<()> {
    db::run!(tx, NOTE_MULTIPART, key, multipart)?;
    Ok(())
}

/// Records that an object is there and counts.
pub async fn keep_object(tx: &mut Tx, key: &str) -> DbResult<()> {
    db::run!(tx, KEEP_OBJECT, key)?;
    Ok(())
}

/// Records that a copy is an original from now on.
pub async fn keep_as_original(tx: &mut Tx, key: &str) -> DbResult<()> {
    db::run!(tx, KEEP_AS_ORIGINAL, key)?;
    Ok(())
}

/// Marks every object of an upload as discarded, except one.
pub async fn discard_others(tx: &mut Tx, id: &UploadId, except: &str, now: Moment) -> DbResult<u64> {
    db::run!(tx, DISCARD_OTHERS, id, except, now)
}

/// Marks earlier tail objects as discarded.
pub async fn discard_tails(tx: &mut Tx, id: &UploadId, except: &str, now: Moment) -> DbResult<u64> {
    db::run!(tx, DISCARD_TAILS, id, except, now)
}

/// Marks one object as discarded.
pub async fn discard_object(tx: &mut Tx, key: &str, now: Moment) -> DbResult<()> {
    db::run!(tx, DISCARD_OBJECT, key, now)?;
    Ok(())
}

/// Marks what an earlier try at copies put into the store and did not tell of as discarded.
pub async fn discard_half_made(tx: &mut Tx, id: &UploadId, now: Moment) -> DbResult<()> {
    db::run!(tx, DISCARD_HALF_MADE, id, now)?;
    Ok(())
}

/// The discarded objects of an upload, with their multipart uploads.
pub async fn list_discarded(tx: &mut Tx, id: &UploadId) -> DbResult<Vec<(String, Option<String>)>> {
    db::all!(tx, (String, Option<String>), LIST_DISCARDED, id)
}

/// Objects that were discarded before a moment, oldest first.
pub async fn list_discarded_before(tx: &mut Tx, moment: Moment) -> DbResult<Vec<(String, Option<String>)>> {
    db::all!(tx, (String, Option<String>), LIST_DISCARDED_BEFORE, moment)
}

/// Forgets a discarded object, once it is gone from the store.
pub async fn forget_object(tx: &mut Tx, key: &str) -> DbResult<()> {
    db::run!(tx, FORGET_OBJECT, key)?;
    Ok(())
}

/// What a row says of an object in the store.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ObjectRow {
    /// `writing`, `kept` or `discarded`.
    pub state: String,
    /// The upload it belongs to.
    pub upload_id: UploadId,
    /// `original`, `tail` or `rendition`.
    pub kind: String,
}

/// The row of an object in the store, if any.
pub async fn find_object(tx: &mut Tx, key: &str) -> DbResult<Option<ObjectRow>> {
    db::maybe!(tx, ObjectRow, FIND_OBJECT, key)
}

/// Objects that should be there, after `key`, in order: key, kind, state, upload.
pub async fn list_objects(tx: &mut Tx, after: &str) -> DbResult<Vec<(String, String, String, String)>> {
    db::all!(tx, (String, String, String, String), LIST_OBJECTS, after)
}

const FIND_BY_SPOOL: &str =
    "select id, item_id, submission_id, object_id, state, declared, kept, spooled, generation, server, spool,
        holder, tail_key, tail_start, length, sealed_length, object_key, multipart, alarm, verified_us, sent_again
    from upload
    where server = $1 and spool = $2";

/// The upload whose bytes lie under this name in this server's spool.
pub async fn find_by_spool(tx: &mut Tx, server: &str, spool: &str) -> DbResult<Option<UploadRow>> {
    db::maybe!(tx, UploadRow, FIND_BY_SPOOL, server, spool)
}

const ADOPT: &str = "insert into upload
        (id, item_id, submission_id, object_id, state, kept, spooled, generation, server, spool, holder, length,
        sealed_length, object_key, created_us, touched_us, stored_us)
    values ($1, $2, $3, $4, 'stored', $5, $5, 0, '', $1, '', $5, $6, $7, $8, $8, $8)";

/// Writes down an upload for an object that was found in the store without one.
#[expect(clippy::too_many_arguments, reason = "each is a column of the one row")]
pub async fn adopt(
    tx: &mut Tx,
    id: &UploadId,
    item: &ItemId,
    submission: &SubmissionId,
    object: &str,
    length: i64,
    sealed_length: i64,
    object_key: &str,
    now: Moment,
) -> DbResult<()> {
    db::run!(tx, ADOPT, id, item, submission, object, length, sealed_length, object_key, now)?;
    Ok(())
}
