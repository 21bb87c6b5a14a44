//! The pages on which an admin looks after accounts.

use maud::{Markup, html};

use super::super::links::LinkFor;
use super::super::store::Person;
use super::join::with_field;
use super::{Errors, error_of};
use crate::clock::Moment;
use crate::html::{
    Choice, Door, Field, Page, SummaryRow, button, danger_button, error_summary, form, heading, inset, link_button,
    list as plain_list, next_page, notice, radios, summary_list, table, text_input, warning,
};
use crate::web::Role;
use crate::words::Speech;

fn state(speech: Speech, person: &Person) -> String {
    match (person.disabled, person.joined) {
        (Some(when), _) => speech.fill("people.state_closed", &[("day", &when.day_in_london())]),
        (None, true) => speech.say("people.state_open").to_owned(),
        (None, false) => speech.say("people.state_waiting").to_owned(),
    }
}

/// Everybody with an account.
pub fn list(speech: Speech, door: Door, people: &[Person], next: Option<&str>) -> Page {
    let heads = [
        speech.say("account.name"),
        speech.say("account.role"),
        speech.say("account.employer"),
        speech.say("people.state"),
    ];
    let rows = people.iter().map(|person| {
        vec![
            html! {
                a href={ "/staff/people/" (person.id) } {
                    bdi { (person.shown()) }
                    // Two people of one name: whoever hears the links alone must know which is which.
                    @if people.iter().any(|other| other.id != person.id && other.shown() == person.shown()) {
                        ", " bdi { (person.email) }
                    }
                }
            },
            html! { (speech.say_in("staff_role", person.role.name())) },
            html! { bdi { (person.employer) } },
            html! { (state(speech, person)) },
        ]
    });
    let body = html! {
        (heading(speech, "people.title"))
        (link_button("/staff/people/new", speech.say("people.invite_title")))
        (table(speech.say("people.caption"), &heads, rows.collect()))
        (next_page(speech, next))
    };
    Page::new(speech, door, speech.say("people.title"), body)
}

/// What was typed into an invitation.
#[derive(Clone, Debug, Default)]
pub struct Invitation {
    /// The address.
    pub email: String,
    /// The name.
    pub name: String,
    /// The role's name.
    pub role: String,
    /// The employer.
    pub employer: String,
}

/// Asks who is to be invited.
pub fn invite(speech: Speech, door: Door, fields: &Markup, given: &Invitation, errors: Errors) -> Page {
    let email = Field::new("email", speech.say("account.email")).value(&given.email).error(error_of(errors, "email"));
    let name =
        Field::new("name", speech.say("people.name_optional")).value(&given.name).error(error_of(errors, "name"));
    let body = html! {
        (error_summary(speech, errors))
        (heading(speech, "people.invite_title"))
        p { (speech.say("people.invite_text")) }
        (form("/staff/people/new", fields, html! {
            (text_input(speech, &email))
            (text_input(speech, &name))
            (details_fields(speech, &given.role, &given.employer, errors))
            (button(speech.say("people.invite")))
        }))
    };
    Page::new(speech, door, speech.say("people.invite_title"), body).back("/staff/people")
}

fn details_fields(speech: Speech, role: &str, employer: &str, errors: Errors) -> Markup {
    let choices: Vec<Choice> = Role::ALL
        .iter()
        .map(|role| {
            Choice::new(role.name(), speech.say_in("staff_role", role.name()))
                .hint(speech.say_in("staff_role_does", role.name()))
        })
        .collect();
    let role = Field::new("role", speech.say("account.role")).value(role).error(error_of(errors, "role"));
    let employer = Field::new("employer", speech.say("account.employer"))
        .hint(speech.say("people.employer_hint"))
        .value(employer)
        .error(error_of(errors, "employer"));
    html! {
        (radios(speech, &role, &choices))
        (text_input(speech, &employer))
    }
}

/// What the page of one account shows.
pub struct Seen {
    /// Whose account.
    pub person: Person,
    /// Whether it is the reader's own.
    pub is_me: bool,
    /// Areas that they must never see: code and name.
    pub never: Vec<(String, String)>,
    /// How many sessions are open.
    pub sessions: usize,
    /// What was just done, by its name in the address.
    pub news: String,
}

