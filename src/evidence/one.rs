//! `GET /tell/one`, "Just say one thing": the second of four pages from the start to what is sent. A person records in the
//! page, or writes a few words; without script, the phone's own camera through a file field. It is the same draft as ever:
//! everything else can still be told.
//!
//! A file comes in through `intake/`, words through `submission/`; both lead to `/tell/one/about`, which asks what must be
//! asked so that nothing is misread: whose words these are, and which area.

use axum::extract::State;
use axum::response::IntoResponse;
use maud::{Markup, html};

use super::Kind;
use super::pages::{ItemLine, Refusal};
use super::record::recorder;
use super::routes::lines_of;
use crate::html::{
    Door, Field, Page, button_of, error_summary, file_input, form, heading, link_button, picture_beside, text_area,
    upload_form, warning_with, with_picture,
};
use crate::web::{Answer, Route, Site, Submitter, Who, door};
use crate::words::Speech;

/// Where the one thing is said.
pub const ONE: &str = "/tell/one";
/// Where its two questions are asked.
pub const ABOUT: &str = "/tell/one/about";
/// What the page on which files are chosen is told, so that it goes on to the questions.
pub const THEN: &str = "one";
/// Where a few words go.
const WORDS: &str = "/tell/one/words";

/// Where somebody with script chooses a file that they have already: it goes on by itself after a broken line.
pub(super) fn file_address() -> String {
    format!("/tell/evidence?then={THEN}")
}

/// The address.
pub(super) fn routes(site: &Site) -> Vec<Route> {
    vec![Route::get(ONE, Who::Draft, show, site)]
}

/// What did not come through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// A file that was not taken.
    File(Refusal),
    /// The words: there were none.
    Words,
}

async fn show(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer {
    Ok(one_page(&site, &submitter, speech, None).await?.into_response())
}

/// The page, as it stands now.
pub async fn one_page(site: &Site, submitter: &Submitter, speech: Speech, missing: Option<Missing>) -> Answer<Page> {
    let mut tx = site.db.read().await?;
    let opened = door::open(site, &mut tx, submitter).await?;
    let items = lines_of(&mut tx, submitter, &opened.key).await?;
    Ok(page(speech, opened.door, &items, missing))
}

fn page(speech: Speech, door: Door, items: &[ItemLine], missing: Option<Missing>) -> Page {
    let hidden = match &door {
        Door::Submitter { hidden, .. } => hidden.clone(),
        _ => html! {},
    };
    let wrong = match missing {
        Some(Missing::File(refusal)) => Some(("file", speech.say_in("evidence.problem", refusal.name()))),
        Some(Missing::Words) => Some(("text", speech.say("write.nothing"))),
        None => None,
    };
    let error_of = |field: &str| wrong.filter(|(name, _)| *name == field).map(|(_, sentence)| sentence);
    let body = html! {
        (error_summary(speech, &wrong.into_iter().collect::<Vec<_>>()))
        (heading(speech, "one.title"))
        p.lead { (speech.say("one.lead")) }
        (warning_with(speech, speech.picture("evidence.body_parts"), html! {
            p { (speech.say("evidence.body_parts")) }
        }))
        p { (speech.say("evidence.court")) }
        (so_far(speech, items))
        div.visually-hidden role="status" data-spoken {}
        div data-with-script hidden { h2 { (picture_beside(speech, "one.record")) (speech.say("one.record")) } }
        (recorder(speech, Some(ABOUT)))
        (by_file(speech, &hidden, error_of("file")))
        (by_words(speech, &hidden, error_of("text")))
        h2 { (speech.say("one.more_title")) }
        ul.list {
            li data-with-script hidden { a href=(file_address()) { (speech.say("one.have_file")) } }
            li { a href="/tell" { (speech.say("one.all")) } }
            li { a href="/tell/code" { (speech.say("one.code")) } }
        }
    };
    Page::new(speech, door, speech.say("one.title"), body)
        .path(ONE)
        .back("/")
        .problem(missing.is_some())
        .script("record")
}

/// What is there already: nobody has to say it twice.
fn so_far(speech: Speech, items: &[ItemLine]) -> Markup {
    html! {
        @if !items.is_empty() {
            h2 { (picture_beside(speech, "evidence.arrived_title")) (speech.say("evidence.arrived_title")) }
            ul.items {
                @for item in items {
                    @let name = item.name.as_deref().unwrap_or_else(|| speech.say_in("evidence.kind", item.kind.name()));
                    li {
                        (with_picture(speech, &format!("evidence.kind.{}", item.kind.name()), html! {
                            p { strong { bdi { (name) } } br; (state_of(speech, item)) }
                        }))
                        @if item.kind != Kind::Text && !item.state.is_had() {
                            p { a href="/tell/evidence" { (speech.say("one.see")) } }
                        }
                    }
                }
            }
            (link_button(ABOUT, speech.say("one.go_on")))
        }
    }
}

fn state_of(speech: Speech, item: &ItemLine) -> &'static str {
    match item.kind {
        Kind::Text => speech.say_in("evidence.state", "received"),
        _ => speech.say_in("evidence.state", item.state.name()),
    }
}

/// Without script, and where a browser cannot record. The file control stands alone in its form.
fn by_file(speech: Speech, hidden: &Markup, error: Option<&str>) -> Markup {
    let field = Field::new("file", speech.say("one.file")).hint(speech.say("one.file_hint")).error(error);
    html! {
        div data-without-script {
            h2 { (picture_beside(speech, "one.camera")) (speech.say("one.camera")) }
            (upload_form(ONE, hidden, html! {
                (file_input(speech, &field, false))
                p { (speech.say("evidence.slow")) }
                (button_of(speech, "one.send_file"))
            }))
        }
    }
}

fn by_words(speech: Speech, hidden: &Markup, error: Option<&str>) -> Markup {
    let field = Field::new("text", speech.say("one.text")).error(error);
    html! {
        h2 { (picture_beside(speech, "one.write")) (speech.say("one.write")) }
        (form(WORDS, &html! { (hidden) (door::once_field()) }, html! {
            (text_area(speech, &field, 4))
            (button_of(speech, "one.save_words"))
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::plain_english::{Reader, check_page, text_of_page};
    use crate::words::{Wording, Words};

    #[test]
    fn every_wording_reads_easily_and_says_what_is_wrong() {
        for wording in Wording::ALL {
            let speech = Words::embedded().speak(wording);
            let reader = if wording == Wording::Plain { Reader::Anybody } else { Reader::ShortWords };
            let refused = Refusal::ALL.map(|refusal| Some(Missing::File(refusal)));
            for missing in refused.into_iter().chain([None, Some(Missing::Words)]) {
                let page = page(speech, Door::Public, &[], missing).render().into_string();
                assert_eq!(page.matches("<h1").count(), 1);
                assert_eq!(page.contains("error-summary"), missing.is_some());
                let findings = check_page(&text_of_page(&page), reader);
                assert!(findings.is_empty(), "{findings:#?}");
            }
        }
    }
}
