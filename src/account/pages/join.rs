//! The pages behind a one-time link.

use maud::{Markup, html};

use super::super::door::closed_door;
use super::super::links::LinkFor;
use super::super::password::SHORTEST;
use super::super::second_step::SetupKey;
use super::super::store::Person;
use super::{Errors, error_of};
use crate::clock::Moment;
use crate::html::{
    Field, Page, button, details, digits_input, error_summary, form, heading, hidden, password_input, qr_code,
    text_input,
};
use crate::words::Speech;

/// What a link is for, with the button that uses it.
pub fn open_link(
    speech: Speech,
    fields: &Markup,
    token: &str,
    purpose: LinkFor,
    expires: Moment,
    error: Option<&str>,
) -> Page {
    let title = match purpose {
        LinkFor::Joining => "account.link.join_title",
        LinkFor::NewPassword => "account.link.password_title",
        LinkFor::NewSecondStep => "account.link.second_step_title",
    };
    let text = match purpose {
        LinkFor::Joining => speech.say("account.link.join"),
        LinkFor::NewPassword => speech.say("account.link.password"),
        LinkFor::NewSecondStep => speech.say("account.link.second_step"),
    };
    let field = Field::new("password", speech.say("account.your_password")).autocomplete("current-password");
    let body = html! {
        @if let Some(error) = error { (error_summary(speech, &[("password", error)])) }
        (heading(speech, title))
        p { (text) }
        p { (speech.fill("account.link.until", &[("until", &expires.in_london())])) }
        (form(&format!("/staff/join/{token}"), fields, html! {
            @if purpose == LinkFor::NewSecondStep { (password_input(speech, &field.error(error))) }
            (button(speech.say("account.link.use")))
        }))
    };
    Page::new(speech, closed_door(), speech.say(title), body).problem(error.is_some())
}

/// A link that was used, is too old, or never was.
pub fn link_is_over(speech: Speech) -> Page {
    let body = html! {
        (heading(speech, "account.link.over_title"))
        p { (speech.say("account.link.over")) }
        p { (speech.say("account.link.over_now")) }
        p { a href="/staff/sign-in" { (speech.say("account.to_sign_in")) } }
    };
    Page::new(speech, closed_door(), speech.say("account.link.over_title"), body)
}

/// Who is asked for what on the password page.
pub struct Asks<'a> {
    /// Whether they join, and so give a name too.
    pub joining: bool,
    /// What is known of them.
    pub person: &'a Person,
}

/// Asks for a name and a password, or only for a password.
pub fn set_password(speech: Speech, fields: &Markup, asks: &Asks, name: &str, email: &str, errors: Errors) -> Page {
    let title = if asks.joining { "account.join_title" } else { "account.new_password_title" };
    let name_field =
        Field::new("name", speech.say("account.name")).value(name).autocomplete("name").error(error_of(errors, "name"));
    let email_field = Field::new("email", speech.say("account.email"))
        .value(email)
        .autocomplete("username")
        .error(error_of(errors, "email"));
    let hint = speech.fill("account.password_hint", &[("number", &SHORTEST.to_string())]);
    let password_field = Field::new("password", speech.say("account.new_password"))
        .hint(&hint)
        .autocomplete("new-password")
        .error(error_of(errors, "password"));
    let known = &asks.person.email;
    let body = html! {
        (error_summary(speech, errors))
        (heading(speech, title))
        @if asks.joining {
            p { (speech.fill("account.your_role", &[("role", speech.say_in("staff_role", asks.person.role.name()))])) }
        }
        (form("/staff/setup/password", fields, html! {
            @if asks.joining { (text_input(speech, &name_field)) }
            @if known.is_empty() && asks.joining {
                (text_input(speech, &email_field))
            } @else {
                p { (speech.say("account.email")) ": " bdi { (known) } }
                // For a password manager, so that it keeps the password under the right name.
                input type="text" name="username" value=(known) autocomplete="username" hidden readonly;
            }
            (password_input(speech, &password_field))
            (button(speech.say("account.keep_password")))
        }))
    };
    Page::new(speech, closed_door(), speech.say(title), body)
}

/// Shows the setup key as a picture and as text, and asks for a first code.
pub fn set_second_step(speech: Speech, fields: &Markup, key: &SetupKey, email: &str, error: Option<&str>) -> Page {
    let field = Field::new("code", speech.say("sign_in.code"))
        .hint(speech.say("account.app.code_hint"))
        .autocomplete("one-time-code")
        .error(error);
    let address = key.as_address(email);
    let body = html! {
        @if let Some(error) = error { (error_summary(speech, &[("code", error)])) }
        (heading(speech, "account.app.title"))
        p { (speech.say("account.app.why")) }
        ol.list {
            li { (speech.say("account.app.one")) }
            li { (speech.say("account.app.two")) }
            li { (speech.say("account.app.three")) }
        }
        @if let Some(qr) = qr_code(&address, speech.say("account.app.qr")) { p { (qr) } }
        (details(speech.say("account.app.by_hand"), html! {
            p { (speech.say("account.app.by_hand_text")) }
            p { code.setup-key { (key.as_text()) } }
            p { a href=(address) { (speech.say("account.app.open_app")) } }
        }))
        (form("/staff/setup/second-step", fields, html! {
            (digits_input(speech, &field))
            (button(speech.say("account.app.finish")))
        }))
    };
    Page::new(speech, closed_door(), speech.say("account.app.title"), body)
}

/// Hidden fields of a form that carries one value more.
pub fn with_field(fields: &Markup, name: &str, value: &str) -> Markup {
    html! { (fields) (hidden(name, value)) }
}
