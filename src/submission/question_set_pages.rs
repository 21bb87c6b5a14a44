//! `/questions`: every standard question with its number, version and date, for anybody, without starting; on paper one a
//! page with room to draw. And `/staff/questions`, where leads and admins record who tried them.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use jiff::civil::Date;
use maud::{Markup, html};
use serde_json::json;

use super::answers::questions::Question;
use super::question_set::{self, LONGEST, NewTry, QuestionTry};
use crate::account::{self, door};
use crate::audit;
use crate::clock::{Moment, long_date};
use crate::db::Tx;
use crate::evidence::device::PAPER;
use crate::html::{
    self, Door, Field, Page, button, digits_input, error_summary, form, inset, picture_beside, prose, text_area,
    text_input,
};
use crate::id::QuestionTryId;
use crate::web::csrf::ONCE;
use crate::web::door::{once_field, staff_fields};
use crate::web::once::{Once, use_key};
use crate::web::typed_date::{TypedDate, date_value, typed_parts};
use crate::web::{Answer, Form, Pressed, Problem, Route, Site, Staff, Who};
use crate::words::Speech;

/// Where leads and admins record who tried the questions.
pub use crate::account::door::QUESTIONS as STAFF_PAGE;

/// The addresses of this file.
pub fn routes(site: &Site) -> Vec<Route> {
    const RECORD: Who = Who::Staff(account::door::QUESTION_SET);
    vec![
        Route::get("/questions", Who::Anyone, show, site),
        Route::get(STAFF_PAGE, RECORD, show_tries, site),
        Route::post(STAFF_PAGE, RECORD, record, site),
        Route::post("/staff/questions/{id}/hide", RECORD, hide, site),
    ]
}

/// `GET /questions`
async fn show(State(site): State<Site>, speech: Speech) -> Answer<Page> {
    let mut tx = site.db.read().await?;
    let tries = question_set::list_shown(&mut tx, Question::set_version()).await?;
    Ok(page(speech, site.clock.now().date_in_london(), &tries))
}

/// Every standard question of a day, and who tried them.
pub(super) fn page(speech: Speech, today: Date, tries: &[QuestionTry]) -> Page {
    let asked: Vec<&Question> = Question::on(today).collect();
    let body = html! {
        (html::heading(speech, "questions.title"))
        p.lead { (speech.say("questions.lead")) }
        (prose(speech.say("questions.how")))
        p { a href=(PAPER) { (speech.say("device.paper_title")) } }
        (tested(speech, tries))
        @if asked.is_empty() { p { (speech.say("question.none_now")) } }
        ol.questions { @for question in asked { li value=(question.number) { (one_question(speech, question)) } } }
    };
    Page::new(speech, Door::Public, speech.say("questions.title"), body).path("/questions")
}

/// "Draft, not tested with people", or when and with whom they were tried.
fn tested(speech: Speech, tries: &[QuestionTry]) -> Markup {
    inset(html! {
        p { (speech.fill("questions.version", &[("version", Question::set_version())])) }
        @if tries.is_empty() {
            p { strong { (speech.say("question.draft")) } }
        } @else {
            h2.card-title { (picture_beside(speech, "questions.tried_title")) (speech.say("questions.tried_title")) }
            ul.list { @for one in tries { li { (one_try(speech, one)) } } }
        }
    })
}

fn one_try(speech: Speech, one: &QuestionTry) -> Markup {
    let (number, day) = (one.how_many.to_string(), TypedDate::from_text(&one.tried_on).in_words());
    html! {
        p { (speech.fill("questions.tried", &[("day", &day), ("number", &number)])) }
        p { (speech.say("questions.tried_by")) " " bdi { (one.people) } }
        p { (speech.say("questions.tried_changed")) " " bdi { (one.changed) } }
    }
}

fn one_question(speech: Speech, question: &Question) -> Markup {
    let answers: Vec<&str> = question.answers.iter().map(|answer| speech.say_in("question.answer", answer)).collect();
    let (number, version) = (question.number.to_string(), question.version.to_string());
    let places = [("number", number.as_str()), ("version", &version), ("day", &long_date(question.valid_from.0))];
    let asked = html! {
        h2 { (speech.say(&question.words("ask"))) }
        p { (speech.say(&question.words("hint"))) }
        @if !answers.is_empty() { p.hint { (speech.say("questions.answers")) " " (answers.join(" / ")) } }
    };
    html! {
        (asked)
        (html::read_aloud::of_question(speech, &number, &asked))
        (html::signed::of_question(speech, &number))
        p.small { (speech.fill("questions.which", &places)) }
        div.room-to-draw { p { (speech.say("questions.room")) } }
    }
}

/// What is in the form of a try.
#[derive(Clone, Debug, Default)]
struct Entry {
    people: String,
    how_many: String,
    changed: String,
    day: [String; 3],
    wrong: Vec<(&'static str, &'static str)>,
}

/// `GET /staff/questions`
async fn show_tries(State(site): State<Site>, staff: Staff, speech: Speech) -> Answer {
    let mut tx = site.db.read().await?;
    Ok(tries_page(&mut tx, &site, &staff, speech, &Entry::default()).await?.into_response())
}

