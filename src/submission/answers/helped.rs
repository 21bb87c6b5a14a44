//! `/tell/helped`: who helped, with what, what they did not do, who was in the room, and whose advocate it is. It keeps a
//! helper's words from passing for the child's.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use maud::{Markup, html};

use super::names::{YesNo, YesNoNotSure};
use super::store::save_helped;
use super::{Told, hidden_of, typed};
use crate::evidence::pages::NOT_SAID;
use crate::html::{Choice, Door, Field as Input, Page, button, form, radios, text_area, text_input};
use crate::submission::Field;
use crate::submission::store::Answers;
use crate::web::{Answer, Form, Site, Submitter};
use crate::words::Speech;

/// The texts of this page: the field in the form, and where it is kept.
const TEXTS: [(&str, Field); 7] = [
    ("who", Field::HelpedWho),
    ("how", Field::HelpedHow),
    ("did-not", Field::HelpedDidNot),
    ("there", Field::WhoWasThere),
    ("advocate-from", Field::AdvocateFrom),
    ("advocate-paid-by", Field::AdvocatePaidBy),
    ("advocate-since", Field::AdvocateSince),
];

/// `GET /tell/helped`
pub async fn show(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer {
    let mut tx = site.db.read().await?;
    let told = Told::look(&site, &mut tx, &submitter).await?;
    let helped = told.row.helped.clone().unwrap_or_default();
    Ok(page(speech, told.door, &helped, &told.answers).into_response())
}

/// `POST /tell/helped`
pub async fn save(State(site): State<Site>, submitter: Submitter, form: Form) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let told = Told::change(&site, &mut tx, &submitter).await?;
    save_helped(&mut tx, &told.row.id, YesNo::parse(form.get("helped"))).await?;
    let texts = TEXTS.map(|(name, field)| (field, typed(&form, name)));
    told.save(&mut tx, &texts, now).await?;
    let chosen = YesNoNotSure::parse(form.get("advocate-chosen")).map_or("", YesNoNotSure::name);
    told.save(&mut tx, &[(Field::AdvocateInstructed, chosen)], now).await?;
    tx.commit().await?;
    Ok(Redirect::to("/tell").into_response())
}

fn page(speech: Speech, door: Door, helped: &str, answers: &Answers) -> Page {
    let hidden = hidden_of(&door);
    let yes_no = [
        Choice::new("yes", speech.say("helped.yes")),
        Choice::new("no", speech.say("helped.no")),
        Choice::new(NOT_SAID, speech.say("helped.not_said")),
    ];
    let body = html! {
        h1 { (speech.say("helped.title")) }
        p { (speech.say("helped.lead")) }
        (form("/tell/helped", &hidden, html! {
            (radios(speech, &Input::new("helped", speech.say("helped.helped")).value(helped), &yes_no))
            (the_help(speech, answers))
            (the_advocate(speech, answers))
            (button(speech.say("helped.save")))
        }))
    };
    Page::new(speech, door, speech.say("helped.title"), body).path("/tell/helped").back("/tell")
}

fn the_help(speech: Speech, answers: &Answers) -> Markup {
    let area = |name: &str, label: &str, hint: &str, field: Field| {
        let input = Input::new(name, speech.say(label)).hint(speech.say(hint)).value(answers.get(field));
        text_area(speech, &input, 3)
    };
    html! {
        (area("who", "helped.who", "helped.who_hint", Field::HelpedWho))
        (area("how", "helped.how", "helped.how_hint", Field::HelpedHow))
        (area("did-not", "helped.did_not", "helped.did_not_hint", Field::HelpedDidNot))
        (area("there", "helped.there", "helped.there_hint", Field::WhoWasThere))
    }
}

fn the_advocate(speech: Speech, answers: &Answers) -> Markup {
    let line = |name: &str, label: &str, hint: Option<&str>, field: Field| {
        let input = Input::new(name, speech.say(label)).value(answers.get(field));
        let input = Input { hint: hint.map(|key| speech.say(key)), ..input };
        text_input(speech, &input)
    };
    let chosen = [
        Choice::new("yes", speech.say("helped.chosen_yes")),
        Choice::new("no", speech.say("helped.chosen_no")),
        Choice::new("not_sure", speech.say("helped.chosen_not_sure")),
        Choice::new(NOT_SAID, speech.say("helped.not_said")),
    ];
    let chosen_field = Input::new("advocate-chosen", speech.say("helped.advocate_chosen"))
        .value(answers.get(Field::AdvocateInstructed));
    html! {
        h2 { (speech.say("helped.advocate_title")) }
        p { (speech.say("helped.advocate_what")) }
        (line("advocate-from", "helped.advocate_from", None, Field::AdvocateFrom))
        (line("advocate-paid-by", "helped.advocate_paid_by", Some("helped.advocate_paid_by_hint"), Field::AdvocatePaidBy))
        (radios(speech, &chosen_field, &chosen))
        (line("advocate-since", "helped.advocate_since", None, Field::AdvocateSince))
    }
}
