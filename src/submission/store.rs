//! The SQL of submissions and of what is sealed in them. Who may do what is asked before; nothing here asks again.

use std::collections::BTreeMap;

use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::evidence::{film, say};
use crate::id::{DatedStepId, SubmissionId};
use crate::storage::keys::{KeyError, SubmissionKey};

use super::{Event, Field, State};

/// A submission as its row tells it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Submission {
    /// Its id.
    pub id: SubmissionId,
    /// Its public reference.
    pub reference: String,
    /// Where it is in its life.
    #[sqlx(try_from = "String")]
    pub state: State,
    /// What its owner called the draft, sealed.
    pub name_sealed: Option<Vec<u8>>,
    /// How pages spoke when it was made.
    pub wording: String,
    /// Who tells us.
    pub role: Option<String>,
    /// About whom.
    pub about: Option<String>,
    /// How old they are.
    pub age_band: Option<String>,
    /// How they communicate: a JSON list of names.
    pub methods: String,
    /// Whether somebody helped.
    pub helped: Option<String>,
    /// Whether they work for a school, a council or the NHS: a name.
    pub works_for: Option<String>,
    /// Whether people must not find out where the child lives.
    pub place_hidden: bool,
    /// Whether inspectors may quote: `yes` or `no`.
    pub quote: String,
    /// Whether inspectors may reply: `yes` or `no`.
    pub reply: String,
    /// Whether a question may wait behind the code: `yes` or `no`.
    pub may_ask: String,
    /// Whether the code opens the content again after sending.
    pub look_again: bool,
    /// `not_asked`, `known` or `not_known`.
    pub area_state: String,
    /// Whether it was made up for showing the service.
    pub made_up: bool,
    /// When it was begun.
    pub created_us: Moment,
    /// When it was last touched.
    pub touched_us: Moment,
    /// When it was first sent.
    pub sent_us: Option<Moment>,
    /// When something was last added after sending.
    pub added_us: Option<Moment>,
    /// When it was taken back.
    pub withdrawn_us: Option<Moment>,
    /// Whose maker made the card, where it came by a child's own card.
    pub card_of: Option<SubmissionId>,
}

impl Submission {
    /// How the child or young person communicates.
    pub fn methods(&self) -> Vec<String> {
        serde_json::from_str(&self.methods).unwrap_or_default()
    }

    /// What its owner called the draft.
    pub fn name(&self, key: &SubmissionKey) -> Option<String> {
        let sealed = self.name_sealed.as_deref()?;
        key.open_text("submission", "name_sealed", self.id.as_str(), sealed).ok()
    }
}

/// A draft before it has a row.
#[derive(Debug)]
pub struct NewDraft<'a> {
    /// Its id.
    pub id: &'a SubmissionId,
    /// Its reference, fresh.
    pub reference: &'a str,
    /// What the table keeps of its return code.
    pub code_hash: &'a [u8],
    /// How pages speak to its maker.
    pub wording: &'a str,
    /// Whether it is made up for showing the service.
    pub made_up: bool,
}

const INSERT: &str = "insert into submission
        (id, reference, state, code_hash, wording, methods, made_up, created_us, touched_us)
    values ($1, $2, 'draft', $3, $4, '[]', $5, $6, $6)
    on conflict do nothing";

/// Adds a draft. False where its reference or code is taken: try again with fresh ones.
pub async fn insert(tx: &mut Tx, draft: NewDraft<'_>, now: Moment) -> DbResult<bool> {
    let NewDraft { id, reference, code_hash, wording, made_up } = draft;
    Ok(db::run!(tx, INSERT, id, reference, code_hash, wording, made_up, now)? == 1)
}

const FIND: &str = "select id, reference, state, name_sealed, wording, role, about, age_band, methods, helped,
        works_for, place_hidden, quote, reply, may_ask, look_again, area_state, made_up, created_us, touched_us, sent_us,
        added_us, withdrawn_us, card_of
    from submission
    where id = $1";

