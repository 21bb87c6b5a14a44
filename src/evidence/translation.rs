//! Translations: an item's words in another language, beside the item and never over it.
//!
//! ```text
//!   needs an interpreter ──a named person's translation──▶ draft, not checked ──a second person──▶ checked
//!                                                              ▲                                     │
//!                                                              └────────── a correction ─────────────┘
//! ```
//!
//! In every state staff who may see the item see all of it, labelled with who made it and who checked it. A correction
//! is a new version, which nobody has checked yet; earlier versions stay. Whoever entered a version cannot check it. What
//! waits for an interpreter is the view `needs_interpreter`, what waits for a second person `translation_unchecked`.
//! Words and names are sealed under the submission's key, and go with the item. Pages are `review/`.

use super::voice::named;
use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::id::{ItemId, StaffId, SubmissionId, TranslationId};
use crate::storage::keys::{SealBroken, SubmissionKey};

/// The longest translation, in characters.
pub const LONGEST: usize = 100_000;
/// The longest name, in characters.
pub const LONGEST_NAME: usize = 200;
/// The language that translations are made into: the one that inspectors work in.
pub const INTO: &str = "en";

named! {
    /// What somebody is who translates, or who checks a translation.
    Translator {
        /// A registered interpreter, such as a registered sign language interpreter.
        RegisteredInterpreter = "registered_interpreter",
        /// A translator who belongs to a professional body.
        RegisteredTranslator = "registered_translator",
        /// An interpreter or translator who is not registered.
        Interpreter = "interpreter",
        /// Somebody of the staff who knows the language.
        Staff = "staff",
        /// Somebody whom the sender knows.
        Family = "family",
        /// Somebody else.
        Other = "other",
    }
}

/// A version before it has a row.
#[derive(Debug)]
pub struct NewTranslation<'a> {
    /// Inside this submission.
    pub submission: &'a SubmissionId,
    /// Of this item.
    pub item: &'a ItemId,
    /// From this language.
    pub from: &'a str,
    /// The words.
    pub text: &'a str,
    /// Who made it.
    pub by: &'a str,
    /// What they are.
    pub what: Translator,
    /// When they made it: `YYYY-MM-DD` or a part of it.
    pub made_on: &'a str,
    /// The account that enters it.
    pub entered_by: &'a StaffId,
}

// Holds the item, so that two people who enter at once get two versions, and none comes to an item that is gone.
const HOLD: &str = "update evidence_item set state = state where id = $1 and state <> 'removed'";
const NEXT: &str = "select coalesce(max(version), 0) + 1 from translation where item_id = $1";
const ADD: &str = "insert into translation
        (id, submission_id, item_id, version, from_language, to_language, text_sealed, by_sealed, by_what, made_on,
        entered_by, entered_us)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

/// Puts a translation, or a correction, beside an item; gives its version. None where the item is gone.
pub async fn add(tx: &mut Tx, key: &SubmissionKey, new: NewTranslation<'_>, now: Moment) -> DbResult<Option<i64>> {
    if db::run!(&mut *tx, HOLD, new.item)? == 0 {
        return Ok(None);
    }
    let (version,) = db::one!(&mut *tx, (i64,), NEXT, new.item)?;
    let id = TranslationId::new(now);
    let text = key.seal_text("translation", "text_sealed", id.as_str(), new.text);
    let by = key.seal_text("translation", "by_sealed", id.as_str(), new.by);
    let (what, made_on) = (new.what.name(), new.made_on);
    db::run!(
        tx,
        ADD,
        &id,
        new.submission,
        new.item,
        version,
        new.from,
        INTO,
        text,
        by,
        what,
        made_on,
        new.entered_by,
        now
    )?;
    Ok(Some(version))
}

#[derive(Clone, Debug, sqlx::FromRow)]
struct Row {
    id: TranslationId,
    item_id: ItemId,
    version: i64,
    from_language: String,
    to_language: String,
    text_sealed: Vec<u8>,
    by_sealed: Vec<u8>,
    by_what: String,
    made_on: String,
    entered_by: StaffId,
    entered_us: Moment,
    checked_by: Option<StaffId>,
    checker_sealed: Option<Vec<u8>>,
    checker_what: Option<String>,
    checked_on: Option<String>,
    checked_us: Option<Moment>,
}

/// A version of an item's translation, opened.
#[derive(Clone, Debug)]
pub struct Translation {
    /// Its id.
    pub id: TranslationId,
    /// The item.
    pub item: ItemId,
    /// Counts from 1; the highest is the one that counts.
    pub version: i64,
    /// From which language.
    pub from: String,
    /// Into which.
    pub to: String,
    /// The words; none where they do not open, which the page says.
    pub text: Option<String>,
    /// Who made it, what they are, and when.
    pub by: Option<String>,
    /// What they are: a name of [`Translator`].
    pub what: String,
    /// When they made it.
    pub made_on: String,
    /// The account that entered it.
    pub entered_by: StaffId,
    /// When.
    pub entered_us: Moment,
    /// The second person, where one has checked it.
    pub check: Option<Check>,
}

