//! Transcripts: what is said in a film or a sound, or written on paper, as words beside the item and never over it.
//!
//! Its sender may write them before it is sent ([`own`]). Staff type them while they listen, or correct a machine's draft;
//! the draft stays as the copy that it is. A correction is a new version, and earlier versions stay, each with who entered
//! it and when. Words are sealed under the submission's key, and go with the item. Staff's pages are `review/`.

pub mod lines;
pub mod own;

use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::id::{ItemId, StaffId, SubmissionId, TranscriptId};
use crate::storage::keys::SubmissionKey;

use super::Kind;

/// The longest transcript, in characters.
pub const LONGEST: usize = 200_000;

impl Kind {
    /// Whether there may be words in it that somebody can write down.
    pub fn may_have_transcript(self) -> bool {
        !matches!(self, Kind::Text | Kind::Aac | Kind::Unknown)
    }
}

// Holds the item, so that two people who enter at once get two versions, and none comes to an item that is gone.
const HOLD: &str = "update evidence_item set state = state where id = $1 and state <> 'removed'";
const NEXT: &str = "select coalesce(max(version), 0) + 1 from transcript where item_id = $1";
const ADD: &str = "insert into transcript (id, submission_id, item_id, version, text_sealed, entered_by, entered_us)
    values ($1, $2, $3, $4, $5, $6, $7)";

/// Puts words, or a correction, beside an item; gives their version. None where the item is gone. `by` is none for words of
/// the sender's.
pub async fn add(
    tx: &mut Tx,
    key: &SubmissionKey,
    (submission, item): (&SubmissionId, &ItemId),
    text: &str,
    by: Option<&StaffId>,
    now: Moment,
) -> DbResult<Option<i64>> {
    if db::run!(&mut *tx, HOLD, item)? == 0 {
        return Ok(None);
    }
    let (version,) = db::one!(&mut *tx, (i64,), NEXT, item)?;
    let id = TranscriptId::new(now);
    let sealed = key.seal_text("transcript", "text_sealed", id.as_str(), text);
    db::run!(tx, ADD, &id, submission, item, version, sealed, by, now)?;
    Ok(Some(version))
}

const DROP_OWN: &str = "delete from transcript where item_id = $1 and entered_by is null";

/// Puts the sender's words in the place of those that they wrote before; an empty text takes them away. False where the
/// item is gone.
pub async fn replace_own(
    tx: &mut Tx,
    key: &SubmissionKey,
    of: (&SubmissionId, &ItemId),
    text: &str,
    now: Moment,
) -> DbResult<bool> {
    db::run!(&mut *tx, DROP_OWN, of.1)?;
    if text.trim().is_empty() {
        return Ok(true);
    }
    Ok(add(tx, key, of, text, None, now).await?.is_some())
}

#[derive(Clone, Debug, sqlx::FromRow)]
struct Row {
    id: TranscriptId,
    item_id: ItemId,
    version: i64,
    text_sealed: Vec<u8>,
    entered_by: Option<StaffId>,
    entered_us: Moment,
}

/// A version of an item's words, opened.
#[derive(Clone, Debug)]
pub struct Transcript {
    /// The item.
    pub item: ItemId,
    /// Counts from 1; the highest is the one that counts.
    pub version: i64,
    /// The words; none where they do not open, which the page says.
    pub text: Option<String>,
    /// The account that entered it; none for the sender.
    pub by: Option<StaffId>,
    /// When.
    pub at: Moment,
}

const LIST: &str = "select id, item_id, version, text_sealed, entered_by, entered_us
    from transcript
    where submission_id = $1
    order by item_id, version desc";
const NEWEST: &str = "select id, item_id, version, text_sealed, entered_by, entered_us
    from transcript
    where item_id = $1
    order by version desc limit 1";

/// Every version of the words of everything in a submission; of each item the newest comes first. Those of items that are
/// closed to a reader are left out by the caller.
pub async fn list(tx: &mut Tx, key: &SubmissionKey, submission: &SubmissionId) -> DbResult<Vec<Transcript>> {
    let rows = db::all!(tx, Row, LIST, submission)?;
    Ok(rows.into_iter().map(|row| open(key, row)).collect())
}

/// The words of an item that count.
pub async fn find_newest(tx: &mut Tx, key: &SubmissionKey, item: &ItemId) -> DbResult<Option<Transcript>> {
    Ok(db::maybe!(tx, Row, NEWEST, item)?.map(|row| open(key, row)))
}

fn open(key: &SubmissionKey, row: Row) -> Transcript {
    Transcript {
        text: key.open_text("transcript", "text_sealed", row.id.as_str(), &row.text_sealed).ok(),
        item: row.item_id,
        version: row.version,
        by: row.entered_by,
        at: row.entered_us,
    }
}

const DROP: &str = "delete from transcript where item_id = $1";

/// Takes every version of an item's words away, with the item.
pub(super) async fn drop_of(tx: &mut Tx, item: &ItemId) -> DbResult<()> {
    db::run!(tx, DROP, item)?;
    Ok(())
}