/// The submission, in any state.
pub async fn find(tx: &mut Tx, submission: &SubmissionId) -> DbResult<Option<Submission>> {
    db::maybe!(tx, Submission, FIND, submission)
}

const FIND_BY_CODE: &str = "select id, state from submission
    where code_hash = $1 and state in ('draft', 'sent', 'withdrawn')";

/// The submission that a return code opens.
pub async fn find_by_code(tx: &mut Tx, code_hash: &[u8]) -> DbResult<Option<(SubmissionId, State)>> {
    let found = db::maybe!(tx, (SubmissionId, String), FIND_BY_CODE, code_hash)?;
    Ok(found.and_then(|(id, state)| Some((id, State::parse(&state)?))))
}

const TOUCH: &str = "update submission set touched_us = $2 where id = $1 and touched_us < $2";

/// Notes that somebody worked on it, which keeps a draft from expiring.
pub async fn touch(tx: &mut Tx, submission: &SubmissionId, now: Moment) -> DbResult<()> {
    db::run!(tx, TOUCH, submission, now)?;
    Ok(())
}

const SAVE_NAME: &str = "update submission set name_sealed = $2 where id = $1";

/// Saves what its owner calls the draft, sealed; none takes the name away.
pub async fn save_name(tx: &mut Tx, key: &SubmissionKey, submission: &SubmissionId, name: &str) -> DbResult<()> {
    let sealed = (!name.is_empty()).then(|| key.seal_text("submission", "name_sealed", submission.as_str(), name));
    db::run!(tx, SAVE_NAME, submission, sealed)?;
    Ok(())
}

const SAVE_LOOK_AGAIN: &str = "update submission set look_again = $2 where id = $1";

/// Saves whether the code opens the content again after sending.
pub async fn save_look_again(tx: &mut Tx, submission: &SubmissionId, look_again: bool) -> DbResult<()> {
    db::run!(tx, SAVE_LOOK_AGAIN, submission, look_again)?;
    Ok(())
}

const ADDED: &str = "update submission
    set added_us = $2, touched_us = $2, unopened_us = coalesce(unopened_us, $2)
    where id = $1 and state = 'sent'";

/// Notes that something was added after sending, which nobody has opened yet.
pub async fn record_added(tx: &mut Tx, submission: &SubmissionId, now: Moment) -> DbResult<()> {
    db::run!(tx, ADDED, submission, now)?;
    Ok(())
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// The submission is now in this state, and this call moved it there.
    To(State),
    /// It makes no sense where the submission is; nothing changed.
    NotNow(State),
    /// There is no such submission.
    NoSubmission,
}

const STATE: &str = "select state from submission where id = $1";
const SEND: &str = "update submission set state = $3, sent_us = $4, touched_us = $4, unopened_us = $4
    where id = $1 and state = $2";
const TAKE_BACK: &str = "update submission set state = $3, withdrawn_us = $4 where id = $1 and state = $2";
const UNDO: &str =
    "update submission set state = $3, withdrawn_us = null, touched_us = $4 where id = $1 and state = $2";
const END: &str = "update submission set state = $3, erased_us = $4, code_hash = null, name_sealed = null,
        role = null, about = null, age_band = null, methods = '[]', helped = null, works_for = null
    where id = $1 and state = $2";

/// Moves a submission by the rules of [`State::after`]. Nothing else writes its state. Exactly one of several callers
/// who want the same move is told that it moved.
pub async fn move_submission(tx: &mut Tx, submission: &SubmissionId, event: Event, now: Moment) -> DbResult<Moved> {
    let Some((name,)) = db::maybe!(&mut *tx, (String,), STATE, submission)? else {
        return Ok(Moved::NoSubmission);
    };
    let Some(from) = State::parse(&name) else {
        return Ok(Moved::NoSubmission);
    };
    let Ok(to) = from.after(event) else {
        return Ok(Moved::NotNow(from));
    };
    let (old, new) = (from.name(), to.name());
    let moved = match event {
        Event::Send => db::run!(tx, SEND, submission, old, new, now)?,
        Event::TakeBack => db::run!(tx, TAKE_BACK, submission, old, new, now)?,
        Event::Undo { .. } => db::run!(tx, UNDO, submission, old, new, now)?,
        Event::Expire | Event::Erase => db::run!(tx, END, submission, old, new, now)?,
    };
    // On PostgreSQL somebody else may have moved it between the two statements: their move counts.
    Ok(if moved == 1 { Moved::To(to) } else { Moved::NotNow(from) })
}

