//! What belongs together, on a submission's page; and the same forms on pages of their own, where something was missing.

use maud::{Markup, html};

use super::submission::Around;
use crate::html::{
    Field, button, details, error_summary, form, hidden as hidden_field, text_area, text_input, their_words,
};
use crate::review::links::Link;
use crate::review::reading::Reading;
use crate::words::Speech;

/// The links that this reader may see, and the form for another.
pub fn links(speech: Speech, reading: &Reading, around: &Around) -> Markup {
    let reference = &reading.opened.facts.reference;
    html! {
        h2 id="links" { (speech.say("links.title")) }
        @if reading.links.is_empty() { p { (speech.say("links.none")) } }
        @for link in &reading.links { (one(speech, reading, link, around)) }
        (details(
            speech.say("links.link_title"),
            link_form(speech, reference, &(around.hidden)(), ("", ""), [None, None]),
        ))
    }
}

fn one(speech: Speech, reading: &Reading, link: &Link, around: &Around) -> Markup {
    let by = [("name", reading.names.of(&link.by).to_owned()), ("when", link.at.in_london())];
    let by = by.each_ref().map(|(place, value)| (*place, value.as_str()));
    let words = |text: Option<&String>| match text {
        Some(text) => their_words(text, None),
        None => html! { p { (speech.say("reading.not_opened")) } },
    };
    html! {
        section.card {
            h3 { a href={ "/staff/submissions/" (link.reference) } { span.reference { (link.reference) } } }
            p { (speech.fill("links.by", &by)) }
            (words(link.reason.as_ref()))
            @if let Some((who, when, why)) = &link.undone {
                p {
                    strong {
                        (speech.fill("links.undone", &[("name", reading.names.of(who)), ("when", &when.in_london())]))
                    }
                }
                (words(why.as_ref()))
            } @else {
                @let name = format!("why-not-{}", link.id);
                (details(&speech.fill("links.unlink_title", &[("reference", &link.reference)]), unlink_form(
                    speech, &reading.opened.facts.reference, &(around.hidden)(), (link.id.as_str(), &name, ""), None,
                )))
            }
        }
    }
}

/// The form that links; `typed` is the other reference and the reason.
fn link_form(
    speech: Speech,
    reference: &str,
    hidden: &Markup,
    typed: (&str, &str),
    [which, why]: [Option<&str>; 2],
) -> Markup {
    let other = Field::new("other", speech.say("links.other")).hint(speech.say("links.other_hint"));
    let reason = Field::new("belongs", speech.say("links.why")).hint(speech.say("links.why_hint"));
    form(
        &format!("/staff/submissions/{reference}/links"),
        hidden,
        html! {
            (text_input(speech, &other.value(typed.0).error(which)))
            (text_area(speech, &reason.value(typed.1).error(why), 3))
            (button(speech.say("links.link_do")))
        },
    )
}

/// The form that unlinks; `typed` is the link's id, the name of the reason's field, and the reason.
fn unlink_form(
    speech: Speech,
    reference: &str,
    hidden: &Markup,
    (link, name, why): (&str, &str, &str),
    error: Option<&str>,
) -> Markup {
    let reason = Field::new(name, speech.say("links.unlink_why")).value(why).error(error);
    form(
        &format!("/staff/submissions/{reference}/links/undo"),
        hidden,
        html! {
            (hidden_field("link", link))
            (text_area(speech, &reason, 3))
            (button(speech.say("links.unlink_do")))
        },
    )
}

/// The form that links, after something was missing.
pub fn link_again(
    speech: Speech,
    reference: &str,
    hidden: &Markup,
    typed: (&str, &str),
    errors: [Option<&str>; 2],
) -> Markup {
    let named = [("other", errors[0]), ("belongs", errors[1])];
    let summary: Vec<(&str, &str)> =
        named.into_iter().filter_map(|(field, error)| error.map(|error| (field, error))).collect();
    html! {
        (error_summary(speech, &summary))
        h1 { (speech.say("links.link_title")) }
        (link_form(speech, reference, hidden, typed, errors))
    }
}

/// The form that unlinks, after something was missing.
pub fn unlink_again(speech: Speech, reference: &str, hidden: &Markup, link: &str, error: &str) -> Markup {
    let name = format!("why-not-{link}");
    html! {
        (error_summary(speech, &[(name.as_str(), error)]))
        h1 { (speech.say("links.unlink_again_title")) }
        (unlink_form(speech, reference, hidden, (link, &name, ""), Some(error)))
    }
}
