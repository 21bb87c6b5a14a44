//! Where bytes are kept and what they are sealed with.
//!
//! [`Store`] is a folder ([`Disk`]) or a bucket ([`S3`]); [`ObjectKey`] says where each object lives in it; [`keys`]
//! holds what everything is sealed with. Both kinds of store promise the same: when `put`, `adopt` or `complete` says
//! yes, the bytes are durable there; a read gives them back in pieces and never gathers them. What an original is
//! (which upload, which item) belongs to the features above.

use std::ops::Range;
use std::path::Path;

use anyhow::Result;
use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt;
use futures_util::stream::BoxStream;

use crate::config::{Config, StorageChoice};
use crate::jobs::JobError;

pub use self::disk::Disk;
pub use self::object_key::{ForeignPath, ObjectKey, ObjectName};
pub use self::s3::{ConfirmedPart, ListedPart, OpenUpload, S3};

mod disk;
pub mod key_archive;
pub mod key_copies;
pub mod keys;
pub mod lifecycle;
mod master;
mod object_key;
pub mod rotation;
mod s3;
pub mod seal;
pub mod sealed;

/// What can go wrong between us and the store, sorted by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// There is no such object, or no such multipart upload.
    #[error("there is nothing at that place in the store")]
    NotFound,
    /// The store does not answer, or says that it is busy: trying again later may well succeed.
    #[error("the store does not answer")]
    Unavailable(#[source] anyhow::Error),
    /// The disk or the bucket is full.
    #[error("the store is full")]
    Full,
    /// The store does not let us: wrong credentials, no such bucket, a read-only disk.
    #[error("the store refuses: {0}")]
    Refused(String),
    /// Bytes did not arrive as they were sent.
    #[error("the store received other bytes than were sent")]
    Altered,
    /// Anything else: a fault of ours or of the store.
    #[error("the store gave an error")]
    Fault(#[source] anyhow::Error),
}

impl StorageError {
    /// Whether trying again in a while may help without anything being changed.
    pub fn is_passing(&self) -> bool {
        matches!(self, StorageError::Unavailable(_) | StorageError::Full | StorageError::Refused(_))
    }
}

impl From<StorageError> for JobError {
    fn from(error: StorageError) -> JobError {
        if error.is_passing() { JobError::Wait(error.into()) } else { JobError::Retry(error.into()) }
    }
}

/// The result of everything that asks the store.
pub type StorageResult<T> = Result<T, StorageError>;

/// An object's bytes, piece by piece.
pub type ByteStream = BoxStream<'static, StorageResult<Bytes>>;

/// Objects, in the order of their paths within each folder.
pub type Listing = BoxStream<'static, StorageResult<Listed>>;

/// What the store knows of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectFacts {
    /// Its length in bytes, as it lies there (sealed).
    pub length: u64,
    /// What was given to [`S3::create`] as its mark; none on disk.
    pub mark: Option<String>,
}

/// One line of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The object's path, which may be foreign.
    pub path: String,
    /// Its length in bytes.
    pub length: u64,
    /// When it was last written, in seconds since 1970.
    pub modified: i64,
}

/// The place where originals, tails and key copies are kept. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Store {
    /// A folder.
    Disk(Disk),
    /// A bucket.
    S3(S3),
}

impl Store {
    /// Opens the store that the settings name. A folder is made where it is missing; a bucket is not asked anything yet.
    pub async fn open(config: &Config) -> Result<Store> {
        Ok(match &config.storage {
            StorageChoice::Disk(folder) => Store::Disk(Disk::open(folder).await?),
            StorageChoice::S3 { bucket, endpoint, region, path_style } => {
                Store::S3(S3::open(bucket, endpoint.as_deref(), region, *path_style)?)
            }
        })
    }

    /// Writes a small object whole. Putting the same key again replaces it, which only key copies do.
    pub async fn put(&self, key: &ObjectKey, bytes: Bytes) -> StorageResult<()> {
        match self {
            Store::Disk(disk) => disk.put(key, bytes).await,
            Store::S3(s3) => s3.put(key, bytes).await,
        }
    }

    /// Writes a file of any size whole, by one question. `sha256` is the digest of its bytes; whoever puts it reads it back.
    pub async fn put_file(&self, key: &ObjectKey, file: &Path, length: u64, sha256: &[u8; 32]) -> StorageResult<()> {
        match self {
            Store::Disk(disk) => disk.put_file(key, file).await,
            Store::S3(s3) => s3.put_file_range(key, file, 0..length, sha256).await,
        }
    }

    /// What is known of an object; [`StorageError::NotFound`] when there is none.
    pub async fn head(&self, key: &ObjectKey) -> StorageResult<ObjectFacts> {
        match self {
            Store::Disk(disk) => disk.head(key).await,
            Store::S3(s3) => s3.head(key).await,
        }
    }

    /// The bytes of `range`, in pieces, by one question. An object that ends earlier ends the stream earlier: the
    /// caller counts.
    pub async fn get_range(&self, key: &ObjectKey, range: Range<u64>) -> StorageResult<ByteStream> {
        if range.is_empty() {
            return Ok(Box::pin(futures_util::stream::empty()));
        }
        match self {
            Store::Disk(disk) => disk.get_range(key, range).await,
            Store::S3(s3) => s3.get_range(key, range).await,
        }
    }

    /// A small object whole; one that is larger than `limit` is a fault.
    pub async fn get_small(&self, key: &ObjectKey, limit: u64) -> StorageResult<Bytes> {
        let length = self.head(key).await?.length;
        if length > limit {
            return Err(StorageError::Fault(anyhow::anyhow!(
                "an object of {length} bytes where at most {limit} belong"
            )));
        }
        let mut pieces = self.get_range(key, 0..length).await?;
        let mut bytes = BytesMut::new();
        while let Some(piece) = pieces.try_next().await? {
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes.freeze())
    }

    /// Takes an object away. One that is not there is gone already.
    pub async fn delete(&self, key: &ObjectKey) -> StorageResult<()> {
        match self {
            Store::Disk(disk) => disk.delete(key).await,
            Store::S3(s3) => s3.delete(key).await,
        }
    }

    /// Every object whose path begins with `prefix`, which ends with `/` or is empty.
    pub fn list(&self, prefix: &str) -> Listing {
        match self {
            Store::Disk(disk) => disk.list(prefix),
            Store::S3(s3) => s3.list(prefix),
        }
    }

    /// Writes, reads and deletes a small object: what `heard check` and `/health/ready` ask.
    pub async fn check(&self) -> StorageResult<()> {
        let key = ObjectKey::new_tail();
        let bytes = Bytes::copy_from_slice(&crate::id::random::<32>());
        self.put(&key, bytes.clone()).await?;
        let read = self.get_small(&key, 64).await;
        self.delete(&key).await?;
        if read? == bytes { Ok(()) } else { Err(StorageError::Altered) }
    }
}
