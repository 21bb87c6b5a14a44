//! Fields that people type into or put a file into. Each keeps what was typed and says what is wrong with it.
//!
//! All of them: WCAG 1.3.1 and 4.1.2 (a real `label`), 3.3.1 (the error in words, tied by `aria-describedby` and marked
//! by `aria-invalid`), 3.3.2 (label and hint above the field), 2.5.3 (the visible label is the name), 1.3.5
//! (`autocomplete` where a browser may know the answer). No placeholder, no `required`, no pattern: a browser's own
//! messages cannot be made plain.

use maud::{Markup, html};

use super::field::Field;
use super::picture::beside_words;
use crate::words::Speech;

/// The label, hint and error of a field, in that order.
fn above(speech: Speech, field: &Field) -> Markup {
    html! {
        @if field.is_heading {
            h1.label-heading {
                (beside_words(field.picture))
                label for=(field.id()) { (field.label) }
            }
        } @else {
            label.label for=(field.id()) { (beside_words(field.picture)) (field.label) }
        }
        @if let Some(hint) = field.hint {
            div.hint id=(field.hint_id()) { (hint) }
        }
        (error_line(speech, field))
    }
}

/// What is wrong with a field, with the word "Error" for people who do not see colour (WCAG 1.4.1).
pub(super) fn error_line(speech: Speech, field: &Field) -> Markup {
    html! {
        @if let Some(error) = field.error {
            p.error id=(field.error_id()) {
                span.error-word { (speech.say("frame.error_word")) } " " (error)
            }
        }
    }
}

fn group(field: &Field, body: Markup) -> Markup {
    html! {
        div.field.field-wrong[field.error.is_some()] { (body) }
    }
}

/// One line of text.
pub fn text_input(speech: Speech, field: &Field) -> Markup {
    group(
        field,
        html! {
            (above(speech, field))
            input.input id=(field.id()) name=(field.name) type="text" value=(field.value) dir="auto"
                autocomplete=[field.autocomplete.or(Some("off"))]
                aria-describedby=[field.described_by()] aria-invalid=[field.error.map(|_| "true")];
        },
    )
}

/// Six words of a return code. A text field, never a password: people must see what they type. Spelling help is off,
/// so that a phone does not change a word (WCAG 3.3.8 and 3.3.9: it may be pasted, and nothing must be remembered that
/// is not on the card).
pub fn code_input(speech: Speech, field: &Field) -> Markup {
    group(
        field,
        html! {
            (above(speech, field))
            input.input id=(field.id()) name=(field.name) type="text" value=(field.value)
                autocomplete="off" autocapitalize="none" spellcheck="false"
                aria-describedby=[field.described_by()] aria-invalid=[field.error.map(|_| "true")];
        },
    )
}

/// A short row of digits, such as a code from an app. Not a number field: those change by scrolling and drop zeros.
/// WCAG 3.3.8, 1.3.5: it may be pasted, and `autocomplete` lets a phone fill it in.
pub fn digits_input(speech: Speech, field: &Field) -> Markup {
    group(
        field,
        html! {
            (above(speech, field))
            input.input id=(field.id()) name=(field.name) type="text" inputmode="numeric" value=(field.value)
                autocomplete=[field.autocomplete.or(Some("off"))] autocapitalize="none" spellcheck="false"
                aria-describedby=[field.described_by()] aria-invalid=[field.error.map(|_| "true")];
        },
    )
}

/// A password. Never filled again after a failed POST. WCAG 3.3.8: pasting and password managers work.
pub fn password_input(speech: Speech, field: &Field) -> Markup {
    group(
        field,
        html! {
            (above(speech, field))
            input.input id=(field.id()) name=(field.name) type="password"
                autocomplete=(field.autocomplete.unwrap_or("current-password"))
                aria-describedby=[field.described_by()] aria-invalid=[field.error.map(|_| "true")];
        },
    )
}

