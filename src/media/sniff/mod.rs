//! What a file is, by what is in it. Never by its name and never by what the sender's browser called it.
//!
//! Given the first and the last 64 KiB of a file, [`recognise`] says which kind of evidence it is, what its media type
//! is, and whether an ordinary browser can play or show it as it came. It only looks; whether a file is whole, harmless
//! or truthful inside is for the checks that follow. What it does not know is `unknown`: kept, and said so.
//!
//! Containers that can hold sound or pictures look deeper: an MP4, 3GP, Matroska or Ogg with nothing but sound is
//! sound. Numbers: ISO/IEC 14496-12 (MP4 and its brands), RFC 9559 (Matroska), RFC 3533 (Ogg), RFC 4867 (AMR), PKWARE
//! APPNOTE (zip).

mod bmff;
mod text;
mod zip;

/// How many bytes of the beginning and of the end are worth giving to [`recognise`].
pub const LOOKS_AT: usize = 64 * 1024;

/// What kind of evidence a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Moving pictures, with or without sound.
    Video,
    /// Sound.
    Audio,
    /// A picture.
    Image,
    /// From a communication device or app: a board, a page set, or a record of what was said.
    Aac,
    /// Pictures of pages.
    Scan,
    /// Pages of text.
    Document,
    /// Something that we keep and cannot show.
    Unknown,
}

impl Kind {
    /// The kind's name in tables and addresses.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Video => "video",
            Kind::Audio => "audio",
            Kind::Image => "image",
            Kind::Aac => "aac",
            Kind::Scan => "scan",
            Kind::Document => "document",
            Kind::Unknown => "unknown",
        }
    }
}

/// What a file was recognised as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recognised {
    /// Which kind of evidence.
    pub kind: Kind,
    /// The media type.
    pub media_type: &'static str,
    /// Whether an ordinary browser plays or shows the container as it came.
    pub playable_in_browser: bool,
}

impl Recognised {
    const UNKNOWN: Recognised = shown_nowhere(Kind::Unknown, "application/octet-stream");
    /// A file of no bytes.
    pub const EMPTY: Recognised = shown_nowhere(Kind::Unknown, "application/x-empty");
}

const fn shown_nowhere(kind: Kind, media_type: &'static str) -> Recognised {
    Recognised { kind, media_type, playable_in_browser: false }
}

const fn playable(kind: Kind, media_type: &'static str) -> Recognised {
    Recognised { kind, media_type, playable_in_browser: true }
}

/// Says what a file of `length` bytes is, from its first and last bytes ([`LOOKS_AT`] of each; they may overlap).
pub fn recognise(head: &[u8], tail: &[u8], length: u64) -> Recognised {
    if length == 0 || head.is_empty() {
        return Recognised::EMPTY;
    }
    signature(head)
        .or_else(|| bmff::recognise(head, tail, length))
        .or_else(|| matroska(head))
        .or_else(|| ogg(head))
        .or_else(|| transport_stream(head))
        .or_else(|| zip::recognise(head, tail))
        .or_else(|| pdf(head, tail))
        .or_else(|| sound_without_container(head))
        .or_else(|| text::recognise(head, tail))
        .or_else(|| by_infer(head))
        .unwrap_or(Recognised::UNKNOWN)
}

