//! What the operator reads: log lines, as text or JSON, with times in RFC 3339 UTC.
//!
//! A line never holds what people said, a name, an address, a file name, a code or a token.

use tracing_subscriber::EnvFilter;

use crate::config::LogFormat;

/// What is said when `RUST_LOG` says nothing. PostgreSQL's notices ("already exists, skipping") come at every start and
/// tell an operator nothing.
const DEFAULT: &str = "info,sqlx::postgres::notice=warn";

/// Starts logging to standard error. `RUST_LOG` changes what is said; the default is `info`.
pub fn start(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    match format {
        LogFormat::Text => lines.with_ansi(false).init(),
        LogFormat::Json => lines.json().init(),
    }
}
