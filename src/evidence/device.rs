//! `/tell/items/{id}/device`: what a sender says of the device that a file came from, as far as no other page asks it. Who
//! helped, who was there, how it was asked and whose words these are stand elsewhere. Every question can be skipped.
//!
//! `/questions/device` is the whole declaration on paper, with the questions of those other pages, to fill in before.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};

use super::pages::NOT_SAID;
use super::routes::{address, after_item, find_mine};
use super::store::{self, Item};
use super::voice::named;
use super::{Assent, Kind};
use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::html::{Choice, Door, Field, Page, button_of, form, heading, inset, list, radios, text_area, text_input};
use crate::id::{ItemId, SubmissionId};
use crate::storage::keys::SubmissionKey;
use crate::web::{Answer, Pressed, Problem, Route, Site, Submitter, Who, door};
use crate::words::Speech;

/// The declaration on paper.
pub const PAPER: &str = "/questions/device";

named! {
    /// Whose device it is.
    Owner {
        /// The child's or young person's own.
        Own = "own",
        /// Their school's.
        School = "school",
        /// Several people share it.
        Shared = "shared",
        /// Somebody else's.
        Other = "other",
        /// The sender does not know.
        NotSure = "not_sure",
    }
}

named! {
    /// Who held or touched the device while this was said.
    Touched {
        /// Only the child or young person.
        Child = "child",
        /// Somebody held it for them.
        Held = "held",
        /// Somebody guided their hand, arm or head.
        Guided = "guided",
        /// Somebody else pressed some of it.
        Pressed = "pressed",
        /// The sender does not know.
        NotSure = "not_sure",
    }
}

named! {
    /// Whether a helper pressed buttons to show how.
    Showed {
        /// Somebody did.
        Yes = "yes",
        /// Nobody did.
        No = "no",
        /// The sender does not know.
        NotSure = "not_sure",
    }
}

/// What was said of the device. A name of a choice, or the sender's own words; empty where it was skipped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Told {
    /// Whose device it is.
    pub owner: String,
    /// Since when they have used it.
    pub since: String,
    /// Who chose the words on it.
    pub words: String,
    /// Who held or touched it.
    pub touched: String,
    /// More about that.
    pub touched_more: String,
    /// Whether a helper pressed buttons to show how.
    pub showed: String,
    /// Whether the child says that it is OK to share what they said with it.
    pub log: String,
}

/// What was answered to one question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered<'a> {
    /// It was skipped.
    Nothing,
    /// A choice, in our words.
    Ours(&'static str),
    /// The sender's own words.
    Theirs(&'a str),
}

impl Told {
    /// Each question that is asked here, by its key, with what was answered.
    pub fn lines<'a>(&'a self, speech: Speech) -> [(&'static str, Answered<'a>); 7] {
        let words_in = |group: &str, name: &str| match speech.has(&format!("{group}.{name}")) {
            true => Answered::Ours(speech.say_in(group, name)),
            false => Answered::Nothing,
        };
        let own = |text: &'a str| if text.is_empty() { Answered::Nothing } else { Answered::Theirs(text) };
        [
            ("device.owner", words_in("device.owner_is", &self.owner)),
            ("device.since", own(&self.since)),
            ("device.words", own(&self.words)),
            ("device.touched", words_in("device.touched_by", &self.touched)),
            ("device.touched_more", own(&self.touched_more)),
            ("device.showed", words_in("device.showed_is", &self.showed)),
            ("device.log", words_in("item.assent_is", &self.log)),
        ]
    }
}

const FIND: &str = "select told_sealed from device_told where item_id = $1";
const LIST_IN: &str = "select d.item_id, d.told_sealed from device_told d join evidence_item i on i.id = d.item_id
    where i.submission_id = $1 order by i.number";
const SAVE: &str = "insert into device_told (item_id, told_sealed, told_us) values ($1, $2, $3)
    on conflict (item_id) do update set told_sealed = excluded.told_sealed, told_us = excluded.told_us";
const DROP: &str = "delete from device_told where item_id = $1";

/// What was said of the device of an item.
pub async fn find(tx: &mut Tx, key: &SubmissionKey, item: &ItemId) -> DbResult<Option<Told>> {
    let sealed = db::maybe!(tx, (Vec<u8>,), FIND, item)?;
    Ok(sealed.and_then(|(sealed,)| open(key, item, &sealed)))
}

