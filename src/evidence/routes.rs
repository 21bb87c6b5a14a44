//! The submitter's addresses about evidence. `POST /tell/evidence`, which takes the bytes, is `intake/`; taking an item
//! out is `submission/`.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};

use super::copies::{self, Preparation};
use super::making::Making;
use super::pages::{self, ItemForm, ItemLine, ItemPage, Limits, Refusal, Then};
use super::say::routes::{self as said, LEAVE_OUT};
use super::say::store::Told;
use super::sealed::ItemText;
use super::store::{self, Facts, Item};
use super::voice::{Assent, Reached, ReadBy, Voice, Whose};
use super::{Kind, has_inside, language::Language};
use super::{days, device, film, one, record, say, transcript};
use crate::config::Config;
use crate::db::Tx;
use crate::id::ItemId;
use crate::storage::keys::SubmissionKey;
use crate::web::{Answer, Form, Pressed, Problem, Route, Site, Submitter, Who, door};
use crate::words::Speech;

/// The addresses. A submission that was sent takes more evidence too.
pub fn routes(site: &Site) -> Vec<Route> {
    let mut routes = record::routes(site);
    routes.extend(one::routes(site));
    routes.extend(days::routes(site));
    routes.extend(transcript::own::routes(site));
    routes.extend(device::routes(site));
    routes.extend(say::routes(site));
    routes.extend(film::routes(site));
    routes.extend([
        Route::get("/tell/evidence", Who::SenderOrCard, show_evidence, site),
        Route::get("/tell/items/{id}", Who::Sender, show_item, site),
        Route::post("/tell/items/{id}", Who::Sender, save_item, site),
    ]);
    routes
}

impl Limits {
    /// The limits that the settings give.
    pub fn of(config: &Config) -> Limits {
        Limits {
            come_back: format!("{}/return", config.public_url),
            file_bytes: config.settings.form_file_bytes,
            files: config.settings.submission_files,
            total_bytes: config.settings.submission_bytes,
        }
    }
}

/// Where an item is described.
pub fn address(item: &ItemId) -> String {
    format!("/tell/items/{item}")
}

/// Whether the submitter may still say things about this item: it is a draft's, or was added after sending and not sent,
/// or they chose to look at what they sent again.
pub fn may_change(submitter: &Submitter, item: &Item) -> bool {
    let theirs = item.submission_id == submitter.submission && item.state.is_shown_to_sender();
    let open = match submitter.state.as_str() {
        "draft" => true,
        "sent" => item.sent_us.is_none() || submitter.look_again,
        _ => false,
    };
    theirs && open
}

/// Where to go after an item: the next one of which nothing is said yet, or the list that it stands in.
pub fn after_item(items: &[Item], done: &Item) -> String {
    let waiting = |item: &&Item| {
        item.number > done.number && item.state.is_had() && item.sent_us.is_none() && !item.is_described()
    };
    match items.iter().find(waiting) {
        Some(next) => address(&next.id),
        None if done.kind == Kind::Text => "/tell/write".to_owned(),
        None => "/tell/evidence".to_owned(),
    }
}

#[derive(serde::Deserialize)]
struct Shown {
    problem: Option<String>,
    then: Option<String>,
}

async fn show_evidence(
    State(site): State<Site>,
    submitter: Submitter,
    speech: Speech,
    Query(shown): Query<Shown>,
) -> Answer {
    let problem = shown.problem.as_deref().and_then(Refusal::parse);
    let then = if shown.then.as_deref() == Some(one::THEN) { Then::OneThing } else { Then::List };
    page_of_files(&site, &submitter, speech, problem, then).await
}

/// The page on which files are chosen, with what arrived so far. `intake/` answers with it when it refuses files.
pub async fn evidence_page(site: &Site, submitter: &Submitter, speech: Speech, problem: Option<Refusal>) -> Answer {
    page_of_files(site, submitter, speech, problem, Then::List).await
}

async fn page_of_files(
    site: &Site,
    submitter: &Submitter,
    speech: Speech,
    problem: Option<Refusal>,
    then: Then,
) -> Answer {
    let mut tx = site.db.read().await?;
    let opened = door::open(site, &mut tx, submitter).await?;
    let items = store::list(&mut tx, &submitter.submission).await?;
    let work = copies::list_work(&mut tx, &submitter.submission).await?;
    let mine = items.iter().filter(|item| item.kind != Kind::Text && may_change(submitter, item));
    let lines: Vec<ItemLine> = mine.map(|item| line(item, &work, &opened.key)).collect();
    let page = pages::choose_files(speech, opened.door, Limits::of(&site.config), &lines, problem, then);
    Ok(page.into_response())
}

/// A line for each item that is not sent yet.
pub(super) async fn lines_of(tx: &mut Tx, submitter: &Submitter, key: &SubmissionKey) -> Answer<Vec<ItemLine>> {
    let items = store::list(tx, &submitter.submission).await?;
    let work = copies::list_work(tx, &submitter.submission).await?;
    Ok(items.iter().filter(|item| item.sent_us.is_none()).map(|item| line(item, &work, key)).collect())
}

fn line(item: &Item, work: &[Preparation], key: &SubmissionKey) -> ItemLine {
    ItemLine {
        address: address(&item.id),
        kind: item.kind,
        name: item.name(key),
        length: item.length.and_then(|length| u64::try_from(length).ok()),
        state: item.state,
        verified: item.verified_us.is_some(),
        said_no: item.assent() == Some(Assent::No),
        making: Making::of(item, work.iter().find(|work| work.item_id == item.id)),
    }
}

