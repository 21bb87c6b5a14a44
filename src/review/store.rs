//! The SQL of reviews: who has what, what happened to it, and when somebody last looked.
//!
//! Who may read a submission is asked before (`account::scope`); nothing here asks again.

use super::{Move, Refused, Review, ReviewState, decide};
use crate::clock::Moment;
use crate::clock::working_day::end_of_next_working_day;
use crate::db::{self, DbResult, Tx};
use crate::id::{InspectionId, StaffId, SubmissionId};
use crate::jobs;
use crate::submission::jobs::NEWS_OF_READING;

const QUEUE_SUBMISSION: &str = "insert into review (submission_id, inspection_id, state, sent_us, changed_us)
    select distinct s.id, i.id, 'waiting', s.sent_us, cast($2 as bigint)
    from submission s
    join submission_area a on a.submission_id = s.id
    join inspection i on i.area_code = a.area_code
    where s.id = $1 and s.state = 'sent' and i.reported_on is null
    on conflict do nothing";

/// Makes a sent submission wait in every open inspection of its areas, where it does not yet.
pub async fn queue_submission(tx: &mut Tx, submission: &SubmissionId, now: Moment) -> DbResult<u64> {
    db::run!(tx, QUEUE_SUBMISSION, submission, now)
}

const QUEUE_INSPECTION: &str = "insert into review (submission_id, inspection_id, state, sent_us, changed_us)
    select distinct s.id, i.id, 'waiting', s.sent_us, cast($2 as bigint)
    from inspection i
    join submission_area a on a.area_code = i.area_code
    join submission s on s.id = a.submission_id
    where i.id = $1 and i.reported_on is null and s.state = 'sent'
    on conflict do nothing";

/// Makes everything that was sent for an inspection's area, and not taken back, wait in it.
pub async fn queue_inspection(tx: &mut Tx, inspection: &InspectionId, now: Moment) -> DbResult<u64> {
    db::run!(tx, QUEUE_INSPECTION, inspection, now)
}

const LANE: &str = "insert into area_lane (submission_id, sent_us)
    select s.id, s.sent_us
    from submission s
    where s.id = $1 and s.state = 'sent'
        and not exists (select 1 from submission_area a where a.submission_id = s.id)
    on conflict do nothing";

/// Puts a sent submission that says no area into the lane "area not known".
pub async fn queue_without_area(tx: &mut Tx, submission: &SubmissionId) -> DbResult<u64> {
    db::run!(tx, LANE, submission)
}

const FIND: &str =
    "select state, claimed_by, claimed_until_us, changed_us, changed_by, set_aside_why, read_us, new_since_us, version
    from review
    where submission_id = $1 and inspection_id = $2";

/// The review of a pair, if there is one.
pub async fn find(tx: &mut Tx, submission: &SubmissionId, inspection: &InspectionId) -> DbResult<Option<Review>> {
    db::maybe!(tx, Review, FIND, submission, inspection)
}

const MOVE: &str = "update review
    set state = $4, claimed_by = $5, claimed_until_us = $6, changed_us = $7, changed_by = $8, set_aside_why = $9,
        read_us = $10, new_since_us = $11, version = version + 1
    where submission_id = $1 and inspection_id = $2 and version = $3";

const STEP: &str = "insert into review_step (submission_id, inspection_id, version, state, staff_id, at_us)
    values ($1, $2, $3, $4, $5, $6)";

/// The pair that a review belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// What was sent.
    pub submission: SubmissionId,
    /// For which inspection.
    pub inspection: InspectionId,
}

/// Somebody who moves a review: what they want, and the moment up to which they have seen what is there.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// Who.
    pub by: &'a StaffId,
    /// What.
    pub wanted: Move,
    /// When the page was made on which they pressed: what was added later, they have not read.
    pub seen_to: Moment,
}

/// What came of wanting to move a review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is there now.
    Moved(ReviewState),
    /// It is where it was.
    Refused(Refused),
    /// There is no such review.
    NoReview,
}

