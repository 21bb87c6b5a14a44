//! The sealed object: how an original lies in the spool and in storage.
//!
//! Pure: keys, salts and bytes in, bytes or a refusal out. It reads no file, asks no clock and draws no randomness;
//! where the bytes lie is left to [`sealed`](super::sealed) and `intake`, where item keys come from to
//! [`keys`](super::keys).
//!
//! ```text
//! object  = segment 0 … segment n-1, footer, trailer
//! segment = AES-256-GCM of up to 65,536 bytes, and its tag of 16 bytes; only the last may be shorter,
//!           so segment n lies at n × 65,552 and a Range request costs one ranged read
//! footer  = salt (32), AES-256-GCM of { version, plain length, segment count, run table }, tag (16)
//! trailer = 96 clear bytes: object id (32), item key id (48, zero-padded), footer length (u32),
//!           zero (u32), "HEARDob1"
//! tail    = the unfinished last piece of an object that is still arriving: kept beside it, never in it
//! ```
//!
//! **No (key, nonce) pair ever seals two plaintexts.** Each request that writes draws a *run salt* of 32 random bytes;
//! run key = HKDF-SHA256(item key, salt, framed("heard run 1", object id)); nonce = segment number. A [`RunSealer`] hands
//! out each number once and cannot be copied, so a key never meets a number twice, whatever is sent again after a
//! crash. Tails and footers each have a salt of their own. Which run sealed a segment is the [`RunTable`]: the row
//! that says so is committed before the run's first byte is written, and the footer carries the table in the end.
//!
//! The object id is in every key and in every segment's associated data together with its number: a segment that was
//! moved, swapped, or taken from another object does not open. An object without a footer that opens is not complete.
//! Numbers are big-endian. AES-GCM: NIST SP 800-38D; HKDF: RFC 5869.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use super::keys::{ItemKey, SealBroken};

/// Bytes of plaintext in a full segment.
pub const SEGMENT: usize = 64 * 1024;
/// Bytes that sealing adds to a segment.
pub const TAG: usize = 16;
/// Bytes of a full segment once sealed.
pub const SEALED_SEGMENT: usize = SEGMENT + TAG;
/// Bytes of the clear trailer that ends every object.
pub const TRAILER: usize = 96;
/// Bytes of a file slot that holds one tail record of any size.
pub const TAIL_SLOT: usize = 129 * 512;

const SALT: usize = 32;
const ID: usize = 32;
const KEY_ID: usize = 48;
const MAGIC: &[u8; 8] = b"HEARDob1";
const VERSION: u16 = 1;
const TAIL_MAGIC: &[u8; 4] = b"HDt1";
/// Magic, order, segment, length.
const TAIL_HEAD: usize = 4 + 8 + 8 + 4;
const NONCE: usize = 12;
const FOOTER_HEAD: usize = 2 + 8 + 8 + 4;
const RUN: usize = 8 + SALT;
/// The longest footer that is believed: a run for each segment of 100 GiB.
const LONGEST_FOOTER: usize = SALT + FOOTER_HEAD + 1_638_400 * RUN + TAG;

/// Which object a segment belongs to: 16 random bytes as 32 hex digits. Never used for a second object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(String);

impl ObjectId {
    /// The id made of these random bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> ObjectId {
        ObjectId(data_encoding::HEXLOWER.encode(&bytes))
    }

    /// The id that this text spells, if it spells one.
    pub fn parse(text: &str) -> Option<ObjectId> {
        let spells = text.len() == ID && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        spells.then(|| ObjectId(text.to_owned()))
    }

    /// The id as 32 hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A stretch of segments that one request sealed: from `first` until the next run begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The first segment of the stretch.
    pub first: u64,
    /// The random salt that its key is derived with.
    pub salt: [u8; SALT],
}

/// All runs of one object, in ascending order of their first segments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunTable(Vec<Run>);

impl RunTable {
    /// The table of these runs in the order in which they were begun. A run that begins at or before the start of an
    /// earlier one replaces it: nothing that the earlier one sealed from there on was kept.
    pub fn in_order_of_beginning(runs: impl IntoIterator<Item = Run>) -> RunTable {
        let mut table = RunTable::default();
        for run in runs {
            table.begin(run);
        }
        table
    }

    /// Adds a run that begins now.
    pub fn begin(&mut self, run: Run) {
        self.0.retain(|earlier| earlier.first < run.first);
        self.0.push(run);
    }

    /// The run that sealed this segment.
    pub fn run_of(&self, segment: u64) -> Option<&Run> {
        let after = self.0.partition_point(|run| run.first <= segment);
        after.checked_sub(1).map(|at| &self.0[at])
    }

