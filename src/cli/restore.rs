//! `heard restore`: starts again from a backup, in a place that holds nothing yet.
//!
//! What was erased after the backup was made stays erased: its key is not in the newest archive, and its rows are ended
//! here before anybody can ask for them. Nothing that exists is overwritten.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use ring::digest::{Context as Digest, SHA256};

use super::backup::{Folder, ending};
use super::postgres_copy;
use crate::app;
use crate::audit::{self, Verdict};
use crate::clock::Clock;
use crate::config::{Config, DatabaseChoice};
use crate::db::{self, Db};
use crate::retention;
use crate::storage::{ObjectKey, StorageError, Store, key_archive};

/// What `heard restore` takes.
#[derive(Args, Clone, Debug)]
pub(super) struct Options {
    /// The folder that `heard backup` wrote to.
    #[arg(long)]
    from: PathBuf,
    /// One of the files in its `database` folder; without it, the newest.
    #[arg(long)]
    database: Option<String>,
}

pub(super) async fn run(config: Config, options: Options) -> Result<u8> {
    let folder = Folder(options.from);
    if !config.master_key_file.exists() {
        bail!(
            "Put the master key back first, as {}. Without it a backup cannot be read.",
            config.master_key_file.display()
        );
    }
    let copy = match options.database {
        Some(name) => folder.databases().join(name),
        None => newest(&folder.databases(), ending(&config.database))?,
    };
    match &config.database {
        DatabaseChoice::Sqlite(place) => put_database(&copy, place)?,
        DatabaseChoice::Postgres(url) => fill_database(url, &copy).await?,
    }
    println!("The database is {}", copy.display());
    let archive = newest(&folder.keys(), ".jsonl")?;
    put_keys(&config, &archive).await?;

    let store = Store::open(&config).await?;
    let objects = put_objects(&store, &folder.objects()).await?;
    println!("{objects} objects were put into the store that it did not have.");

    let intake = app::open(config, Clock::System).await?;
    let erased = retention::end_what_lost_its_key(&intake).await.map_err(|error| anyhow::anyhow!("{error}"))?;
    println!("{erased} submissions were erased after the backup was made, and stay erased.");
    let whole = report_audit(&intake.site().db).await?;
    println!("Run `heard reconcile` to compare the database with the store, then `heard`.");
    intake.site().db.close().await;
    Ok(u8::from(!whole))
}

fn newest(folder: &Path, end: &str) -> Result<PathBuf> {
    let entries = fs::read_dir(folder).with_context(|| format!("looking into {}", folder.display()))?;
    let names = entries.flatten().map(|entry| entry.path());
    names
        .filter(|path| path.to_string_lossy().ends_with(end))
        .max()
        .with_context(|| format!("There is no backup in {}: nothing there ends in {end}.", folder.display()))
}

fn put_database(copy: &Path, place: &Path) -> Result<()> {
    if place.exists() {
        bail!(
            "There is a database at {} already, and restoring would replace it. Move it away first.",
            place.display()
        );
    }
    let parent = place.parent().context("the database's path names no folder")?;
    fs::create_dir_all(parent)?;
    let draft = place.with_extension("restoring");
    fs::copy(copy, &draft).with_context(|| format!("copying {}", copy.display()))?;
    File::open(&draft)?.sync_all()?;
    fs::rename(&draft, place)?;
    Ok(File::open(parent)?.sync_all()?)
}

const HAS_TABLES_POSTGRES: &str = "select count(*)
    from information_schema.tables
    where table_schema = current_schema() and table_name = 'submission'";

async fn fill_database(url: &str, copy: &Path) -> Result<()> {
    let db = Db::open_postgres(url).await?;
    let mut tx = db.read().await?;
    let (tables,): (i64,) = db::one!(&mut tx, (i64,), HAS_TABLES_POSTGRES)?;
    drop(tx);
    db.close().await;
    if tables > 0 {
        bail!(
            "There are tables in this PostgreSQL database already, and restoring would replace them. Name an empty one."
        );
    }
    postgres_copy::copy_in(url, copy)
}

/// Puts the keys back before anything opens the site, which would otherwise take it for a first start.
async fn put_keys(config: &Config, archive: &Path) -> Result<()> {
    let db = app::open_database(config).await?;
    let mut tx = db.write().await?;
    let keys = key_archive::read_into(&mut tx, archive, Clock::System.now()).await?;
    tx.commit().await?;
    db.close().await;
    println!("{keys} wrapped keys came back from {}", archive.display());
    Ok(())
}

async fn put_objects(store: &Store, folder: &Path) -> Result<u64> {
    let (mut put, mut folders) = (0, vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        let Ok(entries) = fs::read_dir(&next) else { continue };
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let Some(key) = path.strip_prefix(folder).ok().and_then(|inside| inside.to_str()?.parse().ok()) else {
                continue;
            };
            put += u64::from(put_object(store, &key, &path).await.with_context(|| format!("putting {key}"))?);
        }
    }
    Ok(put)
}

/// Puts one object where it was, unless it is there.
async fn put_object(store: &Store, key: &ObjectKey, file: &Path) -> Result<bool> {
    let length = fs::metadata(file)?.len();
    match store.head(key).await {
        Ok(facts) if facts.length == length => return Ok(false),
        Ok(_) => bail!("the store has another object there, of another length"),
        Err(StorageError::NotFound) => {}
        Err(error) => return Err(error.into()),
    }
    match store {
        Store::Disk(disk) => {
            let draft = disk.place(key).with_extension("restoring");
            fs::create_dir_all(draft.parent().context("an object's path has folders")?)?;
            fs::copy(file, &draft)?;
            File::open(&draft)?.sync_all()?;
            disk.adopt(&draft, key).await?;
        }
        Store::S3(s3) => s3.put_file_range(key, file, 0..length, &sha256_of(file)?).await?,
    }
    Ok(true)
}

fn sha256_of(file: &Path) -> Result<[u8; 32]> {
    use std::io::Read;
    let (mut file, mut digest, mut piece) = (File::open(file)?, Digest::new(&SHA256), vec![0; 1 << 20]);
    loop {
        match file.read(&mut piece)? {
            0 => break,
            length => digest.update(&piece[..length]),
        }
    }
    Ok(digest.finish().as_ref().try_into()?)
}

async fn report_audit(db: &Db) -> Result<bool> {
    let mut tx = db.write().await?;
    let now = Clock::System.now();
    audit::record(&mut tx, now, "operator", "restored", "service", "backup", serde_json::json!({})).await?;
    tx.commit().await?;
    match audit::verify(db, None).await? {
        Verdict::Whole { head } => {
            println!("The audit chain is whole: {} rows.", head.seq);
            Ok(true)
        }
        Verdict::Broken { seq, how } => {
            println!("THE AUDIT CHAIN IS BROKEN at row {seq}: {how}.");
            Ok(false)
        }
    }
}
