//! Flags: a person must look today. Raised by any reader, or with the sending where the sender says that someone is not
//! safe now (`submission/not_safe.rs`; raised by nobody); seen in one lane by safeguarding, closed with an outcome.
//!
//! ```text
//!   raised ──────────▶ closed            kind `safeguarding`: closes nothing to anyone
//!   raised (seals) ──▶ closed (seals)    kind `should_not_see`: closed for everyone but safeguarding at once, and
//!                 └──▶ closed            stays so, or is opened again, as safeguarding decides
//! ```
//!
//! Raising one tells people by mail ([`super::alert`]), in words that say nothing of what was sent. What carries a flag stays in
//! the lane when its sender takes it back. The sender's pages are the same with a flag and without.

use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::id::{FlagId, ItemId, StaffId, SubmissionId};
use crate::storage::keys::SubmissionKey;

/// Lines on one page of the lane.
pub const PAGE: usize = 25;

/// Why a flag is raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlagKind {
    /// Somebody may be in danger, or was hurt.
    Safeguarding,
    /// "I should not be seeing this."
    ShouldNotSee,
}

impl FlagKind {
    /// The name in tables and words files.
    pub fn name(self) -> &'static str {
        match self {
            FlagKind::Safeguarding => "safeguarding",
            FlagKind::ShouldNotSee => "should_not_see",
        }
    }
}

impl TryFrom<String> for FlagKind {
    type Error = String;

    fn try_from(name: String) -> Result<FlagKind, String> {
        [FlagKind::Safeguarding, FlagKind::ShouldNotSee].into_iter().find(|kind| kind.name() == name).ok_or(name)
    }
}

/// A flag before it has a row.
#[derive(Debug)]
pub struct NewFlag<'a> {
    /// On this submission.
    pub submission: &'a SubmissionId,
    /// On this item of it; none for all of it.
    pub item: Option<&'a ItemId>,
    /// Why.
    pub kind: FlagKind,
    /// Who raises it.
    pub by: &'a StaffId,
    /// What they saw; empty for "I should not be seeing this".
    pub reason: &'a str,
}

const RAISE: &str = "insert into flag
        (id, submission_id, item_id, kind, raised_by, reason_sealed, raised_us, seals)
    values ($1, $2, $3, $4, $5, $6, $7, $8)";
const CLOSE_ITEM: &str = "update evidence_item set closed_us = $2 where id = $1 and closed_us is null";

/// Raises a flag; "I should not be seeing this" closes what it is about in the same moment.
pub async fn raise(tx: &mut Tx, key: &SubmissionKey, flag: NewFlag<'_>, now: Moment) -> DbResult<FlagId> {
    let id = FlagId::new(now);
    let seals = flag.kind == FlagKind::ShouldNotSee;
    let sealed = (!flag.reason.is_empty()).then(|| key.seal_text("flag", "reason_sealed", id.as_str(), flag.reason));
    let kind = flag.kind.name();
    db::run!(&mut *tx, RAISE, &id, flag.submission, flag.item, kind, flag.by, sealed, now, seals)?;
    if let Some(item) = flag.item.filter(|_| seals) {
        db::run!(tx, CLOSE_ITEM, item, now)?;
    }
    Ok(id)
}

/// A flag as the lane and a submission's page show it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Flag {
    /// Its id.
    pub id: FlagId,
    /// On this submission.
    pub submission_id: SubmissionId,
    /// With this reference.
    pub reference: String,
    /// Which is `sent` or `withdrawn`.
    pub state: String,
    /// On this item; none for all of it.
    pub item_id: Option<ItemId>,
    /// The item's number.
    pub number: Option<i64>,
    /// Why.
    #[sqlx(try_from = "String")]
    pub kind: FlagKind,
    /// Who raised it; nobody where the sender said that someone is not safe now.
    pub raised_by: Option<StaffId>,
    /// When.
    pub raised_us: Moment,
    /// What they saw, sealed.
    pub reason_sealed: Option<Vec<u8>>,
    /// When it was closed.
    pub closed_us: Option<Moment>,
    /// Who closed it.
    pub closed_by: Option<StaffId>,
    /// What came of it, sealed.
    pub outcome_sealed: Option<Vec<u8>>,
    /// Whether it keeps something closed.
    pub seals: bool,
}

