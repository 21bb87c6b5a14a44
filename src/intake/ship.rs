//! Bringing sealed bytes from the spool to the store, and looking that they arrived.
//!
//! A folder gets the finished file by a rename: no copy. A bucket gets parts of 128 whole segments while the upload still
//! goes on, so that the end is near when the last byte comes; no slow phone ever holds a request to the bucket open. A
//! part's row is committed before the part is sent, with the digest of its sealed bytes; its number stands for those
//! bytes for ever, and Complete lists only rows that the bucket has confirmed. Nothing is taken as stored because "an
//! object exists there": its footer must open under our key, for our object, with our length.

use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt;
use ring::digest::{Context, SHA256};

use super::store::{self, PartRow, UploadRow};
use super::{Intake, IntakeError, IntakeResult, jobs, place_of};
use crate::clock::{HOUR, SECOND};
use crate::db::Tx;
use crate::evidence;
use crate::id::UploadId;
use crate::jobs as work;
use crate::media::sniff::{self, LOOKS_AT, Recognised};
use crate::memory::GOES_BACK;
use crate::storage::seal::SEALED_SEGMENT;
use crate::storage::sealed::{SealedObject, bytes_of, open_object};
use crate::storage::{ConfirmedPart, ObjectKey, S3, StorageError, Store};

/// Sealed bytes of a part: 128 whole segments, which hold 8 MiB of plaintext.
pub const PART: u64 = 128 * SEALED_SEGMENT as u64;
/// Times that an object is sent again before the log says that a person must look at the store.
const LOOK_AT_THE_STORE: i64 = 3;
/// Parts of one upload that are sent side by side.
const SIDE_BY_SIDE: usize = 4;

/// The sealed bytes from the object's beginning that the store has confirmed without a gap.
pub(super) fn confirmed_end(parts: &[PartRow]) -> u64 {
    let mut end = 0;
    for part in parts {
        if part.start != end || !part.is_confirmed() {
            break;
        }
        end = part.end();
    }
    end.unsigned_abs()
}

/// Sends the whole parts that are spooled by now, in the background.
pub(super) fn go_on(intake: &Intake, id: &UploadId) {
    if !matches!(intake.site().store, Store::S3(_)) {
        return;
    }
    let (intake, id) = (intake.clone(), id.clone());
    tokio::spawn(async move {
        let lock = lock_of(&intake, &id);
        // Whoever is sending already looks again before it stops.
        let Ok(_turn) = lock.try_lock() else { return };
        if let Err(error) = send_whole_parts(&intake, &id).await {
            tracing::warn!(upload = id.as_str(), cause = %error, "parts wait for the store");
        }
    });
}

fn lock_of(intake: &Intake, id: &UploadId) -> Arc<tokio::sync::Mutex<()>> {
    let mut ships = intake.0.ships.lock().unwrap_or_else(PoisonError::into_inner);
    ships.retain(|_, lock| Arc::strong_count(lock) > 1);
    ships.entry(id.clone()).or_default().clone()
}

async fn send_whole_parts(intake: &Intake, id: &UploadId) -> IntakeResult<()> {
    let Store::S3(s3) = &intake.site().store else { return Ok(()) };
    loop {
        let row = find(intake, id).await?;
        let spooled = row.spooled.unsigned_abs() / crate::storage::seal::SEGMENT as u64 * SEALED_SEGMENT as u64;
        let parts = parts_of(intake, &row).await?;
        let sent = parts.last().map_or(0, |part| part.end().unsigned_abs());
        let unconfirmed = parts.iter().any(|part| !part.is_confirmed());
        let open = row.state == "open" && row.server == intake.spool().server();
        if !open || (!unconfirmed && spooled < sent + PART) {
            return Ok(());
        }
        send_parts(intake, s3, &row, parts, spooled / PART * PART, PART).await?;
    }
}

