//! One dated step: "What did you ask for? When? What did they say: yes, no, part, no answer yet? When? How do you know?"
//! Several can be told; each can be changed and taken out. What the law says stands on the same page.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use jiff::civil::Date;
use maud::{Markup, html};

use super::dates::{title_of, what_the_law_says};
use super::limits::{Limit, OTHER};
use super::names::Outcome;
use super::store::{drop_step, save_step};
use super::{Errors, Told, error_of, hidden_of, refused, sentences, typed};
use crate::db::Tx;
use crate::evidence::pages::NOT_SAID;
use crate::html::{
    Choice, Door, Field as Input, Page, button, danger_button, date_input, error_summary, form, link_button, radios,
    text_area,
};
use crate::id::DatedStepId;
use crate::submission::store::{DatedStep, list_dates};
use crate::web::csrf::ONCE;
use crate::web::once::{self, Once};
use crate::web::typed_date::{TypedDate, date_value, typed_parts};
use crate::web::{Answer, Form, Pressed, Problem, Site, Submitter, door};
use crate::words::Speech;

/// Where the list of dates is.
const LIST: &str = "/tell/dates";

/// What stands in the fields.
#[derive(Debug, Default)]
struct Values {
    rule: String,
    what: String,
    asked: [String; 3],
    outcome: String,
    answered: [String; 3],
    how_known: String,
    errors: Errors,
}

