//! The words of every page, as data: `assets/words/<language>/*.toml`.
//!
//! A key such as `start.title` has a `plain` text, and may have a `short` one, a `pictures` one and a `picture`:
//!
//! ```toml
//! [start]
//! lead = "Plain words only: the short way to write a key."
//!
//! [start.title]
//! plain = "Tell inspectors about your support"
//! short = "Tell inspectors"
//! picture = "speak"
//! ```
//!
//! The reader chooses the [`Wording`]; nobody chooses it for them by age or role. Where a wording has no text of its own
//! for a key, `pictures` falls back to `short`, and `short` to `plain`. Texts may hold places such as `{number}`.
//!
//! Keys that come from data are said with [`Speech::say_in`]: `say_in("role", "parent")` says `role.parent`. The test in
//! `sources.rs` reads all sources and finds keys that are used and not there, and keys that are there and not used.
//! How well the texts read is `plain_english.rs`; further languages are `languages.rs`; what is read aloud is `aloud/`,
//! what is signed is `signed.rs`. This
//! file leaves markup to `html/`.

use std::collections::BTreeMap;

use rust_embed::Embed;

use self::aloud::Aloud;
use self::languages::{Languages, Offered};
use self::look::Look;
use self::own_pictures::OwnPictures;
use self::signed::{Signed, Video};

pub mod aloud;
pub mod languages;
pub mod look;
pub mod marks;
pub mod own_pictures;
pub mod plain_english;
#[cfg(test)]
mod seeded;
pub mod signed;
#[cfg(test)]
mod sources;
#[cfg(test)]
mod wordings;

/// How pages speak. Called Easy Read by nobody until people with learning disabilities have tested it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Wording {
    /// Plain words.
    #[default]
    Plain,
    /// Short words.
    Short,
    /// Short words with pictures.
    Pictures,
}

impl Wording {
    /// All wordings, in the order in which pages offer them.
    pub const ALL: [Wording; 3] = [Wording::Plain, Wording::Short, Wording::Pictures];

    /// Reads the name that [`Wording::name`] gives.
    pub fn parse(name: &str) -> Option<Wording> {
        Wording::ALL.into_iter().find(|wording| wording.name() == name)
    }

    /// The name in forms, cookies and the database.
    pub fn name(self) -> &'static str {
        match self {
            Wording::Plain => "plain",
            Wording::Short => "short",
            Wording::Pictures => "pictures",
        }
    }
}

/// What one key says in each wording.
#[derive(Debug, Default)]
struct Entry {
    plain: String,
    short: Option<String>,
    pictures: Option<String>,
    picture: Option<String>,
}

/// All words of one language.
#[derive(Debug)]
pub struct Words {
    entries: BTreeMap<String, Entry>,
    this: Offered,
    /// Every language that the reader may choose, this one among them.
    offered: &'static [Offered],
    /// The operator's pictures, which take the place of ours.
    own_pictures: Option<&'static OwnPictures>,
}

/// A words file that cannot be used, as a sentence that says where and why.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {problem}")]
pub struct BadWords {
    /// The file.
    pub file: String,
    /// What is wrong with it.
    pub problem: String,
}

#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/assets/words"]
struct Files;

