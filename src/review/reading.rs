//! Everything that a submission's page shows, gathered for one reader.

use std::collections::{BTreeMap, BTreeSet};

use super::access::{self, Opened};
use super::copies::Copies;
use super::decisions::{self, Decision};
use super::flags::{self, Flag};
use super::links::{self, Link};
use super::notes::{self, Note};
use super::store::{self, ReviewLine, StepLine};
use crate::account;
use crate::db::{DbResult, Tx};
use crate::evidence::film::{self, Person};
use crate::evidence::say::{self, store::Said};
use crate::evidence::transcript::{self, Transcript};
use crate::evidence::translation::{self, Translation};
use crate::id::{ItemId, StaffId, SubmissionId};
use crate::storage::keys::{KeyError, SubmissionKey};
use crate::submission::asked::{self, Asked};
use crate::submission::store::{Answers, ToldArea};
use crate::submission::store::{DatedStep, list_dates};
use crate::submission::whole::ToldItem;
use crate::submission::{self, Field};
use crate::web::{Problem, Site, Staff};

/// A submission as one reader may see it.
pub struct Reading {
    /// Its row, and why this reader may see it.
    pub opened: Opened,
    /// Whether where the child lives is kept from this reader: then it is nowhere in here.
    pub hides_place: bool,
    /// Its council areas.
    pub areas: Vec<ToldArea>,
    /// What was answered; none where it does not open, which the page says.
    pub answers: Option<Answers>,
    /// The dates they gave.
    pub dates: Vec<DatedStep>,
    /// The items that this reader may see, in order.
    pub items: Vec<ToldItem>,
    /// The safe copies of these items.
    pub copies: Copies,
    /// Translations of these items, every version, the newest of each first.
    pub translations: Vec<Translation>,
    /// Words of these items, written down, every version, the newest of each first.
    pub transcripts: Vec<Transcript>,
    /// Where it is in this reader's inspections.
    pub reviews: Vec<ReviewLine>,
    /// Every answer of the child, oldest first.
    pub said: Vec<Said>,
    /// Whose maker made the card, if this came by a child's own card and this reader may see that too.
    pub card_of: Option<String>,
    /// What was sent by the cards that were made here, as far as this reader may see it.
    pub by_card: Vec<String>,
    /// What leads decided about recordings of a child who said no.
    pub decisions: Vec<Decision>,
    /// The people who are said to be in films.
    pub people: Vec<Person>,
    /// What readers wrote.
    pub notes: Vec<Note>,
    /// The flags on it, with what was noticed and what was done.
    pub flags: Vec<OpenedFlag>,
    /// What was asked of its sender.
    pub asked: Vec<Asked>,
    /// What it belongs with, as far as this reader may open that.
    pub links: Vec<Link>,
    /// What teams did with it.
    pub history: Vec<StepLine>,
    /// The names of all staff that the page names.
    pub names: Names,
}

/// A flag, opened.
pub struct OpenedFlag {
    /// The row.
    pub flag: Flag,
    /// What was noticed.
    pub reason: Option<String>,
    /// What was done.
    pub outcome: Option<String>,
}

/// Names of staff, by id.
#[derive(Clone, Debug, Default)]
pub struct Names(BTreeMap<StaffId, String>);

impl Names {
    /// How pages name this person.
    pub fn of(&self, staff: &StaffId) -> &str {
        self.0.get(staff).map_or("-", String::as_str)
    }

    /// How pages name this person, where there is one.
    pub fn of_maybe(&self, staff: Option<&StaffId>) -> &str {
        staff.map_or("-", |staff| self.of(staff))
    }

    /// Loads the names of these people.
    pub async fn load(tx: &mut Tx, site: &Site, people: &BTreeSet<StaffId>) -> DbResult<Names> {
        let mut names = BTreeMap::new();
        for id in people {
            names.insert(id.clone(), account::store::name_of(tx, &site.keys, id).await?);
        }
        Ok(Names(names))
    }
}

/// The key of a submission that is there. One without a key was erased: there is no such page.
pub async fn key(tx: &mut Tx, site: &Site, submission: &SubmissionId) -> Result<SubmissionKey, Problem> {
    site.keys.submission(tx, submission).await?.ok_or(Problem::NotFound)
}

