//! The page of one submission: whose words first, then what was sent, then what staff did with it.

use maud::{Markup, html};

use super::{asking, decisions, item, lanes, links, named_or_not, strip, time, work};
use crate::clock::Moment;
use crate::evidence::at::At;
use crate::html::{
    Choice, Field, SummaryRow, button, error_summary, form, notice, select, summary_list, table, text_area, their_words,
};
use crate::review::ReviewState;
use crate::review::reading::Reading;
use crate::submission::Field as Answer;
use crate::submission::State;
use crate::submission::answers::limits::sentences;
use crate::submission::answers::questions::Question;
use crate::submission::communicate;
use crate::submission::store::DatedStep;
use crate::web::typed_date::TypedDate;
use crate::web::{Role, Staff};
use crate::words::Speech;

/// What the page needs besides what it shows.
pub struct Around<'a> {
    /// Who reads.
    pub staff: &'a Staff,
    /// Hidden fields for every form: the token and a fresh key each time.
    pub hidden: &'a (dyn Fn() -> Markup + Sync),
    /// When the page is made.
    pub now: Moment,
    /// The moment of an item at which a reference opened the page.
    pub at: Option<(i64, At)>,
    /// News to say first: a key of the words, and its sentence.
    pub news: Option<String>,
    /// Areas that triage may choose, by region.
    pub places: Option<Vec<(String, String)>>,
}

/// The page's body.
pub fn page(speech: Speech, reading: &Reading, around: &Around) -> Markup {
    let facts = &reading.opened.facts;
    html! {
        @if let Some(news) = &around.news { (notice(news, html! {})) }
        h1 { span.reference { (facts.reference) } }
        (decisions::at_the_top(speech, reading))
        (standing(speech, reading))
        (strip::of_submission(speech, reading))
        @if let Some(places) = &around.places {
            (place_form(speech, &facts.reference, &(around.hidden)(), places, ("", ""), None))
        }
        (work::reviews(speech, reading, around))
        (communication_card(speech, reading))
        h2 id="items" { (speech.say("reading.items_title")) }
        @if reading.items.is_empty() { p { (speech.say("reading.no_items")) } }
        @for read in &reading.items { (item::card(speech, reading, read, around)) }
        (answers(speech, reading))
        (dates(speech, reading, around))
        (work::notes_on_all(speech, reading, around))
        (asking::asking(speech, reading, around))
        (links::links(speech, reading, around))
        (flags(speech, reading, around))
        (history(speech, reading))
    }
}

/// What must be known before anything else.
fn standing(speech: Speech, reading: &Reading) -> Markup {
    let facts = &reading.opened.facts;
    let new_since = reading.reviews.iter().filter_map(|line| line.review.new_since_us).max();
    html! {
        @if facts.made_up { p { strong.tag { (speech.say("reading.made_up")) } } }
        @if let (State::Withdrawn, Some(when)) = (facts.state, facts.withdrawn_us) {
            p { strong { (speech.fill("reading.withdrawn", &[("when", &when.in_london())])) } }
        }
        @if let Some(when) = new_since {
            p { strong.tag { (speech.fill("reading.new_since", &[("when", &when.in_london())])) } }
        }
        @for line in &reading.reviews {
            p { a href={ "/staff/inspections/" (line.inspection_id) "/queue" } {
                (speech.fill("reading.to_queue", &[("inspection", &line.title)]))
            } }
        }
    }
}

/// Their own card, beside what they sent: how to understand it.
fn communication_card(speech: Speech, reading: &Reading) -> Markup {
    let lines = reading.answers.as_ref().map(communicate::lines).unwrap_or_default();
    let rows: Vec<_> = lines
        .iter()
        .map(|(key, text)| SummaryRow { key: speech.say(key), value: their_words(text, None), change: None })
        .collect();
    html! {
        @if !rows.is_empty() {
            h2 id="card" { (speech.say("reading.card_title")) }
            p { (speech.say("reading.declared_item")) }
            (summary_list(speech, rows))
        }
    }
}

