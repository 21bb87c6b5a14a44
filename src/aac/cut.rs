//! What its sender leaves out of a file: one pure function over a [`Reading`]. Of what is left out nothing stays but how
//! much it was.
//!
//! - A page goes with its buttons. A button that opens it stays where it is on its own page, and says no more than that it
//!   opens a page that was left out.
//! - A day goes with its lines. A line can be left out alone.
//! - Facts about people and places, the file's own name for itself and where in the file something could not be read may
//!   come from any part of it: they go as soon as anything is left out.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::reading::{Board, Event, Problem, Reading};

/// What somebody chose to leave out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cut {
    /// Pages, by their ids.
    pub pages: BTreeSet<String>,
    /// Days, as [`day_of`] gives them.
    pub days: BTreeSet<String>,
    /// Single lines of the log, by their numbers from 0.
    pub lines: BTreeSet<usize>,
}

/// How much was left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Pages.
    pub pages: usize,
    /// Days.
    pub days: usize,
    /// Lines of other days.
    pub lines: usize,
}

impl LeftOut {
    /// Whether anything was.
    pub fn is_any(self) -> bool {
        self.is_said() || self.pages > 0
    }

    /// Whether anything was of what was said or pressed.
    pub fn is_said(self) -> bool {
        self.days > 0 || self.lines > 0
    }
}

/// The day of a line, `YYYY-MM-DD`; empty where the file tells none.
pub fn day_of(event: &Event) -> &str {
    let day = event.at.as_deref().and_then(|at| at.get(..10)).unwrap_or_default();
    let fits = |(at, byte): (usize, u8)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    if day.bytes().enumerate().all(fits) { day } else { "" }
}

/// The days of a log with the numbers of their lines, the first day first; lines without a day come last.
pub fn days_of(reading: &Reading) -> Vec<(&str, Vec<usize>)> {
    let mut days: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (number, event) in reading.events.iter().enumerate() {
        days.entry(day_of(event)).or_default().push(number);
    }
    let without = days.remove("");
    days.into_iter().chain(without.map(|lines| ("", lines))).collect()
}

impl Cut {
    /// The reading without what is left out.
    pub fn of(&self, reading: &Reading) -> Reading {
        let left_out = self.count(reading);
        if !left_out.is_any() {
            return reading.clone();
        }
        let kept: BTreeSet<&str> =
            reading.boards.iter().map(|board| board.id.as_str()).filter(|id| !self.pages.contains(*id)).collect();
        let boards = reading.boards.iter().filter(|board| kept.contains(board.id.as_str()));
        let events = reading.events.iter().enumerate().filter(|(number, event)| !self.takes_line(*number, event));
        let mut cut = Reading {
            format: reading.format,
            boards: boards.map(|board| self.board(board, &kept)).collect(),
            events: events.map(|(_, event)| event.clone()).collect(),
            problems: one_problem(reading.problems.len()),
            said: reading.said,
            message: String::new(),
            name: None,
            personal: Vec::new(),
            left_out,
        };
        cut.tell(cut.problems.len());
        cut
    }

    /// How much of a reading it leaves out.
    pub fn count(&self, reading: &Reading) -> LeftOut {
        let days: BTreeSet<&str> = reading.events.iter().map(day_of).filter(|day| self.days.contains(*day)).collect();
        let is_alone = |(number, event): &(usize, &Event)| self.lines.contains(number) && !days.contains(day_of(event));
        LeftOut {
            pages: reading.boards.iter().filter(|board| self.pages.contains(&board.id)).count(),
            lines: reading.events.iter().enumerate().filter(is_alone).count(),
            days: days.len(),
        }
    }

    fn takes_line(&self, number: usize, event: &Event) -> bool {
        self.lines.contains(&number) || self.days.contains(day_of(event))
    }

    fn board(&self, board: &Board, kept: &BTreeSet<&str>) -> Board {
        let mut board = board.clone();
        for cell in &mut board.cells {
            let Some(target) = cell.goes_to.take() else { continue };
            cell.opens_left_out = self.pages.contains(&target);
            // The name of a page that is not in the file may be the name of one that was left out, written otherwise.
            cell.goes_to = match kept.contains(target.as_str()) {
                true => Some(target),
                false => (!cell.opens_left_out).then(String::new),
            };
        }
        board
    }
}

/// That something could not be read, without a word of where it was.
fn one_problem(count: usize) -> Vec<Problem> {
    let what = match count {
        0 => return Vec::new(),
        1 => "One thing in it could not be read.".to_owned(),
        count => format!("{count} things in it could not be read."),
    };
    vec![Problem { place: "the file".to_owned(), what }]
}

#[cfg(test)]
mod tests {
    use super::super::reading::{Cell, EventKind, Format, Kept, Personal, PersonalKind, Said, TimeSource};
    use super::super::whole::{from_json, to_json};
    use super::*;

    fn page(id: &str, name: &str, buttons: &[(&str, Option<&str>)]) -> Board {
        let cell = |(label, goes_to): &(&str, Option<&str>)| Cell {
            label: (*label).to_owned(),
            goes_to: goes_to.map(str::to_owned),
            ..Cell::default()
        };
        let cells = buttons.iter().map(cell).collect();
        Board { id: id.to_owned(), name: name.to_owned(), cells, ..Board::default() }
    }

