//! `GET /read-aloud/{list}`: the sound of a page or a question. The list is sealed by [`crate::words::aloud`] and stands on
//! the page that it belongs to; no cookie is needed, and nothing is kept of what was listened to.
//!
//! Like every page it is not stored by the browser: what somebody listened to would tell the next person who has this
//! phone what they read, and what they answered.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use super::problem::Problem;
use super::range::{Asked, asked};
use super::{Route, Site, Who};

/// The one address of this room.
pub fn routes(site: &Site) -> Vec<Route> {
    vec![Route::get("/read-aloud/{list}", Who::Anyone, serve, site)]
}

async fn serve(State(site): State<Site>, Path(list): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let sound = site.aloud.sound(&list).ok_or(Problem::NotFound)?;
    Ok(part_of(sound, "audio/mpeg", &headers))
}

/// The part of these bytes that a player asks for.
fn part_of(bytes: Bytes, kind: &'static str, headers: &HeaderMap) -> Response {
    let whole = bytes.len();
    let named = [(header::CONTENT_TYPE, kind), (header::ACCEPT_RANGES, "bytes")];
    match asked(headers, whole as u64) {
        Asked::Whole => (named, bytes).into_response(),
        Asked::Outside => {
            (StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, format!("bytes */{whole}"))]).into_response()
        }
        Asked::Part { start, end } => {
            let place = format!("bytes {start}-{}/{whole}", end - 1);
            let at = |place: u64| usize::try_from(place).unwrap_or(whole).min(whole);
            let part = bytes.slice(at(start)..at(end));
            (StatusCode::PARTIAL_CONTENT, named, [(header::CONTENT_RANGE, place)], part).into_response()
        }
    }
}
