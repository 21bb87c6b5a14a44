//! The spool: files on this server's disk that bytes are sealed into while they arrive.
//!
//! Each upload has a body, which is its sealed object in the making, and beside it a file with two slots for the
//! unfinished last piece (see `storage::seal`). A file is locked while a request writes it, so that two processes never
//! write one file. Everything here blocks; callers run it on threads for blocking work.
//!
//! Durability (see fsync(2) and <https://lwn.net/Articles/752063/>): an fdatasync that failed is final, because the
//! kernel may call pages clean that never reached the disk. A [`SpoolFile`] that failed once refuses every later write;
//! what the recorded offset covers is copied to a new file by [`resume`](super::resume).

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::storage::keys::ItemKey;
use crate::storage::seal::{self, ObjectId, Opener, RunTable, SEALED_SEGMENT, SEGMENT, TAIL_SLOT, Tail};

/// How long a newer request waits for the file of an older one.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// Bytes of the disk that files never take, so that what people write, and the end of what is on its way, still fits.
pub const RESERVE: u64 = 64 << 20;

/// The folder that holds the spool, and the name of the server that it belongs to.
#[derive(Clone, Debug)]
pub struct Spool {
    folder: PathBuf,
    server: String,
    /// The files whose names in the folder this process has made durable.
    names: Arc<Mutex<HashSet<PathBuf>>>,
    /// Faults of the disk, for tests.
    pub faults: Arc<Faults>,
}

/// Faults that a test asks the spool's disk for: the n-th next write or sync fails.
#[derive(Debug, Default)]
pub struct Faults {
    /// Writes until one finds the disk full; zero or less means never.
    pub full_after: AtomicI64,
    /// Syncs until one fails; zero or less means never.
    pub sync_fails_after: AtomicI64,
}

impl Faults {
    fn strikes(counter: &AtomicI64) -> bool {
        counter.load(Ordering::Relaxed) > 0 && counter.fetch_sub(1, Ordering::SeqCst) == 1
    }
}

impl Spool {
    /// Opens the folder, making it and the server's name where they are missing.
    pub fn open(folder: &Path) -> io::Result<Spool> {
        fs::create_dir_all(folder)?;
        let name = folder.join("server");
        let server = match fs::read_to_string(&name) {
            Ok(text) if !text.trim().is_empty() => text.trim().to_owned(),
            _ => {
                let made = data_encoding::HEXLOWER.encode(&crate::id::random::<8>());
                let draft = folder.join(format!("server.{made}"));
                fs::write(&draft, &made)?;
                File::open(&draft)?.sync_all()?;
                // Several processes may begin at once: the first name stays.
                let _ = fs::hard_link(&draft, &name);
                fs::remove_file(&draft)?;
                sync_folder(folder)?;
                fs::read_to_string(&name)?.trim().to_owned()
            }
        };
        if let Some(above) = folder.parent().filter(|above| !above.as_os_str().is_empty()) {
            sync_folder(above)?;
        }
        Ok(Spool { folder: folder.to_owned(), server, names: Arc::default(), faults: Arc::default() })
    }

    /// The name of the server that this folder belongs to.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// The bytes that may still be written to the disk, and those that it has in all.
    pub fn room(&self) -> io::Result<(u64, u64)> {
        let disk = rustix::fs::statvfs(&self.folder)?;
        Ok((disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize))
    }

    /// Where a file's body lies.
    pub fn body(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn slots(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.tail"))
    }

    /// Opens a file for the one writer, making it where it is missing, and waits a while for an older writer to let go.
    /// `WouldBlock` means that it did not.
    pub fn open_file(&self, name: &str) -> io::Result<SpoolFile> {
        let open =
            |path: &Path| OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path);
        let path = self.body(name);
        let body = open(&path)?;
        let begun = Instant::now();
        loop {
            match body.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if begun.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::WouldBlock.into()),
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        let slots = open(&self.slots(name))?;
        let (names, faults) = (self.names.clone(), self.faults.clone());
        let (slots_dirty, broken) = (AtomicBool::new(false), AtomicBool::new(false));
        Ok(SpoolFile { path, body, slots, names, slots_dirty, broken, faults })
    }

    /// Whether a body of that name is there.
    pub fn has(&self, name: &str) -> bool {
        self.body(name).exists()
    }

    /// Whether somebody is writing a file right now.
    pub fn is_locked(&self, name: &str) -> bool {
        File::open(self.body(name)).is_ok_and(|body| matches!(body.try_lock(), Err(TryLockError::WouldBlock)))
    }

    /// Takes a file away. One that is not there is gone already. A power cut may bring it back; whoever sweeps takes it away
    /// again.
    pub fn delete(&self, name: &str) -> io::Result<()> {
        locked(&self.names).remove(&self.body(name));
        for path in [self.body(name), self.slots(name)] {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// The names of all files in the spool, with their lengths.
    pub fn list(&self) -> io::Result<Vec<(String, u64)>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if !name.starts_with("server") && entry.file_type()?.is_file() {
                found.push((name, entry.metadata()?.len()));
            }
        }
        found.sort();
        Ok(found)
    }
}

fn leaves_the_reserve(facts: &rustix::fs::StatVfs) -> bool {
    facts.f_bavail.saturating_mul(facts.f_frsize) > RESERVE
}

