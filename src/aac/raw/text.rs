//! Letters: UTF-8, UTF-16 with or without a mark, and Windows-1252, told apart by the bytes; and words made harmless to
//! show. The table for 0x80 to 0x9F is the one of the WHATWG Encoding Standard.

use std::borrow::Cow;

/// The longest label or line that is kept whole.
const LONGEST: usize = 20_000;

/// The letters of a text file.
pub(in crate::aac) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        return eight_bit(rest);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFF\xFE") {
        return Cow::Owned(sixteen_bit(rest, u16::from_le_bytes));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFE\xFF") {
        return Cow::Owned(sixteen_bit(rest, u16::from_be_bytes));
    }
    match wide_without_mark(bytes) {
        Some(read) => Cow::Owned(sixteen_bit(bytes, read)),
        None => eight_bit(bytes),
    }
}

/// UTF-16 without its mark: nearly every second byte of the beginning is zero, on one side.
fn wide_without_mark(bytes: &[u8]) -> Option<fn([u8; 2]) -> u16> {
    let look = &bytes[..bytes.len().min(512) & !1];
    let zeros = |from: usize| look.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, pairs) = (zeros(0), zeros(1), look.len() / 2);
    match () {
        () if pairs >= 4 && odd * 10 >= pairs * 7 && even * 10 <= pairs => Some(u16::from_le_bytes),
        () if pairs >= 4 && even * 10 >= pairs * 7 && odd * 10 <= pairs => Some(u16::from_be_bytes),
        () => None,
    }
}

fn sixteen_bit(bytes: &[u8], read: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| read([pair[0], pair[1]]));
    char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// UTF-8; where nearly nothing outside ASCII is, Windows-1252; else UTF-8 with the damage marked.
fn eight_bit(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(fault) if fault.error_len().is_none() => String::from_utf8_lossy(bytes),
        Err(_) if has_longer_letters(bytes) => String::from_utf8_lossy(bytes),
        Err(_) => Cow::Owned(bytes.iter().map(|byte| western(*byte)).collect()),
    }
}

/// Whether some letters are whole letters of UTF-8 of several bytes: then the rest is damage and not another alphabet.
fn has_longer_letters(bytes: &[u8]) -> bool {
    let whole = bytes.utf8_chunks().flat_map(|chunk| chunk.valid().chars()).filter(|letter| !letter.is_ascii()).count();
    let broken = bytes.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count();
    whole >= broken
}

fn western(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9F => HIGH[usize::from(byte - 0x80)],
        other => char::from(other),
    }
}

/// Words as they can be shown and printed: control characters stand as the mark for "a letter that is not one", line
/// ends are alike, markup and marks of direction stay what they are, letters.
pub(in crate::aac) fn harmless(text: &str) -> String {
    let mut shown = String::with_capacity(text.len().min(LONGEST));
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if shown.len() >= LONGEST {
            shown.push('…');
            break;
        }
        match letter {
            '\r' if letters.peek() == Some(&'\n') => {}
            '\r' | '\u{2028}' | '\u{2029}' => shown.push('\n'),
            '\n' | '\t' => shown.push(letter),
            '\u{FEFF}' => {}
            other if other.is_control() => shown.push(char::REPLACEMENT_CHARACTER),
            other => shown.push(other),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_read_in_the_encodings_that_devices_write() {
        let wide = |mark: &[u8], read: fn(u16) -> [u8; 2]| {
            let letters: Vec<u8> = "naïve?".encode_utf16().flat_map(read).collect();
            [mark, &letters].concat()
        };
        for bytes in [
            "naïve?".as_bytes().to_vec(),
            [b"\xEF\xBB\xBF", "naïve?".as_bytes()].concat(),
            wide(b"\xFF\xFE", u16::to_le_bytes),
            wide(b"\xFE\xFF", u16::to_be_bytes),
            wide(b"", u16::to_le_bytes),
            wide(b"", u16::to_be_bytes),
            b"na\xEFve?".to_vec(),
        ] {
            assert_eq!(decode(&bytes), "naïve?", "{bytes:?}");
        }
        assert_eq!(decode(b"don\x92t"), "don’t");
    }

    #[test]
    fn control_characters_lose_their_power_and_everything_else_stays() {
        assert_eq!(harmless("a\u{1b}[31m\0b\r\nc\rd"), "a\u{FFFD}[31m\u{FFFD}b\nc\nd");
        assert_eq!(harmless("<b>\u{202E}tfel</b> &amp;"), "<b>\u{202E}tfel</b> &amp;");
        assert!(harmless(&"x".repeat(100_000)).len() < 20_100);
    }
}
