//! The tables of a SQLite file, read page by page with nothing but arithmetic: no statement of the file is ever run, so
//! its triggers, views and indexes mean nothing here, and a damaged page costs its own rows and no others.
//!
//! The format: "Database File Format", sqlite.org/fileformat2.html, sections 1.3, 1.5, 1.6, 2.1 and 2.6.

mod record;
mod schema;

use std::cell::Cell;
use std::collections::HashSet;

use super::{Source, big};
use record::Row;
pub(in crate::aac) use record::Value;
use schema::Table;

/// How many pages may stand above a row.
const DEEPEST: usize = 24;
/// The most bytes of one row that are followed from page to page.
const LONGEST_ROW: usize = 4 << 20;
/// The most pages that are looked at for one table.
const MOST_PAGES: usize = 200_000;
/// The most bytes that are taken from one table. A hostile page can list one row thousands of times, and rows can go on in
/// the same pages.
const MOST_BYTES: usize = 48 << 20;

/// An open file.
pub(in crate::aac) struct Database<'a> {
    source: &'a dyn Source,
    page_size: usize,
    usable: usize,
    letters: Letters,
    tables: Vec<Table>,
    /// How many bytes more may be taken from the table that is being read.
    room: Cell<usize>,
    /// Whether the list of tables itself was damaged.
    pub(in crate::aac) damaged: bool,
}

/// How words are written in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::aac) enum Letters {
    Utf8,
    Utf16Little,
    Utf16Big,
}

/// The rows that were asked for.
#[derive(Debug, Default)]
pub(in crate::aac) struct Rows {
    /// The values of the columns that were asked for, row by row, in the order of their keys.
    pub rows: Vec<Vec<Value>>,
    /// Some pages or rows could not be read.
    pub damaged: bool,
    /// There are more rows than were asked for.
    pub more: bool,
}

