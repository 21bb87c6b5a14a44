//! The sender's addresses about the people in a film.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use serde_json::json;

use super::super::say::routes::find_open;
use super::super::store::{self as items, Item};
use super::pages::{self, FilmPage};
use super::{LONGEST, MOST, Permission, Person, add, leave, list, take_out};
use crate::audit;
use crate::db::Tx;
use crate::id::ItemId;
use crate::storage::keys::SubmissionKey;
use crate::web::{Answer, Pressed, Problem, Route, Site, Submitter, Who, door};
use crate::words::Speech;

/// Where somebody says that a person in a film changed their mind.
pub const PEOPLE: &str = "/tell/people";

/// The addresses.
pub fn routes(site: &Site) -> Vec<Route> {
    vec![
        Route::get(PEOPLE, Who::Sender, show_all, site),
        Route::get("/tell/items/{id}/people", Who::Sender, show, site),
        Route::post("/tell/items/{id}/people", Who::Sender, add_person, site),
        Route::get("/tell/people/{id}/left", Who::Sender, ask, site),
        Route::post("/tell/people/{id}/left", Who::Sender, change_mind, site),
    ]
}

async fn show_all(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer {
    let mut tx = site.db.read().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let people = list(&mut tx, &opened.key, &submitter.submission).await?;
    let all = items::list(&mut tx, &submitter.submission).await?;
    let named: Vec<(&Person, &Item)> =
        people.iter().filter_map(|person| Some((person, all.iter().find(|item| item.id == person.item)?))).collect();
    let films: Vec<&Item> = all.iter().filter(|item| item.shows_people()).collect();
    Ok(pages::everybody(speech, opened.door, submitter.is_draft(), &named, &films).into_response())
}

async fn show(State(site): State<Site>, submitter: Submitter, speech: Speech, Path(id): Path<String>) -> Answer {
    let mut tx = site.db.read().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let item = find_open(&mut tx, &submitter, id).await?;
    let people = people_in(&mut tx, &opened.key, &item).await?;
    let shown = FilmPage { item: &item, people: &people, nickname: "", errors: &[] };
    Ok(pages::film(speech, opened.door, &shown).into_response())
}

async fn people_in(tx: &mut Tx, key: &SubmissionKey, item: &Item) -> Answer<Vec<Person>> {
    let people = list(tx, key, &item.submission_id).await?;
    Ok(people.into_iter().filter(|person| person.item == item.id).collect())
}

async fn add_person(pressed: Pressed<Submitter>) -> Answer {
    let Pressed { site, by: submitter, speech, about: id, form } = pressed;
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    if !items::hold_submission(&mut tx, &submitter.submission, now).await? {
        return Err(Problem::Gone);
    }
    let item = find_open(&mut tx, &submitter, id).await?;
    let people = people_in(&mut tx, &opened.key, &item).await?;
    let nickname: String = form.get("nickname").chars().take(LONGEST).collect();
    let permission = Permission::parse(form.get("permission"));
    // A second press adds nobody twice.
    let is_there = people.iter().any(|person| person.nickname.as_deref() == Some(nickname.as_str()));
    let wrong = match () {
        () if nickname.is_empty() => Some(("nickname", "film.problem.nickname")),
        () if people.len() >= MOST => Some(("nickname", "film.problem.too_many")),
        () => None,
    };
    if let Some(wrong) = wrong {
        let shown = FilmPage { item: &item, people: &people, nickname: &nickname, errors: &[wrong] };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, pages::film(speech, opened.door, &shown)).into_response());
    }
    if !is_there {
        let said = permission.unwrap_or(Permission::NotAsked);
        add(&mut tx, &opened.key, &item, (&nickname, said), now).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&pages::address(&item.id)).into_response())
}

/// The person, and the film that they are in, if this visit may say something about it.
async fn find(tx: &mut Tx, key: &SubmissionKey, submitter: &Submitter, id: &str) -> Answer<(Person, Item)> {
    let people = list(tx, key, &submitter.submission).await?;
    let person = people.into_iter().find(|person| person.id == id).ok_or(Problem::NotFound)?;
    let item = find_open(tx, submitter, person.item.to_string()).await?;
    Ok((person, item))
}

async fn ask(State(site): State<Site>, submitter: Submitter, speech: Speech, Path(id): Path<String>) -> Answer {
    let mut tx = site.db.read().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let (person, item) = find(&mut tx, &opened.key, &submitter, &id).await?;
    Ok(pages::ask(speech, opened.door, &person, &item).into_response())
}

async fn change_mind(pressed: Pressed<Submitter>) -> Answer {
    let Pressed { site, by: submitter, about: id, form, .. } = pressed;
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let (person, item) = find(&mut tx, &opened.key, &submitter, &id).await?;
    if form.get("mistake") == "yes" {
        take_out(&mut tx, &submitter.submission, &person.id).await?;
    } else if leave(&mut tx, &submitter.submission, &person.id, now).await? {
        record_left(&mut tx, &item.id, &person, now).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&pages::address(&item.id)).into_response())
}

async fn record_left(tx: &mut Tx, item: &ItemId, person: &Person, now: crate::clock::Moment) -> Answer<()> {
    let detail = json!({ "person": person.id });
    audit::record(tx, now, "sender", "person_left", "item", item.as_str(), detail).await?;
    Ok(())
}
