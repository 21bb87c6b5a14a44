//! An intake of its own for each test: database, store, keys and spool, without pages and without a clock that runs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::TryStreamExt;
use heard::clock::{Clock, Moment};
use heard::config::{Config, DatabaseChoice, Promise, Settings, YesNo};
use heard::db::Db;
use heard::evidence;
use heard::id::{ItemId, SubmissionId, UploadId};
use heard::intake::{Intake, Upload, store};
use heard::jobs::{JobQueue, Registry, run_due};
use heard::storage::Store;
use heard::storage::keys::Keys;
use heard::web::Site;
use heard::web::site::Parts;
use heard::words::Words;
use heard::words::aloud::Aloud;
use heard::words::languages::Languages;
use tempfile::TempDir;

use crate::outside;

pub const NOW: Moment = Moment(1_795_288_980_000_000);

/// Which database and store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    SqliteDisk,
    SqliteS3,
    PostgresDisk,
    PostgresS3,
}

/// Everything that one test needs, in a folder of its own.
pub struct Place {
    pub on: On,
    pub folder: Arc<TempDir>,
    pub config: Config,
    pub clock: Clock,
    pub intake: Intake,
    pub submission: SubmissionId,
}

impl Place {
    pub async fn begin(on: On) -> Place {
        Place::begin_with(on, |_| {}).await
    }

    pub async fn begin_with(on: On, change: impl FnOnce(&mut Settings)) -> Place {
        let folder = Arc::new(tempfile::tempdir().expect("a temporary folder"));
        let mut settings = Settings::for_testing(&folder.path().join("data"));
        settings.master_key_file = Some(folder.path().join("master.key"));
        if matches!(on, On::PostgresDisk | On::PostgresS3) {
            settings.database_url = Some(outside::fresh_postgres().await);
        }
        if matches!(on, On::SqliteS3 | On::PostgresS3) {
            settings.storage_url = Some(outside::fresh_garage_bucket().await);
        } else {
            settings.storage_url = Some(folder.path().join("store").display().to_string());
            settings.shared_folder = YesNo::Yes;
        }
        change(&mut settings);
        let config = settings.check().expect("safe settings");
        let clock = Clock::standing_at(NOW);
        let intake = open(&config, &clock).await;
        let submission = SubmissionId::new(NOW);
        make_submission(intake.site(), &submission).await;
        Place { on, folder, config, clock, intake, submission }
    }

    /// The same server after a restart: nothing in memory is left.
    pub async fn restarted(self) -> Place {
        let Place { on, folder, config, clock, intake, submission } = self;
        intake.site().db.close().await;
        drop(intake);
        let intake = open(&config, &clock).await;
        Place { on, folder, config, clock, intake, submission }
    }

    /// Another server on the same database and store, with a disk of its own.
    pub async fn another_server(&self, name: &str) -> Place {
        let mut settings = self.config.settings.clone();
        if matches!(self.on, On::SqliteS3 | On::SqliteDisk) {
            let DatabaseChoice::Sqlite(path) = &self.config.database else { unreachable!("this is SQLite") };
            settings.database_url = Some(format!("sqlite:{}", path.display()));
        }
        settings.data = self.folder.path().join(name);
        settings.master_key_file = Some(self.config.master_key_file.clone());
        let config = settings.check().expect("safe settings");
        let intake = open(&config, &self.clock).await;
        let (folder, clock, submission) = (self.folder.clone(), self.clock.clone(), self.submission.clone());
        Place { on: self.on, folder, config, clock, intake, submission }
    }

    pub async fn begin_upload(&self) -> Upload {
        self.intake.begin(&self.submission, None, "holiday.mov").await.expect("an upload begins")
    }

    /// Sends a whole file in one request, in pieces of `piece` bytes.
    pub async fn send(&self, bytes: &[u8], piece: usize) -> Upload {
        let upload = self.begin_upload().await;
        let mut writer = self.intake.writer(&upload.id).await.expect("a writer");
        for piece in bytes.chunks(piece) {
            writer.push(piece).await.expect("is taken");
        }
        let finished = writer.finish().await.expect("is whole");
        assert_eq!(finished.length, bytes.len() as u64);
        assert!(finished.stored, "the store confirms");
        upload
    }

