//! Submissions that staff say are about one child: linked with a reason, and unlinked with a reason.
//!
//! A link is never a way round the row scope. It is made between two submissions that the same person may open, and a
//! reader is told of it only where they may open both: else it is not on their page, not even as a count. No sender ever
//! hears of one. Both reasons are sealed under the key of the submission that the link was made from, and go with it.

use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::id::{LinkId, StaffId, SubmissionId};
use crate::storage::keys::{Keys, SubmissionKey};
use crate::web::{Problem, Staff};

use super::access::{self, Opened};

/// The longest reason, in characters.
pub const LONGEST: usize = 2_000;

#[derive(Clone, Debug, sqlx::FromRow)]
struct Row {
    id: LinkId,
    one_id: SubmissionId,
    other_id: SubmissionId,
    reason_sealed: Vec<u8>,
    linked_by: StaffId,
    linked_us: Moment,
    unlinked_by: Option<StaffId>,
    unlinked_us: Option<Moment>,
    unlink_reason_sealed: Option<Vec<u8>>,
}

/// A link as one reader may see it.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its id.
    pub id: LinkId,
    /// The other submission, which this reader may open too.
    pub other: SubmissionId,
    /// Its reference.
    pub reference: String,
    /// Why they belong together; none where it does not open.
    pub reason: Option<String>,
    /// Who linked them.
    pub by: StaffId,
    /// When.
    pub at: Moment,
    /// Who said that they do not belong together after all, when, and why.
    pub undone: Option<(StaffId, Moment, Option<String>)>,
}

impl Link {
    /// Whether it holds.
    pub fn holds(&self) -> bool {
        self.undone.is_none()
    }
}

const LIST: &str = "select id, one_id, other_id, reason_sealed, linked_by, linked_us, unlinked_by, unlinked_us,
        unlink_reason_sealed
    from submission_link
    where one_id = $1 or other_id = $1
    order by id";

/// The links of a submission, oldest first: those whose other end this reader may open.
pub async fn list(tx: &mut Tx, keys: &Keys, staff: &Staff, submission: &SubmissionId) -> Result<Vec<Link>, Problem> {
    let mut links = Vec::new();
    for row in db::all!(&mut *tx, Row, LIST, submission)? {
        let other = if row.one_id == *submission { &row.other_id } else { &row.one_id };
        let Some(opened) = access::find_by_id(tx, staff, other).await? else { continue };
        let key = keys.submission(tx, &row.one_id).await?;
        links.push(shown(row.clone(), &opened, key.as_ref()));
    }
    Ok(links)
}

fn shown(row: Row, other: &Opened, key: Option<&SubmissionKey>) -> Link {
    let open = |column: &str, sealed: &[u8]| key?.open_text("submission_link", column, row.id.as_str(), sealed).ok();
    let undone = row.unlinked_by.clone().zip(row.unlinked_us).map(|(by, at)| {
        let why = row.unlink_reason_sealed.as_deref().and_then(|sealed| open("unlink_reason_sealed", sealed));
        (by, at, why)
    });
    Link {
        reason: open("reason_sealed", &row.reason_sealed),
        other: other.id().clone(),
        reference: other.facts.reference.clone(),
        id: row.id,
        by: row.linked_by,
        at: row.linked_us,
        undone,
    }
}

const PUT: &str = "insert into submission_link (id, one_id, other_id, reason_sealed, linked_by, linked_us)
    values ($1, $2, $3, $4, $5, $6)
    on conflict do nothing";

/// Links two submissions. None where they are linked already.
pub async fn put(
    tx: &mut Tx,
    key: &SubmissionKey,
    (one, other): (&SubmissionId, &SubmissionId),
    (by, reason): (&StaffId, &str),
    now: Moment,
) -> DbResult<Option<LinkId>> {
    let id = LinkId::new(now);
    let sealed = key.seal_text("submission_link", "reason_sealed", id.as_str(), reason);
    let added = db::run!(tx, PUT, &id, one, other, sealed, by, now)?;
    Ok((added == 1).then_some(id))
}

const FIRST_OF: &str = "select one_id from submission_link where id = $1";
const UNDO: &str = "update submission_link set unlinked_by = $2, unlinked_us = $3, unlink_reason_sealed = $4
    where id = $1 and unlinked_us is null";

/// Says that a link does not hold after all. False where somebody said so before.
pub async fn undo(
    tx: &mut Tx,
    keys: &Keys,
    link: &LinkId,
    (by, reason): (&StaffId, &str),
    now: Moment,
) -> Result<bool, Problem> {
    let Some((one,)) = db::maybe!(&mut *tx, (SubmissionId,), FIRST_OF, link)? else { return Ok(false) };
    let Some(key) = keys.submission(tx, &one).await? else { return Ok(false) };
    let sealed = key.seal_text("submission_link", "unlink_reason_sealed", link.as_str(), reason);
    Ok(db::run!(tx, UNDO, link, by, now, sealed)? == 1)
}
