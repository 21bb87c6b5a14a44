//! `/tell/items/{id}/days`: when an item's words were given, apart from when they were typed or sent; and the days on
//! which it was made, where that took several. It is sealed, like everything else that somebody writes of an item.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};

use super::routes::{address, after_item, find_mine};
use super::sealed::ItemText;
use super::store::{self, Item};
use crate::db::Tx;
use crate::html::{
    Door, Field, Page, button_of, date_input, error_summary, form, heading, secondary_button, text_input,
};
use crate::storage::keys::SubmissionKey;
use crate::web::typed_date::{TypedDate, date_value, typed_parts};
use crate::web::{Answer, Form, Pressed, Problem, Route, Site, Submitter, Who, door};
use crate::words::Speech;

/// Most days of one item.
const MOST: usize = 12;

/// When an item's words were given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days {
    /// The day they were given: `YYYY-MM-DD` or a part of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
    /// The days on which it was made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sessions: Vec<Session>,
}

/// One of several days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Which: `YYYY-MM-DD` or a part of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// What was done on it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub what: String,
}

impl Days {
    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        *self == Days::default()
    }

    /// Each day in words: "2 May 2026: symbols, ten minutes".
    pub fn in_words(&self) -> Vec<(String, &str)> {
        let day = |session: &Session| session.on.as_deref().map(TypedDate::from_text).unwrap_or(TypedDate::Empty);
        self.sessions.iter().map(|session| (day(session).in_words(), session.what.as_str())).collect()
    }
}

impl Item {
    /// When its words were given, where that was said.
    pub fn days(&self, key: &SubmissionKey) -> Option<Days> {
        let text = ItemText::Days.open(key, &self.id, self.days_sealed.as_deref())?;
        serde_json::from_str(&text).ok()
    }
}

/// The addresses of this page.
pub fn routes(site: &Site) -> Vec<Route> {
    vec![
        Route::get("/tell/items/{id}/days", Who::Sender, show, site),
        Route::post("/tell/items/{id}/days", Who::Sender, save, site),
    ]
}

