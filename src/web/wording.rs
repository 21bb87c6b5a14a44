//! Which wording, which language and which look this browser asked for: `plain` English on warm paper until the reader
//! chooses another. Staff pages are in English.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum_extra::extract::cookie::CookieJar;

use super::cookies::{LANGUAGE, LOOK, WORDING};
use super::site::Site;
use crate::words::look::Look;
use crate::words::{Speech, Wording};

/// The wording that a request's cookie asks for.
pub fn chosen(headers: &HeaderMap) -> Wording {
    let jar = CookieJar::from_headers(headers);
    jar.get(WORDING).and_then(|cookie| Wording::parse(cookie.value())).unwrap_or(Wording::Plain)
}

/// How the page at this address speaks to whoever asks for it.
pub fn speech(site: &Site, path: &str, headers: &HeaderMap) -> Speech {
    let jar = CookieJar::from_headers(headers);
    let language = jar.get(LANGUAGE).map(|cookie| cookie.value()).filter(|_| !path.starts_with("/staff"));
    let look = jar.get(LOOK).map(|cookie| Look::parse(cookie.value())).unwrap_or_default();
    site.languages
        .find(language.unwrap_or("en"))
        .speak(chosen(headers))
        .looking(look)
        .with_voice(site.aloud, site.signed)
}

impl FromRequestParts<Site> for Speech {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Speech, std::convert::Infallible> {
        Ok(speech(site, parts.uri.path(), &parts.headers))
    }
}
