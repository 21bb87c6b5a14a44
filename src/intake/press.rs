//! What of a writer works on threads for blocking work: gathers, digests, seals, writes.
//!
//! A block is digested and sealed at the same time, on two threads: without instructions for SHA-256 a processor takes
//! longer over the digest than over all the rest. Every segment number is given out once by the run's sealer. Which run it
//! is, and what is recorded, is [`super::writer`].

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use ring::digest::{Context, SHA256};

use super::spool::SpoolFile;
use crate::storage::keys::ItemKey;
use crate::storage::seal::{self, ObjectId, Opener, RunSealer, RunTable, SEALED_SEGMENT, SEGMENT, TAG};
use crate::storage::sealed::{DIGEST_PART, bytes_of};

/// Segments that are gathered before they are sealed and written together.
pub(super) const BLOCK: usize = 4;
/// Rooms for blocks that are kept for the next who needs one: 4 MiB.
const ROOMS: usize = 16;
/// Segments that one part digest covers.
const DIGEST_SEGMENTS: u64 = DIGEST_PART / SEGMENT as u64;

/// Room for blocks, shared by the uploads of a process: one that waits for its phone holds no more than the block that it
/// gathers.
#[derive(Default)]
pub(super) struct Rooms(Mutex<Vec<Vec<u8>>>);

impl Rooms {
    /// Empty room for a block, sealed or not.
    pub(super) fn take(&self) -> Vec<u8> {
        let free = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        free.unwrap_or_else(|| Vec::with_capacity(BLOCK * SEALED_SEGMENT))
    }

    /// Takes room back that is not used any more.
    pub(super) fn give(&self, mut room: Vec<u8>) {
        room.clear();
        let mut free = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if free.len() < ROOMS {
            free.push(room);
        }
    }
}

/// Up to four segments of plaintext, as they come.
pub(super) struct Block {
    pub(super) bytes: Vec<u8>,
    pub(super) first: u64,
}

impl Block {
    pub(super) fn is_full(&self) -> bool {
        self.bytes.len() == BLOCK * SEGMENT
    }

    /// Takes as much as there is room for, and says how much.
    pub(super) fn take(&mut self, bytes: &[u8]) -> usize {
        let taken = bytes.len().min(BLOCK * SEGMENT - self.bytes.len());
        self.bytes.extend_from_slice(&bytes[..taken]);
        taken
    }

    /// The full segments, and with `last` the shorter one after them too.
    pub(super) fn segments(&self, last: bool) -> &[u8] {
        if last { &self.bytes } else { &self.bytes[..self.bytes.len() / SEGMENT * SEGMENT] }
    }

    /// What follows the full segments.
    pub(super) fn piece(&self) -> &[u8] {
        &self.bytes[self.segments(false).len()..]
    }
}

/// SHA-256 of each part of 8 MiB, while its bytes pass by.
pub(super) struct Digests {
    /// The segment that passes next.
    next: u64,
    /// The part under way, if it was seen from its beginning.
    current: Option<Context>,
    /// Parts that have ended. None where the beginning was not seen.
    ended: Vec<(u64, Option<[u8; 32]>)>,
}

impl Digests {
    pub(super) fn from(segment: u64) -> Digests {
        let current = segment.is_multiple_of(DIGEST_SEGMENTS).then(|| Context::new(&SHA256));
        Digests { next: segment, current, ended: Vec::new() }
    }

    pub(super) fn pass(&mut self, block: &Block, last: bool) {
        for segment in block.segments(last).chunks(SEGMENT) {
            if self.next.is_multiple_of(DIGEST_SEGMENTS) {
                self.current = Some(Context::new(&SHA256));
            }
            if let Some(digest) = &mut self.current {
                digest.update(segment);
            }
            self.next += 1;
            if self.next.is_multiple_of(DIGEST_SEGMENTS) {
                self.ended.push((self.next / DIGEST_SEGMENTS - 1, self.current.take().map(bytes_of)));
            }
        }
    }

    /// The parts that have ended since this was asked last.
    pub(super) fn take_ended(&mut self) -> Vec<(u64, Option<[u8; 32]>)> {
        std::mem::take(&mut self.ended)
    }

