//! Damage, made here and the same each time: every format cut off at twenty places, with flipped bits, with bytes put in
//! and taken out. A reader may show less; it may never panic, run away, or show nothing without saying why.

use super::seeds::{Dice, is_honest, one_of_each};
use super::*;

#[test]
fn whole_files_of_every_format_are_shown_whole() {
    for (name, bytes) in one_of_each() {
        let reading = reading(&bytes);
        assert_eq!(reading.said, Said::All, "{name}: {:?}", reading.problems);
        is_honest(name, &reading);
    }
}

#[test]
fn a_file_that_is_cut_off_gives_what_came_before_and_says_so() {
    for (name, bytes) in one_of_each() {
        let whole = reading(&bytes);
        let mut shown = 0;
        for twentieth in 0..20 {
            let cut = &bytes[..bytes.len() * twentieth / 20];
            let part = reading(cut);
            is_honest(name, &part);
            shown += usize::from(part.said != Said::None);
            let known: std::collections::HashSet<_> = whole.events.iter().map(|event| &event.text).collect();
            let lines_end_anywhere = ["text", "lam", "dynavox", "csv"].contains(&name);
            let invented =
                part.events.iter().find(|event| !known.contains(&event.text) && !event.text.starts_with('('));
            assert!(lines_end_anywhere || part.format == Format::Text || invented.is_none(), "{name}: {invented:?}");
        }
        // The times of this history lie on its last page; without them nobody knows that a phrase was spoken.
        assert!(shown >= 3 || name == "history", "{name}: nothing was shown of most of its beginnings ({shown})");
    }
}

#[test]
fn flipped_bits_and_wrong_bytes_never_break_a_reader() {
    let mut dice = Dice(0x5EED_0007);
    for (name, bytes) in one_of_each() {
        for _ in 0..if bytes.len() > 100_000 { 60 } else { 400 } {
            let mut changed = bytes.clone();
            for _ in 0..=dice.below(12) {
                let at = dice.below(changed.len());
                match dice.below(4) {
                    0 => changed[at] ^= 1 << dice.below(8),
                    1 => changed[at] = [0, 0xFF, 0x7F, 0x80, b'"', b'<', b'{', b'['][dice.below(8)],
                    2 => drop(changed.drain(at..(at + dice.below(40)).min(changed.len()))),
                    _ => changed.splice(at..at, std::iter::repeat_n(b'A', dice.below(9))).for_each(drop),
                }
                if changed.is_empty() {
                    break;
                }
            }
            is_honest(name, &reading(&changed));
        }
    }
}

#[test]
fn noise_behind_the_beginning_of_every_format_never_breaks_a_reader() {
    let mut dice = Dice(0xF00D_0007);
    for (name, bytes) in one_of_each() {
        for _ in 0..100 {
            let keep = dice.below(bytes.len().min(600));
            let noise = (0..dice.below(3_000)).map(|_| dice.below(256) as u8).collect::<Vec<u8>>();
            is_honest(name, &reading(&[&bytes[..keep], &noise].concat()));
        }
    }
}

#[test]
fn a_damaged_page_of_a_database_costs_only_its_own_rows() {
    let whole = reading(&sample("snap-usage.sps"));
    let mut kept = 0;
    for page in 1..53 {
        let mut bytes = sample("snap-usage.sps");
        bytes[page * 4096..(page + 1) * 4096].fill(0xA5);
        let part = reading(&bytes);
        is_honest("snap", &part);
        kept += usize::from(part.boards.len() == whole.boards.len());
    }
    assert!(kept > 40, "most pages hold nothing that the boards need ({kept})");
}
