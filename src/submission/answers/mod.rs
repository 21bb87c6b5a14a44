//! What a person answers, one subject a page: who they are, their area, writing, questions, help, dates, permission,
//! contact. Every answer can be skipped, taken back and changed until it is sent; after a failed POST the words are
//! still on the page.
//!
//! - [`names`] are the names behind the closed answers; [`store`] the SQL of the plain columns, areas and dated steps.
//! - [`limits`] holds the time limits in law and counts how long something took; [`questions`] the standard questions.
//! - Each other file is one page with its handlers. A handler opens the draft as [`Told`], reads the form, saves, and
//!   leads back to the list.
//!
//! Which answers are plain columns (only what lists filter by) and which are sealed is `submission/field.rs`.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::Markup;

use super::store::{Answers, Submission, load_answers, save_answer};
use super::{Field, State};
use crate::clock::Moment;
use crate::db::Tx;
use crate::evidence::one::ABOUT;
use crate::evidence::store::hold_submission;
use crate::html::{Choice, Door, Page};
use crate::storage::keys::SubmissionKey;
use crate::web::{Answer, Form, Problem, Route, Site, Submitter, Who, door};
use crate::words::Speech;

pub mod area;
pub mod before;
pub mod contact;
pub mod date_step;
pub mod dated;
pub mod dates;
pub mod helped;
pub mod how;
pub mod limits;
pub mod names;
pub mod one;
pub mod permission;
pub mod question_pages;
pub mod questions;
pub mod store;
pub mod who;
pub mod write;

/// The addresses of the answers.
pub fn routes(site: &Site) -> Vec<Route> {
    const DRAFT: Who = Who::Draft;
    vec![
        Route::get("/tell/who", DRAFT, who::show, site),
        Route::post("/tell/who", DRAFT, who::save, site),
        Route::get("/tell/area", DRAFT, area::show, site),
        Route::post("/tell/area", DRAFT, area::act, site),
        Route::get("/tell/area/list", DRAFT, area::show_list, site),
        Route::post("/tell/one/words", DRAFT, one::say_in_words, site),
        Route::get(ABOUT, DRAFT, one::ask, site),
        Route::post(ABOUT, DRAFT, one::save, site),
        Route::get("/tell/write", Who::SenderOrCard, write::show, site),
        Route::post("/tell/write", Who::SenderOrCard, write::add, site),
        Route::get("/tell/write/{id}", Who::SenderOrCard, write::show_one, site),
        Route::post("/tell/write/{id}", Who::SenderOrCard, write::save, site),
        Route::get("/tell/questions", DRAFT, question_pages::show_list, site),
        Route::post("/tell/questions", DRAFT, question_pages::save_not_safe, site),
        Route::get("/tell/questions/{number}", DRAFT, question_pages::show, site),
        Route::post("/tell/questions/{number}", DRAFT, question_pages::save, site),
        Route::get("/tell/helped", DRAFT, helped::show, site),
        Route::post("/tell/helped", DRAFT, helped::save, site),
        Route::get("/tell/helped/asked", DRAFT, helped::show_asked, site),
        Route::post("/tell/helped/asked", DRAFT, helped::save_asked, site),
        Route::get("/tell/helped/advocate", DRAFT, helped::show_advocate, site),
        Route::post("/tell/helped/advocate", DRAFT, helped::save_advocate, site),
        Route::get("/tell/how", DRAFT, how::show, site),
        Route::post("/tell/how", DRAFT, how::save, site),
        Route::get("/tell/dates", DRAFT, dates::show, site),
        Route::post("/tell/dates", DRAFT, date_step::add, site),
        Route::get("/tell/dates/happened", DRAFT, dates::show_happened, site),
        Route::post("/tell/dates/happened", DRAFT, dates::save_happened, site),
        Route::get("/tell/dates/add", DRAFT, date_step::show_new, site),
        Route::get("/tell/dates/{id}", DRAFT, date_step::show, site),
        Route::post("/tell/dates/{id}", DRAFT, date_step::save, site),
        Route::get("/tell/dates/{id}/remove", DRAFT, date_step::ask_remove, site),
        Route::post("/tell/dates/{id}/remove", DRAFT, date_step::remove, site),
        Route::get("/tell/permission", DRAFT, permission::show, site),
        Route::post("/tell/permission", DRAFT, permission::save, site),
        Route::get(before::BEFORE, DRAFT, before::show, site),
        Route::post(before::BEFORE, DRAFT, before::save, site),
        Route::get("/tell/contact", DRAFT, contact::show, site),
        Route::post("/tell/contact", DRAFT, contact::save, site),
    ]
}

