//! Changes files at random, with some knowledge of how they are built: words of the format, splices from other samples,
//! numbers at their edges, pieces said again and again, pages of a database, parts of a zip file.

use super::seeds::{Dice, zipped};

/// What stands in the way of a reader, whatever the format.
const ODD: [&[u8]; 44] = [
    b"\"",
    b"{",
    b"}",
    b"[",
    b"]",
    b"<",
    b"</",
    b"/>",
    b"<![CDATA[",
    b"]]>",
    b"<!DOCTYPE a [",
    b"<!--",
    b"-->",
    b"&#x41;",
    b"&lt;",
    b"/*",
    b"*/",
    b"//",
    b"null",
    b"true",
    b"false",
    b"-1",
    b"1e999",
    b"99999999999",
    b"0.5",
    b"\\u0000",
    b"\\ud800",
    b"\\",
    b"\0",
    b"\xFF\xFE",
    b"\xEF\xBB\xBF",
    b"\xFF\xFF\xFF\xFF",
    b"\x7F\xFF\xFF\xFF",
    b"PK\x03\x04",
    b"PK\x01\x02",
    b"PK\x05\x06",
    b"\r\n",
    b"\x80",
    b"..",
    b"/",
    b":",
    b",",
    b"\"\"",
    b"\t",
];
const EDGES: [u64; 14] = [0, 1, 2, 7, 8, 127, 128, 255, 256, 32_767, 65_535, 0x7FFF_FFFF, 0xFFFF_FFFF, u64::MAX];

/// A sample, in the way in which it is changed.
pub enum Seed {
    Plain(Vec<u8>),
    /// The parts of a zip file, unpacked, so that a change in one of them is not only a wrong check number.
    Parts(Vec<(String, Vec<u8>)>),
}

impl Seed {
    pub fn new(file: Vec<u8>) -> Seed {
        match parts(&file) {
            Some(parts) if !parts.is_empty() => Seed::Parts(parts),
            _ => Seed::Plain(file),
        }
    }

    /// The pieces that words and splices are taken from.
    fn pieces(&self) -> Vec<&[u8]> {
        match self {
            Seed::Plain(file) => vec![file],
            Seed::Parts(parts) => parts.iter().map(|(_, bytes)| bytes.as_slice()).collect(),
        }
    }

    fn file(&self) -> Vec<u8> {
        match self {
            Seed::Plain(file) => file.clone(),
            Seed::Parts(parts) => packed(parts),
        }
    }
}

fn packed(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    zipped(&parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect::<Vec<_>>())
}

/// The parts of an honest zip file.
fn parts(file: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let number = |at: usize, size: usize| -> Option<usize> {
        Some(file.get(at..at + size)?.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte)))
    };
    let end = file.windows(4).rposition(|four| four == b"PK\x05\x06").filter(|_| file.starts_with(b"PK"))?;
    let mut at = number(end + 16, 4)?;
    let mut parts = Vec::new();
    while file.get(at..at + 4)? == b"PK\x01\x02" {
        let (packed, name, header) = (number(at + 20, 4)?, number(at + 28, 2)?, number(at + 42, 4)?);
        let body = header + 30 + number(header + 26, 2)? + number(header + 28, 2)?;
        let bytes = file.get(body..body + packed)?;
        let bytes = match number(at + 10, 2)? {
            0 => bytes.to_vec(),
            _ => miniz_oxide::inflate::decompress_to_vec(bytes).ok()?,
        };
        parts.push((String::from_utf8(file.get(at + 46..at + 46 + name)?.to_vec()).ok()?, bytes));
        at += 46 + name + number(at + 30, 2)? + number(at + 32, 2)?;
    }
    Some(parts)
}

/// The words that the samples are written in, with what stands around them: names of fields and elements, marks, codes.
pub fn words(seeds: &[Seed]) -> Vec<Vec<u8>> {
    let mut words: Vec<Vec<u8>> = ODD.iter().map(|word| word.to_vec()).collect();
    for piece in seeds.iter().flat_map(Seed::pieces) {
        let of_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-#$@".contains(byte);
        let mut from = 0;
        for run in piece.split(|byte| !of_word(byte)) {
            let (start, end) = (from.max(1) - 1, (from + run.len() + 1).min(piece.len()));
            from += run.len() + 1;
            if (2..40).contains(&run.len())
                && words.len() < 3_000
                && !words.iter().any(|word| word == &piece[start..end])
            {
                words.push(piece[start..end].to_vec());
            }
        }
    }
    words
}

