//! Zip files, by the names of their entries: office documents, communication boards and page sets. The names come from
//! the list at the file's end where it can be seen, else from the headers at its beginning.

use super::{Kind, Recognised, contains, shown_nowhere};

pub(super) fn recognise(head: &[u8], tail: &[u8]) -> Option<Recognised> {
    if !head.starts_with(b"PK\x03\x04") && !head.starts_with(b"PK\x05\x06") {
        return None;
    }
    if contains(&head[..head.len().min(200)], b"mimetypeapplication/vnd.oasis.opendocument.text") {
        return Some(shown_nowhere(Kind::Document, "application/vnd.oasis.opendocument.text"));
    }
    if contains(&head[..head.len().min(200)], b"mimetypeapplication/vnd.oasis.opendocument.") {
        return Some(shown_nowhere(Kind::Document, "application/vnd.oasis.opendocument"));
    }
    if contains(&head[..head.len().min(200)], b"mimetypeapplication/epub+zip") {
        return Some(shown_nowhere(Kind::Document, "application/epub+zip"));
    }
    let mut names = entry_names(tail, b"PK\x01\x02", 46, 28);
    names.extend(entry_names(head, b"PK\x03\x04", 30, 26));
    Some(by_names(&names))
}

fn by_names(names: &[String]) -> Recognised {
    let any = |test: &dyn Fn(&str) -> bool| names.iter().any(|name| test(name));
    let begins = |start: &str| any(&|name| name.starts_with(start));
    let ends = |end: &str| any(&|name| name.ends_with(end));
    match () {
        () if begins("word/") => {
            shown_nowhere(Kind::Document, "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
        }
        () if begins("xl/") => {
            shown_nowhere(Kind::Document, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        }
        () if begins("ppt/") => {
            shown_nowhere(Kind::Document, "application/vnd.openxmlformats-officedocument.presentationml.presentation")
        }
        () if ends(".obf") || (ends(".obl") || ends(".obla")) => shown_nowhere(Kind::Aac, "application/x-obz"),
        () if any(&|name| name.starts_with("Grids/") || name.starts_with("Grids\\")) => {
            shown_nowhere(Kind::Aac, "application/x-gridset")
        }
        () if ends(".c4v") => shown_nowhere(Kind::Aac, "application/x-touchchat"),
        () if ends(".sps") || ends(".spb") => shown_nowhere(Kind::Aac, "application/x-snap"),
        () if any(&|name| name == "history.sqlite" || name.ends_with("/history.sqlite")) => {
            shown_nowhere(Kind::Aac, "application/x-gridset")
        }
        () => shown_nowhere(Kind::Unknown, "application/zip"),
    }
}

/// Names after a record's fixed part of `fixed` bytes; the name's length stands at `length_at`.
fn entry_names(bytes: &[u8], magic: &[u8; 4], fixed: usize, length_at: usize) -> Vec<String> {
    bytes
        .windows(4)
        .enumerate()
        .filter(|(_, window)| window == magic)
        .filter_map(|(at, _)| {
            let length = u16::from_le_bytes(bytes.get(at + length_at..at + length_at + 2)?.try_into().ok()?);
            let name = bytes.get(at + fixed..at + fixed + usize::from(length))?;
            Some(String::from_utf8_lossy(name).into_owned())
        })
        .take(2_000)
        .collect()
}
