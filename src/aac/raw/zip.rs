//! Zip files without trust: parts are looked up by name and opened in memory, never written anywhere. What is unpacked
//! is counted as it comes, whatever the headers say; parts that lie on top of each other are refused; where the list of
//! parts at the end is missing, the parts are found by their own headers.
//!
//! The format: PKWARE APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3; inflating is RFC 1951.

use std::collections::HashMap;

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};

use super::{Source, little};

const LOCAL: &[u8] = b"PK\x03\x04";
const LISTED: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";

/// How much may come out of a zip file, and of how many parts.
#[derive(Clone, Copy, Debug)]
pub(in crate::aac) struct Most {
    /// Parts that are listed.
    pub parts: usize,
    /// Bytes of one part.
    pub part: usize,
    /// How many times larger a part may be than what it is packed in, once it is larger than 1 MiB.
    pub times: usize,
}

/// A part of the zip file.
#[derive(Clone, Debug)]
pub(in crate::aac) struct Part {
    /// Its name, with `/` between folders.
    pub name: String,
    method: u16,
    locked: bool,
    crc: u32,
    packed: u64,
    header: u64,
    /// Whether the sizes and the check number are known.
    listed: bool,
}

/// Why a part cannot be read, or not to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::aac) enum Fault {
    /// It needs a password.
    Locked,
    /// It is packed in a way we do not know.
    Method,
    /// It is broken; what came before is there.
    Damaged,
    /// It stops early; what came before is there.
    Early,
    /// All of it is there, and its check number says that something is changed.
    Changed,
    /// It would unpack to more than we allow.
    TooLarge,
}

/// What a zip file holds.
#[derive(Debug, Default)]
pub(in crate::aac) struct Archive {
    /// The parts in the order of the list.
    pub parts: Vec<Part>,
    /// The list of parts at the end is missing or broken.
    pub list_missing: bool,
    /// There are more parts than we look at.
    pub too_many: bool,
    /// Names that would lead out of the file; such parts are left alone.
    pub unsafe_names: usize,
    /// Parts that lie on top of each other, as honest files have none; they are left alone.
    pub overlapping: usize,
}

impl Archive {
    /// Reads the list of parts.
    pub(in crate::aac) fn open(source: &dyn Source, most: Most) -> Archive {
        let mut archive = from_list(source, most).filter(|found| !found.parts.is_empty()).unwrap_or_else(|| {
            let found = from_headers(source, most);
            Archive { list_missing: true, ..found }
        });
        archive.leave_unsafe_names();
        archive.leave_overlapping();
        archive
    }

    fn leave_unsafe_names(&mut self) {
        let before = self.parts.len();
        self.parts.retain(|part| is_inside(&part.name));
        self.unsafe_names = before - self.parts.len();
        self.parts.retain(|part| !is_of_the_system(&part.name) && !part.name.ends_with('/'));
    }

    /// A part that begins before the one before it ends shares its bytes: a bomb. The same part listed twice is one.
    fn leave_overlapping(&mut self) {
        let mut seen = HashMap::new();
        self.parts.retain(|part| seen.insert((part.header, part.name.clone()), ()).is_none());
        let mut order: Vec<usize> = (0..self.parts.len()).filter(|at| self.parts[*at].listed).collect();
        order.sort_by_key(|at| self.parts[*at].header);
        let mut bad = vec![false; self.parts.len()];
        let mut furthest: Option<(u64, usize)> = None;
        for at in order {
            let part = &self.parts[at];
            let end = part.header.saturating_add(30 + part.name.len() as u64).saturating_add(part.packed);
            if let Some((ends, other)) = furthest.filter(|(ends, _)| *ends > part.header) {
                bad[at] = true;
                bad[other] = true;
                furthest = Some((ends.max(end), if end > ends { at } else { other }));
                continue;
            }
            furthest = Some((end, at));
        }
        self.overlapping = bad.iter().filter(|bad| **bad).count();
        let mut bad = bad.into_iter();
        self.parts.retain(|_| !bad.next().unwrap_or(false));
    }
}

/// Whether a name stays inside the file: no root, no drive, no way up.
fn is_inside(name: &str) -> bool {
    let drive = name.as_bytes().get(1) == Some(&b':');
    !name.is_empty()
        && !name.starts_with('/')
        && !drive
        && !name.contains('\0')
        && name.split('/').all(|step| step != "..")
}

