//! `heard reconcile`: compares database, spool and store, and says in plain words what it found. It ends with code 2 when
//! a person should look.

use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::intake::reconcile::reconcile;

pub(super) async fn run(config: Config) -> anyhow::Result<u8> {
    let intake = app::open(config, Clock::System).await?;
    let report = reconcile(&intake).await?;
    print!("{report}");
    intake.db.close().await;
    Ok(if report.needs_a_person() { 2 } else { 0 })
}
