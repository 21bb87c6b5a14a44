//! Notes: what readers write beside what was sent. On all of it, on one item, or on a moment in sound or video.
//!
//! A note stays when the claim lapses, when the review moves on, and for later inspections as history. Its words are
//! sealed under the submission's key, so that they are erased with it.

use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::evidence::at::At;
use crate::id::{InspectionId, ItemId, NoteId, StaffId, SubmissionId};
use crate::storage::keys::{SealBroken, SubmissionKey};

/// The longest note, in characters.
pub const LONGEST: usize = 10_000;

/// What a row keeps of a note's purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteKind {
    /// A remark.
    Note,
    /// Why somebody downloaded an original that was not checked for viruses.
    Download,
}

impl NoteKind {
    /// The name in the table.
    pub fn name(self) -> &'static str {
        match self {
            NoteKind::Note => "note",
            NoteKind::Download => "download",
        }
    }
}

/// A note before it has a row.
#[derive(Debug)]
pub struct NewNote<'a> {
    /// About what was sent here.
    pub submission: &'a SubmissionId,
    /// For which inspection; none where triage or safeguarding write.
    pub inspection: Option<&'a InspectionId>,
    /// About this item.
    pub item: Option<&'a ItemId>,
    /// At this moment of it.
    pub at: Option<At>,
    /// Who writes.
    pub by: &'a StaffId,
    /// What for.
    pub kind: NoteKind,
    /// The words.
    pub text: &'a str,
}

const ADD: &str = "insert into note
        (id, submission_id, inspection_id, item_id, at_ms, staff_id, kind, sealed, created_us)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

/// Keeps a note.
pub async fn add(tx: &mut Tx, key: &SubmissionKey, note: NewNote<'_>, now: Moment) -> DbResult<NoteId> {
    let id = NoteId::new(now);
    let sealed = key.seal_text("note", "sealed", id.as_str(), note.text);
    let at = note.at.map(|at| at.ms);
    let kind = note.kind.name();
    db::run!(tx, ADD, &id, note.submission, note.inspection, note.item, at, note.by, kind, sealed, now)?;
    Ok(id)
}

#[derive(Clone, Debug, sqlx::FromRow)]
struct NoteRow {
    id: NoteId,
    title: Option<String>,
    item_id: Option<ItemId>,
    at_ms: Option<i64>,
    staff_id: StaffId,
    kind: String,
    sealed: Vec<u8>,
    created_us: Moment,
}

/// A note, opened.
#[derive(Clone, Debug)]
pub struct Note {
    /// Its id.
    pub id: NoteId,
    /// The inspection it was written for.
    pub inspection: Option<String>,
    /// The item it is about.
    pub item: Option<ItemId>,
    /// The moment it is about.
    pub at: Option<At>,
    /// Who wrote it.
    pub by: StaffId,
    /// Whether it is the reason for a download.
    pub for_download: bool,
    /// The words; none where they do not open, which the page says.
    pub text: Option<String>,
    /// When.
    pub created_us: Moment,
}

const LIST: &str = "select n.id, i.title, n.item_id, n.at_ms, n.staff_id, n.kind, n.sealed, n.created_us
    from note n
    left join inspection i on i.id = n.inspection_id
    where n.submission_id = $1
    order by n.id";

/// Every note on a submission, oldest first. Who may read the submission may read its notes: earlier teams' work is
/// history that later teams see. Notes on items that are closed to this reader are left out by the caller.
pub async fn list(tx: &mut Tx, key: &SubmissionKey, submission: &SubmissionId) -> DbResult<Vec<Note>> {
    let rows = db::all!(tx, NoteRow, LIST, submission)?;
    Ok(rows.into_iter().map(|row| open(key, row)).collect())
}

fn open(key: &SubmissionKey, row: NoteRow) -> Note {
    let text: Result<String, SealBroken> = key.open_text("note", "sealed", row.id.as_str(), &row.sealed);
    Note {
        text: text.ok(),
        id: row.id,
        inspection: row.title,
        item: row.item_id,
        at: row.at_ms.map(|ms| At { ms }),
        by: row.staff_id,
        for_download: row.kind == "download",
        created_us: row.created_us,
    }
}
