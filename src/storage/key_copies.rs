//! The copies of wrapped keys in the store, so that losing the database does not lose the keys.
//!
//! A copy is as unreadable as the row it is of. It goes when the row goes: [`copy`] looks again after it wrote, so that
//! a key forgotten in that moment leaves no copy, and a crash in between runs the job again.

use bytes::Bytes;
use data_encoding::BASE64;
use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};

use super::keys::{WrappedKey, find};
use super::{ObjectKey, StorageResult, Store};
use crate::db::{Db, DbResult};
use crate::jobs::JobError;

/// A wrapped key as it lies in the store and in a key archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyCopy {
    /// The key's id.
    pub id: String,
    /// `service`, `submission` or `item`.
    pub kind: String,
    /// For an item key: its submission.
    pub parent: Option<String>,
    /// The wrapped key, in base64.
    pub wrapped: String,
    /// Which master key wrapped it; empty for item keys.
    pub master_id: String,
    /// When it was made.
    pub created_us: i64,
}

impl TryFrom<KeyCopy> for WrappedKey {
    type Error = data_encoding::DecodeError;

    fn try_from(copy: KeyCopy) -> Result<WrappedKey, Self::Error> {
        Ok(WrappedKey {
            wrapped: BASE64.decode(copy.wrapped.as_bytes())?,
            id: copy.id,
            kind: copy.kind,
            parent: copy.parent,
            master_id: copy.master_id,
            created_us: copy.created_us,
        })
    }
}

impl From<WrappedKey> for KeyCopy {
    fn from(row: WrappedKey) -> KeyCopy {
        KeyCopy {
            id: row.id,
            kind: row.kind,
            parent: row.parent,
            wrapped: BASE64.encode(&row.wrapped),
            master_id: row.master_id,
            created_us: row.created_us,
        }
    }
}

/// The job [`super::keys::COPY_KEY`]: copies one wrapped key into the store.
pub async fn copy(db: &Db, store: &Store, key_id: &str) -> Result<(), JobError> {
    let Some(row) = look(db, key_id).await? else {
        return Ok(erase(store, key_id).await?);
    };
    let place = ObjectKey::key_copy(&row.id, &row.master_id);
    let bytes = serde_json::to_vec(&KeyCopy::from(row)).map_err(anyhow::Error::from)?;
    store.put(&place, Bytes::from(bytes)).await?;
    // Copies from before the master key was changed go, and all of them when the key was forgotten meanwhile.
    let keep = look(db, key_id).await?.map(|row| ObjectKey::key_copy(&row.id, &row.master_id));
    Ok(erase_all_but(store, key_id, keep.as_ref()).await?)
}

/// The job [`super::keys::ERASE_KEY_COPY`]: takes every copy of one key out of the store.
pub async fn erase(store: &Store, key_id: &str) -> StorageResult<()> {
    erase_all_but(store, key_id, None).await
}

async fn erase_all_but(store: &Store, key_id: &str, keep: Option<&ObjectKey>) -> StorageResult<()> {
    let copies: Vec<_> = store.list(&ObjectKey::key_copies_prefix(key_id)).try_collect().await?;
    for copy in copies {
        match copy.path.parse() {
            Ok(place) if keep != Some(&place) => store.delete(&place).await?,
            _ => {}
        }
    }
    Ok(())
}

async fn look(db: &Db, key_id: &str) -> DbResult<Option<WrappedKey>> {
    let mut tx = db.read().await?;
    find(&mut tx, key_id).await
}
