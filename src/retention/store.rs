//! What is due, in SQL. Finding and taking away use the same conditions.

use super::{ADDRESS_DAY, FAILED_TRY, ONCE, SENT_MAIL, STAFF_LINK, STAFF_SESSION, UNSENT_MAIL, VISIT};
use crate::clock::{DAY, Moment};
use crate::db::{self, DbResult, Tx};
use crate::id::SubmissionId;
use crate::submission::state::UNDO;

/// Submissions that one run ends at most. The next run does the rest.
const AT_ONCE: i64 = 500;

// A child's own card lives as long as what its maker sent.
const OLD_DRAFTS: &str = "select id from submission s
    where state = 'draft' and touched_us <= $1
        and not exists (select 1 from submission m where m.id = s.card_of and m.state = 'sent')
    order by touched_us
    limit $2";

// What lies in the safeguarding lane stays there, restricted.
const OLD_WITHDRAWN: &str = "select id from submission s
    where state = 'withdrawn' and withdrawn_us <= $1
        and not exists (select 1 from flag f where f.submission_id = s.id and f.kind = 'safeguarding')
    order by withdrawn_us
    limit $2";

// To its sender it must look erased like any other: the code finds nothing any more.
const OLD_RESTRICTED: &str = "select id from submission s
    where state = 'withdrawn' and withdrawn_us <= $1 and code_hash is not null
        and exists (select 1 from flag f where f.submission_id = s.id and f.kind = 'safeguarding')
    order by withdrawn_us
    limit $2";

// Erased after the backup that was restored: the row came back, the key did not.
const KEYLESS: &str = "select id from submission s
    where state in ('draft', 'sent', 'withdrawn')
        and not exists (select 1 from wrapped_key k where k.id = s.id)";

// These hold the row, so that nobody touches the draft or undoes the taking back while it ends.
const HOLD_DRAFT: &str = "update submission set touched_us = touched_us
    where id = $1 and state = 'draft' and touched_us <= $2
        and not exists (select 1 from submission m where m.id = submission.card_of and m.state = 'sent')";
const HOLD_RESTRICTED: &str = "update submission set withdrawn_us = withdrawn_us
    where id = $1 and state = 'withdrawn' and withdrawn_us <= $2";
const HOLD_WITHDRAWN: &str = "update submission set withdrawn_us = withdrawn_us
    where id = $1 and state = 'withdrawn' and withdrawn_us <= $2
        and not exists (
            select 1 from flag f where f.submission_id = submission.id and f.kind = 'safeguarding')";

const DROP_NOTES_OF: &str = "delete from note where submission_id = $1";
const DROP_LINKS_OF: &str = "delete from submission_link where one_id = $1 or other_id = $1";

const DROP_VISITS: &str = "delete from visit
    where seen_us <= $1 and (own_phone = false or seen_us <= $2)";
const DROP_FAILED_TRIES: &str = "delete from failed_try where at_us <= $1";
const DROP_ADDRESS_DAYS: &str = "delete from address_day where at_us <= $1";
const FORGET_ADDRESSES: &str = "update upload set came_from = null where came_from is not null and created_us <= $1";
const DROP_ONCE: &str = "delete from once where at_us <= $1";
const DROP_SESSIONS: &str = "delete from staff_session where seen_us <= $1";
const DROP_LINKS: &str = "delete from staff_link where expires_us <= $1";
const WIPE_UNSENT_MAIL: &str = "update mail set sealed = null where sealed is not null and created_us <= $1";
const DROP_SENT_MAIL: &str = "delete from mail where sent_us <= $1";

/// The submissions whose time is over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// Drafts that nobody touched for the time that the settings give.
    pub drafts: Vec<SubmissionId>,
    /// Submissions that were taken back and can no longer be undone.
    pub withdrawn: Vec<SubmissionId>,
    /// The same, in the safeguarding lane: they stay there, and their codes go.
    pub restricted: Vec<SubmissionId>,
}

