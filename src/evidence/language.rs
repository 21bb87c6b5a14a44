//! The languages on offer for an item, from `assets/data/languages.toml`. British Sign Language is one of them, and so is
//! "I do not know".

use std::sync::OnceLock;

/// A language.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct Language {
    /// BCP 47.
    pub tag: String,
    /// Its name in English.
    pub name: String,
    /// Its name in itself.
    pub own: Option<String>,
}

#[derive(serde::Deserialize)]
struct File {
    language: Vec<Language>,
    unnamed: Vec<Language>,
}

fn file() -> &'static File {
    static FILE: OnceLock<File> = OnceLock::new();
    FILE.get_or_init(|| {
        toml::from_str(include_str!("../../assets/data/languages.toml"))
            .expect("a test reads the languages before they are released")
    })
}

impl Language {
    /// As a list shows it: `Polish – Polski`.
    pub fn label(&self) -> String {
        match &self.own {
            Some(own) if *own != self.name => format!("{} – {own}", self.name),
            _ => self.name.clone(),
        }
    }

    /// Every language on offer, in the order in which pages offer them.
    pub fn all() -> &'static [Language] {
        &file().language
    }

    /// The language with this tag.
    pub fn find(tag: &str) -> Option<&'static Language> {
        Language::all().iter().find(|language| language.tag == tag)
    }

    /// How lists name the language with this tag, also one that is not on offer.
    pub fn name_of(tag: &str) -> String {
        let known = Language::all().iter().chain(&file().unnamed).find(|language| language.tag == tag);
        known.map_or_else(|| tag.to_owned(), Language::label)
    }
}

/// Signed, and nobody said in which sign language: on no list, and what waits for an interpreter is counted under it.
pub const SIGNED: &str = "sgn";

/// The `lang` for a person's own text: none where we do not know it, or where it is no written language.
pub fn for_markup(tag: Option<&str>) -> Option<&str> {
    tag.filter(|tag| !matches!(*tag, "und" | "mis" | "mul" | "zxx" | "bfi" | "sgn"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_language_and_not_knowing_are_on_offer() {
        assert!(Language::find("bfi").is_some() && Language::find("und").is_some());
        let mut tags: Vec<&str> = Language::all().iter().map(|language| language.tag.as_str()).collect();
        tags.sort_unstable();
        tags.dedup();
        assert_eq!(tags.len(), Language::all().len());
        assert!(Language::find(SIGNED).is_none() && Language::name_of(SIGNED) != SIGNED);
        assert_eq!(Language::find("pl").map(Language::label).as_deref(), Some("Polish – Polski"));
    }

    #[test]
    fn only_a_known_written_language_marks_a_text() {
        assert_eq!(for_markup(Some("ur")), Some("ur"));
        assert_eq!(for_markup(Some("und")), None);
        assert_eq!(for_markup(None), None);
    }
}
