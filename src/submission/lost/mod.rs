//! `/return/lost`: "I have lost my code". What we cannot do without it and why, how to tell more and say that it belongs
//! with earlier things, and asking for something to be taken back.
//!
//! Whoever asks here reads the same page whatever exists, after the same work: nothing is looked up while they wait. What
//! their reference names is found by a job ([`store`]); a person decides (`review/requests.rs`). So nobody can use these
//! pages to find out whether somebody else told us anything: not by words, not by time, and not by what follows.
//!
//! An address that asks very often is slowed as one that begins very often is ([`super::pace`]), and never refused.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use maud::html;

use super::pace;
use crate::html::{self, Door, Field, Page, prose};
use crate::web::client::ClientAddr;
use crate::web::csrf::ONCE;
use crate::web::once::{Once, use_key};
use crate::web::{Answer, Form, Site, address_day, door};
use crate::words::Speech;

pub mod store;

pub use self::store::{Asked, MATCH_REQUEST, match_request};

/// The page about a lost code.
pub const LOST: &str = "/return/lost";
/// Where everybody is led who asked for something to be taken back.
const ASKED: &str = "/return/lost/asked";

/// Most letters that somebody may write to us here.
const LONGEST: usize = 10_000;
/// Most letters that are kept of a reference, and of a way to reach somebody.
const LINE: usize = 200;

/// `GET /return/lost`
pub async fn show(speech: Speech) -> Page {
    page(speech, &Asked::default(), None)
}

/// `POST /return/lost`: keeps what somebody asks for, whatever exists.
pub async fn ask(State(site): State<Site>, client: ClientAddr, speech: Speech, form: Form) -> Answer {
    let line = |name: &str| form.get(name).chars().take(LINE).collect::<String>();
    let asked = Asked { words: form.get("words").to_owned(), reference: line("reference"), reach: line("reach") };
    if let Some(problem) = problem_with(&asked.words) {
        let again = page(speech, &asked, Some(speech.say(problem))).problem(true);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response());
    }
    let who = client.keyed_today(&site, site.clock.now());
    pace::slow_down(&site, &who).await?;
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    if let Once::First = use_key(&mut tx, form.get(ONCE), ASKED, now).await? {
        address_day::count_draft(&mut tx, &who, now).await?;
        store::keep(&mut tx, &site.keys, &asked, now).await?;
        tx.commit().await?;
        site.jobs.wake();
    }
    Ok(Redirect::to(ASKED).into_response())
}

fn problem_with(words: &str) -> Option<&'static str> {
    match words.chars().count() {
        0 => Some("lost.problem.empty"),
        1..=LONGEST => None,
        _ => Some("lost.problem.long"),
    }
}

/// `GET /return/lost/asked`: the same for everybody.
pub async fn asked(speech: Speech) -> Page {
    asked_page(speech)
}

fn asked_page(speech: Speech) -> Page {
    let body = html! {
        (html::heading(speech, "lost.asked_title"))
        (prose(speech.say("lost.asked")))
        p { a href="/who-can-help" { (speech.say("lost.who_can_help")) } }
    };
    Page::new(speech, Door::Public, speech.say("lost.tab"), body).path(ASKED).back(LOST)
}

fn page(speech: Speech, asked: &Asked, error: Option<&str>) -> Page {
    let words = Field::new("words", speech.say("lost.words")).hint(speech.say("lost.words_hint"));
    let reference = Field::new("reference", speech.say("lost.reference")).hint(speech.say("lost.reference_hint"));
    let reach = Field::new("reach", speech.say("lost.reach")).hint(speech.say("lost.reach_hint"));
    let body = html! {
        (html::error_summary(speech, &error.map(|error| ("words", error)).into_iter().collect::<Vec<_>>()))
        (html::heading(speech, "lost.title"))
        (prose(speech.say("lost.lead")))
        h2 { (html::picture_beside(speech, "lost.cannot_title")) (speech.say("lost.cannot_title")) }
        (prose(speech.say("lost.cannot")))
        h2 { (html::picture_beside(speech, "lost.more_title")) (speech.say("lost.more_title")) }
        (prose(speech.say("lost.more")))
        h2 { (html::picture_beside(speech, "lost.back_title")) (speech.say("lost.back_title")) }
        (prose(speech.say("lost.back")))
        (html::form(LOST, &door::once_field(), html! {
            (html::text_area(speech, &words.value(&asked.words).error(error), 5))
            (html::text_input(speech, &reference.value(&asked.reference)))
            (html::text_input(speech, &reach.value(&asked.reach)))
            p { (speech.say("lost.kept")) }
            (html::button(speech.say("lost.ask")))
        }))
    };
    Page::new(speech, Door::Public, speech.say("lost.tab"), body).path(LOST).back("/return")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::plain_english::{self, Reader};
    use crate::words::{Wording, Words};

    #[test]
    fn the_pages_read_as_plain_english_in_every_wording() {
        for wording in Wording::ALL {
            let speech = Words::embedded().speak(wording);
            let reader = if wording == Wording::Plain { Reader::Anybody } else { Reader::ShortWords };
            for page in [page(speech, &Asked::default(), None), asked_page(speech)] {
                let text = plain_english::text_of_page(&page.render().into_string());
                let findings = plain_english::check_page(&text, reader);
                assert!(findings.is_empty(), "{} in {wording:?}:\n{}", page.title, findings.join("\n"));
            }
        }
    }

    #[test]
    fn what_was_typed_is_still_there_after_a_fault() {
        let speech = Words::embedded().speak(Wording::Plain);
        let asked = Asked { words: String::new(), reference: "HRD-<b>".into(), reach: "me@x.example".into() };
        let page = page(speech, &asked, problem_with("").map(|key| speech.say(key))).render().into_string();
        assert!(page.contains("HRD-&lt;b&gt;") && page.contains("me@x.example") && page.contains("error-summary"));
        assert_eq!(problem_with(&"x".repeat(LONGEST + 1)), Some("lost.problem.long"));
    }
}