    /// The table of an object of this many segments. A run that was begun after its last one has sealed nothing of it.
    pub fn of_object(&self, segments: u64) -> RunTable {
        RunTable(self.0.iter().copied().filter(|run| run.first < segments).collect())
    }

    /// The runs, in ascending order.
    pub fn runs(&self) -> &[Run] {
        &self.0
    }
}

/// How many bytes of segments a file of this length needs, without footer and trailer.
pub fn sealed_length(plain: u64) -> u64 {
    plain + segment_count(plain) * TAG as u64
}

/// How many segments a file of this length needs.
pub fn segment_count(plain: u64) -> u64 {
    plain.div_ceil(SEGMENT as u64)
}

/// Where a segment begins inside the object.
pub fn segment_start(segment: u64) -> u64 {
    segment * SEALED_SEGMENT as u64
}

/// Seals the segments of one run, each number once, in ascending order. It cannot be copied or wound back.
pub struct RunSealer {
    key: LessSafeKey,
    object: ObjectId,
    next: u64,
}

impl std::fmt::Debug for RunSealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunSealer").field("object", &self.object).field("next", &self.next).finish_non_exhaustive()
    }
}

impl RunSealer {
    /// Begins a run. The salt must be fresh from the operating system, and the run's row committed before any byte
    /// that this sealer makes is written.
    pub fn begin(item_key: &ItemKey, object: &ObjectId, run: Run) -> RunSealer {
        RunSealer { key: derive(item_key, &run.salt, "heard run 1", object), object: object.clone(), next: run.first }
    }

    /// The number that the next segment gets.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// Seals the next segment in place: `room` holds the plaintext, followed by [`TAG`] bytes for the tag.
    ///
    /// # Panics
    /// When there is no plaintext, or more than a segment of it.
    pub fn seal(&mut self, room: &mut [u8]) -> u64 {
        assert!((TAG + 1..=SEALED_SEGMENT).contains(&room.len()), "a segment holds between one byte and 64 KiB");
        let number = self.next;
        self.next += 1;
        let (plain, tag) = room.split_at_mut(room.len() - TAG);
        let made = self
            .key
            .seal_in_place_separate_tag(segment_nonce(number), Aad::from(segment_aad(&self.object, number)), plain)
            .expect("a segment is far shorter than the longest message of AES-GCM");
        tag.copy_from_slice(made.as_ref());
        number
    }
}

/// Opens the segments of one object.
pub struct Opener {
    item_key: ItemKey,
    object: ObjectId,
    runs: RunTable,
    current: Option<(Run, LessSafeKey)>,
}

impl std::fmt::Debug for Opener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opener").field("object", &self.object).finish_non_exhaustive()
    }
}

impl Opener {
    /// An opener for the segments that these runs sealed.
    pub fn new(item_key: &ItemKey, object: &ObjectId, runs: RunTable) -> Opener {
        Opener { item_key: item_key.clone(), object: object.clone(), runs, current: None }
    }

    /// Opens a segment in place and gives its plaintext.
    pub fn open<'a>(&mut self, segment: u64, sealed: &'a mut [u8]) -> Result<&'a mut [u8], SealBroken> {
        if !(TAG + 1..=SEALED_SEGMENT).contains(&sealed.len()) {
            return Err(SealBroken);
        }
        let run = *self.runs.run_of(segment).ok_or(SealBroken)?;
        let key = match &mut self.current {
            Some((current, key)) if *current == run => key,
            slot => {
                let key = derive(&self.item_key, &run.salt, "heard run 1", &self.object);
                &mut slot.insert((run, key)).1
            }
        };
        let aad = Aad::from(segment_aad(&self.object, segment));
        key.open_in_place(segment_nonce(segment), aad, sealed).map_err(|_| SealBroken)
    }
}

/// The unfinished last piece of an object that is still arriving.
#[derive(Clone, PartialEq, Eq)]
pub struct Tail {
    /// Grows with every tail of the object, so that the newer of two slots is known.
    pub order: u64,
    /// The segment that this piece begins.
    pub segment: u64,
    /// The piece: shorter than a segment.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Tail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Tail { order, segment, bytes } = self;
        write!(f, "Tail {{ order: {order}, segment: {segment}, {} bytes }}", bytes.len())
    }
}