/// Sends everything of an upload that is whole in the spool, before its row says so: several servers, of which another
/// may have to complete it. Gives the place.
pub(super) async fn send_all(intake: &Intake, id: &UploadId, footer: u64, total: u64) -> IntakeResult<ObjectKey> {
    let lock = lock_of(intake, id);
    let _turn = lock.lock().await;
    let Store::S3(s3) = &intake.site().store else { return Err(IntakeError::Damaged) };
    send_rest(intake, s3, id, footer, total).await
}

async fn send_rest(intake: &Intake, s3: &S3, id: &UploadId, footer: u64, total: u64) -> IntakeResult<ObjectKey> {
    let row = find(intake, id).await?;
    if row.multipart.is_none() && total <= PART {
        return put_at_once(intake, s3, &row, total).await;
    }
    let mut parts = parts_of(intake, &row).await?;
    // A footer is made anew when finishing is tried again, so a part that holds an older one is void.
    if let Some(last) = parts.last().filter(|part| part.end().unsigned_abs() > footer) {
        let range = last.start.unsigned_abs()..last.end().unsigned_abs().min(total);
        let same = last.end().unsigned_abs() == total && sha256_of(intake, &row, range).await?[..] == last.sha256[..];
        if !same {
            let mut tx = intake.site().db.write().await?;
            store::void_parts(&mut tx, id, footer as i64).await?;
            tx.commit().await?;
            parts.pop();
        }
    }
    send_parts(intake, s3, &row, parts, total, 1).await?;
    let row = find(intake, id).await?;
    Ok(place_of(&row)?.0)
}

/// One request for a file that is smaller than a part.
async fn put_at_once(intake: &Intake, s3: &S3, row: &UploadRow, total: u64) -> IntakeResult<ObjectKey> {
    let place = match &row.object_key {
        Some(_) => place_of(row)?.0,
        None => {
            let place = ObjectKey::new_original();
            let mut tx = intake.site().db.write().await?;
            let now = intake.site().clock.now();
            store::insert_object(&mut tx, &place.path(), &row.id, "original", now).await?;
            tx.commit().await?;
            place
        }
    };
    let sha256 = sha256_of(intake, row, 0..total).await?;
    let _permit = intake.0.in_flight.acquire().await.map_err(|_| IntakeError::Superseded)?;
    s3.put_file_range(&place, &intake.spool().body(&row.spool), 0..total, &sha256).await?;
    Ok(place)
}

/// Sends parts up to the sealed byte `upto`: those that wait for their confirmation, then new ones of at least `least`
/// bytes.
async fn send_parts(
    intake: &Intake,
    s3: &S3,
    row: &UploadRow,
    parts: Vec<PartRow>,
    upto: u64,
    least: u64,
) -> IntakeResult<()> {
    let (place, multipart) = multipart_of(intake, s3, row).await?;
    let sent = parts.last().map_or(0, |part| part.end().unsigned_abs());
    let mut waiting: Vec<(i64, Range<u64>, [u8; 32])> = Vec::new();
    for part in parts.iter().filter(|part| !part.is_confirmed()) {
        let range = part.start.unsigned_abs()..part.end().unsigned_abs();
        let sha256 = sha256_of(intake, row, range.clone()).await?;
        if sha256[..] != part.sha256[..] {
            return Err(IntakeError::Damaged);
        }
        waiting.push((part.number, range, sha256));
    }
    let mut next = sent;
    loop {
        while waiting.len() < SIDE_BY_SIDE && upto.saturating_sub(next) >= least {
            let range = next..(next + PART).min(upto);
            next = range.end;
            let sha256 = sha256_of(intake, row, range.clone()).await?;
            waiting.push((write_down_part(intake, row, &multipart, &range, &sha256).await?, range, sha256));
        }
        if waiting.is_empty() {
            return Ok(());
        }
        let batch = waiting.drain(..waiting.len().min(SIDE_BY_SIDE));
        let path = intake.spool().body(&row.spool);
        let sending = batch.map(|(number, range, sha256)| {
            send_part(intake, s3, &row.id, &place, &multipart, &path, number, range, sha256)
        });
        futures_util::future::try_join_all(sending.collect::<Vec<_>>()).await?;
    }
}