/// What was said of the devices of a submission's items.
pub async fn list_in(tx: &mut Tx, key: &SubmissionKey, submission: &SubmissionId) -> DbResult<Vec<(ItemId, Told)>> {
    let rows = db::all!(tx, (ItemId, Vec<u8>), LIST_IN, submission)?;
    Ok(rows.into_iter().filter_map(|(item, sealed)| open(key, &item, &sealed).map(|told| (item, told))).collect())
}

fn open(key: &SubmissionKey, item: &ItemId, sealed: &[u8]) -> Option<Told> {
    serde_json::from_str(&key.open_text("device_told", "told_sealed", item.as_str(), sealed).ok()?).ok()
}

async fn save_told(tx: &mut Tx, key: &SubmissionKey, item: &ItemId, told: &Told, now: Moment) -> DbResult<()> {
    if *told == Told::default() {
        return drop_of(tx, item).await;
    }
    let sealed = key.seal_text("device_told", "told_sealed", item.as_str(), &serde_json::json!(told).to_string());
    db::run!(tx, SAVE, item, sealed, now)?;
    Ok(())
}

/// Forgets what was said of the device of an item.
pub(super) async fn drop_of(tx: &mut Tx, item: &ItemId) -> DbResult<()> {
    db::run!(tx, DROP, item)?;
    Ok(())
}

/// The addresses of this page, and of the paper.
pub fn routes(site: &Site) -> Vec<Route> {
    vec![
        Route::get("/tell/items/{id}/device", Who::Sender, show, site),
        Route::post("/tell/items/{id}/device", Who::Sender, save, site),
        Route::get(PAPER, Who::Anyone, paper, site),
    ]
}

async fn find_file(tx: &mut Tx, submitter: &Submitter, id: String) -> Answer<Item> {
    let item = find_mine(tx, submitter, id).await?;
    if item.kind == Kind::Aac { Ok(item) } else { Err(Problem::NotFound) }
}

async fn show(State(site): State<Site>, submitter: Submitter, speech: Speech, Path(id): Path<String>) -> Answer {
    let mut tx = site.db.read().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let item = find_file(&mut tx, &submitter, id).await?;
    let told = find(&mut tx, &opened.key, &item.id).await?.unwrap_or_default();
    let items = store::list(&mut tx, &item.submission_id).await?;
    Ok(page(speech, opened.door, &item, &told, &after_item(&items, &item)).into_response())
}

async fn save(pressed: Pressed<Submitter>) -> Answer {
    let Pressed { site, by: submitter, about: id, form, .. } = pressed;
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let item = find_file(&mut tx, &submitter, id).await?;
    let text = |name: &str| form.get(name).to_owned();
    let told = Told {
        owner: Owner::parse(form.get("owner")).map_or_else(String::new, |owner| owner.name().to_owned()),
        since: text("since"),
        words: text("words"),
        touched: Touched::parse(form.get("touched")).map_or_else(String::new, |touched| touched.name().to_owned()),
        touched_more: text("touched-more"),
        showed: Showed::parse(form.get("showed")).map_or_else(String::new, |showed| showed.name().to_owned()),
        log: Assent::parse(form.get("log")).map_or_else(String::new, |log| log.name().to_owned()),
    };
    if !store::hold_submission(&mut tx, &submitter.submission, now).await? {
        return Err(Problem::Gone);
    }
    save_told(&mut tx, &opened.key, &item.id, &told, now).await?;
    let items = store::list(&mut tx, &submitter.submission).await?;
    tx.commit().await?;
    // Whoever must not be heard with it can be left out, line by line.
    let to = match told.log.as_str() {
        "no" if item.sent_us.is_none() => format!("{}/inside", address(&item.id)),
        _ => after_item(&items, &item),
    };
    Ok(Redirect::to(&to).into_response())
}

/// A closed question.
struct Closed {
    /// The name of its field.
    name: &'static str,
    /// The key of its words, and of more about it.
    key: &'static str,
    hint: Option<&'static str>,
    /// The group of its answers' words, and their names.
    group: &'static str,
    names: Vec<&'static str>,
}

