//! `/look`: how pages look to this reader. Every choice is a button that takes effect at once, on every page: with one
//! switch, a list of buttons is easier than fields and a button, and nothing can be chosen and then not saved.
//!
//! WCAG 1.4.8 (colours, spacing and size can be chosen), 3.2.2 (nothing changes before a button is pressed), 4.1.3 (what
//! changed is said in words, in a notice that takes the focus).

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect};
use axum_extra::extract::cookie::CookieJar;
use maud::{Markup, html};
use serde::Deserialize;

use super::public_pages::way_back;
use crate::html::{self, Door, Page};
use crate::web::{Answer, Form, Route, Site, Who, cookies};
use crate::words::Speech;
use crate::words::look::{ASKED, Asked, Look};

/// The page's address.
pub const LOOK: &str = html::LOOK;
/// What the last button sends: everything as it was at first.
const AS_IT_WAS: &str = "as_it_was";

/// The addresses.
pub(super) fn routes(site: &Site) -> Vec<Route> {
    vec![Route::get(LOOK, Who::Anyone, show, site), Route::post(LOOK, Who::Anyone, choose, site)]
}

#[derive(Debug, Default, Deserialize)]
struct Asking {
    /// Where the reader came from.
    #[serde(default)]
    back: String,
    /// What was changed just now.
    #[serde(default)]
    now: String,
}

/// `GET /look`
async fn show(speech: Speech, Query(asking): Query<Asking>) -> Page {
    page(speech, way_back(&asking.back), &asking.now)
}

/// `POST /look`: the button that was pressed, such as `size=larger`. Unknown names change nothing.
async fn choose(State(site): State<Site>, speech: Speech, jar: CookieJar, form: Form) -> Answer {
    let back = way_back(form.get("back"));
    let pressed =
        ASKED.iter().find_map(|asked| Some((asked.name, speech.look().with(asked.name, form.get(asked.name))?)));
    let (now, look) = match pressed {
        Some(pressed) => pressed,
        None if !form.get(AS_IT_WAS).is_empty() => (AS_IT_WAS, Look::default()),
        None => ("", speech.look()),
    };
    let cookie = cookies::remember_look(look, site.config.https);
    Ok((jar.add(cookie), Redirect::to(&html::look_address(back, now))).into_response())
}

fn page(speech: Speech, back: &str, now: &str) -> Page {
    let body = html! {
        (done(speech, now))
        (html::heading(speech, "look.title"))
        p.lead { (speech.say("look.lead")) }
        form.form action=(LOOK) method="post" {
            (html::hidden("back", back))
            @for asked in &ASKED { (choices(speech, asked)) }
            h2 { (html::picture_beside(speech, "look.as_it_was_title")) (speech.say("look.as_it_was_title")) }
            (html::secondary_button(speech.say("look.as_it_was"), AS_IT_WAS, "yes"))
        }
        p { (speech.say("look.kept")) }
        p { (speech.say("look.browser")) }
        (html::link_button(back, speech.say("look.go_back")))
    };
    Page::new(speech, Door::Public, speech.say("look.title"), body).path(html::look_address(back, "")).back(back)
}

/// What has just changed, in words.
fn done(speech: Speech, now: &str) -> Markup {
    let what = match ASKED.iter().find(|asked| asked.name == now) {
        Some(asked) => speech.fill("look.now", &[("what", name_of(speech, asked, speech.look().chosen(now)))]),
        None if now == AS_IT_WAS => speech.say("look.now_as_it_was").to_owned(),
        None => return html! {},
    };
    html::notice(speech.say("look.done"), html! { p { (what) } })
}

fn name_of(speech: Speech, asked: &Asked, value: &str) -> &'static str {
    speech.say_in(&format!("look.{}_is", asked.name), value)
}

/// One thing to choose: a button for each way, and words for the one that is on. Colours show themselves.
fn choices(speech: Speech, asked: &Asked) -> Markup {
    let title = format!("look.{}", asked.name);
    let own_colours = |value: &'static str| (asked.name == "colours").then_some(value);
    html! {
        h2 { (html::picture_beside(speech, &title)) (speech.say(&title)) }
        ul.wording-list {
            @for value in asked.offered.iter().copied() {
                li {
                    @if value == speech.look().chosen(asked.name) {
                        p.wording-now { (name_of(speech, asked, value)) " " (speech.say("frame.wording_now")) }
                    } @else {
                        button.button.button-second type="submit" name=(asked.name) value=(value)
                            data-colours=[own_colours(value)] {
                            (name_of(speech, asked, value))
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::plain_english::{Reader, check_page, text_of_page};
    use crate::words::{Wording, Words};

    #[test]
    fn every_wording_says_what_is_on_and_what_has_changed() {
        for wording in Wording::ALL {
            let reader = if wording == Wording::Plain { Reader::Anybody } else { Reader::ShortWords };
            for asked in &ASKED {
                for value in asked.offered {
                    let look = Look::default().with(asked.name, value).expect("it is offered");
                    let speech = Words::embedded().speak(wording).looking(look);
                    let made = page(speech, "/tell/who", asked.name).render().into_string();
                    assert!(made.contains(&speech.fill("look.now", &[("what", name_of(speech, asked, value))])));
                    assert_eq!(made.matches("class=\"wording-now\"").count(), ASKED.len() + 1, "one for the wording");
                    assert_eq!(made.contains(&format!("data-{}=\"{value}\"", asked.name)), *value != asked.offered[0]);
                    let findings = check_page(&text_of_page(&made), reader);
                    assert!(findings.is_empty(), "{findings:#?}");
                }
            }
        }
    }
}
