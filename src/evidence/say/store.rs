//! The SQL of the child's answers. Every answer is a row of its own; none is ever overwritten.

use super::super::store::{Item, save_assent};
use super::super::{Assent, ReadBy};
use super::Wide;
use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::id::{ItemId, SubmissionId, uuid_v7};
use crate::storage::keys::SubmissionKey;

/// An answer of the child as somebody tells it. Everything may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The answer; none takes it back.
    pub answer: Option<Assent>,
    /// The day they were asked, as far as it is known.
    pub asked_on: Option<String>,
    /// Who asked them.
    pub asked_by: Option<ReadBy>,
    /// How they were asked, and how they showed it.
    pub how: String,
    /// What was shown to them.
    pub shown: String,
}

/// An answer as it was kept.
#[derive(Clone, Debug)]
pub struct Said {
    /// The item; none for everything in the submission.
    pub item: Option<ItemId>,
    /// What was told.
    pub told: Told,
    /// What it is about, where the child said it with their own card.
    pub by_card: Option<Wide>,
    /// Whether it counts still: see [`super`].
    pub counts: bool,
    /// When it was told.
    pub told_us: Moment,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    item_id: Option<ItemId>,
    answer: Option<String>,
    about: Option<String>,
    asked_on: Option<String>,
    asked_by: Option<String>,
    how_sealed: Option<Vec<u8>>,
    shown_sealed: Option<Vec<u8>>,
    counts: bool,
    told_us: Moment,
}

const LIST: &str = "select id, item_id, answer, about, asked_on, asked_by, how_sealed, shown_sealed, counts, told_us
    from child_said
    where submission_id = $1
    order by told_us, id";

/// Every answer that was told about a submission, oldest first: for staff, who see whose card it came by.
pub async fn list(tx: &mut Tx, key: &SubmissionKey, submission: &SubmissionId) -> DbResult<Vec<Said>> {
    let rows = db::all!(tx, Row, LIST, submission)?;
    Ok(rows.into_iter().map(|row| open(key, row)).collect())
}

const NEWEST: &str = "select id, item_id, answer, about, asked_on, asked_by, how_sealed, shown_sealed, counts, told_us
    from child_said
    where submission_id = $1 and item_id = $2 and told_by = 'sender'
    order by told_us desc, id desc
    limit 1";

/// What the sender told last about an item: the only answers that a sender's page ever shows.
pub async fn find_newest(tx: &mut Tx, key: &SubmissionKey, item: &Item) -> DbResult<Option<Told>> {
    let row = db::maybe!(tx, Row, NEWEST, &item.submission_id, &item.id)?;
    Ok(row.map(|row| open(key, row).told))
}

fn open(key: &SubmissionKey, row: Row) -> Said {
    let text = |column: &str, sealed: Option<Vec<u8>>| {
        let opened = sealed.map(|sealed| key.open_text("child_said", column, &row.id, &sealed));
        match opened {
            Some(Ok(text)) => text,
            Some(Err(_)) => {
                tracing::error!(column, "a sealed text does not open");
                String::new()
            }
            None => String::new(),
        }
    };
    Said {
        told: Told {
            answer: row.answer.as_deref().and_then(Assent::parse),
            asked_on: row.asked_on,
            asked_by: row.asked_by.as_deref().and_then(ReadBy::parse),
            how: text("how_sealed", row.how_sealed),
            shown: text("shown_sealed", row.shown_sealed),
        },
        by_card: row.about.as_deref().and_then(Wide::parse),
        item: row.item_id,
        counts: row.counts,
        told_us: row.told_us,
    }
}

const PUT_RIGHT: &str = "update child_said set counts = false
    where submission_id = $1 and item_id = $2 and told_by = 'sender' and counts";
const INSERT: &str = "insert into child_said
        (id, submission_id, item_id, answer, told_by, about, asked_on, asked_by, how_sealed, shown_sealed, counts, told_us)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, true, $11)";
const LAST: &str = "select cast(coalesce(max(moment), 0) as bigint) from (
        select told_us as moment from child_said where submission_id = $1
        union all
        select decided_us as moment from no_decision where submission_id = $1) told_or_decided";

/// The moment of the next answer or decision: later than every one before it, whatever the clocks of several servers say.
pub async fn next_moment(tx: &mut Tx, submission: &SubmissionId, now: Moment) -> DbResult<Moment> {
    let (last,) = db::one!(tx, (i64,), LAST, submission)?;
    Ok(now.max(Moment(last).plus(1)))
}

/// Records the child's newest answer about an item, as its sender tells it, if it says anything new. False where the item
/// is gone.
pub async fn record(tx: &mut Tx, key: &SubmissionKey, item: &Item, told: &Told, now: Moment) -> DbResult<bool> {
    if find_newest(&mut *tx, key, item).await?.unwrap_or_default() == *told {
        return Ok(true);
    }
    let (submission, day) = (&item.submission_id, told.asked_on.as_deref());
    let how = super::super::sealed::ItemText::AssentHow.seal(key, &item.id, &told.how);
    if !save_assent(&mut *tx, submission, &item.id, (told.answer, day), how).await? {
        return Ok(false);
    }
    if item.sent_us.is_none() {
        db::run!(&mut *tx, PUT_RIGHT, submission, &item.id)?;
    }
    insert(tx, key, (submission, Some(&item.id)), told, None, now).await?;
    Ok(true)
}

/// Records that the child says no with their own card: to everything, or to being in it.
pub async fn record_by_card(
    tx: &mut Tx,
    key: &SubmissionKey,
    submission: &SubmissionId,
    (about, words): (Wide, &str),
    now: Moment,
) -> DbResult<()> {
    let told = Told { answer: Some(Assent::No), how: words.to_owned(), ..Told::default() };
    insert(tx, key, (submission, None), &told, Some(about), now).await
}

async fn insert(
    tx: &mut Tx,
    key: &SubmissionKey,
    (submission, item): (&SubmissionId, Option<&ItemId>),
    told: &Told,
    by_card: Option<Wide>,
    now: Moment,
) -> DbResult<()> {
    let now = next_moment(&mut *tx, submission, now).await?;
    let id = uuid_v7(now);
    let seal = |column: &str, text: &str| (!text.is_empty()).then(|| key.seal_text("child_said", column, &id, text));
    db::run!(
        tx,
        INSERT,
        &id,
        submission,
        item,
        told.answer.map(Assent::name),
        if by_card.is_some() { "card" } else { "sender" },
        by_card.map(Wide::name),
        told.asked_on.as_deref(),
        told.asked_by.map(ReadBy::name),
        seal("how_sealed", &told.how),
        seal("shown_sealed", &told.shown),
        now,
    )?;
    Ok(())
}

const DROP: &str = "delete from child_said where submission_id = $1";
const DROP_DECISIONS: &str = "delete from no_decision where submission_id = $1";

/// Takes away everything that was told and decided about a submission.
pub async fn drop_all(tx: &mut Tx, submission: &SubmissionId) -> DbResult<()> {
    db::run!(&mut *tx, DROP, submission)?;
    db::run!(tx, DROP_DECISIONS, submission)?;
    Ok(())
}
