//! The `heard` executable: `heard --help` tells its commands.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(heard::cli::run())
}
