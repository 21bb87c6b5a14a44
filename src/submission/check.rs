//! `GET /tell/check`: everything on one page before it is sent; and what is added later, before it is sent too.

use axum::Extension;
use axum::extract::{Query, State as Extract};
use axum::response::{IntoResponse, Redirect};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

use super::receipt::Standing;
use super::start::{self, Statements};
use super::whole::{ToldItem, Whole};
use super::{Field as Sealed, State, copy, not_safe, store, told};
use crate::evidence::say::routes::LEAVE_OUT;
use crate::evidence::{Assent, Kind, has_inside};
use crate::html::{self, Door, Field, Page};
use crate::intake::{Arrival, Intake};
use crate::web::{Answer, Problem, Site, Submitter, door};
use crate::words::Speech;

/// Why somebody was led back here without anything being sent.
#[derive(Debug, Default, Deserialize)]
pub struct Why {
    /// `new`: something was added since the page was opened. `empty`: there is nothing to send.
    #[serde(default)]
    why: String,
}

/// `GET /tell/check`
pub async fn show(
    Extract(site): Extract<Site>,
    Extension(intake): Extension<Intake>,
    submitter: Submitter,
    speech: Speech,
    Query(why): Query<Why>,
) -> Answer {
    if !State::parse(&submitter.state).is_some_and(State::is_open) {
        return Ok(Redirect::to("/sent").into_response());
    }
    let mut tx = site.db.read().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let whole = Whole::load(&mut tx, &site.keys, &submitter.submission).await?.ok_or(Problem::NotFound)?;
    let arrivals = intake.arrivals(&mut tx, &submitter.submission).await?;
    let items = whole.unsent().map(|told| (told, Standing::of(told, arrival_of(&arrivals, told)))).collect::<Vec<_>>();
    let hidden = door::submitter_fields(&site, &submitter);
    let notice = match why.why.as_str() {
        "new" => Some(speech.say("check.something_new")),
        "empty" => Some(speech.say("check.nothing_to_send")),
        _ => None,
    };
    let today = site.clock.now().date_in_london();
    let receipts = store::count_receipts(&mut tx, &submitter.submission).await?;
    let not_safe = whole.answers.part(Sealed::NotSafe, receipts);
    let facts = Facts { whole: &whole, items, notice, today, not_safe, statements: Statements::of(&site) };
    let page = if submitter.is_draft() { draft_page } else { adding_page };
    Ok(page(speech, opened.door, &hidden, &facts).into_response())
}

/// How far an item's bytes have come.
pub(super) fn arrival_of(arrivals: &[(crate::id::ItemId, Arrival)], told: &ToldItem) -> Option<Arrival> {
    arrivals.iter().find(|(id, _)| *id == told.item.id).map(|(_, arrival)| *arrival)
}

struct Facts<'a> {
    whole: &'a Whole,
    items: Vec<(&'a ToldItem, Standing)>,
    notice: Option<&'a str>,
    today: Date,
    not_safe: &'a str,
    statements: Statements<'a>,
}

fn draft_page(speech: Speech, door: Door, hidden: &Markup, facts: &Facts) -> Page {
    let whole = facts.whole;
    let sections = told::sections(speech, whole, facts.today);
    let body = html! {
        (notice(speech, facts))
        (html::heading(speech, "check.title"))
        p.lead { (speech.say("check.lead")) }
        // For whoever goes from link to link: past everything that can be changed, to what must be said before sending.
        @if !whole.is_empty() { p { a href="#before" { (speech.say("check.to_send")) } } }
        @for section in sections.iter().take(2).filter(|section| section.is_answered()) {
            (told::section_markup(speech, section, true))
        }
        (items(speech, facts))
        @for section in sections.iter().skip(2).filter(|section| section.is_answered()) {
            (told::section_markup(speech, section, true))
        }
        (told::left_out_markup(speech, sections.iter()))
        (before_sending(speech, facts))
        @if whole.is_empty() {
            p { (speech.say("check.nothing_to_send")) }
            (html::link_button("/tell", speech.say("check.to_list")))
        } @else {
            (html::form("/tell/send", hidden, html! {
                (shown(&facts.items))
                (not_safe::question(speech, facts.not_safe))
                (look_again(speech, whole.row.look_again))
                (html::button_of(speech, "check.send"))
            }))
            p { a href="/tell" { (speech.say("check.not_yet")) } }
            p { a href=(copy::COPY) { (speech.say("copy.make")) } }
        }
    };
    Page::new(speech, door, speech.say("check.tab"), body).path("/tell/check").back("/tell")
}

