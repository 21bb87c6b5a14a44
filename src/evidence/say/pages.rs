//! The sender's pages about what the child says now, and the fields of an answer, which the page of an item has too.

use maud::{Markup, html};

use super::super::pages::NOT_SAID;
use super::super::{Assent, Kind, ReadBy};
use super::routes::{LEAVE_OUT, SAY};
use crate::html::{
    Choice, Door, Field, Page, button_of, date_input, error_summary, form, heading, inset, picture_beside, radios,
    select, text_area, with_picture,
};
use crate::id::ItemId;
use crate::web::typed_date::date_value;
use crate::words::Speech;

/// What stands in the fields of an answer.
#[derive(Clone, Debug, Default)]
pub struct SayForm {
    /// The child's own answer.
    pub assent: String,
    /// Who asked them.
    pub by: String,
    /// How they were asked.
    pub how: String,
    /// What was shown to them.
    pub shown: String,
    /// When they were asked.
    pub on: [String; 3],
}

/// The fields of an answer. Every one can be left out.
pub fn fields(speech: Speech, values: &SayForm, errors: &[(&str, &str)]) -> Markup {
    let answers: Vec<Choice> = Assent::ALL
        .iter()
        .map(|assent| {
            let picture = speech.picture(&format!("item.assent_is.{}", assent.name()));
            Choice::new(assent.name(), speech.say_in("item.assent_is", assent.name())).picture(picture)
        })
        .chain([Choice::new(NOT_SAID, speech.say("item.not_said")).picture(speech.picture("item.not_said"))])
        .collect();
    let by: Vec<Choice> = [Choice::new("", speech.say("item.assent_by_nobody"))]
        .into_iter()
        .chain(ReadBy::ALL.iter().map(|by| Choice::new(by.name(), speech.say_in("item.reached_by_whom", by.name()))))
        .collect();
    let wrong = errors.iter().find(|(field, _)| *field == "assent-on").map(|(_, sentence)| *sentence);
    let assent = Field::new("assent", speech.say("item.assent")).hint(speech.say("item.assent_hint"));
    let asked_by = Field::new("assent-by", speech.say("item.assent_by"));
    let how = Field::new("assent-how", speech.say("item.assent_how")).hint(speech.say("item.assent_how_hint"));
    let shown = Field::new("assent-shown", speech.say("item.assent_shown")).hint(speech.say("item.assent_shown_hint"));
    let on = Field::new("assent-on", speech.say("item.assent_on")).hint(speech.say("item.assent_on_hint"));
    html! {
        h2 { (picture_beside(speech, "item.assent_title")) (speech.say("item.assent_title")) }
        (radios(speech, &assent.value(&values.assent), &answers))
        (select(speech, &asked_by.value(&values.by), &by))
        (text_area(speech, &how.value(&values.how), 3))
        (text_area(speech, &shown.value(&values.shown), 2))
        (date_input(speech, &on.error(wrong), date_value(&values.on)))
    }
}

/// One thing that was told, by number and kind: never by its name.
#[derive(Clone, Debug)]
pub struct Line {
    /// Which.
    pub id: ItemId,
    /// Its number.
    pub number: i64,
    /// What it is.
    pub kind: Kind,
    /// Whether it shows or records somebody.
    pub recording: bool,
    /// Whether people may be seen or heard in it.
    pub people: bool,
}

/// An item in words that say nothing of it: "Item 2: video".
pub fn number_and_kind(speech: Speech, number: i64, kind: Kind) -> String {
    let kind = speech.say_in("evidence.kind", kind.name());
    speech.fill("say.item", &[("number", &number.to_string()), ("kind", kind)])
}

/// The list of what the child may say yes or no to.
pub fn list(speech: Speech, door: Door, is_draft: bool, lines: &[Line]) -> Page {
    let back = if is_draft { "/tell" } else { "/sent" };
    let body = html! {
        (heading(speech, "say.title"))
        p.lead { (speech.say("say.lead")) }
        @if lines.is_empty() {
            p { (speech.say("say.nothing")) }
        } @else {
            ol.items { @for line in lines { li value=(line.number) { (one_line(speech, line)) } } }
        }
        @if lines.iter().any(|line| line.recording) {
            h2 { (picture_beside(speech, "say.no_title")) (speech.say("say.no_title")) }
            p { a href=(LEAVE_OUT) { (speech.say("say.to_leave_out")) } }
            p { (speech.say("say.own_words")) }
        }
    };
    Page::new(speech, door, speech.say("say.title"), body).path(SAY).back(back)
}

fn one_line(speech: Speech, line: &Line) -> Markup {
    let named = number_and_kind(speech, line.number, line.kind);
    let address = format!("/tell/items/{}", line.id);
    html! {
        (with_picture(speech, &format!("evidence.kind.{}", line.kind.name()), html! { p { strong { (named) } } }))
        ul.actions {
            li { a href={ (address) "/say" } { (speech.fill("say.change", &[("item", &named)])) } }
            @if line.people {
                li { a href={ (address) "/people" } { (speech.fill("say.people", &[("item", &named)])) } }
            }
        }
    }
}

/// What the page of one answer shows beside its fields.
#[derive(Clone, Debug)]
pub struct SayPage {
    /// Its own address.
    pub address: String,
    /// The item's number.
    pub number: i64,
    /// What it is.
    pub kind: Kind,
    /// Whether it was sent.
    pub was_sent: bool,
    /// Whether the page shows earlier answers.
    pub may_look: bool,
    /// Whether it shows or records somebody.
    pub recording: bool,
}

/// The answer to one thing.
pub fn one(
    speech: Speech,
    door: Door,
    item: &SayPage,
    values: &SayForm,
    errors: &[(&'static str, &'static str)],
) -> Page {
    let hidden = match &door {
        Door::Submitter { hidden, .. } => hidden.clone(),
        _ => html! {},
    };
    let sentences: Vec<(&str, &str)> = errors.iter().map(|(field, key)| (*field, speech.say(key))).collect();
    let body = html! {
        (error_summary(speech, &sentences))
        (heading(speech, "say.one_title"))
        p.lead { (number_and_kind(speech, item.number, item.kind)) }
        (inset(html! {
            p { (speech.say("say.any_time")) }
            @if item.was_sent {
                p { (speech.say("say.kept")) }
                @if item.recording { p { (speech.say("say.what_no_does")) } }
            }
            @if !item.may_look { p { (speech.say("say.not_shown")) } }
        }))
        (form(&item.address, &hidden, html! {
            (fields(speech, values, &sentences))
            (button_of(speech, "say.save"))
        }))
        p { a href=(SAY) { (speech.say("say.back")) } }
    };
    let problem = !errors.is_empty();
    Page::new(speech, door, speech.say("say.one_title"), body).path(item.address.clone()).back(SAY).problem(problem)
}
