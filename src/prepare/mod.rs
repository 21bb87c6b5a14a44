//! Making safe copies of what was sent: the worker's side. What a copy is and how it is made is `media/`; the rows, and
//! where each item's work stands, are [`crate::evidence::copies`].
//!
//! An original that was read back and checked is opened into a folder that only this program's user reads, the tools make
//! their copies there in their box ([`crate::media::boxed`]), each copy is sealed under the item's own key and put into the
//! store, read back and compared, and in one transaction the item is `ready` and its copies are there. Nothing of it is
//! seen before. What is left of a worker that was killed is swept away by the next ([`workshop`]); objects that it had
//! put and not told of are discarded by the next try, or by the reconciler.
//!
//! - **Fair**: a submission stands in each queue once, and goes to its end after every file ([`work`]). Video and sound
//!   have a worker of their own, so that nobody's photo waits for a film.
//! - **Files from communication aids** get no copies: what is [`inside`] them is read when somebody looks.
//! - **Without a tool** the item waits and its sender is told "We have it": the page for staff says that the program is not
//!   here. When another set of tools is found at a start, or within the hour, it is tried again by itself.

pub mod inside;
mod queue;
mod seal;
mod work;
pub mod workshop;

use std::sync::{Arc, OnceLock};

use crate::clock::HOUR;
use crate::db::DbResult;
use crate::evidence::copies::{self, Lane, PREPARE, PREPARE_LONG};
use crate::id::{SubmissionId, random};
use crate::intake::Intake;
use crate::jobs::{JobError, Registry};
use crate::media::tools::Tools;
use crate::web::Site;

pub use self::queue::routes;

/// Asks for copies of what waits and that nobody asked for, and sweeps up after workers that are no more.
const LOOK_AROUND: &str = "prepare_look_around";

/// The jobs of quick copies: pictures, pages, documents.
pub fn quick_jobs() -> Registry<Intake> {
    Registry::new()
        .on(
            PREPARE,
            |intake: Intake, id| async move { work::next_of(intake.site(), &SubmissionId(id), Lane::Quick).await },
        )
        .every(LOOK_AROUND, HOUR, |intake: Intake, _| async move { look_around(intake.site()).await })
}

/// The jobs of long copies: video and sound.
pub fn long_jobs() -> Registry<Intake> {
    Registry::new().on(PREPARE_LONG, |intake: Intake, id| async move {
        work::next_of(intake.site(), &SubmissionId(id), Lane::Long).await
    })
}

/// What a worker does before its first job, and once an hour: sweeps, and asks for what was not asked for.
pub async fn look_around(site: &Site) -> Result<(), JobError> {
    let root = site.config.workshops();
    let swept = tokio::task::spawn_blocking(move || workshop::sweep(&root)).await;
    match swept.map_err(std::io::Error::other).flatten() {
        Ok(0) => {}
        Ok(folders) => tracing::warn!(folders, "folders for work were left by workers that are no more, and are gone"),
        Err(error) => {
            tracing::error!(cause = %error, "a folder for work could not be removed: it may hold what was sent")
        }
    }
    work::ask_missing(site).await
}

/// Takes back the tries that this process was at. For the end of a process whose workers have ended.
pub async fn put_down(site: &Site) -> DbResult<()> {
    let mut tx = site.db.write().await?;
    copies::put_down(&mut tx, holder()).await?;
    tx.commit().await
}

/// What this run of this program is called in the rows of what it works on.
fn holder() -> &'static str {
    static NAME: OnceLock<String> = OnceLock::new();
    NAME.get_or_init(|| data_encoding::HEXLOWER.encode(&random::<8>()))
}

/// The tools that are here, looked for once. It blocks.
fn tools(site: &Site) -> Arc<Tools> {
    static FOUND: OnceLock<Arc<Tools>> = OnceLock::new();
    let config = &site.config;
    let look = || Arc::new(Tools::look(&config.own_program, config.settings.transcribe_command.as_deref()));
    FOUND.get_or_init(look).clone()
}
