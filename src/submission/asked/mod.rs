//! A question that somebody who read asks the sender. It waits behind the code, and goes nowhere.
//!
//! # When may one be asked?
//!
//! `reply` was asked as "Can inspectors write or talk back to you?", and its page says that it is no unless somebody says
//! yes. A question on a sender's own page is somebody writing back, so a "no" there must hold; and one column cannot tell
//! a "no" from a page that was never opened. But waiting silently behind a code is much less than writing to an address
//! that somebody else may read. So it has a permission of its own, `may_ask`: "Can a question wait for you here?", again
//! no unless they said yes. A question may be asked where they said yes to either, and nowhere else
//! ([`may_be_asked`]).
//!
//! # What it gives away
//!
//! Nothing about others: it says what its asker typed and not who they are, and the page is the same with a flag and
//! without. `/sent` says only that something waits; the words stand on a page of their own, and after an answer they are
//! shown no more unless the sender chose "Let me look at it again". "I do not want to answer" is an answer. What was
//! answered in words is never changed.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use maud::{Markup, html};
use serde_json::json;

use super::store::{self as submissions, Submission};
use super::{State as Life, send};
use crate::audit;
use crate::html::{self, Door, Field, Page};
use crate::web::{Answer, Form, Pressed, Problem, Site, Submitter, door};
use crate::words::Speech;

pub mod store;

pub use self::store::{Asked, How};

/// The longest answer, in characters.
const LONGEST: usize = 20_000;

/// Whether a question may wait for this sender.
pub fn may_be_asked(row: &Submission) -> bool {
    row.may_ask == "yes" || row.reply == "yes"
}

/// What `/sent` says of the questions that wait: that they do, and where.
pub(super) fn waiting(speech: Speech, asked: &[Asked]) -> Markup {
    let waiting: Vec<&Asked> = asked.iter().filter(|asked| asked.waits()).collect();
    let answered: Vec<&Asked> = asked.iter().filter(|asked| asked.is_open() && !asked.waits()).collect();
    let link = |asked: &Asked, key: &str, number: usize| {
        let number = (number + 1).to_string();
        html! { p { a href=(address(asked)) { (speech.fill(key, &[("number", &number)])) } } }
    };
    html! {
        @if !waiting.is_empty() {
            (html::inset(html! {
                h2.card-title { (html::picture_beside(speech, "asked.title")) (speech.say("asked.title")) }
                p { (speech.say("asked.waits")) }
                @for (number, asked) in waiting.iter().enumerate() { (link(asked, "asked.see", number)) }
            }))
        }
        @for (number, asked) in answered.iter().enumerate() { (link(asked, "asked.see_again", number)) }
    }
}

fn address(asked: &Asked) -> String {
    format!("/sent/questions/{}", asked.id)
}

/// `GET /sent/questions/{id}`
pub async fn show(State(site): State<Site>, submitter: Submitter, speech: Speech, Path(id): Path<String>) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let asked = find(&mut tx, &opened.key, &submitter, &id).await?;
    store::record_seen(&mut tx, &asked.id, now).await?;
    tx.commit().await?;
    let hidden = door::submitter_fields(&site, &submitter);
    Ok(page(speech, opened.door, &hidden, &asked, ("", None)).into_response())
}

/// A question to this sender that can still be answered.
async fn find(
    tx: &mut crate::db::Tx,
    key: &crate::storage::keys::SubmissionKey,
    submitter: &Submitter,
    id: &str,
) -> Answer<Asked> {
    if submitter.state != Life::Sent.name() {
        return Err(Problem::NotFound);
    }
    let asked = store::list(tx, key, &submitter.submission).await?;
    let asked = asked.into_iter().find(|asked| asked.id.as_str() == id && asked.withdrawn_us.is_none());
    asked.filter(|asked| asked.is_open() || submitter.look_again).ok_or(Problem::NotFound)
}

