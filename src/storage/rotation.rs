//! Changing the master key: every key that it wraps is wrapped again; no media and no text is touched.
//!
//! ```text
//!   prepare   a new key takes the file's place; the one before lies beside it as `.old`
//!   rewrap    row by row, while servers run: they open keys of both masters, and wrap with the new one
//!   finish    nothing is wrapped by the old key any more: it is removed
//! ```
//!
//! Each step may be interrupted and run again. A server notices the new file by itself. Servers on other machines need
//! the new file, and the old one beside it, before keys are wrapped again.

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::keys::{COPY_KEY, Keys, WrappedKey, key_context};
use super::master;
use crate::clock::Moment;
use crate::db::{self, Db, DbResult};
use crate::jobs;

const SOME_OF_OTHERS: &str = "select id, kind, parent, wrapped, master_id, created_us
    from wrapped_key
    where master_id <> '' and master_id <> $1
    order by id
    limit 200";
const COUNT_OF_OTHERS: &str = "select count(*) from wrapped_key where master_id <> '' and master_id <> $1";
const REWRAP: &str = "update wrapped_key set wrapped = $1, master_id = $2 where id = $3 and master_id = $4";
const COPIES_TO_COME: &str = "select count(*) from job where kind in ('copy_key', 'erase_key_copy')";

/// Whether an old master key lies beside the one in use.
pub fn under_way(file: &Path) -> bool {
    master::read(file).is_ok_and(|masters| masters.previous.is_some_and(|previous| previous.id != masters.current.id))
}

/// Makes a new master key and puts it in the place of the one in use, which stays beside it.
pub fn prepare(file: &Path) -> Result<()> {
    let (old, next) = (master::old_name(file), master::next_name(file));
    let now = master::read(file)?;
    match &now.previous {
        Some(previous) if previous.id != now.current.id => bail!(
            "A change of the master key is under way already. Go on with: heard rotate-key, then heard rotate-key --finish"
        ),
        // The step before this one was interrupted: the old key is kept and the new one not yet in place.
        Some(_) => {}
        None => {
            fs::hard_link(file, &old).with_context(|| format!("keeping the old master key as {}", old.display()))?;
        }
    }
    if !next.exists() {
        master::make(&next)?;
    }
    fs::rename(&next, file).context("putting the new master key in place")?;
    sync_folder(file)
}

/// Wraps again whatever is not wrapped by the master key in the file. Gives the number of keys.
pub async fn rewrap(keys: &Keys, db: &Db, now: Moment) -> Result<u64> {
    let mut done = 0;
    loop {
        let some = rewrap_some(keys, db, now).await?;
        if some == 0 {
            return Ok(done);
        }
        done += some;
    }
}

async fn rewrap_some(keys: &Keys, db: &Db, now: Moment) -> Result<u64> {
    keys.read_again_if_changed();
    let current = keys.current_id();
    let mut tx = db.write().await?;
    let rows: Vec<WrappedKey> = db::all!(&mut tx, WrappedKey, SOME_OF_OTHERS, current.as_str())?;
    let mut done = 0;
    for row in rows {
        let (wrapped, master_id) = keys
            .wrap_again(&row)
            .with_context(|| format!("the wrapped key {} does not open, and nothing more was changed", row.id))?;
        done += db::run!(&mut tx, REWRAP, wrapped, master_id, row.id.as_str(), row.master_id.as_str())?;
        jobs::enqueue(&mut tx, COPY_KEY, &row.id, now, now).await?;
    }
    tx.commit().await?;
    Ok(done)
}

/// Removes the old master key, once nothing is wrapped by it, in the table or in the store.
pub async fn finish(keys: &Keys, db: &Db, file: &Path) -> Result<()> {
    let old = master::old_name(file);
    if !old.exists() {
        bail!("No change of the master key is under way.");
    }
    let left = count_of_others(keys, db).await?;
    if left > 0 {
        bail!("{left} keys are still wrapped by the old master key. Run: heard rotate-key");
    }
    let mut tx = db.read().await?;
    let (copies,): (i64,) = db::one!(&mut tx, (i64,), COPIES_TO_COME)?;
    if copies > 0 {
        bail!("{copies} copies of keys are still to be written into the store. Let a worker run, then try again.");
    }
    fs::remove_file(&old).with_context(|| format!("removing {}", old.display()))?;
    sync_folder(file)
}

async fn count_of_others(keys: &Keys, db: &Db) -> DbResult<i64> {
    let mut tx = db.read().await?;
    let (left,): (i64,) = db::one!(&mut tx, (i64,), COUNT_OF_OTHERS, keys.current_id())?;
    Ok(left)
}

fn sync_folder(file: &Path) -> Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(File::open(folder)?.sync_all()?)
}

impl Keys {
    /// The id of the master key that wraps now.
    pub(super) fn current_id(&self) -> String {
        self.masters.read().expect("no thread panics while it holds the master keys").current.id.clone()
    }

    /// The same key, wrapped by the master key in use now, and that one's id.
    fn wrap_again(&self, row: &WrappedKey) -> Result<(Vec<u8>, String)> {
        let masters = self.masters.read().expect("no thread panics while it holds the master keys");
        let secret = masters.unwrap(row).context("we do not have its master key")??;
        let wrapped = masters.current.wrapping.seal(&key_context(&row.kind, &row.id, ""), &secret);
        Ok((wrapped, masters.current.id.clone()))
    }
}
