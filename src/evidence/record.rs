//! `GET /tell/record`: recording in the page. Without script, or where a browser cannot record, the page says how to use
//! the phone's own camera. `assets/js/record.js` does the recording; its bytes come in through `intake/` like any file's.

use axum::extract::State;
use axum::response::IntoResponse;
use maud::{Markup, html};

use crate::html::{Choice, Door, Field, Page, checkbox, heading, link_button, picture_beside, radios};
use crate::web::{Answer, Route, Site, Submitter, Who, door};
use crate::words::Speech;

/// What the page may say while it records: names in `[record.say]`.
const SAID: [&str; 27] = [
    "ready",
    "asking",
    "recording",
    "seconds",
    "minutes",
    "muted",
    "unseen",
    "gap",
    "line_broke",
    "line_broke_after",
    "line_slow",
    "stopped",
    "sure",
    "taken_away",
    "erasing",
    "erased",
    "keeping",
    "keeping_part",
    "kept",
    "no_leave",
    "no_device",
    "in_use",
    "code",
    "gone",
    "limit",
    "name_film",
    "name_sound",
];

/// The address.
pub fn routes(site: &Site) -> Vec<Route> {
    vec![Route::get("/tell/record", Who::SenderOrCard, show, site)]
}

async fn show(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer {
    let mut tx = site.db.read().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    Ok(page(speech, opened.door).into_response())
}

fn page(speech: Speech, door: Door) -> Page {
    let body = html! {
        (heading(speech, "record.title"))
        p { (speech.say("record.lead")) }
        div data-without-script {
            p { (speech.say("record.camera")) }
            (link_button("/tell/evidence", speech.say("record.add")))
        }
        div.visually-hidden role="status" data-spoken {}
        (recorder(speech, None))
    };
    Page::new(speech, door, speech.say("record.title"), body)
        .path("/tell/record")
        .back("/tell/evidence")
        .script("record")
}

/// Everything that records. `data-in` names the states in which a part is seen. WCAG 4.1.3: what changes is read out
/// politely; 2.1.1: buttons only; 1.4.2: nothing plays by itself.
///
/// `next` is where the page goes on; without it, to what was recorded.
pub(super) fn recorder(speech: Speech, next: Option<&str>) -> Markup {
    let kind = Field::new("kind", speech.say("record.kind")).value("film");
    let kinds = ["film", "sound"].map(|kind| {
        let key = format!("record.{kind}");
        Choice::new(kind, speech.say_in("record", kind)).picture(speech.picture(&key))
    });
    let device =
        Field::new("device_speaks", speech.say("record.device_speaks")).hint(speech.say("record.device_speaks_hint"));
    let button = |part: &str, key: &str, class: &str| {
        html! {
            p.button-line {
                button class=(class) type="button" data-part=(part) { (picture_beside(speech, key)) (speech.say(key)) }
            }
        }
    };
    html! {
        div.recorder data-recorder hidden {
            p.recorder-state data-part="state" tabindex="-1" {}
            div data-in="ready" {
                (radios(speech, &kind, &kinds))
                (checkbox(speech, &device, false))
                (devices(speech, "camera", "record.which_camera"))
                (devices(speech, "microphone", "record.which_microphone"))
                p { (speech.say("record.saves")) }
                (button("start", "record.start", "button"))
            }
            div data-in="recording" hidden {
                div data-part="seen" {
                    p.hint { (speech.say("record.preview")) }
                    video data-part="preview" muted playsinline {}
                }
                (button("stop", "record.stop", "button"))
            }
            div data-in="stopped sure" hidden {
                p.hint id="player-name" { (speech.say("record.player")) }
                video data-part="player" controls playsinline aria-labelledby="player-name" {}
            }
            div data-in="stopped" hidden {
                (button("keep", "record.keep", "button"))
                (button("again", "record.again", "button button-second"))
            }
            div data-in="sure" hidden {
                (button("no", "record.no", "button"))
                (button("yes", "record.yes", "button button-danger"))
            }
            div data-in="kept" hidden {
                p.button-line {
                    a.button data-part="what" data-next[next.is_some()] href=(next.unwrap_or("/tell/evidence")) {
                        (speech.say(if next.is_some() { "record.go_on" } else { "record.what" }))
                    }
                }
                @if next.is_none() { p { a href="/tell/record" { (speech.say("record.more")) } } }
            }
            template {
                @for name in SAID { p data-word=(name) { (speech.say_in("record.say", name)) } }
            }
        }
    }
}

/// A list of cameras or microphones; script fills it where there are several.
fn devices(speech: Speech, part: &str, key: &str) -> Markup {
    html! {
        div.field data-devices hidden {
            label.label for=(part) { (speech.say(key)) }
            select.input id=(part) data-part=(part) { option value="" { (speech.say("record.any")) } }
        }
    }
}