/// Where an answer lies, so that it opens there and nowhere else.
fn answer_row(submission: &SubmissionId, field: Field, part: i64) -> String {
    format!("{submission}/{}/{part}", field.name())
}

const SAVE_ANSWER: &str = "insert into answer (submission_id, field, part, sealed, changed_us)
    values ($1, $2, $3, $4, $5)
    on conflict (submission_id, field, part) do update set sealed = excluded.sealed, changed_us = excluded.changed_us";
const DROP_ANSWER: &str = "delete from answer where submission_id = $1 and field = $2 and part = $3";

/// Saves an answer, sealed; an empty one takes it away. Touches the draft.
pub async fn save_answer(
    tx: &mut Tx,
    key: &SubmissionKey,
    submission: &SubmissionId,
    (field, part): (Field, i64),
    text: &str,
    now: Moment,
) -> DbResult<()> {
    if text.is_empty() {
        db::run!(&mut *tx, DROP_ANSWER, submission, field.name(), part)?;
    } else {
        let sealed = key.seal_text("answer", "sealed", &answer_row(submission, field, part), text);
        db::run!(&mut *tx, SAVE_ANSWER, submission, field.name(), part, sealed, now)?;
    }
    touch(tx, submission, now).await
}

/// What was answered, opened.
#[derive(Clone, Debug, Default)]
pub struct Answers(BTreeMap<(Field, i64), String>);

impl Answers {
    /// The answer to a field that is there once; empty where there is none.
    pub fn get(&self, field: Field) -> &str {
        self.part(field, 0)
    }

    /// The answer with this part number; empty where there is none.
    pub fn part(&self, field: Field, part: i64) -> &str {
        self.0.get(&(field, part)).map_or("", String::as_str)
    }

    /// The answer to a field that is there once, where there is one.
    pub fn some(&self, field: Field) -> Option<&str> {
        self.0.get(&(field, 0)).map(String::as_str)
    }

    /// Every answer to a field, with its part number, in order.
    pub fn parts(&self, field: Field) -> impl Iterator<Item = (i64, &str)> {
        self.0.range((field, i64::MIN)..=(field, i64::MAX)).map(|((_, part), text)| (*part, text.as_str()))
    }

    /// Everything but these fields, for a reader who must not see them.
    pub fn without(mut self, fields: &[Field]) -> Answers {
        self.0.retain(|(field, _), _| !fields.contains(field));
        self
    }

    /// Whether nothing was answered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

const LIST_ANSWERS: &str = "select field, part, sealed from answer where submission_id = $1";

/// Everything that was answered, opened with the submission's key.
pub async fn load_answers(tx: &mut Tx, key: &SubmissionKey, submission: &SubmissionId) -> Result<Answers, KeyError> {
    let rows = db::all!(tx, (String, i64, Vec<u8>), LIST_ANSWERS, submission)?;
    let mut answers = BTreeMap::new();
    for (name, part, sealed) in rows {
        // A field that this program does not know was written by a newer one; it is kept and not shown.
        let Some(field) = Field::parse(&name) else { continue };
        let text = key.open_text("answer", "sealed", &answer_row(submission, field, part), &sealed)?;
        answers.insert((field, part), text);
    }
    Ok(Answers(answers))
}

const COUNT_AREAS: &str = "select count(*) from submission_area where submission_id = $1";
const COUNT_DATES: &str = "select count(*) from dated_step where submission_id = $1";

/// How many areas and dated steps were told.
pub async fn count_areas_and_dates(tx: &mut Tx, submission: &SubmissionId) -> DbResult<(i64, i64)> {
    let (areas,) = db::one!(&mut *tx, (i64,), COUNT_AREAS, submission)?;
    let (dates,) = db::one!(&mut *tx, (i64,), COUNT_DATES, submission)?;
    Ok((areas, dates))
}

/// An area that a submission is about.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ToldArea {
    /// The area's code.
    pub area_code: String,
    /// Its name.
    pub name: String,
    /// `lives`, or `responsible` for another council that is responsible.
    pub relation: String,
    /// Its last day, where it has one.
    pub valid_to: Option<String>,
}

