//! `/tell/permission`: may inspectors quote, may they reply. Both are no unless they said yes; sending means that
//! inspectors may read. It is asked as permission, and never called consent.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use maud::html;

use super::store::save_permission;
use super::{Told, hidden_of, typed};
use crate::html::{Choice, Door, Field as Input, Page, button, form, heading, inset, radios, text_area};
use crate::submission::Field;
use crate::web::{Answer, Form, Site, Submitter};
use crate::words::Speech;

/// `GET /tell/permission`
pub async fn show(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer {
    let mut tx = site.db.read().await?;
    let told = Told::look(&site, &mut tx, &submitter).await?;
    let more = told.answers.get(Field::PermissionMore);
    Ok(page(speech, told.door.clone(), &told.row.quote, &told.row.reply, more).into_response())
}

/// `POST /tell/permission`
pub async fn save(State(site): State<Site>, submitter: Submitter, form: Form) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let told = Told::change(&site, &mut tx, &submitter).await?;
    save_permission(&mut tx, &told.row.id, form.get("quote") == "yes", form.get("reply") == "yes").await?;
    told.save(&mut tx, &[(Field::PermissionMore, typed(&form, "more"))], now).await?;
    tx.commit().await?;
    Ok(Redirect::to("/tell").into_response())
}

fn page(speech: Speech, door: Door, quote: &str, reply: &str, more: &str) -> Page {
    let hidden = hidden_of(&door);
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
            (text_area(speech, &more, 3))
            (inset(html! { p { (speech.say("permission.must_tell")) } }))
            p { (speech.say("permission.change")) }
            (button(speech.say("permission.save")))
        }))
    };
    Page::new(speech, door, speech.say("permission.title"), body).path("/tell/permission").back("/tell")
}
