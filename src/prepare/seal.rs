//! Between plaintext in the workshop and sealed objects in the store, both ways.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use futures_util::StreamExt;
use ring::digest::{Context, SHA256};
use tokio::io::AsyncWriteExt;

use crate::id::random;
use crate::jobs::JobError;
use crate::storage::keys::ItemKey;
use crate::storage::seal::{Footer, ObjectId, Run, RunSealer, RunTable, SEGMENT, TAG, seal_footer, segment_count};
use crate::storage::sealed::{SealedObject, bytes_of};

/// Lays an original open in the workshop, and gives the digest of what was laid there.
pub(super) async fn lay_open(original: &SealedObject, to: &Path) -> Result<[u8; 32], JobError> {
    let mut file = tokio::fs::File::create(to).await.map_err(room)?;
    let mut digest = Context::new(&SHA256);
    let mut pieces = Box::pin(original.range(0..original.length));
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        digest.update(&piece);
        file.write_all(&piece).await.map_err(room)?;
    }
    file.flush().await.map_err(room)?;
    Ok(bytes_of(digest))
}

/// No room is nothing that the file can help.
fn room(error: io::Error) -> JobError {
    JobError::Wait(anyhow::Error::new(error).context("the folder for work cannot be written to"))
}

/// A copy, sealed.
#[derive(Debug)]
pub(super) struct Sealed {
    /// Which object it is. Random, and never used for a second one.
    pub object: ObjectId,
    /// The copy's length.
    pub length: u64,
    /// The digest of the copy.
    pub sha256: [u8; 32],
    /// The digest of the sealed bytes.
    pub sealed_sha256: [u8; 32],
    /// Their length.
    pub sealed_length: u64,
}

/// Seals a copy into a file. One run seals it all, and its salt is in the footer: nobody ever goes on with it.
pub(super) async fn seal(key: ItemKey, key_id: String, from: PathBuf, to: PathBuf) -> Result<Sealed, JobError> {
    let sealed = tokio::task::spawn_blocking(move || seal_now(&key, &key_id, &from, &to));
    sealed.await.map_err(io::Error::other).flatten().map_err(room)
}

fn seal_now(key: &ItemKey, key_id: &str, from: &Path, to: &Path) -> io::Result<Sealed> {
    let mut file = File::create(to)?;
    let sealed = seal_into(key, key_id, File::open(from)?, &mut file)?;
    file.sync_all()?;
    Ok(sealed)
}

/// Seals everything that a source gives.
pub(super) fn seal_into(key: &ItemKey, key_id: &str, mut from: impl Read, mut to: impl Write) -> io::Result<Sealed> {
    let object = ObjectId::from_bytes(random());
    let run = Run { first: 0, salt: random() };
    let mut sealer = RunSealer::begin(key, &object, run);
    let (mut plain, mut outside) = (Context::new(&SHA256), Context::new(&SHA256));
    let (mut length, mut sealed_length) = (0_u64, 0_u64);
    let mut write = |bytes: &[u8]| {
        outside.update(bytes);
        sealed_length += bytes.len() as u64;
        to.write_all(bytes)
    };
    loop {
        let mut room = Vec::with_capacity(SEGMENT + TAG);
        from.by_ref().take(SEGMENT as u64).read_to_end(&mut room)?;
        if room.is_empty() {
            break;
        }
        plain.update(&room);
        length += room.len() as u64;
        room.resize(room.len() + TAG, 0);
        sealer.seal(&mut room);
        write(&room)?;
    }
    let runs = RunTable::in_order_of_beginning([run]).of_object(segment_count(length));
    write(&seal_footer(key, &object, key_id, &Footer { length, runs }, random()))?;
    Ok(Sealed { object, length, sha256: bytes_of(plain), sealed_sha256: bytes_of(outside), sealed_length })
}
