//! What staff do on a submission's page: claim it, move it on, write notes, raise a flag. And the same forms on pages of
//! their own, where something was missing.

use maud::{Markup, html};

use super::submission::Around;
use crate::html::{
    Choice, Field, button, details, error_summary, form, hidden, inset, radios, secondary_button, select, text_area,
    text_input, their_words,
};
use crate::id::{InspectionId, ItemId};
use crate::review::media::WhyAsk;
use crate::review::notes::Note;
use crate::review::reading::Reading;
use crate::review::store::ReviewLine;
use crate::review::{ReviewState, Why};
use crate::submission::whole::ToldItem;
use crate::words::Speech;

/// Where it is in each of the reader's inspections, with what they can do.
pub fn reviews(speech: Speech, reading: &Reading, around: &Around) -> Markup {
    html! {
        @if !reading.reviews.is_empty() {
            h2 id="work" { (speech.say("reading.review.title")) }
            @for line in &reading.reviews { (review(speech, reading, line, around)) }
        }
    }
}

fn review(speech: Speech, reading: &Reading, line: &ReviewLine, around: &Around) -> Markup {
    let review = &line.review;
    let (now, me) = (around.now, &around.staff.id);
    let state = review.state_at(now);
    let is_mine = review.state == ReviewState::Claimed && review.claimed_by.as_ref() == Some(me);
    let lapsed_mine = is_mine && state == ReviewState::Waiting;
    let others_claim = state == ReviewState::Claimed && !is_mine;
    html! {
        section.card {
            h3 { (speech.fill("reading.review.inspection", &[("inspection", &line.title)])) }
            p { (where_it_is(speech, reading, line, around)) }
            @if let Some(why) = &review.set_aside_why {
                p { (speech.fill("reading.review.why", &[("why", &speech.name_of("reading.why.", why))])) }
            }
            @if !others_claim {
                (form(&address(reading), &fields(around, &line.inspection_id), html! {
                    @match state {
                        ReviewState::Waiting if !lapsed_mine => { (secondary_button(speech.say("reading.review.claim"), "move", "claim")) }
                        ReviewState::Waiting | ReviewState::Claimed => {
                            (secondary_button(speech.say("reading.review.review"), "move", "review"))
                            (secondary_button(speech.say("reading.review.use"), "move", "use"))
                            (secondary_button(speech.say("reading.review.release"), "move", "release"))
                        }
                        ReviewState::Reviewed => {
                            (secondary_button(speech.say("reading.review.use"), "move", "use"))
                            (secondary_button(speech.say("reading.review.put_back"), "move", "put_back"))
                        }
                        ReviewState::Used | ReviewState::SetAside => {
                            (secondary_button(speech.say("reading.review.put_back"), "move", "put_back"))
                        }
                    }
                }))
                @if lapsed_mine || matches!(state, ReviewState::Claimed | ReviewState::Reviewed) {
                    (set_aside(speech, reading, line, around))
                }
            }
        }
    }
}

fn address(reading: &Reading) -> String {
    format!("/staff/submissions/{}/review", reading.opened.facts.reference)
}

/// The hidden fields of a form that moves a review: also when the page was made, because what was added later has not
/// been read by whoever presses.
fn fields(around: &Around, inspection: &InspectionId) -> Markup {
    html! {
        ((around.hidden)())
        (hidden("inspection", inspection.as_str()))
        (hidden("seen_to", &around.now.0.to_string()))
    }
}

fn where_it_is(speech: Speech, reading: &Reading, line: &ReviewLine, around: &Around) -> String {
    let review = &line.review;
    let is_mine = review.claimed_by.as_ref() == Some(&around.staff.id);
    let until = review.claimed_until_us.map(|until| until.in_london()).unwrap_or_default();
    let by = reading.names.of_maybe(review.changed_by.as_ref());
    let changed = [("when", review.changed_us.in_london()), ("name", by.to_owned())];
    let changed = changed.each_ref().map(|(place, value)| (*place, value.as_str()));
    match review.state_at(around.now) {
        ReviewState::Waiting if review.state == ReviewState::Claimed && is_mine => {
            speech.say("reading.review.lapsed_mine").to_owned()
        }
        ReviewState::Waiting => speech.say("reading.review.waiting").to_owned(),
        ReviewState::Claimed if is_mine => speech.fill("reading.review.claimed_mine", &[("until", &until)]),
        ReviewState::Claimed => {
            let name = reading.names.of_maybe(review.claimed_by.as_ref());
            speech.fill("reading.review.claimed_other", &[("name", name), ("until", &until)])
        }
        ReviewState::Reviewed => speech.fill("reading.review.reviewed", &changed),
        ReviewState::Used => speech.fill("reading.review.used", &changed),
        ReviewState::SetAside => speech.fill("reading.review.set_aside", &changed),
    }
}

