//! What kind of file it is, by its content alone, and which reader reads it. The file's name is never asked.

use super::formats::{asterics, cboard, grid2, gridset, history, lam, obf, obl, phrases, snap, table, touchchat, zip};
use super::gather::Gather;
use super::raw::Source;
use super::raw::json::{Stopped, Tape, Value};
use super::raw::sqlite::Database;
use super::raw::text::decode;
use super::raw::xml::Tree;
use super::reading::{Format, Kept};

type Opened = Result<Format, (Format, Kept)>;

/// Reads a whole file.
pub(super) fn file(source: &dyn Source, gather: &mut Gather) -> Opened {
    let mut left = gather.limits.unpacked;
    look(source, "the file", 0, &mut left, gather)
}

/// Reads a part of a zip file.
pub(super) fn part(bytes: &[u8], place: &str, depth: usize, left: &mut usize, gather: &mut Gather) -> Opened {
    look(&bytes, place, depth, left, gather)
}

fn look(source: &dyn Source, place: &str, depth: usize, left: &mut usize, gather: &mut Gather) -> Opened {
    let head = source.bytes(0, 4096);
    if head.is_empty() {
        return Err((Format::Unknown, Kept::Empty));
    }
    if head.starts_with(b"SQLite format 3\0") {
        return database(source, gather);
    }
    if is_zip(source, &head) {
        return match depth {
            0 | 1 => zip::read(source, depth, left, gather),
            _ => {
                gather.problem(place, "This is a zip file inside zip files. We do not open it.");
                Err((Format::Zip, Kept::Unsafe))
            }
        };
    }
    if phrases::is_list(&head) {
        phrases::read(&source.bytes(0, gather.limits.text), gather);
        return Ok(Format::CommunicatorPhrases);
    }
    if let Some(why) = known_by_its_beginning(&head) {
        return Err(why);
    }
    if source.length() > gather.limits.text as u64 {
        return Err((Format::Unknown, Kept::TooLarge));
    }
    let bytes = source.bytes(0, gather.limits.text);
    if !is_writing(&bytes) {
        return Err((Format::Unknown, Kept::Unknown));
    }
    text(&decode(&bytes), place, gather)
}

fn is_zip(source: &dyn Source, head: &[u8]) -> bool {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return true;
    }
    let tail = source.bytes(source.length().saturating_sub(22 + 256), 22 + 256);
    tail.windows(4).any(|four| four == b"PK\x05\x06") && head.iter().take(512).any(|byte| *byte == 0)
}

/// Pictures, sounds, films, papers and programs: not from a communication system, or not to be opened here.
fn known_by_its_beginning(head: &[u8]) -> Option<(Format, Kept)> {
    if head.starts_with(b"bplist00") {
        return Some((Format::Other, Kept::CannotRead));
    }
    if head.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return Some((Format::Other, Kept::CannotRead));
    }
    let found = infer::get(head)?;
    let other = !matches!(found.matcher_type(), infer::MatcherType::Text | infer::MatcherType::Custom);
    other.then_some((Format::Other, Kept::CannotRead))
}

fn database(source: &dyn Source, gather: &mut Gather) -> Opened {
    let Some(database) = Database::open(source) else { return Err((Format::Unknown, Kept::Damaged)) };
    if database.damaged {
        gather.problem("the list of tables", "Part of it is damaged.");
    }
    match () {
        () if history::is_history(&database) => {
            history::read(&database, gather);
            Ok(Format::Grid3History)
        }
        () if snap::is_page_set(&database) => {
            snap::read(&database, gather);
            Ok(Format::Snap)
        }
        () if touchchat::is_vocabulary(&database) => {
            touchchat::read(&database, gather);
            Ok(Format::Touchchat)
        }
        () if database.is_empty() || database.damaged => Err((Format::Unknown, Kept::Damaged)),
        () => Err((Format::Unknown, Kept::Unknown)),
    }
}

/// Whether the bytes are writing: nearly no control characters, or wide letters.
fn is_writing(bytes: &[u8]) -> bool {
    let begin = &bytes[..bytes.len().min(64 << 10)];
    let odd = |letter: char| {
        letter == char::REPLACEMENT_CHARACTER
            || letter.is_control() && !matches!(letter, '\r' | '\n' | '\t' | '\u{1a}' | '\u{c}')
    };
    let (letters, controls) = match begin.is_ascii() && !begin.contains(&0) {
        true => (begin.len(), begin.iter().filter(|byte| odd(char::from(**byte))).count()),
        false => {
            let text = decode(begin);
            (text.chars().count(), text.chars().filter(|letter| odd(*letter)).count())
        }
    };
    letters > 0 && controls * 10 <= letters
}

fn text(text: &str, place: &str, gather: &mut Gather) -> Opened {
    let begin = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\0');
    match begin.chars().next() {
        None => Err((Format::Text, Kept::Empty)),
        Some('{' | '[') => read_json(text, place, None, gather),
        Some('/') if begin.starts_with("/*") || begin.starts_with("//") => match json_follows(begin) {
            true => read_json(text, place, None, gather),
            false => lines(begin, gather),
        },
        Some('<') => xml(begin, place, gather),
        Some(_) => lines(begin, gather),
    }
}