const LIST_AREAS: &str = "select s.area_code, a.name, s.relation, a.valid_to
    from submission_area s
    join area a on a.code = s.area_code
    where s.submission_id = $1
    order by s.relation";

/// The areas that a submission is about: where the child lives first.
pub async fn list_areas(tx: &mut Tx, submission: &SubmissionId) -> DbResult<Vec<ToldArea>> {
    db::all!(tx, ToldArea, LIST_AREAS, submission)
}

/// A dated step, opened: what was asked for, when, what they said, when, and how the sender knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatedStep {
    /// Its id.
    pub id: DatedStepId,
    /// Which limit it is measured by: a name from the dated limits, or `other`.
    pub rule: String,
    /// The day of asking, as it was typed: `YYYY-MM-DD`, or a part of it.
    pub asked_on: Option<String>,
    /// `yes`, `no`, `part` or `no_answer`.
    pub outcome: Option<String>,
    /// The day of the answer.
    pub answered_on: Option<String>,
    /// What was asked for.
    pub what: Option<String>,
    /// How the sender knows.
    pub how_known: Option<String>,
}

#[derive(sqlx::FromRow)]
struct DatedRow {
    id: DatedStepId,
    rule: String,
    asked_on: Option<String>,
    outcome: Option<String>,
    answered_on: Option<String>,
    what_sealed: Option<Vec<u8>>,
    how_known_sealed: Option<Vec<u8>>,
}

const LIST_DATES: &str = "select id, rule, asked_on, outcome, answered_on, what_sealed, how_known_sealed
    from dated_step
    where submission_id = $1
    order by id";

/// The dated steps of a submission, in the order in which they were told.
pub async fn list_dates(
    tx: &mut Tx,
    key: &SubmissionKey,
    submission: &SubmissionId,
) -> Result<Vec<DatedStep>, KeyError> {
    let mut dates = Vec::new();
    for row in db::all!(tx, DatedRow, LIST_DATES, submission)? {
        let open = |column: &str, sealed: Option<Vec<u8>>| {
            sealed.map(|sealed| key.open_text("dated_step", column, row.id.as_str(), &sealed)).transpose()
        };
        dates.push(DatedStep {
            what: open("what_sealed", row.what_sealed)?,
            how_known: open("how_known_sealed", row.how_known_sealed)?,
            id: row.id,
            rule: row.rule,
            asked_on: row.asked_on,
            outcome: row.outcome,
            answered_on: row.answered_on,
        });
    }
    Ok(dates)
}

const HOLD: &str = "update submission set touched_us = touched_us where id = $1";

/// Holds the row until the transaction ends, so that nothing is added between looking and sending.
pub async fn hold(tx: &mut Tx, submission: &SubmissionId) -> DbResult<()> {
    db::run!(tx, HOLD, submission)?;
    Ok(())
}

const COUNT_RECEIPTS: &str = "select count(*) from receipt where submission_id = $1";
const INSERT_RECEIPT: &str = "insert into receipt (submission_id, version, made_us, sealed) values ($1, $2, $3, $4)";
const LIST_RECEIPTS: &str = "select version, made_us, sealed from receipt where submission_id = $1 order by version";

/// How many versions of the receipt there are.
pub async fn count_receipts(tx: &mut Tx, submission: &SubmissionId) -> DbResult<i64> {
    Ok(db::one!(tx, (i64,), COUNT_RECEIPTS, submission)?.0)
}

