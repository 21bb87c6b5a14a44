//! The pages of inspections.

use maud::{Markup, html};

use super::super::senders::{Sender, counts};
use super::super::store::{Colleague, Listed};
use super::{Errors, error_of};
use crate::account::door::queue_of;
use crate::area::inspection::Inspection;
use crate::html::{
    Choice, Door, Field, Page, SummaryRow, button, checkbox, date_input, error_summary, form, heading, hidden,
    link_button, next_page, radios, select, summary_list, table, text_input,
};
use crate::web::typed_date::{TypedDate, date_value};
use crate::words::Speech;

fn day(text: &str) -> String {
    TypedDate::from_text(text).in_words()
}

/// The inspections that somebody may know of.
pub fn list(speech: Speech, door: Door, listed: &[Listed], manages: bool, next: Option<&str>) -> Page {
    let heads = [
        speech.say("inspections.one"),
        speech.say("inspections.area"),
        speech.say("inspections.kind"),
        speech.say("inspections.opened"),
        speech.say("inspections.reported"),
        speech.say("inspections.queue"),
    ];
    let rows = listed.iter().map(|one| {
        vec![
            html! { a href={ "/staff/inspections/" (one.id) } { bdi { (one.title) } } },
            html! { (one.area_name) },
            html! { (speech.say_in("inspection_kind", &one.kind)) },
            html! { (day(&one.opened_on)) },
            html! { (one.reported_on.as_deref().map_or_else(|| speech.say("inspections.not_yet").to_owned(), day)) },
            html! {
                @if one.is_on {
                    a href=(queue_of(&one.id)) { (speech.fill("inspections.queue_of", &[("title", &one.title)])) }
                } @else {
                    (speech.say("inspections.not_on"))
                }
            },
        ]
    });
    let body = html! {
        (heading(speech, "inspections.title"))
        @if manages { (link_button("/staff/inspections/new", speech.say("inspections.new_title"))) }
        @if listed.is_empty() {
            p { (speech.say("inspections.none")) }
        } @else {
            (table(speech.say("inspections.caption"), &heads, rows.collect()))
        }
        (next_page(speech, next))
    };
    Page::new(speech, door, speech.say("inspections.title"), body)
}

/// Somebody with their name.
pub struct Named {
    /// Who.
    pub person: Colleague,
    /// How pages name them.
    pub name: String,
    /// Who employs them.
    pub employer: String,
}

/// What the page of one inspection shows.
pub struct Seen<'a> {
    /// Which.
    pub inspection: &'a Inspection,
    /// Whether the reader is on it.
    pub is_on: bool,
    /// Whether the reader may change it.
    pub manages: bool,
    /// Who is on it.
    pub members: Vec<Named>,
    /// Who could be.
    pub could_join: Vec<Named>,
    /// Who sent what is in its queue, counted; none for a reader who is not on it.
    pub senders: Option<Vec<(Sender, i64)>>,
    /// What is wrong with putting somebody on it.
    pub error: Option<&'static str>,
}

/// One inspection.
pub fn show(speech: Speech, door: Door, fields: &Markup, seen: &Seen) -> Page {
    let inspection = seen.inspection;
    let here = format!("/staff/inspections/{}", inspection.id);
    let plain = |key, value: String| SummaryRow { key: speech.say(key), value: html! { (value) }, change: None };
    let no_day = || speech.say("inspections.not_yet").to_owned();
    let call = match (&inspection.call_from, &inspection.call_to) {
        (Some(from), Some(to)) => speech.fill("inspections.call_days", &[("from", &day(from)), ("to", &day(to))]),
        _ => speech.say("inspections.no_call").to_owned(),
    };
    let rows = vec![
        plain("inspections.area", inspection.area_name.clone()),
        plain("inspections.kind", speech.say_in("inspection_kind", &inspection.kind).to_owned()),
        plain("inspections.opened", day(&inspection.opened_on)),
        plain("inspections.call", call),
        plain("inspections.reported", inspection.reported_on.as_deref().map_or_else(no_day, day)),
    ];
    let body = html! {
        @if let Some(error) = seen.error { (error_summary(speech, &[("staff", error)])) }
        h1 { bdi { (inspection.title) } }
        @if seen.is_on {
            (link_button(&queue_of(&inspection.id), speech.say("inspections.to_queue")))
        } @else {
            p { (speech.say("inspections.you_are_not_on")) }
        }
        (summary_list(speech, rows))
        @if let Some(senders) = &seen.senders { (counts(speech, senders)) }
        @if seen.manages { p { a href={ (here) "/edit" } { (speech.say("inspections.change_title")) } } }
        h2 { (speech.say("inspections.people_title")) }
        (members(speech, fields, seen, &here))
        @if seen.manages { (add_member(speech, fields, seen, &here)) }
    };
    Page::new(speech, door, inspection.title.clone(), body).back("/staff/inspections")
}

