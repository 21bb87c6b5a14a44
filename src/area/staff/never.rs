//! The areas that a member of staff must never see: where they live, worked or have family. Closing one takes effect with
//! their next request, whatever inspection they are on.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use serde_json::json;

use super::pages::never as pages;
use crate::account::door::door;
use crate::account::store as accounts;
use crate::account::store::Person;
use crate::area::store as areas;
use crate::audit;
use crate::db::Tx;
use crate::id::StaffId;
use crate::web::door::staff_fields;
use crate::web::{Answer, Form, Problem, Site, Staff};
use crate::words::Speech;

async fn find(tx: &mut Tx, site: &Site, id: &str) -> Answer<Person> {
    accounts::find_person(tx, &site.keys, &StaffId(id.to_owned())).await?.ok_or(Problem::NotFound)
}

/// Shows the areas that are closed to somebody.
pub async fn show(State(site): State<Site>, speech: Speech, staff: Staff, Path(id): Path<String>) -> Answer {
    let mut tx = site.db.read().await?;
    let person = find(&mut tx, &site, &id).await?;
    page(&mut tx, &site, speech, &staff, &person, None).await
}

async fn page(
    tx: &mut Tx,
    site: &Site,
    speech: Speech,
    staff: &Staff,
    person: &Person,
    error: Option<&'static str>,
) -> Answer {
    let closed = accounts::list_never_area_names(tx, &person.id).await?;
    let mut offered: Vec<(String, String)> = areas::list_areas(tx)
        .await?
        .into_iter()
        .filter(|area| !closed.iter().any(|(code, _)| *code == area.code))
        .map(|area| (area.code, area.name))
        .collect();
    offered.sort_by(|a, b| a.1.cmp(&b.1));
    let door = door(tx, site, speech, staff).await?;
    let page = pages::never(speech, door, &staff_fields(site, staff), person, &closed, &offered, error);
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, page.problem(error.is_some())).into_response())
}

/// Closes an area to somebody.
pub async fn add(State(site): State<Site>, speech: Speech, staff: Staff, Path(id): Path<String>, form: Form) -> Answer {
    let mut tx = site.db.write().await?;
    let person = find(&mut tx, &site, &id).await?;
    let Some(area) = areas::find_area(&mut tx, form.get("area")).await? else {
        let sentence = speech.say("inspections.no_area");
        return page(&mut tx, &site, speech, &staff, &person, Some(sentence)).await;
    };
    if accounts::close_area(&mut tx, &person.id, &area.code).await? {
        record(&mut tx, &site, &staff, &person, "staff.area_closed", &area.code).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("/staff/people/{}/areas", person.id)).into_response())
}

/// Takes back that an area is closed to somebody.
pub async fn remove(State(site): State<Site>, staff: Staff, Path(id): Path<String>, form: Form) -> Answer {
    let mut tx = site.db.write().await?;
    let person = find(&mut tx, &site, &id).await?;
    if accounts::reopen_area(&mut tx, &person.id, form.get("area")).await? {
        record(&mut tx, &site, &staff, &person, "staff.area_reopened", form.get("area")).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("/staff/people/{}/areas", person.id)).into_response())
}

async fn record(
    tx: &mut Tx,
    site: &Site,
    staff: &Staff,
    person: &Person,
    action: &'static str,
    area: &str,
) -> Answer<()> {
    let detail = json!({ "area": area });
    audit::record(tx, site.clock.now(), &staff.actor(), action, "staff", person.id.as_str(), detail).await?;
    Ok(())
}
