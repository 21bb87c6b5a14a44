//! The safe copies of one item on a submission's page, or why there are none.
//!
//! Nothing plays by itself, and nothing is fetched before somebody presses play or opens a box: see
//! [`crate::review::copies`]. Whatever a machine changed says so, with "as it was sent" one press away.

use maud::{Markup, html};

use super::submission::Around;
use super::transcript::{captions_address, has_captions};
use crate::evidence::at::At;
use crate::evidence::copies::{Rendition, Standing};
use crate::evidence::language::for_markup;
use crate::evidence::store::Item;
use crate::evidence::{ItemState, has_inside};
use crate::html::{Choice, Field, details, select};
use crate::media::prepare::{EMPTY_PAGE, Role};
use crate::review::copies::{Show, address, find, first};
use crate::review::notes::Note;
use crate::review::reading::Reading;
use crate::words::Speech;

/// What can be seen of an item, or why there is nothing to see.
pub(super) fn shown(speech: Speech, reading: &Reading, item: &Item, around: &Around) -> Markup {
    html! {
        @match item.state {
            ItemState::Ready => {
                (copies_of(speech, item, reading, around))
                @for note in reading.copies.notes(&item.id) { p { (speech.name_of("reading.copy_note.", note)) } }
            }
            // A file from a communication aid is read as it is, and no copy of it is made.
            ItemState::Preparing if has_inside(item.kind, item.state) => {
                p { a href={ "/staff/items/" (item.id) "/board" } {
                    (speech.fill("board.link", &[("number", &item.number.to_string())]))
                } }
            }
            ItemState::Preparing => { p { strong { (not_ready(speech, reading.copies.standing(&item.id))) } } }
            ItemState::Kept => {
                p { (speech.name_of("reading.kept.", item.state_reason.as_deref().unwrap_or("no_copy"))) }
            }
            state => { p { (speech.say_in("reading.item_state", state.name())) } }
        }
    }
}

fn not_ready(speech: Speech, standing: Standing) -> &'static str {
    speech.say(match standing {
        Standing::LacksTool => "reading.item.lacks_tool",
        Standing::NeedsPerson => "reading.item.not_preparable",
        Standing::Going | Standing::Ended => "reading.item.not_prepared",
    })
}

/// What is about one item on the page.
struct About<'a> {
    speech: Speech,
    item: &'a Item,
    made: &'a [Rendition],
    number: String,
    /// The moment at which a reference opened the page, as the end of an address.
    moment: String,
    /// What staff wrote beside it.
    notes: Vec<&'a Note>,
    /// Where a moment of it leads, before the moment.
    cite: String,
    /// Whether there are words that a player can show as captions.
    has_captions: bool,
}

impl About<'_> {
    /// A sentence about the item.
    fn fill(&self, key: &str) -> String {
        self.speech.fill(key, &[("number", &self.number)])
    }

    fn of_page(&self, key: &str, page: i64) -> String {
        self.speech.fill(key, &[("number", &self.number), ("page", &page.to_string())])
    }

    fn has(&self, role: Role, page: i64) -> bool {
        find(self.made, role, page).is_some()
    }

    fn address(&self, role: Role, page: i64) -> String {
        address(&self.item.id, Some((role, page)))
    }

    /// Where a film or a sound is fetched, from the moment on.
    fn played(&self, which: Option<Role>) -> String {
        format!("{}{}", address(&self.item.id, which.map(|role| (role, 0))), self.moment)
    }

    /// A player for a film. Captions are fetched when somebody turns them on.
    fn film(&self, which: Option<Role>, label: &str) -> Markup {
        let language = for_markup(self.item.language.as_deref());
        html! {
            video.media src=(self.played(which)) controls preload="none" playsinline aria-label=(label) {
                @if self.has_captions {
                    track kind="captions" src=(captions_address(self.item)) srclang=[language]
                        label=(self.speech.say("transcript.captions"));
                }
            }
        }
    }

    /// What stands under a player: how fast it plays, where script can change it, and the moments that notes are about.
    fn under_player(&self) -> Markup {
        let name = format!("speed-{}", self.number);
        let speeds = SPEEDS.map(|speed| Choice::new(speed, self.speech.say_in("reading.copies.speed_is", speed)));
        let label = self.fill("reading.copies.speed");
        html! {
            div data-speed data-with-script hidden { (select(self.speech, &Field::new(&name, &label).value("100"), &speeds)) }
            (self.marks())
        }
    }

    fn marks(&self) -> Markup {
        let mut marks: Vec<At> = self.notes.iter().filter_map(|note| note.at).collect();
        marks.sort_by_key(|mark| mark.ms);
        marks.dedup();
        let length = first(self.made).and_then(|(copy, _)| copy.plays_ms).filter(|length| *length > 0);
        html! {
            @if !marks.is_empty() {
                @if let Some(length) = length {
                    // The links beside it say the same.
                    svg.marks viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true" {
                        rect.marks-line x="0" y="8" width="1000" height="4" {}
                        @for mark in &marks { rect x=(mark.ms.min(length) * 994 / length) y="0" width="6" height="20" {} }
                    }
                }
                p.moments {
                    (self.fill("reading.copies.marks")) " "
                    @for mark in &marks { (moment_link(self.speech, &self.cite, &self.number, *mark)) " " }
                }
            }
        }
    }

    fn picture(&self, role: Role, page: i64, alt: &str) -> Markup {
        html! { img.media src=(self.address(role, page)) loading="lazy" alt=(alt); }
    }
}

