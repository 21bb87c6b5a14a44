//! Every page that is not for staff alone stands complete in every wording, and what is chosen or has a state has a picture.
//! Reads the words files alone; that the pages use these keys is for `sources.rs`, how they read for `plain_english.rs`.

use std::collections::{BTreeMap, BTreeSet};

use super::plain_english::grade;
use super::{Entry, Words, places};

/// What only staff pages say: groups of keys, or whole keys. Everything else stands in short words too.
const STAFF: [&str; 30] = [
    "account.",
    "asking.",
    "audit",
    "board.",
    "custody.",
    "flags.",
    "home.",
    "inspection_kind.",
    "inspections.",
    "lane.",
    "links.",
    "notes.",
    "people.",
    "people_news.",
    "preparing.",
    "question_try.",
    "queue.",
    "reading.",
    "requests.",
    "said_no.",
    "sign_in.",
    "staff.",
    "staff_role.",
    "staff_role_does.",
    "transcript.",
    "translation.",
    "uploads.",
    "frame.staff_nav",
    "frame.sign_out",
    "frame.paging",
];

/// Groups of which every key is something to choose, or a thing with a state: each has a picture.
const PICTURED: [&str; 17] = [
    "start.way_",
    "who.role_is.",
    "who.about_is.",
    "who.age_is.",
    "who.method_is.",
    "who.helped_is.",
    "evidence.kinds.",
    "evidence.kind.",
    "evidence.state.",
    "evidence.getting_ready.",
    "evidence.place.",
    "item.title_",
    "item.as_kind.",
    "item.whose_is.",
    "item.reached_by_way.",
    "item.assent_is.",
    "receipt.st",
];

/// More keys that have a picture: titles, questions that are chosen from, and buttons.
const PICTURED_TOO: [&str; 12] = [
    "who.role",
    "who.about",
    "who.age",
    "who.methods",
    "who.helped",
    "who.save",
    "who.not_said",
    "evidence.add",
    "evidence.body_parts",
    "item.not_said",
    "start.begin",
    "check.send",
];

/// A text of more words than this is shortened for those who chose short words; a shorter one is short already.
const SHORT_ALREADY: usize = 6;

/// Every key that a page or mail for anybody but staff can show.
fn senders_entries() -> impl Iterator<Item = (&'static str, &'static Entry)> {
    let all = Words::embedded().entries.iter().map(|(key, entry)| (key.as_str(), entry));
    all.filter(|(key, _)| !STAFF.iter().any(|beginning| key.starts_with(beginning)))
}

fn words_in(text: &str) -> usize {
    text.split_whitespace().count()
}

#[test]
fn every_page_for_senders_is_complete_in_short_words() {
    let missing: Vec<&str> = senders_entries()
        .filter(|(_, entry)| entry.short.is_none() && words_in(&entry.plain) > SHORT_ALREADY)
        .map(|(key, _)| key)
        .collect();
    assert!(missing.is_empty(), "no short words for:\n{}", missing.join("\n"));
}

#[test]
fn short_words_have_every_place_that_plain_words_have() {
    for (key, entry) in &Words::embedded().entries {
        for short in [&entry.short, &entry.pictures].into_iter().flatten() {
            assert_eq!(places(short), places(&entry.plain), "{key} has other places in short words");
        }
    }
}

/// The addresses of the links in a text.
fn links(text: &str) -> Vec<&str> {
    text.split("](").skip(1).filter_map(|after| after.split(')').next()).collect()
}

/// Days, weeks and other numbers of a text.
fn numbers(text: &str) -> std::collections::BTreeSet<&str> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty()).collect()
}

