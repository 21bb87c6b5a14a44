//! What is in a file from a communication aid, for those who read what was sent. Two headings that cannot be confused: what
//! was said or pressed, and what could be said. Boards are tables with headings for rows and columns; long things are
//! paged. Facts about people and places stay hidden until somebody asks for them.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::{device, grouped};
use crate::aac::{Attached, Board, Cell, Event, Reading, TimeSource};
use crate::evidence::device::Told;
use crate::evidence::left_out;
use crate::html::{Field, button, form, inset, list, table, text_input};
use crate::words::Speech;

/// How many lines of a log stand on one page.
const LINES: usize = 100;
/// How many rows of a board stand on one page.
const ROWS: u32 = 40;
/// A wider board, or one of nearly nothing but empty places, is shown as a list.
const WIDEST: u32 = 24;
/// How many pages of a set, or words, are listed at once.
const LISTED: usize = 200;

/// What the reader asked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Which board.
    pub board: usize,
    /// From which row of it.
    pub row: u32,
    /// From which line of the log.
    pub line: usize,
    /// From which of the listed pages.
    pub pages: usize,
    /// From which word.
    pub word: usize,
    /// The word that is looked for.
    pub find: String,
    /// Whether facts about people and places are shown.
    pub personal: bool,
}

/// What the page shows.
pub struct Shown<'a> {
    /// The reference of what the item is inside.
    pub reference: &'a str,
    /// The item's number.
    pub number: i64,
    /// The address of this page.
    pub address: &'a str,
    /// What the file holds.
    pub reading: &'a Reading,
    /// What the sender says of the device.
    pub device: Option<&'a Told>,
    /// What was asked for.
    pub asked: Asked,
}

/// The page's body.
pub fn page(speech: Speech, shown: &Shown, fields: &Markup) -> Markup {
    let (reading, number) = (shown.reading, shown.number.to_string());
    html! {
        h1 { (speech.fill("board.title", &[("number", &number)])) }
        p { (speech.fill("board.is", &[("what", reading.format.in_words())])) }
        p { (reading.message_for_readers()) }
        @if let Some(line) = left_out_line(speech, reading) { (inset(html! { p { strong { (line) } } })) }
        p { a href={ "/staff/submissions/" (shown.reference) "#item-" (number) } {
            (speech.fill("board.back", &[("number", &number), ("reference", shown.reference)]))
        } }
        (device::declared(speech, shown.device))
        h2 #said { (speech.say("board.said")) }
        (log(speech, shown))
        h2 #could { (speech.say("board.could")) }
        (boards(speech, shown, fields))
        h2 #problems { (speech.say("board.problems")) }
        (problems(speech, reading))
        (personal(speech, shown))
        h2 #keep { (speech.say("board.keep")) }
        p { (speech.say("board.keep_hint")) }
        (list([("page", "board.keep_page"), ("text", "board.keep_text")].map(|(form, key)| html! {
            a href={ (shown.address) "/" (form) } { (speech.fill(key, &[("number", &number)])) }
        })))
    }
}

/// How much the sender left out, where they did.
pub(super) fn left_out_line(speech: Speech, reading: &Reading) -> Option<String> {
    let what = left_out::in_words(speech, reading.left_out);
    reading.left_out.is_any().then(|| speech.fill("board.left_out", &[("what", &what)]))
}

/// The key of what is said where there is no log.
pub(super) fn no_record(reading: &Reading) -> &'static str {
    if reading.left_out.is_said() { "board.record_left_out" } else { "board.no_record" }
}

/// The key of what is said where there is no board.
pub(super) fn no_board(reading: &Reading) -> &'static str {
    if reading.left_out.pages > 0 { "board.board_left_out" } else { "board.no_board" }
}

fn count(number: usize) -> String {
    grouped(number as i64)
}

fn log(speech: Speech, shown: &Shown) -> Markup {
    let events = &shown.reading.events;
    if events.is_empty() {
        return inset(html! { p { strong { (speech.say(no_record(shown.reading))) } } });
    }
    let modelled = events.iter().filter(|event| event.modelled == Some(true)).count();
    let from = shown.asked.line.min(events.len() - 1);
    let to = (from + LINES).min(events.len());
    let heads = ["board.when", "board.what", "board.words", "board.who"].map(|key| speech.say(key));
    let caption = [("from", count(from + 1)), ("to", count(to)), ("all", count(events.len()))];
    let caption = speech.fill("board.log_caption", &caption.each_ref().map(|(name, text)| (*name, text.as_str())));
    html! {
        p { (speech.fill("board.log_count", &[("number", &count(events.len())), ("modelled", &count(modelled))])) }
        @if events.iter().all(|event| event.modelled.is_none()) { p { (speech.say("board.nobody_marked")) } }
        p.hint { (speech.say(source_of_time(events))) }
        p.hint { (speech.say("board.raw")) }
        (table(&caption, &heads, events[from..to].iter().map(|event| line(speech, event)).collect()))
        (more(speech, shown, "line", from, LINES, events.len(), "said"))
    }
}

