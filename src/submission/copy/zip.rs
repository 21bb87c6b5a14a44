//! A zip file that is never made: its parts are known before its first byte, so any range of it can be sent at once.
//!
//! Entries are stored as they are (method 0): films and pictures do not get smaller. Lengths and CRC-32 stand in the
//! headers before each entry, which every reader understands; a "data descriptor" after it does not work with a stored
//! entry in readers that go from front to back. ZIP64 is used for an entry, or for the end of the file, only where a
//! number does not fit 32 bits (or 16 for the number of entries). Nothing here reads or writes: bytes of our own stand in
//! [`Part::Ours`], and [`Part::Theirs`] says what belongs in between.
//!
//! The format: PKWARE APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 to 4.3.16, 4.5.3.

use std::ops::Range;

use bytes::Bytes;

use crate::clock::Moment;

/// One file in the zip file.
#[derive(Clone, Debug)]
pub struct Entry<S> {
    /// Its name: see [`super::names`].
    pub name: String,
    /// When it was made.
    pub made: Moment,
    /// Its length.
    pub length: u64,
    /// Its CRC-32.
    pub crc: u32,
    /// Where its bytes come from.
    pub source: Source<S>,
}

/// Where an entry's bytes come from.
#[derive(Clone, Debug)]
pub enum Source<S> {
    /// They are here.
    Here(Bytes),
    /// They are there.
    There(S),
}

/// A piece of the zip file.
#[derive(Clone, Debug)]
pub enum Part<S> {
    /// Bytes of our own.
    Ours(Bytes),
    /// A range of something that lies elsewhere.
    Theirs(S, Range<u64>),
}

/// A zip file that could be made.
#[derive(Clone, Debug)]
pub struct Archive<S> {
    /// Its length.
    pub length: u64,
    parts: Vec<(u64, Part<S>)>,
}

/// What does not fit 32 bits is written as this, and stands in full in the ZIP64 part.
const FULL: u32 = u32::MAX;
/// The version of the format that reads ZIP64, and the one that reads stored files.
const NEEDS_ZIP64: u16 = 45;
const NEEDS_PLAIN: u16 = 20;
/// Made on Unix, as a file that its owner may write and everybody may read.
const MADE_ON_UNIX: u16 = 3 << 8;
const PLAIN_FILE: u32 = 0o100_644 << 16;
/// Names are UTF-8.
const UTF_8: u16 = 1 << 11;

impl<S: Clone> Archive<S> {
    /// Lays the entries out, one after the other, with the list of them at the end.
    pub fn new(entries: Vec<Entry<S>>) -> Archive<S> {
        let mut archive = Archive { length: 0, parts: Vec::new() };
        let mut list = Vec::new();
        let number = entries.len() as u64;
        for entry in entries {
            list.extend(listed(&entry, archive.length));
            archive.push(Part::Ours(header(&entry).into()));
            match entry.source {
                Source::Here(bytes) => archive.push(Part::Ours(bytes)),
                Source::There(source) => archive.push(Part::Theirs(source, 0..entry.length)),
            }
        }
        let end = end(number, archive.length, list.len() as u64);
        list.extend(end);
        archive.push(Part::Ours(list.into()));
        archive
    }

    fn push(&mut self, part: Part<S>) {
        let length = length_of(&part);
        if length > 0 {
            self.parts.push((self.length, part));
            self.length += length;
        }
    }

    /// The pieces of a range of the file, in order.
    pub fn range(&self, range: Range<u64>) -> Vec<Part<S>> {
        let first = self.parts.partition_point(|(start, part)| start + length_of(part) <= range.start);
        let touched = self.parts[first..].iter().take_while(|(start, _)| *start < range.end);
        touched
            .map(|(start, part)| {
                let (from, to) = (range.start.saturating_sub(*start), (range.end - start).min(length_of(part)));
                match part {
                    Part::Ours(bytes) => Part::Ours(bytes.slice(from as usize..to as usize)),
                    Part::Theirs(source, all) => Part::Theirs(source.clone(), all.start + from..all.start + to),
                }
            })
            .collect()
    }
}

fn length_of<S>(part: &Part<S>) -> u64 {
    match part {
        Part::Ours(bytes) => bytes.len() as u64,
        Part::Theirs(_, range) => range.end - range.start,
    }
}

/// Little-endian numbers and bytes, one after the other.
#[derive(Default)]
struct Bin(Vec<u8>);

impl Bin {
    fn two(mut self, number: u16) -> Bin {
        self.0.extend(number.to_le_bytes());
        self
    }

