//! Which wording this browser asked for: `plain` until the reader chooses another.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum_extra::extract::cookie::CookieJar;

use super::cookies::WORDING;
use super::site::Site;
use crate::words::{Speech, Wording};

/// The wording that a request's cookie asks for.
pub fn chosen(headers: &HeaderMap) -> Wording {
    let jar = CookieJar::from_headers(headers);
    jar.get(WORDING).and_then(|cookie| Wording::parse(cookie.value())).unwrap_or(Wording::Plain)
}

impl FromRequestParts<Site> for Speech {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Speech, std::convert::Infallible> {
        Ok(site.words.speak(chosen(&parts.headers)))
    }
}
