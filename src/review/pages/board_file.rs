//! What is in a file from a communication aid, whole, as a file to keep: a page that stands alone, or plain text. Facts about
//! people and places are in neither. What was said and what could be said stand under the headings of the page.

use std::collections::BTreeMap;

use maud::{DOCTYPE, Markup, html};

use super::board::{About, Shown, around, left_out_line, no_board, no_record, source_of_time};
use super::device;
use crate::aac::{Board, Cell, Reading};
use crate::html::{list, table};
use crate::words::Speech;

/// The page: no style, no script, nothing that is fetched.
pub fn document(speech: Speech, shown: &Shown) -> Markup {
    let reading = shown.reading;
    let title = title(speech, shown);
    let heads = ["board.when", "board.what", "board.words", "board.who"].map(|key| speech.say(key));
    let lines = reading.events.iter().map(|event| {
        let [at, kind, who] = around(speech, event);
        vec![html! { (at) }, html! { (kind) }, html! { bdi { (event.text) } }, html! { (who) }]
    });
    let names = names(reading);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
            }
            body { main {
                h1 { (title) }
                @for line in about(speech, reading) { p { (line) } }
                h2 { (speech.say("board.device")) }
                @for line in device::in_lines(speech, shown.device) { p { bdi { (line) } } }
                h2 { (speech.say("board.said")) }
                @for line in about_log(speech, reading) { p { (line) } }
                @if !reading.events.is_empty() { (table(speech.say("board.said"), &heads, lines.collect())) }
                h2 { (speech.say("board.could")) }
                @for line in about_boards(speech, reading) { p { (line) } }
                @for board in &reading.boards {
                    h3 { (speech.fill("board.page_title", &[("name", &board.name)])) }
                    @if board.cells.is_empty() { p { (speech.say("board.empty_page")) } }
                    (list(board.cells.iter().map(|cell| {
                        let (place, words) = button(speech, cell, &names);
                        html! { (place) ": " bdi { (words) } }
                    })))
                }
                h2 { (speech.say("board.problems")) }
                (list(problems(speech, reading).into_iter().map(|line| html! { bdi { (line) } })))
            } }
        }
    }
}

/// The same as plain text. Whatever the file holds stays on the line that it belongs to, so that no label can pass for a
/// heading or for something that was said.
pub fn text(speech: Speech, shown: &Shown) -> String {
    let reading = shown.reading;
    let names = names(reading);
    let mut lines = vec![title(speech, shown)];
    lines.extend(about(speech, reading));
    let heading = |lines: &mut Vec<String>, key: &str| lines.extend([String::new(), speech.say(key).to_uppercase()]);
    heading(&mut lines, "board.device");
    lines.extend(device::in_lines(speech, shown.device));
    heading(&mut lines, "board.said");
    lines.extend(about_log(speech, reading));
    for event in &reading.events {
        let [at, kind, who] = around(speech, event);
        lines.push(format!("{at}; {kind}; {who}: “{}”", event.text));
    }
    heading(&mut lines, "board.could");
    lines.extend(about_boards(speech, reading));
    for board in &reading.boards {
        lines.extend([String::new(), speech.fill("board.page_title", &[("name", &board.name)])]);
        if board.cells.is_empty() {
            lines.push(speech.say("board.empty_page").to_owned());
        }
        for cell in &board.cells {
            let (place, words) = button(speech, cell, &names);
            lines.push(format!("- {place}: {words}"));
        }
    }
    heading(&mut lines, "board.problems");
    lines.extend(problems(speech, reading));
    lines.iter().map(|line| one_line(line) + "\r\n").collect()
}

fn one_line(line: &str) -> String {
    line.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect()
}

fn title(speech: Speech, shown: &Shown) -> String {
    let number = shown.number.to_string();
    format!("{} ({})", speech.fill("board.title", &[("number", &number)]), shown.reference)
}

fn about(speech: Speech, reading: &Reading) -> Vec<String> {
    let is = speech.fill("board.is", &[("what", reading.format.in_words())]);
    [Some(is), Some(reading.message_for_readers()), left_out_line(speech, reading)].into_iter().flatten().collect()
}

fn about_log(speech: Speech, reading: &Reading) -> Vec<String> {
    let events = &reading.events;
    if events.is_empty() {
        return vec![speech.say(no_record(reading)).to_owned()];
    }
    let nobody = events.iter().all(|event| event.modelled.is_none()).then_some("board.nobody_marked");
    nobody.into_iter().chain([source_of_time(events), "board.raw"]).map(|key| speech.say(key).to_owned()).collect()
}