/// A submitter's own draft, opened: what the pages of the answers stand on.
#[derive(Debug)]
pub struct Told {
    /// Its row.
    pub row: Submission,
    /// Its sealed answers, opened.
    pub answers: Answers,
    /// The key that seals and opens them.
    pub key: SubmissionKey,
    /// The frame of its pages.
    pub door: Door,
}

impl Told {
    /// Opens it for looking.
    pub async fn look(site: &Site, tx: &mut Tx, submitter: &Submitter) -> Answer<Told> {
        let opened = door::open(site, tx, submitter).await?;
        let row = super::store::find(tx, &submitter.submission).await?.ok_or(Problem::NoVisit)?;
        let answers = load_answers(tx, &opened.key, &submitter.submission).await?;
        Ok(Told { row, answers, key: opened.key, door: opened.door })
    }

    /// Opens it for changing, and holds its row: a draft that was sent a moment ago takes no more answers.
    pub async fn change(site: &Site, tx: &mut Tx, submitter: &Submitter) -> Answer<Told> {
        if !hold_submission(tx, &submitter.submission, site.clock.now()).await? {
            return Err(Problem::AlreadySent);
        }
        let told = Told::look(site, tx, submitter).await?;
        if told.row.state == State::Draft { Ok(told) } else { Err(Problem::AlreadySent) }
    }

    /// Saves sealed answers that are there once; an empty text takes an answer away.
    pub async fn save(&self, tx: &mut Tx, answers: &[(Field, &str)], now: Moment) -> Answer<()> {
        for (field, text) in answers {
            save_answer(tx, &self.key, &self.row.id, (*field, 0), text, now).await?;
        }
        Ok(())
    }
}

/// The hidden fields of a page's forms.
pub(in crate::submission) fn hidden_of(door: &Door) -> Markup {
    match door {
        Door::Submitter { hidden, .. } => hidden.clone(),
        Door::Public | Door::Staff { .. } => maud::html! {},
    }
}

/// A page after a POST that failed.
pub(in crate::submission) fn refused(page: Page) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page.problem(true)).into_response()
}

/// The choices of a closed answer: each name with its words in a group, and "I do not want to say" where it can be taken
/// back.
pub(super) fn choices_with_words_in<'a>(
    group: &str,
    speech: Speech,
    names: impl IntoIterator<Item = &'a str>,
    not_said: Option<&str>,
) -> Vec<Choice<'a>> {
    let named = names.into_iter().map(|name| {
        let picture = speech.picture(&format!("{group}.{name}"));
        Choice::new(name, speech.say_in(group, name)).picture(picture)
    });
    let silence =
        not_said.map(|key| Choice::new(crate::evidence::pages::NOT_SAID, speech.say(key)).picture(speech.picture(key)));
    named.chain(silence).collect()
}

/// Things that are wrong with a form: the field, and the key of a sentence that says how to put it right.
pub(super) type Errors = Vec<(&'static str, &'static str)>;

/// The sentences of what is wrong.
pub(super) fn sentences(speech: Speech, errors: &Errors) -> Vec<(&'static str, &'static str)> {
    errors.iter().map(|(field, key)| (*field, speech.say(key))).collect()
}

/// What is wrong with one field.
pub(super) fn error_of(errors: &[(&'static str, &'static str)], field: &str) -> Option<&'static str> {
    errors.iter().find(|(name, _)| *name == field).map(|(_, sentence)| *sentence)
}

/// A text as it was typed, or none where there is only white space. What people write is kept as it is.
pub(in crate::submission) fn typed<'a>(form: &'a Form, name: &str) -> &'a str {
    let raw = form.raw(name);
    if raw.trim().is_empty() { "" } else { raw }
}
