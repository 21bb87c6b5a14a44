//! "Just say one thing", after it is said: a few words come in here (`POST /tell/one/words`), and `/tell/one/about` asks
//! the two questions without which it could be misread. Whose words are these? Which council area is it? It also asks
//! whether someone is not safe now. Then comes the page on which everything is checked before it is sent, as for
//! everybody.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use maud::{Markup, html};

use super::store::{Relation, choose_area, record_area_not_known};
use super::write::{Added, add_piece};
use super::{Errors, Told, choices_with_words_in, error_of, hidden_of, refused, sentences, typed};
use crate::area::{Areas, store as area_store};
use crate::db::Tx;
use crate::evidence::one::{ABOUT, Missing, ONE, one_page};
use crate::evidence::store::{self, Item};
use crate::evidence::{Kind, Voice, Whose};
use crate::html::{
    Choice, Door, Field as Input, Page, button_of, error_summary, form, heading, picture_beside, radios, select,
    text_input,
};
use crate::intake::Intake;
use crate::submission::start::Statements;
use crate::submission::store::list_areas;
use crate::submission::{Field, not_safe};
use crate::web::{Answer, Form, Site, Submitter, door};
use crate::words::Speech;

/// What the list of areas sends for "I do not know".
const NOT_KNOWN: &str = "not_known";

/// `POST /tell/one/words`
pub async fn say_in_words(State(site): State<Site>, submitter: Submitter, speech: Speech, form: Form) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let text = typed(&form, "text");
    if text.is_empty() {
        drop(tx);
        return Ok(refused(one_page(&site, &submitter, speech, Some(Missing::Words)).await?));
    }
    if let Added::New(_) = add_piece(&mut tx, &opened.key, &submitter, &form, text, now).await? {
        tx.commit().await?;
    }
    Ok(Redirect::to(ABOUT).into_response())
}

/// `GET /tell/one/about`
pub async fn ask(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer {
    let mut tx = site.db.read().await?;
    let told = Told::look(&site, &mut tx, &submitter).await?;
    let view = View::load(&site, &mut tx, &told).await?;
    Ok(page(speech, told.door, &view, Statements::of(&site), &Vec::new()).into_response())
}

/// `POST /tell/one/about`
pub async fn save(State(site): State<Site>, submitter: Submitter, speech: Speech, form: Form) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let told = Told::change(&site, &mut tx, &submitter).await?;
    let view = View::load(&site, &mut tx, &told).await?;
    for asked in &view.items {
        let Some(whose) = Whose::parse(form.get(&asked.field)) else { continue };
        if Voice::new(Some(whose), asked.item.voice().reached, None).is_err() {
            let errors = vec![("whose", "item.problem.contradiction")];
            let view = View { not_safe: form.get("not_safe").to_owned(), ..view };
            return Ok(refused(page(speech, told.door, &view, Statements::of(&site), &errors)));
        }
        store::save_whose(&mut tx, &told.row.id, &asked.item.id, whose).await?;
    }
    let words = typed(&form, "words");
    if let Some(area) = view.areas.find(form.get("area")) {
        choose_area(&mut tx, &told.row.id, Relation::Lives, &area.code).await?;
        told.save(&mut tx, &[(Field::AreaWords, "")], now).await?;
    } else if form.get("area") == NOT_KNOWN || !words.is_empty() {
        record_area_not_known(&mut tx, &told.row.id).await?;
        told.save(&mut tx, &[(Field::AreaWords, words)], now).await?;
    }
    not_safe::keep(&mut tx, &told.key, (&told.row.id, 0), &form, now).await?;
    tx.commit().await?;
    Ok(Redirect::to("/tell/check").into_response())
}

/// An item of which nobody has said yet whose words it carries.
struct Asked {
    item: Item,
    name: String,
    field: String,
}

/// What the page asks, and what is known already.
struct View {
    items: Vec<Asked>,
    areas: Areas,
    area: String,
    words: String,
    not_safe: String,
}

