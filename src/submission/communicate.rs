//! `/tell/communicate`: "How I communicate". Filled once, printed, and brought into the next draft by its owner's code.
//!
//! - `/tell/communicate` asks; all of it can be skipped, and all of it is sealed.
//! - `/tell/communicate/paper` is the card to print or to show, under a title that says nothing.
//! - `/tell/communicate/before` takes the code of something earlier, by the same rules and tries as coming back, and copies the
//!   card. Nothing keeps the two together afterwards: there is no row, no log line and no page that names both.
//!
//! A code of something that was sent brings its card only where its owner said so, or may look at everything again:
//! whoever else has found the code must not read the card by it.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use maud::{Markup, html};

use super::answers::{Told, hidden_of, refused, typed};
use super::code::Code;
use super::come_back::{Wrong, look_up, misread_words};
use super::store::{self, Answers};
use super::{Field, State as Life};
use crate::db::Tx;
use crate::html::{
    Door, Field as Input, Page, button_of, checkbox, code_input, error_summary, form, heading, inset, list, text_area,
    their_words,
};
use crate::id::SubmissionId;
use crate::web::client::ClientAddr;
use crate::web::{Answer, Form, Site, Submitter};
use crate::words::Speech;

/// Where the card is filled in.
const CARD: &str = "/tell/communicate";
/// Where it is printed.
const PAPER: &str = "/tell/communicate/paper";
/// Where an earlier one is brought in.
const BEFORE: &str = "/tell/communicate/before";

/// The lines of a card, as they are asked and read: the name in the form and in the words (`communicate.<name>`), and where
/// each is kept.
pub const LINES: &[(&str, Field)] = &[
    ("ways", Field::CardWays),
    ("yes_no", Field::CardYesNo),
    ("done", Field::CardDone),
    ("helps", Field::CardHelps),
    ("time", Field::CardTime),
    ("knows", Field::CardKnows),
];

/// The lines that were filled in: the key of what is asked, and their own words.
pub fn lines(answers: &Answers) -> Vec<(String, &str)> {
    let said = LINES.iter().filter_map(|(name, field)| Some((format!("communicate.{name}"), answers.some(*field)?)));
    said.collect()
}

/// `GET /tell/communicate`
pub async fn show(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer {
    let mut tx = site.db.read().await?;
    let told = Told::look(&site, &mut tx, &submitter).await?;
    Ok(page(speech, told.door, &told.answers).into_response())
}

/// `POST /tell/communicate`
pub async fn save(State(site): State<Site>, submitter: Submitter, form: Form) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let told = Told::change(&site, &mut tx, &submitter).await?;
    for (name, field) in LINES {
        told.save(&mut tx, &[(*field, typed(&form, name))], now).await?;
    }
    let again = if form.get("again") == "yes" { "yes" } else { "" };
    told.save(&mut tx, &[(Field::CardAgain, again)], now).await?;
    tx.commit().await?;
    Ok(Redirect::to("/tell").into_response())
}

