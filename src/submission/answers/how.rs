//! `/tell/how`: how somebody came to tell us. Who asked them, whether anyone suggested what to say, where they were,
//! whom they work for, whether a computer helped. Every answer is fine, every question can be skipped, and nobody is
//! believed less for an answer: inspectors see it as declared and not checked.
//!
//! [`ASKED`] is the page, the check page and the inspector's strip alike, so that none of them can leave one out.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use maud::{Markup, html};

use super::names::WorksFor;
use super::store::save_works_for;
use super::{Told, choices_with_words_in, hidden_of, typed};
use crate::html::{Door, Field as Input, Page, button_of, form, heading, radios, text_input};
use crate::submission::Field;
use crate::submission::store::{Answers, Submission};
use crate::web::{Answer, Form, Site, Submitter};
use crate::words::Speech;

/// One question. Its words are `how.<name>`, `how.<name>_hint`, `how.<name>_is.<choice>` and `how.<name>_more`.
#[derive(Debug)]
pub struct Asked {
    /// Its name, also in the form.
    pub name: &'static str,
    /// What can be chosen, besides "I do not want to say".
    pub choices: &'static [&'static str],
    /// Where the choice is kept; none for whom they work for, which lists filter by.
    chosen: Option<Field>,
    /// Where their own words beside it are kept, if it takes any.
    pub more: Option<Field>,
}

const YES_NO: &[&str] = &["yes", "no", "not_sure"];

/// Every question, in the order in which it is asked and read.
pub const ASKED: &[Asked] = &[
    Asked {
        name: "asked_by",
        choices: &["nobody", "inspectors", "school", "council", "nhs", "family", "advocate", "other"],
        chosen: Some(Field::AskedBy),
        more: Some(Field::AskedByMore),
    },
    Asked { name: "suggested", choices: YES_NO, chosen: Some(Field::Suggested), more: Some(Field::SuggestedMore) },
    Asked { name: "seen_before", choices: YES_NO, chosen: Some(Field::SeenBefore), more: None },
    Asked { name: "explained", choices: YES_NO, chosen: Some(Field::Explained), more: None },
    Asked {
        name: "place",
        choices: &["home", "school", "health", "other"],
        chosen: Some(Field::Place),
        more: Some(Field::PlaceMore),
    },
    Asked { name: "works_for", choices: &["school", "council", "nhs", "no"], chosen: None, more: None },
    Asked { name: "ai", choices: YES_NO, chosen: Some(Field::Ai), more: Some(Field::AiMore) },
];

impl Asked {
    /// What was chosen.
    pub fn chosen<'a>(&self, row: &'a Submission, answers: &'a Answers) -> Option<&'a str> {
        match self.chosen {
            Some(field) => answers.some(field),
            None => row.works_for.as_deref(),
        }
    }

    /// The key of its words.
    pub fn words(&self) -> String {
        format!("how.{}", self.name)
    }

    /// The group of its choices' words.
    pub fn choice_words(&self) -> String {
        format!("how.{}_is", self.name)
    }

    fn more_name(&self) -> String {
        format!("{}-more", self.name)
    }
}

/// Whether anything was answered.
pub fn is_answered(row: &Submission, answers: &Answers) -> bool {
    let said = |asked: &Asked| {
        asked.chosen(row, answers).is_some() || asked.more.is_some_and(|more| answers.some(more).is_some())
    };
    ASKED.iter().any(said)
}

/// `GET /tell/how`
pub async fn show(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer {
    let mut tx = site.db.read().await?;
    let told = Told::look(&site, &mut tx, &submitter).await?;
    Ok(page(speech, told.door.clone(), &told).into_response())
}

/// `POST /tell/how`. Nothing here can be wrong: a choice that is not on offer counts as not chosen.
pub async fn save(State(site): State<Site>, submitter: Submitter, form: Form) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let told = Told::change(&site, &mut tx, &submitter).await?;
    for asked in ASKED {
        let chosen = asked.choices.iter().copied().find(|choice| *choice == form.get(asked.name)).unwrap_or("");
        match asked.chosen {
            Some(field) => told.save(&mut tx, &[(field, chosen)], now).await?,
            None => save_works_for(&mut tx, &told.row.id, WorksFor::parse(chosen)).await?,
        }
        if let Some(more) = asked.more {
            told.save(&mut tx, &[(more, typed(&form, &asked.more_name()))], now).await?;
        }
    }
    tx.commit().await?;
    Ok(Redirect::to("/tell").into_response())
}

fn page(speech: Speech, door: Door, told: &Told) -> Page {
    let hidden = hidden_of(&door);
    let body = html! {
        (heading(speech, "how.title"))
        p { (speech.say("how.lead")) }
        (form("/tell/how", &hidden, html! {
            @for asked in ASKED { (question(speech, asked, told)) }
            (button_of(speech, "how.save"))
        }))
        p { a href="/tell" { (speech.say("how.skip")) } }
    };
    Page::new(speech, door, speech.say("how.title"), body).path("/tell/how").back("/tell")
}

fn question(speech: Speech, asked: &Asked, told: &Told) -> Markup {
    let words = asked.words();
    let (hint, more) = (format!("{words}_hint"), format!("{words}_more"));
    let choices =
        choices_with_words_in(&asked.choice_words(), speech, asked.choices.iter().copied(), Some("how.not_said"));
    let field = Input::new(asked.name, speech.say(&words))
        .picture(speech.picture(&words))
        .value(asked.chosen(&told.row, &told.answers).unwrap_or_default());
    let field = Input { hint: speech.has(&hint).then(|| speech.say(&hint)), ..field };
    html! {
        (radios(speech, &field, &choices))
        @if let Some(kept) = asked.more {
            (text_input(speech, &Input::new(&asked.more_name(), speech.say(&more)).value(told.answers.get(kept))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Wording, Words};

    #[test]
    fn every_question_has_words_for_each_choice_in_every_wording() {
        for wording in Wording::ALL {
            let speech = Words::embedded().speak(wording);
            for asked in ASKED {
                assert!(!speech.say(&asked.words()).is_empty());
                assert!(!speech.say(&format!("reading.how.{}", asked.name)).is_empty());
                for choice in asked.choices {
                    assert!(!speech.say_in(&asked.choice_words(), choice).is_empty());
                }
            }
        }
    }

    #[test]
    fn whom_they_work_for_is_what_rows_can_keep() {
        let asked = ASKED.iter().find(|asked| asked.chosen.is_none()).expect("one question is a plain column");
        assert_eq!(asked.choices, WorksFor::ALL.iter().map(|works| works.name()).collect::<Vec<_>>());
    }
}
