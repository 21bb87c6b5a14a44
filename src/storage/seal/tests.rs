//! What must open, and everything that must not. The vectors were made by a second implementation (Python's
//! `hashlib`, `hmac` and `cryptography`) from the description at the top of `seal.rs`.

use std::collections::HashSet;

use data_encoding::HEXLOWER;
use proptest::prelude::*;

use super::*;

fn key(n: u8) -> ItemKey {
    ItemKey::from_secret([n; 32])
}

fn object(n: u8) -> ObjectId {
    ObjectId::from_bytes([n; 16])
}

/// Seals `plain` in runs that begin at the given segments, and gives the object's bytes.
fn seal_whole(key: &ItemKey, object: &ObjectId, plain: &[u8], starts: &[u64]) -> Vec<u8> {
    let mut runs = RunTable::default();
    let mut sealed = Vec::new();
    let mut sealer = None;
    for (number, piece) in plain.chunks(SEGMENT).enumerate() {
        if number == 0 || starts.contains(&(number as u64)) {
            let run = Run { first: number as u64, salt: [number as u8 + 1; 32] };
            runs.begin(run);
            sealer = Some(RunSealer::begin(key, object, run));
        }
        let mut room = [piece, &[0; TAG]].concat();
        assert_eq!(sealer.as_mut().map(|s| s.seal(&mut room)), Some(number as u64));
        sealed.extend_from_slice(&room);
    }
    let footer = Footer { length: plain.len() as u64, runs };
    sealed.extend_from_slice(&seal_footer(key, object, "item-1", &footer, [9; 32]));
    sealed
}

/// Reads a whole object as `sealed::open_object` does.
fn open_whole(key: &ItemKey, object: &ObjectId, sealed: &[u8]) -> Result<Vec<u8>, SealBroken> {
    let footer = open_footer(key, object, sealed)?;
    let trailer = Trailer::read(&sealed[sealed.len() - TRAILER..])?;
    if sealed.len() as u64 != sealed_length(footer.length) + (trailer.footer_length + TRAILER) as u64 {
        return Err(SealBroken);
    }
    let body = &sealed[..sealed_length(footer.length) as usize];
    let mut opener = Opener::new(key, object, footer.runs);
    let mut plain = Vec::new();
    for (number, piece) in body.chunks(SEALED_SEGMENT).enumerate() {
        plain.extend_from_slice(opener.open(number as u64, &mut piece.to_vec())?);
    }
    Ok(plain)
}

fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 31 + at / 251) as u8).collect()
}

#[test]
fn lengths_round_trip() {
    for length in [0, 1, 15, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT, 3 * SEGMENT + 17] {
        let plain = pattern(length);
        let sealed = seal_whole(&key(7), &object(1), &plain, &[1, 2]);
        assert_eq!(open_whole(&key(7), &object(1), &sealed).as_deref(), Ok(&plain[..]), "{length} bytes");
    }
}

#[test]
fn an_empty_file_is_a_footer_only() {
    let sealed = seal_whole(&key(7), &object(1), b"", &[]);
    assert_eq!(sealed.len(), SALT + FOOTER_HEAD + TAG + TRAILER);
    assert_eq!(open_whole(&key(7), &object(1), &sealed), Ok(Vec::new()));
}

#[test]
fn nothing_of_the_plaintext_shows() {
    let plain = b"the bus never came ".repeat(5000);
    let sealed = seal_whole(&key(7), &object(1), &plain, &[]);
    assert!(!sealed.windows(8).any(|window| plain[..64].windows(8).any(|word| word == window)));
}

#[test]
fn segments_that_are_moved_swapped_or_from_elsewhere_do_not_open() {
    let plain = pattern(4 * SEGMENT);
    let mine = seal_whole(&key(7), &object(1), &plain, &[2]);
    let other_object = seal_whole(&key(7), &object(2), &plain, &[2]);
    let other_key = seal_whole(&key(8), &object(1), &plain, &[2]);
    let segment = |from: &[u8], n: usize| from[n * SEALED_SEGMENT..(n + 1) * SEALED_SEGMENT].to_vec();
    let put = |n: usize, bytes: &[u8]| {
        let mut changed = mine.clone();
        changed[n * SEALED_SEGMENT..(n + 1) * SEALED_SEGMENT].copy_from_slice(bytes);
        changed
    };
    for (what, changed) in [
        ("reordered", put(0, &segment(&mine, 1))),
        ("moved across runs", put(2, &segment(&mine, 0))),
        ("from another object", put(1, &segment(&other_object, 1))),
        ("from another key", put(1, &segment(&other_key, 1))),
    ] {
        assert_eq!(open_whole(&key(7), &object(1), &changed), Err(SealBroken), "{what}");
    }
    let mut swapped = put(0, &segment(&mine, 1));
    swapped[SEALED_SEGMENT..2 * SEALED_SEGMENT].copy_from_slice(&segment(&mine, 0));
    assert_eq!(open_whole(&key(7), &object(1), &swapped), Err(SealBroken));
    assert_eq!(open_whole(&key(7), &object(2), &mine), Err(SealBroken), "asked for as another object");
    assert_eq!(open_whole(&key(8), &object(1), &mine), Err(SealBroken), "asked for with another key");
}

