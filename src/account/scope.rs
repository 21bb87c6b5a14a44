//! Row scope: what one member of staff may see, whatever address they type.
//!
//! The rules themselves are three views (`migrations/*/0008_scope.sql`), so that every query can join them and none can
//! say them differently:
//!
//! - `staff_inspection (staff_id, inspection_id, lead, area_code)`: the inspections somebody is on;
//! - `staff_refused (staff_id, submission_id)`: what an area they must never see closes to them;
//! - `staff_reads (staff_id, submission_id, inspection_id, why)`: what they may read, by an inspection, the lane "area
//!   not known", or a flag.
//!
//! A list of an inspection's submissions joins `review` with `staff_inspection` on `$staff` and leaves out
//! `staff_refused`. A page about one submission asks [`may_read`] first. "No" is always answered as "no such page".
//! Admins manage and read nothing that was sent; so does a lead outside the inspections they are on.

use crate::db::{self, DbResult, Tx};
use crate::id::{InspectionId, StaffId, SubmissionId};
use crate::web::{Role, Staff};

/// What one person may see, loaded for one request.
#[derive(Clone, Debug)]
pub struct Scope {
    /// Who it is.
    pub staff: StaffId,
    /// What they are there to do.
    pub role: Role,
    /// The inspections they are on and may see.
    pub inspections: Vec<InspectionId>,
    /// The codes of areas that they must never see.
    pub never: Vec<String>,
}

impl Scope {
    /// Whether they are on this inspection and may see it.
    pub fn is_on(&self, inspection: &InspectionId) -> bool {
        self.inspections.contains(inspection)
    }

    /// Whether nothing closes this area to them.
    pub fn may_see_area(&self, code: &str) -> bool {
        !self.never.iter().any(|never| never == code)
    }
}

const INSPECTIONS: &str = "select inspection_id from staff_inspection where staff_id = $1 order by inspection_id";
const NEVER: &str = "select area_code from staff_never_area where staff_id = $1 order by area_code";

/// What this person may see.
pub async fn load(tx: &mut Tx, staff: &Staff) -> DbResult<Scope> {
    let inspections = db::all!(tx, (InspectionId,), INSPECTIONS, &staff.id)?;
    Ok(Scope {
        staff: staff.id.clone(),
        role: staff.role,
        inspections: inspections.into_iter().map(|(id,)| id).collect(),
        never: list_never_areas(tx, &staff.id).await?,
    })
}

/// The codes of the areas that somebody must never see.
pub async fn list_never_areas(tx: &mut Tx, staff: &StaffId) -> DbResult<Vec<String>> {
    let rows = db::all!(tx, (String,), NEVER, staff)?;
    Ok(rows.into_iter().map(|(code,)| code).collect())
}

/// Why somebody may read a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reads {
    /// They are on these inspections of its areas.
    For(Vec<InspectionId>),
    /// Nobody knows its area yet, and sorting that is their work.
    Lane,
    /// A flag was raised on it, and looking at flags is their work.
    Flag,
}

const MAY_READ: &str = "select inspection_id, why from staff_reads
    where staff_id = $1 and submission_id = $2 order by inspection_id";

/// Whether this person may read this submission, and why; `None` is "no such page".
pub async fn may_read(tx: &mut Tx, staff: &Staff, submission: &SubmissionId) -> DbResult<Option<Reads>> {
    let rows = db::all!(tx, (Option<InspectionId>, String), MAY_READ, &staff.id, submission)?;
    let inspections: Vec<InspectionId> = rows.iter().filter_map(|(id, _)| id.clone()).collect();
    Ok(match rows.first() {
        None => None,
        Some(_) if !inspections.is_empty() => Some(Reads::For(inspections)),
        Some((_, why)) if why == "lane" => Some(Reads::Lane),
        Some(_) => Some(Reads::Flag),
    })
}

const IS_ON: &str = "select lead from staff_inspection where staff_id = $1 and inspection_id = $2";

/// Whether this person is on this inspection, and leads it; `None` is "no such page".
pub async fn find_place(tx: &mut Tx, staff: &Staff, inspection: &InspectionId) -> DbResult<Option<Place>> {
    let row = db::maybe!(tx, (bool,), IS_ON, &staff.id, inspection)?;
    Ok(row.map(|(lead,)| if lead { Place::Leads } else { Place::Member }))
}

/// Somebody's place on an inspection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On the team.
    Member,
    /// Leads it.
    Leads,
}