/// How fast a player may play, in hundredths.
const SPEEDS: [&str; 6] = ["50", "75", "100", "125", "150", "200"];

/// A moment of an item, as a link that plays from there, with and without script.
pub(super) fn moment_link(speech: Speech, cite: &str, number: &str, at: At) -> Markup {
    let words = at.to_string();
    html! {
        a href={ (cite) "?at=" (at) } data-at=(at.seconds()) lang="en"
            aria-label=(speech.fill("transcript.play_from", &[("number", number), ("at", &words)])) { (at) }
    }
}

/// Where a moment of an item leads, before the moment.
pub(super) fn cite(reading: &Reading, item: &Item) -> String {
    format!("/staff/cite/{}/{}", reading.opened.facts.reference, item.number)
}

fn copies_of(speech: Speech, item: &Item, reading: &Reading, around: &Around) -> Markup {
    let made = reading.copies.of(&item.id);
    let moment = around.at.filter(|(of, _)| *of == item.number).map(|(_, at)| format!("#t={}", at.seconds()));
    let number = item.number.to_string();
    let about = About {
        speech,
        item,
        made,
        number,
        moment: moment.unwrap_or_default(),
        notes: reading.notes.iter().filter(|note| note.item.as_ref() == Some(&item.id)).collect(),
        cite: cite(reading, item),
        has_captions: has_captions(reading, item),
    };
    let kind = speech.name_of("reading.kind.", item.kind.name());
    let label = speech.fill("reading.item.player", &[("number", &about.number), ("kind", &kind)]);
    html! {
        @match first(made) {
            Some((_, Show::Video)) => {
                (about.film(None, &label))
                (about.under_player())
                (beside_a_film(&about))
            }
            Some((_, Show::Sound)) => {
                audio.media src=(about.played(None)) controls preload="none" aria-label=(label) {}
                (about.under_player())
                (beside_a_sound(&about))
            }
            Some((_, Show::Picture)) => {
                (details(&label, html! {
                    img.media src=(address(&item.id, None)) loading="lazy" alt=(about.fill("reading.item.picture_alt"));
                }))
            }
            Some((_, Show::Pages)) => { (pages(&about)) }
            Some((_, Show::Words)) => {
                p { a href=(about.address(Role::Words, 0)) { (about.fill("reading.copies.words")) } }
            }
            None => { p { (speech.say("reading.item.cannot_show")) } }
        }
        p.hint { (speech.say("reading.copies.safe")) }
    }
}

fn beside_a_film(about: &About<'_>) -> Markup {
    let (as_sent, small) = (about.fill("reading.copies.as_sent"), about.fill("reading.copies.small"));
    html! {
        @if about.has(Role::VideoLevelled, 0) {
            p { (about.speech.say("reading.copies.levelled")) }
            @if about.has(Role::Video, 0) { (details(&as_sent, about.film(Some(Role::Video), &as_sent))) }
        }
        @if about.has(Role::VideoSmall, 0) { (details(&small, about.film(Some(Role::VideoSmall), &small))) }
        @if about.has(Role::Poster, 0) || about.has(Role::Preview, 0) {
            (details(&about.fill("reading.copies.stills"), html! {
                @if about.has(Role::Poster, 0) {
                    (about.picture(Role::Poster, 0, &about.fill("reading.copies.still_alt")))
                }
                @if about.has(Role::Preview, 0) {
                    (about.picture(Role::Preview, 0, &about.fill("reading.copies.strip_alt")))
                }
            }))
        }
        (wave(about))
    }
}

