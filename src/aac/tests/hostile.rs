//! Files that mean harm, made here: what they try fails, each has its plain sentence, and none takes long or much.

use super::seeds::is_honest;
use super::*;

fn page_with(labels: &[&str]) -> Vec<u8> {
    let buttons: Vec<_> = labels.iter().map(|label| serde_json::json!({"id": label, "label": label})).collect();
    serde_json::to_vec(&serde_json::json!({"format": "open-board-0.1", "id": "p", "buttons": buttons}))
        .expect("it is JSON")
}

/// Zeros, packed: what 1,032 zeros become with the method of zip files, over and over.
fn packed_zeros(length: usize) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec(&vec![b' '; length], 9)
}

/// A zip file with one packed part that claims to be small.
fn bomb(name: &str, packed: &[u8]) -> Vec<u8> {
    let mut file = zipped(&[(name, packed)]);
    let list = file.windows(4).position(|four| four == b"PK\x01\x02").expect("there is a list");
    file[8] = 8;
    file[list + 10] = 8;
    file
}

#[test]
fn a_bomb_is_not_unpacked() {
    let found = reading(&bomb("a.obf", &packed_zeros(200 << 20)));
    assert_eq!(found.said, Said::None);
    assert!(found.problems.iter().any(|problem| problem.what.contains("too large")), "{:?}", found.problems);
}

#[test]
fn parts_on_top_of_each_other_are_not_opened() {
    let mut file = zipped(&[("a.obf", &page_with(&["one"])), ("b.obf", &page_with(&["two"]))]);
    let end = file.len() - 22;
    let second = file[..end].windows(4).rposition(|four| four == b"PK\x01\x02").expect("there is a list");
    file[second + 42..second + 46].fill(0);
    let found = reading(&file);
    is_honest("overlap", &found);
    assert!(found.problems.iter().any(|problem| problem.what.contains("on top of each other")), "{:?}", found.problems);
    assert_eq!(found.said, Said::None);
    assert!(found.message.contains("unsafe"));
}

#[test]
fn a_name_that_leads_out_is_not_opened_and_the_rest_is() {
    for name in ["../evil.obf", "/etc/evil.obf", "C:\\evil.obf", "a\\..\\..\\evil.obf", "a/../../evil.obf"] {
        let found = reading(&zipped(&[(name, &page_with(&["evil"])), ("good.obf", &page_with(&["good"]))]));
        assert_eq!((labels(&found), found.said), (vec!["good"], Said::Part), "{name}");
        assert!(found.problems[0].what.contains("names that may be unsafe"));
    }
}

#[test]
fn two_parts_of_one_name_are_both_shown_and_a_repeated_one_once() {
    let (one, two) = (page_with(&["one"]), page_with(&["two"]));
    let found = reading(&zipped(&[("a.obf", &one), ("a.obf", &two), ("a.obf", &one)]));
    assert_eq!(labels(&found), ["one", "two"]);
}

#[test]
fn many_parts_and_deep_nesting_have_an_end() {
    let names: Vec<String> = (0..30_000).map(|number| format!("{number}.obf")).collect();
    let parts: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"{}".as_slice())).collect();
    is_honest("count", &reading(&zipped(&parts)));
    let mut nested = zipped(&[("a.obf", &page_with(&["deep"]))]);
    for _ in 0..5 {
        nested = zipped(&[("in.zip", &nested)]);
    }
    let found = reading(&nested);
    assert_eq!(found.said, Said::None);
    for deep in ["[".repeat(1 << 20), "{\"a\":".repeat(1 << 18), "<a>".repeat(1 << 18), "/*".repeat(1 << 18)] {
        is_honest("deep", &reading(deep.as_bytes()));
    }
}

#[test]
fn a_document_type_is_refused_wherever_it_stands() {
    let evil = "<?xml version=\"1.0\"?><!DOCTYPE Grid [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><sensorygrid><grid><cells><cell x=\"0\" y=\"0\"><caption>&x;</caption></cell></cells></grid></sensorygrid>";
    let found = reading(evil.as_bytes());
    assert_eq!(found.said, Said::None);
    assert!(found.message.contains("unsafe"), "{}", found.message);
    let set = zipped(&[("Grids/A/grid.xml", evil.as_bytes())]);
    assert_eq!(reading(&set).said, Said::None);
}

#[test]
fn a_hundred_thousand_buttons_are_shown_and_one_more_is_told() {
    let names: Vec<String> = (0..100_001).map(|number| format!("w{number}")).collect();
    let labels: Vec<&str> = names.iter().map(String::as_str).collect();
    let found = reading(&page_with(&labels));
    assert_eq!(found.boards[0].cells.len(), 100_000);
    assert_eq!(found.said, Said::Part);
    assert!(found.problems[0].what.contains("more buttons than we show"));
}

#[test]
fn markup_and_marks_of_direction_stay_letters_and_controls_lose_their_power() {
    let found = reading(&page_with(&["<script>alert(1)</script>", "\u{202E}evil\u{2066}", "\u{1b}[2Jgone\u{7}"]));
    assert_eq!(labels(&found), ["<script>alert(1)</script>", "\u{202E}evil\u{2066}", "\u{FFFD}[2Jgone\u{FFFD}"]);
}

