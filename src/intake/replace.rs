//! Another object in the place of an original: a copy from which its sender left parts out. The rows change in the
//! caller's transaction, so that nobody ever finds both or neither; the older object goes at once, and without its key
//! nobody could read it meanwhile.

use super::jobs::{ERASE, VERIFY};
use super::{IntakeError, IntakeResult, store};
use crate::clock::Moment;
use crate::db::Tx;
use crate::id::{ItemId, UploadId};
use crate::jobs as work;

/// A sealed object that is in the store, and its row in `stored_object`.
#[derive(Clone, Copy, Debug)]
pub struct Replacement<'a> {
    /// Which object it is.
    pub object_id: &'a str,
    /// Where it lies.
    pub object_key: &'a str,
    /// The length of what is sealed in it.
    pub length: i64,
    /// Its own length.
    pub sealed_length: i64,
}

/// Puts it in the place of an item's original, and has it read back. What is not in the store yet cannot be replaced.
pub async fn replace_in(tx: &mut Tx, item: &ItemId, with: Replacement<'_>, now: Moment) -> IntakeResult<()> {
    let upload = store::find_by_item(tx, item).await?.ok_or(IntakeError::Gone)?;
    if !store::replace(tx, &upload.id, with).await? {
        return Err(IntakeError::Busy);
    }
    store::keep_as_original(tx, with.object_key).await?;
    store::discard_others(tx, &upload.id, with.object_key, now).await?;
    work::enqueue(tx, ERASE, upload.id.as_str(), now, now).await?;
    work::enqueue(tx, VERIFY, upload.id.as_str(), now, now).await?;
    Ok(())
}

/// Takes an object of an upload out of the store.
pub async fn take_away(tx: &mut Tx, upload: &UploadId, object_key: &str, now: Moment) -> IntakeResult<()> {
    store::discard_object(tx, object_key, now).await?;
    work::enqueue(tx, ERASE, upload.as_str(), now, now).await?;
    Ok(())
}
