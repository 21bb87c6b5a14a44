//! The submitter's pages about evidence: choosing files with the list of what arrived, and saying what one item is.
//!
//! The file control stands alone in its form: cheap phones throw a half-filled page away when the camera opens. What each
//! file is comes on the next page, once it is safe.

use maud::{Markup, html};

use super::language::Language;
use super::making::Making;
use super::say::pages::{SayForm, fields as fields_of_answer};
use super::say::routes::LEAVE_OUT;
use super::sending::{nothing_happens, sending};
use super::size::size_in_words;
use super::voice::{Reached, ReadBy, Whose};
use super::{ItemState, Kind, has_inside, one};
use crate::html::{
    Choice, Door, Field, Page, button_of, details, error_summary, file_button, file_input, form, heading, inset,
    link_button, notice, picture_beside, radios, select, text_input, upload_form, warning_with, with_picture,
};
use crate::words::Speech;

/// What a form sends for "I do not want to say". It is no answer; it stands in the form only so that somebody can take an
/// answer back, and nothing is chosen beforehand.
pub const NOT_SAID: &str = "not_said";

/// How much this service takes, as the settings say, and where it is.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Where somebody comes back with their code.
    pub come_back: String,
    /// Most bytes in one file.
    pub file_bytes: u64,
    /// Most files in a submission.
    pub files: u64,
    /// Most bytes in a submission.
    pub total_bytes: u64,
}

/// Why files, or one of them, were not taken. Everything else was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A file is larger than one may be.
    TooLarge,
    /// There are as many files as there may be.
    TooMany,
    /// All files together are larger than they may be.
    TooMuch,
    /// No file was chosen.
    NothingChosen,
    /// A file has no bytes.
    Empty,
    /// The phone or the line broke off.
    BrokenOff,
}

impl Refusal {
    /// Every refusal.
    pub const ALL: [Refusal; 6] = [
        Refusal::TooLarge,
        Refusal::TooMany,
        Refusal::TooMuch,
        Refusal::NothingChosen,
        Refusal::Empty,
        Refusal::BrokenOff,
    ];

    /// The name in words files and in `/tell/evidence?problem=…`.
    pub fn name(self) -> &'static str {
        match self {
            Refusal::TooLarge => "too_large",
            Refusal::TooMany => "too_many",
            Refusal::TooMuch => "too_much",
            Refusal::NothingChosen => "nothing_chosen",
            Refusal::Empty => "empty",
            Refusal::BrokenOff => "broken_off",
        }
    }

    /// The refusal of that name.
    pub fn parse(name: &str) -> Option<Refusal> {
        Refusal::ALL.into_iter().find(|refusal| refusal.name() == name)
    }
}

/// One line of the list of what arrived.
#[derive(Clone, Debug)]
pub struct ItemLine {
    /// Where it is described.
    pub address: String,
    /// What it is.
    pub kind: Kind,
    /// The file's name.
    pub name: Option<String>,
    /// Bytes, once known.
    pub length: Option<u64>,
    /// Where it is in its life.
    pub state: ItemState,
    /// Whether it was read back and matched.
    pub verified: bool,
    /// Whether the child said no to it.
    pub said_no: bool,
    /// What the work on it brought so far.
    pub making: Making,
}

impl ItemLine {
    /// The name of the words for where it is: `evidence.state.<name>`.
    fn standing(&self) -> &'static str {
        match (self.state, self.length) {
            (ItemState::Receiving, Some(_)) => "safe",
            (state, _) => state.name(),
        }
    }
}

/// Where somebody goes on to from the page on which files are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The list of things to tell.
    List,
    /// "Just say one thing": its short questions.
    OneThing,
}

impl Then {
    /// The page's own address, where it leads back to, and where it goes on to.
    fn addresses(self) -> (String, &'static str, &'static str) {
        match self {
            Then::List => ("/tell/evidence".to_owned(), "/tell", "/tell"),
            Then::OneThing => (one::file_address(), one::ONE, one::ABOUT),
        }
    }
}