    /// Runs all background work of intake.
    pub async fn run_jobs(&self) {
        let registry = heard::intake::jobs(Registry::new());
        while run_due(&self.intake.site().db, &self.clock, &registry, &self.intake).await.expect("jobs run") > 0 {}
    }

    pub async fn row(&self, id: &UploadId) -> store::UploadRow {
        let mut tx = self.intake.site().db.read().await.expect("tx");
        store::find(&mut tx, id).await.expect("asks").expect("the row is there")
    }

    pub async fn item(&self, id: &ItemId) -> evidence::store::Item {
        let mut tx = self.intake.site().db.read().await.expect("tx");
        evidence::store::find(&mut tx, id).await.expect("asks").expect("the item is there")
    }

    /// The original as an inspector would get it; none where it cannot be opened.
    pub async fn original(&self, item: &ItemId) -> Option<Vec<u8>> {
        let object = self.intake.open_original(item).await.ok()??;
        let mut all = Vec::new();
        let mut pieces = std::pin::pin!(object.range(0..object.length));
        while let Some(piece) = pieces.try_next().await.ok()? {
            all.extend_from_slice(&piece);
        }
        Some(all)
    }

    /// The paths of all objects of a folder in the store.
    pub async fn objects(&self, prefix: &str) -> Vec<String> {
        let listed = self.intake.site().store.list(prefix).map_ok(|one| one.path);
        listed.try_collect().await.expect("lists")
    }

    pub fn spool_files(&self) -> Vec<String> {
        self.intake.spool().list().expect("lists").into_iter().map(|(name, _)| name).collect()
    }

    /// The spool body of an upload.
    pub async fn body(&self, upload: &Upload) -> PathBuf {
        self.intake.spool().body(&self.row(&upload.id).await.spool)
    }

    pub fn is_s3(&self) -> bool {
        matches!(self.intake.site().store, Store::S3(_))
    }
}

async fn open(config: &Config, clock: &Clock) -> Intake {
    std::fs::create_dir_all(config.data()).expect("a data folder");
    let db = match &config.database {
        DatabaseChoice::Sqlite(path) => Db::open_sqlite(path).await.expect("SQLite opens"),
        DatabaseChoice::Postgres(url) => Db::open_postgres(url).await.expect("PostgreSQL answers"),
    };
    db.migrate().await.expect("tables");
    let store = Store::open(config).await.expect("the store opens");
    let keys = Keys::open(config, &db, clock.now()).await.expect("keys");
    let (config, clock) = (config.clone(), clock.clone());
    let parts = Parts {
        config,
        db,
        store,
        keys,
        clock,
        words: Words::embedded(),
        languages: Languages::embedded(),
        aloud: Box::leak(Box::new(Aloud::new(&[7; 32]))),
        signed: Box::leak(Box::default()),
        jobs: JobQueue::default(),
    };
    Intake::open(Site::new(parts)).await.expect("the spool opens")
}

const INSERT: &str = "insert into submission (id, reference, state, wording, methods, created_us, touched_us)
    values ($1, $2, 'draft', 'plain', '[]', $3, $3)";

pub async fn make_submission(site: &Site, id: &SubmissionId) {
    let mut tx = site.db.write().await.expect("tx");
    let reference = format!("HRD-{}", &id.as_str()[24..]);
    heard::db::run!(&mut tx, INSERT, id, reference, NOW).expect("inserted");
    site.keys.make_submission_key(&mut tx, id, NOW).await.expect("a key");
    tx.commit().await.expect("commit");
}

/// Settings of a server that shares its uploads with others.
pub fn promise_store(settings: &mut Settings) {
    settings.upload_promise = Promise::Store;
}

/// Bytes that are different everywhere, and different for each `seed`.
pub fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> Vec<u8> {
    ring::digest::digest(&ring::digest::SHA256, bytes).as_ref().to_vec()
}

/// Copies a folder with all that is in it.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copies");
        }
    }
}

/// Makes one test on each of the given pairs, in a runtime of its own.
macro_rules! on {
    ($name:ident, [$($pair:ident),+], $test:expr) => {
        mod $name {
            use super::*;
            $(
                #[allow(non_snake_case, reason = "named after the pair")]
                #[test]
                fn $pair() {
                    $crate::world::run(|| async {
                        let test = $test;
                        test(On::$pair).await;
                    });
                }
            )+
        }
    };
}
pub(crate) use on;
