//! Whether a file was recorded on our own page, as that page said when the upload began: a claim of a browser's.

use super::metadata;
use crate::db::{self, DbResult, Tx};
use crate::id::{ItemId, UploadId};
use crate::storage::keys::SubmissionKey;

const NOTES: &str = "select id, notes_sealed from upload where item_id = $1";

/// Whether the page on which people record themselves says that it made an item's file.
pub async fn was_recorded_here(tx: &mut Tx, key: &SubmissionKey, item: &ItemId) -> DbResult<bool> {
    let found = db::maybe!(tx, (UploadId, Option<Vec<u8>>), NOTES, item)?;
    let notes = found.and_then(|(id, sealed)| key.open("upload", "notes_sealed", id.as_str(), &sealed?).ok());
    Ok(notes.is_some_and(|notes| metadata::says_recorded(&notes)))
}