/// The page on which files are chosen.
pub fn choose_files(
    speech: Speech,
    door: Door,
    limits: Limits,
    items: &[ItemLine],
    problem: Option<Refusal>,
    then: Then,
) -> Page {
    let (path, back, next) = then.addresses();
    let sentence = problem.map(|problem| speech.say_in("evidence.problem", problem.name()));
    let hidden = match &door {
        Door::Submitter { hidden, .. } => hidden.clone(),
        _ => html! {},
    };
    let field = Field::new("file", speech.say("evidence.choose"))
        .hint(speech.say("evidence.choose_hint"))
        .picture(speech.picture("evidence.choose"))
        .error(sentence);
    let body = html! {
        (error_summary(speech, &sentence.map(|sentence| ("file", sentence)).into_iter().collect::<Vec<_>>()))
        (heading(speech, "evidence.title"))
        p { (speech.say("evidence.lead")) }
        p { (speech.say("evidence.court")) }
        (warning_with(speech, speech.picture("evidence.body_parts"), html! {
            p { (speech.say("evidence.body_parts")) }
        }))
        p.button-line data-with-script hidden {
            a.button.button-second href="/tell/record" {
                (picture_beside(speech, "record.to_record")) (speech.say("record.to_record"))
            }
        }
        (limits_in_words(speech, &limits))
        (upload_form("/tell/evidence", &hidden, html! {
            (file_input(speech, &field, true))
            (file_button(&field, speech.say("sending.drop")))
            div data-without-script {
                p { (speech.say("evidence.slow")) }
                (button_of(speech, "evidence.add"))
            }
        }))
        (sending(speech))
        (nothing_happens(speech, &limits.come_back))
        (kinds_in_words(speech))
        (arrived(speech, items))
        p { (speech.say("evidence.another_way")) }
        (link_button(next, speech.say("evidence.to_list")))
    };
    Page::new(speech, door, speech.say("evidence.title"), body)
        .path(path)
        .back(back)
        .problem(problem.is_some())
        .script("upload")
}

fn limits_in_words(speech: Speech, limits: &Limits) -> Markup {
    let (size, total) = (size_in_words(limits.file_bytes), size_in_words(limits.total_bytes));
    let files = limits.files.to_string();
    html! {
        h2 { (picture_beside(speech, "evidence.limits_title")) (speech.say("evidence.limits_title")) }
        p data-without-script { (speech.fill("evidence.limit_file", &[("size", &size)])) }
        p data-with-script hidden { (speech.fill("sending.limit_file", &[("total", &total)])) }
        p data-without-script { (speech.fill("evidence.limit_all", &[("files", &files), ("total", &total)])) }
        p data-with-script hidden { (speech.fill("sending.limit_files", &[("files", &files)])) }
        p data-without-script { (speech.say("evidence.limit_too_big")) }
    }
}

fn kinds_in_words(speech: Speech) -> Markup {
    let body = html! {
        ul.ways {
            @for kind in ["video", "audio", "image", "aac", "document"] {
                li {
                    (picture_beside(speech, &format!("evidence.kinds.{kind}")))
                    span { (speech.say_in("evidence.kinds", kind)) }
                }
            }
        }
        p { (speech.say("evidence.kinds_any")) }
    };
    details(speech.say("evidence.kinds_title"), body)
}

fn arrived(speech: Speech, items: &[ItemLine]) -> Markup {
    html! {
        @if !items.is_empty() {
            section data-arrived {
                h2 { (picture_beside(speech, "evidence.arrived_title")) (speech.say("evidence.arrived_title")) }
                p { (speech.say("evidence.not_sent_yet")) }
                ol.items { @for item in items { li data-item=(item.address) { (item_line(speech, item)) } } }
            }
        }
    }
}

/// One item: its name, kind, size and state in words, and what can be done with it.
fn item_line(speech: Speech, item: &ItemLine) -> Markup {
    let name = item.name.as_deref().unwrap_or_else(|| speech.say("evidence.no_file_name"));
    let what_for = speech.fill("evidence.what_for", &[("name", name)]);
    let remove = speech.fill("evidence.remove_this", &[("name", name)]);
    html! {
        (with_picture(speech, &format!("evidence.kind.{}", item.kind.name()), html! {
            p {
                strong { bdi { (name) } }
                br;
                (speech.say_in("evidence.kind", item.kind.name()))
                @if let Some(length) = item.length { ", " (size_in_words(length)) }
            }
        }))
        (with_picture(speech, &format!("evidence.state.{}", item.standing()), html! {
            p.standing {
                strong { (speech.say_in("evidence.state", item.standing())) }
                @if item.verified && item.state.is_had() { " " (speech.say("evidence.verified")) }
            }
        }))
        (item.making.ready_markup(speech))
        (item.making.place_markup(speech))
        @if item.said_no { p { (speech.say("evidence.no_said")) } }
        ul.actions {
            @if item.state.is_had() { li { a href=(item.address) { (what_for) } } }
            @if has_inside(item.kind, item.state) {
                li { a href={ (item.address) "/inside" } { (speech.fill("inside.link_name", &[("name", name)])) } }
            }
            li { a href={ (item.address) "/remove" } { (remove) } }
        }
    }
}

