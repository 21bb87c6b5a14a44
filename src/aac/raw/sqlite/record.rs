//! One row of a table: a list of kinds, then the values, as sections 1.6 and 2.1 of the format describe them.

use super::super::big;
use super::{Database, Letters};

/// A value of a row.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::aac) enum Value {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Value {
    /// Words; numbers are written out.
    pub(in crate::aac) fn text(&self) -> Option<String> {
        match self {
            Value::Text(text) => Some(text.clone()),
            Value::Integer(number) => Some(number.to_string()),
            Value::Real(number) => Some(number.to_string()),
            Value::Null | Value::Bytes(_) => None,
        }
    }

    /// A whole number, also where it stands as words.
    pub(in crate::aac) fn integer(&self) -> Option<i64> {
        match self {
            Value::Integer(number) => Some(*number),
            Value::Real(number) => Some(*number as i64),
            Value::Text(text) => text.trim().parse().ok(),
            Value::Null | Value::Bytes(_) => None,
        }
    }

    /// Yes or no.
    pub(in crate::aac) fn truth(&self) -> Option<bool> {
        match self {
            Value::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Value::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
            other => other.integer().map(|number| number != 0),
        }
    }
}

/// A row as it lies on its page.
pub(super) struct Row<'p> {
    /// Its number.
    pub key: i64,
    /// Its length.
    pub length: usize,
    /// What of it is on this page.
    pub bytes: &'p [u8],
    /// The page where it goes on.
    pub next: u64,
}

impl Row<'_> {
    /// The values in these columns, and the row's number behind them.
    pub(super) fn values(&self, database: &Database<'_>, columns: &[usize]) -> Option<Vec<Value>> {
        let (head_length, mut at) = varint(self.bytes, 0)?;
        let head_length = usize::try_from(head_length).ok().filter(|length| *length <= self.length)?;
        database.spend(head_length)?;
        let head = database.whole(self, head_length)?;
        let mut kinds = Vec::new();
        let mut from = head_length;
        while at < head_length && kinds.len() < 4_000 {
            let (kind, after) = varint(&head, at)?;
            let length = length_of(kind)?;
            kinds.push((kind, from, from.checked_add(length)?));
            from = from.checked_add(length)?;
            at = after;
        }
        let taken = || columns.iter().filter_map(|column| kinds.get(*column));
        database.spend(taken().map(|(_, from, to)| to - from).sum())?;
        let wanted = taken().map(|(_, _, to)| *to).max().unwrap_or(0);
        let body = database.whole(self, wanted.max(head_length))?;
        let mut values: Vec<Value> = columns
            .iter()
            .map(|column| match kinds.get(*column) {
                Some((kind, from, to)) => value(*kind, body.get(*from..*to)?, database.letters),
                None => Some(Value::Null),
            })
            .collect::<Option<_>>()?;
        values.push(Value::Integer(self.key));
        Some(values)
    }
}

/// How many bytes a value of this kind takes.
fn length_of(kind: u64) -> Option<usize> {
    Some(match kind {
        0 | 8 | 9 => 0,
        1..=4 => kind as usize,
        5 => 6,
        6 | 7 => 8,
        10 | 11 => return None,
        _ => usize::try_from((kind - 12) / 2).ok()?,
    })
}

fn value(kind: u64, bytes: &[u8], letters: Letters) -> Option<Value> {
    Some(match kind {
        0 => Value::Null,
        1..=6 => Value::Integer(signed(bytes)),
        7 => Value::Real(f64::from_bits(big::<8>(bytes, 0)?)),
        8 => Value::Integer(0),
        9 => Value::Integer(1),
        _ if kind.is_multiple_of(2) => Value::Bytes(bytes.to_vec()),
        _ => Value::Text(words(bytes, letters)),
    })
}

fn signed(bytes: &[u8]) -> i64 {
    let begin = if bytes.first().is_some_and(|byte| byte & 0x80 != 0) { -1 } else { 0 };
    bytes.iter().fold(begin, |number, byte| number << 8 | i64::from(*byte))
}

fn words(bytes: &[u8], letters: Letters) -> String {
    let wide = |read: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| read([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match letters {
        Letters::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
        Letters::Utf16Little => wide(u16::from_le_bytes),
        Letters::Utf16Big => wide(u16::from_be_bytes),
    }
}

/// A number of one to nine bytes, and where the next thing begins.
pub(super) fn varint(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut number: u64 = 0;
    for step in 0..8 {
        let byte = *bytes.get(at.checked_add(step)?)?;
        number = number << 7 | u64::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            return Some((number, at + step + 1));
        }
    }
    let last = *bytes.get(at.checked_add(8)?)?;
    Some((number << 8 | u64::from(last), at + 9))
}
