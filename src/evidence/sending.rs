//! What the page on which files are chosen holds for its script: where running uploads stand, and every word they say.
//! `assets/js/upload.js` fills it; without script it stays empty and unseen.

use maud::{Markup, html};

use crate::html::details;
use crate::words::Speech;

/// What a running upload may say: names in `[sending.say]`.
const SAID: [&str; 36] = [
    "bytes",
    "no_name",
    "started",
    "waiting",
    "comparing",
    "keeping",
    "safe_none",
    "safe_part",
    "safe_megabytes",
    "safe_gigabytes",
    "left_soon",
    "left_minute",
    "left_minutes",
    "left_hour",
    "left_hours",
    "data",
    "here",
    "here_empty",
    "paused",
    "taking",
    "taking_later",
    "trying_line",
    "trying_offline",
    "trying_busy",
    "trying_full",
    "stopped_blocked",
    "stopped_code",
    "stopped_gone",
    "stopped_limit",
    "stopped_unreadable",
    "unfinished",
    "unfinished_again",
    "unfinished_cut",
    "none_left",
    "same",
    "different",
];

/// The running uploads, what is read out of them, and what script makes a new one from. WCAG 4.1.3: what changes is read
/// out politely from one place; 1.3.1: a list.
pub fn sending(speech: Speech) -> Markup {
    html! {
        div.visually-hidden role="status" data-spoken {}
        section.sending data-sending hidden {
            h2 { (speech.say("sending.title")) }
            p data-keep-open hidden { (speech.say("sending.keep_open")) }
            ul.items {}
        }
        template id="sending-words" {
            @for name in SAID { p data-word=(name) { (speech.say_in("sending.say", name)) } }
        }
        template id="sending-card" { (card(speech)) }
    }
}

/// One file. Each button says which file it is for.
fn card(speech: Speech) -> Markup {
    let button = |act: &str, key: &str| {
        html! {
            li data-act=(act) {
                button.button.button-second type="button" {
                    (speech.say(key)) span.visually-hidden { " " span data-name {} }
                }
            }
        }
    };
    let link = |act: &str, key: &str| {
        html! {
            li data-act=(act) { a href="/tell/evidence" { span { (speech.say(key)) " " bdi data-name {} } } }
        }
    };
    html! {
        li {
            p { strong data-title tabindex="-1" { bdi {} } br; span data-size {} }
            progress max="100" value="0" {}
            p data-state {}
            p.hint data-note {}
            ul.actions {
                (button("pause", "sending.pause"))
                (button("go_on", "sending.go_on"))
                (button("again", "sending.again"))
                (button("choose", "sending.choose"))
                (link("what", "sending.what"))
                (button("keep", "sending.keep"))
                (button("out", "sending.out"))
                (link("remove", "sending.remove"))
            }
        }
    }
}

/// For browsers inside other apps, whose file button does nothing.
pub fn nothing_happens(speech: Speech, address: &str) -> Markup {
    let body = html! {
        p { (speech.say("sending.nothing.open")) }
        p { (speech.say("sending.nothing.address")) " " strong { (address) } }
    };
    details(speech.say("sending.nothing.title"), body)
}
