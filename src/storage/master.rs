//! The master key's file: 32 random bytes that only their owner may read, beside the data and never inside it.
//!
//! It is made once, on the very first start, and made durable (file and folder) before anything is sealed with it.
//! While a rotation is under way the key before it lies beside it with `.old` added (`cli::rotate_key`).

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use data_encoding::HEXLOWER;

use super::keys::{Masters, Sealer, derive};
use crate::id::random;

/// One master key: its id, which is no secret, and what it wraps with.
pub(super) struct Master {
    pub(super) id: String,
    pub(super) wrapping: Sealer,
}

impl Master {
    fn from_secret(secret: &[u8; 32]) -> Master {
        let id = derive(secret, b"", &[b"heard master id"]);
        Master {
            id: HEXLOWER.encode(&id[..16]),
            wrapping: Sealer::new(&derive(secret, b"", &[b"heard master wrapping"])),
        }
    }
}

/// Reads the master key; makes one when there is none. Only for a database in which nothing is wrapped yet.
pub(super) fn read_or_make(file: &Path) -> Result<Masters> {
    if !file.try_exists().with_context(|| format!("looking for the master key {}", file.display()))? {
        make(file).with_context(|| format!("making the master key {}", file.display()))?;
    }
    read(file)
}

/// Reads the master key, and the one before it when there is one.
pub(super) fn read(file: &Path) -> Result<Masters> {
    let Some(current) = read_one(file)? else {
        bail!(
            "The master key {} is missing, and without it nothing that was sent can be read. \
             Put the file back from its backup, or set HEARD_MASTER_KEY_FILE to where it is. \
             Heard does not make a new one, because that would lose everything.",
            file.display()
        );
    };
    Ok(Masters { file: file.to_owned(), stamp: stamp(file), current, previous: read_one(&old_name(file))? })
}

/// Which file lies there now: another one means that the master key was changed.
pub(super) fn stamp(file: &Path) -> Option<Stamp> {
    let about = fs::metadata(file).ok()?;
    Some((about.dev(), about.ino(), about.ctime()))
}

/// What [`stamp`] compares: device, file number, time of change.
pub(super) type Stamp = (u64, u64, i64);

/// What to do about a master key that is not the one in use.
pub(super) fn wrong_key(file: &Path) -> String {
    format!(
        "The master key {} is not the one that this database was sealed with. \
         Put the right file in its place, or set HEARD_MASTER_KEY_FILE to where it is. \
         Several servers that share a database need the same file.",
        file.display()
    )
}

/// Where a new master key lies until it takes its place.
pub(super) fn next_name(file: &Path) -> PathBuf {
    with_added(file, ".next")
}

/// Where the master key before this one lies during a rotation.
pub(super) fn old_name(file: &Path) -> PathBuf {
    with_added(file, ".old")
}

fn with_added(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

fn read_one(path: &Path) -> Result<Option<Master>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("opening the master key {}", path.display())),
    };
    let about = file.metadata()?;
    if !about.is_file() {
        bail!("The master key {} is not a file. Set HEARD_MASTER_KEY_FILE to the file.", path.display());
    }
    if about.permissions().mode() & 0o077 != 0 {
        bail!("The master key {0} can be read by others on this machine. Run: chmod 600 {0}", path.display());
    }
    let mut bytes = Vec::new();
    (&mut file).take(33).read_to_end(&mut bytes)?;
    let Ok(secret) = <[u8; 32]>::try_from(bytes.as_slice()) else {
        bail!(
            "The master key {} must hold exactly 32 bytes and holds {}. Put the file back from its backup.",
            path.display(),
            about.size()
        );
    };
    Ok(Some(Master::from_secret(&secret)))
}

/// Makes a key under a name of its own and links it into place, so that of two processes that start together one wins
/// and no half-written key is ever seen.
pub(super) fn make(path: &Path) -> Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;
    let draft = with_added(path, &format!(".{}", HEXLOWER.encode(&random::<8>())));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    file.write_all(&random::<32>())?;
    file.sync_all()?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error.into()),
        _ => {}
    }
    File::open(folder)?.sync_all()?;
    Ok(())
}
