//! The plain pages that anyone may read, and the choice of wording.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Redirect};
use axum_extra::extract::cookie::CookieJar;
use maud::{Markup, html};

use super::help_pages;
use super::start::{self, Statements};
use crate::clock::DAY;
use crate::html::{self, Door, Page, prose};
use crate::web::{Answer, Form, Problem, Route, Site, Who, cookies};
use crate::words::{Speech, Wording};

/// The addresses of this file and of the start page.
pub fn routes(site: &Site) -> Vec<Route> {
    vec![
        Route::get("/", Who::Anyone, start::show, site),
        Route::get("/help", Who::Anyone, help, site),
        Route::get("/what-is-an-inspection", Who::Anyone, what_is_an_inspection, site),
        Route::get("/who-can-help", Who::Anyone, help_pages::who_can_help, site),
        Route::get("/safe-phone", Who::Anyone, safe_phone, site),
        Route::get("/privacy", Who::Anyone, privacy, site),
        Route::get("/accessibility", Who::Anyone, accessibility, site),
        Route::post("/wording", Who::Anyone, change_wording, site),
        Route::get("/.well-known/security.txt", Who::Anyone, security_txt, site),
    ]
}

/// A page of sections: `group.title`, `group.lead`, and for each section `group.<name>.title` and `.text`.
fn sections(speech: Speech, group: &str, names: &[&str], places: &[(&str, &str)]) -> Markup {
    html! {
        @for name in names {
            h2 { (speech.say_in(group, &format!("{name}.title"))) }
            (prose(&speech.fill(&format!("{group}.{name}.text"), places)))
        }
    }
}

fn plain_page(speech: Speech, path: &str, title: &str, lead: &str, rest: Markup) -> Page {
    let body = html! {
        (html::heading(speech, title))
        p.lead { (speech.say(lead)) }
        (rest)
    };
    Page::new(speech, Door::Public, speech.say(title), body).path(path)
}

/// `GET /help`
async fn help(State(site): State<Site>, speech: Speech) -> Page {
    help_page(speech, site.config.settings.draft_days)
}

fn help_page(speech: Speech, draft_days: i64) -> Page {
    const SECTIONS: [&str; 8] = ["file", "aac", "code", "helper", "stop", "change", "device", "people"];
    let days = draft_days.to_string();
    plain_page(speech, "/help", "help.title", "help.lead", sections(speech, "help", &SECTIONS, &[("days", &days)]))
}

/// `GET /what-is-an-inspection`
async fn what_is_an_inspection(speech: Speech) -> Page {
    what_is_an_inspection_page(speech)
}

fn what_is_an_inspection_page(speech: Speech) -> Page {
    const SECTIONS: [&str; 5] = ["who", "what", "when", "then", "not"];
    plain_page(speech, "/what-is-an-inspection", "about.title", "about.lead", sections(speech, "about", &SECTIONS, &[]))
}

/// `GET /safe-phone`: what stays on a phone, and on a computer at school or at work, and what to do about it.
async fn safe_phone(speech: Speech) -> Page {
    safe_phone_page(speech)
}

fn safe_phone_page(speech: Speech) -> Page {
    const SECTIONS: [&str; 9] = ["first", "photos", "files", "history", "messages", "shared", "work", "leave", "help"];
    let rest = html! {
        @for name in SECTIONS {
            @let title = format!("safe_phone.{name}.title");
            h2 { (html::picture_beside(speech, &title)) (speech.say(&title)) }
            (prose(speech.say_in("safe_phone", &format!("{name}.text"))))
        }
    };
    plain_page(speech, "/safe-phone", "safe_phone.title", "safe_phone.lead", rest)
}

/// `GET /privacy`
async fn privacy(State(site): State<Site>, speech: Speech) -> Page {
    privacy_page(speech, site.config.settings.draft_days, Statements::of(&site))
}

fn privacy_page(speech: Speech, draft_days: i64, statements: Statements) -> Page {
    const SECTIONS: [&str; 10] =
        ["why", "read", "ask", "permission", "keep", "lock", "device", "long", "report", "rights"];
    let days = draft_days.to_string();
    let rest = html! {
        (sections(speech, "privacy", &SECTIONS, &[("days", &days)]))
        h2 { (speech.say("privacy.operator_title")) }
        (start::who_runs_this(speech, statements))
        @match statements.privacy {
            Some(text) => { (prose(text)) }
            None => { p { (speech.say("privacy.operator_none")) } }
        }
    };
    plain_page(speech, "/privacy", "privacy.title", "privacy.lead", rest)
}

/// `GET /accessibility`
async fn accessibility(speech: Speech) -> Page {
    accessibility_page(speech)
}

