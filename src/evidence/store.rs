//! The SQL of evidence items. Texts and names come in and go out sealed; who seals them is the caller.
//!
//! An item's number is given once and never used again, so a removed item's row stays, emptied.

use std::collections::BTreeMap;

use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::id::{ItemId, SubmissionId};

use super::{Assent, Event, ItemState, Kind, Scan, Voice, Whose};

/// An item as its row tells it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Item {
    /// Its id.
    pub id: ItemId,
    /// The submission that it is inside.
    pub submission_id: SubmissionId,
    /// Its number there: "item 2".
    pub number: i64,
    /// What it is.
    #[sqlx(try_from = "String")]
    pub kind: Kind,
    /// What the content showed it to be.
    pub media_type: String,
    /// Where it is in its life.
    #[sqlx(try_from = "String")]
    pub state: ItemState,
    /// Why it is kept, held or failed: a name.
    pub state_reason: Option<String>,
    /// Bytes of the original.
    pub length: Option<i64>,
    /// Digest of the original, once read back.
    pub sha256: Option<Vec<u8>>,
    /// When the store confirmed all bytes.
    pub received_us: Option<Moment>,
    /// When it was read back and matched.
    pub verified_us: Option<Moment>,
    /// What a virus scan said.
    #[sqlx(try_from = "String")]
    pub scan: Scan,
    /// Whose words: see [`Item::voice`].
    pub whose: Option<String>,
    /// How they reached us.
    pub reached: Option<String>,
    /// Who read out or interpreted.
    pub reached_by: Option<String>,
    /// The child's own answer: see [`Item::assent`].
    pub assent: Option<String>,
    /// The day they were asked, as far as it is known: `YYYY-MM-DD`, `YYYY-MM` or `YYYY`.
    pub assent_on: Option<String>,
    /// BCP 47; `bfi` for British Sign Language, `und` for "I do not know".
    pub language: Option<String>,
    /// The name the sender's device gave the file, sealed.
    pub name_sealed: Option<Vec<u8>>,
    /// The answer to "What is this?", sealed.
    pub what_sealed: Option<Vec<u8>>,
    /// How the child was asked and how they showed their answer, sealed.
    pub assent_how_sealed: Option<Vec<u8>>,
    /// When its words were given, and on which days, sealed: see [`Item::days`].
    pub days_sealed: Option<Vec<u8>>,
    /// How many words the writing has, for kind `text`.
    pub text_words: Option<i64>,
    /// When it was begun.
    pub created_us: Moment,
    /// When it was sent; none while it is part of a draft.
    pub sent_us: Option<Moment>,
    /// When "I should not be seeing this" closed it.
    pub closed_us: Option<Moment>,
    /// The older cut of a film whose place it takes.
    pub replaces_id: Option<ItemId>,
    /// When the child said no: see [`Item::no_since`].
    pub no_us: Option<Moment>,
    /// When a lead last decided that it may be opened all the same.
    pub opened_us: Option<Moment>,
    /// When a lead last decided that it stays closed.
    pub shut_us: Option<Moment>,
    /// When a person in it said no, or changed their mind.
    pub left_us: Option<Moment>,
}

impl Item {
    /// Whose words these are and how they reached us.
    pub fn voice(&self) -> Voice {
        Voice::from_names(self.whose.as_deref(), self.reached.as_deref(), self.reached_by.as_deref())
    }

    /// The child's own answer, where there is one.
    pub fn assent(&self) -> Option<Assent> {
        self.assent.as_deref().and_then(Assent::parse)
    }

    /// Whether its sender has said anything about it yet.
    pub fn is_described(&self) -> bool {
        self.whose.is_some() || self.what_sealed.is_some() || self.assent.is_some() || self.language.is_some()
    }
}

/// An item before it has a row.
#[derive(Debug)]
pub struct NewItem<'a> {
    /// Its id, made before, because what is sealed is bound to it.
    pub id: &'a ItemId,
    /// The submission that it is to be inside.
    pub submission: &'a SubmissionId,
    /// What it is, as far as that is known.
    pub kind: Kind,
    /// What the content showed, as far as that is known.
    pub media_type: &'a str,
    /// `Receiving` for bytes on their way.
    pub state: ItemState,
    /// The file's name, sealed.
    pub name_sealed: Option<Vec<u8>>,
}