/// `GET /tell/communicate/paper`
pub async fn paper(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer {
    let mut tx = site.db.read().await?;
    let told = Told::look(&site, &mut tx, &submitter).await?;
    Ok(paper_page(speech, told.door, &told.answers).into_response())
}

/// `GET /tell/communicate/before`
pub async fn ask_before(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer {
    let mut tx = site.db.read().await?;
    let told = Told::look(&site, &mut tx, &submitter).await?;
    Ok(before_page(speech, told.door, "", None).into_response())
}

/// `POST /tell/communicate/before`: copies the card that this code opens. What is filled in here already stays.
pub async fn use_before(
    State(site): State<Site>,
    submitter: Submitter,
    client: ClientAddr,
    speech: Speech,
    form: Form,
) -> Answer {
    let typed = form.get("code");
    let read = Code::read(typed);
    let found = match &read {
        Ok(code) => look_up(&site, client, code).await?,
        Err(_) => None,
    };
    let mut tx = site.db.write().await?;
    let told = Told::change(&site, &mut tx, &submitter).await?;
    let wrong = match read {
        Err(misread) => misread_words(speech, &misread),
        Ok(_) => {
            if let Some((earlier, _)) = found
                && copy(&mut tx, &site, &told, &earlier).await?
            {
                tx.commit().await?;
                return Ok(Redirect::to(CARD).into_response());
            }
            Wrong { short: speech.say("communicate.none_before").to_owned(), more: html! {} }
        }
    };
    Ok(refused(before_page(speech, told.door, typed, Some(wrong))))
}

/// Copies the lines of an earlier card into the empty lines of this one. False where there is none that this code may
/// bring.
async fn copy(tx: &mut Tx, site: &Site, told: &Told, earlier: &SubmissionId) -> Answer<bool> {
    let now = site.clock.now();
    let (Some(row), Some(key)) = (store::find(tx, earlier).await?, site.keys.submission(tx, earlier).await?) else {
        return Ok(false);
    };
    let answers = store::load_answers(tx, &key, earlier).await?;
    let may = match row.state {
        Life::Draft => true,
        Life::Sent => row.look_again || answers.get(Field::CardAgain) == "yes",
        _ => false,
    };
    let there = LINES.iter().filter_map(|(_, field)| Some((*field, answers.some(*field)?)));
    let there: Vec<(Field, &str)> = there.filter(|_| may).collect();
    for (field, text) in there.iter().filter(|(field, _)| told.answers.some(*field).is_none()) {
        told.save(tx, &[(*field, *text)], now).await?;
    }
    Ok(!there.is_empty())
}

fn page(speech: Speech, door: Door, answers: &Answers) -> Page {
    let hidden = hidden_of(&door);
    let again = Input::new("again", speech.say("communicate.again")).hint(speech.say("communicate.again_hint"));
    let body = html! {
        (heading(speech, "communicate.title"))
        p { (speech.say("communicate.lead")) }
        p { a href=(BEFORE) { (speech.say("communicate.to_before")) } }
        (form(CARD, &hidden, html! {
            @for (name, field) in LINES { (line(speech, name, answers.get(*field))) }
            (checkbox(speech, &again, answers.get(Field::CardAgain) == "yes"))
            (button_of(speech, "communicate.save"))
        }))
        (list([
            html! { a href=(PAPER) { (speech.say("communicate.to_paper")) } },
            html! { a href="/tell" { (speech.say("communicate.skip")) } },
        ]))
    };
    Page::new(speech, door, speech.say("communicate.tab"), body).path(CARD).back("/tell")
}

fn line(speech: Speech, name: &str, value: &str) -> Markup {
    let key = format!("communicate.{name}");
    let field = Input::new(name, speech.say(&key))
        .hint(speech.say(&format!("{key}_hint")))
        .picture(speech.picture(&key))
        .value(value);
    text_area(speech, &field, 2)
}

/// The card alone: what somebody holds up, or hangs on a wall.
fn paper_page(speech: Speech, door: Door, answers: &Answers) -> Page {
    let lines = lines(answers);
    let body = html! {
        (heading(speech, "communicate.title"))
        @if lines.is_empty() { p { (speech.say("communicate.empty")) } }
        @for (key, text) in &lines {
            section.card {
                h2.card-title { (crate::html::picture_beside(speech, key)) (speech.say(key)) }
                (their_words(text, None))
            }
        }
        div.no-print {
            (inset(html! { p { (speech.say("communicate.print")) } }))
            p { a href=(CARD) { (speech.say("communicate.to_card")) } }
        }
    };
    Page::new(speech, door, speech.say("communicate.tab"), body).path(PAPER).back(CARD)
}

fn before_page(speech: Speech, door: Door, typed: &str, wrong: Option<Wrong>) -> Page {
    let hidden = hidden_of(&door);
    let error = wrong.as_ref().map(|wrong| wrong.short.as_str());
    let errors: Vec<(&str, &str)> = error.map(|error| ("code", error)).into_iter().collect();
    let field = Input::new("code", speech.say("communicate.code"))
        .hint(speech.say("communicate.code_hint"))
        .value(typed)
        .error(error);
    let body = html! {
        (error_summary(speech, &errors))
        (heading(speech, "communicate.before_title"))
        p { (speech.say("communicate.before_lead")) }
        @if let Some(wrong) = &wrong { (wrong.more) }
        (form(BEFORE, &hidden, html! {
            (code_input(speech, &field))
            (button_of(speech, "communicate.use"))
        }))
        p { a href=(CARD) { (speech.say("communicate.to_card")) } }
    };
    Page::new(speech, door, speech.say("communicate.tab"), body).path(BEFORE).back(CARD).problem(wrong.is_some())
}
