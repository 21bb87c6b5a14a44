//! One item on a submission's page: whose words it carries, the item itself, and what staff wrote beside it.

use maud::{Markup, html};

use super::submission::Around;
use super::{copies, counted, decisions, strip, transcript, translation, work};
use crate::evidence::language::for_markup;
use crate::evidence::left_out::{self, COPY_TYPE};
use crate::evidence::size::size_in_words;
use crate::evidence::store::Item;
use crate::evidence::{Assent, Kind};
use crate::html::{SummaryRow, form, hidden, summary_list, their_words};
use crate::review::media::WhyAsk;
use crate::review::reading::Reading;
use crate::submission::whole::ToldItem;
use crate::web::Role;
use crate::web::typed_date::TypedDate;
use crate::words::Speech;

/// Whose words an item carries, in words. "Child's own words" only where the sender said that they are the child's.
pub fn whose(speech: Speech, item: &Item) -> String {
    let voice = item.voice();
    match voice.whose {
        _ if voice.is_childs_own_words() => speech.say("reading.item.own_words").to_owned(),
        Some(whose) => {
            let name = speech.say_in("reading.whose", whose.name());
            speech.fill("reading.item.others_words", &[("whose", name)])
        }
        None => speech.say("reading.item.whose_unknown").to_owned(),
    }
}

/// How an item's words reached us, where that was said.
pub fn reached(speech: Speech, item: &Item) -> Option<String> {
    let voice = item.voice();
    let how = speech.say_in("reading.reached", voice.reached?.name());
    Some(match voice.by {
        Some(by) => {
            let who = speech.say_in("reading.by", by.name());
            speech.fill("reading.item.reached_by", &[("how", how), ("who", who)])
        }
        None => how.to_owned(),
    })
}

/// Whose words an item carries, and how they reached us, in one line.
pub fn whose_words(speech: Speech, item: &Item) -> String {
    let whose = whose(speech, item);
    match reached(speech, item) {
        Some(reached) => format!("{whose} {reached}."),
        None => whose,
    }
}

/// The child's own answer, in words; silence is "Not answered", never yes.
pub fn assent(speech: Speech, item: &Item) -> String {
    let Some(answer) = item.assent() else {
        let key = if item.no_since().is_some() { "said_no.the_child_said_no" } else { "reading.not_answered" };
        return speech.say(key).to_owned();
    };
    let answer = speech.say_in("reading.assent", Assent::name(answer));
    if item.no_since().is_some() && item.assent() != Some(Assent::No) {
        return speech.fill("reading.item.assent_no_first", &[("answer", answer)]);
    }
    match &item.assent_on {
        Some(day) => {
            speech.fill("reading.item.assent_on", &[("answer", answer), ("day", &TypedDate::from_text(day).in_words())])
        }
        None => answer.to_owned(),
    }
}

/// The item.
pub fn card(speech: Speech, reading: &Reading, read: &ToldItem, around: &Around) -> Markup {
    let (item, number) = (&read.item, read.item.number.to_string());
    let kind = speech.name_of("reading.kind.", item.kind.name());
    let reference = &reading.opened.facts.reference;
    html! {
        section.card id={ "item-" (number) } aria-labelledby={ "item-" (number) "-title" } {
            h3 id={ "item-" (number) "-title" } {
                (speech.fill("reading.item.title", &[("number", &number), ("kind", &kind)]))
            }
            (strip::of_item(speech, read))
            (decisions::leads(speech, reading, item, around.staff.role))
            @if item.closed_us.is_some() { p { strong { (speech.say("reading.item.closed")) } } }
            (translation::need(speech, reading, item))
            (facts(speech, reading, read))
            (content(speech, reading, read, around))
            (transcript::beside(speech, reading, item))
            // A translation of a recording that nobody plays would tell what is in it.
            @if item.shut().is_none() { (translation::beside(speech, reading, item)) }
            p { (speech.say("reading.item.cite")) ": " span.reference { (reference) ", " (number) } }
            p { a href={ "/staff/items/" (item.id) "/custody" } {
                (speech.fill("reading.item.custody", &[("number", &number)]))
            } }
            (work::notes_on_item(speech, reading, read, around))
            (form(&format!("/staff/submissions/{reference}/close"), &html! {
                ((around.hidden)()) (hidden("item", item.id.as_str()))
            }, html! {
                p.button-line { button.button.button-second type="submit" {
                    (speech.fill("flags.close_item", &[("number", &number)]))
                } }
            }))
        }
    }
}

