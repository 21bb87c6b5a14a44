//! `heard migrate`: brings the tables up to date. `heard serve` does so by itself; this is for doing it beforehand.

use crate::app;
use crate::clock::Clock;
use crate::config::Config;

pub(super) async fn run(config: Config) -> anyhow::Result<u8> {
    let site = app::open(config, Clock::System).await?;
    println!("The database is up to date.");
    site.db.close().await;
    Ok(0)
}
