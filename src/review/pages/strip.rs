//! The provenance strip: one definition list under one heading, in the order in which it matters. Whose words, how they
//! reached us, the child's own answer, who helped; then how it was asked; then who sent it, where and when, and what we
//! may do. [`of_submission`] stands before everything that was sent, [`of_item`] before each item.
//!
//! All of it is declared and not checked, and the strip says so once, at its head. What was not answered is said to be
//! not answered: for the first part line by line, because silence about whose words these are must be seen; for the
//! parts below in one last line, so that it is never left out and never in the way. Somebody who listens hears heading,
//! warning, question, answer, and can go from part to part by the headings.
//!
//! To add a fact, add a [`Fact`] to its part. To add something that nobody may miss, add a sentence to [`lead`] or
//! [`lead_of_item`]: the gravest first.

use maud::{Markup, html};

use super::{item, language, named_or_not, time};
use crate::evidence::Kind;
use crate::evidence::days::Days;
use crate::evidence::store::Item;
use crate::html::{SummaryRow, list, summary_list, their_words};
use crate::review::reading::Reading;
use crate::submission::Field as Answer;
use crate::submission::answers::how::{ASKED, Asked};
use crate::submission::store::ToldArea;
use crate::submission::whole::ToldItem;
use crate::web::typed_date::TypedDate;
use crate::words::Speech;

/// One question, by the key of its words, and what was said to it.
struct Fact {
    asked: String,
    said: Option<Markup>,
    /// Whether silence stands in its place, and is not gathered at the end of the part.
    in_place: bool,
}

impl Fact {
    /// A fact of the whole, named by `reading.provenance.<name>`.
    fn new(name: &str, said: Option<Markup>) -> Fact {
        Fact { asked: format!("reading.provenance.{name}"), said, in_place: false }
    }

    /// A fact of an item, named by `reading.item.<name>`.
    fn of_item(name: &str, said: Option<Markup>) -> Fact {
        Fact { asked: format!("reading.item.{name}"), said, in_place: false }
    }

    /// With silence in its place.
    fn in_place(self) -> Fact {
        Fact { in_place: true, ..self }
    }
}

/// Facts that belong together.
struct Part {
    /// The key of the part's heading; the first part has the strip's own.
    title: Option<&'static str>,
    facts: Vec<Fact>,
}

/// The strip of everything that was sent together.
pub fn of_submission(speech: Speech, reading: &Reading) -> Markup {
    let parts = [
        Part { title: None, facts: whose_words(speech, reading) },
        Part { title: Some("reading.provenance.part_asked"), facts: asked(speech, reading) },
        Part { title: Some("reading.provenance.part_how"), facts: how(speech, reading) },
        Part { title: Some("reading.provenance.part_sender"), facts: sender(speech, reading) },
        Part { title: Some("reading.provenance.part_place"), facts: places_and_times(speech, reading) },
        Part { title: Some("reading.provenance.part_permission"), facts: permission(speech, reading) },
    ];
    html! {
        section.provenance aria-labelledby="provenance" {
            h2 id="provenance" { (speech.say("reading.provenance.title")) }
            @for sentence in lead(speech, reading) { p { strong { (sentence) } } }
            p { strong { (speech.say("reading.declared")) } }
            @if reading.answers.is_none() { p { strong { (speech.say("reading.not_opened")) } } }
            @for part in parts.into_iter().filter(|part| !part.facts.is_empty()) {
                @if let Some(title) = part.title { h3 { (speech.say(title)) } }
                (facts(speech, part))
            }
        }
    }
}

/// The strip of one item. Facts of the whole are not said again here.
pub fn of_item(speech: Speech, read: &ToldItem) -> Markup {
    let (item, number) = (&read.item, read.item.number.to_string());
    let id = format!("item-{number}-provenance");
    let is_answered = item.assent().is_some() || item.no_since().is_some();
    let days = read.days.clone().unwrap_or_default();
    let given = days.given.as_deref().map(|day| html! { (TypedDate::from_text(day).in_words()) });
    let came = if item.kind == Kind::Text { "typed" } else { "came" };
    let facts_of_item = vec![
        Fact::of_item("whose", item.voice().whose.map(|_| html! { strong { (item::whose(speech, item)) } })).in_place(),
        Fact::of_item("reached", item::reached(speech, item).map(|how| html! { (how) })).in_place(),
        Fact::of_item("assent", is_answered.then(|| html! { (item::assent(speech, item)) })).in_place(),
        Fact::of_item("assent_how", words(read.assent_how.as_deref())),
        Fact::of_item("given", given),
        Fact::of_item(came, Some(time(item.created_us))),
        Fact::of_item("sessions", sessions(&days)),
        Fact::of_item("language", item.language.as_deref().map(|tag| html! { (language(tag)) })),
    ];
    let part = Part { title: None, facts: facts_of_item };
    html! {
        section.provenance.provenance-item aria-labelledby=(id) {
            h4 id=(id) { (speech.fill("reading.item.provenance", &[("number", &number)])) }
            @for sentence in lead_of_item(speech, item) { p { strong { (sentence) } } }
            p { (speech.say("reading.declared_item")) }
            (facts(speech, part))
        }
    }
}

