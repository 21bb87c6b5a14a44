//! `GET /sent`: the receipt, what happened since, and what can be done now; and `/sent/look`, what was sent once more,
//! for those who chose "Let me look at it again".

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use maud::{Markup, html};

use super::asked::{self, Asked};
use super::card::CARD;
use super::check::arrival_of;
use super::copy;
use super::receipt::{self, Receipt, ReceiptLine, Standing};
use super::start::{self, Statements};
use super::store::{self, Reading, Submission};
use super::whole::{ToldItem, Whole};
use super::{State as Life, state, take_back, told};
use crate::clock::Moment;
use crate::evidence::film::routes::PEOPLE;
use crate::evidence::say::routes::SAY;
use crate::evidence::{Kind, has_inside, size::size_in_words};
use crate::html::{self, Door, Page};
use crate::intake::Intake;
use crate::web::{Answer, Form, Problem, Site, Submitter, door};
use crate::words::Speech;

/// `GET /sent`
pub async fn show(
    State(site): State<Site>,
    Extension(intake): Extension<Intake>,
    submitter: Submitter,
    speech: Speech,
) -> Answer {
    if submitter.is_draft() {
        return Ok(Redirect::to("/tell").into_response());
    }
    let mut tx = site.db.read().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let row = store::find(&mut tx, &submitter.submission).await?.ok_or(Problem::NotFound)?;
    if let (Life::Withdrawn, Some(withdrawn)) = (row.state, row.withdrawn_us) {
        let hidden = door::submitter_fields(&site, &submitter);
        let may_undo = site.clock.now() < state::undo_until(withdrawn);
        return Ok(take_back::withdrawn_page(speech, opened.door, &hidden, withdrawn, may_undo).into_response());
    }
    let whole = Whole::load(&mut tx, &site.keys, &submitter.submission).await?.ok_or(Problem::NotFound)?;
    let arrivals = intake.arrivals(&mut tx, &submitter.submission).await?;
    let standings: Vec<(&ToldItem, Standing)> =
        whole.items.iter().map(|told| (told, Standing::of(told, arrival_of(&arrivals, told)))).collect();
    let (sent, unsent) = standings.into_iter().partition(|(told, _)| told.item.sent_us.is_some());
    let facts = Facts {
        row: &whole.row,
        sent,
        unsent,
        removed: store::list_removed(&mut tx, &submitter.submission).await?,
        receipts: receipt::list(&mut tx, &opened.key, &submitter.submission).await?,
        asked: asked::store::list(&mut tx, &opened.key, &submitter.submission).await?,
        reading: store::reading(&mut tx, &submitter.submission).await?,
        statements: Statements::of(&site),
    };
    Ok(page(speech, opened.door, &facts).into_response())
}

