//! The readers on whole files: the truth about the samples, files of every format made here, damaged and hostile ones.

mod damaged;
mod hostile;
mod made;
mod outside;
mod samples;
mod seeds;

use super::*;
use seeds::{sample, zipped};

/// Reads bytes with the limits that a service uses.
fn reading(bytes: &[u8]) -> Reading {
    read(&bytes, Limits::default())
}

/// All labels, page by page.
fn labels(reading: &Reading) -> Vec<&str> {
    reading.boards.iter().flat_map(|board| &board.cells).map(|cell| cell.label.as_str()).collect()
}
