//! Inspections: the list, opening one, looking at one, changing one.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;

use super::pages::inspections as pages;
use super::senders;
use super::store::{self, Change};
use super::{MANAGERS, members};
use crate::account::door::door;
use crate::account::scope::{self, Place};
use crate::area::inspection::{self, Inspection, NewInspection};
use crate::area::store as areas;
use crate::audit;
use crate::db::{DbResult, Tx};
use crate::html::Door;
use crate::id::InspectionId;
use crate::jobs;
use crate::web::door::{once_field, staff_fields};
use crate::web::once::{Once, use_key};
use crate::web::typed_date::{TypedDate, typed_parts};
use crate::web::{Answer, Form, Pressed, Problem, Role, Site, Staff, csrf};
use crate::words::Speech;

/// The job by which `review/` fills the queue of a new inspection. Its subject is the inspection's id.
pub const OPEN_INSPECTION: &str = "open_inspection";

const PAGE: usize = 50;

/// Where a list goes on: the day and id of the last line.
#[derive(Debug, Default, Deserialize)]
pub struct After {
    #[serde(default)]
    day: String,
    #[serde(default)]
    id: String,
}

/// The inspections that this person may know of.
pub async fn list(State(site): State<Site>, speech: Speech, staff: Staff, Query(after): Query<After>) -> Answer {
    let manages = MANAGERS.contains(&staff.role);
    // Later than every day, so that the first page begins at the top.
    let day = if after.day.is_empty() { "9999" } else { after.day.as_str() };
    let mut tx = site.db.read().await?;
    let door = door(&mut tx, &site, speech, &staff).await?;
    let most = PAGE as i64 + 1;
    let mut listed = store::list_inspections(&mut tx, &staff.id, manages, (day, &after.id), most).await?;
    let more = listed.len() > PAGE;
    listed.truncate(PAGE);
    let next = listed.last().filter(|_| more);
    let next = next.map(|last| format!("/staff/inspections?day={}&id={}", last.opened_on, last.id));
    Ok(pages::list(speech, door, &listed, manages, next.as_deref()).into_response())
}

/// An inspection as somebody may know of it.
pub(super) struct Known {
    pub(super) inspection: Inspection,
    /// Their place on it, if they are on it.
    pub(super) place: Option<Place>,
    /// Whether they may change it and its people.
    pub(super) manages: bool,
}

/// The inspection, if this person may know of it: they are on it, or they manage inspections and its area is not closed
/// to them. Otherwise there is no such page.
pub(super) async fn find(tx: &mut Tx, staff: &Staff, id: &str) -> Answer<Known> {
    let id = InspectionId(id.to_owned());
    let inspection = inspection::find_inspection(tx, &id).await?.ok_or(Problem::NotFound)?;
    let scope = scope::load(tx, staff).await?;
    let place = scope::find_place(tx, staff, &id).await?;
    let manages = MANAGERS.contains(&staff.role) && scope.may_see_area(&inspection.area_code);
    if place.is_some() || manages { Ok(Known { inspection, place, manages }) } else { Err(Problem::NotFound) }
}

/// The same, for somebody who is about to change it.
pub(super) async fn find_to_manage(tx: &mut Tx, staff: &Staff, id: &str) -> Answer<Inspection> {
    let known = find(tx, staff, id).await?;
    if known.manages { Ok(known.inspection) } else { Err(Problem::NotFound) }
}

/// One inspection: what it is, and who is on it.
pub async fn show(State(site): State<Site>, speech: Speech, staff: Staff, Path(id): Path<String>) -> Answer {
    let mut tx = site.db.read().await?;
    let known = find(&mut tx, &staff, &id).await?;
    show_page(&mut tx, &site, speech, &staff, &known, None).await
}

/// The page of one inspection, with what is wrong with putting somebody on it, if anything.
pub(super) async fn show_page(
    tx: &mut Tx,
    site: &Site,
    speech: Speech,
    staff: &Staff,
    known: &Known,
    error: Option<&'static str>,
) -> Answer {
    let door = door(tx, site, speech, staff).await?;
    let id = &known.inspection.id;
    let on_it = store::list_members(tx, id).await?;
    let could = if known.manages { store::list_who_could_join(tx, id).await? } else { Vec::new() };
    let senders = match known.place {
        Some(_) => Some(senders::count(tx, id, &staff.id).await?),
        None => None,
    };
    let seen = pages::Seen {
        inspection: &known.inspection,
        is_on: known.place.is_some(),
        manages: known.manages,
        members: members::named(tx, site, on_it).await?,
        could_join: members::named(tx, site, could).await?,
        senders,
        error,
    };
    let page = pages::show(speech, door, &staff_fields(site, staff), &seen).problem(error.is_some());
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, page).into_response())
}