/// The moment before which a draft must have been touched last to be over.
pub(super) fn draft_limit(now: Moment, draft_days: i64) -> Moment {
    now.plus(-draft_days.saturating_mul(DAY))
}

/// The moment before which a submission must have been taken back to be erased.
pub(super) fn withdrawn_limit(now: Moment) -> Moment {
    now.plus(-UNDO)
}

/// What a run would end now. Changes nothing.
pub async fn due(tx: &mut Tx, now: Moment, draft_days: i64) -> DbResult<Due> {
    let drafts: Vec<(SubmissionId,)> =
        db::all!(&mut *tx, (SubmissionId,), OLD_DRAFTS, draft_limit(now, draft_days), AT_ONCE)?;
    let withdrawn: Vec<(SubmissionId,)> =
        db::all!(&mut *tx, (SubmissionId,), OLD_WITHDRAWN, withdrawn_limit(now), AT_ONCE)?;
    let restricted: Vec<(SubmissionId,)> =
        db::all!(tx, (SubmissionId,), OLD_RESTRICTED, withdrawn_limit(now), AT_ONCE)?;
    let ids = |rows: Vec<(SubmissionId,)>| rows.into_iter().map(|(id,)| id).collect();
    Ok(Due { drafts: ids(drafts), withdrawn: ids(withdrawn), restricted: ids(restricted) })
}

/// The submissions that are there, and whose keys are not.
pub(super) async fn list_keyless(tx: &mut Tx) -> DbResult<Vec<SubmissionId>> {
    let rows: Vec<(SubmissionId,)> = db::all!(tx, (SubmissionId,), KEYLESS)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Whether the draft is still due, and ours alone until the transaction ends.
pub(super) async fn hold_draft(tx: &mut Tx, submission: &SubmissionId, limit: Moment) -> DbResult<bool> {
    Ok(db::run!(tx, HOLD_DRAFT, submission, limit)? == 1)
}

/// Whether the submission is still to be erased, and ours alone until the transaction ends.
pub(super) async fn hold_withdrawn(tx: &mut Tx, submission: &SubmissionId, limit: Moment) -> DbResult<bool> {
    Ok(db::run!(tx, HOLD_WITHDRAWN, submission, limit)? == 1)
}

/// Whether the submission can still no longer be undone, and is ours alone until the transaction ends.
pub(super) async fn hold_restricted(tx: &mut Tx, submission: &SubmissionId, limit: Moment) -> DbResult<bool> {
    Ok(db::run!(tx, HOLD_RESTRICTED, submission, limit)? == 1)
}

/// Takes away what staff wrote about a submission, which was sealed with its key, and what they linked it with.
pub(super) async fn drop_notes_of(tx: &mut Tx, submission: &SubmissionId) -> DbResult<()> {
    db::run!(&mut *tx, DROP_NOTES_OF, submission)?;
    db::run!(tx, DROP_LINKS_OF, submission)?;
    Ok(())
}

/// Takes away what is only of use for a while. Gives the number of rows.
pub(super) async fn sweep(tx: &mut Tx, now: Moment, draft_days: i64) -> DbResult<u64> {
    let mut rows = db::run!(&mut *tx, DROP_VISITS, now.plus(-VISIT), draft_limit(now, draft_days))?;
    for (sql, kept) in [
        (DROP_FAILED_TRIES, FAILED_TRY),
        (DROP_ADDRESS_DAYS, ADDRESS_DAY),
        (FORGET_ADDRESSES, ADDRESS_DAY),
        (DROP_ONCE, ONCE),
        (DROP_SESSIONS, STAFF_SESSION),
        (DROP_LINKS, STAFF_LINK),
        (WIPE_UNSENT_MAIL, UNSENT_MAIL),
        (DROP_SENT_MAIL, SENT_MAIL),
    ] {
        rows += db::run!(&mut *tx, sql, now.plus(-kept))?;
    }
    Ok(rows)
}