fn about_boards(speech: Speech, reading: &Reading) -> Vec<String> {
    let key = if reading.boards.is_empty() { no_board(reading) } else { "board.not_said" };
    vec![speech.say(key).to_owned()]
}

fn names(reading: &Reading) -> BTreeMap<&str, &Board> {
    reading.boards.iter().map(|board| (board.id.as_str(), board)).collect()
}

/// Where a button stands, and everything about it, in words.
fn button(speech: Speech, cell: &Cell, names: &BTreeMap<&str, &Board>) -> (String, String) {
    let number = |key: &str, at: u32| speech.fill(key, &[("number", &(at + 1).to_string())]);
    let place = match (cell.row, cell.column) {
        (Some(row), Some(column)) => format!("{}, {}", number("board.row", row), number("board.column", column)),
        _ => speech.say("board.nowhere").to_owned(),
    };
    let about = About::of(speech, cell);
    let mut words = about.label.unwrap_or_else(|no_label| no_label).to_owned();
    let mut add = |said: &str| words.extend([" ", said]);
    if let Some(spoken) = about.spoken {
        add(&format!("{} “{spoken}”", speech.say("board.says")));
    }
    about.facts.into_iter().for_each(&mut add);
    if cell.opens_left_out {
        add(speech.say("board.opens_left_out"));
    }
    match cell.goes_to.as_deref().map(|target| names.get(target)) {
        Some(Some(board)) => add(&format!("{} {}", speech.say("board.opens"), board.name)),
        Some(None) => add(speech.say("board.opens_other")),
        None => {}
    }
    (place, words)
}

fn problems(speech: Speech, reading: &Reading) -> Vec<String> {
    match reading.problems.is_empty() {
        true => vec![speech.say("board.no_problem").to_owned()],
        false => reading.problems.iter().map(|problem| format!("{}: {}", problem.place, problem.what)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aac::{Attached, Event, EventKind, Format, Said, TimeSource};
    use crate::review::pages::board::Asked;
    use crate::words::{Wording, Words};

    fn hostile() -> Reading {
        let forged = "stop\r\nWHAT WAS SAID OR PRESSED\n<script>\u{2028}09:00; Spoken: I hate home";
        let cell = |row, label: &str| Cell { row, column: row.map(|_| 1), label: label.to_owned(), ..Cell::default() };
        let home = Board {
            id: "home".to_owned(),
            name: forged.to_owned(),
            rows: 1,
            columns: 2,
            cells: vec![
                Cell { hidden: true, goes_to: Some("home".to_owned()), ..cell(Some(0), forged) },
                Cell { spoken: Some("aloud".to_owned()), recording: Attached::Inside, ..cell(None, "") },
            ],
            ..Board::default()
        };
        let event = Event {
            at: Some("2026-03-02T09:00:05Z".to_owned()),
            time_source: TimeSource::DeviceClock,
            kind: EventKind::Spoken,
            text: forged.to_owned(),
            modelled: Some(true),
            order: None,
        };
        Reading {
            boards: vec![home],
            events: vec![event],
            said: Said::All,
            ..Reading::kept(Format::Obz, crate::aac::Kept::Empty, Vec::new())
        }
    }

    fn both(reading: &Reading) -> (String, String) {
        let speech = Words::embedded().speak(Wording::Plain);
        let shown = Shown {
            reference: "HRD-1234-5678",
            number: 2,
            address: "",
            reading,
            device: None,
            asked: Asked::default(),
        };
        (text(speech, &shown), document(speech, &shown).into_string())
    }

    #[test]
    fn what_a_file_holds_stays_on_its_own_line_and_is_never_markup() {
        let (text, page) = both(&hostile());
        assert_eq!(text.matches("\nWHAT WAS SAID OR PRESSED\r\n").count(), 1);
        assert_eq!(text.lines().filter(|line| line.starts_with("WHAT ")).count(), 4);
        assert_eq!(text.matches('\u{2028}').count(), 0);
        assert_eq!(page.matches("<script>").count(), 0);
        assert!(page.matches("&lt;script&gt;").count() >= 3);
    }

    #[test]
    fn everything_about_a_button_is_told() {
        let (text, _) = both(&hostile());
        let speech = Words::embedded().speak(Wording::Plain);
        let first = text.lines().find(|line| line.starts_with("- Row 1, Column 2: stop")).expect("its place");
        assert!(first.contains(speech.say("board.hidden")) && first.contains(speech.say("board.opens")));
        let loose = text.lines().find(|line| line.contains(speech.say("board.nowhere"))).expect("no place");
        assert!(loose.contains("says “aloud”") && loose.contains(speech.say("board.recording")));
        assert!(text.contains("2026-03-02 09:00:05Z; Spoken; A supporter, to show how"));
    }
}
