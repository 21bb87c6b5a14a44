//! One log line for each request: the address's template, the status, the time it took, and an id to ask for.
//!
//! Never the address itself, a form, a cookie or who it was.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use data_encoding::HEXLOWER;

use crate::id::random;

/// The header that carries a request's id back.
const REQUEST_ID: &str = "x-request-id";

/// Runs a request and writes its line.
pub async fn journal(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let template = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    let id = HEXLOWER.encode(&random::<8>());
    let mut response = next.run(request).await;
    let status = response.status().as_u16();
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(%method, route = template, status, ms, request = id, "answered");
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}
