//! Erasing: the key goes, and with it everything that it sealed, in the tables, in the store and in old backups; then the
//! rows are emptied. What stays is a row that says that something was erased, and the audit chain, which holds no content.

use serde_json::json;

use super::store::{self, Moved};
use super::{Event, State};
use crate::audit;
use crate::clock::Moment;
use crate::db::Tx;
use crate::evidence;
use crate::id::{ItemId, SubmissionId};
use crate::intake::Intake;
use crate::jobs::JobError;

/// Erases a submission if `event` may happen to it now. True where it was erased by this call.
///
/// What lies in the safeguarding lane stays there: its code is forgotten, so that its sender sees what everybody sees
/// whose submission was erased, and only the lane can still open it.
pub async fn erase(
    intake: &Intake,
    submission: &SubmissionId,
    event: Event,
    still: impl Fn(&store::Submission) -> bool,
    now: Moment,
) -> Result<bool, JobError> {
    let site = intake.site();
    let mut tx = site.db.write().await?;
    store::hold(&mut tx, submission).await?;
    let Some(row) = store::find(&mut tx, submission).await?.filter(|row| still(row)) else { return Ok(false) };
    if row.state == State::Withdrawn && store::is_in_safeguarding_lane(&mut tx, submission).await? {
        store::forget_code(&mut tx, submission).await?;
        store::end_visits(&mut tx, submission).await?;
        audit::record(&mut tx, now, "service", "kept_for_safeguarding", "submission", submission.as_str(), json!({}))
            .await?;
        tx.commit().await?;
        return Ok(false);
    }
    if !matches!(store::move_submission(&mut tx, submission, event, now).await?, Moved::To(_)) {
        return Ok(false);
    }
    let removed = empty(intake, &mut tx, submission, now).await?;
    let detail = json!({ "was": row.state.name(), "items": removed.len() });
    audit::record(&mut tx, now, "service", "erased", "submission", submission.as_str(), detail).await?;
    tx.commit().await?;
    for item in &removed {
        intake.removed(item);
    }
    Ok(true)
}

async fn empty(intake: &Intake, tx: &mut Tx, submission: &SubmissionId, now: Moment) -> Result<Vec<ItemId>, JobError> {
    let items = evidence::store::list(tx, submission).await?;
    for item in &items {
        intake.remove_in(tx, &item.id).await?;
    }
    store::end_visits(tx, submission).await?;
    store::drop_content(tx, submission).await?;
    intake.site().keys.forget(tx, submission.as_str(), now).await?;
    Ok(items.into_iter().map(|item| item.id).collect())
}