async fn write_down_part(
    intake: &Intake,
    row: &UploadRow,
    multipart: &str,
    range: &Range<u64>,
    sha256: &[u8; 32],
) -> IntakeResult<i64> {
    let mut tx = intake.site().db.write().await?;
    if !store::hold_for_server(&mut tx, &row.id, intake.spool().server()).await? {
        return Err(IntakeError::Superseded);
    }
    let (start, length) = (range.start as i64, (range.end - range.start) as i64);
    let number = store::insert_part(&mut tx, &row.id, multipart, start, length, sha256).await?;
    tx.commit().await?;
    Ok(number)
}

#[expect(clippy::too_many_arguments, reason = "a part is all of these")]
async fn send_part(
    intake: &Intake,
    s3: &S3,
    id: &UploadId,
    place: &ObjectKey,
    multipart: &str,
    path: &Path,
    number: i64,
    range: Range<u64>,
    sha256: [u8; 32],
) -> IntakeResult<()> {
    let _permit = intake.0.in_flight.acquire().await.map_err(|_| IntakeError::Superseded)?;
    let confirmed = s3.upload_part(place, multipart, number as i32, path, range, &sha256).await?;
    let mut tx = intake.site().db.write().await?;
    store::confirm_part(&mut tx, id, multipart, number, &confirmed.etag).await?;
    tx.commit().await?;
    Ok(())
}

/// The multipart upload that parts go to; its name is written down before the first part.
async fn multipart_of(intake: &Intake, s3: &S3, row: &UploadRow) -> IntakeResult<(ObjectKey, String)> {
    if let Some(multipart) = &row.multipart {
        return Ok((place_of(row)?.0, multipart.clone()));
    }
    let site = intake.site();
    let place = match (&row.object_key, row.state.as_str()) {
        (Some(_), "whole") => place_of(row)?.0,
        _ => {
            let place = ObjectKey::new_original();
            let mut tx = site.db.write().await?;
            store::insert_object(&mut tx, &place.path(), &row.id, "original", site.clock.now()).await?;
            tx.commit().await?;
            place
        }
    };
    let multipart = s3.create(&place, row.id.as_str()).await?;
    let mut tx = site.db.write().await?;
    store::note_multipart(&mut tx, &place.path(), &multipart).await?;
    let server = intake.spool().server();
    let mine = store::set_multipart(&mut tx, &row.id, &place.path(), &multipart, server).await?;
    tx.commit().await?;
    if !mine {
        s3.abort(&place, &multipart).await?;
        return Err(IntakeError::Superseded);
    }
    Ok((place, multipart))
}

async fn find(intake: &Intake, id: &UploadId) -> IntakeResult<UploadRow> {
    let mut tx = intake.site().db.read().await?;
    store::find(&mut tx, id).await?.ok_or(IntakeError::NotFound)
}

async fn parts_of(intake: &Intake, row: &UploadRow) -> IntakeResult<Vec<PartRow>> {
    let Some(multipart) = &row.multipart else { return Ok(Vec::new()) };
    let mut tx = intake.site().db.read().await?;
    Ok(store::list_parts(&mut tx, &row.id, multipart).await?)
}

/// SHA-256 of sealed bytes in the spool, read piece by piece.
async fn sha256_of(intake: &Intake, row: &UploadRow, range: Range<u64>) -> IntakeResult<[u8; 32]> {
    use std::os::unix::fs::FileExt;
    let path = intake.spool().body(&row.spool);
    intake
        .blocking(move || {
            let file = std::fs::File::open(path)?;
            let mut digest = Context::new(&SHA256);
            let mut room = vec![0; 256 * 1024];
            let mut at = range.start;
            while at < range.end {
                let count = room.len().min((range.end - at) as usize);
                file.read_exact_at(&mut room[..count], at)?;
                digest.update(&room[..count]);
                at += count as u64;
            }
            Ok(bytes_of(digest))
        })
        .await
}

