//! Files from communication aids: what was said with them, and what could have been said.
//!
//! [`read`] takes bytes and limits and gives one [`Reading`] for every format: boards and, apart from them, a log. It
//! recognises a file by its content, never by its name; it fetches nothing, follows no path, resolves no entity and runs
//! no statement; a damaged file gives what can be read of it and a list of what cannot. It uses nothing of ours but
//! itself, and no memory that a hostile file could choose.
//!
//! [`cut`] takes out of a reading what its sender leaves out, and [`whole`] writes a reading down.
//!
//! [`apart`] does it in a child process with limits, which is how the service and `heard read` do it.
//!
//! Rows and columns count from 0, as all the formats do. What is not told by a file is not made up: a log that does not
//! tell who pressed leaves `modelled` empty, and a time without a zone stays without one.

pub mod apart;
pub mod cut;
mod formats;
mod gather;
mod open;
mod raw;
mod reading;
mod when;
pub mod whole;

pub use cut::{Cut, LeftOut};
pub use formats::table::Columns;
pub use gather::Limits;
pub use raw::Source;
pub use reading::{
    Attached, Board, Cell, Event, EventKind, Format, Kept, Personal, PersonalKind, Problem, Reading, Said, TimeSource,
};

use gather::Gather;

/// Reads a file.
pub fn read(source: &dyn Source, limits: Limits) -> Reading {
    let mut gather = Gather::new(limits);
    match open::file(source, &mut gather) {
        Ok(format) => gather.finish(format, None),
        Err((format, why)) => gather.finish(format, Some(why)),
    }
}

#[cfg(test)]
mod tests;
