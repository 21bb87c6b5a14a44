//! The commands of `heard`, one file each.

use clap::{Parser, Subcommand};

use crate::config::Settings;
use crate::telemetry;

mod addresses;
mod backup;
mod check;
mod contacts;
mod demo;
mod metrics;
mod migrate;
mod postgres_copy;
mod prepare;
mod read;
mod read_aloud;
mod reconcile;
mod restore;
mod rotate_key;
mod serve;
mod staff;
mod verify_audit;
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
    /// Who can help: confirm numbers before families see them.
    #[command(subcommand)]
    Contacts(contacts::Command),
    /// Staff accounts.
    #[command(subcommand)]
    Staff(staff::Command),
    /// Copy everything that is needed to start again elsewhere, while the service runs.
    Backup(backup::Options),
    /// Start again from a backup, in a place that holds nothing yet.
    Restore(restore::Options),
    /// Change the master key, while the service runs. No media is touched.
    RotateKey(rotate_key::Options),
    /// Walk the audit chain, and tell where it was tampered with.
    VerifyAudit(verify_audit::Options),
    /// The sound of families' pages: make what is missing from the sources' folder, or list it.
    #[command(subcommand)]
    ReadAloud(read_aloud::Command),
    /// Tell what is in a file from a communication aid, as JSON: what was said, what could be said, what cannot be read.
    Read(read::Options),
    /// Print every address, and who may come there.
    Addresses(addresses::Options),
    /// Make safe copies of one file, outside the service, and tell as JSON what came of it (exit code 0: ready, 3: kept,
    /// 4: held).
    Prepare(prepare::Options),
}

/// Runs the command that was asked for; the value is the exit code.
pub fn run() -> u8 {
    // Hidden, for ourselves: becomes an outside tool, with limits set. Nothing else may happen before.
    let mut words = std::env::args_os().skip(1);
    if words.next().is_some_and(|word| word == "boxed") {
        eprintln!("heard boxed: {}", crate::media::boxed::enter(words));
        return crate::media::boxed::NOT_ENTERED as u8;
    }
    let cli = Cli::parse();
    telemetry::start(cli.settings.log_format);
    if let Some(Command::Read(options)) = cli.command {
        return told(read::run(options));
    }
    // SQLite's work and hashing go to blocking threads; requests need few of their own.
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("heard: the system gives no threads: {error}");
            return 1;
        }
    };
    told(runtime.block_on(carry_out(cli)))
}

fn told(came: anyhow::Result<u8>) -> u8 {
    match came {
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
        Command::Contacts(command) => contacts::run(config, command).await,
        Command::Staff(command) => staff::run(config, command).await,
        Command::Backup(options) => backup::run(config, options).await,
        Command::Restore(options) => restore::run(config, options).await,
        Command::RotateKey(options) => rotate_key::run(config, options).await,
        Command::VerifyAudit(options) => verify_audit::run(config, options).await,
        Command::ReadAloud(command) => read_aloud::run(command),
        Command::Addresses(options) => addresses::run(config, options).await,
        Command::Prepare(options) => prepare::run(config, options).await,
        // Needs neither settings nor a runtime; `run` has carried it out.
        Command::Read(options) => read::run(options),
    }
}