const TAKE_TURN: &str = "update submission
    set touched_us = case when touched_us < $2 then $2 else touched_us end
    where id = $1 and state in ('draft', 'sent')";
const INSERT: &str = "insert into evidence_item
        (id, submission_id, number, kind, media_type, state, name_sealed, created_us)
    select $1, $2, coalesce(max(number), 0) + 1, $3, $4, $5, $6, $7
    from evidence_item where submission_id = $2";
const NUMBER: &str = "select number from evidence_item where id = $1";

/// Holds a submission's row until the transaction ends, and notes that somebody works on it. False where it takes no
/// changes: it is not there, or is taken back.
pub async fn hold_submission(tx: &mut Tx, submission: &SubmissionId, now: Moment) -> DbResult<bool> {
    Ok(db::run!(tx, TAKE_TURN, submission, now)? == 1)
}

/// Adds an item and gives its number; none where the submission takes no items (it is not there, or is taken back).
///
/// It holds the submission first, so that two items never want one number.
pub async fn insert(tx: &mut Tx, item: NewItem<'_>, now: Moment) -> DbResult<Option<i64>> {
    if !hold_submission(tx, item.submission, now).await? {
        return Ok(None);
    }
    let (kind, state) = (item.kind.name(), item.state.name());
    db::run!(tx, INSERT, item.id, item.submission, kind, item.media_type, state, item.name_sealed, now)?;
    let (number,) = db::one!(tx, (i64,), NUMBER, item.id)?;
    Ok(Some(number))
}

const FIND: &str =
    "select i.id, i.submission_id, i.number, i.kind, i.media_type, i.state, i.state_reason, i.length, i.sha256,
        i.received_us, i.verified_us, i.scan, i.whose, i.reached, i.reached_by, i.assent, i.assent_on, i.language,
        i.name_sealed, i.what_sealed, i.assent_how_sealed, i.days_sealed, i.text_words, i.created_us, i.sent_us,
        i.closed_us, i.replaces_id,
        (select max(c.told_us) from child_said c
            where c.submission_id = i.submission_id and (c.item_id is null or c.item_id = i.id)
                and c.answer = 'no' and c.counts) as no_us,
        (select max(d.decided_us) from no_decision d where d.item_id = i.id and d.may_open) as opened_us,
        (select max(d.decided_us) from no_decision d where d.item_id = i.id and not d.may_open) as shut_us,
        (select max(p.left_us) from person_in_item p where p.item_id = i.id and p.permission = 'no') as left_us
    from evidence_item i
    where i.id = $1";

/// The item, in any state.
pub async fn find(tx: &mut Tx, item: &ItemId) -> DbResult<Option<Item>> {
    db::maybe!(tx, Item, FIND, item)
}

const LIST: &str =
    "select i.id, i.submission_id, i.number, i.kind, i.media_type, i.state, i.state_reason, i.length, i.sha256,
        i.received_us, i.verified_us, i.scan, i.whose, i.reached, i.reached_by, i.assent, i.assent_on, i.language,
        i.name_sealed, i.what_sealed, i.assent_how_sealed, i.days_sealed, i.text_words, i.created_us, i.sent_us,
        i.closed_us, i.replaces_id,
        (select max(c.told_us) from child_said c
            where c.submission_id = i.submission_id and (c.item_id is null or c.item_id = i.id)
                and c.answer = 'no' and c.counts) as no_us,
        (select max(d.decided_us) from no_decision d where d.item_id = i.id and d.may_open) as opened_us,
        (select max(d.decided_us) from no_decision d where d.item_id = i.id and not d.may_open) as shut_us,
        (select max(p.left_us) from person_in_item p where p.item_id = i.id and p.permission = 'no') as left_us
    from evidence_item i
    where i.submission_id = $1 and i.state <> 'removed'
    order by i.number";