/// What stands in the fields of an item's page: from its row, or as it was typed before something was wrong.
#[derive(Clone, Debug, Default)]
pub struct ItemForm {
    /// The chosen kind.
    pub kind: String,
    /// "What does it show or say?"
    pub what: String,
    /// Whose words.
    pub whose: String,
    /// How they reached us.
    pub reached: String,
    /// Who read out or interpreted.
    pub by: String,
    /// The language.
    pub language: String,
    /// The child's own answer, and how they were asked.
    pub say: SayForm,
    /// The older cut whose place it takes.
    pub replaces: String,
    /// What is wrong: the field, and the key of a sentence.
    pub errors: Vec<(&'static str, &'static str)>,
}

/// What an item's page shows beside the form.
#[derive(Clone, Debug)]
pub struct ItemPage<'a> {
    /// Its own address.
    pub address: &'a str,
    /// Its name.
    pub name: Option<&'a str>,
    /// What it is.
    pub kind: Kind,
    /// What it may be called instead.
    pub kinds: &'a [Kind],
    /// Where "Skip this" leads.
    pub skip_to: &'a str,
    /// Whether the child said no, as it is saved.
    pub said_no: bool,
    /// What the work on it brought so far.
    pub making: Making,
    /// Whether there is a page about what is inside it.
    pub has_inside: bool,
    /// Films that a person left, whose place this one may take: each id, and its name by number and kind.
    pub left: &'a [(String, String)],
    /// Whether its sender may write down the words in it.
    pub may_write_words: bool,
}

/// The page on which an item's sender says what it is and whose words it carries.
pub fn describe_item(speech: Speech, door: Door, item: &ItemPage, values: &ItemForm) -> Page {
    let title_key = format!("item.title_{}", item.kind.name());
    let title = speech.say(&title_key);
    let hidden = match &door {
        Door::Submitter { hidden, .. } => hidden.clone(),
        _ => html! {},
    };
    let errors: Vec<(&str, &str)> = values.errors.iter().map(|(field, key)| (*field, speech.say(key))).collect();
    let remove = format!("{}/remove", item.address);
    let body = html! {
        (error_summary(speech, &errors))
        @if item.said_no && errors.is_empty() {
            (notice(speech.say("item.assent_said_no"), html! {
                p { a href=(remove) { (speech.say("item.remove")) } }
                p { a href=(LEAVE_OUT) { (speech.say("say.to_leave_out")) } }
                p { (speech.say("say.own_words")) }
            }))
        }
        (heading(speech, &title_key))
        @if let Some(name) = item.name {
            p { (speech.say("item.is_called")) " " bdi { (name) } }
        }
        (inset(html! { p { (speech.say("item.have_it")) " " (speech.say("item.lead")) } }))
        (item.making.place_markup(speech))
        (form(item.address, &hidden, html! {
            (what_it_is(speech, item, values))
            (whose_words(speech, values, &errors))
            (its_language(speech, values))
            (fields_of_answer(speech, &values.say, &errors))
            (replaces(speech, item, values))
            (button_of(speech, "item.save"))
        }))
        @if item.may_write_words { p { a href={ (item.address) "/words" } { (speech.say("write_down.to")) } } }
        @if item.has_inside {
            p { a href={ (item.address) "/inside" } { (picture_beside(speech, "inside.link")) (speech.say("inside.link")) } }
            p { a href={ (item.address) "/device" } { (speech.say("device.link")) } }
        }
        p { a href={ (item.address) "/days" } { (speech.say("item.to_days")) } }
        p { a href=(item.skip_to) { (speech.say("item.skip")) } }
        @if !item.said_no { p { a href=(remove) { (speech.say("item.remove")) } } }
    };
    let problem = !errors.is_empty();
    Page::new(speech, door, title, body).path(item.address).back("/tell").problem(problem)
}

