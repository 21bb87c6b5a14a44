//! `/tell/permission`: may inspectors quote, may they reply, may a question wait. All are no unless they said yes;
//! sending means that inspectors may read. It is asked as permission, and never called consent. And who can decide for
//! the child or young person, which is a fact for inspectors and changes nothing by itself.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use maud::html;

use super::names::Decides;
use super::store::{save_may_ask, save_permission};
use super::{Told, choices_with_words_in, hidden_of, typed};
use crate::html::{Choice, Field as Input, Page, button, form, heading, inset, radios, text_area};
use crate::submission::Field;
use crate::web::{Answer, Form, Site, Submitter};
use crate::words::Speech;

/// `GET /tell/permission`
pub async fn show(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer {
    let mut tx = site.db.read().await?;
    let told = Told::look(&site, &mut tx, &submitter).await?;
    Ok(page(speech, &told).into_response())
}

/// `POST /tell/permission`
pub async fn save(State(site): State<Site>, submitter: Submitter, form: Form) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let told = Told::change(&site, &mut tx, &submitter).await?;
    save_permission(&mut tx, &told.row.id, form.get("quote") == "yes", form.get("reply") == "yes").await?;
    save_may_ask(&mut tx, &told.row.id, form.get("may-ask") == "yes").await?;
    let decides = Decides::parse(form.get("decides")).map_or("", Decides::name);
    let sealed = [(Field::PermissionMore, typed(&form, "more")), (Field::Decides, decides)];
    told.save(&mut tx, &sealed, now).await?;
    tx.commit().await?;
    Ok(Redirect::to("/tell").into_response())
}

fn page(speech: Speech, told: &Told) -> Page {
    let (door, hidden) = (told.door.clone(), hidden_of(&told.door));
    let (quote, reply) = (told.row.quote.as_str(), told.row.reply.as_str());
    let (may_ask, more) = (told.row.may_ask.as_str(), told.answers.get(Field::PermissionMore));
    let deciders = choices_with_words_in(
        "permission.decides_is",
        speech,
        Decides::ALL.iter().map(|decides| decides.name()),
        Some("permission.not_said"),
    );
    let decides = Input::new("decides", speech.say("permission.decides"))
        .hint(speech.say("permission.decides_hint"))
        .picture(speech.picture("permission.decides"))
        .value(told.answers.get(Field::Decides));
    let yes_no = [Choice::new("yes", speech.say("permission.yes")), Choice::new("no", speech.say("permission.no"))];
    let asked = |name, label: &str, hint: &str, value| Input {
        value,
        ..Input::new(name, speech.say(label)).hint(speech.say(hint))
    };
    let more = Input::new("more", speech.say("permission.more")).hint(speech.say("permission.more_hint")).value(more);
    let body = html! {
        (heading(speech, "permission.title"))
        p { (speech.say("permission.lead")) }
        (form("/tell/permission", &hidden, html! {
            (radios(speech, &asked("quote", "permission.quote", "permission.quote_hint", quote), &yes_no))
            (radios(speech, &asked("reply", "permission.reply", "permission.reply_hint", reply), &yes_no))
            p { (speech.say("permission.reply_needs")) }
            (radios(speech, &asked("may-ask", "permission.may_ask", "permission.may_ask_hint", may_ask), &yes_no))
            (radios(speech, &decides, &deciders))
            (text_area(speech, &more, 3))
            (inset(html! { p { (speech.say("permission.must_tell")) } }))
            p { (speech.say("permission.change")) }
            (button(speech.say("permission.save")))
        }))
    };
    Page::new(speech, door, speech.say("permission.title"), body).path("/tell/permission").back("/tell")
}
