//! The areas that somebody must never see.

use maud::{Markup, html};

use crate::account::store::Person;
use crate::html::{Choice, Door, Field, Page, button, error_summary, form, hidden, select};
use crate::words::Speech;

/// The areas that are closed to somebody, and those that could be: code and name.
pub fn never(
    speech: Speech,
    door: Door,
    fields: &Markup,
    person: &Person,
    closed: &[(String, String)],
    offered: &[(String, String)],
    error: Option<&'static str>,
) -> Page {
    let here = format!("/staff/people/{}", person.id);
    let title = speech.fill("inspections.never_title", &[("name", person.shown())]);
    let mut choices = vec![Choice::new("", speech.say("inspections.choose_area"))];
    choices.extend(offered.iter().map(|(code, name)| Choice::new(code, name)));
    let field = Field::new("area", speech.say("inspections.area")).error(error);
    let body = html! {
        @if let Some(error) = error { (error_summary(speech, &[("area", error)])) }
        h1 { bdi { (title) } }
        p { (speech.say("inspections.never_text")) }
        @if closed.is_empty() {
            p { (speech.say("people.never_none")) }
        } @else {
            ul.list {
                @for (code, name) in closed {
                    li {
                        (name)
                        (form(&format!("{here}/areas/remove"), &html! { (fields) (hidden("area", code)) }, html! {
                            p.button-line {
                                button.button.button-second type="submit" {
                                    (speech.fill("inspections.never_remove", &[("area", name)]))
                                }
                            }
                        }))
                    }
                }
            }
        }
        h2 { (speech.say("inspections.never_add_title")) }
        (form(&format!("{here}/areas/add"), fields, html! {
            (select(speech, &field, &choices))
            (button(speech.say("inspections.never_add")))
        }))
    };
    Page::new(speech, door, title, body).back(here)
}
