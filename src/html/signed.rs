//! A page or a question in British Sign Language: one line that opens the browser's own player. Nothing is fetched before.
//!
//! WCAG 1.2.2 (captions, on from the start), 1.2.3 and 1.2.8 (the same words as text under it), 1.4.2 (nothing plays by
//! itself), 2.1.1 (the browser's own controls), 2.4.6 (the name says what is signed, and is unique on the page).

use maud::{Markup, html};

use super::parts::details;
use super::picture::picture_beside;
use crate::words::Speech;
use crate::words::signed::Video;

/// For the page that the reader is on.
pub fn of_page(speech: Speech, video: &Video) -> Markup {
    player(speech, video, speech.say("signed.open"))
}

/// For one question among several on a page; nothing where there is no video of it.
pub fn of_question(speech: Speech, number: &str) -> Markup {
    let name = speech.fill("signed.question", &[("number", number)]);
    html! {
        @if let Some(video) = speech.signed(&format!("/tell/questions/{number}")) { (player(speech, video, &name)) }
    }
}

fn player(speech: Speech, video: &Video, name: &str) -> Markup {
    let file = |kind: &str| format!("/signed/{}.{kind}", video.name);
    html! {
        details.read-aloud {
            summary { (picture_beside(speech, "signed.open")) span { (name) } }
            div.read-aloud-body {
                video controls preload="none" playsinline aria-label=(name) poster=[video.has_poster.then(|| file("jpg"))] {
                    source src=(file("mp4")) type="video/mp4";
                    track default kind="captions" src=(file("vtt")) srclang="en" label="English";
                }
                (details(speech.say("signed.words"), html! { @for words in &video.words { p { (words) } } }))
            }
        }
    }
}