/// Answers to the standard questions.
fn answers(speech: Speech, reading: &Reading) -> Markup {
    let Some(answers) = &reading.answers else { return html! {} };
    let kinds = [Answer::Question, Answer::QuestionChoice, Answer::QuestionAsked];
    let mut parts: Vec<i64> = kinds.into_iter().flat_map(|kind| answers.parts(kind)).map(|(part, _)| part).collect();
    parts.sort_unstable();
    parts.dedup();
    html! {
        h2 id="answers" { (speech.say("reading.answers_title")) }
        @if parts.is_empty() { p { (speech.say("reading.not_answered")) } }
        @for part in parts {
            h3 { (question(speech, part)) }
            @let asked = answers.part(Answer::QuestionAsked, part);
            @if !asked.is_empty() {
                p { strong { (speech.say("reading.asked_this_way")) } }
                (their_words(asked, None))
                p { strong { (speech.say("reading.answer_was")) } }
            }
            @let choice = answers.part(Answer::QuestionChoice, part);
            @if !choice.is_empty() { p { (speech.name_of("question.answer.", choice)) } }
            @let text = answers.part(Answer::Question, part);
            @if !text.is_empty() { (their_words(text, None)) }
        }
    }
}

/// What was asked under this number, in its own words, also where it is no longer asked.
fn question(speech: Speech, number: i64) -> String {
    match Question::find(number) {
        Some(question) => speech.say(&question.words("ask")).to_owned(),
        None => speech.fill("reading.question", &[("number", &number.to_string())]),
    }
}

/// What they asked for, when, and what was answered when, in their own dates, with how long it took and what the limit
/// usually is. Nobody has checked them.
fn dates(speech: Speech, reading: &Reading, around: &Around) -> Markup {
    let today = around.now.date_in_london();
    html! {
        h2 id="dates" { (speech.say("reading.dates_title")) }
        @if reading.dates.is_empty() { p { (speech.say("reading.not_answered")) } }
        @for step in &reading.dates {
            section.card {
                h3 { (rule(speech, step)) }
                (summary_list(speech, date_rows(speech, step)))
                @for sentence in sentences(speech, step, today) { p { (sentence) } }
            }
        }
    }
}

fn rule(speech: Speech, step: &DatedStep) -> String {
    match step.rule.as_str() {
        "other" => speech.say("dates.other_rule").to_owned(),
        rule => speech.name_of("dates.rule_is.", rule),
    }
}

/// A day as it was typed, in words: "2 September 2026", "May 2026".
fn day(text: &Option<String>) -> Option<String> {
    text.as_deref().map(|text| TypedDate::from_text(text).in_words()).filter(|words| !words.is_empty())
}

fn date_rows(speech: Speech, step: &DatedStep) -> Vec<SummaryRow<'static>> {
    let or_not = |text: Option<&str>| html! { (text.unwrap_or(speech.say("reading.not_answered"))) };
    let words = |text: &Option<String>| text.as_deref().map_or_else(|| or_not(None), |text| their_words(text, None));
    let rows = [
        ("what", words(&step.what)),
        ("asked_on", or_not(day(&step.asked_on).as_deref())),
        ("outcome", html! { (named_or_not(speech, "dates.outcome_", step.outcome.as_deref())) }),
        ("answered_on", or_not(day(&step.answered_on).as_deref())),
        ("how_known", words(&step.how_known)),
    ];
    let row = |(key, value)| SummaryRow { key: speech.say(&format!("reading.date.{key}")), value, change: None };
    rows.into_iter().map(row).collect()
}

