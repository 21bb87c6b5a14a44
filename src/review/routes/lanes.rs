//! The lanes: "area not known", and safeguarding.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;
use serde_json::json;

use super::submission::places;
use super::{admit, again, hidden_fields, page, record_on_submission};
use crate::account;
use crate::account::door;
use crate::audit;
use crate::clock::Moment;
use crate::db::Tx;
use crate::review::lane::{self, Place};
use crate::review::pages::lanes::{LaneFlag, area_not_known, safeguarding};
use crate::review::pages::submission::place_form;
use crate::review::queue::Cursor;
use crate::review::{flags, reading};
use crate::web::{Answer, Pressed, Problem, Site, Staff};
use crate::words::Speech;

/// What a lane's address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    after: String,
    placed: String,
    closed: String,
}

/// Writes down who looks into a lane, and gives the look.
pub(super) async fn look_into(site: &Site, staff: &Staff, lane: &'static str) -> Answer<Tx> {
    let mut tx = site.db.write().await?;
    audit::record(&mut tx, site.clock.now(), &staff.actor(), "view_lane", "lane", lane, json!({})).await?;
    tx.commit().await?;
    Ok(site.db.read().await?)
}

/// The lane "area not known".
pub(super) async fn show_area_not_known(
    State(site): State<Site>,
    staff: Staff,
    speech: Speech,
    Query(asked): Query<Asked>,
) -> Answer {
    let mut tx = look_into(&site, &staff, "area_not_known").await?;
    let (lines, next) = lane::list(&mut tx, &staff, &Cursor::parse(&asked.after)).await?;
    let next = next.map(|next| format!("{}?after={next}", door::LANE));
    let placed = Some(asked.placed.as_str()).filter(|reference| !reference.is_empty());
    let body = area_not_known(speech, &lines, next.as_deref(), placed);
    Ok(page(&mut tx, &site, speech, &staff, speech.say("lane.title"), body).await?.into_response())
}

/// The safeguarding lane.
pub(super) async fn show_safeguarding(
    State(site): State<Site>,
    staff: Staff,
    speech: Speech,
    Query(asked): Query<Asked>,
) -> Answer {
    let mut tx = look_into(&site, &staff, "safeguarding").await?;
    let after = Cursor::parse(&asked.after);
    let (found, more) = flags::list_open(&mut tx, &staff.id, (after.sent_us, after.submission.as_str())).await?;
    let next =
        found.last().filter(|_| more).map(|last| format!("{}?after={}.{}", door::FLAGS, last.raised_us.0, last.id));
    let mut lines = Vec::with_capacity(found.len());
    for flag in found {
        let key = site.keys.submission(&mut tx, &flag.submission_id).await?;
        let raised_by = match &flag.raised_by {
            Some(by) => Some(account::store::name_of(&mut tx, &site.keys, by).await?),
            None => None,
        };
        lines.push(LaneFlag { reason: key.and_then(|key| flag.reason(&key)), raised_by, flag });
    }
    let body = safeguarding(speech, &lines, next.as_deref(), asked.closed == "yes");
    Ok(page(&mut tx, &site, speech, &staff, speech.say("flags.lane.title"), body).await?.into_response())
}

/// `POST /staff/submissions/{reference}/area`: triage gives an area, with a reason.
pub(super) async fn place(pressed: Pressed<Staff>) -> Answer {
    let Pressed { site, by: staff, speech, about: reference, form } = pressed;
    let now: Moment = site.clock.now();
    let mut tx = site.db.write().await?;
    let opened = admit(&mut tx, &staff, &reference).await?;
    let reference = opened.facts.reference.clone();
    let choices = places(&mut tx, &staff, &opened, now).await?.ok_or(Problem::NotFound)?;
    let (area, reason) = (form.get("area"), form.get("because"));
    let is_offered = choices.iter().any(|(code, _)| code == area);
    if !is_offered || reason.is_empty() {
        let errors = [
            (!is_offered).then(|| speech.say("reading.place.area_missing")),
            reason.is_empty().then(|| speech.say("reading.place.reason_missing")),
        ];
        let fields = hidden_fields(&site, &staff);
        let body = place_form(speech, &reference, &fields, &choices, (area, reason), Some(errors));
        return again(&mut tx, &site, speech, &staff, reference, body).await;
    }
    let key = reading::key(&mut tx, &site, opened.id()).await?;
    let done = Place { by: &staff.id, area, reason };
    if lane::place(&mut tx, &key, opened.id(), done, now).await? {
        // What staff did is read by people from whom the place is kept.
        let detail = if opened.facts.place_hidden { json!({}) } else { json!({ "area": area }) };
        record_on_submission(&mut tx, &staff, &opened, "place", detail, now).await?;
        tx.commit().await?;
        site.jobs.wake();
    }
    Ok(Redirect::to(&format!("{}?placed={reference}", door::LANE)).into_response())
}