/// What stands in the fields.
#[derive(Clone, Debug, Default)]
struct Values {
    given: [String; 3],
    sessions: Vec<([String; 3], String)>,
    errors: Vec<(String, &'static str)>,
}

impl Values {
    fn of(days: &Days) -> Values {
        let parts = |day: &Option<String>| day.as_deref().map(TypedDate::from_text).unwrap_or(TypedDate::Empty).parts();
        let sessions = days.sessions.iter().map(|session| (parts(&session.on), session.what.clone()));
        Values { given: parts(&days.given), sessions: sessions.collect(), errors: Vec::new() }
    }
}

async fn show(State(site): State<Site>, submitter: Submitter, speech: Speech, Path(id): Path<String>) -> Answer {
    let mut tx = site.db.read().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let item = find_mine(&mut tx, &submitter, id).await?;
    let values = Values::of(&item.days(&opened.key).unwrap_or_default());
    Ok(days_page(&mut tx, speech, opened.door, &item, &values).await?.into_response())
}

async fn save(pressed: Pressed<Submitter>) -> Answer {
    let Pressed { site, by: submitter, speech, about: id, form } = pressed;
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let item = find_mine(&mut tx, &submitter, id).await?;
    let days = match read(&form, now.date_in_london()) {
        Ok(days) => days,
        Err(values) => {
            let page = days_page(&mut tx, speech, opened.door, &item, &values).await?.problem(true);
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let text = if days.is_empty() { String::new() } else { serde_json::json!(days).to_string() };
    let sealed = ItemText::Days.seal(&opened.key, &item.id, &text);
    if !store::hold_submission(&mut tx, &submitter.submission, now).await?
        || !store::save_days(&mut tx, &submitter.submission, &item.id, sealed).await?
    {
        return Err(Problem::Gone);
    }
    let items = store::list(&mut tx, &submitter.submission).await?;
    tx.commit().await?;
    let to = if form.get("do") == "more" { days_address(&item) } else { after_item(&items, &item) };
    Ok(Redirect::to(&to).into_response())
}

fn days_address(item: &Item) -> String {
    format!("{}/days", address(&item.id))
}

/// What the form says, or what was typed with what is wrong. A day of which nothing is said is not kept.
fn read(form: &Form, today: jiff::civil::Date) -> Result<Days, Values> {
    let mut values = Values { given: typed_parts(form, "given"), ..Values::default() };
    let mut days = Days { given: read_day(form, ("given", "given"), today, &mut values.errors), sessions: Vec::new() };
    for index in 0..MOST {
        let name = format!("on-{index}");
        let (parts, what) = (typed_parts(form, &name), form.get(&format!("what-{index}")).to_owned());
        if what.is_empty() && parts.iter().all(String::is_empty) {
            continue;
        }
        // The page shows them again without gaps, so an error stands where its day is then.
        let shown_as = format!("on-{}", values.sessions.len());
        let on = read_day(form, (&name, &shown_as), today, &mut values.errors);
        values.sessions.push((parts, what.clone()));
        days.sessions.push(Session { on, what });
    }
    if values.errors.is_empty() { Ok(days) } else { Err(values) }
}

/// The day in a field, as rows keep it; what is wrong with it goes to the errors under the name that it is shown by.
fn read_day(
    form: &Form,
    (name, shown_as): (&str, &str),
    today: jiff::civil::Date,
    errors: &mut Vec<(String, &'static str)>,
) -> Option<String> {
    let typed = TypedDate::read(form, name);
    match typed {
        TypedDate::Wrong => errors.push((shown_as.to_owned(), "item.problem.day")),
        day if day.is_after(today) => errors.push((shown_as.to_owned(), "item.problem.future")),
        _ => {}
    }
    typed.to_text()
}

async fn days_page(tx: &mut Tx, speech: Speech, door: Door, item: &Item, values: &Values) -> Answer<Page> {
    let items = store::list(tx, &item.submission_id).await?;
    let (here, skip_to) = (days_address(item), after_item(&items, item));
    let hidden = match &door {
        Door::Submitter { hidden, .. } => hidden.clone(),
        _ => html! {},
    };
    let errors: Vec<(&str, &str)> = values.errors.iter().map(|(name, key)| (name.as_str(), speech.say(key))).collect();
    let given = Field::new("given", speech.say("item.given")).hint(speech.say("item.given_hint"));
    let empty = (Default::default(), String::new());
    let shown = values.sessions.iter().chain((values.sessions.len() < MOST).then_some(&empty));
    let body = html! {
        (error_summary(speech, &errors))
        (heading(speech, "item.days_title"))
        p { (speech.say("item.days_lead")) }
        (form(&here, &hidden, html! {
            (date_input(speech, &given.error(error_of(&errors, "given")), date_value(&values.given)))
            h2 { (speech.say("item.sessions_title")) }
            p { (speech.say("item.sessions_lead")) }
            @for (index, (day, what)) in shown.enumerate() { (one_day(speech, index, (day, what.as_str()), &errors)) }
            (button_of(speech, "item.save"))
            (secondary_button(speech.say("item.another_day"), "do", "more"))
        }))
        p { a href=(skip_to) { (speech.say("item.skip")) } }
    };
    Ok(Page::new(speech, door, speech.say("item.days_title"), body).path(here).back(address(&item.id)))
}

fn one_day(speech: Speech, index: usize, (day, what): (&[String; 3], &str), errors: &[(&str, &str)]) -> Markup {
    let (on, what_name, number) = (format!("on-{index}"), format!("what-{index}"), (index + 1).to_string());
    let day_label = speech.fill("item.session_day", &[("number", &number)]);
    let what_label = speech.fill("item.session_what", &[("number", &number)]);
    html! {
        (date_input(speech, &Field::new(&on, &day_label).error(error_of(errors, &on)), date_value(day)))
        (text_input(speech, &Field::new(&what_name, &what_label).value(what)))
    }
}

fn error_of<'a>(errors: &[(&str, &'a str)], name: &str) -> Option<&'a str> {
    errors.iter().find(|(field, _)| *field == name).map(|(_, sentence)| *sentence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn form(fields: &[(&str, &str)]) -> Form {
        Form::from_fields(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn days_are_kept_as_far_as_they_are_known_and_empty_ones_are_not() {
        let typed = form(&[("given-year", "2026"), ("on-0-month", "May"), ("on-0-year", "26"), ("what-2", "symbols")]);
        let days = read(&typed, date(2026, 11, 21)).expect("nothing is wrong");
        assert_eq!(days.given.as_deref(), Some("2026"));
        assert_eq!(days.sessions.len(), 2);
        assert_eq!(days.in_words(), [("May 2026".to_owned(), ""), (String::new(), "symbols")]);
        assert!(read(&form(&[]), date(2026, 11, 21)).expect("nothing is wrong").is_empty());
    }

    #[test]
    fn a_day_to_come_is_an_error_and_what_was_typed_stays() {
        let typed = form(&[("on-1-day", "1"), ("on-1-month", "1"), ("on-1-year", "2027"), ("what-1", "photos")]);
        let wrong = read(&typed, date(2026, 11, 21)).expect_err("it has not come yet");
        assert_eq!(wrong.errors, [("on-0".to_owned(), "item.problem.future")]);
        assert_eq!(wrong.sessions[0].1, "photos");
    }
}
