//! The SQL of questions to a sender. The question and the answer are sealed under the submission's key.

use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::id::{AskedId, InspectionId, StaffId, SubmissionId};
use crate::storage::keys::SubmissionKey;

/// How a sender answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// In their own words.
    Words,
    /// They go on to add a recording or a file.
    More,
    /// "I do not want to answer."
    No,
}

impl How {
    /// The name in the table, in forms and words files.
    pub fn name(self) -> &'static str {
        match self {
            How::Words => "words",
            How::More => "more",
            How::No => "no",
        }
    }

    /// The way of that name.
    pub fn parse(name: &str) -> Option<How> {
        [How::Words, How::More, How::No].into_iter().find(|how| how.name() == name)
    }
}

#[derive(Clone, Debug, sqlx::FromRow)]
struct Row {
    id: AskedId,
    staff_id: StaffId,
    sealed: Vec<u8>,
    asked_us: Moment,
    seen_us: Option<Moment>,
    answer: Option<String>,
    answer_sealed: Option<Vec<u8>>,
    answered_us: Option<Moment>,
    withdrawn_us: Option<Moment>,
}

/// A question, opened.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its id.
    pub id: AskedId,
    /// Who asks.
    pub by: StaffId,
    /// What is asked; none where it does not open.
    pub text: Option<String>,
    /// When.
    pub asked_us: Moment,
    /// When the sender's page first showed it.
    pub seen_us: Option<Moment>,
    /// How it was answered.
    pub answer: Option<How>,
    /// The answer in the sender's own words.
    pub words: Option<String>,
    /// When it was answered.
    pub answered_us: Option<Moment>,
    /// When staff took it back.
    pub withdrawn_us: Option<Moment>,
}

impl Asked {
    /// Whether it waits for its sender: not taken back, and not answered in words. What somebody does not want to answer
    /// today they may want to answer later.
    pub fn waits(&self) -> bool {
        self.withdrawn_us.is_none() && self.answer.is_none()
    }

    /// Whether an answer can still be given.
    pub fn is_open(&self) -> bool {
        self.withdrawn_us.is_none() && self.answer != Some(How::Words)
    }
}

const LIST: &str = "select id, staff_id, sealed, asked_us, seen_us, answer, answer_sealed, answered_us, withdrawn_us
    from staff_question
    where submission_id = $1
    order by id";

/// Every question to a sender, oldest first.
pub async fn list(tx: &mut Tx, key: &SubmissionKey, submission: &SubmissionId) -> DbResult<Vec<Asked>> {
    let rows = db::all!(tx, Row, LIST, submission)?;
    Ok(rows.into_iter().map(|row| open(key, row)).collect())
}

fn open(key: &SubmissionKey, row: Row) -> Asked {
    let text = |column: &str, sealed: &[u8]| key.open_text("staff_question", column, row.id.as_str(), sealed).ok();
    Asked {
        text: text("sealed", &row.sealed),
        words: row.answer_sealed.as_deref().and_then(|sealed| text("answer_sealed", sealed)),
        answer: row.answer.as_deref().and_then(How::parse),
        id: row.id,
        by: row.staff_id,
        asked_us: row.asked_us,
        seen_us: row.seen_us,
        answered_us: row.answered_us,
        withdrawn_us: row.withdrawn_us,
    }
}

const ASK: &str = "insert into staff_question (id, submission_id, inspection_id, staff_id, sealed, asked_us)
    values ($1, $2, $3, $4, $5, $6)";

/// Asks a question: from now on it waits behind the sender's code.
pub async fn ask(
    tx: &mut Tx,
    key: &SubmissionKey,
    submission: &SubmissionId,
    (inspection, by, text): (&InspectionId, &StaffId, &str),
    now: Moment,
) -> DbResult<AskedId> {
    let id = AskedId::new(now);
    let sealed = key.seal_text("staff_question", "sealed", id.as_str(), text);
    db::run!(tx, ASK, &id, submission, inspection, by, sealed, now)?;
    Ok(id)
}

const SEEN: &str = "update staff_question set seen_us = $2 where id = $1 and seen_us is null";

/// Notes that the sender's page shows it.
pub async fn record_seen(tx: &mut Tx, id: &AskedId, now: Moment) -> DbResult<()> {
    db::run!(tx, SEEN, id, now)?;
    Ok(())
}

const ANSWER: &str = "update staff_question set answer = $2, answer_sealed = $3, answered_us = $4
    where id = $1 and withdrawn_us is null and (answer is null or answer <> 'words')";

/// Keeps an answer. False where there is one in words already, or the question was taken back.
pub async fn answer(
    tx: &mut Tx,
    key: &SubmissionKey,
    id: &AskedId,
    (how, words): (How, &str),
    now: Moment,
) -> DbResult<bool> {
    let sealed = (how == How::Words).then(|| key.seal_text("staff_question", "answer_sealed", id.as_str(), words));
    Ok(db::run!(tx, ANSWER, id, how.name(), sealed, now)? == 1)
}

const WITHDRAW: &str = "update staff_question set withdrawn_us = $3
    where id = $1 and submission_id = $2 and withdrawn_us is null and answer is null";

/// Takes a question back that nobody has answered. False where there is none.
pub async fn withdraw(tx: &mut Tx, submission: &SubmissionId, id: &str, now: Moment) -> DbResult<bool> {
    Ok(db::run!(tx, WITHDRAW, id, submission, now)? == 1)
}

const DROP: &str = "delete from staff_question where submission_id = $1";

/// Takes every question about a submission away, with the answers.
pub async fn drop_of(tx: &mut Tx, submission: &SubmissionId) -> DbResult<()> {
    db::run!(tx, DROP, submission)?;
    Ok(())
}
