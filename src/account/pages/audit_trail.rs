//! The pages of "What staff did".

use maud::{Markup, html};

use super::super::audit_trail::Act;
use super::super::store::Person;
use crate::audit::Verdict;
use crate::html::{
    Choice, Door, Field, Page, button, details, heading, next_page, select, table, text_input, time, warning,
};
use crate::words::Speech;

/// One line of the list, with names.
pub struct Line {
    /// What was done.
    pub act: Act,
    /// Who did it, by name.
    pub by: Option<String>,
    /// The person it was done to, by name.
    pub about: Option<String>,
}

/// What the list shows.
pub struct Shown {
    /// The lines, newest first.
    pub lines: Vec<Line>,
    /// Whom one can look for.
    pub people: Vec<Person>,
    /// Who was looked for.
    pub who: String,
    /// What was looked for.
    pub what: String,
    /// Where the list goes on.
    pub next: Option<String>,
}

/// What was done, newest first.
pub fn show(speech: Speech, door: Door, shown: &Shown) -> Page {
    let mut choices = vec![Choice::new("", speech.say("audit.anybody"))];
    choices.extend(shown.people.iter().map(|person| Choice::new(person.id.as_str(), person.shown())));
    let who = Field::new("who", speech.say("audit.who")).value(&shown.who);
    let what = Field::new("what", speech.say("audit.what")).hint(speech.say("audit.what_hint")).value(&shown.what);
    let heads = [
        speech.say("audit.when"),
        speech.say("audit.by"),
        speech.say("audit.action"),
        speech.say("audit.to"),
        speech.say("audit.facts"),
    ];
    let body = html! {
        (heading(speech, "audit.title"))
        p { (speech.say("audit.text")) }
        p { a href="/staff/audit/check" { (speech.say("audit.to_check")) } }
        // Looking for something changes nothing, so the address may say what was looked for.
        form.form action="/staff/audit" method="get" {
            (select(speech, &who, &choices))
            (text_input(speech, &what))
            (button(speech.say("audit.find")))
        }
        @if shown.lines.is_empty() {
            p { (speech.say("audit.none")) }
        } @else {
            (table(speech.say("audit.caption"), &heads, shown.lines.iter().map(|line| row(speech, line)).collect()))
        }
        (next_page(speech, shown.next.as_deref()))
    };
    Page::new(speech, door, speech.say("audit.title"), body)
}

fn row(speech: Speech, line: &Line) -> Vec<Markup> {
    let act = &line.act;
    // What has no words yet is shown by its name: never hide an act.
    let said = |key: String, name: &str| if speech.has(&key) { speech.say(&key).to_owned() } else { name.to_owned() };
    let by = line.by.clone().unwrap_or_else(|| said(format!("audit_by.{}", act.actor), &act.actor));
    let thing = match (&line.about, &act.reference, act.number, &act.title) {
        (Some(name), ..) => name.clone(),
        (_, Some(reference), Some(number), _) => {
            speech.fill("audit.item", &[("reference", reference), ("number", &number.to_string())])
        }
        (_, Some(reference), None, _) => reference.clone(),
        (_, _, _, Some(title)) => title.clone(),
        _ if act.object_id.contains('-') && !speech.has(&format!("audit_thing.{}", act.object_id)) => String::new(),
        _ => said(format!("audit_thing.{}", act.object_id), &act.object_id),
    };
    vec![
        time(act.at_us),
        html! { bdi { (by) } },
        html! { (said(format!("audit_action.{}", act.action), &act.action)) },
        html! { (said(format!("audit_kind.{}", act.object_kind), &act.object_kind)) " " bdi { (thing) } },
        facts(speech, act),
    ]
}

fn facts(speech: Speech, act: &Act) -> Markup {
    let number = act.seq.to_string();
    html! {
        (details(&speech.fill("audit.row", &[("number", &number)]), html! {
            @if act.detail != "{}" { p { code { (act.detail) } } }
            @if !act.object_id.is_empty() { p { code { (act.object_id) } } }
            p { code { (act.action) } }
        }))
    }
}

/// Whether the chain is as it was written.
pub fn check(speech: Speech, door: Door, verdict: &Verdict) -> Page {
    let body = html! {
        (heading(speech, "audit.check_title"))
        @match verdict {
            Verdict::Whole { head } => {
                p { (speech.fill("audit.whole", &[("number", &head.seq.to_string())])) }
                p { (speech.say("audit.head")) }
                p.one-time-link { code { (head) } }
            }
            Verdict::Broken { seq, how } => {
                (warning(speech, html! {
                    p { (speech.fill("audit.broken", &[("number", &seq.to_string())])) }
                    p { code { (how) } }
                    p { (speech.say("audit.broken_now")) }
                }))
            }
        }
    };
    Page::new(speech, door, speech.say("audit.check_title"), body).back("/staff/audit")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use crate::audit::ACTIONS;
    use crate::words::Words;

    #[test]
    fn every_action_has_words_and_no_words_are_for_nothing() {
        let words = Words::embedded();
        let said: BTreeSet<&str> = words.keys().filter_map(|key| key.strip_prefix("audit_action.")).collect();
        assert_eq!(said, ACTIONS.iter().copied().collect::<BTreeSet<_>>());
    }

    /// The actions that are written out where they are recorded; others come from names, and `audit::record` refuses an
    /// unknown one while we build and test.
    #[test]
    fn every_action_that_some_code_records_is_known() {
        let mut found = 0;
        for source in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
            for call in ["audit::record(", "record_on_submission("] {
                for after in source.split(call).skip(1) {
                    for name in after.split(".await").next().unwrap_or_default().split("json!").flat_map(names_in) {
                        let is_action = name.contains('.') || ACTIONS.contains(&name);
                        found += usize::from(is_action);
                        assert!(!name.contains('.') || ACTIONS.contains(&name), "no words for the action {name}");
                    }
                }
            }
        }
        assert!(found > 40, "only {found} actions were found: the calls are written in another way now");
    }

    fn names_in(code: &str) -> impl Iterator<Item = &str> {
        code.split('"')
            .skip(1)
            .step_by(2)
            .filter(|name| name.chars().all(|c| c.is_ascii_lowercase() || "._".contains(c)))
    }

    fn sources(folder: &Path) -> Vec<String> {
        let mut all = Vec::new();
        for entry in std::fs::read_dir(folder).expect("there are sources").flatten() {
            match entry.path() {
                path if path.is_dir() => all.extend(sources(&path)),
                path if path.extension().is_some_and(|kind| kind == "rs") => {
                    all.push(std::fs::read_to_string(path).expect("sources can be read"));
                }
                _ => {}
            }
        }
        all
    }
}
