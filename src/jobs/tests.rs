//! What the queue promises, on SQLite. `tests/service` runs the races on both engines.

use std::sync::Mutex;

use super::*;
use crate::clock::{Clock, HOUR, SECOND};
use crate::db::Db;

const START: Moment = Moment(1_795_288_980_000_000);

type Log = Arc<Mutex<Vec<String>>>;

async fn fresh() -> (tempfile::TempDir, Db, Clock) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let db = Db::open_sqlite(&folder.path().join("db")).await.expect("a database");
    db.migrate().await.expect("tables");
    (folder, db, Clock::standing_at(START))
}

async fn put(db: &Db, kind: &'static str, subject: &str, now: Moment) {
    let mut tx = db.write().await.expect("tx");
    enqueue_with_tries(&mut tx, kind, subject, now, now, 3).await.expect("enqueued");
    tx.commit().await.expect("commit");
}

async fn counts(db: &Db) -> JobCounts {
    let mut tx = db.read().await.expect("tx");
    count(&mut tx).await.expect("counts")
}

fn registry() -> Registry<Log> {
    Registry::new()
        .on("note", |log: Log, subject| async move {
            log.lock().expect("log").push(subject);
            Ok(())
        })
        .on("bad", |log: Log, subject| async move {
            log.lock().expect("log").push(subject);
            Err(JobError::Retry(anyhow::anyhow!("no")))
        })
        .on("hopeless", |_, _| async { Err(JobError::Fail(anyhow::anyhow!("never"))) })
        .on("outside", |_, _| async { Err(JobError::Wait(anyhow::anyhow!("down"))) })
        .on("panics", |_, _| async { panic!("a handler's own fault") })
}

#[tokio::test]
async fn the_same_work_written_down_twice_is_done_once() {
    let (_folder, db, clock) = fresh().await;
    let log = Log::default();
    put(&db, "note", "a", START).await;
    put(&db, "note", "a", START).await;
    put(&db, "note", "b", START.plus(-SECOND)).await;
    assert_eq!(run_due(&db, &clock, &registry(), &log).await.expect("runs"), 2);
    put(&db, "note", "a", START).await;
    assert_eq!(run_due(&db, &clock, &registry(), &log).await.expect("runs"), 1);
    assert_eq!(*log.lock().expect("log"), ["b", "a", "a"]);
    assert_eq!(counts(&db).await, JobCounts { open: 0, failed: 0 });
}

#[tokio::test]
async fn work_that_came_up_while_it_ran_is_done_again() {
    let (_folder, db, clock) = fresh().await;
    let again = Registry::new().on("note", |(db, log): (Db, Log), subject| async move {
        let first = log.lock().expect("log").is_empty();
        log.lock().expect("log").push(subject.clone());
        if first {
            put(&db, "note", &subject, START).await;
        }
        Ok(())
    });
    let log = Log::default();
    put(&db, "note", "a", START).await;
    run_due(&db, &clock, &again, &(db.clone(), log.clone())).await.expect("runs");
    assert_eq!(*log.lock().expect("log"), ["a", "a"]);
}

#[tokio::test]
async fn a_bad_job_is_tried_with_growing_pauses_and_then_needs_a_person() {
    let (_folder, db, clock) = fresh().await;
    let log = Log::default();
    put(&db, "bad", "a", START).await;
    assert_eq!(run_due(&db, &clock, &registry(), &log).await.expect("runs"), 1);
    assert_eq!(run_due(&db, &clock, &registry(), &log).await.expect("runs"), 0, "not before the pause");
    clock.advance(7 * SECOND);
    assert_eq!(run_due(&db, &clock, &registry(), &log).await.expect("runs"), 1);
    clock.advance(7 * SECOND);
    assert_eq!(run_due(&db, &clock, &registry(), &log).await.expect("runs"), 0, "the pause has grown");
    clock.advance(7 * SECOND);
    assert_eq!(run_due(&db, &clock, &registry(), &log).await.expect("runs"), 1);
    assert_eq!(counts(&db).await, JobCounts { open: 0, failed: 1 });
    clock.advance(10 * HOUR);
    assert_eq!(run_due(&db, &clock, &registry(), &log).await.expect("runs"), 0);
    let mut tx = db.read().await.expect("tx");
    let failed = list_failed(&mut tx, 10).await.expect("lists");
    assert_eq!((failed[0].attempts, failed[0].last_error.as_deref()), (3, Some("no")));
}

