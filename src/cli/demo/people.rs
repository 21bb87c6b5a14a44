//! The demonstration's people, places and files: `assets/demo/people.toml` and the media beside it. All made up.

use std::collections::BTreeMap;

use rust_embed::Embed;
use serde::Deserialize;

use crate::evidence::days::Days;

/// Everything that the demonstration is filled with.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demonstration {
    /// Made-up areas.
    pub area: Vec<Area>,
    /// Made-up inspections.
    pub inspection: Vec<Inspection>,
    /// Made-up staff.
    pub staff: Vec<Person>,
    /// Made-up submissions.
    pub submission: Vec<Submission>,
    /// What somebody without their code asks to be taken back.
    pub request: Vec<Request>,
}

/// A made-up request of somebody without their code.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// What they want taken back.
    pub words: String,
    /// How to reach them.
    pub reach: String,
}

/// A made-up area.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// Its code, which begins with X.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its region.
    pub region: String,
    /// Other names of it.
    pub names: Vec<String>,
}

/// A made-up inspection.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inspection {
    /// The code of its area.
    pub area: String,
    /// What staff call it.
    pub title: String,
    /// `full` or `monitoring`.
    pub kind: String,
}

/// A made-up member of staff.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The name.
    pub name: String,
    /// The address for signing in, at a domain that can never exist.
    pub email: String,
    /// The role's name.
    pub role: String,
    /// Who employs them.
    pub employer: String,
}

/// A made-up submission.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Submission {
    /// What its owner called it.
    pub name: String,
    /// Who tells us.
    pub role: String,
    /// About whom.
    pub about: String,
    /// The age band.
    pub age: String,
    /// How the child or young person communicates.
    pub methods: Vec<String>,
    /// The code of the area; none: not known.
    pub area: Option<String>,
    /// The code of another area that is responsible.
    pub responsible: Option<String>,
    /// What was said where the area is not known.
    pub town: Option<String>,
    /// How many days ago it was sent.
    pub days: i64,
    /// Whether inspectors may quote.
    #[serde(default)]
    pub quote: bool,
    /// Whether inspectors may reply.
    #[serde(default)]
    pub reply: bool,
    /// What an inspector asks its sender.
    pub question: Option<String>,
    /// Who helped, and how.
    pub helped: Option<String>,
    /// Whether people must not find out where the child lives.
    #[serde(default)]
    pub secret_place: bool,
    /// Whom they work for, if that was said.
    pub works_for: Option<String>,
    /// More answers, by the names that they are kept under: how it came about, how it was asked, their card.
    #[serde(default)]
    pub answers: BTreeMap<String, String>,
    /// Why a person must look today.
    pub flag: Option<String>,
    /// Whether the sender says that someone is not safe now.
    #[serde(default)]
    pub not_safe: bool,
    /// Writing.
    #[serde(default)]
    pub text: Vec<Text>,
    /// Files.
    #[serde(default)]
    pub file: Vec<File>,
    /// Dated steps.
    #[serde(default)]
    pub date: Vec<Date>,
}

/// A piece of writing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// The words.
    pub words: String,
    /// A translation that staff put beside them, which nobody has checked.
    pub translation: Option<String>,
    /// Whose they are, how they reached us, the child's answer, the language.
    #[serde(flatten)]
    pub facts: Facts,
}

/// A file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// What the sender called it.
    pub name: String,
    /// Which of our media stands for it.
    pub media: String,
    /// Whose words it holds, and so on.
    #[serde(flatten)]
    pub facts: Facts,
}

/// What is declared of an item, by the names of the pages' choices.
#[derive(Debug, Default, Deserialize)]
pub struct Facts {
    /// Whose words.
    pub whose: Option<String>,
    /// How they reached us.
    pub reached: Option<String>,
    /// The child's own answer.
    pub assent: Option<String>,
    /// The language; English where it is not said.
    pub language: Option<String>,
    /// When its words were given, and on which days.
    pub days: Option<Days>,
    /// The people who are in it, by nickname.
    #[serde(default)]
    pub people: Vec<String>,
    /// Those of them who changed their mind.
    #[serde(default)]
    pub left: Vec<String>,
    /// Whether it takes the place of an older cut that somebody left.
    #[serde(default)]
    pub new_cut: bool,
}

/// A dated step.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Date {
    /// Which limit it is measured by.
    pub rule: String,
    /// What was asked for.
    pub what: String,
    /// When it was asked for.
    pub asked: String,
    /// What they said.
    pub outcome: String,
    /// When they said it.
    pub answered: String,
    /// How the sender knows.
    pub known: String,
}

#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/assets/demo/media"]
struct Media;

/// The bytes of one of our media.
pub fn media(name: &str) -> Option<Vec<u8>> {
    Media::get(name).map(|file| file.data.into_owned())
}

/// Reads the demonstration.
pub fn read() -> anyhow::Result<Demonstration> {
    Ok(toml::from_str(include_str!("../../../assets/demo/people.toml"))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_person_place_and_file_of_the_demonstration_is_there_and_made_up() {
        let demonstration = read().expect("the demonstration can be read");
        assert!(demonstration.submission.len() >= 12);
        assert!(demonstration.area.iter().all(|area| area.code.starts_with('X')));
        assert!(demonstration.staff.iter().all(|person| person.email.ends_with(".invalid")));
        for file in demonstration.submission.iter().flat_map(|submission| &submission.file) {
            assert!(media(&file.media).is_some(), "{} is not there", file.media);
        }
    }
}
