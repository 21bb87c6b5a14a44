//! The page of one submission: whose words first, then what was sent, then what staff did with it.

use maud::{Markup, html};

use super::{item, lanes, named, named_or_not, time, work};
use crate::clock::Moment;
use crate::html::{
    Choice, Field, SummaryRow, button, error_summary, form, list, notice, select, summary_list, table, text_area,
    their_words,
};
use crate::review::ReviewState;
use crate::review::notes::At;
use crate::review::reading::Reading;
use crate::submission::Field as Answer;
use crate::submission::State;
use crate::submission::answers::limits::sentences;
use crate::submission::answers::questions::Question;
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
        (standing(speech, reading))
        (provenance(speech, reading))
        @if around.staff.role == Role::Triage {
            @if let Some(places) = &around.places { (place_form(speech, &facts.reference, &(around.hidden)(), places, ("", ""), None)) }
        }
        (work::reviews(speech, reading, around))
        h2 id="items" { (speech.say("reading.items_title")) }
        @if reading.items.is_empty() { p { (speech.say("reading.no_items")) } }
        @for read in &reading.items { (item::card(speech, reading, read, around)) }
        (answers(speech, reading))
        (dates(speech, reading, around))
        (work::notes_on_all(speech, reading, around))
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

/// Who says this and how: the strip that stands before everything that was sent. What was not answered is said to be not
/// answered, and that nobody has checked any of it.
fn provenance(speech: Speech, reading: &Reading) -> Markup {
    let facts = &reading.opened.facts;
    let mut rows: Vec<(&str, Markup)> = Vec::new();
    rows.push((
        "role",
        with_words(&named_or_not(speech, "reading.role.", facts.role.as_deref()), answer(reading, Answer::RoleOther)),
    ));
    rows.push(("about", html! { (named_or_not(speech, "who.about_is.", facts.about.as_deref())) }));
    if let Some(name) = answer(reading, Answer::SubjectName) {
        rows.push(("subject", their_words(name, None)));
    }
    rows.push(("age_band", html! { (named_or_not(speech, "who.age_is.", facts.age_band.as_deref())) }));
    rows.push(("methods", methods(speech, reading)));
    rows.push(("whose", each_item(speech, reading, item::whose_words)));
    rows.push(("helped", html! { (named_or_not(speech, "who.helped_is.", facts.helped.as_deref())) }));
    rows.push(("who_was_there", said_or_not(speech, reading, Answer::WhoWasThere)));
    rows.push(("assent", each_item(speech, reading, item::assent)));
    let said = [
        ("methods_more", Answer::MethodsMore),
        ("helped_who", Answer::HelpedWho),
        ("helped_how", Answer::HelpedHow),
        ("helped_did_not", Answer::HelpedDidNot),
        ("advocate", Answer::AdvocateFrom),
        ("advocate_paid_by", Answer::AdvocatePaidBy),
        ("advocate_since", Answer::AdvocateSince),
    ];
    for (key, field) in said {
        if let Some(text) = answer(reading, field) {
            rows.push((key, their_words(text, None)));
        }
    }
    if let Some(chosen) = answer(reading, Answer::AdvocateInstructed) {
        rows.push(("advocate_instructed", html! { (named(speech, "helped.chosen_", chosen)) }));
    }
    rows.extend(places_and_times(speech, reading));
    rows.extend(permission(speech, reading));
    let rows = rows.into_iter().map(|(key, value)| SummaryRow {
        key: speech.say(&format!("reading.provenance.{key}")),
        value,
        change: None,
    });
    html! {
        section.provenance aria-labelledby="provenance" {
            h2 id="provenance" { (speech.say("reading.provenance.title")) }
            p { strong { (speech.say("reading.declared")) } }
            @if reading.answers.is_none() { p { strong { (speech.say("reading.not_opened")) } } }
            (summary_list(speech, rows.collect()))
        }
    }
}

fn places_and_times(speech: Speech, reading: &Reading) -> Vec<(&'static str, Markup)> {
    let facts = &reading.opened.facts;
    let area_name = |area: &crate::submission::store::ToldArea| match area.relation.as_str() {
        "responsible" => speech.fill("reading.provenance.responsible", &[("area", &area.name)]),
        _ => area.name.clone(),
    };
    let areas = match reading.areas.is_empty() {
        true => {
            html! { (speech.say(if facts.area_state == "not_known" { "lane.not_known" } else { "reading.not_answered" })) }
        }
        false => list(reading.areas.iter().map(|area| html! { (area_name(area)) })),
    };
    let mut rows = vec![("areas", areas)];
    if let Some(text) = answer(reading, Answer::AreaWords) {
        rows.push(("area_words", their_words(text, None)));
    }
    rows.push(("happened", happened(speech, reading)));
    if let Some(sent) = facts.sent_us {
        rows.push(("sent", time(sent)));
    }
    if let Some(added) = facts.added_us {
        rows.push(("added", time(added)));
    }
    rows
}