fn members(speech: Speech, fields: &Markup, seen: &Seen, here: &str) -> Markup {
    if seen.members.is_empty() {
        return html! { p { (speech.say("inspections.nobody")) } };
    }
    let mut heads = vec![speech.say("account.name"), speech.say("account.role"), speech.say("inspections.part")];
    if seen.manages {
        heads.push(speech.say("inspections.remove_head"));
    }
    let rows = seen.members.iter().map(|member| {
        let part = if member.person.lead { "inspections.leads" } else { "inspections.on_team" };
        let mut row = vec![
            html! { bdi { (member.name) } @if !member.employer.is_empty() { " (" bdi { (member.employer) } ")" } },
            html! { (speech.say_in("staff_role", &member.person.role)) },
            html! {
                (speech.say(part))
                @if !member.person.can_open { " " strong { (speech.say("inspections.cannot_open")) } }
            },
        ];
        if seen.manages {
            let fields = html! { (fields) (hidden("staff", member.person.id.as_str())) };
            row.push(form(
                &format!("{here}/members/remove"),
                &fields,
                html! {
                    p.button-line {
                        button.button.button-second type="submit" {
                            (speech.fill("inspections.remove", &[("name", &member.name)]))
                        }
                    }
                },
            ));
        }
        row
    });
    table(speech.say("inspections.people_caption"), &heads, rows.collect())
}

fn add_member(speech: Speech, fields: &Markup, seen: &Seen, here: &str) -> Markup {
    let labels: Vec<String> = seen
        .could_join
        .iter()
        .map(|named| format!("{} ({})", named.name, speech.say_in("staff_role", &named.person.role)))
        .collect();
    let mut choices = vec![Choice::new("", speech.say("inspections.choose_person"))];
    let people = seen.could_join.iter().zip(&labels);
    choices.extend(people.map(|(named, label)| Choice::new(named.person.id.as_str(), label)));
    let who = Field::new("staff", speech.say("inspections.person"))
        .hint(speech.say("inspections.person_hint"))
        .error(seen.error);
    html! {
        h2 { (speech.say("inspections.add_title")) }
        (form(&format!("{here}/members"), fields, html! {
            (select(speech, &who, &choices))
            (checkbox(speech, &Field::new("lead", speech.say("inspections.they_lead")), false))
            (button(speech.say("inspections.add")))
        }))
    }
}

/// What was typed into the form of an inspection.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The area's code.
    pub area: String,
    /// `full` or `monitoring`.
    pub kind: String,
    /// What staff call it.
    pub title: String,
    /// The day it opened, in three fields.
    pub opened: [String; 3],
    /// The day its report came out.
    pub reported: [String; 3],
    /// The first day of its call for views.
    pub call_from: [String; 3],
    /// The last day of its call for views.
    pub call_to: [String; 3],
}

impl Given {
    /// What is kept of an inspection.
    pub fn of(inspection: &Inspection) -> Given {
        let parts = |day: Option<&str>| day.map(TypedDate::from_text).unwrap_or(TypedDate::Empty).parts();
        Given {
            area: inspection.area_code.clone(),
            kind: inspection.kind.clone(),
            title: inspection.title.clone(),
            opened: parts(Some(&inspection.opened_on)),
            reported: parts(inspection.reported_on.as_deref()),
            call_from: parts(inspection.call_from.as_deref()),
            call_to: parts(inspection.call_to.as_deref()),
        }
    }
}

/// Asks about a new inspection.
pub fn new(
    speech: Speech,
    door: Door,
    fields: &Markup,
    given: &Given,
    areas: &[(String, String)],
    errors: Errors,
) -> Page {
    let mut choices = vec![Choice::new("", speech.say("inspections.choose_area"))];
    choices.extend(areas.iter().map(|(code, name)| Choice::new(code, name)));
    let area = Field::new("area", speech.say("inspections.area")).value(&given.area).error(error_of(errors, "area"));
    let body = html! {
        (error_summary(speech, errors))
        (heading(speech, "inspections.new_title"))
        p { (speech.say("inspections.new_text")) }
        (form("/staff/inspections/new", fields, html! {
            (select(speech, &area, &choices))
            (facts(speech, given, errors, false))
            (button(speech.say("inspections.open")))
        }))
    };
    Page::new(speech, door, speech.say("inspections.new_title"), body).back("/staff/inspections")
}

/// Asks what is to change.
pub fn change(
    speech: Speech,
    door: Door,
    fields: &Markup,
    inspection: &Inspection,
    given: &Given,
    errors: Errors,
) -> Page {
    let here = format!("/staff/inspections/{}", inspection.id);
    let body = html! {
        (error_summary(speech, errors))
        (heading(speech, "inspections.change_title"))
        p { (speech.fill("inspections.change_area", &[("area", &inspection.area_name)])) }
        (form(&format!("{here}/edit"), fields, html! {
            (facts(speech, given, errors, true))
            (button(speech.say("people.save")))
        }))
    };
    Page::new(speech, door, speech.say("inspections.change_title"), body).back(here)
}

fn facts(speech: Speech, given: &Given, errors: Errors, with_report: bool) -> Markup {
    let kinds = [
        Choice::new("full", speech.say_in("inspection_kind", "full")),
        Choice::new("monitoring", speech.say_in("inspection_kind", "monitoring")),
    ];
    let field = |name: &'static str, key: &'static str| Field::new(name, speech.say(key)).error(error_of(errors, name));
    let title = field("title", "inspections.name").hint(speech.say("inspections.name_hint")).value(&given.title);
    let from = field("call-from", "inspections.call_from").hint(speech.say("inspections.call_hint"));
    let reported = field("reported", "inspections.reported").hint(speech.say("inspections.reported_hint"));
    html! {
        (radios(speech, &field("kind", "inspections.kind").value(&given.kind), &kinds))
        (text_input(speech, &title))
        (date_input(speech, &field("opened", "inspections.opened"), date_value(&given.opened)))
        (date_input(speech, &from, date_value(&given.call_from)))
        (date_input(speech, &field("call-to", "inspections.call_to"), date_value(&given.call_to)))
        @if with_report { (date_input(speech, &reported, date_value(&given.reported))) }
    }
}
