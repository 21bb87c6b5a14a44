//! `/tell/dates`: when it happened, what was asked for and when, how long it took, and what the law says beside it. One
//! dated step has its own page: `date_step.rs`.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use jiff::civil::Date;
use maud::{Markup, html};

use super::limits::{self, Limit, outcome_of};
use super::names::Outcome;
use super::{Errors, Told, error_of, hidden_of, refused, sentences, typed};
use crate::html::{
    Door, Field as Input, Page, button, date_input, details, error_summary, form, heading, inset, link_button,
    text_area,
};
use crate::submission::Field;
use crate::submission::store::{DatedStep, list_dates};
use crate::web::typed_date::{TypedDate, date_value, typed_parts};
use crate::web::{Answer, Form, Site, Submitter};
use crate::words::Speech;

/// `GET /tell/dates`
pub async fn show(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer {
    let mut tx = site.db.read().await?;
    let told = Told::look(&site, &mut tx, &submitter).await?;
    let steps = list_dates(&mut tx, &told.key, &told.row.id).await?;
    let today = site.clock.now().date_in_london();
    Ok(dates_page(speech, &told, &steps, today).into_response())
}

fn dates_page(speech: Speech, told: &Told, steps: &[DatedStep], today: Date) -> Page {
    let body = html! {
        (heading(speech, "dates.title"))
        p { (speech.say("dates.lead")) }
        h2 { (speech.say("dates.happened_title")) }
        (happened(speech, told))
        h2 { (speech.say("dates.steps_title")) }
        @if steps.is_empty() { p { (speech.say("dates.steps_none")) } }
        @for step in steps { (one_step(speech, step, today)) }
        (link_button("/tell/dates/add", speech.say("dates.add")))
        p { a href="/tell" { (speech.say("dates.go_on")) } }
        (what_the_law_says(speech, today))
    };
    Page::new(speech, told.door.clone(), speech.say("dates.title"), body).path("/tell/dates").back("/tell")
}

fn happened(speech: Speech, told: &Told) -> Markup {
    let words = told.answers.get(Field::Happened);
    let day = |field: Field| TypedDate::from_text(told.answers.get(field)).in_words();
    let (from, to) = (day(Field::HappenedFrom), day(Field::HappenedTo));
    html! {
        @if words.is_empty() && from.is_empty() && to.is_empty() {
            p { (speech.say("dates.happened_none")) }
        } @else {
            @if !words.is_empty() { (crate::html::their_words(words, None)) }
            @if !from.is_empty() { p { (speech.say("dates.happened_from")) " " (from) } }
            @if !to.is_empty() { p { (speech.say("dates.happened_to")) " " (to) } }
        }
        p { a href="/tell/dates/happened" { (speech.say("dates.happened_change")) } }
    }
}

/// What a step is called: its rule, and the person's own words.
pub(super) fn title_of(speech: Speech, step: &DatedStep) -> String {
    let key = format!("dates.rule_is.{}", step.rule);
    match (speech.has(&key), &step.what) {
        (true, _) => speech.say(&key).to_owned(),
        (false, None) => speech.say("dates.other_rule").to_owned(),
        (false, Some(what)) => what.chars().take(60).collect(),
    }
}

fn one_step(speech: Speech, step: &DatedStep, today: Date) -> Markup {
    let (id, title) = (&step.id, title_of(speech, step));
    let in_words = |text: &Option<String>| text.as_deref().map(|text| TypedDate::from_text(text).in_words());
    let said = limits::sentences(speech, step, today);
    inset(html! {
        h3 { bdi { (title) } }
        @if let Some(what) = step.what.as_ref().filter(|what| **what != title) { (crate::html::their_words(what, None)) }
        @if let Some(day) = in_words(&step.asked_on) { p { (speech.fill("dates.asked_on", &[("day", &day)])) } }
        @if let Some(outcome) = outcome_of(step) {
            p { (speech.say("dates.outcome")) " " (outcome_in_words(speech, outcome)) }
        }
        @if let Some(day) = in_words(&step.answered_on) { p { (speech.fill("dates.answered_on", &[("day", &day)])) } }
        @if said.is_empty() {
            p { (speech.say("dates.no_days")) }
        } @else {
            p { strong { (said.join(" ")) } }
        }
        ul.actions {
            li { a href={ "/tell/dates/" (id) } { (speech.fill("dates.change", &[("what", &title)])) } }
            li { a href={ "/tell/dates/" (id) "/remove" } { (speech.fill("dates.remove", &[("what", &title)])) } }
        }
    })
}

fn outcome_in_words(speech: Speech, outcome: Outcome) -> &'static str {
    speech.say(match outcome {
        Outcome::Yes => "dates.outcome_yes",
        Outcome::No => "dates.outcome_no",
        Outcome::Part => "dates.outcome_part",
        Outcome::NoAnswer => "dates.outcome_no_answer",
    })
}