/// Gathers what the page shows.
pub async fn load(tx: &mut Tx, site: &Site, staff: &Staff, opened: Opened) -> Result<Reading, Problem> {
    let id = opened.id().clone();
    let key = key(tx, site, &id).await?;
    let areas = submission::store::list_areas(tx, &id).await?;
    // What does not open is said on the page; the rest is still shown.
    let answers = or_not_opened(submission::store::load_answers(tx, &key, &id).await)?;
    let dates = or_not_opened(list_dates(tx, &key, &id).await)?;
    let answers = answers.filter(|_| dates.is_some());
    let mut items = submission::whole::load_items(tx, &key, &id).await?;
    items.retain(|told| access::is_visible(&told.item, staff));
    let shown = |item: &Option<ItemId>| item.as_ref().is_none_or(|item| items.iter().any(|read| read.item.id == *item));
    let mut notes = notes::list(tx, &key, &id).await?;
    notes.retain(|note| shown(&note.item));
    let mut flags = flags::list_on(tx, &id).await?;
    flags.retain(|flag| shown(&flag.item_id));
    let flags: Vec<OpenedFlag> = flags
        .into_iter()
        .map(|flag| OpenedFlag { reason: flag.reason(&key), outcome: flag.outcome(&key), flag })
        .collect();
    let copies = Copies::load(tx, &id).await?;
    let mut translations = translation::list(tx, &key, &id).await?;
    translations.retain(|one| shown(&Some(one.item.clone())));
    let mut transcripts = transcript::list(tx, &key, &id).await?;
    transcripts.retain(|one| shown(&Some(one.item.clone())));
    let asked = asked::store::list(tx, &key, &id).await?;
    let links = links::list(tx, &site.keys, staff, &id).await?;
    let said = say::store::list(tx, &key, &id).await?;
    let decisions = decisions::list(tx, &key, &id).await?;
    let people_in = film::list(tx, &key, &id).await?;
    let (card_of, by_card) = list_cards(tx, staff, &opened).await?;
    let reviews = store::list_for(tx, &id, &staff.id).await?;
    let history = store::list_history(tx, &id).await?;
    let mut people: BTreeSet<StaffId> = notes.iter().map(|note| note.by.clone()).collect();
    people.extend(flags.iter().flat_map(|flag| [&flag.flag.raised_by, &flag.flag.closed_by]).flatten().cloned());
    people
        .extend(reviews.iter().flat_map(|line| [&line.review.claimed_by, &line.review.changed_by]).flatten().cloned());
    people.extend(translations.iter().map(|one| one.entered_by.clone()));
    people.extend(translations.iter().filter_map(|one| Some(one.check.as_ref()?.by.clone())));
    people.extend(transcripts.iter().filter_map(|one| one.by.clone()));
    people.extend(decisions.iter().map(|decision| decision.by.clone()));
    people.extend(history.iter().filter_map(|step| step.staff_id.clone()));
    people.extend(asked.iter().map(|asked| asked.by.clone()));
    people.extend(
        links.iter().flat_map(|link| [Some(&link.by), link.undone.as_ref().map(|(by, ..)| by)]).flatten().cloned(),
    );
    let names = Names::load(tx, site, &people).await?;
    let hides_place = access::hides_place(&opened.facts, staff);
    let mut reading = Reading {
        opened,
        hides_place,
        areas,
        answers,
        dates: dates.unwrap_or_default(),
        items,
        copies,
        translations,
        transcripts,
        reviews,
        said,
        card_of,
        by_card,
        decisions,
        people: people_in,
        notes,
        flags,
        asked,
        links,
        history,
        names,
    };
    if hides_place {
        keep_place(&mut reading);
    }
    Ok(reading)
}

/// What says where the child lives: the town, village or school in the sender's words, and where they were.
const PLACES: &[Field] = &[Field::AreaWords, Field::PlaceMore];

/// Takes out whatever says where the child lives, before any page is made of it. Other teams' inspections name their
/// areas; a postal address is a home.
fn keep_place(reading: &mut Reading) {
    reading.areas.clear();
    let by_post = reading.answers.as_ref().is_some_and(|answers| answers.get(Field::ContactWay) == "post");
    let answers = reading.answers.take().map(|answers| answers.without(PLACES));
    reading.answers = answers.map(|answers| if by_post { answers.without(&[Field::ContactAddress]) } else { answers });
    let own: Vec<_> = reading.reviews.iter().map(|line| line.inspection_id.clone()).collect();
    for step in reading.history.iter_mut().filter(|step| !own.contains(&step.inspection_id)) {
        step.title = None;
    }
}

/// What came by a child's own card and what its maker sent, each by its reference, where this reader may see it.
async fn list_cards(tx: &mut Tx, staff: &Staff, opened: &Opened) -> DbResult<(Option<String>, Vec<String>)> {
    let maker = match &opened.facts.card_of {
        Some(maker) => access::find_by_id(tx, staff, maker).await?,
        None => None,
    };
    let mut by_card = Vec::new();
    for id in submission::card::list_sent(tx, opened.id()).await? {
        by_card.extend(access::find_by_id(tx, staff, &id).await?.map(|own| own.facts.reference));
    }
    Ok((maker.map(|maker| maker.facts.reference), by_card))
}

/// What was opened; none where a sealed value does not open, which the log says.
fn or_not_opened<T>(opened: Result<T, KeyError>) -> Result<Option<T>, Problem> {
    match opened {
        Ok(opened) => Ok(Some(opened)),
        Err(KeyError::Broken(broken)) => {
            tracing::error!(cause = %broken, "a part of a submission could not be shown");
            Ok(None)
        }
        Err(KeyError::Db(error)) => Err(error.into()),
    }
}