fn error_of<'a>(errors: &[(&str, &'a str)], field: &str) -> Option<&'a str> {
    errors.iter().find(|(name, _)| *name == field).map(|(_, sentence)| *sentence)
}

/// A choice with its words and its picture.
fn choice<'a>(speech: Speech, group: &str, name: &'a str) -> Choice<'a> {
    Choice::new(name, speech.say_in(group, name)).picture(speech.picture(&format!("{group}.{name}")))
}

fn not_said(speech: Speech) -> Choice<'static> {
    Choice::new(NOT_SAID, speech.say("item.not_said")).picture(speech.picture("item.not_said"))
}

fn what_it_is(speech: Speech, item: &ItemPage, values: &ItemForm) -> Markup {
    let kinds: Vec<Choice> = item.kinds.iter().map(|kind| choice(speech, "item.as_kind", kind.name())).collect();
    html! {
        @if kinds.len() > 1 {
            (radios(speech, &Field::new("kind", speech.say("item.kind")).picture(speech.picture("item.kind")).value(&values.kind), &kinds))
        }
        @if item.kind != Kind::Text {
            (text_input(speech, &Field::new("what", speech.say("item.what")).hint(speech.say("item.what_hint")).value(&values.what)))
        }
    }
}

fn whose_words(speech: Speech, values: &ItemForm, errors: &[(&str, &str)]) -> Markup {
    let whose: Vec<Choice> = Whose::ALL
        .iter()
        .map(|whose| choice(speech, "item.whose_is", whose.name()))
        .chain([not_said(speech)])
        .collect();
    let reached: Vec<Choice> = Reached::offered()
        .map(|reached| choice(speech, "item.reached_by_way", reached.name()))
        .chain([not_said(speech)])
        .collect();
    let by: Vec<Choice> = [Choice::new("", speech.say("item.nobody"))]
        .into_iter()
        .chain(ReadBy::ALL.iter().map(|by| Choice::new(by.name(), speech.say_in("item.reached_by_whom", by.name()))))
        .collect();
    let whose_field = Field::new("whose", speech.say("item.whose"))
        .picture(speech.picture("item.whose"))
        .hint(speech.say("item.whose_hint"))
        .value(&values.whose)
        .error(error_of(errors, "whose"));
    let reached_field = Field::new("reached", speech.say("item.reached"))
        .picture(speech.picture("item.reached"))
        .value(&values.reached);
    let by_field =
        Field::new("by", speech.say("item.reached_by")).hint(speech.say("item.reached_by_hint")).value(&values.by);
    html! {
        (radios(speech, &whose_field, &whose))
        (radios(speech, &reached_field, &reached))
        (select(speech, &by_field, &by))
    }
}

/// A film may take the place of an older cut that a person in it left.
fn replaces(speech: Speech, item: &ItemPage, values: &ItemForm) -> Markup {
    let choices: Vec<Choice> = [Choice::new("", speech.say("film.replaces_none"))]
        .into_iter()
        .chain(item.left.iter().map(|(id, name)| Choice::new(id, name)))
        .collect();
    let field = Field::new("replaces", speech.say("film.replaces")).hint(speech.say("film.replaces_hint"));
    html! {
        @if !item.left.is_empty() { (select(speech, &field.value(&values.replaces), &choices)) }
    }
}

