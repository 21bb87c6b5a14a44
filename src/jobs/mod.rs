//! Work outside a request: written down in the transaction that made it necessary, done by a worker, never forgotten.
//!
//! A job carries the id of the thing it is about, never content, and running one twice is harmless. A feature calls
//! [`enqueue`] with its own transaction; `app.rs` says in a [`Registry`] which function does which kind; a [`Worker`]
//! runs them, in the server's process or in one of its own.
//!
//! ```text
//!            enqueue                lease (counts a try)            handler: Ok
//!   (none) ───────────▶ waiting ──────────────────────▶ leased ─────────────────▶ (row deleted)
//!                          ▲                               │  Retry, Wait, or the lease ran out
//!                          └───────────────────────────────┤
//!                                                          │  Fail, or no tries left
//!                                                          ▼
//!                                                  failed: needs a person
//! ```

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::Notify;

use crate::clock::Moment;
use crate::db::{self, DbError, DbResult, Tx};
use crate::id::JobId;

pub use self::worker::{Worker, run_due};

mod store;
mod worker;

/// Tries before a person must look, when the caller does not say.
pub const TRIES: i64 = 12;

/// How a job's run ended badly.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Something outside (storage, mail, scanner) is down: try again in a while, and do not count this try.
    #[error("waiting for something outside: {0:#}")]
    Wait(anyhow::Error),
    /// It went wrong and may go right the next time.
    #[error("{0:#}")]
    Retry(anyhow::Error),
    /// Trying again will not help: a person must look.
    #[error("{0:#}")]
    Fail(anyhow::Error),
}

impl From<DbError> for JobError {
    fn from(error: DbError) -> JobError {
        if error.is_passing() { JobError::Wait(error.into()) } else { JobError::Retry(error.into()) }
    }
}

impl From<anyhow::Error> for JobError {
    fn from(error: anyhow::Error) -> JobError {
        JobError::Retry(error)
    }
}

/// Writes down a piece of work, to be done at `run_at` or soon after. While one of the same kind and subject waits,
/// nothing is added; one that is running does not count, because it may have read the old state.
pub async fn enqueue(tx: &mut Tx, kind: &'static str, subject: &str, now: Moment, run_at: Moment) -> DbResult<()> {
    enqueue_with_tries(tx, kind, subject, now, run_at, TRIES).await
}

/// Like [`enqueue`], for work that should be tried fewer (or more) times before a person looks.
pub async fn enqueue_with_tries(
    tx: &mut Tx,
    kind: &'static str,
    subject: &str,
    now: Moment,
    run_at: Moment,
    tries: i64,
) -> DbResult<()> {
    store::insert(tx, &JobId::new(now), kind, subject, now, run_at, tries).await
}

/// Takes away the waiting jobs of one kind about one subject. One that is running goes on until it looks.
pub async fn cancel(tx: &mut Tx, kind: &'static str, subject: &str) -> DbResult<()> {
    store::delete_waiting(tx, kind, subject).await
}

/// A job that needs a person.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct FailedJob {
    /// The job.
    pub id: String,
    /// What it was to do.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was given up.
    pub failed_us: Moment,
    /// What went wrong, for the operator.
    pub last_error: Option<String>,
}

/// The jobs that need a person, newest first.
pub async fn list_failed(tx: &mut Tx, limit: i64) -> DbResult<Vec<FailedJob>> {
    store::list_failed(tx, limit).await
}

/// Counts of what waits and what needs a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct JobCounts {
    /// Jobs that wait or run.
    pub open: i64,
    /// Jobs that need a person.
    pub failed: i64,
}

/// How much work there is.
pub async fn count(tx: &mut Tx) -> DbResult<JobCounts> {
    db::one!(tx, JobCounts, store::COUNT)
}

/// Wakes the workers of this process as soon as a job was committed. Others find it within a second.
#[derive(Clone, Debug, Default)]
pub struct JobQueue {
    wake: Arc<Notify>,
}

impl JobQueue {
    /// Says that there may be something to do: to every worker that waits, because each knows other kinds of jobs, and to
    /// one that is about to.
    pub fn wake(&self) {
        self.wake.notify_waiters();
        self.wake.notify_one();
    }

    pub(crate) async fn woken(&self) {
        self.wake.notified().await;
    }
}

type Running = Pin<Box<dyn Future<Output = Result<(), JobError>> + Send>>;
type Handler<C> = Arc<dyn Fn(C, String) -> Running + Send + Sync>;

/// Which function does which kind of job. `C` is what handlers work with: the site.
#[derive(Clone)]
pub struct Registry<C> {
    handlers: BTreeMap<&'static str, Handler<C>>,
    /// Kinds that run again and again, with the pause between two runs in microseconds.
    every: BTreeMap<&'static str, i64>,
}

impl<C> Default for Registry<C> {
    fn default() -> Self {
        Registry { handlers: BTreeMap::new(), every: BTreeMap::new() }
    }
}

impl<C: Clone + Send + Sync + 'static> Registry<C> {
    /// A registry that knows no kind yet.
    pub fn new() -> Self {
        Registry::default()
    }

    /// Says which function does this kind.
    pub fn on<F, R>(mut self, kind: &'static str, handler: F) -> Self
    where
        F: Fn(C, String) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        let handler: Handler<C> = Arc::new(move |context, subject| Box::pin(handler(context, subject)));
        assert!(self.handlers.insert(kind, handler).is_none(), "two handlers for {kind}");
        self
    }

    /// Like [`Registry::on`], for work that is done again `pause` microseconds after it was last done. Its subject is
    /// empty, and it is never given up.
    pub fn every<F, R>(mut self, kind: &'static str, pause: i64, handler: F) -> Self
    where
        F: Fn(C, String) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        self.every.insert(kind, pause);
        self.on(kind, handler)
    }

    /// The kinds that have a handler.
    pub fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.handlers.keys().copied()
    }

    fn run(&self, kind: &str, context: C, subject: String) -> Option<Running> {
        self.handlers.get(kind).map(|handler| handler(context, subject))
    }
}

#[cfg(test)]
mod tests;
