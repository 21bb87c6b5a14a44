//! `GET, POST /tell/leave-out`: the child said no. Everything that shows or records them can be taken out: one thing at a
//! time, or all of it at once. Whoever tells us may still send their own words.

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use maud::{Markup, html};
use serde_json::json;

use crate::audit;
use crate::evidence::say::pages::number_and_kind;
use crate::evidence::say::routes::{LEAVE_OUT, SAY};
use crate::evidence::store::{self as items, Item};
use crate::html::{self, Door, Page};
use crate::intake::Intake;
use crate::web::{Answer, Form, Site, Submitter, door};
use crate::words::Speech;

/// `GET /tell/leave-out`
pub async fn ask(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer<Page> {
    let mut tx = site.db.read().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let recordings = recordings_of(&mut tx, &submitter).await?;
    let hidden = door::submitter_fields(&site, &submitter);
    Ok(page(speech, opened.door, &hidden, submitter.is_draft(), &recordings))
}

/// Everything in this visit's submission that shows or records somebody.
async fn recordings_of(tx: &mut crate::db::Tx, submitter: &Submitter) -> Answer<Vec<Item>> {
    if !super::State::parse(&submitter.state).is_some_and(super::State::is_open) {
        return Ok(Vec::new());
    }
    let all = items::list(tx, &submitter.submission).await?;
    Ok(all.into_iter().filter(Item::is_recording).collect())
}

fn page(speech: Speech, door: Door, hidden: &Markup, is_draft: bool, recordings: &[Item]) -> Page {
    let on = if is_draft { "/tell/check" } else { "/sent" };
    let body = html! {
        (html::heading(speech, "say.out_title"))
        p.lead { (speech.say("say.out_lead")) }
        p { (speech.say("say.own_words")) }
        @if recordings.is_empty() {
            p { (speech.say("say.out_nothing")) }
        } @else {
            ol.items {
                @for item in recordings { li value=(item.number) { (one(speech, item)) } }
            }
            p { (speech.say("remove.for_good")) }
            (html::form(LEAVE_OUT, hidden, html! {
                @for item in recordings { (html::hidden("item", item.id.as_str())) }
                (html::danger_button(speech.say("say.out_all")))
            }))
            p { (speech.say("say.out_kept")) }
        }
        p { a href=(on) { (speech.say("say.out_go_on")) } }
    };
    Page::new(speech, door, speech.say("say.out_title"), body).path(LEAVE_OUT).back(SAY)
}

fn one(speech: Speech, item: &Item) -> Markup {
    let named = number_and_kind(speech, item.number, item.kind);
    html! {
        (html::with_picture(speech, &format!("evidence.kind.{}", item.kind.name()), html! { p { strong { (named) } } }))
        p { a href={ "/tell/items/" (item.id) "/remove" } { (speech.fill("say.out_one", &[("item", &named)])) } }
    }
}

/// `POST /tell/leave-out`: takes out what the page showed, and nothing else.
pub async fn take_out(
    State(site): State<Site>,
    Extension(intake): Extension<Intake>,
    submitter: Submitter,
    form: Form,
) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let mut recordings = recordings_of(&mut tx, &submitter).await?;
    recordings.retain(|item| form.all("item").any(|shown| shown == item.id.as_str()));
    for item in &recordings {
        intake.remove_in(&mut tx, &item.id).await?;
        let detail = json!({ "item": item.number, "was_sent": item.sent_us.is_some(), "why": "child_said_no" });
        audit::record(&mut tx, now, "sender", "item_removed", "item", item.id.as_str(), detail).await?;
    }
    tx.commit().await?;
    for item in &recordings {
        intake.removed(&item.id);
    }
    Ok(Redirect::to(SAY).into_response())
}
