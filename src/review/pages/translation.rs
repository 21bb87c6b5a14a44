//! Translations on an item's card, and the page on which they are entered and checked. The item's own words always stand
//! first, and a translation is never shown without who made it and whether a second person has checked it.

use maud::{Markup, html};

use super::submission::Around;
use super::{item, language};
use crate::evidence::Reached;
use crate::evidence::language::{Language, for_markup};
use crate::evidence::store::Item;
use crate::evidence::translation::{Translation, Translator};
use crate::html::{
    Choice, Field, button, date_input, details, error_summary, form, inset, radios, select, text_area, text_input,
};
use crate::review::needs;
use crate::review::reading::{Names, Reading};
use crate::submission::whole::ToldItem;
use crate::web::typed_date::{TypedDate, date_value};
use crate::words::Speech;

/// The versions of one item's translation, the newest first.
fn versions<'a>(reading: &'a Reading, item: &Item) -> Vec<&'a Translation> {
    reading.translations.iter().filter(|one| one.item == item.id).collect()
}

/// The language in which an item needs an interpreter, where nobody has translated it yet.
fn needed<'a>(item: &'a Item, versions: &[&Translation]) -> Option<&'a str> {
    let is_signed = item.voice().reached == Some(Reached::Signed);
    needs::language_of(item.language.as_deref(), is_signed).filter(|_| versions.is_empty())
}

/// "Needs an interpreter", above the item's facts.
pub fn need(speech: Speech, reading: &Reading, item: &Item) -> Markup {
    html! {
        @if let Some(tag) = needed(item, &versions(reading, item)) {
            p { strong.tag { (speech.fill("translation.needed", &[("language", &language(tag))])) } }
        }
    }
}

/// What stands beside an item on its card: the newest version, the earlier ones, and the way to the page.
pub fn beside(speech: Speech, reading: &Reading, item: &Item) -> Markup {
    let versions = versions(reading, item);
    let number = item.number.to_string();
    let is_foreign = item.language.as_deref() != Some("en");
    let key = if versions.is_empty() { "translation.to_add" } else { "translation.to_correct" };
    html! {
        @if let Some((newest, earlier)) = versions.split_first() {
            h4 { (speech.fill("translation.beside", &[("number", &number)])) }
            (shown(speech, newest, &reading.names))
            @if !earlier.is_empty() { (earlier_ones(speech, earlier, &reading.names)) }
        }
        @if is_foreign || !versions.is_empty() {
            p { a href={ "/staff/items/" (item.id) "/translation" } { (speech.fill(key, &[("number", &number)])) } }
        }
    }
}

fn earlier_ones(speech: Speech, earlier: &[&Translation], names: &Names) -> Markup {
    let body = html! { @for one in earlier { (shown(speech, one, names)) } };
    details(speech.say("translation.earlier"), body)
}

/// One version: what it is first, then the words in their own language and direction, then who stands for them.
fn shown(speech: Speech, one: &Translation, names: &Names) -> Markup {
    let (from, version) = (language(&one.from), one.version.to_string());
    let by = one.by.as_deref().unwrap_or(speech.say("reading.not_opened"));
    let what = speech.name_of("translation.what_is.", &one.what);
    let day = TypedDate::from_text(&one.made_on).in_words();
    let entered = [("name", names.of(&one.entered_by)), ("when", &one.entered_us.in_london())];
    inset(html! {
        p {
            strong.tag { (speech.fill("translation.label", &[("language", &from), ("version", &version)])) }
            strong.tag { (speech.say(if one.check.is_some() { "translation.checked_tag" } else { "translation.draft_tag" })) }
        }
        @match &one.text {
            Some(text) => { div.their-words lang=[for_markup(Some(&one.to))] dir="auto" { (text) } }
            None => { p { strong { (speech.say("reading.not_opened")) } } }
        }
        p { (speech.fill("translation.by", &[("name", by), ("what", &what), ("day", &day)])) }
        @match &one.check {
            Some(check) => {
                @let what = speech.name_of("translation.what_is.", &check.what);
                @let name = check.name.as_deref().unwrap_or(speech.say("reading.not_opened"));
                p { (speech.fill("translation.checked_by", &[
                    ("name", name), ("what", &what), ("day", &TypedDate::from_text(&check.on).in_words()),
                ])) }
                p.hint { (speech.fill("translation.check_entered", &[
                    ("name", names.of(&check.by)), ("when", &check.at.in_london()),
                ])) }
            }
            None => { p { strong { (speech.say("translation.draft")) } } }
        }
        p.hint { (speech.fill("translation.entered", &entered)) }
    })
}

/// What is in the form of a new version, or of a check.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// The language's tag; of a new version only.
    pub from: String,
    /// The words; of a new version only.
    pub text: String,
    /// A name.
    pub name: String,
    /// What they are.
    pub what: String,
    /// The day in its three fields.
    pub day: [String; 3],
    /// What is wrong: the field and the key of a sentence.
    pub wrong: Vec<(&'static str, &'static str)>,
}

