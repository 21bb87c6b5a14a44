//! `heard read FILE`: what a reader finds in a file from a communication aid, as JSON. [`crate::aac::apart`] says how it is
//! kept from doing harm; whatever happens, the file stays as it is.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::aac::apart;

/// Nothing of the file can be shown.
const KEPT: u8 = 3;

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// The file: a board, a page set, or a log from a communication aid. Its name makes no difference.
    #[arg(required_unless_present_any = ["inside", "whole"])]
    file: Option<PathBuf>,
    /// Read the standard input with narrow limits; this is how the command calls itself.
    #[arg(long, hide = true)]
    inside: bool,
    /// The same, with everything that a page needs.
    #[arg(long, hide = true)]
    whole: bool,
}

/// Prints the reading; the value is the exit code: 0 when something can be shown, 3 when the file is only kept.
pub(super) fn run(options: Options) -> anyhow::Result<u8> {
    let shown = match options.file {
        Some(file) if !options.inside && !options.whole => outside(&file)?,
        _ => apart::answer(options.whole).context("reading the standard input")?,
    };
    Ok(if shown { 0 } else { KEPT })
}

fn outside(place: &Path) -> anyhow::Result<bool> {
    let file = File::open(place).with_context(|| format!("{} cannot be opened", place.display()))?;
    if !file.metadata()?.is_file() {
        bail!("{} is not a file", place.display());
    }
    let program = std::env::current_exe().context("finding this executable")?;
    match apart::ask_json(&program, file).context("starting the reader")? {
        Some((answer, shown)) => write_out(&answer).map(|()| shown),
        None => {
            let mut json = serde_json::to_vec_pretty(&apart::gave_up()).context("writing JSON")?;
            json.push(b'\n');
            write_out(&json).map(|()| false)
        }
    }
}

/// A reader of our output that went away is no fault of ours.
fn write_out(json: &[u8]) -> anyhow::Result<()> {
    match std::io::stdout().lock().write_all(json) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.context("printing"),
    }
}