/// Signatures that stand at the very beginning and say everything.
fn signature(head: &[u8]) -> Option<Recognised> {
    let starts = |magic: &[u8]| head.starts_with(magic);
    let riff = |form: &[u8]| starts(b"RIFF") && head.get(8..12) == Some(form);
    Some(match () {
        () if starts(b"\xFF\xD8\xFF") => playable(Kind::Image, "image/jpeg"),
        () if starts(b"\x89PNG\r\n\x1A\n") => playable(Kind::Image, "image/png"),
        () if starts(b"GIF87a") || starts(b"GIF89a") => playable(Kind::Image, "image/gif"),
        () if riff(b"WEBP") => playable(Kind::Image, "image/webp"),
        () if starts(b"II*\0") || starts(b"MM\0*") => shown_nowhere(Kind::Scan, "image/tiff"),
        () if is_bmp(head) => playable(Kind::Image, "image/bmp"),
        () if riff(b"WAVE") => playable(Kind::Audio, "audio/wav"),
        () if riff(b"AVI ") => shown_nowhere(Kind::Video, "video/x-msvideo"),
        () if starts(b"fLaC") => playable(Kind::Audio, "audio/flac"),
        () if starts(b"#!AMR-WB\n") => shown_nowhere(Kind::Audio, "audio/amr-wb"),
        () if starts(b"#!AMR\n") => shown_nowhere(Kind::Audio, "audio/amr"),
        () if starts(b"FORM") && matches!(head.get(8..12), Some(b"AIFF" | b"AIFC")) => {
            shown_nowhere(Kind::Audio, "audio/aiff")
        }
        () if starts(b"caff\0\x01") => shown_nowhere(Kind::Audio, "audio/x-caf"),
        () if starts(b"SQLite format 3\0") => shown_nowhere(Kind::Aac, "application/vnd.sqlite3"),
        () if starts(b"{\\rtf") => shown_nowhere(Kind::Document, "application/rtf"),
        () if starts(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") => shown_nowhere(Kind::Document, "application/x-ole-storage"),
        () => return None,
    })
}

/// "BM" alone begins many a text; a bitmap also says how long its second header is.
fn is_bmp(head: &[u8]) -> bool {
    head.starts_with(b"BM") && matches!(head.get(14..18), Some([12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0]))
}

/// WebM and Matroska: `V_…` and `A_…` are the names of their tracks' codecs.
fn matroska(head: &[u8]) -> Option<Recognised> {
    if !head.starts_with(b"\x1A\x45\xDF\xA3") {
        return None;
    }
    let webm = contains(&head[..head.len().min(256)], b"webm");
    let track = |letter: u8| head.windows(4).any(|w| w[0] == 0x86 && w[1] >= 0x80 && w[2] == letter && w[3] == b'_');
    let sound_only = track(b'A') && !track(b'V');
    Some(match (webm, sound_only) {
        (true, true) => playable(Kind::Audio, "audio/webm"),
        (true, false) => playable(Kind::Video, "video/webm"),
        (false, true) => shown_nowhere(Kind::Audio, "audio/x-matroska"),
        (false, false) => shown_nowhere(Kind::Video, "video/x-matroska"),
    })
}

fn ogg(head: &[u8]) -> Option<Recognised> {
    if !head.starts_with(b"OggS") {
        return None;
    }
    // The first pages name every stream.
    let first_pages = &head[..head.len().min(1024)];
    let moving = contains(first_pages, b"\x80theora") || contains(first_pages, b"BBCD\0");
    let speex = contains(first_pages, b"Speex   ");
    Some(match (moving, speex) {
        (true, _) => shown_nowhere(Kind::Video, "video/ogg"),
        (false, true) => shown_nowhere(Kind::Audio, "audio/ogg"),
        (false, false) => playable(Kind::Audio, "audio/ogg"),
    })
}

/// What camcorders and television write: packets of 188 bytes that each begin with 0x47 (ISO/IEC 13818-1), or of 192 with
/// four bytes before.
fn transport_stream(head: &[u8]) -> Option<Recognised> {
    let all = |first: usize, each: usize| (0..5).all(|n| head.get(first + n * each) == Some(&0x47));
    (all(0, 188) || all(4, 192)).then_some(shown_nowhere(Kind::Video, "video/mp2t"))
}

/// A PDF whose pages are pictures and hold no font is a scan.
fn pdf(head: &[u8], tail: &[u8]) -> Option<Recognised> {
    if !contains(&head[..head.len().min(1024)], b"%PDF-") {
        return None;
    }
    let says = |word: &[u8]| contains(head, word) || contains(tail, word);
    let pictures = [b"/DCTDecode" as &[u8], b"/CCITTFaxDecode", b"/JBIG2Decode", b"/JPXDecode"];
    let kind = if !says(b"/Font") && pictures.iter().any(|word| says(word)) { Kind::Scan } else { Kind::Document };
    Some(shown_nowhere(kind, "application/pdf"))
}

/// MP3 and AAC have no container: frames follow each other from the first byte, or after an ID3 label.
fn sound_without_container(head: &[u8]) -> Option<Recognised> {
    if head.starts_with(b"ID3") && head.len() > 10 {
        return Some(playable(Kind::Audio, "audio/mpeg"));
    }
    let [first, second, third, fourth, ..] = *head else { return None };
    if first != 0xFF || second & 0xE0 != 0xE0 {
        return None;
    }
    let layer = (second >> 1) & 3;
    if layer == 0 && second & 0xF0 == 0xF0 {
        let frame = usize::from(fourth & 3) << 11
            | head.get(4).map_or(0, |b| usize::from(*b) << 3)
            | head.get(5).map_or(0, |b| usize::from(*b) >> 5);
        let again = head.get(frame..frame + 2);
        let follows = again.is_some_and(|next| frame > 7 && next[0] == 0xFF && next[1] & 0xF6 == 0xF0);
        return follows.then_some(playable(Kind::Audio, "audio/aac"));
    }
    let version = (second >> 3) & 3;
    let (rate, sampling) = (third >> 4, (third >> 2) & 3);
    let sound = layer == 1 && version != 1 && rate != 0 && rate != 15 && sampling != 3;
    sound.then_some(playable(Kind::Audio, "audio/mpeg"))
}

/// Rarer kinds, from a table that somebody else keeps.
fn by_infer(head: &[u8]) -> Option<Recognised> {
    let found = infer::get(head)?;
    let kind = match found.matcher_type() {
        infer::MatcherType::Audio => Kind::Audio,
        infer::MatcherType::Video => Kind::Video,
        infer::MatcherType::Image => Kind::Image,
        infer::MatcherType::Doc | infer::MatcherType::Book => Kind::Document,
        _ => Kind::Unknown,
    };
    Some(shown_nowhere(kind, found.mime_type()))
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

#[cfg(test)]
mod tests;