fn set_aside(speech: Speech, reading: &Reading, line: &ReviewLine, around: &Around) -> Markup {
    let labels: Vec<&str> = Why::ALL.iter().map(|why| speech.say_in("reading.why", why.name())).collect();
    let choices: Vec<Choice> =
        Why::ALL.iter().zip(&labels).map(|(why, label)| Choice::new(why.name(), label)).collect();
    // Two inspections may stand on one page, and ids come from names.
    let name = format!("why-{}", line.inspection_id);
    let body = form(
        &address(reading),
        &fields(around, &line.inspection_id),
        html! {
            (radios(speech, &Field::new(&name, speech.say("reading.review.set_aside_why")), &choices))
            (secondary_button(speech.say("reading.review.set_aside_do"), "move", "set_aside"))
        },
    );
    details(speech.say("reading.review.set_aside_title"), body)
}

/// The notes on all of it, and the form for another.
pub fn notes_on_all(speech: Speech, reading: &Reading, around: &Around) -> Markup {
    let notes: Vec<&Note> = reading.notes.iter().filter(|note| note.item.is_none()).collect();
    let entry = NoteEntry { about: None, inspections: inspections(reading), ..NoteEntry::default() };
    html! {
        h2 id="notes" { (speech.say("notes.title")) }
        @if notes.is_empty() { p { (speech.say("notes.none")) } }
        @for note in notes { (one_note(speech, reading, note)) }
        (details(speech.say("notes.add"), note_form(speech, &reading.opened.facts.reference, &(around.hidden)(), &entry)))
    }
}

/// The notes on one item, and the form for another.
pub fn notes_on_item(speech: Speech, reading: &Reading, read: &ToldItem, around: &Around) -> Markup {
    let number = read.item.number.to_string();
    let notes: Vec<&Note> = reading.notes.iter().filter(|note| note.item.as_ref() == Some(&read.item.id)).collect();
    let at = around.at.filter(|(of, _)| *of == read.item.number).map(|(_, at)| at.to_string());
    let entry = NoteEntry {
        about: Some((read.item.id.clone(), read.item.number)),
        inspections: inspections(reading),
        at: at.unwrap_or_default(),
        ..NoteEntry::default()
    };
    let form = note_form(speech, &reading.opened.facts.reference, &(around.hidden)(), &entry);
    html! {
        @if !notes.is_empty() {
            h4 { (speech.fill("notes.item_title", &[("number", &number)])) }
            @for note in notes { (one_note(speech, reading, note)) }
        }
        (details(&speech.fill("notes.add_item", &[("number", &number)]), form))
    }
}

fn inspections(reading: &Reading) -> Vec<(InspectionId, String)> {
    reading.reviews.iter().map(|line| (line.inspection_id.clone(), line.title.clone())).collect()
}

fn one_note(speech: Speech, reading: &Reading, note: &Note) -> Markup {
    let (name, when) = (reading.names.of(&note.by), note.created_us.in_london());
    let by = match &note.inspection {
        Some(title) => speech.fill("notes.for_inspection", &[("name", name), ("when", &when), ("inspection", title)]),
        None => speech.fill("notes.by", &[("name", name), ("when", &when)]),
    };
    let body = html! {
        @if note.for_download { p { (speech.say("notes.for_download")) } }
        @if let Some(at) = note.at {
            p { (speech.fill("notes.at_moment", &[("moment", &at.to_string())])) }
        }
        @match &note.text {
            Some(text) => { (their_words(text, None)) }
            None => { p { strong { (speech.say("reading.not_opened")) } } }
        }
        p.hint { (by) }
    };
    html! { div id={ "note-" (note.id) } { (inset(body)) } }
}

/// What is in a note's form.
#[derive(Default)]
pub struct NoteEntry {
    /// The item and its number; none for all of it.
    pub about: Option<(ItemId, i64)>,
    /// The inspections that it may be written for.
    pub inspections: Vec<(InspectionId, String)>,
    /// The chosen one.
    pub inspection: String,
    /// The moment as typed.
    pub at: String,
    /// The words.
    pub text: String,
    /// What is wrong with the words.
    pub text_error: Option<&'static str>,
    /// What is wrong with the moment.
    pub at_error: Option<&'static str>,
}

impl NoteEntry {
    /// Ids come from names, and a page has a form for each item.
    fn name(&self, field: &str) -> String {
        match &self.about {
            Some((_, number)) => format!("{field}-{number}"),
            None => field.to_owned(),
        }
    }
}

/// The form for a note.
pub fn note_form(speech: Speech, reference: &str, hidden_fields: &Markup, entry: &NoteEntry) -> Markup {
    let (text, at, inspection) = (entry.name("text"), entry.name("at"), entry.name("inspection"));
    let text_field = Field::new(&text, speech.say("notes.text")).hint(speech.say("notes.text_hint"));
    let at_field = Field::new(&at, speech.say("notes.at")).hint(speech.say("notes.at_hint"));
    let choices: Vec<Choice> = entry.inspections.iter().map(|(id, title)| Choice::new(id.as_str(), title)).collect();
    form(
        &format!("/staff/submissions/{reference}/notes"),
        hidden_fields,
        html! {
            @if let Some((item, _)) = &entry.about { (hidden("item", item.as_str())) }
            (text_area(speech, &text_field.value(&entry.text).error(entry.text_error), 4))
            @if entry.about.is_some() {
                (text_input(speech, &at_field.value(&entry.at).error(entry.at_error)))
            }
            @match &entry.inspections[..] {
                [] => {}
                [(only, _)] => { (hidden(&inspection, only.as_str())) }
                _ => { (select(speech, &Field::new(&inspection, speech.say("notes.inspection")).value(&entry.inspection), &choices)) }
            }
            (button(speech.say("notes.save")))
        },
    )
}

