//! Files that are text: writing, captions, pictures in SVG, and communication boards and logs in JSON or lines.

use super::{Kind, Recognised, contains, playable, shown_nowhere};

pub(super) fn recognise(head: &[u8], tail: &[u8]) -> Option<Recognised> {
    if head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF") {
        let wide_text = head.len() >= 4
            && head[2..].iter().skip(usize::from(head[0] == 0xFF)).step_by(2).take(64).all(|b| *b < 0x21);
        return wide_text.then_some(shown_nowhere(Kind::Document, "text/plain"));
    }
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    if !is_text(head) || !tail.iter().all(|byte| is_text_byte(*byte)) {
        return None;
    }
    let begin = head.trim_ascii_start();
    let starts = |word: &[u8]| begin.len() >= word.len() && begin[..word.len()].eq_ignore_ascii_case(word);
    Some(match () {
        () if starts(b"WEBVTT") => shown_nowhere(Kind::Document, "text/vtt"),
        () if starts(b"{") || starts(b"[") || starts(b"/*") => json(begin, tail),
        () if starts(b"<") && contains(begin, b"<svg") => shown_nowhere(Kind::Image, "image/svg+xml"),
        () if starts(b"<") && contains(begin, b"<sensorygrid") => shown_nowhere(Kind::Aac, "application/x-grid2+xml"),
        () if starts(b"<!doctype html") || starts(b"<html") => shown_nowhere(Kind::Document, "text/html"),
        () if starts(b"<?xml") => shown_nowhere(Kind::Document, "application/xml"),
        () if starts(b"### CAUTION ###") || starts(b"#Start logfile") => shown_nowhere(Kind::Aac, "text/x-aac-log"),
        () if starts(b"\"Word or Utterance\",\"Operation\"") => shown_nowhere(Kind::Aac, "text/x-aac-log"),
        () => playable(Kind::Document, "text/plain"),
    })
}

/// The parts of JSON may stand in any order, so that what tells the kind may stand at the end.
fn json(begin: &[u8], tail: &[u8]) -> Recognised {
    let says = |word: &[u8]| contains(begin, word) || contains(tail, word);
    match () {
        () if says(b"open-board-log-") => shown_nowhere(Kind::Aac, "application/x-obl"),
        () if says(b"open-board-") || (says(b"\"buttons\"") && (says(b"\"grid\"") || says(b"\"label\""))) => {
            shown_nowhere(Kind::Aac, "application/x-obf")
        }
        () if says(b"\"gridElements\"") || says(b"GridData") => shown_nowhere(Kind::Aac, "application/x-asterics-grid"),
        () if begin.starts_with(b"[") && says(b"\"tiles\"") => shown_nowhere(Kind::Aac, "application/x-cboard"),
        () if begin.starts_with(b"/*") => playable(Kind::Document, "text/plain"),
        () => shown_nowhere(Kind::Document, "application/json"),
    }
}

/// UTF-8, or an older encoding of Western letters; never with control characters that no writing has.
fn is_text(head: &[u8]) -> bool {
    if !head.iter().all(|byte| is_text_byte(*byte)) {
        return false;
    }
    match std::str::from_utf8(head) {
        Ok(_) => true,
        // The last letter may be cut by the end of what we look at.
        Err(error) if error.error_len().is_none() => true,
        // Windows-1252: mostly ASCII, a few higher letters.
        Err(_) => head.iter().filter(|byte| !byte.is_ascii()).count() * 4 < head.len(),
    }
}

fn is_text_byte(byte: u8) -> bool {
    !matches!(byte, 0..=8 | 11 | 14..=26 | 28..=31 | 127)
}
