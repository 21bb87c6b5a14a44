//! An item's words, written down: on its card, and the page on which staff write or correct them. They never stand in the
//! place of what was sent, and never without who wrote them.

use maud::{Markup, html};

use super::submission::Around;
use super::{copies, item};
use crate::evidence::Kind;
use crate::evidence::language::for_markup;
use crate::evidence::store::Item;
use crate::evidence::transcript::Transcript;
use crate::evidence::transcript::lines::{captions, lines};
use crate::html::{Field, button, details, error_summary, form, inset, list, text_area};
use crate::media::prepare::Role;
use crate::review::reading::Reading;
use crate::submission::whole::ToldItem;
use crate::words::Speech;

/// The script that changes how fast a player plays, plays from a moment, marks the line that is heard, and helps whoever
/// writes.
pub const SCRIPT: &str = "transcript";

/// The versions of one item's words, the newest first.
fn versions<'a>(reading: &'a Reading, item: &Item) -> Vec<&'a Transcript> {
    reading.transcripts.iter().filter(|one| one.item == item.id).collect()
}

/// Whether staff may write down words of it: there are some, and this reader may see or hear them.
fn may_write(reading: &Reading, item: &Item) -> bool {
    item.kind.may_have_transcript() && item.state.may_be_downloaded() && item.shut().is_none() && !reading.hides_place
}

/// Whether a player can show the words as captions.
pub fn has_captions(reading: &Reading, item: &Item) -> bool {
    let newest = versions(reading, item).into_iter().next();
    newest.and_then(|one| captions(&lines(one.text.as_deref()?))).is_some()
}

/// Where captions for a player are fetched.
pub fn captions_address(item: &Item) -> String {
    format!("/staff/items/{}/captions", item.id)
}

/// What stands beside an item on its card: the newest words, and the way to the page.
pub fn beside(speech: Speech, reading: &Reading, item: &Item) -> Markup {
    if !may_write(reading, item) {
        return html! {};
    }
    let versions = versions(reading, item);
    let number = item.number.to_string();
    let has_draft = reading.copies.of(&item.id).iter().any(|copy| copy.role == Role::WordsDraft);
    let key = match (versions.is_empty(), has_draft) {
        (false, _) => "transcript.to_correct",
        (true, true) => "transcript.to_correct_draft",
        (true, false) => "transcript.to_add",
    };
    html! {
        @if let Some(newest) = versions.first() {
            (details(&speech.fill(if newest.by.is_none() { "transcript.shown_of_sender" } else { "transcript.shown" }, &[("number", &number)]), shown(speech, reading, item, newest)))
        }
        p { a href={ "/staff/items/" (item.id) "/words" } { (speech.fill(key, &[("number", &number)])) } }
    }
}

/// One version: who wrote it, then its lines. A time leads to that moment, with and without script.
fn shown(speech: Speech, reading: &Reading, item: &Item, one: &Transcript) -> Markup {
    let (number, version) = (item.number.to_string(), one.version.to_string());
    let when = one.at.in_london();
    let by = match &one.by {
        Some(by) => {
            let name = reading.names.of(by);
            speech.fill("transcript.by", &[("version", &version), ("name", name), ("when", &when)])
        }
        None => speech.fill("transcript.by_sender", &[("when", &when)]),
    };
    let cite = copies::cite(reading, item);
    html! {
        p.hint { (by) }
        @match &one.text {
            Some(text) => {
                ol.lines data-lines lang=[for_markup(item.language.as_deref())] {
                    @for line in lines(text) {
                        li {
                            @if let Some(at) = line.at {
                                (copies::moment_link(speech, &cite, &number, at)) " "
                            }
                            bdi { (line.text) }
                        }
                    }
                }
            }
            None => { p { strong { (speech.say("reading.not_opened")) } } }
        }
    }
}

/// The page of one item's words.
pub struct TranscriptPage<'a> {
    /// The submission.
    pub reading: &'a Reading,
    /// The item.
    pub read: &'a ToldItem,
    /// What the form holds.
    pub text: &'a str,
    /// Where that is a machine's draft: the words of which it was not sure.
    pub unsure: Option<Vec<String>>,
    /// What is wrong with what was written.
    pub wrong: Option<String>,
}

/// The page's body: the item, its words now, and the form.
pub fn page(speech: Speech, page: &TranscriptPage, around: &Around) -> Markup {
    let item = &page.read.item;
    let (number, reference) = (item.number.to_string(), &page.reading.opened.facts.reference);
    let versions = versions(page.reading, item);
    let wrong: Vec<(&str, &str)> = page.wrong.as_deref().map(|wrong| ("words", wrong)).into_iter().collect();
    html! {
        (error_summary(speech, &wrong))
        h1 { (speech.fill("transcript.title", &[("reference", reference), ("number", &number)])) }
        p { a href={ "/staff/submissions/" (reference) "#item-" (number) } {
            (speech.fill("transcript.back", &[("reference", reference)]))
        } }
        p { (speech.say("transcript.intro")) }
        section.card data-write {
            h2 { (speech.say("transcript.original")) }
            p { strong { (item::whose_words(speech, item)) } }
            (item::content(speech, page.reading, page.read, around))
            (entry(speech, page, around))
        }
        @if let Some((newest, earlier)) = versions.split_first() {
            h2 { (speech.say("transcript.now")) }
            (shown(speech, page.reading, item, newest))
            @if !earlier.is_empty() {
                (details(speech.say("transcript.earlier"), html! {
                    @for one in earlier { (shown(speech, page.reading, item, one)) }
                }))
            }
        }
    }
}

fn entry(speech: Speech, page: &TranscriptPage, around: &Around) -> Markup {
    let item = &page.read.item;
    let plays = matches!(item.kind, Kind::Video | Kind::Audio);
    let field = Field::new("words", speech.say("transcript.field"))
        .hint(speech.say("transcript.hint"))
        .value(page.text)
        .error(page.wrong.as_deref());
    let tool = |does: &str, key: &str| {
        html! { button.button.button-second type="button" data-does=(does) { (speech.say(key)) } " " }
    };
    html! {
        @if let Some(unsure) = &page.unsure {
            (inset(html! {
                p { (speech.say("transcript.from_machine")) }
                @if !unsure.is_empty() {
                    p { (speech.say("transcript.unsure")) }
                    (list(unsure.iter().map(|word| html! { bdi { (word) } })))
                }
            }))
        }
        (form(&format!("/staff/items/{}/words", item.id), &(around.hidden)(), html! {
            (text_area(speech, &field, 16))
            @if plays {
                div data-with-script hidden {
                    p.hint { (speech.say("transcript.keys")) }
                    p.button-line {
                        (tool("play", "transcript.play"))
                        (tool("back", "transcript.back_5"))
                        (tool("time", "transcript.put_time"))
                    }
                }
                p.hint { (speech.say("transcript.paste")) }
            }
            (button(speech.say("transcript.save")))
        }))
    }
}