impl Entry {
    fn error(&self, speech: Speech, field: &str) -> Option<&'static str> {
        self.wrong.iter().find(|(name, _)| *name == field).map(|(_, key)| speech.say(key))
    }
}

/// The page of one item's translation.
pub struct TranslationPage<'a> {
    /// The submission.
    pub reading: &'a Reading,
    /// The item.
    pub read: &'a ToldItem,
    /// What a new version's form holds.
    pub entry: Entry,
    /// What the check's form holds.
    pub check: Entry,
}

/// The page's body: the item itself, what stands beside it, and the two forms.
pub fn page(speech: Speech, page: &TranslationPage, around: &Around) -> Markup {
    let item = &page.read.item;
    let number = item.number.to_string();
    let reference = &page.reading.opened.facts.reference;
    let versions = versions(page.reading, item);
    let wrong: Vec<(&str, &str)> =
        page.entry.wrong.iter().chain(&page.check.wrong).map(|(field, key)| (*field, speech.say(key))).collect();
    html! {
        (error_summary(speech, &wrong))
        h1 { (speech.fill("translation.title", &[("reference", reference), ("number", &number)])) }
        p { a href={ "/staff/submissions/" (reference) "#item-" (number) } {
            (speech.fill("translation.back", &[("reference", reference)]))
        } }
        p { (speech.say("translation.intro")) }
        h2 { (speech.say("translation.original")) }
        p { strong { (item::whose_words(speech, item)) } }
        (need(speech, page.reading, item))
        (item::content(speech, page.reading, page.read, around))
        @if let Some((newest, earlier)) = versions.split_first() {
            h2 { (speech.say("translation.now")) }
            (shown(speech, newest, &page.reading.names))
            @if newest.check.is_none() { (check_form(speech, page, newest, around)) }
            @if !earlier.is_empty() { (earlier_ones(speech, earlier, &page.reading.names)) }
        }
        h2 { (speech.say(if versions.is_empty() { "translation.add" } else { "translation.correct" })) }
        @if !versions.is_empty() { p { (speech.say("translation.correct_text")) } }
        (entry_form(speech, page, around))
    }
}

fn whats(speech: Speech) -> Vec<(&'static str, &'static str)> {
    Translator::ALL.iter().map(|what| (what.name(), speech.say_in("translation.what_is", what.name()))).collect()
}

fn entry_form(speech: Speech, page: &TranslationPage, around: &Around) -> Markup {
    let entry = &page.entry;
    let error = |field: &str| entry.error(speech, field);
    let languages: Vec<(&str, String)> = std::iter::once(("", speech.say("translation.choose").to_owned()))
        .chain(Language::all().iter().filter(|one| one.tag != "en").map(|one| (one.tag.as_str(), one.label())))
        .collect();
    let languages: Vec<Choice> = languages.iter().map(|(tag, label)| Choice::new(tag, label)).collect();
    let whats: Vec<Choice> = whats(speech).into_iter().map(|(name, label)| Choice::new(name, label)).collect();
    let field = |name: &'static str, key: &str| Field::new(name, speech.say(key)).error(error(name));
    form(
        &format!("/staff/items/{}/translation", page.read.item.id),
        &(around.hidden)(),
        html! {
            (select(speech, &field("from", "translation.from").value(&entry.from), &languages))
            (text_area(speech, &field("text", "translation.text").hint(speech.say("translation.text_hint")).value(&entry.text), 8))
            (text_input(speech, &field("by", "translation.by_field").hint(speech.say("translation.by_hint")).value(&entry.name)))
            (radios(speech, &field("what", "translation.what").value(&entry.what), &whats))
            (date_input(speech, &field("made", "translation.made"), date_value(&entry.day)))
            (button(speech.say("translation.save")))
        },
    )
}

/// The form of the second person; or why this account cannot be the second person.
fn check_form(speech: Speech, page: &TranslationPage, newest: &Translation, around: &Around) -> Markup {
    if newest.entered_by == around.staff.id {
        return html! { p { (speech.say("translation.not_you")) } };
    }
    let entry = &page.check;
    let field = |name: &'static str, key: &str| Field::new(name, speech.say(key)).error(entry.error(speech, name));
    let whats: Vec<Choice> = whats(speech).into_iter().map(|(name, label)| Choice::new(name, label)).collect();
    html! {
        h3 { (speech.say("translation.check")) }
        p { (speech.say("translation.check_text")) }
        (form(&format!("/staff/translations/{}/check", newest.id), &(around.hidden)(), html! {
            (text_input(speech, &field("checker", "translation.checker").value(&entry.name)))
            (radios(speech, &field("checker_what", "translation.checker_what").value(&entry.what), &whats))
            (date_input(speech, &field("checked", "translation.checked"), date_value(&entry.day)))
            (button(speech.say("translation.check_do")))
        }))
    }
}
