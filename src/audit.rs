//! Who did what, in a chain that shows where it was tampered with.
//!
//! Each row's hash is SHA-256 over the hash before it and all of its fields, each with its length. Editing, deleting,
//! reordering or inserting a row breaks the chain there. Cutting off the newest rows is seen against a head that was
//! written down elsewhere: an hourly log line gives one (`retention`), and `heard verify-audit --head` takes it.
//! Rows hold facts and ids, never content, and are written in the transaction of what they tell of, before bytes flow.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use ring::digest::{SHA256, digest};

use crate::clock::Moment;
use crate::db::{self, Db, DbResult, Tx};
use crate::storage::keys::framed;

// Taking the next number locks the head until the transaction ends, so writers queue and the chain has no gaps.
const TAKE_NUMBER: &str = "update audit_head set seq = seq + 1 where id = 1 returning seq, hash";
const SET_HASH: &str = "update audit_head set hash = $1 where id = 1";
const INSERT: &str = "insert into audit
    (seq, at_us, actor, action, object_kind, object_id, detail, previous, hash)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const HEAD: &str = "select seq, hash from audit_head where id = 1";
const NEXT_ROWS: &str = "select seq, at_us, actor, action, object_kind, object_id, detail, previous, hash
    from audit
    where seq > $1
    order by seq
    limit 1000";
const ABOUT_OBJECT: &str = "select seq, at_us, actor, action, object_kind, object_id, detail, previous, hash
    from audit
    where object_id = $1
    order by seq";

/// One row of the chain.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AuditRow {
    /// Its number; there are no gaps.
    pub seq: i64,
    /// When it happened.
    pub at_us: Moment,
    /// Who did it: a staff id, `submitter`, `operator` or `service`.
    pub actor: String,
    /// What they did.
    pub action: String,
    /// What kind of thing they did it to.
    pub object_kind: String,
    /// Which one.
    pub object_id: String,
    /// Facts without content, as JSON.
    pub detail: String,
    previous: Vec<u8>,
    hash: Vec<u8>,
}

impl AuditRow {
    fn computed_hash(&self) -> Vec<u8> {
        let fields: [&[u8]; 8] = [
            &self.previous,
            &self.seq.to_be_bytes(),
            &self.at_us.0.to_be_bytes(),
            self.actor.as_bytes(),
            self.action.as_bytes(),
            self.object_kind.as_bytes(),
            self.object_id.as_bytes(),
            self.detail.as_bytes(),
        ];
        digest(&SHA256, &framed(&fields)).as_ref().to_vec()
    }
}

/// The end of the chain at some moment: write it down elsewhere, and nobody can cut off what came before it unseen.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Head {
    /// The number of the newest row; 0 when there is none.
    pub seq: i64,
    /// Its hash.
    pub hash: Vec<u8>,
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, HEXLOWER.encode(&self.hash))
    }
}

impl FromStr for Head {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Head, &'static str> {
        let wrong = "a head looks like 1234:0f3c…, with 64 hex digits, as the log gives it";
        let (seq, hash) = text.split_once(':').ok_or(wrong)?;
        let seq = seq.parse().map_err(|_| wrong)?;
        let hash = HEXLOWER.decode(hash.as_bytes()).map_err(|_| wrong)?;
        if hash.len() == 32 || seq == 0 && hash.is_empty() { Ok(Head { seq, hash }) } else { Err(wrong) }
    }
}

/// Every action that is ever recorded. "What staff did" has words for each (`audit_action.<name>`); a test says so.
pub const ACTIONS: &[&str] = &[
    "audit.viewed",
    "audit.checked",
    "uploads.viewed",
    "preparing.viewed",
    "preparing.again",
    "questions.tried",
    "questions.try_hidden",
    "staff.signed_in",
    "staff.signed_out",
    "staff.second_step_refused",
    "staff.first_link_made",
    "staff.invited",
    "staff.link_made",
    "staff.link_spent",
    "staff.password_set",
    "staff.second_step_set",
    "staff.recovery_codes_made",
    "staff.sessions_ended",
    "staff.role_set",
    "staff.closed",
    "staff.reopened",
    "staff.area_closed",
    "staff.area_reopened",
    "inspection.opened",
    "inspection.changed",
    "inspection.member_put",
    "inspection.member_taken",
    "intake.mismatch",
    "intake.bytes_missing",
    "item.malware_found",
    "view_queue",
    "view_lane",
    "view_submission",
    "view_custody",
    "read_board",
    "download_board",
    "read_personal",
    "cite",
    "play_item",
    "ask_original",
    "download_original",
    "view_transcript",
    "add_transcript",
    "view_translation",
    "add_translation",
    "check_translation",
    "add_note",
    "raise_flag",
    "close_flag",
    "close_item",
    "place",
    "view_request",
    "decide_request",
    "link",
    "unlink",
    "ask_question",
    "take_back_question",
    "answer_question",
    "copied",
    "claim",
    "release",
    "review",
    "use",
    "set_aside",
    "put_back",
    "sent",
    "added",
    "item_removed",
    "left_out",
    "person_left",
    "card_made",
    "changed_mind",
    "open_after_no",
    "keep_closed",
    "taken_back",
    "taken_back_undone",
    "expired",
    "erased",
    "kept_restricted",
    "contact_confirmed",
    "backed_up",
    "restored",
    "rotated_key",
];

