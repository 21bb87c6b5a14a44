//! Receipts: what was sent, version by version. A version is made when something is sent and never changed; what the
//! page says about each file ("We have it", "We checked it") is read fresh, so it is never more than what is true.

use maud::{Markup, html};
use serde::{Deserialize, Serialize};

use super::store;
use super::whole::ToldItem;
use crate::clock::Moment;
use crate::db::Tx;
use crate::evidence::{ItemState, Kind};
use crate::html;
use crate::id::SubmissionId;
use crate::intake::Arrival;
use crate::storage::keys::{KeyError, SubmissionKey};
use crate::words::Speech;

/// One version.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// Its number, from 1.
    pub version: i64,
    /// When it was made.
    pub made: Moment,
    /// What it names.
    pub lines: Vec<ReceiptLine>,
}

/// One thing that a receipt names.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReceiptLine {
    /// The item's number.
    pub number: i64,
    /// What it is.
    pub kind: Kind,
    /// The file's name.
    pub name: Option<String>,
    /// Its bytes, where they were all here at that time.
    pub length: Option<i64>,
}

/// Makes the next version, which names everything that was sent by now.
pub async fn make(
    tx: &mut Tx,
    key: &SubmissionKey,
    submission: &SubmissionId,
    items: &[ToldItem],
    now: Moment,
) -> Result<i64, KeyError> {
    let lines: Vec<ReceiptLine> = items
        .iter()
        .map(|told| ReceiptLine {
            number: told.item.number,
            kind: told.item.kind,
            name: told.name.clone(),
            length: told.item.length,
        })
        .collect();
    let text = serde_json::to_string(&lines).expect("numbers, names and texts can always be written as JSON");
    let version = store::count_receipts(tx, submission).await? + 1;
    let sealed = key.seal_text("receipt", "sealed", &row_of(submission, version), &text);
    store::insert_receipt(tx, submission, version, sealed, now).await?;
    Ok(version)
}

/// Every version, the first one first.
pub async fn list(tx: &mut Tx, key: &SubmissionKey, submission: &SubmissionId) -> Result<Vec<Receipt>, KeyError> {
    let mut receipts = Vec::new();
    for (version, made, sealed) in store::list_receipts(tx, submission).await? {
        let text = key.open_text("receipt", "sealed", &row_of(submission, version), &sealed)?;
        receipts.push(Receipt { version, made, lines: serde_json::from_str(&text).unwrap_or_default() });
    }
    Ok(receipts)
}

fn row_of(submission: &SubmissionId, version: i64) -> String {
    format!("{submission}/{version}")
}

/// What a receipt says about one thing now. Never more than storage has confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its bytes are on their way.
    Arriving,
    /// It stopped on its way.
    Unfinished,
    /// The store has confirmed it.
    Have,
    /// It was read back and matched.
    Checked,
    /// We have it, and cannot open this kind of file.
    Kept,
    /// A fault of ours.
    Failed,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Standing; 6] =
        [Standing::Arriving, Standing::Unfinished, Standing::Have, Standing::Checked, Standing::Kept, Standing::Failed];

    /// Where a thing stands, from what the store confirmed and where the item is in its life. An item that is held says
    /// the same as any other: its sender's page must not tell what its readers saw.
    pub fn of(told: &ToldItem, arrival: Option<Arrival>) -> Standing {
        let item = &told.item;
        match (arrival, item.state) {
            (_, ItemState::Failed) => Standing::Failed,
            (Some(Arrival::Arriving), _) => Standing::Arriving,
            (Some(Arrival::Unfinished { .. }), _) => Standing::Unfinished,
            (None, ItemState::Receiving) => Standing::Unfinished,
            (_, ItemState::Kept) => Standing::Kept,
            (Some(Arrival::Here { checked: true }), _) => Standing::Checked,
            // Writing has no bytes of its own in the store: it was read back when it was saved.
            (None, _) if item.verified_us.is_some() => Standing::Checked,
            (Some(Arrival::Here { checked: false }), _) | (None, _) => Standing::Have,
        }
    }

    /// The name of its words: `receipt.standing.<name>`.
    pub fn name(self) -> &'static str {
        match self {
            Standing::Arriving => "arriving",
            Standing::Unfinished => "unfinished",
            Standing::Have => "have",
            Standing::Checked => "checked",
            Standing::Kept => "kept",
            Standing::Failed => "failed",
        }
    }
}

/// What a receipt says of one thing, with its picture.
pub fn standing_markup(speech: Speech, standing: Standing) -> Markup {
    let key = format!("receipt.standing.{}", standing.name());
    html::with_picture(speech, &key, html! { p.standing { strong { (speech.say(&key)) } } })
}
