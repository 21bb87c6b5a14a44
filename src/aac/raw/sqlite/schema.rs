//! The columns of a table, from the statement that made it. The statement is read, never run.

use super::Value;

/// A table: where its rows begin and what its columns are called.
#[derive(Debug)]
pub(super) struct Table {
    pub name: String,
    pub root: u64,
    columns: Vec<String>,
    /// The column that is the row's own number and therefore not stored.
    pub row_key: Option<usize>,
}

impl Table {
    /// From `type, name, rootpage, sql`; only real tables with rows of their own.
    pub(super) fn from_row(row: &[Value]) -> Option<Table> {
        let [kind, name, root, sql, ..] = row else { return None };
        let (kind, name, sql) = (kind.text()?, name.text()?, sql.text()?);
        let root = u64::try_from(root.integer()?).ok().filter(|root| *root > 0)?;
        if kind != "table" || without_row_numbers(&sql) {
            return None;
        }
        let (columns, row_key) = columns(&sql)?;
        Some(Table { name, root, columns, row_key })
    }

    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.eq_ignore_ascii_case(name))
    }
}

fn without_row_numbers(sql: &str) -> bool {
    let end = sql.rfind(')').map_or("", |at| &sql[at..]);
    end.to_ascii_uppercase().contains("WITHOUT")
}

fn columns(sql: &str) -> Option<(Vec<String>, Option<usize>)> {
    let body = &sql[sql.find('(')? + 1..];
    let mut names: Vec<String> = Vec::new();
    let mut integers = Vec::new();
    let mut row_key = None;
    for part in parts(body) {
        let (name, rest) = first_word(part)?;
        let quoted = part.starts_with(['"', '[', '`', '\'']);
        let upper = rest.to_ascii_uppercase();
        let kind = if quoted { String::new() } else { name.to_ascii_uppercase() };
        match kind.as_str() {
            "PRIMARY" => {
                let inside = rest[rest.find('(').map_or(0, |at| at + 1)..].trim();
                let key = first_word(inside).map(|(key, _)| key).unwrap_or_default();
                let several = parts(inside).len() > 1;
                let place = names.iter().position(|name| name.eq_ignore_ascii_case(&key));
                row_key = row_key.or(place.filter(|place| !several && integers.contains(place)));
            }
            "UNIQUE" | "CHECK" | "FOREIGN" | "CONSTRAINT" => {}
            _ => {
                let integer = first_word(&upper).is_some_and(|(word, _)| word == "INTEGER");
                if integer {
                    integers.push(names.len());
                    if upper.contains("PRIMARY KEY") {
                        row_key = Some(names.len());
                    }
                }
                names.push(name);
            }
        }
    }
    Some((names, row_key))
}

/// The parts between commas, up to the bracket that ends the list.
fn parts(body: &str) -> Vec<&str> {
    let (mut parts, mut from, mut depth, mut quote) = (Vec::new(), 0, 0, None);
    for (at, byte) in body.bytes().enumerate() {
        match (quote, byte) {
            (Some(end), _) if byte == end => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'' | b'`') => quote = Some(byte),
            (None, b'[') => quote = Some(b']'),
            (None, b'(') => depth += 1,
            (None, b')') if depth == 0 => {
                parts.push(body[from..at].trim());
                return parts.into_iter().filter(|part| !part.is_empty()).collect();
            }
            (None, b')') => depth -= 1,
            (None, b',') if depth == 0 => {
                parts.push(body[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(body[from..].trim());
    parts.into_iter().filter(|part| !part.is_empty()).collect()
}

/// The first word, without its quotes, and what follows.
fn first_word(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start();
    let end = match text.chars().next()? {
        '"' => Some('"'),
        '\'' => Some('\''),
        '`' => Some('`'),
        '[' => Some(']'),
        _ => None,
    };
    match end {
        Some(end) => {
            let close = text[1..].find(end)? + 1;
            Some((text[1..close].to_owned(), text[close + 1..].trim_start()))
        }
        None => {
            let length = text.find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',')).unwrap_or(text.len());
            Some((text[..length].to_owned(), text[length..].trim_start()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_however_the_statement_is_written() {
        let of = |sql: &str| columns(sql).expect("the statement has columns");
        let names = ["id", "na me", "c"].map(str::to_owned).to_vec();
        assert_eq!(of("CREATE TABLE a (id INTEGER PRIMARY KEY, \"na me\" text, c)"), (names.clone(), Some(0)));
        assert_eq!(
            of(
                "create table a(\n[id] integer not null,\n`na me` varchar(36),c decimal(1,2), primary key(\"id\" autoincrement))"
            ),
            (names.clone(), Some(0))
        );
        assert_eq!(of("CREATE TABLE a (id varchar(36) primary key, 'na me', c, UNIQUE(id, c))"), (names.clone(), None));
        assert_eq!(of("CREATE TABLE a (id INTEGER, \"na me\" int, c, PRIMARY KEY(id, c))"), (names, None));
    }
}
