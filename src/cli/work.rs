//! `heard work`: a worker without a web server.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::intake::Intake;
use crate::jobs::Worker;

/// Jobs that one process runs at once.
const AT_ONCE: usize = 4;

pub(super) async fn run(config: Config) -> anyhow::Result<u8> {
    // Mail about flags is sent from here too.
    config.refuse_public_without_people()?;
    let site = app::open(config, Clock::System).await?;
    println!("Heard's worker is at work");
    let (stop, stopped) = watch::channel(false);
    let worker = tokio::spawn(worker(&site).run(stopped));
    stop_signal().await;
    let _ = stop.send(true);
    worker.await?;
    site.db.close().await;
    Ok(0)
}

/// A worker for every kind of job.
pub(super) fn worker(site: &Intake) -> Worker<Intake> {
    Worker::new(site.db.clone(), site.clock.clone(), app::jobs(), site.clone(), site.jobs.clone(), AT_ONCE)
}

/// Done when the operator stops the program.
pub(super) async fn stop_signal() {
    let (Ok(mut term), Ok(mut int)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
}
