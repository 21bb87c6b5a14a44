//! A submission with everything in it, opened: for the check page, for looking at it again, and for its readers.

use super::store::{self, Answers, DatedStep, Submission, ToldArea};
use crate::aac::LeftOut;
use crate::db::Tx;
use crate::evidence::{self, days::Days, device, left_out, making::Making, store::Item};
use crate::id::{ItemId, SubmissionId};
use crate::intake::Intake;
use crate::storage::keys::{KeyError, Keys, SubmissionKey};

/// Everything in one submission.
#[derive(Debug)]
pub struct Whole {
    /// The row.
    pub row: Submission,
    /// What its owner called the draft.
    pub name: Option<String>,
    /// What was answered.
    pub answers: Answers,
    /// The areas that it is about: where the child lives first.
    pub areas: Vec<ToldArea>,
    /// The dated steps, in the order in which they were told.
    pub dates: Vec<DatedStep>,
    /// Its items that were not removed, in order.
    pub items: Vec<ToldItem>,
    /// Those of them that are recordings which nobody has kept yet. They are not sent.
    pub takes: Vec<ItemId>,
}

/// An item with its texts opened.
#[derive(Clone, Debug)]
pub struct ToldItem {
    /// The item.
    pub item: Item,
    /// The file's name.
    pub name: Option<String>,
    /// What it shows or says.
    pub what: Option<String>,
    /// How the child was asked, and how they showed their answer.
    pub assent_how: Option<String>,
    /// When its words were given.
    pub days: Option<Days>,
    /// The writing itself.
    pub text: Option<String>,
    /// The words in it, as its sender wrote them down.
    pub written_down: Option<String>,
    /// What the work on it brought so far.
    pub making: Making,
    /// How much of the file is left out.
    pub left_out: Option<LeftOut>,
    /// What was said of the device that it came from.
    pub device: Option<device::Told>,
}

impl Whole {
    /// Loads a submission that is not erased. None where it is not there, or nobody can open it any more.
    pub async fn load(tx: &mut Tx, keys: &Keys, submission: &SubmissionId) -> Result<Option<Whole>, KeyError> {
        let Some(key) = keys.submission(tx, submission).await? else { return Ok(None) };
        let Some(row) = store::find(tx, submission).await? else { return Ok(None) };
        let name = row.name(&key);
        let answers = store::load_answers(tx, &key, submission).await?;
        let areas = store::list_areas(tx, submission).await?;
        let dates = store::list_dates(tx, &key, submission).await?;
        let items = load_items(tx, &key, submission).await?;
        let takes = Intake::takes(tx, submission).await?;
        Ok(Some(Whole { row, name, answers, areas, dates, items, takes }))
    }

    /// The items that were not sent yet, and are sent with the next press.
    pub fn unsent(&self) -> impl Iterator<Item = &ToldItem> {
        self.items.iter().filter(|told| told.item.sent_us.is_none() && !self.is_take(told))
    }

    /// The recordings that nobody has kept yet.
    pub fn not_kept(&self) -> impl Iterator<Item = &ToldItem> {
        self.items.iter().filter(|told| told.item.sent_us.is_none() && self.is_take(told))
    }

    fn is_take(&self, told: &ToldItem) -> bool {
        self.takes.contains(&told.item.id)
    }

    /// Whether there is nothing in it that anybody could read, see or hear.
    pub fn is_empty(&self) -> bool {
        self.items.iter().all(|told| self.is_take(told))
            && self.answers.is_empty()
            && self.dates.is_empty()
            && self.row.role.is_none()
    }
}

/// The items of a submission with their texts opened.
pub async fn load_items(
    tx: &mut Tx,
    key: &SubmissionKey,
    submission: &SubmissionId,
) -> Result<Vec<ToldItem>, KeyError> {
    let work = evidence::copies::list_work(tx, submission).await?;
    let mut words = evidence::transcript::list(tx, key, submission).await?;
    words.retain(|one| one.by.is_none());
    let left_out = left_out::list_in(tx, submission).await?;
    let devices = device::list_in(tx, key, submission).await?;
    let mut told = Vec::new();
    for item in evidence::store::list(tx, submission).await? {
        let text = match item.kind {
            evidence::Kind::Text => evidence::store::find_text(tx, &item.id).await?,
            _ => None,
        };
        told.push(ToldItem {
            name: item.name(key),
            what: item.what(key),
            assent_how: item.assent_how(key),
            days: item.days(key),
            left_out: left_out.iter().find(|row| row.item_id == item.id).map(left_out::Row::left_out),
            device: devices.iter().find(|(id, _)| *id == item.id).map(|(_, told)| told.clone()),
            text: evidence::sealed::ItemText::Writing.open(key, &item.id, text.as_deref()),
            written_down: words.iter().find(|one| one.item == item.id).and_then(|one| one.text.clone()),
            making: Making::of(&item, work.iter().find(|work| work.item_id == item.id)),
            item,
        });
    }
    Ok(told)
}