/// One person's account.
pub fn person(speech: Speech, door: Door, fields: &Markup, seen: &Seen, errors: Errors) -> Page {
    let person = &seen.person;
    let here = format!("/staff/people/{}", person.id);
    let title = speech.fill("people.one_title", &[("name", person.shown())]);
    let plain = |key, value: Markup| SummaryRow { key: speech.say(key), value, change: None };
    let areas = format!("{here}/areas");
    let rows = vec![
        plain("account.name", html! { bdi { (person.name) } }),
        plain("account.email", html! { bdi { (person.email) } }),
        plain("people.state", html! { (state(speech, person)) }),
        plain("people.since", html! { (person.created.day_in_london()) }),
        plain("people.sessions", html! { (seen.sessions) }),
        SummaryRow {
            key: speech.say("people.never"),
            value: never(speech, &seen.never),
            change: Some((&areas, speech.say("people.change_never"))),
        },
    ];
    let body = html! {
        (error_summary(speech, errors))
        @if let Some(sentence) = news(speech, &seen.news) { (notice(speech.say("people.done_title"), html! { p { (sentence) } })) }
        h1 { bdi { (title) } }
        (summary_list(speech, rows))
        h2 { (speech.say("people.details_title")) }
        @if seen.is_me { (inset(html! { p { (speech.say("people.own_account")) } })) }
        (form(&format!("{here}/details"), fields, html! {
            (details_fields(speech, person.role.name(), &person.employer, errors))
            (button(speech.say("people.save")))
        }))
        (ways_in(speech, fields, seen, &here))
    };
    Page::new(speech, door, title, body).back("/staff/people")
}

fn never(speech: Speech, areas: &[(String, String)]) -> Markup {
    html! {
        @if areas.is_empty() {
            (speech.say("people.never_none"))
        } @else {
            (plain_list(areas.iter().map(|(_, name)| html! { (name) })))
        }
    }
}

fn news(speech: Speech, name: &str) -> Option<&'static str> {
    ["mailed", "changed", "closed", "reopened", "sessions"].contains(&name).then(|| speech.say_in("people_news", name))
}

/// Links, sessions, closing and opening.
fn ways_in(speech: Speech, fields: &Markup, seen: &Seen, here: &str) -> Markup {
    let person = &seen.person;
    let link = |purpose: LinkFor, title: &'static str, text: &'static str, label: &'static str| {
        html! {
            h2 { (speech.say(title)) }
            p { (speech.say(text)) }
            (form(&format!("{here}/link"), &with_field(fields, "for", purpose.name()), html! {
                p.button-line { button.button.button-second type="submit" { (speech.say(label)) } }
            }))
        }
    };
    if person.disabled.is_some() {
        return html! {
            h2 { (speech.say("people.reopen_title")) }
            p { (speech.say("people.reopen_text")) }
            (form(&format!("{here}/reopen"), fields, html! {
                p.button-line { button.button.button-second type="submit" { (speech.say("people.reopen")) } }
            }))
        };
    }
    html! {
        @if person.joined {
            (link(LinkFor::NewPassword, "people.password_title", "people.password_text", "people.password_link"))
            (link(LinkFor::NewSecondStep, "people.second_title", "people.second_text", "people.second_link"))
        } @else {
            (link(LinkFor::Joining, "people.again_title", "people.again_text", "people.again_link"))
            (link(LinkFor::NewSecondStep, "people.second_title", "people.second_text", "people.second_link"))
        }
        @if seen.sessions > 0 {
            h2 { (speech.say("people.sessions_title")) }
            p { (speech.say("people.sessions_text")) }
            (form(&format!("{here}/sessions/end"), fields, html! {
                p.button-line { button.button.button-second type="submit" { (speech.say("people.sessions_end")) } }
            }))
        }
        @if !seen.is_me {
            h2 { (speech.say("people.close_title")) }
            p { a href={ (here) "/close" } { (speech.say("people.close_link")) } }
        }
    }
}

/// Asks whether an account is really to be closed.
pub fn close(speech: Speech, door: Door, fields: &Markup, person: &Person) -> Page {
    let here = format!("/staff/people/{}", person.id);
    let title = speech.fill("people.close_ask", &[("name", person.shown())]);
    let body = html! {
        h1 { bdi { (title) } }
        p { (speech.say("people.close_text")) }
        (form(&format!("{here}/close"), fields, danger_button(speech.say("people.close"))))
    };
    Page::new(speech, door, title, body).back(here)
}

/// A link that was just made: its address and until when it works, or that it was used.
pub fn link(speech: Speech, door: Door, person: &Person, link: Option<(String, Moment)>) -> Page {
    let here = format!("/staff/people/{}", person.id);
    let body = html! {
        (heading(speech, "people.link_title"))
        @match link {
            Some((address, expires)) => {
                p { (speech.fill("people.link_for", &[("name", person.shown())])) }
                p.one-time-link { code { (address) } }
                p { (speech.fill("account.link.until", &[("until", &expires.in_london())])) }
                (warning(speech, html! { p { (speech.say("people.link_secret")) } }))
            }
            None => p { (speech.say("people.link_gone")) },
        }
    };
    Page::new(speech, door, speech.say("people.link_title"), body).back(here)
}
