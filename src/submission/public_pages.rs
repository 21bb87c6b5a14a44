//! The plain pages that anyone may read, and the choice of wording.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Redirect};
use axum_extra::extract::cookie::CookieJar;
use maud::{Markup, html};

use super::start::{self, Statements};
use super::{help_pages, look_page};
use crate::clock::DAY;
use crate::html::{self, Door, Page, prose};
use crate::web::{Answer, Form, Problem, Route, Site, Who, cookies};
use crate::words::{Speech, Wording};

/// The addresses of this file and of the start page.
pub fn routes(site: &Site) -> Vec<Route> {
    let mut routes = look_page::routes(site);
    routes.extend([
        Route::get("/", Who::Anyone, start::show, site),
        Route::get("/help", Who::Anyone, help, site),
        Route::get("/what-is-an-inspection", Who::Anyone, what_is_an_inspection, site),
        Route::get("/who-can-help", Who::Anyone, help_pages::who_can_help, site),
        Route::get("/safe-phone", Who::Anyone, safe_phone, site),
        Route::get("/privacy", Who::Anyone, privacy, site),
        Route::get("/accessibility", Who::Anyone, accessibility, site),
        Route::post("/wording", Who::Anyone, change_wording, site),
        Route::get("/.well-known/security.txt", Who::Anyone, security_txt, site),
    ]);
    routes
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
async fn accessibility(State(site): State<Site>, speech: Speech) -> Page {
    accessibility_page(speech, site.config.settings.accessibility_contact.as_deref())
}

/// The sections before and after the one that says whom to tell.
const ACCESS_FIRST: [&str; 4] = ["people", "checks", "works", "not"];
const ACCESS_LAST: [&str; 3] = ["other", "law", "when"];

fn accessibility_page(speech: Speech, contact: Option<&str>) -> Page {
    let rest = html! {
        (sections(speech, "access", &ACCESS_FIRST, &[]))
        h2 { (speech.say("access.problem.title")) }
        @match contact {
            Some(contact) => {
                p { (speech.say("access.problem.tell")) }
                p { (html::prose::line(&speech.fill("access.problem.way", &[("way", &way_to_tell(contact))]))) }
            }
            None => p { (speech.say("access.problem.none")) },
        }
        (sections(speech, "access", &ACCESS_LAST, &[]))
    };
    plain_page(speech, "/accessibility", "access.title", "access.lead", rest)
}

/// A mail or web address with its link, a phone number as it is.
fn way_to_tell(contact: &str) -> String {
    match contact {
        _ if contact.starts_with("https://") => format!("[{}]({contact})", contact.trim_start_matches("https://")),
        _ if contact.contains('@') => format!("[{contact}](mailto:{contact})"),
        _ => contact.to_owned(),
    }
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
pub(super) fn way_back(given: &str) -> &str {
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
                accessibility_page(speech, None),
                accessibility_page(speech, Some("help@heard.example")),
                safe_phone_page(speech),
                help_pages::page(speech, Statements::default(), &contacts::shown(&[])),
            ];
            for page in pages {
                let text = plain_english::text_of_page(&page.render().into_string());
                let reader = if wording == Wording::Plain { Reader::Anybody } else { Reader::ShortWords };
                let findings = plain_english::check_page(&text, reader);
                assert!(findings.is_empty(), "{} in {wording:?}:\n{}", page.title, findings.join("\n"));
            }
        }
    }

    /// The accessibility page as a file, in the words of every wording.
    fn statement() -> String {
        let mut text = STATEMENT_HEAD.to_owned();
        for wording in Wording::ALL {
            let speech = Words::embedded().speak(wording);
            let say = |key: &str| speech.say_in("access", key).trim();
            let wording = speech.say(match wording {
                Wording::Plain => "frame.in_plain",
                Wording::Short => "frame.in_short",
                Wording::Pictures => "frame.in_pictures",
            });
            text.push_str(&format!("\n## In the wording “{wording}”\n\n**{}**\n\n{}\n", say("title"), say("lead")));
            for name in ACCESS_FIRST {
                text.push_str(&section(say(&format!("{name}.title")), say(&format!("{name}.text"))));
            }
            let way = speech.fill("access.problem.way", &[("way", "*what the operator has set*")]);
            text.push_str(&section(say("problem.title"), &format!("{}\n\n{way}", say("problem.tell"))));
            text.push_str(&format!("\nWhere nothing is set: {}\n", say("problem.none")));
            for name in ACCESS_LAST {
                text.push_str(&section(say(&format!("{name}.title")), say(&format!("{name}.text"))));
            }
        }
        text
    }

    fn section(title: &str, text: &str) -> String {
        format!("\n### {title}\n\n{text}\n")
    }

    const STATEMENT_HEAD: &str = "\
# The accessibility statement

This is what `/accessibility` says, in each wording. It is made from `assets/words/en/access.toml`: change the words there,
then write this file anew with `HEARD_TEST_WRITE_WORDS=1 cargo test --locked plain_words`. A test fails while they differ.
The operator sets how to be reached with `HEARD_ACCESSIBILITY_CONTACT`.
";

    #[test]
    fn plain_words_of_the_statement_are_in_its_file() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/accessibility/statement.md");
        let now = statement();
        if std::env::var_os("HEARD_TEST_WRITE_WORDS").is_some() {
            std::fs::write(file, &now).expect("the statement can be written");
        }
        let there = std::fs::read_to_string(file).unwrap_or_default();
        assert!(
            there == now,
            "accessibility/statement.md is not what the page says. Write it anew with:\n\
             HEARD_TEST_WRITE_WORDS=1 cargo test --locked plain_words"
        );
    }

    #[test]
    fn the_accessibility_page_says_whom_to_tell_and_what_is_not_there() {
        for wording in Wording::ALL {
            let speech = Words::embedded().speak(wording);
            let none = accessibility_page(speech, None).render().into_string();
            assert!(none.contains(speech.say("access.problem.none")));
            for said in ["No disabled person has tested", "(BSL)", "Orca", "22 November 2026", "Equality Advisory"] {
                assert!(none.contains(said), "{said} is not on the page in {wording:?}");
            }
            for (contact, shown) in [
                ("help@heard.example", r#"<a href="mailto:help@heard.example">help@heard.example</a>"#),
                ("https://heard.example/help", r#"<a href="https://heard.example/help">heard.example/help</a>"#),
                ("0300 123 4567", "0300 123 4567"),
            ] {
                let page = accessibility_page(speech, Some(contact)).render().into_string();
                assert!(page.contains(shown), "{contact} in {wording:?}");
                assert!(!page.contains(speech.say("access.problem.none")));
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
