//! The folder that one file is worked on in. It holds the only plaintext that Heard ever writes to a disk, and is gone when
//! the work is: by the one who made it, or, where that was killed, by whoever sweeps next. A lock on a file in it says that
//! somebody is still there.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;

use crate::id::random;

/// Bytes of the disk that are left to others.
const SPARE: u64 = 256 << 20;

/// A folder for one file's work.
#[derive(Debug)]
pub struct Workshop {
    folder: PathBuf,
    /// Held as long as somebody works here.
    lock: File,
}

impl Workshop {
    /// Makes a folder of its own under `root`, which only this program's user may read, for an original of this length.
    /// Refused where the disk has not twice that and a bit: the original, its copies, and room for others.
    pub fn open(root: &Path, length: u64) -> io::Result<Workshop> {
        private().recursive(true).create(root)?;
        let disk = rustix::fs::statvfs(root)?;
        if disk.f_bavail.saturating_mul(disk.f_frsize) < length.saturating_mul(2).saturating_add(SPARE) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let folder = root.join(HEXLOWER.encode(&random::<12>()));
        // Made and locked under another name first, so that nobody sweeps it away between the two.
        let draft = root.join(format!("{}.new", HEXLOWER.encode(&random::<12>())));
        private().create(&draft)?;
        let lock = File::create(draft.join("lock"))?;
        lock.lock()?;
        private().create(draft.join("copies"))?;
        fs::rename(&draft, &folder)?;
        Ok(Workshop { folder, lock })
    }

    /// Where the original is laid.
    pub fn original(&self) -> PathBuf {
        self.folder.join("original")
    }

    /// Where the copies are made.
    pub fn copies(&self) -> PathBuf {
        self.folder.join("copies")
    }

    /// Where a copy is sealed before it is put into the store.
    pub fn sealed(&self) -> PathBuf {
        self.folder.join("sealed")
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        if let Err(error) = remove(&self.folder) {
            tracing::error!(cause = %error, "a folder for work could not be removed; the next sweep does it");
        }
        let _ = self.lock.unlock();
    }
}

/// Removes a folder; one that is not there is gone already.
fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

fn private() -> fs::DirBuilder {
    let mut builder = fs::DirBuilder::new();
    builder.mode(0o700);
    builder
}

/// Takes away what workers left that are no more, and says how many folders that were. A draft of a folder that is being
/// made this moment has no lock yet; it is left alone for an hour.
pub fn sweep(root: &Path) -> io::Result<usize> {
    let entries = match fs::read_dir(root) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        entries => entries?,
    };
    let mut swept = 0;
    for entry in entries.flatten() {
        let path = entry.path();
        let is_draft = path.extension().is_some_and(|end| end == "new");
        let old = entry
            .metadata()
            .and_then(|facts| facts.modified())
            .is_ok_and(|at| at.elapsed().is_ok_and(|age| age.as_secs() > 3600));
        let left = match File::open(path.join("lock")) {
            Ok(lock) => lock.try_lock().is_ok(),
            Err(_) => true,
        };
        if left && (!is_draft || old) {
            remove(&path)?;
            swept += 1;
        }
    }
    Ok(swept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_works_in_is_swept_away() {
        let root = tempfile::tempdir().expect("a folder");
        let root = root.path().join("preparing");
        assert_eq!(sweep(&root).expect("sweeps"), 0);
        let used = Workshop::open(&root, 100).expect("opens");
        fs::write(used.original(), b"a child's voice").expect("writes");
        let left = Workshop::open(&root, 100).expect("opens");
        let place = left.folder.clone();
        fs::write(left.copies().join("a.jpg"), b"x").expect("writes");
        // As a kill leaves it: the lock is gone and the folder is not.
        left.lock.unlock().expect("unlocks");
        assert!(place.exists());
        assert_eq!(sweep(&root).expect("sweeps"), 1);
        assert!(!place.exists() && used.original().exists());
        std::mem::forget(left);
        drop(used);
        assert_eq!(fs::read_dir(&root).expect("lists").count(), 0);
    }

    #[test]
    fn a_disk_without_room_is_no_place_to_work() {
        let root = tempfile::tempdir().expect("a folder");
        assert_eq!(Workshop::open(root.path(), u64::MAX / 4).expect_err("no room").kind(), io::ErrorKind::StorageFull);
        assert_eq!(fs::read_dir(root.path()).expect("lists").count(), 0);
    }
}
