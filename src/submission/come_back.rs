//! `GET, POST /return`: comes back with a return code, on any device.
//!
//! What was typed is read forgivingly. A word that is not in the list says which word to look at, and is no failed try:
//! nothing was looked up. The secret is never in an address that reaches us.

use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;
use maud::{Markup, html};
use serde::Deserialize;

use super::begin::end_visit_of;
use super::code::{self, Code, Misread};
use super::{State as Life, store, tries};
use crate::html::{self, Door, Field, Page};
use crate::web::client::ClientAddr;
use crate::web::cookies::{self, Door as CookieDoor};
use crate::web::{Answer, Form, Problem, Site, visit};
use crate::words::Speech;

/// What the address says about why somebody is here.
#[derive(Debug, Default, Deserialize)]
pub struct Why {
    #[serde(default)]
    idle: String,
}

/// `GET /return`
pub async fn ask(speech: Speech, Query(why): Query<Why>) -> Page {
    let notice = (why.idle == "yes").then(|| speech.say("return.idle"));
    page(speech, "", notice, None)
}

/// `POST /return`
pub async fn come_back(
    State(site): State<Site>,
    client: ClientAddr,
    speech: Speech,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let typed = form.get("code");
    let code = match Code::read(typed) {
        Ok(code) => code,
        Err(misread) => return Ok(refused(speech, typed, misread_words(speech, &misread))),
    };
    let Some((submission, life)) = look_up(&site, client, &code).await? else {
        let error = Wrong { short: speech.say("return.unknown").to_owned(), more: html! {} };
        return Ok(refused(speech, &code.text(), error));
    };
    let now = site.clock.now();
    let own_phone = form.get("own_phone") == "yes";
    let mut tx = site.db.write().await?;
    end_visit_of(&site, &mut tx, &headers).await?;
    let secret = visit::start(&mut tx, &submission, &code.text(), own_phone, now).await?;
    store::touch(&mut tx, &submission, now).await?;
    tx.commit().await?;
    let cookie = cookies::give(CookieDoor::Submitter, site.config.https, &secret);
    let to = if life == Life::Draft { "/tell" } else { "/sent" };
    Ok((CookieJar::new().add(cookie), Redirect::to(to)).into_response())
}

/// Finds what a code opens. Every try is written down before it is looked at, and struck out when it was right. After
/// many wrong ones from this address it waits for its place in the line, right or wrong.
pub(super) async fn look_up(
    site: &Site,
    client: ClientAddr,
    code: &Code,
) -> Answer<Option<(crate::id::SubmissionId, Life)>> {
    let (who, now) = (client.keyed(site), site.clock.now());
    // First a turn and then the count: right codes that wait for their turn are not taken for failed tries.
    let mut turn = code::turn().await?;
    let mut tx = site.db.write().await?;
    let Some(tried) = tries::begin(&mut tx, &who, now).await? else {
        return Err(Problem::SlowDown);
    };
    tx.commit().await?;
    if tried.wait > 0 {
        drop(turn);
        tokio::time::sleep(Duration::from_micros(tried.wait.unsigned_abs())).await;
        turn = code::turn().await?;
    }
    let hash = code.hash(&site.keys.service("pepper"), &turn).await?;
    let mut tx = site.db.write().await?;
    let found = store::find_by_code(&mut tx, &hash).await?;
    if found.is_some() {
        tries::strike(&mut tx, tried).await?;
    }
    tx.commit().await?;
    Ok(found)
}

/// What is wrong with what was typed: one sentence for the field, and more beside it.
pub(super) struct Wrong {
    /// For the field and the summary.
    pub short: String,
    /// Beside it.
    pub more: Markup,
}

/// What is wrong with words that could not be read.
pub(super) fn misread_words(speech: Speech, misread: &Misread) -> Wrong {
    match misread {
        Misread::Count(0) => Wrong { short: speech.say("return.empty").to_owned(), more: html! {} },
        Misread::Count(count) => {
            let short = speech.fill("return.count", &[("count", &count.to_string())]);
            Wrong { short, more: html! {} }
        }
        Misread::Word { place, typed, maybe } => {
            let short = speech.fill("return.look_at", &[("place", &place.to_string())]);
            let more = html! {
                p { (speech.say("return.you_wrote")) " " bdi { (typed) } }
                @if !maybe.is_empty() {
                    p { (speech.say("return.maybe")) " " strong lang="en" { (maybe.join(", ")) } }
                }
            };
            Wrong { short, more }
        }
    }
}

fn refused(speech: Speech, typed: &str, wrong: Wrong) -> Response {
    page(speech, typed, None, Some(wrong)).into_response()
}

fn page(speech: Speech, typed: &str, notice: Option<&str>, wrong: Option<Wrong>) -> Page {
    let error = wrong.as_ref().map(|wrong| wrong.short.as_str());
    let field = Field::new("code", speech.say("return.code")).hint(speech.say("return.hint")).value(typed).error(error);
    let errors: Vec<(&str, &str)> = error.map(|error| ("code", error)).into_iter().collect();
    let body = html! {
        (html::error_summary(speech, &errors))
        @if let Some(notice) = notice { (html::notice(notice, html! { p { (speech.say("return.idle_safe")) } })) }
        (html::heading(speech, "return.title"))
        p { (speech.say("return.what")) }
        @if let Some(wrong) = &wrong { (wrong.more) }
        (html::form("/return", &html! {}, html! {
            (html::code_input(speech, &field))
            (html::checkbox(speech, &Field::new("own_phone", speech.say("return.own_phone"))
                .hint(speech.say("return.own_phone_hint")), false))
            (html::button(speech.say("return.open")))
        }))
        h2 { (speech.say("return.lost_title")) }
        (html::prose(speech.say("return.lost")))
        p { a href=(super::lost::LOST) { (speech.say("return.lost_more")) } }
    };
    Page::new(speech, Door::Public, speech.say("return.tab"), body)
        .path("/return")
        .problem(wrong.is_some())
        .script("return")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Wording, Words};

    #[test]
    fn a_word_that_is_not_in_the_list_is_pointed_at_and_kept() {
        let speech = Words::embedded().speak(Wording::Plain);
        let typed = "apron apron <b>xylophone</b>";
        let misread = Misread::Word { place: 3, typed: "xylophone".into(), maybe: vec!["apron", "basket"] };
        let page = page(speech, typed, None, Some(misread_words(speech, &misread))).render().into_string();
        assert!(page.contains("word 3") && page.contains("apron, basket"));
        assert!(page.contains("&lt;b&gt;xylophone"));
        assert_eq!(page.matches("<h1").count(), 1);
    }
}
