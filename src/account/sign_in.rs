//! Signing in, in two steps, and signing out.
//!
//! Every wrong answer reads the same, so that nobody learns who has an account. Each step starts a session with a new
//! id and ends the one before.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;

use super::entry::{self, safe_next};
use super::factors;
use super::pages::sign_in as pages;
use super::proof::{self, Proof};
use super::slow_down::{self, MayTry, Trying};
use crate::audit;
use crate::web::client::ClientAddr;
use crate::web::cookies::{self, Door};
use crate::web::door::staff_fields;
use crate::web::{Answer, Form, Problem, Site, Staff, Stage, staff_session};
use crate::words::Speech;

/// What the sign-in addresses may carry.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    next: String,
    #[serde(default)]
    news: String,
}

/// The page that asks for address and password.
pub async fn ask(State(site): State<Site>, headers: HeaderMap, speech: Speech, Query(asked): Query<Asked>) -> Response {
    let entry = entry::prepare(&site, &headers);
    let page =
        pages::password(speech, &entry.fields, safe_next(&asked.next), "", pages::news(speech, &asked.news), &[]);
    entry.answer(page)
}

/// Tries address and password.
pub async fn sign_in(
    State(site): State<Site>,
    headers: HeaderMap,
    from: ClientAddr,
    speech: Speech,
    form: Form,
) -> Answer {
    entry::check(&site, &headers, &form)?;
    let (email, password, next) = (form.get("email"), form.raw("password"), safe_next(form.get("next")));
    let again = |errors: &[(&'static str, &'static str)]| {
        let entry = entry::prepare(&site, &headers);
        let page = pages::password(speech, &entry.fields, next, email, None, errors).problem(true);
        Ok(entry.answer((StatusCode::UNPROCESSABLE_ENTITY, page)))
    };
    let mut missing = Vec::new();
    if email.is_empty() {
        missing.push(("email", speech.say("sign_in.no_email")));
    }
    if password.is_empty() {
        missing.push(("password", speech.say("sign_in.no_password")));
    }
    if !missing.is_empty() {
        return again(&missing);
    }
    match proof::by_email(&site, from, email, password).await? {
        Proof::Wrong => again(&[("email", speech.say("sign_in.wrong"))]),
        Proof::Right(staff) => {
            let now = site.clock.now();
            let mut tx = site.db.write().await?;
            staff_session::forget_old(&mut tx, now).await?;
            if let Some(old) = cookies::secret(&headers, Door::Staff, site.config.https) {
                staff_session::end(&mut tx, &cookies::id_hash(&old)).await?;
            }
            let secret = staff_session::start(&mut tx, &staff, Stage::Half, now).await?;
            tx.commit().await?;
            Ok(entry::go_on_with(&site, &secret, &with_next("/staff/sign-in/code", next)))
        }
    }
}

fn with_next(path: &str, next: &str) -> String {
    let next = percent_encoding::utf8_percent_encode(next, percent_encoding::NON_ALPHANUMERIC);
    format!("{path}?next={next}")
}

/// The two kinds of second step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Second {
    /// A code from an app.
    Code,
    /// A recovery code.
    Recovery,
}

/// The page that asks for the app's code.
pub async fn ask_code(State(site): State<Site>, speech: Speech, staff: Staff, Query(asked): Query<Asked>) -> Response {
    ask_second(&site, speech, &staff, Second::Code, &asked)
}

/// The page that asks for a recovery code.
pub async fn ask_recovery(
    State(site): State<Site>,
    speech: Speech,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Response {
    ask_second(&site, speech, &staff, Second::Recovery, &asked)
}

fn ask_second(site: &Site, speech: Speech, staff: &Staff, second: Second, asked: &Asked) -> Response {
    let next = safe_next(&asked.next);
    match staff.stage {
        Stage::Half => pages::second(speech, &staff_fields(site, staff), second, next, None).into_response(),
        Stage::Full => Redirect::to(next).into_response(),
        _ => Redirect::to("/staff/sign-in").into_response(),
    }
}

/// Tries the app's code.
pub async fn try_code(State(site): State<Site>, speech: Speech, staff: Staff, form: Form) -> Answer {
    try_second(&site, speech, &staff, Second::Code, &form).await
}

/// Tries a recovery code.
pub async fn try_recovery(State(site): State<Site>, speech: Speech, staff: Staff, form: Form) -> Answer {
    try_second(&site, speech, &staff, Second::Recovery, &form).await
}

async fn try_second(site: &Site, speech: Speech, staff: &Staff, second: Second, form: &Form) -> Answer {
    let next = safe_next(form.get("next"));
    if staff.stage != Stage::Half {
        return Ok(Redirect::to(if staff.is_signed_in() { next } else { "/staff/sign-in" }).into_response());
    }
    let (now, code) = (site.clock.now(), form.get("code"));
    let again = |sentence| {
        let page = pages::second(speech, &staff_fields(site, staff), second, next, Some(sentence)).problem(true);
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    };
    if code.is_empty() {
        return again(speech.say("sign_in.no_code"));
    }
    let mut tx = site.db.write().await?;
    let who = slow_down::who(&site.keys, Trying::SecondStep, staff.id.as_str().as_bytes());
    if slow_down::record(&mut tx, Trying::SecondStep, &who, now).await? == MayTry::NotNow {
        return Err(Problem::SlowDown);
    }
    let right = match second {
        Second::Code => factors::use_code(&mut tx, &site.keys, &staff.id, code, now).await?,
        Second::Recovery => factors::spend_recovery_code(&mut tx, &site.keys, &staff.id, code, now).await?,
    };
    let with = json!({ "with": if second == Second::Code { "code" } else { "recovery code" } });
    let id = staff.id.as_str();
    if !right {
        audit::record(&mut tx, now, &staff.actor(), "staff.second_step_refused", "staff", id, with).await?;
        tx.commit().await?;
        return again(speech.say("sign_in.wrong_code"));
    }
    slow_down::clear(&mut tx, Trying::SecondStep, &who).await?;
    staff_session::end(&mut tx, &staff.session).await?;
    let secret = staff_session::start(&mut tx, &staff.id, Stage::Full, now).await?;
    audit::record(&mut tx, now, &staff.actor(), "staff.signed_in", "staff", id, with).await?;
    tx.commit().await?;
    Ok(entry::go_on_with(site, &secret, next))
}

/// Signs out, and asks the browser to forget what it kept of these pages.
pub async fn sign_out(State(site): State<Site>, staff: Staff, _form: Form) -> Answer {
    let mut tx = site.db.write().await?;
    staff_session::end(&mut tx, &staff.session).await?;
    if staff.is_signed_in() {
        let id = staff.id.as_str();
        audit::record(&mut tx, site.clock.now(), &staff.actor(), "staff.signed_out", "staff", id, json!({})).await?;
    }
    tx.commit().await?;
    let forget = (HeaderName::from_static("clear-site-data"), r#""cache", "storage""#);
    Ok(([forget], entry::go_on_without(&site, "/staff/sign-in?news=out")).into_response())
}
