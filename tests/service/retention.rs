//! What goes when its time is over, what stays, and that a wrong clock takes nothing away.

use std::process::Command;

use heard::audit;
use heard::clock::{DAY, HOUR};
use heard::id::{SubmissionId, random};
use heard::intake::Intake;
use heard::jobs::{self, run_due};
use heard::retention::{self, Ended, RETENTION};
use heard::submission::store::{Submission, find, load_answers, move_submission, save_answer, touch};
use heard::submission::{Event, Field, State};

use super::intake::place::{NOW, On, Place, make_submission, noise, on};
use super::outside;

const VISIT: &str = "insert into visit (id_hash, submission_id, own_phone, created_us, seen_us)
    values ($1, $2, $3, $4, $4)";
const FLAG: &str = "insert into flag (id, submission_id, kind, raised_us) values ($1, $2, 'safeguarding', $3)";
const CODE: &str = "update submission set code_hash = $2 where id = $1";
const COUNT_CODES: &str = "select count(*) from submission where code_hash is not null";
const COUNT_VISITS: &str = "select count(*) from visit";
const COUNT_KEYS: &str = "select count(*) from wrapped_key where kind <> 'service'";

async fn in_submission(place: &Place, text: &str) {
    let site = place.intake.site();
    let now = place.clock.now();
    let mut tx = site.db.write().await.expect("tx");
    let key = site.keys.submission(&mut tx, &place.submission).await.expect("asks").expect("a key");
    save_answer(&mut tx, &key, &place.submission, (Field::Happened, 0), text, now).await.expect("saves");
    heard::db::run!(&mut tx, CODE, &place.submission, random::<32>().to_vec()).expect("a code");
    heard::db::run!(&mut tx, VISIT, random::<32>().to_vec(), &place.submission, true, now).expect("a visit");
    tx.commit().await.expect("commit");
}

async fn happens(place: &Place, event: Event) {
    let mut tx = place.intake.site().db.write().await.expect("tx");
    move_submission(&mut tx, &place.submission, event, place.clock.now()).await.expect("moves");
    tx.commit().await.expect("commit");
}

async fn row(place: &Place, id: &SubmissionId) -> Submission {
    let mut tx = place.intake.site().db.read().await.expect("tx");
    find(&mut tx, id).await.expect("asks").expect("the row is there")
}

async fn count(place: &Place, sql: &'static str) -> i64 {
    let mut tx = place.intake.site().db.read().await.expect("tx");
    let (count,): (i64,) = heard::db::one!(&mut tx, (i64,), sql).expect("counts");
    count
}

async fn run_all_jobs(place: &Place) {
    let registry = heard::app::jobs();
    while run_due(&place.intake.site().db, &place.clock, &registry, &place.intake).await.expect("jobs run") > 0 {}
}

async fn run_now(place: &Place) -> Ended {
    let ended = retention::run_now(&place.intake).await.expect("runs");
    run_all_jobs(place).await;
    ended
}

/// Nothing of the submission is left but a row without content, and the audit chain says what happened.
async fn is_gone(place: &Place, state: State) {
    assert_eq!(row(place, &place.submission).await.state, state);
    assert!(place.objects("originals/").await.is_empty());
    place.intake.tend_once().await;
    assert!(place.spool_files().is_empty());
    assert_eq!(count(place, COUNT_VISITS).await, 0);
    assert_eq!(count(place, COUNT_KEYS).await, 0);
    let copies = place.objects("keys/").await;
    assert_eq!(copies.len(), heard::storage::keys::SERVICE_KEYS.len(), "{copies:?}");
    let mut tx = place.intake.site().db.read().await.expect("tx");
    assert!(place.intake.site().keys.submission(&mut tx, &place.submission).await.expect("asks").is_none());
    let told = audit::list_about(&mut tx, place.submission.as_str()).await.expect("lists");
    assert_eq!(told.last().map(|row| row.action.as_str()), Some(state.name()));
}

on!(a_draft_that_nobody_touched_for_180_days_goes_whole, [SqliteDisk, PostgresS3], async |on: On| {
    let place = Place::begin(on).await;
    in_submission(&place, "The school is too loud").await;
    let sent = place.send(&noise(300_000, 1), 50_000).await;
    let unfinished = place.begin_upload().await;
    let mut writer = place.intake.writer(&unfinished.id).await.expect("a writer");
    writer.push(&noise(100_000, 2)).await.expect("is taken");
    writer.end().await.expect("is durable");
    run_all_jobs(&place).await;

    place.clock.advance(179 * DAY);
    assert_eq!(run_now(&place).await.drafts, 0, "not a day too early");
    let mut tx = place.intake.site().db.write().await.expect("tx");
    touch(&mut tx, &place.submission, place.clock.now()).await.expect("somebody came back");
    tx.commit().await.expect("commit");
    place.clock.advance(179 * DAY);
    assert_eq!(run_now(&place).await.drafts, 0, "the time counts from the last touch");
    let mut tx = place.intake.site().db.read().await.expect("tx");
    let due = retention::due(&mut tx, place.clock.now().plus(DAY), 180).await.expect("tells");
    assert_eq!(due.drafts, std::slice::from_ref(&place.submission), "asking changes nothing");
    drop(tx);
    assert_eq!(place.original(&sent.item).await.map(|bytes| bytes.len()), Some(300_000));

    place.clock.advance(DAY);
    assert_eq!(run_now(&place).await.drafts, 1);
    assert_eq!(run_now(&place).await.drafts, 0);
    is_gone(&place, State::Expired).await;
    assert_eq!(place.original(&sent.item).await, None);
});

