//! Questions to a sender, on a submission's page: the form, what was asked, and what came back.

use maud::{Markup, html};

use super::submission::Around;
use crate::html::{
    Field, button, danger_button, details, error_summary, form, hidden as hidden_field, text_area, their_words,
};
use crate::review::ReviewState;
use crate::review::reading::Reading;
use crate::submission::asked::{Asked, How, may_be_asked};
use crate::words::Speech;

/// What was asked, and the form for whoever holds a claim.
pub fn asking(speech: Speech, reading: &Reading, around: &Around) -> Markup {
    let facts = &reading.opened.facts;
    let is_mine = reading.reviews.iter().any(|line| {
        let review = &line.review;
        review.state_at(around.now) == ReviewState::Claimed && review.claimed_by.as_ref() == Some(&around.staff.id)
    });
    html! {
        h2 id="asking" { (speech.say("asking.title")) }
        @for asked in &reading.asked { (one(speech, reading, asked, around)) }
        @if !may_be_asked(facts) {
            p { (speech.say("asking.may_not")) }
        } @else if is_mine {
            (details(speech.say("asking.ask_title"), ask_form(speech, &facts.reference, &(around.hidden)(), "", None)))
        } @else {
            p { (speech.say("asking.claim_first")) }
        }
    }
}

fn one(speech: Speech, reading: &Reading, asked: &Asked, around: &Around) -> Markup {
    let when = asked.asked_us.in_london();
    let is_theirs = asked.by == around.staff.id && asked.waits();
    html! {
        section.card {
            h3 { (speech.fill("asking.by", &[("name", reading.names.of(&asked.by)), ("when", &when)])) }
            @match &asked.text {
                Some(text) => { (their_words(text, None)) }
                None => { p { (speech.say("reading.not_opened")) } }
            }
            p { (standing(speech, asked)) }
            @if let Some(words) = &asked.words {
                p { strong { (speech.say("asking.declared")) } }
                (their_words(words, None))
            }
            @if is_theirs {
                (form(
                    &format!("/staff/submissions/{}/questions/take-back", reading.opened.facts.reference),
                    &html! { ((around.hidden)()) (hidden_field("question", asked.id.as_str())) },
                    danger_button(speech.say("asking.take_back")),
                ))
            }
        }
    }
}

fn standing(speech: Speech, asked: &Asked) -> String {
    let at = |key: &str, moment: Option<crate::clock::Moment>| {
        speech.fill(key, &[("when", &moment.map(|moment| moment.in_london()).unwrap_or_default())])
    };
    match (asked.withdrawn_us, asked.answer) {
        (Some(_), _) => at("asking.taken_back", asked.withdrawn_us),
        (None, Some(How::Words)) => at("asking.answered", asked.answered_us),
        (None, Some(How::More)) => at("asking.more_to_come", asked.answered_us),
        (None, Some(How::No)) => at("asking.no", asked.answered_us),
        (None, None) if asked.seen_us.is_some() => at("asking.seen", asked.seen_us),
        (None, None) => speech.say("asking.waits").to_owned(),
    }
}

/// The form that asks; on a page of its own after a fault.
pub fn ask_form(speech: Speech, reference: &str, hidden: &Markup, typed: &str, error: Option<&str>) -> Markup {
    let field = Field::new("question", speech.say("asking.question")).hint(speech.say("asking.question_hint"));
    let form = form(
        &format!("/staff/submissions/{reference}/questions"),
        hidden,
        html! {
            (text_area(speech, &field.value(typed).error(error), 3))
            (button(speech.say("asking.ask_do")))
        },
    );
    match error {
        None => form,
        Some(error) => html! {
            (error_summary(speech, &[("question", error)]))
            h1 { (speech.say("asking.ask_title")) }
            (form)
        },
    }
}