/// One of the samples, changed; `largest` is about how many bytes it may grow to.
pub fn changed(dice: &mut Dice, seeds: &[Seed], words: &[Vec<u8>], largest: usize) -> Vec<u8> {
    let pieces: Vec<&[u8]> = seeds.iter().flat_map(Seed::pieces).collect();
    let mut hand = Hand { dice, words, pieces, largest };
    let seed = &seeds[hand.dice.below(seeds.len())];
    let mut file = match seed {
        Seed::Parts(parts) if hand.dice.below(4) > 0 => {
            let mut parts = parts.clone();
            for _ in 0..=hand.dice.below(3) {
                let at = hand.dice.below(parts.len());
                match hand.dice.below(12) {
                    0 => drop(parts.remove(at)),
                    1 => parts.push(parts[at].clone()),
                    2 => parts[at].0 = String::from_utf8_lossy(hand.word()).into_owned(),
                    3 => parts[at].1 = packed(&parts),
                    _ => hand.change(&mut parts[at].1),
                }
                if parts.is_empty() {
                    break;
                }
            }
            packed(&parts)
        }
        other => {
            let mut file = other.file();
            hand.change(&mut file);
            file
        }
    };
    if hand.dice.below(20) == 0 {
        file.truncate(hand.dice.below(file.len()));
    }
    file
}

struct Hand<'a> {
    dice: &'a mut Dice,
    words: &'a [Vec<u8>],
    pieces: Vec<&'a [u8]>,
    largest: usize,
}

impl Hand<'_> {
    fn word(&mut self) -> &[u8] {
        &self.words[self.dice.below(self.words.len())]
    }

    fn range(&mut self, length: usize, most: usize) -> std::ops::Range<usize> {
        let from = self.dice.below(length);
        from..(from + 1 + self.dice.below(most)).min(length)
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.dice.below(8) {
            if bytes.is_empty() {
                return;
            }
            match bytes.starts_with(b"SQLite format 3\0") && bytes.len() > 100 && self.dice.below(2) == 0 {
                true => self.change_page(bytes),
                false => self.change_anywhere(bytes),
            }
        }
    }

    fn change_anywhere(&mut self, bytes: &mut Vec<u8>) {
        let at = self.dice.below(bytes.len());
        match self.dice.below(10) {
            0 => bytes[at] ^= 1 << self.dice.below(8),
            1 => self.put_number(bytes, at),
            2 => {
                let range = self.range(bytes.len(), 60);
                bytes.drain(range);
            }
            3 | 4 => {
                let word = self.word().to_vec();
                bytes.splice(at..at, word);
            }
            5 => {
                let word = self.word().to_vec();
                let end = (at + word.len()).min(bytes.len());
                bytes.splice(at..end, word);
            }
            // A piece of another sample, in place of a piece of this one.
            6 | 7 => {
                let other = self.pieces[self.dice.below(self.pieces.len())];
                let (taken, over) = (self.range(other.len().max(1), 400), self.range(bytes.len(), 400));
                bytes.splice(over, other.get(taken).unwrap_or_default().iter().copied());
            }
            // A piece said again and again, from twice to as often as the file may grow.
            8 => {
                let piece = bytes[self.range(bytes.len(), 200)].to_vec();
                let room = self.largest.saturating_sub(bytes.len()) / piece.len();
                let often = if self.dice.below(20) == 0 { room } else { room.min(1 + self.dice.below(30)) };
                bytes.splice(at..at, piece.repeat(often));
            }
            _ => {
                let (one, other) = (self.range(bytes.len(), 100), self.range(bytes.len(), 100));
                let piece = bytes[one].to_vec();
                bytes.splice(other, piece);
            }
        }
    }

    /// A number at its edge, of one to eight bytes, in either order.
    fn put_number(&mut self, bytes: &mut [u8], at: usize) {
        let size = 1 << self.dice.below(4);
        let number = EDGES[self.dice.below(EDGES.len())];
        let small_first = self.dice.below(2) == 0;
        for (place, byte) in bytes[at..].iter_mut().take(size).enumerate() {
            let shift = if small_first { place } else { size - 1 - place };
            *byte = (number >> (8 * shift)) as u8;
        }
    }

    /// Where a database's pages say what they are and where their rows lie; and pages that stand in for others.
    fn change_page(&mut self, bytes: &mut [u8]) {
        let size = usize::from(u16::from_be_bytes([bytes[16], bytes[17]])).max(512);
        let page = |dice: &mut Dice| size * dice.below(bytes.len().div_ceil(size));
        let (one, other) = (page(self.dice), page(self.dice));
        let near = |dice: &mut Dice, most: usize| one + dice.below(most).min(bytes.len() - one - 1);
        let (in_head, further) = (near(self.dice, 12), near(self.dice, 120));
        match self.dice.below(4) {
            0 => bytes
                .copy_within(one..(one + size).min(bytes.len()), other.min(bytes.len() - size.min(bytes.len() - one))),
            1 => self.put_number(bytes, in_head),
            _ => bytes[further] = self.dice.below(256) as u8,
        }
    }
}