/// After sending: only what is new, since the rest was checked before.
fn adding_page(speech: Speech, door: Door, hidden: &Markup, facts: &Facts) -> Page {
    let body = html! {
        (notice(speech, facts))
        (html::heading(speech, "check.adding_title"))
        @if facts.items.is_empty() {
            p { (speech.say("check.nothing_new")) }
            @for told in facts.whole.not_kept() { (not_kept(speech, told)) }
            (html::link_button("/sent", speech.say("check.to_receipt")))
        } @else {
            p.lead { (speech.say("check.adding_lead")) }
            (items(speech, facts))
            (before_sending(speech, facts))
            (html::form("/tell/send", hidden, html! {
                (shown(&facts.items))
                (not_safe::question(speech, facts.not_safe))
                (html::button_of(speech, "check.send_more"))
            }))
            p { a href="/sent" { (speech.say("check.not_yet_more")) } }
        }
    };
    Page::new(speech, door, speech.say("check.tab"), body).path("/tell/check").back("/sent")
}

fn notice(speech: Speech, facts: &Facts) -> Markup {
    html! {
        @if let Some(text) = facts.notice {
            (html::notice(speech.say("check.not_sent_title"), html! { p { (text) } }))
        }
    }
}

fn items(speech: Speech, facts: &Facts) -> Markup {
    let (whole, items) = (facts.whole, &facts.items);
    html! {
        section.told {
            h2 { (html::picture_beside(speech, "check.items_title")) (speech.say("check.items_title")) }
            @if items.is_empty() { p { (speech.say("check.no_items")) } }
            @for (told, standing) in items { (told::item_markup(speech, told, &beside(speech, told, *standing))) }
            @for told in whole.not_kept() { (not_kept(speech, told)) }
            @if items.iter().any(|(told, _)| told.item.assent() == Some(Assent::No)) { (said_no(speech)) }
            p { a href="/tell/evidence" { (speech.say("check.add_file")) } }
            p { a href="/tell/write" { (speech.say("check.add_writing")) } }
        }
    }
}

/// The child said no to something here: all that shows or records them can be left out.
fn said_no(speech: Speech) -> Markup {
    html::inset(html! {
        p { a href=(LEAVE_OUT) { (speech.say("say.to_leave_out")) } }
        p { (speech.say("say.own_words")) }
        p { (speech.say("say.if_sent")) }
    })
}

/// A recording that was cut off, or that nobody has listened to yet: it is not sent by itself.
fn not_kept(speech: Speech, told: &ToldItem) -> Markup {
    let name = told::item_name(speech, told);
    html::inset(html! {
        p { strong { bdi { (name) } } " " (speech.say("check.not_kept")) }
        p { a href="/tell/evidence" { (speech.say("check.keep_it")) } }
    })
}

/// What stands under an item's name: how far it has come, and what can be done with it. Each link has a name of its own.
fn beside(speech: Speech, told: &ToldItem, standing: Standing) -> Markup {
    let name = told::item_name(speech, told);
    let number = told.item.number.to_string();
    let fill = |key: &str| speech.fill(key, &[("number", &number), ("name", &name)]);
    html! {
        @if told.item.kind != Kind::Text {
            (super::receipt::standing_markup(speech, standing))
            @if matches!(standing, Standing::Unfinished | Standing::Failed) {
                p { a href="/tell/evidence" { (fill("receipt.choose_again")) } }
            }
            (told.making.ready_markup(speech))
            (told.making.place_markup(speech))
        }
        @if told.item.assent() == Some(Assent::No) { p { strong { (speech.say("check.child_said_no")) } } }
        ul.actions {
            li { a href={ "/tell/items/" (told.item.id) } { (fill("check.change_item")) } }
            @if has_inside(told.item.kind, told.item.state) {
                li { a href={ "/tell/items/" (told.item.id) "/inside" } { (fill("inside.link_item")) } }
            }
            li { a href={ "/tell/items/" (told.item.id) "/remove" } { (fill("check.remove_item")) } }
        }
    }
}

/// What we must pass on and who runs this: said before anything is sent.
fn before_sending(speech: Speech, facts: &Facts) -> Markup {
    html! {
        h2 id="before" { (html::picture_beside(speech, "check.before_title")) (speech.say("check.before_title")) }
        p { (speech.say("check.before")) }
        (start::danger(speech, facts.statements))
        (start::what_every_journey_says(speech))
        (start::who_runs_this(speech, facts.statements))
    }
}

/// The items that this page showed. Only they are sent.
fn shown(items: &[(&ToldItem, Standing)]) -> Markup {
    html! { @for (told, _) in items { (html::hidden("item", told.item.id.as_str())) } }
}

fn look_again(speech: Speech, chosen: bool) -> Markup {
    let field = Field::new("look_again", speech.say("check.look_again")).hint(speech.say("check.look_again_hint"));
    html::checkbox(speech, &field, chosen)
}