/// Asks about a new inspection.
pub async fn ask_new(State(site): State<Site>, speech: Speech, staff: Staff) -> Answer {
    let mut tx = site.db.read().await?;
    let today = site.clock.now().date_in_london();
    let given = pages::Given { opened: TypedDate::from_text(&today.to_string()).parts(), ..pages::Given::default() };
    new_page(&mut tx, &site, speech, &staff, &given, &[]).await
}

async fn new_page(
    tx: &mut Tx,
    site: &Site,
    speech: Speech,
    staff: &Staff,
    given: &pages::Given,
    errors: &[(&'static str, &'static str)],
) -> Answer {
    let door = door(tx, site, speech, staff).await?;
    let offered = offered_areas(tx, site, staff).await?;
    let fields = maud::html! { (staff_fields(site, staff)) (once_field()) };
    Ok(form_page(pages::new(speech, door, &fields, given, &offered, errors), errors))
}

fn form_page(page: crate::html::Page, errors: &[(&'static str, &'static str)]) -> Response {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    (status, page.problem(!errors.is_empty())).into_response()
}

/// Areas that an inspection may be opened for by this person: code and name, by name.
async fn offered_areas(tx: &mut Tx, site: &Site, staff: &Staff) -> DbResult<Vec<(String, String)>> {
    let today = site.clock.now().date_in_london();
    let scope = scope::load(tx, staff).await?;
    let offered = areas::on_offer(tx, today).await?;
    let mut offered: Vec<(String, String)> = offered
        .by_region()
        .into_iter()
        .flat_map(|(_, areas)| areas)
        .filter(|area| scope.may_see_area(&area.code))
        .map(|area| (area.code.clone(), area.name.clone()))
        .collect();
    offered.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(offered)
}

/// Opens an inspection. All that was sent for its area will wait in its queue.
pub async fn open(State(site): State<Site>, speech: Speech, staff: Staff, form: Form) -> Answer {
    let given = given(&form);
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let offered = offered_areas(&mut tx, &site, &staff).await?;
    let mut errors = Vec::new();
    if !offered.iter().any(|(code, _)| *code == given.area) {
        errors.push(("area", speech.say("inspections.no_area")));
    }
    let dates = read_dates(speech, &form, &mut errors);
    check_names(speech, &given, &mut errors);
    let (Some(dates), true) = (dates, errors.is_empty()) else {
        return new_page(&mut tx, &site, speech, &staff, &given, &errors).await;
    };
    let new = NewInspection {
        area_code: &given.area,
        kind: &given.kind,
        title: &given.title,
        opened_on: &dates.opened,
        call: dates.call(),
    };
    let id = inspection::open_inspection(&mut tx, new, now).await?;
    let to = format!("/staff/inspections/{id}");
    if let Once::Again(led_to) = use_key(&mut tx, form.get(csrf::ONCE), &to, now).await? {
        return Ok(Redirect::to(&led_to).into_response());
    }
    if staff.role == Role::Lead {
        inspection::put_member(&mut tx, &id, &staff.id, true).await?;
    }
    jobs::enqueue(&mut tx, OPEN_INSPECTION, id.as_str(), now, now).await?;
    let detail = json!({ "area": given.area, "kind": given.kind, "opened_on": dates.opened });
    audit::record(&mut tx, now, &staff.actor(), "inspection.opened", "inspection", id.as_str(), detail).await?;
    tx.commit().await?;
    site.jobs.wake();
    Ok(Redirect::to(&to).into_response())
}

/// Asks what is to change about an inspection.
pub async fn ask_change(State(site): State<Site>, speech: Speech, staff: Staff, Path(id): Path<String>) -> Answer {
    let mut tx = site.db.read().await?;
    let inspection = find_to_manage(&mut tx, &staff, &id).await?;
    let given = pages::Given::of(&inspection);
    let door = door(&mut tx, &site, speech, &staff).await?;
    Ok(change_page(&site, speech, &staff, door, &inspection, &given, &[]))
}

