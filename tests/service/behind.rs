//! What works behind the pages, on both databases at once: the job queue, the audit chain, wrapped keys and their copies,
//! and mail to a real server.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use heard::audit::{self, Verdict};
use heard::clock::{Clock, HOUR, Moment, SECOND};
use heard::config::{Config, Settings};
use heard::db::Db;
use heard::id::SubmissionId;
use heard::jobs::{self, JobCounts, JobQueue, Registry, Worker};
use heard::mail::{self, Letter, SendLater};
use heard::storage::keys::Keys;
use heard::storage::{Store, key_copies};
use tempfile::TempDir;

use super::mailbox::letters_to;
use super::outside;

const NOW: Moment = Moment(1_795_288_980_000_000);

struct Place {
    folder: TempDir,
    config: Config,
    db: Db,
}

async fn place(postgres: bool) -> Place {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut settings = Settings::for_testing(&folder.path().join("data"));
    settings.smtp_url = Some(format!("smtp://{}", outside::variable("HEARD_TEST_SMTP")));
    settings.mail_from = "no-reply@heard.example".into();
    let config = settings.check().expect("safe settings");
    std::fs::create_dir_all(config.data()).expect("a data folder");
    let db = if postgres {
        Db::open_postgres(&outside::fresh_postgres().await).await.expect("PostgreSQL answers")
    } else {
        Db::open_sqlite(&config.data().join("heard.sqlite")).await.expect("SQLite opens")
    };
    db.migrate().await.expect("tables");
    Place { folder, config, db }
}

