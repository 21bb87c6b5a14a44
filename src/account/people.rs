//! Accounts as an admin looks after them: inviting, closing, new links, roles. An admin changes nobody's password and
//! sees nobody's codes; a one-time link lets the person do it themselves.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect};
use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use serde_json::json;

use super::door::door;
use super::factors;
use super::from_cookie::{self, Purpose, derive};
use super::invite::{Sent, send};
use super::links::{self, LinkFor, Token};
use super::own::News;
use super::pages::people as pages;
use super::store::{self, Email, NewPerson, Person};
use crate::audit;
use crate::db::Tx;
use crate::id::{StaffId, random};
use crate::web::door::staff_fields;
use crate::web::{Answer, Form, Pressed, Problem, Role, Site, Staff, staff_session};
use crate::words::Speech;

const PAGE: usize = 50;

/// Where a list goes on.
#[derive(Debug, Default, Deserialize)]
pub struct After {
    #[serde(default)]
    after: String,
}

/// Everybody with an account, in the order of their joining the list.
pub async fn list(State(site): State<Site>, speech: Speech, staff: Staff, Query(after): Query<After>) -> Answer {
    let mut tx = site.db.read().await?;
    let door = door(&mut tx, &site, speech, &staff).await?;
    let mut people = store::list_people(&mut tx, &site.keys, &after.after, PAGE as i64 + 1).await?;
    let more = people.len() > PAGE;
    people.truncate(PAGE);
    let next = people.last().filter(|_| more).map(|last| format!("/staff/people?after={}", last.id));
    Ok(pages::list(speech, door, &people, next.as_deref()).into_response())
}

/// Asks who is to be invited.
pub async fn ask_new(State(site): State<Site>, speech: Speech, staff: Staff) -> Answer {
    let mut tx = site.db.read().await?;
    let door = door(&mut tx, &site, speech, &staff).await?;
    let fields = staff_fields(&site, &staff);
    Ok(pages::invite(speech, door, &fields, &pages::Invitation::default(), &[]).into_response())
}

/// Invites somebody.
pub async fn invite(State(site): State<Site>, headers: HeaderMap, speech: Speech, staff: Staff, form: Form) -> Answer {
    let given = pages::Invitation {
        email: form.get("email").to_owned(),
        name: form.get("name").to_owned(),
        role: form.get("role").to_owned(),
        employer: form.get("employer").to_owned(),
    };
    let (email, role) = (Email::parse(&given.email), Role::parse(&given.role));
    let mut errors = details_errors(speech, role, &given.employer);
    if email.is_none() {
        errors.insert(0, ("email", speech.say("people.no_email")));
    }
    if given.name.chars().count() > 200 {
        errors.push(("name", speech.say("account.long_name")));
    }
    let (Some(email), Some(role), true) = (email, role, errors.is_empty()) else {
        return invite_again(&site, speech, &staff, &given, &errors).await;
    };
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let new = NewPerson {
        email: Some(email),
        name: given.name.clone(),
        role,
        employer: given.employer.clone(),
        never: vec![],
    };
    let Some(id) = store::add_person(&mut tx, &site.keys, &new, now).await? else {
        drop(tx);
        let taken = [("email", speech.say("account.email_taken"))];
        return invite_again(&site, speech, &staff, &given, &taken).await;
    };
    let detail = json!({ "role": role.name() });
    audit::record(&mut tx, now, &staff.actor(), "staff.invited", "staff", id.as_str(), detail).await?;
    let to = make_link(&mut tx, &site, &headers, speech, &id, LinkFor::Joining).await?;
    tx.commit().await?;
    Ok(Redirect::to(&to).into_response())
}

fn details_errors(speech: Speech, role: Option<Role>, employer: &str) -> Vec<(&'static str, &'static str)> {
    let mut errors = Vec::new();
    if role.is_none() {
        errors.push(("role", speech.say("people.no_role")));
    }
    if employer.is_empty() || employer.chars().count() > 200 {
        errors.push(("employer", speech.say("people.no_employer")));
    }
    errors
}

