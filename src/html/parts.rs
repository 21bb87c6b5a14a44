//! Everything on a page that is not a field: headings, forms, buttons, notices, lists, tables, the code's card.

use maud::{Markup, html};

use super::picture::beside_words;
use crate::clock::Moment;
use crate::words::Speech;

/// The page's `h1`, with its picture in the `pictures` wording. WCAG 2.4.6, 1.3.1: one on each page.
pub fn heading(speech: Speech, key: &str) -> Markup {
    html! {
        h1 { (beside_words(speech.picture(key))) (speech.say(key)) }
    }
}

/// A form that sends text. `hidden` holds the form token and the draft's id.
///
/// `novalidate`: a browser's own messages cannot be made plain (WCAG 3.3.1, 3.3.3: ours say how to put it right).
/// `autocomplete=off`: Chromium otherwise writes what stands in text areas, and the names of chosen files, to the disk
/// (its list of tabs to open again), where the next person who has this phone could find it. A field that a browser may
/// know, such as a password at the staff door, says so itself.
pub fn form(action: &str, hidden: &Markup, body: Markup) -> Markup {
    html! {
        form.form action=(action) method="post" autocomplete="off" novalidate { (hidden) (body) }
    }
}

/// A form that sends files.
pub fn upload_form(action: &str, hidden: &Markup, body: Markup) -> Markup {
    html! {
        form.form action=(action) method="post" enctype="multipart/form-data" autocomplete="off" novalidate data-upload {
            (hidden) (body)
        }
    }
}

/// One hidden field.
pub fn hidden(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// The button that goes on: one on a page. WCAG 2.5.5: 44 px high, 60 px with pictures; 4.1.2: a real button.
pub fn button(label: &str) -> Markup {
    html! { p.button-line { button.button type="submit" { (label) } } }
}

/// The same button with the words of a key, and with the key's picture in the `pictures` wording.
pub fn button_of(speech: Speech, key: &str) -> Markup {
    html! {
        p.button-line {
            button.button type="submit" { (beside_words(speech.picture(key))) (speech.say(key)) }
        }
    }
}

/// A button beside the way on, such as "Add another". `name` and `value` tell the handler which was pressed.
pub fn secondary_button(label: &str, name: &str, value: &str) -> Markup {
    html! { p.button-line { button.button.button-second type="submit" name=(name) value=(value) { (label) } } }
}

/// The button of a page that asks "Are you sure?": only ever on a page of its own (WCAG 3.3.4, 3.3.6).
pub fn danger_button(label: &str) -> Markup {
    html! { p.button-line { button.button.button-danger type="submit" { (label) } } }
}

/// A link that looks like a button, for going to another page without sending anything.
pub fn link_button(href: &str, label: &str) -> Markup {
    html! { p.button-line { a.button href=(href) { (label) } } }
}

/// What is wrong, at the top of a page after a failed POST: `(field name, sentence)`. Each links to its field.
///
/// WCAG 3.3.1, 2.4.3: it takes the focus as the page loads, without script. It is a labelled group and no alert: an
/// alert at load is read twice by some screen readers and in a changing order by others. Use [`super::Page::problem`]
/// too, so that the title says it.
pub fn error_summary(speech: Speech, errors: &[(&str, &str)]) -> Markup {
    html! {
        @if !errors.is_empty() {
            div.error-summary tabindex="-1" autofocus role="group" aria-labelledby="error-summary-title" {
                h2 id="error-summary-title" { (speech.say("frame.problem_title")) }
                ul {
                    @for (name, sentence) in errors {
                        li { a href={ "#" (super::field::id_for(name)) } { (sentence) } }
                    }
                }
            }
        }
    }
}

/// News about what was just done, such as "Your file is safe". WCAG 4.1.3: it takes the focus as the page loads, so it
/// is heard at once, without an alert.
pub fn notice(title: &str, body: Markup) -> Markup {
    html! {
        div.notice tabindex="-1" autofocus role="group" aria-labelledby="notice-title" {
            h2 id="notice-title" { (title) }
            (body)
        }
    }
}

/// Something to know, set apart from the text.
pub fn inset(body: Markup) -> Markup {
    html! { div.inset { (body) } }
}

/// Something that may hurt or be lost. WCAG 1.4.1: the word says it, not only the sign and the colour.
pub fn warning(speech: Speech, body: Markup) -> Markup {
    warning_with(speech, None, body)
}

/// The same with the picture of this name, such as `speech.picture("evidence.body_parts")`.
pub fn warning_with(speech: Speech, picture: Option<&str>, body: Markup) -> Markup {
    html! {
        div.warning {
            (beside_words(picture))
            p.warning-word { (speech.say("frame.warning_word")) }
            div { (body) }
        }
    }
}

/// One line of a [`summary_list`].
pub struct SummaryRow<'a> {
    /// The question or name.
    pub key: &'a str,
    /// What was said: a person's words through [`their_words`].
    pub value: Markup,
    /// Where to change it, and what it is, as it continues "Change …": `("/tell/who", "who you are")`. Unique on a page.
    pub change: Option<(&'a str, &'a str)>,
}

