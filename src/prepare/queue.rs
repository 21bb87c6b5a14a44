//! `/staff/preparing`: what waits for safe copies, what cannot be done and why, for those who run the service. Numbers and
//! kinds only: nothing that people sent, and nobody's name.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use maud::{Markup, html};
use serde_json::json;

use super::work;
use crate::account::door;
use crate::audit;
use crate::evidence::copies::{self, Group, Stuck};
use crate::html::{Page, button, form, heading, table, time};
use crate::id::ItemId;
use crate::web::door::{once_field, staff_fields};
use crate::web::{Answer, Pressed, Problem, Role, Route, Site, Staff, Who};
use crate::words::Speech;

/// Where it is.
const PAGE: &str = "/staff/preparing";

/// The addresses of this file.
pub fn routes(site: &Site) -> Vec<Route> {
    const ADMIN: Who = Who::Staff(&[Role::Admin]);
    vec![Route::get(PAGE, ADMIN, show, site), Route::post("/staff/preparing/{id}/again", ADMIN, again, site)]
}

/// Where the work stands.
struct Figures {
    going: Vec<Group>,
    lacking: Vec<Group>,
    stuck: Vec<Stuck>,
}

/// `GET /staff/preparing`
async fn show(State(site): State<Site>, staff: Staff, speech: Speech) -> Answer {
    let mut tx = site.db.write().await?;
    let now = site.clock.now();
    audit::record(&mut tx, now, &staff.actor(), "preparing.viewed", "service", "", json!({})).await?;
    tx.commit().await?;
    let mut tx = site.db.read().await?;
    let figures = Figures {
        going: copies::count_going(&mut tx).await?,
        lacking: copies::count_lacking(&mut tx).await?,
        stuck: copies::list_stuck(&mut tx).await?,
    };
    let door = door::door(&mut tx, &site, speech, &staff).await?;
    let body = page(speech, &figures, &|| html! { (staff_fields(&site, &staff)) (once_field()) });
    Ok(Page::new(speech, door, speech.say("preparing.title"), body).into_response())
}

/// `POST /staff/preparing/{id}/again`
async fn again(pressed: Pressed<Staff>) -> Answer {
    let Pressed { site, by: staff, about, .. } = pressed;
    let (now, item) = (site.clock.now(), ItemId(about));
    let mut tx = site.db.write().await?;
    if let Some((submission, lane)) = copies::try_again(&mut tx, &item).await? {
        work::enqueue(&mut tx, &submission, lane, now, now).await?;
        audit::record(&mut tx, now, &staff.actor(), "preparing.again", "item", item.as_str(), json!({})).await?;
        tx.commit().await?;
        site.jobs.wake();
    } else if copies::find_work(&mut tx, &item).await?.is_none() {
        return Err(Problem::NotFound);
    }
    Ok(Redirect::to(PAGE).into_response())
}

fn page(speech: Speech, figures: &Figures, hidden: &dyn Fn() -> Markup) -> Markup {
    html! {
        (heading(speech, "preparing.title"))
        p { (speech.say("preparing.lead")) }
        h2 { (speech.say("preparing.going_title")) }
        (groups(speech, &figures.going, "preparing.lane.", "preparing.going_caption", "preparing.going_none"))
        h2 { (speech.say("preparing.lacking_title")) }
        (groups(speech, &figures.lacking, "reading.kind.", "preparing.lacking_caption", "preparing.lacking_none"))
        @if !figures.lacking.is_empty() { p { (speech.say("preparing.lacking_do")) } }
        h2 { (speech.say("preparing.stuck_title")) }
        @if figures.stuck.is_empty() { p { (speech.say("preparing.stuck_none")) } }
        @else { (stuck(speech, &figures.stuck, hidden)) }
    }
}

fn groups(speech: Speech, found: &[Group], names: &str, caption: &'static str, none: &'static str) -> Markup {
    let heads = ["preparing.what", "uploads.files", "preparing.at_work", "uploads.oldest"];
    let rows = found.iter().map(|group| {
        vec![
            html! { (speech.name_of(names, &group.lane)) },
            html! { (group.files) },
            html! { (group.at_work) },
            html! {
                @match group.oldest_us {
                    Some(oldest) => (time(oldest)),
                    None => (speech.say("uploads.none")),
                }
            },
        ]
    });
    html! {
        @if found.is_empty() { p { (speech.say(none)) } }
        @else { (table(speech.say(caption), &heads.map(|key| speech.say(key)), rows.collect())) }
    }
}

fn stuck(speech: Speech, found: &[Stuck], hidden: &dyn Fn() -> Markup) -> Markup {
    let heads = ["preparing.file", "uploads.oldest", "preparing.why", "preparing.again_head"];
    let rows = found.iter().enumerate().map(|(at, one)| {
        let number = (at + 1).to_string();
        let kind = speech.name_of("reading.kind.", &one.kind);
        vec![
            html! { (speech.fill("preparing.one", &[("number", &number), ("kind", &kind)])) },
            time(one.asked_us),
            html! { (speech.name_of("preparing.fault.", &one.fault)) },
            form(
                &format!("/staff/preparing/{}/again", one.item_id),
                &hidden(),
                html! {
                    (button(&speech.fill("preparing.again", &[("number", &number)])))
                },
            ),
        ]
    });
    table(speech.say("preparing.stuck_caption"), &heads.map(|key| speech.say(key)), rows.collect())
}