/// `POST /sent/questions/{id}`: an answer.
pub async fn answer(pressed: Pressed<Submitter>) -> Answer {
    let Pressed { site, by: submitter, speech, about: id, form } = pressed;
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let asked = find(&mut tx, &opened.key, &submitter, &id).await?;
    let Some((how, words)) = read(&form) else {
        let problem = if form.get("words").is_empty() { "asked.problem.empty" } else { "asked.problem.long" };
        let hidden = door::submitter_fields(&site, &submitter);
        let again = page(speech, opened.door, &hidden, &asked, (form.raw("words"), Some(speech.say(problem))));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, again.problem(true)).into_response());
    };
    if store::answer(&mut tx, &opened.key, &asked.id, (how, words), now).await? {
        // What is answered is new to whoever read it before; a file that is to come will say so itself.
        if how != How::More {
            submissions::record_added(&mut tx, &submitter.submission, now).await?;
            send::queue_again(&mut tx, &submitter.submission, now).await?;
        }
        let detail = json!({ "question": asked.id, "answer": how.name() });
        let about = submitter.submission.as_str();
        audit::record(&mut tx, now, "sender", "answer_question", "submission", about, detail).await?;
        tx.commit().await?;
        site.jobs.wake();
    }
    Ok(Redirect::to(if how == How::More { "/tell/evidence" } else { "/sent" }).into_response())
}

/// How a form answers; none where it answers nothing.
fn read(form: &Form) -> Option<(How, &str)> {
    let words = form.raw("words");
    match How::parse(form.get("answer"))? {
        How::Words if words.trim().is_empty() || words.chars().count() > LONGEST => None,
        How::Words => Some((How::Words, words)),
        other => Some((other, "")),
    }
}

fn page(speech: Speech, door: Door, hidden: &Markup, asked: &Asked, (typed, error): (&str, Option<&str>)) -> Page {
    let path = address(asked);
    let errors: Vec<(&str, &str)> = error.map(|error| ("words", error)).into_iter().collect();
    let body = html! {
        (html::error_summary(speech, &errors))
        (html::heading(speech, "asked.title"))
        @match &asked.text {
            Some(text) => { (html::their_words(text, None)) }
            None => { p { (speech.say("asked.not_opened")) } }
        }
        @if asked.is_open() {
            p { (speech.say("asked.free")) }
            (ways(speech, &path, hidden, typed, error))
        } @else {
            h2 { (speech.say("asked.answered_title")) }
            @if let Some(words) = &asked.words { (html::their_words(words, None)) }
        }
    };
    Page::new(speech, door, speech.say("asked.tab"), body).path(path).back("/sent").problem(error.is_some())
}

/// The three ways to answer, one form each: no way is the main one.
fn ways(speech: Speech, path: &str, hidden: &Markup, typed: &str, error: Option<&str>) -> Markup {
    let field = Field::new("words", speech.say("asked.words")).hint(speech.say("asked.words_hint")).value(typed);
    let press = |how: How, key: &str| {
        html! {
            (html::form(path, hidden, html! {
                p.button-line {
                    button.button.button-second type="submit" name="answer" value=(how.name()) {
                        (html::picture_beside(speech, key)) (speech.say(key))
                    }
                }
            }))
        }
    };
    html! {
        (html::form(path, hidden, html! {
            (html::hidden("answer", How::Words.name()))
            (html::text_area(speech, &field.error(error), 5))
            (html::button_of(speech, "asked.send"))
        }))
        (press(How::More, "asked.more"))
        (press(How::No, "asked.no"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Moment;
    use crate::html::Status;
    use crate::id::{AskedId, StaffId};
    use crate::words::plain_english::{self, Reader};
    use crate::words::{Wording, Words};

    fn asked(answer: Option<How>) -> Asked {
        Asked {
            id: AskedId::new(Moment(0)),
            by: StaffId("somebody".into()),
            text: Some("Which school was it?".into()),
            asked_us: Moment(0),
            seen_us: None,
            answer,
            words: None,
            answered_us: None,
            withdrawn_us: None,
        }
    }

    #[test]
    fn the_page_reads_as_plain_english_and_never_names_who_asks() {
        for wording in Wording::ALL {
            let speech = Words::embedded().speak(wording);
            let door = Door::Submitter { hidden: html! {}, status: Status::None };
            let page = page(speech, door, &html! {}, &asked(None), ("", None)).render().into_string();
            assert!(page.contains("Which school was it?") && !page.contains("somebody"));
            let text = plain_english::text_of_page(&page);
            let reader = if wording == Wording::Plain { Reader::Anybody } else { Reader::ShortWords };
            let findings = plain_english::check_page(&text, reader);
            assert!(findings.is_empty(), "{wording:?}:\n{}", findings.join("\n"));
        }
    }

    #[test]
    fn not_wanting_to_answer_is_an_answer_and_can_be_changed_later() {
        assert!(asked(None).waits());
        assert!(!asked(Some(How::No)).waits() && asked(Some(How::No)).is_open());
        assert!(!asked(Some(How::Words)).is_open(), "what was said in words stays");
    }
}
