//! What a reader finds is gathered here, within limits, and made harmless on the way: no reader has to remember either.

use super::cut::LeftOut;
use super::raw::text::harmless;
use super::reading::{Board, Cell, Event, Format, Kept, Personal, PersonalKind, Problem, Reading, Said};

/// How much is read at most.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of a file of text, or of one part of a zip file.
    pub text: usize,
    /// Bytes that may come out of a zip file in all.
    pub unpacked: usize,
    /// Parts of a zip file.
    pub parts: usize,
    /// Pages.
    pub boards: usize,
    /// Buttons in all.
    pub buttons: usize,
    /// Events in all.
    pub events: usize,
    /// Values or elements of one JSON or XML text.
    pub values: usize,
    /// Letters in all.
    pub letters: usize,
    /// Problems that are listed.
    pub problems: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            text: 32 << 20,
            unpacked: 128 << 20,
            parts: 20_000,
            boards: 5_000,
            buttons: 100_000,
            events: 100_000,
            values: 3_000_000,
            letters: 24 << 20,
            problems: 500,
        }
    }
}

/// What was found so far.
#[derive(Debug)]
pub(super) struct Gather {
    pub limits: Limits,
    /// What the file calls itself.
    pub name: Option<String>,
    boards: Vec<Board>,
    events: Vec<Event>,
    problems: Vec<Problem>,
    personal: Vec<Personal>,
    buttons: usize,
    letters: usize,
    problems_left_out: usize,
    full: Full,
}

#[derive(Debug, Default)]
struct Full {
    boards: bool,
    events: bool,
}

impl Gather {
    pub(super) fn new(limits: Limits) -> Gather {
        Gather {
            limits,
            name: None,
            boards: Vec::new(),
            events: Vec::new(),
            problems: Vec::new(),
            personal: Vec::new(),
            buttons: 0,
            letters: 0,
            problems_left_out: 0,
            full: Full::default(),
        }
    }

    pub(super) fn found_nothing(&self) -> bool {
        self.boards.is_empty() && self.events.is_empty()
    }

    /// How many events more there is room for.
    pub(super) fn event_room(&self) -> usize {
        self.limits.events.saturating_sub(self.events.len())
    }

    /// How many buttons more there is room for.
    pub(super) fn button_room(&self) -> usize {
        self.limits.buttons.saturating_sub(self.buttons)
    }

    /// Something that could not be read; the same thing is told once.
    pub(super) fn problem(&mut self, place: &str, what: &str) {
        if self.problems.len() >= self.limits.problems {
            self.problems_left_out += 1;
            return;
        }
        let problem = Problem { place: harmless(place), what: harmless(what) };
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    pub(super) fn personal(&mut self, kind: PersonalKind, text: &str) {
        let fact = Personal { kind, text: harmless(text) };
        if !text.trim().is_empty() && self.personal.len() < 1_000 && !self.personal.contains(&fact) {
            self.personal.push(fact);
        }
    }

    /// A page: its cells are put in grid order, its words made harmless, its id made the only one of its kind.
    pub(super) fn board(&mut self, mut board: Board) {
        if self.full.boards {
            return;
        }
        let room = self.button_room();
        let no_more = self.boards.len() >= self.limits.boards || (room == 0 && !board.cells.is_empty());
        if no_more || self.letters >= self.limits.letters {
            self.full.boards = true;
            self.problem(
                "the file",
                "It holds more pages or buttons than we show. The rest is in the file that was sent.",
            );
            return;
        }
        board.cells.sort_by_key(|cell| match (cell.row, cell.column) {
            (Some(row), Some(column)) => (false, row, column),
            _ => (true, 0, 0),
        });
        if board.cells.len() > room {
            board.cells.truncate(room);
            self.problem(
                &board.name,
                "This page holds more buttons than we show. The rest is in the file that was sent.",
            );
        }
        self.buttons += board.cells.len();
        board.id = self.own_id(&harmless(&board.id));
        board.name = harmless(&board.name);
        board.language = board.language.map(|language| harmless(&language)).filter(|language| !language.is_empty());
        for cell in &mut board.cells {
            self.letters += make_harmless(cell);
        }
        self.boards.push(board);
    }

    fn own_id(&self, id: &str) -> String {
        // With thousands of pages each search is long enough to matter only for files that are hostile anyway.
        let taken = |id: &str| self.boards.iter().any(|board| board.id == id);
        if !taken(id) {
            return id.to_owned();
        }
        let number = self.boards.len() + 1;
        format!("{id} ({number})")
    }

    pub(super) fn event(&mut self, mut event: Event) {
        if self.event_room() == 0 || self.letters >= self.limits.letters {
            if !self.full.events {
                self.full.events = true;
                self.problem("the file", "Its log is longer than we show. The rest is in the file that was sent.");
            }
            return;
        }
        event.text = harmless(&event.text);
        event.at = event.at.map(|at| harmless(&at));
        self.letters += event.text.len();
        self.events.push(event);
    }

    /// Puts events in time order. One without a time stays behind the one before it.
    fn order_events(&mut self) {
        let mut last = i64::MIN;
        for event in &mut self.events {
            last = *event.order.get_or_insert(last);
        }
        self.events.sort_by_key(|event| event.order);
    }

    pub(super) fn finish(mut self, format: Format, kept: Option<Kept>) -> Reading {
        self.order_events();
        let all_problems = self.problems.len() + self.problems_left_out;
        if self.problems_left_out > 0 {
            let what = format!("{} more things could not be read.", self.problems_left_out);
            self.problems.push(Problem { place: "the file".to_owned(), what });
        }
        if self.found_nothing() {
            let why = kept.unwrap_or(if self.problems.is_empty() { Kept::Empty } else { Kept::Damaged });
            if self.problems.is_empty() {
                self.problem("the file", why.message().split_once(". ").map_or("", |(_, rest)| rest));
            }
            return Reading { personal: self.personal, name: self.name, ..Reading::kept(format, why, self.problems) };
        }
        let said = if self.problems.is_empty() { Said::All } else { Said::Part };
        let mut reading = Reading {
            format,
            boards: self.boards,
            events: self.events,
            problems: self.problems,
            said,
            message: String::new(),
            name: self.name.map(|name| harmless(&name)),
            personal: self.personal,
            left_out: LeftOut::default(),
        };
        reading.tell(all_problems);
        reading
    }
}

fn make_harmless(cell: &mut Cell) -> usize {
    cell.label = harmless(&cell.label);
    cell.spoken = cell.spoken.take().map(|spoken| harmless(&spoken)).filter(|spoken| !spoken.is_empty());
    cell.goes_to = cell.goes_to.take().map(|goes_to| harmless(&goes_to));
    cell.label.len() + cell.spoken.as_ref().map_or(0, String::len) + 64
}
