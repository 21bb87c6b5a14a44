//! The lane of requests to take something back, and deciding one.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;
use serde_json::json;

use super::lanes::look_into;
use super::submission::area_choices;
use super::{again, hidden_fields, page};
use crate::account::{self, door};
use crate::audit;
use crate::clock::Moment;
use crate::db::Tx;
use crate::review::access;
use crate::review::pages::requests::{RequestPage, Typed, lane, page as request_page};
use crate::review::queue::Cursor;
use crate::review::requests::{self, Decision, Outcome, Request};
use crate::storage::keys::SubmissionKey;
use crate::submission::lost::{Asked, store as lost};
use crate::submission::store::{Moved, move_submission};
use crate::submission::{Event, reference};
use crate::web::csrf::ONCE;
use crate::web::once::{Once, use_key};
use crate::web::{Answer, Pressed, Problem, Role, Site, Staff};
use crate::words::Speech;

/// The lane, after something was decided.
const DECIDED: &str = "/staff/lanes/take-back?decided=yes";

/// What the lane's address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Where {
    after: String,
    decided: String,
}

/// The lane.
pub(super) async fn show_lane(
    State(site): State<Site>,
    staff: Staff,
    speech: Speech,
    Query(asked): Query<Where>,
) -> Answer {
    let mut tx = look_into(&site, &staff, "requests").await?;
    let after = Cursor::parse(&asked.after);
    let (found, more) = requests::list_open(&mut tx, &staff.id, (after.sent_us, after.submission.as_str())).await?;
    let next =
        found.last().filter(|_| more).map(|last| format!("{}?after={}.{}", door::REQUESTS, last.made_us.0, last.id));
    let mut lines = Vec::with_capacity(found.len());
    for request in found {
        let key = lost::key(&mut tx, &site.keys, &request.id).await?;
        let words = key.and_then(|key| lost::open(&key, &request.id, &request.sealed));
        lines.push((request, words));
    }
    let body = lane(speech, &lines, next.as_deref(), asked.decided == "yes");
    Ok(page(&mut tx, &site, speech, &staff, speech.say("requests.title"), body).await?.into_response())
}

/// `GET /staff/requests/{id}`
pub(super) async fn show(State(site): State<Site>, staff: Staff, speech: Speech, Path(id): Path<String>) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let request = requests::find(&mut tx, &staff.id, &id).await?.ok_or(Problem::NotFound)?;
    audit::record(&mut tx, now, &staff.actor(), "view_request", "request", request.id.as_str(), json!({})).await?;
    tx.commit().await?;
    let mut tx = site.db.read().await?;
    let (body, _) = body(&mut tx, &site, &staff, speech, &request, Typed::default()).await?;
    Ok(page(&mut tx, &site, speech, &staff, speech.say("requests.one_title"), body).await?.into_response())
}

/// The page's body, and the request's key.
async fn body(
    tx: &mut Tx,
    site: &Site,
    staff: &Staff,
    speech: Speech,
    request: &Request,
    typed: Typed<'_>,
) -> Answer<(maud::Markup, Option<SubmissionKey>)> {
    let key = lost::key(tx, &site.keys, &request.id).await?;
    let asked = key.as_ref().and_then(|key| lost::open(key, &request.id, &request.sealed));
    let opens = opened_by(tx, staff, asked.as_ref()).await?;
    let decided = match (&request.decided_by, &key) {
        (Some(by), Some(key)) => {
            Some((request.why(key).unwrap_or_default(), account::store::name_of(tx, &site.keys, by).await?))
        }
        _ => None,
    };
    let places = match staff.role {
        Role::Triage => Some(area_choices(tx, site.clock.now()).await?),
        _ => None,
    };
    let typed = match typed.reference {
        "" => Typed { reference: opens.as_deref().unwrap_or_default(), ..typed },
        _ => typed,
    };
    let hidden = || hidden_fields(site, staff);
    let shown = RequestPage {
        request,
        asked: asked.as_ref(),
        opens: opens.as_deref(),
        decided,
        places: places.as_deref(),
        hidden: &hidden,
        typed,
    };
    Ok((request_page(speech, &shown), key))
}

