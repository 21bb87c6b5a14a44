//! "My account": one's own sessions, password and recovery codes.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect};
use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use serde_json::json;

use super::door::door;
use super::entry;
use super::factors;
use super::from_cookie;
use super::join::weak;
use super::pages::own as pages;
use super::password;
use super::proof::{self, Proof};
use super::store;
use crate::audit;
use crate::web::client::ClientAddr;
use crate::web::door::staff_fields;
use crate::web::{Answer, Form, Problem, Site, Staff, staff_session};
use crate::words::Speech;

/// What happened before, by its name in the address.
#[derive(Debug, Default, Deserialize)]
pub struct News {
    #[serde(default)]
    pub(super) news: String,
}

/// Shows who I am here, where I am signed in, and how many recovery codes are left.
pub async fn show(State(site): State<Site>, speech: Speech, staff: Staff, Query(news): Query<News>) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.read().await?;
    let door = door(&mut tx, &site, speech, &staff).await?;
    let me = store::find_person(&mut tx, &site.keys, &staff.id).await?.ok_or(Problem::NotFound)?;
    let sessions = staff_session::list(&mut tx, &staff.id, now).await?;
    let codes = factors::count_recovery_codes(&mut tx, &staff.id).await?;
    let sessions = sessions.into_iter().map(|session| pages::Session {
        here: session.id_hash == staff.session,
        id: BASE64URL_NOPAD.encode(&session.id_hash),
        began: session.created_us,
        used: session.seen_us,
    });
    let seen = pages::Account { me, sessions: sessions.collect(), codes, ended: news.news == "ended" };
    Ok(pages::account(speech, door, &staff_fields(&site, &staff), &seen).into_response())
}

/// Ends one of my sessions, or all others.
pub async fn end_session(State(site): State<Site>, staff: Staff, form: Form) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let mut ended = 0_u64;
    if form.get("session") == "others" {
        for session in staff_session::list(&mut tx, &staff.id, now).await? {
            if session.id_hash != staff.session && staff_session::end_own(&mut tx, &staff.id, &session.id_hash).await? {
                ended += 1;
            }
        }
    } else if let Ok(session) = BASE64URL_NOPAD.decode(form.get("session").as_bytes()) {
        ended = u64::from(staff_session::end_own(&mut tx, &staff.id, &session).await?);
    }
    let (actor, detail) = (staff.actor(), json!({ "sessions": ended }));
    audit::record(&mut tx, now, &actor, "staff.sessions_ended", "staff", staff.id.as_str(), detail).await?;
    tx.commit().await?;
    // Whoever ended the session they are in is led to the door by the guard.
    Ok(Redirect::to("/staff/account?news=ended").into_response())
}

/// Asks for the old and a new password.
pub async fn ask_password(State(site): State<Site>, speech: Speech, staff: Staff) -> Answer {
    let mut tx = site.db.read().await?;
    let door = door(&mut tx, &site, speech, &staff).await?;
    Ok(pages::change_password(speech, door, &staff_fields(&site, &staff), &[]).into_response())
}

/// Changes the password, which ends all sessions.
pub async fn change_password(
    State(site): State<Site>,
    from: ClientAddr,
    speech: Speech,
    staff: Staff,
    form: Form,
) -> Answer {
    let mut tx = site.db.read().await?;
    let frame = door(&mut tx, &site, speech, &staff).await?;
    let me = store::find_person(&mut tx, &site.keys, &staff.id).await?.ok_or(Problem::NotFound)?;
    drop(tx);
    let again = |errors: &[(&'static str, &'static str)]| {
        let page = pages::change_password(speech, frame.clone(), &staff_fields(&site, &staff), errors).problem(true);
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    };
    if let Some(sentence) = weak(speech, form.raw("password"), &[&me.name, &me.email]) {
        return again(&[("password", sentence)]);
    }
    if proof::of_person(&site, from, &staff.id, form.raw("current-password")).await? == Proof::Wrong {
        return again(&[("current-password", speech.say("account.wrong_password"))]);
    }
    let hash = password::hash(&site.keys.service("staff"), form.raw("password")).await?;
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    store::set_password(&mut tx, &staff.id, &hash).await?;
    staff_session::end_all(&mut tx, &staff.id).await?;
    audit::record(&mut tx, now, &staff.actor(), "staff.password_set", "staff", staff.id.as_str(), json!({})).await?;
    tx.commit().await?;
    Ok(entry::go_on_without(&site, "/staff/sign-in?news=password"))
}

/// Shows new recovery codes while they may be shown; otherwise offers to make new ones.
pub async fn recovery_codes(State(site): State<Site>, headers: HeaderMap, speech: Speech, staff: Staff) -> Answer {
    let secret = from_cookie::secret(&site, &headers)?;
    let mut tx = site.db.read().await?;
    let door = door(&mut tx, &site, speech, &staff).await?;
    let fields = staff_fields(&site, &staff);
    let page = match factors::showable_codes(&mut tx, &staff.session, &secret, site.clock.now()).await? {
        Some(codes) => pages::show_codes(speech, door, &fields, &codes),
        None => {
            let left = factors::count_recovery_codes(&mut tx, &staff.id).await?;
            pages::offer_codes(speech, door, &fields, left, None)
        }
    };
    Ok(page.into_response())
}

/// Makes new recovery codes; the old ones stop working.
pub async fn renew_recovery_codes(
    State(site): State<Site>,
    headers: HeaderMap,
    from: ClientAddr,
    speech: Speech,
    staff: Staff,
    form: Form,
) -> Answer {
    let secret = from_cookie::secret(&site, &headers)?;
    if proof::of_person(&site, from, &staff.id, form.raw("current-password")).await? == Proof::Wrong {
        let mut tx = site.db.read().await?;
        let door = door(&mut tx, &site, speech, &staff).await?;
        let left = factors::count_recovery_codes(&mut tx, &staff.id).await?;
        let wrong = speech.say("account.wrong_password");
        let page = pages::offer_codes(speech, door, &staff_fields(&site, &staff), left, Some(wrong)).problem(true);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    factors::renew_recovery_codes(&mut tx, &site.keys, &staff.id, &staff.session, &secret, now).await?;
    let id = staff.id.as_str();
    audit::record(&mut tx, now, &staff.actor(), "staff.recovery_codes_made", "staff", id, json!({})).await?;
    tx.commit().await?;
    Ok(Redirect::to("/staff/account/recovery-codes").into_response())
}

/// Stops showing the codes: I have them.
pub async fn keep_recovery_codes(State(site): State<Site>, staff: Staff, _form: Form) -> Answer {
    let mut tx = site.db.write().await?;
    factors::hide_codes(&mut tx, &staff.session).await?;
    tx.commit().await?;
    Ok(Redirect::to("/staff").into_response())
}