fn is_of_the_system(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or_default();
    name.starts_with("__MACOSX/") || last.starts_with("._") || last == ".DS_Store"
}

/// The list at the end of the file.
fn from_list(source: &dyn Source, most: Most) -> Option<Archive> {
    let length = source.length();
    let tail_at = length.saturating_sub(22 + 65_535 + 20);
    let tail = source.bytes(tail_at, 22 + 65_535 + 20);
    let end = tail.windows(4).rposition(|four| four == END)?;
    let size = little::<4>(&tail, end + 12)?;
    let told_at = little::<4>(&tail, end + 16)?;
    // Bytes before the zip file, or a list of more than 32 bits: the list ends where its end mark begins.
    let end_at = tail_at + end as u64;
    let told = source.bytes(told_at, 4) == LISTED && told_at < end_at;
    let (at, shift) = match told {
        true => (told_at, 0),
        false => (end_at.checked_sub(size)?, end_at.checked_sub(size)?.saturating_sub(told_at)),
    };
    let list_length = usize::try_from(end_at.checked_sub(at)?).ok()?.min(8 << 20);
    let list = source.bytes(at, list_length);
    let mut archive = Archive::default();
    let mut here = 0;
    while list.get(here..here + 4) == Some(LISTED) {
        if archive.parts.len() >= most.parts {
            archive.too_many = true;
            break;
        }
        let Some((part, next)) = listed_part(&list, here, shift) else {
            archive.list_missing = true;
            break;
        };
        archive.parts.push(part);
        here = next;
    }
    let told = little::<2>(&tail, end + 10)?;
    archive.list_missing |= !archive.too_many && told != 0xFFFF && told > archive.parts.len() as u64;
    Some(archive)
}

fn listed_part(list: &[u8], at: usize, shift: u64) -> Option<(Part, usize)> {
    let flags = little::<2>(list, at + 8)?;
    let (name_length, extra_length, note_length) = (
        little::<2>(list, at + 28)? as usize,
        little::<2>(list, at + 30)? as usize,
        little::<2>(list, at + 32)? as usize,
    );
    let name = list.get(at + 46..at + 46 + name_length)?;
    let extra = list.get(at + 46 + name_length..at + 46 + name_length + extra_length).unwrap_or_default();
    let mut wide = wide_numbers(extra).into_iter();
    let mut or_wide = |number: u64| if number == 0xFFFF_FFFF { wide.next().unwrap_or(number) } else { number };
    // The unpacked size comes first; what comes out is counted, so it is not kept.
    or_wide(little::<4>(list, at + 24)?);
    let packed = or_wide(little::<4>(list, at + 20)?);
    let header = or_wide(little::<4>(list, at + 42)?);
    let part = Part {
        name: name_of(name),
        method: little::<2>(list, at + 10)? as u16,
        locked: flags & 1 == 1,
        crc: little::<4>(list, at + 16)? as u32,
        packed,
        header: header.checked_add(shift)?,
        listed: true,
    };
    Some((part, at + 46 + name_length + extra_length + note_length))
}

/// The numbers of 64 bits that stand in for numbers that do not fit.
fn wide_numbers(mut extra: &[u8]) -> Vec<u64> {
    while let (Some(id), Some(size)) = (little::<2>(extra, 0), little::<2>(extra, 2)) {
        let body = extra.get(4..4 + size as usize).unwrap_or_default();
        if id == 1 {
            return body.chunks_exact(8).filter_map(|eight| little::<8>(eight, 0)).collect();
        }
        extra = extra.get(4 + size as usize..).unwrap_or_default();
    }
    Vec::new()
}

fn name_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace('\\', "/").trim_start_matches("./").to_owned()
}

/// Walks from header to header: for files whose end is missing. Not more than the first 64 MiB are looked at.
fn from_headers(source: &dyn Source, most: Most) -> Archive {
    let bytes = source.bytes(0, 64 << 20);
    let mut archive = Archive::default();
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| find(rest, LOCAL)) {
        at += found;
        if archive.parts.len() >= most.parts {
            archive.too_many = true;
            break;
        }
        let Some(part) = part_of_header(&bytes, at) else { break };
        let body = at + 30 + little::<2>(&bytes, at + 26).unwrap_or(0) as usize;
        at = body.saturating_add(if part.listed { usize::try_from(part.packed).unwrap_or(usize::MAX) } else { 0 });
        archive.parts.push(part);
    }
    archive
}

