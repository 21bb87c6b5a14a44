//! The sender's pages about the people in a film. The film is named by number and kind, its people by their nicknames.

use maud::{Markup, html};

use super::super::say::pages::number_and_kind;
use super::super::store::Item;
use super::routes::PEOPLE;
use super::{Permission, Person};
use crate::html::{
    Choice, Door, Field, Page, button_of, danger_button, error_summary, form, heading, notice, picture_beside, radios,
    secondary_button, text_input,
};
use crate::id::ItemId;
use crate::words::Speech;

/// Where the people in one film are.
pub fn address(item: &ItemId) -> String {
    format!("/tell/items/{item}/people")
}

/// The people in one film.
pub struct FilmPage<'a> {
    /// The film.
    pub item: &'a Item,
    /// Who is in it.
    pub people: &'a [Person],
    /// What was typed for a new person.
    pub nickname: &'a str,
    /// What is wrong with it.
    pub errors: &'a [(&'static str, &'static str)],
}

fn hidden_of(door: &Door) -> Markup {
    match door {
        Door::Submitter { hidden, .. } => hidden.clone(),
        _ => html! {},
    }
}

fn nickname(speech: Speech, person: &Person) -> &str {
    person.nickname.as_deref().unwrap_or_else(|| speech.say("film.somebody"))
}

/// The people in one film, and one more.
pub fn film(speech: Speech, door: Door, page: &FilmPage) -> Page {
    let hidden = hidden_of(&door);
    let address = address(&page.item.id);
    let named = number_and_kind(speech, page.item.number, page.item.kind);
    let sentences: Vec<(&str, &str)> = page.errors.iter().map(|(field, key)| (*field, speech.say(key))).collect();
    let wrong = sentences.first().map(|(_, sentence)| *sentence);
    let choices: Vec<Choice> = Permission::ALL
        .iter()
        .map(|permission| {
            let picture = speech.picture(&format!("film.permission_is.{}", permission.name()));
            Choice::new(permission.name(), speech.say_in("film.permission_is", permission.name())).picture(picture)
        })
        .collect();
    let name = Field::new("nickname", speech.say("film.nickname")).hint(speech.say("film.nickname_hint"));
    let body = html! {
        (error_summary(speech, &sentences))
        @if page.item.left_us.is_some() && wrong.is_none() { (closed(speech)) }
        (heading(speech, "film.title"))
        p.lead { (named) }
        p { (speech.say("film.lead")) }
        @if !page.people.is_empty() {
            ul.items { @for person in page.people { li { (one_person(speech, person)) } } }
        }
        h2 { (picture_beside(speech, "film.add_title")) (speech.say("film.add_title")) }
        (form(&address, &hidden, html! {
            (text_input(speech, &name.value(page.nickname).error(wrong)))
            (radios(speech, &Field::new("permission", speech.say("film.permission")), &choices))
            (button_of(speech, "film.add"))
        }))
        p { a href="/tell/say" { (speech.say("say.back")) } }
    };
    let problem = !sentences.is_empty();
    Page::new(speech, door, speech.say("film.title"), body).path(address).back("/tell/say").problem(problem)
}

/// A person left: nobody opens the film, and what can be done.
fn closed(speech: Speech) -> Markup {
    notice(
        speech.say("film.closed_title"),
        html! {
            p { (speech.say("film.closed")) }
            p { a href="/tell/evidence" { (speech.say("film.send_new")) } }
            p { (speech.say("film.send_new_how")) }
        },
    )
}

fn one_person(speech: Speech, person: &Person) -> Markup {
    let name = nickname(speech, person);
    html! {
        p {
            strong { bdi { (name) } }
            br;
            (speech.say_in("film.permission_is", person.permission.name()))
        }
        @if person.permission != Permission::No {
            ul.actions { li { a href={ (PEOPLE) "/" (person.id) "/left" } { (speech.fill("film.left", &[("name", name)])) } } }
        }
    }
}

/// Everybody who is in anything that was told: "someone in this film changed their mind".
pub fn everybody(speech: Speech, door: Door, is_draft: bool, people: &[(&Person, &Item)], films: &[&Item]) -> Page {
    let body = html! {
        (heading(speech, "film.everybody_title"))
        p.lead { (speech.say("film.everybody_lead")) }
        @if people.is_empty() {
            p { (speech.say("film.nobody")) }
        } @else {
            ul.items {
                @for (person, item) in people {
                    li {
                        p { (number_and_kind(speech, item.number, item.kind)) }
                        (one_person(speech, person))
                    }
                }
            }
        }
        @if !films.is_empty() {
            h2 { (picture_beside(speech, "film.add_title")) (speech.say("film.add_title")) }
            ul.list {
                @for item in films {
                    @let named = number_and_kind(speech, item.number, item.kind);
                    li { a href=(address(&item.id)) { (speech.fill("say.people", &[("item", &named)])) } }
                }
            }
        }
    };
    let back = if is_draft { "/tell" } else { "/sent" };
    Page::new(speech, door, speech.say("film.everybody_title"), body).path(PEOPLE).back(back)
}

/// Whether this person changed their mind.
pub fn ask(speech: Speech, door: Door, person: &Person, item: &Item) -> Page {
    let hidden = hidden_of(&door);
    let name = nickname(speech, person);
    let to = format!("{PEOPLE}/{}/left", person.id);
    let body = html! {
        (heading(speech, "film.ask_title"))
        p.lead { strong { bdi { (name) } } ", " (number_and_kind(speech, item.number, item.kind)) }
        p { (speech.say("film.ask")) }
        p { (speech.say("film.ask_for_good")) }
        (form(&to, &hidden, danger_button(speech.say("film.ask_yes"))))
        @if item.sent_us.is_none() {
            p { (speech.say("film.mistake")) }
            (form(&to, &hidden, secondary_button(speech.say("film.mistake_yes"), "mistake", "yes")))
        }
        p { a href=(address(&item.id)) { (speech.say("film.ask_no")) } }
    };
    Page::new(speech, door, speech.say("film.ask_title"), body).path(to).back(address(&item.id))
}