fn beside_a_sound(about: &About<'_>) -> Markup {
    let as_sent = about.fill("reading.copies.as_sent");
    html! {
        @if about.has(Role::SoundLevelled, 0) {
            p { (about.speech.say("reading.copies.levelled")) }
            @if about.has(Role::Sound, 0) {
                (details(&as_sent, html! {
                    audio.media src=(about.played(Some(Role::Sound))) controls preload="none" aria-label=(as_sent) {}
                }))
            }
        }
        (wave(about))
    }
}

fn wave(about: &About<'_>) -> Markup {
    html! {
        @if about.has(Role::WordsDraft, 0) {
            p { a href=(about.address(Role::WordsDraft, 0)) { (about.fill("reading.copies.heard_by_machine")) } }
        }
        @if about.has(Role::Waveform, 0) {
            (details(&about.fill("reading.copies.wave"),
                about.picture(Role::Waveform, 0, &about.fill("reading.copies.wave_alt"))))
        }
    }
}

fn pages(about: &About<'_>) -> Markup {
    let pages: Vec<i64> = about.made.iter().filter(|copy| copy.role == Role::Page).map(|copy| copy.page).collect();
    let title = match pages.len() {
        1 => about.fill("reading.copies.one_page"),
        count => {
            let count = count.to_string();
            about.speech.fill("reading.copies.pages", &[("number", &about.number), ("count", &count)])
        }
    };
    html! {
        (details(&title, html! { @for page in &pages { (page_of(about, *page, pages.len() > 1)) } }))
        @if about.has(Role::Words, 0) {
            p { a href=(about.address(Role::Words, 0)) { (about.fill("reading.copies.words")) } }
        }
    }
}

/// A page. One of several that looks empty is folded away: somebody may still look.
fn page_of(about: &About<'_>, page: i64, several: bool) -> Markup {
    let small = find(about.made, Role::PageSmall, page);
    let is_empty = small.is_some_and(|small| small.length.unsigned_abs() < EMPTY_PAGE) && !about.has(Role::Words, page);
    if several && is_empty {
        let alt = about.of_page("reading.copies.page_alt", page);
        return details(&about.of_page("reading.copies.looks_empty", page), about.picture(Role::Page, page, &alt));
    }
    whole_page(about, page)
}

fn whole_page(about: &About<'_>, page: i64) -> Markup {
    let alt = about.of_page("reading.copies.page_alt", page);
    html! {
        p { strong { (about.of_page("reading.copies.page", page)) } }
        @if let Some(upright) = [Role::PageStraight, Role::PageTurned].into_iter().find(|role| about.has(*role, page)) {
            p { (about.speech.say("reading.copies.turned")) }
            (about.picture(upright, page, &alt))
            (details(&about.of_page("reading.copies.page_as_sent", page), about.picture(Role::Page, page, &alt)))
        } @else {
            (about.picture(Role::Page, page, &alt))
        }
        @if about.has(Role::PageContrast, page) {
            (details(&about.of_page("reading.copies.contrast", page), about.picture(Role::PageContrast, page, &alt)))
        }
        @if about.has(Role::Words, page) {
            p { a href=(about.address(Role::Words, page)) { (about.of_page("reading.copies.words_on_page", page)) } }
        }
        @if about.has(Role::WordsDraft, page) {
            p { a href=(about.address(Role::WordsDraft, page)) { (about.of_page("reading.copies.draft", page)) } }
        }
    }
}

/// Which copy this is, in words: for the custody slip.
pub(super) fn name_of(speech: Speech, copy: &Rendition) -> String {
    let name = speech.name_of("custody.copy.", copy.role.name());
    match copy.page {
        0 => name,
        page => speech.fill("custody.copy_page", &[("copy", &name), ("page", &page.to_string())]),
    }
}

#[cfg(test)]
mod tests {
    use crate::media::prepare::{Cause, Note, Role};
    use crate::words::{Wording, Words};

    #[test]
    fn every_cause_note_and_copy_has_words() {
        let speech = Words::embedded().speak(Wording::Plain);
        for cause in Cause::ALL {
            assert!(speech.has(&format!("reading.kept.{}", cause.name())), "{cause:?}");
        }
        for note in [
            Note::CutOff,
            Note::MorePages,
            Note::PagesMissing,
            Note::Moves,
            Note::Silent,
            Note::NoReader,
            Note::WordsOnly,
            Note::Drawn,
        ] {
            assert!(speech.has(&format!("reading.copy_note.{}", note.name())), "{note:?}");
        }
        for role in Role::ALL {
            assert!(speech.has(&format!("custody.copy.{}", role.name())), "{role:?}");
        }
    }
}