/// A short text says the same facts: no number and no link of the plain one is left out, and none is new. An example may go.
#[test]
fn short_words_have_every_number_and_link_that_plain_words_have() {
    const EXAMPLES: [&str; 1] = ["item.given_hint"];
    for (key, entry) in &Words::embedded().entries {
        for short in [&entry.short, &entry.pictures].into_iter().flatten() {
            assert_eq!(links(short), links(&entry.plain), "{key} has other links in short words");
            if !EXAMPLES.contains(&key.as_str()) {
                assert_eq!(numbers(short), numbers(&entry.plain), "{key} has other numbers in short words");
            }
        }
    }
}

#[test]
fn these_pages_are_easier_in_short_words() {
    for page in ["start.", "who.", "evidence.", "item.", "check.", "receipt."] {
        let keys = || Words::embedded().entries.iter().filter(|(key, _)| key.starts_with(page));
        let plain: String = keys().map(|(_, entry)| format!("{}\n", entry.plain)).collect();
        let short: String =
            keys().map(|(_, entry)| format!("{}\n", entry.short.as_ref().unwrap_or(&entry.plain))).collect();
        assert!(
            grade(&short) < grade(&plain),
            "{page} is as hard in short words: {} and {}",
            grade(&short),
            grade(&plain)
        );
        assert!(words_in(&short) * 100 <= words_in(&plain) * 85, "{page} is hardly shorter in short words");
    }
}

#[test]
fn these_pages_have_a_picture_for_each_thing() {
    let titles = |key: &str| {
        let page =
            ["start.", "who.", "evidence.", "item.", "check.", "receipt."].iter().any(|page| key.starts_with(page));
        page && key.rsplit(['.', '_']).next() == Some("title")
    };
    // These stand in lines that are pressed to open, which have a mark of their own, or in a notice.
    const BARE: [&str; 3] = ["evidence.kinds_title", "receipt.versions_title", "check.not_sent_title"];
    let without: Vec<&str> = Words::embedded()
        .entries
        .iter()
        .filter(|(_, entry)| entry.picture.is_none())
        .map(|(key, _)| key.as_str())
        .filter(|key| {
            let named = PICTURED.iter().any(|beginning| key.starts_with(beginning)) || PICTURED_TOO.contains(key);
            (named || titles(key)) && !BARE.contains(key)
        })
        .collect();
    assert!(without.is_empty(), "no picture for:\n{}", without.join("\n"));
}

#[test]
fn every_picture_is_named_by_some_words() {
    let folder = format!("{}/assets/pictures", env!("CARGO_MANIFEST_DIR"));
    let named: Vec<&str> = Words::embedded().entries.values().filter_map(|entry| entry.picture.as_deref()).collect();
    for file in std::fs::read_dir(folder).expect("there are pictures").flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        let Some(name) = name.strip_suffix(".svg") else { continue };
        assert!(name == "heard" || named.contains(&name), "no words name the picture {name}");
    }
}

/// `assets/pictures/README.md` is for whoever draws other ones: it says of each what it means and where it stands.
#[test]
fn the_table_of_pictures_is_true() {
    let table = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/pictures/README.md"));
    let mut used: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::from([("heard", BTreeSet::new())]);
    for (key, entry) in &Words::embedded().entries {
        let Some(name) = entry.picture.as_deref() else { continue };
        used.entry(name).or_default().extend(key.split('.').next());
    }
    let rows: Vec<Vec<&str>> = table
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    assert_eq!(rows.len(), used.len(), "one row for each picture");
    let mut texts = BTreeSet::new();
    for row in rows {
        let [name, meaning, text, places] = row[..] else { panic!("four columns: {row:?}") };
        let name = name.trim_matches('`');
        let places_now: Vec<&str> =
            used.get(name).unwrap_or_else(|| panic!("no words have {name}")).iter().copied().collect();
        let places_now = if places_now.is_empty() { "-".to_owned() } else { places_now.join(", ") };
        assert_eq!(places, places_now, "where {name} is used");
        assert!(!meaning.is_empty() && text.len() > 3 && text.len() < 60, "{name}");
        assert!(texts.insert(text), "two pictures are both called {text}");
    }
}
