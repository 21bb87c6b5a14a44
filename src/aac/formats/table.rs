//! Histories as a table (CSV): Speak for Yourself's own, and others whose columns are told by their headings. For a table
//! whose headings say nothing, the reader says which columns it took for what, or is told by [`Columns`].

use super::super::gather::Gather;
use super::super::reading::{Event, EventKind, Format, TimeSource};
use super::super::when::When;

/// Which column holds what, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    /// The words.
    pub words: usize,
    /// What happened with them.
    pub operation: Option<usize>,
    /// When.
    pub time: Option<usize>,
}

/// A table that could hold a history.
pub(in crate::aac) struct Table {
    pub columns: Columns,
    pub format: Format,
    separator: u8,
    has_head: bool,
}

/// Finds the columns by the first line.
pub(in crate::aac) fn recognise(text: &str) -> Option<Table> {
    let first = text.lines().find(|line| !line.trim().is_empty())?;
    let separator =
        [b',', b';', b'\t'].into_iter().max_by_key(|byte| first.bytes().filter(|other| other == byte).count())?;
    if !first.as_bytes().contains(&separator) {
        return None;
    }
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(first.as_bytes());
    let head = reader.records().next()?.ok()?;
    let names: Vec<String> = head.iter().map(|name| name.trim().to_lowercase()).collect();
    let find = |words: &[&str]| names.iter().position(|name| words.contains(&name.as_str()));
    let own = find(&["word or utterance"]).zip(find(&["operation"])).zip(find(&["date and time"]));
    if let Some(((words, operation), time)) = own {
        let columns = Columns { words, operation: Some(operation), time: Some(time) };
        return Some(Table { columns, format: Format::SpeakForYourself, separator, has_head: true });
    }
    let words = find(&[
        "word",
        "words",
        "text",
        "phrase",
        "message",
        "utterance",
        "content",
        "label",
        "spoken",
        "sentence",
        "said",
        "vocalization",
    ])?;
    let time = find(&[
        "time",
        "date",
        "timestamp",
        "date and time",
        "datetime",
        "when",
        "spoken at",
        "created",
        "created at",
        "date/time",
    ]);
    let operation = find(&["operation", "action", "event", "type", "kind", "event type"]);
    let columns = Columns { words, operation, time };
    Some(Table { columns, format: Format::Csv, separator, has_head: true })
}

/// Reads the table.
pub(in crate::aac) fn read(text: &str, table: &Table, gather: &mut Gather) {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(table.has_head)
        .flexible(true)
        .delimiter(table.separator)
        .from_reader(text.as_bytes());
    let head_length = reader.headers().map_or(0, csv::StringRecord::len);
    let ends_open = text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1;
    let mut rows = reader.records().peekable();
    let mut number = 1;
    while let Some(row) = rows.next() {
        number += 1;
        let place = format!("row {number}");
        let Ok(row) = row else {
            gather.problem(&place, "This row is damaged.");
            continue;
        };
        if row.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if rows.peek().is_none() && (ends_open || row.len() < head_length) {
            gather.problem(&place, "The file stops in the middle of this row.");
            if row.len() <= table.columns.words + 1 {
                continue;
            }
        }
        match row.get(table.columns.words) {
            Some(words) => {
                let event = read_row(&row, words, table.columns);
                gather.event(event);
            }
            None => gather.problem(&place, "This row has no words."),
        }
    }
}

fn read_row(row: &csv::StringRecord, words: &str, columns: Columns) -> Event {
    let cell = |column: Option<usize>| {
        column.and_then(|column| row.get(column)).map(str::trim).filter(|cell| !cell.is_empty())
    };
    let mut event = Event {
        at: None,
        time_source: TimeSource::None,
        kind: cell(columns.operation).map_or(EventKind::Unknown, kind_of),
        text: words.to_owned(),
        modelled: None,
        order: None,
    };
    if let Some(time) = cell(columns.time) {
        When::from_words(time).tell(&mut event);
    }
    event
}

fn kind_of(operation: &str) -> EventKind {
    let operation = operation.to_lowercase();
    let says = |word: &str| operation.contains(word);
    match () {
        () if says("delet") || says("clear") || says("backspace") || says("remov") => EventKind::Deleted,
        () if says("qwerty") || says("spell") || says("spelt") || says("letter") || says("key") || says("typ") => {
            EventKind::Spelled
        }
        () if says("predict") || says("complet") || says("suggest") => EventKind::Predicted,
        () if says("spoke") || says("speak") || says("said") || says("utterance") || says("message") => {
            EventKind::Spoken
        }
        () if says("select") || says("word") || says("button") || says("press") || says("chose") => EventKind::Selected,
        () if says("note") => EventKind::Note,
        () => EventKind::Unknown,
    }
}

/// Lines of text, one after the other: nobody knows who wrote them or when.
pub(in crate::aac) fn read_lines(text: &str, gather: &mut Gather) {
    for line in text.lines().map(str::trim_end).filter(|line| !line.trim().is_empty()) {
        gather.event(Event {
            at: None,
            time_source: TimeSource::None,
            kind: EventKind::Unknown,
            text: line.to_owned(),
            modelled: None,
            order: None,
        });
        if gather.event_room() == 0 {
            return;
        }
    }
}