impl View {
    async fn load(site: &Site, tx: &mut Tx, told: &Told) -> Answer<View> {
        let areas = area_store::on_offer(&mut *tx, site.clock.now().date_in_london()).await?;
        let chosen = list_areas(&mut *tx, &told.row.id).await?;
        let chosen = chosen.into_iter().find(|area| area.relation == Relation::Lives.name());
        let area = match (chosen, told.row.area_state.as_str()) {
            (Some(area), _) => area.area_code,
            (None, NOT_KNOWN) => NOT_KNOWN.to_owned(),
            _ => String::new(),
        };
        let takes = Intake::takes(&mut *tx, &told.row.id).await?;
        let asked = |item: &Item| item.whose.is_none() && !takes.contains(&item.id);
        let items = store::list(tx, &told.row.id).await?.into_iter().filter(asked);
        let items = items.map(|item| Asked {
            name: item.name(&told.key).unwrap_or_default(),
            field: format!("whose-{}", item.number),
            item,
        });
        Ok(View {
            items: items.collect(),
            areas,
            area,
            words: told.answers.get(Field::AreaWords).to_owned(),
            not_safe: told.answers.get(Field::NotSafe).to_owned(),
        })
    }
}

fn page(speech: Speech, door: Door, view: &View, statements: Statements, errors: &Errors) -> Page {
    let hidden = hidden_of(&door);
    let errors = sentences(speech, errors);
    // The summary leads to the first question.
    let first = view.items.first().map_or("area", |asked| asked.field.as_str());
    let summary: Vec<(&str, &str)> = errors.iter().map(|(_, sentence)| (first, *sentence)).collect();
    let body = html! {
        (error_summary(speech, &summary))
        (heading(speech, "one.about_title"))
        p.lead { (speech.say("one.about_lead")) }
        (form(ABOUT, &hidden, html! {
            @for (index, asked) in view.items.iter().enumerate() {
                (whose_words(speech, asked, error_of(&errors, "whose").filter(|_| index == 0), view.items.len() > 1))
            }
            (which_area(speech, view))
            (not_safe::question_with_danger(speech, &view.not_safe, statements))
            (button_of(speech, "one.go_on"))
        }))
    };
    Page::new(speech, door, speech.say("one.about_title"), body).path(ABOUT).back(ONE).problem(!errors.is_empty())
}

/// The shortest honest question. Where there are several things, each is asked for by its name: what is true of one may
/// not be of another.
fn whose_words(speech: Speech, asked: &Asked, error: Option<&str>, several: bool) -> Markup {
    let names = Whose::ALL.iter().map(|whose| whose.name());
    let choices = choices_with_words_in("item.whose_is", speech, names, Some("item.not_said"));
    let name = match (asked.item.kind, asked.name.as_str()) {
        (Kind::Text, _) | (_, "") => speech.say_in("evidence.kind", asked.item.kind.name()),
        (_, name) => name,
    };
    let label = match several {
        true => speech.fill("one.whose_of", &[("name", name)]),
        false => speech.say("item.whose").to_owned(),
    };
    let field = Input::new(&asked.field, &label)
        .picture(speech.picture("item.whose"))
        .hint(speech.say("item.whose_hint"))
        .error(error);
    radios(speech, &field, &choices)
}

fn which_area(speech: Speech, view: &View) -> Markup {
    let mut areas: Vec<_> = view.areas.by_region().into_iter().flat_map(|(_, areas)| areas).collect();
    areas.sort_by(|one, other| one.name.cmp(&other.name));
    let choices: Vec<Choice> =
        [Choice::new("", speech.say("one.area_choose")), Choice::new(NOT_KNOWN, speech.say("area.do_not_know_title"))]
            .into_iter()
            .chain(areas.iter().map(|area| Choice::new(&area.code, &area.name)))
            .collect();
    let field = Input::new("area", speech.say("one.area")).value(&view.area);
    let words = Input::new("words", speech.say("one.place")).hint(speech.say("one.place_hint")).value(&view.words);
    html! {
        h2 { (picture_beside(speech, "area.title")) (speech.say("area.title")) }
        (select(speech, &field, &choices))
        (text_input(speech, &words))
    }
}
