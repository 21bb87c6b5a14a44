//! A reading as JSON, with everything that a page needs: what the child process answers, and the form in which a copy is
//! kept of a file from which its sender left parts out.
//!
//! `{"name", "personal", "attached", "left_out", "reading"}`. `reading` is what `heard read FILE` prints; a button that
//! opens a page which was left out has `"opens_left_out": true`. `attached` holds for each button of each board whether it
//! has a picture and a recording: `None`, `Inside` the file, or `Elsewhere`. `left_out` counts pages, days and lines.

use serde::{Deserialize, Serialize};

use super::cut::LeftOut;
use super::reading::{Attached, Cell, Personal, Reading};

/// A reading, and what the command does not print of it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Whole {
    name: Option<String>,
    personal: Vec<Personal>,
    /// The picture and the recording of each button, board by board.
    attached: Vec<Vec<(Attached, Attached)>>,
    left_out: LeftOut,
    reading: Reading,
}

impl Whole {
    pub(super) fn of(mut reading: Reading) -> Whole {
        let attached = |cell: &Cell| (cell.picture, cell.recording);
        Whole {
            name: reading.name.take(),
            personal: std::mem::take(&mut reading.personal),
            attached: reading.boards.iter().map(|board| board.cells.iter().map(attached).collect()).collect(),
            left_out: reading.left_out,
            reading,
        }
    }

    pub(super) fn together(self) -> Reading {
        let Whole { name, personal, attached, left_out, mut reading } = self;
        for (board, attached) in reading.boards.iter_mut().zip(attached) {
            for (cell, (picture, recording)) in board.cells.iter_mut().zip(attached) {
                (cell.picture, cell.recording) = (picture, recording);
            }
        }
        Reading { name, personal, left_out, ..reading }
    }
}

/// The reading as JSON, from which [`from_json`] makes the same reading.
pub fn to_json(reading: Reading) -> Vec<u8> {
    serde_json::to_vec(&Whole::of(reading)).expect("a reading holds only texts, numbers and lists")
}

/// The reading of which this is the JSON. None for anything else.
pub fn from_json(bytes: &[u8]) -> Option<Reading> {
    Some(serde_json::from_slice::<Whole>(bytes).ok()?.together())
}
