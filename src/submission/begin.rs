//! `POST /begin`: makes a draft with its return code and its key, and starts a visit to it.
//!
//! With an unsent draft open it asks first, so that one advocate's fourteen children never land in one draft. A start
//! page carries a random key; the visit's secret is made from it, so that a double press leads to one draft and both
//! answers carry the same cookie. After a minute, or once that visit was ended, the same page makes a new draft: a start
//! page that is still in a shared computer's history opens nothing.
//!
//! An address that has begun very many drafts today is slowed ([`super::pace`]), never refused.

use anyhow::anyhow;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;
use maud::html;

use super::code::{self, Code, HashError};
use super::store::{self, NewDraft};
use super::{code_page, pace, reference, start};
use crate::clock::{MINUTE, Moment};
use crate::db::{DbError, Tx};
use crate::evidence::one;
use crate::html::{self, Door, Page};
use crate::id::SubmissionId;
use crate::storage::keys::SubmissionKey;
use crate::web::client::ClientAddr;
use crate::web::cookies::{self, Door as CookieDoor};
use crate::web::door::{self, submitter_fields};
use crate::web::who::Secret;
use crate::web::{Answer, Form, MaybeSubmitter, Problem, Site, address_day, csrf, visit};
use crate::words::Speech;

/// How long a second press of the same button counts as the same press.
const SAME_PRESS: i64 = MINUTE;

/// `POST /begin`
pub async fn begin(
    State(site): State<Site>,
    MaybeSubmitter(submitter): MaybeSubmitter,
    client: ClientAddr,
    speech: Speech,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let now = site.clock.now();
    let way = Way::of(&form);
    let pressed = form.some(csrf::ONCE).map(|key| secret_of_press(&site, key));
    if let Some(secret) = &pressed
        && is_same_press(&site, secret, now).await?
    {
        return Ok(led_to(&site, secret, way));
    }
    if let Some(submitter) = submitter.filter(|submitter| submitter.is_draft())
        && form.get("choice") != "new"
    {
        return ask(&site, speech, &submitter, way).await;
    }
    let who = client.keyed_today(&site, now);
    pace::slow_down(&site, &who).await?;
    let now = site.clock.now();
    let draft = Fresh::make(&site, now).await?;
    let secret = pressed.unwrap_or_else(cookies::fresh_secret);
    let mut tx = site.db.write().await?;
    end_visit_of(&site, &mut tx, &headers).await?;
    address_day::count_draft(&mut tx, &who, now).await?;
    draft.insert(&site, &mut tx, speech.wording().name(), false, now).await?;
    match visit::start_with(&mut tx, &secret, &draft.id, &draft.code.text(), false, now).await {
        Ok(()) => tx.commit().await?,
        // The other half of a double press was faster; its draft is the one.
        Err(DbError::Refused(_)) => drop(tx),
        Err(other) => return Err(other.into()),
    }
    Ok(led_to(&site, &secret, way))
}

/// Which button of the start page was pressed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// "Start": the list of things to tell us.
    All,
    /// "Just say one thing": four pages.
    One,
}

impl Way {
    fn of(form: &Form) -> Way {
        if form.get(start::WAY) == start::ONE_THING { Way::One } else { Way::All }
    }

    /// The first page of a draft on this way.
    fn first_page(self) -> &'static str {
        match self {
            Way::All => "/tell",
            Way::One => one::ONE,
        }
    }
}

/// A draft that is about to be.
#[derive(Debug)]
pub struct Fresh {
    /// Its id.
    pub id: SubmissionId,
    /// Its return code.
    pub code: Code,
    hash: Vec<u8>,
}

impl Fresh {
    /// Makes the code of a new draft. Slow on purpose, so it is done before a transaction is opened.
    pub async fn make(site: &Site, now: Moment) -> Result<Fresh, Problem> {
        let code = Code::fresh();
        let turn = code::turn().await?;
        let hash = code.hash(&site.keys.service("pepper"), &turn).await?;
        Ok(Fresh { id: SubmissionId::new(now), code, hash })
    }

