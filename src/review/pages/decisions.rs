//! A child said no: the list of recordings that wait for a lead, the form of a decision, and what pages say of both.

use maud::{Markup, html};

use super::time;
use crate::evidence::film::Person;
use crate::evidence::say::Shut;
use crate::evidence::say::store::Said;
use crate::evidence::store::Item;
use crate::html::{Choice, Field, button, error_summary, form, inset, list, radios, table, text_area, their_words};
use crate::review::decisions::{Decision, Waiting};
use crate::review::reading::{Names, Reading};
use crate::web::Role;
use crate::web::typed_date::TypedDate;
use crate::words::Speech;

/// The recordings that wait for a decision.
pub fn lane(speech: Speech, waiting: &[Waiting]) -> Markup {
    let heads = ["said_no.head_item", "said_no.head_since", "said_no.head_do"].map(|key| speech.say(key));
    let row = |line: &Waiting| {
        let number = line.number.to_string();
        let kind = speech.name_of("reading.kind.", line.kind.name());
        vec![
            html! {
                a href={ "/staff/submissions/" (line.reference) "#item-" (number) } { span.reference { (line.reference) } }
                br; (speech.fill("reading.item.title", &[("number", &number), ("kind", &kind)]))
            },
            time(line.no_us),
            html! { a href={ "/staff/items/" (line.item_id) "/decide" } {
                (speech.fill("said_no.to_decide", &[("reference", &line.reference), ("number", &number)]))
            } },
        ]
    };
    html! {
        h1 { (speech.say("said_no.title")) }
        p { (speech.say("said_no.intro")) }
        @if waiting.is_empty() {
            (inset(html! { p { (speech.say("said_no.nothing")) } }))
        } @else {
            (table(speech.say("said_no.caption"), &heads, waiting.iter().map(row).collect()))
        }
    }
}

/// The form of a decision.
pub fn decide(
    speech: Speech,
    reference: &str,
    item: &Item,
    hidden: &Markup,
    (chosen, reason): (&str, &str),
    [choice_error, reason_error]: [Option<&str>; 2],
) -> Markup {
    let number = item.number.to_string();
    let errors: Vec<(&str, &str)> = [("decision", choice_error), ("reason", reason_error)]
        .into_iter()
        .filter_map(|(field, error)| Some((field, error?)))
        .collect();
    let choices = [
        Choice::new("closed", speech.say("said_no.stays_closed")),
        Choice::new("open", speech.say("said_no.may_open")),
    ];
    let why = Field::new("reason", speech.say("said_no.reason")).hint(speech.say("said_no.reason_hint"));
    html! {
        (error_summary(speech, &errors))
        h1 { (speech.fill("said_no.decide_title", &[("reference", reference), ("number", &number)])) }
        p { strong { (speech.say("said_no.the_child_said_no")) } }
        p { (speech.say("said_no.think")) }
        (form(&format!("/staff/items/{}/decide", item.id), hidden, html! {
            (radios(speech, &Field::new("decision", speech.say("said_no.decision")).value(chosen).error(choice_error), &choices))
            (text_area(speech, &why.value(reason).error(reason_error), 4))
            (button(speech.say("said_no.do")))
        }))
        p { a href={ "/staff/submissions/" (reference) "#item-" (number) } {
            (speech.fill("custody.back", &[("reference", reference)]))
        } }
    }
}

/// At the top of a submission: what the child said with their own card, and which films a person left. To what the child
/// said no leads the strip.
pub fn at_the_top(speech: Speech, reading: &Reading) -> Markup {
    let left = reading.items.iter().filter(|read| read.item.left_us.is_some());
    let left: Vec<String> = left.map(|read| read.item.number.to_string()).collect();
    let by_card = reading.said.iter().filter_map(|said| Some((said, said.by_card?)));
    html! {
        @if reading.opened.facts.card_of.is_some() { p { strong.tag { (speech.say("said_no.own_card")) } } }
        @if let Some(maker) = &reading.card_of {
            p { a href={ "/staff/submissions/" (maker) } { (speech.fill("said_no.card_made", &[("reference", maker)])) } }
        }
        @for own in &reading.by_card {
            p { a href={ "/staff/submissions/" (own) } { (speech.fill("said_no.came_by_card", &[("reference", own)])) } }
        }
        @for (said, about) in by_card {
            p { strong.tag {
                (speech.say_in("said_no.by_card", about.name())) " " (said.told_us.in_london())
            } }
            @if !said.told.how.is_empty() { (their_words(&said.told.how, None)) }
        }
        @if !left.is_empty() {
            p { strong.tag { (speech.fill("said_no.left_items", &[("numbers", &left.join(", "))])) } }
        }
    }
}