    /// The digest of the part under way, if it was seen from its beginning.
    pub(super) fn take_current(&mut self) -> Option<[u8; 32]> {
        self.current.take().map(bytes_of)
    }
}

/// What seals and writes.
pub(super) struct Press {
    pub(super) file: Arc<SpoolFile>,
    pub(super) key: ItemKey,
    pub(super) object: ObjectId,
    pub(super) runs: RunTable,
    pub(super) sealer: Option<RunSealer>,
    pub(super) next: u64,
}

impl Press {
    /// Seals a block into `room` and writes it: its full segments, and with `last` the shorter one after them too.
    pub(super) fn press(&mut self, block: &Block, last: bool, room: &mut Vec<u8>) -> std::io::Result<()> {
        let sealer = self.sealer.as_mut().expect("a run is begun before anything is sealed");
        for segment in block.segments(last).chunks(SEGMENT) {
            let place = room.len();
            room.extend_from_slice(segment);
            room.extend_from_slice(&[0; TAG]);
            self.next = sealer.seal(&mut room[place..]) + 1;
        }
        self.file.write_at(room, seal::segment_start(block.first))
    }

    /// The digests of parts that have ended, those whose beginning was not seen read back.
    pub(super) fn complete(&self, ended: Vec<(u64, Option<[u8; 32]>)>) -> std::io::Result<Vec<(u64, [u8; 32])>> {
        ended.into_iter().map(|(part, seen)| Ok((part, seen.map_or_else(|| self.read_whole(part), Ok)?))).collect()
    }

    /// The digests that are neither in `known` nor recorded: the last part's, which may be shorter than 8 MiB and is
    /// `current` if it was seen from its beginning, and those of parts that a request which died wrote without recording.
    pub(super) fn rest(
        &self,
        length: u64,
        known: &[u64],
        current: Option<[u8; 32]>,
    ) -> std::io::Result<Vec<(u64, [u8; 32])>> {
        let mut rest = Vec::new();
        for part in (0..length.div_ceil(DIGEST_PART)).filter(|part| !known.contains(part)) {
            let is_short = length < (part + 1) * DIGEST_PART;
            let sha256 = match current {
                Some(current) if is_short => current,
                _ if is_short => {
                    self.read_digest(part, seal::segment_count(length), (length % SEGMENT as u64) as usize)?
                }
                _ => self.read_whole(part)?,
            };
            rest.push((part, sha256));
        }
        Ok(rest)
    }

    /// The digest of a part of which every segment is in the spool.
    pub(super) fn read_whole(&self, part: u64) -> std::io::Result<[u8; 32]> {
        self.read_digest(part, (part + 1) * DIGEST_SEGMENTS, 0)
    }

    /// The digest of a part whose beginning an earlier request wrote: read back from the spool, every segment opened.
    fn read_digest(&self, part: u64, after: u64, last_length: usize) -> std::io::Result<[u8; 32]> {
        let mut digest = Context::new(&SHA256);
        self.read_into(&mut digest, part * DIGEST_SEGMENTS..after, last_length)?;
        Ok(bytes_of(digest))
    }

    /// The digest of what is kept of a part that is not whole; `piece` is what no segment holds yet.
    pub(super) fn read_rest(&self, part: u64, piece: &[u8]) -> std::io::Result<[u8; 32]> {
        let mut digest = Context::new(&SHA256);
        self.read_into(&mut digest, part * DIGEST_SEGMENTS..self.next, 0)?;
        digest.update(piece);
        Ok(bytes_of(digest))
    }

    /// Segments as they lie in the spool; the last one may be shorter.
    fn read_into(&self, digest: &mut Context, segments: Range<u64>, last_length: usize) -> std::io::Result<()> {
        let mut opener = Opener::new(&self.key, &self.object, self.runs.clone());
        let mut room = vec![0; SEALED_SEGMENT];
        let after = segments.end;
        for segment in segments {
            let short = segment + 1 == after && last_length > 0;
            let length = if short { last_length + TAG } else { SEALED_SEGMENT };
            let read = self.file.read_at(&mut room[..length], seal::segment_start(segment))?;
            let opened = opener.open(segment, &mut room[..read]);
            digest.update(opened.map_err(|_| std::io::Error::other("a segment in the spool does not open"))?);
        }
        Ok(())
    }
}
