//! Further languages: one folder each, `assets/words/<tag>/` or a folder of the operator's (`HEARD_WORDS`), with the same
//! keys as `en`. Adding a language is adding a folder.
//!
//! A folder holds `language.toml`, which says what the language calls itself and which way it is written, and any number
//! of words files:
//!
//! ```toml
//! [language]
//! own = "اردو"
//! direction = "rtl"
//! ```
//!
//! What a folder does not say yet is said in English, key by key, and marked as English ([`super::marks`]), so that a
//! screen reader reads it as such. A folder with a key that English does not have, or with other places such as
//! `{number}`, is refused with a sentence that says where: nobody should read half a sentence.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

use super::marks::in_english;
use super::own_pictures::OwnPictures;
use super::{BadWords, Entry, Files, Words, places};

/// A language as the reader is offered it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offered {
    /// BCP 47.
    pub tag: &'static str,
    /// What it calls itself.
    pub own: &'static str,
    /// `ltr` or `rtl`.
    pub direction: &'static str,
}

/// English as it is offered beside others.
pub(super) const ENGLISH: Offered = Offered { tag: "en", own: "English", direction: "ltr" };

/// Every language that pages speak, English first.
#[derive(Debug)]
pub struct Languages(Vec<Words>);

impl Languages {
    /// The languages that are built into the program.
    pub fn embedded() -> &'static Languages {
        static LANGUAGES: OnceLock<Languages> = OnceLock::new();
        LANGUAGES.get_or_init(|| {
            Languages::read(embedded_folders()).expect("a test reads every words file before it is released")
        })
    }

    /// The languages that are built in, and those of a folder that holds a folder for each. Read once: they stay.
    pub fn with_folder(folder: &Path) -> Result<&'static Languages, BadWords> {
        Languages::with(Some(folder), None)
    }

    /// The same, where there is such a folder, with the operator's pictures, where there are any.
    pub fn with(
        folder: Option<&Path>,
        own_pictures: Option<&'static OwnPictures>,
    ) -> Result<&'static Languages, BadWords> {
        let mut folders = embedded_folders();
        if let Some(folder) = folder {
            folders.extend(folders_in(folder)?);
        }
        let mut languages = Languages::read(folders)?;
        for words in &mut languages.0 {
            words.own_pictures = own_pictures;
        }
        Ok(Box::leak(Box::new(languages)))
    }

    fn read(folders: BTreeMap<String, Folder>) -> Result<Languages, BadWords> {
        let mut all = vec![Words::read_embedded("en")?];
        for (tag, folder) in folders {
            let translated = translated(tag, folder, &all[0])?;
            all.push(translated);
        }
        let offered: Vec<Offered> = all.iter().map(|words| words.this).collect();
        let offered: &'static [Offered] = Box::leak(offered.into_boxed_slice());
        for words in &mut all {
            words.offered = offered;
        }
        Ok(Languages(all))
    }

    /// The words of this language; English where we do not speak it.
    pub fn find(&'static self, tag: &str) -> &'static Words {
        self.0.iter().find(|words| words.this.tag == tag).unwrap_or(&self.0[0])
    }

    /// The words of every language.
    pub fn all(&'static self) -> impl Iterator<Item = &'static Words> {
        self.0.iter()
    }
}

/// The files of one language: their names and texts.
type Folder = Vec<(String, String)>;

fn embedded_folders() -> BTreeMap<String, Folder> {
    let mut folders: BTreeMap<String, Folder> = BTreeMap::new();
    for file in Files::iter().filter(|file| file.ends_with(".toml")) {
        let Some((tag, _)) = file.split_once('/').filter(|(tag, _)| *tag != "en") else { continue };
        let text = Files::get(&file).map(|found| String::from_utf8_lossy(&found.data).into_owned());
        folders.entry(tag.to_owned()).or_default().push((file.to_string(), text.unwrap_or_default()));
    }
    folders
}

fn folders_in(folder: &Path) -> Result<BTreeMap<String, Folder>, BadWords> {
    let bad = |path: &Path, problem: std::io::Error| BadWords {
        file: path.display().to_string(),
        problem: problem.to_string(),
    };
    let mut folders = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(|error| bad(folder, error))? {
        let path = entry.map_err(|error| bad(folder, error))?.path();
        let Some(tag) = path.file_name().and_then(|name| name.to_str()).filter(|_| path.is_dir()) else { continue };
        let mut files = Folder::new();
        for file in std::fs::read_dir(&path).map_err(|error| bad(&path, error))? {
            let file = file.map_err(|error| bad(&path, error))?.path();
            if file.extension().is_some_and(|kind| kind == "toml") {
                let text = std::fs::read_to_string(&file).map_err(|error| bad(&file, error))?;
                files.push((file.display().to_string(), text));
            }
        }
        folders.insert(tag.to_owned(), files);
    }
    Ok(folders)
}

/// A language with everything that it says, and English for what it does not say yet.
fn translated(tag: String, folder: Folder, english: &Words) -> Result<Words, BadWords> {
    let bad = |problem: String| BadWords { file: format!("{tag}/"), problem };
    let is_tag = tag.len() >= 2 && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') && tag != "en";
    if !is_tag {
        return Err(bad("a folder is named by a language's tag, such as ur or pl; en is built in".to_owned()));
    }
    let mut words = Words { entries: BTreeMap::new(), this: ENGLISH, offered: &[], own_pictures: None };
    for (file, text) in &folder {
        words.add_file(text).map_err(|problem| BadWords { file: file.clone(), problem })?;
    }
    let mut fact = |key: &str| words.entries.remove(key).map(|entry| entry.plain).filter(|text| !text.is_empty());
    let own = fact("language.own").ok_or_else(|| bad("language.own, its name in itself, is missing".to_owned()))?;
    let direction = match fact("language.direction").as_deref() {
        Some("rtl") => "rtl",
        Some("ltr") => "ltr",
        _ => return Err(bad("language.direction must be ltr or rtl".to_owned())),
    };
    fits_english(&words, english).map_err(bad)?;
    fill_with_english(&mut words, english);
    let leaked = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    words.this = Offered { tag: leaked(tag), own: leaked(own), direction };
    Ok(words)
}

fn fits_english(words: &Words, english: &Words) -> Result<(), String> {
    for (key, entry) in &words.entries {
        let ours = english.entries.get(key).ok_or_else(|| format!("{key} is said nowhere"))?;
        let wanted: BTreeSet<&str> = places(&ours.plain);
        for text in [Some(&entry.plain), entry.short.as_ref(), entry.pictures.as_ref()].into_iter().flatten() {
            if places(text) != wanted {
                return Err(format!("{key} must have the places {wanted:?}, and no others"));
            }
        }
    }
    Ok(())
}

fn fill_with_english(words: &mut Words, english: &Words) {
    for (key, ours) in &english.entries {
        let Some(theirs) = words.entries.get_mut(key) else {
            let marked = |text: &Option<String>| text.as_deref().map(in_english);
            let entry = Entry {
                plain: in_english(&ours.plain),
                short: marked(&ours.short),
                pictures: marked(&ours.pictures),
                picture: ours.picture.clone(),
            };
            words.entries.insert(key.clone(), entry);
            continue;
        };
        theirs.picture = theirs.picture.take().or_else(|| ours.picture.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::super::Wording;
    use super::*;

    const FACTS: &str = "[language]\nown = \"اردو\"\ndirection = \"rtl\"\n";

    fn read(text: &str) -> Result<&'static Languages, BadWords> {
        let folder = vec![("ur/words.toml".to_owned(), format!("{FACTS}{text}"))];
        Ok(Box::leak(Box::new(Languages::read(BTreeMap::from([("ur".to_owned(), folder)]))?)))
    }

    #[test]
    fn what_a_language_does_not_say_is_said_in_english_and_marked() {
        let languages = read("[frame]\nback = \"واپس\"\n").expect("it is well formed");
        let urdu = languages.find("ur").speak(Wording::Plain);
        assert_eq!((urdu.language(), urdu.direction(), urdu.say("frame.back")), ("ur", "rtl", "واپس"));
        let english = languages.find("en").speak(Wording::Plain);
        assert_eq!(urdu.say("frame.skip"), in_english(english.say("frame.skip")));
        assert_eq!(english.offered().iter().map(|one| one.own).collect::<Vec<_>>(), ["English", "اردو"]);
        assert_eq!(languages.find("xx").speak(Wording::Plain).language(), "en");
        // A wording that is not translated is said in the language's own plain words, with the picture of English.
        let pictures = languages.find("ur").speak(Wording::Pictures);
        assert_eq!(pictures.say("frame.back"), "واپس");
        assert!(pictures.picture("item.kind").is_some());
    }

    #[test]
    fn a_folder_that_does_not_fit_is_refused_with_the_key() {
        let problem = |text: &str| read(text).expect_err("it is refused").to_string();
        assert!(problem("[frame]\nno_such = \"x\"\n").contains("frame.no_such"));
        assert!(problem("[questions]\nwhich = \"x {number}\"\n").contains("questions.which"));
        let nameless = vec![("pl/a.toml".to_owned(), String::new())];
        assert!(Languages::read(BTreeMap::from([("pl".to_owned(), nameless)])).is_err());
        assert!(Languages::read(BTreeMap::from([("../x".to_owned(), Folder::new())])).is_err());
    }

    #[test]
    fn every_language_of_this_release_can_be_read() {
        assert_eq!(Languages::embedded().find("en").speak(Wording::Plain).language(), "en");
        for words in Languages::embedded().all() {
            assert!(words.keys().count() > 0);
        }
    }

    #[test]
    fn a_folder_of_the_operator_adds_a_language() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let ours = folder.path().join("ar");
        std::fs::create_dir(&ours).expect("a folder");
        std::fs::write(ours.join("language.toml"), FACTS.replace("اردو", "العربية")).expect("a file");
        let languages = Languages::with_folder(folder.path()).expect("it can be read");
        assert_eq!(languages.find("ar").speak(Wording::Plain).direction(), "rtl");
        assert!(Languages::with_folder(&folder.path().join("none")).is_err());
    }
}