/// Seals a tail record. Salt and nonce must be fresh from the operating system.
///
/// # Panics
/// When the piece is as long as a segment: then it is a segment.
pub fn seal_tail(item_key: &ItemKey, object: &ObjectId, tail: &Tail, salt: [u8; SALT], nonce: [u8; NONCE]) -> Vec<u8> {
    assert!(tail.bytes.len() < SEGMENT, "a full segment is not a tail");
    let mut record = Vec::with_capacity(TAIL_HEAD + SALT + NONCE + tail.bytes.len() + TAG);
    record.extend_from_slice(TAIL_MAGIC);
    record.extend_from_slice(&tail.order.to_be_bytes());
    record.extend_from_slice(&tail.segment.to_be_bytes());
    record.extend_from_slice(&(tail.bytes.len() as u32).to_be_bytes());
    let aad = Aad::from([object.as_str().as_bytes(), &record].concat());
    record.extend_from_slice(&salt);
    record.extend_from_slice(&nonce);
    let begin = record.len();
    record.extend_from_slice(&tail.bytes);
    let tag = derive(item_key, &salt, "heard tail 1", object)
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), aad, &mut record[begin..])
        .expect("a tail is far shorter than the longest message of AES-GCM");
    record.extend_from_slice(tag.as_ref());
    record
}

/// Opens a tail record; what follows it in its slot is not looked at.
pub fn open_tail(item_key: &ItemKey, object: &ObjectId, slot: &[u8]) -> Result<Tail, SealBroken> {
    let head = slot.get(..TAIL_HEAD).ok_or(SealBroken)?;
    if &head[..4] != TAIL_MAGIC {
        return Err(SealBroken);
    }
    let (order, segment) = (u64_at(head, 4), u64_at(head, 12));
    let length = u32_at(head, 20) as usize;
    if length >= SEGMENT {
        return Err(SealBroken);
    }
    let salt: [u8; SALT] = array_at(slot, TAIL_HEAD)?;
    let nonce: [u8; NONCE] = array_at(slot, TAIL_HEAD + SALT)?;
    let begin = TAIL_HEAD + SALT + NONCE;
    let mut bytes = slot.get(begin..begin + length + TAG).ok_or(SealBroken)?.to_vec();
    let aad = Aad::from([object.as_str().as_bytes(), head].concat());
    derive(item_key, &salt, "heard tail 1", object)
        .open_in_place(Nonce::assume_unique_for_key(nonce), aad, &mut bytes)
        .map_err(|_| SealBroken)?;
    bytes.truncate(length);
    Ok(Tail { order, segment, bytes })
}

/// What the end of a complete object says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Footer {
    /// Bytes of the original.
    pub length: u64,
    /// Which runs sealed its segments.
    pub runs: RunTable,
}

/// The clear end of an object: enough to know which key and which object it claims to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trailer {
    /// The object that this claims to be; proved only when the footer opens.
    pub object: ObjectId,
    /// The item key that it claims to be sealed under.
    pub key_id: String,
    /// Bytes of the sealed footer, which lies just before the trailer.
    pub footer_length: usize,
}

impl Trailer {
    /// Reads the last [`TRAILER`] bytes of an object.
    pub fn read(end: &[u8]) -> Result<Trailer, SealBroken> {
        if end.len() != TRAILER || &end[TRAILER - 8..] != MAGIC || u32_at(end, ID + KEY_ID + 4) != 0 {
            return Err(SealBroken);
        }
        let object = std::str::from_utf8(&end[..ID]).ok().and_then(ObjectId::parse).ok_or(SealBroken)?;
        let key_id = end[ID..ID + KEY_ID].split(|b| *b == 0).next().unwrap_or_default();
        let key_id = std::str::from_utf8(key_id).map_err(|_| SealBroken)?.to_owned();
        let footer_length = u32_at(end, ID + KEY_ID) as usize;
        if !(SALT + FOOTER_HEAD + TAG..=LONGEST_FOOTER).contains(&footer_length) {
            return Err(SealBroken);
        }
        Ok(Trailer { object, key_id, footer_length })
    }

    fn write(&self) -> [u8; TRAILER] {
        let mut end = [0; TRAILER];
        end[..ID].copy_from_slice(self.object.as_str().as_bytes());
        end[ID..ID + self.key_id.len()].copy_from_slice(self.key_id.as_bytes());
        end[ID + KEY_ID..ID + KEY_ID + 4].copy_from_slice(&(self.footer_length as u32).to_be_bytes());
        end[TRAILER - 8..].copy_from_slice(MAGIC);
        end
    }
}

