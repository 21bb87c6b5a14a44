//! Damage, made here and the same each time: every format cut off at twenty places, with flipped bits, with bytes put in
//! and taken out. A reader may show less; it may never panic, run away, or show nothing without saying why.

use super::*;

/// A generator of numbers that is the same on every run (xorshift64).
pub(super) struct Dice(pub u64);

impl Dice {
    pub(super) fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most.max(1) as u64) as usize
    }
}

/// One file of each format.
pub(super) fn one_of_each() -> Vec<(&'static str, Vec<u8>)> {
    let page = br#"{"format":"open-board-0.1","id":"p","name":"Page","grid":{"rows":1,"columns":2,"order":[[1,2]]},"buttons":[{"id":1,"label":"yes"},{"id":2,"label":"no"}]}"#;
    let grid = br#"<Grid><GridGuid>x</GridGuid><Cells><Cell><Content><CaptionAndImage><Caption>one</Caption></CaptionAndImage></Content></Cell></Cells></Grid>"#;
    let mut phrases = [2_u32, 1, 2].into_iter().flat_map(u32::to_le_bytes).collect::<Vec<u8>>();
    phrases.extend(b"\xFF\xFE\xFF\x02H\0i\0\x40\x42\x0f\0\xFF\xFE\xFF\x02N\0o\0\x40\x42\x0f\0");
    vec![
        ("obf", page.to_vec()),
        ("obz", zipped(&[("manifest.json", br#"{"root":"a.obf","paths":{}}"#), ("a.obf", page), ("b.obf", page)])),
        ("obl", sample("session.obl")),
        ("lam", b"### CAUTION ###\n*[YY-MM-DD=21-05-13]*\n15:46:44.613 SPE \"h\"\n15:46:45.613 SEM \"hello \"\n".to_vec()),
        ("dynavox", b"#Start logfile\nT:18:21:15 O:\"want\" G:\"page\"\nT:18:21:16 O:\"w\" -s\n".to_vec()),
        ("csv", sample("word-history.csv")),
        ("text", b"I like school\nDo you?\n".to_vec()),
        ("gridset", zipped(&[("Grids/One/grid.xml", grid), ("Grids/Two/grid.xml", grid)])),
        ("history", sample("grid3-history.sqlite")),
        ("snap", sample("snap-usage.sps")),
        ("touchchat", sample("touchchat.ce")),
        ("asterics", br#"{"grids":[{"id":"a","label":"A","gridElements":[{"x":0,"y":0,"label":{"en":"yes"},"actions":[{"modelName":"GridActionSpeak"}]}]}]}"#.to_vec()),
        ("cboard", sample("2024-10-03_09-15-00-boardsset board.json")),
        ("phrases", phrases),
        ("grid2", b"<sensorygrid><grid><cells><cell x=\"1\" y=\"1\"><caption>hello</caption></cell></cells></grid></sensorygrid>".to_vec()),
    ]
}

/// What must be true of every reading of every bytes.
pub(super) fn is_honest(name: &str, reading: &Reading) {
    let something = !reading.boards.is_empty() || !reading.events.is_empty();
    assert_eq!(something, reading.said != Said::None, "{name}: what is shown and what is said differ");
    assert_eq!(reading.problems.is_empty(), reading.said == Said::All, "{name}: {:?}", reading.problems);
    assert!(reading.message.starts_with("We kept your file"), "{name}: {}", reading.message);
    let order: Vec<_> = reading.events.iter().map(|event| event.order).collect();
    assert!(order.is_sorted(), "{name}: events are not in order");
    let words = reading.boards.iter().flat_map(|board| &board.cells).map(|cell| &cell.label);
    let words = words.chain(reading.events.iter().map(|event| &event.text));
    for text in words.chain(reading.problems.iter().map(|problem| &problem.what)) {
        assert!(!text.contains(|c: char| c.is_control() && c != '\n' && c != '\t'), "{name}: {text:?}");
    }
    serde_json::to_string(reading).expect("a reading can be printed");
}

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
    // The long form goes on with each kind of file for 20 seconds, from another place each time, and says how often it read.
    let long = std::env::var_os("HEARD_TEST_LONG").map(|_| std::time::Duration::from_secs(20));
    if long.is_some() {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
        dice = Dice(now.as_nanos() as u64 | 1);
        println!("damaged at random from {:#x}", dice.0);
    }
    for (name, bytes) in one_of_each() {
        let (times, began) = (if bytes.len() > 100_000 { 60 } else { 400 }, std::time::Instant::now());
        let mut read = 0;
        while read < times || long.is_some_and(|long| began.elapsed() < long) {
            read += 1;
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
        if long.is_some() {
            println!("{name}: {read} damaged files read");
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