on!(what_was_taken_back_can_be_undone_for_14_days_and_is_then_erased, [SqliteDisk, PostgresS3], async |on: On| {
    let place = Place::begin(on).await;
    in_submission(&place, "I changed my mind").await;
    place.send(&noise(200_000, 3), 50_000).await;
    happens(&place, Event::Send).await;
    place.clock.advance(400 * DAY);
    assert_eq!(
        run_now(&place).await,
        Ended { rows: 1, ..Ended::default() },
        "what was sent does not expire; a visit does"
    );

    happens(&place, Event::TakeBack).await;
    place.clock.advance(14 * DAY - HOUR);
    assert_eq!(run_now(&place).await.withdrawn, 0);
    happens(&place, Event::Undo { was_sent: true }).await;
    place.clock.advance(30 * DAY);
    assert_eq!(run_now(&place).await.withdrawn, 0, "it was undone");
    assert_eq!(row(&place, &place.submission).await.state, State::Sent);

    happens(&place, Event::TakeBack).await;
    place.clock.advance(14 * DAY);
    assert_eq!(run_now(&place).await.withdrawn, 1);
    is_gone(&place, State::Erased).await;
});

on!(what_lies_in_the_safeguarding_lane_stays, [SqliteDisk, PostgresS3], async |on: On| {
    let place = Place::begin(on).await;
    in_submission(&place, "Somebody hurts me").await;
    happens(&place, Event::Send).await;
    let site = place.intake.site();
    let mut tx = site.db.write().await.expect("tx");
    let now = place.clock.now();
    heard::db::run!(&mut tx, FLAG, "flag-1", &place.submission, now).expect("a flag");
    tx.commit().await.expect("commit");
    happens(&place, Event::TakeBack).await;
    place.clock.advance(14 * DAY - HOUR);
    assert_eq!(run_now(&place).await, Ended::default());
    assert_eq!(count(&place, COUNT_CODES).await, 1, "it can be undone like any other");
    place.clock.advance(HOUR);
    assert_eq!(run_now(&place).await, Ended { restricted: 1, ..Ended::default() });
    assert_eq!(count(&place, COUNT_CODES).await, 0, "to its sender it is gone like any other");
    assert_eq!(count(&place, COUNT_VISITS).await, 0);
    place.clock.advance(400 * DAY);
    assert_eq!(run_now(&place).await, Ended::default());
    assert_eq!(row(&place, &place.submission).await.state, State::Withdrawn);
    let mut tx = site.db.read().await.expect("tx");
    let key = site.keys.submission(&mut tx, &place.submission).await.expect("asks").expect("its key is kept");
    let answers = load_answers(&mut tx, &key, &place.submission).await.expect("opens");
    assert_eq!(answers.get(Field::Happened), "Somebody hurts me");
});

/// The hourly job, `hours` times.
async fn hours(place: &Place, hours: i64) {
    for _ in 0..hours {
        place.clock.advance(HOUR);
        let now = place.clock.now();
        let mut tx = place.intake.site().db.write().await.expect("tx");
        jobs::enqueue(&mut tx, RETENTION, "", now, now).await.expect("enqueued");
        tx.commit().await.expect("commit");
        // Recurring work waits for its next turn; each turn here is written down by hand.
        let registry = heard::app::jobs();
        run_due(&place.intake.site().db, &place.clock, &registry, &place.intake).await.expect("jobs run");
    }
}

on!(a_clock_that_jumped_deletes_nothing_for_a_day, [SqliteDisk, PostgresDisk], async |on: On| {
    let place = Place::begin(on).await;
    in_submission(&place, "Still here").await;
    hours(&place, 30).await;
    place.clock.advance(365 * DAY);
    hours(&place, 24).await;
    assert_eq!(row(&place, &place.submission).await.state, State::Draft, "a year passed in an hour");
    place.clock.advance(-365 * DAY);
    hours(&place, 30).await;
    assert_eq!(row(&place, &place.submission).await.state, State::Draft, "the clock was put right");
    place.clock.advance(365 * DAY);
    hours(&place, 26).await;
    assert_eq!(row(&place, &place.submission).await.state, State::Expired, "a year has really passed");
});

/// Where the program stands: its data folder, its database and its store.
struct Stand {
    data: std::path::PathBuf,
    database: Option<String>,
    store: String,
}