/// Moves a review as [`decide`] allows. Of any number of people who claim it at once, exactly one wins: each move names
/// the version that it saw.
pub async fn move_review(tx: &mut Tx, pair: &Pair, wanted: &Wanted<'_>, now: Moment) -> DbResult<Outcome> {
    // Another person's move between our two statements (PostgreSQL) counts, and is looked at again.
    loop {
        let Some(review) = find(tx, &pair.submission, &pair.inspection).await? else {
            return Ok(Outcome::NoReview);
        };
        let state = match decide(&review, wanted.by, wanted.wanted, now) {
            Ok(state) => state,
            Err(refused) => return Ok(Outcome::Refused(refused)),
        };
        let next = after(&review, wanted, state, now);
        if write(tx, pair, &review, &next).await? {
            if state.is_read() {
                look_again_if_added(tx, pair, wanted.seen_to, now).await?;
            }
            return Ok(Outcome::Moved(state));
        }
    }
}

fn after(review: &Review, wanted: &Wanted<'_>, state: ReviewState, now: Moment) -> Review {
    let mut next = review.clone();
    next.state = state;
    next.changed_us = now;
    next.changed_by = Some(wanted.by.clone());
    match wanted.wanted {
        Move::Claim => {
            next.claimed_by = Some(wanted.by.clone());
            next.claimed_until_us = Some(end_of_next_working_day(now));
        }
        Move::Release | Move::PutBack => (next.claimed_by, next.claimed_until_us) = (None, None),
        Move::Review | Move::Use | Move::SetAside(_) => next.claimed_until_us = None,
    }
    if state.is_read() {
        next.read_us = review.read_us.max(Some(wanted.seen_to.min(now)));
        next.new_since_us = review.new_since_us.filter(|since| Some(*since) > next.read_us);
    }
    next.set_aside_why = match wanted.wanted {
        Move::SetAside(why) => Some(why.name().to_owned()),
        _ => None,
    };
    next
}

/// Writes a review's next step, if it is still as it was read. False where somebody was quicker.
async fn write(tx: &mut Tx, pair: &Pair, was: &Review, next: &Review) -> DbResult<bool> {
    let moved = db::run!(
        &mut *tx,
        MOVE,
        &pair.submission,
        &pair.inspection,
        was.version,
        next.state.name(),
        next.claimed_by.as_ref(),
        next.claimed_until_us,
        next.changed_us,
        next.changed_by.as_ref(),
        next.set_aside_why.as_deref(),
        next.read_us,
        next.new_since_us,
    )?;
    if moved == 0 {
        return Ok(false);
    }
    let (version, state) = (was.version + 1, next.state.name());
    db::run!(
        &mut *tx,
        STEP,
        &pair.submission,
        &pair.inspection,
        version,
        state,
        next.changed_by.as_ref(),
        next.changed_us,
    )?;
    if next.read_us.is_some() && was.read_us.is_none() {
        // Its sender is told that there is news, if they asked for that and it is safe.
        let (sent, now) = (pair.submission.as_str(), next.changed_us);
        jobs::enqueue(tx, NEWS_OF_READING, sent, now, now).await?;
    }
    Ok(true)
}

const ADDED: &str = "select added_us from submission where id = $1 and state = 'sent'";

async fn added(tx: &mut Tx, submission: &SubmissionId) -> DbResult<Option<Moment>> {
    Ok(db::maybe!(tx, (Option<Moment>,), ADDED, submission)?.and_then(|(added,)| added))
}

/// Something was added while its reader's page was already open: let the job look, once this is committed.
async fn look_again_if_added(tx: &mut Tx, pair: &Pair, seen_to: Moment, now: Moment) -> DbResult<()> {
    if added(tx, &pair.submission).await?.is_some_and(|added| added > seen_to) {
        jobs::enqueue(tx, super::jobs::QUEUE_SUBMISSION, pair.submission.as_str(), now, now).await?;
    }
    Ok(())
}

const LIST_PAIRS: &str = "select inspection_id from review where submission_id = $1 order by inspection_id";

