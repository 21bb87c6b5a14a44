//! The bytes of safe copies and of originals, on their way to a reader's browser: seeking by ranges, in bounded memory, and
//! never before a row says who asked.
//!
//! One request is one ranged read of the store. What leaves here carries a type that we fixed, `nosniff`, a sandbox, and
//! a name made of the reference: never the sender's own name for it. A copy may be shown ([`super::copies`]); an original
//! is a download of no type, and nothing else.

use axum::body::Body;
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::clock::{DAY, MINUTE, Moment};
use crate::db::{self, DbResult, Tx};
use crate::evidence::left_out::COPY_TYPE;
use crate::id::ItemId;
use crate::storage::sealed::SealedObject;
use crate::web::Staff;
use crate::web::range::{Asked, asked};
use crate::words::Speech;

/// How long a play, or the reason for a download, counts as the same one.
pub const SAME: i64 = 10 * MINUTE;

/// How somebody opens an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// A safe copy, in the browser.
    Play,
    /// The original as a download, with a reason given.
    Original,
}

impl How {
    fn name(self) -> &'static str {
        match self {
            How::Play => "play",
            How::Original => "original",
        }
    }
}

const LAST: &str = "select at_us from opened where session_hash = $1 and item_id = $2 and how = $3";
const OPENED: &str = "insert into opened (session_hash, item_id, how, at_us) values ($1, $2, $3, $4)
    on conflict (session_hash, item_id, how) do update set at_us = excluded.at_us
    where opened.at_us <= $5";
const FORGET: &str = "delete from opened where at_us < $1";

/// Whether this session opened this item in this way within the last ten minutes.
pub async fn is_open(tx: &mut Tx, staff: &Staff, item: &ItemId, how: How, now: Moment) -> DbResult<bool> {
    let last = db::maybe!(tx, (Moment,), LAST, staff.session.clone(), item, how.name())?;
    Ok(last.is_some_and(|(at,)| now.since(at) < SAME))
}

/// Records that this session opens this item. False where it did so within the last ten minutes: of any number of
/// requests at once, one is told that it was the first.
pub async fn record_opened(tx: &mut Tx, staff: &Staff, item: &ItemId, how: How, now: Moment) -> DbResult<bool> {
    db::run!(&mut *tx, FORGET, now.plus(-DAY))?;
    let before = now.plus(-SAME);
    Ok(db::run!(tx, OPENED, staff.session.clone(), item, how.name(), now, before)? == 1)
}

/// Why an original opens to a lead only, with a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyAsk {
    /// It was not checked for viruses.
    NotChecked,
    /// It says where it was made, or nobody has looked whether it does.
    HasPlace,
    /// Both.
    Both,
}

impl WhyAsk {
    /// None where every reader may download it.
    pub fn of(unchecked: bool, may_say_place: bool) -> Option<WhyAsk> {
        match (unchecked, may_say_place) {
            (true, true) => Some(WhyAsk::Both),
            (true, false) => Some(WhyAsk::NotChecked),
            (false, true) => Some(WhyAsk::HasPlace),
            (false, false) => None,
        }
    }

    /// What pages say of it.
    pub fn in_words(self, speech: Speech) -> String {
        let (not_checked, has_place) = (speech.say("reading.item.not_checked"), speech.say("reading.item.has_place"));
        match self {
            WhyAsk::NotChecked => not_checked.to_owned(),
            WhyAsk::HasPlace => has_place.to_owned(),
            WhyAsk::Both => format!("{not_checked} {has_place}"),
        }
    }
}

/// What an answer with bytes says about them.
#[derive(Clone, Debug)]
pub struct Label {
    /// The type that we fixed.
    pub content_type: String,
    /// Whether the browser saves it and does not show it.
    pub attachment: bool,
    /// The name for it, made of the reference.
    pub file_name: String,
    /// Names these bytes, which never change.
    pub etag: String,
}

/// Something that we wrote, as a file to save. It is never shown by the browser that asks for it.
pub fn as_file(body: String, content_type: &'static str, file_name: &str) -> Response {
    let disposition = format!("attachment; filename=\"{file_name}\"");
    let set = [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_DISPOSITION, disposition.as_str()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (set, body).into_response()
}

/// The answer to a request for bytes.
pub fn serve(object: &SealedObject, method: &Method, headers: &HeaderMap, label: &Label) -> Response {
    let wanted = match method {
        &Method::HEAD => Asked::Whole,
        _ if is_about_other_bytes(headers, &label.etag) => Asked::Whole,
        _ => asked(headers, object.length),
    };
    let (status, range) = match wanted {
        Asked::Outside => return outside(object.length),
        Asked::Whole => (StatusCode::OK, 0..object.length),
        Asked::Part { start, end } => (StatusCode::PARTIAL_CONTENT, start..end),
    };
    let length = range.end - range.start;
    let content_range = format!("bytes {}-{}/{}", range.start, range.end.saturating_sub(1), object.length);
    let body = if method == Method::HEAD { Body::empty() } else { Body::from_stream(object.range(range)) };
    let mut response = (status, body).into_response();
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    };
    set(header::CONTENT_LENGTH, &length.to_string());
    if status == StatusCode::PARTIAL_CONTENT {
        set(header::CONTENT_RANGE, &content_range);
    }
    let disposition = if label.attachment { "attachment" } else { "inline" };
    set(header::CONTENT_TYPE, &label.content_type);
    set(header::CONTENT_DISPOSITION, &format!("{disposition}; filename=\"{}\"", label.file_name));
    set(header::ETAG, &label.etag);
    set(header::ACCEPT_RANGES, "bytes");
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'");
    set(header::CACHE_CONTROL, "no-store");
    response
}

/// `If-Range` names other bytes than these: then a part of these would not fit what the player has.
fn is_about_other_bytes(headers: &HeaderMap, etag: &str) -> bool {
    headers.get(header::IF_RANGE).is_some_and(|named| named.as_bytes() != etag.as_bytes())
}

fn outside(length: u64) -> Response {
    let content_range = format!("bytes */{length}");
    (StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, content_range)]).into_response()
}

/// The end of a file's name for a media type, for downloads. Never the end of the sender's own name for it.
pub fn file_ending(media_type: &str) -> &'static str {
    match media_type {
        "video/mp4" => "mp4",
        "video/quicktime" => "mov",
        "video/webm" | "audio/webm" => "webm",
        "video/3gpp" | "audio/3gpp" => "3gp",
        "video/x-msvideo" => "avi",
        "video/x-matroska" | "audio/x-matroska" => "mkv",
        "audio/mp4" => "m4a",
        "audio/mpeg" => "mp3",
        "audio/wav" => "wav",
        "audio/ogg" | "video/ogg" => "ogg",
        "audio/amr" | "audio/amr-wb" => "amr",
        "audio/aac" => "aac",
        "audio/flac" => "flac",
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/heic" => "heic",
        "image/gif" => "gif",
        "image/webp" => "webp",
        "image/tiff" => "tif",
        "application/pdf" => "pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        "application/vnd.oasis.opendocument.text" => "odt",
        "application/rtf" => "rtf",
        "text/plain" => "txt",
        COPY_TYPE => "json",
        "application/x-obz" => "obz",
        "application/x-obf" => "obf",
        "application/zip" => "zip",
        _ => "bin",
    }
}

#[cfg(test)]
mod tests {
    use super::file_ending;

    #[test]
    fn a_download_never_has_the_end_of_the_senders_own_name() {
        assert_eq!(file_ending("video/quicktime"), "mov");
        assert_eq!(file_ending("../../etc"), "bin");
    }
}
