//! The SQL behind the staff pages: inspections as one person may see them, who may be put on one, and what is to do.

use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::id::{InspectionId, StaffId};

/// An inspection in somebody's list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    /// Which.
    pub id: InspectionId,
    /// The area's name.
    pub area_name: String,
    /// `full` or `monitoring`.
    pub kind: String,
    /// What staff call it.
    pub title: String,
    /// The day it opened.
    pub opened_on: String,
    /// The day its report came out.
    pub reported_on: Option<String>,
    /// Whether this person is on it.
    pub is_on: bool,
}

const LIST: &str = "select i.id, a.name as area_name, i.kind, i.title, i.opened_on, i.reported_on,
        (v.staff_id is not null) as is_on
    from inspection i
    join area a on a.code = i.area_code
    left join staff_inspection v on v.inspection_id = i.id and v.staff_id = $1
    where ($2 = 1 or v.staff_id is not null)
        and not exists (select 1 from staff_never_area n where n.staff_id = $1 and n.area_code = i.area_code)
        and (i.opened_on, i.id) < ($3, $4)
    order by i.opened_on desc, i.id desc
    limit $5";

/// The inspections that somebody may know of, newest first, after this one in the list: all that are not closed to a
/// manager, those that anybody else is on.
pub async fn list_inspections(
    tx: &mut Tx,
    staff: &StaffId,
    manages: bool,
    after: (&str, &str),
    most: i64,
) -> DbResult<Vec<Listed>> {
    db::all!(tx, Listed, LIST, staff, i64::from(manages), after.0, after.1, most)
}

const CHANGE: &str = "update inspection
    set kind = $2, title = $3, opened_on = $4, reported_on = $5, call_from = $6, call_to = $7
    where id = $1";

/// What can be changed about an inspection.
#[derive(Clone, Debug)]
pub struct Change<'a> {
    /// `full` or `monitoring`.
    pub kind: &'a str,
    /// What staff call it.
    pub title: &'a str,
    /// The day it opened.
    pub opened_on: &'a str,
    /// The day its report came out.
    pub reported_on: Option<&'a str>,
    /// The first and last day of its call for views.
    pub call: Option<(&'a str, &'a str)>,
}

/// Changes an inspection. Its area stays: its queue was filled for that.
pub async fn change_inspection(tx: &mut Tx, id: &InspectionId, change: &Change<'_>) -> DbResult<()> {
    let (from, to) = change.call.unzip();
    db::run!(tx, CHANGE, id, change.kind, change.title, change.opened_on, change.reported_on, from, to)?;
    Ok(())
}

/// Somebody on an inspection, or who could be.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Colleague {
    /// Who.
    pub id: StaffId,
    /// Their role's name.
    pub role: String,
    /// Whether they lead it.
    pub lead: bool,
    /// Whether they can open it: their account is open, of a role that reads, and the area is not closed to them.
    pub can_open: bool,
}

const MEMBERS: &str = "select t.id, t.role, m.lead, (v.staff_id is not null) as can_open
    from inspection_member m
    join staff t on t.id = m.staff_id
    left join staff_inspection v on v.inspection_id = m.inspection_id and v.staff_id = m.staff_id
    where m.inspection_id = $1
    order by t.id";

/// The people on an inspection.
pub async fn list_members(tx: &mut Tx, id: &InspectionId) -> DbResult<Vec<Colleague>> {
    db::all!(tx, Colleague, MEMBERS, id)
}

const COULD_JOIN: &str = "select t.id, t.role, (t.role = 'lead') as lead, (1 = 1) as can_open
    from staff t
    join inspection i on i.id = $1
    where t.disabled_us is null
        and t.role in ('inspector', 'lead', 'safeguarding')
        and not exists (select 1 from inspection_member m where m.inspection_id = i.id and m.staff_id = t.id)
        and not exists (select 1 from staff_never_area n where n.staff_id = t.id and n.area_code = i.area_code)
    order by t.id
    limit 1000";

/// The people who could be put on an inspection.
pub async fn list_who_could_join(tx: &mut Tx, id: &InspectionId) -> DbResult<Vec<Colleague>> {
    db::all!(tx, Colleague, COULD_JOIN, id)
}

const MAY_JOIN: &str = "select count(*) from staff t join inspection i on i.id = $1
    where t.id = $2
        and t.disabled_us is null
        and t.role in ('inspector', 'lead', 'safeguarding')
        and not exists (select 1 from staff_never_area n where n.staff_id = t.id and n.area_code = i.area_code)";