fn flags(speech: Speech, reading: &Reading, around: &Around) -> Markup {
    let reference = &reading.opened.facts.reference;
    html! {
        h2 id="flags" { (speech.say("flags.open_title")) }
        @for opened in &reading.flags {
            @let flag = &opened.flag;
            div.card {
                h3 { (speech.name_of("flags.kind.", flag.kind.name())) }
                p {
                    @match flag.number {
                        Some(number) => { (speech.fill("flags.on_item", &[("number", &number.to_string())])) }
                        None => { (speech.say("flags.on_all")) }
                    }
                }
                @let when = flag.raised_us.in_london();
                @match &flag.raised_by {
                    Some(by) => { p { (speech.fill("flags.list_open", &[("name", reading.names.of(by)), ("when", &when)])) } }
                    None => {
                        p { (speech.fill("flags.list_by_sender", &[("when", &when)])) }
                        p { strong { (speech.say("flags.sender_said")) } }
                    }
                }
                @if let Some(reason) = &opened.reason {
                    p { strong { (speech.say("flags.noticed")) } }
                    (their_words(reason, None))
                }
                @if flag.seals { p { (speech.say("flags.seals")) } }
                @if let Some(closed) = flag.closed_us {
                    @let name = reading.names.of_maybe(flag.closed_by.as_ref());
                    p { (speech.fill("flags.list_closed", &[("name", name), ("when", &closed.in_london())])) }
                    @if let Some(outcome) = &opened.outcome {
                        p { strong { (speech.say("flags.outcome_was")) } }
                        (their_words(outcome, None))
                    }
                } @else if around.staff.role == Role::Safeguarding {
                    (lanes::close_form(speech, &(around.hidden)(), flag, "", None))
                }
            }
        }
        (work::raise_flag(speech, reading, around))
        h3 { (speech.say("flags.not_for_me_title")) }
        p { (speech.say("flags.not_for_me_text")) }
        (form(&format!("/staff/submissions/{reference}/close"), &(around.hidden)(), html! {
            p.button-line { button.button.button-second type="submit" { (speech.say("flags.close_all")) } }
        }))
    }
}

fn history(speech: Speech, reading: &Reading) -> Markup {
    let heads = ["custody.seen_when", "custody.seen_who", "queue.head.state"].map(|key| speech.say(key));
    let state = |state: ReviewState| match state {
        ReviewState::Claimed => speech.say("queue.state.claimed_word"),
        state => speech.say(&format!("queue.state.{}", state.name())),
    };
    let row = |step: &crate::review::store::StepLine| {
        let who = step.staff_id.as_ref().map_or(speech.say("reading.service"), |staff| reading.names.of(staff));
        vec![
            time(step.at_us),
            html! { bdi { (who) } },
            html! { (state(step.state)) " – " (step.title.as_deref().unwrap_or(speech.say("reading.another_inspection"))) },
        ]
    };
    html! {
        h2 id="history" { (speech.say("reading.history_title")) }
        @if reading.history.is_empty() {
            p { (speech.say("reading.no_history")) }
        } @else {
            (table(speech.say("reading.history_caption"), &heads, reading.history.iter().map(row).collect()))
        }
    }
}

/// The form with which triage gives an area; on a page of its own after a fault.
pub fn place_form(
    speech: Speech,
    reference: &str,
    hidden: &Markup,
    places: &[(String, String)],
    (area, reason): (&str, &str),
    errors: Option<[Option<&str>; 2]>,
) -> Markup {
    let [area_error, reason_error] = errors.unwrap_or_default();
    let mut choices = vec![Choice::new("", speech.say("reading.place.choose"))];
    choices.extend(places.iter().map(|(code, name)| Choice::new(code, name)));
    let summary: Vec<(&str, &str)> = [("area", area_error), ("because", reason_error)]
        .into_iter()
        .filter_map(|(name, error)| error.map(|error| (name, error)))
        .collect();
    let reason_field =
        Field::new("because", speech.say("reading.place.reason")).hint(speech.say("reading.place.reason_hint"));
    html! {
        (error_summary(speech, &summary))
        @if errors.is_some() { h1 { (speech.say("reading.place.title")) } } @else { h2 { (speech.say("reading.place.title")) } }
        (form(&format!("/staff/submissions/{reference}/area"), hidden, html! {
            (select(speech, &Field::new("area", speech.say("reading.place.area")).value(area).error(area_error), &choices))
            (text_area(speech, &reason_field.value(reason).error(reason_error), 2))
            (button(speech.say("reading.place.do")))
        }))
    }
}
