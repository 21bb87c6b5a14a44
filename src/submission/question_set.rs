//! Who tried the standard questions before anybody relies on the answers: kinds of people and how many, never names, when,
//! and what was changed because of them. Kept for one version of the set; without a try pages say "draft, not tested
//! with people".
//!
//! A try that holds something which should not be public is taken off the page, and stays in the table and in what
//! staff did. Pages are `question_set_pages`.

use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::id::{QuestionTryId, StaffId};

/// The longest text of a try, in characters.
pub const LONGEST: usize = 2_000;

/// Somebody tried the questions.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct QuestionTry {
    /// Its id.
    pub id: QuestionTryId,
    /// Which version of the set.
    pub set_version: String,
    /// The day, as far as it is known: `YYYY-MM-DD`, `YYYY-MM` or `YYYY`.
    pub tried_on: String,
    /// Which kind of people.
    pub people: String,
    /// How many of them.
    pub how_many: i64,
    /// What was changed because of them.
    pub changed: String,
    /// Who entered it.
    pub entered_by: StaffId,
    /// When it was taken off the public page, if it was.
    pub hidden_us: Option<Moment>,
}

/// A try before it has a row.
#[derive(Debug)]
pub struct NewTry<'a> {
    /// Which version of the set.
    pub set_version: &'a str,
    /// The day.
    pub tried_on: &'a str,
    /// Which kind of people.
    pub people: &'a str,
    /// How many.
    pub how_many: i64,
    /// What was changed.
    pub changed: &'a str,
    /// Who enters it.
    pub by: &'a StaffId,
}

const ADD: &str = "insert into question_try
        (id, set_version, tried_on, people, how_many, changed, entered_by, entered_us)
    values ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Records a try.
pub async fn add(tx: &mut Tx, new: NewTry<'_>, now: Moment) -> DbResult<QuestionTryId> {
    let id = QuestionTryId::new(now);
    db::run!(tx, ADD, &id, new.set_version, new.tried_on, new.people, new.how_many, new.changed, new.by, now)?;
    Ok(id)
}

const SHOWN: &str = "select id, set_version, tried_on, people, how_many, changed, entered_by, hidden_us
    from question_try
    where set_version = $1 and hidden_us is null
    order by tried_on, id";

/// The tries of a version that are on the public page, oldest first.
pub async fn list_shown(tx: &mut Tx, set_version: &str) -> DbResult<Vec<QuestionTry>> {
    db::all!(tx, QuestionTry, SHOWN, set_version)
}

const ALL: &str = "select id, set_version, tried_on, people, how_many, changed, entered_by, hidden_us
    from question_try
    order by set_version desc, tried_on desc, id desc
    limit 200";

/// Every try of every version, the newest version first: at most 200, which is more than anybody makes.
pub async fn list_all(tx: &mut Tx) -> DbResult<Vec<QuestionTry>> {
    db::all!(tx, QuestionTry, ALL)
}

const HIDE: &str = "update question_try set hidden_us = $2 where id = $1 and hidden_us is null";

/// Takes a try off the public page. False where there is none, or it is off already.
pub async fn hide(tx: &mut Tx, id: &QuestionTryId, now: Moment) -> DbResult<bool> {
    Ok(db::run!(tx, HIDE, id, now)? == 1)
}
