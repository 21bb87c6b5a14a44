//! `GET /uploads` and `GET /uploads/{id}`: what is there of this draft's files, for the script on its page.
//!
//! This is the contract that the script is written against. Both need `Tus-Resumable: 1.0.0`, like every address here, and
//! the draft's own cookie; anybody else gets 403 (no visit, or one that was idle: the code opens it again) or 404.
//!
//! ```json
//! {
//!   "part": 8388608,
//!   "limits": { "files": 50, "bytes": 10737418240, "files_left": 49, "bytes_left": 10702418240 },
//!   "uploads": [{
//!     "address": "/uploads/0193…",
//!     "item": "/tell/items/0193…",
//!     "number": 1,
//!     "name": "clip.mp4",
//!     "length": 35000000,
//!     "kept": 20000000,
//!     "state": "unfinished",
//!     "sha256": ["9f86d0…", "3e2c11…"]
//!   }]
//! }
//! ```
//!
//! - `uploads` holds every file that is not sent yet and was not removed, in the order in which they were begun, those
//!   that came by the form among them.
//! - `name` is what the sender's device called it, or null. `length` is null while it is not known (a recording, a form
//!   that broke off).
//! - `kept` bytes are promised: they are never lost, and sending goes on there.
//! - `state` is one of
//!   - `arriving`: a request is bringing bytes now (perhaps in another tab);
//!   - `unfinished`: it stopped; HEAD and PATCH `address` go on, whatever device asks;
//!   - `whole`: every byte is safe; our storage has not confirmed yet, and that needs nobody's help;
//!   - `here`: "We have it"; `checked`: "We checked it".
//! - `sha256[n]` is the digest, in hexadecimal, of the bytes from `n × part` up to `(n + 1) × part` or to the end of what
//!   is kept. In the list, the piece after the last whole part has none yet, so the array may be one short; the address of
//!   the one upload gives that too, as the whole object above. A digest that cannot be told just now is null: then only
//!   the bytes before it can be compared.
//!
//! **Before going on with a file that was chosen again**, the script gets the one upload, and compares the digest of each
//! stretch of the file with the list. If all are equal, it sends from `kept`. If any differs, or the file is shorter than
//! `kept`, it is another file (or the phone has made it anew): the script says so, removes the unfinished upload by
//! DELETE, and begins a new one. If `length` is known and differs while all digests are equal, the same holds.
//!
//! **Limits** are for checking a size before sending: a file may have at most `bytes_left` bytes. An upload whose length is
//! known counts in full, also while it is unfinished.

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use data_encoding::HEXLOWER;
use serde_json::{Value, json};

use super::address;
use super::answers::{answer, set};
use crate::evidence;
use crate::evidence::routes::address as item_address;
use crate::id::UploadId;
use crate::intake::store::{self, UploadRow};
use crate::intake::{Arrival, Intake, IntakeError, IntakeResult, Standing};
use crate::storage::keys::SubmissionKey;
use crate::storage::sealed::DIGEST_PART;
use crate::web::Submitter;

/// Every file of the submission that is not sent yet.
pub(super) async fn list(intake: &Intake, submitter: &Submitter) -> IntakeResult<Response> {
    let site = intake.site();
    let mut tx = site.db.read().await?;
    let key = site.keys.submission(&mut tx, &submitter.submission).await?.ok_or(IntakeError::Closed)?;
    let items = evidence::store::list(&mut tx, &submitter.submission).await?;
    let rows = store::list_by_submission(&mut tx, &submitter.submission).await?;
    let digests = store::list_digests_of(&mut tx, &submitter.submission).await?;
    let (files, bytes) = store::used(&mut tx, &submitter.submission).await?;
    drop(tx);
    let mut uploads = Vec::new();
    for item in items.iter().filter(|item| item.sent_us.is_none()) {
        let Some(row) = rows.iter().find(|row| row.item_id == item.id) else { continue };
        let of_row = digests.iter().filter(|(upload, ..)| *upload == row.id);
        let parts = whole_parts(row, of_row.map(|(_, part, sha256)| (*part, sha256.as_slice())));
        uploads.extend(describe(intake, &key, item, row, parts));
    }
    let most = &site.config.settings;
    let limits = json!({
        "files": most.submission_files,
        "bytes": most.submission_bytes,
        "files_left": most.submission_files.saturating_sub(files),
        "bytes_left": most.submission_bytes.saturating_sub(bytes),
    });
    let all = json!({ "part": DIGEST_PART, "limits": limits, "uploads": uploads });
    Ok(as_json(&all))
}

