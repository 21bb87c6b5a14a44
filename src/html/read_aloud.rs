//! "Read to me": one line that opens the browser's own player. Nothing sounds before it is pressed, and nothing is fetched.
//!
//! WCAG 1.4.2 (no sound starts by itself), 2.1.1 (the browser's own controls), 2.4.4 and 2.4.6 (the name says what is read,
//! and is unique on the page), 2.5.8 and 2.5.5 (44 px high, 60 px with pictures). Closed, it is one stop of the Tab key,
//! before the page's heading, for those who cannot read the heading. With script (`read.js`) the first press also plays.

use maud::{Markup, html};

use super::picture::picture_beside;
use crate::words::Speech;

/// The address of what the voice says of a part of a page; none where it has nothing to say of it.
pub fn sound_of(speech: Speech, part: &Markup) -> Option<String> {
    speech.aloud(&part.0, speech.say("aloud.left_out"))
}

/// For a page, whose sound is at this address.
pub fn of_page(speech: Speech, sound: &str) -> Markup {
    player(speech, sound, speech.say("aloud.open"), speech.say("aloud.page"))
}

/// For one question among several on a page: `part` is what is read. Nothing where there is no voice for it.
pub fn of_question(speech: Speech, number: &str, part: &Markup) -> Markup {
    let name = speech.fill("aloud.question", &[("number", number)]);
    html! {
        @if let Some(sound) = sound_of(speech, part) { (player(speech, &sound, &name, &name)) }
    }
}

fn player(speech: Speech, sound: &str, name: &str, what: &str) -> Markup {
    html! {
        details.read-aloud {
            summary { (picture_beside(speech, "aloud.open")) span { (name) } }
            div.read-aloud-body {
                p { (speech.say("aloud.sound")) }
                audio controls preload="none" src=(sound) aria-label=(what) {}
            }
        }
    }
}
