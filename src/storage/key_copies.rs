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
    if look(db, key_id).await?.is_none() {
        erase(store, key_id).await?;
    }
    Ok(())
}

/// The job [`super::keys::ERASE_KEY_COPY`]: takes every copy of one key out of the store.
pub async fn erase(store: &Store, key_id: &str) -> StorageResult<()> {
    let copies: Vec<_> = store.list(&ObjectKey::key_copies_prefix(key_id)).try_collect().await?;
    for copy in copies {
        if let Ok(place) = copy.path.parse() {
            store.delete(&place).await?;
        }
    }
    Ok(())
}

async fn look(db: &Db, key_id: &str) -> DbResult<Option<WrappedKey>> {
    let mut tx = db.read().await?;
    find(&mut tx, key_id).await
}