#[test]
fn a_replayed_segment_of_an_earlier_run_does_not_open() {
    let plain = pattern(2 * SEGMENT);
    let before = seal_whole(&key(7), &object(1), &plain, &[]);
    let mut after = seal_whole(&key(7), &object(1), &plain, &[1]);
    after[SEALED_SEGMENT..2 * SEALED_SEGMENT].copy_from_slice(&before[SEALED_SEGMENT..2 * SEALED_SEGMENT]);
    assert_eq!(open_whole(&key(7), &object(1), &after), Err(SealBroken));
}

#[test]
fn a_footer_from_elsewhere_does_not_fit() {
    let one = seal_whole(&key(7), &object(1), &pattern(2 * SEGMENT), &[]);
    let shorter = seal_whole(&key(7), &object(1), &pattern(SEGMENT), &[]);
    let body = sealed_length(2 * SEGMENT as u64) as usize;
    let replayed = [&one[..body], &shorter[sealed_length(SEGMENT as u64) as usize..]].concat();
    assert_eq!(open_whole(&key(7), &object(1), &replayed), Err(SealBroken));
    let other = seal_whole(&key(7), &object(2), &pattern(2 * SEGMENT), &[]);
    let swapped = [&one[..body], &other[body..]].concat();
    assert_eq!(open_whole(&key(7), &object(1), &swapped), Err(SealBroken));
}

#[test]
fn a_run_that_begins_earlier_replaces_later_ones() {
    let run = |first, salt| Run { first, salt: [salt; 32] };
    let table = RunTable::in_order_of_beginning([run(0, 1), run(8, 2), run(5, 3), run(5, 4), run(9, 5)]);
    assert_eq!(table.runs(), [run(0, 1), run(5, 4), run(9, 5)]);
    assert_eq!(table.run_of(4), Some(&run(0, 1)));
    assert_eq!(table.run_of(8), Some(&run(5, 4)));
    assert_eq!(RunTable::default().run_of(0), None);
}

#[test]
fn tails_open_only_where_they_belong() {
    let tail = Tail { order: 3, segment: 5, bytes: pattern(700) };
    let record = seal_tail(&key(7), &object(1), &tail, [1; 32], [2; 12]);
    let mut slot = record.clone();
    slot.resize(TAIL_SLOT, 0xAA);
    assert_eq!(open_tail(&key(7), &object(1), &slot), Ok(tail));
    assert_eq!(open_tail(&key(7), &object(2), &slot), Err(SealBroken), "another object's");
    assert_eq!(open_tail(&key(8), &object(1), &slot), Err(SealBroken), "another key's");
    for cut in [0, 3, TAIL_HEAD, TAIL_HEAD + SALT, record.len() - 1] {
        assert_eq!(open_tail(&key(7), &object(1), &record[..cut]), Err(SealBroken), "cut to {cut}");
    }
    for at in 0..record.len() {
        let mut changed = record.clone();
        changed[at] ^= 1;
        assert_eq!(open_tail(&key(7), &object(1), &changed), Err(SealBroken), "byte {at}");
    }
    let longest = Tail { order: 1, segment: 0, bytes: pattern(SEGMENT - 1) };
    assert!(seal_tail(&key(7), &object(1), &longest, [1; 32], [2; 12]).len() <= TAIL_SLOT);
}