fn as_json(value: &Value) -> Response {
    let mut response = answer(StatusCode::OK).map(|_| axum::body::Body::from(value.to_string()));
    set(response.headers_mut(), CONTENT_TYPE, "application/json");
    response
}

/// One file, with the digest of everything that is kept of it.
pub(super) async fn one(intake: &Intake, submitter: &Submitter, standing: Standing) -> IntakeResult<Response> {
    if standing.sent {
        return Err(IntakeError::NotFound);
    }
    let id = standing.upload.id;
    let read_back = read_digests(intake, &id).await?;
    let site = intake.site();
    let mut tx = site.db.read().await?;
    let key = site.keys.submission(&mut tx, &submitter.submission).await?.ok_or(IntakeError::Closed)?;
    let item = evidence::store::find(&mut tx, &standing.upload.item).await?.ok_or(IntakeError::NotFound)?;
    let row = store::find(&mut tx, &id).await?.ok_or(IntakeError::NotFound)?;
    let recorded = store::list_digests(&mut tx, &id).await?;
    drop(tx);
    let parts = match read_back {
        Some(digests) => digests.into_iter().map(|sha256| sha256.map(|sha256| HEXLOWER.encode(&sha256))).collect(),
        None => whole_parts(&row, recorded.iter().map(|(part, sha256)| (*part, sha256.as_slice()))),
    };
    let told = describe(intake, &key, &item, &row, parts).ok_or(IntakeError::Gone)?;
    Ok(as_json(&told))
}

/// Reads back what no row has the digest of. None where nobody may be disturbed: somebody is bringing bytes right now, or
/// it is whole, and every digest is recorded.
async fn read_digests(intake: &Intake, id: &UploadId) -> IntakeResult<Option<Vec<Option<[u8; 32]>>>> {
    let row = {
        let mut tx = intake.site().db.read().await?;
        store::find(&mut tx, id).await?.ok_or(IntakeError::NotFound)?
    };
    if row.state != "open" || intake.is_written_now(&row) {
        return Ok(None);
    }
    let mut writer = match intake.writer(id).await {
        Err(IntakeError::Whole) => return Ok(None),
        writer => writer?,
    };
    let digests = writer.digests().await;
    crate::intake::resumable::end_or_finish(writer).await?;
    digests.map(Some)
}

/// The digests of what is kept that are recorded, one for each part.
fn whole_parts<'a>(row: &UploadRow, recorded: impl Iterator<Item = (i64, &'a [u8])> + Clone) -> Vec<Option<String>> {
    let kept = row.kept.unsigned_abs();
    let parts = if row.state == "open" { kept / DIGEST_PART } else { kept.div_ceil(DIGEST_PART) };
    let digest = |part: u64| {
        recorded.clone().find(|(known, _)| *known == part as i64).map(|(_, sha256)| HEXLOWER.encode(sha256))
    };
    (0..parts).map(digest).collect()
}

fn describe(
    intake: &Intake,
    key: &SubmissionKey,
    item: &evidence::store::Item,
    row: &UploadRow,
    sha256: Vec<Option<String>>,
) -> Option<Value> {
    let state = match intake.arrival_of(row)? {
        Arrival::Arriving if row.state == "whole" => "whole",
        Arrival::Arriving => "arriving",
        Arrival::Unfinished { .. } => "unfinished",
        Arrival::Here { checked: false } => "here",
        Arrival::Here { checked: true } => "checked",
    };
    Some(json!({
        "address": address(&row.id),
        "item": item_address(&item.id),
        "number": item.number,
        "name": item.name(key),
        "length": row.length.or(row.declared),
        "kept": row.kept,
        "state": state,
        "sha256": sha256,
    }))
}