/// 300 jobs, three workers of four: each job runs once, each worker does its share, and nothing is left.
async fn workers_share_the_work(place: Place) {
    const JOBS: usize = 300;
    type Seen = Arc<Mutex<BTreeMap<String, Vec<usize>>>>;
    let mut tx = place.db.write().await.expect("tx");
    for number in 0..JOBS {
        jobs::enqueue(&mut tx, "count", &format!("subject-{number}"), NOW, NOW).await.expect("enqueued");
    }
    tx.commit().await.expect("commit");
    let seen = Seen::default();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let mut workers = Vec::new();
    for number in 0..3_usize {
        let registry = Registry::new().on("count", move |seen: Seen, subject| async move {
            seen.lock().expect("seen").entry(subject).or_default().push(number);
            tokio::time::sleep(Duration::from_millis(3)).await;
            Ok(())
        });
        let clock = Clock::standing_at(NOW.plus(SECOND));
        let worker = Worker::new(place.db.clone(), clock, registry, seen.clone(), JobQueue::default(), 4);
        workers.push(tokio::spawn(worker.run(stopped.clone())));
    }
    let began = Instant::now();
    while count(&place.db).await.open > 0 {
        assert!(began.elapsed() < Duration::from_secs(60), "the work is not done after a minute");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    stop.send(true).expect("workers listen");
    for worker in workers {
        worker.await.expect("the worker ends");
    }
    assert_eq!(count(&place.db).await, JobCounts { open: 0, failed: 0 });
    let seen = seen.lock().expect("seen");
    assert_eq!(seen.len(), JOBS);
    assert!(seen.values().all(|runs| runs.len() == 1), "a job ran twice");
    for number in 0..3 {
        let share = seen.values().filter(|runs| runs[0] == number).count();
        assert!(share > JOBS / 20, "worker {number} did only {share} of {JOBS}");
    }
}

async fn count(db: &Db) -> JobCounts {
    let mut tx = db.read().await.expect("tx");
    jobs::count(&mut tx).await.expect("counts")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_share_the_work_on_sqlite() {
    workers_share_the_work(place(false).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_share_the_work_on_postgres() {
    workers_share_the_work(place(true).await).await;
}

/// The same work written down by many at once is done once; recurring work is written down once.
async fn the_same_work_is_written_down_once(place: Place) {
    let mut tasks = Vec::new();
    for _ in 0..20 {
        let db = place.db.clone();
        tasks.push(tokio::spawn(async move {
            let mut tx = db.write().await.expect("tx");
            jobs::enqueue(&mut tx, "ship", "upload-1", NOW, NOW).await.expect("enqueued");
            tx.commit().await.expect("commit");
        }));
    }
    for task in tasks {
        task.await.expect("ends");
    }
    assert_eq!(count(&place.db).await.open, 1);
    let registry =
        || Registry::<()>::new().on("ship", |(), _| async { Ok(()) }).every("sweep", HOUR, |(), _| async { Ok(()) });
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let workers: Vec<_> = (0..4)
        .map(|_| {
            let clock = Clock::standing_at(NOW.plus(SECOND));
            let worker = Worker::new(place.db.clone(), clock, registry(), (), JobQueue::default(), 2);
            tokio::spawn(worker.run(stopped.clone()))
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    stop.send(true).expect("workers listen");
    for worker in workers {
        worker.await.expect("ends");
    }
    assert_eq!(count(&place.db).await, JobCounts { open: 1, failed: 0 }, "one sweep waits for its next turn");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_work_is_written_down_once_on_sqlite() {
    the_same_work_is_written_down_once(place(false).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_work_is_written_down_once_on_postgres() {
    the_same_work_is_written_down_once(place(true).await).await;
}

/// Sixteen writers at once, some of which change their minds: one chain, no gap, no fork.
async fn the_chain_has_no_gap_and_no_fork(place: Place) {
    let mut tasks = Vec::new();
    for writer in 0..16_i64 {
        let db = place.db.clone();
        tasks.push(tokio::spawn(async move {
            for number in 0..15_i64 {
                let mut tx = db.write().await.expect("tx");
                let detail = serde_json::json!({ "number": number });
                let actor = format!("staff-{writer}");
                audit::record(&mut tx, NOW, &actor, "play_item", "item", "item-1", detail).await.expect("records");
                if number % 5 != 4 {
                    tx.commit().await.expect("commit");
                }
            }
        }));
    }
    for task in tasks {
        task.await.expect("ends");
    }
    let Verdict::Whole { head } = audit::verify(&place.db, None).await.expect("walks") else { panic!("it is whole") };
    assert_eq!(head.seq, 16 * 12);
    let mut tx = place.db.read().await.expect("tx");
    assert_eq!(audit::list_about(&mut tx, "item-1").await.expect("lists").len(), 16 * 12);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_chain_has_no_gap_and_no_fork_on_sqlite() {
    the_chain_has_no_gap_and_no_fork(place(false).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_chain_has_no_gap_and_no_fork_on_postgres() {
    the_chain_has_no_gap_and_no_fork(place(true).await).await;
}

/// Every wrapped key has its copy in the store, which goes when the key does.
async fn copies_come_and_go_with_their_keys(place: Place) {
    let store = Store::open(&place.config).await.expect("the store opens");
    let keys = Keys::open(&place.config, &place.db, NOW).await.expect("keys");
    let submission = SubmissionId::new(NOW);
    let mut tx = place.db.write().await.expect("tx");
    let key = keys.make_submission_key(&mut tx, &submission, NOW).await.expect("key");
    keys.make_item_key(&mut tx, &key, &submission, "item-key", NOW).await.expect("key");
    tx.commit().await.expect("commit");

    type Context = (Db, Store);
    let registry = Registry::<Context>::new()
        .on("copy_key", |(db, store), id| async move { key_copies::copy(&db, &store, &id).await })
        .on("erase_key_copy", |(_, store), id| async move { Ok(key_copies::erase(&store, &id).await?) });
    let context = (place.db.clone(), store.clone());
    let clock = Clock::standing_at(NOW);
    jobs::run_due(&place.db, &clock, &registry, &context).await.expect("runs");
    let services = heard::storage::keys::SERVICE_KEYS.len();
    assert_eq!(paths(&store).await.len(), services + 2);

    let mut tx = place.db.write().await.expect("tx");
    keys.forget(&mut tx, submission.as_str(), NOW).await.expect("forgets");
    tx.commit().await.expect("commit");
    jobs::run_due(&place.db, &clock, &registry, &context).await.expect("runs");
    let left = paths(&store).await;
    assert_eq!(left.len(), services, "{left:?}");

    // A copy that comes late, after the key was forgotten, does not stay.
    key_copies::copy(&place.db, &store, "item-key").await.expect("runs");
    assert_eq!(paths(&store).await.len(), services);
}

async fn paths(store: &Store) -> Vec<String> {
    use futures_util::TryStreamExt;
    let all: Vec<_> = store.list("keys/").try_collect().await.expect("lists");
    all.into_iter().map(|one| one.path).collect()
}

#[tokio::test]
async fn copies_come_and_go_with_their_keys_on_sqlite() {
    copies_come_and_go_with_their_keys(place(false).await).await;
}

#[tokio::test]
async fn copies_come_and_go_with_their_keys_on_postgres() {
    copies_come_and_go_with_their_keys(place(true).await).await;
}

/// Two servers that start at the same moment agree on one master key and on the service keys.
async fn two_first_starts_agree(place: Place) {
    let (one, two) = tokio::join!(Keys::open(&place.config, &place.db, NOW), Keys::open(&place.config, &place.db, NOW));
    let (one, two) = (one.expect("starts"), two.expect("starts"));
    let tag = one.service("pepper").hmac(&[b"six easy words"]);
    assert!(two.service("pepper").verify(&[b"six easy words"], &tag));
    // Only the key itself is left beside the data folder.
    let beside: Vec<_> =
        std::fs::read_dir(place.folder.path()).expect("lists").flatten().map(|e| e.file_name()).collect();
    assert_eq!(beside.len(), 2, "{beside:?}");
}

#[tokio::test]
async fn two_first_starts_agree_on_sqlite() {
    two_first_starts_agree(place(false).await).await;
}

#[tokio::test]
async fn two_first_starts_agree_on_postgres() {
    two_first_starts_agree(place(true).await).await;
}

/// A letter lies sealed until it is sent, arrives once with its own Message-ID, and leaves nothing behind.
async fn a_letter_arrives_and_leaves_nothing_behind(place: Place) {
    let keys = Keys::open(&place.config, &place.db, NOW).await.expect("keys");
    let before = count(&place.db).await;
    let to = format!("{}@family.example", outside::fresh_name("someone"));
    let letter = Letter { to: to.clone(), subject: "A note ✉".into(), text: "Something new is there.\n".into() };
    let mut tx = place.db.write().await.expect("tx");
    let told = mail::send_later(&mut tx, &keys, &place.config, NOW, letter).await.expect("written down");
    assert_eq!(told, SendLater::WillBeSent);
    tx.commit().await.expect("commit");
    let sealed = sealed_mail(&place.db).await.expect("lies there");
    assert!(!sealed.windows(6).any(|piece| piece == b"family"), "it is sealed");

    let clock = Clock::standing_at(NOW);
    let registry = Registry::<Arc<(Db, Keys, Config, Clock)>>::new()
        .on(mail::SEND_MAIL, |site, id| async move { mail::send(&site.0, &site.1, &site.2, &site.3, &id).await });
    let site = Arc::new((place.db.clone(), keys.clone(), place.config.clone(), clock.clone()));
    assert_eq!(jobs::run_due(&place.db, &clock, &registry, &site).await.expect("runs"), 1);
    assert_eq!(count(&place.db).await, before);
    assert_eq!(sealed_mail(&place.db).await, None, "its content is wiped");
    let arrived = letters_to(&to);
    assert_eq!(arrived.len(), 1);
    assert!(arrived[0].contains("From: no-reply@heard.example"), "{}", arrived[0]);
    assert!(arrived[0].contains("Message-ID: <") && arrived[0].contains("@heard.example>"));
    assert!(arrived[0].contains("Something new is there."));
    for header in ["MIME-Version: 1.0", "Auto-Submitted: auto-generated", "Content-Type: text/plain; charset=utf-8"] {
        assert!(arrived[0].contains(header), "no {header} in {}", arrived[0]);
    }

    let mut nobody = place.config.clone();
    nobody.settings.smtp_url = None;
    let letter = Letter { to, subject: "x".into(), text: "x".into() };
    let mut tx = place.db.write().await.expect("tx");
    let told = mail::send_later(&mut tx, &keys, &nobody, NOW, letter).await.expect("asked");
    assert_eq!(told, SendLater::NoMailServer);
    tx.commit().await.expect("commit");
    assert_eq!(count(&place.db).await, before);
}

async fn sealed_mail(db: &Db) -> Option<Vec<u8>> {
    let mut tx = db.read().await.expect("tx");
    let sql = "select sealed from mail";
    let row: (Option<Vec<u8>>,) = heard::db::one!(&mut tx, (Option<Vec<u8>>,), sql).expect("one mail");
    row.0
}

#[tokio::test]
async fn a_letter_arrives_and_leaves_nothing_behind_on_sqlite() {
    a_letter_arrives_and_leaves_nothing_behind(place(false).await).await;
}

#[tokio::test]
async fn a_letter_arrives_and_leaves_nothing_behind_on_postgres() {
    a_letter_arrives_and_leaves_nothing_behind(place(true).await).await;
}