/// Everything inside a submission that was not removed, in order.
pub async fn list(tx: &mut Tx, submission: &SubmissionId) -> DbResult<Vec<Item>> {
    db::all!(tx, Item, LIST, submission)
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// The item is now in this state.
    To(ItemState),
    /// It makes no sense where the item is; nothing changed.
    NotNow(ItemState),
    /// There is no such item.
    NoItem,
}

const STATE: &str = "select state from evidence_item where id = $1";
const MOVE: &str = "update evidence_item
    set state = $3, state_reason = $4
    where id = $1 and state = $2";

/// Moves an item by the rules of [`ItemState::after`], with a reason's name for `kept`, `held` and `failed`. Removing is
/// [`remove`].
pub async fn move_item(tx: &mut Tx, item: &ItemId, event: Event, reason: Option<&'static str>) -> DbResult<Moved> {
    let Some((name,)) = db::maybe!(tx, (String,), STATE, item)? else {
        return Ok(Moved::NoItem);
    };
    let Some(from) = ItemState::parse(&name) else {
        return Ok(Moved::NoItem);
    };
    let Ok(to) = from.after(event) else {
        return Ok(Moved::NotNow(from));
    };
    match db::run!(tx, MOVE, item, from.name(), to.name(), reason)? {
        1 => Ok(Moved::To(to)),
        // Somebody else moved it between the two statements (PostgreSQL): their move counts.
        _ => Ok(Moved::NotNow(from)),
    }
}

const SAFE: &str = "update evidence_item set length = $2 where id = $1 and state = 'receiving'";

/// Records that every byte is safe with us, before the store has confirmed them.
pub async fn record_safe(tx: &mut Tx, item: &ItemId, length: i64) -> DbResult<()> {
    db::run!(tx, SAFE, item, length)?;
    Ok(())
}

const RECEIVED: &str = "update evidence_item
    set state = 'received', state_reason = null, length = $2, received_us = $3
    where id = $1 and state in ('receiving', 'failed')";

/// Records that the store has confirmed all bytes: `Arrived`, or `Mended` after a fault. False where the item was
/// removed meanwhile, or has arrived before.
pub async fn record_received(tx: &mut Tx, item: &ItemId, length: i64, now: Moment) -> DbResult<bool> {
    Ok(db::run!(tx, RECEIVED, item, length, now)? == 1)
}

const CONTENT: &str = "update evidence_item set kind = $2, media_type = $3 where id = $1 and state <> 'removed'";

/// Records what the content showed.
pub async fn record_content(tx: &mut Tx, item: &ItemId, kind: Kind, media_type: &str) -> DbResult<()> {
    db::run!(tx, CONTENT, item, kind.name(), media_type)?;
    Ok(())
}

const VERIFIED: &str = "update evidence_item set sha256 = $2, verified_us = $3 where id = $1 and state <> 'removed'";

/// Records that the whole object was read back and matched, and its digest.
pub async fn record_verified(tx: &mut Tx, item: &ItemId, sha256: &[u8], now: Moment) -> DbResult<()> {
    db::run!(tx, VERIFIED, item, sha256, now)?;
    Ok(())
}

const CRC: &str = "update evidence_item set crc32 = $2 where id = $1 and state <> 'removed'";

/// Records the CRC-32 of an original, which a zip file begins with.
pub async fn record_crc(tx: &mut Tx, item: &ItemId, crc: u32) -> DbResult<()> {
    db::run!(tx, CRC, item, i64::from(crc))?;
    Ok(())
}

const CRCS: &str = "select id, crc32 from evidence_item where submission_id = $1 and crc32 is not null";

/// The CRC-32 of each original of a submission that was read back.
pub async fn list_crcs(tx: &mut Tx, submission: &SubmissionId) -> DbResult<BTreeMap<ItemId, u32>> {
    let rows = db::all!(tx, (ItemId, i64), CRCS, submission)?;
    Ok(rows.into_iter().filter_map(|(id, crc)| Some((id, u32::try_from(crc).ok()?))).collect())
}