fn locked(names: &Mutex<HashSet<PathBuf>>) -> MutexGuard<'_, HashSet<PathBuf>> {
    names.lock().unwrap_or_else(PoisonError::into_inner)
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// One upload's files, locked for one writer.
#[derive(Debug)]
pub struct SpoolFile {
    path: PathBuf,
    body: File,
    slots: File,
    /// The files whose names this process has made durable.
    names: Arc<Mutex<HashSet<PathBuf>>>,
    slots_dirty: AtomicBool,
    broken: AtomicBool,
    faults: Arc<Faults>,
}

impl SpoolFile {
    /// Where the body lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes sealed bytes at their place.
    pub fn write_at(&self, bytes: &[u8], place: u64) -> io::Result<()> {
        self.may_write()?;
        self.body.write_all_at(bytes, place)
    }

    /// Whether the disk has room for more than the [`RESERVE`].
    pub fn has_room(&self) -> bool {
        rustix::fs::fstatvfs(&self.body).map_or(true, |facts| leaves_the_reserve(&facts))
    }

    /// Reads sealed bytes; fewer than asked for only at the end of the file.
    pub fn read_at(&self, room: &mut [u8], place: u64) -> io::Result<usize> {
        let mut read = 0;
        while read < room.len() {
            match self.body.read_at(&mut room[read..], place + read as u64) {
                Ok(0) => break,
                Ok(more) => read += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(read)
    }

    /// Cuts off whatever lies after `length`: leftovers of a request that was never acknowledged.
    pub fn cut(&self, length: u64) -> io::Result<()> {
        self.may_write()?;
        self.body.set_len(length)
    }

    /// Bytes in the body.
    pub fn length(&self) -> io::Result<u64> {
        Ok(self.body.metadata()?.len())
    }

    /// Writes a tail record into the slot that its order gives it: never the slot of the record before.
    pub fn write_tail(&self, record: &[u8], order: u64) -> io::Result<()> {
        self.may_write()?;
        self.slots_dirty.store(true, Ordering::SeqCst);
        self.slots.write_all_at(record, order % 2 * TAIL_SLOT as u64)
    }

    /// Makes everything written so far durable.
    pub fn sync(&self) -> io::Result<()> {
        self.may_write()?;
        let mut done = self.body.sync_data();
        if done.is_ok() && self.slots_dirty.swap(false, Ordering::SeqCst) {
            done = self.slots.sync_data();
        }
        // Whoever made the file may have gone before it was synced: its name is as durable as this process made it.
        if done.is_ok() && !locked(&self.names).contains(&self.path) {
            done = self.path.parent().map_or(Ok(()), sync_folder);
            if done.is_ok() {
                locked(&self.names).insert(self.path.clone());
            }
        }
        if Faults::strikes(&self.faults.sync_fails_after) {
            done = Err(io::Error::other("a sync failed"));
        }
        if done.is_err() {
            self.broken.store(true, Ordering::SeqCst);
        }
        done
    }

    /// Whether a sync failed: nothing more may be written here.
    pub fn is_broken(&self) -> bool {
        self.broken.load(Ordering::SeqCst)
    }

    fn may_write(&self) -> io::Result<()> {
        if self.is_broken() {
            return Err(io::Error::other("an earlier sync of this file failed"));
        }
        if Faults::strikes(&self.faults.full_after) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }

    /// Both tail records that open, the newer one first.
    pub fn tails(&self, item_key: &ItemKey, object: &ObjectId) -> io::Result<Vec<Tail>> {
        let mut tails = Vec::new();
        for slot in 0..2 {
            let mut record = vec![0; TAIL_SLOT];
            let mut read = 0;
            while read < TAIL_SLOT {
                match self.slots.read_at(&mut record[read..], slot * TAIL_SLOT as u64 + read as u64)? {
                    0 => break,
                    more => read += more,
                }
            }
            tails.extend(seal::open_tail(item_key, object, &record[..read]));
        }
        tails.sort_by_key(|tail| std::cmp::Reverse(tail.order));
        Ok(tails)
    }

    /// Looks through the file: the longest row of full segments that open, from `from` on, and the tail that follows it.
    pub fn look_through(&self, item_key: &ItemKey, object: &ObjectId, runs: &RunTable, from: u64) -> io::Result<Found> {
        let mut opener = Opener::new(item_key, object, runs.clone());
        let mut room = vec![0; SEALED_SEGMENT];
        let mut segments = from;
        while self.read_at(&mut room, seal::segment_start(segments))? == SEALED_SEGMENT
            && opener.open(segments, &mut room).is_ok()
        {
            segments += 1;
        }
        let tails = self.tails(item_key, object)?;
        let last_order = tails.first().map_or(0, |tail| tail.order);
        let tail = tails.into_iter().find(|tail| tail.segment == segments);
        Ok(Found { segments, tail, last_order })
    }
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Full segments that open, counted from the object's beginning.
    pub segments: u64,
    /// The piece that follows them.
    pub tail: Option<Tail>,
    /// The highest order of any tail record.
    pub last_order: u64,
}

impl Found {
    /// Bytes of plaintext.
    pub fn offset(&self) -> u64 {
        self.segments * SEGMENT as u64 + self.tail.as_ref().map_or(0, |tail| tail.bytes.len() as u64)
    }

    /// The order for the next tail record: it never lands in the slot of the one that counts.
    pub fn tail_order(&self) -> u64 {
        self.tail.as_ref().map_or(self.last_order, |tail| tail.order)
    }
}