/// Makes a submission wait again wherever it was read before the last addition: "new since you read it".
pub async fn wait_again_for_what_was_added(tx: &mut Tx, submission: &SubmissionId, now: Moment) -> DbResult<()> {
    let Some(added) = added(tx, submission).await? else { return Ok(()) };
    for (inspection,) in db::all!(&mut *tx, (InspectionId,), LIST_PAIRS, submission)? {
        let pair = Pair { submission: submission.clone(), inspection };
        while let Some(review) = find(tx, &pair.submission, &pair.inspection).await? {
            let Some(next) = with_news(&review, added, now) else { break };
            if write(tx, &pair, &review, &next).await? {
                break;
            }
        }
    }
    Ok(())
}

/// What an addition makes of a review; none where it was not read before, or the addition was read.
fn with_news(review: &Review, added: Moment, now: Moment) -> Option<Review> {
    let read = review.read_us?;
    if added <= read || review.new_since_us.is_some_and(|since| since >= added) {
        return None;
    }
    let mut next = review.clone();
    next.new_since_us = Some(added);
    if review.state.is_read() {
        next.state = ReviewState::Waiting;
        (next.claimed_by, next.claimed_until_us, next.set_aside_why) = (None, None, None);
        (next.changed_us, next.changed_by) = (now, None);
    }
    Some(next)
}

/// A review on a submission's page, with its inspection.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ReviewLine {
    /// The inspection.
    pub inspection_id: InspectionId,
    /// Its title.
    pub title: String,
    /// The review.
    #[sqlx(flatten)]
    pub review: Review,
}

const LIST_FOR: &str =
    "select r.inspection_id, i.title, r.state, r.claimed_by, r.claimed_until_us, r.changed_us, r.changed_by,
        r.set_aside_why, r.read_us, r.new_since_us, r.version
    from review r
    join staff_inspection v on v.inspection_id = r.inspection_id and v.staff_id = $2
    join inspection i on i.id = r.inspection_id
    where r.submission_id = $1
    order by i.opened_on desc, r.inspection_id";

/// The reviews of a submission in the inspections that somebody is on, newest inspection first.
pub async fn list_for(tx: &mut Tx, submission: &SubmissionId, staff: &StaffId) -> DbResult<Vec<ReviewLine>> {
    db::all!(tx, ReviewLine, LIST_FOR, submission, staff)
}

/// One step in the history of a submission.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StepLine {
    /// The inspection.
    pub inspection_id: InspectionId,
    /// Its title; none where it would say what this reader must not learn.
    pub title: Option<String>,
    /// Where it went.
    #[sqlx(try_from = "String")]
    pub state: ReviewState,
    /// Who moved it; nobody where something was added.
    pub staff_id: Option<StaffId>,
    /// When.
    pub at_us: Moment,
}

const HISTORY: &str = "select h.inspection_id, i.title, h.state, h.staff_id, h.at_us
    from review_step h
    join inspection i on i.id = h.inspection_id
    where h.submission_id = $1
    order by h.at_us, h.inspection_id, h.version";

/// Everything that teams did with a submission, oldest first: earlier teams' work is history that later ones see.
pub async fn list_history(tx: &mut Tx, submission: &SubmissionId) -> DbResult<Vec<StepLine>> {
    db::all!(tx, StepLine, HISTORY, submission)
}

const FIND_SEEN: &str = "select seen_us from review_seen where submission_id = $1 and staff_id = $2";
const SEEN: &str = "insert into review_seen (submission_id, staff_id, seen_us) values ($1, $2, $3)
    on conflict (submission_id, staff_id) do update set seen_us = excluded.seen_us";
const OPENED: &str = "update submission set unopened_us = null where id = $1 and unopened_us <= $2";

/// Records that somebody opened a submission, and gives when they did the last time. It waits unopened no more.
pub async fn record_seen(
    tx: &mut Tx,
    submission: &SubmissionId,
    staff: &StaffId,
    now: Moment,
) -> DbResult<Option<Moment>> {
    let before = db::maybe!(&mut *tx, (Moment,), FIND_SEEN, submission, staff)?;
    db::run!(&mut *tx, SEEN, submission, staff, now)?;
    db::run!(tx, OPENED, submission, now)?;
    Ok(before.map(|(seen,)| seen))
}