fn accessibility_page(speech: Speech) -> Page {
    const SECTIONS: [&str; 4] = ["people", "works", "not", "other"];
    plain_page(speech, "/accessibility", "access.title", "access.lead", sections(speech, "access", &SECTIONS, &[]))
}

/// `POST /wording`: remembers how pages should speak, or in which language, and goes back to where the reader was.
async fn change_wording(State(site): State<Site>, jar: CookieJar, form: Form) -> Answer {
    let back = way_back(form.get("back"));
    let tag = form.get("language");
    if let Some(offered) = site.languages.find("en").speak(Wording::Plain).offered().iter().find(|one| one.tag == tag) {
        let cookie = cookies::remember_language(offered.tag, site.config.https);
        return Ok((jar.add(cookie), Redirect::to(back)).into_response());
    }
    let Some(wording) = Wording::parse(form.get("wording")) else {
        return Ok(Redirect::to(back).into_response());
    };
    let cookie = cookies::remember_wording(wording.name(), site.config.https);
    Ok((jar.add(cookie), Redirect::to(back)).into_response())
}

/// An address of ours that a form named, or the start page: never another site.
fn way_back(given: &str) -> &str {
    let is_ours = given.starts_with('/')
        && !given.starts_with("//")
        && given.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_ours { given } else { "/" }
}

/// `GET /.well-known/security.txt` (RFC 9116), where the operator has said whom to write to. The date of expiry moves,
/// because the address comes from the running service's own settings.
async fn security_txt(State(site): State<Site>) -> Answer {
    let contact = site.config.settings.security_contact.as_deref().ok_or(Problem::NotFound)?;
    let contact = if contact.contains(':') { contact.to_owned() } else { format!("mailto:{contact}") };
    let expires = site.clock.now().plus(90 * DAY).rfc3339();
    let canonical = format!("{}/.well-known/security.txt", site.config.public_url);
    let text = format!("Contact: {contact}\nExpires: {expires}\nPreferred-Languages: en\nCanonical: {canonical}\n");
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::submission::{contacts, question_set_pages};
    use crate::words::Words;
    use crate::words::plain_english::{self, Reader};

    #[test]
    fn every_public_page_reads_as_plain_english_in_every_wording() {
        for wording in Wording::ALL {
            let speech = Words::embedded().speak(wording);
            let pages = [
                start::page(speech, Statements::default(), Some(start::Open::Draft), &html! {}),
                help_page(speech, 180),
                what_is_an_inspection_page(speech),
                privacy_page(speech, 180, Statements::default()),
                question_set_pages::page(speech, jiff::civil::date(2026, 11, 22), &[]),
                accessibility_page(speech),
                safe_phone_page(speech),
                help_pages::page(speech, Statements::default(), &contacts::shown(&[])),
            ];
            for page in pages {
                let text = plain_english::text_of_page(&page.render().into_string());
                let in_short_words = ["/privacy", "/questions", "/who-can-help"].map(Some);
                let reader = match (wording, in_short_words.contains(&page.path.as_deref())) {
                    (Wording::Short | Wording::Pictures, true) => Reader::ShortWords,
                    _ => Reader::Anybody,
                };
                let findings = plain_english::check_page(&text, reader);
                assert!(findings.is_empty(), "{} in {wording:?}:\n{}", page.title, findings.join("\n"));
            }
        }
    }

    #[test]
    fn the_privacy_page_says_what_people_must_know_in_every_wording() {
        for wording in Wording::ALL {
            let speech = Words::embedded().speak(wording);
            let ours = privacy_page(speech, 180, Statements::default()).render().into_string();
            for said in
                ["180 days", "within 7 days", "14 days", "A person checks first", "A court", "a parent&#39;s yes"]
            {
                let said = said.replace("&#39;", "'");
                assert!(ours.contains(&said), "{said} is not on the privacy page in {wording:?}");
            }
            assert!(!ours.to_lowercase().contains("consent"), "we ask for permission, in {wording:?}");
            assert!(ours.contains(speech.say("privacy.operator_none")));
            let text = "We are the Voices Trust.\n\nWe keep it for three years.";
            let theirs = Statements { privacy: Some(text), ..Statements::default() };
            let theirs = privacy_page(speech, 180, theirs).render().into_string();
            assert!(theirs.contains("<p>We keep it for three years.</p>"));
            assert!(!theirs.contains(speech.say("privacy.operator_none")));
        }
    }

    #[test]
    fn a_form_cannot_lead_to_another_site() {
        assert_eq!(way_back("/tell/who?x=1"), "/tell/who?x=1");
        for other in ["//evil.example", "https://evil.example", "/\\evil.example", "", "/a\r\nSet-Cookie: x"] {
            assert_eq!(way_back(other), "/", "{other}");
        }
    }
}
