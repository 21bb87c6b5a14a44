//! MP4 and its many relatives: MOV, M4A, 3GP, HEIC, AVIF. The brand says which relative; the tracks say whether there
//! is anything to see (ISO/IEC 14496-12, sections 4.2, 4.3 and 8.4.3).

use super::{Kind, Recognised, contains, playable, shown_nowhere};

/// What can be seen of the tracks. The list of tracks may lie at the beginning or at the end of a file.
#[derive(Clone, Copy, Debug, Default)]
struct Tracks {
    /// The whole list was seen, so that what was not found is not there.
    whole: bool,
    moving: bool,
    sound: bool,
    /// A video codec that ordinary browsers play.
    common_codec: bool,
}

pub(super) fn recognise(head: &[u8], tail: &[u8], length: u64) -> Option<Recognised> {
    let brands = match head.get(4..8)? {
        b"ftyp" => brands(head),
        // QuickTime files older than brands.
        b"moov" | b"mdat" | b"wide" | b"pnot" if plausible_size(head, length) => vec![*b"qt  "],
        _ => return None,
    };
    let major = *brands.first()?;
    let has = |wanted: &[&[u8; 4]]| brands.iter().any(|brand| wanted.contains(&brand));
    if has(&[b"avif", b"avis"]) {
        return Some(playable(Kind::Image, "image/avif"));
    }
    if has(&[b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"]) {
        return Some(shown_nowhere(Kind::Image, "image/heic"));
    }
    if &major == b"crx " {
        return Some(shown_nowhere(Kind::Image, "image/x-canon-cr3"));
    }
    let tracks = tracks(head, tail);
    let sound_only = if tracks.whole { tracks.sound && !tracks.moving } else { false };
    let plays = !tracks.moving || tracks.common_codec;
    Some(match &major {
        b"M4A " | b"M4B " | b"M4P " | b"F4A " if !tracks.moving => playable(Kind::Audio, "audio/mp4"),
        [b'3', b'g', ..] if sound_only => shown_nowhere(Kind::Audio, "audio/3gpp"),
        [b'3', b'g', ..] => Recognised { playable_in_browser: tracks.common_codec, ..VIDEO_3GPP },
        b"qt  " if sound_only => shown_nowhere(Kind::Audio, "audio/mp4"),
        b"qt  " => Recognised { playable_in_browser: tracks.common_codec, ..VIDEO_QUICKTIME },
        _ if sound_only => playable(Kind::Audio, "audio/mp4"),
        _ => Recognised { playable_in_browser: plays, ..VIDEO_MP4 },
    })
}

const VIDEO_3GPP: Recognised = shown_nowhere(Kind::Video, "video/3gpp");
const VIDEO_QUICKTIME: Recognised = shown_nowhere(Kind::Video, "video/quicktime");
const VIDEO_MP4: Recognised = shown_nowhere(Kind::Video, "video/mp4");

fn u32_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map(|four| u64::from(u32::from_be_bytes(four)))
}

fn plausible_size(head: &[u8], length: u64) -> bool {
    u32_at(head, 0).is_some_and(|size| size <= 1 || (8..=length).contains(&size))
}

/// The major brand first, then those that the file says it is compatible with.
fn brands(head: &[u8]) -> Vec<[u8; 4]> {
    let size = u32_at(head, 0).unwrap_or(0).min(head.len() as u64).min(512) as usize;
    let four = |at: usize| head.get(at..at + 4).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok());
    let compatible = (16..size.max(16)).step_by(4).filter(|at| at + 4 <= size);
    std::iter::once(8).chain(compatible).filter_map(four).collect()
}

fn tracks(head: &[u8], tail: &[u8]) -> Tracks {
    // At the beginning the boxes can be walked; the end begins somewhere inside a box, so there the word is looked for.
    walk_to_moov(head).or_else(|| find_moov(tail)).map_or_else(Tracks::default, |(moov, whole)| {
        let handler = |kind: &[u8; 4]| handlers(moov).any(|found| found == kind);
        let codecs = [b"avc1" as &[u8], b"avc3", b"vp08", b"vp09", b"av01"];
        Tracks {
            whole,
            moving: handler(b"vide"),
            sound: handler(b"soun"),
            common_codec: codecs.iter().any(|codec| contains(moov, codec)),
        }
    })
}

fn walk_to_moov(head: &[u8]) -> Option<(&[u8], bool)> {
    let mut at = 0usize;
    loop {
        let name = head.get(at + 4..at + 8)?;
        let size = match u32_at(head, at)? {
            1 => u32_at(head, at + 8)? << 32 | u32_at(head, at + 12)?,
            size => size,
        };
        let end = at.checked_add(usize::try_from(size).ok().filter(|size| *size >= 8)?)?;
        if name == b"moov" {
            return Some((&head[at..end.min(head.len())], end <= head.len()));
        }
        at = end;
    }
}

fn find_moov(tail: &[u8]) -> Option<(&[u8], bool)> {
    tail.windows(8).enumerate().filter(|(_, window)| &window[4..] == b"moov").find_map(|(at, _)| {
        let size = usize::try_from(u32_at(tail, at)?).ok()?;
        let inner = tail.get(at + 12..at + 16)?;
        let is_box = size >= 16 && at + size <= tail.len() && inner.iter().all(u8::is_ascii_alphanumeric);
        is_box.then(|| (&tail[at..at + size], true))
    })
}

fn handlers(moov: &[u8]) -> impl Iterator<Item = &[u8]> {
    moov.windows(16).filter(|window| &window[..4] == b"hdlr").map(|window| &window[12..16])
}