/// `GET /tell/dates/add`
pub async fn show_new(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer {
    let mut tx = site.db.read().await?;
    let told = Told::look(&site, &mut tx, &submitter).await?;
    let today = site.clock.now().date_in_london();
    Ok(step_page(speech, told.door, None, &Values::default(), today).into_response())
}

/// `POST /tell/dates`: adds a step.
pub async fn add(State(site): State<Site>, submitter: Submitter, speech: Speech, form: Form) -> Answer {
    let now = site.clock.now();
    let today = now.date_in_london();
    let mut tx = site.db.write().await?;
    let told = Told::change(&site, &mut tx, &submitter).await?;
    let step = match read(&form, DatedStepId::new(now), today) {
        Ok(step) => step,
        Err(errors) => {
            let values = Values { errors, ..typed_values(&form) };
            return Ok(refused(step_page(speech, told.door, None, &values, today)));
        }
    };
    if let Once::First = once::use_key(&mut tx, form.get(ONCE), LIST, now).await? {
        save_step(&mut tx, &told.key, &told.row.id, &step, now).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(LIST).into_response())
}

/// `GET /tell/dates/{id}`
pub async fn show(State(site): State<Site>, submitter: Submitter, speech: Speech, Path(id): Path<String>) -> Answer {
    let mut tx = site.db.read().await?;
    let told = Told::look(&site, &mut tx, &submitter).await?;
    let step = find_mine(&mut tx, &told, &id).await?;
    let today = site.clock.now().date_in_london();
    Ok(step_page(speech, told.door, Some(&step.id), &saved_values(&step), today).into_response())
}

/// `POST /tell/dates/{id}`
pub async fn save(pressed: Pressed<Submitter>) -> Answer {
    let Pressed { site, by: submitter, speech, about: id, form } = pressed;
    let now = site.clock.now();
    let today = now.date_in_london();
    let mut tx = site.db.write().await?;
    let told = Told::change(&site, &mut tx, &submitter).await?;
    let id = find_mine(&mut tx, &told, &id).await?.id;
    let step = match read(&form, id.clone(), today) {
        Ok(step) => step,
        Err(errors) => {
            let values = Values { errors, ..typed_values(&form) };
            return Ok(refused(step_page(speech, told.door, Some(&id), &values, today)));
        }
    };
    save_step(&mut tx, &told.key, &told.row.id, &step, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(LIST).into_response())
}

/// `GET /tell/dates/{id}/remove`: a page of its own, so that nothing goes by a slip.
pub async fn ask_remove(
    State(site): State<Site>,
    submitter: Submitter,
    speech: Speech,
    Path(id): Path<String>,
) -> Answer {
    let mut tx = site.db.read().await?;
    let told = Told::look(&site, &mut tx, &submitter).await?;
    let step = find_mine(&mut tx, &told, &id).await?;
    let hidden = hidden_of(&told.door);
    let body = html! {
        h1 { (speech.say("dates.remove_title")) }
        p { bdi { (title_of(speech, &step)) } }
        (form(&format!("{LIST}/{}/remove", step.id), &hidden, danger_button(speech.say("dates.remove_yes"))))
        (link_button(LIST, speech.say("dates.remove_no")))
    };
    Ok(Page::new(speech, told.door, speech.say("dates.remove_title"), body).back(LIST).into_response())
}

/// `POST /tell/dates/{id}/remove`. Taking out what is gone is not an error.
pub async fn remove(State(site): State<Site>, submitter: Submitter, Path(id): Path<String>, _: Form) -> Answer {
    let mut tx = site.db.write().await?;
    let told = Told::change(&site, &mut tx, &submitter).await?;
    drop_step(&mut tx, &told.row.id, &DatedStepId(id)).await?;
    tx.commit().await?;
    Ok(Redirect::to(LIST).into_response())
}

async fn find_mine(tx: &mut Tx, told: &Told, id: &str) -> Answer<DatedStep> {
    let steps = list_dates(tx, &told.key, &told.row.id).await?;
    steps.into_iter().find(|step| step.id.as_str() == id).ok_or(Problem::NotFound)
}

fn saved_values(step: &DatedStep) -> Values {
    let parts =
        |text: &Option<String>| text.as_deref().map(|text| TypedDate::from_text(text).parts()).unwrap_or_default();
    Values {
        rule: step.rule.clone(),
        what: step.what.clone().unwrap_or_default(),
        asked: parts(&step.asked_on),
        outcome: step.outcome.clone().unwrap_or_default(),
        answered: parts(&step.answered_on),
        how_known: step.how_known.clone().unwrap_or_default(),
        errors: Vec::new(),
    }
}

fn typed_values(form: &Form) -> Values {
    Values {
        rule: form.get("rule").to_owned(),
        what: typed(form, "what").to_owned(),
        asked: typed_parts(form, "asked"),
        outcome: form.get("outcome").to_owned(),
        answered: typed_parts(form, "answered"),
        how_known: typed(form, "how-known").to_owned(),
        errors: Vec::new(),
    }
}

/// The step that a form tells, or what is wrong with it. Anything may be left out, but not everything.
fn read(form: &Form, id: DatedStepId, today: Date) -> Result<DatedStep, Errors> {
    let mut errors = Errors::new();
    let (asked, answered) = (TypedDate::read(form, "asked"), TypedDate::read(form, "answered"));
    match asked {
        TypedDate::Wrong => errors.push(("asked", "dates.problem.asked")),
        day if day.is_after(today) => errors.push(("asked", "dates.problem.asked_future")),
        _ => {}
    }
    match answered {
        TypedDate::Wrong => errors.push(("answered", "dates.problem.answered")),
        day if day.is_after(today) => errors.push(("answered", "dates.problem.answered_future")),
        _ => {}
    }
    if let (Some(first), Some(then)) = (asked.date(), answered.date())
        && then < first
    {
        errors.push(("answered", "dates.problem.order"));
    }
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let known_rule = Limit::all().iter().any(|limit| limit.rule == form.get("rule"));
    let step = DatedStep {
        rule: if known_rule { form.get("rule").to_owned() } else { OTHER.to_owned() },
        asked_on: asked.to_text(),
        outcome: Outcome::parse(form.get("outcome")).map(|outcome| outcome.name().to_owned()),
        answered_on: answered.to_text(),
        what: some(typed(form, "what")),
        how_known: some(typed(form, "how-known")),
        id,
    };
    let tells = [&step.asked_on, &step.outcome, &step.answered_on, &step.what, &step.how_known];
    if errors.is_empty() && step.rule == OTHER && tells.into_iter().all(Option::is_none) {
        errors.push(("rule", "dates.problem.nothing"));
    }
    if errors.is_empty() { Ok(step) } else { Err(errors) }
}

fn step_page(speech: Speech, door: Door, id: Option<&DatedStepId>, values: &Values, today: Date) -> Page {
    let hidden = html! { (hidden_of(&door)) @if id.is_none() { (door::once_field()) } };
    let errors = sentences(speech, &values.errors);
    let title = speech.say(if id.is_some() { "dates.change_title" } else { "dates.add_title" });
    let action = id.map_or_else(|| LIST.to_owned(), |id| format!("{LIST}/{id}"));
    let path = id.map_or_else(|| format!("{LIST}/add"), |id| format!("{LIST}/{id}"));
    let body = html! {
        (error_summary(speech, &errors))
        h1 { (title) }
        (form(&action, &hidden, html! {
            (asked_for(speech, values, &errors, today))
            (they_said(speech, values, &errors))
            (button(speech.say("dates.save")))
        }))
        (what_the_law_says(speech, today))
    };
    Page::new(speech, door, title, body).path(path).back(LIST)
}

fn asked_for(speech: Speech, values: &Values, errors: &[(&'static str, &'static str)], today: Date) -> Markup {
    let rules: Vec<Choice> = Limit::on(today)
        .map(|limit| Choice::new(&limit.rule, speech.say_in("dates.rule_is", &limit.rule)))
        .chain([Choice::new(OTHER, speech.say("dates.other_rule"))])
        .collect();
    let rule = Input::new("rule", speech.say("dates.rule")).value(&values.rule).error(error_of(errors, "rule"));
    let what = Input::new("what", speech.say("dates.what")).value(&values.what);
    let asked = Input::new("asked", speech.say("dates.asked"))
        .hint(speech.say("dates.asked_hint"))
        .error(error_of(errors, "asked"));
    html! {
        (radios(speech, &rule, &rules))
        (text_area(speech, &what, 2))
        (date_input(speech, &asked, date_value(&values.asked)))
    }
}

fn they_said(speech: Speech, values: &Values, errors: &[(&'static str, &'static str)]) -> Markup {
    let outcomes = [
        Choice::new("yes", speech.say("dates.outcome_yes")),
        Choice::new("no", speech.say("dates.outcome_no")),
        Choice::new("part", speech.say("dates.outcome_part")),
        Choice::new("no_answer", speech.say("dates.outcome_no_answer")),
        Choice::new(NOT_SAID, speech.say("dates.not_said")),
    ];
    let answered = Input::new("answered", speech.say("dates.answered"))
        .hint(speech.say("dates.answered_hint"))
        .error(error_of(errors, "answered"));
    let known = Input::new("how-known", speech.say("dates.how_known"))
        .hint(speech.say("dates.how_known_hint"))
        .value(&values.how_known);
    html! {
        (radios(speech, &Input::new("outcome", speech.say("dates.outcome")).value(&values.outcome), &outcomes))
        (date_input(speech, &answered, date_value(&values.answered)))
        (text_area(speech, &known, 2))
    }
}
