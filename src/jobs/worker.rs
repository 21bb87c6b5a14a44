//! The loop that leases jobs and runs them.
//!
//! Several workers, in one process or in many, share the table: each takes the job that has waited longest. A lease
//! that is not renewed runs out, and the job is somebody else's; a worker that comes back late finds that it can no
//! longer finish it, and its handler is dropped.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::store::{self, Leased};
use super::{JobError, JobQueue, Registry, TRIES};
use crate::clock::{Clock, HOUR, Moment, SECOND};
use crate::db::{Db, DbResult};
use crate::id::{JobId, random};

/// How long a lease holds without a sign of life.
const LEASE: i64 = 60 * SECOND;
/// How often a running job gives a sign of life.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a stopping worker waits for the jobs it runs.
const GRACE: Duration = Duration::from_secs(25);
/// How often a worker looks for jobs that nobody told it of.
const POLL: Duration = Duration::from_secs(1);
/// How often a worker looks after recurring work and jobs whose workers died.
const TEND: Duration = Duration::from_secs(30);
/// The longest pause before another try.
const LONGEST_PAUSE: i64 = HOUR;

/// Runs jobs until it is told to stop.
pub struct Worker<C> {
    db: Db,
    clock: Clock,
    registry: Arc<Registry<C>>,
    context: C,
    queue: JobQueue,
    at_once: usize,
}

impl<C: Clone + Send + Sync + 'static> Worker<C> {
    /// A worker that runs up to `at_once` jobs at the same time.
    pub fn new(db: Db, clock: Clock, registry: Registry<C>, context: C, queue: JobQueue, at_once: usize) -> Worker<C> {
        Worker { db, clock, registry: Arc::new(registry), context, queue, at_once: at_once.max(1) }
    }

    /// Runs until `stop` says true (or is dropped), then lets running jobs end for a while and puts back the rest.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let kinds = kinds_list(&self.registry);
        let mut running = JoinSet::new();
        let (release, released) = watch::channel(false);
        let mut tended = None;
        while !*stop.borrow() {
            if tended.is_none_or(|at: Instant| at.elapsed() >= TEND) {
                self.start_recurring().await;
                tended = Some(Instant::now());
            }
            while running.len() < self.at_once && !*stop.borrow() {
                match self.lease(&kinds).await {
                    Ok(Some(job)) => {
                        let one = self.one(job, released.clone());
                        running.spawn(one);
                    }
                    Ok(None) => break,
                    Err(error) => {
                        tracing::warn!(error = %error, "no job could be leased");
                        break;
                    }
                }
            }
            let full = running.len() >= self.at_once;
            tokio::select! {
                changed = stop.changed() => if changed.is_err() { break },
                Some(_) = running.join_next(), if !running.is_empty() => {}
                () = self.queue.woken(), if !full => {}
                () = tokio::time::sleep(POLL), if !full => {}
            }
        }
        let all_ended = async { while running.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, all_ended).await.is_err() {
            let _ = release.send(true);
            while running.join_next().await.is_some() {}
        }
    }

    async fn lease(&self, kinds: &str) -> DbResult<Option<Leased>> {
        lease(&self.db, self.clock.now(), kinds).await
    }

    /// Writes down recurring work that is not there, and marks jobs that took their last worker with them.
    async fn start_recurring(&self) {
        if let Err(error) = start_recurring(&self.db, &self.registry, self.clock.now()).await {
            tracing::warn!(error = %error, "recurring work could not be written down");
        }
    }

    fn one(&self, job: Leased, released: watch::Receiver<bool>) -> impl Future<Output = ()> + Send + 'static {
        let (db, clock, registry) = (self.db.clone(), self.clock.clone(), self.registry.clone());
        let context = self.context.clone();
        async move { run_one(&db, &clock, &registry, context, job, released).await }
    }
}

/// Runs every job that is due, one after another, until none is left, and says how many runs there were. For tests and
/// for commands that end. Jobs that must be tried again later stay.
pub async fn run_due<C>(db: &Db, clock: &Clock, registry: &Registry<C>, context: &C) -> DbResult<u64>
where
    C: Clone + Send + Sync + 'static,
{
    let kinds = kinds_list(registry);
    let (_release, released) = watch::channel(false);
    let mut runs = 0;
    while let Some(job) = lease(db, clock.now(), &kinds).await? {
        run_one(db, clock, registry, context.clone(), job, released.clone()).await;
        runs += 1;
    }
    Ok(runs)
}

fn kinds_list<C: Clone + Send + Sync + 'static>(registry: &Registry<C>) -> String {
    let mut list = String::from(",");
    for kind in registry.kinds() {
        list.push_str(kind);
        list.push(',');
    }
    list
}

async fn lease(db: &Db, now: Moment, kinds: &str) -> DbResult<Option<Leased>> {
    let lease_by = data_encoding::HEXLOWER.encode(&random::<12>());
    let mut tx = db.write().await?;
    let job = store::lease(&mut tx, kinds, &lease_by, now, now.plus(LEASE)).await?;
    tx.commit().await?;
    Ok(job)
}

async fn start_recurring<C>(db: &Db, registry: &Registry<C>, now: Moment) -> DbResult<()> {
    let mut tx = db.write().await?;
    for kind in registry.every.keys() {
        store::insert_first(&mut tx, &JobId::new(now), kind, now, TRIES).await?;
    }
    let lost = store::give_up_lost(&mut tx, now).await?;
    tx.commit().await?;
    if lost > 0 {
        tracing::error!(jobs = lost, "jobs stopped their worker too often and need a person");
    }
    Ok(())
}