#[test]
fn remote_addresses_are_never_more_than_a_note() {
    let page = br#"{"id":"p","buttons":[{"id":1,"label":"cat","image_id":"i","load_board":{"url":"http://192.0.2.1/x","data_url":"http://192.0.2.1/y"}}],
        "images":[{"id":"i","url":"http://192.0.2.1/cat.png"}]}"#;
    let found = reading(page);
    assert_eq!(
        (found.boards[0].cells[0].picture, found.boards[0].cells[0].goes_to.as_ref()),
        (Attached::Elsewhere, None)
    );
}

#[test]
fn triggers_and_views_mean_nothing() {
    // In place of the real table of phrases stands a view of the same name: its statement is never run.
    let mut bytes = sample("grid3-history.sqlite");
    let at = bytes
        .windows(19)
        .position(|part| part.eq_ignore_ascii_case(b"tablePhrasesPhrases"))
        .expect("the list of tables is there");
    bytes[at..at + 5].copy_from_slice(b"view ");
    let found = reading(&bytes);
    is_honest("view", &found);
    assert_eq!(found.said, Said::None);
}

#[test]
fn a_ring_of_pages_in_a_database_ends() {
    let mut bytes = sample("grid3-history.sqlite");
    for page in 1..3 {
        let at = page * 4096;
        bytes[at] = 5;
        bytes[at + 3..at + 5].copy_from_slice(&[0, 0]);
        bytes[at + 8..at + 12].copy_from_slice(&(page as u32 + 1).to_be_bytes());
    }
    is_honest("ring", &reading(&bytes));
}

#[test]
fn one_row_that_is_listed_a_thousand_times_does_not_fill_the_memory() {
    // A row of nearly four million letters, which lie in one page that goes on in itself.
    let (length, kind): (u64, u64) = (3_998_373, 7_996_745);
    let varint =
        |number: u64| [21, 14, 7, 0].map(|shift| (number >> shift) as u8 & 0x7F | if shift > 0 { 0x80 } else { 0 });
    let head = [&[7, 0], &varint(kind)[..], &[0]].concat();
    let row = [&varint(length)[..], &[1], &head, &[b'A'; 482], &4_u32.to_be_bytes()].concat();
    let mut bytes = sample("grid3-history.sqlite");
    let phrases = &mut bytes[4096..8192];
    phrases[3..5].copy_from_slice(&1000_u16.to_be_bytes());
    for place in phrases[8..2008].chunks_exact_mut(2) {
        place.copy_from_slice(&3500_u16.to_be_bytes());
    }
    phrases[3500..3500 + row.len()].copy_from_slice(&row);
    bytes.extend([&4_u32.to_be_bytes()[..], &[b'A'; 4092]].concat());
    let source = bytes.as_slice();
    let database = raw::sqlite::Database::open(&source).expect("it begins as a database");
    let rows = database.rows("Phrases", &["Text"], 100_000);
    let taken: usize = rows.rows.iter().filter_map(|row| row[0].text()).map(|text| text.len()).sum();
    assert!(rows.damaged && taken > 3_000_000 && taken < 48 << 20, "{taken} bytes");
    is_honest("rows", &reading(&bytes));
}

/// A zip file as programs write it that do not know a part's size before its end, without the list at its end.
fn unlisted(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let part = |(name, packed): &(&str, &[u8])| {
        let head = [b"PK\x03\x04\x14\0\x08\0\x08\0".as_slice(), &[0; 16], &(name.len() as u16).to_le_bytes(), &[0, 0]]
            .concat();
        [&head, name.as_bytes(), packed, b"PK\x07\x08", &[0; 12]].concat()
    };
    parts.iter().flat_map(part).collect()
}

#[test]
fn parts_of_unknown_size_are_read_to_their_ends_and_not_to_the_end_of_the_file() {
    let mut dice = seeds::Dice(7);
    let words: Vec<String> = (0..20_000).map(|_| format!("{:x}", dice.below(usize::MAX))).collect();
    let long = page_with(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let packed = [long, page_with(&["end"])].map(|page| miniz_oxide::deflate::compress_to_vec(&page, 1));
    assert!(packed[0].len() > 128 << 10);
    let found = reading(&unlisted(&[("a.obf", &packed[0]), ("b.obf", &packed[1])]));
    assert_eq!((found.boards[0].cells.len(), found.boards[1].cells[0].label.as_str()), (20_000, "end"));
    assert_eq!((found.said, found.problems.len()), (Said::Part, 1), "{:?}", found.problems);

    let broken = vec![("c.obf", b"\xFF\xFF".as_slice()); 10_000];
    let many = [unlisted(&broken), vec![0; 16 << 20]].concat();
    let began = std::time::Instant::now();
    is_honest("parts", &reading(&many));
    assert!(began.elapsed() < std::time::Duration::from_secs(5), "{:?}", began.elapsed());
}

#[test]
fn a_million_damaged_lines_are_counted_and_not_listed() {
    let log = format!("#Start logfile\nT:18:21:15 O:\"want\"\n{}", "\" -s\n".repeat(1_000_000));
    let began = std::time::Instant::now();
    let found = reading(log.as_bytes());
    assert!(began.elapsed() < std::time::Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!((found.events.len(), found.problems.len()), (1, 501));
    assert!(found.message.contains(" 1000000 things in it"), "{}", found.message);
}
