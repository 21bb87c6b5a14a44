//! Inspections of an area and the people on them: the SQL. The staff pages that make and change them are `review/`.

use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::id::{InspectionId, StaffId, SubmissionId};

/// An inspection.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Inspection {
    /// Its id.
    pub id: InspectionId,
    /// The area that is inspected.
    pub area_code: String,
    /// That area's name.
    pub area_name: String,
    /// `full` or `monitoring`.
    pub kind: String,
    /// What staff call it.
    pub title: String,
    /// The day it opened, `YYYY-MM-DD`.
    pub opened_on: String,
    /// The day its report came out.
    pub reported_on: Option<String>,
    /// The first day of its call for views, where there is one.
    pub call_from: Option<String>,
    /// The last day of its call for views.
    pub call_to: Option<String>,
}

/// An inspection before it has a row.
#[derive(Clone, Debug)]
pub struct NewInspection<'a> {
    /// The area that is inspected.
    pub area_code: &'a str,
    /// `full` or `monitoring`.
    pub kind: &'a str,
    /// What staff call it.
    pub title: &'a str,
    /// The day it opens, `YYYY-MM-DD`.
    pub opened_on: &'a str,
    /// The first and last day of its call for views, where there is one.
    pub call: Option<(&'a str, &'a str)>,
}

const OPEN: &str = "insert into inspection (id, area_code, kind, title, opened_on, call_from, call_to, created_us)
    values ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Opens an inspection. Putting what was sent for its area into its queue is for `review/`.
pub async fn open_inspection(tx: &mut Tx, new: NewInspection<'_>, now: Moment) -> DbResult<InspectionId> {
    let id = InspectionId::new(now);
    let (from, to) = new.call.unzip();
    db::run!(tx, OPEN, &id, new.area_code, new.kind, new.title, new.opened_on, from, to, now)?;
    Ok(id)
}

const FIND: &str = "select i.id, i.area_code, a.name as area_name, i.kind, i.title, i.opened_on, i.reported_on,
        i.call_from, i.call_to
    from inspection i join area a on a.code = i.area_code
    where i.id = $1";

/// The inspection with this id.
pub async fn find_inspection(tx: &mut Tx, id: &InspectionId) -> DbResult<Option<Inspection>> {
    db::maybe!(tx, Inspection, FIND, id)
}

const LIST: &str = "select i.id, i.area_code, a.name as area_name, i.kind, i.title, i.opened_on, i.reported_on,
        i.call_from, i.call_to
    from inspection i join area a on a.code = i.area_code
    order by i.opened_on desc, i.id desc
    limit 500";

/// Every inspection, the newest first.
pub async fn list_inspections(tx: &mut Tx) -> DbResult<Vec<Inspection>> {
    db::all!(tx, Inspection, LIST)
}

const LIST_OF: &str = "select i.id, i.area_code, a.name as area_name, i.kind, i.title, i.opened_on, i.reported_on,
        i.call_from, i.call_to
    from inspection_member m join inspection i on i.id = m.inspection_id join area a on a.code = i.area_code
    where m.staff_id = $1
    order by i.opened_on desc, i.id desc";

/// The inspections that a member of staff is on, the newest first.
pub async fn list_inspections_of(tx: &mut Tx, staff: &StaffId) -> DbResult<Vec<Inspection>> {
    db::all!(tx, Inspection, LIST_OF, staff)
}

const CALL_FOR: &str = "select i.id, i.area_code, a.name as area_name, i.kind, i.title, i.opened_on, i.reported_on,
        i.call_from, i.call_to
    from submission_area s join inspection i on i.area_code = s.area_code join area a on a.code = i.area_code
    where s.submission_id = $1 and i.call_from <= $2 and i.call_to >= $2
    order by i.opened_on desc, i.id desc";

/// The inspections that ask for views today in the areas of a submission.
pub async fn list_calls_for(tx: &mut Tx, submission: &SubmissionId, today: &str) -> DbResult<Vec<Inspection>> {
    db::all!(tx, Inspection, CALL_FOR, submission, today)
}

const REPORT: &str = "update inspection set reported_on = $2 where id = $1";

/// Records the day on which the report came out: keeping begins to count from it.
pub async fn record_report(tx: &mut Tx, id: &InspectionId, day: &str) -> DbResult<bool> {
    Ok(db::run!(tx, REPORT, id, day)? == 1)
}

const PUT_MEMBER: &str = "insert into inspection_member (inspection_id, staff_id, lead)
    values ($1, $2, $3)
    on conflict (inspection_id, staff_id) do update set lead = excluded.lead";

/// Puts a person on an inspection.
pub async fn put_member(tx: &mut Tx, id: &InspectionId, staff: &StaffId, lead: bool) -> DbResult<()> {
    db::run!(tx, PUT_MEMBER, id, staff, lead)?;
    Ok(())
}

const TAKE_MEMBER: &str = "delete from inspection_member where inspection_id = $1 and staff_id = $2";

/// Takes a person off an inspection.
pub async fn take_member(tx: &mut Tx, id: &InspectionId, staff: &StaffId) -> DbResult<bool> {
    Ok(db::run!(tx, TAKE_MEMBER, id, staff)? == 1)
}

/// Somebody on an inspection.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Member {
    /// Who.
    pub staff_id: StaffId,
    /// Whether they lead it.
    pub lead: bool,
}

const MEMBERS: &str = "select staff_id, lead from inspection_member where inspection_id = $1 order by staff_id";

/// The people on an inspection.
pub async fn list_members(tx: &mut Tx, id: &InspectionId) -> DbResult<Vec<Member>> {
    db::all!(tx, Member, MEMBERS, id)
}