/// How one run of a job ended.
enum Ended {
    Done,
    Bad(JobError),
    /// Somebody else has the job by now.
    LeaseLost,
    /// The worker stops before the job did.
    Stopped,
}

async fn run_one<C>(
    db: &Db,
    clock: &Clock,
    registry: &Registry<C>,
    context: C,
    job: Leased,
    released: watch::Receiver<bool>,
) where
    C: Clone + Send + Sync + 'static,
{
    let Some(running) = registry.run(&job.kind, context, job.subject.clone()) else { return };
    let ended = watch_over(db, clock, &job, tokio::spawn(running), released).await;
    let every = registry.every.get(job.kind.as_str()).copied();
    if let Err(error) = record(db, clock.now(), &job, every, ended).await {
        // The lease runs out and the job is run again, which is harmless.
        tracing::warn!(kind = job.kind, job = job.id, error = %error, "the end of a job could not be recorded");
    }
}

async fn watch_over(
    db: &Db,
    clock: &Clock,
    job: &Leased,
    mut running: tokio::task::JoinHandle<Result<(), JobError>>,
    mut released: watch::Receiver<bool>,
) -> Ended {
    let mut beat = tokio::time::interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
    let mut held_until = clock.now().plus(LEASE);
    loop {
        tokio::select! {
            end = &mut running => return match end {
                Ok(Ok(())) => Ended::Done,
                Ok(Err(error)) => Ended::Bad(error),
                Err(join) => Ended::Bad(JobError::Retry(anyhow::anyhow!("the handler stopped: {join}"))),
            },
            _ = beat.tick() => {
                let now = clock.now();
                let held = match renew(db, job, now.plus(LEASE)).await {
                    Ok(true) => { held_until = now.plus(LEASE); true }
                    Ok(false) => false,
                    // Without the database the lease holds until it runs out, and no longer.
                    Err(_) => now < held_until,
                };
                if !held {
                    running.abort();
                    let _ = running.await;
                    return Ended::LeaseLost;
                }
            }
            () = told(&mut released) => {
                running.abort();
                let _ = running.await;
                return Ended::Stopped;
            }
        }
    }
}

/// Returns when the channel says true, or nobody can say it any more.
async fn told(released: &mut watch::Receiver<bool>) {
    let _ = released.wait_for(|told| *told).await;
}

async fn renew(db: &Db, job: &Leased, until: Moment) -> DbResult<bool> {
    let mut tx = db.write().await?;
    let held = store::heartbeat(&mut tx, job, until).await?;
    tx.commit().await?;
    Ok(held)
}

async fn record(db: &Db, now: Moment, job: &Leased, every: Option<i64>, ended: Ended) -> DbResult<()> {
    let mut tx = db.write().await?;
    match (ended, every) {
        (Ended::LeaseLost, _) => {}
        (Ended::Done, None) => {
            store::finish(&mut tx, job).await?;
        }
        (Ended::Done, Some(pause)) => {
            store::put_back(&mut tx, job, now.plus(pause), 0, None).await?;
        }
        (Ended::Stopped, _) => {
            store::put_back(&mut tx, job, now, job.attempts - 1, None).await?;
        }
        (Ended::Bad(error), every) => record_bad(&mut tx, now, job, every, error).await?,
    }
    tx.commit().await
}

async fn record_bad(
    tx: &mut crate::db::Tx,
    now: Moment,
    job: &Leased,
    every: Option<i64>,
    error: JobError,
) -> DbResult<()> {
    let said: String = error.to_string().chars().take(500).collect();
    let out_of_tries = job.attempts >= job.max_attempts;
    match (&error, every) {
        (JobError::Wait(_), _) => {
            tracing::warn!(kind = job.kind, job = job.id, error = said, "a job waits for something outside");
            store::put_back(tx, job, now.plus(spread(30 * SECOND)), job.attempts - 1, Some(&said)).await?;
        }
        (_, Some(pause)) if out_of_tries || matches!(error, JobError::Fail(_)) => {
            tracing::error!(kind = job.kind, job = job.id, error = said, "recurring work went wrong");
            store::put_back(tx, job, now.plus(pause), 0, Some(&said)).await?;
        }
        (_, None) if out_of_tries || matches!(error, JobError::Fail(_)) => {
            tracing::error!(kind = job.kind, job = job.id, error = said, "a job needs a person");
            store::give_up(tx, job, now, &said).await?;
        }
        _ => {
            tracing::warn!(kind = job.kind, job = job.id, attempt = job.attempts, error = said, "a job went wrong");
            store::put_back(tx, job, now.plus(pause_after(job.attempts)), job.attempts, Some(&said)).await?;
        }
    }
    Ok(())
}

/// How long to wait after so many tries: 5 s, 10 s, 20 s … up to an hour.
fn pause_after(attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(20);
    spread((5 * SECOND).saturating_mul(1 << doublings).min(LONGEST_PAUSE))
}

/// Between three quarters and five quarters of `pause`, so that what failed together does not come back together.
fn spread(pause: i64) -> i64 {
    let [random] = random::<1>();
    pause * 3 / 4 + pause / 2 * i64::from(random) / 255
}
