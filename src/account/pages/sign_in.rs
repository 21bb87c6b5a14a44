//! The sign-in pages. WCAG 3.3.8 and 3.3.9: everything may be pasted and filled in by a password manager, nothing is a
//! puzzle, and no answer says which part was wrong where that would help a guesser.

use maud::{Markup, html};

use super::super::door::closed_door;
use super::super::sign_in::Second;
use super::{Errors, error_of};
use crate::html::{
    Field, Page, button, code_input, digits_input, error_summary, form, heading, hidden, notice, password_input,
    text_input,
};
use crate::words::Speech;

/// What happened before somebody came to the sign-in page, by the name in its address.
pub fn news(speech: Speech, name: &str) -> Option<(&'static str, &'static str)> {
    match name {
        "out" => Some((speech.say("sign_in.news.out_title"), speech.say("sign_in.news.out"))),
        "password" => Some((speech.say("sign_in.news.password_title"), speech.say("sign_in.news.password"))),
        "sessions" => Some((speech.say("sign_in.news.sessions_title"), speech.say("sign_in.news.sessions"))),
        _ => None,
    }
}

/// Asks for address and password.
pub fn password(
    speech: Speech,
    fields: &Markup,
    next: &str,
    email: &str,
    news: Option<(&str, &str)>,
    errors: Errors,
) -> Page {
    let fields = html! { (fields) (hidden("next", next)) };
    let email_field = Field::new("email", speech.say("sign_in.email"))
        .value(email)
        .autocomplete("username")
        .error(error_of(errors, "email"));
    let password_field = Field::new("password", speech.say("sign_in.password"))
        .autocomplete("current-password")
        .error(error_of(errors, "password"));
    let body = html! {
        (error_summary(speech, errors))
        @if let Some((title, text)) = news { (notice(title, html! { p { (text) } })) }
        (heading(speech, "sign_in.title"))
        p { (speech.say("sign_in.for_staff")) }
        (form("/staff/sign-in", &fields, html! {
            (text_input(speech, &email_field))
            (password_input(speech, &password_field))
            (button(speech.say("sign_in.go_on")))
        }))
        h2 { (speech.say("sign_in.trouble_title")) }
        p { (speech.say("sign_in.trouble")) }
        p { a href="/" { (speech.say("sign_in.to_start")) } }
    };
    Page::new(speech, closed_door(), speech.say("sign_in.title"), body)
}

/// Asks for the second step.
pub fn second(speech: Speech, fields: &Markup, second: Second, next: &str, error: Option<&'static str>) -> Page {
    let encoded = percent_encoding::utf8_percent_encode(next, percent_encoding::NON_ALPHANUMERIC);
    let fields = html! { (fields) (hidden("next", next)) };
    let body = match second {
        Second::Code => {
            let field = Field::new("code", speech.say("sign_in.code"))
                .hint(speech.say("sign_in.code_hint"))
                .autocomplete("one-time-code")
                .error(error);
            html! {
                @if let Some(error) = error { (error_summary(speech, &[("code", error)])) }
                (heading(speech, "sign_in.code_title"))
                (form("/staff/sign-in/code", &fields, html! {
                    (digits_input(speech, &field))
                    (button(speech.say("sign_in.finish")))
                }))
                p { a href={ "/staff/sign-in/recovery?next=" (encoded) } { (speech.say("sign_in.to_recovery")) } }
            }
        }
        Second::Recovery => {
            let field = Field::new("code", speech.say("sign_in.recovery"))
                .hint(speech.say("sign_in.recovery_hint"))
                .error(error);
            html! {
                @if let Some(error) = error { (error_summary(speech, &[("code", error)])) }
                (heading(speech, "sign_in.recovery_title"))
                (form("/staff/sign-in/recovery", &fields, html! {
                    (code_input(speech, &field))
                    (button(speech.say("sign_in.finish")))
                }))
                p { a href={ "/staff/sign-in/code?next=" (encoded) } { (speech.say("sign_in.to_code")) } }
            }
        }
    };
    let title = match second {
        Second::Code => speech.say("sign_in.code_title"),
        Second::Recovery => speech.say("sign_in.recovery_title"),
    };
    Page::new(
        speech,
        closed_door(),
        title,
        html! {
            (body)
            (form("/staff/sign-out", &fields, html! {
                p.button-line { button.button.button-second type="submit" { (speech.say("sign_in.start_again")) } }
            }))
        },
    )
}
