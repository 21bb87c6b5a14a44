//! `/tell/take-back`: takes everything back, sent or not. It is hidden at once, can be undone for 14 days, and is then
//! erased.

use axum::extract::State as Extract;
use axum::response::{IntoResponse, Redirect};
use maud::{Markup, html};
use serde_json::json;

use super::state::{UNDO, undo_until};
use super::store::{self, Moved};
use super::{Event, State, send};
use crate::audit;
use crate::clock::{DAY, Moment};
use crate::html::{self, Door, Page};
use crate::web::{Answer, Form, Problem, Site, Submitter, door};
use crate::words::Speech;

/// `GET /tell/take-back`
pub async fn ask(Extract(site): Extract<Site>, submitter: Submitter, speech: Speech) -> Answer {
    if State::parse(&submitter.state) == Some(State::Withdrawn) {
        return Ok(Redirect::to("/sent").into_response());
    }
    let mut tx = site.db.read().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let hidden = door::submitter_fields(&site, &submitter);
    Ok(ask_page(speech, opened.door, &hidden, submitter.is_draft()).into_response())
}

fn ask_page(speech: Speech, door: Door, hidden: &Markup, is_draft: bool) -> Page {
    let back = if is_draft { "/tell" } else { "/sent" };
    let days = (UNDO / DAY).to_string();
    let body = html! {
        @if is_draft {
            (html::heading(speech, "remove.all_draft_title"))
            p { (speech.say("remove.all_draft_what")) }
        } @else {
            (html::heading(speech, "remove.all_title"))
            p { (speech.say("remove.all_what")) }
            p { (speech.say("remove.all_limits")) }
        }
        p { (speech.fill("remove.all_undo", &[("days", &days)])) }
        (html::form("/tell/take-back", hidden, html::danger_button(speech.say("remove.all_yes"))))
        p { a href=(back) { (speech.say("remove.all_no")) } }
    };
    Page::new(speech, door, speech.say("remove.all_tab"), body).path("/tell/take-back").back(back)
}

/// `POST /tell/take-back`
pub async fn take_back(Extract(site): Extract<Site>, submitter: Submitter, _: Form) -> Answer {
    let (id, now) = (&submitter.submission, site.clock.now());
    let mut tx = site.db.write().await?;
    if let Moved::To(_) = store::move_submission(&mut tx, id, Event::TakeBack, now).await? {
        let detail = json!({ "was": submitter.state });
        audit::record(&mut tx, now, "sender", "taken_back", "submission", id.as_str(), detail).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to("/sent").into_response())
}

/// `POST /tell/take-back/undo`
pub async fn undo(Extract(site): Extract<Site>, submitter: Submitter, _: Form) -> Answer {
    let (id, now) = (&submitter.submission, site.clock.now());
    let mut tx = site.db.write().await?;
    let row = store::find(&mut tx, id).await?.ok_or(Problem::NotFound)?;
    let too_late = row.withdrawn_us.is_some_and(|withdrawn| now >= undo_until(withdrawn));
    let was_sent = row.sent_us.is_some();
    if !too_late && let Moved::To(_) = store::move_submission(&mut tx, id, Event::Undo { was_sent }, now).await? {
        if was_sent {
            send::queue_again(&mut tx, id, now).await?;
        }
        audit::record(&mut tx, now, "sender", "taken_back_undone", "submission", id.as_str(), json!({})).await?;
    }
    tx.commit().await?;
    site.jobs.wake();
    Ok(Redirect::to("/sent").into_response())
}

/// What `/sent` is after taking back. It is the same whether or not somebody must look into what was said.
pub(super) fn withdrawn_page(speech: Speech, door: Door, hidden: &Markup, withdrawn: Moment, may_undo: bool) -> Page {
    let until = undo_until(withdrawn);
    let body = html! {
        (html::heading(speech, "remove.gone_title"))
        p {
            (speech.say("remove.gone_on")) " "
            (html::time(withdrawn)) "."
        }
        @if may_undo {
            p { (speech.say("remove.gone_what")) }
            h2 { (speech.say("remove.undo_title")) }
            p { (speech.fill("remove.undo_until", &[("day", &until.day_in_london())])) }
            (html::form("/tell/take-back/undo", hidden, html::button(speech.say("remove.undo"))))
        } @else {
            p { (speech.say("remove.gone_for_good")) }
        }
        p { a href="/who-can-help" { (speech.say("receipt.who_can_help")) } }
    };
    Page::new(speech, door, speech.say("remove.gone_tab"), body).path("/sent")
}
