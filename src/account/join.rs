//! Coming in by a one-time link: an invitation, or a link for a new password or a new second step.
//!
//! ```text
//! link opened (changes nothing) ─ button ─► spent, session "joining" ─► name and password ─► app ─► signed in
//!                                         ► "new password" ─► password ─► second step as ever
//!                         with password ─ ► "new second step" ─► app ─► signed in
//! ```

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;

use super::entry;
use super::factors;
use super::from_cookie;
use super::links::{self, Link, LinkFor, Token};
use super::pages::join as pages;
use super::password::{self, Weak};
use super::proof::{self, Proof};
use super::second_step::SetupKey;
use super::store::{self, Email, Person};
use crate::audit;
use crate::web::client::ClientAddr;
use crate::web::cookies::{self, Door};
use crate::web::door::staff_fields;
use crate::web::{Answer, Form, Problem, Site, Staff, Stage, staff_session};
use crate::words::Speech;

const PASSWORD_PAGE: &str = "/staff/setup/password";
const SECOND_STEP_PAGE: &str = "/staff/setup/second-step";

/// Shows what a link is for, and the button that uses it. Opening it changes nothing: mail programs do that too.
pub async fn show(State(site): State<Site>, headers: HeaderMap, speech: Speech, Path(token): Path<String>) -> Answer {
    match find_link(&site, &token).await? {
        Some((_, link)) => Ok(offer(&site, &headers, speech, &token, &link, None)),
        None => over(&site, &headers, speech).await,
    }
}

fn offer(site: &Site, headers: &HeaderMap, speech: Speech, token: &str, link: &Link, error: Option<&str>) -> Response {
    let entry = entry::prepare(site, headers);
    let page = pages::open_link(speech, &entry.fields, token, link.purpose, link.expires, error);
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    entry.answer((status, page))
}

async fn find_link(site: &Site, token: &str) -> Answer<Option<(Token, Link)>> {
    let Some(token) = Token::parse(token) else { return Ok(None) };
    let mut tx = site.db.read().await?;
    let link = links::find(&mut tx, &token, site.clock.now()).await?;
    Ok(link.map(|link| (token, link)))
}

/// A link that does not work any more. Whoever pressed its button twice goes on where the first press led.
async fn over(site: &Site, headers: &HeaderMap, speech: Speech) -> Answer {
    if let Some(secret) = cookies::secret(headers, Door::Staff, site.config.https) {
        let mut tx = site.db.read().await?;
        let found = staff_session::find(&mut tx, &secret, site.clock.now()).await?;
        match found.map(|(staff, _)| staff.stage) {
            Some(Stage::Joining | Stage::NewPassword) => return Ok(Redirect::to(PASSWORD_PAGE).into_response()),
            Some(Stage::NewSecondStep) => return Ok(Redirect::to(SECOND_STEP_PAGE).into_response()),
            _ => {}
        }
    }
    Ok((StatusCode::NOT_FOUND, pages::link_is_over(speech)).into_response())
}

/// Spends a link.
pub async fn spend(
    State(site): State<Site>,
    headers: HeaderMap,
    from: ClientAddr,
    speech: Speech,
    Path(text): Path<String>,
    form: Form,
) -> Answer {
    entry::check(&site, &headers, &form)?;
    let Some((token, link)) = find_link(&site, &text).await? else {
        return over(&site, &headers, speech).await;
    };
    if link.purpose == LinkFor::NewSecondStep {
        // Whoever reads somebody's mail must not get in by that alone.
        let proof = proof::of_person(&site, from, &link.staff, form.raw("password")).await?;
        if proof == Proof::Wrong {
            let wrong = speech.say("account.wrong_password");
            return Ok(offer(&site, &headers, speech, &text, &link, Some(wrong)));
        }
    }
    let (stage, page) = match link.purpose {
        LinkFor::Joining => (Stage::Joining, PASSWORD_PAGE),
        LinkFor::NewPassword => (Stage::NewPassword, PASSWORD_PAGE),
        LinkFor::NewSecondStep => (Stage::NewSecondStep, SECOND_STEP_PAGE),
    };
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    if !links::spend(&mut tx, &token, now).await? {
        drop(tx);
        return over(&site, &headers, speech).await;
    }
    let secret = staff_session::start(&mut tx, &link.staff, stage, now).await?;
    let actor = format!("staff:{}", link.staff);
    let detail = json!({ "for": link.purpose.name() });
    audit::record(&mut tx, now, &actor, "staff.link_spent", "staff", link.staff.as_str(), detail).await?;
    tx.commit().await?;
    Ok(entry::go_on_with(&site, &secret, page))
}

/// Asks for a name and a password, or only for a password.
pub async fn ask_password(State(site): State<Site>, speech: Speech, staff: Staff) -> Answer {
    if !matches!(staff.stage, Stage::Joining | Stage::NewPassword) {
        return Ok(Redirect::to("/staff/sign-in").into_response());
    }
    let person = find_self(&site, &staff).await?;
    let asks = pages::Asks { joining: staff.stage == Stage::Joining, person: &person };
    Ok(pages::set_password(speech, &staff_fields(&site, &staff), &asks, &person.name, "", &[]).into_response())
}

async fn find_self(site: &Site, staff: &Staff) -> Answer<Person> {
    let mut tx = site.db.read().await?;
    store::find_person(&mut tx, &site.keys, &staff.id).await?.ok_or(Problem::NotFound)
}

