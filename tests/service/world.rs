//! A service of its own for each test, on each pair of database and storage, with a clock that the test moves.
//!
//! It is the program's own assembly behind a real socket; only the clock and the settings are the test's. Background work
//! runs when the test says so ([`World::run_jobs`]), so that a test sees what is there before and after.

use std::future::Future;
use std::path::Path;

use heard::clock::{Clock, Moment, SECOND};
use heard::config::{Config, Settings, YesNo};
use heard::intake::Intake;
use heard::jobs::{Registry, run_due};
use heard::web::Site;
use heard::web::accept::Limits;
use heard::web::connections::Connections;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::browser::Browser;
use super::outside;

/// When every test begins: Saturday 21 November 2026, 7:23pm in London.
pub const BEGINNING: Moment = Moment(1_795_288_980 * SECOND);

/// Which database, and which storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pair {
    /// What one machine starts with.
    SqliteAndDisk,
    /// What several machines share.
    PostgresAndS3,
    /// One machine that keeps originals elsewhere.
    SqliteAndS3,
    /// Several machines with a shared folder.
    PostgresAndSharedFolder,
}

/// A running service.
pub struct World {
    /// On what it stands.
    pub pair: Pair,
    /// Its insides, for what no page shows.
    pub site: Site,
    /// The way in for bytes.
    pub intake: Intake,
    /// Its clock.
    pub clock: Clock,
    /// Its address, such as `http://127.0.0.1:1234`.
    pub origin: String,
    /// Its settings.
    pub config: Config,
    registry: Registry<Intake>,
    folder: TempDir,
    _stop: oneshot::Sender<()>,
}

impl World {
    /// Starts a service with nothing in it.
    pub async fn begin(pair: Pair) -> World {
        World::begin_with(pair, |_| {}).await
    }

    /// Starts a service with further settings.
    pub async fn begin_with(pair: Pair, change: impl FnOnce(&mut Settings)) -> World {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("the port has a number");
        let origin = format!("http://{address}");
        let mut settings = Settings::for_testing(&folder.path().join("data"));
        settings.listen = address;
        settings.public_url = Some(origin.clone());
        // The test itself cannot read files apart.
        settings.reader = Some(env!("CARGO_BIN_EXE_heard").into());
        choose(pair, &mut settings, folder.path()).await;
        change(&mut settings);
        let mut config = settings.check().expect("a test's settings are safe");
        // The test is another program than ours, and shuts no tool into a box.
        config.own_program = env!("CARGO_BIN_EXE_heard").into();
        let clock = Clock::standing_at(BEGINNING);
        let intake = heard::app::open(config.clone(), clock.clone()).await.expect("the service opens");
        let router = heard::app::router(&intake);
        let (stop, stopped) = oneshot::channel::<()>();
        let (connections, limits) = (Connections::new(config.settings.connections), Limits::of(&config.settings));
        tokio::spawn(async move {
            heard::web::accept::serve(listener, router, connections, limits, async {
                let _ = stopped.await;
            })
            .await;
        });
        let site = intake.site().clone();
        World { pair, site, intake, clock, origin, config, registry: heard::app::jobs(), folder, _stop: stop }
    }

    /// A browser that has never been here.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.origin)
    }

    /// The folder that the service may write to.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs all background work that is due, and what follows from it; and looks after the spool as `serve` does.
    pub async fn run_jobs(&self) {
        self.intake.tend_once().await;
        for _ in 0..200 {
            let ran =
                run_due(&self.site.db, &self.clock, &self.registry, &self.intake).await.expect("jobs can be leased");
            if ran == 0 {
                return;
            }
        }
        panic!("the jobs never end");
    }

    /// Makes the safe copies that are asked for, as the workers of `serve` do beside the others.
    pub async fn prepare(&self) {
        for registry in heard::app::preparing() {
            for _ in 0..200 {
                let ran = run_due(&self.site.db, &self.clock, &registry, &self.intake).await;
                if ran.expect("jobs can be leased") == 0 {
                    break;
                }
            }
        }
    }
}

async fn choose(pair: Pair, settings: &mut Settings, folder: &Path) {
    match pair {
        Pair::SqliteAndDisk => {}
        Pair::SqliteAndS3 => settings.storage_url = Some(outside::fresh_garage_bucket().await),
        Pair::PostgresAndS3 => {
            settings.database_url = Some(outside::fresh_postgres().await);
            settings.storage_url = Some(outside::fresh_garage_bucket().await);
        }
        Pair::PostgresAndSharedFolder => {
            settings.database_url = Some(outside::fresh_postgres().await);
            settings.storage_url = Some(folder.join("shared").display().to_string());
            settings.shared_folder = YesNo::Yes;
        }
    }
}

/// Runs one test in a runtime of its own.
pub fn run<F: Future<Output = ()>>(test: impl FnOnce() -> F) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime can be made");
    runtime.block_on(test());
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
}

/// Makes one test for each pair: `on_each_pair!(a_name, |world| async move { … });`
/// A story that begins its world itself is named only, and takes the pair: `on_each_pair!(a_name);`
macro_rules! on_each_pair {
    ($name:ident) => {
        mod $name {
            use $crate::world::{Pair, run};

            #[test]
            fn sqlite_and_disk() {
                run(|| super::$name(Pair::SqliteAndDisk));
            }

            #[test]
            fn postgres_and_s3() {
                run(|| super::$name(Pair::PostgresAndS3));
            }
        }
    };
    ($name:ident, $test:expr) => {
        $crate::world::on_pairs!($name, $test, sqlite_and_disk = SqliteAndDisk, postgres_and_s3 = PostgresAndS3);
    };
}

#[allow(unused_macros, reason = "for journeys that are worth it")]
/// Makes one test for each of the four pairs, where the cost is worth it.
macro_rules! on_every_pair {
    ($name:ident, $test:expr) => {
        $crate::world::on_pairs!(
            $name,
            $test,
            sqlite_and_disk = SqliteAndDisk,
            postgres_and_s3 = PostgresAndS3,
            sqlite_and_s3 = SqliteAndS3,
            postgres_and_shared_folder = PostgresAndSharedFolder
        );
    };
}

macro_rules! on_pairs {
    ($name:ident, $test:expr, $($on:ident = $pair:ident),+) => {
        mod $name {
            use super::*;

            async fn story(world: $crate::world::World) {
                let test = $test;
                test(world).await;
            }

            $(
                #[test]
                fn $on() {
                    $crate::world::run(|| async { story($crate::world::World::begin($crate::world::Pair::$pair).await).await });
                }
            )+
        }
    };
}

#[allow(unused_imports, reason = "journeys choose between them")]
pub(crate) use {on_each_pair, on_every_pair, on_pairs};
