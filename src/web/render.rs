//! Turns a [`Problem`] that a handler returned into a page in the reader's own wording.
//!
//! The page says what happened, what to do now, and gives back words that could not be saved. A panic in a handler ends
//! here as well, as a fault of ours.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::HeaderName;
use axum::http::StatusCode;
use axum::http::header::{ALLOW, RETRY_AFTER};
use axum::middleware::Next;
use axum::response::{AppendHeaders, IntoResponse, Response};
use maud::{Markup, html};

use super::accept::read_on;
use super::given_back::Typed;
use super::problem::Problem;
use super::site::Site;
use super::wording;
use crate::html::{self, Door, Page};
use crate::words::Speech;

/// The header that every answer about a resumable upload carries: the protocol's version (<https://tus.io>).
pub const TUS_RESUMABLE: &str = "tus-resumable";
/// The version that we speak.
pub const TUS_VERSION: &str = "1.0.0";

/// Runs a request, and puts a page into an answer that is only a problem.
pub async fn render(State(site): State<Site>, request: Request, next: Next) -> Response {
    let speech = wording::speech(&site, request.uri().path(), request.headers());
    let staff_door = request.uri().path().starts_with("/staff");
    let to_program = is_for_programs(request.uri().path());
    let response = next.run(request).await;
    let problem = match response.extensions().get::<Problem>() {
        Some(problem) => problem.clone(),
        None if response.status() == StatusCode::METHOD_NOT_ALLOWED => Problem::WrongMethod,
        None => return response,
    };
    if to_program {
        let mut answer = plain(speech, &problem);
        let allow = response.headers().get(ALLOW).cloned();
        answer.headers_mut().extend(allow.map(|methods| (ALLOW, methods)));
        return answer;
    }
    let typed = response.extensions().get::<Typed>().cloned().unwrap_or_default();
    let page = problem_page(speech, &problem, &typed.words(), staff_door);
    let (mut parts, _) = response.into_parts();
    parts.status = problem.status();
    if parts.status == StatusCode::METHOD_NOT_ALLOWED {
        parts.headers.remove(axum::http::header::CONTENT_LENGTH);
    }
    let mut answer = (retry_after(&problem), page.render()).into_response();
    parts.headers.extend(answer.headers_mut().drain().filter_map(|(name, value)| Some((name?, value))));
    parts.extensions.remove::<Problem>();
    Response::from_parts(parts, answer.into_body())
}

/// The header that names a problem, for the script that reads an answer. The names are those of [`Problem::name`], and of
/// `evidence::pages::Refusal`.
pub const PROBLEM: &str = "heard-problem";

/// Addresses to which a program comes and not a person: it gets a line of text to show, and no page.
fn is_for_programs(path: &str) -> bool {
    path == "/uploads" || path.starts_with("/uploads/")
}

/// A problem for a program: the words that it may show to the person, and the problem's name.
pub fn plain(speech: Speech, problem: &Problem) -> Response {
    let words = |part: &str| speech.say(&format!("problem.{}.{part}", problem.name()));
    let headers = [(PROBLEM, problem.name()), (TUS_RESUMABLE, TUS_VERSION)];
    let text = format!("{} {}", words("what"), words("now"));
    (problem.status(), headers, retry_after(problem), text).into_response()
}

fn retry_after(problem: &Problem) -> AppendHeaders<Option<(HeaderName, u16)>> {
    AppendHeaders(problem.retry_after().map(|seconds| (RETRY_AFTER, seconds)))
}

/// A page for a problem, with what was typed and not saved.
pub fn problem_page(speech: Speech, problem: &Problem, typed: &[String], staff_door: bool) -> Page {
    let words = |part: &str| speech.say(&format!("problem.{}.{part}", problem.name()));
    let door = match staff_door {
        true => Door::Staff { name: None, links: Vec::new(), hidden: html! {} },
        false => Door::Public,
    };
    let body = html! {
        (html::heading(speech, &format!("problem.{}.title", problem.name())))
        p { (words("what")) }
        p { (words("now")) }
        (kept_words(speech, typed))
        (ways_on(speech, problem, staff_door))
    };
    Page::new(speech, door, words("title"), body)
}

/// The person's words, to copy from: never lost because a form was too old, or a part of ours did not answer.
fn kept_words(speech: Speech, words: &[String]) -> Markup {
    html! {
        @if !words.is_empty() {
            h2 { (speech.say("problem.your_words")) }
            p { (speech.say("problem.copy_them")) }
            @for text in words {
                (html::their_words(text, None))
            }
        }
    }
}

fn ways_on(speech: Speech, problem: &Problem, staff_door: bool) -> Markup {
    if staff_door {
        // Whoever is not signed in is asked to by that page.
        return html! { p { a href="/staff" { (speech.say("problem.to_staff_home")) } } };
    }
    html! {
        @match problem {
            Problem::NoVisit | Problem::Idle => {
                (html::link_button("/return", speech.say("problem.to_return")))
                p { a href="/" { (speech.say("problem.to_start")) } }
            }
            Problem::NotFound | Problem::WrongMethod => {
                (html::link_button("/", speech.say("problem.to_start")))
                p { a href="/return" { (speech.say("problem.to_return")) } }
            }
            Problem::AlreadySent => (html::link_button("/sent", speech.say("problem.to_receipt"))),
            _ => (html::link_button("/tell", speech.say("problem.to_list"))),
        }
        p { a href="/help" { (speech.say("problem.to_help")) } }
    }
}

/// Reads on through a refused body, within bounds, and then answers; a browser shows nothing of an answer that comes
/// while it is still sending.
pub async fn after_reading(body: Body, problem: Problem) -> Problem {
    read_on(body, 64 << 20).await;
    problem
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::plain_english::{Reader, check_page, text_of_page};
    use crate::words::{Wording, Words};

    const ALL: [Problem; 15] = [
        Problem::NotFound,
        Problem::WrongMethod,
        Problem::NoVisit,
        Problem::Idle,
        Problem::OtherDraft,
        Problem::ExpiredForm,
        Problem::SignedOut,
        Problem::TooLarge,
        Problem::Unreadable,
        Problem::Gone,
        Problem::AlreadySent,
        Problem::SlowDown,
        Problem::Full,
        Problem::Unavailable,
        Problem::Fault,
    ];

    #[test]
    fn every_problem_has_plain_words_in_every_wording() {
        for wording in Wording::ALL {
            for problem in &ALL {
                let page = problem_page(Words::embedded().speak(wording), problem, &[], false).render().into_string();
                assert_eq!(page.matches("<h1").count(), 1, "{problem:?}");
                let reader = if wording == Wording::Plain { Reader::Anybody } else { Reader::ShortWords };
                let findings = check_page(&text_of_page(&page), reader);
                assert!(findings.is_empty(), "{problem:?} in {wording:?}: {findings:#?}");
            }
        }
    }

    #[test]
    fn words_that_were_not_saved_are_given_back_unharmed() {
        let said = vec!["We waited <b>30</b> weeks".to_owned()];
        let page = problem_page(Words::embedded().speak(Wording::Plain), &Problem::ExpiredForm, &said, false).render();
        assert!(page.into_string().contains("We waited &lt;b&gt;30&lt;/b&gt; weeks"));
    }
}