#[tokio::test]
async fn what_is_hopeless_fails_at_once_and_what_is_outside_waits_for_ever() {
    let (_folder, db, clock) = fresh().await;
    let log = Log::default();
    put(&db, "hopeless", "a", START).await;
    put(&db, "outside", "a", START).await;
    for _ in 0..20 {
        run_due(&db, &clock, &registry(), &log).await.expect("runs");
        clock.advance(60 * SECOND);
    }
    assert_eq!(counts(&db).await, JobCounts { open: 1, failed: 1 });
}

#[tokio::test]
async fn a_panicking_handler_is_a_bad_try_and_not_the_end_of_the_worker() {
    let (_folder, db, clock) = fresh().await;
    let log = Log::default();
    put(&db, "panics", "a", START).await;
    put(&db, "note", "b", START).await;
    assert_eq!(run_due(&db, &clock, &registry(), &log).await.expect("runs"), 2);
    assert_eq!(counts(&db).await, JobCounts { open: 1, failed: 0 });
}

#[tokio::test]
async fn a_job_whose_workers_die_is_given_up_and_a_late_worker_finishes_nothing() {
    let (_folder, db, _clock) = fresh().await;
    put(&db, "note", "a", START).await;
    let mut now = START;
    let mut lost = Vec::new();
    for attempt in 1..=3 {
        let mut tx = db.write().await.expect("tx");
        let name = format!("worker {attempt}");
        let job = store::lease(&mut tx, ",note,", &name, now, now.plus(60 * SECOND)).await.expect("leases");
        lost.push(job.expect("is due"));
        assert!(store::lease(&mut tx, ",note,", "other", now, now).await.expect("asks").is_none(), "it is held");
        tx.commit().await.expect("commit");
        now = now.plus(61 * SECOND);
    }
    let mut tx = db.write().await.expect("tx");
    assert!(!store::finish(&mut tx, &lost[0]).await.expect("asks"), "the first lease is no longer good");
    assert!(!store::heartbeat(&mut tx, &lost[1], now).await.expect("asks"));
    assert!(store::lease(&mut tx, ",note,", "fourth", now, now).await.expect("asks").is_none());
    assert_eq!(store::give_up_lost(&mut tx, now).await.expect("marks"), 1);
    assert!(!store::finish(&mut tx, &lost[2]).await.expect("asks"), "given up is given up");
}

#[tokio::test]
async fn unknown_kinds_are_left_for_a_newer_program() {
    let (_folder, db, clock) = fresh().await;
    put(&db, "from_the_future", "a", START).await;
    assert_eq!(run_due(&db, &clock, &registry(), &Log::default()).await.expect("runs"), 0);
    assert_eq!(counts(&db).await.open, 1);
}

#[tokio::test]
async fn a_worker_wakes_does_its_work_comes_back_to_recurring_work_and_stops() {
    let (_folder, db, clock) = fresh().await;
    let log = Log::default();
    let queue = JobQueue::default();
    let registry = registry().every("sweep", HOUR, |log: Log, _| async move {
        log.lock().expect("log").push("sweep".into());
        Ok(())
    });
    let worker = Worker::new(db.clone(), clock.clone(), registry, log.clone(), queue.clone(), 2);
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let running = tokio::spawn(worker.run(stopped));
    put(&db, "note", "a", START).await;
    queue.wake();
    until(|| log.lock().expect("log").len() == 2).await;
    clock.advance(HOUR + SECOND);
    queue.wake();
    until(|| log.lock().expect("log").iter().filter(|line| *line == "sweep").count() == 2).await;
    stop.send(true).expect("the worker listens");
    running.await.expect("the worker ends");
    assert_eq!(counts(&db).await.open, 1, "the next sweep waits");
}

async fn until(done: impl Fn() -> bool) {
    for _ in 0..200 {
        if done() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("it did not happen within five seconds");
}
