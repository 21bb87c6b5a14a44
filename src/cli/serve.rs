//! `heard serve`: the web server, and by default a worker in the same process.

use anyhow::Context;
use clap::Args;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::metrics::Metrics;
use super::work::{self, stop_signal};
use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::storage::lifecycle::{self, Rules};
use crate::web::Site;
use crate::web::accept::{self, Limits};
use crate::web::connections::Connections;

/// Options of `heard serve`.
#[derive(Args, Clone, Debug, Default)]
pub struct Options {
    /// Run no worker here; run `heard work` elsewhere.
    #[arg(long)]
    no_worker: bool,
}

pub(super) async fn run(config: Config, options: Options) -> anyhow::Result<u8> {
    config.refuse_public_without_people()?;
    raise_open_files();
    let (listen, metrics_at) = (config.settings.listen, config.settings.metrics_listen);
    let (connections, limits) = (Connections::new(config.settings.connections), Limits::of(&config.settings));
    let site = app::open(config, Clock::System).await?;
    refuse_harmful_rules(&site).await?;
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("cannot listen on {listen}: another program may use that port (HEARD_LISTEN chooses another)")
    })?;
    let metrics = match metrics_at {
        Some(address) => Some(Metrics::open(address, &site, &connections).await?),
        None => None,
    };
    println!("Heard is at {}", site.config.public_url);
    if let Some(link) = crate::account::invite::first_link(&site).await? {
        println!(
            "Nobody can read what is sent yet. Make the first staff account here (the link works once, for 24 hours):"
        );
        println!("{link}");
    }
    let (stop, stopped) = watch::channel(false);
    let worker = (!options.no_worker).then(|| tokio::spawn(work::run_workers(site.clone(), stopped.clone())));
    let telling = metrics.map(|metrics| tokio::spawn(metrics.tell(stopped.clone())));
    let tending = tokio::spawn(site.clone().tend(stopped.clone()));
    let router = app::router(&site);
    let stopping = async {
        stop_signal().await;
        site.let_go();
    };
    accept::serve(listener, router, connections, limits, stopping).await;
    let _ = stop.send(true);
    tending.await.context("looking after the spool did not stop cleanly")?;
    if let Some(telling) = telling {
        telling.await.context("the listener for metrics did not stop cleanly")?;
    }
    if let Some(worker) = worker {
        worker.await.context("the worker did not stop cleanly")?;
    }
    site.db.close().await;
    Ok(0)
}

/// A bucket must not take away by itself what families were told is safe. One that does not tell its rules is believed.
async fn refuse_harmful_rules(site: &Site) -> anyhow::Result<()> {
    match lifecycle::look(&site.store, site.config.settings.draft_days).await {
        Rules::Harmful(harms) => {
            let said: Vec<String> = harms.iter().map(ToString::to_string).collect();
            anyhow::bail!("{}", said.join("\n"))
        }
        Rules::NotTold(why) => {
            tracing::warn!(
                cause = why,
                "the bucket does not tell its lifecycle rules; heard check says what they must not do"
            );
        }
        Rules::NotABucket | Rules::Harmless => {}
    }
    Ok(())
}

/// Every connection is an open file, and the usual limit of 1,024 is fewer than the connections we take.
fn raise_open_files() {
    let limit = getrlimit(Resource::Nofile);
    let wanted = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if setrlimit(Resource::Nofile, wanted).is_err() {
        tracing::warn!("the limit of open files could not be raised");
    }
}