/// The days on which an item was made, where it took several: "2 March 2026: ten minutes, with symbols".
fn sessions(days: &Days) -> Option<Markup> {
    let line = |(on, what): (String, &str)| {
        let colon = if on.is_empty() || what.is_empty() { "" } else { ": " };
        html! { (on) (colon) bdi { (what) } }
    };
    (!days.sessions.is_empty()).then(|| list(days.in_words().into_iter().map(line)))
}

/// What nobody may miss before they read: the gravest first.
fn lead(speech: Speech, reading: &Reading) -> Vec<String> {
    let said_no = reading.items.iter().filter(|read| read.item.no_since().is_some());
    let numbers: Vec<String> = said_no.map(|read| read.item.number.to_string()).collect();
    let no = match numbers.is_empty() {
        true => None,
        false => Some(speech.fill("reading.provenance.said_no", &[("numbers", &numbers.join(", "))])),
    };
    let place = match (reading.opened.facts.place_hidden, reading.hides_place) {
        (true, true) => Some(speech.say("reading.place_hidden").to_owned()),
        (true, false) => Some(speech.say("reading.place_for_you").to_owned()),
        (false, _) => None,
    };
    no.into_iter().chain(place).collect()
}

/// The same for one item.
fn lead_of_item(speech: Speech, item: &Item) -> Vec<String> {
    let no = item.no_since().is_some().then(|| speech.say("reading.item.said_no").to_owned());
    no.into_iter().collect()
}

/// The lines of a part; what nobody answered, and need not stand in its place, in one last line.
fn facts(speech: Speech, part: Part) -> Markup {
    let (said, silent): (Vec<Fact>, Vec<Fact>) =
        part.facts.into_iter().partition(|fact| fact.in_place || fact.said.is_some());
    let mut lines: Vec<(String, Markup)> = Vec::with_capacity(said.len() + 1);
    for fact in said {
        let value = fact.said.unwrap_or_else(|| html! { (speech.say("reading.not_answered")) });
        lines.push((speech.say(&fact.asked).to_owned(), value));
    }
    if !silent.is_empty() {
        let asked = silent.iter().map(|fact| html! { (speech.say(&fact.asked)) });
        lines.push((speech.say("reading.not_answered").to_owned(), list(asked)));
    }
    let rows = lines.iter().map(|(key, value)| SummaryRow { key, value: value.clone(), change: None });
    summary_list(speech, rows.collect())
}

/// The first part: whose words, how they reached us, the child's own answer, who helped.
fn whose_words(speech: Speech, reading: &Reading) -> Vec<Fact> {
    let facts = &reading.opened.facts;
    let helped = facts.helped.as_deref().map(|helped| html! { (speech.name_of("who.helped_is.", helped)) });
    let mut rows = vec![
        Fact::new("whose", each_item(speech, reading, item::whose_words)).in_place(),
        Fact::new("assent", each_item(speech, reading, item::assent)).in_place(),
        Fact::new("helped", helped).in_place(),
        Fact::new("who_was_there", words(answer(reading, Answer::WhoWasThere))),
    ];
    rows.extend(said_only(
        reading,
        &[
            ("helped_who", Answer::HelpedWho),
            ("helped_how", Answer::HelpedHow),
            ("helped_did_not", Answer::HelpedDidNot),
            ("advocate", Answer::AdvocateFrom),
            ("advocate_paid_by", Answer::AdvocatePaidBy),
        ],
    ));
    rows.extend(yes_or_no(speech, reading, "advocate_instructed", Answer::AdvocateInstructed));
    rows.extend(yes_or_no(speech, reading, "advocate_told", Answer::AdvocateTold));
    rows.extend(said_only(reading, &[("advocate_since", Answer::AdvocateSince)]));
    rows
}