pub(super) fn source_of_time(events: &[Event]) -> &'static str {
    let has = |source| events.iter().any(|event| event.time_source == source);
    match () {
        () if has(TimeSource::Shifted) => "board.time_shifted",
        () if has(TimeSource::DeviceClock) => "board.time_device",
        () => "board.time_none",
    }
}

fn line(speech: Speech, event: &Event) -> Vec<Markup> {
    let [at, kind, who] = around(speech, event);
    vec![
        html! { (at) },
        html! { (kind) },
        html! { bdi { (event.text) } },
        html! { @if event.modelled == Some(true) { strong { (who) } } @else { (who) } },
    ]
}

/// When a line was, what happened, and who did it, in words.
pub(super) fn around(speech: Speech, event: &Event) -> [String; 3] {
    let at = event.at.as_deref().map(|at| at.replace('T', " "));
    let kind = serde_json::to_value(event.kind).ok();
    let kind = kind.as_ref().and_then(|name| name.as_str()).unwrap_or("unknown");
    let who = match event.modelled {
        Some(true) => "board.modelled",
        Some(false) => "board.not_modelled",
        None => "board.not_told",
    };
    [
        at.unwrap_or_else(|| speech.say("board.no_time").to_owned()),
        speech.say_in("board.kind", kind).to_owned(),
        speech.say(who).to_owned(),
    ]
}

fn boards(speech: Speech, shown: &Shown, fields: &Markup) -> Markup {
    let boards = &shown.reading.boards;
    if boards.is_empty() {
        return inset(html! { p { strong { (speech.say(no_board(shown.reading))) } } });
    }
    let cells = || boards.iter().flat_map(|board| &board.cells);
    let words = words(cells().filter(|cell| !cell.hidden));
    let hidden = self::words(cells().filter(|cell| cell.hidden));
    let numbers = [
        ("pages", boards.len()),
        ("buttons", cells().count()),
        ("words", words.len()),
        ("hidden", cells().filter(|cell| cell.hidden).count()),
    ]
    .map(|(name, number)| (name, count(number)));
    let at = shown.asked.board.min(boards.len() - 1);
    html! {
        p { (speech.fill("board.count", &numbers.each_ref().map(|(name, text)| (*name, text.as_str())))) }
        p { (speech.say("board.not_said")) }
        (search(speech, shown, fields))
        @if boards.len() > 1 { (pages_of(speech, shown)) }
        h3 #page { (speech.fill("board.page_title", &[("name", &boards[at].name)])) }
        (one(speech, shown, at))
        h3 #words { (speech.say("board.all_words")) }
        (listed(speech, shown, &words))
        @if !hidden.is_empty() {
            h3 { (speech.say("board.hidden_words")) }
            (list(hidden.iter().take(LISTED).map(|word| html! { bdi { (word) } })))
        }
    }
}

/// What buttons say, or what stands on those that say nothing, each once.
fn words<'a>(cells: impl Iterator<Item = &'a Cell>) -> Vec<&'a str> {
    let said = cells.map(|cell| cell.spoken.as_deref().unwrap_or(&cell.label).trim()).filter(|word| !word.is_empty());
    said.collect::<BTreeSet<_>>().into_iter().collect()
}

fn listed(speech: Speech, shown: &Shown, words: &[&str]) -> Markup {
    let from = shown.asked.word.min(words.len().saturating_sub(1));
    html! {
        @if words.is_empty() { p { (speech.say("board.no_words")) } } @else {
            (list(words[from..].iter().take(LISTED).map(|word| html! { bdi { (word) } })))
            (more(speech, shown, "word", from, LISTED, words.len(), "words"))
        }
    }
}

