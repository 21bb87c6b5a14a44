//! `/tell/contact`: whether we may reach them, which way, and whether it is safe. None is the usual case, and an unsafe
//! or unsure way is never used. The address is sealed, and goes when the answer becomes "Do not contact me".

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use maud::{Markup, html};

use super::names::{ContactWay, YesNo};
use super::{Errors, Told, error_of, hidden_of, refused, sentences, typed};
use crate::html::{
    Choice, Door, Field as Input, Page, button, error_summary, form, heading, inset, radios, text_area, text_input,
};
use crate::submission::Field;
use crate::web::{Answer, Form, Site, Submitter};
use crate::words::Speech;

/// What stands in the fields.
#[derive(Clone, Debug, Default)]
struct Values {
    way: String,
    safe: String,
    address: String,
    name: String,
    more: String,
    news: String,
    errors: Errors,
}

/// `GET /tell/contact`
pub async fn show(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer {
    let mut tx = site.db.read().await?;
    let told = Told::look(&site, &mut tx, &submitter).await?;
    let answer = |field: Field| told.answers.get(field).to_owned();
    let values = Values {
        way: told.answers.some(Field::ContactWay).unwrap_or("none").to_owned(),
        safe: answer(Field::ContactSafe),
        address: answer(Field::ContactAddress),
        name: answer(Field::ContactName),
        more: answer(Field::ContactMore),
        news: told.answers.some(Field::ContactNews).unwrap_or("no").to_owned(),
        errors: Vec::new(),
    };
    Ok(page(speech, told.door, &values).into_response())
}

/// `POST /tell/contact`
pub async fn save(State(site): State<Site>, submitter: Submitter, speech: Speech, form: Form) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let told = Told::change(&site, &mut tx, &submitter).await?;
    let values = read(&form);
    if !values.errors.is_empty() {
        return Ok(refused(page(speech, told.door, &values)));
    }
    let chosen = ContactWay::parse(&values.way);
    let asked = |text: &str| if chosen.is_some() { text.to_owned() } else { String::new() };
    // Without a way, or where it is not safe, nothing is kept that could reach them by mistake.
    let safe = chosen.is_some() && values.safe == "yes";
    let kept = |text: &str| if safe { text.to_owned() } else { String::new() };
    let news = values.news == "yes" && safe && chosen == Some(ContactWay::Email);
    let answers = [
        (Field::ContactWay, asked(&values.way)),
        (Field::ContactSafe, asked(&values.safe)),
        (Field::ContactAddress, kept(&values.address)),
        (Field::ContactName, kept(&values.name)),
        (Field::ContactMore, asked(&values.more)),
        (Field::ContactNews, if news { "yes".to_owned() } else { String::new() }),
    ];
    let answers: Vec<(Field, &str)> = answers.iter().map(|(field, text)| (*field, text.as_str())).collect();
    told.save(&mut tx, &answers, now).await?;
    tx.commit().await?;
    Ok(Redirect::to("/tell").into_response())
}

fn read(form: &Form) -> Values {
    let mut values = Values {
        way: form.get("way").to_owned(),
        safe: YesNo::parse(form.get("safe")).map_or("", YesNo::name).to_owned(),
        address: typed(form, "address").trim().to_owned(),
        name: typed(form, "name").to_owned(),
        more: typed(form, "more").to_owned(),
        news: YesNo::parse(form.get("news")).map_or("", YesNo::name).to_owned(),
        errors: Vec::new(),
    };
    let Some(way) = ContactWay::parse(&values.way) else {
        return values;
    };
    if values.safe.is_empty() {
        values.errors.push(("safe", "contact.problem.safe_missing"));
    }
    if values.safe == "no" {
        return values;
    }
    if let Some(error) = wrong_address(way, &values.address) {
        values.errors.push(("address", error));
    }
    values
}

/// What is wrong with an address for this way: only what cannot work is refused.
fn wrong_address(way: ContactWay, address: &str) -> Option<&'static str> {
    if address.is_empty() {
        return Some("contact.problem.address_missing");
    }
    let figures = address.chars().filter(char::is_ascii_digit).count();
    match way {
        ContactWay::Email => (!looks_like_email(address)).then_some("contact.problem.email"),
        ContactWay::Text | ContactWay::Phone => (figures < 7).then_some("contact.problem.phone"),
        ContactWay::Post => None,
    }
}

