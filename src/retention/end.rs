//! The end of one submission: an old draft expires, or what was taken back is erased.
//!
//! One transaction: the row is held, its items are removed, its keys are forgotten, its words and what is around it go,
//! and its state says what became of it. Once that is committed nobody can read it again, wherever copies lie; objects
//! in the store, and the copies of its keys there, go by the jobs that were written down with it.

use super::store;
use crate::audit;
use crate::clock::Moment;
use crate::db::Tx;
use crate::evidence;
use crate::id::SubmissionId;
use crate::intake::Intake;
use crate::jobs::JobError;
use crate::submission::store::{Moved, drop_content, end_visits, forget_code, move_submission};
use crate::submission::{Event, State};

/// Which end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// A draft that nobody touched since this moment.
    OldDraft(Moment),
    /// A submission that was taken back at this moment or before.
    TakenBack(Moment),
    /// A submission whose key is gone, because it was erased after the backup that was restored.
    KeyGone,
}

/// Ends a submission, if it is still due. False when it was touched, or undone, in the meantime.
pub(super) async fn end(intake: &Intake, submission: &SubmissionId, how: End) -> Result<bool, JobError> {
    let site = intake.site();
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let due = match how {
        End::OldDraft(limit) => store::hold_draft(&mut tx, submission, limit).await?,
        End::TakenBack(limit) => store::hold_withdrawn(&mut tx, submission, limit).await?,
        End::KeyGone => true,
    };
    if !due {
        return Ok(false);
    }
    let items = evidence::store::list(&mut tx, submission).await?;
    for item in &items {
        intake.remove_in(&mut tx, &item.id).await.map_err(|error| JobError::Retry(error.into()))?;
    }
    let ended = end_in(&mut tx, submission, how, now).await?;
    if ended {
        site.keys.forget(&mut tx, submission.as_str(), now).await?;
        tx.commit().await?;
        for item in &items {
            intake.removed(&item.id);
        }
    }
    Ok(ended)
}

async fn end_in(tx: &mut Tx, submission: &SubmissionId, how: End, now: Moment) -> Result<bool, JobError> {
    drop_content(tx, submission).await?;
    end_visits(tx, submission).await?;
    store::drop_notes_of(tx, submission).await?;
    let Some(state) = move_to_end(tx, submission, how, now).await? else { return Ok(false) };
    let detail = serde_json::json!({ "key_was_gone": how == End::KeyGone });
    audit::record(tx, now, "service", state.name(), "submission", submission.as_str(), detail).await?;
    Ok(true)
}

/// Moves it by the rules of its life, step by step. None where it is over already.
async fn move_to_end(tx: &mut Tx, submission: &SubmissionId, how: End, now: Moment) -> Result<Option<State>, JobError> {
    let events: &[Event] = match how {
        End::OldDraft(_) => &[Event::Expire],
        End::TakenBack(_) => &[Event::Erase],
        // A draft expires; what was sent is taken back and erased in one go.
        End::KeyGone => &[Event::Expire, Event::TakeBack, Event::Erase],
    };
    for event in events {
        if let Moved::To(state @ (State::Expired | State::Erased)) =
            move_submission(tx, submission, *event, now).await?
        {
            return Ok(Some(state));
        }
    }
    Ok(None)
}

/// What lies in the safeguarding lane stays there when its sender takes it back, and nobody must be able to tell that
/// from the outside: after the same time its code finds nothing any more.
pub(super) async fn restrict(intake: &Intake, submission: &SubmissionId, limit: Moment) -> Result<bool, JobError> {
    let site = intake.site();
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    if !store::hold_restricted(&mut tx, submission, limit).await? {
        return Ok(false);
    }
    forget_code(&mut tx, submission).await?;
    end_visits(&mut tx, submission).await?;
    let detail = serde_json::json!({});
    audit::record(&mut tx, now, "service", "kept_restricted", "submission", submission.as_str(), detail).await?;
    tx.commit().await?;
    Ok(true)
}
