//! The commands of `heard`, one file each.

use clap::{Parser, Subcommand};

use crate::config::Settings;
use crate::telemetry;

mod addresses;
mod check;
mod demo;
mod migrate;
mod reconcile;
mod serve;
mod staff;
mod work;

/// Heard: a safe way for children, families and advocates to be heard by the inspectors of SEND services.
#[derive(Debug, Parser)]
#[command(name = "heard", version, about, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the web server, with a worker inside (this is also what `heard` alone does).
    Serve(serve::Options),
    /// Run a worker only: for more than one process.
    Work,
    /// Bring the database's tables up to date, and stop.
    Migrate,
    /// Fill a fresh data folder with made-up submissions and staff, to try the service with.
    Demo(demo::Options),
    /// Tell what works, what is missing, and what it means.
    Check,
    /// Compare database, spool and store, and say what is lost, found or to be deleted.
    Reconcile,
    /// Staff accounts.
    #[command(subcommand)]
    Staff(staff::Command),
    /// Print every address, and who may come there.
    Addresses(addresses::Options),
}

/// Runs the command that was asked for; the value is the exit code.
pub fn run() -> u8 {
    let cli = Cli::parse();
    telemetry::start(cli.settings.log_format);
    // SQLite's work and hashing go to blocking threads; requests need few of their own.
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("heard: the system gives no threads: {error}");
            return 1;
        }
    };
    match runtime.block_on(carry_out(cli)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("heard: {error:#}");
            1
        }
    }
}

async fn carry_out(cli: Cli) -> anyhow::Result<u8> {
    let config = cli.settings.check()?;
    match cli.command.unwrap_or_else(|| Command::Serve(serve::Options::default())) {
        Command::Serve(options) => serve::run(config, options).await,
        Command::Work => work::run(config).await,
        Command::Migrate => migrate::run(config).await,
        Command::Demo(options) => demo::run(config, options).await,
        Command::Check => check::run(config).await,
        Command::Reconcile => reconcile::run(config).await,
        Command::Staff(command) => staff::run(config, command).await,
        Command::Addresses(options) => addresses::run(config, options).await,
    }
}