/// Keeps a version of the receipt.
pub async fn insert_receipt(
    tx: &mut Tx,
    submission: &SubmissionId,
    version: i64,
    sealed: Vec<u8>,
    now: Moment,
) -> DbResult<()> {
    db::run!(tx, INSERT_RECEIPT, submission, version, now, sealed)?;
    Ok(())
}

/// Every version of the receipt, sealed, with when it was made.
pub async fn list_receipts(tx: &mut Tx, submission: &SubmissionId) -> DbResult<Vec<(i64, Moment, Vec<u8>)>> {
    db::all!(tx, (i64, Moment, Vec<u8>), LIST_RECEIPTS, submission)
}

/// How far the reading of what was sent has come, over every inspection that it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Nobody has read it yet.
    NotYet,
    /// Somebody is reading it.
    Now,
    /// Somebody has read it.
    Done,
}

const COUNT_READING: &str = "select
        cast(coalesce(sum(case when state in ('reviewed', 'used', 'set_aside') then 1 else 0 end), 0) as bigint),
        cast(coalesce(sum(case when state = 'claimed' then 1 else 0 end), 0) as bigint)
    from review
    where submission_id = $1";

/// How far the reading has come. It says the same whatever was thought of it.
pub async fn reading(tx: &mut Tx, submission: &SubmissionId) -> DbResult<Reading> {
    let (done, now) = db::one!(tx, (i64, i64), COUNT_READING, submission)?;
    Ok(match (done, now) {
        (0, 0) => Reading::NotYet,
        (0, _) => Reading::Now,
        _ => Reading::Done,
    })
}

const LIST_REMOVED: &str = "select number, removed_us from evidence_item
    where submission_id = $1 and state = 'removed' and sent_us is not null and removed_us is not null
    order by number";

/// What was sent and taken out since: its number, and when.
pub async fn list_removed(tx: &mut Tx, submission: &SubmissionId) -> DbResult<Vec<(i64, Moment)>> {
    db::all!(tx, (i64, Moment), LIST_REMOVED, submission)
}

const SAFEGUARDING: &str = "select count(*) from flag where submission_id = $1 and kind = 'safeguarding'";

/// Whether somebody flagged it for safeguarding, however that ended.
pub async fn is_in_safeguarding_lane(tx: &mut Tx, submission: &SubmissionId) -> DbResult<bool> {
    Ok(db::one!(tx, (i64,), SAFEGUARDING, submission)?.0 > 0)
}

const FORGET_CODE: &str = "update submission set code_hash = null where id = $1";

/// Forgets the return code: it finds nothing any more.
pub async fn forget_code(tx: &mut Tx, submission: &SubmissionId) -> DbResult<()> {
    db::run!(tx, FORGET_CODE, submission)?;
    Ok(())
}

const END_VISITS: &str = "delete from visit where submission_id = $1";

/// Ends every visit to it.
pub async fn end_visits(tx: &mut Tx, submission: &SubmissionId) -> DbResult<()> {
    db::run!(tx, END_VISITS, submission)?;
    Ok(())
}

const DROP_ANSWERS: &str = "delete from answer where submission_id = $1";
const DROP_DATES: &str = "delete from dated_step where submission_id = $1";
const DROP_AREAS: &str = "delete from submission_area where submission_id = $1";
const DROP_RECEIPTS: &str = "delete from receipt where submission_id = $1";

/// Takes away everything that was told besides the items.
pub async fn drop_content(tx: &mut Tx, submission: &SubmissionId) -> DbResult<()> {
    for sql in [DROP_ANSWERS, DROP_DATES, DROP_AREAS, DROP_RECEIPTS] {
        db::run!(&mut *tx, sql, submission)?;
    }
    super::asked::store::drop_of(&mut *tx, submission).await?;
    say::store::drop_all(&mut *tx, submission).await?;
    film::drop_all(tx, submission).await
}