    fn line(at: Option<&str>, text: &str) -> Event {
        Event {
            at: at.map(str::to_owned),
            time_source: TimeSource::DeviceClock,
            kind: EventKind::Spoken,
            text: text.to_owned(),
            modelled: None,
            order: None,
        }
    }

    fn whole() -> Reading {
        let problem = |place: &str, what: &str| Problem { place: place.to_owned(), what: what.to_owned() };
        let mut reading = Reading {
            boards: vec![
                page("home", "Home", &[("stop", None), ("me", Some("my-street")), ("more", Some("My-Street.obf"))]),
                page("my-street", "Elm page", &[("12 Elm Street", None), ("back", Some("home"))]),
                page("school", "School", &[("too loud", Some("home"))]),
            ],
            events: vec![
                line(Some("2026-03-02T09:00:00Z"), "I like art"),
                line(Some("2026-03-02T09:01:00Z"), "my road is Elm"),
                line(Some("2026-03-03T10:00:00Z"), "Elm all day"),
                line(Some("09:15"), "no day here"),
                line(None, "nor here"),
            ],
            problems: vec![problem("Elm page", "One of its buttons is damaged."), problem("x", "opens \"Elm\"")],
            said: Said::Part,
            name: Some("The set of 12 Elm Street".to_owned()),
            personal: vec![Personal { kind: PersonalKind::Place, text: "Elm".to_owned() }],
            ..Reading::kept(Format::Obz, Kept::Empty, Vec::new())
        };
        reading.tell(reading.problems.len());
        reading
    }

    fn of(pages: &[&str], days: &[&str], lines: &[usize]) -> Cut {
        let texts = |some: &[&str]| some.iter().map(|one| (*one).to_owned()).collect();
        Cut { pages: texts(pages), days: texts(days), lines: lines.iter().copied().collect() }
    }

    #[test]
    fn where_nothing_is_left_out_everything_stays() {
        let whole = whole();
        assert!(of(&[], &[], &[]).of(&whole) == whole);
        assert!(of(&["no such page"], &["2020-01-01"], &[99]).of(&whole) == whole, "what is not there cannot go");
        assert!(!whole.left_out.is_any());
    }

    #[test]
    fn of_what_is_left_out_nothing_stays_but_how_much_it_was() {
        let cut = of(&["my-street"], &["2026-03-03"], &[1]).of(&whole());
        assert_eq!(cut.left_out, LeftOut { pages: 1, days: 1, lines: 1 });
        let json = String::from_utf8(to_json(cut.clone())).expect("text");
        assert!(!json.to_lowercase().contains("elm") && !json.contains("street"), "{json}");
        assert!(json.contains("I like art") && json.contains("too loud") && json.contains("no day here"), "{json}");
        assert!(cut.personal.is_empty() && cut.name.is_none());
        assert_eq!(cut.problems.len(), 1);
        assert!(cut.message.starts_with("Parts of this file were left out before it was sent."), "{}", cut.message);
        assert!(from_json(json.as_bytes()).expect("is ours") == cut, "it is read back as it was written");
    }

    #[test]
    fn a_button_says_that_its_page_was_left_out_and_not_which() {
        let cut = of(&["my-street"], &[], &[]).of(&whole());
        let [stop, me, more] = cut.boards[0].cells.as_slice() else { panic!("three buttons") };
        assert!(!stop.opens_left_out && stop.goes_to.is_none());
        assert!(me.opens_left_out && me.goes_to.is_none() && me.label == "me");
        assert!(!more.opens_left_out && more.goes_to.as_deref() == Some(""), "it may name the same page otherwise");
        assert_eq!(cut.boards[1].cells[0].goes_to.as_deref(), Some("home"));
    }

    #[test]
    fn even_one_line_takes_the_facts_about_people_with_it() {
        let cut = of(&[], &[], &[4]).of(&whole());
        assert_eq!(cut.left_out, LeftOut { pages: 0, days: 0, lines: 1 });
        assert!(cut.personal.is_empty() && cut.name.is_none() && cut.boards.len() == 3 && cut.events.len() == 4);
    }

    #[test]
    fn a_log_that_is_all_left_out_is_not_a_file_without_a_log() {
        let cut = of(&[], &["2026-03-02", "2026-03-03", ""], &[0, 3]).of(&whole());
        assert_eq!(
            cut.left_out,
            LeftOut { pages: 0, days: 3, lines: 0 },
            "lines of a day that goes are not counted twice"
        );
        assert!(cut.events.is_empty() && cut.message.contains("All of what was said was left out."));
        assert!(!cut.message.contains("no record"), "{}", cut.message);
    }

    #[test]
    fn days_are_in_order_and_lines_without_one_come_last() {
        let whole = whole();
        let days = days_of(&whole);
        assert_eq!(days, [("2026-03-02", vec![0, 1]), ("2026-03-03", vec![2]), ("", vec![3, 4])]);
        assert_eq!(day_of(&line(Some("2026-03-0ż then"), "")), "");
    }
}
