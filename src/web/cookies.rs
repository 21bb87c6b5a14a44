//! The cookies: one for each door, and those that hold how pages speak and look. The doors' values are random secrets of 32 bytes; the tables
//! keep only a hash.

use std::borrow::Cow;

use axum::http::HeaderMap;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use data_encoding::BASE64URL_NOPAD;
use ring::digest::{SHA256, digest};

use super::who::Secret;
use crate::id::random;
use crate::words::look::Look;

/// Which door a cookie belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Families and advocates.
    Submitter,
    /// Staff.
    Staff,
}

/// The cookie that holds the chosen wording. It says nothing about the person.
pub const WORDING: &str = "heard-words";

/// The cookie that holds the chosen language. It says no more about the person than the page that they read.
pub const LANGUAGE: &str = "heard-language";

/// The cookie that holds how pages look. Everybody who chose alike has the same value.
pub const LOOK: &str = "heard-look";

/// The name of a door's cookie. The prefixes bind it to https and to this host; plain http is for loopback only.
pub fn name(door: Door, https: bool) -> &'static str {
    match (door, https) {
        (Door::Submitter, true) => "__Host-heard",
        (Door::Submitter, false) => "heard",
        (Door::Staff, true) => "__Secure-heard-staff",
        (Door::Staff, false) => "heard-staff",
    }
}

/// A fresh secret.
pub fn fresh_secret() -> Secret {
    Secret(random())
}

/// What the table keeps of a secret.
pub fn id_hash(secret: &Secret) -> Vec<u8> {
    digest(&SHA256, &secret.0).as_ref().to_vec()
}

/// The secret that a request brought for this door.
pub fn secret(headers: &HeaderMap, door: Door, https: bool) -> Option<Secret> {
    let jar = CookieJar::from_headers(headers);
    let value = jar.get(name(door, https))?.value().to_owned();
    let bytes = BASE64URL_NOPAD.decode(value.as_bytes()).ok()?;
    Some(Secret(bytes.try_into().ok()?))
}

/// The cookie that gives a browser this secret, until the browser closes.
pub fn give(door: Door, https: bool, secret: &Secret) -> Cookie<'static> {
    door_cookie(door, https, BASE64URL_NOPAD.encode(&secret.0))
}

/// The cookie that takes a browser's secret away.
pub fn take_away(door: Door, https: bool) -> Cookie<'static> {
    let mut cookie = door_cookie(door, https, String::new());
    cookie.make_removal();
    cookie
}

fn door_cookie(door: Door, https: bool, value: String) -> Cookie<'static> {
    let path = match door {
        Door::Submitter => "/",
        Door::Staff => "/staff",
    };
    Cookie::build((name(door, https), value)).path(path).http_only(true).secure(https).same_site(SameSite::Lax).build()
}

/// The cookie that remembers how pages should speak.
pub fn remember_wording(wording: &'static str, https: bool) -> Cookie<'static> {
    remember(WORDING, wording, https)
}

/// The cookie that remembers which language pages are in.
pub fn remember_language(tag: &'static str, https: bool) -> Cookie<'static> {
    remember(LANGUAGE, tag, https)
}

/// The cookie that remembers how pages should look.
pub fn remember_look(look: Look, https: bool) -> Cookie<'static> {
    remember(LOOK, look.cookie(), https)
}

fn remember(name: &'static str, value: impl Into<Cow<'static, str>>, https: bool) -> Cookie<'static> {
    Cookie::build((name, value)).path("/").http_only(true).secure(https).same_site(SameSite::Lax).build()
}