const CUT: &str = "update evidence_item
    set kind = 'aac', media_type = $2, length = $3, sha256 = $4, crc32 = null, verified_us = null
    where id = $1 and state <> 'removed'";

/// Records that a copy, from which its sender left parts out, has the place of the original. It is read back anew.
pub async fn record_cut(tx: &mut Tx, row: &super::left_out::Row) -> DbResult<()> {
    db::run!(tx, CUT, &row.item_id, super::left_out::COPY_TYPE, row.length, row.sha256.clone())?;
    Ok(())
}

const SCANNED: &str = "update evidence_item set scan = $2, scan_sha256 = $3 where id = $1 and state <> 'removed'";

/// Records what a scan said, and about which digest.
pub async fn record_scan(tx: &mut Tx, item: &ItemId, scan: Scan, sha256: Option<&[u8]>) -> DbResult<()> {
    db::run!(tx, SCANNED, item, scan.name(), sha256)?;
    Ok(())
}

const DROP_SAID: &str = "delete from child_said where item_id = $1";
const DROP_DECISIONS: &str = "delete from no_decision where item_id = $1";
const DROP_PEOPLE: &str = "delete from person_in_item where item_id = $1";
const REMOVE: &str = "update evidence_item
    set state = 'removed', state_reason = null, removed_us = $2, name_sealed = null, what_sealed = null,
        assent_how_sealed = null, days_sealed = null, text_sealed = null
    where id = $1 and state <> 'removed'";

/// Takes an item away for good, with its words, translations and safe copies, and empties its row. Its key, jobs and bytes
/// are the caller's to end, in this same transaction. False where it was gone already.
pub async fn remove(tx: &mut Tx, item: &ItemId, now: Moment) -> DbResult<bool> {
    super::translation::drop_of(&mut *tx, item).await?;
    super::transcript::drop_of(&mut *tx, item).await?;
    super::left_out::drop_of(&mut *tx, item).await?;
    super::device::drop_of(&mut *tx, item).await?;
    for sql in [DROP_SAID, DROP_DECISIONS, DROP_PEOPLE] {
        db::run!(&mut *tx, sql, item)?;
    }
    let removed = db::run!(&mut *tx, REMOVE, item, now)? == 1;
    // After the item, so that whoever is making copies of it right now has ended, or finds it gone.
    super::copies::drop_of(tx, item).await?;
    Ok(removed)
}

const SENT: &str = "update evidence_item set sent_us = $2
    where id = $1 and sent_us is null and state <> 'removed'";

/// Marks everything that is not sent yet as sent with its submission, but for these; gives the number of items.
pub async fn record_sent(tx: &mut Tx, submission: &SubmissionId, but: &[ItemId], now: Moment) -> DbResult<u64> {
    let mut number = 0;
    for item in list(&mut *tx, submission).await?.iter().filter(|item| !but.contains(&item.id)) {
        number += db::run!(&mut *tx, SENT, &item.id, now)?;
    }
    Ok(number)
}

/// What its sender says about an item. All of it may be left out.
#[derive(Debug, Default)]
pub struct Facts {
    /// What it is, where the sender may choose; none leaves it.
    pub kind: Option<Kind>,
    /// Whose words, and how they reached us.
    pub voice: Voice,
    /// The child's own answer.
    pub assent: Option<Assent>,
    /// The day they were asked, as far as it is known: `YYYY-MM-DD`, `YYYY-MM` or `YYYY`.
    pub assent_on: Option<String>,
    /// The language.
    pub language: Option<&'static str>,
    /// "What is this?", sealed.
    pub what_sealed: Option<Vec<u8>>,
    /// How they were asked and showed it, sealed.
    pub assent_how_sealed: Option<Vec<u8>>,
}

const ASSENT: &str = "update evidence_item set assent = $3, assent_on = $4, assent_how_sealed = $5
    where id = $1 and submission_id = $2 and state <> 'removed'";

