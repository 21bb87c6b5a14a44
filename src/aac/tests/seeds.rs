//! Honest files of every format to begin with, and what must be true of every reading. The tests beside this use it, and
//! `tests/readers/`, which changes these files at random in a process of its own.

use super::{Reading, Said};

/// A generator of numbers that is the same on every run (xorshift64).
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most.max(1) as u64) as usize
    }
}

/// A sample of our own.
pub fn sample(name: &str) -> Vec<u8> {
    let place = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/aac").join(name);
    std::fs::read(place).expect("the sample is there")
}

/// One file of each format.
pub fn one_of_each() -> Vec<(&'static str, Vec<u8>)> {
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
        ("older snap", sample("snap-older.sps")),
        ("touchchat", sample("touchchat.ce")),
        ("asterics", br#"{"grids":[{"id":"a","label":"A","gridElements":[{"x":0,"y":0,"label":{"en":"yes"},"actions":[{"modelName":"GridActionSpeak"}]}]}]}"#.to_vec()),
        ("cboard", sample("2024-10-03_09-15-00-boardsset board.json")),
        ("phrases", phrases),
        ("grid2", b"<sensorygrid><grid><cells><cell x=\"1\" y=\"1\"><caption>hello</caption></cell></cells></grid></sensorygrid>".to_vec()),
    ]
}

/// What must be true of every reading of every bytes.
pub fn is_honest(name: &str, reading: &Reading) {
    let something = !reading.boards.is_empty() || !reading.events.is_empty();
    assert_eq!(something, reading.said != Said::None, "{name}: what is shown and what is said differ");
    assert_eq!(reading.problems.is_empty(), reading.said == Said::All, "{name}: {:?}", reading.problems);
    let sentences = reading.message.matches(['.', ':']).count();
    assert!(
        reading.message.starts_with("We kept your file") && reading.message.ends_with('.'),
        "{name}: {}",
        reading.message
    );
    assert!(reading.said != Said::None || sentences > 1, "{name} does not say why: {}", reading.message);
    let order: Vec<_> = reading.events.iter().map(|event| event.order).collect();
    assert!(order.is_sorted(), "{name}: events are not in order");
    let words = reading.boards.iter().flat_map(|board| &board.cells).map(|cell| &cell.label);
    let words = words.chain(reading.events.iter().map(|event| &event.text));
    for text in words.chain(reading.problems.iter().map(|problem| &problem.what)) {
        assert!(!text.contains(|c: char| c.is_control() && c != '\n' && c != '\t'), "{name}: {text:?}");
    }
    serde_json::to_string(reading).expect("a reading can be printed");
}

/// A zip file of stored parts.
pub fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut list = Vec::new();
    for (name, bytes) in parts {
        let at = file.len() as u32;
        let crc = crc32fast::hash(bytes);
        let shared = |out: &mut Vec<u8>| {
            out.extend([20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0x59]);
            out.extend(crc.to_le_bytes());
            out.extend((bytes.len() as u32).to_le_bytes());
            out.extend((bytes.len() as u32).to_le_bytes());
            out.extend((name.len() as u16).to_le_bytes());
            out.extend([0, 0]);
        };
        file.extend(b"PK\x03\x04");
        shared(&mut file);
        file.extend(name.as_bytes());
        file.extend(*bytes);
        list.extend(b"PK\x01\x02\x14\0");
        shared(&mut list);
        list.extend([0; 10]);
        list.extend(at.to_le_bytes());
        list.extend(name.as_bytes());
    }
    let at = file.len() as u32;
    file.extend(&list);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend((parts.len() as u16).to_le_bytes());
    file.extend((parts.len() as u16).to_le_bytes());
    file.extend((list.len() as u32).to_le_bytes());
    file.extend(at.to_le_bytes());
    file.extend([0, 0]);
    file
}
