//! `heard backup`: copies of everything that is needed to start again elsewhere, made while the service runs.
//!
//! ```text
//!   FOLDER/database/heard-20261121T201500Z.sqlite    the database, without any wrapped key (.dump on PostgreSQL)
//!   FOLDER/keys/keys-20261121T201500Z.jsonl          the wrapped keys; archives older than 7 days are removed
//!   FOLDER/objects/originals/…                       the sealed objects; only what is not there yet is copied
//! ```
//!
//! Whatever was erased has no key in the newest archive, so no backup, however old, can be read for it once the archives
//! from before are gone. The master key is not in it: keep that apart. The objects come last: whatever the database's copy
//! names is there then.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use futures_util::TryStreamExt;

use super::postgres_copy;
use crate::app;
use crate::audit;
use crate::clock::{Clock, DAY, Moment};
use crate::config::{Config, DatabaseChoice};
use crate::db::{self, Db, DbResult};
use crate::storage::{Listed, ObjectKey, Store, key_archive};

/// How long an archive of keys is kept.
const ARCHIVES: i64 = 7 * DAY;

const DROP_KEYS: &str = "delete from wrapped_key";

/// What `heard backup` takes.
#[derive(Args, Clone, Debug)]
pub(super) struct Options {
    /// The folder that backups go into; made where it is missing. Keep it on another disk or machine.
    #[arg(long)]
    to: PathBuf,
    /// Leave out the sealed objects, where the bucket or the disk is copied in another way.
    #[arg(long)]
    without_objects: bool,
}

pub(super) async fn run(config: Config, options: Options) -> Result<u8> {
    let now = Clock::System.now();
    let db = app::open_database(&config).await?;
    let folder = Folder(options.to);
    for room in [folder.databases(), folder.keys()] {
        fs::create_dir_all(&room).with_context(|| format!("making {}", room.display()))?;
    }
    let (copy, archive) = (folder.database(now, &config.database), folder.archive(now));
    let keys = match &config.database {
        DatabaseChoice::Sqlite(_) => copy_database_and_keys(&db, &folder, &copy, &archive).await?,
        DatabaseChoice::Postgres(url) => dump_database_and_keys(&db, url, &folder, &copy, &archive).await?,
    };
    println!("The database lies in {}", copy.display());
    println!("{keys} wrapped keys lie in {}", archive.display());
    if !options.without_objects {
        let store = Store::open(&config).await?;
        let copied = copy_objects(&store, &folder).await?;
        println!("{copied} objects were copied that the backup did not have yet.");
    }
    let removed = remove_old_archives(&folder, now)?;
    println!("{removed} archives of keys older than 7 days were removed, so that what was erased stays erased.");
    println!("The master key is not in this backup. Keep a copy of it apart: {}", config.master_key_file.display());
    record(&db, now).await?;
    db.close().await;
    Ok(0)
}

/// The layout of a folder of backups.
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    pub(super) fn databases(&self) -> PathBuf {
        self.0.join("database")
    }

    pub(super) fn keys(&self) -> PathBuf {
        self.0.join("keys")
    }

    pub(super) fn objects(&self) -> PathBuf {
        self.0.join("objects")
    }

    fn database(&self, now: Moment, choice: &DatabaseChoice) -> PathBuf {
        self.databases().join(format!("heard-{}{}", stamp(now), ending(choice)))
    }

    fn archive(&self, now: Moment) -> PathBuf {
        self.keys().join(format!("keys-{}.jsonl", stamp(now)))
    }
}

/// How the name of a database's copy ends.
pub(super) fn ending(choice: &DatabaseChoice) -> &'static str {
    match choice {
        DatabaseChoice::Sqlite(_) => ".sqlite",
        DatabaseChoice::Postgres(_) => ".dump",
    }
}

/// `20261121T201500Z`: sorts by time, and is fine in a file name.
fn stamp(now: Moment) -> String {
    let seconds = now.rfc3339();
    let plain: String = seconds.split('.').next().unwrap_or_default().chars().filter(|c| !"-:Z".contains(*c)).collect();
    format!("{plain}Z")
}

/// Copies the database, moves the keys of that very moment from the copy into an archive, and leaves none in the copy.
async fn copy_database_and_keys(db: &Db, folder: &Folder, copy: &Path, archive: &Path) -> Result<u64> {
    let draft = begin_copy(copy, archive)?;
    if !db.copy_into(&draft).await.context("copying the database")? {
        bail!("this is no SQLite database");
    }
    let keys = strip_keys(&draft, archive).await?;
    end_copy(folder, &draft, copy)?;
    Ok(keys)
}

