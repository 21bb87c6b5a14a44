//! A child said no: what leads decide about the recordings that wait, and the list of those that do.
//!
//! A recording of a child who said no is played by nobody, whatever their role, until somebody who leads an inspection of
//! it has written down why it may be opened. The no and every decision stay on its custody slip. A later no closes it
//! again. What a person left who is in it, no decision opens.

use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::evidence::say::store::next_moment;
use crate::evidence::store::Item;
use crate::evidence::{Kind, say};
use crate::id::{ItemId, StaffId, SubmissionId, uuid_v7};
use crate::storage::keys::SubmissionKey;

/// A decision as it was kept.
#[derive(Clone, Debug)]
pub struct Decision {
    /// About which item.
    pub item: ItemId,
    /// Whether it may be opened.
    pub may_open: bool,
    /// Who decided.
    pub by: StaffId,
    /// Why; none where it does not open.
    pub reason: Option<String>,
    /// When.
    pub at: Moment,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    item_id: ItemId,
    may_open: bool,
    staff_id: StaffId,
    reason_sealed: Vec<u8>,
    decided_us: Moment,
}

const LIST: &str = "select id, item_id, may_open, staff_id, reason_sealed, decided_us
    from no_decision
    where submission_id = $1
    order by decided_us, id";

/// Everything that leads decided about a submission, oldest first.
pub async fn list(tx: &mut Tx, key: &SubmissionKey, submission: &SubmissionId) -> DbResult<Vec<Decision>> {
    let rows = db::all!(tx, Row, LIST, submission)?;
    let open = |row: Row| Decision {
        reason: key.open_text("no_decision", "reason_sealed", &row.id, &row.reason_sealed).ok(),
        item: row.item_id,
        may_open: row.may_open,
        by: row.staff_id,
        at: row.decided_us,
    };
    Ok(rows.into_iter().map(open).collect())
}

const INSERT: &str = "insert into no_decision
        (id, submission_id, item_id, may_open, staff_id, reason_sealed, decided_us)
    values ($1, $2, $3, $4, $5, $6, $7)";

/// What a lead decides.
#[derive(Debug)]
pub struct Deciding<'a> {
    /// Who.
    pub by: &'a StaffId,
    /// Whether it may be opened.
    pub may_open: bool,
    /// Why.
    pub reason: &'a str,
}

/// Writes a decision down.
pub async fn decide(
    tx: &mut Tx,
    key: &SubmissionKey,
    item: &Item,
    deciding: Deciding<'_>,
    now: Moment,
) -> DbResult<()> {
    let now = next_moment(&mut *tx, &item.submission_id, now).await?;
    let now = now.max(item.no_since().map_or(now, |no| no.plus(1)));
    let id = uuid_v7(now);
    let sealed = key.seal_text("no_decision", "reason_sealed", &id, deciding.reason);
    db::run!(tx, INSERT, &id, &item.submission_id, &item.id, deciding.may_open, deciding.by, sealed, now)?;
    Ok(())
}

/// A recording that waits for a lead's decision.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Waiting {
    /// The item.
    pub item_id: ItemId,
    /// Its number.
    pub number: i64,
    /// What it is.
    #[sqlx(try_from = "String")]
    pub kind: Kind,
    /// What its content shows it to be.
    pub media_type: String,
    /// The reference of what it is inside.
    pub reference: String,
    /// Since when the child's no stands.
    pub no_us: Moment,
}

// A decision after the no ends the waiting, either way. Paper and writing do not wait: `say::is_recording` says what does.
const WAITING: &str = "select i.id as item_id, i.number, i.kind, i.media_type, s.reference, max(c.told_us) as no_us
    from child_said c
    join submission s on s.id = c.submission_id
    join evidence_item i on i.submission_id = c.submission_id and (c.item_id is null or c.item_id = i.id)
    where c.answer = 'no' and c.counts and s.state = 'sent'
        and i.sent_us is not null and i.state <> 'removed' and i.closed_us is null
        and i.kind <> 'text'
        and exists (select 1 from staff_reads r where r.staff_id = $1 and r.submission_id = s.id)
        and not exists (
            select 1 from flag f where f.submission_id = s.id and f.item_id is null and f.seals)
        and not exists (select 1 from person_in_item p where p.item_id = i.id and p.permission = 'no')
    group by i.id, i.number, i.kind, i.media_type, s.reference
    having max(c.told_us) >= (
        select coalesce(max(d.decided_us), 0) from no_decision d where d.item_id = i.id)
    order by max(c.told_us), i.id
    limit 500";

/// What waits for a decision and this lead may decide about, the one that waited longest first.
pub async fn list_waiting(tx: &mut Tx, staff: &StaffId) -> DbResult<Vec<Waiting>> {
    let mut waiting = db::all!(tx, Waiting, WAITING, staff)?;
    waiting.retain(|line| say::is_recording(line.kind, &line.media_type));
    Ok(waiting)
}
