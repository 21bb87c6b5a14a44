//! `/own`: the small door of a child's or young person's own card.
//!
//! They add their own words, a file or a recording by the same pages as everybody, into a submission of their own; and they
//! can say that they have changed their mind. The door shows nothing that anybody else sent, not even how much, and nothing
//! that was sent with the card before: whoever made it may know the six words. What is not sent yet is named by its kind.
//!
//! Changing their mind counts as a no to every recording, at once, until a lead decides (`evidence/say`). It is never shown
//! to whoever made the card.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

use super::start::{self, Statements};
use super::store::{self, Moved};
use super::whole::{ToldItem, Whole};
use super::{Event, State as Life, card, not_safe};
use crate::audit;
use crate::db::Tx;
use crate::evidence::say::Wide;
use crate::evidence::say::pages::number_and_kind;
use crate::evidence::say::store::record_by_card;
use crate::html::{self, Choice, Door, Field, Page};
use crate::id::SubmissionId;
use crate::web::{Answer, Form, Problem, Site, Submitter, door};
use crate::words::Speech;

/// The first page.
pub const OWN: &str = "/own";
/// Where they say that they have changed their mind.
const CHANGED: &str = "/own/changed";
/// What they choose to take back their own words.
const OWN_WORDS: &str = "own_words";

/// What was just done: `sent` or `changed`. Anybody can type it, so it tells nothing.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// `GET /own`
pub async fn show(
    State(site): State<Site>,
    submitter: Submitter,
    speech: Speech,
    Query(done): Query<Done>,
) -> Answer<Page> {
    let mut tx = site.db.read().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let hidden = door::submitter_fields(&site, &submitter);
    if submitter.state == Life::Withdrawn.name() {
        return Ok(taken_back_page(speech, opened.door, &hidden));
    }
    let whole = Whole::load(&mut tx, &site.keys, &submitter.submission).await?.ok_or(Problem::NoVisit)?;
    let waiting: Vec<&ToldItem> = whole.unsent().collect();
    let news = match done.done.as_str() {
        "sent" => Some(("own.sent_title", "own.sent")),
        "changed" => Some(("own.changed_title", "own.changed")),
        _ => None,
    };
    Ok(page(speech, opened.door, &hidden, &waiting, news, Statements::of(&site)))
}

fn page(
    speech: Speech,
    door: Door,
    hidden: &Markup,
    waiting: &[&ToldItem],
    news: Option<(&str, &str)>,
    statements: Statements,
) -> Page {
    let body = html! {
        @if let Some((title, text)) = news { (html::notice(speech.say(title), html! { p { (speech.say(text)) } })) }
        (html::heading(speech, "own.title"))
        p.lead { (speech.say("own.lead")) }
        p { (speech.say("own.not_told")) }
        @if !waiting.is_empty() { (not_sent(speech, hidden, waiting)) }
        h2 { (html::picture_beside(speech, "own.tell_title")) (speech.say("own.tell_title")) }
        (html::link_button("/tell/write", speech.say("own.write")))
        (html::link_button("/tell/evidence", speech.say("own.file")))
        div data-with-script hidden { (html::link_button("/tell/record", speech.say("own.record"))) }
        h2 { (html::picture_beside(speech, "own.mind_title")) (speech.say("own.mind_title")) }
        p { (speech.say("own.mind")) }
        (html::link_button(CHANGED, speech.say("own.mind_do")))
        (start::danger(speech, statements))
        (start::what_every_journey_says(speech))
    };
    Page::new(speech, door, speech.say("code.tab"), body).path(OWN)
}

/// What is here and not sent yet, with its button.
fn not_sent(speech: Speech, hidden: &Markup, waiting: &[&ToldItem]) -> Markup {
    html! {
        section.told {
            h2 { (html::picture_beside(speech, "own.here_title")) (speech.say("own.here_title")) }
            ul.list {
                @for told in waiting { li { (number_and_kind(speech, told.item.number, told.item.kind)) } }
            }
            p { (speech.say("own.not_sent")) }
            (html::form("/tell/send", hidden, html! {
                @for told in waiting { (html::hidden("item", told.item.id.as_str())) }
                (not_safe::question(speech, ""))
                (html::button_of(speech, "own.send"))
            }))
        }
    }
}

fn taken_back_page(speech: Speech, door: Door, hidden: &Markup) -> Page {
    let body = html! {
        (html::heading(speech, "own.back_title"))
        p { (speech.say("own.back")) }
        (html::form("/tell/take-back/undo", hidden, html::button(speech.say("own.back_undo"))))
    };
    Page::new(speech, door, speech.say("code.tab"), body).path(OWN)
}