/// Many lines of text, `rows` high at first.
pub fn text_area(speech: Speech, field: &Field, rows: u8) -> Markup {
    group(
        field,
        html! {
            (above(speech, field))
            // A browser drops the first line break inside a textarea, so one more keeps the person's own.
            textarea.input.text-area id=(field.id()) name=(field.name) rows=(rows) dir="auto"
                autocomplete=[field.autocomplete]
                aria-describedby=[field.described_by()] aria-invalid=[field.error.map(|_| "true")] {
                "\n" (field.value)
            }
        },
    )
}

/// A control that takes files: the browser's own, which works without script, by keyboard, by switch and by voice.
/// `accept` stays away: it hides files that we would gladly take.
///
/// WCAG 1.4.10: the style keeps it inside 320 px, which browsers by themselves do not.
pub fn file_input(speech: Speech, field: &Field, several: bool) -> Markup {
    group(
        field,
        html! {
            (above(speech, field))
            input.file id=(field.id()) name=(field.name) type="file" multiple[several]
                aria-describedby=[field.described_by()] aria-invalid=[field.error.map(|_| "true")];
        },
    )
}

/// The button that script shows in the place of a [`file_input`], with more words under it. By voice, "click choose
/// files" presses it, which a browser's own file control often does not answer; and nothing says "no file chosen" while
/// files are on their way.
///
/// WCAG 2.5.3: the words on it are its name; 2.5.7: dropping files is never the only way.
pub fn file_button(field: &Field, more: &str) -> Markup {
    html! {
        div.drop data-with-script hidden {
            p.button-line {
                button.button type="button" data-choose aria-describedby=[field.described_by()] {
                    (beside_words(field.picture)) (field.label)
                }
            }
            p.hint { (more) }
        }
    }
}

/// What is in the three fields of a date.
#[derive(Clone, Copy, Debug, Default)]
pub struct DateValue<'a> {
    /// The day as typed.
    pub day: &'a str,
    /// The month as typed: a number or a name.
    pub month: &'a str,
    /// The year as typed.
    pub year: &'a str,
}

/// A date in three fields, `name-day`, `name-month` and `name-year`: easier than a calendar for most people, and any
/// part can be left out.
///
/// WCAG 1.3.1: a `fieldset` whose `legend` is the question; each field has its own label. The error stands in the
/// legend too, because a screen reader was heard to skip a fieldset's description. An error summary links to the day.
pub fn date_input(speech: Speech, field: &Field, value: DateValue) -> Markup {
    let parts = [
        ("day", speech.say("frame.day"), value.day, "2"),
        ("month", speech.say("frame.month"), value.month, "9"),
        ("year", speech.say("frame.year"), value.year, "4"),
    ];
    group(
        field,
        html! {
            fieldset aria-describedby=[field.hint.map(|_| field.hint_id())] {
                (legend(speech, field))
                div.date {
                    @for (part, label, value, size) in parts {
                        div.date-part {
                            label.label for=(date_part_id(field, part)) { (label) }
                            input.input id=(date_part_id(field, part)) name={ (field.name) "-" (part) } type="text"
                                inputmode=[(part != "month").then_some("numeric")] size=(size) value=(value)
                                autocomplete="off" aria-invalid=[field.error.map(|_| "true")];
                        }
                    }
                }
            }
        },
    )
}

/// The day has the field's own id, so that an error summary's link leads there.
fn date_part_id(field: &Field, part: &str) -> String {
    match part {
        "day" => field.id(),
        other => format!("{}-{other}", field.id()),
    }
}

/// The legend of a group, with its error inside, and the hint after it.
pub(super) fn legend(speech: Speech, field: &Field) -> Markup {
    html! {
        legend.legend {
            @if field.is_heading {
                h1.label-heading { (beside_words(field.picture)) (field.label) }
            } @else {
                (beside_words(field.picture)) (field.label)
            }
            @if let Some(error) = field.error {
                span.error id=(field.error_id()) {
                    span.error-word { (speech.say("frame.error_word")) } " " (error)
                }
            }
        }
        @if let Some(hint) = field.hint {
            div.hint id=(field.hint_id()) { (hint) }
        }
    }
}