/// The limits that hold today, each with its source: below, for those who want to read them.
pub(super) fn what_the_law_says(speech: Speech, today: Date) -> Markup {
    // The name of a law is nobody's plain words, and is marked as what it is.
    let from = speech.say("dates.law_source");
    let (before, after) = from.split_once("{source}").unwrap_or((from, ""));
    let body = html! {
        p { (speech.say("dates.law_lead")) }
        ul {
            @for limit in Limit::on(today) {
                li {
                    (speech.say_in("dates.law", &limit.rule))
                    br;
                    span.source { (before) cite { (limit.source) } (after) }
                }
            }
        }
    };
    details(speech.say("dates.law_title"), body)
}

/// What stands in the fields of the page "When did this happen?".
#[derive(Debug, Default)]
struct Happened {
    words: String,
    from: [String; 3],
    to: [String; 3],
    errors: Errors,
}

/// `GET /tell/dates/happened`
pub async fn show_happened(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer {
    let mut tx = site.db.read().await?;
    let told = Told::look(&site, &mut tx, &submitter).await?;
    let parts = |field: Field| TypedDate::from_text(told.answers.get(field)).parts();
    let values = Happened {
        words: told.answers.get(Field::Happened).to_owned(),
        from: parts(Field::HappenedFrom),
        to: parts(Field::HappenedTo),
        errors: Vec::new(),
    };
    Ok(happened_page(speech, told.door, &values).into_response())
}

/// `POST /tell/dates/happened`
pub async fn save_happened(State(site): State<Site>, submitter: Submitter, speech: Speech, form: Form) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let told = Told::change(&site, &mut tx, &submitter).await?;
    let (from, to) = (TypedDate::read(&form, "from"), TypedDate::read(&form, "to"));
    let errors = wrong_days(from, to, now.date_in_london());
    let words = typed(&form, "happened");
    if !errors.is_empty() {
        let (from, to) = (typed_parts(&form, "from"), typed_parts(&form, "to"));
        let values = Happened { words: words.to_owned(), from, to, errors };
        return Ok(refused(happened_page(speech, told.door, &values)));
    }
    let (from, to) = (from.to_text().unwrap_or_default(), to.to_text().unwrap_or_default());
    let answers = [(Field::Happened, words), (Field::HappenedFrom, &from), (Field::HappenedTo, &to)];
    told.save(&mut tx, &answers, now).await?;
    tx.commit().await?;
    Ok(Redirect::to("/tell/dates").into_response())
}

fn wrong_days(from: TypedDate, to: TypedDate, today: Date) -> Errors {
    let mut errors = Errors::new();
    match from {
        TypedDate::Wrong => errors.push(("from", "dates.problem.from")),
        day if day.is_after(today) => errors.push(("from", "dates.problem.from_future")),
        _ => {}
    }
    // The last day may be to come: "until the end of term".
    if to == TypedDate::Wrong {
        errors.push(("to", "dates.problem.to"));
    }
    if let (Some(first), Some(last)) = (from.date(), to.date())
        && last < first
    {
        errors.push(("to", "dates.problem.happened_order"));
    }
    errors
}

fn happened_page(speech: Speech, door: Door, values: &Happened) -> Page {
    let hidden = hidden_of(&door);
    let errors = sentences(speech, &values.errors);
    let words = Input::new("happened", speech.say("dates.happened"))
        .hint(speech.say("dates.happened_hint"))
        .value(&values.words);
    let from = Input::new("from", speech.say("dates.happened_from")).error(error_of(&errors, "from"));
    let to = Input::new("to", speech.say("dates.happened_to")).error(error_of(&errors, "to"));
    let body = html! {
        (error_summary(speech, &errors))
        h1 { (speech.say("dates.happened_title")) }
        p { (speech.say("dates.happened_lead")) }
        (form("/tell/dates/happened", &hidden, html! {
            (text_area(speech, &words, 3))
            (date_input(speech, &from, date_value(&values.from)))
            (date_input(speech, &to, date_value(&values.to)))
            (button(speech.say("dates.save_happened")))
        }))
    };
    Page::new(speech, door, speech.say("dates.happened_title"), body).path("/tell/dates/happened").back("/tell/dates")
}