/// The same on PostgreSQL. The keys come after the database, so that none is missing for what its copy holds; one that
/// was forgotten in between stays forgotten.
async fn dump_database_and_keys(db: &Db, url: &str, folder: &Folder, copy: &Path, archive: &Path) -> Result<u64> {
    let draft = begin_copy(copy, archive)?;
    postgres_copy::copy_out(url, &draft)?;
    let mut tx = db.read().await?;
    let keys = key_archive::write(&mut tx, archive).await?;
    end_copy(folder, &draft, copy)?;
    Ok(keys)
}

/// An empty file that takes the copy, and is ours alone from the start.
fn begin_copy(copy: &Path, archive: &Path) -> Result<PathBuf> {
    if copy.exists() || archive.exists() {
        bail!("There is a backup of this second already. Try again.");
    }
    let draft = copy.with_extension("draft");
    File::options().write(true).create_new(true).mode(0o600).open(&draft)?;
    Ok(draft)
}

fn end_copy(folder: &Folder, draft: &Path, copy: &Path) -> Result<()> {
    File::open(draft)?.sync_all()?;
    fs::rename(draft, copy)?;
    File::open(folder.databases())?.sync_all()?;
    File::open(folder.keys())?.sync_all()?;
    Ok(())
}

async fn strip_keys(copy: &Path, archive: &Path) -> Result<u64> {
    let copied = Db::open_sqlite(copy).await?;
    let mut tx = copied.write().await?;
    let keys = key_archive::write(&mut tx, archive).await?;
    drop_keys(&mut tx).await?;
    tx.commit().await?;
    // `secure_delete` has overwritten the rows; closing brings everything into the one file.
    copied.close().await;
    Ok(keys)
}

async fn drop_keys(tx: &mut db::Tx) -> DbResult<()> {
    db::run!(tx, DROP_KEYS)?;
    Ok(())
}

async fn copy_objects(store: &Store, folder: &Folder) -> Result<u64> {
    let mut copied = 0;
    for room in ["originals/", "renditions/"] {
        let mut listed = store.list(room);
        while let Some(object) = listed.try_next().await? {
            let Ok(key) = object.path.parse::<ObjectKey>() else { continue };
            let place = folder.objects().join(&object.path);
            if fs::metadata(&place).is_ok_and(|about| about.len() == object.length) {
                continue;
            }
            copy_object(store, &key, &object, &place).await.with_context(|| format!("copying {}", object.path))?;
            copied += 1;
        }
    }
    Ok(copied)
}

async fn copy_object(store: &Store, key: &ObjectKey, object: &Listed, place: &Path) -> Result<()> {
    let parent = place.parent().context("an object's path has folders")?;
    fs::create_dir_all(parent)?;
    let draft = place.with_extension("draft");
    let mut file = File::create(&draft)?;
    let mut pieces = store.get_range(key, 0..object.length).await?;
    let mut written = 0;
    while let Some(piece) = pieces.try_next().await? {
        file.write_all(&piece)?;
        written += piece.len() as u64;
    }
    if written != object.length {
        bail!("the store gave {written} bytes of {}", object.length);
    }
    file.sync_all()?;
    fs::rename(&draft, place)?;
    Ok(File::open(parent)?.sync_all()?)
}

fn remove_old_archives(folder: &Folder, now: Moment) -> Result<u64> {
    let oldest = format!("keys-{}.jsonl", stamp(now.plus(-ARCHIVES)));
    let mut removed = 0;
    for entry in fs::read_dir(folder.keys())? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("keys-") && name.ends_with(".jsonl") && name < oldest {
            fs::remove_file(entry.path())?;
            removed += 1;
        }
    }
    File::open(folder.keys())?.sync_all()?;
    Ok(removed)
}

async fn record(db: &Db, now: Moment) -> Result<()> {
    let mut tx = db.write().await?;
    audit::record(&mut tx, now, "operator", "backed_up", "service", "backup", serde_json::json!({})).await?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_sorts_by_time() {
        assert_eq!(stamp(Moment(1_795_288_980_000_000)), "20261121T192300Z");
        assert!(stamp(Moment(1_795_288_980_000_000)) < stamp(Moment(1_795_288_981_500_000)));
    }
}