fn its_language(speech: Speech, values: &ItemForm) -> Markup {
    let labels: Vec<(&str, String)> =
        Language::all().iter().map(|language| (language.tag.as_str(), language.label())).collect();
    let choices: Vec<Choice> = [Choice::new("", speech.say("item.no_language"))]
        .into_iter()
        .chain(labels.iter().map(|(tag, label)| Choice::new(tag, label)))
        .collect();
    select(speech, &Field::new("language", speech.say("item.language")).value(&values.language), &choices)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::making::Place;
    use crate::words::plain_english::{Reader, check_page, text_of_page};
    use crate::words::{Wording, Words};

    fn limits() -> Limits {
        let come_back = "https://heard.example/return".to_owned();
        Limits { come_back, file_bytes: 2 << 30, files: 50, total_bytes: 10 << 30 }
    }

    fn line(name: &str, state: ItemState, place: Place) -> ItemLine {
        ItemLine {
            address: "/tell/items/1".to_owned(),
            kind: Kind::Video,
            name: Some(name.to_owned()),
            length: Some(34 << 20),
            state,
            verified: true,
            said_no: true,
            making: Making { getting_ready: Some(Kind::Audio), place },
        }
    }

    fn all_pages(wording: Wording) -> Vec<String> {
        let speech = Words::embedded().speak(wording);
        let mut pages: Vec<String> = ItemState::ALL
            .iter()
            .filter(|state| state.is_shown_to_sender())
            .zip([Place::Says, Place::NotLooked, Place::CannotLook].into_iter().cycle())
            .map(|(state, place)| [line("film", *state, place)])
            .map(|lines| choose_files(speech, Door::Public, limits(), &lines, None, Then::List))
            .chain(
                Refusal::ALL
                    .map(|refusal| choose_files(speech, Door::Public, limits(), &[], Some(refusal), Then::OneThing)),
            )
            .map(|page| page.render().into_string())
            .collect();
        for kind in Kind::ALL {
            for said_no in [true, false] {
                let kinds = kind.choices("image/png");
                let (address, skip_to) = ("/tell/items/1", "/tell/evidence");
                let making = Making { getting_ready: None, place: Place::Says };
                let name = Some("film");
                let item = ItemPage {
                    address,
                    name,
                    kind: *kind,
                    kinds,
                    skip_to,
                    said_no,
                    making,
                    has_inside: true,
                    left: &[],
                    may_write_words: true,
                };
                let page = describe_item(speech, Door::Public, &item, &ItemForm::default());
                pages.push(page.render().into_string());
            }
        }
        pages
    }

    #[test]
    fn every_page_has_one_heading_and_reads_easily() {
        for (wording, reader) in [
            (Wording::Plain, Reader::Anybody),
            (Wording::Short, Reader::ShortWords),
            (Wording::Pictures, Reader::ShortWords),
        ] {
            for page in all_pages(wording) {
                assert_eq!(page.matches("<h1").count(), 1, "{page}");
                let findings = check_page(&text_of_page(&page), reader);
                assert!(findings.is_empty(), "{findings:#?}");
            }
        }
    }

    #[test]
    fn limits_are_said_before_the_file_control_and_nothing_else_is_in_its_form() {
        let speech = Words::embedded().speak(Wording::Plain);
        let page = choose_files(speech, Door::Public, limits(), &[], None, Then::List).render().into_string();
        let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text} is not on the page"));
        assert!(at("about 15 minutes of phone video") < at("type=\"file\""));
        assert!(at("One file can be up to 2 GB") < at("type=\"file\""));
        let form =
            &page[at("data-upload")..at("type=\"file\"") + page[at("type=\"file\"")..].find("</form>").expect("ends")];
        assert_eq!(form.matches("<input").count(), 1);
        assert!(!form.contains("<textarea") && !form.contains("<select"));
    }

    #[test]
    fn a_name_with_markup_comes_through_unharmed() {
        let speech = Words::embedded().speak(Wording::Plain);
        let lines = [line("<b>\u{202e}gnp.exe 😡", ItemState::Kept, Place::Nothing)];
        let page = choose_files(speech, Door::Public, limits(), &lines, None, Then::List).render().into_string();
        assert!(page.contains("<bdi>&lt;b&gt;\u{202e}gnp.exe 😡</bdi>"));
        assert!(!page.contains("<b>"));
    }

    #[test]
    fn after_a_failed_post_the_words_are_still_there() {
        let speech = Words::embedded().speak(Wording::Plain);
        let values = ItemForm {
            what: "my bus".to_owned(),
            say: SayForm {
                how: "with photos".to_owned(),
                on: ["32", "1", "2026"].map(str::to_owned),
                ..SayForm::default()
            },
            errors: vec![("assent-on", "item.problem.day")],
            ..ItemForm::default()
        };
        let (kind, kinds) = (Kind::Image, Kind::Image.choices("image/png"));
        let (address, skip_to) = ("/tell/items/1", "/tell/evidence");
        let making = Making::default();
        let item = ItemPage {
            address,
            name: None,
            kind,
            kinds,
            skip_to,
            said_no: false,
            making,
            has_inside: false,
            left: &[],
            may_write_words: false,
        };
        let page = describe_item(speech, Door::Public, &item, &values).render().into_string();
        for kept in ["my bus", "with photos", "value=\"32\"", "We could not read the day", "<title>Error"] {
            assert!(page.contains(kept), "{kept} is lost");
        }
    }
}