impl Stand {
    fn of(place: &Place) -> Stand {
        let settings = &place.config.settings;
        let store = settings.storage_url.clone().expect("a place names its store");
        Stand { data: settings.data.clone(), database: settings.database_url.clone(), store }
    }

    /// A place of the same kind that holds nothing yet.
    async fn elsewhere(place: &Place) -> Stand {
        let data = place.folder.path().join("elsewhere");
        match place.on {
            On::PostgresS3 => Stand {
                data,
                database: Some(outside::empty_postgres().await),
                store: outside::fresh_garage_bucket().await,
            },
            _ => Stand { store: data.with_extension("store").display().to_string(), data, database: None },
        }
    }

    /// Runs the program itself here.
    fn heard(&self, place: &Place, arguments: &[&str]) -> (bool, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_heard"));
        command
            .args(arguments)
            .env("HEARD_DATA", &self.data)
            .env("HEARD_MASTER_KEY_FILE", &place.config.master_key_file)
            .env("HEARD_STORAGE_URL", &self.store);
        if let Some(database) = &self.database {
            command.env("HEARD_DATABASE_URL", database);
        }
        let output = command.output().expect("the program runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.success(), said)
    }
}

on!(a_backup_brings_everything_back_but_what_was_erased_since, [SqliteDisk, PostgresS3], async |on: On| {
    let place = Place::begin(on).await;
    let (here, elsewhere) = (Stand::of(&place), Stand::elsewhere(&place).await);
    in_submission(&place, "Erased later").await;
    happens(&place, Event::Send).await;
    let erased = place.submission.clone();
    let kept = with(&place, place.intake.clone(), SubmissionId::new(NOW));
    make_submission(kept.intake.site(), &kept.submission).await;
    in_submission(&kept, "Kept for ever").await;
    let bytes = noise(700_000, 9);
    let upload = kept.send(&bytes, 100_000).await;
    run_all_jobs(&kept).await;

    let backups = place.folder.path().join("backups");
    let to = backups.to_str().expect("a plain path");
    let (fine, said) = here.heard(&place, &["backup", "--to", to]);
    assert!(fine && said.contains("1 objects were copied"), "{said}");
    let first = newest(&backups.join("database"));

    happens(&place, Event::TakeBack).await;
    place.clock.advance(14 * DAY);
    assert_eq!(run_now(&place).await.withdrawn, 1);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let (fine, said) = here.heard(&place, &["backup", "--to", to]);
    assert!(fine && said.contains("0 objects were copied"), "{said}");

    // The old database with the newest keys, in a new place.
    let name = first.file_name().expect("a name").to_str().expect("plain").to_owned();
    let arguments = ["restore", "--from", to, "--database", &name];
    let (fine, said) = elsewhere.heard(&place, &arguments);
    assert!(fine, "{said}");
    assert!(said.contains("1 objects were put into the store"), "{said}");
    assert!(said.contains("1 submissions were erased after the backup was made"), "{said}");
    assert!(said.contains("The audit chain is whole"), "{said}");
    let (fine, said) = elsewhere.heard(&place, &arguments);
    assert!(!fine && said.contains("already, and restoring would replace"), "{said}");

    let mut settings = place.config.settings.clone();
    settings.data = elsewhere.data.clone();
    settings.storage_url = Some(elsewhere.store.clone());
    settings.database_url = elsewhere.database.clone();
    let config = settings.check().expect("safe settings");
    let intake = heard::app::open(config, place.clock.clone()).await.expect("opens");
    let restored = with(&place, intake, kept.submission.clone());
    assert_eq!(row(&restored, &erased).await.state, State::Erased);
    assert_eq!(row(&restored, &kept.submission).await.state, State::Draft);
    assert!(restored.original(&upload.item).await.as_ref() == Some(&bytes));
    let site = restored.intake.site();
    let mut tx = site.db.read().await.expect("tx");
    let key = site.keys.submission(&mut tx, &kept.submission).await.expect("asks").expect("its key is back");
    let answers = load_answers(&mut tx, &key, &kept.submission).await.expect("opens");
    assert_eq!(answers.get(Field::Happened), "Kept for ever");
    assert!(site.keys.submission(&mut tx, &erased).await.expect("asks").is_none());
    let copy = std::fs::read(&first).expect("the copy can be read");
    assert!(!copy.windows(8).any(|piece| piece == b"Kept for"), "what was written lies sealed in it");
});

/// The same place, with another way in or another submission.
fn with(place: &Place, intake: Intake, submission: SubmissionId) -> Place {
    let (folder, config, clock) = (place.folder.clone(), place.config.clone(), place.clock.clone());
    Place { on: place.on, folder, config, clock, intake, submission }
}

fn newest(folder: &std::path::Path) -> std::path::PathBuf {
    let entries = std::fs::read_dir(folder).expect("lists").flatten().map(|entry| entry.path());
    entries.max().expect("there is one")
}
