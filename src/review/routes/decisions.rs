//! What leads decide about recordings of a child who said no.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use serde_json::json;

use super::{again, hidden_fields, page};
use crate::audit;
use crate::db::Tx;
use crate::evidence::say::Shut;
use crate::evidence::store::Item;
use crate::id::ItemId;
use crate::review::access::{self, Opened};
use crate::review::decisions::{Deciding, decide, list_waiting};
use crate::review::notes::LONGEST;
use crate::review::pages::decisions as pages;
use crate::review::reading;
use crate::web::{Answer, Pressed, Problem, Site, Staff};
use crate::words::Speech;

/// `GET /staff/lanes/said-no`
pub(super) async fn show_lane(State(site): State<Site>, staff: Staff, speech: Speech) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    audit::record(&mut tx, now, &staff.actor(), "view_lane", "lane", "said_no", json!({})).await?;
    tx.commit().await?;
    let mut tx = site.db.read().await?;
    let waiting = list_waiting(&mut tx, &staff.id).await?;
    let body = pages::lane(speech, &waiting);
    Ok(page(&mut tx, &site, speech, &staff, speech.say("said_no.title"), body).await?.into_response())
}

/// A recording of a child who said no. Where a person left it, nobody decides anything.
async fn find(tx: &mut Tx, staff: &Staff, id: String) -> Answer<(Opened, Item)> {
    let found = access::find_item(tx, staff, &ItemId(id)).await?;
    found.filter(|(_, item)| is_to_decide(item)).ok_or(Problem::NotFound)
}

fn is_to_decide(item: &Item) -> bool {
    item.is_recording() && item.no_since().is_some() && item.shut() != Some(Shut::PersonLeft)
}

/// `GET /staff/items/{id}/decide`
pub(super) async fn ask(State(site): State<Site>, staff: Staff, speech: Speech, Path(id): Path<String>) -> Answer {
    let mut tx = site.db.read().await?;
    let (opened, item) = find(&mut tx, &staff, id).await?;
    let reference = &opened.facts.reference;
    let body = pages::decide(speech, reference, &item, &hidden_fields(&site, &staff), ("", ""), [None, None]);
    Ok(page(&mut tx, &site, speech, &staff, reference, body).await?.into_response())
}

/// `POST /staff/items/{id}/decide`
pub(super) async fn save(pressed: Pressed<Staff>) -> Answer {
    let Pressed { site, by: staff, speech, about: id, form } = pressed;
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let (opened, item) = find(&mut tx, &staff, id).await?;
    let reference = &opened.facts.reference;
    let (chosen, reason) = (form.get("decision"), form.get("reason"));
    let reason: String = reason.chars().take(LONGEST).collect();
    let is_chosen = matches!(chosen, "open" | "closed");
    if !is_chosen || reason.is_empty() {
        let errors = [
            (!is_chosen).then(|| speech.say("said_no.decision_missing")),
            reason.is_empty().then(|| speech.say("said_no.reason_missing")),
        ];
        let hidden = hidden_fields(&site, &staff);
        let body = pages::decide(speech, reference, &item, &hidden, (chosen, &reason), errors);
        return again(&mut tx, &site, speech, &staff, reference, body).await;
    }
    let may_open = chosen == "open";
    let key = reading::key(&mut tx, &site, opened.id()).await?;
    decide(&mut tx, &key, &item, Deciding { by: &staff.id, may_open, reason: &reason }, now).await?;
    let action = if may_open { "open_after_no" } else { "keep_closed" };
    audit::record(&mut tx, now, &staff.actor(), action, "item", item.id.as_str(), json!({})).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/staff/submissions/{reference}#item-{}", item.number)).into_response())
}
