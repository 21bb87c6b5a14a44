//! Every query in the source is prepared on both engines, since no macro checks them when they are compiled.
//!
//! A query is a `const NAME: &str` that begins with select, insert, update, delete or with. Those whose name ends in
//! `_SQLITE` or `_POSTGRES` are for one engine only.

use std::path::{Path, PathBuf};

use heard::db::Db;
use sqlx::{AssertSqlSafe, Executor, SqlSafeStr};

use super::outside;

/// A query, and where it stands.
pub struct Query {
    /// Its file.
    pub place: String,
    /// Its name there.
    pub name: String,
    /// Its text.
    pub sql: String,
}

#[tokio::test]
async fn every_query_is_prepared_on_sqlite() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let db = Db::open_sqlite(&folder.path().join("queries.sqlite")).await.expect("SQLite opens");
    db.migrate().await.expect("the tables can be made");
    let Db::Sqlite { write, .. } = &db else { unreachable!("this is SQLite") };
    let mut connection = write.acquire().await.expect("a connection is free");
    let mut faults = Vec::new();
    for query in queries().into_iter().filter(|query| !query.name.ends_with("_POSTGRES")) {
        if let Err(error) = connection.prepare(AssertSqlSafe(query.sql.clone()).into_sql_str()).await {
            faults.push(format!("{} {}: {error}", query.place, query.name));
        }
    }
    assert!(faults.is_empty(), "SQLite does not take these: {faults:#?}");
}

#[tokio::test]
async fn every_query_is_prepared_on_postgres() {
    let db = Db::open_postgres(&outside::fresh_postgres().await).await.expect("PostgreSQL answers");
    let Db::Postgres(pool) = &db else { unreachable!("this is PostgreSQL") };
    let mut connection = pool.acquire().await.expect("a connection is free");
    let mut faults = Vec::new();
    for query in queries().into_iter().filter(|query| !query.name.ends_with("_SQLITE")) {
        if let Err(error) = connection.prepare(AssertSqlSafe(query.sql.clone()).into_sql_str()).await {
            faults.push(format!("{} {}: {error}", query.place, query.name));
        }
    }
    assert!(faults.is_empty(), "PostgreSQL does not take these: {faults:#?}");
}

#[test]
fn the_queries_are_found() {
    let found = queries();
    assert!(found.len() > 20, "only {} queries were found; has the way to write them changed?", found.len());
}

/// A query that is written where it is used would not be prepared above.
#[test]
fn no_query_is_written_outside_a_const() {
    let mut faults = Vec::new();
    for file in sources().into_iter().filter(|file| !file.ends_with("tests.rs")) {
        let text = std::fs::read_to_string(&file).expect("a source file can be read");
        let program = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in program.lines().enumerate() {
            let inline =
                ["db::all!(", "db::one!(", "db::maybe!(", "db::run!("].iter().any(|start| line.contains(start))
                    && ["\"select ", "\"insert ", "\"update ", "\"delete "].iter().any(|start| line.contains(start));
            if inline {
                faults.push(format!("{}:{}", place(&file), number + 1));
            }
        }
    }
    assert!(faults.is_empty(), "these belong into a const: {faults:#?}");
}

/// Every query of the program.
pub fn queries() -> Vec<Query> {
    let mut found = Vec::new();
    for file in sources() {
        let text = std::fs::read_to_string(&file).expect("a source file can be read");
        let mut rest = text.as_str();
        while let Some(start) = rest.find("const ") {
            rest = &rest[start + "const ".len()..];
            let Some((name, after)) = rest.split_once(": &str =") else { break };
            if !name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_') {
                continue;
            }
            let Some(sql) = literal(after.trim_start()) else { continue };
            let begins = sql.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
            if ["select", "insert", "update", "delete", "with"].contains(&begins.as_str()) && sql.contains(' ') {
                found.push(Query { place: place(&file), name: name.to_owned(), sql });
            }
        }
    }
    found
}

/// The value of a string literal at the start of the text.
fn literal(text: &str) -> Option<String> {
    if let Some(raw) = text.strip_prefix('r') {
        let hashes = raw.bytes().take_while(|byte| *byte == b'#').count();
        let body = raw[hashes..].strip_prefix('"')?;
        return body.split_once(&format!("\"{}", "#".repeat(hashes))).map(|(body, _)| body.to_owned());
    }
    let mut value = String::new();
    let mut characters = text.strip_prefix('"')?.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => return Some(value),
            '\\' => match characters.next()? {
                'n' => value.push('\n'),
                't' => value.push('\t'),
                '\n' => while characters.next_if(|next| next.is_whitespace()).is_some() {},
                other => value.push(other),
            },
            other => value.push(other),
        }
    }
    None
}

/// Every source file of the program.
pub fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a source folder can be read") {
            let path = entry.expect("a source folder can be listed").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// A file's path inside the project.
pub fn place(file: &Path) -> String {
    file.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(file).display().to_string()
}
