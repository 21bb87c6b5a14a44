//! Wrapped keys as a file of their own, beside a backup that leaves them out.
//!
//! A backup of the database may be kept for years; what was erased must not come back from it. So the database's copy
//! holds no keys, and the archive of the keys is kept for a few days only: once the newest archive no longer has a key,
//! no backup can be read with it. Each line is one key as JSON ([`KeyCopy`]); the last says how many there are, so that
//! a file that was cut off is seen.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use super::key_copies::KeyCopy;
use super::keys::{COPY_KEY, WrappedKey};
use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::jobs;

const NEXT: &str = "select id, kind, parent, wrapped, master_id, created_us
    from wrapped_key
    where id > $1
    order by id
    limit 500";
const PUT_BACK: &str = "insert into wrapped_key (id, kind, parent, wrapped, master_id, created_us)
    values ($1, $2, $3, $4, $5, $6)
    on conflict (id) do nothing";

#[derive(Serialize, Deserialize)]
struct End {
    keys: u64,
}

/// Writes every wrapped key of the database into a new file that only its owner may read. Gives their number.
pub async fn write(tx: &mut Tx, path: &Path) -> Result<u64> {
    let file = File::options().write(true).create_new(true).mode(0o600).open(path);
    let mut lines = BufWriter::new(file.with_context(|| format!("making {}", path.display()))?);
    let (mut keys, mut after) = (0, String::new());
    loop {
        let rows: Vec<WrappedKey> = next(tx, &after).await?;
        let Some(last) = rows.last() else { break };
        after = last.id.clone();
        for row in rows {
            serde_json::to_writer(&mut lines, &KeyCopy::from(row))?;
            lines.write_all(b"\n")?;
            keys += 1;
        }
    }
    serde_json::to_writer(&mut lines, &End { keys })?;
    lines.write_all(b"\n")?;
    lines.into_inner().map_err(|error| error.into_error())?.sync_all()?;
    Ok(keys)
}

async fn next(tx: &mut Tx, after: &str) -> DbResult<Vec<WrappedKey>> {
    db::all!(tx, WrappedKey, NEXT, after)
}

/// Puts the keys of an archive into the database, to be copied into the store again. Keys that are there stay as they
/// are. Gives the number added.
pub async fn read_into(tx: &mut Tx, path: &Path, now: Moment) -> Result<u64> {
    let lines = BufReader::new(File::open(path).with_context(|| format!("opening {}", path.display()))?).lines();
    let (mut read, mut added, mut whole) = (0, 0, false);
    for line in lines {
        let line = line?;
        if let Ok(end) = serde_json::from_str::<End>(&line) {
            whole = end.keys == read;
            break;
        }
        let copy: KeyCopy = serde_json::from_str(&line).with_context(|| format!("{} is damaged", path.display()))?;
        let row = WrappedKey::try_from(copy).with_context(|| format!("{} is damaged", path.display()))?;
        let id = row.id.clone();
        if put_back(tx, row).await? == 1 {
            jobs::enqueue(tx, COPY_KEY, &id, now, now).await?;
            added += 1;
        }
        read += 1;
    }
    if !whole {
        bail!("{} was cut off: it does not end as an archive of keys does.", path.display());
    }
    Ok(added)
}

async fn put_back(tx: &mut Tx, row: WrappedKey) -> DbResult<u64> {
    db::run!(tx, PUT_BACK, row.id, row.kind, row.parent, row.wrapped, row.master_id, row.created_us)
}