    /// Writes the draft down under a reference of its own and gives its key.
    pub async fn insert(
        &self,
        site: &Site,
        tx: &mut Tx,
        wording: &str,
        made_up: bool,
        now: Moment,
    ) -> Result<SubmissionKey, Problem> {
        for _ in 0..5 {
            let reference = reference::fresh();
            let draft = NewDraft { id: &self.id, reference: &reference, code_hash: &self.hash, wording, made_up };
            if store::insert(tx, draft, now).await? {
                return Ok(site.keys.make_submission_key(tx, &self.id, now).await?);
            }
        }
        Err(anyhow!("no reference was free").into())
    }
}

impl From<HashError> for Problem {
    fn from(error: HashError) -> Problem {
        match error {
            HashError::Busy => Problem::Unavailable,
            HashError::Fault(error) => error.into(),
        }
    }
}

/// The secret of the visit that a press of this button starts.
fn secret_of_press(site: &Site, key: &str) -> Secret {
    Secret(site.keys.service("csrf").hmac(&[b"begin", key.as_bytes()]))
}

async fn is_same_press(site: &Site, secret: &Secret, now: Moment) -> Answer<bool> {
    let mut tx = site.db.read().await?;
    Ok(match visit::find(&mut tx, secret.clone(), now).await? {
        (visit::Found::Here(submitter), _) if submitter.is_draft() => {
            let draft = store::find(&mut tx, &submitter.submission).await?;
            draft.is_some_and(|draft| now.since(draft.created_us) < SAME_PRESS)
        }
        _ => false,
    })
}

fn led_to(site: &Site, secret: &Secret, way: Way) -> Response {
    let cookie = cookies::give(CookieDoor::Submitter, site.config.https, secret);
    (CookieJar::new().add(cookie), Redirect::to(way.first_page())).into_response()
}

/// Ends the visit that this browser had, so that only one is ever open in it. What it was to stays.
pub(super) async fn end_visit_of(site: &Site, tx: &mut Tx, headers: &HeaderMap) -> Answer<()> {
    if let Some(secret) = cookies::secret(headers, CookieDoor::Submitter, site.config.https) {
        visit::end(tx, &cookies::id_hash(&secret)).await?;
    }
    Ok(())
}

/// "Go on with …" or "Put it away and start another".
async fn ask(site: &Site, speech: Speech, submitter: &crate::web::Submitter, way: Way) -> Answer {
    let mut tx = site.db.read().await?;
    let opened = door::open(site, &mut tx, submitter).await?;
    let code = visit::code(&mut tx, submitter).await?.and_then(|text| Code::read(&text).ok());
    let name = store::find(&mut tx, &submitter.submission).await?.and_then(|draft| draft.name(&opened.key));
    let hidden = submitter_fields(site, submitter);
    Ok(ask_page(speech, opened.door, &hidden, (name.as_deref(), code.as_ref()), way).into_response())
}

fn ask_page(
    speech: Speech,
    door: Door,
    hidden: &maud::Markup,
    (name, code): (Option<&str>, Option<&Code>),
    way: Way,
) -> Page {
    let body = html! {
        (html::heading(speech, "begin.title"))
        p {
            @match name {
                Some(name) => { (speech.say("begin.named")) " " bdi { (name) } }
                None => (speech.say("begin.not_named")),
            }
        }
        (html::link_button(way.first_page(), speech.say("begin.go_on")))
        h2 { (speech.say("begin.another_title")) }
        p { (speech.say("begin.another")) }
        @if let Some(code) = code { (code_page::card(speech, code, None)) }
        (html::form("/begin", hidden, html! {
            (door::once_field())
            @if way == Way::One { (html::hidden(start::WAY, start::ONE_THING)) }
            (html::secondary_button(speech.say("begin.put_away"), "choice", "new"))
        }))
    };
    Page::new(speech, door, speech.say("begin.tab"), body)
}