/// The reference that somebody gave, where this reader may open what it names.
async fn opened_by(tx: &mut Tx, staff: &Staff, asked: Option<&Asked>) -> Answer<Option<String>> {
    let Some(reference) = asked.and_then(|asked| reference::read(&asked.reference)) else { return Ok(None) };
    Ok(access::find(tx, staff, &reference).await?.map(|opened| opened.facts.reference))
}

/// `POST /staff/requests/{id}/decide`
pub(super) async fn decide(pressed: Pressed<Staff>) -> Answer {
    let Pressed { site, by: staff, speech, about: id, form } = pressed;
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    // What was taken back may be out of the scope of whoever pressed: a second press is led to the lane all the same.
    if let Once::Again(went_to) = use_key(&mut tx, form.get(ONCE), DECIDED, now).await? {
        return Ok(Redirect::to(&went_to).into_response());
    }
    let request = requests::find(&mut tx, &staff.id, &id).await?.ok_or(Problem::NotFound)?;
    if request.decided_us.is_some() {
        return Ok(decided());
    }
    let key = lost::key(&mut tx, &site.keys, &request.id).await?.ok_or(Problem::NotFound)?;
    let mut errors = Vec::new();
    let outcome = Outcome::parse(form.get("outcome"));
    if outcome.is_none() {
        errors.push(("outcome", speech.say("requests.problem.outcome")));
    }
    let named = reference::read(form.get("reference"));
    let taken = match (outcome, named) {
        (Some(Outcome::Done), Some(named)) => access::find(&mut tx, &staff, &named).await?,
        _ => None,
    };
    if outcome == Some(Outcome::Done) && taken.is_none() {
        errors.push(("reference", speech.say("requests.problem.reference")));
    }
    if form.get("why").is_empty() {
        errors.push(("why", speech.say("requests.problem.why")));
    }
    let (Some(outcome), true) = (outcome, errors.is_empty()) else {
        let typed =
            Typed { outcome: form.get("outcome"), reference: form.get("reference"), why: form.get("why"), errors };
        let (body, _) = body(&mut tx, &site, &staff, speech, &request, typed).await?;
        return again(&mut tx, &site, speech, &staff, speech.say("requests.one_title"), body).await;
    };
    let submission = taken.as_ref().map(access::Opened::id);
    let decision = Decision { by: &staff.id, outcome, why: form.get("why"), submission };
    if requests::decide(&mut tx, &key, &request.id, &decision, now).await? {
        if let Some(taken) = &taken {
            take_back(&mut tx, &staff, taken, &request, now).await?;
        }
        let detail = json!({ "outcome": outcome.name() });
        audit::record(&mut tx, now, &staff.actor(), "decide_request", "request", request.id.as_str(), detail).await?;
        tx.commit().await?;
    }
    Ok(decided())
}

/// Takes back what the request is about, as its sender would have.
async fn take_back(tx: &mut Tx, staff: &Staff, taken: &access::Opened, request: &Request, now: Moment) -> Answer<()> {
    if let Moved::To(_) = move_submission(tx, taken.id(), Event::TakeBack, now).await? {
        let detail = json!({ "request": request.id });
        audit::record(tx, now, &staff.actor(), "taken_back", "submission", taken.id().as_str(), detail).await?;
    }
    Ok(())
}

fn decided() -> axum::response::Response {
    Redirect::to(DECIDED).into_response()
}

/// `POST /staff/requests/{id}/area`: triage says which area it is about.
pub(super) async fn place(pressed: Pressed<Staff>) -> Answer {
    let Pressed { site, by: staff, about: id, form, .. } = pressed;
    let now: Moment = site.clock.now();
    let mut tx = site.db.write().await?;
    let request = requests::find(&mut tx, &staff.id, &id).await?.ok_or(Problem::NotFound)?;
    let choices = area_choices(&mut tx, now).await?;
    let area = form.get("area");
    if choices.iter().any(|(code, _)| code == area) {
        requests::place(&mut tx, &request.id, area).await?;
        let detail = json!({ "area": area });
        audit::record(&mut tx, now, &staff.actor(), "place", "request", request.id.as_str(), detail).await?;
        tx.commit().await?;
    }
    Ok(Redirect::to(&format!("/staff/requests/{}", request.id)).into_response())
}
