//! `/tell/who`: who is telling us, about whom, how old, and how the child or young person communicates.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use maud::{Markup, html};

use super::names::{About, AgeBand, Method, Role, YesNo};
use super::store::{WhoTells, save_who};
use super::{Told, choices_with_words_in, hidden_of, typed};
use crate::html::{
    Choice, Door, Field as Input, Page, button_of, checkboxes, form, heading, radios, text_area, text_input,
};
use crate::submission::Field;
use crate::web::{Answer, Form, Site, Submitter};
use crate::words::Speech;

/// What stands in the fields.
#[derive(Clone, Debug, Default)]
struct Values {
    role: String,
    role_other: String,
    about: String,
    name: String,
    age: String,
    methods: Vec<String>,
    methods_other: String,
    methods_more: String,
    helped: String,
}

/// `GET /tell/who`
pub async fn show(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer {
    let mut tx = site.db.read().await?;
    let told = Told::look(&site, &mut tx, &submitter).await?;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let answer = |field: Field| told.answers.get(field).to_owned();
    let values = Values {
        role: text(&told.row.role),
        role_other: answer(Field::RoleOther),
        about: text(&told.row.about),
        name: answer(Field::SubjectName),
        age: text(&told.row.age_band),
        methods: told.row.methods(),
        methods_other: answer(Field::MethodsOther),
        methods_more: answer(Field::MethodsMore),
        helped: text(&told.row.helped),
    };
    Ok(page(speech, told.door, &values).into_response())
}

/// `POST /tell/who`. Nothing here can be wrong: a choice that is not on offer counts as not chosen.
pub async fn save(State(site): State<Site>, submitter: Submitter, form: Form) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let told = Told::change(&site, &mut tx, &submitter).await?;
    let who = WhoTells {
        role: Role::parse(form.get("role")),
        about: About::parse(form.get("about")),
        age_band: AgeBand::parse(form.get("age")),
        methods: Method::ALL
            .iter()
            .copied()
            .filter(|method| form.all("methods").any(|name| name == method.name()))
            .collect(),
        helped: YesNo::parse(form.get("helped")),
    };
    save_who(&mut tx, &told.row.id, &who).await?;
    let sealed = [
        (Field::RoleOther, typed(&form, "role-other")),
        (Field::SubjectName, typed(&form, "name")),
        (Field::MethodsOther, typed(&form, "methods-other")),
        (Field::MethodsMore, typed(&form, "methods-more")),
    ];
    told.save(&mut tx, &sealed, now).await?;
    tx.commit().await?;
    Ok(Redirect::to("/tell").into_response())
}

fn page(speech: Speech, door: Door, values: &Values) -> Page {
    let hidden = hidden_of(&door);
    let body = html! {
        (heading(speech, "who.title"))
        p { (speech.say("who.lead")) }
        (form("/tell/who", &hidden, html! {
            (who_tells(speech, values))
            (about_whom(speech, values))
            (how_they_communicate(speech, values))
            (did_someone_help(speech, values))
            (button_of(speech, "who.save"))
        }))
    };
    Page::new(speech, door, speech.say("who.title"), body).path("/tell/who").back("/tell")
}

/// A question with its picture.
fn asked<'a>(speech: Speech, name: &'a str, key: &str) -> Input<'a> {
    Input::new(name, speech.say(key)).picture(speech.picture(key))
}

fn who_tells(speech: Speech, values: &Values) -> Markup {
    let roles =
        choices_with_words_in("who.role_is", speech, Role::ALL.iter().map(|role| role.name()), Some("who.not_said"));
    html! {
        (radios(speech, &asked(speech, "role", "who.role").value(&values.role), &roles))
        (text_input(speech, &Input::new("role-other", speech.say("who.role_other")).value(&values.role_other)))
    }
}

fn about_whom(speech: Speech, values: &Values) -> Markup {
    let about = choices_with_words_in(
        "who.about_is",
        speech,
        About::ALL.iter().map(|about| about.name()),
        Some("who.not_said"),
    );
    let ages =
        choices_with_words_in("who.age_is", speech, AgeBand::ALL.iter().map(|age| age.name()), Some("who.not_said"));
    let name = Input::new("name", speech.say("who.subject_name"))
        .hint(speech.say("who.subject_name_hint"))
        .value(&values.name);
    let age = asked(speech, "age", "who.age").hint(speech.say("who.age_hint")).value(&values.age);
    html! {
        (radios(speech, &asked(speech, "about", "who.about").value(&values.about), &about))
        (text_input(speech, &name))
        (radios(speech, &age, &ages))
    }
}

fn how_they_communicate(speech: Speech, values: &Values) -> Markup {
    let methods: Vec<Choice> =
        choices_with_words_in("who.method_is", speech, Method::ALL.iter().map(|method| method.name()), None);
    let field = asked(speech, "methods", "who.methods").hint(speech.say("who.methods_hint"));
    let more = Input::new("methods-more", speech.say("who.methods_more"))
        .hint(speech.say("who.methods_more_hint"))
        .value(&values.methods_more);
    html! {
        (checkboxes(speech, &field, &methods, &values.methods))
        (text_input(speech, &Input::new("methods-other", speech.say("who.methods_other")).value(&values.methods_other)))
        (text_area(speech, &more, 3))
    }
}

fn did_someone_help(speech: Speech, values: &Values) -> Markup {
    let helped = choices_with_words_in(
        "who.helped_is",
        speech,
        YesNo::ALL.iter().map(|answer| answer.name()),
        Some("who.not_said"),
    );
    let field = asked(speech, "helped", "who.helped").hint(speech.say("who.helped_hint")).value(&values.helped);
    radios(speech, &field, &helped)
}
