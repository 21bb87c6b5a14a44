//! The pages of "My account".

use maud::{Markup, html};

use super::super::store::Person;
use super::join::with_field;
use super::{Errors, error_of};
use crate::clock::Moment;
use crate::html::{
    Door, Field, Page, SummaryRow, button, error_summary, form, heading, notice, password_input, secondary_button,
    summary_list, table, warning,
};
use crate::words::Speech;

/// One of my sessions.
pub struct Session {
    /// How its form names it.
    pub id: String,
    /// Whether this page is in it.
    pub here: bool,
    /// When it began.
    pub began: Moment,
    /// When it was last used.
    pub used: Moment,
}

/// What "My account" shows.
pub struct Account {
    /// Me.
    pub me: Person,
    /// Where I am signed in.
    pub sessions: Vec<Session>,
    /// How many recovery codes are left.
    pub codes: i64,
    /// Whether a session was just ended.
    pub ended: bool,
}

/// "My account".
pub fn account(speech: Speech, door: Door, fields: &Markup, account: &Account) -> Page {
    let codes = speech.fill("account.codes_left", &[("number", &account.codes.to_string())]);
    let me = &account.me;
    let plain = |key, text: &str| SummaryRow { key: speech.say(key), value: html! { bdi { (text) } }, change: None };
    let rows = vec![
        plain("account.name", &me.name),
        plain("account.email", &me.email),
        plain("account.role", speech.say_in("staff_role", me.role.name())),
        plain("account.employer", &me.employer),
        SummaryRow {
            key: speech.say("account.your_password"),
            value: html! { (speech.say("account.password_set")) },
            change: Some(("/staff/account/password", speech.say("account.change_password"))),
        },
        SummaryRow {
            key: speech.say("account.recovery_codes"),
            value: html! { (codes) },
            change: Some(("/staff/account/recovery-codes", speech.say("account.change_codes"))),
        },
    ];
    let body = html! {
        @if account.ended { (notice(speech.say("account.session_ended_title"), html! { p { (speech.say("account.session_ended")) } })) }
        (heading(speech, "account.title"))
        (summary_list(speech, rows))
        h2 { (speech.say("account.sessions_title")) }
        p { (speech.say("account.sessions_text")) }
        (sessions(speech, fields, &account.sessions))
        @if account.sessions.len() > 1 {
            (form("/staff/account/sessions/end", fields, html! {
                (secondary_button(speech.say("account.end_others"), "session", "others"))
            }))
        }
    };
    Page::new(speech, door, speech.say("account.title"), body)
}

fn sessions(speech: Speech, fields: &Markup, sessions: &[Session]) -> Markup {
    let heads =
        [speech.say("account.session_began"), speech.say("account.session_used"), speech.say("account.session_end")];
    let rows = sessions.iter().map(|session| {
        let end = html! {
            @if session.here {
                (speech.say("account.session_here"))
            } @else {
                (form("/staff/account/sessions/end", &with_field(fields, "session", &session.id), html! {
                    p.button-line {
                        button.button.button-second type="submit" {
                            (speech.fill("account.end_session", &[("when", &session.began.in_london())]))
                        }
                    }
                }))
            }
        };
        vec![html! { (session.began.in_london()) }, html! { (session.used.in_london()) }, end]
    });
    table(speech.say("account.sessions_caption"), &heads, rows.collect())
}

/// Asks for the old and a new password.
pub fn change_password(speech: Speech, door: Door, fields: &Markup, errors: Errors) -> Page {
    let current = Field::new("current-password", speech.say("account.old_password"))
        .autocomplete("current-password")
        .error(error_of(errors, "current-password"));
    let hint = speech.fill("account.password_hint", &[("number", &super::super::password::SHORTEST.to_string())]);
    let new = Field::new("password", speech.say("account.new_password"))
        .hint(&hint)
        .autocomplete("new-password")
        .error(error_of(errors, "password"));
    let body = html! {
        (error_summary(speech, errors))
        (heading(speech, "account.new_password_title"))
        p { (speech.say("account.signs_out")) }
        (form("/staff/account/password", fields, html! {
            (password_input(speech, &current))
            (password_input(speech, &new))
            (button(speech.say("account.keep_password")))
        }))
    };
    Page::new(speech, door, speech.say("account.new_password_title"), body).back("/staff/account")
}

/// Ten new recovery codes, to print or copy.
pub fn show_codes(speech: Speech, door: Door, fields: &Markup, codes: &[String]) -> Page {
    let body = html! {
        (heading(speech, "account.codes.title"))
        p { (speech.say("account.codes.what")) }
        (warning(speech, html! { p { (speech.say("account.codes.only_now")) } }))
        ol.recovery-codes { @for code in codes { li { code { (code) } } } }
        p { (speech.say("account.codes.keep")) }
        (form("/staff/account/recovery-codes/kept", fields, html! {
            (button(speech.say("account.codes.kept")))
        }))
    };
    Page::new(speech, door, speech.say("account.codes.title"), body)
}

/// Offers to make new recovery codes.
pub fn offer_codes(speech: Speech, door: Door, fields: &Markup, left: i64, error: Option<&str>) -> Page {
    let current = Field::new("current-password", speech.say("account.your_password"))
        .autocomplete("current-password")
        .error(error);
    let body = html! {
        @if let Some(error) = error { (error_summary(speech, &[("current-password", error)])) }
        (heading(speech, "account.codes.new_title"))
        p { (speech.say("account.codes.what")) }
        p { (speech.fill("account.codes_left", &[("number", &left.to_string())])) }
        p { (speech.say("account.codes.replaces")) }
        (form("/staff/account/recovery-codes", fields, html! {
            (password_input(speech, &current))
            (button(speech.say("account.codes.make")))
        }))
    };
    Page::new(speech, door, speech.say("account.codes.new_title"), body).back("/staff/account")
}