/// With several servers: puts what is in no confirmed part into the store, and only then promises it.
pub(super) async fn promise_tail(
    intake: &Intake,
    id: &UploadId,
    generation: i64,
    body_end: u64,
    record: Vec<u8>,
) -> IntakeResult<()> {
    let lock = lock_of(intake, id);
    let _turn = lock.lock().await;
    send_whole_parts(intake, id).await?;
    let row = find(intake, id).await?;
    let start = confirmed_end(&parts_of(intake, &row).await?);
    let site = intake.site();
    if start >= body_end && record.is_empty() {
        let mut tx = site.db.write().await?;
        let mine = store::promise_tail(&mut tx, id, generation, None, start as i64).await?;
        tx.commit().await?;
        return if mine { Ok(()) } else { Err(IntakeError::Superseded) };
    }
    let place = ObjectKey::new_tail();
    let mut tx = site.db.write().await?;
    store::insert_object(&mut tx, &place.path(), id, "tail", site.clock.now()).await?;
    tx.commit().await?;
    {
        let _permit = intake.0.in_flight.acquire().await.map_err(|_| IntakeError::Superseded)?;
        let bytes = tail_object(intake, &row, start..body_end.max(start), record).await?;
        site.store.put(&place, bytes).await?;
    }
    let mut tx = site.db.write().await?;
    let mine = store::promise_tail(&mut tx, id, generation, Some(&place.path()), start as i64).await?;
    if mine {
        store::keep_object(&mut tx, &place.path()).await?;
        store::discard_tails(&mut tx, id, &place.path(), site.clock.now()).await?;
    }
    tx.commit().await?;
    delete_discarded_later(intake, id);
    if mine { Ok(()) } else { Err(IntakeError::Superseded) }
}

/// A tail object: the length of its segments (u64), the segments, and the tail record. At most one part and a bit.
async fn tail_object(intake: &Intake, row: &UploadRow, range: Range<u64>, record: Vec<u8>) -> IntakeResult<Bytes> {
    use std::os::unix::fs::FileExt;
    let path = intake.spool().body(&row.spool);
    intake
        .blocking(move || {
            let segments = (range.end - range.start) as usize;
            let mut bytes = Vec::with_capacity((8 + segments + record.len()).max(GOES_BACK));
            bytes.resize(8 + segments, 0);
            bytes[..8].copy_from_slice(&(segments as u64).to_be_bytes());
            std::fs::File::open(path)?.read_exact_at(&mut bytes[8..], range.start)?;
            bytes.extend_from_slice(&record);
            Ok(Bytes::from(bytes))
        })
        .await
}

/// The segments and the tail record of a tail object. What they hold is proved when they open.
pub(super) async fn fetch_tail(intake: &Intake, path: &str) -> IntakeResult<(Vec<u8>, Vec<u8>)> {
    let place: ObjectKey = path.parse().map_err(|_| IntakeError::Damaged)?;
    let bytes = intake.site().store.get_small(&place, 2 * PART + 1024).await?;
    let (length, rest) = bytes.split_at_checked(8).ok_or(IntakeError::Damaged)?;
    let length = u64::from_be_bytes(length.try_into().map_err(|_| IntakeError::Damaged)?);
    let (segments, record) = rest.split_at_checked(length as usize).ok_or(IntakeError::Damaged)?;
    Ok((segments.to_vec(), record.to_vec()))
}