fn closed() -> [Closed; 4] {
    let question = |name, key, hint, group, names| Closed { name, key, hint, group, names };
    let owners = Owner::ALL.iter().map(|one| one.name()).collect();
    let touched = Touched::ALL.iter().map(|one| one.name()).collect();
    let showed = Showed::ALL.iter().map(|one| one.name()).collect();
    let answers = Assent::ALL.iter().map(|one| one.name()).collect();
    [
        question("owner", "device.owner", None, "device.owner_is", owners),
        question("touched", "device.touched", None, "device.touched_by", touched),
        question("showed", "device.showed", Some("device.showed_hint"), "device.showed_is", showed),
        question("log", "device.log", Some("device.log_hint"), "item.assent_is", answers),
    ]
}

fn page(speech: Speech, door: Door, item: &Item, told: &Told, skip_to: &str) -> Page {
    let hidden = match &door {
        Door::Submitter { hidden, .. } => hidden.clone(),
        _ => html! {},
    };
    let here = format!("{}/device", address(&item.id));
    let [owner, touched, showed, log] = closed();
    let line = |name: &'static str, key: &str| Field::new(name, speech.say(key));
    let body = html! {
        (heading(speech, "device.title"))
        p { (speech.say("device.lead")) }
        (form(&here, &hidden, html! {
            (choice(speech, &owner, &told.owner))
            (text_input(speech, &line("since", "device.since").hint(speech.say("device.since_hint")).value(&told.since)))
            (text_input(speech, &line("words", "device.words").hint(speech.say("device.words_hint")).value(&told.words)))
            (choice(speech, &touched, &told.touched))
            (text_area(speech, &line("touched-more", "device.touched_more").value(&told.touched_more), 2))
            (choice(speech, &showed, &told.showed))
            (choice(speech, &log, &told.log))
            (button_of(speech, "item.save"))
        }))
        @if item.sent_us.is_none() { p { a href="/tell/helped" { (speech.say("device.to_helped")) } } }
        p { a href=(PAPER) { (speech.say("device.to_paper")) } }
        p { a href=(skip_to) { (speech.say("item.skip")) } }
    };
    Page::new(speech, door, speech.say("device.title"), body).path(here).back(address(&item.id))
}

fn choice(speech: Speech, question: &Closed, value: &str) -> Markup {
    let group = question.group;
    let choices: Vec<Choice> = question
        .names
        .iter()
        .map(|one| Choice::new(one, speech.say_in(group, one)).picture(speech.picture(&format!("{group}.{one}"))))
        .chain([Choice::new(NOT_SAID, speech.say("item.not_said")).picture(speech.picture("item.not_said"))])
        .collect();
    let field = Field::new(question.name, speech.say(question.key)).value(value).picture(speech.picture(question.key));
    let field = Field { hint: question.hint.map(|key| speech.say(key)), ..field };
    radios(speech, &field, &choices)
}

/// The questions of other pages that belong to the declaration, in the order in which they are asked on paper: before those
/// of the device, and after.
const BEFORE: [&str; 6] = ["who.methods", "item.whose", "helped.who", "helped.how", "helped.did_not", "helped.there"];
const AFTER: [&str; 7] = [
    "helped.asked_how",
    "helped.offered",
    "helped.offered_none",
    "helped.offered_dont_know",
    "helped.showed",
    "helped.checked_back",
    "item.reached",
];

/// `GET /questions/device`
async fn paper(speech: Speech) -> Answer<Page> {
    let open = |key: &'static str| (key, Vec::new());
    let of_device =
        closed().map(|one| (one.key, one.names.iter().map(|name| speech.say_in(one.group, name)).collect::<Vec<_>>()));
    let [owner, touched, showed, log] = of_device;
    let device = [owner, open("device.since"), open("device.words"), touched, open("device.touched_more"), showed];
    let asked = BEFORE.map(open).into_iter().chain(device).chain(AFTER.map(open)).chain([log]);
    let body = html! {
        (heading(speech, "device.paper_title"))
        p.lead { (speech.say("device.paper_lead")) }
        div.no-print { (inset(html! { p { (speech.say("device.paper_print")) } })) }
        ol.list {
            @for (key, answers) in asked {
                li {
                    p { strong { (speech.say(key)) } }
                    @if !answers.is_empty() {
                        p { (speech.say("questions.answers")) }
                        (list(answers.into_iter().map(|answer| html! { (answer) })))
                    }
                    div.room-to-write {}
                }
            }
        }
    };
    Ok(Page::new(speech, Door::Public, speech.say("device.paper_title"), body).path(PAPER).back("/questions"))
}
