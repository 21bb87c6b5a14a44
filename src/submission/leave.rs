//! Going away: at once (`POST /leave`), or after a look at the code (`/finish`).
//!
//! Leaving always works, even from a page that is out of date: it asks for no token, and the worst that a forged one
//! could do is to close somebody's page. What was saved stays on the server; this browser forgets the visit.

use axum::extract::State;
use axum::http::header::{HeaderName, HeaderValue};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;
use http_body_util::{BodyExt, Limited};
use maud::html;

use super::begin::end_visit_of;
use super::code::Code;
use super::code_page;
use crate::html::{self, Door, Page};
use crate::web::cookies::{self, Door as CookieDoor};
use crate::web::{Answer, Form, Site, Submitter, door};
use crate::words::Speech;

/// `POST /leave`: "Leave this site quickly" goes to a neutral site at once; "Finish on this phone" shows the code first.
pub async fn leave(State(site): State<Site>, headers: HeaderMap, body: axum::body::Body) -> Response {
    let bytes = Limited::new(body, 64 << 10).collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let form = Form::parse(&bytes).unwrap_or_default();
    if form.get("how") == "finish" {
        return Redirect::to("/finish").into_response();
    }
    let address = site.config.settings.leave_url.clone();
    forget(&site, &headers, &address).await
}

/// `GET /finish`
pub async fn ask(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer<Page> {
    let mut tx = site.db.read().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let code = code_page::of_visit(&mut tx, &submitter).await?;
    let hidden = door::submitter_fields(&site, &submitter);
    Ok(finish_page(speech, opened.door, &hidden, code.as_ref(), submitter.is_draft()))
}

/// `POST /finish`
pub async fn finish(State(site): State<Site>, headers: HeaderMap, _: Submitter, _: Form) -> Response {
    forget(&site, &headers, "/finished").await
}

/// `GET /finished`
pub async fn finished(speech: Speech) -> Page {
    let body = html! {
        (html::heading(speech, "leave.finished_title"))
        p { (speech.say("leave.finished")) }
        (html::prose(speech.say("leave.phone_keeps")))
        p { a href="/safe-phone" { (speech.say("leave.to_safe_phone")) } }
        p { a href="/return" { (speech.say("leave.come_back")) } }
    };
    Page::new(speech, Door::Public, speech.say("leave.finished_tab"), body).path("/finished")
}

/// Ends this browser's visit, tells it to forget everything of ours, and leads on. A database that does not answer does
/// not keep anybody here: the cookie goes in any case.
async fn forget(site: &Site, headers: &HeaderMap, to: &str) -> Response {
    if let Err(problem) = end_visit(site, headers).await {
        tracing::warn!(problem = problem.name(), "a visit could not be ended; its cookie was taken away");
    }
    let clear =
        (HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\", \"cookies\", \"storage\""));
    let location = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/finished"));
    // Added and then removed: a jar sends a removal only for what it holds.
    let gone = cookies::take_away(CookieDoor::Submitter, site.config.https);
    let jar = CookieJar::new().add(gone);
    (axum::http::StatusCode::SEE_OTHER, jar, [clear, (header::LOCATION, location)]).into_response()
}

async fn end_visit(site: &Site, headers: &HeaderMap) -> Answer<()> {
    let mut tx = site.db.write().await?;
    end_visit_of(site, &mut tx, headers).await?;
    tx.commit().await?;
    Ok(())
}

fn finish_page(speech: Speech, door: Door, hidden: &maud::Markup, code: Option<&Code>, is_draft: bool) -> Page {
    let body = html! {
        (html::heading(speech, "leave.finish_title"))
        @if let Some(code) = code {
            p { (speech.say("leave.code_first")) }
            (code_page::card(speech, code, None))
            p { a href="/tell/code" { (speech.say("leave.keep_code")) } }
        }
        p { (if is_draft { speech.say("leave.draft_stays") } else { speech.say("leave.sent_stays") }) }
        h2 { (speech.say("leave.phone_title")) }
        (html::prose(speech.say("leave.phone_keeps")))
        p { a href="/safe-phone" { (speech.say("leave.to_safe_phone")) } }
        (html::form("/finish", hidden, html::button(speech.say("leave.finish"))))
    };
    let back = if is_draft { "/tell" } else { "/sent" };
    Page::new(speech, door, speech.say("leave.finish_tab"), body).path("/finish").back(back)
}