/// "Was there a word for …?": a no is said as clearly as a yes.
fn search(speech: Speech, shown: &Shown, fields: &Markup) -> Markup {
    let asked = shown.asked.find.trim();
    let label = speech.say("board.find");
    html! {
        (form(&format!("{}#find", shown.address), fields, html! {
            (text_input(speech, &Field::new("find", label).value(asked)))
            (button(speech.say("board.find_button")))
        }))
        @if !asked.is_empty() {
            @let found = places(shown.reading, asked);
            @if found.is_empty() {
                (inset(html! {
                    p { strong { (speech.say("board.found_none")) " “" bdi { (asked) } "”." } }
                    // A word that nobody may see is not a word that nobody had.
                    @if shown.reading.left_out.pages > 0 { p { strong { (speech.say("board.found_none_here")) } } }
                }))
            } @else {
                (inset(html! {
                    p { strong { (speech.fill("board.found", &[("number", &count(found.len()))])) " “" bdi { (asked) } "”." } }
                    (list(found.iter().take(LISTED).map(|(at, cell)| found_at(speech, shown, *at, cell))))
                }))
            }
        }
    }
}

fn places<'a>(reading: &'a Reading, word: &str) -> Vec<(usize, &'a Cell)> {
    let word = word.to_lowercase();
    let has = |text: &str| {
        let text = text.to_lowercase();
        text == word
            || text.split(|c: char| !c.is_alphanumeric() && c != '\'').any(|part| part == word)
            || (word.contains(' ') && text.contains(&word))
    };
    let boards = reading.boards.iter().enumerate();
    let cells = boards.flat_map(|(at, board)| board.cells.iter().map(move |cell| (at, cell)));
    cells.filter(|(_, cell)| has(&cell.label) || cell.spoken.as_deref().is_some_and(has)).collect()
}

fn found_at(speech: Speech, shown: &Shown, at: usize, cell: &Cell) -> Markup {
    html! {
        a href={ (shown.address) "?board=" (at) "#page" } { bdi { (shown.reading.boards[at].name) } } ": "
        (inside(speech, shown, cell, &BTreeMap::new()))
    }
}

fn pages_of(speech: Speech, shown: &Shown) -> Markup {
    let boards = &shown.reading.boards;
    let from = shown.asked.pages.min(boards.len() - 1);
    html! {
        h3 #pages { (speech.say("board.pages")) }
        (list(boards.iter().enumerate().skip(from).take(LISTED).map(|(at, board)| html! {
            a href={ (shown.address) "?board=" (at) "#page" } { bdi { (board.name) } }
            ", " (speech.fill("board.buttons", &[("number", &count(board.cells.len()))]))
        })))
        (more(speech, shown, "pages", from, LISTED, boards.len(), "pages"))
    }
}

/// One board: a table where its grid can be one, else a list.
fn one(speech: Speech, shown: &Shown, at: usize) -> Markup {
    let board = &shown.reading.boards[at];
    let targets: BTreeMap<&str, usize> =
        shown.reading.boards.iter().enumerate().map(|(at, board)| (board.id.as_str(), at)).collect();
    if board.cells.is_empty() {
        return html! { p { (speech.say("board.empty_page")) } };
    }
    let as_table = board.columns >= 2 && board.columns <= WIDEST && (board.rows as usize) <= board.cells.len() * 4 + 8;
    let loose: Vec<&Cell> = board.cells.iter().filter(|cell| !as_table || cell.row.is_none()).collect();
    let from = shown.asked.row as usize;
    html! {
        @if as_table { (grid(speech, shown, board, &targets)) (more_rows(speech, shown, at, board)) }
        @if as_table && !loose.is_empty() { p { (speech.say("board.no_place")) } }
        @if !loose.is_empty() {
            @let from = if as_table { 0 } else { from.min(loose.len() - 1) };
            (list(loose[from..].iter().take(LISTED).map(|cell| inside(speech, shown, cell, &targets))))
            @if !as_table { (more(speech, shown, &format!("board={at}&row"), from, LISTED, loose.len(), "page")) }
        }
    }
}

fn grid(speech: Speech, shown: &Shown, board: &Board, targets: &BTreeMap<&str, usize>) -> Markup {
    let columns: Vec<String> =
        (1..=board.columns).map(|column| speech.fill("board.column", &[("number", &column.to_string())])).collect();
    let heads: Vec<&str> =
        [speech.say("board.row_head")].into_iter().chain(columns.iter().map(String::as_str)).collect();
    let from = shown.asked.row.min(board.rows.saturating_sub(1));
    let to = from.saturating_add(ROWS).min(board.rows);
    let mut at: BTreeMap<(u32, u32), Vec<&Cell>> = BTreeMap::new();
    for cell in &board.cells {
        if let (Some(row), Some(column)) = (cell.row, cell.column) {
            at.entry((row, column)).or_default().push(cell);
        }
    }
    let row = |row: u32| {
        let name = html! { (speech.fill("board.row", &[("number", &(row + 1).to_string())])) };
        let cells = (0..board.columns).map(|column| match at.get(&(row, column)) {
            Some(cells) => html! { @for cell in cells { div { (inside(speech, shown, cell, targets)) } } },
            None => html! { span.hint { (speech.say("board.nothing_here")) } },
        });
        std::iter::once(name).chain(cells).collect()
    };
    table(&speech.fill("board.table", &[("name", &board.name)]), &heads, (from..to).map(row).collect())
}

