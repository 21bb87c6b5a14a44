//! The standard questions and the lines of the framework that they belong to, as dated data (`assets/data`). Who tried
//! them before anybody relied on the answers is `submission::question_set`.

use std::sync::OnceLock;

use jiff::civil::Date;

use super::dated::{Day, holds_on};

/// A standard question, in one of its versions.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its number: answers are kept under it, and its meaning never changes.
    pub number: i64,
    /// Its name through all versions.
    pub id: String,
    /// Which version this is.
    pub version: i64,
    /// The line of the framework that it belongs to.
    pub criterion: String,
    /// The closed answers on offer; none for a question that is only open.
    pub answers: Vec<String>,
    /// The first day on which it is asked.
    pub valid_from: Day,
    /// The last day, where there is one.
    pub valid_to: Option<Day>,
}

#[derive(serde::Deserialize)]
struct QuestionFile {
    version: String,
    question: Vec<Question>,
}

impl Question {
    /// Every question that was ever asked.
    pub fn all() -> &'static [Question] {
        &file().question
    }

    /// The questions that are asked on a day.
    pub fn on(day: Date) -> impl Iterator<Item = &'static Question> {
        let is_asked = move |one: &&Question| holds_on(one.valid_from, one.valid_to, day);
        Question::all().iter().filter(is_asked)
    }

    /// The question with this number, asked today or not: old answers stay readable.
    pub fn find(number: i64) -> Option<&'static Question> {
        Question::all().iter().find(|question| question.number == number)
    }

    /// The key of its words, such as `question.q1.ask`.
    pub fn words(&self, part: &str) -> String {
        format!("question.q{}.{part}", self.number)
    }

    /// The name of the set as it is now: who tried it is kept under this name (`submission::question_set`).
    pub fn set_version() -> &'static str {
        &file().version
    }
}

fn file() -> &'static QuestionFile {
    static FILE: OnceLock<QuestionFile> = OnceLock::new();
    FILE.get_or_init(|| {
        toml::from_str(include_str!("../../../assets/data/questions.toml"))
            .expect("a test reads the questions before they are released")
    })
}

/// A line of the framework that inspections follow.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Its short name.
    pub code: String,
    /// Which part of the framework it is in.
    pub part: String,
    /// What it says.
    pub text: String,
    /// The first day on which it holds.
    pub valid_from: Day,
    /// The last day, where there is one.
    pub valid_to: Option<Day>,
}

#[derive(serde::Deserialize)]
struct CriterionFile {
    criterion: Vec<Criterion>,
}

impl Criterion {
    /// Every line that ever held.
    pub fn all() -> &'static [Criterion] {
        static ALL: OnceLock<Vec<Criterion>> = OnceLock::new();
        ALL.get_or_init(|| {
            let file: CriterionFile = toml::from_str(include_str!("../../../assets/data/criteria.toml"))
                .expect("a test reads the criteria before they are released");
            file.criterion
        })
    }

    /// The lines that hold on a day.
    pub fn on(day: Date) -> impl Iterator<Item = &'static Criterion> {
        Criterion::all().iter().filter(move |one| holds_on(one.valid_from, one.valid_to, day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Wording, Words};
    use std::collections::BTreeSet;

    #[test]
    fn numbers_are_used_once_and_every_question_belongs_to_a_criterion() {
        let numbers: BTreeSet<i64> = Question::all().iter().map(|question| question.number).collect();
        assert_eq!(numbers.len(), Question::all().len());
        for question in Question::all() {
            assert!(Criterion::all().iter().any(|one| one.code == question.criterion), "{}", question.id);
        }
        for criterion in Criterion::all() {
            assert!(Question::all().iter().any(|one| one.criterion == criterion.code), "{}", criterion.code);
        }
    }

    #[test]
    fn every_question_and_answer_has_words() {
        let speech = Words::embedded().speak(Wording::Plain);
        for question in Question::all() {
            assert!(speech.has(&question.words("ask")) && speech.has(&question.words("hint")), "{}", question.id);
            for answer in &question.answers {
                assert!(speech.has(&format!("question.answer.{answer}")), "{answer}");
            }
        }
    }

    #[test]
    fn one_version_of_a_question_is_asked_at_a_time() {
        let today: Date = jiff::civil::date(2026, 11, 21);
        let ids: Vec<&str> = Question::on(today).map(|question| question.id.as_str()).collect();
        let once: BTreeSet<&str> = ids.iter().copied().collect();
        assert!(ids.len() >= 10 && ids.len() == once.len());
        assert!(!Question::set_version().is_empty());
    }
}