fn facts(speech: Speech, reading: &Reading, read: &ToldItem) -> Markup {
    let item = &read.item;
    let mut rows: Vec<(&str, Markup)> = Vec::new();
    if let Some(what) = &read.what {
        rows.push(("reading.item.what", their_words(what, None)));
    }
    if let Some(answers) = decisions::answers(speech, &reading.said, item) {
        rows.push(("said_no.answers", answers));
    }
    if let Some(people) = decisions::people(speech, &reading.people, item) {
        rows.push(("said_no.people", people));
    }
    if let Some(left_out) = read.left_out {
        let what = left_out::in_words(speech, left_out);
        rows.push(("reading.item.left_out", html! { (what) }));
    }
    if let (Some(bytes), false) = (item.length, item.kind == Kind::Text) {
        rows.push(("reading.item.size", html! { (size_in_words(bytes.unsigned_abs())) }));
    }
    let rows: Vec<_> =
        rows.into_iter().map(|(key, value)| SummaryRow { key: speech.say(key), value, change: None }).collect();
    html! { @if !rows.is_empty() { (summary_list(speech, rows)) } }
}

/// The item itself, as far as its state lets it be shown.
pub(super) fn content(speech: Speech, reading: &Reading, read: &ToldItem, around: &Around) -> Markup {
    let item = &read.item;
    if item.kind == Kind::Text {
        return writing(speech, read);
    }
    // Above stands why, and what leads may do.
    if item.shut().is_some() {
        return html! {};
    }
    if reading.hides_place {
        return html! { p { (speech.say("reading.item.place_hidden")) } };
    }
    html! {
        (copies::shown(speech, reading, item, around))
        @if item.state.may_be_downloaded() { (download(speech, reading, item, around)) }
    }
}

fn writing(speech: Speech, read: &ToldItem) -> Markup {
    let item = &read.item;
    html! {
        @match &read.text {
            Some(text) => {
                (their_words(text, for_markup(item.language.as_deref())))
                p.hint { (counted(speech, "words", item.text_words.unwrap_or(0))) }
            }
            None => { p { strong { (speech.say("reading.not_opened")) } } }
        }
    }
}

/// The way to the original. Everybody's, where it was checked and does not say where it was made; else a lead's.
fn download(speech: Speech, reading: &Reading, item: &Item, around: &Around) -> Markup {
    let number = item.number.to_string();
    let address = format!("/staff/originals/{}", item.id);
    let why = WhyAsk::of(item.scan.is_unchecked(), reading.copies.original_may_say_place(item));
    let is_cut = item.media_type == COPY_TYPE;
    let (download, with_reason) = match is_cut {
        true => ("reading.item.download_cut", "reading.item.download_cut_with_reason"),
        false => ("reading.item.download", "reading.item.download_with_reason"),
    };
    html! {
        @if is_cut { p { (speech.say("reading.item.cut")) } }
        @match why {
            None => { p { a href=(address) { (speech.fill(download, &[("number", &number)])) } } }
            Some(why) => {
                p {
                    (why.in_words(speech)) " "
                    @if around.staff.role == Role::Lead {
                        a href=(address) { (speech.fill(with_reason, &[("number", &number)])) }
                    } @else {
                        (speech.say("reading.item.lead_only"))
                    }
                }
            }
        }
    }
}

/// States in which nothing of an item can be opened have words of their own; the others show the item.
#[cfg(test)]
mod tests {
    use crate::evidence::ItemState;
    use crate::words::{Wording, Words};

    #[test]
    fn every_state_that_opens_nothing_says_why() {
        let speech = Words::embedded().speak(Wording::Plain);
        for state in ItemState::ALL.iter().filter(|state| !state.may_be_opened() && **state != ItemState::Removed) {
            assert!(!speech.say_in("reading.item_state", state.name()).is_empty());
        }
    }
}
