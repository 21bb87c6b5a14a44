//! The two lanes: "area not known" for triage, and safeguarding.

use maud::{Markup, html};

use super::{named_or_not, time};
use crate::html::{
    Field, button, checkbox, details, error_summary, form, inset, next_page, notice, table, text_area, their_words,
};
use crate::review::flags::Flag;
use crate::review::lane::LaneLine;
use crate::words::Speech;

/// The lane "area not known".
pub fn area_not_known(speech: Speech, lines: &[LaneLine], next: Option<&str>, placed: Option<&str>) -> Markup {
    let heads = ["queue.head.reference", "queue.head.sent", "queue.head.role", "lane.why"].map(|key| speech.say(key));
    let row = |line: &LaneLine| {
        vec![
            html! {
                a href={ "/staff/submissions/" (line.reference) } { span.reference { (line.reference) } }
                @if line.made_up { br; strong.tag { (speech.say("queue.made_up")) } }
                @if line.seen_us.is_none() { br; strong.tag { (speech.say("queue.not_opened")) } }
                @else if line.seen_us < line.added_us { br; strong.tag { (speech.say("queue.new_since")) } }
            },
            time(line.sent_us),
            html! { (named_or_not(speech, "reading.role.", line.role.as_deref())) },
            html! { (speech.say(if line.area_state == "not_known" { "lane.not_known" } else { "lane.not_asked" })) },
        ]
    };
    html! {
        @if let Some(reference) = placed {
            (notice(&speech.fill("lane.placed", &[("reference", reference)]), html! {}))
        }
        h1 { (speech.say("lane.title")) }
        p { (speech.say("lane.intro")) }
        @if lines.is_empty() {
            (inset(html! { p { (speech.say("queue.nothing")) } }))
        } @else {
            (table(speech.say("lane.caption"), &heads, lines.iter().map(row).collect()))
        }
        (next_page(speech, next))
        p.hint { (speech.say("queue.counting")) }
    }
}

/// A flag in the lane, opened for those who look after it.
pub struct LaneFlag {
    /// The flag.
    pub flag: Flag,
    /// Who raised it; nobody where the sender said that someone is not safe now.
    pub raised_by: Option<String>,
    /// What they noticed.
    pub reason: Option<String>,
}

/// The safeguarding lane.
pub fn safeguarding(speech: Speech, flags: &[LaneFlag], next: Option<&str>, closed: bool) -> Markup {
    let heads = ["reference", "kind", "raised", "noticed"].map(|head| speech.say(&format!("flags.lane.{head}")));
    html! {
        @if closed { (notice(speech.say("flags.lane.closed"), html! {})) }
        h1 { (speech.say("flags.lane.title")) }
        p { (speech.say("flags.lane.intro")) }
        @if flags.is_empty() {
            (inset(html! { p { (speech.say("flags.lane.nothing")) } }))
        } @else {
            (table(speech.say("flags.lane.caption"), &heads, flags.iter().map(|flag| flag_row(speech, flag)).collect()))
        }
        (next_page(speech, next))
    }
}

fn flag_row(speech: Speech, entry: &LaneFlag) -> Vec<Markup> {
    let flag = &entry.flag;
    vec![
        html! {
            a href={ "/staff/submissions/" (flag.reference) "#flags" } { span.reference { (flag.reference) } }
            @if let Some(number) = flag.number {
                br; (speech.fill("flags.on_item", &[("number", &number.to_string())]))
            }
            @if flag.state == "withdrawn" { br; strong.tag { (speech.say("flags.lane.withdrawn")) } }
        },
        html! { (speech.name_of("flags.kind.", flag.kind.name())) },
        html! {
            (time(flag.raised_us)) br;
            @match &entry.raised_by {
                Some(name) => { bdi { (name) } }
                None => { strong.tag.tag-urgent { (speech.say("flags.lane.by_sender")) } }
            }
        },
        html! {
            @if entry.raised_by.is_none() { (speech.say("flags.sender_said")) }
            @if let Some(reason) = &entry.reason { (their_words(reason, None)) }
        },
    ]
}

/// The form that closes a flag, on its submission's page or, after a fault, on a page of its own.
pub fn close_form(speech: Speech, hidden: &Markup, flag: &Flag, outcome: &str, error: Option<&str>) -> Markup {
    let name = format!("outcome-{}", flag.id);
    let field = Field::new(&name, speech.say("flags.close.outcome")).hint(speech.say("flags.close.outcome_hint"));
    let body = html! {
        (text_area(speech, &field.value(outcome).error(error), 3))
        @if flag.seals {
            (checkbox(speech, &Field::new(&format!("open_again-{}", flag.id), speech.say("flags.close.open_again")), false))
        }
        (button(speech.say("flags.close.do")))
    };
    let form = form(&format!("/staff/flags/{}/close", flag.id), hidden, body);
    match error {
        Some(error) => html! {
            (error_summary(speech, &[(name.as_str(), error)]))
            h1 { (speech.say("flags.close.title")) }
            (form)
        },
        None => details(speech.say("flags.close.title"), form),
    }
}
