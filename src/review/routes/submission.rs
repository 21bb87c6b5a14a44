//! One submission: looking at it, moving its review, opening it by a reference, and an item's custody slip.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;

use super::{admit, hidden_fields, page, record_on_submission};
use crate::account;
use crate::area;
use crate::audit;
use crate::clock::Moment;
use crate::db::Tx;
use crate::evidence::at::At;
use crate::evidence::{Kind, copies, left_out, say};
use crate::id::{InspectionId, ItemId, StaffId};
use crate::intake;
use crate::review::access;
use crate::review::decisions;
use crate::review::pages;
use crate::review::pages::custody::{Seen, Slip};
use crate::review::pages::submission::Around;
use crate::review::pages::transcript::SCRIPT;
use crate::review::reading::{self, Reading};
use crate::review::store::{self, Outcome, Pair, Wanted};
use crate::review::{Move, Refused};
use crate::submission::store::list_areas;
use crate::web::{Answer, Form, Problem, Role, Site, Staff};
use crate::words::Speech;

/// What the address of a submission's page says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    item: String,
    at: String,
    news: String,
}

/// `GET /staff/submissions/{reference}`
pub(super) async fn show(
    State(site): State<Site>,
    staff: Staff,
    speech: Speech,
    Path(reference): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let opened = admit(&mut tx, &staff, &reference).await?;
    record_on_submission(&mut tx, &staff, &opened, "view_submission", json!({}), now).await?;
    store::record_seen(&mut tx, opened.id(), &staff.id, now).await?;
    tx.commit().await?;

    let mut tx = site.db.read().await?;
    let reading = reading::load(&mut tx, &site, &staff, opened).await?;
    let around = Around {
        staff: &staff,
        hidden: &|| hidden_fields(&site, &staff),
        now,
        at: asked.item.parse().ok().zip(At::parse(&asked.at)),
        news: news(speech, &reading, &asked.news),
        places: places(&mut tx, &staff, &reading.opened, now).await?,
    };
    let body = pages::submission::page(speech, &reading, &around);
    let title = reading.opened.facts.reference.clone();
    let page = page(&mut tx, &site, speech, &staff, title, body).await?;
    let plays = reading.items.iter().any(|read| matches!(read.item.kind, Kind::Video | Kind::Audio));
    Ok(if plays { page.script(SCRIPT) } else { page }.into_response())
}

/// What the page says first, after something was done.
fn news(speech: Speech, reading: &Reading, name: &str) -> Option<String> {
    let holder = || reading.reviews.iter().find_map(|line| line.review.claimed_by.as_ref());
    Some(match name {
        "held" => speech.fill("reading.review.just_taken", &[("name", reading.names.of_maybe(holder()))]),
        "not_claimed" => speech.say("reading.review.not_claimed").to_owned(),
        "not_now" => speech.say("reading.review.not_now").to_owned(),
        "may_not_ask" => speech.say("reading.asking.may_not").to_owned(),
        "why" => speech.say("reading.review.why_missing").to_owned(),
        "raised" => speech.say("flags.raised").to_owned(),
        _ => return None,
    })
}

/// The areas that may be chosen for what has none, named with their region: by triage, and by safeguarding where the
/// place is kept from everyone else.
pub(super) async fn places(
    tx: &mut Tx,
    staff: &Staff,
    opened: &access::Opened,
    now: Moment,
) -> Answer<Option<Vec<(String, String)>>> {
    let may = match staff.role {
        Role::Triage => true,
        Role::Safeguarding => opened.facts.place_hidden && list_areas(tx, opened.id()).await?.is_empty(),
        _ => false,
    };
    if may { area_choices(tx, now).await.map(Some) } else { Ok(None) }
}

/// Every area on offer, named with its region.
pub(super) async fn area_choices(tx: &mut Tx, now: Moment) -> Answer<Vec<(String, String)>> {
    let areas = area::store::on_offer(tx, now.date_in_london()).await?;
    let named = |(region, areas): (&str, Vec<&area::Area>)| {
        let named = areas.into_iter().map(|area| (area.code.clone(), format!("{} ({region})", area.name)));
        named.collect::<Vec<_>>()
    };
    let mut places: Vec<(String, String)> = areas.by_region().into_iter().flat_map(named).collect();
    places.sort_by(|one, other| one.1.cmp(&other.1));
    Ok(places)
}

/// `POST /staff/submissions/{reference}/review`: claim, give back, reviewed, used, set aside, put back.
pub(super) async fn review(
    State(site): State<Site>,
    staff: Staff,
    Path(reference): Path<String>,
    form: Form,
) -> Answer {
    let now = site.clock.now();
    let inspection = InspectionId(form.get("inspection").to_owned());
    let mut tx = site.db.write().await?;
    let opened = admit(&mut tx, &staff, &reference).await?;
    account::scope::find_place(&mut tx, &staff, &inspection).await?.ok_or(Problem::NotFound)?;
    let back = |news: &str| back_to(&opened.facts.reference, news);
    let why = form.get(&format!("why-{inspection}")).to_owned();
    let Some(wanted) = Move::parse(form.get("move"), &why) else {
        return Ok(back(if form.get("move") == "set_aside" { "why" } else { "not_now" }));
    };
    let pair = Pair { submission: opened.id().clone(), inspection };
    let seen_to = form.get("seen_to").parse().map_or(now, Moment);
    let by = Wanted { by: &staff.id, wanted, seen_to };
    let news = match store::move_review(&mut tx, &pair, &by, now).await? {
        Outcome::NoReview => return Err(Problem::NotFound),
        Outcome::Moved(_) => {
            let detail = json!({ "inspection": pair.inspection, "why": why });
            record_on_submission(&mut tx, &staff, &opened, wanted.name(), detail, now).await?;
            tx.commit().await?;
            site.jobs.wake();
            ""
        }
        Outcome::Refused(Refused::Already) => "",
        Outcome::Refused(Refused::HeldBy(_)) => "held",
        Outcome::Refused(Refused::NotClaimed) => "not_claimed",
        Outcome::Refused(Refused::NotNow(_)) => "not_now",
    };
    Ok(back(news))
}

