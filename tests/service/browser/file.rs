//! Files that a person chooses: held, or made as they are sent, of any size, and the same each time.

use bytes::Bytes;
use ring::digest::{Context, Digest, SHA256};

/// Bytes of a made file come in blocks of this size.
pub const BLOCK: usize = 64 * 1024;

/// A file to choose in a form.
#[derive(Clone, Debug)]
pub struct File {
    /// The name that the phone gives it.
    pub name: String,
    /// The type that the phone says it has.
    pub content_type: String,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Held(Bytes),
    Made { start: Bytes, seed: u64, length: u64 },
}

impl File {
    /// A file whose bytes are held in memory.
    pub fn held(name: &str, content_type: &str, bytes: impl Into<Bytes>) -> File {
        File { name: name.into(), content_type: content_type.into(), content: Content::Held(bytes.into()) }
    }

    /// A file of `length` bytes that begins with `start` (so that it is recognised) and goes on with noise.
    pub fn made(name: &str, content_type: &str, start: impl Into<Bytes>, seed: u64, length: u64) -> File {
        let start = start.into();
        assert!(start.len() <= BLOCK, "the beginning fits the first block");
        File { name: name.into(), content_type: content_type.into(), content: Content::Made { start, seed, length } }
    }

    /// A fixture of ours, by its name in `tests/fixtures`.
    pub fn fixture(name: &str) -> File {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
        let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("the fixture {name} can be read: {error}"));
        File::held(name, browser_type(name), bytes)
    }

    /// The same bytes under another name.
    pub fn named(mut self, name: &str) -> File {
        self.name = name.into();
        self
    }

    /// The same bytes, said to be of another type.
    pub fn typed(mut self, content_type: &str) -> File {
        self.content_type = content_type.into();
        self
    }

    /// The number of bytes.
    pub fn length(&self) -> u64 {
        match &self.content {
            Content::Held(bytes) => bytes.len() as u64,
            Content::Made { length, .. } => *length,
        }
    }

    /// The bytes, a block at a time.
    pub fn blocks(&self) -> impl Iterator<Item = Bytes> + Send + use<> {
        self.blocks_from(0)
    }

    /// The bytes of a range, piece by piece; what lies before it is not made.
    pub fn range(&self, range: std::ops::Range<u64>) -> impl Iterator<Item = Bytes> + Send + use<> {
        let first = range.start / BLOCK as u64;
        let (mut before, mut left) = (range.start % BLOCK as u64, range.end.saturating_sub(range.start));
        let blocks = self.blocks_from(first).map_while(move |block| {
            let piece = block.slice(usize::try_from(before).ok()?..);
            let count = left.min(piece.len() as u64);
            (before, left) = (0, left - count);
            Some(piece.slice(..usize::try_from(count).ok()?))
        });
        blocks.take_while(|piece| !piece.is_empty())
    }

    fn blocks_from(&self, first: u64) -> impl Iterator<Item = Bytes> + Send + use<> {
        let content = self.content.clone();
        let length = self.length();
        (first..length.div_ceil(BLOCK as u64)).map(move |number| {
            let from = number * BLOCK as u64;
            let size = usize::try_from((length - from).min(BLOCK as u64)).expect("a block is small");
            match &content {
                Content::Held(bytes) => {
                    let from = usize::try_from(from).expect("held bytes fit memory");
                    bytes.slice(from..from + size)
                }
                Content::Made { start, seed, .. } => made_block(start, *seed, number, size),
            }
        })
    }

    /// SHA-256 of the bytes.
    pub fn sha256(&self) -> Digest {
        let mut context = Context::new(&SHA256);
        for block in self.blocks() {
            context.update(&block);
        }
        context.finish()
    }

    /// SHA-256 of the bytes, in hexadecimal.
    pub fn sha256_hex(&self) -> String {
        data_encoding::HEXLOWER.encode(self.sha256().as_ref())
    }
}

fn made_block(start: &Bytes, seed: u64, number: u64, size: usize) -> Bytes {
    let mut block = Vec::with_capacity(size + 8);
    let mut state =
        seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number.wrapping_mul(0xd134_2543_de82_ef95);
    while block.len() < size {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        block.extend_from_slice(&(word ^ (word >> 31)).to_le_bytes());
    }
    block.truncate(size);
    if number == 0 {
        let copied = start.len().min(size);
        block[..copied].copy_from_slice(&start[..copied]);
    }
    Bytes::from(block)
}

/// The type that a phone's browser gives a file, by the end of its name: it has nothing else to go by.
pub fn browser_type(name: &str) -> &'static str {
    let end = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    match end.as_str() {
        "mov" => "video/quicktime",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "3gp" => "video/3gpp",
        "m4a" => "audio/x-m4a",
        "mp3" => "audio/mpeg",
        "wav" => "audio/wav",
        "ogg" | "opus" => "audio/ogg",
        "amr" => "audio/amr",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "tif" | "tiff" => "image/tiff",
        "heic" => "image/heic",
        "pdf" => "application/pdf",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "odt" => "application/vnd.oasis.opendocument.text",
        "txt" => "text/plain",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_file_is_the_same_each_time_and_begins_as_asked() {
        let file = File::made("a.mp4", "video/mp4", &b"begin"[..], 7, BLOCK as u64 * 2 + 5);
        assert_eq!(file.blocks().map(|block| block.len()).collect::<Vec<_>>(), [BLOCK, BLOCK, 5]);
        assert_eq!(file.sha256_hex(), file.clone().sha256_hex());
        assert!(file.blocks().next().expect("there are blocks").starts_with(b"begin"));
    }

    #[test]
    fn a_range_of_a_file_is_what_lies_there() {
        let length = BLOCK as u64 * 3 + 5;
        let file = File::made("a.mp4", "video/mp4", &b"begin"[..], 7, length);
        let whole: Vec<u8> = file.blocks().flatten().collect();
        let block = BLOCK as u64;
        for (start, end) in [(0, 0), (0, 1), (block - 1, block + 1), (block, 3 * block), (7, length), (length, length)]
        {
            let range: Vec<u8> = file.range(start..end).flatten().collect();
            assert!(range == whole[start as usize..end as usize], "{start}..{end}");
        }
    }
}