impl Flag {
    /// What whoever raised it saw.
    pub fn reason(&self, key: &SubmissionKey) -> Option<String> {
        let sealed = self.reason_sealed.as_ref()?;
        key.open_text("flag", "reason_sealed", self.id.as_str(), sealed).ok()
    }

    /// What came of it.
    pub fn outcome(&self, key: &SubmissionKey) -> Option<String> {
        let sealed = self.outcome_sealed.as_ref()?;
        key.open_text("flag", "outcome_sealed", self.id.as_str(), sealed).ok()
    }
}

const OPEN: &str = "select f.id, f.submission_id, s.reference, s.state, f.item_id, i.number, f.kind, f.raised_by,
        f.raised_us, f.reason_sealed, f.closed_us, f.closed_by, f.outcome_sealed, f.seals
    from flag f
    join submission s on s.id = f.submission_id
    left join evidence_item i on i.id = f.item_id
    where f.closed_us is null
        and (f.raised_us, f.id) > ($2, $3)
        and s.state in ('sent', 'withdrawn')
        and not exists (select 1 from staff_refused x where x.staff_id = $1 and x.submission_id = f.submission_id)
    order by f.raised_us, f.id
    limit 26";

/// Open flags, the one that waited longest first, and whether there are more after the page.
pub async fn list_open(tx: &mut Tx, staff: &StaffId, after: (Moment, &str)) -> DbResult<(Vec<Flag>, bool)> {
    let mut flags = db::all!(tx, Flag, OPEN, staff, after.0, after.1)?;
    let more = flags.len() > PAGE;
    flags.truncate(PAGE);
    Ok((flags, more))
}

const ON_SUBMISSION: &str = "select f.id, f.submission_id, s.reference, s.state, f.item_id, i.number, f.kind,
        f.raised_by, f.raised_us, f.reason_sealed, f.closed_us, f.closed_by, f.outcome_sealed, f.seals
    from flag f
    join submission s on s.id = f.submission_id
    left join evidence_item i on i.id = f.item_id
    where f.submission_id = $1
    order by f.raised_us, f.id";

/// Every flag on a submission, oldest first.
pub async fn list_on(tx: &mut Tx, submission: &SubmissionId) -> DbResult<Vec<Flag>> {
    db::all!(tx, Flag, ON_SUBMISSION, submission)
}

const FIND: &str = "select f.id, f.submission_id, s.reference, s.state, f.item_id, i.number, f.kind, f.raised_by,
        f.raised_us, f.reason_sealed, f.closed_us, f.closed_by, f.outcome_sealed, f.seals
    from flag f
    join submission s on s.id = f.submission_id
    left join evidence_item i on i.id = f.item_id
    where f.id = $1";

/// A flag by its id.
pub async fn find(tx: &mut Tx, flag: &str) -> DbResult<Option<Flag>> {
    db::maybe!(tx, Flag, FIND, flag)
}

const CLOSE: &str = "update flag set closed_us = $2, closed_by = $3, outcome_sealed = $4, seals = $5
    where id = $1 and closed_us is null";
const OPEN_ITEM: &str = "update evidence_item set closed_us = null
    where id = $1 and not exists (select 1 from flag f where f.item_id = $1 and f.seals)";

/// What safeguarding decided about a flag.
#[derive(Debug)]
pub struct Outcome<'a> {
    /// Who decided.
    pub by: &'a StaffId,
    /// What was done.
    pub text: &'a str,
    /// Whether what it closed may be seen again.
    pub open_again: bool,
}

/// Closes a flag. False where it was closed before.
pub async fn close(tx: &mut Tx, key: &SubmissionKey, flag: &Flag, outcome: Outcome<'_>, now: Moment) -> DbResult<bool> {
    let sealed = key.seal_text("flag", "outcome_sealed", flag.id.as_str(), outcome.text);
    let seals = flag.seals && !outcome.open_again;
    if db::run!(&mut *tx, CLOSE, &flag.id, now, outcome.by, sealed, seals)? == 0 {
        return Ok(false);
    }
    if let Some(item) = flag.item_id.as_ref().filter(|_| flag.seals && !seals) {
        db::run!(tx, OPEN_ITEM, item)?;
    }
    Ok(true)
}