fn looks_like_email(address: &str) -> bool {
    let split = address.rsplit_once('@');
    !address.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, ',' | ';' | '<' | '>'))
        && split.is_some_and(|(name, host)| {
            !name.is_empty() && host.contains('.') && !host.ends_with('.') && !host.starts_with('.')
        })
}

fn page(speech: Speech, door: Door, values: &Values) -> Page {
    let hidden = hidden_of(&door);
    let errors = sentences(speech, &values.errors);
    let body = html! {
        (error_summary(speech, &errors))
        (heading(speech, "contact.title"))
        p { (speech.say("contact.lead")) }
        (form("/tell/contact", &hidden, html! {
            (which_way(speech, values, &errors))
            (to_whom(speech, values, &errors))
            (what_a_message_says(speech, values))
            (button(speech.say("contact.save")))
        }))
    };
    Page::new(speech, door, speech.say("contact.title"), body).path("/tell/contact").back("/tell")
}

fn which_way(speech: Speech, values: &Values, errors: &[(&'static str, &'static str)]) -> Markup {
    let ways = [
        Choice::new("none", speech.say("contact.way_none")),
        Choice::new("email", speech.say("contact.way_email")),
        Choice::new("text", speech.say("contact.way_text")),
        Choice::new("phone", speech.say("contact.way_phone")),
        Choice::new("post", speech.say("contact.way_post")),
    ];
    let safe = [Choice::new("yes", speech.say("contact.safe_yes")), Choice::new("no", speech.say("contact.safe_no"))];
    let safe_field = Input::new("safe", speech.say("contact.safe"))
        .hint(speech.say("contact.safe_hint"))
        .value(&values.safe)
        .error(error_of(errors, "safe"));
    html! {
        (radios(speech, &Input::new("way", speech.say("contact.way")).value(&values.way), &ways))
        (radios(speech, &safe_field, &safe))
        p { (speech.say("contact.unsafe_means")) }
    }
}

fn to_whom(speech: Speech, values: &Values, errors: &[(&'static str, &'static str)]) -> Markup {
    let address = Input::new("address", speech.say("contact.address"))
        .hint(speech.say("contact.address_hint"))
        .value(&values.address)
        .error(error_of(errors, "address"));
    let name = Input::new("name", speech.say("contact.name")).hint(speech.say("contact.name_hint")).value(&values.name);
    let more = Input::new("more", speech.say("contact.more")).hint(speech.say("contact.more_hint")).value(&values.more);
    html! {
        (text_area(speech, &address, 2))
        (text_input(speech, &name))
        (text_area(speech, &more, 3))
    }
}

fn what_a_message_says(speech: Speech, values: &Values) -> Markup {
    let news = [Choice::new("yes", speech.say("contact.news_yes")), Choice::new("no", speech.say("contact.news_no"))];
    html! {
        (radios(speech, &Input::new("news", speech.say("contact.news")).value(&values.news), &news))
        (inset(html! {
            h2 { (speech.say("contact.example_title")) }
            p { (speech.say("contact.example")) }
            p { (speech.say("contact.example_not")) }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_fields(fields: &[(&str, &str)]) -> Values {
        read(&Form::from_fields(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()))
    }

    #[test]
    fn nothing_chosen_asks_for_nothing() {
        assert!(read_fields(&[]).errors.is_empty());
        assert!(read_fields(&[("way", "none"), ("address", "a left-over")]).errors.is_empty());
    }

    #[test]
    fn a_way_needs_an_address_and_an_answer_about_safety() {
        let errors = read_fields(&[("way", "email")]).errors;
        assert_eq!(errors.iter().map(|(field, _)| *field).collect::<Vec<_>>(), ["safe", "address"]);
        assert!(read_fields(&[("way", "email"), ("safe", "no")]).errors.is_empty());
        assert!(read_fields(&[("way", "email"), ("safe", "yes"), ("address", "a@b.uk")]).errors.is_empty());
    }

    #[test]
    fn only_what_cannot_work_is_refused() {
        assert_eq!(wrong_address(ContactWay::Email, "name.o'neil+heard@mail.example.co.uk"), None);
        assert!(wrong_address(ContactWay::Email, "name at example").is_some());
        assert!(wrong_address(ContactWay::Email, "a@b.uk, c@d.uk").is_some());
        assert_eq!(wrong_address(ContactWay::Text, "07700 900 123 (text only)"), None);
        assert!(wrong_address(ContactWay::Phone, "ask mum").is_some());
        assert_eq!(wrong_address(ContactWay::Post, "1 High Street"), None);
    }
}