/// How the questions were asked, where somebody helped or anything was said of it.
fn asked(speech: Speech, reading: &Reading) -> Vec<Fact> {
    let said = |name, field| Fact::new(name, words(answer(reading, field)));
    let choice = |name, field| {
        let chosen = answer(reading, field);
        Fact::new(name, chosen.map(|chosen| html! { (speech.name_of("helped.chosen.", chosen)) }))
    };
    let rows = vec![
        said("asked_how", Answer::AskedHow),
        said("offered", Answer::OfferedChoices),
        choice("offered_none", Answer::OfferedNone),
        choice("offered_dont_know", Answer::OfferedDontKnow),
        said("showed", Answer::Showed),
        said("checked_back", Answer::CheckedBack),
    ];
    let helped = reading.opened.facts.helped.as_deref() == Some("yes");
    let any = rows.iter().any(|row| row.said.is_some());
    if helped || any { rows } else { Vec::new() }
}

/// A closed answer about the advocate, where there is one.
fn yes_or_no(speech: Speech, reading: &Reading, name: &str, field: Answer) -> Option<Fact> {
    let chosen = answer(reading, field)?;
    Some(Fact::new(name, Some(html! { (speech.name_of("helped.chosen.", chosen)) })))
}

/// How it came about, question by question as their page asks.
fn how(speech: Speech, reading: &Reading) -> Vec<Fact> {
    let Some(answers) = &reading.answers else { return Vec::new() };
    let said = |asked: &Asked| {
        let chosen = asked.chosen(&reading.opened.facts, answers);
        let more = asked.more.and_then(|more| answers.some(more));
        (chosen.is_some() || more.is_some()).then(|| {
            let chosen = chosen.map(|chosen| speech.name_of(&format!("{}.", asked.choice_words()), chosen));
            with_words(&chosen.unwrap_or_default(), more)
        })
    };
    let fact =
        |asked: &Asked| Fact { asked: format!("reading.how.{}", asked.name), said: said(asked), in_place: false };
    ASKED.iter().map(fact).collect()
}

/// Who sent it, about whom.
fn sender(speech: Speech, reading: &Reading) -> Vec<Fact> {
    let facts = &reading.opened.facts;
    let other = answer(reading, Answer::RoleOther);
    let role = (facts.role.is_some() || other.is_some())
        .then(|| with_words(&named_or_not(speech, "reading.role.", facts.role.as_deref()), other));
    let about = facts.about.as_deref().map(|about| html! { (speech.name_of("who.about_is.", about)) });
    let age = facts.age_band.as_deref().map(|age| html! { (speech.name_of("who.age_is.", age)) });
    let mut rows = vec![Fact::new("role", role), Fact::new("about", about)];
    rows.extend(said_only(reading, &[("subject", Answer::SubjectName)]));
    rows.push(Fact::new("age_band", age));
    rows.push(Fact::new("methods", methods(speech, reading)));
    rows.extend(said_only(reading, &[("methods_more", Answer::MethodsMore)]));
    rows.push(Fact::new("before", told_before(speech, reading)));
    rows
}

/// What the sender says that it belongs with. Nobody has looked it up.
fn told_before(speech: Speech, reading: &Reading) -> Option<Markup> {
    let before = answer(reading, Answer::Before)?;
    Some(match answer(reading, Answer::BeforeReference) {
        Some(reference) => html! { (speech.fill("reading.before.reference", &[("reference", reference)])) },
        None => html! { (speech.name_of("reading.before.", before)) },
    })
}

fn places_and_times(speech: Speech, reading: &Reading) -> Vec<Fact> {
    let facts = &reading.opened.facts;
    let name = |area: &ToldArea| match area.relation.as_str() {
        "responsible" => speech.fill("reading.provenance.responsible", &[("area", &area.name)]),
        _ => area.name.clone(),
    };
    let areas = match (reading.areas.is_empty(), facts.area_state.as_str()) {
        _ if reading.hides_place => Some(html! { (speech.say("reading.provenance.area_hidden")) }),
        (true, "not_known") => Some(html! { (speech.say("lane.not_known")) }),
        (true, _) => None,
        (false, _) => Some(list(reading.areas.iter().map(|area| html! { (name(area)) }))),
    };
    let mut rows = vec![Fact::new("areas", areas)];
    rows.extend(said_only(reading, &[("area_words", Answer::AreaWords)]));
    rows.push(Fact::new("happened", happened(speech, reading)));
    rows.extend(facts.sent_us.map(|sent| Fact::new("sent", Some(time(sent)))));
    rows.extend(facts.added_us.map(|added| Fact::new("added", Some(time(added)))));
    rows
}