async fn invite_again(
    site: &Site,
    speech: Speech,
    staff: &Staff,
    given: &pages::Invitation,
    errors: &[(&'static str, &'static str)],
) -> Answer {
    let mut tx = site.db.read().await?;
    let door = door(&mut tx, site, speech, staff).await?;
    let page = pages::invite(speech, door, &staff_fields(site, staff), given, errors).problem(true);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Makes a link and sends it; says which page comes next. Where there is no mail, that page shows the link, made again
/// from this admin's cookie and a number in the page's address.
async fn make_link(
    tx: &mut Tx,
    site: &Site,
    headers: &HeaderMap,
    speech: Speech,
    person: &StaffId,
    purpose: LinkFor,
) -> Answer<String> {
    let number: [u8; 16] = random();
    let token = link_token(site, headers, &number)?;
    let now = site.clock.now();
    links::add(tx, person, purpose, &token, now).await?;
    Ok(match send(tx, site, speech, person, purpose, &token).await? {
        Sent::ByMail => format!("/staff/people/{person}?news=mailed"),
        Sent::ShowIt => format!("/staff/people/{person}/link?made={}", BASE64URL_NOPAD.encode(&number)),
    })
}

fn link_token(site: &Site, headers: &HeaderMap, number: &[u8]) -> Answer<Token> {
    let secret = from_cookie::secret(site, headers)?;
    Ok(Token::from_bytes(derive(&secret, Purpose::LinkToken, number)))
}

async fn find(tx: &mut Tx, site: &Site, id: &str) -> Answer<Person> {
    store::find_person(tx, &site.keys, &StaffId(id.to_owned())).await?.ok_or(Problem::NotFound)
}

/// One person's account.
pub async fn show(
    State(site): State<Site>,
    speech: Speech,
    staff: Staff,
    Path(id): Path<String>,
    Query(news): Query<News>,
) -> Answer {
    let mut tx = site.db.read().await?;
    let person = find(&mut tx, &site, &id).await?;
    let seen = pages::Seen {
        is_me: person.id == staff.id,
        never: store::list_never_area_names(&mut tx, &person.id).await?,
        sessions: staff_session::list(&mut tx, &person.id, site.clock.now()).await?.len(),
        news: news.news,
        person,
    };
    let door = door(&mut tx, &site, speech, &staff).await?;
    Ok(pages::person(speech, door, &staff_fields(&site, &staff), &seen, &[]).into_response())
}

/// Shows a link that was just made, to the admin who made it, until it is used.
pub async fn show_link(
    State(site): State<Site>,
    headers: HeaderMap,
    speech: Speech,
    staff: Staff,
    Path(id): Path<String>,
    Query(made): Query<Made>,
) -> Answer {
    let number = BASE64URL_NOPAD.decode(made.made.as_bytes()).map_err(|_| Problem::NotFound)?;
    let token = link_token(&site, &headers, &number)?;
    let mut tx = site.db.read().await?;
    let person = find(&mut tx, &site, &id).await?;
    let link = links::find(&mut tx, &token, site.clock.now()).await?.filter(|link| link.staff == person.id);
    let door = door(&mut tx, &site, speech, &staff).await?;
    let shown = link.map(|link| (token.address(&site.config.public_url), link.expires));
    Ok(pages::link(speech, door, &person, shown).into_response())
}

/// The number that a link was made with.
#[derive(Debug, Default, Deserialize)]
pub struct Made {
    #[serde(default)]
    made: String,
}

/// Sets role and employer.
pub async fn set_details(pressed: Pressed<Staff>) -> Answer {
    let Pressed { site, by: staff, speech, about: id, form } = pressed;
    let now = site.clock.now();
    let (role, employer) = (Role::parse(form.get("role")), form.get("employer"));
    let errors = details_errors(speech, role, employer);
    let mut tx = site.db.write().await?;
    let mut person = find(&mut tx, &site, &id).await?;
    let Some(role) = role.filter(|_| errors.is_empty()) else {
        person.employer = employer.to_owned();
        let seen = pages::Seen { is_me: false, never: Vec::new(), sessions: 0, news: String::new(), person };
        let door = door(&mut tx, &site, speech, &staff).await?;
        let page = pages::person(speech, door, &staff_fields(&site, &staff), &seen, &errors).problem(true);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    // Nobody takes their own admin role away: there must always be one.
    let role = if person.id == staff.id { person.role } else { role };
    store::set_role(&mut tx, &person.id, role, employer).await?;
    let detail = json!({ "role": role.name(), "before": person.role.name() });
    audit::record(&mut tx, now, &staff.actor(), "staff.role_set", "staff", person.id.as_str(), detail).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/staff/people/{id}?news=changed")).into_response())
}

/// Makes a new link: an invitation once more, or for a new password or second step.
pub async fn new_link(
    State(site): State<Site>,
    headers: HeaderMap,
    speech: Speech,
    staff: Staff,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let person = find(&mut tx, &site, &id).await?;
    let purpose = match (LinkFor::parse(form.get("for")), person.joined) {
        (Some(LinkFor::NewPassword), true) => LinkFor::NewPassword,
        (Some(LinkFor::NewSecondStep), true) => {
            // The lost phone opens nothing from now on. Somebody who is signed in has theirs until the new one is set.
            if person.id != staff.id {
                factors::wipe(&mut tx, &person.id).await?;
                staff_session::end_all(&mut tx, &person.id).await?;
            }
            LinkFor::NewSecondStep
        }
        // Somebody whose second step was taken away, and who has a password, gets another link for the second step.
        (Some(LinkFor::NewSecondStep), false) if store::find_password(&mut tx, &person.id).await?.is_some() => {
            LinkFor::NewSecondStep
        }
        (_, false) => LinkFor::Joining,
        (_, true) => return Err(Problem::NotFound),
    };
    if person.disabled.is_some() {
        return Err(Problem::NotFound);
    }
    let detail = json!({ "for": purpose.name() });
    audit::record(&mut tx, now, &staff.actor(), "staff.link_made", "staff", person.id.as_str(), detail).await?;
    let to = make_link(&mut tx, &site, &headers, speech, &person.id, purpose).await?;
    tx.commit().await?;
    Ok(Redirect::to(&to).into_response())
}

/// Asks whether an account is really to be closed.
pub async fn ask_close(State(site): State<Site>, speech: Speech, staff: Staff, Path(id): Path<String>) -> Answer {
    let mut tx = site.db.read().await?;
    let person = find(&mut tx, &site, &id).await?;
    let door = door(&mut tx, &site, speech, &staff).await?;
    Ok(pages::close(speech, door, &staff_fields(&site, &staff), &person).into_response())
}

/// Closes an account: its sessions and links end with it. Nobody closes their own.
pub async fn close(State(site): State<Site>, staff: Staff, Path(id): Path<String>, _form: Form) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let person = find(&mut tx, &site, &id).await?;
    if person.id == staff.id {
        return Err(Problem::NotFound);
    }
    if store::disable(&mut tx, &person.id, now).await? {
        staff_session::end_all(&mut tx, &person.id).await?;
        links::end_all(&mut tx, &person.id).await?;
        let id = person.id.as_str();
        audit::record(&mut tx, now, &staff.actor(), "staff.closed", "staff", id, json!({})).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("/staff/people/{id}?news=closed")).into_response())
}

/// Opens an account again, with the password and second step it had.
pub async fn reopen(State(site): State<Site>, staff: Staff, Path(id): Path<String>, _form: Form) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let person = find(&mut tx, &site, &id).await?;
    if store::enable(&mut tx, &person.id).await? {
        let id = person.id.as_str();
        audit::record(&mut tx, now, &staff.actor(), "staff.reopened", "staff", id, json!({})).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("/staff/people/{id}?news=reopened")).into_response())
}

/// Ends every session of a person: a lost computer.
pub async fn end_sessions(State(site): State<Site>, staff: Staff, Path(id): Path<String>, _form: Form) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let person = find(&mut tx, &site, &id).await?;
    let ended = staff_session::end_all(&mut tx, &person.id).await?;
    let detail = json!({ "sessions": ended });
    audit::record(&mut tx, now, &staff.actor(), "staff.sessions_ended", "staff", person.id.as_str(), detail).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/staff/people/{id}?news=sessions")).into_response())
}