/// Seals the end of an object: footer and trailer. The salt must be fresh from the operating system.
///
/// # Panics
/// When the key's id is longer than 48 bytes.
pub fn seal_footer(item_key: &ItemKey, object: &ObjectId, key_id: &str, footer: &Footer, salt: [u8; SALT]) -> Vec<u8> {
    assert!(key_id.len() <= KEY_ID, "key ids are UUIDs");
    let runs = footer.runs.runs();
    let footer_length = SALT + FOOTER_HEAD + runs.len() * RUN + TAG;
    let trailer = Trailer { object: object.clone(), key_id: key_id.to_owned(), footer_length }.write();
    let mut end = Vec::with_capacity(footer_length + TRAILER);
    end.extend_from_slice(&salt);
    end.extend_from_slice(&VERSION.to_be_bytes());
    end.extend_from_slice(&footer.length.to_be_bytes());
    end.extend_from_slice(&segment_count(footer.length).to_be_bytes());
    end.extend_from_slice(&(runs.len() as u32).to_be_bytes());
    for run in runs {
        end.extend_from_slice(&run.first.to_be_bytes());
        end.extend_from_slice(&run.salt);
    }
    let tag = derive(item_key, &salt, "heard footer 1", object)
        .seal_in_place_separate_tag(segment_nonce(0), Aad::from(trailer), &mut end[SALT..])
        .expect("a footer is far shorter than the longest message of AES-GCM");
    end.extend_from_slice(tag.as_ref());
    end.extend_from_slice(&trailer);
    end
}

/// Opens an object's end: the footer and, after it, the trailer. Anything before the footer is not looked at.
/// `object` is the object that the caller asked for; an end that belongs to another is refused.
pub fn open_footer(item_key: &ItemKey, object: &ObjectId, end: &[u8]) -> Result<Footer, SealBroken> {
    let (before, clear) = end.split_at(end.len().checked_sub(TRAILER).ok_or(SealBroken)?);
    let trailer = Trailer::read(clear)?;
    if trailer.object != *object {
        return Err(SealBroken);
    }
    let sealed = &before[before.len().checked_sub(trailer.footer_length).ok_or(SealBroken)?..];
    let salt: [u8; SALT] = array_at(sealed, 0)?;
    let mut body = sealed[SALT..].to_vec();
    let plain = derive(item_key, &salt, "heard footer 1", object)
        .open_in_place(segment_nonce(0), Aad::from(clear), &mut body)
        .map_err(|_| SealBroken)?;
    read_footer(plain)
}

fn read_footer(plain: &[u8]) -> Result<Footer, SealBroken> {
    let version = plain.get(..2).ok_or(SealBroken)?;
    if version != VERSION.to_be_bytes() || plain.len() < FOOTER_HEAD {
        return Err(SealBroken);
    }
    let (length, segments, count) = (u64_at(plain, 2), u64_at(plain, 10), u32_at(plain, 18) as usize);
    let rest = &plain[FOOTER_HEAD..];
    if segments != segment_count(length) || rest.len() != count * RUN {
        return Err(SealBroken);
    }
    let runs: Vec<Run> = rest
        .as_chunks::<RUN>()
        .0
        .iter()
        .map(|run| Ok(Run { first: u64_at(run, 0), salt: array_at(run, 8)? }))
        .collect::<Result<_, SealBroken>>()?;
    let ascending = runs.windows(2).all(|pair| pair[0].first < pair[1].first);
    let covers = segments == 0 || runs.first().is_some_and(|run| run.first == 0);
    if !ascending || !covers || runs.last().is_some_and(|run| run.first >= segments) {
        return Err(SealBroken);
    }
    Ok(Footer { length, runs: RunTable(runs) })
}

fn derive(item_key: &ItemKey, salt: &[u8; SALT], purpose: &str, object: &ObjectId) -> LessSafeKey {
    let key = item_key.derive(salt, &[purpose.as_bytes(), object.as_str().as_bytes()]);
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).expect("the key has 32 bytes"))
}

fn segment_nonce(number: u64) -> Nonce {
    let mut nonce = [0; NONCE];
    nonce[4..].copy_from_slice(&number.to_be_bytes());
    Nonce::assume_unique_for_key(nonce)
}

fn segment_aad(object: &ObjectId, number: u64) -> [u8; ID + 8] {
    let mut aad = [0; ID + 8];
    aad[..ID].copy_from_slice(object.as_str().as_bytes());
    aad[ID..].copy_from_slice(&number.to_be_bytes());
    aad
}

fn array_at<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], SealBroken> {
    bytes.get(at..at + N).and_then(|slice| slice.try_into().ok()).ok_or(SealBroken)
}

/// The caller has checked that the bytes are there.
fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_be_bytes(array_at(bytes, at).expect("the caller checked the length"))
}

/// The caller has checked that the bytes are there.
fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(array_at(bytes, at).expect("the caller checked the length"))
}

#[cfg(test)]
mod tests;