fn change_page(
    site: &Site,
    speech: Speech,
    staff: &Staff,
    door: Door,
    inspection: &Inspection,
    given: &pages::Given,
    errors: &[(&'static str, &'static str)],
) -> Response {
    form_page(pages::change(speech, door, &staff_fields(site, staff), inspection, given, errors), errors)
}

/// Changes an inspection.
pub async fn change(pressed: Pressed<Staff>) -> Answer {
    let Pressed { site, by: staff, speech, about: id, form } = pressed;
    let given = given(&form);
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let inspection = find_to_manage(&mut tx, &staff, &id).await?;
    let mut errors = Vec::new();
    let dates = read_dates(speech, &form, &mut errors);
    check_names(speech, &given, &mut errors);
    let (Some(dates), true) = (dates, errors.is_empty()) else {
        let door = door(&mut tx, &site, speech, &staff).await?;
        return Ok(change_page(&site, speech, &staff, door, &inspection, &given, &errors));
    };
    let change = Change {
        kind: &given.kind,
        title: &given.title,
        opened_on: &dates.opened,
        reported_on: dates.reported.as_deref(),
        call: dates.call(),
    };
    store::change_inspection(&mut tx, &inspection.id, &change).await?;
    let detail = json!({
        "kind": given.kind,
        "opened_on": dates.opened,
        "reported_on": dates.reported,
        "call_from": dates.call_from,
        "call_to": dates.call_to,
    });
    audit::record(&mut tx, now, &staff.actor(), "inspection.changed", "inspection", &id, detail).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/staff/inspections/{}", inspection.id)).into_response())
}

fn given(form: &Form) -> pages::Given {
    pages::Given {
        area: form.get("area").to_owned(),
        kind: form.get("kind").to_owned(),
        title: form.get("title").to_owned(),
        opened: typed_parts(form, "opened"),
        reported: typed_parts(form, "reported"),
        call_from: typed_parts(form, "call-from"),
        call_to: typed_parts(form, "call-to"),
    }
}

fn check_names(speech: Speech, given: &pages::Given, errors: &mut Vec<(&'static str, &'static str)>) {
    if !["full", "monitoring"].contains(&given.kind.as_str()) {
        errors.push(("kind", speech.say("inspections.no_kind")));
    }
    if given.title.is_empty() || given.title.chars().count() > 200 {
        errors.push(("title", speech.say("inspections.no_title")));
    }
}

/// The days of an inspection, as rows keep them.
struct Dates {
    opened: String,
    reported: Option<String>,
    call_from: Option<String>,
    call_to: Option<String>,
}

impl Dates {
    fn call(&self) -> Option<(&str, &str)> {
        self.call_from.as_deref().zip(self.call_to.as_deref())
    }
}

fn read_dates(speech: Speech, form: &Form, errors: &mut Vec<(&'static str, &'static str)>) -> Option<Dates> {
    let before = errors.len();
    let mut whole_day = |name: &'static str| match TypedDate::read(form, name) {
        TypedDate::Empty => None,
        typed => {
            let day = typed.date().map(|day| day.to_string());
            if day.is_none() {
                errors.push((name, speech.say("inspections.no_day")));
            }
            day
        }
    };
    let opened = whole_day("opened");
    let reported = whole_day("reported");
    let call_from = whole_day("call-from");
    let call_to = whole_day("call-to");
    if errors.len() > before {
        return None;
    }
    if opened.is_none() {
        errors.push(("opened", speech.say("inspections.no_opened")));
    }
    match (&call_from, &call_to) {
        (Some(_), None) => errors.push(("call-to", speech.say("inspections.half_call"))),
        (None, Some(_)) => errors.push(("call-from", speech.say("inspections.half_call"))),
        (Some(from), Some(to)) if to < from => errors.push(("call-to", speech.say("inspections.call_backwards"))),
        _ => {}
    }
    if let (Some(opened), Some(reported)) = (&opened, &reported)
        && reported < opened
    {
        errors.push(("reported", speech.say("inspections.reported_early")));
    }
    if errors.len() > before {
        return None;
    }
    Some(Dates { opened: opened?, reported, call_from, call_to })
}
