//! The addresses of reviewing. Roles open a door here; which rows lie behind it is asked by every query.

use axum::http::StatusCode;
use axum::response::IntoResponse;
use maud::{Markup, html};

use super::access::{self, Opened};
use crate::account::door;
use crate::audit;
use crate::clock::Moment;
use crate::db::Tx;
use crate::html::Page;
use crate::web::door::{once_field, staff_fields};
use crate::web::{Answer, Problem, Role, Route, Site, Staff, Who};
use crate::words::Speech;

mod asking;
mod boards;
mod decisions;
mod flags;
mod lanes;
mod links;
mod notes;
mod originals;
mod queue;
mod requests;
mod submission;
mod transcripts;
mod translations;

/// Those who can be on an inspection.
const TEAM: Who = Who::Staff(&[Role::Inspector, Role::Lead, Role::Safeguarding]);
/// Those who read what was sent, each as far as the queries let them.
const READERS: Who = Who::Staff(Role::READERS);
/// Triage; and safeguarding, for what must not say where a child lives.
const TRIAGE: Who = Who::Staff(&[Role::Triage, Role::Safeguarding]);
const SAFEGUARDING: Who = Who::Staff(&[Role::Safeguarding]);

/// Those who decide what is taken back for people without their code.
const DECIDERS: Who = Who::Staff(door::DECIDERS);

const LEAD: Who = Who::Staff(&[Role::Lead]);

/// The address table of this feature.
pub fn routes(site: &Site) -> Vec<Route> {
    vec![
        Route::get("/staff/inspections/{id}/queue", TEAM, queue::show, site),
        Route::get(door::LANE, TRIAGE, lanes::show_area_not_known, site),
        Route::get(door::FLAGS, SAFEGUARDING, lanes::show_safeguarding, site),
        Route::get(door::SAID_NO, LEAD, decisions::show_lane, site),
        Route::get("/staff/items/{id}/decide", LEAD, decisions::ask, site),
        Route::post("/staff/items/{id}/decide", LEAD, decisions::save, site),
        Route::get("/staff/submissions/{reference}", READERS, submission::show, site),
        Route::post("/staff/submissions/{reference}/review", TEAM, submission::review, site),
        Route::post("/staff/submissions/{reference}/notes", READERS, notes::add, site),
        Route::post("/staff/submissions/{reference}/flags", READERS, flags::raise, site),
        Route::post("/staff/submissions/{reference}/close", READERS, flags::should_not_see, site),
        Route::post("/staff/submissions/{reference}/questions", TEAM, asking::ask, site),
        Route::post("/staff/submissions/{reference}/questions/take-back", TEAM, asking::take_back, site),
        Route::post("/staff/submissions/{reference}/links", READERS, links::link, site),
        Route::post("/staff/submissions/{reference}/links/undo", READERS, links::unlink, site),
        Route::post("/staff/submissions/{reference}/area", TRIAGE, lanes::place, site),
        Route::post("/staff/flags/{id}/close", SAFEGUARDING, flags::close, site),
        Route::get(door::REQUESTS, DECIDERS, requests::show_lane, site),
        Route::get("/staff/requests/{id}", DECIDERS, requests::show, site),
        Route::post("/staff/requests/{id}/decide", DECIDERS, requests::decide, site),
        Route::post("/staff/requests/{id}/area", Who::Staff(&[Role::Triage]), requests::place, site),
        Route::get("/staff/cite/{reference}/{number}", READERS, submission::cite, site),
        Route::get("/staff/items/{id}/board", READERS, boards::show, site),
        Route::post("/staff/items/{id}/board", READERS, boards::look_for, site),
        Route::get("/staff/items/{id}/board/page", READERS, boards::keep_page, site),
        Route::get("/staff/items/{id}/board/text", READERS, boards::keep_text, site),
        Route::get("/staff/items/{id}/custody", READERS, submission::custody, site),
        Route::get("/staff/items/{id}/words", READERS, transcripts::show, site),
        Route::post("/staff/items/{id}/words", READERS, transcripts::add, site),
        Route::get("/staff/items/{id}/captions", READERS, transcripts::captions, site),
        Route::get("/staff/items/{id}/translation", READERS, translations::show, site),
        Route::post("/staff/items/{id}/translation", READERS, translations::add, site),
        Route::post("/staff/translations/{id}/check", READERS, translations::check, site),
        Route::get("/staff/media/{id}", READERS, originals::media, site),
        Route::get("/staff/originals/{id}", READERS, originals::download, site),
        Route::post("/staff/originals/{id}", LEAD, originals::give_reason, site),
    ]
}

/// The submission with this reference, if this reader may see it; else there is no such page.
async fn admit(tx: &mut Tx, staff: &Staff, reference: &str) -> Answer<Opened> {
    access::find(tx, staff, reference).await?.ok_or(Problem::NotFound)
}

/// Writes down who did what to a submission, before anything of it is shown.
async fn record_on_submission(
    tx: &mut Tx,
    staff: &Staff,
    opened: &Opened,
    action: &'static str,
    detail: serde_json::Value,
    now: Moment,
) -> Answer<()> {
    audit::record(tx, now, &staff.actor(), action, "submission", opened.id().as_str(), detail).await?;
    Ok(())
}

/// Hidden fields for a form on a staff page, with a fresh key that makes a repeated press count once.
fn hidden_fields(site: &Site, staff: &Staff) -> Markup {
    html! { (staff_fields(site, staff)) (once_field()) }
}

/// A page at the staff door.
async fn page(
    tx: &mut Tx,
    site: &Site,
    speech: Speech,
    staff: &Staff,
    title: impl Into<String>,
    body: Markup,
) -> Answer<Page> {
    let door = door::door(tx, site, speech, staff).await?;
    Ok(Page::new(speech, door, title, body))
}

/// The same form again, with what is wrong with it.
async fn again(
    tx: &mut Tx,
    site: &Site,
    speech: Speech,
    staff: &Staff,
    title: impl Into<String>,
    body: Markup,
) -> Answer {
    let page = page(tx, site, speech, staff, title, body).await?.problem(true);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
