//! The pages on which a sender sees what is inside a file: all of it, one day's lines, one page's words.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::aac::cut::{day_of, days_of};
use crate::aac::{Board, Cell, Cut, Event, Reading, Said};
use crate::evidence::left_out;
use crate::evidence::store::Item;
use crate::html::{
    Door, Page, button_of, details, form, heading, hidden, inset, list, notice, picture_beside, tick, ticks,
    warning_with,
};
use crate::id::ItemId;
use crate::web::typed_date::TypedDate;
use crate::words::Speech;

/// How many days, pages, lines or words stand on one page.
pub const LISTED: usize = 100;

/// Which part of the file is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// All of it: from which of its days, and from which of its pages.
    All {
        /// From which day.
        days: usize,
        /// From which page.
        pages: usize,
    },
    /// The lines of one day.
    Day {
        /// Which.
        day: usize,
        /// From which of its lines.
        from: usize,
    },
    /// The words of one page.
    Page {
        /// Which.
        page: usize,
        /// From which of its buttons.
        from: usize,
    },
}

/// What the page shows.
pub struct Shown<'a> {
    /// The item.
    pub item: &'a Item,
    /// The file's name.
    pub name: Option<String>,
    /// What is inside: the whole file before sending, what was sent afterwards.
    pub reading: &'a Reading,
    /// What is left out.
    pub cut: &'a Cut,
    /// Whether something was left out of another reading of this file, and must be chosen again.
    pub stale: bool,
    /// Which part is shown.
    pub view: View,
    /// Whether a choice was saved just now.
    pub saved: bool,
}

impl Shown<'_> {
    fn was_sent(&self) -> bool {
        self.item.sent_us.is_some()
    }
}

/// Where the page of an item is.
pub fn address(item: &ItemId) -> String {
    format!("/tell/items/{item}/inside")
}

/// The page.
pub fn page(speech: Speech, door: Door, shown: &Shown) -> Page {
    let hidden = match &door {
        Door::Submitter { hidden, .. } => hidden.clone(),
        _ => html! {},
    };
    let here = address(&shown.item.id);
    let (body, back) = match shown.view {
        View::All { days, pages } => {
            (all(speech, shown, &hidden, days, pages), format!("/tell/items/{}", shown.item.id))
        }
        View::Day { day, from } => (one_day(speech, shown, &hidden, day, from), here.clone()),
        View::Page { page, from } => (one_page(speech, shown, &hidden, page, from), here.clone()),
    };
    Page::new(speech, door, speech.say("inside.tab"), body).path(here).back(back)
}

/// What a choice came to, heard at once.
fn saved(speech: Speech, shown: &Shown) -> Markup {
    let left_out = shown.cut.count(shown.reading);
    html! {
        @if shown.saved {
            (notice(speech.say("inside.saved"), html! {
                @if left_out.is_any() {
                    p { (speech.fill("inside.is_left_out", &[("what", &left_out::in_words(speech, left_out))])) }
                    p { (speech.say("inside.whole_goes")) }
                } @else {
                    p { (speech.say("inside.nothing_left_out")) }
                }
            }))
        }
    }
}

fn all(speech: Speech, shown: &Shown, hidden_fields: &Markup, days: usize, pages: usize) -> Markup {
    let reading = shown.reading;
    html! {
        (saved(speech, shown))
        (heading(speech, "inside.title"))
        @if let Some(name) = &shown.name { p { (speech.say("item.is_called")) " " bdi { (name) } } }
        (about_people(speech, shown))
        p.lead { (speech.say(if shown.was_sent() { "inside.was_sent" } else { "inside.lead" })) }
        p { (reading.message) }
        @if shown.stale { (warning_with(speech, None, html! { p { (speech.say("inside.stale")) } })) }
        @if !shown.saved { (so_far(speech, shown)) }
        @if reading.said != Said::None {
            @if shown.was_sent() {
                (days_and_pages(speech, shown, days, pages))
            } @else {
                (form(&address(&shown.item.id), hidden_fields, html! {
                    (days_and_pages(speech, shown, days, pages))
                    (hidden("days-from", &days.to_string()))
                    (hidden("pages-from", &pages.to_string()))
                    (button_of(speech, "inside.save"))
                }))
            }
            (more(speech, shown, DAYS, days_of(reading).len(), days, |from| format!("days={from}&pages={pages}")))
            (more(speech, shown, PAGES, reading.boards.len(), pages, |from| format!("days={days}&pages={from}")))
        }
        h2 { (speech.say("inside.problems_title")) }
        @if reading.problems.is_empty() { p { (speech.say("inside.no_problem")) } } @else {
            (list(reading.problems.iter().take(LISTED).map(|problem| html! { bdi { (problem.place) ": " (problem.what) } })))
        }
        p { a href={ "/tell/items/" (shown.item.id) } { (speech.say("inside.back")) } }
    }
}

