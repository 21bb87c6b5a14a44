//! The phrase lists of Communicator (`.phr`): a speech history, or phrases that were ready-made. There are no times.
//! The layout was found by looking at files: u32 2, u32 1 for a history, u32 count, then for each phrase
//! `FF FE FF`, its length in letters (one byte, or `FF` and two), UTF-16, and a u32 weight.

use super::super::gather::Gather;
use super::super::raw::little;
use super::super::reading::{Board, Cell, Event, EventKind, TimeSource};

const PHRASE: &[u8] = b"\xFF\xFE\xFF";

/// Whether the first bytes are those of a phrase list.
pub(in crate::aac) fn is_list(head: &[u8]) -> bool {
    let word = |at| little::<4>(head, at);
    word(0) == Some(2)
        && word(4).is_some_and(|flag| flag < 16)
        && (head.get(12..15) == Some(PHRASE) || word(8) == Some(0))
}

/// Reads the list.
pub(in crate::aac) fn read(bytes: &[u8], gather: &mut Gather) {
    let history = little::<4>(bytes, 4) == Some(1);
    let count = little::<4>(bytes, 8).unwrap_or(0);
    let mut phrases = Vec::new();
    let mut at = 12;
    while (phrases.len() as u64) < count && phrases.len() <= gather.limits.events {
        match phrase(bytes, at) {
            Some((phrase, next)) => {
                phrases.push(phrase);
                at = next;
            }
            None => {
                let what = format!("The list stops after {} of {count} phrases.", phrases.len());
                gather.problem("the list of phrases", &what);
                break;
            }
        }
    }
    match history {
        true => phrases.into_iter().for_each(|text| gather.event(spoken(text))),
        false if phrases.is_empty() => {}
        false => gather.board(ready_made(phrases)),
    }
}

fn phrase(bytes: &[u8], at: usize) -> Option<(String, usize)> {
    if bytes.get(at..at + 3)? != PHRASE {
        return None;
    }
    let (length, from) = match *bytes.get(at + 3)? {
        0xFF => (little::<2>(bytes, at + 4)? as usize, at + 6),
        short => (usize::from(short), at + 4),
    };
    let letters = bytes.get(from..from + 2 * length)?;
    let units: Vec<u16> = letters.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    bytes.get(from + 2 * length..from + 2 * length + 4)?;
    Some((String::from_utf16_lossy(&units), from + 2 * length + 4))
}

fn spoken(text: String) -> Event {
    Event { at: None, time_source: TimeSource::None, kind: EventKind::Spoken, text, modelled: None, order: None }
}

/// Ready-made phrases could be said; nothing tells that they were.
fn ready_made(phrases: Vec<String>) -> Board {
    let cell = |(row, text): (usize, String)| Cell {
        row: u32::try_from(row).ok(),
        column: Some(0),
        spoken: Some(text.clone()),
        label: text,
        ..Cell::default()
    };
    let cells: Vec<Cell> = phrases.into_iter().enumerate().map(cell).collect();
    Board {
        id: "phrases".to_owned(),
        name: "Ready-made phrases".to_owned(),
        language: None,
        rows: cells.len() as u32,
        columns: 1,
        cells,
    }
}
