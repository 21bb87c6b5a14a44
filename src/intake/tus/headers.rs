//! tus's request headers, read strictly: what is not well formed is refused with a sentence for whoever wrote the program.

use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::http::{HeaderName, Method};
use data_encoding::BASE64;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256};

use super::answers::Refused;
use crate::intake::Digest;
use crate::web::render::TUS_VERSION;

pub(super) const TUS_RESUMABLE: HeaderName = HeaderName::from_static(crate::web::render::TUS_RESUMABLE);
pub(super) const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
pub(super) const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
pub(super) const UPLOAD_DEFER_LENGTH: HeaderName = HeaderName::from_static("upload-defer-length");
pub(super) const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
pub(super) const UPLOAD_EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const UPLOAD_CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
const METHOD_OVERRIDE: HeaderName = HeaderName::from_static("x-http-method-override");
const PIECE: &str = "application/offset+octet-stream";

/// The one value of a header; none where it is not there.
fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Refused> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(Refused::Malformed("A header is there twice."));
    }
    let text = first.map(|value| value.to_str().map(str::trim));
    text.transpose().map_err(|_| Refused::Malformed("A header is not text."))
}

/// Refuses every version but ours.
pub(super) fn check_version(headers: &HeaderMap) -> Result<(), Refused> {
    match one(headers, &TUS_RESUMABLE) {
        Ok(Some(TUS_VERSION)) => Ok(()),
        _ => Err(Refused::Version),
    }
}

/// The method that is meant. Another than the request's own may be meant only by a method that changes things: what a
/// browser sends without asking (GET, HEAD) must not become something that does.
pub(super) fn method(actual: &Method, headers: &HeaderMap) -> Result<Method, Refused> {
    let Some(meant) = one(headers, &METHOD_OVERRIDE)? else { return Ok(actual.clone()) };
    if matches!(*actual, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Err(Refused::Malformed("X-HTTP-Method-Override is for POST."));
    }
    Method::from_bytes(meant.as_bytes()).map_err(|_| Refused::Malformed("X-HTTP-Method-Override names no method."))
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Result<Option<u64>, Refused> {
    let Some(text) = one(headers, name)? else { return Ok(None) };
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let value = text.parse::<u64>().ok().filter(|value| digits && i64::try_from(*value).is_ok());
    value.map(Some).ok_or(Refused::Malformed("A length or an offset is a whole number that is not negative."))
}

/// Where a piece belongs.
pub(super) fn offset(headers: &HeaderMap) -> Result<u64, Refused> {
    number(headers, &UPLOAD_OFFSET)?.ok_or(Refused::Malformed("Upload-Offset is missing."))
}

/// The length of the file, where it comes with a piece.
pub(super) fn length(headers: &HeaderMap) -> Result<Option<u64>, Refused> {
    number(headers, &UPLOAD_LENGTH)
}

/// The length of a file that begins: none where it is to come later.
pub(super) fn length_or_later(headers: &HeaderMap) -> Result<Option<u64>, Refused> {
    let length = length(headers)?;
    match (length, one(headers, &UPLOAD_DEFER_LENGTH)?) {
        (Some(_), None) => Ok(length),
        (None, Some("1")) => Ok(None),
        (None, None) => Err(Refused::Malformed("Upload-Length or Upload-Defer-Length is missing.")),
        (Some(_), Some(_)) => Err(Refused::Malformed("Upload-Length and Upload-Defer-Length cannot both be there.")),
        (None, Some(_)) => Err(Refused::Malformed("Upload-Defer-Length is 1 or nothing.")),
    }
}

/// Whether the body is a piece of a file.
pub(super) fn has_piece(headers: &HeaderMap) -> Result<bool, Refused> {
    let kind = one(headers, &CONTENT_TYPE)?.unwrap_or_default();
    Ok(kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(PIECE))
}

/// What the body must be.
pub(super) fn checksum(headers: &HeaderMap) -> Result<Option<Digest>, Refused> {
    let Some(text) = one(headers, &UPLOAD_CHECKSUM)? else { return Ok(None) };
    let (name, value) =
        text.split_once(' ').ok_or(Refused::Malformed("Upload-Checksum is a name, a space and a digest."))?;
    let algorithm = match name {
        "sha1" => &SHA1_FOR_LEGACY_USE_ONLY,
        "sha256" => &SHA256,
        _ => return Err(Refused::Malformed("Upload-Checksum takes sha1 or sha256.")),
    };
    let value = BASE64.decode(value.trim().as_bytes()).ok().filter(|value| value.len() == algorithm.output_len());
    let value = value.ok_or(Refused::Malformed("Upload-Checksum's digest is Base64, and as long as its kind."))?;
    Ok(Some(Digest { algorithm, value }))
}
