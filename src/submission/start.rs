//! The start page: what this is, who reads it, and what every journey says before anything is sent.

use axum::extract::State;
use maud::{Markup, html};

use super::contacts;
use crate::html::{self, Door, Page, prose};
use crate::web::{MaybeSubmitter, Site, door};
use crate::words::Speech;

/// The name under which the start page's form says which of its buttons was pressed.
pub const WAY: &str = "way";
/// "Just say one thing".
pub const ONE_THING: &str = "one";

/// What the operator has said about this service, as pages repeat it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Statements<'a> {
    /// Who runs the service.
    pub operator: Option<&'a str>,
    /// What Ofsted and CQC have agreed to.
    pub inspectorates: Option<&'a str>,
    /// When somebody reads what is sent.
    pub reading_hours: Option<&'a str>,
    /// Their own words on the privacy page.
    pub privacy: Option<&'a str>,
}

impl<'a> Statements<'a> {
    /// The statements that these settings hold.
    pub fn of(site: &'a Site) -> Statements<'a> {
        let settings = &site.config.settings;
        Statements {
            operator: settings.operator_name.as_deref(),
            inspectorates: settings.inspectorate_statement.as_deref(),
            reading_hours: settings.reading_hours.as_deref(),
            privacy: settings.privacy_text.as_deref(),
        }
    }
}

/// `GET /`
pub async fn show(State(site): State<Site>, speech: Speech, MaybeSubmitter(submitter): MaybeSubmitter) -> Page {
    let open = submitter.map(|submitter| if submitter.is_draft() { Open::Draft } else { Open::Sent });
    page(speech, Statements::of(&site), open, &door::once_field())
}

/// What this browser has open already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// A draft.
    Draft,
    /// Something that was sent.
    Sent,
}

/// The start page. `once` is a hidden field, so that a double press of "Start" makes one draft.
pub fn page(speech: Speech, statements: Statements, open: Option<Open>, once: &Markup) -> Page {
    let body = html! {
        (html::heading(speech, "start.title"))
        p.lead { (speech.say("start.lead")) }
        p { (speech.say("start.what")) }
        @if let Some(open) = open { (already_open(speech, open)) }
        (ways_in(speech, once))
        (danger(speech, statements))
        h2 { (html::picture_beside(speech, "start.ways_title")) (speech.say("start.ways_title")) }
        (ways(speech))
        p { (speech.say("start.free")) }
        (prose(speech.say("start.phone")))
        h2 { (html::picture_beside(speech, "start.know_title")) (speech.say("start.know_title")) }
        (what_every_journey_says(speech))
        (who_runs_this(speech, statements))
        (ways_in(speech, once))
    };
    Page::new(speech, Door::Public, speech.say("start.tab"), body).path("/")
}

/// At the top for those who know what this is, and at the end for those who have read it.
fn ways_in(speech: Speech, once: &Markup) -> Markup {
    html! {
        div.ways-in {
            (html::form("/begin", once, html! {
                (html::button_of(speech, "start.begin"))
                p.button-line {
                    button.button.button-second type="submit" name=(WAY) value=(ONE_THING) {
                        (html::picture_beside(speech, "start.one")) (speech.say("start.one"))
                    }
                }
                p.hint { (speech.say("start.one_hint")) }
            }))
            p.come-back {
                a href="/return" { (html::picture_beside(speech, "start.come_back")) (speech.say("start.come_back")) }
            }
        }
    }
}

fn already_open(speech: Speech, open: Open) -> Markup {
    let text = match open {
        Open::Draft => speech.say("start.open_draft"),
        Open::Sent => speech.say("start.open_sent"),
    };
    html::inset(html! {
        h2.card-title { (html::picture_beside(speech, "start.open_title")) (speech.say("start.open_title")) }
        (prose(text))
    })
}

fn ways(speech: Speech) -> Markup {
    const WAYS: [&str; 5] =
        ["start.way_video", "start.way_sound", "start.way_picture", "start.way_aac", "start.way_write"];
    html! {
        ul.ways { @for key in WAYS { li { (html::picture_beside(speech, key)) span { (speech.say(key)) } } } }
    }
}

/// What to do when somebody is in danger now, and when this site is read.
pub fn danger(speech: Speech, statements: Statements) -> Markup {
    let body = html! {
        h2.card-title { (html::picture_beside(speech, "start.danger_title")) (speech.say("start.danger_title")) }
        (prose(speech.say("start.danger")))
        @if let Some(phone) = contacts::phone_of("childline") {
            p { a href={ "tel:" (phone.replace(' ', "")) } { (speech.fill("start.childline", &[("phone", phone)])) } }
        }
        p {
            strong { (speech.say("start.not_at_once")) } " "
            @match statements.reading_hours {
                Some(hours) => { (speech.fill("start.read_when", &[("hours", hours)])) }
                None => { (speech.say("start.read_when_not_said")) }
            }
        }
    };
    html! { section.danger { (body) } }
}

/// What we must pass on, what a council cannot see, and what we cannot do.
pub fn what_every_journey_says(speech: Speech) -> Markup {
    html! {
        div.cards {
            @for (title, text) in [
                ("start.hurt_title", "start.hurt"),
                ("start.council_title", "start.council"),
                ("start.case_title", "start.case"),
            ] {
                (html::card(
                    3,
                    html! { (html::picture_beside(speech, title)) (speech.say(title)) },
                    prose(speech.say(text)),
                ))
            }
        }
    }
}

/// Who runs this service, and what Ofsted and CQC have agreed to.
pub fn who_runs_this(speech: Speech, statements: Statements) -> Markup {
    html! {
        h3 { (html::picture_beside(speech, "start.run_title")) (speech.say("start.run_title")) }
        p {
            @match statements.operator {
                Some(operator) => { (speech.fill("start.run_by", &[("operator", operator)])) }
                None => { (speech.say("start.run_by_not_said")) }
            }
        }
        p { (statements.inspectorates.unwrap_or_else(|| speech.say("start.inspectors_agreed_not"))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Wording, Words};

    fn shown(wording: Wording, statements: Statements) -> String {
        page(Words::embedded().speak(wording), statements, None, &html! {}).render().into_string()
    }

    #[test]
    fn every_wording_says_what_every_journey_says() {
        for wording in Wording::ALL {
            let page = shown(wording, Statements::default());
            for said in ["999", "Text 999", "999 BSL", "an adult you trust", "being hurt", "have not agreed", "council"]
            {
                assert!(page.contains(said), "{said} in {wording:?}");
            }
            assert!(page.contains(r#"action="/begin""#) && page.contains(r#"href="/return""#));
        }
    }

    #[test]
    fn the_operator_s_own_statement_takes_the_place_of_ours() {
        let statements = Statements {
            operator: Some("Voices Trust"),
            inspectorates: Some("Ofsted and CQC read what is sent."),
            reading_hours: Some("Monday to Friday"),
            ..Statements::default()
        };
        let page = shown(Wording::Plain, statements);
        assert!(page.contains("Voices Trust runs this site.") && page.contains("Ofsted and CQC read what is sent."));
        assert!(page.contains("Monday to Friday") && !page.contains("have not agreed"));
    }
}
