//! `/tell/area`: the council area, found by any name or from a list, always with "Is this right?"; a second area where
//! another council is responsible; and "I do not know", which takes a town or a school in the person's own words.
//!
//! What is typed is sent by POST and never stands in an address. Every step works without script: a search answers with
//! a page of choices, a choice with a question, and only "Yes, this is right" saves.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use jiff::civil::Date;
use maud::{Markup, html};

use super::store::{Relation, choose_area, drop_area, record_area_not_known, save_place_hidden};
use super::{Told, choices_with_words_in, hidden_of, refused, typed};
use crate::area::search::{Nearness, looks_like_postcode};
use crate::area::{Area, Areas, store as area_store};
use crate::clock::long_date;
use crate::db::Tx;
use crate::html::{
    Choice, Door, Field as Input, Page, button, card, details, error_summary, form, heading, hidden, inset,
    link_button, radios, text_input,
};
use crate::submission::Field;
use crate::submission::store::{ToldArea, list_areas};
use crate::web::{Answer, Form, Site, Submitter};
use crate::words::Speech;

/// `GET /tell/area`
pub async fn show(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer {
    let mut tx = site.db.read().await?;
    let told = Told::look(&site, &mut tx, &submitter).await?;
    let view = View::load(&mut tx, &told, None).await?;
    Ok(area_page(speech, told.door, &view).into_response())
}

/// `GET /tell/area/list`
pub async fn show_list(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer {
    let mut tx = site.db.read().await?;
    let told = Told::look(&site, &mut tx, &submitter).await?;
    let areas = area_store::on_offer(&mut tx, site.clock.now().date_in_london()).await?;
    let relation = if told.row.area_state == "known" { next_relation(&mut tx, &told).await? } else { Relation::Lives };
    Ok(list_page(speech, told.door, &areas, relation).into_response())
}

/// The list adds the second area once there is a first one.
async fn next_relation(tx: &mut Tx, told: &Told) -> Answer<Relation> {
    let areas = list_areas(tx, &told.row.id).await?;
    let has_first = areas.iter().any(|area| area.relation == Relation::Lives.name());
    Ok(if has_first { Relation::Responsible } else { Relation::Lives })
}

/// `POST /tell/area`: one address for every step; the button that was pressed says which.
pub async fn act(State(site): State<Site>, submitter: Submitter, speech: Speech, form: Form) -> Answer {
    let now = site.clock.now();
    let today = now.date_in_london();
    let relation = Relation::parse(form.get("relation"));
    let step = form.get("do");
    if !matches!(step, "confirm" | "not_known" | "remove" | "hide") {
        let mut tx = site.db.read().await?;
        let told = Told::look(&site, &mut tx, &submitter).await?;
        let areas = area_store::on_offer(&mut tx, today).await?;
        return match step {
            "choose" => choose(&mut tx, speech, told, &areas, relation, &form).await,
            _ => search(&mut tx, speech, told, &areas, relation, &form).await,
        };
    }
    let mut tx = site.db.write().await?;
    let told = Told::change(&site, &mut tx, &submitter).await?;
    match step {
        "hide" => save_place_hidden(&mut tx, &told.row.id, form.get("hide") == "yes").await?,
        "remove" => drop_area(&mut tx, &told.row.id, relation).await?,
        "not_known" => {
            let words = typed(&form, "words");
            if words.is_empty() {
                return wrong(&mut tx, speech, told, ("words", "area.words_missing"), "").await;
            }
            record_area_not_known(&mut tx, &told.row.id).await?;
            told.save(&mut tx, &[(Field::AreaWords, words)], now).await?;
        }
        _ => {
            let areas = area_store::on_offer(&mut tx, today).await?;
            let Some(area) = areas.find(form.get("area")) else {
                return wrong(&mut tx, speech, told, ("q", "area.nothing_chosen"), "").await;
            };
            choose_area(&mut tx, &told.row.id, relation, &area.code).await?;
            if relation == Relation::Lives {
                told.save(&mut tx, &[(Field::AreaWords, "")], now).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(Redirect::to("/tell/area").into_response())
}

/// The area page again, with what is wrong and what was typed.
async fn wrong(tx: &mut Tx, speech: Speech, told: Told, error: (&'static str, &'static str), question: &str) -> Answer {
    let view = View { question: question.to_owned(), ..View::load(tx, &told, Some(error)).await? };
    Ok(refused(area_page(speech, told.door, &view)))
}

async fn search(tx: &mut Tx, speech: Speech, told: Told, areas: &Areas, relation: Relation, form: &Form) -> Answer {
    let question = form.get("q");
    let found = areas.search(question);
    if let [one] = found.as_slice()
        && one.nearness == Nearness::Exact
    {
        return Ok(confirm_page(speech, told.door, areas, one.area, relation).into_response());
    }
    if found.is_empty() {
        let error = match question {
            "" => "area.nothing_typed",
            typed if looks_like_postcode(typed) => "area.postcode",
            _ => "area.found_none",
        };
        return wrong(tx, speech, told, ("q", error), question).await;
    }
    let choices: Vec<Found> = found
        .iter()
        .map(|one| Found {
            code: one.area.code.clone(),
            name: one.area.name.clone(),
            hint: hint(speech, areas, one.area, one.by),
        })
        .collect();
    Ok(choose_page(speech, told.door, &choices, relation).into_response())
}

async fn choose(tx: &mut Tx, speech: Speech, told: Told, areas: &Areas, relation: Relation, form: &Form) -> Answer {
    match areas.find(form.get("area")) {
        Some(area) => Ok(confirm_page(speech, told.door, areas, area, relation).into_response()),
        None => wrong(tx, speech, told, ("q", "area.nothing_chosen"), "").await,
    }
}

/// How an area was found, where that is not by its own name.
fn hint(speech: Speech, areas: &Areas, area: &Area, by: &str) -> Option<String> {
    if by != area.name {
        return Some(speech.fill("area.found_by", &[("name", by)]));
    }
    let places = places(areas, &area.code);
    (!places.is_empty()).then(|| speech.fill("area.has_places", &[("places", &places)]))
}

/// Places inside an area, as many as help to know it.
fn places(areas: &Areas, code: &str) -> String {
    areas.places_in(code).into_iter().take(12).collect::<Vec<_>>().join(", ")
}

/// What the area page shows.
#[derive(Debug, Default)]
struct View {
    first: Option<ToldArea>,
    second: Option<ToldArea>,
    not_known: bool,
    hidden: bool,
    words: String,
    question: String,
    error: Option<(&'static str, &'static str)>,
}

impl View {
    async fn load(tx: &mut Tx, told: &Told, error: Option<(&'static str, &'static str)>) -> Answer<View> {
        let mut areas = list_areas(tx, &told.row.id).await?;
        let mut take = |relation: Relation| {
            let at = areas.iter().position(|area| area.relation == relation.name())?;
            Some(areas.remove(at))
        };
        Ok(View {
            first: take(Relation::Lives),
            second: take(Relation::Responsible),
            not_known: told.row.area_state == "not_known",
            hidden: told.row.place_hidden,
            words: told.answers.get(Field::AreaWords).to_owned(),
            question: String::new(),
            error,
        })
    }

    fn error_of(&self, speech: Speech, field: &str) -> Option<&'static str> {
        self.error.filter(|(name, _)| *name == field).map(|(_, key)| speech.say(key))
    }
}

fn area_page(speech: Speech, door: Door, view: &View) -> Page {
    let hidden = hidden_of(&door);
    let errors: Vec<(&str, &str)> = view.error.iter().map(|(field, key)| (*field, speech.say(key))).collect();
    let body = html! {
        (error_summary(speech, &errors))
        (heading(speech, "area.title"))
        @match &view.first {
            Some(first) => {
                (chosen(speech, "area.one", first))
                (second_area(speech, &hidden, view))
                (link_button("/tell", speech.say("area.go_on")))
                (take_away(&hidden, Relation::Lives, speech.say("area.change")))
            }
            None => {
                p { (speech.say("area.lead")) }
                (find_form(speech, &hidden, view, Relation::Lives, speech.say("area.find")))
                p { a href="/tell/area/list" { (speech.say("area.to_list")) } }
                (do_not_know(speech, &hidden, view))
                @if let Some(second) = &view.second { (second_chosen(speech, &hidden, second)) }
            }
        }
        (keep_secret(speech, &hidden, view.hidden))
    };
    Page::new(speech, door, speech.say("area.title"), body).path("/tell/area").back("/tell")
}

/// "People must not find out where this child lives": for children in care, and for families who had to move away.
fn keep_secret(speech: Speech, hidden_fields: &Markup, is_hidden: bool) -> Markup {
    let choices = choices_with_words_in("area.hide_is", speech, ["yes", "no"], None);
    let field = Input::new("hide", speech.say("area.hide"))
        .hint(speech.say("area.hide_hint"))
        .picture(speech.picture("area.hide"))
        .value(if is_hidden { "yes" } else { "" });
    html! {
        h2 { (speech.say("area.hide_title")) }
        @if is_hidden { (inset(html! { p { strong { (speech.say("area.hidden")) } } p { (speech.say("area.hidden_words")) } })) }
        (form("/tell/area", hidden_fields, html! {
            (hidden("do", "hide"))
            (radios(speech, &field, &choices))
            p.button-line { button.button.button-second type="submit" { (speech.say("area.hide_save")) } }
        }))
    }
}

fn chosen(speech: Speech, label: &str, area: &ToldArea) -> Markup {
    let last = area.valid_to.as_ref().and_then(|day| day.parse::<Date>().ok()).map(long_date);
    inset(html! {
        p { (speech.say(label)) " " strong { (area.name) } }
        @if let Some(day) = last { p { (speech.fill("area.ends", &[("day", &day)])) } }
    })
}

fn find_form(speech: Speech, hidden_fields: &Markup, view: &View, relation: Relation, label: &str) -> Markup {
    let field = Input::new("q", speech.say("area.search"))
        .hint(speech.say("area.search_hint"))
        .value(&view.question)
        .error(view.error_of(speech, "q"));
    form(
        "/tell/area",
        hidden_fields,
        html! {
            (hidden("do", "search"))
            (hidden("relation", relation.name()))
            (text_input(speech, &field))
            (button(label))
        },
    )
}

fn do_not_know(speech: Speech, hidden_fields: &Markup, view: &View) -> Markup {
    let field = Input::new("words", speech.say("area.words")).value(&view.words).error(view.error_of(speech, "words"));
    html! {
        h2 { (speech.say("area.do_not_know_title")) }
        @if view.not_known && !view.words.is_empty() {
            (inset(html! { p { (speech.say("area.words_now")) " " bdi { (view.words) } } }))
        }
        p { (speech.say("area.do_not_know")) }
        (form("/tell/area", hidden_fields, html! {
            (hidden("do", "not_known"))
            (text_input(speech, &field))
            p.button-line { button.button.button-second type="submit" { (speech.say("area.words_save")) } }
        }))
    }
}

fn second_area(speech: Speech, hidden_fields: &Markup, view: &View) -> Markup {
    match &view.second {
        Some(second) => second_chosen(speech, hidden_fields, second),
        None => {
            let body = html! {
                p { (speech.say("area.second")) }
                (find_form(speech, hidden_fields, view, Relation::Responsible, speech.say("area.second_find")))
                p { a href="/tell/area/list" { (speech.say("area.to_list")) } }
            };
            // Open where it has something to say: an error must be seen.
            match view.error {
                Some(_) => card(2, html! { (speech.say("area.second_title")) }, body),
                None => details(speech.say("area.second_title"), body),
            }
        }
    }
}

fn second_chosen(speech: Speech, hidden_fields: &Markup, second: &ToldArea) -> Markup {
    let remove = speech.fill("area.second_remove", &[("name", &second.name)]);
    html! {
        (chosen(speech, "area.other", second))
        (take_away(hidden_fields, Relation::Responsible, &remove))
    }
}

fn take_away(hidden_fields: &Markup, relation: Relation, label: &str) -> Markup {
    form(
        "/tell/area",
        hidden_fields,
        html! {
            (hidden("do", "remove"))
            (hidden("relation", relation.name()))
            p.button-line { button.button.button-second type="submit" { (label) } }
        },
    )
}

/// An area that may be meant.
struct Found {
    code: String,
    name: String,
    hint: Option<String>,
}

fn choose_page(speech: Speech, door: Door, found: &[Found], relation: Relation) -> Page {
    let hidden_fields = hidden_of(&door);
    let choices: Vec<Choice> =
        found.iter().map(|one| Choice { hint: one.hint.as_deref(), ..Choice::new(&one.code, &one.name) }).collect();
    let body = form(
        "/tell/area",
        &hidden_fields,
        html! {
            (hidden("do", "choose"))
            (hidden("relation", relation.name()))
            (radios(speech, &Input::new("area", speech.say("area.which")).heading(), &choices))
            (button(speech.say("area.choose")))
            p { a href="/tell/area" { (speech.say("area.none_of_these")) } }
            p { a href="/tell/area/list" { (speech.say("area.to_list")) } }
        },
    );
    Page::new(speech, door, speech.say("area.which"), body).back("/tell/area")
}

fn confirm_page(speech: Speech, door: Door, areas: &Areas, area: &Area, relation: Relation) -> Page {
    let hidden_fields = hidden_of(&door);
    let places = places(areas, &area.code);
    let sentence = match relation {
        Relation::Lives => speech.fill("area.confirm", &[("name", &area.name)]),
        Relation::Responsible => speech.fill("area.confirm_other", &[("name", &area.name)]),
    };
    let body = html! {
        h1 { (speech.say("area.confirm_title")) }
        p { (sentence) }
        @if !places.is_empty() { p { (speech.fill("area.has_places", &[("places", &places)])) } }
        (form("/tell/area", &hidden_fields, html! {
            (hidden("do", "confirm"))
            (hidden("relation", relation.name()))
            (hidden("area", &area.code))
            (button(speech.say("area.confirm_yes")))
        }))
        p { a href="/tell/area" { (speech.say("area.confirm_no")) } }
    };
    Page::new(speech, door, speech.say("area.confirm_title"), body).back("/tell/area")
}

fn list_page(speech: Speech, door: Door, areas: &Areas, relation: Relation) -> Page {
    let hidden_fields = hidden_of(&door);
    let body = html! {
        h1 { (speech.say("area.list_title")) }
        p { (speech.say("area.list_lead")) }
        (form("/tell/area", &hidden_fields, html! {
            (hidden("do", "choose"))
            (hidden("relation", relation.name()))
            @for (number, (region, list)) in areas.by_region().into_iter().enumerate() {
                (details(region, one_region(number, region, &list)))
            }
            (button(speech.say("area.choose")))
        }))
    };
    Page::new(speech, door, speech.say("area.list_title"), body).path("/tell/area/list").back("/tell/area")
}

/// The areas of one region. All regions share one name, so that one area of all can be chosen.
fn one_region(number: usize, region: &str, areas: &[&Area]) -> Markup {
    html! {
        fieldset {
            legend.legend { (region) }
            div.choices {
                @for (index, area) in areas.iter().enumerate() {
                    @let id = format!("f-area-{number}-{index}");
                    div.choice {
                        input.choice-box id=(id) name="area" type="radio" value=(area.code);
                        label.choice-label for=(id) { bdi { (area.name) } }
                    }
                }
            }
        }
    }
}
