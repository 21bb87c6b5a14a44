//! Sealed objects in the store, opened: their length, any range of their plaintext, and the read-back of the whole.
//!
//! Opening costs two questions (how long, and the end with the footer); a range costs one, however large the object is.
//! Nothing is gathered: a reader holds one segment and whatever piece the store gave last. How the bytes lie is
//! [`seal`](super::seal); who may read is for the features above.

use std::ops::Range;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, TryStreamExt};
use ring::digest::{Context, SHA256};

use super::keys::ItemKey;
use super::seal::{self, ObjectId, Opener, RunTable, SEALED_SEGMENT, SEGMENT, TRAILER, Trailer};
use super::{ByteStream, ObjectKey, StorageError, StorageResult, Store};

/// Bytes of the original that one part digest covers.
pub const DIGEST_PART: u64 = 8 << 20;

/// How much of an object's end is fetched at first: nearly every footer is shorter.
const FIRST_LOOK: u64 = 32 * 1024;

/// A complete object in the store whose footer has opened.
#[derive(Clone, Debug)]
pub struct SealedObject {
    /// Bytes of the original.
    pub length: u64,
    store: Store,
    place: ObjectKey,
    item_key: ItemKey,
    object: ObjectId,
    runs: RunTable,
}

/// Opens the object at `place`, which must be the object `object` and complete. Bytes that were changed, cut, or belong
/// to another object are [`StorageError::Altered`].
pub async fn open_object(
    store: &Store,
    item_key: &ItemKey,
    place: &ObjectKey,
    object: &ObjectId,
) -> StorageResult<SealedObject> {
    let total = store.head(place).await?.length;
    let end = read_end(store, place, total).await?;
    let footer = seal::open_footer(item_key, object, &end).map_err(|_| StorageError::Altered)?;
    let trailer = Trailer::read(&end[end.len() - TRAILER..]).map_err(|_| StorageError::Altered)?;
    if total != seal::sealed_length(footer.length) + (trailer.footer_length + TRAILER) as u64 {
        return Err(StorageError::Altered);
    }
    Ok(SealedObject {
        length: footer.length,
        store: store.clone(),
        place: place.clone(),
        item_key: item_key.clone(),
        object: object.clone(),
        runs: footer.runs,
    })
}

/// What an object's clear end claims: which object it is and which key sealed it. For objects that no row knows.
pub async fn read_trailer(store: &Store, place: &ObjectKey) -> StorageResult<Trailer> {
    let total = store.head(place).await?.length;
    let start = total.saturating_sub(TRAILER as u64);
    let end = gather(store.get_range(place, start..total).await?, total - start).await?;
    Trailer::read(&end).map_err(|_| StorageError::Altered)
}

async fn read_end(store: &Store, place: &ObjectKey, total: u64) -> StorageResult<Bytes> {
    let start = total.saturating_sub(FIRST_LOOK);
    let end = gather(store.get_range(place, start..total).await?, total - start).await?;
    let clear = end.len().checked_sub(TRAILER).ok_or(StorageError::Altered)?;
    let trailer = Trailer::read(&end[clear..]).map_err(|_| StorageError::Altered)?;
    let wanted = (trailer.footer_length + TRAILER) as u64;
    if wanted <= total - start {
        return Ok(end);
    }
    let start = total.checked_sub(wanted).ok_or(StorageError::Altered)?;
    gather(store.get_range(place, start..total).await?, wanted).await
}

async fn gather(mut pieces: ByteStream, length: u64) -> StorageResult<Bytes> {
    let mut bytes = BytesMut::with_capacity(length as usize);
    while let Some(piece) = pieces.try_next().await? {
        bytes.extend_from_slice(&piece);
    }
    if bytes.len() as u64 == length { Ok(bytes.freeze()) } else { Err(StorageError::Altered) }
}

/// What a read-back of the whole object found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadBack {
    /// SHA-256 of each [`DIGEST_PART`] of the original, in order.
    pub parts: Vec<[u8; 32]>,
    /// SHA-256 of the whole original.
    pub whole: [u8; 32],
    /// CRC-32 of the whole original, for zip files.
    pub crc: u32,
}

