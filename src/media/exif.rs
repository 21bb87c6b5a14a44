//! What a photo says about itself, by Exif: which way is up, where and when it was taken, and with what.
//!
//! Reads a file's first bytes only, and believes nothing: an entry that points outside them is not there. It serves two
//! ends: turning a picture upright where the tool that reads it does not, and telling people what their file gives away.
//! Numbers: CIPA DC-008 (Exif 2.32), TIFF 6.0.

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exif {
    /// Which way is up: 1 (as it is) to 8.
    pub orientation: Option<u16>,
    /// It says where it was taken.
    pub has_location: bool,
    /// When it was made, by the device's own clock: `2026:11:22 13:05:00`.
    pub made: Option<String>,
    /// The time zone of that, where the device wrote it: `+01:00`.
    pub zone: Option<String>,
    /// Who built the device, and what they call it. Never its serial number.
    pub device: Option<String>,
    /// The program that wrote it last.
    pub software: Option<String>,
}

/// How many of a file's first bytes are worth giving to [`read`].
pub const LOOKS_AT: usize = 1 << 20;

/// Reads what the first bytes of a file say; none where they hold no Exif.
pub fn read(head: &[u8]) -> Option<Exif> {
    let start = match head {
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => 0,
        _ => begin_of_exif(head)?,
    };
    Tiff::open(head.get(start..)?).map(|tiff| tiff.facts())
}

/// In JPEG and HEIC it begins with a name; in PNG and WebP with the name of its chunk and a length.
fn begin_of_exif(head: &[u8]) -> Option<usize> {
    let is_tiff = |at: usize| matches!(head.get(at..at + 4), Some(b"II\x2A\0" | b"MM\0\x2A"));
    let after = |word: &[u8], skip: usize| {
        head.windows(word.len())
            .enumerate()
            .filter(|(_, w)| *w == word)
            .map(|(at, _)| at + word.len() + skip)
            .find(|at| is_tiff(*at))
    };
    // HEIC may leave the name out: then four zero bytes, an offset of nothing, come before it.
    let is_heif = head.get(4..8) == Some(b"ftyp");
    let nameless = || if is_heif { after(&[0; 4], 0) } else { None };
    after(b"Exif\0\0", 0).or_else(|| after(b"eXIf", 0)).or_else(|| after(b"EXIF", 4)).or_else(nameless)
}

struct Tiff<'a> {
    bytes: &'a [u8],
    big: bool,
}

/// One entry of a directory: its type, how many values, and where they are.
struct Entry {
    kind: u16,
    count: usize,
    at: usize,
}

impl<'a> Tiff<'a> {
    fn open(bytes: &'a [u8]) -> Option<Tiff<'a>> {
        match bytes.get(..2)? {
            b"II" => Some(Tiff { bytes, big: false }),
            b"MM" => Some(Tiff { bytes, big: true }),
            _ => None,
        }
    }

    fn u16(&self, at: usize) -> Option<u16> {
        let two: [u8; 2] = self.bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if self.big { u16::from_be_bytes(two) } else { u16::from_le_bytes(two) })
    }

    fn u32(&self, at: usize) -> Option<usize> {
        let four: [u8; 4] = self.bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        let number = if self.big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) };
        usize::try_from(number).ok()
    }

    fn entry(&self, directory: usize, tag: u16) -> Option<Entry> {
        let count = usize::from(self.u16(directory)?).min(500);
        let at = (0..count).map(|n| directory + 2 + n * 12).find(|at| self.u16(*at) == Some(tag))?;
        let (kind, count) = (self.u16(at + 2)?, self.u32(at + 4)?);
        let size = match kind {
            3 => 2,
            4 | 9 => 4,
            5 | 10 => 8,
            _ => 1,
        };
        let at = if count.checked_mul(size)? <= 4 { at + 8 } else { self.u32(at + 8)? };
        Some(Entry { kind, count, at })
    }

    fn short(&self, directory: usize, tag: u16) -> Option<u16> {
        let entry = self.entry(directory, tag)?;
        (entry.kind == 3).then(|| self.u16(entry.at)).flatten()
    }

    fn words(&self, directory: usize, tag: u16) -> Option<String> {
        let entry = self.entry(directory, tag)?;
        let end = entry.at.checked_add(entry.count.min(200))?;
        let bytes = self.bytes.get(entry.at..end).filter(|_| entry.kind == 2)?;
        let text: String = String::from_utf8_lossy(bytes).chars().filter(|c| !c.is_control()).collect();
        let text = text.trim().to_owned();
        (!text.is_empty()).then_some(text)
    }

    fn facts(&self) -> Exif {
        let Some(first) = self.u32(4) else { return Exif::default() };
        let inner = |tag| self.entry(first, tag).and_then(|entry| self.u32(entry.at));
        let (exif, gps) = (inner(0x8769), inner(0x8825));
        let made = exif.and_then(|exif| self.words(exif, 0x9003)).or_else(|| self.words(first, 0x0132));
        let zone = exif.and_then(|exif| self.words(exif, 0x9011).or_else(|| self.words(exif, 0x9010)));
        let device: Vec<String> = [0x010F, 0x0110].into_iter().filter_map(|tag| self.words(first, tag)).collect();
        Exif {
            orientation: self.short(first, 0x0112).filter(|way| (1..=8).contains(way)),
            // Latitude, longitude or a place's name; a directory with a version only says nothing.
            has_location: gps.is_some_and(|gps| [2, 4, 0x1B, 0x1C].iter().any(|tag| self.entry(gps, *tag).is_some())),
            made,
            zone,
            device: (!device.is_empty()).then(|| device.join(" ")),
            software: self.words(first, 0x0131),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A big-endian Exif block with these entries of two bytes, and a directory of places where `place` says so.
    fn block(orientation: u16, place: bool) -> Vec<u8> {
        let mut bytes = b"MM\0\x2A\0\0\0\x08\0\x02".to_vec();
        bytes.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1]);
        bytes.extend(orientation.to_be_bytes());
        bytes.extend([0, 0, 0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38, 0, 0, 0, 0]);
        bytes.extend(if place { [0, 1, 0, 2, 0, 5, 0, 0, 0, 3] } else { [0, 1, 0, 0, 0, 1, 0, 0, 0, 4] });
        bytes.extend([0, 0, 0, 0]);
        bytes
    }

    #[test]
    fn a_photo_says_which_way_is_up_and_where_it_was_taken() {
        let photo = [b"\xFF\xD8\xFF\xE1\0\x60Exif\0\0".to_vec(), block(6, true)].concat();
        let facts = read(&photo).expect("it has Exif");
        assert_eq!((facts.orientation, facts.has_location), (Some(6), true));
        let picture = [b"\x89PNG\r\n\x1A\n\0\0\0\x30eXIf".to_vec(), block(3, false)].concat();
        let facts = read(&picture).expect("it has Exif");
        assert_eq!((facts.orientation, facts.has_location), (Some(3), false));
        assert_eq!(read(b"\xFF\xD8\xFF\xDB no Exif"), None);
    }

    #[test]
    fn entries_that_point_nowhere_are_not_there() {
        let whole = block(9, true);
        assert_eq!(read(&whole).and_then(|facts| facts.orientation), None);
        for end in 0..whole.len() {
            let _ = read(&whole[..end]);
        }
        let mut wild = whole.clone();
        wild[4..8].copy_from_slice(&[0xFF; 4]);
        assert_eq!(read(&wild), Some(Exif::default()));
    }
}
