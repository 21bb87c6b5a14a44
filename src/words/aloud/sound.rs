//! Clips one after the other, as one file that every browser plays.
//!
//! Every clip is MPEG-2 audio layer III (ISO/IEC 13818-3) of one kind: one channel, 16 kHz, 16 kbit/s, without tags. Each
//! frame is then [`FRAME`] bytes and [`FRAME_MS`] long, and no clip's first frame needs a byte of what was before it; so
//! frames can follow each other as they are, and length, duration and the place of every moment are known without a table.

use bytes::{Bytes, BytesMut};

/// The bytes of one frame: 72 × 16 000 bit/s ÷ 16 000 Hz.
pub const FRAME: usize = 72;
/// How long one frame sounds: 576 samples of 16 000 in a second.
pub const FRAME_MS: u64 = 36;
/// What every frame begins with: the sign of a frame, MPEG-2, layer III, no checksum, 16 kbit/s, 16 kHz.
pub const FRAME_BEGINS: [u8; 3] = [0xFF, 0xF3, 0x28];

/// Frames of silence between two sentences, and at the end of a line.
const AFTER_SENTENCE: usize = 9;
const AFTER_LINE: usize = 12;

/// Clips that are being put together.
#[derive(Debug, Default)]
pub struct Joined {
    sound: BytesMut,
}

impl Joined {
    /// Adds a clip.
    pub fn say(&mut self, clip: &[u8]) {
        self.sound.extend_from_slice(clip);
        self.rest(AFTER_SENTENCE);
    }

    /// A longer pause.
    pub fn line_ends(&mut self) {
        self.rest(AFTER_LINE);
    }

    /// The whole.
    pub fn finish(self) -> Bytes {
        self.sound.freeze()
    }

    fn rest(&mut self, frames: usize) {
        for _ in 0..frames {
            self.sound.extend_from_slice(&silence());
        }
    }
}

/// A frame that says nothing: a header for one channel, and side information and data of zeros.
pub fn silence() -> [u8; FRAME] {
    let mut frame = [0; FRAME];
    frame[..3].copy_from_slice(&FRAME_BEGINS);
    frame[3] = 0xC0;
    frame
}

/// Whether these are whole frames of the one kind, so that they can be joined.
pub fn can_be_joined(clip: &[u8]) -> bool {
    let frames = clip.chunks(FRAME);
    // After the header, a frame says in one byte how much of the frames before it it needs.
    let stands_alone = clip.get(4) == Some(&0);
    stands_alone && clip.len().is_multiple_of(FRAME) && frames.into_iter().all(|frame| frame.starts_with(&FRAME_BEGINS))
}

/// How long these frames sound, in milliseconds.
pub fn duration_ms(length: usize) -> u64 {
    (length / FRAME) as u64 * FRAME_MS
}