impl SealedObject {
    /// The bytes of `range`, cut to the object's length, by one question to the store.
    pub fn range(&self, range: Range<u64>) -> impl Stream<Item = StorageResult<Bytes>> + Send + 'static {
        let range = range.start.min(self.length)..range.end.min(self.length);
        let reading = Reading {
            at: range.start,
            end: range.end.max(range.start),
            object: self.clone(),
            opener: Opener::new(&self.item_key, &self.object, self.runs.clone()),
            pieces: None,
            gathered: BytesMut::new(),
        };
        futures_util::stream::try_unfold(reading, |mut reading| async move {
            Ok(reading.next().await?.map(|plain| (plain, reading)))
        })
    }

    /// Reads the whole object back and opens every segment. An error of [`StorageError::Altered`] means that it is not
    /// what was sealed.
    pub async fn read_back(&self) -> StorageResult<ReadBack> {
        let (mut whole, mut part) = (Context::new(&SHA256), Context::new(&SHA256));
        let (mut parts, mut read, mut crc) = (Vec::new(), 0u64, crc32fast::Hasher::new());
        let mut pieces = std::pin::pin!(self.range(0..self.length));
        // Pieces are segments, and a part is a whole number of them.
        while let Some(piece) = pieces.try_next().await? {
            whole.update(&piece);
            part.update(&piece);
            crc.update(&piece);
            read += piece.len() as u64;
            if read.is_multiple_of(DIGEST_PART) || read == self.length {
                parts.push(bytes_of(std::mem::replace(&mut part, Context::new(&SHA256))));
            }
        }
        if read == self.length {
            Ok(ReadBack { parts, whole: bytes_of(whole), crc: crc.finalize() })
        } else {
            Err(StorageError::Altered)
        }
    }
}

/// The digest as an array.
pub fn bytes_of(context: Context) -> [u8; 32] {
    context.finish().as_ref().try_into().expect("SHA-256 gives 32 bytes")
}

struct Reading {
    at: u64,
    end: u64,
    object: SealedObject,
    opener: Opener,
    pieces: Option<ByteStream>,
    gathered: BytesMut,
}

impl Reading {
    /// The plaintext of the next segment that the range touches.
    async fn next(&mut self) -> StorageResult<Option<Bytes>> {
        if self.at >= self.end {
            return Ok(None);
        }
        let segment = self.at / SEGMENT as u64;
        if self.pieces.is_none() {
            let last = (self.end - 1) / SEGMENT as u64;
            let end = seal::segment_start(last + 1).min(seal::sealed_length(self.object.length));
            let range = seal::segment_start(segment)..end;
            self.pieces = Some(self.object.store.get_range(&self.object.place, range).await?);
        }
        let plain_start = segment * SEGMENT as u64;
        let plain_length = (self.object.length - plain_start).min(SEGMENT as u64);
        let mut sealed = self.take(plain_length as usize + seal::TAG).await?;
        debug_assert!(sealed.len() <= SEALED_SEGMENT);
        self.opener.open(segment, &mut sealed).map_err(|_| StorageError::Altered)?;
        sealed.truncate(plain_length as usize);
        let (from, to) = (self.at - plain_start, (self.end - plain_start).min(plain_length));
        self.at = plain_start + to;
        Ok(Some(sealed.freeze().slice(from as usize..to as usize)))
    }

