//! `heard rotate-key`: a new master key wraps every key again, while servers run. No media is touched.

use clap::Args;

use crate::app;
use crate::audit;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::storage::keys::Keys;
use crate::storage::rotation;

/// What `heard rotate-key` takes.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct Options {
    /// Only make the new key and put it in place. With servers on several machines: do this, copy both files to each
    /// of them, then run `heard rotate-key` again.
    #[arg(long)]
    prepare: bool,
    /// Remove the old key, once nothing is wrapped by it any more.
    #[arg(long, conflicts_with = "prepare")]
    finish: bool,
}

pub(super) async fn run(config: Config, options: Options) -> anyhow::Result<u8> {
    let db = app::open_database(&config).await?;
    let now = Clock::System.now();
    let file = &config.master_key_file;
    // Refuses when the key at hand is not the one in use.
    let keys = Keys::open(&config, &db, now).await?;
    if options.finish {
        rotation::finish(&keys, &db, file).await?;
        record(&db, "finished").await?;
        println!("The old master key is gone. Make a backup now: older archives of keys can no longer be opened.");
    } else {
        if !rotation::under_way(file) {
            rotation::prepare(file)?;
            record(&db, "prepared").await?;
            println!("A new master key lies in {}. Keep a copy of it apart from the data.", file.display());
        }
        if !options.prepare {
            let keys_wrapped = rotation::rewrap(&keys, &db, now).await?;
            record(&db, "wrapped").await?;
            println!("{keys_wrapped} keys were wrapped again. When a worker has written their copies, run:");
            println!("heard rotate-key --finish");
        }
    }
    db.close().await;
    Ok(0)
}

async fn record(db: &Db, step: &str) -> anyhow::Result<()> {
    let mut tx = db.write().await?;
    let detail = serde_json::json!({ "step": step });
    audit::record(&mut tx, Clock::System.now(), "operator", "rotated_key", "service", "master-key", detail).await?;
    Ok(tx.commit().await?)
}