/// That a second person checked a translation.
#[derive(Clone, Debug)]
pub struct Check {
    /// Their account, or the account that entered their check.
    pub by: StaffId,
    /// Their name; none where it does not open.
    pub name: Option<String>,
    /// What they are: a name of [`Translator`].
    pub what: String,
    /// The day of the check.
    pub on: String,
    /// When it was entered.
    pub at: Moment,
}

const LIST: &str = "select id, item_id, version, from_language, to_language, text_sealed, by_sealed, by_what, made_on,
        entered_by, entered_us, checked_by, checker_sealed, checker_what, checked_on, checked_us
    from translation
    where submission_id = $1
    order by item_id, version desc";

/// Every version of every translation in a submission; of each item the newest comes first. Those of items that are
/// closed to a reader are left out by the caller.
pub async fn list(tx: &mut Tx, key: &SubmissionKey, submission: &SubmissionId) -> DbResult<Vec<Translation>> {
    let rows = db::all!(tx, Row, LIST, submission)?;
    Ok(rows.into_iter().map(|row| open(key, row)).collect())
}

const FIND: &str = "select id, item_id, version, from_language, to_language, text_sealed, by_sealed, by_what, made_on,
        entered_by, entered_us, checked_by, checker_sealed, checker_what, checked_on, checked_us
    from translation
    where id = $1";
const FIND_ITEM: &str = "select item_id from translation where id = $1";

/// The item that a version belongs to.
pub async fn find_item(tx: &mut Tx, id: &TranslationId) -> DbResult<Option<ItemId>> {
    Ok(db::maybe!(tx, (ItemId,), FIND_ITEM, id)?.map(|(item,)| item))
}

/// A version, opened.
pub async fn find(tx: &mut Tx, key: &SubmissionKey, id: &TranslationId) -> DbResult<Option<Translation>> {
    Ok(db::maybe!(tx, Row, FIND, id)?.map(|row| open(key, row)))
}

fn open(key: &SubmissionKey, row: Row) -> Translation {
    let open = |column: &str, sealed: &[u8]| -> Option<String> {
        let text: Result<String, SealBroken> = key.open_text("translation", column, row.id.as_str(), sealed);
        text.ok()
    };
    let check = row.checked_by.zip(row.checked_us).map(|(by, at)| Check {
        by,
        name: row.checker_sealed.as_ref().and_then(|sealed| open("checker_sealed", sealed)),
        what: row.checker_what.unwrap_or_default(),
        on: row.checked_on.unwrap_or_default(),
        at,
    });
    Translation {
        text: open("text_sealed", &row.text_sealed),
        by: open("by_sealed", &row.by_sealed),
        id: row.id,
        item: row.item_id,
        version: row.version,
        from: row.from_language,
        to: row.to_language,
        what: row.by_what,
        made_on: row.made_on,
        entered_by: row.entered_by,
        entered_us: row.entered_us,
        check,
    }
}

/// A second person's check before it is written down.
#[derive(Debug)]
pub struct NewCheck<'a> {
    /// The account that enters it.
    pub by: &'a StaffId,
    /// Who checked.
    pub name: &'a str,
    /// What they are.
    pub what: Translator,
    /// When they checked: `YYYY-MM-DD` or a part of it.
    pub on: &'a str,
}

const CHECK: &str = "update translation
    set checked_by = $2, checker_sealed = $3, checker_what = $4, checked_on = $5, checked_us = $6
    where id = $1 and checked_by is null and entered_by <> $2
        and not exists (
            select 1 from translation n where n.item_id = translation.item_id and n.version > translation.version)";

/// Writes down that a second person checked the newest version. False where the account is the one that entered it,
/// where it was checked already, and where a correction came in between.
pub async fn check(
    tx: &mut Tx,
    key: &SubmissionKey,
    id: &TranslationId,
    new: NewCheck<'_>,
    now: Moment,
) -> DbResult<bool> {
    let name = key.seal_text("translation", "checker_sealed", id.as_str(), new.name);
    Ok(db::run!(tx, CHECK, id, new.by, name, new.what.name(), new.on, now)? == 1)
}

/// Whether two names are the same person's, as far as names can tell.
pub fn is_same_name(one: &str, other: &str) -> bool {
    let plain = |name: &str| name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    plain(one) == plain(other)
}

const DROP: &str = "delete from translation where item_id = $1";

/// Takes every version of an item's translation away, with the item.
pub(super) async fn drop_of(tx: &mut Tx, item: &ItemId) -> DbResult<()> {
    db::run!(tx, DROP, item)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_however_it_is_written() {
        assert!(is_same_name("Amina  Khan ", "amina khan"));
        assert!(!is_same_name("Amina Khan", "Amina Kahn"));
    }

    #[test]
    fn names_lead_back_to_their_cases() {
        for what in Translator::ALL {
            assert_eq!(Translator::parse(what.name()), Some(*what));
        }
    }
}
