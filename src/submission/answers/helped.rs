//! Who helped, and how: three short pages, each of which can be skipped. They keep a helper's words from passing for the
//! child's.
//!
//! - `/tell/helped`: who helped, with what, what they did not do, who was in the room.
//! - `/tell/helped/asked`: how each question was asked, which choices were offered, what was shown, how it was checked.
//! - `/tell/helped/advocate`: whose advocate it is. Nothing here shows anybody's code.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use maud::{Markup, html};

use super::names::{YesNo, YesNoNotSure};
use super::store::save_helped;
use super::{Told, choices_with_words_in, hidden_of, typed};
use crate::html::{Door, Field as Input, Page, button_of, form, heading, list, radios, text_area, text_input};
use crate::submission::Field;
use crate::submission::store::Answers;
use crate::web::{Answer, Form, Site, Submitter};
use crate::words::Speech;

/// Where the second page is.
const ASKED: &str = "/tell/helped/asked";
/// Where the third page is.
const ADVOCATE: &str = "/tell/helped/advocate";

/// A text of a page: its name in the form, and where it is kept. Its words are `helped.<name>`, with low lines.
type Text = (&'static str, Field);

const HELP: &[Text] = &[
    ("who", Field::HelpedWho),
    ("how", Field::HelpedHow),
    ("did-not", Field::HelpedDidNot),
    ("there", Field::WhoWasThere),
];
const ADVOCATES: &[Text] = &[
    ("advocate-from", Field::AdvocateFrom),
    ("advocate-paid-by", Field::AdvocatePaidBy),
    ("advocate-since", Field::AdvocateSince),
];
const ASKING: &[Text] = &[
    ("asked-how", Field::AskedHow),
    ("offered", Field::OfferedChoices),
    ("showed", Field::Showed),
    ("checked-back", Field::CheckedBack),
];
/// Closed answers: yes, no, not sure.
const OFFERED: &[Text] = &[("offered-none", Field::OfferedNone), ("offered-dont-know", Field::OfferedDontKnow)];
const CHOSEN: &[Text] = &[("advocate-chosen", Field::AdvocateInstructed), ("advocate-told", Field::AdvocateTold)];

/// `GET /tell/helped`
pub async fn show(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer {
    let mut tx = site.db.read().await?;
    let told = Told::look(&site, &mut tx, &submitter).await?;
    let helped = told.row.helped.clone().unwrap_or_default();
    Ok(help_page(speech, told.door, &helped, &told.answers).into_response())
}

/// `POST /tell/helped`. Whoever was helped is led on to how it was asked.
pub async fn save(State(site): State<Site>, submitter: Submitter, form: Form) -> Answer {
    let mut tx = site.db.write().await?;
    let told = Told::change(&site, &mut tx, &submitter).await?;
    let helped = YesNo::parse(form.get("helped"));
    save_helped(&mut tx, &told.row.id, helped).await?;
    save_page(&mut tx, &site, &told, &form, (HELP, &[])).await?;
    tx.commit().await?;
    Ok(Redirect::to(if helped == Some(YesNo::Yes) { ASKED } else { "/tell" }).into_response())
}

/// `GET /tell/helped/asked`
pub async fn show_asked(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer {
    let mut tx = site.db.read().await?;
    let told = Told::look(&site, &mut tx, &submitter).await?;
    Ok(asked_page(speech, told.door, &told.answers).into_response())
}

/// `POST /tell/helped/asked`
pub async fn save_asked(State(site): State<Site>, submitter: Submitter, form: Form) -> Answer {
    let mut tx = site.db.write().await?;
    let told = Told::change(&site, &mut tx, &submitter).await?;
    save_page(&mut tx, &site, &told, &form, (ASKING, OFFERED)).await?;
    tx.commit().await?;
    Ok(Redirect::to(ADVOCATE).into_response())
}

/// `GET /tell/helped/advocate`
pub async fn show_advocate(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer {
    let mut tx = site.db.read().await?;
    let told = Told::look(&site, &mut tx, &submitter).await?;
    Ok(advocate_page(speech, told.door, &told.answers).into_response())
}

/// `POST /tell/helped/advocate`
pub async fn save_advocate(State(site): State<Site>, submitter: Submitter, form: Form) -> Answer {
    let mut tx = site.db.write().await?;
    let told = Told::change(&site, &mut tx, &submitter).await?;
    save_page(&mut tx, &site, &told, &form, (ADVOCATES, CHOSEN)).await?;
    tx.commit().await?;
    Ok(Redirect::to("/tell").into_response())
}

/// Saves the texts and the closed answers of one page, and nothing of the others.
async fn save_page(
    tx: &mut crate::db::Tx,
    site: &Site,
    told: &Told,
    form: &Form,
    (texts, closed): (&[Text], &[Text]),
) -> Answer<()> {
    let now = site.clock.now();
    for (name, field) in texts {
        told.save(tx, &[(*field, typed(form, name))], now).await?;
    }
    for (name, field) in closed {
        let chosen = YesNoNotSure::parse(form.get(name)).map_or("", YesNoNotSure::name);
        told.save(tx, &[(*field, chosen)], now).await?;
    }
    Ok(())
}

fn help_page(speech: Speech, door: Door, helped: &str, answers: &Answers) -> Page {
    let hidden = hidden_of(&door);
    let choices = choices_with_words_in("helped.is", speech, ["yes", "no"], Some("helped.not_said"));
    let field = Input::new("helped", speech.say("helped.helped")).value(helped);
    let body = html! {
        (heading(speech, "helped.title"))
        p { (speech.say("helped.lead")) }
        (form("/tell/helped", &hidden, html! {
            (radios(speech, &field, &choices))
            @for (name, kept) in HELP { (area(speech, name, answers.get(*kept))) }
            (button_of(speech, "helped.save"))
        }))
        h2 { (speech.say("helped.more_title")) }
        (list([
            html! { a href=(ASKED) { (speech.say("helped.to_asked")) } },
            html! { a href=(ADVOCATE) { (speech.say("helped.to_advocate")) } },
        ]))
        p { a href="/tell" { (speech.say("helped.skip")) } }
    };
    Page::new(speech, door, speech.say("helped.title"), body).path("/tell/helped").back("/tell")
}

fn asked_page(speech: Speech, door: Door, answers: &Answers) -> Page {
    let hidden = hidden_of(&door);
    let text = |index: usize| area(speech, ASKING[index].0, answers.get(ASKING[index].1));
    let body = html! {
        (heading(speech, "helped.asked_title"))
        p { (speech.say("helped.asked_lead")) }
        (form(ASKED, &hidden, html! {
            (text(0))
            (text(1))
            @for asked in OFFERED { (yes_no_not_sure(speech, asked, answers)) }
            (text(2))
            (text(3))
            (button_of(speech, "helped.save"))
        }))
        p { a href=(ADVOCATE) { (speech.say("helped.skip")) } }
    };
    Page::new(speech, door, speech.say("helped.asked_title"), body).path(ASKED).back("/tell/helped")
}

fn advocate_page(speech: Speech, door: Door, answers: &Answers) -> Page {
    let hidden = hidden_of(&door);
    let body = html! {
        (heading(speech, "helped.advocate_title"))
        p { (speech.say("helped.advocate_what")) }
        (form(ADVOCATE, &hidden, html! {
            @for (name, kept) in ADVOCATES { (line(speech, name, answers.get(*kept))) }
            @for asked in CHOSEN { (yes_no_not_sure(speech, asked, answers)) }
            (button_of(speech, "helped.save"))
        }))
        p { a href="/tell" { (speech.say("helped.skip")) } }
    };
    Page::new(speech, door, speech.say("helped.advocate_title"), body).path(ADVOCATE).back("/tell/helped")
}

/// The label, and the hint where there is one.
fn asked<'a>(speech: Speech, name: &'a str, value: &'a str) -> Input<'a> {
    let key = format!("helped.{}", name.replace('-', "_"));
    let hint = format!("{key}_hint");
    let input = Input::new(name, speech.say(&key)).value(value);
    Input { hint: speech.has(&hint).then(|| speech.say(&hint)), ..input }
}

fn area(speech: Speech, name: &str, value: &str) -> Markup {
    text_area(speech, &asked(speech, name, value), 3)
}

fn line(speech: Speech, name: &str, value: &str) -> Markup {
    text_input(speech, &asked(speech, name, value))
}

fn yes_no_not_sure(speech: Speech, (name, kept): &Text, answers: &Answers) -> Markup {
    let names = YesNoNotSure::ALL.iter().map(|answer| answer.name());
    let choices = choices_with_words_in("helped.chosen", speech, names, Some("helped.not_said"));
    radios(speech, &asked(speech, name, answers.get(*kept)), &choices)
}
