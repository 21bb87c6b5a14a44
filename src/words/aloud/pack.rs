//! The file that the clips of one group of words lie in.
//!
//! An index in plain text, so that a review shows which clips changed, an empty line, and then the clips one after the
//! other, in the index's order:
//!
//! ```text
//! heard read-aloud 1
//! 0f3a…(32 letters) 9c1d22ab 12096
//!
//! (12096 bytes of MP3 frames)
//! ```
//!
//! Each line is a clip's hash, how it was made ([`super::texts::stamp`], or `r` and the beginning of its digest for a
//! recording), and its length. The same clips give the same bytes, so a pack changes only when one of them does.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::texts::Hash;

/// The first line of every pack.
const FIRST_LINE: &str = "heard read-aloud 1";

/// One clip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clip {
    /// How it was made.
    pub stamp: String,
    /// MP3 frames.
    pub bytes: Cow<'static, [u8]>,
}

/// Clips by their hash.
pub type Clips = BTreeMap<Hash, Clip>;

/// The clips of every pack that is built into the program.
pub fn embedded() -> Clips {
    let mut all = Clips::new();
    for (name, bytes) in super::embedded_packs() {
        let clips = match bytes {
            Cow::Borrowed(bytes) => read(Cow::Borrowed(bytes)),
            Cow::Owned(bytes) => read(Cow::Owned(bytes)),
        };
        match clips {
            Ok(clips) => all.extend(clips),
            Err(problem) => tracing::error!(name, problem, "a pack of clips cannot be read"),
        }
    }
    all
}

/// Reads a pack.
pub fn read(bytes: Cow<'static, [u8]>) -> Result<Clips, String> {
    let end = bytes.windows(2).position(|pair| pair == b"\n\n").ok_or("it has no index")?;
    let index = std::str::from_utf8(&bytes[..end]).map_err(|_| "its index is not text")?;
    let mut lines = index.lines();
    if lines.next() != Some(FIRST_LINE) {
        return Err(format!("it does not begin with \"{FIRST_LINE}\""));
    }
    let (mut clips, mut at) = (Clips::new(), end + 2);
    for line in lines {
        let mut parts = line.split(' ');
        let (hash, stamp, length) = (parts.next(), parts.next(), parts.next());
        let hash = hash.and_then(Hash::parse).ok_or_else(|| format!("no hash in the line {line:?}"))?;
        let length: usize =
            length.and_then(|length| length.parse().ok()).ok_or_else(|| format!("no length in the line {line:?}"))?;
        let range = at..at.checked_add(length).filter(|end| *end <= bytes.len()).ok_or("it is cut off")?;
        at = range.end;
        let bytes = match &bytes {
            Cow::Borrowed(bytes) => Cow::Borrowed(&bytes[range]),
            Cow::Owned(bytes) => Cow::Owned(bytes[range].to_vec()),
        };
        clips.insert(hash, Clip { stamp: stamp.unwrap_or_default().to_owned(), bytes });
    }
    match at == bytes.len() {
        true => Ok(clips),
        false => Err("it has more bytes than its index says".to_owned()),
    }
}

/// Writes a pack.
pub fn write(clips: &Clips) -> Vec<u8> {
    let mut index = format!("{FIRST_LINE}\n");
    for (hash, clip) in clips {
        index.push_str(&format!("{} {} {}\n", hash.name(), clip.stamp, clip.bytes.len()));
    }
    let mut bytes = index.into_bytes();
    bytes.push(b'\n');
    clips.values().for_each(|clip| bytes.extend_from_slice(&clip.bytes));
    bytes
}