/// What was told so far, line by line. WCAG 2.4.9: each link's name says what it changes; 3.3.6: everything can be
/// checked before it is sent.
pub fn summary_list(speech: Speech, rows: Vec<SummaryRow>) -> Markup {
    html! {
        dl.summary {
            @for row in rows {
                div.summary-row {
                    dt { (row.key) }
                    dd { (row.value) }
                    @if let Some((href, what)) = row.change {
                        dd.summary-change { a href=(href) { (speech.say("frame.change")) " " (what) } }
                    }
                }
            }
        }
    }
}

/// More to read for those who want it. The browser's own, so it works by keyboard and is known to screen readers
/// (WCAG 4.1.2).
pub fn details(title: &str, body: Markup) -> Markup {
    html! {
        details.details { summary { (title) } div.details-body { (body) } }
    }
}

/// A box with a heading of the given level (2 to 4).
pub fn card(level: u8, title: Markup, body: Markup) -> Markup {
    html! {
        section.card {
            @match level {
                2 => { h2.card-title { (title) } }
                3 => { h3.card-title { (title) } }
                _ => { h4.card-title { (title) } }
            }
            (body)
        }
    }
}

/// A list of short things.
pub fn list(items: impl IntoIterator<Item = Markup>) -> Markup {
    html! {
        ul.list { @for item in items { li { (item) } } }
    }
}

/// One cell of a [`table`]. The first cell of a row is the row's heading.
pub type Cell = Markup;

/// A moment, for people and for machines.
pub fn time(at: Moment) -> Markup {
    html! { time datetime=(at.rfc3339()) { (at.in_london()) } }
}

/// A table: staff pages, and the lines of a receipt. WCAG 1.3.1: a caption, headings with a scope; 1.4.10: on a narrow
/// screen each row becomes a block whose cells carry their heading, so nothing scrolls sideways.
pub fn table(caption: &str, heads: &[&str], rows: Vec<Vec<Cell>>) -> Markup {
    html! {
        table.table {
            caption { (caption) }
            thead { tr { @for head in heads { th scope="col" { (head) } } } }
            tbody {
                @for row in rows {
                    tr {
                        @for (index, cell) in row.into_iter().enumerate() {
                            @if index == 0 {
                                th scope="row" { (cell) }
                            } @else {
                                td data-head=[heads.get(index)] { (cell) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The way to the next page of a long list, by a keyset cursor in `href`.
pub fn next_page(speech: Speech, href: Option<&str>) -> Markup {
    html! {
        @if let Some(href) = href {
            nav.paging aria-label=(speech.say("frame.paging")) { a href=(href) rel="next" { (speech.say("frame.next_page")) } }
        }
    }
}

/// One thing to do in a list of [`steps`].
pub struct Step<'a> {
    /// Where it is done.
    pub href: &'a str,
    /// What it is.
    pub label: &'a str,
    /// The picture beside it.
    pub picture: Option<&'a str>,
    /// How far it is, in words: "Done", "Not done yet", "2 files". WCAG 1.4.1: never by colour alone.
    pub state: &'a str,
    /// Whether it counts as done, for the look only.
    pub done: bool,
}

/// Things to do, in any order, each with how far it is. The state is part of the link's description, so that someone
/// who moves from link to link hears it (WCAG 1.3.1, 2.4.8).
pub fn steps(items: &[Step]) -> Markup {
    html! {
        ul.steps {
            @for (index, item) in items.iter().enumerate() {
                li.step.step-done[item.done] {
                    a.step-link href=(item.href) aria-describedby={ "step-state-" (index + 1) } {
                        (beside_words(item.picture)) (item.label)
                    }
                    span.step-state id={ "step-state-" (index + 1) } { (item.state) }
                }
            }
        }
    }
}

/// The return code's card, big and easy to copy by hand; `qr` is a drawing with its own text. Prints on a page of its
/// own. WCAG 1.3.1: an ordered list, so that a screen reader says "3 of 6".
pub fn code_card(title: &str, words: &[&str], note: Markup, qr: Option<Markup>) -> Markup {
    html! {
        section.code-card aria-labelledby="code-card-title" {
            h2 id="code-card-title" { (title) }
            ol.code-words lang="en" { @for word in words { li { (word) } } }
            @if let Some(qr) = qr { div.code-qr { (qr) } }
            div.code-note { (note) }
        }
    }
}

/// A person's own text, exactly as it came. WCAG 3.1.2: its language, when we know it; `dir=auto` lets every script run
/// its own way, and keeps marks of direction from reaching the rest of the page. Line breaks are kept by the style.
pub fn their_words(text: &str, lang: Option<&str>) -> Markup {
    html! {
        div.their-words lang=[lang] dir="auto" { (text) }
    }
}
