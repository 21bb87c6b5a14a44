//! A piece that must match its digest before it counts: up to 8 MiB beside the spool, of which only a block is in memory.
//!
//! It lies in a file without a name, sealed under a key that is only in this process's memory: when the process ends,
//! nothing is left, and nobody can read what was there. Nothing here is ever promised.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::sync::Arc;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use super::{Intake, IntakeError, IntakeResult};
use crate::id::random;

/// Bytes that are sealed together.
const BLOCK: usize = 256 * 1024;
/// Bytes that a block grows by.
const TAG: usize = 16;

/// A piece while it comes.
pub(super) struct Stage {
    intake: Intake,
    shelf: Arc<Shelf>,
    block: Vec<u8>,
    full_blocks: u64,
}

/// The piece once it is all there.
pub(super) struct Staged {
    stage: Stage,
    next: u64,
}

struct Shelf {
    file: File,
    key: LessSafeKey,
}

impl Stage {
    /// An empty stage in the spool's folder.
    pub(super) fn open(intake: &Intake) -> IntakeResult<Stage> {
        let path = intake.spool().body(&format!("server.stage.{}", data_encoding::HEXLOWER.encode(&random::<16>())));
        let file = File::options().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
        std::fs::remove_file(&path)?;
        let key = UnboundKey::new(&AES_256_GCM, &random::<32>()).map_err(|_| IntakeError::Damaged)?;
        let shelf = Shelf { file, key: LessSafeKey::new(key) };
        Ok(Stage { intake: intake.clone(), shelf: Arc::new(shelf), block: Vec::new(), full_blocks: 0 })
    }

    /// Takes bytes.
    pub(super) async fn push(&mut self, mut bytes: &[u8]) -> IntakeResult<()> {
        while !bytes.is_empty() {
            let count = (BLOCK - self.block.len()).min(bytes.len());
            self.block.reserve_exact(BLOCK + TAG - self.block.len());
            self.block.extend_from_slice(&bytes[..count]);
            bytes = &bytes[count..];
            if self.block.len() == BLOCK {
                let (shelf, number, block) = (self.shelf.clone(), self.full_blocks, std::mem::take(&mut self.block));
                self.block = self.intake.blocking(move || shelf.put(number, block)).await?;
                self.full_blocks += 1;
            }
        }
        Ok(())
    }

    /// The piece from its beginning.
    pub(super) fn read(self) -> Staged {
        Staged { stage: self, next: 0 }
    }
}

impl Staged {
    /// The next bytes; none at the end.
    pub(super) async fn next(&mut self) -> IntakeResult<Option<Vec<u8>>> {
        let number = self.next;
        self.next += 1;
        if number == self.stage.full_blocks {
            let rest = std::mem::take(&mut self.stage.block);
            return Ok((!rest.is_empty()).then_some(rest));
        }
        if number > self.stage.full_blocks {
            return Ok(None);
        }
        let shelf = self.stage.shelf.clone();
        Ok(Some(self.stage.intake.blocking(move || shelf.get(number)).await?))
    }
}

impl Shelf {
    /// Seals and writes a block, and gives its room back.
    fn put(&self, number: u64, mut block: Vec<u8>) -> io::Result<Vec<u8>> {
        let sealed = self.key.seal_in_place_append_tag(nonce(number), Aad::empty(), &mut block);
        sealed.map_err(|_| io::Error::other("a block could not be sealed"))?;
        self.file.write_all_at(&block, place(number))?;
        block.clear();
        Ok(block)
    }

    fn get(&self, number: u64) -> io::Result<Vec<u8>> {
        let mut block = vec![0; BLOCK + TAG];
        self.file.read_exact_at(&mut block, place(number))?;
        let opened = self.key.open_in_place(nonce(number), Aad::empty(), &mut block);
        let length = opened.map_err(|_| io::Error::other("a staged block does not open"))?.len();
        block.truncate(length);
        Ok(block)
    }
}

fn place(number: u64) -> u64 {
    number * (BLOCK + TAG) as u64
}

/// The key seals one piece, and each of its blocks once.
fn nonce(number: u64) -> Nonce {
    let mut bytes = [0; NONCE_LEN];
    bytes[NONCE_LEN - 8..].copy_from_slice(&number.to_be_bytes());
    Nonce::assume_unique_for_key(bytes)
}