/// `GET /own/changed`
pub async fn ask(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer<Page> {
    let mut tx = site.db.read().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let hidden = door::submitter_fields(&site, &submitter);
    Ok(changed_page(speech, opened.door, &hidden, "", None))
}

fn changed_page(speech: Speech, door: Door, hidden: &Markup, words: &str, error: Option<&'static str>) -> Page {
    let choices: Vec<Choice> = Wide::ALL
        .iter()
        .map(|wide| wide.name())
        .chain([OWN_WORDS])
        .map(|name| {
            let picture = speech.picture(&format!("own.change.{name}"));
            Choice::new(name, speech.say_in("own.change", name)).picture(picture)
        })
        .collect();
    let errors: Vec<(&str, &str)> = error.map(|error| ("about", error)).into_iter().collect();
    let more = Field::new("words", speech.say("own.more")).hint(speech.say("own.more_hint"));
    let body = html! {
        (html::error_summary(speech, &errors))
        (html::heading(speech, "own.mind_title"))
        p.lead { (speech.say("own.mind_lead")) }
        (html::form(CHANGED, hidden, html! {
            (html::radios(speech, &Field::new("about", speech.say("own.about")).error(error), &choices))
            (html::text_area(speech, &more.value(words), 3))
            (html::button_of(speech, "own.mind_send"))
        }))
        p { a href=(OWN) { (speech.say("own.mind_no")) } }
    };
    Page::new(speech, door, speech.say("code.tab"), body).path(CHANGED).back(OWN).problem(error.is_some())
}

/// `POST /own/changed`
pub async fn change(State(site): State<Site>, submitter: Submitter, speech: Speech, form: Form) -> Answer {
    let now = site.clock.now();
    let maker = submitter.card_of.clone().ok_or(Problem::NotFound)?;
    let (about, words) = (form.get("about"), form.get("words"));
    let mut tx = site.db.write().await?;
    if about == OWN_WORDS {
        let own = &submitter.submission;
        if let Moved::To(_) = store::move_submission(&mut tx, own, Event::TakeBack, now).await? {
            let detail = json!({ "was": submitter.state });
            audit::record(&mut tx, now, "card", "taken_back", "submission", own.as_str(), detail).await?;
        }
        tx.commit().await?;
        return Ok(Redirect::to(OWN).into_response());
    }
    let Some(wide) = Wide::parse(about) else {
        let opened = door::open(&site, &mut tx, &submitter).await?;
        let hidden = door::submitter_fields(&site, &submitter);
        let page = changed_page(speech, opened.door, &hidden, words, Some(speech.say("own.about_missing")));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    say_no(&site, &mut tx, &maker, (wide, words)).await?;
    if wide == Wide::Everything {
        say_no(&site, &mut tx, &submitter.submission, (wide, "")).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to("/own?done=changed").into_response())
}

/// Records the no on a submission that is there still. Its own key seals the words, and its end takes them.
async fn say_no(site: &Site, tx: &mut Tx, about: &SubmissionId, (wide, words): (Wide, &str)) -> Answer<()> {
    let now = site.clock.now();
    let key = site.keys.submission(tx, about).await?;
    let (Some(key), true) = (key, card::is_there(tx, about).await?) else { return Ok(()) };
    record_by_card(tx, &key, about, (wide, words), now).await?;
    let detail = json!({ "about": wide.name() });
    audit::record(tx, now, "card", "changed_mind", "submission", about.as_str(), detail).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::plain_english::{Reader, check_page, text_of_page};
    use crate::words::{Wording, Words};

    #[test]
    fn the_childs_pages_read_easily_in_every_wording() {
        for wording in Wording::ALL {
            let speech = Words::embedded().speak(wording);
            let none = html! {};
            let news = Some(("own.changed_title", "own.changed"));
            for page in [
                page(speech, Door::Public, &none, &[], news, Statements::default()),
                changed_page(speech, Door::Public, &none, "", Some(speech.say("own.about_missing"))),
                taken_back_page(speech, Door::Public, &none),
            ] {
                let page = page.render().into_string();
                assert_eq!(page.matches("<h1").count(), 1);
                let reader = if wording == Wording::Plain { Reader::Anybody } else { Reader::ShortWords };
                let findings = check_page(&text_of_page(&page), reader);
                assert!(findings.is_empty(), "{wording:?}: {findings:#?}");
            }
        }
    }
}