/// What stands under the strip of an item: why it is closed, and what was decided.
pub fn leads(speech: Speech, reading: &Reading, item: &Item, role: Role) -> Markup {
    let decided = reading.decisions.iter().rfind(|decision| decision.item == item.id);
    html! {
        @if reading.opened.facts.card_of.is_some() { p { (speech.say("said_no.item_by_card")) } }
        @if let Some(shut) = item.shut() { p { strong { (speech.say_in("said_no.shut", shut.name())) } } }
        @if let Some(decision) = decided { (decision_markup(speech, &reading.names, decision)) }
        @if role == Role::Lead && item.is_recording() && item.no_since().is_some() && item.shut() != Some(Shut::PersonLeft) {
            p { a href={ "/staff/items/" (item.id) "/decide" } {
                (speech.fill("said_no.to_decide_item", &[("number", &item.number.to_string())]))
            } }
        }
        (cuts(speech, reading, item))
    }
}

/// Which cut takes the place of which.
fn cuts(speech: Speech, reading: &Reading, item: &Item) -> Markup {
    let number = |other: &Item| other.number.to_string();
    let newer = reading.items.iter().find(|read| read.item.replaces_id.as_ref() == Some(&item.id));
    let older = reading.items.iter().find(|read| item.replaces_id.as_ref() == Some(&read.item.id));
    html! {
        @if let Some(newer) = newer {
            p { a href={ "#item-" (number(&newer.item)) } { (speech.fill("said_no.replaced_by", &[("number", &number(&newer.item))])) } }
        }
        @if let Some(older) = older {
            p { a href={ "#item-" (number(&older.item)) } { (speech.fill("said_no.replaces", &[("number", &number(&older.item))])) } }
        }
    }
}

/// A decision, with who decided and why.
pub fn decision_markup(speech: Speech, names: &Names, decision: &Decision) -> Markup {
    let key = if decision.may_open { "said_no.decided_open" } else { "said_no.decided_closed" };
    html! {
        p { (speech.fill(key, &[("name", names.of(&decision.by)), ("when", &decision.at.in_london())])) }
        @match &decision.reason {
            Some(reason) => { (their_words(reason, None)) }
            None => { p { strong { (speech.say("reading.not_opened")) } } }
        }
    }
}

/// One answer of the child as it was told: what, who asked, when they were asked, and when it was told.
pub fn said(speech: Speech, said: &Said) -> Markup {
    let answer = match (said.by_card, said.told.answer) {
        (Some(about), _) => speech.say_in("said_no.by_card", about.name()),
        (None, Some(answer)) => speech.say_in("reading.assent", answer.name()),
        (None, None) => speech.say("reading.not_answered"),
    };
    let told = speech.fill("said_no.told_on", &[("when", &said.told_us.in_london())]);
    let asked = said.told.asked_on.as_deref().map(|day| TypedDate::from_text(day).in_words());
    html! {
        strong { (answer) } " " (told)
        @if let Some(day) = asked { " " (speech.fill("said_no.asked_on", &[("day", &day)])) }
        @if let Some(by) = said.told.asked_by {
            " " (speech.fill("said_no.asked_by", &[("who", speech.say_in("reading.by", by.name()))]))
        }
        @if !said.counts { " " (speech.say("said_no.put_right")) }
        @if !said.told.how.is_empty() { (their_words(&said.told.how, None)) }
        @if !said.told.shown.is_empty() {
            p { (speech.say("said_no.shown")) }
            (their_words(&said.told.shown, None))
        }
    }
}

/// Every answer about one item, oldest first: earlier answers are history, and are never written over.
pub fn answers(speech: Speech, all: &[Said], item: &Item) -> Option<Markup> {
    let about: Vec<&Said> = all.iter().filter(|said| said.item.as_ref().is_none_or(|id| *id == item.id)).collect();
    (!about.is_empty()).then(|| list(about.into_iter().map(|one| said(speech, one))))
}

/// The people who are said to be in it.
pub fn people(speech: Speech, all: &[Person], item: &Item) -> Option<Markup> {
    let here: Vec<&Person> = all.iter().filter(|person| person.item == item.id).collect();
    let one = |person: &Person| {
        html! {
            @match &person.nickname {
                Some(name) => { bdi { (name) } }
                None => { (speech.say("reading.not_opened")) }
            }
            ": " (speech.say_in("said_no.permission", person.permission.name()))
            @if let Some(left) = person.left_us { ", " (left.in_london()) }
        }
    };
    (!here.is_empty()).then(|| list(here.into_iter().map(one)))
}