fn more_rows(speech: Speech, shown: &Shown, at: usize, board: &Board) -> Markup {
    let from = shown.asked.row.min(board.rows.saturating_sub(1)) as usize;
    more(speech, shown, &format!("board={at}&row"), from, ROWS as usize, board.rows as usize, "page")
}

/// What is to be said of a button.
pub(super) struct About<'a> {
    /// What stands on it, or that nothing does.
    pub label: Result<&'a str, &'static str>,
    /// What it says, where that is something else.
    pub spoken: Option<&'a str>,
    /// What else there is to know.
    pub facts: Vec<&'static str>,
}

impl<'a> About<'a> {
    pub fn of(speech: Speech, cell: &'a Cell) -> About<'a> {
        let label = cell.label.trim();
        let no_label = if cell.picture == Attached::None { "board.no_label" } else { "board.only_picture" };
        let facts = [(cell.hidden, "board.hidden"), (cell.recording != Attached::None, "board.recording")];
        About {
            label: if label.is_empty() { Err(speech.say(no_label)) } else { Ok(label) },
            spoken: cell.spoken.as_deref().map(str::trim).filter(|spoken| *spoken != label),
            facts: facts.into_iter().filter(|(is_so, _)| *is_so).map(|(_, key)| speech.say(key)).collect(),
        }
    }
}

/// What is on a button, what it says if that is something else, and what it does.
fn inside(speech: Speech, shown: &Shown, cell: &Cell, targets: &BTreeMap<&str, usize>) -> Markup {
    let about = About::of(speech, cell);
    html! {
        @match about.label {
            Ok(label) => strong { bdi { (label) } },
            Err(no_label) => (no_label),
        }
        @if let Some(spoken) = about.spoken { " " (speech.say("board.says")) " “" bdi { (spoken) } "”" }
        @for fact in about.facts { " " (fact) }
        @if cell.opens_left_out { " " (speech.say("board.opens_left_out")) }
        @if let Some(target) = cell.goes_to.as_deref() {
            @match targets.get(target) {
                Some(at) => {
                    " " a href={ (shown.address) "?board=" (at) "#page" } {
                        (speech.say("board.opens")) " " bdi { (shown.reading.boards[*at].name) }
                    }
                }
                None => { " " (speech.say("board.opens_other")) }
            }
        }
    }
}

/// The way on in something long, and back.
fn more(speech: Speech, shown: &Shown, name: &str, from: usize, step: usize, all: usize, place: &str) -> Markup {
    if from == 0 && all <= step {
        return html! {};
    }
    let to = |from: usize| format!("{}?{name}={from}#{place}", shown.address);
    html! {
        p {
            @if from > 0 { a href=(to(from.saturating_sub(step))) { (speech.say_in("board.before", place)) } " " }
            @if from + step < all { a href=(to(from + step)) { (speech.say_in("board.after", place)) } }
        }
    }
}

fn problems(speech: Speech, reading: &Reading) -> Markup {
    html! {
        @if reading.problems.is_empty() { p { (speech.say("board.no_problem")) } } @else {
            (list(reading.problems.iter().map(|problem| html! { bdi { (problem.place) } ": " (problem.what) })))
        }
        p { (speech.say(if reading.left_out.is_any() { "board.original_erased" } else { "board.original" })) }
    }
}

fn personal(speech: Speech, shown: &Shown) -> Markup {
    let facts = &shown.reading.personal;
    html! {
        h2 #facts { (speech.say("board.personal")) }
        @if shown.reading.left_out.is_any() {
            p { (speech.say("board.personal_left_out")) }
        } @else if facts.is_empty() {
            p { (speech.say("board.no_personal")) }
        } @else if shown.asked.personal {
            (list(facts.iter().map(|fact| html! { bdi { (fact.text) } })))
        } @else {
            p { (speech.fill("board.personal_hidden", &[("number", &count(facts.len()))])) }
            p { a href={ (shown.address) "?personal=yes#facts" } { (speech.say("board.personal_show")) } }
        }
    }
}
