//! Fields where people choose: radios, checkboxes, a drop-down list.
//!
//! All of them: WCAG 1.3.1 (a `fieldset` with the question as `legend`, or a `label`), 2.5.8 and 2.5.5 (the whole row is
//! the label and at least 44 px high, 60 px with pictures), 3.3.1 (the error is in the legend: a screen reader was heard
//! to skip a fieldset's description), 3.2.2 (nothing happens on choosing). Nothing is chosen beforehand unless the
//! person chose it.

use maud::{Markup, html};

use super::field::{Choice, Field};
use super::inputs::{error_line, legend};
use super::picture::beside_words;
use crate::words::Speech;

/// One of several. The choice whose value is the field's value is chosen.
pub fn radios(speech: Speech, field: &Field, choices: &[Choice]) -> Markup {
    group(speech, field, choices, "radio", |choice| choice.value == field.value)
}

/// Any of several; `chosen` holds the values that are ticked.
pub fn checkboxes(speech: Speech, field: &Field, choices: &[Choice], chosen: &[String]) -> Markup {
    group(speech, field, choices, "checkbox", |choice| chosen.iter().any(|value| value == choice.value))
}

fn group(speech: Speech, field: &Field, choices: &[Choice], kind: &str, is_chosen: impl Fn(&Choice) -> bool) -> Markup {
    html! {
        div.field.field-wrong[field.error.is_some()] {
            fieldset aria-describedby=[field.hint.map(|_| field.hint_id())] {
                (legend(speech, field))
                div.choices {
                    @for (index, choice) in choices.iter().enumerate() {
                        (row(field, choice, index, kind, is_chosen(choice)))
                    }
                }
            }
        }
    }
}

/// The first row has the field's own id, so that an error summary's link leads there.
fn row(field: &Field, choice: &Choice, index: usize, kind: &str, chosen: bool) -> Markup {
    let id = if index == 0 { field.id() } else { format!("{}-{}", field.id(), index + 1) };
    let hint_id = format!("{id}-hint");
    html! {
        div.choice {
            input.choice-box id=(id) name=(field.name) type=(kind) value=(choice.value) checked[chosen]
                aria-describedby=[choice.hint.map(|_| hint_id.clone())];
            label.choice-label for=(id) {
                (beside_words(choice.picture))
                span lang=[choice.lang] { (choice.label) }
            }
            @if let Some(hint) = choice.hint {
                div.choice-hint id=(hint_id) { (hint) }
            }
        }
    }
}

/// Boxes under one question, each a [`tick`].
pub fn ticks(question: &str, boxes: Markup) -> Markup {
    html! { div.field { fieldset { legend.legend { (question) } div.choices { (boxes) } } } }
}

/// One box of [`ticks`] whose label may hold somebody's own words. `beside` is where to see it.
pub fn tick(name: &str, value: &str, ticked: bool, label: Markup, beside: Option<Markup>) -> Markup {
    let id = format!("{}-{value}", super::field::id_for(name));
    html! {
        div.choice {
            input.choice-box id=(id) name=(name) type="checkbox" value=(value) checked[ticked];
            label.choice-label for=(id) { span { (label) } }
            @if let Some(beside) = beside { p.choice-more { (beside) } }
        }
    }
}

/// One box that is ticked or not. It sends `yes`.
pub fn checkbox(speech: Speech, field: &Field, ticked: bool) -> Markup {
    let choice = Choice { value: "yes", label: field.label, hint: field.hint, ..Choice::default() };
    html! {
        div.field.field-wrong[field.error.is_some()] {
            (error_line(speech, field))
            (row(field, &choice, 0, "checkbox", ticked))
        }
    }
}

/// A drop-down list: only for long lists of names that people know. The choice whose value is the field's value is
/// chosen.
pub fn select(speech: Speech, field: &Field, choices: &[Choice]) -> Markup {
    html! {
        div.field.field-wrong[field.error.is_some()] {
            label.label for=(field.id()) { (beside_words(field.picture)) (field.label) }
            @if let Some(hint) = field.hint {
                div.hint id=(field.hint_id()) { (hint) }
            }
            (error_line(speech, field))
            select.input.select id=(field.id()) name=(field.name)
                aria-describedby=[field.described_by()] aria-invalid=[field.error.map(|_| "true")] {
                @for choice in choices {
                    option value=(choice.value) selected[choice.value == field.value] lang=[choice.lang] {
                        (choice.label)
                    }
                }
            }
        }
    }
}
