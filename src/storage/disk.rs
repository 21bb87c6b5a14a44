//! The store as a folder: `objects/` holds what is kept, `tmp/` what is being written.
//!
//! A file comes to its place only whole and synced: written under another name, fsynced, renamed, and then the folders
//! that changed are fsynced, because a name is durable only when its folder is (see fsync(2)). The spool of arriving
//! uploads lies beside, on the same file system, so that a finished file is renamed into place without a copy.

use std::fs::{self, File};
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use bytes::Bytes;
use data_encoding::HEXLOWER;
use futures_util::{StreamExt, TryStreamExt};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use super::{ByteStream, Listed, Listing, ObjectFacts, ObjectKey, StorageError, StorageResult};
use crate::id::random;

/// Bytes that a read takes from the file at once.
const PIECE: usize = 128 * 1024;
/// A file that was being written so long ago is never finished.
const FORGOTTEN: Duration = Duration::from_secs(24 * 60 * 60);

/// A folder that keeps objects.
#[derive(Clone, Debug)]
pub struct Disk {
    root: Arc<PathBuf>,
}

impl Disk {
    /// Opens the folder, making it where it is missing.
    pub async fn open(root: &Path) -> Result<Disk> {
        let disk = Disk { root: Arc::new(root.to_owned()) };
        let it = disk.clone();
        blocking(move || {
            make_folder(&it.objects())?;
            make_folder(&it.temporary())?;
            sweep_temporary(&it.temporary());
            Ok(())
        })
        .await
        .with_context(|| format!("opening the store in {}", root.display()))?;
        Ok(disk)
    }

    /// Writes a small object whole.
    pub async fn put(&self, key: &ObjectKey, bytes: Bytes) -> StorageResult<()> {
        let (draft, place) = (self.temporary().join(HEXLOWER.encode(&random::<16>())), self.place(key));
        blocking(move || {
            let written = write_synced(&draft, &bytes).and_then(|()| {
                make_parent(&place)?;
                fs::rename(&draft, &place)?;
                sync_parent(&place)
            });
            if written.is_err() {
                let _ = fs::remove_file(&draft);
            }
            written
        })
        .await
    }

    /// Writes a copy of a file, which may lie on another file system.
    pub async fn put_file(&self, key: &ObjectKey, file: &Path) -> StorageResult<()> {
        let (draft, place) = (self.temporary().join(HEXLOWER.encode(&random::<16>())), self.place(key));
        let file = file.to_owned();
        blocking(move || {
            let written = copy_synced(&file, &draft).and_then(|()| {
                make_parent(&place)?;
                rename_onto_nothing(&draft, &place)?;
                sync_parent(&place)
            });
            if written.is_err() {
                let _ = fs::remove_file(&draft);
            }
            written
        })
        .await
    }

    /// Takes over a finished file that was synced and lies on the same file system: it is renamed into place. Refused
    /// when something is there already.
    pub async fn adopt(&self, file: &Path, key: &ObjectKey) -> StorageResult<()> {
        let (file, place) = (file.to_owned(), self.place(key));
        blocking(move || {
            make_parent(&place)?;
            rename_onto_nothing(&file, &place)?;
            sync_parent(&place)?;
            sync_parent(&file)
        })
        .await
    }

    pub(super) async fn head(&self, key: &ObjectKey) -> StorageResult<ObjectFacts> {
        let place = self.place(key);
        let length = blocking(move || Ok(fs::metadata(place)?.len())).await?;
        Ok(ObjectFacts { length, mark: None })
    }

    pub(super) async fn get_range(&self, key: &ObjectKey, range: Range<u64>) -> StorageResult<ByteStream> {
        let mut file = tokio::fs::File::open(self.place(key)).await.map_err(sorted)?;
        file.set_max_buf_size(PIECE);
        file.seek(io::SeekFrom::Start(range.start)).await.map_err(sorted)?;
        let pieces = ReaderStream::with_capacity(file.take(range.end - range.start), PIECE);
        Ok(pieces.map_err(sorted).boxed())
    }

