//! The staff page of uploads, for those who run the service.

use maud::{Markup, html};

use super::{Disk, Figures, Group, Reconciled};
use crate::clock::Moment;
use crate::evidence::size::size_in_words;
use crate::html::{Door, Page, heading, list, table, time};
use crate::words::Speech;

/// Where files stand, what is stuck, what went wrong, how full the disk is, what the last comparison found. What has
/// waited since before `stuck` is stuck.
pub fn uploads(speech: Speech, door: Door, figures: &Figures, stuck: Moment) -> Page {
    let body = html! {
        (heading(speech, "uploads.title"))
        p { (speech.say("uploads.lead")) }
        (on_their_way(speech, figures))
        h2 { (speech.say("uploads.stuck_title")) }
        (stuck_ones(speech, figures, stuck))
        h2 { (speech.say("uploads.wrong_title")) }
        (went_wrong(speech, &figures.failures))
        h2 { (speech.say("uploads.room_title")) }
        (room(speech, figures.disk))
        h2 { (speech.say("uploads.compared_title")) }
        (compared(speech, figures.reconciled.as_ref()))
        p { a href="/staff/preparing" { (speech.say("preparing.link")) } }
    };
    Page::new(speech, door, speech.say("uploads.title"), body)
}

fn on_their_way(speech: Speech, figures: &Figures) -> Markup {
    let heads = [
        speech.say("uploads.where"),
        speech.say("uploads.files"),
        speech.say("uploads.safe"),
        speech.say("uploads.oldest"),
    ];
    let row = |key: &str, group: &Group| {
        vec![
            html! { (speech.say(key)) },
            html! { (group.files) },
            html! { (size_in_words(group.bytes.unsigned_abs())) },
            html! {
                @match group.oldest_us {
                    Some(oldest) => (time(oldest)),
                    None => (speech.say("uploads.none")),
                }
            },
        ]
    };
    let rows = vec![
        row("uploads.arriving", &figures.arriving),
        row("uploads.stopped", &figures.stopped),
        row("uploads.whole", &figures.whole),
        row("uploads.unchecked", &figures.unchecked),
    ];
    table(speech.say("uploads.caption"), &heads, rows)
}

fn stuck_ones(speech: Speech, figures: &Figures, stuck: Moment) -> Markup {
    let count = |key: &str, number: i64| speech.fill(key, &[("number", &number.to_string())]);
    let since = |group: &Group| if group.oldest_us.is_some_and(|oldest| oldest < stuck) { group.files } else { 0 };
    let found = [
        ("uploads.stuck_whole", since(&figures.whole)),
        ("uploads.stuck_unchecked", since(&figures.unchecked)),
        ("uploads.stuck_alarms", figures.alarms),
        ("uploads.stuck_jobs", figures.jobs.failed),
    ];
    let lines: Vec<Markup> = found
        .into_iter()
        .filter(|(_, number)| *number > 0)
        .map(|(key, number)| html! { (count(key, number)) })
        .collect();
    html! {
        @if lines.is_empty() {
            p { (speech.say("uploads.stuck_none")) }
        } @else {
            (list(lines))
        }
    }
}

fn went_wrong(speech: Speech, failures: &[(String, i64)]) -> Markup {
    let heads = [speech.say("uploads.cause"), speech.say("uploads.times")];
    let rows = failures.iter().map(|(cause, times)| {
        let key = format!("uploads.causes.{cause}");
        // A cause of an older or newer server is shown by its name.
        vec![html! { @if speech.has(&key) { (speech.say(&key)) } @else { (cause) } }, html! { (times) }]
    });
    html! {
        @if failures.is_empty() {
            p { (speech.say("uploads.wrong_none")) }
        } @else {
            (table(speech.say("uploads.wrong_caption"), &heads, rows.collect()))
        }
    }
}

fn room(speech: Speech, disk: Disk) -> Markup {
    let gigabytes = |bytes: u64| ((bytes + (1 << 29)) >> 30).to_string();
    let used = speech.fill(
        "uploads.room_used",
        &[("used", &gigabytes(disk.all.saturating_sub(disk.free))), ("all", &gigabytes(disk.all))],
    );
    let left = disk.free.saturating_sub(disk.kept);
    html! {
        p { (used) }
        @if left == 0 {
            p { (speech.say("uploads.room_none")) }
        } @else {
            p { (speech.fill("uploads.room_left", &[("left", &size_in_words(left)), ("kept", &size_in_words(disk.kept))])) }
        }
    }
}

fn compared(speech: Speech, found: Option<&Reconciled>) -> Markup {
    let Some(found) = found else { return html! { p { (speech.say("uploads.compared_never")) } } };
    let lines = [
        ("uploads.compared_agreed", found.agreed),
        ("uploads.compared_adopted", found.adopted),
        ("uploads.compared_deleted", found.deleted),
        ("uploads.compared_missing", found.missing),
        ("uploads.compared_unknown", found.unknown),
        ("uploads.compared_lost", found.lost),
        ("uploads.compared_alarms", found.alarms),
    ];
    let said = lines.into_iter().filter(|(key, number)| *number > 0 || *key == "uploads.compared_agreed");
    html! {
        p { (speech.fill("uploads.compared_at", &[("when", &found.at_us.in_london())])) }
        (list(said.map(|(key, number)| html! { (speech.fill(key, &[("number", &number.to_string())])) })))
        p {
            @if found.needs_a_person() { (speech.say("uploads.compared_look")) }
            @else { (speech.say("uploads.compared_well")) }
        }
    }
}
