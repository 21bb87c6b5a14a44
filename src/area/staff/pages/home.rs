//! The first page after sign-in.

use maud::{Markup, html};

use super::super::store::{ToRead, Unopened};
use crate::account::door::{FLAGS, LANE, REQUESTS, queue_of};
use crate::clock::working_day::one_working_day_after;
use crate::clock::{DAY, HOUR, Moment};
use crate::html::{Door, Page, heading, inset, link_button, table, time};
use crate::words::Speech;

/// What there is to do, as far as the reader's role has a part in it.
#[derive(Clone, Debug, Default)]
pub struct ToDo {
    /// What nobody has opened.
    pub unopened: Option<Waiting>,
    /// What to read, inspection by inspection.
    pub to_read: Option<Vec<ToRead>>,
    /// How many submissions have no area.
    pub lane: Option<i64>,
    /// How many flags are open.
    pub flags: Option<i64>,
    /// How many people without their code wait for a decision.
    pub requests: Option<i64>,
    /// How many people have not set up their account.
    pub invited: Option<i64>,
    /// How much background work needs a person.
    pub stuck: Option<i64>,
    /// How many recovery codes are left, where they are few.
    pub few_codes: Option<i64>,
    /// Whether they may open inspections.
    pub manages: bool,
}

/// What nobody has opened yet, and how long the oldest of it waits.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    number: i64,
    oldest: Option<Moment>,
    now: Moment,
}

impl Waiting {
    /// As it stands now.
    pub fn of(unopened: Unopened, now: Moment) -> Waiting {
        Waiting { number: unopened.number, oldest: unopened.oldest_us, now }
    }

    /// Whether the oldest has waited for longer than one working day.
    fn is_late(self, oldest: Moment) -> bool {
        self.now > one_working_day_after(oldest)
    }

    /// How long the oldest has waited.
    fn age(self, speech: Speech, oldest: Moment) -> String {
        let waited = self.now.since(oldest);
        let (key, number) = match waited {
            waited if waited < HOUR => ("home.waited_less", 0),
            waited if waited < 2 * HOUR => ("home.waited_hour", 1),
            waited if waited < 2 * DAY => ("home.waited_hours", waited / HOUR),
            waited => ("home.waited_days", waited / DAY),
        };
        speech.fill(key, &[("number", &number.to_string())])
    }
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
        @if let Some(waiting) = to_do.unopened { (unopened(speech, waiting)) }
        @if let Some(number) = to_do.flags {
            (part("home.flags_title", count("home.flags", number), FLAGS, "home.to_flags"))
        }
        @if let Some(number) = to_do.lane {
            (part("home.lane_title", count("home.lane", number), LANE, "home.to_lane"))
        }
        @if let Some(number) = to_do.requests {
            (part("home.requests_title", count("home.requests", number), REQUESTS, "home.to_requests"))
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

/// What nobody has opened: in red and in words where it waits for too long.
fn unopened(speech: Speech, waiting: Waiting) -> Markup {
    let title = speech.say("home.unopened_title");
    let Some(oldest) = waiting.oldest else {
        return html! { h2 { (title) } p { (speech.say("home.unopened_none")) } };
    };
    let late = waiting.is_late(oldest);
    let facts = html! {
        p { (speech.fill("home.unopened", &[("number", &waiting.number.to_string())])) }
        p {
            (waiting.age(speech, oldest)) " " (speech.say("home.unopened_since")) " "
            (time(oldest)) "."
        }
        @if late { p { strong { (speech.say("home.unopened_late")) } } }
        p { (speech.say("home.unopened_where")) }
    };
    match late {
        true => html! { section.danger { h2.card-title { (title) } (facts) } },
        false => html! { h2 { (title) } (facts) },
    }
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
