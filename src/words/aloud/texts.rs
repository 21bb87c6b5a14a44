//! Which sentences pages can show, so that each has a clip; and how a voice speaks what letters do not say.
//!
//! Left out are the groups of words that only staff read, mail, and sentences with a place such as `{number}`.

use std::collections::BTreeSet;

use data_encoding::HEXLOWER;
use serde::Deserialize;

use super::page::sentences;
use crate::words::{Wording, Words, fill_places};

/// Groups of words that no page of the submitter door shows.
const NOT_SHOWN: &[&str] = &[
    "account",
    "asking",
    "audit",
    "audit_action",
    "audit_by",
    "audit_kind",
    "audit_thing",
    "board",
    "custody",
    "flags",
    "home",
    "inspection",
    "inspection_kind",
    "inspections",
    "lane",
    "links",
    "mail",
    "notes",
    "people",
    "people_news",
    "preparing",
    "question_try",
    "queue",
    "reading",
    "requests",
    "sign_in",
    "staff",
    "staff_role",
    "staff_role_does",
    "transcript",
    "translation",
];

/// How the made voice speaks: the voice of espeak-ng, words a minute, pitch. A change makes every clip again.
pub const VOICE: (&str, u32, u32) = ("en-gb", 150, 45);

/// One sentence that has a clip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The group of words that has it first, such as `start`: the name of its pack.
    pub group: String,
    /// The sentence as a page shows it.
    pub text: String,
}

/// The hash of a language and a text: what a clip is found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 16]);

impl Hash {
    /// As a pack's index and a recording's file name write it.
    pub fn name(&self) -> String {
        HEXLOWER.encode(&self.0)
    }

    /// Reads what [`Hash::name`] gives.
    pub fn parse(name: &str) -> Option<Hash> {
        Some(Hash(HEXLOWER.decode(name.as_bytes()).ok()?.try_into().ok()?))
    }
}

/// The hash of an English text.
pub fn hash(text: &str) -> Hash {
    let digest = ring::digest::digest(&ring::digest::SHA256, format!("en\n{text}").as_bytes());
    let mut hash = [0; 16];
    hash.copy_from_slice(&digest.as_ref()[..16]);
    Hash(hash)
}

/// Says how a made clip was made: the voice, and what it was given to speak.
pub fn stamp(text: &str) -> String {
    let (voice, speed, pitch) = VOICE;
    let made = format!("{voice} {speed} {pitch} 1\n{}", spoken(text));
    HEXLOWER.encode(&ring::digest::digest(&ring::digest::SHA256, made.as_bytes()).as_ref()[..4])
}

/// Every sentence that pages can show in any wording, each once.
pub fn all(words: &'static Words) -> impl Iterator<Item = Text> {
    let mut seen = BTreeSet::new();
    let of_words = words.keys().filter_map(move |key| {
        let group = key.split('.').next().unwrap_or(key);
        (!NOT_SHOWN.contains(&group)).then(|| {
            let said = Wording::ALL.map(|wording| words.speak(wording).say(key));
            said.into_iter()
                .flat_map(sentences_of)
                .map(|text| Text { group: group.to_owned(), text })
                .collect::<Vec<_>>()
        })
    });
    of_words.flatten().chain(numbers_to_call(words)).filter(move |text| seen.insert(text.text.clone()))
}

/// The phone numbers of those who can help, as the page shows them. One that an operator has confirmed is not among them.
fn numbers_to_call(words: &'static Words) -> Vec<Text> {
    #[derive(Deserialize)]
    struct Contacts {
        contact: Vec<Contact>,
    }
    #[derive(Deserialize)]
    struct Contact {
        id: String,
        phone: Option<String>,
    }
    // The keys that say a number: of everybody, and of Childline beside every warning of danger.
    let keys = |id: &str| match id {
        "childline" => vec!["who_can_help.call", "start.childline"],
        _ => vec!["who_can_help.call"],
    };
    let contacts: Contacts = toml::from_str(include_str!("../../../assets/data/contacts.toml"))
        .expect("a test reads the contacts before they are released");
    let mut texts = Vec::new();
    for contact in contacts.contact {
        let Some(phone) = contact.phone else { continue };
        for key in keys(&contact.id).into_iter().filter(|key| words.has(key)) {
            let group = key.split('.').next().unwrap_or(key);
            for wording in Wording::ALL {
                let said = fill_places(words.speak(wording).say(key), &[("phone", &phone)]);
                texts.extend(sentences(&said).into_iter().map(|text| Text { group: group.to_owned(), text }));
            }
        }
    }
    texts
}

/// The sentences of one text of the words files, as a page shows them: without addresses, list marks and places.
pub fn sentences_of(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for block in text.split("\n\n") {
        for line in block.lines() {
            match (line.strip_prefix("- "), lines.last_mut()) {
                (None, Some(last)) if !last.is_empty() => {
                    last.push(' ');
                    last.push_str(line);
                }
                (item, _) => lines.push(item.unwrap_or(line).to_owned()),
            }
        }
        lines.push(String::new());
    }
    let shown = lines.iter().flat_map(|line| sentences(&without_addresses(line)));
    shown.filter(|sentence| !sentence.contains('{')).collect()
}

/// `[label](address)` as its label.
fn without_addresses(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, label, after)) = rest
        .split_once('[')
        .and_then(|(before, after)| after.split_once("](").map(|(label, after)| (before, label, after)))
        .and_then(|(before, label, after)| after.split_once(')').map(|(_, after)| (before, label, after)))
    {
        plain.push_str(before);
        plain.push_str(label);
        rest = after;
    }
    plain.push_str(rest);
    plain
}

/// Words that are spoken otherwise than espeak-ng reads them.
const SPOKEN: &[(&str, &str)] = &[
    ("AAC", "A A C"),
    ("EHC", "E H C"),
    ("ICO", "I C O"),
    ("LGSCO", "L G S C O"),
    ("SENDIASS", "send eye ass"),
    ("IPSEA", "ip see uh"),
    ("MB", "megabytes"),
    ("KB", "kilobytes"),
];

/// A text as it is given to the voice.
pub fn spoken(text: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    // The parts of one number are spelled together: `0808 801 0366`.
    let mut spelling = false;
    for word in text.split(' ') {
        let core = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '/');
        let is_digits = !core.is_empty() && core.bytes().all(|byte| byte.is_ascii_digit());
        spelling = is_digits && (spelling || is_number_to_call(core));
        words.push(match SPOKEN.iter().find(|(written, _)| *written == core) {
            Some((_, said)) => word.replacen(core, said, 1),
            None if spelling => {
                let digits: Vec<String> = core.chars().map(String::from).collect();
                word.replacen(core, &digits.join(" "), 1)
            }
            None => word.to_owned(),
        });
    }
    words.join(" ")
}

/// `999`, and the parts of `0800 1111`; not a year, and not a number of things.
fn is_number_to_call(word: &str) -> bool {
    let digits = word.len() >= 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_year = word.len() == 4 && (word.starts_with("19") || word.starts_with("20"));
    digits
        && !is_year
        && (word.len() > 3 || matches!(word, "999" | "101" | "111" | "119" | "116") || word.starts_with('0'))
}
