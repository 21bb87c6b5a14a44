//! `/tell/questions`: the standard questions, one a page, each with closed answers and room for the person's own words,
//! each skippable. Both kinds of answer are sealed. The list also asks whether someone is not safe now.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use maud::{Markup, html};

use super::questions::Question;
use super::{Told, choices_with_words_in, hidden_of, typed};
use crate::html::{Door, Field as Input, Page, Step, button, details, form, inset, radios, steps, text_area};
use crate::submission::start::Statements;
use crate::submission::store::{Answers, save_answer};
use crate::submission::{Field, not_safe, question_set};
use crate::web::{Answer, Form, Problem, Site, Submitter};
use crate::words::Speech;

/// `GET /tell/questions`
pub async fn show_list(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer {
    let mut tx = site.db.read().await?;
    let told = Told::look(&site, &mut tx, &submitter).await?;
    let asked: Vec<&Question> = Question::on(site.clock.now().date_in_london()).collect();
    let is_tried = !question_set::list_shown(&mut tx, Question::set_version()).await?.is_empty();
    let statements = Statements::of(&site);
    Ok(list_page(speech, told.door, &asked, is_tried, &told.answers, statements).into_response())
}

/// `POST /tell/questions`: keeps whether someone is not safe now, and goes on.
pub async fn save_not_safe(State(site): State<Site>, submitter: Submitter, form: Form) -> Answer {
    let mut tx = site.db.write().await?;
    let told = Told::change(&site, &mut tx, &submitter).await?;
    not_safe::keep(&mut tx, &told.key, (&told.row.id, 0), &form, site.clock.now()).await?;
    tx.commit().await?;
    Ok(Redirect::to("/tell").into_response())
}

/// `GET /tell/questions/{number}`
pub async fn show(
    State(site): State<Site>,
    submitter: Submitter,
    speech: Speech,
    Path(number): Path<String>,
) -> Answer {
    let asked: Vec<&Question> = Question::on(site.clock.now().date_in_london()).collect();
    let place = place_of(&asked, &number)?;
    let mut tx = site.db.read().await?;
    let told = Told::look(&site, &mut tx, &submitter).await?;
    Ok(question_page(speech, told.door, &asked, place, &told.answers).into_response())
}

/// `POST /tell/questions/{number}`: saves both answers and goes on to the next question.
pub async fn save(State(site): State<Site>, submitter: Submitter, Path(number): Path<String>, form: Form) -> Answer {
    let now = site.clock.now();
    let asked: Vec<&Question> = Question::on(now.date_in_london()).collect();
    let place = place_of(&asked, &number)?;
    let question = asked[place];
    let mut tx = site.db.write().await?;
    let told = Told::change(&site, &mut tx, &submitter).await?;
    let choice = question.answers.iter().find(|answer| *answer == form.get("choice")).map_or("", String::as_str);
    let id = &told.row.id;
    save_answer(&mut tx, &told.key, id, (Field::QuestionChoice, question.number), choice, now).await?;
    save_answer(&mut tx, &told.key, id, (Field::Question, question.number), typed(&form, "open"), now).await?;
    let asked_as = typed(&form, "asked_as");
    save_answer(&mut tx, &told.key, id, (Field::QuestionAsked, question.number), asked_as, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&after(&asked, place)).into_response())
}

fn place_of(asked: &[&Question], number: &str) -> Answer<usize> {
    let number: i64 = number.parse().map_err(|_| Problem::NotFound)?;
    asked.iter().position(|question| question.number == number).ok_or(Problem::NotFound)
}

fn address(question: &Question) -> String {
    format!("/tell/questions/{}", question.number)
}

fn after(asked: &[&Question], place: usize) -> String {
    asked.get(place + 1).map_or_else(|| "/tell/questions".to_owned(), |next| address(next))
}

fn is_answered(answers: &Answers, question: &Question) -> bool {
    let has = |field: Field| !answers.part(field, question.number).is_empty();
    has(Field::QuestionChoice) || has(Field::Question)
}

fn list_page(
    speech: Speech,
    door: Door,
    asked: &[&Question],
    is_tried: bool,
    answers: &Answers,
    statements: Statements,
) -> Page {
    let hidden = hidden_of(&door);
    let lines: Vec<(String, &str, bool)> = asked
        .iter()
        .map(|question| (address(question), speech.say(&question.words("ask")), is_answered(answers, question)))
        .collect();
    let lines: Vec<Step> = lines
        .iter()
        .map(|(href, label, done)| Step {
            href,
            label,
            picture: None,
            state: speech.say(if *done { "question.answered" } else { "question.not_answered" }),
            done: *done,
        })
        .collect();
    let body = html! {
        (crate::html::heading(speech, "question.list_title"))
        p { (speech.say("question.lead")) }
        @if !is_tried { (inset(html! { p { (speech.say("question.draft")) } })) }
        @if lines.is_empty() { p { (speech.say("question.none_now")) } }
        (steps(&lines))
        (form("/tell/questions", &hidden, html! {
            (not_safe::question_with_danger(speech, answers.get(Field::NotSafe), statements))
            (button(speech.say("question.go_on")))
        }))
    };
    Page::new(speech, door, speech.say("question.list_title"), body).path("/tell/questions").back("/tell")
}

/// For somebody who helps: how they put the question. Open where it was answered, so that nothing is hidden.
fn asked_this_way(speech: Speech, question: &Question, answers: &Answers) -> Markup {
    let asked = answers.part(Field::QuestionAsked, question.number);
    let field = Input::new("asked_as", speech.say("question.asked_as")).hint(speech.say("question.asked_hint"));
    let area = text_area(speech, &field.value(asked), 3);
    match asked.is_empty() {
        true => details(speech.say("question.asked_open"), area),
        false => area,
    }
}

fn question_page(speech: Speech, door: Door, asked: &[&Question], place: usize, answers: &Answers) -> Page {
    let question = asked[place];
    let hidden = hidden_of(&door);
    let (number, total) = ((place + 1).to_string(), asked.len().to_string());
    let answers_on_offer = choices_with_words_in(
        "question.answer",
        speech,
        question.answers.iter().map(String::as_str),
        Some("question.not_said"),
    );
    let ask = speech.say(&question.words("ask"));
    let closed = Input::new("choice", ask)
        .hint(speech.say(&question.words("hint")))
        .value(answers.part(Field::QuestionChoice, question.number))
        .heading();
    let only_open = question.answers.is_empty();
    let open_label = speech.say(if only_open { "question.open_only" } else { "question.open" });
    let open = Input::new("open", open_label).value(answers.part(Field::Question, question.number));
    let skip_to = after(asked, place);
    let body = html! {
        p { (speech.fill("question.place", &[("number", &number), ("total", &total)])) }
        (form(&address(question), &hidden, html! {
            @if only_open {
                h1 { (ask) }
                p { (speech.say(&question.words("hint"))) }
            } @else {
                (radios(speech, &closed, &answers_on_offer))
            }
            (text_area(speech, &open, 6))
            (asked_this_way(speech, question, answers))
            (button(speech.say("question.save")))
        }))
        p { a href=(skip_to) { (speech.say("question.skip")) } }
        p { (speech.say("question.other_ways")) " " a href="/tell/questions" { (speech.say("question.all")) } }
    };
    Page::new(speech, door, ask, body).path(address(question)).back("/tell/questions")
}
