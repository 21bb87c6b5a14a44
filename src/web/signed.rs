//! `GET /signed/{file}`: the operator's videos in British Sign Language with their captions, in the parts that players ask
//! for. Which files there are was looked at when the service started; no other name opens anything.

use std::io::SeekFrom;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use super::problem::Problem;
use super::range::{Asked, asked};
use super::{Route, Site, Who};

/// The one address of this room.
pub fn routes(site: &Site) -> Vec<Route> {
    vec![Route::get("/signed/{file}", Who::Anyone, serve, site)]
}

async fn serve(State(site): State<Site>, Path(file): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let (path, kind) = site.signed.find_file(&file).ok_or(Problem::NotFound)?;
    let not_there = |error: std::io::Error| {
        tracing::error!(%error, "a video of HEARD_SIGNED can no longer be read");
        Problem::NotFound
    };
    let mut file = File::open(path).await.map_err(not_there)?;
    let whole = file.metadata().await.map_err(not_there)?.len();
    let (status, start, end) = match asked(&headers, whole) {
        Asked::Whole => (StatusCode::OK, 0, whole),
        Asked::Part { start, end } => (StatusCode::PARTIAL_CONTENT, start, end),
        Asked::Outside => {
            let place = [(header::CONTENT_RANGE, format!("bytes */{whole}"))];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, place).into_response());
        }
    };
    file.seek(SeekFrom::Start(start)).await.map_err(not_there)?;
    let body = Body::from_stream(ReaderStream::new(file.take(end - start)));
    let mut named = vec![
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::CONTENT_LENGTH, (end - start).to_string()),
    ];
    if status == StatusCode::PARTIAL_CONTENT {
        named.push((header::CONTENT_RANGE, format!("bytes {start}-{}/{whole}", end - 1)));
    }
    Ok((status, axum::response::AppendHeaders(named), body).into_response())
}