    fn four(mut self, number: u32) -> Bin {
        self.0.extend(number.to_le_bytes());
        self
    }

    fn eight(mut self, number: u64) -> Bin {
        self.0.extend(number.to_le_bytes());
        self
    }

    fn bytes(mut self, bytes: &[u8]) -> Bin {
        self.0.extend(bytes);
        self
    }
}

/// The number, or [`FULL`] where it stands in full elsewhere.
fn short(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(FULL)
}

fn is_long(number: u64) -> bool {
    number >= u64::from(FULL)
}

/// The ZIP64 part of a header: these numbers in full. Empty where there are none.
fn in_full(numbers: &[u64]) -> Vec<u8> {
    if numbers.is_empty() {
        return Vec::new();
    }
    let head = Bin::default().two(1).two(numbers.len() as u16 * 8);
    numbers.iter().fold(head, |bin, number| bin.eight(*number)).0
}

fn header<S>(entry: &Entry<S>) -> Vec<u8> {
    let long = is_long(entry.length);
    let lengths = [entry.length; 2];
    let extra = in_full(if long { &lengths[..] } else { &[] });
    let (time, date) = dos(entry.made);
    Bin::default()
        .bytes(b"PK\x03\x04")
        .two(if long { NEEDS_ZIP64 } else { NEEDS_PLAIN })
        .two(UTF_8)
        .two(0)
        .two(time)
        .two(date)
        .four(entry.crc)
        .four(short(entry.length))
        .four(short(entry.length))
        .two(entry.name.len() as u16)
        .two(extra.len() as u16)
        .bytes(entry.name.as_bytes())
        .bytes(&extra)
        .0
}

/// An entry in the list at the end. `start` is where its header lies.
fn listed<S>(entry: &Entry<S>, start: u64) -> Vec<u8> {
    let mut numbers = Vec::new();
    if is_long(entry.length) {
        numbers.extend([entry.length, entry.length]);
    }
    if is_long(start) {
        numbers.push(start);
    }
    let extra = in_full(&numbers);
    let needs = if numbers.is_empty() { NEEDS_PLAIN } else { NEEDS_ZIP64 };
    let (time, date) = dos(entry.made);
    Bin::default()
        .bytes(b"PK\x01\x02")
        .two(MADE_ON_UNIX | NEEDS_ZIP64)
        .two(needs)
        .two(UTF_8)
        .two(0)
        .two(time)
        .two(date)
        .four(entry.crc)
        .four(short(entry.length))
        .four(short(entry.length))
        .two(entry.name.len() as u16)
        .two(extra.len() as u16)
        .two(0)
        .two(0)
        .two(0)
        .four(PLAIN_FILE)
        .four(short(start))
        .bytes(entry.name.as_bytes())
        .bytes(&extra)
        .0
}

/// What ends the file: the number of entries, and where their list lies.
fn end(number: u64, start: u64, length: u64) -> Vec<u8> {
    let mut bin = Bin::default();
    let few = u16::try_from(number).ok().filter(|few| *few < u16::MAX);
    if few.is_none() || is_long(start) || is_long(length) {
        bin = bin
            .bytes(b"PK\x06\x06")
            .eight(44)
            .two(MADE_ON_UNIX | NEEDS_ZIP64)
            .two(NEEDS_ZIP64)
            .four(0)
            .four(0)
            .eight(number)
            .eight(number)
            .eight(length)
            .eight(start)
            .bytes(b"PK\x06\x07")
            .four(0)
            .eight(start + length)
            .four(1);
    }
    let few = few.unwrap_or(u16::MAX);
    bin.bytes(b"PK\x05\x06").two(0).two(0).two(few).two(few).four(short(length)).four(short(start)).two(0).0
}

