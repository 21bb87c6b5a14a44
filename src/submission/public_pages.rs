//! The plain pages that anyone may read, and the choice of wording.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Redirect};
use axum_extra::extract::cookie::CookieJar;
use jiff::civil::Date;
use maud::{Markup, html};

use super::answers::questions::Question;
use super::contacts::{self, Contact, Section};
use super::start::{self, Statements};
use crate::clock::{DAY, long_date};
use crate::html::{self, Door, Page, inset, prose};
use crate::web::{Answer, Form, Problem, Route, Site, Who, cookies};
use crate::words::{Speech, Wording};

/// The addresses of this file and of the start page.
pub fn routes(site: &Site) -> Vec<Route> {
    vec![
        Route::get("/", Who::Anyone, start::show, site),
        Route::get("/help", Who::Anyone, help, site),
        Route::get("/what-is-an-inspection", Who::Anyone, what_is_an_inspection, site),
        Route::get("/who-can-help", Who::Anyone, who_can_help, site),
        Route::get("/safe-phone", Who::Anyone, safe_phone, site),
        Route::get("/questions", Who::Anyone, questions, site),
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

/// `GET /questions`: every standard question of today, so that people can think about them first, alone or together.
async fn questions(State(site): State<Site>, speech: Speech) -> Page {
    questions_page(speech, site.clock.now().date_in_london())
}

fn questions_page(speech: Speech, today: Date) -> Page {
    let asked: Vec<&Question> = Question::on(today).collect();
    let rest = html! {
        (prose(speech.say("questions.how")))
        @if !Question::are_tested() { (inset(html! { p { (speech.say("question.draft")) } })) }
        @if asked.is_empty() { p { (speech.say("question.none_now")) } }
        ol.questions { @for question in asked { li { (one_question(speech, question)) } } }
    };
    plain_page(speech, "/questions", "questions.title", "questions.lead", rest)
}

fn one_question(speech: Speech, question: &Question) -> Markup {
    let answers: Vec<&str> = question.answers.iter().map(|answer| speech.say_in("question.answer", answer)).collect();
    html! {
        h2 { (speech.say(&question.words("ask"))) }
        p { (speech.say(&question.words("hint"))) }
        @if !answers.is_empty() { p.hint { (speech.say("questions.answers")) " " (answers.join(" / ")) } }
    }
}

/// `GET /privacy`
async fn privacy(State(site): State<Site>, speech: Speech) -> Page {
    privacy_page(speech, site.config.settings.draft_days, Statements::of(&site))
}

fn privacy_page(speech: Speech, draft_days: i64, statements: Statements) -> Page {
    const SECTIONS: [&str; 6] = ["read", "keep", "lock", "device", "long", "rights"];
    let days = draft_days.to_string();
    let rest = html! {
        (sections(speech, "privacy", &SECTIONS, &[("days", &days)]))
        (start::who_runs_this(speech, statements))
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

/// `GET /who-can-help`
async fn who_can_help(State(site): State<Site>, speech: Speech) -> Page {
    who_can_help_page(speech, Statements::of(&site))
}

fn who_can_help_page(speech: Speech, statements: Statements) -> Page {
    let contacts = who_can_help_body(speech, statements);
    plain_page(speech, "/who-can-help", "who_can_help.title", "who_can_help.lead", contacts)
}

fn who_can_help_body(speech: Speech, statements: Statements) -> Markup {
    const SECTIONS: [(Section, &str); 3] = [
        (Section::Now, "who_can_help.now_title"),
        (Section::Case, "who_can_help.case_title"),
        (Section::Complain, "who_can_help.complain_title"),
    ];
    html! {
        (start::danger(speech, statements))
        p { (speech.say("who_can_help.changes")) }
        @for (section, title) in SECTIONS {
            h2 { (speech.say(title)) }
            @for contact in contacts::list_checked(section) { (contact_card(speech, contact)) }
        }
    }
}

fn contact_card(speech: Speech, contact: &Contact) -> Markup {
    let checked = contact.checked().map(|date: Date| long_date(date)).unwrap_or_default();
    let body = html! {
        p { (speech.say_in("organisation", &format!("{}_what", contact.id))) }
        @if let Some(phone) = &contact.phone {
            p { a href={ "tel:" (phone.replace(' ', "")) } { (speech.fill("who_can_help.call", &[("phone", phone)])) } }
        }
        @if let Some(email) = &contact.email {
            p { a href={ "mailto:" (email) } { (speech.fill("who_can_help.email", &[("email", email)])) } }
        }
        @if let Some(website) = &contact.website {
            @let name = website.trim_start_matches("https://").trim_start_matches("www.").trim_end_matches('/');
            p { a href=(website) { (speech.fill("who_can_help.website", &[("site", name)])) } }
        }
        p.small { (speech.fill("who_can_help.checked", &[("date", &checked)])) }
    };
    html::card(3, html! { (speech.say_in("organisation", &contact.id)) }, body)
}

/// `POST /wording`: remembers how pages should speak, and goes back to where the reader was.
async fn change_wording(State(site): State<Site>, jar: CookieJar, form: Form) -> Answer {
    let back = way_back(form.get("back"));
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
                questions_page(speech, jiff::civil::date(2026, 11, 21)),
                accessibility_page(speech),
                safe_phone_page(speech),
                who_can_help_page(speech, Statements::default()),
            ];
            for page in pages {
                let text = plain_english::text_of_page(&page.render().into_string());
                let findings = plain_english::check_page(&text, Reader::Anybody);
                assert!(findings.is_empty(), "{} in {wording:?}:\n{}", page.title, findings.join("\n"));
            }
        }
    }

    #[test]
    fn a_form_cannot_lead_to_another_site() {
        assert_eq!(way_back("/tell/who?x=1"), "/tell/who?x=1");
        for other in ["//evil.example", "https://evil.example", "/\\evil.example", "", "/a\r\nSet-Cookie: x"] {
            assert_eq!(way_back(other), "/", "{other}");
        }
    }

    #[test]
    fn numbers_that_nobody_checked_are_not_on_the_page() {
        let speech = Words::embedded().speak(Wording::Plain);
        let page = who_can_help_body(speech, Statements::default()).into_string();
        assert!(page.contains("0800 1111") && page.contains("21 November 2026"));
        assert!(!page.contains("0303 123 1113") && !page.contains("03000 616161"));
    }
}
