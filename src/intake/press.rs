//! What of a writer works on threads for blocking work: gathers, seals, digests, writes.
//!
//! Every segment number is given out once by the run's sealer. Which run it is, and what is recorded, is [`super::writer`].

use std::ops::Range;
use std::sync::Arc;

use ring::digest::{Context, SHA256};

use super::spool::SpoolFile;
use crate::storage::keys::ItemKey;
use crate::storage::seal::{self, ObjectId, Opener, RunSealer, RunTable, SEALED_SEGMENT, SEGMENT, TAG};
use crate::storage::sealed::{DIGEST_PART, bytes_of};

/// Segments that are gathered before they are sealed and written together.
pub(super) const BLOCK: usize = 4;
/// Segments that one part digest covers.
pub(super) const DIGEST_SEGMENTS: u64 = DIGEST_PART / SEGMENT as u64;

/// Four segments being gathered, each with room for its tag.
pub(super) struct Block {
    pub(super) bytes: Vec<u8>,
    pub(super) first: u64,
    pub(super) plain: usize,
}

impl Block {
    pub(super) fn new(first: u64) -> Block {
        Block { bytes: vec![0; BLOCK * SEALED_SEGMENT], first, plain: 0 }
    }

    pub(super) fn emptied(self, first: u64) -> Block {
        Block { first, plain: 0, ..self }
    }

    pub(super) fn is_full(&self) -> bool {
        self.plain == BLOCK * SEGMENT
    }

    /// Takes as much as there is room for, and says how much.
    pub(super) fn take(&mut self, bytes: &[u8]) -> usize {
        let mut taken = 0;
        while taken < bytes.len() && !self.is_full() {
            let (segment, within) = (self.plain / SEGMENT, self.plain % SEGMENT);
            let count = (SEGMENT - within).min(bytes.len() - taken);
            let place = segment * SEALED_SEGMENT + within;
            self.bytes[place..place + count].copy_from_slice(&bytes[taken..taken + count]);
            self.plain += count;
            taken += count;
        }
        taken
    }

    pub(super) fn full_segments(&self) -> usize {
        self.plain / SEGMENT
    }

    pub(super) fn piece(&self) -> &[u8] {
        let place = self.full_segments() * SEALED_SEGMENT;
        &self.bytes[place..place + self.plain % SEGMENT]
    }
}

/// What works on threads for blocking work: seals, digests, writes.
pub(super) struct Press {
    pub(super) file: Arc<SpoolFile>,
    pub(super) key: ItemKey,
    pub(super) object: ObjectId,
    pub(super) runs: RunTable,
    pub(super) sealer: Option<RunSealer>,
    pub(super) next: u64,
    /// The digest of the current 8 MiB, if this writer has seen it from its beginning.
    pub(super) digest: Option<Context>,
    pub(super) digests: Vec<(u64, [u8; 32])>,
}

impl Press {
    /// Seals and writes segments of a block: the full ones, and with `last` the shorter one after them too.
    pub(super) fn press(&mut self, block: &mut Block, last: bool) -> std::io::Result<()> {
        let full = block.full_segments();
        let piece = if last { block.plain % SEGMENT } else { 0 };
        let lengths = std::iter::repeat_n(SEGMENT, full).chain((piece > 0).then_some(piece));
        let mut ends = Vec::new();
        for (at, length) in lengths.enumerate() {
            let place = at * SEALED_SEGMENT;
            let room = &mut block.bytes[place..place + length + TAG];
            if self.next.is_multiple_of(DIGEST_SEGMENTS) {
                self.digest = Some(Context::new(&SHA256));
            }
            if let Some(digest) = &mut self.digest {
                digest.update(&room[..length]);
            }
            let sealer = self.sealer.as_mut().expect("a run is begun before anything is sealed");
            self.next = sealer.seal(room) + 1;
            if self.next.is_multiple_of(DIGEST_SEGMENTS) {
                ends.push((self.next, self.digest.take()));
            }
        }
        let end = full * SEALED_SEGMENT + if piece > 0 { piece + TAG } else { 0 };
        self.file.write_at(&block.bytes[..end], seal::segment_start(block.first))?;
        for (after, digest) in ends {
            let part = (after - 1) / DIGEST_SEGMENTS;
            let sha256 = match digest {
                Some(digest) => bytes_of(digest),
                None => self.read_digest(part, after, 0)?,
            };
            self.digests.push((part, sha256));
        }
        Ok(())
    }

    /// The digests that are not recorded: the last part's, which may be shorter than 8 MiB, and those of parts that a
    /// request which died wrote without recording.
    pub(super) fn end_digests(&mut self, length: u64, recorded: &[u64]) -> std::io::Result<()> {
        for part in 0..length.div_ceil(DIGEST_PART) {
            let here = self.digests.iter().any(|(digested, _)| *digested == part);
            if here || recorded.contains(&part) {
                continue;
            }
            let is_short = length < (part + 1) * DIGEST_PART;
            let sha256 = match if is_short { self.digest.take() } else { None } {
                Some(digest) => bytes_of(digest),
                None if is_short => {
                    let piece = (length % SEGMENT as u64) as usize;
                    self.read_digest(part, seal::segment_count(length), piece)?
                }
                None => self.read_digest(part, (part + 1) * DIGEST_SEGMENTS, 0)?,
            };
            self.digests.push((part, sha256));
        }
        Ok(())
    }

    /// The digest of a part whose beginning an earlier request wrote: read back from the spool, every segment opened.
    pub(super) fn read_digest(&self, part: u64, after: u64, last_length: usize) -> std::io::Result<[u8; 32]> {
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