    pub(super) async fn delete(&self, key: &ObjectKey) -> StorageResult<()> {
        let place = self.place(key);
        blocking(move || match fs::remove_file(&place) {
            Ok(()) => sync_parent(&place),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        })
        .await
    }

    pub(super) fn list(&self, prefix: &str) -> Listing {
        let first = prefix.trim_end_matches('/').to_owned();
        // Folders still to be looked into; each is read when the one before has been given out.
        futures_util::stream::try_unfold((self.clone(), vec![first]), |(disk, mut folders)| async move {
            let Some(folder) = folders.pop() else { return Ok(None) };
            let it = disk.clone();
            let (files, mut below) = blocking(move || it.look_into(&folder)).await?;
            below.reverse();
            folders.append(&mut below);
            let files = futures_util::stream::iter(files.into_iter().map(Ok));
            Ok::<_, StorageError>(Some((files, (disk, folders))))
        })
        .try_flatten()
        .boxed()
    }

    /// The files in one folder and the folders in it, each in order.
    fn look_into(&self, folder: &str) -> io::Result<(Vec<Listed>, Vec<String>)> {
        let (mut files, mut folders) = (Vec::new(), Vec::new());
        let entries = match fs::read_dir(self.objects().join(folder)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((files, folders)),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            let about = match entry.metadata() {
                // Deleted while we looked.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                about => about?,
            };
            if about.is_dir() {
                folders.push(path);
            } else {
                files.push(Listed { path, length: about.len(), modified: seconds(about.modified()?) });
            }
        }
        folders.sort();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok((files, folders))
    }

    /// Where an object lies as a file.
    pub fn place(&self, key: &ObjectKey) -> PathBuf {
        self.objects().join(key.path())
    }

    fn objects(&self) -> PathBuf {
        self.root.join("objects")
    }

    fn temporary(&self) -> PathBuf {
        self.root.join("tmp")
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> StorageResult<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(sorted),
        Err(join) => Err(StorageError::Fault(join.into())),
    }
}

/// Sorts what the file system says by what the caller can do about it.
fn sorted(error: io::Error) -> StorageError {
    use io::ErrorKind as Kind;
    match error.kind() {
        Kind::NotFound => StorageError::NotFound,
        Kind::StorageFull | Kind::QuotaExceeded => StorageError::Full,
        Kind::PermissionDenied | Kind::ReadOnlyFilesystem => StorageError::Refused(error.to_string()),
        Kind::Interrupted | Kind::TimedOut | Kind::ResourceBusy | Kind::StaleNetworkFileHandle => {
            StorageError::Unavailable(error.into())
        }
        // EMFILE and ENFILE: too many open files, here or on the whole machine.
        _ if matches!(error.raw_os_error(), Some(23 | 24)) => StorageError::Unavailable(error.into()),
        _ => StorageError::Fault(error.into()),
    }
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn copy_synced(from: &Path, to: &Path) -> io::Result<()> {
    let mut file = File::create_new(to)?;
    io::copy(&mut File::open(from)?, &mut file)?;
    file.sync_all()
}

/// Renames, and fails when the new name is taken, so that nothing kept is ever replaced.
fn rename_onto_nothing(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // A file system that cannot: look, then rename. Names are random, so nobody comes between.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {
            if to.try_exists()? {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            fs::rename(from, to)
        }
        other => Ok(other?),
    }
}

/// Makes the folder that `path` lies in, and makes that durable.
fn make_parent(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.exists() => make_folder(folder),
        _ => Ok(()),
    }
}

/// Makes a folder and those above it; each new name is synced in the folder that holds it.
fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(above) = folder.parent().filter(|above| !above.as_os_str().is_empty()) {
        make_folder(above)?;
    }
    match fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    sync_parent(folder)
}

