//! The SQL that saves the plain answers: the columns of a submission that lists filter by, its areas, and its dated
//! steps. Reading them is `submission/store.rs`, for every page alike.

use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::id::{DatedStepId, SubmissionId};
use crate::storage::keys::SubmissionKey;

use super::names::{About, AgeBand, Method, Role, WorksFor, YesNo};
use crate::submission::store::DatedStep;

/// Who tells us, about whom.
#[derive(Clone, Debug, Default)]
pub struct WhoTells {
    /// Who tells us.
    pub role: Option<Role>,
    /// About whom.
    pub about: Option<About>,
    /// How old they are.
    pub age_band: Option<AgeBand>,
    /// How they communicate.
    pub methods: Vec<Method>,
    /// Whether somebody helped.
    pub helped: Option<YesNo>,
}

const SAVE_WHO: &str = "update submission
    set role = $2, about = $3, age_band = $4, methods = $5, helped = $6
    where id = $1";

/// Saves who tells us.
pub async fn save_who(tx: &mut Tx, submission: &SubmissionId, who: &WhoTells) -> DbResult<()> {
    let methods: Vec<&str> = who.methods.iter().map(|method| method.name()).collect();
    db::run!(
        tx,
        SAVE_WHO,
        submission,
        who.role.map(Role::name),
        who.about.map(About::name),
        who.age_band.map(AgeBand::name),
        serde_json::json!(methods).to_string(),
        who.helped.map(YesNo::name),
    )?;
    Ok(())
}

const SAVE_HELPED: &str = "update submission set helped = $2 where id = $1";

/// Saves whether somebody helped.
pub async fn save_helped(tx: &mut Tx, submission: &SubmissionId, helped: Option<YesNo>) -> DbResult<()> {
    db::run!(tx, SAVE_HELPED, submission, helped.map(YesNo::name))?;
    Ok(())
}

const SAVE_WORKS_FOR: &str = "update submission set works_for = $2 where id = $1";

/// Saves whether they work for a school, a council or the NHS.
pub async fn save_works_for(tx: &mut Tx, submission: &SubmissionId, works_for: Option<WorksFor>) -> DbResult<()> {
    db::run!(tx, SAVE_WORKS_FOR, submission, works_for.map(WorksFor::name))?;
    Ok(())
}

const SAVE_PLACE_HIDDEN: &str = "update submission set place_hidden = $2 where id = $1";

/// Saves whether people must not find out where the child lives.
pub async fn save_place_hidden(tx: &mut Tx, submission: &SubmissionId, hidden: bool) -> DbResult<()> {
    db::run!(tx, SAVE_PLACE_HIDDEN, submission, hidden)?;
    Ok(())
}

const SAVE_PERMISSION: &str = "update submission set quote = $2, reply = $3 where id = $1";

/// Saves what inspectors may do beyond reading. It is no unless they said yes.
pub async fn save_permission(tx: &mut Tx, submission: &SubmissionId, quote: bool, reply: bool) -> DbResult<()> {
    let name = |yes: bool| if yes { "yes" } else { "no" };
    db::run!(tx, SAVE_PERMISSION, submission, name(quote), name(reply))?;
    Ok(())
}

const SAVE_MAY_ASK: &str = "update submission set may_ask = $2 where id = $1";

/// Saves whether a question may wait for them behind their code. It is no unless they said yes.
pub async fn save_may_ask(tx: &mut Tx, submission: &SubmissionId, may_ask: bool) -> DbResult<()> {
    db::run!(tx, SAVE_MAY_ASK, submission, if may_ask { "yes" } else { "no" })?;
    Ok(())
}

/// How an area has to do with a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The first area: where it happens.
    Lives,
    /// Another council that is responsible.
    Responsible,
}

impl Relation {
    /// The name in the table and in forms.
    pub fn name(self) -> &'static str {
        match self {
            Relation::Lives => "lives",
            Relation::Responsible => "responsible",
        }
    }

    /// The relation of that name; the first area where there is none.
    pub fn parse(name: &str) -> Relation {
        if name == "responsible" { Relation::Responsible } else { Relation::Lives }
    }
}

const PUT_AREA: &str = "insert into submission_area (submission_id, area_code, relation)
    values ($1, $2, $3)
    on conflict (submission_id, relation) do update set area_code = excluded.area_code";
const DROP_SAME: &str = "delete from submission_area where submission_id = $1 and area_code = $2 and relation <> $3";
const DROP_AREA: &str = "delete from submission_area where submission_id = $1 and relation = $2";
const AREA_STATE: &str = "update submission
    set area_state = case
        when exists (select 1 from submission_area where submission_id = $1) then 'known'
        else $2 end
    where id = $1";

/// Saves an area. One area is never there twice.
pub async fn choose_area(tx: &mut Tx, submission: &SubmissionId, relation: Relation, code: &str) -> DbResult<()> {
    db::run!(&mut *tx, DROP_SAME, submission, code, relation.name())?;
    db::run!(&mut *tx, PUT_AREA, submission, code, relation.name())?;
    db::run!(&mut *tx, AREA_STATE, submission, "not_asked")?;
    Ok(())
}

/// Takes an area away.
pub async fn drop_area(tx: &mut Tx, submission: &SubmissionId, relation: Relation) -> DbResult<()> {
    db::run!(&mut *tx, DROP_AREA, submission, relation.name())?;
    db::run!(&mut *tx, AREA_STATE, submission, "not_asked")?;
    Ok(())
}

/// Records that they do not know the area: it goes to the lane where a person works it out. An area that another council
/// is responsible for stays.
pub async fn record_area_not_known(tx: &mut Tx, submission: &SubmissionId) -> DbResult<()> {
    db::run!(&mut *tx, DROP_AREA, submission, Relation::Lives.name())?;
    db::run!(&mut *tx, AREA_STATE, submission, "not_known")?;
    Ok(())
}

const SAVE_STEP: &str = "insert into dated_step
        (id, submission_id, rule, asked_on, outcome, answered_on, what_sealed, how_known_sealed, created_us)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    on conflict (id) do update set
        rule = excluded.rule, asked_on = excluded.asked_on, outcome = excluded.outcome,
        answered_on = excluded.answered_on, what_sealed = excluded.what_sealed,
        how_known_sealed = excluded.how_known_sealed";

/// Adds a dated step, or saves it again under its id.
pub async fn save_step(
    tx: &mut Tx,
    key: &SubmissionKey,
    submission: &SubmissionId,
    step: &DatedStep,
    now: Moment,
) -> DbResult<()> {
    let seal = |column: &str, text: &Option<String>| {
        text.as_ref().map(|text| key.seal_text("dated_step", column, step.id.as_str(), text))
    };
    db::run!(
        tx,
        SAVE_STEP,
        &step.id,
        submission,
        &step.rule,
        step.asked_on.as_deref(),
        step.outcome.as_deref(),
        step.answered_on.as_deref(),
        seal("what_sealed", &step.what),
        seal("how_known_sealed", &step.how_known),
        now,
    )?;
    Ok(())
}

const DROP_STEP: &str = "delete from dated_step where submission_id = $1 and id = $2";

/// Takes a dated step away.
pub async fn drop_step(tx: &mut Tx, submission: &SubmissionId, id: &DatedStepId) -> DbResult<()> {
    db::run!(tx, DROP_STEP, submission, id)?;
    Ok(())
}
