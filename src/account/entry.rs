//! The token of forms that come before anybody is known: the sign-in page, and the button of a one-time link.
//!
//! The page gives a browser that has none a staff cookie whose secret is in no table, and a token made from it; the form
//! must bring both. So another site cannot sign somebody in to an account that is not theirs.

use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;

use crate::html::hidden;
use crate::web::cookies::{self, Door};
use crate::web::who::Secret;
use crate::web::{Form, Problem, Site, csrf};

/// What an entry page needs: hidden fields for its form, and the cookie that goes with them.
pub struct Entry {
    /// The hidden fields.
    pub fields: Markup,
    cookie: Option<String>,
}

/// Makes ready for an entry page. A browser that has a staff cookie keeps it.
pub fn prepare(site: &Site, headers: &HeaderMap) -> Entry {
    let https = site.config.https;
    let (secret, cookie) = match cookies::secret(headers, Door::Staff, https) {
        Some(secret) => (secret, None),
        None => {
            let secret = cookies::fresh_secret();
            let cookie = cookies::give(Door::Staff, https, &secret).to_string();
            (secret, Some(cookie))
        }
    };
    Entry { fields: hidden(csrf::TOKEN, &csrf::token(site, &cookies::id_hash(&secret))), cookie }
}

impl Entry {
    /// Sends the page, with the cookie where the browser had none.
    pub fn answer(self, page: impl IntoResponse) -> Response {
        let mut response = page.into_response();
        if let Some(cookie) = self.cookie.and_then(|cookie| cookie.parse().ok()) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        response
    }
}

/// Whether a form came from an entry page that we gave to this browser.
pub fn check(site: &Site, headers: &HeaderMap, form: &Form) -> Result<(), Problem> {
    let right = cookies::secret(headers, Door::Staff, site.config.https)
        .is_some_and(|secret| csrf::is_right(site, &cookies::id_hash(&secret), form.get(csrf::TOKEN)));
    if right { Ok(()) } else { Err(Problem::ExpiredForm) }
}

/// Goes on to another page with the cookie of a session that was just started.
pub fn go_on_with(site: &Site, secret: &Secret, to: &str) -> Response {
    let mut response = Redirect::to(to).into_response();
    if let Ok(cookie) = cookies::give(Door::Staff, site.config.https, secret).to_string().parse() {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// Goes to another page and takes the staff cookie away.
pub fn go_on_without(site: &Site, to: &str) -> Response {
    let mut response = Redirect::to(to).into_response();
    if let Ok(cookie) = cookies::take_away(Door::Staff, site.config.https).to_string().parse() {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// Where to go after sign-in: an address of the staff door and nowhere else.
pub fn safe_next(next: &str) -> &str {
    let ours = next == "/staff" || next.starts_with("/staff/");
    let entry = ["/staff/sign-in", "/staff/sign-out", "/staff/join", "/staff/setup"];
    let plain = !next.contains("//")
        && !next.contains("..")
        && !next.chars().any(|c| c == '\\' || c.is_control() || c.is_whitespace())
        && next.len() <= 1000;
    if ours && plain && !entry.iter().any(|entry| next.starts_with(entry)) { next } else { "/staff" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_sign_in_people_stay_at_the_staff_door() {
        for good in ["/staff", "/staff/inspections", "/staff/items/HRD-7K4P-2M9X/2?at=74"] {
            assert_eq!(safe_next(good), good);
        }
        for bad in [
            "",
            "/",
            "/tell",
            "//evil.example",
            "/staff//evil.example",
            "/staff/\\evil.example",
            "\\\\evil.example",
            "/staffing",
            "https://evil.example/staff/",
            "/staff/../tell",
            "/staff/a\r\nSet-Cookie: x",
            "/staff/sign-out",
            "/staff/join/abc",
        ] {
            assert_eq!(safe_next(bad), "/staff", "{bad:?}");
        }
    }
}