/// Brings a whole upload to the store as far as that answers soon, and says whether it has confirmed. Whatever goes wrong
/// there goes on by itself: every byte is safe, and the sender can do nothing about it.
pub(super) async fn store_soon(intake: &Intake, id: &UploadId) -> IntakeResult<bool> {
    let (its_intake, its_id) = (intake.clone(), id.clone());
    let storing = tokio::spawn(async move {
        match store_whole(&its_intake, &its_id).await {
            // The bucket had forgotten its multipart upload: it begins again from the spool, at once.
            Err(IntakeError::Store(StorageError::NotFound)) => store_whole(&its_intake, &its_id).await,
            stored => stored,
        }
    });
    let patience = Duration::from_secs(intake.site().config.settings.store_patience);
    match tokio::time::timeout(patience, storing).await {
        Ok(Ok(Ok(()))) => return Ok(true),
        Ok(Ok(Err(IntakeError::Gone))) => return Err(IntakeError::Gone),
        Ok(Ok(Err(error))) if error.is_passing() => {
            tracing::warn!(upload = id.as_str(), cause = %error, "the store does not confirm yet; it is tried again");
        }
        Ok(Ok(Err(error))) => {
            tracing::error!(upload = id.as_str(), cause = %error, "the store gives an error; it is tried again");
        }
        Ok(Err(join)) => return Err(IntakeError::Spool(std::io::Error::other(join))),
        Err(_) => tracing::warn!(upload = id.as_str(), "the store takes its time; its sender does not wait for it"),
    }
    note_safe(intake, id).await?;
    Ok(false)
}