/// The note's form again, on a page of its own, with what is missing and the words still there.
pub fn note_again(speech: Speech, reference: &str, hidden_fields: &Markup, entry: &NoteEntry) -> Markup {
    let (text, at) = (entry.name("text"), entry.name("at"));
    let errors: Vec<(&str, &str)> = [(&text, entry.text_error), (&at, entry.at_error)]
        .into_iter()
        .filter_map(|(name, error)| error.map(|error| (name.as_str(), error)))
        .collect();
    html! {
        (error_summary(speech, &errors))
        h1 { (speech.fill("notes.add_title", &[("reference", reference)])) }
        (note_form(speech, reference, hidden_fields, entry))
    }
}

/// The form that raises a safeguarding flag.
pub fn raise_flag(speech: Speech, reading: &Reading, around: &Around) -> Markup {
    let items: Vec<(ItemId, i64)> = reading.items.iter().map(|read| (read.item.id.clone(), read.item.number)).collect();
    let form = flag_form(speech, &reading.opened.facts.reference, &(around.hidden)(), &items, ("", ""), None);
    html! {
        h3 { (speech.say("flags.title")) }
        p { strong { (speech.say("flags.emergency")) } }
        (details(speech.say("flags.raise"), form))
    }
}

/// The flag's form, with what is in it.
pub fn flag_form(
    speech: Speech,
    reference: &str,
    hidden_fields: &Markup,
    items: &[(ItemId, i64)],
    (item, reason): (&str, &str),
    error: Option<&str>,
) -> Markup {
    let labels: Vec<String> =
        items.iter().map(|(_, number)| speech.fill("flags.on_item", &[("number", &number.to_string())])).collect();
    let mut choices = vec![Choice::new("", speech.say("flags.about_all"))];
    choices.extend(items.iter().zip(&labels).map(|((id, _), label)| Choice::new(id.as_str(), label)));
    let field = Field::new("reason", speech.say("flags.reason")).hint(speech.say("flags.reason_hint"));
    form(
        &format!("/staff/submissions/{reference}/flags"),
        hidden_fields,
        html! {
            (select(speech, &Field::new("item", speech.say("flags.about_item")).value(item), &choices))
            (text_area(speech, &field.value(reason).error(error), 4))
            (button(speech.say("flags.raise_do")))
        },
    )
}

/// The flag's form again, on a page of its own.
pub fn flag_again(
    speech: Speech,
    reference: &str,
    hidden_fields: &Markup,
    items: &[(ItemId, i64)],
    item: &str,
) -> Markup {
    let error = speech.say("flags.reason_missing");
    html! {
        (error_summary(speech, &[("reason", error)]))
        h1 { (speech.fill("flags.raise_title", &[("reference", reference)])) }
        p { strong { (speech.say("flags.emergency")) } }
        (flag_form(speech, reference, hidden_fields, items, (item, ""), Some(error)))
    }
}

/// The page that asks a lead why they need an original that was not checked, or may say where it was made.
pub fn ask_original(
    speech: Speech,
    reference: &str,
    (item, number, why): (&ItemId, i64, WhyAsk),
    hidden_fields: &Markup,
    error: Option<&str>,
) -> Markup {
    let number = number.to_string();
    let field =
        Field::new("reason", speech.say("reading.original.reason")).hint(speech.say("reading.original.reason_hint"));
    let errors: Vec<(&str, &str)> = error.map(|error| ("reason", error)).into_iter().collect();
    html! {
        (error_summary(speech, &errors))
        h1 { (speech.say("reading.original.title")) }
        p { (speech.fill("reading.original.text", &[("number", &number), ("reference", reference)])) }
        @if why != WhyAsk::HasPlace { p { (speech.say("reading.original.not_checked")) } }
        @if why != WhyAsk::NotChecked { p { (speech.say("reading.original.has_place")) } }
        (form(&format!("/staff/originals/{item}"), hidden_fields, html! {
            (text_area(speech, &field.error(error), 2))
            (button(speech.say("reading.original.do")))
        }))
    }
}

/// "It is closed": the page after "I should not be seeing this".
pub fn closed(speech: Speech, reference: &str) -> Markup {
    html! {
        h1 { (speech.say("flags.closed_title")) }
        p { (speech.fill("flags.closed_text", &[("reference", reference)])) }
        p { a href="/staff" { (speech.say("flags.closed_link")) } }
    }
}
