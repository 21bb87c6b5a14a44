//! Copying a PostgreSQL database out and back in, by PostgreSQL's own `pg_dump` and `pg_restore`, which know every detail
//! of it: <https://www.postgresql.org/docs/current/app-pgdump.html>. They must be no older than the server.
//!
//! The password goes to them in their environment and never in their arguments, which everybody on a machine can read.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// Copies the database as it is at one moment into `file`, without any wrapped key.
pub(super) fn copy_out(url: &str, file: &Path) -> Result<()> {
    let mut dump = tool("pg_dump", url);
    dump.args(["--format=custom", "--no-owner", "--no-privileges", "--exclude-table-data=wrapped_key", "--file"]);
    run(dump.arg(file))
}

/// Puts a copy into a database that holds nothing yet: all of it or nothing.
pub(super) fn copy_in(url: &str, file: &Path) -> Result<()> {
    let mut restore = tool("pg_restore", url);
    restore.args(["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]);
    run(restore.arg(file))
}

fn tool(name: &str, url: &str) -> Command {
    let (address, password) = without_password(url);
    let mut command = Command::new(name);
    command.arg("--dbname").arg(address);
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    command
}

fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| {
        format!("{name} is needed for PostgreSQL and could not be started. Install PostgreSQL's client programs")
    })?;
    if !output.status.success() {
        bail!("{name} did not work: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

/// A database's URL without its password, and the password.
fn without_password(url: &str) -> (String, Option<String>) {
    let Some((scheme, rest)) = url.split_once("://") else { return (url.to_owned(), None) };
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let Some((user, host)) = authority.rsplit_once('@') else { return (url.to_owned(), None) };
    let Some((user, password)) = user.split_once(':') else { return (url.to_owned(), None) };
    let password = percent_encoding::percent_decode_str(password).decode_utf8_lossy().into_owned();
    (format!("{scheme}://{user}@{host}{path}"), Some(password))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_taken_out_of_the_address() {
        let (address, password) = without_password("postgres://heard:p%40ss:w@db.example:5432/heard?sslmode=require");
        assert_eq!(address, "postgres://heard@db.example:5432/heard?sslmode=require");
        assert_eq!(password.as_deref(), Some("p@ss:w"));
        assert_eq!(without_password("postgres://heard@db/x"), ("postgres://heard@db/x".into(), None));
        assert_eq!(without_password("postgres://db/x?user=a:b@c"), ("postgres://db/x?user=a:b@c".into(), None));
    }
}
