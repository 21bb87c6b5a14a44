//! `GET, POST /tell/items/{id}/remove`: takes one thing out, before or after sending. Asked on a page of its own.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use maud::html;
use serde_json::json;

use super::told;
use super::whole::{self, ToldItem};
use crate::audit;
use crate::db::Tx;
use crate::evidence::{Kind, size::size_in_words};
use crate::html::{self, Page};
use crate::id::ItemId;
use crate::intake::Intake;
use crate::storage::keys::SubmissionKey;
use crate::web::{Answer, Form, Problem, Site, Submitter, door};
use crate::words::Speech;

/// `GET /tell/items/{id}/remove`
pub async fn ask(
    State(site): State<Site>,
    submitter: Submitter,
    speech: Speech,
    Path(item): Path<ItemId>,
) -> Answer<Page> {
    let mut tx = site.db.read().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let told = find(&mut tx, &opened.key, &submitter, &item).await?;
    let hidden = door::submitter_fields(&site, &submitter);
    let name = told::item_name(speech, &told);
    let was_sent = told.item.sent_us.is_some();
    let back = if submitter.is_draft() { "/tell/check" } else { "/sent" };
    let body = html! {
        (html::heading(speech, "remove.title"))
        p.lead {
            (speech.fill("check.item_number", &[("number", &told.item.number.to_string())])) " "
            strong { bdi { (name) } } ", "
            (speech.say_in("evidence.kind", told.item.kind.name()))
            @if let Some(length) = told.item.length.filter(|_| told.item.kind != Kind::Text) {
                ", " (size_in_words(length.unsigned_abs()))
            }
        }
        @if was_sent {
            p { (speech.say("remove.was_sent")) }
        } @else {
            p { (speech.say("remove.not_sent")) }
        }
        p { (speech.say("remove.for_good")) }
        (html::form(&format!("/tell/items/{item}/remove"), &hidden, html::danger_button(speech.say("remove.yes"))))
        p { a href=(back) { (speech.say("remove.no")) } }
    };
    Ok(Page::new(speech, opened.door, speech.say("remove.tab"), body).back(back))
}

/// `POST /tell/items/{id}/remove`
pub async fn remove(
    State(site): State<Site>,
    Extension(intake): Extension<Intake>,
    submitter: Submitter,
    Path(item): Path<ItemId>,
    _: Form,
) -> Answer {
    let mut tx = site.db.write().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let to = if submitter.is_draft() { "/tell/evidence" } else { "/sent" };
    let told = match find(&mut tx, &opened.key, &submitter, &item).await {
        // It is theirs and gone already: a second press.
        Err(Problem::Gone) => return Ok(Redirect::to(to).into_response()),
        found => found?,
    };
    intake.remove_in(&mut tx, &item).await?;
    let detail = json!({ "item": told.item.number, "was_sent": told.item.sent_us.is_some() });
    audit::record(&mut tx, site.clock.now(), "sender", "item_removed", "item", item.as_str(), detail).await?;
    tx.commit().await?;
    intake.removed(&item);
    Ok(Redirect::to(to).into_response())
}

/// The item, if it is in this visit's own submission and that may still be changed.
async fn find(tx: &mut Tx, key: &SubmissionKey, submitter: &Submitter, item: &ItemId) -> Answer<ToldItem> {
    let open = super::State::parse(&submitter.state).is_some_and(super::State::is_open);
    let row = crate::evidence::store::find(tx, item).await?;
    let row = row.filter(|row| open && row.submission_id == submitter.submission).ok_or(Problem::NotFound)?;
    if row.state == crate::evidence::ItemState::Removed {
        return Err(Problem::Gone);
    }
    let items = whole::load_items(tx, key, &submitter.submission).await?;
    items.into_iter().find(|told| told.item.id == *item).ok_or(Problem::NotFound)
}
