//! `/who-can-help`: who can help with one person's case, by what went wrong. What is not confirmed is not on it.

use axum::extract::State;
use maud::{Markup, html};

use super::contacts::{self, Confirmed, Section, Shown};
use super::start::{self, Statements};
use crate::clock::long_date;
use crate::html::{self, Door, Page, details, picture_beside, prose};
use crate::web::{Answer, Site};
use crate::words::Speech;

/// `GET /who-can-help`
pub(super) async fn who_can_help(State(site): State<Site>, speech: Speech) -> Answer<Page> {
    let mut tx = site.db.read().await?;
    let shown = contacts::shown(&contacts::list_confirmed(&mut tx).await?);
    Ok(page(speech, Statements::of(&site), &shown))
}

pub(super) fn page(speech: Speech, statements: Statements, shown: &[Shown]) -> Page {
    let title = |section: Section| format!("who_can_help.{}_title", section.name());
    let body = html! {
        (html::heading(speech, "who_can_help.title"))
        p.lead { (speech.say("who_can_help.lead")) }
        (start::danger(speech, statements))
        p { (speech.say("who_can_help.changes")) }
        nav aria-labelledby="what-went-wrong" {
            h2 id="what-went-wrong" { (picture_beside(speech, "who_can_help.routes")) (speech.say("who_can_help.routes")) }
            ul.actions {
                @for section in Section::ALL { li { a href={ "#" (section.name()) } { (speech.say(&title(section))) } } }
            }
        }
        @for section in Section::ALL {
            h2 id=(section.name()) { (speech.say(&title(section))) }
            (prose(speech.say(&format!("who_can_help.{}", section.name()))))
            @for one in shown.iter().filter(|one| one.section == section) { (card(speech, one)) }
        }
    };
    Page::new(speech, Door::Public, speech.say("who_can_help.title"), body).path("/who-can-help")
}

fn card(speech: Speech, one: &Shown) -> Markup {
    let body = html! {
        (prose(speech.say_in("organisation", &format!("{}_what", one.id))))
        (ways(speech, (one.phone.as_deref(), one.email.as_deref(), one.website.as_deref())))
        @if !one.areas.is_empty() {
            (details(speech.say("who_can_help.each_area"), html! {
                @for area in &one.areas { (of_area(speech, area)) }
            }))
        }
        p.small { (speech.fill("who_can_help.checked", &[("date", &long_date(one.checked))])) }
    };
    html::card(3, html! { (speech.say_in("organisation", one.id)) }, body)
}

fn of_area(speech: Speech, area: &Confirmed) -> Markup {
    let day = area.checked_on.parse().map(long_date).unwrap_or_default();
    html! {
        p { strong { (area.area.as_deref().unwrap_or_default()) } }
        (ways(speech, (area.phone.as_deref(), area.email.as_deref(), area.website.as_deref())))
        p.small { (speech.fill("who_can_help.checked", &[("date", &day)])) }
    }
}

/// The ways to reach somebody. Numbers and addresses read from left to right in every language.
fn ways(speech: Speech, (phone, email, website): (Option<&str>, Option<&str>, Option<&str>)) -> Markup {
    html! {
        @if let Some(phone) = phone {
            p { a href={ "tel:" (phone.replace(' ', "")) } { (speech.fill("who_can_help.call", &[("phone", phone)])) } }
        }
        @if let Some(email) = email {
            p { a href={ "mailto:" (email) } { (speech.fill("who_can_help.email", &[("email", email)])) } }
        }
        @if let Some(website) = website {
            @let name = website.trim_start_matches("https://").trim_start_matches("www.").trim_end_matches('/');
            p { a href=(website) { (speech.fill("who_can_help.website", &[("site", name)])) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Wording, Words};

    #[test]
    fn numbers_that_nobody_confirmed_are_not_on_the_page() {
        let speech = Words::embedded().speak(Wording::Plain);
        let page = page(speech, Statements::default(), &contacts::shown(&[])).render().into_string();
        assert!(page.contains("0800 1111") && page.contains("21 November 2026"));
        for contact in contacts::all() {
            for number in &contact.unconfirmed {
                assert!(!page.contains(number), "{number} is on the page, and nobody has confirmed it");
            }
        }
    }
}