fn happened(speech: Speech, reading: &Reading) -> Option<Markup> {
    let day = |field| answer(reading, field).map(|day| TypedDate::from_text(day).in_words());
    let (from, to) = (day(Answer::HappenedFrom), day(Answer::HappenedTo));
    let said = answer(reading, Answer::Happened);
    let days = match (from, to) {
        (Some(from), Some(to)) => {
            Some(speech.fill("reading.provenance.happened_between", &[("from", &from), ("to", &to)]))
        }
        (day, None) | (None, day) => day,
    };
    (days.is_some() || said.is_some()).then(|| {
        html! {
            @if let Some(days) = days { p { (days) } }
            @if let Some(said) = said { (their_words(said, None)) }
        }
    })
}

/// What may be done with it, and how to reach them: shown only where they said that a reply is welcome and safe.
fn permission(speech: Speech, reading: &Reading) -> Vec<Fact> {
    let facts = &reading.opened.facts;
    let yes_no = |value: &str| Some(html! { (speech.say(if value == "yes" { "reading.yes" } else { "reading.no" })) });
    let decides = answer(reading, Answer::Decides);
    let decides = decides.map(|decides| html! { (speech.name_of("permission.decides_is.", decides)) });
    let mut rows = vec![
        Fact::new("decides", decides),
        Fact::new("quote", yes_no(&facts.quote)),
        Fact::new("reply", yes_no(&facts.reply)),
        Fact::new("may_ask", yes_no(&facts.may_ask)),
    ];
    rows.extend(said_only(reading, &[("permission_more", Answer::PermissionMore)]));
    let way = answer(reading, Answer::ContactWay);
    let do_not = if facts.reply != "yes" || way.is_none() {
        Some("reading.provenance.contact_none")
    } else if answer(reading, Answer::ContactSafe) != Some("yes") {
        Some("reading.provenance.contact_unsafe")
    } else if reading.hides_place && way == Some("post") {
        Some("reading.provenance.contact_hidden")
    } else {
        None
    };
    if let Some(key) = do_not {
        rows.push(Fact::new("contact", Some(html! { (speech.say(key)) })));
        return rows;
    }
    let address = answer(reading, Answer::ContactAddress).unwrap_or("");
    let reach = html! { (named_or_not(speech, "contact.way_", way)) (their_words(address, None)) };
    rows.push(Fact::new("contact", Some(reach)));
    rows.extend(said_only(reading, &[("contact_name", Answer::ContactName), ("contact_more", Answer::ContactMore)]));
    rows
}

fn methods(speech: Speech, reading: &Reading) -> Option<Markup> {
    let methods = reading.opened.facts.methods();
    let other = answer(reading, Answer::MethodsOther);
    (!methods.is_empty() || other.is_some()).then(|| {
        html! {
            (list(methods.iter().map(|name| html! { (speech.name_of("who.method_is.", name)) })))
            @if let Some(other) = other { (their_words(other, None)) }
        }
    })
}

/// A fact of each item, one line each; it belongs to the item and is never made one fact of the whole.
fn each_item(speech: Speech, reading: &Reading, fact: impl Fn(Speech, &Item) -> String) -> Option<Markup> {
    let line = |read: &ToldItem| {
        let number = read.item.number.to_string();
        let what = fact(speech, &read.item);
        html! { (speech.fill("reading.provenance.item", &[("number", &number), ("what", &what)])) }
    };
    (!reading.items.is_empty()).then(|| list(reading.items.iter().map(line)))
}

/// Facts in the person's own words, where there are any: nobody who was not helped is asked how.
fn said_only(reading: &Reading, asked: &[(&str, Answer)]) -> Vec<Fact> {
    let said = asked.iter().filter_map(|(name, field)| Some((name, answer(reading, *field)?)));
    said.map(|(name, text)| Fact::new(name, words(Some(text)))).collect()
}

fn answer(reading: &Reading, field: Answer) -> Option<&str> {
    reading.answers.as_ref()?.some(field)
}

fn words(text: Option<&str>) -> Option<Markup> {
    text.map(|text| their_words(text, None))
}

fn with_words(name: &str, words: Option<&str>) -> Markup {
    html! { (name) @if let Some(words) = words { (their_words(words, None)) } }
}