async fn show_item(State(site): State<Site>, submitter: Submitter, speech: Speech, Path(id): Path<String>) -> Answer {
    let mut tx = site.db.read().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let item = find_mine(&mut tx, &submitter, id).await?;
    let values = saved_values(&mut tx, &item, &opened.key).await?;
    Ok(item_page(&mut tx, speech, opened, &item, &values).await?.into_response())
}

async fn save_item(pressed: Pressed<Submitter>) -> Answer {
    let Pressed { site, by: submitter, speech, about: id, form } = pressed;
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let item = find_mine(&mut tx, &submitter, id).await?;
    let (facts, told) = match read_facts(&form, &item, &opened.key, now.date_in_london()) {
        Ok(read) => read,
        Err(errors) => {
            let values = ItemForm { errors, ..typed_values(&form) };
            let page = item_page(&mut tx, speech, opened, &item, &values).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    if !store::hold_submission(&mut tx, &submitter.submission, now).await?
        || !store::save_facts(&mut tx, &submitter.submission, &item.id, facts).await?
        || !say::store::record(&mut tx, &opened.key, &item, &told, now).await?
    {
        return Err(Problem::Gone);
    }
    film::save_replaces(&mut tx, &item, &form).await?;
    let items = store::list(&mut tx, &submitter.submission).await?;
    tx.commit().await?;
    if told.answer == Some(Assent::No) && item.assent() != Some(Assent::No) {
        return Ok(Redirect::to(LEAVE_OUT).into_response());
    }
    Ok(Redirect::to(&after_item(&items, &item)).into_response())
}

pub(super) async fn find_mine(tx: &mut Tx, submitter: &Submitter, id: String) -> Answer<Item> {
    let item = store::find(tx, &ItemId(id)).await?;
    item.filter(|item| may_change(submitter, item)).ok_or(Problem::NotFound)
}

async fn item_page(
    tx: &mut Tx,
    speech: Speech,
    opened: door::Opened,
    item: &Item,
    values: &ItemForm,
) -> Answer<crate::html::Page> {
    let items = store::list(tx, &item.submission_id).await?;
    let name = item.name(&opened.key);
    let left = film::list_left(speech, &items, item);
    let work = copies::find_work(tx, &item.id).await?;
    let shown = ItemPage {
        address: &address(&item.id),
        name: name.as_deref(),
        kind: item.kind,
        kinds: item.kind.choices(&item.media_type),
        skip_to: &after_item(&items, item),
        said_no: item.assent() == Some(Assent::No),
        making: Making::of(item, work.as_ref()),
        has_inside: has_inside(item.kind, item.state),
        left: &left,
        may_write_words: transcript::own::may_write(item),
    };
    Ok(pages::describe_item(speech, opened.door, &shown, values))
}

async fn saved_values(tx: &mut Tx, item: &Item, key: &SubmissionKey) -> Answer<ItemForm> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    Ok(ItemForm {
        kind: item.kind.name().to_owned(),
        what: item.what(key).unwrap_or_default(),
        whose: text(&item.whose),
        reached: text(&item.reached),
        by: text(&item.reached_by),
        language: text(&item.language),
        say: said::saved(tx, key, item).await?,
        replaces: item.replaces_id.as_ref().map_or_else(String::new, ItemId::to_string),
        errors: Vec::new(),
    })
}

fn typed_values(form: &Form) -> ItemForm {
    let typed = |name: &str| form.get(name).to_owned();
    ItemForm {
        kind: typed("kind"),
        what: typed("what"),
        whose: typed("whose"),
        reached: typed("reached"),
        by: typed("by"),
        language: typed("language"),
        say: said::typed(form),
        replaces: typed("replaces"),
        errors: Vec::new(),
    }
}

/// What the form says, or what is wrong with it. A choice that is not on offer counts as not chosen.
fn read_facts(
    form: &Form,
    item: &Item,
    key: &SubmissionKey,
    today: jiff::civil::Date,
) -> Result<(Facts, Told), Vec<(&'static str, &'static str)>> {
    let mut errors = Vec::new();
    let reached = Reached::parse(form.get("reached")).filter(|reached| Reached::offered().any(|one| one == *reached));
    // What staff wrote down from speech or paper stays said so, whatever the form offers.
    let reached = item.voice().reached.filter(|kept| *kept == Reached::StaffTranscript).or(reached);
    let voice = Voice::new(Whose::parse(form.get("whose")), reached, ReadBy::parse(form.get("by")));
    if voice.is_err() {
        errors.push(("whose", "item.problem.contradiction"));
    }
    let told = said::read(form, today);
    if let Err(wrong) = &told {
        errors.extend(wrong);
    }
    let (Ok(voice), Ok(told)) = (voice, told) else {
        return Err(errors);
    };
    let kinds = item.kind.choices(&item.media_type);
    let facts = Facts {
        kind: Kind::parse(form.get("kind")).filter(|kind| kinds.contains(kind)),
        voice,
        assent: told.answer,
        assent_on: told.asked_on.clone(),
        language: Language::find(form.get("language")).map(|language| language.tag.as_str()),
        what_sealed: ItemText::What.seal(key, &item.id, form.get("what")),
        assent_how_sealed: ItemText::AssentHow.seal(key, &item.id, &told.how),
    };
    Ok((facts, told))
}