/// Saves the child's newest answer, as the sender tells it. False where the item is not theirs, or gone.
pub async fn save_assent(
    tx: &mut Tx,
    submission: &SubmissionId,
    item: &ItemId,
    (assent, assent_on): (Option<Assent>, Option<&str>),
    how_sealed: Option<Vec<u8>>,
) -> DbResult<bool> {
    Ok(db::run!(tx, ASSENT, item, submission, assent.map(Assent::name), assent_on, how_sealed)? == 1)
}

const REPLACES: &str = "update evidence_item set replaces_id = $3
    where id = $1 and submission_id = $2 and state <> 'removed'";

/// Saves which older cut this item takes the place of; none takes that back.
pub async fn save_replaces(
    tx: &mut Tx,
    submission: &SubmissionId,
    item: &ItemId,
    older: Option<&ItemId>,
) -> DbResult<()> {
    db::run!(tx, REPLACES, item, submission, older)?;
    Ok(())
}

const FACTS: &str = "update evidence_item
    set kind = coalesce($3, kind), whose = $4, reached = $5, reached_by = $6, assent = $7, assent_on = $8,
        language = $9, what_sealed = $10, assent_how_sealed = $11
    where id = $1 and submission_id = $2 and state <> 'removed'";

const WHOSE: &str = "update evidence_item set whose = $3
    where id = $1 and submission_id = $2 and whose is null and sent_us is null and state <> 'removed'";

/// Saves whose words an item carries, where nobody has said it yet; everything else that was said of it stays.
pub async fn save_whose(tx: &mut Tx, submission: &SubmissionId, item: &ItemId, whose: Whose) -> DbResult<()> {
    db::run!(tx, WHOSE, item, submission, whose.name())?;
    Ok(())
}

/// Saves what the sender says about an item of theirs. False where it is not theirs, or gone.
pub async fn save_facts(tx: &mut Tx, submission: &SubmissionId, item: &ItemId, facts: Facts) -> DbResult<bool> {
    let voice = facts.voice;
    let changed = db::run!(
        tx,
        FACTS,
        item,
        submission,
        facts.kind.map(Kind::name),
        voice.whose.map(|whose| whose.name()),
        voice.reached.map(|reached| reached.name()),
        voice.by.map(|by| by.name()),
        facts.assent.map(|assent| assent.name()),
        facts.assent_on,
        facts.language,
        facts.what_sealed,
        facts.assent_how_sealed,
    )?;
    Ok(changed == 1)
}

const DAYS: &str = "update evidence_item set days_sealed = $3
    where id = $1 and submission_id = $2 and state <> 'removed'";

/// Saves when an item's words were given. False where it is not theirs, or gone.
pub async fn save_days(
    tx: &mut Tx,
    submission: &SubmissionId,
    item: &ItemId,
    sealed: Option<Vec<u8>>,
) -> DbResult<bool> {
    Ok(db::run!(tx, DAYS, item, submission, sealed)? == 1)
}

const SAVE_TEXT: &str = "update evidence_item
    set text_sealed = $3, text_words = $4, length = $5, received_us = $6, verified_us = null, sha256 = null
    where id = $1 and submission_id = $2 and kind = 'text' and state <> 'removed' and sent_us is null";

/// Saves a writing: its sealed words, and how many words and bytes they are. A changed text is not checked yet. What was
/// sent never changes.
pub async fn save_text(
    tx: &mut Tx,
    submission: &SubmissionId,
    item: &ItemId,
    sealed: Vec<u8>,
    (words, bytes): (i64, i64),
    now: Moment,
) -> DbResult<bool> {
    Ok(db::run!(tx, SAVE_TEXT, item, submission, sealed, words, bytes, now)? == 1)
}

const TEXT: &str = "select text_sealed from evidence_item where id = $1 and kind = 'text' and state <> 'removed'";

/// The sealed words of a writing.
pub async fn find_text(tx: &mut Tx, item: &ItemId) -> DbResult<Option<Vec<u8>>> {
    Ok(db::maybe!(tx, (Option<Vec<u8>>,), TEXT, item)?.and_then(|(sealed,)| sealed))
}