fn find(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|byte| *byte == mark[0]) {
        if bytes[from + at..].starts_with(mark) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

fn part_of_header(bytes: &[u8], at: usize) -> Option<Part> {
    let flags = little::<2>(bytes, at + 6)?;
    let name_length = little::<2>(bytes, at + 26)? as usize;
    let name = bytes.get(at + 30..at + 30 + name_length)?;
    let packed = little::<4>(bytes, at + 18)?;
    // Bit 3: the sizes follow the part, so that only unpacking finds its end.
    let listed = flags & 8 == 0 || packed != 0;
    Some(Part {
        name: name_of(name),
        method: little::<2>(bytes, at + 8)? as u16,
        locked: flags & 1 == 1,
        crc: little::<4>(bytes, at + 14)? as u32,
        packed,
        header: at as u64,
        listed,
    })
}

impl Part {
    /// The bytes of the part, at most `left`, and what is wrong with them.
    pub(in crate::aac) fn read(&self, source: &dyn Source, most: Most, left: usize) -> (Vec<u8>, Option<Fault>) {
        if self.locked {
            return (Vec::new(), Some(Fault::Locked));
        }
        let head = source.bytes(self.header, 30);
        let lengths = little::<2>(&head, 26).zip(little::<2>(&head, 28)).filter(|_| head.starts_with(LOCAL));
        let Some((name_length, extra_length)) = lengths else { return (Vec::new(), Some(Fault::Damaged)) };
        let body = self.header + 30 + name_length + extra_length;
        let at_most = most.part.min(left);
        let there = if self.listed { self.packed } else { source.length().saturating_sub(body) };
        let there = usize::try_from(there).unwrap_or(usize::MAX).min(at_most.saturating_add(1 << 20));
        // Where its size is not known, little is looked at first: it may end long before the file does.
        let mut take = if self.listed || self.method != 8 { there } else { there.min(64 << 10) };
        let (bytes, fault) = loop {
            let packed = source.bytes(body, take);
            let cut = packed.len() < there;
            match self.method {
                0 if packed.len() > at_most => break (Vec::new(), Some(Fault::TooLarge)),
                0 => break (packed, cut.then_some(Fault::Early)),
                8 => match inflate(&packed, at_most, most.times) {
                    (_, Some(Fault::Early)) if take < there => take = take.saturating_mul(4).min(there),
                    came => break came,
                },
                _ => break (Vec::new(), Some(Fault::Method)),
            }
        };
        let changed = fault.is_none() && self.listed && crc32fast::hash(&bytes) != self.crc;
        (bytes, if changed { Some(Fault::Changed) } else { fault })
    }
}

/// Unpacks at most `most` bytes.
pub(in crate::aac) fn inflate(packed: &[u8], most: usize, times: usize) -> (Vec<u8>, Option<Fault>) {
    let most = most.min(packed.len().saturating_mul(times).max(1 << 20));
    let flags = inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let mut state = Box::<DecompressorOxide>::default();
    let mut bytes = vec![0; packed.len().saturating_mul(3).clamp(256, most.max(256))];
    let (mut read, mut written) = (0, 0);
    loop {
        let rest = packed.get(read..).unwrap_or_default();
        let (status, took, gave) = decompress(&mut state, rest, &mut bytes, written, flags);
        read += took;
        written += gave;
        match status {
            TINFLStatus::HasMoreOutput if bytes.len() >= most => return (Vec::new(), Some(Fault::TooLarge)),
            TINFLStatus::HasMoreOutput => bytes.resize(bytes.len().saturating_mul(2).min(most), 0),
            done => {
                bytes.truncate(written);
                let fault = match done {
                    TINFLStatus::Done => None,
                    TINFLStatus::NeedsMoreInput | TINFLStatus::FailedCannotMakeProgress => Some(Fault::Early),
                    _ => Some(Fault::Damaged),
                };
                return (bytes, fault);
            }
        }
    }
}