    async fn take(&mut self, length: usize) -> StorageResult<BytesMut> {
        let pieces = self.pieces.as_mut().ok_or(StorageError::Altered)?;
        while self.gathered.len() < length {
            match pieces.try_next().await? {
                Some(piece) => self.gathered.extend_from_slice(&piece),
                None => return Err(StorageError::Altered),
            }
        }
        Ok(self.gathered.split_to(length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::Disk;
    use crate::storage::seal::{Footer, Run, RunSealer};

    async fn stored(plain: &[u8]) -> (tempfile::TempDir, Store, ItemKey, ObjectKey, ObjectId) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::Disk(Disk::open(folder.path()).await.expect("opens"));
        let (key, object) = (ItemKey::from_secret([3; 32]), ObjectId::from_bytes([4; 16]));
        let mut runs = RunTable::default();
        let mut sealed = Vec::new();
        for (number, piece) in plain.chunks(SEGMENT).enumerate() {
            // A run for each segment, so that the footer grows too.
            let run = Run { first: number as u64, salt: [number as u8; 32] };
            runs.begin(run);
            let mut room = [piece, &[0; seal::TAG]].concat();
            RunSealer::begin(&key, &object, run).seal(&mut room);
            sealed.extend_from_slice(&room);
        }
        let footer = Footer { length: plain.len() as u64, runs };
        sealed.extend_from_slice(&seal::seal_footer(&key, &object, "key", &footer, [9; 32]));
        let place = ObjectKey::new_original();
        store.put(&place, sealed.into()).await.expect("puts");
        (folder, store, key, place, object)
    }

    async fn all(stream: impl Stream<Item = StorageResult<Bytes>>) -> Vec<u8> {
        stream
            .try_fold(Vec::new(), |mut all, piece| async move {
                all.extend_from_slice(&piece);
                Ok(all)
            })
            .await
            .expect("reads")
    }

    #[tokio::test]
    async fn any_range_comes_back() {
        let plain: Vec<u8> = (0..3 * SEGMENT + 777).map(|at| (at / 7) as u8).collect();
        let (_folder, store, key, place, object) = stored(&plain).await;
        let opened = open_object(&store, &key, &place, &object).await.expect("opens");
        assert_eq!(opened.length, plain.len() as u64);
        for (start, end) in [
            (0, plain.len()),
            (0, 1),
            (SEGMENT - 1, SEGMENT + 1),
            (SEGMENT, 2 * SEGMENT),
            (190_000, 190_000),
            (196_000, 999_999),
        ] {
            let expected = &plain[start.min(plain.len())..end.min(plain.len())];
            assert_eq!(all(opened.range(start as u64..end as u64)).await, expected, "{start}..{end}");
        }
        let found = opened.read_back().await.expect("matches");
        assert_eq!(
            found.whole,
            bytes_of({
                let mut c = Context::new(&SHA256);
                c.update(&plain);
                c
            })
        );
        assert_eq!(found.parts, [found.whole]);
        assert_eq!(read_trailer(&store, &place).await.expect("reads").object, object);
    }

    #[tokio::test]
    async fn a_long_footer_and_an_empty_file_open() {
        let plain = vec![1; 900 * SEGMENT];
        let (_folder, store, key, place, object) = stored(&plain).await;
        let opened = open_object(&store, &key, &place, &object).await.expect("opens");
        let found = opened.read_back().await.expect("matches");
        assert_eq!(found.parts.len(), plain.len().div_ceil(DIGEST_PART as usize));
        let (_folder, store, key, place, object) = stored(b"").await;
        let opened = open_object(&store, &key, &place, &object).await.expect("opens");
        assert_eq!(opened.read_back().await.expect("matches").parts.len(), 0);
    }

    #[tokio::test]
    async fn what_was_changed_or_is_another_object_is_refused() {
        let (folder, store, key, place, object) = stored(&vec![5; 2 * SEGMENT]).await;
        let other = ObjectId::from_bytes([5; 16]);
        assert!(matches!(open_object(&store, &key, &place, &other).await, Err(StorageError::Altered)));
        let file = folder.path().join("objects").join(place.path());
        let mut bytes = std::fs::read(&file).expect("is there");
        bytes[70_000] ^= 1;
        std::fs::write(&file, &bytes).expect("writes");
        let opened = open_object(&store, &key, &place, &object).await.expect("the end is whole");
        assert!(matches!(opened.read_back().await, Err(StorageError::Altered)));
        std::fs::write(&file, &bytes[..bytes.len() - 5]).expect("writes");
        assert!(matches!(open_object(&store, &key, &place, &object).await, Err(StorageError::Altered)));
        std::fs::write(&file, b"short").expect("writes");
        assert!(matches!(open_object(&store, &key, &place, &object).await, Err(StorageError::Altered)));
        let nowhere = ObjectKey::new_original();
        assert!(matches!(open_object(&store, &key, &nowhere, &object).await, Err(StorageError::NotFound)));
    }
}
