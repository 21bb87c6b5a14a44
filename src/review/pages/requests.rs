//! The lane of requests to take something back, and one request.

use maud::{Markup, html};

use super::time;
use crate::html::{
    Choice, Field, SummaryRow, button, error_summary, form, inset, next_page, notice, radios, select, summary_list,
    table, text_area, text_input, their_words,
};
use crate::review::requests::{Outcome, Request};
use crate::submission::lost::Asked;
use crate::words::Speech;

/// The lane.
pub fn lane(speech: Speech, requests: &[(Request, Option<Asked>)], next: Option<&str>, decided: bool) -> Markup {
    let heads = ["requests.made", "requests.wants", "requests.area"].map(|key| speech.say(key));
    let row = |(request, asked): &(Request, Option<Asked>)| {
        vec![
            html! { a href={ "/staff/requests/" (request.id) } { (time(request.made_us)) } },
            html! { @if let Some(asked) = asked { (their_words(&beginning(&asked.words), None)) } },
            html! { @match &request.area { Some(area) => (area), None => (speech.say("requests.no_area")) } },
        ]
    };
    html! {
        @if decided { (notice(speech.say("requests.decided"), html! {})) }
        h1 { (speech.say("requests.title")) }
        p { (speech.say("requests.intro")) }
        @if requests.is_empty() {
            (inset(html! { p { (speech.say("requests.nothing")) } }))
        } @else {
            (table(speech.say("requests.caption"), &heads, requests.iter().map(row).collect()))
        }
        (next_page(speech, next))
    }
}

/// The first words, enough to choose what to open.
fn beginning(text: &str) -> String {
    const LETTERS: usize = 120;
    match text.char_indices().nth(LETTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// What was typed into the form that decides, with what is wrong with it.
#[derive(Default)]
pub struct Typed<'a> {
    /// Done or not done.
    pub outcome: &'a str,
    /// What is to be taken back.
    pub reference: &'a str,
    /// Why.
    pub why: &'a str,
    /// Fields with what is wrong.
    pub errors: Vec<(&'static str, &'static str)>,
}

/// One request.
pub struct RequestPage<'a> {
    /// Its row.
    pub request: &'a Request,
    /// What was written; none where it does not open.
    pub asked: Option<&'a Asked>,
    /// The reference in it, where the reader may open what it names.
    pub opens: Option<&'a str>,
    /// Why it was decided so, and by whom.
    pub decided: Option<(String, String)>,
    /// Areas that triage may choose.
    pub places: Option<&'a [(String, String)]>,
    /// Hidden fields, fresh for each form.
    pub hidden: &'a dyn Fn() -> Markup,
    /// What was typed.
    pub typed: Typed<'a>,
}

/// The page of one request.
pub fn page(speech: Speech, shown: &RequestPage) -> Markup {
    html! {
        (error_summary(speech, &shown.typed.errors))
        h1 { (speech.say("requests.one_title")) }
        p { (speech.say("requests.not_proved")) }
        (summary_list(speech, rows(speech, shown)))
        @if let (Some(decided), Some((why, by))) = (shown.request.decided_us, &shown.decided) {
            h2 { (speech.name_of("requests.outcome.", shown.request.outcome.as_deref().unwrap_or_default())) }
            p { (speech.fill("requests.decided_by", &[("name", by), ("when", &decided.in_london())])) }
            (their_words(why, None))
        } @else {
            @if let Some(places) = shown.places { (place(speech, shown, places)) }
            (decide(speech, shown))
        }
    }
}

fn rows<'a>(speech: Speech, shown: &RequestPage) -> Vec<SummaryRow<'a>> {
    let or_none = |text: Option<&str>| match text.filter(|text| !text.is_empty()) {
        Some(text) => their_words(text, None),
        None => html! { (speech.say("reading.not_answered")) },
    };
    let row = |key: &str, value: Markup| SummaryRow { key: speech.say(key), value, change: None };
    let Some(asked) = shown.asked else {
        return vec![row("requests.wants", html! { (speech.say("reading.not_opened")) })];
    };
    let reference = html! {
        (or_none(Some(&asked.reference)))
        @if let Some(reference) = shown.opens {
            p { a href={ "/staff/submissions/" (reference) } { (speech.fill("requests.open", &[("reference", reference)])) } }
        }
    };
    vec![
        row("requests.made", time(shown.request.made_us)),
        row("requests.wants", or_none(Some(&asked.words))),
        row("requests.reference", reference),
        row("requests.reach", or_none(Some(&asked.reach))),
        row("requests.area", or_none(shown.request.area.as_deref())),
    ]
}

fn place(speech: Speech, shown: &RequestPage, places: &[(String, String)]) -> Markup {
    let mut choices = vec![Choice::new("", speech.say("reading.place.choose"))];
    choices.extend(places.iter().map(|(code, name)| Choice::new(code, name)));
    let area = Field::new("area", speech.say("requests.place")).hint(speech.say("requests.place_hint"));
    html! {
        h2 { (speech.say("requests.place_title")) }
        (form(&format!("/staff/requests/{}/area", shown.request.id), &(shown.hidden)(), html! {
            (select(speech, &area, &choices))
            (button(speech.say("requests.place_do")))
        }))
    }
}

fn decide(speech: Speech, shown: &RequestPage) -> Markup {
    let typed = &shown.typed;
    let error = |name: &str| typed.errors.iter().find(|(field, _)| *field == name).map(|(_, sentence)| *sentence);
    let labels = Outcome::ALL.map(|outcome| speech.say_in("requests.outcome", outcome.name()));
    let choices: Vec<Choice> =
        Outcome::ALL.iter().zip(labels).map(|(outcome, label)| Choice::new(outcome.name(), label)).collect();
    let field = |name: &'static str, label: &str, hint: &str| {
        Field::new(name, speech.say(label)).hint(speech.say(hint)).error(error(name))
    };
    html! {
        h2 { (speech.say("requests.decide_title")) }
        (form(&format!("/staff/requests/{}/decide", shown.request.id), &(shown.hidden)(), html! {
            (radios(speech, &field("outcome", "requests.decide", "requests.decide_hint").value(typed.outcome), &choices))
            (text_input(speech, &field("reference", "requests.which", "requests.which_hint").value(typed.reference)))
            (text_area(speech, &field("why", "requests.why", "requests.why_hint").value(typed.why), 3))
            (button(speech.say("requests.decide_do")))
        }))
    }
}
