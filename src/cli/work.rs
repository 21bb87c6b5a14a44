//! `heard work`: workers without a web server.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::intake::Intake;
use crate::jobs::Worker;
use crate::prepare;

/// Jobs that one process runs at once.
const AT_ONCE: usize = 4;
/// Files that one process makes copies of at once, in each of the two lanes: a tool takes a processor for itself.
const FILES_AT_ONCE: usize = 1;

pub(super) async fn run(config: Config) -> anyhow::Result<u8> {
    // Mail about flags is sent from here too.
    config.refuse_public_without_people()?;
    let site = app::open(config, Clock::System).await?;
    println!("Heard's worker is at work");
    let (stop, stopped) = watch::channel(false);
    let worker = tokio::spawn(run_workers(site.clone(), stopped));
    stop_signal().await;
    let _ = stop.send(true);
    worker.await?;
    site.db.close().await;
    Ok(0)
}

/// Runs a worker for every kind of job until `stopped` says so, and comes back when all have ended.
pub(super) async fn run_workers(site: Intake, stopped: watch::Receiver<bool>) {
    let around = site.clone();
    let looking = tokio::spawn(async move {
        if let Err(error) = prepare::look_around(around.site()).await {
            tracing::warn!(cause = %error, "what waits for copies could not be asked for; it is tried again within the hour");
        }
    });
    let [quick, long] = app::preparing();
    let worker = |jobs, at_once| {
        Worker::new(site.db.clone(), site.clock.clone(), jobs, site.clone(), site.jobs.clone(), at_once)
    };
    tokio::join!(
        worker(app::jobs(), AT_ONCE).run(stopped.clone()),
        worker(quick, FILES_AT_ONCE).run(stopped.clone()),
        worker(long, FILES_AT_ONCE).run(stopped),
    );
    looking.abort();
    if let Err(error) = prepare::put_down(site.site()).await {
        tracing::warn!(cause = %error, "the work on copies that this program was at counts as tried");
    }
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