fn json_follows(begin: &str) -> bool {
    begin.find("*/").is_some_and(|at| begin[at + 2..].trim_start().starts_with(['{', '[']))
        || begin
            .lines()
            .find(|line| !line.trim_start().starts_with("//"))
            .is_some_and(|line| line.trim_start().starts_with(['{', '[']))
}

/// Whether the bytes are writing that nothing but its lines is known of.
pub(super) fn is_plain_lines(bytes: &[u8]) -> bool {
    if bytes.starts_with(b"SQLite format 3\0")
        || bytes.starts_with(b"PK")
        || phrases::is_list(bytes)
        || !is_writing(bytes)
    {
        return false;
    }
    let text = decode(bytes);
    let begin = text.trim_start();
    let structured = begin.starts_with(['{', '[', '<']) || begin.starts_with("/*");
    !structured && !lam::is_lam(begin) && !lam::is_dynavox(begin) && table::recognise(begin).is_none()
}

fn lines(text: &str, gather: &mut Gather) -> Opened {
    if lam::is_lam(text) {
        lam::read(text, gather);
        return Ok(Format::Lam);
    }
    if lam::is_dynavox(text) {
        lam::read_dynavox(text, gather);
        return Ok(Format::DynavoxLog);
    }
    if let Some(found) = table::recognise(text) {
        table::read(text, &found, gather);
        return Ok(found.format);
    }
    table::read_lines(text, gather);
    Ok(Format::Text)
}

/// Reads a JSON text of any kind we know.
pub(super) fn read_json(text: &str, place: &str, paths: Option<&obf::Paths>, gather: &mut Gather) -> Opened {
    let tape = Tape::read(text, gather.limits.values);
    if let Some(stopped) = tape.stopped {
        gather.problem(place, json_in_words(stopped));
    }
    let Some(root) = tape.root() else { return Err((Format::Unknown, Kept::Damaged)) };
    match () {
        () if obl::is_log(root) => {
            obl::read(root, gather);
            Ok(Format::Obl)
        }
        () if asterics::is_grids(root) => {
            asterics::read(root, gather);
            Ok(Format::AstericsGrid)
        }
        () if cboard::is_boards(root) => {
            cboard::read(root, gather);
            Ok(Format::Cboard)
        }
        () if obf::is_page(root) => {
            obf::read(root, place, paths, gather);
            Ok(Format::Obf)
        }
        () if root.items().take(20).any(obf::is_page) => pages(root, gather),
        () if tape.stopped.is_some() => Err((Format::Unknown, Kept::Damaged)),
        () => Err((Format::Unknown, Kept::Unknown)),
    }
}

/// A list of pages; one whose words were replaced by numbers says nothing.
fn pages(root: Value<'_>, gather: &mut Gather) -> Opened {
    let buttons = || root.items().take(50).filter_map(|page| page.get("buttons")).flat_map(Value::items).take(200);
    let labels: Vec<_> = buttons().filter_map(|button| button.get("label").and_then(Value::text)).collect();
    if !labels.is_empty() && labels.iter().all(|label| label.starts_with('$')) {
        return Err((Format::Obfset, Kept::CannotRead));
    }
    for (number, page) in root.items().enumerate() {
        let place = format!("page {}", number + 1);
        match obf::is_page(page) {
            true => obf::read(page, &place, None, gather),
            false => gather.problem(&place, "This page is damaged."),
        }
    }
    Ok(Format::Obf)
}

fn json_in_words(stopped: Stopped) -> &'static str {
    match stopped {
        Stopped::Early => "It stops early. What came before is shown.",
        Stopped::Damaged(_) => "It is damaged in the middle. What came before is shown.",
        Stopped::TooDeep => "It is built in a way that no honest file is. We stopped reading it.",
        Stopped::TooMany => "It holds more than we show. The rest is in the file that was sent.",
    }
}

fn xml(text: &str, place: &str, gather: &mut Gather) -> Opened {
    let begin: String = text.chars().take(2_000).collect::<String>().to_lowercase();
    if begin.starts_with("<!doctype html") || begin.starts_with("<html") {
        return Err((Format::Other, Kept::CannotRead));
    }
    let tree = Tree::read(text, gather.limits.values);
    let root = tree.root().map(|root| root.name().to_lowercase()).unwrap_or_default();
    // Property lists have a document type by their nature. None of them is opened.
    if root.is_empty() && begin.contains("<!doctype plist") {
        return Err((Format::Other, Kept::CannotRead));
    }
    if let Some(stopped) = tree.stopped {
        gather.problem(place, gridset::in_words(stopped));
        if stopped == super::raw::xml::Stopped::DocumentType {
            return Err((Format::Unknown, Kept::Unsafe));
        }
    }
    match root.as_str() {
        "sensorygrid" => {
            grid2::read(&tree, place, gather);
            Ok(Format::Grid2)
        }
        "grid" if begin.contains("gridguid") || begin.contains("<cells") => {
            gridset::read_page(text.as_bytes(), place, gather);
            Ok(Format::Gridset)
        }
        "html" | "svg" => Err((Format::Other, Kept::CannotRead)),
        "plist" => Err((Format::Other, Kept::CannotRead)),
        name if name.contains("widgit") || name.contains("symwriter") => Err((Format::Widgit, Kept::CannotRead)),
        name if name.contains("boardmaker") => Err((Format::Boardmaker, Kept::CannotRead)),
        "" => Err((Format::Unknown, Kept::Damaged)),
        _ => Err((Format::Unknown, Kept::Unknown)),
    }
}