impl Words {
    /// The English words that are built into the program.
    pub fn embedded() -> &'static Words {
        Languages::embedded().find("en")
    }

    fn read_embedded(language: &'static str) -> Result<Words, BadWords> {
        let mut words = Words { entries: BTreeMap::new(), this: languages::ENGLISH, offered: &[], own_pictures: None };
        for file in Files::iter().filter(|file| file.split('/').next() == Some(language) && file.ends_with(".toml")) {
            let bytes = Files::get(&file).map(|found| found.data).unwrap_or_default();
            let bad = |problem: String| BadWords { file: file.to_string(), problem };
            let text = std::str::from_utf8(&bytes).map_err(|error| bad(error.to_string()))?;
            words.add_file(text).map_err(bad)?;
        }
        Ok(words)
    }

    /// The English words of a folder, such as that of the sources: for what is made of them before the program is.
    pub fn read_folder(folder: &std::path::Path) -> Result<Words, BadWords> {
        let bad = |file: &std::path::Path, problem: String| BadWords { file: file.display().to_string(), problem };
        let mut words = Words { entries: BTreeMap::new(), this: languages::ENGLISH, offered: &[], own_pictures: None };
        let files = std::fs::read_dir(folder).map_err(|error| bad(folder, error.to_string()))?;
        for file in files.flatten().map(|file| file.path()).filter(|file| file.extension().is_some_and(|k| k == "toml"))
        {
            let text = std::fs::read_to_string(&file).map_err(|error| bad(&file, error.to_string()))?;
            words.add_file(&text).map_err(|problem| bad(&file, problem))?;
        }
        Ok(words)
    }

    fn add_file(&mut self, text: &str) -> Result<(), String> {
        let table: toml::Table = toml::from_str(text).map_err(|error| error.to_string())?;
        self.add_table("", table)
    }

    fn add_table(&mut self, prefix: &str, table: toml::Table) -> Result<(), String> {
        for (name, value) in table {
            let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
            match value {
                toml::Value::String(plain) => self.add(key, Entry { plain, ..Entry::default() })?,
                toml::Value::Table(inner) if inner.get("plain").is_some_and(toml::Value::is_str) => {
                    let entry = read_entry(&key, inner)?;
                    self.add(key, entry)?;
                }
                toml::Value::Table(inner) => self.add_table(&key, inner)?,
                _ => return Err(format!("{key} is neither a text nor a table")),
            }
        }
        Ok(())
    }

    fn add(&mut self, key: String, entry: Entry) -> Result<(), String> {
        match self.entries.insert(key.clone(), entry) {
            None => Ok(()),
            Some(_) => Err(format!("{key} is there twice")),
        }
    }

    /// These words, spoken in one wording.
    pub fn speak(&'static self, wording: Wording) -> Speech {
        Speech { words: self, wording, look: Look::default(), aloud: None, signed: None }
    }

    /// Every key, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// Whether some words have the picture of this name.
    pub fn names_picture(&self, name: &str) -> bool {
        self.entries.values().any(|entry| entry.picture.as_deref() == Some(name))
    }

    /// The operator's picture that is served at this address.
    pub fn own_picture(&self, address: &str) -> Option<&'static [u8]> {
        self.own_pictures?.bytes(address)
    }

    /// Whether there is such a key.
    pub fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }
}

fn read_entry(key: &str, table: toml::Table) -> Result<Entry, String> {
    let mut entry = Entry::default();
    for (name, value) in table {
        let toml::Value::String(text) = value else {
            return Err(format!("{key}.{name} is not a text"));
        };
        match name.as_str() {
            "plain" => entry.plain = text,
            "short" => entry.short = Some(text),
            "pictures" => entry.pictures = Some(text),
            "picture" => entry.picture = Some(text),
            _ => return Err(format!("{key} has a part that nobody reads: {name}")),
        }
    }
    Ok(entry)
}

/// The words of one language in one wording: what page functions take to speak with.
#[derive(Clone, Copy, Debug)]
pub struct Speech {
    words: &'static Words,
    wording: Wording,
    look: Look,
    aloud: Option<&'static Aloud>,
    signed: Option<&'static Signed>,
}

impl Speech {
    /// What the key says. A key that is not there panics while we build and test, and is an empty text and a log line
    /// for a person who only wanted to read a page.
    #[track_caller]
    pub fn say(self, key: &str) -> &'static str {
        match self.words.entries.get(key) {
            Some(entry) => entry.in_wording(self.wording),
            None if cfg!(debug_assertions) => panic!("no words for {key}"),
            None => {
                tracing::error!(key, "a page asked for words that are not there");
                ""
            }
        }
    }

    /// What the key says, with each `{name}` filled in.
    #[track_caller]
    pub fn fill(self, key: &str, values: &[(&str, &str)]) -> String {
        fill_places(self.say(key), values)
    }

    /// What the key `group.name` says: for names that come from data.
    #[track_caller]
    pub fn say_in(self, group: &str, name: &str) -> &'static str {
        self.say(&format!("{group}.{name}"))
    }

    /// The words for a name that comes from data, in a group such as `reading.kind.`; a name of an older or newer server is
    /// shown as it is, made readable.
    pub fn name_of(self, group: &str, name: &str) -> String {
        let key = format!("{group}{name}");
        if self.has(&key) { self.say(&key).to_owned() } else { name.replace('_', " ") }
    }

    /// Whether the words have this key: for texts that data may or may not bring.
    pub fn has(self, key: &str) -> bool {
        self.words.has(key)
    }

    /// The picture beside this key's words: only in the `pictures` wording. A name of ours, or the address of the
    /// operator's own in its place.
    pub fn picture(self, key: &str) -> Option<&'static str> {
        match self.wording {
            Wording::Pictures => {
                let name = self.words.entries.get(key)?.picture.as_deref()?;
                Some(self.words.own_pictures.and_then(|own| own.address(name)).unwrap_or(name))
            }
            Wording::Plain | Wording::Short => None,
        }
    }

    /// The wording that the reader chose.
    pub fn wording(self) -> Wording {
        self.wording
    }

    /// The same words on pages that look like this.
    pub fn looking(self, look: Look) -> Speech {
        Speech { look, ..self }
    }

    /// How the reader wants pages to look.
    pub fn look(self) -> Look {
        self.look
    }

    /// The same, for pages that can be read aloud, or watched in sign language.
    pub fn with_voice(self, aloud: &'static Aloud, signed: &'static Signed) -> Speech {
        Speech { aloud: Some(aloud), signed: Some(signed), ..self }
    }

    /// The page of this address in British Sign Language, where the operator has a video of it.
    pub fn signed(self, path: &str) -> Option<&'static Video> {
        self.signed?.of_page(path)
    }

    /// The address of the sound of a part of a page, where there is a voice and it has something to say of it. `left_out`
    /// is said where something cannot be. There is no voice for another language than English.
    pub fn aloud(self, html: &str, left_out: &str) -> Option<String> {
        let aloud = self.aloud.filter(|_| !self.is_translated())?;
        aloud.address(html, left_out)
    }

    /// The language's tag, for `lang`.
    pub fn language(self) -> &'static str {
        self.words.this.tag
    }

    /// The direction of writing, for `dir`.
    pub fn direction(self) -> &'static str {
        self.words.this.direction
    }

    /// The languages that the reader may choose; one alone is no choice.
    pub fn offered(self) -> &'static [Offered] {
        self.words.offered
    }

    /// Whether these words may hold English that is marked as such ([`marks`]).
    pub fn is_translated(self) -> bool {
        self.words.this != languages::ENGLISH
    }
}