/// What such a file may say of somebody, before anything else.
fn about_people(speech: Speech, shown: &Shown) -> Markup {
    let facts = &shown.reading.personal;
    html! {
        @if !shown.was_sent() {
            (warning_with(speech, speech.picture("inside.home"), html! { p { (speech.say("inside.home")) } }))
            @if !facts.is_empty() {
                p { (speech.say("inside.facts")) }
                (details(speech.say("inside.facts_see"), list(facts.iter().take(LISTED).map(|fact| html! { bdi { (fact.text) } }))))
                p { (speech.say("inside.facts_go")) }
            }
        }
    }
}

fn so_far(speech: Speech, shown: &Shown) -> Markup {
    let left_out = if shown.was_sent() { shown.reading.left_out } else { shown.cut.count(shown.reading) };
    let what = left_out::in_words(speech, left_out);
    html! {
        @if left_out.is_any() { (inset(html! { p { strong { (speech.fill("inside.is_left_out", &[("what", &what)])) } } })) }
    }
}

fn days_and_pages(speech: Speech, shown: &Shown, from_day: usize, from_page: usize) -> Markup {
    let (days, boards) = (days_of(shown.reading), &shown.reading.boards);
    let listed_days = days.iter().enumerate().skip(from_day).take(LISTED);
    let listed_pages = boards.iter().enumerate().skip(from_page).take(LISTED);
    html! {
        h2 #said { (picture_beside(speech, "inside.said")) (speech.say("inside.said")) }
        @if days.is_empty() { p { (speech.say("inside.no_log")) } } @else {
            (group(speech, shown, "inside.which_days", html! {
                @for (at, (day, lines)) in listed_days {
                    (row(shown, "day", at, shown.cut.days.contains(*day), html! {
                        (day_in_words(speech, day)) ", "
                        (count(speech, lines.len(), "inside.line_one", "inside.line_several"))
                    }, Some(html! {
                        a href={ (address(&shown.item.id)) "?day=" (at) } {
                            (speech.fill("inside.see_day", &[("day", &day_in_words(speech, day))]))
                        }
                    })))
                }
            }))
        }
        h2 #could { (picture_beside(speech, "inside.could")) (speech.say("inside.could")) }
        p { (speech.say("inside.not_said")) }
        @if boards.is_empty() { p { (speech.say("inside.no_pages")) } } @else {
            (group(speech, shown, "inside.which_pages", html! {
                @for (at, board) in listed_pages {
                    (row(shown, "page", at, shown.cut.pages.contains(&board.id), html! {
                        (page_name(speech, board)) ", "
                        (count(speech, board.cells.len(), "inside.button_one", "inside.button_several"))
                    }, Some(html! {
                        a href={ (address(&shown.item.id)) "?page=" (at) } {
                            (speech.fill("inside.see_page", &[("number", &(at + 1).to_string())])) " " (page_name(speech, board))
                        }
                    })))
                }
            }))
        }
    }
}

/// What can be left out is a list of boxes; what was sent is a list.
fn group(speech: Speech, shown: &Shown, question: &str, rows: Markup) -> Markup {
    match shown.was_sent() {
        true => html! { ul.list { (rows) } },
        false => ticks(speech.say(question), rows),
    }
}

fn row(shown: &Shown, name: &str, at: usize, is_out: bool, label: Markup, beside: Option<Markup>) -> Markup {
    match shown.was_sent() {
        true => html! { li { (label) @if let Some(beside) = beside { p { (beside) } } } },
        false => tick(name, &at.to_string(), is_out, label, beside),
    }
}

fn count(speech: Speech, number: usize, one: &str, several: &str) -> String {
    match number {
        1 => speech.say(one).to_owned(),
        number => speech.fill(several, &[("number", &number.to_string())]),
    }
}

fn day_in_words(speech: Speech, day: &str) -> String {
    match day {
        "" => speech.say("inside.no_day").to_owned(),
        day => TypedDate::from_text(day).in_words(),
    }
}

fn page_name(speech: Speech, board: &Board) -> Markup {
    html! {
        @if board.name.trim().is_empty() { (speech.say("inside.no_name")) } @else { bdi { (board.name) } }
    }
}

