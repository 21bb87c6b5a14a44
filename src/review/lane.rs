//! The lane "area not known": what was sent without an area waits here until triage finds out where it belongs. What must
//! not say where a child lives waits for safeguarding instead, and triage does not see it.

use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::id::{StaffId, SubmissionId};
use crate::jobs;
use crate::storage::keys::SubmissionKey;
use crate::web::{Role, Staff};

use super::jobs::QUEUE_SUBMISSION;
use super::queue::{Cursor, PAGE};

/// One line of the lane.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LaneLine {
    /// The submission.
    pub submission_id: SubmissionId,
    /// Its public reference.
    pub reference: String,
    /// When it was sent.
    pub sent_us: Moment,
    /// Who sends.
    pub role: Option<String>,
    /// Whether the sender said that they do not know the area; else nobody answered the question.
    pub area_state: String,
    /// When something was last added.
    pub added_us: Option<Moment>,
    /// When this reader last opened it.
    pub seen_us: Option<Moment>,
    /// Whether it is made up, for showing how Heard works.
    pub made_up: bool,
}

const LIST: &str =
    "select l.submission_id, s.reference, l.sent_us, s.role, s.area_state, s.added_us, v.seen_us, s.made_up
    from area_lane l
    join submission s on s.id = l.submission_id
    left join review_seen v on v.submission_id = l.submission_id and v.staff_id = $1
    where l.placed_us is null
        and (l.sent_us, l.submission_id) > ($2, $3)
        and s.state = 'sent'
        and s.place_hidden = $4
        and not exists (select 1 from submission_area a where a.submission_id = l.submission_id)
        and not exists (
            select 1 from flag c where c.submission_id = l.submission_id and c.item_id is null and c.seals)
    order by l.sent_us, l.submission_id
    limit 26";

/// One page of the lane, oldest first, and where the next goes on.
pub async fn list(tx: &mut Tx, staff: &Staff, after: &Cursor) -> DbResult<(Vec<LaneLine>, Option<Cursor>)> {
    let mut lines =
        db::all!(tx, LaneLine, LIST, &staff.id, after.sent_us, &after.submission, staff.role == Role::Safeguarding)?;
    let more = lines.len() > PAGE;
    lines.truncate(PAGE);
    let next = lines.last().filter(|_| more);
    let next = next.map(|line| Cursor { sent_us: line.sent_us, submission: line.submission_id.clone() });
    Ok((lines, next))
}

const PLACED: &str = "update area_lane set placed_us = $2, placed_by = $3, reason_sealed = $4
    where submission_id = $1 and placed_us is null";
const AREA: &str = "insert into submission_area (submission_id, area_code, relation) values ($1, $2, 'lives')
    on conflict do nothing";
const KNOWN: &str = "update submission set area_state = 'known' where id = $1";

/// Where triage places a submission, and why they think that it belongs there.
#[derive(Debug)]
pub struct Place<'a> {
    /// Who says so.
    pub by: &'a StaffId,
    /// The area's code.
    pub area: &'a str,
    /// Why.
    pub reason: &'a str,
}

/// Gives a submission its area and sends it to the queues there. False where it was placed before.
pub async fn place(
    tx: &mut Tx,
    key: &SubmissionKey,
    submission: &SubmissionId,
    place: Place<'_>,
    now: Moment,
) -> DbResult<bool> {
    let reason = key.seal_text("area_lane", "reason_sealed", submission.as_str(), place.reason);
    if db::run!(&mut *tx, PLACED, submission, now, place.by, reason)? == 0 {
        return Ok(false);
    }
    db::run!(&mut *tx, AREA, submission, place.area)?;
    db::run!(&mut *tx, KNOWN, submission)?;
    jobs::enqueue(tx, QUEUE_SUBMISSION, submission.as_str(), now, now).await?;
    Ok(true)
}
