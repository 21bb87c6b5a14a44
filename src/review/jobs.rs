//! Work that others ask of reviewing: putting what was sent into the queues.
//!
//! A lower floor cannot call this one, so it writes a job: sending, adding to what was sent, and placing an area write
//! [`QUEUE_SUBMISSION`]; opening an inspection writes [`OPEN_INSPECTION`]. Running either twice is harmless.

use super::store;
use crate::id::{InspectionId, SubmissionId};
use crate::jobs::JobError;
use crate::web::Site;

/// The job that puts a submission into the queues of its areas' inspections. Its subject is the submission's id.
pub const QUEUE_SUBMISSION: &str = "queue_submission";
/// The job that puts everything sent for an area into a new inspection's queue. Its subject is the inspection's id.
pub const OPEN_INSPECTION: &str = "open_inspection";

/// Does [`QUEUE_SUBMISSION`]: waiting in every open inspection, or in the lane for those without an area; and waiting
/// again where something was added after it was read.
pub async fn queue_submission(site: Site, subject: String) -> Result<(), JobError> {
    let (submission, now) = (SubmissionId(subject), site.clock.now());
    let mut tx = site.db.write().await?;
    store::queue_submission(&mut tx, &submission, now).await?;
    store::queue_without_area(&mut tx, &submission).await?;
    store::wait_again_for_what_was_added(&mut tx, &submission, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Does [`OPEN_INSPECTION`].
pub async fn open_inspection(site: Site, subject: String) -> Result<(), JobError> {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    store::queue_inspection(&mut tx, &InspectionId(subject), now).await?;
    tx.commit().await?;
    Ok(())
}