struct Facts<'a> {
    row: &'a Submission,
    sent: Vec<(&'a ToldItem, Standing)>,
    unsent: Vec<(&'a ToldItem, Standing)>,
    removed: Vec<(i64, Moment)>,
    receipts: Vec<Receipt>,
    asked: Vec<Asked>,
    reading: Reading,
    statements: Statements<'a>,
}

fn page(speech: Speech, door: Door, facts: &Facts) -> Page {
    let body = html! {
        (html::heading(speech, "receipt.title"))
        (reference(speech, facts.row))
        (asked::waiting(speech, &facts.asked))
        @if !facts.unsent.is_empty() { (waiting_to_be_sent(speech, facts.unsent.len())) }
        h2 { (html::picture_beside(speech, "receipt.items_title")) (speech.say("receipt.items_title")) }
        (items(speech, facts))
        h2 { (html::picture_beside(speech, "receipt.status_title")) (speech.say("receipt.status_title")) }
        (html::with_picture(speech, status(facts.reading), html! { p { (speech.say(status(facts.reading))) } }))
        h2 { (html::picture_beside(speech, "receipt.next_title")) (speech.say("receipt.next_title")) }
        (html::prose(speech.say("receipt.next")))
        (start::danger(speech, facts.statements))
        (start::what_every_journey_says(speech))
        (start::who_runs_this(speech, facts.statements))
        div.no-print {
            h2 { (html::picture_beside(speech, "receipt.code_title")) (speech.say("receipt.code_title")) }
            p { (speech.say("receipt.code")) " " a href="/tell/code" { (speech.say("receipt.code_see")) } }
            h2 { (html::picture_beside(speech, "receipt.more_title")) (speech.say("receipt.more_title")) }
            (more(speech, facts.row))
        }
        (versions(speech, &facts.receipts))
    };
    Page::new(speech, door, speech.say("receipt.tab"), body).path("/sent")
}

/// The reference, and when it was sent.
pub(super) fn reference(speech: Speech, row: &Submission) -> Markup {
    html! {
        p.lead {
            (speech.say("receipt.reference")) " " strong.reference { (row.reference) }
        }
        @if let Some(sent) = row.sent_us {
            p { (speech.say("receipt.sent_on")) " " (html::time(sent)) "." }
        }
    }
}

fn waiting_to_be_sent(speech: Speech, number: usize) -> Markup {
    let text = match number {
        1 => speech.say("receipt.one_waits").to_owned(),
        number => speech.fill("receipt.some_wait", &[("number", &number.to_string())]),
    };
    html::warning(
        speech,
        html! {
            p { (text) }
            p { a href="/tell/check" { (speech.say("receipt.check_new")) } }
        },
    )
}

fn items(speech: Speech, facts: &Facts) -> Markup {
    let still = facts.sent.iter().any(|(_, standing)| *standing == Standing::Arriving);
    html! {
        @if facts.sent.is_empty() {
            p { (speech.say("receipt.only_answers")) }
        } @else {
            ol.items {
                @for (told, standing) in &facts.sent { li value=(told.item.number) { (item(speech, told, *standing)) } }
            }
        }
        @for (number, when) in &facts.removed {
            p {
                (speech.fill("receipt.removed", &[("number", &number.to_string()), ("day", &when.day_in_london())]))
            }
        }
        @if still { p { a href="/sent" { (speech.say("receipt.look_if_arrived")) } } }
    }
}

fn item(speech: Speech, told: &ToldItem, standing: Standing) -> Markup {
    let name = told::item_name(speech, told);
    let number = told.item.number.to_string();
    html! {
        (html::with_picture(speech, &format!("evidence.kind.{}", told.item.kind.name()), html! {
            p {
                strong { bdi { (name) } }
                br;
                (speech.say_in("evidence.kind", told.item.kind.name()))
                @match (told.item.kind, told.item.text_words, told.item.length) {
                    (Kind::Text, Some(words), _) => { ", " (words_in_words(speech, words)) }
                    (_, _, Some(length)) => { ", " (size_in_words(length.unsigned_abs())) }
                    _ => {}
                }
            }
        }))
        (receipt::standing_markup(speech, standing))
        (told.making.ready_markup(speech))
        @if matches!(standing, Standing::Unfinished | Standing::Failed) {
            p { a href="/tell/evidence" { (speech.fill("receipt.choose_again", &[("name", &name), ("number", &number)])) } }
        }
        p.no-print {
            a href={ "/tell/items/" (told.item.id) "/remove" } {
                (speech.fill("check.remove_item", &[("name", &name), ("number", &number)]))
            }
        }
    }
}

fn words_in_words(speech: Speech, words: i64) -> String {
    match words {
        1 => speech.say("receipt.one_word").to_owned(),
        words => speech.fill("receipt.words", &[("number", &words.to_string())]),
    }
}

/// The key of what happened so far.
fn status(reading: Reading) -> &'static str {
    match reading {
        Reading::NotYet => "receipt.status.not_yet",
        Reading::Now => "receipt.status.now",
        Reading::Done => "receipt.status.done",
    }
}

