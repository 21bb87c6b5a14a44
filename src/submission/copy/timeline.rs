//! The dates that somebody gave, in order: what they asked for and when, what they were told and when.

use maud::{Markup, html};

use crate::html;
use crate::submission::Field;
use crate::submission::store::DatedStep;
use crate::submission::told::{chosen, day};
use crate::submission::whole::Whole;
use crate::words::Speech;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// When, as it was typed (`2025-09-02`, `2025-09`, `2025`), for the order. None: nobody remembers.
    pub on: Option<String>,
    /// When, in words.
    pub when: String,
    /// What, in our words.
    pub what: String,
    /// What, in theirs.
    pub theirs: Option<String>,
}

/// Everything that has a date, in order; what has none stands at the end.
#[derive(Clone, Debug, Default)]
pub struct Timeline(pub Vec<Happened>);

impl Timeline {
    /// The timeline of a submission.
    pub fn of(speech: Speech, whole: &Whole) -> Timeline {
        let at = |on: Option<&str>, what: String, theirs: Option<&str>| Happened {
            on: on.filter(|on| !on.is_empty()).map(str::to_owned),
            when: day(on).unwrap_or_else(|| speech.say("copy.no_date").to_owned()),
            what,
            theirs: theirs.filter(|theirs| !theirs.is_empty()).map(str::to_owned),
        };
        let mut all = Vec::new();
        for (field, key) in [(Field::HappenedFrom, "copy.began"), (Field::HappenedTo, "copy.ended")] {
            if let Some(on) = whole.answers.some(field) {
                all.push(at(Some(on), speech.say(key).to_owned(), whole.answers.some(Field::Happened)));
            }
        }
        for step in &whole.dates {
            let asked = speech.fill("copy.asked", &[("rule", &rule(speech, step))]);
            all.push(at(step.asked_on.as_deref(), asked, step.what.as_deref()));
            if step.answered_on.is_some() || step.outcome.is_some() {
                let outcome = step.outcome.as_ref().map(|outcome| chosen(speech, format!("dates.outcome_{outcome}")));
                let outcome = outcome.unwrap_or_else(|| speech.say("copy.not_said").to_owned());
                let said = [("rule", rule(speech, step)), ("outcome", outcome)];
                let said = said.each_ref().map(|(place, value)| (*place, value.as_str()));
                all.push(at(
                    step.answered_on.as_deref(),
                    speech.fill("copy.answered", &said),
                    step.how_known.as_deref(),
                ));
            }
        }
        if let Some(sent) = whole.row.sent_us {
            let on = sent.date_in_london().to_string();
            all.push(at(Some(&on), speech.say("copy.sent").to_owned(), None));
        }
        // A day that is known in part stands before the whole days of its year or month; what has none comes last.
        all.sort_by(|one, other| (one.on.is_none(), &one.on).cmp(&(other.on.is_none(), &other.on)));
        Timeline(all)
    }

    /// On the page.
    pub fn markup(&self, speech: Speech) -> Markup {
        html! {
            section.told {
                h2 { (html::picture_beside(speech, "copy.timeline_title")) (speech.say("copy.timeline_title")) }
                @if self.0.is_empty() {
                    p { (speech.say("copy.no_dates")) }
                } @else {
                    ol.list {
                        @for happened in &self.0 {
                            li {
                                p { strong { (happened.when) ":" } " " (happened.what) }
                                @if let Some(theirs) = &happened.theirs { (html::their_words(theirs, None)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn rule(speech: Speech, step: &DatedStep) -> String {
    match step.rule.as_str() {
        "other" => speech.say("check.other_rule").to_owned(),
        rule => chosen(speech, format!("dates.rule_is.{rule}")),
    }
}