fn one_day(speech: Speech, shown: &Shown, hidden_fields: &Markup, at: usize, from: usize) -> Markup {
    let days = days_of(shown.reading);
    let (day, lines) = &days[at];
    let from = from.min(lines.len() - 1);
    let events = &shown.reading.events;
    let rows = html! {
        @for number in lines.iter().skip(from).take(LISTED) {
            (row(shown, "line", *number, shown.cut.lines.contains(number), line(speech, &events[*number]), None))
        }
    };
    html! {
        (saved(speech, shown))
        h1 { (picture_beside(speech, "inside.said")) (speech.fill("inside.day_title", &[("day", &day_in_words(speech, day))])) }
        @if shown.cut.days.contains(*day) { (inset(html! { p { strong { (speech.say("inside.day_is_out")) } } })) }
        @if shown.was_sent() { ul.list { (rows) } } @else {
            (form(&address(&shown.item.id), hidden_fields, html! {
                (ticks(speech.say("inside.which_lines"), rows))
                (hidden("lines-of", &at.to_string()))
                (hidden("lines-from", &from.to_string()))
                (button_of(speech, "inside.save"))
            }))
        }
        (more(speech, shown, LINES, lines.len(), from, |from| format!("day={at}&from={from}")))
        p { a href=(address(&shown.item.id)) { (speech.say("inside.to_all")) } }
    }
}

/// A line: when, the words, and what is known of how they came.
fn line(speech: Speech, event: &Event) -> Markup {
    let at = event.at.as_deref().unwrap_or_default();
    let time = if day_of(event).is_empty() { at } else { at.get(11..16).unwrap_or_default() };
    let kind = serde_json::to_value(event.kind).ok();
    let kind = kind.as_ref().and_then(|name| name.as_str()).unwrap_or("unknown");
    html! {
        @if !time.is_empty() { bdi { (time) } " " }
        bdi { (event.text) } " "
        (speech.say_in("inside.kind", kind))
        @if event.modelled == Some(true) { " " (speech.say("inside.modelled")) }
    }
}

fn one_page(speech: Speech, shown: &Shown, hidden_fields: &Markup, at: usize, from: usize) -> Markup {
    let board = &shown.reading.boards[at];
    let names: BTreeMap<&str, &Board> = shown.reading.boards.iter().map(|board| (board.id.as_str(), board)).collect();
    let from = from.min(board.cells.len().saturating_sub(1));
    let is_out = shown.cut.pages.contains(&board.id);
    html! {
        (saved(speech, shown))
        h1 { (picture_beside(speech, "inside.could")) (speech.say("inside.page_title")) " " (page_name(speech, board)) }
        p { (speech.say("inside.not_said")) }
        @if !shown.was_sent() {
            (form(&address(&shown.item.id), hidden_fields, html! {
                (ticks(speech.say("inside.this_page"), tick("page", &at.to_string(), is_out, html! {
                    (speech.say("inside.page_out"))
                }, None)))
                (hidden("one-page", &at.to_string()))
                (button_of(speech, "inside.save"))
            }))
            p.hint { (speech.say("inside.page_hint")) }
        }
        @if board.cells.is_empty() { p { (speech.say("inside.no_words")) } }
        (list(board.cells.iter().skip(from).take(LISTED).map(|cell| button(speech, cell, &names))))
        (more(speech, shown, WORDS, board.cells.len(), from, |from| format!("page={at}&from={from}")))
        p { a href=(address(&shown.item.id)) { (speech.say("inside.to_all")) } }
    }
}

fn button(speech: Speech, cell: &Cell, names: &BTreeMap<&str, &Board>) -> Markup {
    let label = cell.label.trim();
    let spoken = cell.spoken.as_deref().map(str::trim).filter(|spoken| *spoken != label);
    let opens = cell.goes_to.as_deref().map(|target| names.get(target));
    html! {
        @if label.is_empty() { (speech.say("inside.no_label")) } @else { bdi { (label) } }
        @if let Some(spoken) = spoken { " " (speech.say("inside.says")) " " bdi { (spoken) } }
        @if cell.hidden { " " (speech.say("inside.hidden")) }
        @match opens {
            Some(Some(board)) => { " " (speech.say("inside.opens")) " " (page_name(speech, board)) }
            Some(None) => { " " (speech.say("inside.opens_other")) }
            None => {}
        }
        @if cell.opens_left_out { " " (speech.say("inside.opens_left_out")) }
    }
}

/// The words for what comes before, and for what comes after.
type Ways = [&'static str; 2];
const DAYS: Ways = ["inside.days_before", "inside.days_after"];
const PAGES: Ways = ["inside.pages_before", "inside.pages_after"];
const LINES: Ways = ["inside.lines_before", "inside.lines_after"];
const WORDS: Ways = ["inside.words_before", "inside.words_after"];

/// The way on in something long, and back.
fn more(
    speech: Speech,
    shown: &Shown,
    [before, after]: Ways,
    all: usize,
    from: usize,
    query: impl Fn(usize) -> String,
) -> Markup {
    let to = |from: usize| format!("{}?{}", address(&shown.item.id), query(from));
    html! {
        @if from > 0 { p { a href=(to(from.saturating_sub(LISTED))) { (speech.say(before)) } } }
        @if from + LISTED < all {
            @if !shown.was_sent() { p.hint { (speech.say("inside.save_first")) } }
            p { a href=(to(from + LISTED)) { (speech.say(after)) } }
        }
    }
}
