//! The SQL of what a sender leaves out of a file from a communication aid, and how much that is in words.
//!
//! ```text
//!   whole file ──chooses──▶ whole file, and a copy without it ──sends──▶ the copy alone, in the whole file's place
//!       ▲                         │  ▲ │ chooses again
//!       └── leaves nothing out ───┘  └─┘
//! ```
//!
//! What is taken out of a reading is [`crate::aac::Cut`]'s; the copy is made, and put in its place, in `prepare/`.

use serde::{Deserialize, Serialize};

use crate::aac::{Cut, LeftOut};
use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::id::{ItemId, SubmissionId};
use crate::storage::keys::SubmissionKey;
use crate::words::Speech;

/// What the copy is: our own writing ([`crate::aac::whole`]), which no sender's file is ever taken for.
pub const COPY_TYPE: &str = "application/vnd.heard.reading+json";

/// A row.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Row {
    /// The item.
    pub item_id: ItemId,
    /// Which parts, sealed; none once it was sent.
    pub choice_sealed: Option<Vec<u8>>,
    /// How many pages.
    pub pages: i64,
    /// How many days.
    pub days: i64,
    /// How many lines of other days.
    pub lines: i64,
    /// The key of the copy.
    pub key_id: String,
    /// The copy's sealed object.
    pub object_id: String,
    /// Where it lies.
    pub object_key: String,
    /// The copy's length.
    pub length: i64,
    /// The length of its sealed object.
    pub sealed_length: i64,
    /// The copy's digest.
    pub sha256: Vec<u8>,
    /// The length of the whole file.
    pub whole_length: i64,
    /// The digest of the whole file.
    pub whole_sha256: Vec<u8>,
    /// When the copy took the place of the whole file.
    pub replaced_us: Option<Moment>,
}

/// A choice, and the reading that it was made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The digest of that reading. Pages and lines of another may be others.
    pub of: String,
    /// What is left out.
    pub cut: Cut,
}

impl Choice {
    /// Seals it for the row of an item.
    pub fn seal(&self, key: &SubmissionKey, item: &ItemId) -> Vec<u8> {
        key.seal_text("left_out", "choice_sealed", item.as_str(), &serde_json::json!(self).to_string())
    }
}

impl Row {
    /// How much was left out.
    pub fn left_out(&self) -> LeftOut {
        let number = |number: i64| usize::try_from(number).unwrap_or_default();
        LeftOut { pages: number(self.pages), days: number(self.days), lines: number(self.lines) }
    }

    /// Which parts; none once it was sent.
    pub fn choice(&self, key: &SubmissionKey) -> Option<Choice> {
        let sealed = self.choice_sealed.as_deref()?;
        let text = key.open_text("left_out", "choice_sealed", self.item_id.as_str(), sealed).ok()?;
        serde_json::from_str(&text).ok()
    }
}

/// How much, in words: "3 pages, 2 days and 1 line".
pub fn in_words(speech: Speech, left_out: LeftOut) -> String {
    let some = |number: usize, one: &str, several: &str| match number {
        0 => None,
        1 => Some(speech.say(one).to_owned()),
        number => Some(speech.fill(several, &[("number", &number.to_string())])),
    };
    let parts: Vec<String> = [
        some(left_out.pages, "inside.page_one", "inside.page_several"),
        some(left_out.days, "inside.day_one", "inside.day_several"),
        some(left_out.lines, "inside.line_one", "inside.line_several"),
    ]
    .into_iter()
    .flatten()
    .collect();
    match parts.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [before @ .., last] => speech.fill("inside.and", &[("some", &before.join(", ")), ("last", last)]),
    }
}

const FIND: &str = "select item_id, choice_sealed, pages, days, lines, key_id, object_id, object_key, length,
        sealed_length, sha256, whole_length, whole_sha256, replaced_us
    from left_out where item_id = $1";
const LIST_IN: &str = "select l.item_id, l.choice_sealed, l.pages, l.days, l.lines, l.key_id, l.object_id,
        l.object_key, l.length, l.sealed_length, l.sha256, l.whole_length, l.whole_sha256, l.replaced_us
    from left_out l join evidence_item i on i.id = l.item_id
    where i.submission_id = $1 order by i.number";
const SAVE: &str = "insert into left_out (item_id, choice_sealed, pages, days, lines, key_id, object_id, object_key,
        length, sealed_length, sha256, whole_length, whole_sha256, made_us)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    on conflict (item_id) do update set choice_sealed = excluded.choice_sealed, pages = excluded.pages,
        days = excluded.days, lines = excluded.lines, key_id = excluded.key_id, object_id = excluded.object_id,
        object_key = excluded.object_key, length = excluded.length, sealed_length = excluded.sealed_length,
        sha256 = excluded.sha256, whole_length = excluded.whole_length, whole_sha256 = excluded.whole_sha256,
        made_us = excluded.made_us
    where left_out.replaced_us is null";
const REPLACED: &str = "update left_out set replaced_us = $2, choice_sealed = null
    where item_id = $1 and replaced_us is null";
const DROP: &str = "delete from left_out where item_id = $1";

/// What is left out of an item, if anything is.
pub async fn find(tx: &mut Tx, item: &ItemId) -> DbResult<Option<Row>> {
    db::maybe!(tx, Row, FIND, item)
}

/// What is left out of the items of a submission.
pub async fn list_in(tx: &mut Tx, submission: &SubmissionId) -> DbResult<Vec<Row>> {
    db::all!(tx, Row, LIST_IN, submission)
}

/// Saves a choice with its copy, in the place of an older one. False where the copy has the whole file's place already.
pub async fn save(tx: &mut Tx, row: &Row, now: Moment) -> DbResult<bool> {
    let saved = db::run!(
        tx,
        SAVE,
        &row.item_id,
        row.choice_sealed.clone(),
        row.pages,
        row.days,
        row.lines,
        &row.key_id,
        &row.object_id,
        &row.object_key,
        row.length,
        row.sealed_length,
        row.sha256.clone(),
        row.whole_length,
        row.whole_sha256.clone(),
        now,
    )?;
    Ok(saved == 1)
}

/// Records that the copy has the place of the whole file now. What was left out is forgotten.
pub async fn record_replaced(tx: &mut Tx, item: &ItemId, now: Moment) -> DbResult<()> {
    db::run!(tx, REPLACED, item, now)?;
    Ok(())
}

/// Forgets that something was left out.
pub async fn drop_of(tx: &mut Tx, item: &ItemId) -> DbResult<()> {
    db::run!(tx, DROP, item)?;
    Ok(())
}
