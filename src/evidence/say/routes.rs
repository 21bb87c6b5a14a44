//! What the child says now: the list of what was told, and the answer to one thing. An answer can change at any time, after
//! sending too, by whoever has the code. What was sent is named by its number and kind; its name and earlier answers are
//! shown only in a draft, or where "Let me look at it again" was chosen.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};

use super::super::store::{self as items, Item};
use super::super::{Assent, ReadBy};
use super::pages::{self, Line, SayForm, SayPage};
use super::store::{self, Told};
use crate::db::Tx;
use crate::id::ItemId;
use crate::storage::keys::SubmissionKey;
use crate::web::typed_date::{TypedDate, typed_parts};
use crate::web::{Answer, Form, Pressed, Problem, Route, Site, Submitter, Who, door};
use crate::words::Speech;

/// The list of what the child may say yes or no to.
pub const SAY: &str = "/tell/say";
/// Where everything that shows or records the child can be taken out. `submission/` does it.
pub const LEAVE_OUT: &str = "/tell/leave-out";

/// The addresses.
pub fn routes(site: &Site) -> Vec<Route> {
    vec![
        Route::get(SAY, Who::Sender, show_list, site),
        Route::get("/tell/items/{id}/say", Who::Sender, show, site),
        Route::post("/tell/items/{id}/say", Who::Sender, save, site),
    ]
}

async fn show_list(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer {
    let mut tx = site.db.read().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let lines = lines_of(&mut tx, &submitter).await?;
    Ok(pages::list(speech, opened.door, submitter.is_draft(), &lines).into_response())
}

/// A line for each thing that we have, by number and kind.
async fn lines_of(tx: &mut Tx, submitter: &Submitter) -> Answer<Vec<Line>> {
    let all = items::list(tx, &submitter.submission).await?;
    let had = all.into_iter().filter(|item| is_open(submitter, item));
    Ok(had
        .map(|item| Line {
            recording: item.is_recording(),
            people: item.shows_people(),
            id: item.id,
            number: item.number,
            kind: item.kind,
        })
        .collect())
}

/// Whether this visit may say something about the item: it is in its own submission, which is not taken back.
pub(in crate::evidence) fn is_open(submitter: &Submitter, item: &Item) -> bool {
    let open = matches!(submitter.state.as_str(), "draft" | "sent");
    open && item.submission_id == submitter.submission && item.state.is_shown_to_sender()
}

/// Whether pages may show what the item is called, and what was said of it.
pub(in crate::evidence) fn may_look(submitter: &Submitter, item: &Item) -> bool {
    item.sent_us.is_none() || submitter.look_again
}

/// The item, if this visit may say something about it.
pub(in crate::evidence) async fn find_open(tx: &mut Tx, submitter: &Submitter, id: String) -> Answer<Item> {
    let item = items::find(tx, &ItemId(id)).await?;
    item.filter(|item| is_open(submitter, item)).ok_or(Problem::NotFound)
}

async fn show(State(site): State<Site>, submitter: Submitter, speech: Speech, Path(id): Path<String>) -> Answer {
    let mut tx = site.db.read().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let item = find_open(&mut tx, &submitter, id).await?;
    let values =
        if may_look(&submitter, &item) { saved(&mut tx, &opened.key, &item).await? } else { SayForm::default() };
    let shown = page_of(&submitter, &item);
    Ok(pages::one(speech, opened.door, &shown, &values, &[]).into_response())
}

fn page_of(submitter: &Submitter, item: &Item) -> SayPage {
    SayPage {
        address: format!("/tell/items/{}/say", item.id),
        number: item.number,
        kind: item.kind,
        was_sent: item.sent_us.is_some(),
        may_look: may_look(submitter, item),
        recording: item.is_recording(),
    }
}

async fn save(pressed: Pressed<Submitter>) -> Answer {
    let Pressed { site, by: submitter, speech, about: id, form } = pressed;
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let item = find_open(&mut tx, &submitter, id).await?;
    let told = match read(&form, now.date_in_london()) {
        Ok(told) => told,
        Err(errors) => {
            let page = pages::one(speech, opened.door, &page_of(&submitter, &item), &typed(&form), &errors);
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let held = items::hold_submission(&mut tx, &submitter.submission, now).await?;
    if !held || !store::record(&mut tx, &opened.key, &item, &told, now).await? {
        return Err(Problem::Gone);
    }
    tx.commit().await?;
    let to = if told.answer == Some(Assent::No) { LEAVE_OUT } else { SAY };
    Ok(Redirect::to(to).into_response())
}

/// What is saved of the child's answer, as a form shows it.
pub(in crate::evidence) async fn saved(tx: &mut Tx, key: &SubmissionKey, item: &Item) -> Answer<SayForm> {
    let newest = store::find_newest(tx, key, item).await?.unwrap_or_default();
    let how = Some(newest.how).filter(|how| !how.is_empty()).or_else(|| item.assent_how(key));
    Ok(SayForm {
        assent: item.assent().map_or_else(String::new, |answer| answer.name().to_owned()),
        by: newest.asked_by.map_or_else(String::new, |by| by.name().to_owned()),
        how: how.unwrap_or_default(),
        shown: newest.shown,
        on: item.assent_on.as_deref().map(|day| TypedDate::from_text(day).parts()).unwrap_or_default(),
    })
}

/// What was typed, as it was typed.
pub(in crate::evidence) fn typed(form: &Form) -> SayForm {
    SayForm {
        assent: form.get("assent").to_owned(),
        by: form.get("assent-by").to_owned(),
        how: form.raw("assent-how").to_owned(),
        shown: form.raw("assent-shown").to_owned(),
        on: typed_parts(form, "assent-on"),
    }
}

/// What the form says of the child's answer, or what is wrong with it.
pub(in crate::evidence) fn read(
    form: &Form,
    today: jiff::civil::Date,
) -> Result<Told, Vec<(&'static str, &'static str)>> {
    let asked_on = TypedDate::read(form, "assent-on");
    match asked_on {
        TypedDate::Wrong => return Err(vec![("assent-on", "item.problem.day")]),
        day if day.is_after(today) => return Err(vec![("assent-on", "item.problem.future")]),
        _ => {}
    }
    Ok(Told {
        answer: Assent::parse(form.get("assent")),
        asked_on: asked_on.to_text(),
        asked_by: ReadBy::parse(form.get("assent-by")),
        how: form.get("assent-how").to_owned(),
        shown: form.get("assent-shown").to_owned(),
    })
}