/// Keeps a name and a password, or only a password.
pub async fn set_password(State(site): State<Site>, speech: Speech, staff: Staff, form: Form) -> Answer {
    if !matches!(staff.stage, Stage::Joining | Stage::NewPassword) {
        return Ok(Redirect::to("/staff/sign-in").into_response());
    }
    let person = find_self(&site, &staff).await?;
    let joining = staff.stage == Stage::Joining;
    let given = Given::read(&form, joining, &person);
    let again = |errors: &[(&'static str, &'static str)]| {
        let asks = pages::Asks { joining, person: &person };
        let fields = staff_fields(&site, &staff);
        let page = pages::set_password(speech, &fields, &asks, given.name, form.get("email"), errors).problem(true);
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    };
    let errors = given.errors(speech);
    if !errors.is_empty() {
        return again(&errors);
    }
    let hash = password::hash(&site.keys.service("staff"), given.password).await?;
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    if joining {
        store::set_name(&mut tx, &site.keys, &staff.id, given.name).await?;
        if let Some(email) = given.new_email.as_ref().and_then(Option::as_ref)
            && !store::set_email(&mut tx, &site.keys, &staff.id, email).await?
        {
            return again(&[("email", speech.say("account.email_taken"))]);
        }
    }
    if !store::set_password(&mut tx, &staff.id, &hash).await? {
        return Err(Problem::NotFound);
    }
    staff_session::end_all(&mut tx, &staff.id).await?;
    let (stage, next) = match joining {
        true => (Stage::NewSecondStep, SECOND_STEP_PAGE),
        false => (Stage::Half, "/staff/sign-in/code"),
    };
    let secret = staff_session::start(&mut tx, &staff.id, stage, now).await?;
    audit::record(&mut tx, now, &staff.actor(), "staff.password_set", "staff", staff.id.as_str(), json!({})).await?;
    tx.commit().await?;
    Ok(entry::go_on_with(&site, &secret, next))
}

/// What the password page was given.
struct Given<'a> {
    name: &'a str,
    joining: bool,
    /// Asked for only where the account has no address yet; `Some(None)` is what could not be read.
    new_email: Option<Option<Email>>,
    password: &'a str,
    own: Vec<String>,
}

impl<'a> Given<'a> {
    fn read(form: &'a Form, joining: bool, person: &Person) -> Given<'a> {
        let new_email = (joining && person.email.is_empty()).then(|| Email::parse(form.get("email")));
        let own = [form.get("name"), form.get("email"), &person.name, &person.email].map(str::to_owned).to_vec();
        Given { name: form.get("name"), joining, new_email, password: form.raw("password"), own }
    }

    fn errors(&self, speech: Speech) -> Vec<(&'static str, &'static str)> {
        let mut errors = Vec::new();
        if self.joining && self.name.is_empty() {
            errors.push(("name", speech.say("account.no_name")));
        }
        if self.name.chars().count() > 200 {
            errors.push(("name", speech.say("account.long_name")));
        }
        if self.new_email == Some(None) {
            errors.push(("email", speech.say("account.no_email")));
        }
        let own: Vec<&str> = self.own.iter().map(String::as_str).collect();
        errors.extend(weak(speech, self.password, &own).map(|sentence| ("password", sentence)));
        errors
    }
}

/// What is wrong with a new password, as a sentence.
pub(super) fn weak(speech: Speech, password: &str, own: &[&str]) -> Option<&'static str> {
    let key = match password::check_new(password, own).err()? {
        Weak::Short => "account.weak.short",
        Weak::Long => "account.weak.long",
        Weak::Common => "account.weak.common",
        Weak::Own => "account.weak.own",
    };
    Some(speech.say(key))
}

/// Shows the setup key of the app that gives codes, and asks for a first code.
pub async fn ask_second_step(State(site): State<Site>, headers: HeaderMap, speech: Speech, staff: Staff) -> Answer {
    if staff.stage != Stage::NewSecondStep {
        return Ok(Redirect::to("/staff/sign-in").into_response());
    }
    let person = find_self(&site, &staff).await?;
    let key = SetupKey::for_setup(&from_cookie::secret(&site, &headers)?);
    let fields = staff_fields(&site, &staff);
    Ok(pages::set_second_step(speech, &fields, &key, &person.email, None).into_response())
}

/// Keeps the setup key once its app has given a right code, and signs in.
pub async fn set_second_step(
    State(site): State<Site>,
    headers: HeaderMap,
    speech: Speech,
    staff: Staff,
    form: Form,
) -> Answer {
    if staff.stage != Stage::NewSecondStep {
        return Ok(Redirect::to("/staff/sign-in").into_response());
    }
    let key = SetupKey::for_setup(&from_cookie::secret(&site, &headers)?);
    let now = site.clock.now();
    let Some(step) = key.find_step(form.get("code"), now, 0) else {
        let person = find_self(&site, &staff).await?;
        let wrong = speech.say("account.app.wrong_first_code");
        let page = pages::set_second_step(speech, &staff_fields(&site, &staff), &key, &person.email, Some(wrong));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page.problem(true)).into_response());
    };
    let mut tx = site.db.write().await?;
    factors::set_key(&mut tx, &site.keys, &staff.id, &key, step).await?;
    staff_session::end_all(&mut tx, &staff.id).await?;
    links::end_all(&mut tx, &staff.id).await?;
    let secret = staff_session::start(&mut tx, &staff.id, Stage::Full, now).await?;
    let session = cookies::id_hash(&secret);
    factors::renew_recovery_codes(&mut tx, &site.keys, &staff.id, &session, &secret, now).await?;
    audit::record(&mut tx, now, &staff.actor(), "staff.second_step_set", "staff", staff.id.as_str(), json!({})).await?;
    tx.commit().await?;
    Ok(entry::go_on_with(&site, &secret, "/staff/account/recovery-codes"))
}