/// Whether this person may be put on this inspection.
pub async fn may_join(tx: &mut Tx, id: &InspectionId, staff: &StaffId) -> DbResult<bool> {
    Ok(db::one!(tx, (i64,), MAY_JOIN, id, staff)?.0 == 1)
}

/// What one inspection has to do, for somebody who is on it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ToRead {
    /// Which.
    pub id: InspectionId,
    /// What staff call it.
    pub title: String,
    /// The area's name.
    pub area_name: String,
    /// Submissions that nobody is reading.
    pub waiting: i64,
    /// Submissions that this person has claimed.
    pub mine: i64,
}

const TO_READ: &str = "select i.id, i.title, a.name as area_name,
        count(case when s.id is not null
            and (r.state = 'waiting' or (r.state = 'claimed' and r.claimed_until_us <= $2)) then 1 end) as waiting,
        count(case when s.id is not null
            and r.state = 'claimed' and r.claimed_by = $1 and r.claimed_until_us > $2 then 1 end) as mine
    from staff_inspection v
    join inspection i on i.id = v.inspection_id
    join area a on a.code = i.area_code
    left join review r on r.inspection_id = i.id
    left join submission s on s.id = r.submission_id and s.state = 'sent'
        and not exists (select 1 from staff_refused x where x.staff_id = $1 and x.submission_id = s.id)
        and not exists (select 1 from flag c where c.submission_id = s.id and c.item_id is null and c.seals)
    where v.staff_id = $1
    group by i.id, i.title, a.name, i.opened_on
    order by i.opened_on desc, i.id desc
    limit 50";

/// What there is to read for somebody, inspection by inspection.
pub async fn list_to_read(tx: &mut Tx, staff: &StaffId, now: Moment) -> DbResult<Vec<ToRead>> {
    db::all!(tx, ToRead, TO_READ, staff, now)
}

const IN_LANE: &str = "select count(*) from submission s
    where s.state = 'sent' and s.place_hidden = $1
        and not exists (select 1 from submission_area a where a.submission_id = s.id)";
const OPEN_FLAGS: &str = "select count(*) from flag f
    where f.closed_us is null
        and not exists (select 1 from staff_refused x where x.staff_id = $1 and x.submission_id = f.submission_id)";
const OPEN_REQUESTS: &str = "select count(*) from take_back_request r
    where r.decided_us is null
        and not exists (select 1 from staff_never_area n where n.staff_id = $1 and n.area_code = r.area_code)
        and not exists (select 1 from staff_refused x where x.staff_id = $1 and x.submission_id = r.submission_id)";
const INVITED: &str =
    "select count(*) from staff where disabled_us is null and (password_hash is null or totp_sealed is null)";
const STUCK: &str = "select count(*) from job where failed_us is not null";

/// How many sent submissions have no area: those whose place must stay hidden, or the others.
pub async fn count_in_lane(tx: &mut Tx, hidden: bool) -> DbResult<i64> {
    Ok(db::one!(tx, (i64,), IN_LANE, hidden)?.0)
}

/// How many flags are open that are not closed to this person.
pub async fn count_open_flags(tx: &mut Tx, staff: &StaffId) -> DbResult<i64> {
    Ok(db::one!(tx, (i64,), OPEN_FLAGS, staff)?.0)
}

/// How many people without their code wait for a decision, for those who see them all.
pub async fn count_open_requests(tx: &mut Tx, staff: &StaffId) -> DbResult<i64> {
    Ok(db::one!(tx, (i64,), OPEN_REQUESTS, staff)?.0)
}

/// How many people are invited and have not set up their account.
pub async fn count_invited(tx: &mut Tx) -> DbResult<i64> {
    Ok(db::one!(tx, (i64,), INVITED)?.0)
}

/// How much background work used up its tries and needs a person.
pub async fn count_stuck(tx: &mut Tx) -> DbResult<i64> {
    Ok(db::one!(tx, (i64,), STUCK)?.0)
}

/// What was sent, or added, and nobody has opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Unopened {
    /// In how many submissions.
    pub number: i64,
    /// Since when the oldest of it waits; none where there is none.
    pub oldest_us: Option<Moment>,
}

const UNOPENED: &str = "select count(*) as number, min(unopened_us) as oldest_us from submission
    where state = 'sent' and unopened_us is not null";

/// What waits unopened, whatever its area or inspection, and where nobody knows its area. Numbers only.
pub async fn count_unopened(tx: &mut Tx) -> DbResult<Unopened> {
    db::one!(tx, Unopened, UNOPENED)
}
