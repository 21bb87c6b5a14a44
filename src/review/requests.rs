//! Requests of people without their code to take something back: who may decide, and what they decided.
//!
//! Who sees a request follows the row scope, and is never a way round it:
//!
//! - triage and safeguarding see every open one, because nobody else could know whose it is;
//! - a lead sees those that name something they may read, or that triage has given an area whose inspection they are on;
//! - nobody sees one that has to do with an area or a submission that is closed to them.
//!
//! "Done" needs something that the person who decides may read: only then can they tell that it is the sender who asks.
//! It is then hidden at once, exactly as if its sender had taken it back, and whoever has the code can undo that for 14
//! days. So a false request that was believed harms nobody for good while the real sender still has the code. The other
//! way is a reason why not. Neither is told to anybody outside.

use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::id::{RequestId, StaffId, SubmissionId};
use crate::storage::keys::SubmissionKey;

/// Lines on one page of the lane.
pub const PAGE: usize = 25;

/// How a request was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// What was asked for is taken back.
    Done,
    /// It is not, for a reason.
    NotDone,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Outcome; 2] = [Outcome::Done, Outcome::NotDone];

    /// The name in the table, in forms and words files.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::NotDone => "not_done",
        }
    }

    /// The outcome of that name.
    pub fn parse(name: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| outcome.name() == name)
    }
}

/// A request as its row tells it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Request {
    /// Its id.
    pub id: RequestId,
    /// What was written, sealed.
    pub sealed: Vec<u8>,
    /// When.
    pub made_us: Moment,
    /// The area that triage found out.
    pub area: Option<String>,
    /// When it was decided.
    pub decided_us: Option<Moment>,
    /// By whom.
    pub decided_by: Option<StaffId>,
    /// How.
    pub outcome: Option<String>,
    /// Why, sealed.
    pub why_sealed: Option<Vec<u8>>,
}

impl Request {
    /// Why it was decided so.
    pub fn why(&self, key: &SubmissionKey) -> Option<String> {
        let sealed = self.why_sealed.as_ref()?;
        key.open_text("take_back_request", "why_sealed", self.id.as_str(), sealed).ok()
    }
}

const OPEN: &str =
    "select r.id, r.sealed, r.made_us, a.name as area, r.decided_us, r.decided_by, r.outcome, r.why_sealed
    from take_back_request r
    join staff t on t.id = $1
    left join area a on a.code = r.area_code
    where r.decided_us is null
        and (r.made_us, r.id) > ($2, $3)
        and (t.role in ('triage', 'safeguarding')
            or exists (select 1 from staff_inspection v where v.staff_id = t.id and v.area_code = r.area_code)
            or exists (select 1 from staff_reads v where v.staff_id = t.id and v.submission_id = r.submission_id))
        and not exists (select 1 from staff_never_area n where n.staff_id = t.id and n.area_code = r.area_code)
        and not exists (select 1 from staff_refused x where x.staff_id = t.id and x.submission_id = r.submission_id)
    order by r.made_us, r.id
    limit 26";

/// Open requests that this person may see, the one that waited longest first, and whether there are more.
pub async fn list_open(tx: &mut Tx, staff: &StaffId, after: (Moment, &str)) -> DbResult<(Vec<Request>, bool)> {
    let mut requests = db::all!(tx, Request, OPEN, staff, after.0, after.1)?;
    let more = requests.len() > PAGE;
    requests.truncate(PAGE);
    Ok((requests, more))
}

const FIND: &str =
    "select r.id, r.sealed, r.made_us, a.name as area, r.decided_us, r.decided_by, r.outcome, r.why_sealed
    from take_back_request r
    join staff t on t.id = $1
    left join area a on a.code = r.area_code
    where r.id = $2
        and (t.role in ('triage', 'safeguarding')
            or exists (select 1 from staff_inspection v where v.staff_id = t.id and v.area_code = r.area_code)
            or exists (select 1 from staff_reads v where v.staff_id = t.id and v.submission_id = r.submission_id))
        and not exists (select 1 from staff_never_area n where n.staff_id = t.id and n.area_code = r.area_code)
        and not exists (select 1 from staff_refused x where x.staff_id = t.id and x.submission_id = r.submission_id)";

/// A request, if this person may see it.
pub async fn find(tx: &mut Tx, staff: &StaffId, request: &str) -> DbResult<Option<Request>> {
    db::maybe!(tx, Request, FIND, staff, request)
}

/// What somebody decided.
#[derive(Debug)]
pub struct Decision<'a> {
    /// Who.
    pub by: &'a StaffId,
    /// How.
    pub outcome: Outcome,
    /// Why.
    pub why: &'a str,
    /// What was taken back, where it was done.
    pub submission: Option<&'a SubmissionId>,
}

const DECIDE: &str = "update take_back_request
    set decided_us = $2, decided_by = $3, outcome = $4, why_sealed = $5, submission_id = coalesce($6, submission_id)
    where id = $1 and decided_us is null";

/// Decides a request. False where somebody decided it before.
pub async fn decide(
    tx: &mut Tx,
    key: &SubmissionKey,
    request: &RequestId,
    decision: &Decision<'_>,
    now: Moment,
) -> DbResult<bool> {
    let why = key.seal_text("take_back_request", "why_sealed", request.as_str(), decision.why);
    let outcome = decision.outcome.name();
    Ok(db::run!(tx, DECIDE, request, now, decision.by, outcome, why, decision.submission)? == 1)
}

const PLACE: &str = "update take_back_request set area_code = $2 where id = $1 and decided_us is null";

/// Gives a request an area, so that the leads of its inspections see it too.
pub async fn place(tx: &mut Tx, request: &RequestId, area: &str) -> DbResult<()> {
    db::run!(tx, PLACE, request, area)?;
    Ok(())
}
