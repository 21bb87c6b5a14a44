//! Files of words: as plain text in UTF-8, with nothing in them but letters. Of an office document what stands between the
//! tags of its text; what is crossed out, hidden in fields, or carried as a macro is not among it.

use std::fs::File;
use std::io::{Read, Write};

use super::{Cause, Rendition, Role, Step, Work};

/// The most that is shown of a file of words.
pub(super) const MOST: u64 = 8 << 20;
/// How lists of films begin, as ffmpeg and browsers read them.
const LISTS: [&str; 3] = ["#EXTM3U", "ffconcat", "[playlist]"];

/// Whether a file of this type is shown as the words that it is.
pub(super) fn is_plain(media_type: &str) -> bool {
    matches!(media_type, "text/plain" | "text/vtt" | "text/csv" | "text/markdown" | "application/x-subrip")
}

pub(super) fn make(work: &mut Work<'_>) -> Step<()> {
    let text = plain(&decode(&read(work)?));
    // A list of films and their places is text, and calls itself a film: nobody is helped by seeing it.
    if LISTS.iter().any(|begin| text.trim_start().starts_with(begin)) {
        return Err(Cause::NoCopy.into());
    }
    write(work, Words { page: 0, name: "words.txt", text: &text, settings: "as plain text" })
}

/// All of a file of words, unless it is too large to be one.
pub(super) fn read(work: &Work<'_>) -> Step<Vec<u8>> {
    if work.length > MOST {
        return Err(Cause::TooLarge.into());
    }
    let mut bytes = Vec::new();
    File::open(work.file)?.take(MOST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Words that are to be a copy.
pub(super) struct Words<'a> {
    /// Which page; 0 without pages.
    pub page: u32,
    /// The copy's name in the folder.
    pub name: &'a str,
    /// The words.
    pub text: &'a str,
    /// What was done to get them.
    pub settings: &'a str,
}

/// Writes words down as a copy. The file must not be there yet: a tool that was taken over could have left a link there
/// to a file of ours, for us to write to.
pub(super) fn write(work: &mut Work<'_>, words: Words<'_>) -> Step<()> {
    let path = work.folder.join(words.name);
    let mut file = File::create_new(path)?;
    file.write_all(words.text.as_bytes())?;
    let own = format!("heard {}", env!("CARGO_PKG_VERSION"));
    let (tool, settings) = work.after_drawing(own, words.settings.to_owned());
    work.made.push(Rendition {
        role: Role::Words,
        page: words.page,
        name: words.name.to_owned(),
        media_type: "text/plain",
        bytes: words.text.len() as u64,
        seconds: 0.0,
        plays_ms: None,
        tool,
        settings,
    });
    Ok(())
}

/// UTF-8 and UTF-16 as they say they are; else the older letters of Western Europe.
fn decode(bytes: &[u8]) -> String {
    let wide = |of: fn([u8; 2]) -> u16, bytes: &[u8]| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|two| of([two[0], two[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xFF, 0xFE, rest @ ..] => wide(u16::from_le_bytes, rest),
        [0xFE, 0xFF, rest @ ..] => wide(u16::from_be_bytes, rest),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|byte| windows_1252(*byte)).collect(),
        },
    }
}

/// Windows-1252, which is Latin-1 but for 27 signs that people use (the five that it leaves free stay unknown).
pub(super) fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{FFFD}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{FFFD}', 'Ž', '\u{FFFD}',
        '\u{FFFD}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{FFFD}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9F => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// Letters, spaces and line ends only: no control characters, and no marks that turn the order of letters round.
pub(super) fn plain(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    text.replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .filter(|c| matches!(c, '\n' | '\t') || !(c.is_control() || turns(*c)))
        .collect()
}

/// The words between the tags of a document's text. Nothing else of XML is understood, so nothing else can happen.
pub(super) fn words_of_xml(xml: &str) -> String {
    let is_word = xml.contains("<w:document");
    let mut out = String::new();
    let mut takes = !is_word;
    for piece in xml.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        let name = tag.split([' ', '/', '\n']).find(|part| !part.is_empty()).unwrap_or_default();
        let closes = tag.starts_with('/');
        match (name, closes) {
            ("w:t", _) => takes = !closes && !tag.ends_with('/'),
            ("w:p" | "text:p" | "text:h", true) => out.push('\n'),
            ("w:br" | "w:cr" | "text:line-break", _) => out.push('\n'),
            ("w:tab" | "text:tab" | "w:tc" | "table:table-cell", _) => out.push('\t'),
            ("text:s", _) => out.push(' '),
            _ => {}
        }
        if takes {
            out.push_str(&entities(text));
        }
    }
    out
}

fn entities(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let named = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'");
    let mut out = String::new();
    let mut rest = named.as_str();
    while let Some(at) = rest.find("&#") {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let number = rest.find(';').filter(|end| *end <= 10).and_then(|end| {
            let digits = &rest[2..end];
            let code = match digits.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => digits.parse().ok(),
            };
            Some((char::from_u32(code?)?, end))
        });
        match number {
            Some((letter, end)) => {
                out.push(letter);
                rest = &rest[end + 1..];
            }
            None => {
                out.push_str("&#");
                rest = &rest[2..];
            }
        }
    }
    out.push_str(rest);
    out.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_every_age_are_read() {
        assert_eq!(decode(b"\xEF\xBB\xBFcaf\xC3\xA9"), "café");
        assert_eq!(decode(b"\xFF\xFEh\0i\0"), "hi");
        assert_eq!(decode(b"it\x92s caf\xE9"), "it’s café");
        assert_eq!(plain("a\r\nb\u{1b}[31m\u{202E}c\0"), "a\nb[31mc");
    }

    #[test]
    fn an_office_document_gives_its_words_and_nothing_crossed_out() {
        let word = "<?xml version=\"1.0\"?><w:document><w:p><w:r><w:t xml:space=\"preserve\">I like </w:t></w:r>\
                    <w:del><w:r><w:delText>not</w:delText></w:r></w:del><w:r><w:t>art &amp; &#x263A;</w:t></w:r></w:p>\
                    <w:p><w:instrText>DDEAUTO calc</w:instrText></w:p></w:document>";
        assert_eq!(words_of_xml(word), "I like art & ☺\n\n");
        let open = "<office:text><text:h>My day</text:h><text:p>One<text:tab/>two &lt;3</text:p></office:text>";
        assert_eq!(words_of_xml(open), "My day\nOne\ttwo <3\n");
        for odd in ["", "<", "&#", "<a>&#xFFFFFFFF;&#;&#x;</a>", "<w:t", "<<>>", "<a>&#é;</a>"] {
            let _ = words_of_xml(odd);
        }
    }
}