/// Back to the page, with news to say first.
pub(super) fn back_to(reference: &str, news: &str) -> Response {
    let address = match news {
        "" => format!("/staff/submissions/{reference}#work"),
        news => format!("/staff/submissions/{reference}?news={news}"),
    };
    Redirect::to(&address).into_response()
}

/// The moment in a reference's address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CitedAt {
    at: String,
}

/// `GET /staff/cite/{reference}/{number}?at=01:14`: where a citation leads.
pub(super) async fn cite(
    State(site): State<Site>,
    staff: Staff,
    Path((reference, number)): Path<(String, String)>,
    Query(asked): Query<CitedAt>,
) -> Answer {
    let now = site.clock.now();
    let number: i64 = number.parse().map_err(|_| Problem::NotFound)?;
    let mut tx = site.db.write().await?;
    let opened = admit(&mut tx, &staff, &reference).await?;
    let items = access::list_items(&mut tx, &staff, opened.id()).await?;
    let item = items.into_iter().find(|item| item.number == number).ok_or(Problem::NotFound)?;
    let at = At::parse(&asked.at);
    let detail = json!({ "at_ms": at.map(|at| at.ms) });
    audit::record(&mut tx, now, &staff.actor(), "cite", "item", item.id.as_str(), detail).await?;
    tx.commit().await?;
    let at = at.map(|at| format!("&at={at}")).unwrap_or_default();
    let address = format!("/staff/submissions/{}?item={number}{at}#item-{number}", opened.facts.reference);
    Ok(Redirect::to(&address).into_response())
}

/// Most rows of a slip.
const SLIP_ROWS: usize = 500;

/// `GET /staff/items/{id}/custody`
pub(super) async fn custody(State(site): State<Site>, staff: Staff, speech: Speech, Path(id): Path<String>) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let (opened, item) = access::find_item(&mut tx, &staff, &ItemId(id)).await?.ok_or(Problem::NotFound)?;
    audit::record(&mut tx, now, &staff.actor(), "view_custody", "item", item.id.as_str(), json!({})).await?;
    tx.commit().await?;

    let mut tx = site.db.read().await?;
    let (seen, cut) = list_seen(&mut tx, &site, &opened, &item.id).await?;
    let name = account::store::name_of(&mut tx, &site.keys, &staff.id).await?;
    let key = reading::key(&mut tx, &site, opened.id()).await?;
    let said = say::store::list(&mut tx, &key, opened.id()).await?;
    let decided = decisions::list(&mut tx, &key, opened.id()).await?;
    let names = reading::Names::load(&mut tx, &site, &decided.iter().map(|one| one.by.clone()).collect()).await?;
    let reference = opened.facts.reference.clone();
    let copies = copies::list(&mut tx, &item.id).await?;
    let says = copies::find_work(&mut tx, &item.id).await?.and_then(|work| work.told(&key));
    let recorded_here = intake::was_recorded_here(&mut tx, &key, &item.id).await?;
    let left_out = left_out::find(&mut tx, &item.id).await?.filter(|row| row.replaced_us.is_some());
    let made = (now, name);
    let slip = Slip {
        reference,
        item,
        said,
        decisions: decided,
        seen,
        cut,
        made,
        names,
        says,
        recorded_here,
        copies,
        left_out,
    };
    let body = pages::custody::page(speech, &slip);
    let number = slip.item.number.to_string();
    let title = speech.fill("custody.title", &[("reference", &slip.reference), ("number", &number)]);
    Ok(page(&mut tx, &site, speech, &staff, title, body).await?.into_response())
}

/// Who opened an item, or the page that shows it.
async fn list_seen(
    tx: &mut Tx,
    site: &Site,
    opened: &access::Opened,
    item: &ItemId,
) -> Answer<(Vec<Seen>, Option<usize>)> {
    let mut rows = audit::list_about(tx, item.as_str()).await?;
    let of_submission = audit::list_about(tx, opened.id().as_str()).await?;
    rows.extend(of_submission.into_iter().filter(|row| row.action == "view_submission"));
    rows.retain(|row| row.actor.starts_with("staff:"));
    rows.sort_by_key(|row| row.seq);
    let cut = (rows.len() > SLIP_ROWS).then_some(SLIP_ROWS);
    let rows = rows.split_off(rows.len().saturating_sub(SLIP_ROWS));
    let people: Vec<StaffId> =
        rows.iter().filter_map(|row| row.actor.strip_prefix("staff:")).map(|id| StaffId(id.to_owned())).collect();
    let names = reading::Names::load(tx, site, &people.iter().cloned().collect()).await?;
    let seen = rows.into_iter().zip(&people).map(|(row, who)| Seen {
        at: row.at_us,
        who: names.of(who).to_owned(),
        action: row.action,
    });
    Ok((seen.collect(), cut))
}