impl<'a> Database<'a> {
    /// Reads the list of tables; nothing where the file does not begin as one of SQLite's does.
    pub(in crate::aac) fn open(source: &'a dyn Source) -> Option<Database<'a>> {
        let head = source.bytes(0, 100);
        if !head.starts_with(b"SQLite format 3\0") || head.len() < 100 {
            return None;
        }
        let page_size = match big::<2>(&head, 16)? as usize {
            1 => 65_536,
            size if size.is_power_of_two() && size >= 512 => size,
            _ => return None,
        };
        let usable = page_size.checked_sub(usize::from(head[20])).filter(|usable| *usable >= 480)?;
        let letters = match big::<4>(&head, 56)? {
            2 => Letters::Utf16Little,
            3 => Letters::Utf16Big,
            _ => Letters::Utf8,
        };
        let room = Cell::new(0);
        let mut database = Database { source, page_size, usable, letters, tables: Vec::new(), room, damaged: false };
        let listed = database.walk(1, &[0, 1, 3, 4], 5_000);
        database.damaged = listed.damaged;
        database.tables = listed.rows.iter().filter_map(|row| Table::from_row(row)).collect();
        Some(database)
    }

    /// Whether there is a table of this name.
    pub(in crate::aac) fn has(&self, table: &str) -> bool {
        self.table(table).is_some()
    }

    /// Whether the table has this column.
    pub(in crate::aac) fn has_column(&self, table: &str, column: &str) -> bool {
        self.table(table).is_some_and(|table| table.column(column).is_some())
    }

    /// Whether there are any tables.
    pub(in crate::aac) fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name.eq_ignore_ascii_case(name))
    }

    /// At most `most` rows of a table, with these columns; a column that is not there is empty in every row, a table that
    /// is not there has no rows.
    pub(in crate::aac) fn rows(&self, table: &str, columns: &[&str], most: usize) -> Rows {
        let Some(table) = self.table(table) else { return Rows::default() };
        let places: Vec<usize> = columns.iter().map(|name| table.column(name).unwrap_or(usize::MAX)).collect();
        let mut rows = self.walk(table.root, &places, most);
        if let Some(key) = table.row_key {
            for row in rows.rows.iter_mut() {
                let id = row.pop().unwrap_or(Value::Null);
                for (value, place) in row.iter_mut().zip(&places) {
                    if *place == key {
                        *value = id.clone();
                    }
                }
            }
        } else {
            rows.rows.iter_mut().for_each(|row| drop(row.pop()));
        }
        rows
    }

    /// The rows below a page; each ends with its own number.
    fn walk(&self, root: u64, columns: &[usize], most: usize) -> Rows {
        let mut found = Rows::default();
        let mut seen = HashSet::new();
        self.room.set(MOST_BYTES);
        self.walk_page(root, columns, most, &mut found, &mut seen, 0);
        found
    }

    fn walk_page(
        &self,
        number: u64,
        columns: &[usize],
        most: usize,
        found: &mut Rows,
        seen: &mut HashSet<u64>,
        depth: usize,
    ) {
        if depth > DEEPEST || seen.len() > MOST_PAGES || !seen.insert(number) {
            found.damaged = true;
            return;
        }
        let Some(page) = self.page(number) else {
            found.damaged = true;
            return;
        };
        let start = if number == 1 { 100 } else { 0 };
        let cells = big::<2>(&page, start + 3).unwrap_or(0) as usize;
        match page.get(start) {
            Some(0x0D) => {
                for cell in 0..cells {
                    if found.rows.len() >= most {
                        found.more = true;
                        return;
                    }
                    let at = big::<2>(&page, start + 8 + 2 * cell).map(|at| at as usize);
                    match at.and_then(|at| self.row(&page, at)).and_then(|row| row.values(self, columns)) {
                        Some(values) => found.rows.push(values),
                        None => found.damaged = true,
                    }
                }
            }
            Some(0x05) => {
                let children = (0..cells).map(|cell| {
                    let at = big::<2>(&page, start + 12 + 2 * cell)? as usize;
                    big::<4>(&page, at)
                });
                for child in children.chain([big::<4>(&page, start + 8)]) {
                    match child {
                        Some(child) if !found.more => self.walk_page(child, columns, most, found, seen, depth + 1),
                        Some(_) => return,
                        None => found.damaged = true,
                    }
                }
            }
            _ => found.damaged = true,
        }
    }

    /// Takes bytes from the room that is left; nothing where there is not enough.
    fn spend(&self, bytes: usize) -> Option<()> {
        self.room.set(self.room.get().checked_sub(bytes)?);
        Some(())
    }

    /// A page, only if all of it is there.
    fn page(&self, number: u64) -> Option<Vec<u8>> {
        let at = number.checked_sub(1)?.checked_mul(self.page_size as u64)?;
        if at >= self.source.length() {
            return None;
        }
        let page = self.source.bytes(at, self.page_size);
        (page.len() == self.page_size).then_some(page)
    }

    /// The row in a cell: its length, its number, and where its bytes are.
    fn row<'p>(&self, page: &'p [u8], at: usize) -> Option<Row<'p>> {
        let (length, after) = record::varint(page, at)?;
        let (key, body) = record::varint(page, after)?;
        let length = usize::try_from(length).ok()?;
        let (usable, most) = (self.usable, self.usable - 35);
        let here = if length <= most {
            length
        } else {
            let least = (usable - 12) * 32 / 255 - 23;
            let fits = least + (length - least) % (usable - 4);
            if fits <= most { fits } else { least }
        };
        let bytes = page.get(body..body.checked_add(here)?)?;
        let next = if length > here { big::<4>(page, body + here)? } else { 0 };
        Some(Row { key: key as i64, length, bytes, next })
    }

    /// The first `wanted` bytes of a row, from its page and the pages that it goes on in.
    fn whole<'p>(&self, row: &Row<'p>, wanted: usize) -> Option<std::borrow::Cow<'p, [u8]>> {
        if wanted <= row.bytes.len() {
            return Some(row.bytes.into());
        }
        if wanted > row.length || wanted > LONGEST_ROW {
            return None;
        }
        let mut bytes = row.bytes.to_vec();
        let mut next = row.next;
        while bytes.len() < wanted {
            self.spend(self.usable)?;
            let page = self.page(next)?;
            next = big::<4>(&page, 0)?;
            let take = (wanted - bytes.len()).min(self.usable - 4);
            bytes.extend_from_slice(page.get(4..4 + take)?);
        }
        Some(bytes.into())
    }
}
