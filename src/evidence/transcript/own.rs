//! `/tell/items/{id}/words`: the sender writes down the words in what they send, spoken, signed or on paper, before it is
//! sent. They stand beside it as theirs. Staff add versions and change none.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use maud::html;

use super::lines::tidy;
use super::{LONGEST, find_newest, replace_own};
use crate::db::Tx;
use crate::evidence::routes::{address, find_mine};
use crate::evidence::store::{self, Item};
use crate::html::{Door, Field, Page, button_of, error_summary, form, heading, text_area};
use crate::web::{Answer, Pressed, Problem, Route, Site, Submitter, Who, door};
use crate::words::Speech;

/// The addresses of this page.
pub fn routes(site: &Site) -> Vec<Route> {
    vec![
        Route::get("/tell/items/{id}/words", Who::Sender, show, site),
        Route::post("/tell/items/{id}/words", Who::Sender, save, site),
    ]
}

/// Whether its sender may write down the words in it: something that may have some, and is not sent yet.
pub fn may_write(item: &Item) -> bool {
    item.kind.may_have_transcript() && item.sent_us.is_none()
}

async fn find(tx: &mut Tx, submitter: &Submitter, id: String) -> Answer<Item> {
    let item = find_mine(tx, submitter, id).await?;
    if may_write(&item) { Ok(item) } else { Err(Problem::NotFound) }
}

async fn show(State(site): State<Site>, submitter: Submitter, speech: Speech, Path(id): Path<String>) -> Answer {
    let mut tx = site.db.read().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let item = find(&mut tx, &submitter, id).await?;
    let own = find_newest(&mut tx, &opened.key, &item.id).await?;
    let text = own.and_then(|own| own.text).unwrap_or_default();
    Ok(page(speech, opened.door, &item, &text, None).into_response())
}

async fn save(pressed: Pressed<Submitter>) -> Answer {
    let Pressed { site, by: submitter, speech, about: id, form } = pressed;
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let item = find(&mut tx, &submitter, id).await?;
    let typed = form.get("words");
    let wrong = match tidy(typed) {
        _ if typed.chars().count() > LONGEST => speech.say("write_down.long").to_owned(),
        Err(at) => speech.fill("write_down.backwards", &[("line", &at.0.to_string())]),
        Ok(text) => {
            if !store::hold_submission(&mut tx, &submitter.submission, now).await?
                || !replace_own(&mut tx, &opened.key, (&submitter.submission, &item.id), &text, now).await?
            {
                return Err(Problem::Gone);
            }
            tx.commit().await?;
            return Ok(Redirect::to(&address(&item.id)).into_response());
        }
    };
    let page = page(speech, opened.door, &item, typed, Some(&wrong)).problem(true);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

fn page(speech: Speech, door: Door, item: &Item, text: &str, wrong: Option<&str>) -> Page {
    let (here, back) = (format!("{}/words", address(&item.id)), address(&item.id));
    let hidden = match &door {
        Door::Submitter { hidden, .. } => hidden.clone(),
        _ => html! {},
    };
    let field = Field::new("words", speech.say("write_down.words"));
    let field = field.hint(speech.say("write_down.words_hint")).value(text).error(wrong);
    let body = html! {
        (error_summary(speech, &wrong.map(|wrong| ("words", wrong)).into_iter().collect::<Vec<_>>()))
        (heading(speech, "write_down.title"))
        p { (speech.say("write_down.lead")) }
        p { (speech.say("write_down.what_for")) }
        p { (speech.say("write_down.paste")) }
        (form(&here, &hidden, html! {
            (text_area(speech, &field, 12))
            (button_of(speech, "write_down.save"))
        }))
        p { a href=(back) { (speech.say("write_down.back")) } }
    };
    Page::new(speech, door, speech.say("write_down.title"), body).path(here).back(back)
}
