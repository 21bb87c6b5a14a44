//! What communication files are made of, read without trust: letters, JSON, XML, zip and SQLite. Each gives what can be
//! read of a damaged file, and says where it stopped. Nothing here knows what a board or a log is.

pub(super) mod json;
pub(super) mod sqlite;
pub(super) mod text;
pub(super) mod xml;
pub(super) mod zip;

use std::os::unix::fs::FileExt;

/// Bytes that can be looked at anywhere: a file that stays where it is, or bytes in memory.
pub trait Source {
    /// How many bytes there are.
    fn length(&self) -> u64;
    /// Puts the bytes from `at` on into `into`, and says how many there were; fewer only at the end or where the file
    /// cannot be read.
    fn read_at(&self, at: u64, into: &mut [u8]) -> usize;

    /// Up to `most` bytes from `at` on.
    fn bytes(&self, at: u64, most: usize) -> Vec<u8> {
        let there = self.length().saturating_sub(at).min(most as u64);
        let mut bytes = vec![0; usize::try_from(there).unwrap_or(0)];
        let read = self.read_at(at, &mut bytes);
        bytes.truncate(read);
        bytes
    }
}

impl Source for &[u8] {
    fn length(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> usize {
        let from = usize::try_from(at).unwrap_or(usize::MAX).min(self.len());
        let count = into.len().min(self.len() - from);
        into[..count].copy_from_slice(&self[from..from + count]);
        count
    }
}

impl Source for std::fs::File {
    fn length(&self) -> u64 {
        self.metadata().map_or(0, |facts| facts.len())
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> usize {
        let mut read = 0;
        while read < into.len() {
            match FileExt::read_at(self, &mut into[read..], at + read as u64) {
                Ok(0) => break,
                Ok(more) => read += more,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        read
    }
}

/// A number of `N` bytes, the smallest part first, where they are there.
pub(super) fn little<const N: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let part = bytes.get(at..at.checked_add(N)?)?;
    Some(part.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// A number of `N` bytes, the largest part first, where they are there.
pub(super) fn big<const N: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let part = bytes.get(at..at.checked_add(N)?)?;
    Some(part.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}
