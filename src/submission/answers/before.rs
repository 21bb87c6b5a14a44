//! `/tell/before`: "Have you told us before?" A reference, or "yes, I lost it", or "no".
//!
//! A reference is looked at for its form only, and never looked up: the answer is the same, after the same work, whether
//! it names something or nothing, or something of somebody else. Readers see it as what the sender says, not checked;
//! what really belongs together, staff say (`review/links.rs`).

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use maud::html;

use super::{Errors, Told, choices_with_words_in, error_of, hidden_of, refused, sentences};
use crate::evidence::pages::NOT_SAID;
use crate::html::{Door, Field as Input, Page, button, error_summary, form, heading, radios, text_input};
use crate::submission::{Field, reference};
use crate::web::{Answer, Form, Site, Submitter};
use crate::words::Speech;

/// Where it is asked.
pub const BEFORE: &str = "/tell/before";

/// What can be said, in the order of the page.
pub const CHOICES: [&str; 3] = ["reference", "lost", "no"];

/// `GET /tell/before`
pub async fn show(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer {
    let mut tx = site.db.read().await?;
    let told = Told::look(&site, &mut tx, &submitter).await?;
    let (before, reference) = (told.answers.get(Field::Before), told.answers.get(Field::BeforeReference));
    Ok(page(speech, told.door.clone(), before, reference, &Vec::new()).into_response())
}

/// `POST /tell/before`
pub async fn save(State(site): State<Site>, submitter: Submitter, speech: Speech, form: Form) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let told = Told::change(&site, &mut tx, &submitter).await?;
    let (before, typed) = (form.get("before"), form.get("reference"));
    let chosen = CHOICES.iter().copied().find(|choice| *choice == before).unwrap_or_default();
    let read = reference::read(typed);
    // Whoever typed a reference has one, whatever is ticked beside it.
    let (chosen, reference) = match (chosen, read) {
        ("" | "reference", Some(reference)) => ("reference", reference),
        ("reference", None) => {
            let errors = vec![("reference", "before.problem")];
            return Ok(refused(page(speech, told.door, before, typed, &errors)));
        }
        (other, _) => (other, String::new()),
    };
    told.save(&mut tx, &[(Field::Before, chosen), (Field::BeforeReference, &reference)], now).await?;
    tx.commit().await?;
    Ok(Redirect::to("/tell").into_response())
}

fn page(speech: Speech, door: Door, before: &str, reference: &str, errors: &Errors) -> Page {
    let hidden = hidden_of(&door);
    let errors = sentences(speech, errors);
    let before = if before.is_empty() { NOT_SAID } else { before };
    let choices = choices_with_words_in("before.is", speech, CHOICES, Some("before.not_said"));
    let asked = Input::new("before", speech.say("before.asked")).hint(speech.say("before.asked_hint")).value(before);
    let field = Input::new("reference", speech.say("before.reference"))
        .hint(speech.say("before.reference_hint"))
        .value(reference)
        .error(error_of(&errors, "reference"));
    let body = html! {
        (error_summary(speech, &errors))
        (heading(speech, "before.title"))
        p { (speech.say("before.lead")) }
        (form(BEFORE, &hidden, html! {
            (radios(speech, &asked, &choices))
            (text_input(speech, &field))
            (button(speech.say("before.save")))
        }))
    };
    Page::new(speech, door, speech.say("before.tab"), body).path(BEFORE).back("/tell").problem(!errors.is_empty())
}