/// The time and day as the format writes them, in England's time and in steps of two seconds.
fn dos(moment: Moment) -> (u16, u16) {
    let at = moment.civil_in_london();
    let year = u16::try_from(at.year()).unwrap_or(1980).clamp(1980, 2107) - 1980;
    let number = |part: i8| u16::try_from(part).unwrap_or(0);
    let time = (number(at.hour()) << 11) | (number(at.minute()) << 5) | (number(at.second()) / 2);
    let date = (year << 9) | (number(at.month()) << 5) | number(at.day());
    (time, date)
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, SeekFrom, Write};
    use std::path::Path;
    use std::process::Command;

    use super::*;

    const MADE: Moment = Moment(1_795_288_980_000_000);

    fn here(name: &str, text: &str) -> Entry<u64> {
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        let crc = crc32fast::hash(&bytes);
        Entry { name: name.into(), made: MADE, length: bytes.len() as u64, crc, source: Source::Here(bytes) }
    }

    /// Something of this length that lies elsewhere: nothing but zeros.
    fn zeros(name: &str, length: u64, crc: u32) -> Entry<u64> {
        Entry { name: name.into(), made: MADE, length, crc, source: Source::There(length) }
    }

    /// Writes it with holes for what lies elsewhere, so that even a huge one needs no room.
    fn write(archive: &Archive<u64>, to: &Path) {
        let mut file = std::fs::File::create(to).expect("a file");
        for part in archive.range(0..archive.length) {
            match part {
                Part::Ours(bytes) => file.write_all(&bytes).expect("written"),
                Part::Theirs(_, range) => {
                    file.seek(SeekFrom::Current((range.end - range.start) as i64)).expect("a hole");
                }
            }
        }
        assert_eq!(file.metadata().expect("a length").len(), archive.length);
    }

    /// What Python's own reader says.
    fn python(script: &str, file: &Path) -> String {
        let output = Command::new("python3").args(["-c", script]).arg(file).output().expect("python3 is there");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    const LIST: &str = "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nprint(z.testzip())\n\
        for i in z.infolist(): print(i.filename, i.file_size, i.date_time[:5], z.read(i)[:20])";

    #[test]
    fn another_program_reads_every_entry() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("a.zip");
        let crc = crc32fast::hash(&[0; 1000]);
        write(&Archive::new(vec![here("1 שלום 🙂.txt", "hello"), here("empty", ""), zeros("2 z", 1000, crc)]), &file);
        let read = python(LIST, &file);
        assert!(read.starts_with("None\n"), "every checksum is right: {read}");
        assert!(read.contains("1 שלום 🙂.txt 5 (2026, 11, 21, 19, 23) b'hello'"), "{read}");
        assert!(read.contains("empty 0") && read.contains("2 z 1000"), "{read}");
        write(&Archive::new(Vec::new()), &file);
        assert_eq!(python(LIST, &file), "None\n", "an empty one can be read too");
    }

    #[test]
    fn more_than_four_gib_is_found_again() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("big.zip");
        let long = (5 << 30) + 3;
        let whole = std::env::var_os("HEARD_TEST_LONG").is_some();
        let crc = if whole { crc_of_zeros(long) } else { 7 };
        write(&Archive::new(vec![zeros("long", long, crc), here("after", "it is here")]), &file);
        let script = "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\n\
            print([(i.filename, i.file_size, i.header_offset) for i in z.infolist()], z.read('after'))";
        let read = python(script, &file);
        assert!(read.contains(&format!("('long', {long}, 0), ('after', 10, {}", long + 54)), "{read}");
        assert!(read.contains("b'it is here'"), "{read}");
        if whole {
            assert!(python("import sys, zipfile\nprint(zipfile.ZipFile(sys.argv[1]).testzip())", &file) == "None\n");
        }
    }

    fn crc_of_zeros(length: u64) -> u32 {
        let (mut hasher, block, mut left) = (crc32fast::Hasher::new(), vec![0; 1 << 20], length);
        while left > 0 {
            let now = left.min(1 << 20);
            hasher.update(&block[..now as usize]);
            left -= now;
        }
        hasher.finalize()
    }

    #[test]
    fn more_than_65535_entries_are_counted() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("many.zip");
        write(&Archive::new((0..70_000).map(|number| here(&format!("{number}"), "x")).collect()), &file);
        let script = "import sys, zipfile\nprint(len(zipfile.ZipFile(sys.argv[1]).infolist()))";
        assert_eq!(python(script, &file), "70000\n");
    }

    #[test]
    fn any_range_is_what_the_whole_has_there() {
        let archive = Archive::new(vec![here("one", "hello"), zeros("two", 40, 0), here("three", "and more")]);
        let flat = |range: Range<u64>| -> Vec<u8> {
            let parts = archive.range(range);
            parts
                .into_iter()
                .flat_map(|part| match part {
                    Part::Ours(bytes) => bytes.to_vec(),
                    Part::Theirs(_, range) => range.map(|at| 100 + at as u8).collect(),
                })
                .collect()
        };
        let whole = flat(0..archive.length);
        assert_eq!(whole.len() as u64, archive.length);
        for start in 0..archive.length {
            for end in [start, start + 1, start + 37, archive.length] {
                let end = end.min(archive.length);
                assert_eq!(flat(start..end), whole[start as usize..end as usize], "{start}..{end}");
            }
        }
    }
}