/// Writes down that every byte of a whole upload is safe with us, so that its sender is told so while the store is away.
pub(super) async fn note_safe(intake: &Intake, id: &UploadId) -> IntakeResult<()> {
    let mut tx = intake.site().db.write().await?;
    if let Some(row) = store::find(&mut tx, id).await?.filter(|row| row.state == "whole")
        && let Some(length) = row.length
    {
        evidence::store::record_safe(&mut tx, &row.item_id, length).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Brings a whole upload to the store, looks that it arrived, and records that we have it. Running it twice is harmless.
pub(super) async fn store_whole(intake: &Intake, id: &UploadId) -> IntakeResult<()> {
    let lock = lock_of(intake, id);
    let _turn = lock.lock().await;
    let row = find(intake, id).await?;
    match row.state.as_str() {
        "whole" => {}
        "stored" => return Ok(()),
        "removed" => return Err(IntakeError::Gone),
        _ => return Err(IntakeError::NotFound),
    }
    let sent = match &intake.site().store {
        Store::Disk(disk) => disk.adopt(&intake.spool().body(&row.spool), &place_of(&row)?.0).await.map_err(Into::into),
        Store::S3(s3) => send_and_complete(intake, s3, &row).await,
    };
    // Whatever was answered: what counts is what lies there.
    let row = find(intake, id).await?;
    match (look(intake, &row).await, sent) {
        (Ok((object, recognised)), _) => record_stored(intake, &row, &object, recognised).await,
        (Err(_), Err(error)) => Err(error),
        (Err(IntakeError::Store(StorageError::Altered)), Ok(())) => {
            ship_again(intake, &row, "the store gave back other bytes").await?;
            Err(IntakeError::Store(StorageError::Altered))
        }
        (Err(error), Ok(())) => Err(error),
    }
}

async fn send_and_complete(intake: &Intake, s3: &S3, row: &UploadRow) -> IntakeResult<()> {
    let total = row.sealed_length.ok_or(IntakeError::Damaged)?.unsigned_abs();
    let footer = crate::storage::seal::sealed_length(row.length.ok_or(IntakeError::Damaged)?.unsigned_abs());
    let parts = parts_of(intake, row).await?;
    if confirmed_end(&parts) < total {
        // Another server's spool has the rest, or a single request brought it already.
        if !intake.spool().has(&row.spool) {
            return Err(IntakeError::Elsewhere);
        }
        match send_rest(intake, s3, &row.id, footer, total).await {
            // The bucket has forgotten the multipart upload: begin it again, from the spool.
            Err(IntakeError::Store(StorageError::NotFound)) if row.multipart.is_some() => {
                ship_again(intake, row, "the bucket had forgotten the parts").await?;
                return Err(IntakeError::Store(StorageError::NotFound));
            }
            sent => sent?,
        };
    }
    let row = find(intake, &row.id).await?;
    let Some(multipart) = &row.multipart else { return Ok(()) };
    let parts = parts_of(intake, &row).await?;
    if confirmed_end(&parts) != total {
        return Err(IntakeError::Damaged);
    }
    let confirmed: Vec<ConfirmedPart> = parts.into_iter().map(confirmed_part).collect::<IntakeResult<_>>()?;
    s3.complete(&place_of(&row)?.0, multipart, &confirmed).await?;
    Ok(())
}

fn confirmed_part(part: PartRow) -> IntakeResult<ConfirmedPart> {
    Ok(ConfirmedPart {
        number: part.number as i32,
        etag: part.etag.ok_or(IntakeError::Damaged)?,
        sha256: part.sha256.try_into().map_err(|_| IntakeError::Damaged)?,
    })
}

/// Opens what lies in the store, and says what it is.
async fn look(intake: &Intake, row: &UploadRow) -> IntakeResult<(SealedObject, Recognised)> {
    let site = intake.site();
    let mut tx = site.db.read().await?;
    let key = intake.item_key(&mut tx, row).await?;
    drop(tx);
    let (place, object) = place_of(row)?;
    let opened = open_object(&site.store, &key, &place, &object).await?;
    if Some(opened.length as i64) != row.length {
        return Err(IntakeError::Store(StorageError::Altered));
    }
    let recognised = recognise(&opened).await?;
    Ok((opened, recognised))
}

/// What an original is, by its beginning and its end.
pub(super) async fn recognise(object: &SealedObject) -> IntakeResult<Recognised> {
    let head = gather(object, 0..LOOKS_AT as u64).await?;
    let tail = gather(object, object.length.saturating_sub(LOOKS_AT as u64)..object.length).await?;
    Ok(sniff::recognise(&head, &tail, object.length))
}

async fn gather(object: &SealedObject, range: Range<u64>) -> IntakeResult<Bytes> {
    let bytes = object.range(range).try_fold(BytesMut::new(), |mut all, piece| async move {
        all.extend_from_slice(&piece);
        Ok(all)
    });
    Ok(bytes.await?.freeze())
}

async fn record_stored(
    intake: &Intake,
    row: &UploadRow,
    object: &SealedObject,
    recognised: Recognised,
) -> IntakeResult<()> {
    let site = intake.site();
    let now = site.clock.now();
    let place = place_of(row)?.0.path();
    let mut tx = site.db.write().await?;
    if !store::record_stored(&mut tx, &row.id, &place, now).await? {
        return Err(IntakeError::Gone);
    }
    let kind = evidence::Kind::parse(recognised.kind.name()).unwrap_or(evidence::Kind::Unknown);
    evidence::store::record_content(&mut tx, &row.item_id, kind, recognised.media_type).await?;
    evidence::store::record_received(&mut tx, &row.item_id, object.length as i64, now).await?;
    store::keep_object(&mut tx, &place).await?;
    store::discard_others(&mut tx, &row.id, &place, now).await?;
    work::enqueue(&mut tx, jobs::VERIFY, row.id.as_str(), now, now).await?;
    tx.commit().await?;
    site.jobs.wake();
    delete_discarded_later(intake, &row.id);
    if matches!(site.store, Store::Disk(_)) {
        let (spool, name) = (intake.spool().clone(), row.spool.clone());
        // The body was renamed away; its slots are of no use any more.
        let _ = intake.blocking(move || spool.delete(&name)).await;
    }
    Ok(())
}

/// The wait before the whole object is sent again for the n-th time after the first: 10 seconds, then twice as long each
/// time, up to six hours.
fn wait_before_again(sent_again: i64) -> i64 {
    match u32::try_from(sent_again) {
        Ok(0) | Err(_) => 0,
        Ok(times) => (10 * SECOND).saturating_mul(1 << (times - 1).min(20)).min(6 * HOUR),
    }
}

/// Sends the whole object to another place, because what lies at the first is not what was sealed. The first time at
/// once; a store that keeps giving back other bytes is given more and more time, and each time the operator is told.
pub(super) async fn ship_again(intake: &Intake, row: &UploadRow, alarm: &str) -> IntakeResult<()> {
    let mut tx = intake.site().db.write().await?;
    ship_again_in(&mut tx, intake, row, alarm).await?;
    tx.commit().await?;
    Ok(())
}

/// [`ship_again`] as part of a larger change.
pub(super) async fn ship_again_in(tx: &mut Tx, intake: &Intake, row: &UploadRow, alarm: &str) -> IntakeResult<()> {
    let now = intake.site().clock.now();
    let wait = wait_before_again(row.sent_again);
    let place = ObjectKey::new_original().path();
    store::insert_object(tx, &place, &row.id, "original", now).await?;
    store::store_again(tx, &row.id, &place, alarm, now.plus(wait)).await?;
    let (times, wait_seconds) = (row.sent_again + 1, wait / SECOND);
    tracing::error!(upload = row.id.as_str(), alarm, times, wait_seconds, "an original is sent to the store again");
    if times >= LOOK_AT_THE_STORE {
        tracing::error!(
            upload = row.id.as_str(),
            times,
            "the store keeps giving back other bytes: a person must look at it; the original is safe in this server's spool"
        );
    }
    Ok(())
}

/// Takes an upload's discarded objects out of the store.
pub(super) async fn delete_discarded(intake: &Intake, id: &UploadId) -> IntakeResult<()> {
    let mut tx = intake.site().db.read().await?;
    let discarded = store::list_discarded(&mut tx, id).await?;
    drop(tx);
    for (path, multipart) in discarded {
        delete_object(intake, &path, multipart.as_deref()).await?;
    }
    Ok(())
}

/// Takes one discarded object, and what there is of its parts, out of the store; then its row.
pub(super) async fn delete_object(intake: &Intake, path: &str, multipart: Option<&str>) -> IntakeResult<()> {
    let site = intake.site();
    let place: ObjectKey = path.parse().map_err(|_| IntakeError::Damaged)?;
    if let Store::S3(s3) = &site.store {
        give_up_parts(s3, &place, multipart).await?;
    }
    site.store.delete(&place).await?;
    let mut tx = site.db.write().await?;
    store::forget_object(&mut tx, path).await?;
    tx.commit().await?;
    Ok(())
}

/// Gives up the multipart uploads of an object: the one that was written down, and one whose name never was, because a
/// server ended between beginning it and writing it down; or that a late part brought back.
async fn give_up_parts(s3: &S3, place: &ObjectKey, multipart: Option<&str>) -> IntakeResult<()> {
    if let Some(multipart) = multipart {
        s3.abort(place, multipart).await?;
    }
    if let ObjectKey::Original(_) = place {
        let path = place.path();
        for open in s3.list_uploads(&path).await?.into_iter().filter(|open| open.path == path) {
            s3.abort(place, &open.upload_id).await?;
        }
    }
    Ok(())
}

fn delete_discarded_later(intake: &Intake, id: &UploadId) {
    let (intake, id) = (intake.clone(), id.clone());
    tokio::spawn(async move {
        if let Err(error) = delete_discarded(&intake, &id).await {
            tracing::info!(upload = id.as_str(), cause = %error, "discarded objects stay for the reconciler");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_alters_bytes_is_given_more_and_more_time() {
        let waits: Vec<i64> = (0..5).map(|times| wait_before_again(times) / SECOND).collect();
        assert_eq!(waits, [0, 10, 20, 40, 80]);
        assert_eq!([wait_before_again(40), wait_before_again(400)], [6 * HOUR; 2]);
    }
}