fn sync_parent(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// Takes away what a crash left half-written. Only leftovers of [`Disk::put`] lie here, never an upload's bytes.
fn sweep_temporary(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let modified = entry.metadata().and_then(|about| about.modified());
        if modified.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > FORGOTTEN)) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn seconds(at: SystemTime) -> i64 {
    at.duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn fresh() -> (tempfile::TempDir, Disk) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let disk = Disk::open(&folder.path().join("store")).await.expect("opens");
        (folder, disk)
    }

    async fn gathered(mut pieces: ByteStream) -> Vec<u8> {
        let mut bytes = Vec::new();
        while let Some(piece) = pieces.try_next().await.expect("reads") {
            bytes.extend_from_slice(&piece);
        }
        bytes
    }

    #[tokio::test]
    async fn an_object_comes_back_whole_and_in_ranges() {
        let (_folder, disk) = fresh().await;
        let key = ObjectKey::new_original();
        let bytes: Vec<u8> = (0..300_000_u32).map(|n| (n % 251) as u8).collect();
        disk.put(&key, bytes.clone().into()).await.expect("puts");
        assert_eq!(disk.head(&key).await.expect("is there").length, 300_000);
        assert_eq!(gathered(disk.get_range(&key, 0..300_000).await.expect("opens")).await, bytes);
        assert_eq!(
            gathered(disk.get_range(&key, 131_000..140_000).await.expect("opens")).await,
            bytes[131_000..140_000]
        );
        assert_eq!(gathered(disk.get_range(&key, 299_990..400_000).await.expect("opens")).await, bytes[299_990..]);
        disk.delete(&key).await.expect("deletes");
        disk.delete(&key).await.expect("deletes what is gone");
        assert!(matches!(disk.head(&key).await, Err(StorageError::NotFound)));
        assert!(matches!(disk.get_range(&key, 0..1).await, Err(StorageError::NotFound)));
    }

    #[tokio::test]
    async fn a_finished_file_is_renamed_into_place_and_never_over_another() {
        let (folder, disk) = fresh().await;
        let key = ObjectKey::new_original();
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        fs::write(&one, b"one").expect("writes");
        fs::write(&two, b"two").expect("writes");
        disk.adopt(&one, &key).await.expect("adopts");
        assert!(disk.adopt(&two, &key).await.is_err());
        assert!(!one.exists() && two.exists());
        assert_eq!(gathered(disk.get_range(&key, 0..9).await.expect("opens")).await, b"one");
        assert!(matches!(disk.adopt(&one, &ObjectKey::new_original()).await, Err(StorageError::NotFound)));
    }

    #[tokio::test]
    async fn a_file_is_copied_to_its_place_and_never_over_another() {
        let (folder, disk) = fresh().await;
        let (file, key) = (folder.path().join("file"), ObjectKey::new_rendition());
        fs::write(&file, vec![7; 300_000]).expect("writes");
        disk.put_file(&key, &file).await.expect("puts");
        assert_eq!(gathered(disk.get_range(&key, 0..300_000).await.expect("opens")).await, vec![7; 300_000]);
        assert!(disk.put_file(&key, &file).await.is_err());
        assert!(file.exists());
        assert_eq!(fs::read_dir(folder.path().join("store/tmp")).expect("lists").count(), 0);
    }

    #[tokio::test]
    async fn a_listing_shows_every_object_below_a_prefix_and_nothing_half_written() {
        let (folder, disk) = fresh().await;
        let mut kept = Vec::new();
        for _ in 0..20 {
            let key = ObjectKey::new_original();
            disk.put(&key, Bytes::from_static(b"x")).await.expect("puts");
            kept.push(key.path());
        }
        disk.put(&ObjectKey::new_tail(), Bytes::from_static(b"tail")).await.expect("puts");
        fs::write(folder.path().join("store/tmp/half"), b"half").expect("writes");
        kept.sort();
        let listed: Vec<Listed> = disk.list("originals/").try_collect().await.expect("lists");
        assert_eq!(listed.iter().map(|one| one.path.clone()).collect::<Vec<_>>(), kept);
        let all: Vec<Listed> = disk.list("").try_collect().await.expect("lists");
        assert_eq!(all.len(), 21);
        let none: Vec<Listed> = disk.list("renditions/").try_collect().await.expect("lists");
        assert!(none.is_empty());
    }
}