impl Entry {
    fn in_wording(&'static self, wording: Wording) -> &'static str {
        let short = || self.short.as_deref().unwrap_or(&self.plain);
        match wording {
            Wording::Plain => &self.plain,
            Wording::Short => short(),
            Wording::Pictures => self.pictures.as_deref().unwrap_or_else(short),
        }
    }
}

/// The names of the places in a text.
fn places(text: &str) -> std::collections::BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|after| after.split_once('}')).map(|(name, _)| name).collect()
}

/// One pass over the text, so that a value which looks like a place is never filled again.
fn fill_places(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        match values.iter().find(|(place, _)| *place == name) {
            Some((_, value)) => filled.push_str(value),
            None if cfg!(debug_assertions) => panic!("nobody fills the place {name} of {text:?}"),
            None => {}
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> &'static Words {
        let mut words = Words { entries: BTreeMap::new(), this: languages::ENGLISH, offered: &[], own_pictures: None };
        words
            .add_file(
                "[a]\nplain_only = \"Plain {x}.\"\n[a.full]\nplain = \"Long\"\nshort = \"Short\"\npicture = \"speak\"\n",
            )
            .expect("the sample is well formed");
        Box::leak(Box::new(words))
    }

    #[test]
    fn a_wording_without_words_of_its_own_falls_back() {
        let words = sample();
        assert_eq!(words.speak(Wording::Plain).say("a.full"), "Long");
        assert_eq!(words.speak(Wording::Short).say("a.full"), "Short");
        assert_eq!(words.speak(Wording::Pictures).say("a.full"), "Short");
        assert_eq!(words.speak(Wording::Pictures).say("a.plain_only"), "Plain {x}.");
    }

    #[test]
    fn pictures_are_shown_only_to_those_who_chose_them() {
        assert_eq!(sample().speak(Wording::Plain).picture("a.full"), None);
        assert_eq!(sample().speak(Wording::Pictures).picture("a.full"), Some("speak"));
    }

    #[test]
    fn a_value_is_never_read_as_a_place() {
        assert_eq!(sample().speak(Wording::Plain).fill("a.plain_only", &[("x", "{x} {y}")]), "Plain {x} {y}.");
    }

    #[test]
    #[should_panic(expected = "no words for a.missing")]
    fn a_missing_key_is_found_while_building() {
        sample().speak(Wording::Plain).say("a.missing");
    }

    #[test]
    fn a_key_twice_or_a_misspelt_part_is_refused() {
        let mut words = Words { entries: BTreeMap::new(), this: languages::ENGLISH, offered: &[], own_pictures: None };
        assert!(words.add_file("[a.b]\nplain = \"x\"\nshrot = \"y\"").is_err());
        words.add_file("[c]\nd = \"x\"").expect("well formed");
        assert!(words.add_file("[c]\nd = \"x\"").is_err());
    }

    #[test]
    fn every_words_file_can_be_read() {
        let words = Words::read_embedded("en").expect("every words file can be read");
        assert!(words.keys().count() > 0);
    }

    #[test]
    fn every_picture_named_is_there() {
        for (key, entry) in &Words::embedded().entries {
            if let Some(name) = &entry.picture {
                let file = format!("{}/assets/pictures/{name}.svg", env!("CARGO_MANIFEST_DIR"));
                assert!(std::path::Path::new(&file).exists(), "{key} names the picture {name}, which is not there");
            }
        }
    }
}
