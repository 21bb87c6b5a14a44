//! The first page after sign-in.

use maud::{Markup, html};

use super::super::store::ToRead;
use crate::account::door::{FLAGS, LANE, queue_of};
use crate::html::{Door, Page, heading, inset, link_button, table};
use crate::words::Speech;

/// What there is to do, as far as the reader's role has a part in it.
#[derive(Clone, Debug, Default)]
pub struct ToDo {
    /// What to read, inspection by inspection.
    pub to_read: Option<Vec<ToRead>>,
    /// How many submissions have no area.
    pub lane: Option<i64>,
    /// How many flags are open.
    pub flags: Option<i64>,
    /// How many people have not set up their account.
    pub invited: Option<i64>,
    /// How much background work needs a person.
    pub stuck: Option<i64>,
    /// How many recovery codes are left, where they are few.
    pub few_codes: Option<i64>,
    /// Whether they may open inspections.
    pub manages: bool,
}

/// The first page after sign-in.
pub fn home(speech: Speech, door: Door, to_do: &ToDo) -> Page {
    let count = |key: &str, number: i64| speech.fill(key, &[("number", &number.to_string())]);
    let part = |title: &'static str, text: String, href: &str, label: &'static str| {
        html! {
            h2 { (speech.say(title)) }
            p { (text) }
            p { a href=(href) { (speech.say(label)) } }
        }
    };
    let body = html! {
        (heading(speech, "home.title"))
        @if let Some(left) = to_do.few_codes {
            (inset(html! {
                p { (count("home.few_codes", left)) }
                p { a href="/staff/account/recovery-codes" { (speech.say("home.to_codes")) } }
            }))
        }
        @if let Some(number) = to_do.flags {
            (part("home.flags_title", count("home.flags", number), FLAGS, "home.to_flags"))
        }
        @if let Some(number) = to_do.lane {
            (part("home.lane_title", count("home.lane", number), LANE, "home.to_lane"))
        }
        @if let Some(to_read) = &to_do.to_read { (reading(speech, to_read)) }
        @if to_do.manages {
            h2 { (speech.say("home.inspections_title")) }
            (link_button("/staff/inspections/new", speech.say("inspections.new_title")))
            p { a href="/staff/inspections" { (speech.say("home.to_inspections")) } }
        }
        @if let Some(number) = to_do.invited {
            (part("home.people_title", count("home.invited", number), "/staff/people", "home.to_people"))
        }
        @if let Some(number) = to_do.stuck {
            h2 { (speech.say("home.stuck_title")) }
            p { (count("home.stuck", number)) }
        }
        p { a href="/staff/account" { (speech.say("account.title")) } }
    };
    Page::new(speech, door, speech.say("home.title"), body)
}

fn reading(speech: Speech, to_read: &[ToRead]) -> Markup {
    let heads = [
        speech.say("inspections.one"),
        speech.say("inspections.area"),
        speech.say("home.waiting"),
        speech.say("home.mine"),
    ];
    let rows = to_read.iter().map(|one| {
        vec![
            html! { a href=(queue_of(&one.id)) { bdi { (one.title) } } },
            html! { (one.area_name) },
            html! { (one.waiting) },
            html! { (one.mine) },
        ]
    });
    html! {
        h2 { (speech.say("home.read_title")) }
        @if to_read.is_empty() {
            p { (speech.say("home.read_none")) }
        } @else {
            (table(speech.say("home.read_caption"), &heads, rows.collect()))
        }
    }
}