async fn tries_page(tx: &mut Tx, site: &Site, staff: &Staff, speech: Speech, entry: &Entry) -> Answer<Page> {
    let mut lines = Vec::new();
    for one in question_set::list_all(tx).await? {
        lines.push((account::store::name_of(tx, &site.keys, &one.entered_by).await?, one));
    }
    let wrong: Vec<(&str, &str)> = entry.wrong.iter().map(|(field, key)| (*field, speech.say(key))).collect();
    let version = Question::set_version();
    let is_draft = !lines.iter().any(|(_, one)| one.set_version == version && one.hidden_us.is_none());
    let body = html! {
        (error_summary(speech, &wrong))
        h1 { (speech.say("question_try.title")) }
        p { (speech.fill("questions.version", &[("version", version)])) }
        p {
            @if is_draft { strong { (speech.say("question_try.is_draft")) } } @else { (speech.say("question_try.is_tried")) }
            " " a href="/questions" { (speech.say("question_try.to_page")) }
        }
        @for (name, one) in &lines { (staff_line(speech, site, staff, name, one)) }
        h2 { (speech.say("question_try.record")) }
        p { (speech.say("question_try.no_names")) }
        (try_form(speech, &html! { (staff_fields(site, staff)) (once_field()) }, entry))
    };
    let door = door::door(tx, site, speech, staff).await?;
    Ok(Page::new(speech, door, speech.say("question_try.title"), body).problem(!entry.wrong.is_empty()))
}

fn staff_line(speech: Speech, site: &Site, staff: &Staff, name: &str, one: &QuestionTry) -> Markup {
    let day = TypedDate::from_text(&one.tried_on).in_words();
    html! {
        section.card {
            h2 { (speech.fill("question_try.one", &[("version", &one.set_version), ("day", &day)])) }
            (one_try(speech, one))
            p.hint { (speech.fill("question_try.entered", &[("name", name)])) }
            @match one.hidden_us {
                Some(when) => { p { strong { (speech.fill("question_try.hidden", &[("when", &when.in_london())])) } } }
                None => {
                    (form(&format!("/staff/questions/{}/hide", one.id), &staff_fields(site, staff), html! {
                        p.button-line { button.button.button-second type="submit" {
                            (speech.fill("question_try.hide", &[("day", &day)]))
                        } }
                    }))
                }
            }
        }
    }
}

fn try_form(speech: Speech, fields: &Markup, entry: &Entry) -> Markup {
    let error = |field: &str| entry.wrong.iter().find(|(name, _)| *name == field).map(|(_, key)| speech.say(key));
    let field = |name: &'static str, key: &str| Field::new(name, speech.say(key)).error(error(name));
    form(
        STAFF_PAGE,
        fields,
        html! {
            (text_input(speech, &field("people", "question_try.people").hint(speech.say("question_try.people_hint")).value(&entry.people)))
            (digits_input(speech, &field("how_many", "question_try.how_many").value(&entry.how_many)))
            (html::date_input(speech, &field("tried", "question_try.tried_on"), date_value(&entry.day)))
            (text_area(speech, &field("changed", "question_try.changed").hint(speech.say("question_try.changed_hint")).value(&entry.changed), 4))
            (button(speech.say("question_try.save")))
        },
    )
}

/// `POST /staff/questions`
async fn record(State(site): State<Site>, staff: Staff, speech: Speech, form: Form) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let entry = read(&form, now);
    let (tried_on, how_many) = (TypedDate::read(&form, "tried").to_text(), entry.how_many.parse::<i64>());
    let (Some(tried_on), Ok(how_many), true) = (tried_on, how_many, entry.wrong.is_empty()) else {
        let page = tries_page(&mut tx, &site, &staff, speech, &entry).await?;
        return Ok(super::answers::refused(page));
    };
    if let Once::First = use_key(&mut tx, form.get(ONCE), STAFF_PAGE, now).await? {
        let set_version = Question::set_version();
        let (people, changed) = (entry.people.as_str(), entry.changed.as_str());
        let new = NewTry { set_version, tried_on: &tried_on, people, how_many, changed, by: &staff.id };
        let id = question_set::add(&mut tx, new, now).await?;
        let detail = json!({ "try": id, "how_many": how_many });
        audit::record(&mut tx, now, &staff.actor(), "questions.tried", "questions", set_version, detail).await?;
        tx.commit().await?;
    }
    Ok(Redirect::to(STAFF_PAGE).into_response())
}

fn read(form: &Form, now: Moment) -> Entry {
    let mut entry = Entry {
        people: form.get("people").to_owned(),
        how_many: form.get("how_many").to_owned(),
        changed: form.get("changed").to_owned(),
        day: typed_parts(form, "tried"),
        wrong: Vec::new(),
    };
    let is_text = |text: &str| !text.is_empty() && text.chars().count() <= LONGEST;
    if !is_text(&entry.people) {
        entry.wrong.push(("people", "question_try.wrong.people"));
    }
    if !entry.how_many.parse().is_ok_and(|number: i64| (1..=100_000).contains(&number)) {
        entry.wrong.push(("how_many", "question_try.wrong.how_many"));
    }
    let day = TypedDate::read(form, "tried");
    if day.to_text().is_none() || day.is_after(now.date_in_london()) {
        entry.wrong.push(("tried", "question_try.wrong.day"));
    }
    if !is_text(&entry.changed) {
        entry.wrong.push(("changed", "question_try.wrong.changed"));
    }
    entry
}

/// `POST /staff/questions/{id}/hide`
async fn hide(pressed: Pressed<Staff>) -> Answer {
    let Pressed { site, by: staff, about, .. } = pressed;
    let (now, id) = (site.clock.now(), QuestionTryId(about));
    let mut tx = site.db.write().await?;
    if question_set::hide(&mut tx, &id, now).await? {
        let (version, detail) = (Question::set_version(), json!({ "try": id }));
        audit::record(&mut tx, now, &staff.actor(), "questions.try_hidden", "questions", version, detail).await?;
        tx.commit().await?;
    } else if !question_set::list_all(&mut tx).await?.iter().any(|one| one.id == id) {
        return Err(Problem::NotFound);
    }
    Ok(Redirect::to(STAFF_PAGE).into_response())
}