/// Adds a row to the chain, in the transaction of what it tells of. The action is one of [`ACTIONS`].
pub async fn record(
    tx: &mut Tx,
    now: Moment,
    actor: &str,
    action: &'static str,
    object_kind: &'static str,
    object_id: &str,
    detail: serde_json::Value,
) -> DbResult<()> {
    debug_assert!(ACTIONS.contains(&action), "{action} is not among the actions that pages have words for");
    let before = db::one!(&mut *tx, Head, TAKE_NUMBER)?;
    let mut row = AuditRow {
        seq: before.seq,
        at_us: now,
        actor: actor.to_owned(),
        action: action.to_owned(),
        object_kind: object_kind.to_owned(),
        object_id: object_id.to_owned(),
        detail: detail.to_string(),
        previous: before.hash,
        hash: Vec::new(),
    };
    row.hash = row.computed_hash();
    db::run!(
        &mut *tx,
        INSERT,
        row.seq,
        row.at_us,
        row.actor,
        row.action,
        row.object_kind,
        row.object_id,
        row.detail,
        row.previous,
        row.hash.as_slice()
    )?;
    db::run!(tx, SET_HASH, row.hash.as_slice())?;
    Ok(())
}

/// The end of the chain now.
pub async fn head(tx: &mut Tx) -> DbResult<Head> {
    db::one!(tx, Head, HEAD)
}

/// What was done to one thing, oldest first.
pub async fn list_about(tx: &mut Tx, object_id: &str) -> DbResult<Vec<AuditRow>> {
    db::all!(tx, AuditRow, ABOUT_OBJECT, object_id)
}

/// What walking the chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every row is as it was written.
    Whole {
        /// The end of the chain.
        head: Head,
    },
    /// The chain is broken.
    Broken {
        /// The number of the first row that is not as it was written.
        seq: i64,
        /// How.
        how: Break,
    },
}

/// How a chain is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Break {
    /// There is no row with this number.
    #[error("this row is missing")]
    Missing,
    /// The row's fields are not those that its hash was made over.
    #[error("this row was changed")]
    Changed,
    /// The row does not go on from the row before it.
    #[error("this row does not follow from the one before it")]
    Unlinked,
    /// The chain ends before this row, and the head (ours, or one from elsewhere) says that it was there.
    #[error("the chain was cut off here")]
    CutOff,
    /// The row is there, and the head from elsewhere says that it was another one.
    #[error("this row is not the one that the head from elsewhere names")]
    NotTheHead,
}

/// Walks the whole chain, and looks whether it still holds `known`, a head that was written down elsewhere.
pub async fn verify(db: &Db, known: Option<&Head>) -> DbResult<Verdict> {
    let mut tx = db.read().await?;
    let ours = head(&mut tx).await?;
    let mut last = Head { seq: 0, hash: Vec::new() };
    loop {
        let rows: Vec<AuditRow> = db::all!(&mut tx, AuditRow, NEXT_ROWS, last.seq)?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            if let Some(how) = broken(&last, &row, known) {
                let seq = if how == Break::Missing { last.seq + 1 } else { row.seq };
                return Ok(Verdict::Broken { seq, how });
            }
            last = Head { seq: row.seq, hash: row.hash };
        }
    }
    let furthest = ours.seq.max(known.map_or(0, |known| known.seq));
    if last.seq < furthest {
        return Ok(Verdict::Broken { seq: last.seq + 1, how: Break::CutOff });
    }
    if last != ours {
        return Ok(Verdict::Broken { seq: last.seq, how: Break::Unlinked });
    }
    Ok(Verdict::Whole { head: ours })
}

fn broken(last: &Head, row: &AuditRow, known: Option<&Head>) -> Option<Break> {
    if row.seq != last.seq + 1 {
        Some(Break::Missing)
    } else if row.hash != row.computed_hash() {
        Some(Break::Changed)
    } else if row.previous != last.hash {
        Some(Break::Unlinked)
    } else if known.is_some_and(|known| known.seq == row.seq && known.hash != row.hash) {
        Some(Break::NotTheHead)
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