fn more(speech: Speech, row: &Submission) -> Markup {
    html! {
        ul.list {
            li { a href="/tell/evidence" { (speech.say("receipt.add_file")) } }
            li { a href="/tell/write" { (speech.say("receipt.add_writing")) } }
            @if row.look_again {
                li { a href="/sent/look" { (speech.say("receipt.look_again")) } }
                li { a href=(copy::COPY) { (speech.say("copy.make")) } }
            }
            li { a href=(SAY) { (speech.say("say.title")) } }
            li { a href=(CARD) { (speech.say("card.title")) } }
            li { a href=(PEOPLE) { (speech.say("film.everybody_title")) } }
            li { a href="/who-can-help" { (speech.say("receipt.who_can_help")) } }
            li { a href="/tell/take-back" { (speech.say("receipt.take_back")) } }
        }
        @if !row.look_again { p { (speech.say("receipt.not_look_again")) } }
    }
}

fn versions(speech: Speech, receipts: &[Receipt]) -> Markup {
    let body = html! {
        @for receipt in receipts {
            h3 {
                (speech.fill("receipt.version", &[("number", &receipt.version.to_string())])) " "
                (html::time(receipt.made))
            }
            @if receipt.lines.is_empty() {
                p { (speech.say("receipt.only_answers")) }
            } @else {
                ul.list { @for line in &receipt.lines { li { (receipt_line(speech, line)) } } }
            }
        }
    };
    html::details(speech.say("receipt.versions_title"), body)
}

fn receipt_line(speech: Speech, line: &ReceiptLine) -> Markup {
    html! {
        (speech.fill("check.item_number", &[("number", &line.number.to_string())])) " "
        bdi { (line.name.as_deref().unwrap_or_else(|| speech.say_in("evidence.kind", line.kind.name()))) }
        @if let Some(length) = line.length { ", " (size_in_words(length.unsigned_abs())) }
    }
}

/// `GET /sent/look`: only where the sender chose it. Otherwise there is no such page.
pub async fn look(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer<Page> {
    if !submitter.look_again || submitter.state != Life::Sent.name() {
        return Err(Problem::NotFound);
    }
    let mut tx = site.db.read().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let whole = Whole::load(&mut tx, &site.keys, &submitter.submission).await?.ok_or(Problem::NotFound)?;
    let hidden = door::submitter_fields(&site, &submitter);
    let today = site.clock.now().date_in_london();
    let sent = whole.items.iter().filter(|told| told.item.sent_us.is_some());
    let body = html! {
        (html::heading(speech, "receipt.look_title"))
        p { (speech.say("receipt.look_what")) }
        section.told {
            h2 { (html::picture_beside(speech, "check.items_title")) (speech.say("check.items_title")) }
            @for told in sent { (told::item_markup(speech, told, &to_inside(speech, told))) }
        }
        @for section in told::sections(speech, &whole, today) { (told::section_markup(speech, &section, false)) }
        h2 { (html::picture_beside(speech, "receipt.hide_title")) (speech.say("receipt.hide_title")) }
        p { (speech.say("receipt.hide_what")) }
        (html::form("/sent/look", &hidden, html::button(speech.say("receipt.hide"))))
    };
    Ok(Page::new(speech, opened.door, speech.say("receipt.look_tab"), body).path("/sent/look").back("/sent"))
}

/// Where what is in a file from a communication aid can be seen.
fn to_inside(speech: Speech, told: &ToldItem) -> Markup {
    let (number, name) = (told.item.number.to_string(), told::item_name(speech, told));
    html! {
        @if has_inside(told.item.kind, told.item.state) {
            p { a href={ "/tell/items/" (told.item.id) "/inside" } {
                (speech.fill("inside.link_item", &[("number", &number), ("name", &name)]))
            } }
        }
    }
}

/// `POST /sent/look`: from now on the code does not show it any more. There is no way back: who holds the code later may
/// be somebody else.
pub async fn hide(State(site): State<Site>, submitter: Submitter, _: Form) -> Answer {
    let mut tx = site.db.write().await?;
    store::save_look_again(&mut tx, &submitter.submission, false).await?;
    tx.commit().await?;
    Ok(Redirect::to("/sent").into_response())
}
