//! `/tell/items/{id}/inside`: what inspectors will see of a file from a communication aid, and what its sender leaves out of
//! it: pages, days, single lines. Before sending it shows the whole file, with what is left out ticked. After sending it
//! shows what was sent, and only to those who chose "Let me look at it again".
//!
//! Long things are paged, and each page saves what stands on it, so that nothing needs a script or is lost by going on.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use self::pages::{LISTED, Shown, View};
use crate::aac::cut::days_of;
use crate::aac::{Cut, Reading};
use crate::db::Tx;
use crate::evidence::routes::may_change;
use crate::evidence::store::{self as items, Item};
use crate::evidence::{has_inside, left_out};
use crate::id::ItemId;
use crate::prepare::inside::{self, Reader};
use crate::storage::keys::SubmissionKey;
use crate::web::{Answer, Form, Pressed, Problem, Site, Submitter, door};
use crate::words::Speech;

mod pages;

/// What stands in the address: numbers only, never a word of the file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct InAddress {
    day: String,
    page: String,
    from: String,
    days: String,
    pages: String,
    saved: String,
}

impl InAddress {
    /// Which part of the file is shown. A number that is too high shows the last there is.
    fn view(&self, reading: &Reading) -> View {
        let number = |text: &str| text.parse::<usize>().ok();
        let last = |text: &str, all: usize| number(text).filter(|_| all > 0).map(|at| at.min(all - 1));
        let first = |text: &str| number(text).unwrap_or_default();
        match (last(&self.day, days_of(reading).len()), last(&self.page, reading.boards.len())) {
            (Some(day), _) => View::Day { day, from: first(&self.from) },
            (None, Some(page)) => View::Page { page, from: first(&self.from) },
            (None, None) => View::All { days: first(&self.days), pages: first(&self.pages) },
        }
    }
}

/// `GET /tell/items/{id}/inside`
pub async fn show(
    State(site): State<Site>,
    submitter: Submitter,
    speech: Speech,
    Path(id): Path<String>,
    Query(address): Query<InAddress>,
) -> Answer {
    let mut tx = site.db.read().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let item = find(&mut tx, &submitter, id).await?;
    drop(tx);
    let reading = inside::read(&site, &item, Reader::Sender).await?;
    let (cut, stale) = chosen(&site, &opened.key, &item, &reading).await?;
    let name = item.name(&opened.key);
    let view = address.view(&reading);
    let shown = Shown { item: &item, name, reading: &reading, cut: &cut, stale, view, saved: address.saved == "yes" };
    Ok(pages::page(speech, opened.door, &shown).into_response())
}

/// `POST /tell/items/{id}/inside`
pub async fn save(pressed: Pressed<Submitter>) -> Answer {
    let Pressed { site, by: submitter, about: id, form, .. } = pressed;
    let mut tx = site.db.read().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let item = find(&mut tx, &submitter, id).await?;
    drop(tx);
    if item.sent_us.is_some() {
        return Err(Problem::AlreadySent);
    }
    let reading = inside::read(&site, &item, Reader::Sender).await?;
    let (mut cut, _) = chosen(&site, &opened.key, &item, &reading).await?;
    let back = change(&mut cut, &reading, &form);
    inside::leave_out(&site, &opened.key, &item, &reading, cut).await?;
    Ok(Redirect::to(&format!("{}?{back}saved=yes", pages::address(&item.id))).into_response())
}

/// An item of this visit with something inside, as far as this visit may see it.
async fn find(tx: &mut Tx, submitter: &Submitter, id: String) -> Answer<Item> {
    let item = items::find(tx, &ItemId(id)).await?.filter(|item| may_change(submitter, item));
    item.filter(|item| has_inside(item.kind, item.state)).ok_or(Problem::NotFound)
}

/// What is left out so far; and whether that was chosen of another reading of the same file, so that it must be chosen
/// again. Until it is, the older choice stands.
async fn chosen(site: &Site, key: &SubmissionKey, item: &Item, reading: &Reading) -> Answer<(Cut, bool)> {
    let mut tx = site.db.read().await?;
    let Some(choice) = left_out::find(&mut tx, &item.id).await?.and_then(|row| row.choice(key)) else {
        return Ok((Cut::default(), false));
    };
    match choice.of == inside::mark_of(reading) {
        true => Ok((choice.cut, false)),
        false => Ok((Cut::default(), true)),
    }
}

/// Takes over what the form says of everything that stood on its page, and says which page that was.
fn change(cut: &mut Cut, reading: &Reading, form: &Form) -> String {
    let number = |name: &str| form.get(name).parse::<usize>().ok();
    let ticked =
        |name: &'static str| form.all(name).filter_map(|value| value.parse::<usize>().ok()).collect::<Vec<_>>();
    let (days, pages, lines) = (ticked("day"), ticked("page"), ticked("line"));
    let mut back = String::new();
    let all_days = days_of(reading);
    if let Some(from) = number("days-from") {
        for (at, (day, _)) in all_days.iter().enumerate().skip(from).take(LISTED) {
            set(&mut cut.days, (*day).to_owned(), days.contains(&at));
        }
        back += &format!("days={from}&");
    }
    if let Some(from) = number("pages-from") {
        for (at, board) in reading.boards.iter().enumerate().skip(from).take(LISTED) {
            set(&mut cut.pages, board.id.clone(), pages.contains(&at));
        }
        back += &format!("pages={from}&");
    }
    if let (Some(at), Some(from)) = (number("lines-of"), number("lines-from"))
        && let Some((_, of_day)) = all_days.get(at)
    {
        for line in of_day.iter().skip(from).take(LISTED) {
            set(&mut cut.lines, *line, lines.contains(line));
        }
        back += &format!("day={at}&from={from}&");
    }
    if let Some(at) = number("one-page")
        && let Some(board) = reading.boards.get(at)
    {
        set(&mut cut.pages, board.id.clone(), pages.contains(&at));
        back += &format!("page={at}&");
    }
    back
}

fn set<T: Ord>(among: &mut std::collections::BTreeSet<T>, one: T, is_out: bool) {
    match is_out {
        true => among.insert(one),
        false => among.remove(&one),
    };
}