fn happened(speech: Speech, reading: &Reading) -> Markup {
    let (from, to) = (answer(reading, Answer::HappenedFrom), answer(reading, Answer::HappenedTo));
    let words = answer(reading, Answer::Happened);
    html! {
        @match (from, to) {
            (Some(from), Some(to)) => { p { (speech.fill("reading.provenance.happened_between", &[("from", from), ("to", to)])) } }
            (Some(day), None) | (None, Some(day)) => { p { (day) } }
            (None, None) => { @if words.is_none() { (speech.say("reading.not_answered")) } }
        }
        @if let Some(words) = words { (their_words(words, None)) }
    }
}

/// What may be done with it, and how to reach them: shown only where they said that a reply is welcome and safe.
fn permission(speech: Speech, reading: &Reading) -> Vec<(&'static str, Markup)> {
    let facts = &reading.opened.facts;
    let yes_no = |value: &str| html! { (speech.say(if value == "yes" { "reading.yes" } else { "reading.no" })) };
    let mut rows = vec![("quote", yes_no(&facts.quote)), ("reply", yes_no(&facts.reply))];
    if let Some(text) = answer(reading, Answer::PermissionMore) {
        rows.push(("permission_more", their_words(text, None)));
    }
    let way = answer(reading, Answer::ContactWay);
    if facts.reply != "yes" || way.is_none() {
        rows.push(("contact", html! { (speech.say("reading.provenance.contact_none")) }));
        return rows;
    }
    if answer(reading, Answer::ContactSafe) != Some("yes") {
        rows.push(("contact", html! { (speech.say("reading.provenance.contact_unsafe")) }));
        return rows;
    }
    let address = answer(reading, Answer::ContactAddress).unwrap_or("");
    rows.push(("contact", html! { (named_or_not(speech, "contact.way_", way)) (their_words(address, None)) }));
    for (key, field) in [("contact_name", Answer::ContactName), ("contact_more", Answer::ContactMore)] {
        if let Some(text) = answer(reading, field) {
            rows.push((key, their_words(text, None)));
        }
    }
    rows
}

fn methods(speech: Speech, reading: &Reading) -> Markup {
    let methods = reading.opened.facts.methods();
    let other = answer(reading, Answer::MethodsOther);
    html! {
        @if methods.is_empty() && other.is_none() { (speech.say("reading.not_answered")) }
        @else {
            (list(methods.iter().map(|name| html! { (named(speech, "who.method_is.", name)) })))
            @if let Some(other) = other { (their_words(other, None)) }
        }
    }
}

/// A fact of each item, one line each; it belongs to the item and is never made one fact of the whole.
fn each_item(
    speech: Speech,
    reading: &Reading,
    fact: impl Fn(Speech, &crate::evidence::store::Item) -> String,
) -> Markup {
    let line = |read: &crate::submission::whole::ToldItem| {
        let number = read.item.number.to_string();
        let what = fact(speech, &read.item);
        html! { (speech.fill("reading.provenance.item", &[("number", &number), ("what", &what)])) }
    };
    match reading.items.is_empty() {
        true => html! { (speech.say("reading.not_answered")) },
        false => list(reading.items.iter().map(line)),
    }
}

fn answer(reading: &Reading, field: Answer) -> Option<&str> {
    reading.answers.as_ref()?.some(field)
}

fn said_or_not(speech: Speech, reading: &Reading, field: Answer) -> Markup {
    match answer(reading, field) {
        Some(text) => their_words(text, None),
        None => html! { (speech.say("reading.not_answered")) },
    }
}

fn with_words(name: &str, words: Option<&str>) -> Markup {
    html! { (name) @if let Some(words) = words { (their_words(words, None)) } }
}

/// Answers to the standard questions.
fn answers(speech: Speech, reading: &Reading) -> Markup {
    let Some(answers) = &reading.answers else { return html! {} };
    let mut parts: Vec<i64> =
        answers.parts(Answer::Question).chain(answers.parts(Answer::QuestionChoice)).map(|(part, _)| part).collect();
    parts.sort_unstable();
    parts.dedup();
    html! {
        h2 id="answers" { (speech.say("reading.answers_title")) }
        @if parts.is_empty() { p { (speech.say("reading.not_answered")) } }
        @for part in parts {
            h3 { (question(speech, part)) }
            @let choice = answers.part(Answer::QuestionChoice, part);
            @if !choice.is_empty() { p { (named(speech, "question.answer.", choice)) } }
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
        rule => named(speech, "dates.rule_is.", rule),
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
                h3 { (named(speech, "flags.kind.", flag.kind.name())) }
                p {
                    @match flag.number {
                        Some(number) => { (speech.fill("flags.on_item", &[("number", &number.to_string())])) }
                        None => { (speech.say("flags.on_all")) }
                    }
                }
                @let raised = reading.names.of_maybe(flag.raised_by.as_ref());
                p { (speech.fill("flags.list_open", &[("name", raised), ("when", &flag.raised_us.in_london())])) }
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
        vec![time(step.at_us), html! { bdi { (who) } }, html! { (state(step.state)) " – " (step.title) }]
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
