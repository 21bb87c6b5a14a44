//! The bytes of originals, on their way to a reader's browser: seeking by ranges, in bounded memory, and never before a
//! row says who asked.
//!
//! One request is one ranged read of the store. What leaves here carries a type that we fixed, `nosniff`, a sandbox, and
//! a name made of the reference: never the sender's own name for it.

use axum::body::Body;
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::clock::{DAY, MINUTE, Moment};
use crate::db::{self, DbResult, Tx};
use crate::id::ItemId;
use crate::storage::sealed::SealedObject;
use crate::web::Staff;
use crate::web::range::{Asked, asked};

/// How long a play, or the reason for a download, counts as the same one.
pub const SAME: i64 = 10 * MINUTE;

/// How somebody opens an original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// In the browser's player.
    Play,
    /// As a download, with a reason given.
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

/// What an answer with bytes says about them.
#[derive(Clone, Debug)]
pub struct Label {
    /// The type that we fixed.
    pub content_type: &'static str,
    /// Whether the browser saves it and does not show it.
    pub attachment: bool,
    /// The name for it, made of the reference.
    pub file_name: String,
    /// Names these bytes, which never change.
    pub etag: String,
}

/// The answer to a request for an original's bytes.
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
    set(header::CONTENT_TYPE, label.content_type);
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