#[test]
fn no_key_ever_meets_a_number_twice() {
    // The same bytes, sealed again under a fresh salt, share no sealed segment and no keystream.
    let plain = pattern(SEGMENT);
    let mut seen = HashSet::new();
    for salt in 0..50u8 {
        let mut sealer = RunSealer::begin(&key(7), &object(1), Run { first: 4, salt: [salt; 32] });
        for expected in 4..7 {
            let mut room = [&plain[..], &[0; TAG]].concat();
            assert_eq!(sealer.seal(&mut room), expected);
            assert!(seen.insert(room[..32].to_vec()));
        }
    }
}

/// Item key, object id, run salt: bytes 0…31, 32…47, 64…95.
fn vector_parts() -> (ItemKey, ObjectId, [u8; 32]) {
    let counting = |from: u8| std::array::from_fn::<u8, 32, _>(|at| from + at as u8);
    (ItemKey::from_secret(counting(0)), ObjectId::from_bytes(std::array::from_fn(|at| 32 + at as u8)), counting(64))
}

#[test]
fn vectors() {
    let (key, object, salt) = vector_parts();
    let mut sealer = RunSealer::begin(&key, &object, Run { first: 3, salt });
    let mut room = [b"Nobody asked me." as &[u8], &[0; TAG]].concat();
    sealer.seal(&mut room);
    assert_eq!(HEXLOWER.encode(&room), SEGMENT_VECTOR);
    let tail = Tail { order: 1, segment: 3, bytes: b"Nobody".to_vec() };
    assert_eq!(HEXLOWER.encode(&seal_tail(&key, &object, &tail, salt, [5; 12])), TAIL_VECTOR);
    let runs = RunTable::in_order_of_beginning([Run { first: 0, salt }]);
    let footer = Footer { length: 65_537, runs };
    let end = seal_footer(&key, &object, "0192f0c1-7d4e-7abc-8def-0123456789ab", &footer, salt);
    assert_eq!(HEXLOWER.encode(&end), FOOTER_VECTOR);
    assert_eq!(open_footer(&key, &object, &end), Ok(footer));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_file_in_any_runs_round_trips(length in 0usize..5 * SEGMENT, starts in prop::collection::vec(1u64..5, 0..4)) {
        let plain = pattern(length);
        let sealed = seal_whole(&key(7), &object(1), &plain, &starts);
        prop_assert_eq!(open_whole(&key(7), &object(1), &sealed), Ok(plain));
    }

    #[test]
    fn any_truncation_is_refused(length in 0usize..3 * SEGMENT, cut in 1usize..4 * SEGMENT) {
        let sealed = seal_whole(&key(7), &object(1), &pattern(length), &[1]);
        let kept = sealed.len().saturating_sub(cut);
        prop_assert_eq!(open_whole(&key(7), &object(1), &sealed[..kept]), Err(SealBroken));
    }

    #[test]
    fn any_changed_byte_is_refused(length in 1usize..3 * SEGMENT, at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let mut sealed = seal_whole(&key(7), &object(1), &pattern(length), &[1]);
        let at = at.index(sealed.len());
        sealed[at] ^= 1 << bit;
        prop_assert_eq!(open_whole(&key(7), &object(1), &sealed), Err(SealBroken));
    }

    #[test]
    fn noise_is_refused_without_a_panic(noise in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert_eq!(open_tail(&key(7), &object(1), &noise), Err(SealBroken));
        prop_assert_eq!(open_footer(&key(7), &object(1), &noise), Err(SealBroken));
        let ended = [&noise[..], MAGIC].concat();
        prop_assert_eq!(open_footer(&key(7), &object(1), &ended), Err(SealBroken));
    }
}

const SEGMENT_VECTOR: &str = "754d468840b1b56b985e9cd15f10ed796a2b97abf816eec01d9aabff669f83e6";
const TAIL_VECTOR: &str = concat!(
    "484474310000000000000001000000000000000300000006404142434445464748494a4b4c4d4e4f5051525354555657",
    "58595a5b5c5d5e5f05050505050505050505050502b14842d5f2eb74054a922fd696b9ebe5724b6ed3e8",
);
const FOOTER_VECTOR: &str = concat!(
    "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5fa754442b97588b5d709649dbea68a182",
    "171b3d38d6df2bb59da29e6603d8ca760b38706d0118b1e3019ea6a906004a5fb18f50c56bf50c963c92c95847c4df3e",
    "aa25066a145afc84bff717f02d6132303231323232333234323532363237323832393261326232633264326532663031",
    "3932663063312d376434652d376162632d386465662d3031323334353637383961620000000000000000000000000000",
    "006e0000000048454152446f6231",
);
