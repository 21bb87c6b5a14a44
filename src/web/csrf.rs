//! The form token: proof that a form came from a page that we gave to this very visit.
//!
//! It stands behind the check of the browser's own headers (tower-http's `csrf` layer), which older assistive browsers do
//! not send. It has no end of its own: it lives as long as the visit, so that nobody loses words by being slow.

use data_encoding::BASE64URL_NOPAD;

use super::site::Site;

/// The name of the field that carries the token.
pub const TOKEN: &str = "token";
/// The name of the field that carries the draft's id.
pub const DRAFT: &str = "draft";
/// The name of the field that makes a repeated press count once.
pub const ONCE: &str = "once";

/// The token for a visit or staff session, given its id.
pub fn token(site: &Site, session: &[u8]) -> String {
    BASE64URL_NOPAD.encode(&site.keys.service("csrf").hmac(&[b"form", session]))
}

/// Whether a form's token is the one of this visit or session.
pub fn is_right(site: &Site, session: &[u8], given: &str) -> bool {
    match BASE64URL_NOPAD.decode(given.as_bytes()) {
        Ok(bytes) => site.keys.service("csrf").verify(&[b"form", session], &bytes),
        Err(_) => false,
    }
}
